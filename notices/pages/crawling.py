"""What machines ask for at every site: robots.txt, a sitemap, security.txt and an icon.

Search engines are led to organisations' notices; persons' they are asked to leave out, on each
of those pages.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from litestar import Response, get

from notices import log, register
from notices.deployment import Deployment
from notices.facts.errors import NotFound
from notices.pages import templating
from notices.web.authentication import AnyRequest
from notices.web.queries import whole_number

PAGES = (
    "/", "/declare", "/verify", "/statistics", "/log", "/agencies", "/help", "/help/agencies",
    "/help/developers", "/privacy", "/accessibility", "/problems",
)  # fmt: skip
"""Pages for everybody, beside the guides; a search is not for engines that search themselves."""

SPAN = 10_000
"""Places of the log that one file covers, with one notice each at most: a fifth of the 50,000 that
the protocol allows (sitemaps.org), so that a file keeps nobody waiting."""

SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
XML = "application/xml; charset=utf-8"
TEXT = "text/plain"
AN_HOUR = {"Cache-Control": "public, max-age=3600"}
A_DAY = {"Cache-Control": "public, max-age=86400"}
EXPIRES_AFTER = timedelta(days=180)

ROBOTS = """\
User-agent: *
Disallow: /api/
Disallow: /mine
Disallow: /desk
Allow: /notices/
Disallow: /notices?
Disallow: /sign-in

Sitemap: {sitemap}
"""
# Not the pages of persons' notices: an engine that may not read them never sees `noindex`. What is
# allowed stands before what is not, since some take the first rule and leave out a lone "?".


@get("/robots.txt", include_in_schema=False)
async def robots(request: AnyRequest) -> Response[bytes]:
    """What search engines need not read."""
    deployment: Deployment = request.app.state.deployment
    text = ROBOTS.format(sitemap=deployment.link("/sitemap.xml"))
    return Response(text.encode(), media_type=TEXT, headers=A_DAY)


@get("/sitemap.xml", include_in_schema=False)
async def sitemap(request: AnyRequest) -> Response[bytes]:
    """The pages and organisations' notices, or where they do not fit into one file its parts.

    A part is a span of the log, so none has to be counted or sought: the log's size is one row,
    and a span one range of an index. Parts differ by their query, since a file may name only
    what lies below its own folder.
    """
    deployment: Deployment = request.app.state.deployment
    size, _ = await log.head()
    parts = -(-size // SPAN)
    asked = request.query_params.get("part")
    if asked is None and parts > 1:
        places = (deployment.link(f"/sitemap.xml?part={part}") for part in range(parts))
        return _xml("sitemapindex", "sitemap", places)
    part = 0 if asked is None else whole_number(asked, 0, max(0, parts - 1))
    if part is None:
        raise NotFound
    ids = await register.ids_of_organisations(part * SPAN, (part + 1) * SPAN)
    paths = [*(pages(deployment) if part == 0 else ()), *(f"/notices/{id}" for id in ids)]
    return _xml("urlset", "url", map(deployment.link, paths))


def pages(deployment: Deployment) -> list[str]:
    """The paths of all pages that search engines are led to, but for notices."""
    return [*PAGES, *(f"/help/{id}" for id in deployment.catalogue.certificates)]


def _xml(root: str, each: str, places: Iterable[str]) -> Response[bytes]:
    lines = [f"<{each}><loc>{escape(place)}</loc></{each}>" for place in places]
    text = "\n".join(
        ['<?xml version="1.0" encoding="UTF-8"?>', f"<{root} {SITEMAP}>", *lines, f"</{root}>", ""]
    )
    return Response(text.encode(), media_type=XML, headers=AN_HOUR)


@get("/.well-known/security.txt", include_in_schema=False)
async def security(request: AnyRequest) -> Response[bytes]:
    """Whom to tell of a weakness (RFC 9116)."""
    deployment: Deployment = request.app.state.deployment
    # By the day, so that everybody who asks on one day is told the same.
    expires = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + EXPIRES_AFTER
    text = (
        f"Contact: {deployment.settings.security_contact}\n"
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}\n"
        "Preferred-Languages: zh, en\n"
        f"Canonical: {deployment.link('/.well-known/security.txt')}\n"
    )
    return Response(text.encode(), media_type=TEXT, headers=A_DAY)


@get("/favicon.ico", include_in_schema=False)
async def icon() -> Response[bytes]:
    """The icon, for whoever asks for it by this name before they have read a page."""
    return Response(ICON, media_type="image/vnd.microsoft.icon", headers=A_DAY)


ICON = (templating.STATIC / "favicon.ico").read_bytes()
HANDLERS = [robots, sitemap, security, icon]
