"""Signing in: the port behind which it is found out who somebody is, and what follows then.

No other module knows which way in there is. One stands in `app.state.sign_in`, chosen when the
application is made.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Response
from litestar.types import ControllerRouterHandler

from notices.changing import leaving, signing_in
from notices.identity import Person
from notices.pages import rendering
from notices.pages.sign_in import carrying
from notices.pages.sign_in.carrying import Onward as Onward
from notices.pages.templating import address
from notices.web import authentication, languages
from notices.web.authentication import AnyRequest


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


def wanted_kind(request: AnyRequest) -> str:
    """As what somebody is to sign in for what they want to do; empty where it may be anything."""
    kind = request.query_params.get("as", "")
    return kind if kind in ("person", "organisation") else ""


async def again_for(
    request: AnyRequest, given: dict[str, str], next: str = "/declare", *, issued: bool = False
) -> Response[Any]:
    """To the page for somebody whose session ended; what was typed for `next` is kept for them.

    It is kept longer where the form was `issued` to somebody who was signed in.
    """
    onward = carrying.with_typed(request.app.state.deployment, next, given)
    if not of(request).is_open:
        return await of(request).page(request, onward, 401)
    browser = carrying.browser_of(request)
    lasts = signing_in.LONGEST if issued else signing_in.KEPT
    name = await carrying.kept(request, browser, onward, lasts)
    where = address("/sign-in", params=[("of", name), ("next", next)])
    response = rendering.see_other(where, languages.language_of(request))
    carrying.know(response, request, browser)
    return response


async def arrived(
    request: AnyRequest,
    person: Person,
    onward: Onward,
    sid: str | None = None,
    parts: tuple[Person, ...] = (),
    since: datetime | None = None,
) -> Response[Any]:
    """Open a session for `person`, and lead on to where it was needed.

    `parts` are all whom they may go on as, where there are several; `since` is when they signed in
    where that was before. Raises BadRequest, and opens none, where what was typed before was
    changed on its way.
    """
    deployment, next = request.app.state.deployment, onward.next
    fields = carrying.opened(deployment, onward)
    before = request.user.session
    token = await leaving.sign_in(deployment, person, before, sid, parts, since)
    if fields is not None:
        next = await carrying.resumed(deployment, person, token, next, fields)
    response = rendering.see_other(next, languages.language_of(request))
    authentication.remember(response, deployment, token)
    return response
