"""What other programs follow: the Atom feed (RFC 4287) and the service's public keys."""

from xml.etree.ElementTree import Element, SubElement, tostring

from litestar import Response, get

from notices import register
from notices.facts.texts import rfc3339
from notices.web.guards import AnyRequest
from notices.web.notices import json_response

ATOM = "http://www.w3.org/2005/Atom"
NEWEST = 50


@get("/feed.atom", opt={"query": frozenset()}, operation_id="getFeed", tags=["events"])
async def feed(request: AnyRequest) -> Response[bytes]:
    """The newest notices of organisations; persons' notices are in no feed."""
    deployment = request.app.state.deployment
    notices = await register.newest_of_organisations(NEWEST)
    root = Element("feed", xmlns=ATOM, attrib={"xml:lang": "zh-CN"})
    SubElement(root, "id").text = deployment.link("/feed.atom")
    SubElement(root, "title").text = deployment.settings.site_name
    SubElement(root, "updated").text = (
        rfc3339(max(notice.events[-1].at for notice in notices))
        if notices
        else "1970-01-01T00:00:00Z"
    )
    SubElement(root, "link", rel="self", href=deployment.link("/feed.atom"))
    for notice in notices:
        public = notice.public(deployment)
        entry = SubElement(root, "entry")
        SubElement(entry, "id").text = public["links"]["html"]
        name = public["certificate_name"]["zh"]
        SubElement(entry, "title").text = f"{public['holder']['name']}：{name}"
        SubElement(entry, "published").text = public["published_at"]
        SubElement(entry, "updated").text = rfc3339(notice.events[-1].at)
        author = SubElement(entry, "author")
        SubElement(author, "name").text = public["holder"]["name"]
        SubElement(entry, "link", rel="alternate", href=public["links"]["html"])
        SubElement(entry, "summary").text = public["statement"]
    body = tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(
        body,
        media_type="application/atom+xml",
        headers={"Cache-Control": "public, max-age=30"},
    )


@get(
    "/.well-known/notice-keys.json",
    opt={"query": frozenset()},
    operation_id="getKeys",
    tags=["events"],
)
async def keys(request: AnyRequest) -> Response[bytes]:
    """The public keys that answers and checkpoints are signed with, and before them were."""
    return json_response(request.app.state.deployment.keys.public())


HANDLERS = [feed, keys]
