"""The page on which an agency's clerk has a whole file of certificates checked."""

from collections.abc import Sequence
from typing import Any

from litestar import Response, get, post

from notices.api import batches
from notices.batches import MOST_BYTES, MOST_SHEET_ROWS
from notices.facts import problem_codes
from notices.facts.errors import Invalid, Problem
from notices.facts.statuses import STATUSES
from notices.pages import rendering
from notices.web import multipart
from notices.web.authentication import AnyRequest

COMMAND = "notices check FILE --server {site} --key @KEYFILE --out ANSWERS.csv"
ROW_PROBLEMS = (
    "number_empty", "number_unusual", "number_check_digit", "number_masked", "number_placeholder",
    "number_scientific", "number_rounded", "formula",
    "unknown_certificate", "bad_value", "copies_not_applicable", "copy_number_format",
    "copy_number_of_original", "too_many_cells", "unreadable_bytes", "insufficient_scope",
    "too_many_requests",
)  # fmt: skip
"""What is explained on the page when a file's summary counts it; another is named by its code."""


async def _page(request: AnyRequest, problems: Sequence[Problem] = ()) -> Response[str]:
    person = await request.user.person()
    known = {code: problem_codes.explained(code) for code in ROW_PROBLEMS}
    return await rendering.page(
        request,
        "agencies_check.html",
        status=422 if problems else 200,
        cache=rendering.NEVER_KEPT,
        problems=problems,
        errors=rendering.by_field(problems),
        is_staff=person is not None and person.kind == "agency",
        statuses={status: row.words for status, row in STATUSES.items() if status != "awaiting"},
        row_problems={code: each.sentences[0] for code, each in known.items() if each is not None},
        command=COMMAND.format(site=request.app.state.deployment.link("")),
        most_rows=MOST_SHEET_ROWS,
        most_megabytes=MOST_BYTES >> 20,
    )


@get("/agencies/check", include_in_schema=False)
async def form(request: AnyRequest) -> Response[str]:
    """Where a file is chosen; with scripts a key may stand in for signing in."""
    return await _page(request)


@post(
    "/agencies/check",
    status_code=200,
    include_in_schema=False,
    request_max_body_size=MOST_BYTES + multipart.OVERHEAD,
)
async def check(request: AnyRequest) -> Response[Any]:
    """The file with what is said of each row, as a download; or what is wrong with it."""
    try:
        return await batches.answered(request)
    except Invalid as refusal:
        return await _page(request, refusal.problems)


HANDLERS = [form, check]
