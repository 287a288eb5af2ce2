"""The JSON API of agencies: who checks here, how much one of them did, and what tests may ask."""

from litestar import Response, get

from notices import limits
from notices.agencies import listing
from notices.api.documenting import AGENCY, reads
from notices.facts.agencies import KINDS
from notices.facts.public.agencies import (
    AskedOfTests,
    CheckingAgencies,
    CheckingAgency,
    NumberForTests,
    NumbersForTests,
    Usage,
    Used,
)
from notices.facts.public.form import Words
from notices.facts.public.service import AnswerKey
from notices.facts.texts import rfc3339
from notices.limits import DAY, Counted
from notices.trust.answers import TESTS
from notices.trust.encoding import to_base64
from notices.verification import fixtures
from notices.web import limiting
from notices.web.authentication import AnyRequest
from notices.web.replies import NO_STORE, answered


@get("/api/v1/usage", **{**reads("getUsage", "agencies", closed=True), "security": [AGENCY]})
async def usage(request: AnyRequest) -> Response[Usage]:
    """How much of its quota an agency has used, by all of its keys together."""
    agency = await request.user.agency()
    who = Counted("agency", agency.id, agency.told)
    checks, masked = [await _used(request, policy, who) for policy in ("verify", "masked")]
    return answered(
        Usage(
            quota=checks.quota,
            used=checks.used,
            remaining=checks.remaining,
            resets_at=checks.resets_at,
            masked=masked,
        ),
        headers=NO_STORE,
    )


async def _used(request: AnyRequest, policy: str, who: Counted) -> Used:
    key = request.app.state.deployment.keys.sealer.passing
    quota = limits.most_of(policy, who)[DAY] if limiting.limits_hold(request, policy, who) else None
    used, ends = await limits.used(key, policy, who)
    return Used(
        quota=quota,
        used=used,
        remaining=max(0, quota - used) if quota is not None else None,
        resets_at=rfc3339(ends) if ends else None,
    )


@get("/agencies.json", **reads("getAgencies", "agencies"))
async def agencies() -> Response[CheckingAgencies]:
    """The agencies that check certificates here, by name; whom they asked about nobody knows."""
    found = [
        CheckingAgency(
            name=each.name,
            kind=each.kind,
            kind_name=Words.of(KINDS[each.kind]),
            since=each.since.isoformat(),
        )
        for each in await listing.checkers()
    ]
    return answered(CheckingAgencies(agencies=found))


@get("/help/test-keys.json", **reads("getTestNumbers", "agencies"))
async def numbers_for_tests(request: AnyRequest) -> Response[NumbersForTests]:
    """A made-up number for every status and every special answer, for keys that are for tests."""
    deployment = request.app.state.deployment
    numbers = [
        NumberForTests(
            question=AskedOfTests(
                certificate=fixture.question.certificate,
                number=fixture.question.number,
                copy=fixture.question.copy,
                document=fixture.question.document,
            ),
            shows=Words.of(fixture.shows),
            status=answer.status,
            awaiting=answer.awaiting,
            others=[each.match for each in answer.others],
            scopes=["verify", "masked"] if fixtures.is_masked(deployment, fixture) else ["verify"],
        )
        for fixture, answer in await fixtures.examples(deployment)
    ]
    key = AnswerKey(id=TESTS.key_id, alg=TESTS.algorithm, key=to_base64(TESTS.public_key))
    return answered(NumbersForTests(answers=[key], numbers=numbers))


HANDLERS = [usage, agencies, numbers_for_tests]
