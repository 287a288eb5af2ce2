"""Which addresses are our own: PUBLIC_URL, and where that is a loopback one its other names.

On one machine `localhost`, `127.0.0.1` and `[::1]` lead to the same service, but to a browser
they are three sites: who signs in under one is nobody under another, to which our links lead. So
pages that are asked for under another name lead to PUBLIC_URL. Another port is left alone: it is
a tunnel's, and PUBLIC_URL may lead nowhere for whoever sits at its other end.
"""

import ipaddress
from functools import lru_cache
from urllib.parse import quote, urlsplit

from litestar import Response
from litestar.enums import MediaType

from notices.web.authentication import AnyRequest
from notices.web.languages import for_machines

NAMES = ("127.0.0.1", "localhost", "[::1]")
PORTS = {"http": 80, "https": 443}


def is_loopback(host: str) -> bool:
    """Whether a host name, without brackets, is this very machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


@lru_cache(maxsize=8)
def _other_hosts(public_url: str) -> frozenset[str]:
    """The values of Host, beside PUBLIC_URL's own, that mean the same service."""
    parts = urlsplit(public_url)
    if not is_loopback(parts.hostname or ""):
        return frozenset()
    usual = PORTS[parts.scheme]
    port = parts.port or usual
    hosts = {f"{name}:{port}" for name in NAMES}
    if port == usual:
        hosts |= set(NAMES)
    own = {parts.netloc.lower(), f"{parts.netloc.lower()}:{port}"}
    return frozenset(hosts - own)


def is_another_name(public_url: str, origin: str) -> bool:
    """Whether an origin (RFC 6454) is ours under another name than PUBLIC_URL's."""
    scheme, _, host = origin.partition("://")
    return scheme == urlsplit(public_url).scheme and host in _other_hosts(public_url)


def elsewhere(request: AnyRequest) -> Response[str] | None:
    """For a page that was asked for under another name of ours: the way to the right one."""
    public_url: str = request.app.state.deployment.settings.public_url
    others = _other_hosts(public_url)
    if not others or request.method != "GET" or for_machines(request.url.path):
        return None
    if request.headers.get("host", "").lower() not in others:
        return None
    path = request.scope.get("raw_path") or quote(request.scope["path"]).encode()
    query = request.scope["query_string"]
    where = public_url + (path + (b"?" + query if query else b"")).decode("latin-1")
    headers = {"Location": where, "Cache-Control": "no-store"}
    return Response("", status_code=307, media_type=MediaType.TEXT, headers=headers)
