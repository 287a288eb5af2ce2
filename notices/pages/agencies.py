"""Pages for agencies: who checks here, how keys are used, and what test keys may ask."""

from litestar import Response, get

from notices.agencies import listing
from notices.facts import agency_keys, problem_codes
from notices.facts.agencies import KINDS
from notices.limits import DAY, POLICIES
from notices.pages import rendering
from notices.trust.answers import TESTS
from notices.verification import fixtures
from notices.web.authentication import AnyRequest

EXAMPLE = """\
curl {url} \\
  -H 'Authorization: Bearer {live}…' \\
  -H 'Content-Type: application/json' \\
  -d '{{"certificate": "food-operation-license", "number": "JY23799990000032"}}'"""
HEADERS = """\
RateLimit-Policy: "verify-day";q={most};w=86400
RateLimit: "verify-day";r={left};t=86400"""
REFUSALS = ("unknown_key", "insufficient_scope", "test_key", "too_many_requests")


@get("/agencies", include_in_schema=False)
async def agencies(request: AnyRequest) -> Response[str]:
    """Who checks certificates here."""
    found = await listing.checkers()
    return await rendering.page(request, "agencies.html", agencies=found, kinds=KINDS)


@get("/help/agencies", include_in_schema=False)
async def for_agencies(request: AnyRequest) -> Response[str]:
    """How an agency gets a key, what each is for, and what it is answered."""
    url = request.app.state.deployment.link("/api/v1/verifications")
    usual = {name: POLICIES[name].most["agency"][DAY] for name in ("verify", "masked")}
    return await rendering.page(
        request,
        "help_agencies.html",
        example=EXAMPLE.format(url=url, live=agency_keys.LIVE),
        headers=HEADERS.format(most=usual["verify"], left=usual["verify"] - 1),
        pattern=agency_keys.PATTERN,
        usual=usual,
        refusals=[problem_codes.explained(code) for code in REFUSALS],
    )


@get("/help/test-keys", include_in_schema=False)
async def for_tests(request: AnyRequest) -> Response[str]:
    """A made-up number for every status, and for every special answer."""
    deployment = request.app.state.deployment
    return await rendering.page(
        request,
        "help_test_keys.html",
        examples=await fixtures.examples(deployment),
        certificates=deployment.catalogue.certificates,
        key=TESTS.key_id,
        test=agency_keys.TEST,
    )


HANDLERS = [agencies, for_agencies, for_tests]
