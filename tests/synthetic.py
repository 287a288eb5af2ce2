"""Logs without a service: made-up entries, and a server that serves them right or wrong."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from notices.facts import notice_ids
from notices.facts.texts import rfc3339
from notices.trust import merkle, receipts, tiles, watching
from notices.trust.encoding import to_base64
from notices.trust.notes import NoteSigner, checkpoint_text
from notices.trust.tiles import HEIGHT, WIDTH, Tile

START = datetime(2026, 11, 1, tzinfo=UTC)
SIGNER = NoteSigner("notices.example/log", bytes(32))

_ENTRY = (
    receipts.entry_text("[id]", "published", "[at]", "seal", "[commitment]")
    .translate({ord("{"): "{{", ord("}"): "}}"})
    .translate({ord("["): "{", ord("]"): "}"})
)
"""Written once: a log of tens of thousands of entries is made in half the time."""

Spoil = Callable[[str, bytes], bytes | None]


def entry(index: int, tree: int = 0, at: datetime | None = None) -> bytes:
    """Entry `index` of one of several logs, which differ in every commitment."""
    commitment = to_base64(index.to_bytes(16, "big") + tree.to_bytes(16, "big"))
    when = rfc3339(at or START + timedelta(milliseconds=index))
    id = notice_ids.make("3707", index)
    return _ENTRY.format(id=id, at=when, commitment=commitment).encode()


class Log:
    """A log in memory."""

    def __init__(self, entries: list[bytes]) -> None:
        self.entries = entries
        self._nodes: dict[tuple[int, int], bytes] = {}
        self.levels: list[list[bytes]] = [[merkle.leaf_hash(each) for each in entries]]
        while len(self.levels[-1]) >= WIDTH:
            below = self.levels[-1]
            self.levels.append(
                [
                    watching.levels(below[first : first + WIDTH])[HEIGHT][0]
                    for first in range(0, len(below) - len(below) % WIDTH, WIDTH)
                ]
            )

    @classmethod
    def of(cls, size: int, tree: int = 0) -> "Log":
        return cls([entry(index, tree) for index in range(size)])

    def root(self, size: int | None = None) -> bytes:
        """As RFC 6962, section 2.1 defines it; the trees of 2^n entries are remembered."""
        size = len(self.entries) if size is None else size
        return self._hash(0, size) if size else merkle.EMPTY_ROOT

    def _hash(self, first: int, after: int) -> bytes:
        width = after - first
        if width == 1:
            return self.levels[0][first]
        if (first, width) in self._nodes:
            return self._nodes[first, width]
        left = 1 << (width - 1).bit_length() - 1
        node = merkle.node_hash(self._hash(first, first + left), self._hash(first + left, after))
        if width == 2 * left:
            self._nodes[first, width] = node
        return node

    def note(self, size: int | None = None, signer: NoteSigner = SIGNER) -> str:
        size = len(self.entries) if size is None else size
        return signer.sign(checkpoint_text(signer.name, size, self.root(size)))

    def get(self, path: str) -> bytes | None:
        tile = tiles.parse(path)
        first, after = tile.first, tile.first + tile.width
        if tile.level is None:
            found = self.entries[first:after]
            return tiles.bundle(found) if len(found) == tile.width else None
        if tile.level >= len(self.levels):
            return None
        hashes = self.levels[tile.level][first:after]
        return b"".join(hashes) if len(hashes) == tile.width else None


@contextlib.contextmanager
def served(log: Log, note: str | None = None, spoil: Spoil | None = None) -> Iterator[str]:
    """The address of a server of `log`; what `spoil(path, content)` returns is served instead."""
    checkpoint = note or log.note()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            name = self.path.removeprefix("/log/")
            content: bytes | None
            if name == "checkpoint":
                content = checkpoint.encode()
            elif name == "vkey":
                content = SIGNER.vkey.encode() + b"\n"
            else:
                content = log.get(name.removeprefix("tile/"))
            if spoil is not None and content is not None:
                content = spoil(name, content)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def edge(log: Log, size: int) -> list[list[bytes]]:
    """The hashes at the right edge of the tree that the first `size` entries make."""
    return [
        log.levels[level][tile.first : tile.first + tile.width]
        for level, tile in enumerate(watching.edge_of(size))
    ]


def tiles_of(log: Log) -> dict[Tile, bytes]:
    """What the log serves as each of its tiles."""
    found = {tile: log.get(tile.path) for tile in tiles.of_tree(len(log.entries))}
    return {tile: content for tile, content in found.items() if content is not None}
