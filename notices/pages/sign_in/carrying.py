"""What somebody had typed before they sign in, or go on as another: carried there, and back.

It is sealed, and lies here under a name that an address holds and that opens in one browser; so no
page that asks who somebody is is the answer to a form, and Back sends nothing again.
"""

import base64
import re
import secrets
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec
from litestar import Response

from notices.changing import signing_in, unfinished
from notices.deployment import Deployment
from notices.facts.errors import BadRequest, BodyTooLarge
from notices.facts.numbers import keyed_hash
from notices.facts.texts import Message
from notices.identity import Person
from notices.pages import again, publishing, several, stepping
from notices.pages.posted import Posted
from notices.trust.sealing import SealError
from notices.web import authentication
from notices.web.authentication import AnyRequest

_BROWSER = re.compile(r"[A-Za-z0-9_-]{22}")
_DRAFT = re.compile(r"/declare/([a-z]+)/([A-Za-z0-9_-]{22})(\?[^#]*)?")
MOST_BYTES = unfinished.MOST_BYTES - 1024
"""Beside it a draft holds its step; or whoever has just signed in would be told that this is
too much."""
NATURAL = "natural"
"""The field that says who typed it: it is for them alone, in whichever part they go on."""


DRAFT = "taken from"
"""The field that names the draft that this was, which goes when another part has taken it over."""
STAYS = "stays"
"""The field that says that it does not go: another part takes over but one of its papers."""


class Onward(NamedTuple):
    """Where somebody goes on after signing in, and what was typed for it before.

    `typed` is sealed, since whoever comes to this browser next may look at all that a page holds.
    """

    next: str
    typed: str = ""


class Begun(msgspec.Struct, frozen=True):
    """Somebody who has yet to sign in; what they had typed is too much for an address."""

    onward: Onward


def browser_of(request: AnyRequest) -> str:
    """What this browser is known by until it has signed in; its windows are one browser."""
    name = authentication.cookie_name(_deployment(request), "sign-in")
    value = request.cookies.get(name, "")
    return value if _BROWSER.fullmatch(value) else secrets.token_urlsafe(16)


def know(response: Response[Any], request: AnyRequest, browser: str) -> None:
    lasts = 2 * signing_in.LONGEST
    response.set_cookie(authentication.cookie(_deployment(request), "sign-in", browser, lasts))


def _deployment(request: AnyRequest) -> Deployment:
    deployment: Deployment = request.app.state.deployment
    return deployment


def with_typed(deployment: Deployment, next: str, given: dict[str, str]) -> Onward:
    """Onward with what was typed; raises BodyTooLarge where no draft could keep it afterwards."""
    plain = msgspec.json.encode(given)
    if len(plain) > MOST_BYTES:
        raise BodyTooLarge(limit=MOST_BYTES)
    sealed = deployment.keys.sealer.seal(plain, _place(next))
    return Onward(next, base64.urlsafe_b64encode(sealed).decode())


async def kept(
    request: AnyRequest, browser: str, onward: Onward, lasts: timedelta = signing_in.KEPT
) -> str:
    """The name under which `onward` is found again."""
    return await signing_in.keep(_deployment(request), browser, Begun(onward), lasts)


async def found(request: AnyRequest, name: str) -> Onward | None:
    """What was kept under `name` in this browser, unless it is forgotten."""
    begun = await signing_in.look(_deployment(request), browser_of(request), Begun, name)
    return None if begun is None else begun.onward


async def of_draft(request: AnyRequest, person: Person | None, next: str) -> Onward:
    """Onward to `next`; where that is a draft of `person`, with what they have typed of it.

    In another part they own another draft, in place of this one.
    """
    address = _DRAFT.fullmatch(next)
    if person is None or person.is_staff or address is None:
        return Onward(next)
    deployment, (step, id) = _deployment(request), address.group(1, 2)
    draft = await unfinished.find(deployment, person, id)
    if draft is None or not draft.fields:
        return Onward(next)
    fields = {name: it for name, it in draft.fields.items() if not _for_another(name)}
    place = {"at": step, "to": "check" if step == publishing.CONFLICT else step}
    owner = unfinished.written(unfinished.owner_of(deployment, person))
    whose = {NATURAL: _natural(deployment, person), DRAFT: f"{owner} {id}"}
    if several.are(draft):
        whose[STAYS] = "yes"
    return with_typed(deployment, "/declare", fields | place | whose)


def _for_another(field: str) -> bool:
    """Whether it says for whom a person declares: an organisation declares for itself."""
    return field == "relation" or field.startswith("holder.")


def _natural(deployment: Deployment, person: Person) -> str:
    return keyed_hash(deployment.keys.sealer.passing, "typed by", person.natural).hex()


def opened(deployment: Deployment, onward: Onward) -> dict[str, str] | None:
    """What was typed; raises BadRequest where it was changed on its way."""
    if not onward.typed:
        return None
    try:
        sealed = base64.urlsafe_b64decode(onward.typed.encode("ascii"))
        plain = deployment.keys.sealer.open(sealed, _place(onward.next))
    except (ValueError, SealError):
        raise BadRequest(reason=Message("表单内容已损坏，请重新填写。")) from None
    return msgspec.json.decode(plain, type=dict[str, str])


def _place(next: str) -> bytes:
    return b"signing in\0" + next.encode()


async def resumed(
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
    if fields.get(NATURAL, _natural(deployment, person)) != _natural(deployment, person):
        # A colleague's account, say: which certificate it is is nobody's secret.
        fields = {"certificate": fields.get("certificate", ""), "at": "certificate", "to": "matter"}
    id, form = unfinished.new_id(), Posted.of(fields, deployment)
    owner_before, _, draft = fields.get(DRAFT, "").partition(" ")
    # Only what we have sealed for them says who typed it.
    own = fields.get(NATURAL) == _natural(deployment, person)
    before = unfinished.owner_in(owner_before) if own else None
    if before == unfinished.owner_of(deployment, person):  # who went on as what they were
        return stepping.address(fields["at"], draft)
    await unfinished.change(deployment, person, token, id, lambda _: form.keep(deployment, None))
    if before is not None and STAYS not in fields:
        await unfinished.forget_of(before, draft)
    return stepping.address(form.page, id)
