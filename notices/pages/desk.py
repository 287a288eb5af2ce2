"""The officers' desk: what waits for them, and each case with all that it is decided by."""

from typing import Any, NamedTuple

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream

from notices import register
from notices.changing import braking, cases, deciding, looking, objecting
from notices.changing.cases import MOST_COUNTED, MOST_SHOWN, Case, Waiting
from notices.changing.draft import Draft
from notices.changing.exhibits import KeptFile
from notices.changing.looking import Looker
from notices.facts.errors import NotFound
from notices.facts.lifecycle import State, may_follow
from notices.facts.notice_ids import printed
from notices.facts.public.notice import PublicNotice
from notices.facts.texts import Text
from notices.journal import Looked
from notices.pages import again, desk_words, rendering
from notices.web import options, uploads, wording
from notices.web.authentication import AnyRequest
from notices.web.queries import whole_number

DESK = "/desk"
CLOSED = {options.CLOSED: True}
"""Of every page here: no page of another site reads as much as a refusal."""
SHOWN, PER_PAGE = 5, 20
"""Of each list on the first page, and on a page of its own."""
PAGES = MOST_COUNTED // PER_PAGE


class Line(NamedTuple):
    """Something that waits, and the notice that it is about."""

    waits: Waiting
    notice: PublicNotice


class Listed(NamedTuple):
    """A part of a list, and how many wait in all."""

    name: str
    lines: list[Line]
    all: int
    skipped: int

    @property
    def more(self) -> int:
        """How many come after those that are shown."""
        return max(self.all - self.skipped - len(self.lines), 0)


async def _listed(request: AnyRequest, name: str, limit: int, skip: int = 0) -> Listed:
    found = await cases.waiting(name, limit, skip)
    notices = await register.get_many(sorted({one.notice for one in found}))
    here = request.app.state.deployment
    lines = [Line(one, notices[one.notice].public(here)) for one in found if one.notice in notices]
    return Listed(name, lines, await cases.count(name), skip)


@get("/desk", include_in_schema=False, opt=CLOSED)
async def desk(request: AnyRequest) -> Response[str]:
    """What waits, the first first; and a word of what was just done."""
    officer = await request.user.officer()
    _, done = await again.sent(request, officer, DESK)
    return await rendering.page(
        request,
        "desk.html",
        cache=rendering.NEVER_KEPT,
        words=desk_words,
        grounds=wording.CLAIMS,
        lists=[await _listed(request, name, SHOWN) for name in cases.WAITING],
        most=MOST_COUNTED,
        done=_told(done),
        held=await braking.held(request.app.state.deployment),
        most_changes=request.app.state.deployment.settings.bulk_limit,
    )


def _told(done: Draft) -> Text | None:
    """What was done, which the one who did it is told alone (`deciding.done`)."""
    if not done.done or done.published[0] not in desk_words.DONE:
        return None
    word, id = done.published
    number = printed(id) if word != "release" else id
    return desk_words.DONE[word].format(number=number)


@get("/desk/waiting/{name:str}", include_in_schema=False, opt=CLOSED)
async def waiting(request: AnyRequest, name: FromPath[str]) -> Response[str]:
    """One list, page by page."""
    await request.user.officer()
    if name not in cases.WAITING:
        raise NotFound
    number = whole_number(request.query_params.get("page", ""), 1, PAGES) or 1
    return await rendering.page(
        request,
        "desk_waiting.html",
        cache=rendering.NEVER_KEPT,
        words=desk_words,
        list=await _listed(request, name, PER_PAGE, (number - 1) * PER_PAGE),
        grounds=wording.CLAIMS,
        most=MOST_COUNTED,
        number=number,
        pages=PAGES,
    )


@get("/desk/{id:str}", include_in_schema=False, opt=CLOSED)
async def case(request: AnyRequest, id: FromPath[str]) -> Response[str]:
    """A notice with all that waits about it, and what may be done."""
    found = await cases.of(request.app.state.deployment, id, await looker(request))
    return await page(request, "desk_case.html", found)


async def looker(request: AnyRequest) -> Looker:
    """The officer who asks, in this session; raises what `Asker.officer` does."""
    officer = await request.user.officer()
    return Looker(request.app.state.deployment, officer, request.user.session or "")


async def _file(
    request: AnyRequest, what: Looked, notice: str, kept: KeptFile, name: str
) -> Stream:
    """What is kept, for an officer who has said what for; raises PurposeRequired."""
    by = await looker(request)
    given = await by.given(notice)
    await looking.note(by.deployment, by.officer, what, given, [notice], [kept.id])
    return uploads.kept(request, kept.id, kept.media_type, name)


@get("/desk/{id:str}/evidence/{objection:str}", include_in_schema=False, opt=CLOSED)
async def evidence(request: AnyRequest, id: FromPath[str], objection: FromPath[str]) -> Stream:
    """The file that came with an objection to notice `id`."""
    await request.user.officer()
    notice, kept = await register.get(id), await objecting.evidence_of(objection)
    if kept is None or kept.notice != notice.id:
        raise NotFound
    return await _file(request, "evidence", notice.id, kept.file, objection)


@get("/desk/{id:str}/exhibit", include_in_schema=False, opt=CLOSED)
async def exhibit(request: AnyRequest, id: FromPath[str]) -> Stream:
    """The document that came with notice `id`, which was declared for somebody else."""
    await request.user.officer()
    notice = await register.get(id)
    kept = await deciding.exhibit_of(notice.id)
    if kept is None:
        raise NotFound
    return await _file(request, "exhibit", notice.id, kept, f"exhibit-{notice.id}")


async def page(
    request: AnyRequest, template: str, found: Case, *, status: int = 200, **context: Any
) -> Response[str]:
    """A page about one case, never kept."""
    here, notice = request.app.state.deployment, found.notice
    others = await register.get_many(found.overlaps)
    return await rendering.page(
        request,
        template,
        status=status,
        cache=rendering.NEVER_KEPT,
        words=desk_words,
        grounds=wording.CLAIMS,
        most_shown=MOST_SHOWN,
        case=found,
        notice=notice.public(here),
        state=notice.state,
        texts=await register.texts_of(notice.id),
        others=[others[id].public(here) for id in found.overlaps if id in others],
        choices=choices(found),
        may_confirm=may_confirm(notice.state),
        may_redact=may_follow("redacted", notice.state),
        **context,
    )


def choices(found: Case) -> list[str]:
    """The decisions that may be taken now."""
    state, waits = found.notice.state, found.of_status
    may = {
        "admit": "open" in waits and may_follow("contested", state),
        "reject": "open" in waits and not state.ended,
        "dismiss": "admitted" in waits and may_follow("dismissed", state),
        "annul": may_follow("annulled", state),
    }
    return [decision for decision, allowed in may.items() if allowed]


def may_confirm(state: State) -> bool:
    """Whether there is something that an officer confirms: no issuer's own certificate."""
    return state.awaiting and may_follow("confirmed", state)


HANDLERS = [desk, waiting, case, evidence, exhibit]
