"""Pages: where a template, a language and the headers of a page come together."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import MediaType, Response

from notices.deployment import Deployment
from notices.facts import errors
from notices.facts.errors import Problem, Refusal
from notices.facts.notice_ids import printed
from notices.facts.public import form as forms
from notices.facts.texts import Text
from notices.identity import Person
from notices.trust import verdicts
from notices.web import wording
from notices.web.authentication import AnyRequest
from notices.web.languages import language_of, shown_time
from notices.web.options import UNSENT
from notices.web.queries import SEARCH_PARAMETERS

HERE = Path(__file__).parent
STATIC = HERE / "static"

SHOWN_AGAIN = "private, no-cache"
"""For pages to which the browser's back button must lead without asking to send a form again."""
NEVER_KEPT = "no-store"

MOST_ECHOED = 300
"""Characters of what was typed that a page shows again; more is refused, and would come back."""
MOST_KEPT = 3000
"""Of any other parameter: an address to which the sign-in leads back holds a query, encoded."""

KEPT = frozenset({*SEARCH_PARAMETERS, "find", "next", "again"})
"""The parameters that pages know. A link of ours keeps no other: a messenger may have added it,
and somebody else's link to us may hold a number, which no address that we make does."""

TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)


def read_templates() -> None:
    """Compile all pages: the first who asked for one kept others waiting for up to 0.3 s."""
    for name in TEMPLATES.list_templates(extensions=["html"]):
        TEMPLATES.get_template(name)


def _digests() -> dict[str, str]:
    """A version for each static file, so that it can be cached for ever under its address."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(STATIC.iterdir())
        if path.is_file()
    }


DIGESTS = _digests()


RECEIPT_TEXTS = {
    language: json.dumps(
        {
            name: text.in_(language)
            for name, text in (verdicts.SENTENCES | wording.RECEIPTS).items()
        },
        ensure_ascii=False,
    )
    for language in ("zh", "en")
}
"""What scripts say of a receipt: as data, so that every sentence has one source."""


def asset(name: str) -> str:
    return f"/static/{name}?v={DIGESTS[name]}"


def address(path: str, language: str, params: Sequence[tuple[str, str]] = ()) -> str:
    """A local address that keeps the language of the page that leads there."""
    path, _, fragment = path.partition("#")
    pairs = [*params, ("lang", "en")] if language == "en" else list(params)
    return path + ("?" + urlencode(pairs) if pairs else "") + ("#" + fragment if fragment else "")


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


class Words:
    """What a template says and links to, in one language."""

    def __init__(self, request: AnyRequest) -> None:
        self.language = language_of(request)
        self.path = request.url.path
        self.query = [
            (name, value[: MOST_ECHOED if name == "q" else MOST_KEPT])
            for name, value in request.query_params.multi_items()
            if name in KEPT
        ]

    def t(self, zh: str, en: str) -> str:
        return en if self.language == "en" else zh

    def tr(self, text: Text | forms.Words | None) -> str:
        return "" if text is None else text.in_(self.language)

    def u(self, path: str, **params: str) -> str:
        return address(path, self.language, list(params.items()))

    def day(self, at: str | datetime | None) -> str:
        return shown_time(at, self.language, with_clock=False)

    def moment(self, at: str | datetime | None) -> str:
        return shown_time(at, self.language)

    def switched(self) -> str:
        """The address of this very page in the other language."""
        return address(self.path, "zh" if self.language == "en" else "en", self.query)


def _context(request: AnyRequest, person: Person | None) -> dict[str, Any]:
    words = Words(request)
    deployment: Deployment = request.app.state.deployment
    return {
        "t": words.t,
        "tr": words.tr,
        "u": words.u,
        "day": words.day,
        "moment": words.moment,
        "lang": words.language,
        "switched": words.switched(),
        "path": words.path,
        "person": person,
        "site_name": words.t(deployment.settings.site_name, "Lost certificate notices"),
        "demo": deployment.settings.demo,
        "may_sign_in": request.app.state.sign_in.is_open,
        "city": deployment.regions.name(deployment.settings.region) or "",
        "regions": deployment.regions,
        "catalogue": deployment.catalogue,
        "asset": asset,
        "printed": printed,
        "wording": wording,
        "log_key": deployment.keys.log.vkey,
        "receipt_texts": RECEIPT_TEXTS[words.language],
        "problems": [],
        "failed": False,
    }


def _response(
    request: AnyRequest,
    template: str,
    person: Person | None,
    context: Mapping[str, Any],
    *,
    status: int,
    cache: str,
) -> Response[str]:
    html = TEMPLATES.get_template(template).render(_context(request, person) | dict(context))
    return Response(
        html,
        status_code=status,
        media_type=MediaType.HTML,
        # Who is signed in stands on every page.
        headers={"Vary": "Cookie", "Cache-Control": cache},
    )


async def page(
    request: AnyRequest,
    template: str,
    *,
    status: int = 200,
    cache: str = SHOWN_AGAIN,
    **context: Any,
) -> Response[str]:
    """The page that `template` makes of `context`, for whoever is asking.

    Every page names who is signed in, and a phone or a computer may have other users.
    """
    person = await request.user.person()
    if person is not None:
        cache = NEVER_KEPT
    return _response(request, template, person, context, status=status, cache=cache)


def see_other(path: str, language: str) -> Response[str]:
    """Where a finished write sends the browser, so that reloading repeats nothing."""
    where = quote(_with_language(path, language), safe="/?&=#%:;,+@!$'()*~-._")
    headers = {"Location": where, "Cache-Control": NEVER_KEPT}
    return Response("", status_code=303, media_type=MediaType.TEXT, headers=headers)


def _with_language(path: str, language: str) -> str:
    if language != "en" or "lang=" in path:
        return path
    path, hash_, fragment = path.partition("#")
    return path + ("&" if "?" in path else "?") + "lang=en" + hash_ + fragment


def to_sign_in(request: AnyRequest) -> Response[str]:
    """To the sign-in page, which leads back to the page that was asked for."""
    words = Words(request)
    here = address(words.path, "zh", words.query)
    return see_other(address("/sign-in", "zh", [("next", here)]), words.language)


def error_page(request: AnyRequest, refusal: Refusal, status: int) -> Response[Any]:
    """A refusal as a page, with what was typed if it was a search.

    It asks the database nothing, which may be what failed.
    """
    if isinstance(refusal, errors.SignInRequired) and request.method == "GET":
        return to_sign_in(request)
    typed = request.query_params.get("q", "")
    if isinstance(refusal, errors.BadEncoding):
        # A link of an old page: what it looked for is found by one press, not typed again.
        query = parse_qs(request.scope["query_string"].decode("latin-1"), encoding="gb18030")
        typed = query.get("q", [""])[0]
    # What could not be carried out, and may be when it is sent once more.
    unsent = request.scope.get("state", {}).get(UNSENT) if status >= 500 else None
    return _response(
        request,
        "error.html",
        None,
        {
            "refusal": refusal,
            "failed": True,
            "typed": typed[:MOST_ECHOED],
            "unsent": unsent[0] if unsent else {},
            "unsent_file": unsent[1] if unsent else None,
        },
        status=status,
        cache=NEVER_KEPT,
    )


def by_field(problems: Sequence[Problem]) -> dict[str, list[Text]]:
    """The messages of each field, for the place where it is filled in."""
    found: dict[str, list[Text]] = {}
    for problem in problems:
        found.setdefault(problem.field, []).append(problem.message)
    return found
