"""What other programs follow: Atom feeds (RFC 4287) of searches, and the service's public keys.

A feed is in the order of publication. What happens to a notice later changes its entry, which
says its status in title, summary and category, and leaves it in its place under its id: nothing
that was withdrawn looks like news. It is in Chinese for ever, as the statements in it are: an
entry is one for all who follow, and says what the notice says.
"""

import asyncio
import hashlib
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, tostring

from litestar import Response, get

from notices import log, register
from notices.api.documenting import reads
from notices.deployment import Deployment
from notices.facts.event_kinds import bringing
from notices.facts.public.notice import PublicNotice
from notices.facts.public.service import PublicKeys
from notices.finding import Query
from notices.limits.slices import Slices
from notices.web import limiting, queries, wording
from notices.web.authentication import AnyRequest
from notices.web.queries import SEARCH_PARAMETERS, parameters, query_of
from notices.web.replies import answered
from notices.web.requested import DEEPEST, SearchQuery

FEED = "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"
END = b"</feed>"
USUAL_PAGE = 50
PIECE = 20
"""Notices that are read at once: reading their rows takes a millisecond."""

MOST_KEPT = 50
LONGEST_KEPT = 30.0
"""Feeds and seconds that those of the whole register are kept."""

NEVER = "1970-01-01T00:00:00Z"


@get(
    "/feed.atom",
    **reads("getFeed", "events", SearchQuery, lenient=True, kinds=(FEED,), also={304: None}),
)
async def feed(request: AnyRequest) -> Response[bytes]:
    """The notices of organisations that a search finds, the newest first; persons' are in none.

    Knows every parameter of the search; a page has 50 where nothing else is asked for.
    """
    await limiting.limit(request, "search")
    queries.refuse_given_twice(request, SEARCH_PARAMETERS)
    query = query_of(request, USUAL_PAGE)
    query = replace(query, holder_kind="organisation", sort=query.sort or "newest")
    given = {
        name: value
        for name, value in parameters(request).items()
        if name in SEARCH_PARAMETERS and value
    }
    made = await _made(request, query, given)
    headers = {"Cache-Control": "public, max-age=30", "ETag": made.etag}
    known = request.headers.get("if-none-match", "")
    if made.etag in known or known.strip() == "*":
        return Response(b"", status_code=304, headers=headers)
    return Response(made.body, media_type=f"{FEED}; charset=utf-8", headers=headers)


class Made(NamedTuple):
    """A feed, what the log was when it was made, and by the loop's clock how long it is right."""

    body: bytes
    etag: str
    head: tuple[int, bytes] | None = None
    until: float = 0.0


async def _made(request: AnyRequest, query: Query, given: dict[str, str]) -> Made:
    """The feed; one of the whole register is made once for all who ask, until something happens."""
    events = request.app.state.places.events
    everything = Query(
        holder_kind=query.holder_kind, page=query.page, per_page=query.per_page, sort="newest"
    )
    if query != everything:
        async with events.taken(request):
            return await _atom(request, query, given, await _found(request, query))
    # Straight from the register: whoever follows all of it misses nothing, engine or not.
    kept: dict[str, Made] = request.app.state.feeds
    page = _address(request.app.state.deployment, "", given)
    if (made := _still_right(kept.get(page), await log.head())) is not None:
        return made
    async with events.taken(request):
        head = await log.head()
        if (made := _still_right(kept.get(page), head)) is not None:
            return made
        notices, right_for = await _newest(request, query)
        until = asyncio.get_running_loop().time() + right_for
        made = (await _atom(request, query, given, notices))._replace(head=head, until=until)
        kept.pop(page, None)
        kept[page] = made
        if len(kept) > MOST_KEPT:
            del kept[next(iter(kept))]
        return made


def _still_right(made: Made | None, head: tuple[int, bytes]) -> Made | None:
    if made is None or made.head != head or asyncio.get_running_loop().time() >= made.until:
        return None
    return made


async def _newest(request: AnyRequest, query: Query) -> tuple[list[PublicNotice], float]:
    """The public notices of one page, and for how many seconds no period of theirs ends."""
    deployment: Deployment = request.app.state.deployment
    shown: list[PublicNotice] = []
    skip, before, right_for = (query.page - 1) * query.per_page, 2**62, LONGEST_KEPT
    slices = Slices()
    while (wanted := min(PIECE, query.per_page - len(shown))) > 0:
        piece = await register.newest_of_organisations(wanted, skip, before)
        for notice in piece:
            shown.append(notice.public(deployment))
            left = (notice.ends_at - notice.now).total_seconds()
            right_for = min(right_for, left) if left > 0 else right_for
            await slices.end()
        if len(piece) < wanted:
            break
        skip, before = 0, piece[-1].published_index
    return shown, right_for


