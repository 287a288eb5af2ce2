"""Pages: where a template, a language and the headers of a page come together."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from litestar import MediaType, Response

from notices.facts.errors import Problem
from notices.facts.texts import Text
from notices.identity import Signed
from notices.locale import SOURCE
from notices.pages import done, inside
from notices.pages.templating import Templates, address
from notices.web import authentication
from notices.web.authentication import AnyRequest
from notices.web.languages import language_of
from notices.web.queries import SEARCH_PARAMETERS

SHOWN_AGAIN = "private, no-cache"
"""For pages to which the browser's back button must lead without asking to send a form again."""
NEVER_KEPT = "no-store"

VIEW, ELDER = "view", "elder"
"""What the cookie is for that keeps a view, and what it holds for the view for elders (长辈版)."""

KIOSK = "kiosk"
"""What the cookie is for that makes a browser a terminal in a hall; it holds seconds of rest."""

MOST_ECHOED = 300
"""Characters of what was typed that a page shows again; more is refused, and would come back."""
MOST_KEPT = 3000
"""Of any other parameter: an address to which the sign-in leads back holds a query, encoded."""

KEPT = frozenset(
    {*SEARCH_PARAMETERS, "find", "next", "again", "of", "as", "with", "paper", "shown"}
)
"""The parameters that pages know. A link of ours keeps no other: a messenger may have added it,
and somebody else's link to us may hold a number, which no address that we make does."""

ALSO = "also"
"""The rest of what was published in one pass: numbers of notices, which are public."""
_NOTICES = re.compile(r"[0-9]{14}(\.[0-9]{14}){0,40}")


def local_path(text: str | None, default: str = "/") -> str:
    """`text` if it leads to a page of this very site, else `default`."""
    if not text or len(text) > 2000 or not text.startswith("/") or text.startswith(("//", "/\\")):
        return default
    if any(ord(letter) <= 32 or letter == "\\" for letter in text):
        return default
    try:
        parts = urlsplit(text)
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc else text


def kiosk_of(request: AnyRequest) -> int | None:
    """Seconds of rest after which a terminal forgets who was there; None for any other browser."""
    begun: int | None = request.scope.get("state", {}).get(KIOSK)
    name = authentication.cookie_name(request.app.state.deployment, KIOSK)
    kept = request.cookies.get(name, "")
    return begun or (int(kept) if re.fullmatch(r"[0-9]{2,3}", kept) else None)


def _path(request: AnyRequest) -> str:
    """Where this page is, so that it leads there wherever it stands in a link.

    What came as //elsewhere or /\\elsewhere would lead to another site: a browser takes a backslash
    for a slash, and leaves out what it cannot see.
    """
    return "/" + quote(request.url.path.lstrip("/"), safe="/:@!$&'()*+,;=~", errors="replace")


def _kept(request: AnyRequest) -> list[tuple[str, str]]:
    return [
        (name, value[: MOST_ECHOED if name == "q" else MOST_KEPT])
        for name, value in request.query_params.multi_items()
        if name in KEPT or (name == ALSO and _NOTICES.fullmatch(value))
    ]


def without(request: AnyRequest, names: Collection[str]) -> str:
    """The address of this page without the parameters of these `names`."""
    kept = [(name, value) for name, value in _kept(request) if name not in names]
    return address(_path(request), language_of(request), kept)


def response(
    request: AnyRequest,
    template: str,
    signed: Signed | None,
    context: Mapping[str, Any],
    *,
    status: int,
    cache: str,
) -> Response[str]:
    templates: Templates = request.app.state.templates
    path, kept = _path(request), _kept(request)
    kiosk = kiosk_of(request)
    view = request.cookies.get(authentication.cookie_name(request.app.state.deployment, VIEW))
    around = {
        "path": path,
        "here": address(path, language_of(request), kept),
        "elder": view == ELDER,
        "kiosk": kiosk,
        "in_language": lambda language: address(path, language, kept),
        "person": signed.person if signed else None,
        "signed": signed,
        "session_ends": datetime.now(UTC) + timedelta(seconds=signed.left if signed else 0),
        "names_nobody": False,
        "done": done.said(request),
        "problems": [],
        "failed": False,
    }
    html = templates.render(template, language_of(request), around | dict(context))
    if kiosk is not None:
        html, cache = inside.only(html), NEVER_KEPT
    made = Response(
        html,
        status_code=status,
        media_type=MediaType.HTML,
        # Who is signed in stands on every page, and a cookie says in which view it is shown.
        headers={"Vary": "Cookie", "Cache-Control": cache},
    )
    done.forget(request, made)
    return made


async def page(
    request: AnyRequest,
    template: str,
    *,
    status: int = 200,
    cache: str = SHOWN_AGAIN,
    named: bool = True,
    **context: Any,
) -> Response[str]:
    """The page that `template` makes of `context`, for whoever is asking.

    A page names who is signed in, and a phone or a computer may have other users: it is not kept.
    One that is not `named` says nothing of them, so a browser may keep it, and Back leads to it
    also where it is the answer to a form.
    """
    signed = await request.user.signed()
    if not named:
        context["names_nobody"], signed = signed is not None, None
    if signed is not None:
        cache = NEVER_KEPT
    return response(request, template, signed, context, status=status, cache=cache)


def see_other(path: str, language: str) -> Response[str]:
    """Where a finished write sends the browser, so that reloading repeats nothing."""
    where = quote(_with_language(path, language), safe="/?&=#%:;,+@!$'()*~-._")
    headers = {"Location": where, "Cache-Control": NEVER_KEPT}
    return Response("", status_code=303, media_type=MediaType.TEXT, headers=headers)


def see_done(request: AnyRequest, path: str, word: str) -> Response[str]:
    """To `path` likewise, where `word` (of `done.WORDS`) says what was done."""
    made = see_other(f"{path}#{done.DONE}", language_of(request))
    done.keep(request, word, path, made)
    return made


def _with_language(path: str, language: str) -> str:
    if language == SOURCE or "lang=" in path:
        return path
    path, hash_, fragment = path.partition("#")
    return path + ("&" if "?" in path else "?") + f"lang={language}" + hash_ + fragment


def to_sign_in(request: AnyRequest) -> Response[str]:
    """To the sign-in page, which leads back to the page that was asked for."""
    if kiosk_of(request) is not None:
        return see_other("/kiosk/phone", language_of(request))
    here = address(_path(request), params=_kept(request))
    return see_other(address("/sign-in", params=[("next", here)]), language_of(request))


def to_purpose(request: AnyRequest, notice: str) -> Response[str]:
    """To where an officer says what for they look, which leads on to what was asked for."""
    here = address(_path(request), params=_kept(request))
    where = address(f"/desk/{notice}/purpose", params=[("next", here)])
    return see_other(where, language_of(request))


def by_field(problems: Sequence[Problem]) -> dict[str, list[Text]]:
    """The messages of each field, for the place where it is filled in."""
    found: dict[str, list[Text]] = {}
    for problem in problems:
        found.setdefault(problem.field, []).append(problem.message)
    return found
