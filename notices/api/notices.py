"""The JSON API of notices: read, search, withdraw, correct, receipts."""

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from notices import register
from notices.api.documenting import READ_ONE, reads, writes
from notices.changing import amending
from notices.facts.errors import BadQuery, Problem
from notices.facts.public.catalogue import PublicCatalogue
from notices.facts.public.notice import Followed, PublicNotice, Receipt
from notices.facts.public.search import SearchPage, Suggestions
from notices.facts.requests import Correction, Withdrawal
from notices.facts.text_check import unfolded_length
from notices.finding import suggesting
from notices.web import limiting, writing
from notices.web.authentication import AnyRequest, Asker
from notices.web.queries import log_index, query_of
from notices.web.replies import NO_STORE, answered, passed_on
from notices.web.requested import LONGEST_QUERY, ReceiptQuery, SearchQuery, SuggestQuery


@get("/api/v1/catalogue", **reads("getCatalogue", "catalogue"))
async def get_catalogue(request: AnyRequest) -> Response[PublicCatalogue]:
    """The certificates and the matters that need them."""
    public = request.app.state.catalogue_json
    return passed_on(public, PublicCatalogue, headers={"Cache-Control": "public, max-age=300"})


@get("/api/v1/notices/{id:str}", **reads("getNotice", "notices", problems=READ_ONE))
async def get_notice(request: AnyRequest, id: FromPath[str]) -> Response[PublicNotice]:
    """The public notice as it is now."""
    notice = await register.get(id)
    return answered(notice.public(request.app.state.deployment), headers=NO_STORE)


@get("/api/v1/notices", **reads("searchNotices", "notices", SearchQuery, counted=True))
async def search_notices(request: AnyRequest) -> Response[SearchPage]:
    """Published notices by words, number and filters, with counts."""
    await limiting.limit(request, "search")
    query = query_of(request)
    found = await request.app.state.finder.found(query)
    return passed_on(msgspec.json.encode(found), SearchPage)


@get("/api/v1/suggestions", **reads("suggest", "notices", SuggestQuery, counted=True))
async def suggestions(request: AnyRequest) -> Response[Suggestions]:
    """What a search that is being typed may become."""
    await limiting.limit(request, "suggest")
    q = request.query_params.get("q", "")
    if unfolded_length(q) > LONGEST_QUERY:
        raise BadQuery(problems=[Problem("q", "too_long", {"limit": LONGEST_QUERY})])
    state = request.app.state
    finder = state.finder
    found = await suggesting.suggest(state.deployment, finder.breaker, finder.vocabulary, q)
    return answered(Suggestions(suggestions=found))


@post("/api/v1/notices/{id:str}/withdrawal", **writes("withdraw", "notices", Withdrawal))
async def withdraw(request: AnyRequest, id: FromPath[str]) -> Response[Followed]:
    """Take a notice back: the certificate was found, or the declaration was a mistake."""
    async with writing.of(request, Withdrawal, Asker.signed_in) as write:
        reason = amending.check_withdrawal(write.body, write.wrong)
        once = write.admit()
        notice = await register.get(id)
        done = await amending.withdraw(write.deployment, write.by, notice.id, reason, once)
    return writing.created(done, Followed)


@post("/api/v1/notices/{id:str}/correction", **writes("correct", "notices", Correction))
async def correct(request: AnyRequest, id: FromPath[str]) -> Response[Followed]:
    """Correct issuer or dates of a notice; number, certificate and holder never change."""
    async with writing.of(request, Correction, Asker.signed_in) as write:
        here, now = write.deployment, write.now
        changes = amending.check_correction(here, write.body, now, write.wrong)
        once = write.admit()
        notice = await register.get(id)
        done = await amending.correct(here, write.by, notice.id, changes, now=now, once_=once)
    return writing.created(done, Followed)


@get(
    "/api/v1/notices/{id:str}/receipt",
    **reads("getReceipt", "notices", ReceiptQuery, problems=READ_ONE),
)
async def get_receipt(request: AnyRequest, id: FromPath[str]) -> Response[Receipt]:
    """The receipt of an event of a notice: proof that it stands in the log."""
    index = log_index(request, "event", None)
    notice = await register.get(id)
    receipt = await register.receipt(request.app.state.deployment, notice, index)
    return answered(receipt, headers=NO_STORE)


HANDLERS = [
    get_catalogue, get_notice, search_notices, suggestions, withdraw, correct,
    get_receipt,
]  # fmt: skip
