"""What a request is held against before anything is done: how often, from where, how it is put."""

from collections import Counter
from collections.abc import Collection, Mapping
from urllib.parse import unquote_to_bytes

from notices import limits
from notices.facts.errors import BadEncoding, BadQuery, CrossSite, Problem, UnknownParameter
from notices.facts.refusals import UnknownKey
from notices.limits import Counted
from notices.web import addresses
from notices.web.authentication import AnyRequest
from notices.web.documenting import COUNTS


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
        key = request.app.state.deployment.keys.matching
        await limits.use(key, policy, who or await counted(request), times)


def is_stranger(request: AnyRequest, who: Counted) -> bool:
    """Whether limits hold for `who` as for somebody whom nobody knows."""
    return _limited(request) and who.kind == "address"


async def limit_guesses(request: AnyRequest, who: Counted, guesses: Mapping[str, int]) -> None:
    """Count guesses at masked numbers, by what they share; raises TooManyRequests."""
    if _limited(request) and guesses:
        key = request.app.state.deployment.keys.matching
        await limits.use(key, "masked", who, sum(guesses.values()))
        await limits.guess(key, guesses, who)


async def limit_submission(request: AnyRequest) -> None:
    """Count whatever is sent, before anything of it is read; raises TooManyRequests."""
    if request.method in ("POST", "DELETE") and not request.route_handler.opt.get(COUNTS):
        await limit(request, "submit", request.user.address)


async def give_back(request: AnyRequest, policy: str, who: Counted) -> None:
    """Take back what `limit` counted."""
    if _limited(request):
        await limits.give_back(request.app.state.deployment.keys.matching, policy, who)


def refuse_bad_encoding(request: AnyRequest) -> None:
    """Raise BadEncoding for a query string that is not UTF-8, as old pages in GBK send.

    Read leniently it would be another query, and its empty answer a wrong one.
    """
    try:
        unquote_to_bytes(request.scope["query_string"]).decode()
    except UnicodeDecodeError:
        raise BadEncoding from None


def refuse_unknown_parameters(request: AnyRequest, known: Collection[str]) -> None:
    """Raise UnknownParameter naming those that are not in `known`, or BadQuery: those twice.

    For programs: pages, PDFs and feeds ignore what messengers and mail add to a link.
    """
    unknown = sorted({name for name, _ in request.query_params.multi_items()}.difference(known))
    if unknown:
        raise UnknownParameter(
            problems=[Problem(name, "unknown_parameter", {"name": name}) for name in unknown]
        )
    refuse_given_twice(request, known)


def refuse_given_twice(request: AnyRequest, known: Collection[str]) -> None:
    """Raise BadQuery naming those of `known` that do not say which of their values is meant."""
    names = Counter(name for name, _ in request.query_params.multi_items())
    twice = [name for name in known if names[name] > 1]
    if twice:
        raise BadQuery(problems=[Problem(name, "given_twice") for name in twice])


def refuse_cross_site(request: AnyRequest) -> None:
    """Raise CrossSite for a write that another site made a browser send.

    Browsers say where a request comes from in Sec-Fetch-Site (Fetch Metadata) and Origin
    (RFC 6454), and no page can change either; a request with neither header comes from no
    browser that could be misled. A bearer request is exempt only without a cookie, since
    a cookie is what another site could ride on.
    """
    headers = request.headers
    bearer = headers.get("authorization", "").lower().startswith("bearer ")
    if bearer and "cookie" not in headers:
        return
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise CrossSite
    origin, settings = headers.get("origin"), request.app.state.deployment.settings
    if origin in (None, settings.origin):
        return
    if addresses.is_another_name(settings.public_url, origin):
        return
    # So is the address that a visitor typed when it is this very host: a tunnel's, say.
    host = headers.get("host", "")
    if not (origin == f"http://{host}" and host.rsplit(":", 1)[0] in addresses.NAMES):
        raise CrossSite
