"""How often somebody may: what a request counts for, before it is carried out."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from notices import idempotency, limits
from notices.facts.agencies import MOST_QUOTA
from notices.facts.errors import Invalid, Refusal
from notices.facts.outages import OutcomeUnknown
from notices.facts.refusals import UnknownKey
from notices.idempotency import Once
from notices.identity import Person
from notices.limits import Counted, hourly
from notices.web.authentication import AnyRequest, account_of
from notices.web.options import COUNTS, LEFT


def _limited(request: AnyRequest) -> bool:
    limited: bool = request.app.state.deployment.settings.rate_limits
    return limited


async def refuse_unknown_key(request: AnyRequest) -> None:
    """Raise UnknownKey for a key that is none, or none any more; it is counted for the address.

    It is never ignored: who shows one that has ended would take the answer for one to their key.
    """
    try:
        await request.user.keyed()
    except UnknownKey:
        if not _is_submission(request):
            await limit(request, "submit", request.user.address)
        raise


async def counted(request: AnyRequest) -> Counted:
    """Whose uses are counted; raises UnknownKey, which is counted for the address."""
    await refuse_unknown_key(request)
    return await request.user.counted()


async def limit(
    request: AnyRequest, policy: str, who: Counted | None = None, times: int = 1
) -> None:
    """Count uses of `policy` by `who` (default: whoever asks); raises TooManyRequests.

    A quota that an operator gave to an agency holds where nothing else is limited, too.
    """
    if who is None and (_limited(request) or request.user.key is not None):
        who = await counted(request)
        if request.user.is_test and not limits.most_of(policy, who):
            # Given to whoever tries it out: it lets nobody search or print more than others do.
            who = request.user.address
    if who is None:
        return
    key = request.app.state.deployment.keys.sealer.passing
    if limits_hold(request, policy, who):
        await limits.use(key, policy, who, times, request.scope["state"].setdefault(LEFT, []))
    elif who.kind == "agency" and limits.most_of(policy, who):
        # Nothing is refused, and an agency sees all the same how much it has asked.
        await limits.use(key, policy, who._replace(told=((policy, MOST_QUOTA),)), times)


def limits_hold(request: AnyRequest, policy: str, who: Counted) -> bool:
    """Whether more than is let through is refused: everywhere, or since an operator said so."""
    return _limited(request) or policy in dict(who.told)


def is_stranger(request: AnyRequest, who: Counted) -> bool:
    """Whether limits hold for `who` as for somebody whom nobody knows."""
    return _limited(request) and who.kind == "address"


async def limit_guesses(request: AnyRequest, who: Counted, guesses: Mapping[str, int]) -> None:
    """Count guesses at masked numbers, by what they share; raises TooManyRequests."""
    await limit(request, "masked", who, sum(guesses.values()))
    if _limited(request) and guesses:
        key = request.app.state.deployment.keys.sealer.passing
        await limits.guess(key, guesses, who)


async def limit_submission(request: AnyRequest) -> None:
    """Count whatever is sent, before anything of it is read; raises TooManyRequests."""
    if _is_submission(request):
        await limit(request, "submit", request.user.address)


def _is_submission(request: AnyRequest) -> bool:
    handler = request.scope.get("route_handler")
    sends = handler is not None and request.method in ("POST", "DELETE")
    return sends and not request.route_handler.opt.get(COUNTS)


async def give_back(request: AnyRequest, policy: str, who: Counted, times: int = 1) -> None:
    """Take back what `limit` counted."""
    if _limited(request) or (who.kind == "agency" and limits.most_of(policy, who)):
        key = request.app.state.deployment.keys.sealer.passing
        await limits.give_back(key, policy, who, times)


async def crowded(request: AnyRequest) -> bool:
    """Whether many declarations come from this address, this one counted."""
    if not _limited(request):
        return False
    key = request.app.state.deployment.keys.sealer.passing
    return await hourly.crowd(key, request.user.address)


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