async def _found(request: AnyRequest, query: Query) -> list[PublicNotice]:
    """The public notices that a search finds."""
    answer = await request.app.state.finder.find(query)
    if answer.interpreted.approximate or answer.interpreted.ignored:
        return []  # a person sees what comes close; a program would report it as what it waits for
    return list(answer.notices)


async def _atom(
    request: AnyRequest, query: Query, given: dict[str, str], notices: list[PublicNotice]
) -> Made:
    deployment: Deployment = request.app.state.deployment
    lasting = {name: value for name, value in given.items() if name not in ("page", "per_page")}
    root = Element("feed", xmlns=ATOM, attrib={"xml:lang": "zh-CN"})
    SubElement(root, "id").text = _address(deployment, "/feed.atom", lasting)
    SubElement(root, "title").text = _title(deployment, query)
    SubElement(root, "updated").text = max(map(_updated, notices), default=NEVER)
    for rel, href in [
        ("self", _address(deployment, "/feed.atom", given)),
        ("alternate", _address(deployment, "/notices", lasting)),
        *_neighbours(deployment, query, given, len(notices)),
    ]:
        SubElement(root, "link", rel=rel, href=href)
    # Each entry is written by itself: all of a hundred are a long time for one step.
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    entries, slices = [], Slices()
    for notice in notices:
        entries.append(tostring(_entry(notice), encoding="utf-8", xml_declaration=False))
        await slices.end()
    body = body.removesuffix(END) + b"".join(entries) + END
    return Made(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def _entry(notice: PublicNotice) -> Element:
    status, html = _status(notice), notice.links.html
    holder = notice.holder.name if notice.holder else ""
    paper = notice.document.name.zh if notice.document else ""
    entry = Element("entry")
    SubElement(entry, "id").text = html
    SubElement(entry, "title").text = f"【{status}】{holder}：{paper}"
    SubElement(entry, "published").text = notice.published_at
    SubElement(entry, "updated").text = _updated(notice)
    SubElement(SubElement(entry, "author"), "name").text = holder
    SubElement(entry, "category", term=notice.status, label=status)
    SubElement(entry, "link", rel="alternate", href=html)
    SubElement(entry, "summary").text = f"现在的状态：{status}。声明原文：{notice.statement}"
    return entry


def _status(notice: PublicNotice) -> str:
    """What it is now, in words; of an ended one also by whom."""
    brought = bringing(event.kind for event in notice.events)
    return brought.feed or wording.STATUSES[wording.standing(notice)].zh


def _updated(notice: PublicNotice) -> str:
    """When it last changed, by an event or by its period's end; times are texts that compare."""
    times: list[str] = [event.happened_at or event.at for event in notice.events]
    if notice.status == "invalid" and notice.effective_at:
        times.append(notice.effective_at)
    return max(times)


def _title(deployment: Deployment, query: Query) -> str:
    """The site's name, and what is followed, so that several feeds can be told apart."""
    certificate = deployment.catalogue.certificates.get(query.certificate or "")
    matter = deployment.catalogue.matters.get(query.matter or "")
    followed = [
        "".join(filter(str.isprintable, query.q)).strip(),  # XML knows no control characters
        certificate.name.zh if certificate else None,
        matter.name.zh if matter else None,
        deployment.regions.name(query.region.ljust(6, "0")) if query.region else None,
        wording.STATUSES[query.status].zh if query.status else None,
        f"{query.year}年" if query.year else None,
    ]
    return "：".join(
        filter(None, [deployment.settings.site_name, "，".join(filter(None, followed))])
    )


def _neighbours(
    deployment: Deployment, query: Query, given: dict[str, str], count: int
) -> list[tuple[str, str]]:
    """Links to the first page, and to those before and after this one (RFC 5005, 3), as far as
    pages go."""
    pages = [("first", 1)]
    if query.page > 1:
        pages.append(("previous", query.page - 1))
    if count == query.per_page and (query.page + 1) * query.per_page <= DEEPEST:
        pages.append(("next", query.page + 1))
    return [
        (rel, _address(deployment, "/feed.atom", {**given, "page": str(page)}))
        for rel, page in pages
    ]


def _address(deployment: Deployment, path: str, given: dict[str, str]) -> str:
    query = urlencode([(name, given[name]) for name in SEARCH_PARAMETERS if name in given])
    return deployment.link(path + ("?" + query if query else ""))


@get("/.well-known/notice-keys.json", **reads("getKeys", "events", problems=(400,)))
async def keys(request: AnyRequest) -> Response[PublicKeys]:
    """The public keys that answers and checkpoints are signed with, and before them were."""
    return answered(request.app.state.deployment.keys.public())


HANDLERS = [feed, keys]
