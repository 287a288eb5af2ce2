"""Pages for agencies: who checks here, how keys are used, and what test keys may ask."""

from litestar import Response, get

from notices.agencies import listing
from notices.facts import agency_keys, problem_codes
from notices.facts.agencies import KINDS
from notices.facts.public.answer import Match
from notices.facts.statuses import STATUSES
from notices.facts.texts import Message, Text
from notices.limits import DAY, POLICIES
from notices.pages import integrating, rendering
from notices.trust.answers import TESTS
from notices.verification import fixtures
from notices.web.authentication import AnyRequest

HEADERS = """\
RateLimit-Policy: "verify-day";q={most};w=86400
RateLimit: "verify-day";r={left};t=86400"""
SHOWN = tuple(each for each in STATUSES if each != "awaiting")
"""Statuses of an answer, as they are explained."""
MATCHES: dict[Match, Text] = {
    "copy": Message("同一号码的另一种副本，例如问的是正本，声明遗失的是副本。"),
    "document": Message("同一号码下的另一种证件文本或另一枚印章。"),
    "holder": Message("同一持有人的其他印章。"),
    "certificate": Message("另一种证件有这个号码：种类可能选错了。"),
    "digits": Message("数字相同，只是少了字母或繁简不同：号码可能抄得不全。"),
    "earlier": Message("同一证件以前的公告，例如已撤回的。"),
}
REFUSALS = ("unknown_key", "insufficient_scope", "test_key", "too_many_requests")


@get("/agencies", include_in_schema=False)
async def agencies(request: AnyRequest) -> Response[str]:
    """Who checks certificates here."""
    found = await listing.checkers()
    return await rendering.page(request, "agencies.html", agencies=found, kinds=KINDS)


@get("/help/agencies", include_in_schema=False)
async def for_agencies(request: AnyRequest) -> Response[str]:
    """From a key to verified answers: programs that run, and how to read what is answered."""
    url = request.app.state.deployment.link("").rstrip("/")
    usual = {name: POLICIES[name].most["agency"][DAY] for name in ("verify", "masked")}
    return await rendering.page(
        request,
        "help_agencies.html",
        snippets=integrating.snippets(url, agency_keys.TEST),
        statuses=[(each, STATUSES[each]) for each in SHOWN],
        matches=list(MATCHES.items()),
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
