"""What stands in front of every handler: who is asking, from where, how much, how often."""

from typing import Any
from urllib.parse import urlsplit

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from notices import identity, limits
from notices.deployment import Deployment
from notices.facts.errors import CrossSite, Problem, SignInRequired, UnknownParameter
from notices.identity import Person
from notices.web.problems import send_refusal

AnyRequest = Request[Any, Any, Any]
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


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


async def limit(request: AnyRequest, policy: str, who: str | None = None) -> None:
    """Count a use of `policy` by `who` (default: the address); raises TooManyRequests."""
    if request.app.state.deployment.settings.rate_limits:
        address = request.client.host if request.client else ""
        await limits.use(policy, who or address)


def refuse_unknown_parameters(request: AnyRequest, known: frozenset[str]) -> None:
    """Raise UnknownParameter naming every query parameter that is not in `known`."""
    unknown = sorted({name for name, _ in request.query_params.multi_items()} - known)
    if unknown:
        raise UnknownParameter(
            problems=[Problem(name, "unknown_parameter", {"name": name}) for name in unknown]
        )


class SameOriginOnly:
    """ASGI: refuses writes that another site made a browser send.

    Browsers say where a request comes from in Sec-Fetch-Site (Fetch Metadata) and Origin
    (RFC 6454), and no page can change either; a request with neither header comes from no
    browser that could be misled. A bearer request is exempt only without a cookie, since
    a cookie is what another site could ride on.
    """

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self.app = app
        parts = urlsplit(public_url)
        self.origin = f"{parts.scheme}://{parts.netloc}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] == ScopeType.HTTP
            and scope["method"] in WRITES
            and not self._passes(scope)
        ):
            await send_refusal(CrossSite(), scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _passes(self, scope: Scope) -> bool:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if scope["path"].rstrip("/") == "/api/v1/verifications":
            return True  # asking is no write
        bearer = headers.get(b"authorization", "").lower().startswith("bearer ")
        if bearer and b"cookie" not in headers:
            return True
        if headers.get(b"sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = headers.get(b"origin")
        if origin is None:
            return True
        # The address a visitor typed counts as ours too when it is this very host: behind
        # `make run` both 127.0.0.1 and localhost reach the service.
        host = headers.get(b"host", "")
        return origin == self.origin or (
            origin.startswith("http://") and origin[7:] == host and self._loopback(host)
        )

    @staticmethod
    def _loopback(host: str) -> bool:
        return host.rsplit(":", 1)[0] in ("127.0.0.1", "localhost", "[::1]")
