"""Signing in: the port behind which it is found out who somebody is, and what follows then.

No other module knows which way in there is. One stands in `app.state.sign_in`, chosen when the
application is made.
"""

import base64
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from litestar import Response
from litestar.types import ControllerRouterHandler

from notices.changing import leaving, unfinished
from notices.deployment import Deployment
from notices.facts.errors import BadRequest
from notices.facts.texts import Message
from notices.identity import Person
from notices.pages import again, rendering, steps
from notices.pages.posted import Posted
from notices.trust.sealing import SealError
from notices.web import authentication, languages
from notices.web.authentication import AnyRequest


class Onward(NamedTuple):
    """Where somebody goes on after signing in, and what was typed for it before.

    `typed` is sealed, since whoever comes to this browser next may look at all that a page holds.
    """

    next: str
    typed: str = ""


class SignIn(ABC):
    """A way in. It finds out who somebody is, makes a `Person` of it and answers with `arrived`.

    `page` asks somebody who has an `Onward`. Whatever the way in does then, also at another site,
    it keeps that `Onward` unchanged and hands it on to `arrived`. It opens no session itself, and
    takes nobody for a person whom they have not just proved to be.
    """

    is_open: bool = True
    """Whether anybody can sign in here at all; if not, pages offer it nowhere."""

    handlers: Sequence[ControllerRouterHandler] = ()
    """Paths of its own, beside GET /sign-in, which is `page`."""

    async def close(self) -> None:  # noqa: B027  (most hold nothing)
        """Let go of what it holds, when the application ends."""

    async def farewell(self, request: AnyRequest, person: Person | None) -> Response[Any]:
        """What whoever has just signed out here sees next."""
        return rendering.see_other("/", languages.language_of(request))

    @abstractmethod
    async def page(self, request: AnyRequest, onward: Onward, status: int = 200) -> Response[Any]:
        """Asks who somebody is, or says why nobody is asked; with `status`, never kept."""


def of(request: AnyRequest) -> SignIn:
    """The way in of this service."""
    way: SignIn = request.app.state.sign_in
    return way


async def again_for(
    request: AnyRequest, given: dict[str, str], next: str = "/declare"
) -> Response[Any]:
    """The page for somebody whose session ended; it keeps what was typed for `next`."""
    sealer = request.app.state.deployment.keys.sealer
    sealed = sealer.seal(msgspec.json.encode(given), _place(next))
    onward = Onward(next, base64.urlsafe_b64encode(sealed).decode())
    return await of(request).page(request, onward, 401)


async def arrived(
    request: AnyRequest, person: Person, onward: Onward, sid: str | None = None
) -> Response[Any]:
    """Open a session for `person`, and lead on to where it was needed.

    Raises BadRequest, and opens none, where what was typed before was changed on its way.
    """
    deployment, next = request.app.state.deployment, onward.next
    fields = _opened(deployment, onward)
    token = await leaving.sign_in(deployment, person, request.user.session, sid)
    if fields is not None:
        next = await _resumed(deployment, person, token, next, fields)
    response = rendering.see_other(next, languages.language_of(request))
    authentication.remember(response, deployment, token)
    return response


def _place(next: str) -> bytes:
    return b"signing in\0" + next.encode()


def _opened(deployment: Deployment, onward: Onward) -> dict[str, str] | None:
    if not onward.typed:
        return None
    try:
        sealed = base64.urlsafe_b64decode(onward.typed.encode("ascii"))
        plain = deployment.keys.sealer.open(sealed, _place(onward.next))
    except (ValueError, SealError):
        raise BadRequest(reason=Message("表单内容已损坏，请重新填写。")) from None
    return msgspec.json.decode(plain, type=dict[str, str])


async def _resumed(
    deployment: Deployment, person: Person, token: str, next: str, fields: dict[str, str]
) -> str:
    """Where somebody goes on who has signed in halfway; from here on a draft keeps the fields.

    What somebody else had typed before their session ended is not for whoever signs in after them.
    """
    if again.is_form(next):
        return await again.resumed(deployment, person, token, next, fields)
    owner = unfinished.owner_in(fields.get("of", ""))
    if person.is_staff or owner not in (None, unfinished.owner_of(deployment, person)):
        return next
    id, form = unfinished.new_id(), Posted.of(fields, deployment)
    await unfinished.change(deployment, person, token, id, lambda _: form.keep(deployment, None))
    return steps.address(form.page, id)
