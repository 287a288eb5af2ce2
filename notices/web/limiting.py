"""How often somebody may: what a request counts for, before it is carried out."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from notices import idempotency, limits
from notices.facts.errors import Invalid, Refusal
from notices.facts.outages import OutcomeUnknown
from notices.facts.refusals import UnknownKey
from notices.idempotency import Once
from notices.identity import Person
from notices.limits import Counted
from notices.web.authentication import AnyRequest, account_of
from notices.web.options import COUNTS


def _limited(request: AnyRequest) -> bool:
    limited: bool = request.app.state.deployment.settings.rate_limits
    return limited


async def counted(request: AnyRequest) -> Counted:
    """Whose uses are counted; raises UnknownKey, which is counted for the address."""
    try:
        return await request.user.counted()
    except UnknownKey:
        await limit(request, "submit", request.user.address)
        raise


async def limit(
    request: AnyRequest, policy: str, who: Counted | None = None, times: int = 1
) -> None:
    """Count uses of `policy` by `who` (default: whoever asks); raises TooManyRequests."""
    if _limited(request):
        key = request.app.state.deployment.keys.sealer.passing
        await limits.use(key, policy, who or await counted(request), times)


def is_stranger(request: AnyRequest, who: Counted) -> bool:
    """Whether limits hold for `who` as for somebody whom nobody knows."""
    return _limited(request) and who.kind == "address"


async def limit_guesses(request: AnyRequest, who: Counted, guesses: Mapping[str, int]) -> None:
    """Count guesses at masked numbers, by what they share; raises TooManyRequests."""
    if _limited(request) and guesses:
        key = request.app.state.deployment.keys.sealer.passing
        await limits.use(key, "masked", who, sum(guesses.values()))
        await limits.guess(key, guesses, who)


async def limit_submission(request: AnyRequest) -> None:
    """Count whatever is sent, before anything of it is read; raises TooManyRequests."""
    if request.method in ("POST", "DELETE") and not request.route_handler.opt.get(COUNTS):
        await limit(request, "submit", request.user.address)


async def give_back(request: AnyRequest, policy: str, who: Counted) -> None:
    """Take back what `limit` counted."""
    if _limited(request):
        await limits.give_back(request.app.state.deployment.keys.sealer.passing, policy, who)


async def crowded(request: AnyRequest) -> bool:
    """Whether many declarations come from this address, this one counted."""
    if not _limited(request):
        return False
    key = request.app.state.deployment.keys.sealer.passing
    return await limits.crowd(key, request.user.address)


@asynccontextmanager
async def counting(
    request: AnyRequest, policy: str, person: Person, once_: Once | None
) -> AsyncIterator[None]:
    """Count what is done meanwhile, unless it was before; raises TooManyRequests.

    What is refused counts no more. But who is wrong about something, a number say, stays counted,
    or could try them all; and so does what may have been done.
    """
    who = account_of(person)
    counts = _limited(request) and not await idempotency.known(once_)
    if counts:
        await limit(request, policy, who)
    try:
        yield
    except (Invalid, OutcomeUnknown):
        raise
    except Refusal:
        if counts:
            await give_back(request, policy, who)
        raise
