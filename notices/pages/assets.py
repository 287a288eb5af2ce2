"""The files that pages are drawn with, out of memory: no stranger's path meets a file system."""

import mimetypes

from litestar import Response, get
from litestar.datastructures import CacheControlHeader
from litestar.params import FromPath

from notices.facts.errors import NotFound
from notices.pages.templating import DIGESTS, STATIC

FILES = {
    f"/{name}": ((STATIC / name).read_bytes(), mimetypes.guess_type(name)[0] or "")
    for name in DIGESTS
}


@get(
    "/static/{path:path}",
    include_in_schema=False,
    # Every address of a static file names its digest, so what is cached never goes stale.
    cache_control=CacheControlHeader(max_age=31_536_000, public=True, immutable=True),
)
async def static(path: FromPath[str]) -> Response[bytes]:
    """A file by its name."""
    found = FILES.get(path)
    if found is None:
        raise NotFound
    content, media_type = found
    return Response(content, media_type=media_type, headers={"ETag": f'"{DIGESTS[path[1:]]}"'})


HANDLERS = [static]
