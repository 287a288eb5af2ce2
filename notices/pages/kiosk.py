"""A terminal in a hall: the same pages with large targets, and no trace of who stood there before.

A cookie says that it is one, set at /kiosk and taken away at /kiosk/off alone. What was asked is
not shown as the answer to a form, which the browser would offer to send again to whoever comes
next: the answer waits sealed in a cookie, under a name that the address tells, and goes with it.
"""

import base64
import secrets
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

import msgspec
from litestar import Response, get, post

from notices.changing import leaving
from notices.deployment import Deployment
from notices.facts.errors import BodyTooLarge
from notices.facts.public.answer import Answer
from notices.locale import SOURCE
from notices.pages import rendering
from notices.pages.rendering import NEVER_KEPT
from notices.print import typesetting
from notices.trust.sealing import SealError
from notices.web import authentication, cross_site, languages
from notices.web.authentication import AnyRequest
from notices.web.queries import whole_number

STAYS = timedelta(days=365)
SHORTEST, USUAL, LONGEST = 30, 60, 600
"""Seconds without a touch after which the terminal is as if nobody had been there; its users are
warned twenty seconds before."""

SHOWN = "shown"
KEPT = timedelta(minutes=10)
MOST_BYTES = 3800
"""Of a cookie; browsers keep 4096 with its name."""

Kind = Literal["asked", "printed"]
ASKED: Final = "asked"
PRINTED: Final = "printed"
_PLACE = b"kiosk"


class Shown(msgspec.Struct, array_like=True):
    """What is shown at the terminal just now, and what was typed for it."""

    id: str
    kind: Kind
    at: int
    values: dict[str, str]
    answer: Answer | None


_read = msgspec.json.Decoder(Shown).decode


def is_on(request: AnyRequest) -> bool:
    """Whether the one who asks stands at a terminal."""
    return rendering.kiosk_of(request) is not None


def show(
    request: AnyRequest, path: str, kind: Kind, values: Mapping[str, str], answer: Answer | None
) -> Response[str]:
    """To `path`, which shows it; raises BodyTooLarge for what no cookie can hold."""
    deployment, id = request.app.state.deployment, secrets.token_urlsafe(9)
    kept = Shown(id, kind, int(datetime.now(UTC).timestamp()), dict(values), answer)
    plain = zlib.compress(msgspec.json.encode(kept), 9)
    sealed = base64.urlsafe_b64encode(deployment.keys.sealer.seal(plain, _PLACE)).decode()
    if len(sealed) > MOST_BYTES:
        raise BodyTooLarge(limit=MOST_BYTES)
    response = rendering.see_other(f"{path}?{SHOWN}={id}", languages.language_of(request))
    response.set_cookie(authentication.cookie(deployment, SHOWN, sealed, KEPT))
    return response


def shown(request: AnyRequest, kind: Kind) -> Shown | None:
    """What the address asked for, if it is what this terminal shows just now."""
    deployment = request.app.state.deployment
    sealed = request.cookies.get(authentication.cookie_name(deployment, SHOWN), "")
    id = request.query_params.get(SHOWN)
    if not (id and sealed) or len(sealed) > MOST_BYTES:
        return None
    try:
        plain = deployment.keys.sealer.open(base64.urlsafe_b64decode(sealed), _PLACE)
        kept = _read(zlib.decompress(plain))
    except (ValueError, SealError, zlib.error):
        return None
    fresh = datetime.now(UTC).timestamp() - kept.at < KEPT.total_seconds()
    return kept if fresh and (kept.id, kept.kind) == (id, kind) else None


@get("/kiosk", include_in_schema=False)
async def start(request: AnyRequest) -> Response[Any]:
    """Make this browser a terminal, `idle` seconds of rest after which it forgets who was there.

    A link on another site makes nobody's own browser one without a word: there it is asked first.
    """
    given = whole_number(request.query_params.get("idle", ""), SHORTEST, LONGEST)
    idle = given or rendering.kiosk_of(request) or USUAL
    if not is_on(request) and cross_site.is_sent(request):
        return await rendering.page(request, "kiosk_on.html", idle=idle)
    deployment: Deployment = request.app.state.deployment
    session = request.user.session
    if session:
        await leaving.sign_out(deployment, session)
    # The page is a terminal's already when it is asked for the first time, and nobody's.
    request.scope["state"][rendering.KIOSK] = idle
    response = rendering.response(request, "kiosk.html", None, {}, status=200, cache=NEVER_KEPT)
    if session:
        authentication.forget(response, deployment)
    response.set_cookie(authentication.cookie(deployment, rendering.KIOSK, str(idle), STAYS))
    return response


@get("/kiosk/reset", include_in_schema=False)
async def reset(request: AnyRequest) -> Response[str]:
    """As if nobody had been there: no session, nothing typed, nothing shown, the usual view."""
    if not is_on(request):
        return rendering.see_other("/kiosk", languages.language_of(request))
    deployment: Deployment = request.app.state.deployment
    if request.user.session:
        await leaving.sign_out(deployment, request.user.session)
    # In the language of the service: the next one may not read that of the last.
    response = rendering.see_other("/kiosk", SOURCE)
    authentication.forget(response, deployment)
    for of in (SHOWN, rendering.VIEW):
        response.set_cookie(authentication.cookie(deployment, of, "", timedelta(0)))
    return response


@get("/kiosk/phone", include_in_schema=False)
async def phone(request: AnyRequest) -> Response[str]:
    """What is not done at a terminal, where a name would be typed in front of everybody."""
    link = request.app.state.deployment.link("/declare")
    return await rendering.page(
        request, "kiosk_phone.html", code=typesetting.qr_code(link), link=link
    )


@get("/kiosk/off", include_in_schema=False)
async def leave_page(request: AnyRequest) -> Response[str]:
    """Asks whoever looks after the terminal."""
    return await rendering.page(request, "kiosk_off.html")


@post("/kiosk/off", include_in_schema=False)
async def leave(request: AnyRequest) -> Response[str]:
    """An ordinary browser again."""
    response = rendering.see_other("/", languages.language_of(request))
    deployment = request.app.state.deployment
    for of in (rendering.KIOSK, SHOWN):
        response.set_cookie(authentication.cookie(deployment, of, "", timedelta(0)))
    return response


HANDLERS = [start, reset, phone, leave_page, leave]
