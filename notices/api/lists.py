"""The offline list over HTTP: whoever has it asks nobody, so nobody learns what is asked."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream

from notices.api.documenting import reads
from notices.facts.errors import NoSuchList
from notices.listing.folder import Folder, Kept
from notices.trust.encoding import to_base64
from notices.web.authentication import AnyRequest

BYTES = "application/octet-stream"
FOR_EVER = "public, max-age=31536000, immutable, no-transform"
"""Hashes get no smaller, so nobody is to pack them."""

PIECE = 256 * 1024
_NAME = re.compile(r"(0|[1-9][0-9]{0,18})(?:-(0|[1-9][0-9]{0,18}))?")


@get(
    "/lists/latest", status_code=302,
    **reads("getLatestList", "lists", problems=(400, 404)),
)  # fmt: skip
async def latest(request: AnyRequest) -> Response[None]:
    """Leads to the newest offline list."""
    size = await asyncio.to_thread(_folder(request).latest)
    if size is None:
        raise NoSuchList
    headers = {"Location": f"/lists/{size}", "Cache-Control": "no-cache"}
    return Response(None, status_code=302, headers=headers)


@get(
    "/lists/{name:str}",
    **reads(
        "getList", "lists", problems=(400, 404, 503), kinds=(BYTES,), also={304: None}
    ),
)  # fmt: skip
async def list_or_delta(request: AnyRequest, name: FromPath[str]) -> Response[Any]:
    """The offline list of a log size, or with two of them (`<from>-<to>`) what changed in between.

    `/help/docs/offline-list.md` has the format. A list never changes, and is kept for a week.
    """
    sizes = _NAME.fullmatch(name)
    if sizes is None:
        raise NoSuchList
    first, last = sizes[1], sizes[2]
    folder = _folder(request)
    kept = await asyncio.to_thread(folder.kept, int(last or first))
    if kept is None:
        raise NoSuchList
    headers = {"Cache-Control": FOR_EVER, "ETag": _tag(name, kept)}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return Response(None, status_code=304, headers=headers)
    if last is None:
        return await _list(request, folder, int(first), headers)
    signer = request.app.state.deployment.keys.log
    async with request.app.state.places.lists.taken(request):
        content = await asyncio.to_thread(folder.delta, int(first), int(last), signer)
    return _whole(content, headers)


async def _list(
    request: AnyRequest, folder: Folder, size: int, headers: dict[str, str]
) -> Response[Any]:
    try:
        length = await asyncio.to_thread(lambda: folder.whole(size).stat().st_size)
        file = await asyncio.to_thread(folder.whole(size).open, "rb")
    except FileNotFoundError:
        pass
    else:
        headers["Content-Length"] = str(length)
        return Stream(_pieces(file), media_type=BYTES, headers=headers)
    async with request.app.state.places.lists.taken(request):
        content = await asyncio.to_thread(folder.content, size)
    return _whole(content, headers)


async def _pieces(file: Any) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece


def _whole(content: bytes | None, headers: dict[str, str]) -> Response[Any]:
    if content is None:
        raise NoSuchList
    return Response(content, media_type=BYTES, headers=headers)


def _tag(name: str, kept: Kept) -> str:
    return f'"{name}-{to_base64(kept.head.body_hash[:12])}"'


def _folder(request: AnyRequest) -> Folder:
    return Folder.under(request.app.state.deployment.settings.data)


HANDLERS = [latest, list_or_delta]
