"""What stands in front of every handler: who is asking, from where, how much, how often."""

from collections import Counter
from collections.abc import Collection
from typing import Any
from urllib.parse import unquote_to_bytes

from litestar import Request, Response
from litestar.datastructures import Cookie

from notices import agencies, identity, limits
from notices.agencies import Agency
from notices.changing import deciding
from notices.deployment import Deployment
from notices.facts.errors import (
    BadEncoding,
    BadQuery,
    CrossSite,
    Problem,
    SignInRequired,
    UnknownParameter,
)
from notices.facts.refusals import NotAnAgency
from notices.identity import Person
from notices.web import addresses

AnyRequest = Request[Any, Any, Any]


def cookie_name(deployment: Deployment) -> str:
    # Browsers keep a __Host- cookie to this very host and to https (RFC 6265bis, 4.1.3.2).
    return "__Host-session" if deployment.settings.https else "session"


def set_session_cookie(response: Response[Any], deployment: Deployment, token: str) -> None:
    response.set_cookie(
        Cookie(
            key=cookie_name(deployment),
            value=token,
            max_age=int(identity.SESSION_LASTS.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=deployment.settings.https,
            path="/",
        )
    )


def clear_session_cookie(response: Response[Any], deployment: Deployment) -> None:
    response.set_cookie(
        Cookie(
            key=cookie_name(deployment),
            value="",
            max_age=0,
            httponly=True,
            samesite="lax",
            secure=deployment.settings.https,
            path="/",
        )
    )


def session_token(request: AnyRequest) -> str | None:
    return request.cookies.get(cookie_name(request.app.state.deployment))


async def person_of(request: AnyRequest) -> Person | None:
    """Who is signed in, or None."""
    token = session_token(request)
    if not token:
        return None
    return await identity.who(request.app.state.deployment, token)


async def require_person(request: AnyRequest) -> Person:
    person = await person_of(request)
    if person is None:
        raise SignInRequired
    return person


async def require_officer(request: AnyRequest) -> Person:
    person = await require_person(request)
    deciding.refuse_others(person)
    return person


async def require_agency(request: AnyRequest) -> Agency:
    """Whose key the request carries; raises SignInRequired, UnknownKey or NotAnAgency."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return await agencies.of_key(key.strip())
    await require_person(request)
    raise NotAnAgency


async def require_agency_or_officer(request: AnyRequest) -> Agency | Person:
    """Whose key the request carries, or the officer who is signed in; raises as those alone do."""
    person = await person_of(request)
    if person is not None and person.kind == "officer" and "authorization" not in request.headers:
        return person
    return await require_agency(request)


async def limit(request: AnyRequest, policy: str, who: str | None = None) -> None:
    """Count a use of `policy` by `who` (default: the address); raises TooManyRequests."""
    deployment: Deployment = request.app.state.deployment
    if deployment.settings.rate_limits:
        address = request.client.host if request.client else ""
        await limits.use(deployment.keys.matching, policy, who or address)


async def give_back(request: AnyRequest, policy: str, who: str) -> None:
    """Take back what `limit` counted."""
    deployment: Deployment = request.app.state.deployment
    if deployment.settings.rate_limits:
        await limits.give_back(deployment.keys.matching, policy, who)


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
