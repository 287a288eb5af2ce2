"""The log as others verify it (C2SP tlog-tiles), and a page that says what it is."""

from litestar import Response, get
from litestar.params import FromPath

from notices import log, register
from notices.api.documenting import reads
from notices.facts.errors import NotFound
from notices.trust import receipts, tiles
from notices.web import queries
from notices.web.authentication import AnyRequest
from notices.web.queries import log_index
from notices.web.replies import NO_STORE

BYTES = "application/octet-stream"
TEXT = "text/plain"  # Litestar adds the charset
A_SECOND = {"Cache-Control": "public, max-age=1"}
"""A checkpoint has to cover what was committed five seconds ago, on its way through caches too."""

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
A_DAY = {"Cache-Control": "public, max-age=86400"}
"""For partial tiles: they never change either, but nobody asks for them once they are full."""


@get("/log/checkpoint", **reads("getCheckpoint", "log", problems=(400, 503), kinds=(TEXT,)))
async def checkpoint(request: AnyRequest) -> Response[bytes]:
    """Size and root of the log as committed now, signed (C2SP tlog-checkpoint)."""
    note = await log.checkpoint(request.app.state.deployment.keys.log)
    return Response(note.encode(), media_type=TEXT, headers=A_SECOND)


@get("/log/vkey", **reads("getLogKey", "log", problems=(400,), kinds=(TEXT,)))
async def vkey(request: AnyRequest) -> Response[bytes]:
    """The log's verifier key (C2SP signed-note)."""
    text = request.app.state.deployment.keys.log.vkey + "\n"
    return Response(text.encode(), media_type=TEXT, headers=A_DAY)


@get("/log/tile/{path:path}", **reads("getTile", "log", problems=(400, 404, 503), kinds=(BYTES,)))
async def tile(request: AnyRequest, path: FromPath[str]) -> Response[bytes]:
    """Hashes of the log, or under `entries/` its entries, 256 at a time."""
    try:
        wanted = tiles.parse(path.removeprefix("/"))
    except tiles.TileError:
        raise NotFound from None
    content = await log.tile(wanted)
    if content is None:
        raise NotFound
    return Response(content, media_type=BYTES, headers=FOR_EVER if wanted.is_full else A_DAY)


async def tlog_proof(request: AnyRequest, id: str) -> Response[bytes]:
    """The receipt of an event of a notice in the format of others (C2SP tlog-proof)."""
    queries.refuse_unknown_parameters(request, frozenset({"event"}))
    index = log_index(request, "event", None)
    notice = await register.get(id)
    receipt = await register.receipt(request.app.state.deployment, notice, index)
    name = f"{receipt.index}.tlog-proof"
    return Response(
        receipts.to_text(receipt).encode(),
        media_type=TEXT,
        headers={**NO_STORE, "Content-Disposition": f'attachment; filename="{name}"'},
    )


HANDLERS = [checkpoint, vkey, tile]
