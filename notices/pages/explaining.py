"""Pages that explain: each problem's `type`, and the log."""

from litestar import Response, get
from litestar.params import FromPath

from notices import log
from notices.facts import problem_codes
from notices.facts.errors import NotFound
from notices.pages import rendering
from notices.web.authentication import AnyRequest


@get("/problems", include_in_schema=False)
async def problems(request: AnyRequest) -> Response[str]:
    """All codes, those of requests first."""
    of_requests, of_values = problem_codes.codes()
    return await rendering.page(
        request,
        "problems.html",
        of_requests=[problem_codes.explained(code) for code in of_requests],
        of_values=[problem_codes.explained(code) for code in of_values],
    )


@get("/problems/{code:str}", include_in_schema=False)
async def problem(request: AnyRequest, code: FromPath[str]) -> Response[str]:
    """One code, with its status and its sentence."""
    found = problem_codes.explained(code)
    if found is None:
        raise NotFound
    return await rendering.page(request, "problem.html", problem=found)


@get("/log", include_in_schema=False)
async def the_log(request: AnyRequest) -> Response[str]:
    """What the log is, in words, with its present checkpoint and where everything is."""
    keys = request.app.state.deployment.keys
    return await rendering.page(
        request,
        "log.html",
        checkpoint=await log.checkpoint(keys.log),
        vkey=keys.log.vkey,
    )


HANDLERS = [problems, problem, the_log]
