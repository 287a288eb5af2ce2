"""Writes that another site made somebody's browser send (cross-site request forgery)."""

from notices.facts.errors import CrossSite
from notices.web import addresses, languages
from notices.web.authentication import AnyRequest
from notices.web.options import CHANGES_NOTHING


def refuse_to_pages(request: AnyRequest) -> None:
    """`refuse` for whatever is sent to a page, before anything of it is read.

    What is sent to the API is refused later, in the contract's order (`web/writing.py`).
    """
    if request.method in ("GET", "HEAD", "OPTIONS") or languages.for_machines(request.url.path):
        return
    if not request.route_handler.opt.get(CHANGES_NOTHING):
        refuse(request)


def is_sent(request: AnyRequest) -> bool:
    """Whether the browser says that another site made it ask."""
    return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


def refuse(request: AnyRequest) -> None:
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
    if is_sent(request):
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
