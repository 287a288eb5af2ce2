"""Auditing a log over HTTP, as a newspaper or a neighbouring city does, without its database."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from notices import files
from notices.audit.reading import Reader
from notices.audit.remembering import Memory
from notices.facts.texts import Message, Text
from notices.trust import tiles, watching
from notices.trust.merkle import EMPTY_ROOT
from notices.trust.notes import NoteError, NoteVerifier, parse_checkpoint
from notices.trust.tiles import WIDTH, Tile
from notices.trust.watching import Difference, Later, Seen

Progress = Callable[[int, int], None]


class Found(Difference):
    """A difference, with the signed checkpoint that it contradicts: what convicts the log's key."""

    def __init__(self, message: Text, note: str) -> None:
        super().__init__(message)
        self.note = note


@dataclass(frozen=True, slots=True)
class Audited:
    """What was found to be whole: the log now, and where reading began."""

    memory: Memory
    began: int


def audit(
    reader: Reader,
    vkey: str,
    before: Memory | None,
    *,
    full: bool,
    keep: Path | None,
    progress: Progress,
    later: Later | None = None,
) -> Audited:
    """Read the log, all of it or what is new, and hash it again; raises Difference.

    `later` is shown the entries that are read.
    """
    note = reader.note()
    size, root = opened(note, vkey)
    old = before.seen if before is not None else Seen(0, EMPTY_ROOT, None)
    refuse_a_step_back(note, size, root, old)
    try:
        walk = watching.Walk(old)
        edge: list[list[bytes]] = []
        if old.size and not full:
            edge = _edge(reader, old.size, size)
            walk.begin_at(edge, old)
        began = walk.size
        seen = _walk(reader, walk, edge, old, size, root, keep, progress, later)
    except Difference as difference:
        raise Found(difference.text, note) from None
    if keep is not None:
        files.put(keep / "checkpoint", note.encode(), mode=files.PUBLIC)
    return Audited(Memory(vkey, note, seen), began)


def opened(note: str, vkey: str) -> tuple[int, bytes]:
    """Size and root of a checkpoint that is signed under `vkey`; raises Difference."""
    try:
        verifier = NoteVerifier(vkey)
        origin, size, root = parse_checkpoint(verifier.open(note))
        if origin != verifier.name:
            raise NoteError(f"the checkpoint is of the log {origin}")
    except NoteError as problem:
        raise Difference(_UNSIGNED.format(why=problem)) from None
    return size, root


def refuse_a_step_back(note: str, size: int, root: bytes, old: Seen) -> None:
    """Raises Found when the checkpoint cannot come after what was seen."""
    if size < old.size:
        raise Found(_SHRUNK.format(old=old.size, size=size), note)
    if size == old.size and root != old.root:
        raise Found(_FORKED.format(size=size), note)


def _edge(reader: Reader, old: int, size: int) -> list[list[bytes]]:
    """The hashes at the right edge of the tree as it was, out of the tiles as they are now."""
    found = []
    for tile in watching.edge_of(old):
        hashes: list[bytes] = []
        if tile.width:
            there = size >> tiles.HEIGHT * (tile.level or 0)
            now = Tile(tile.level, tile.number, min(WIDTH, there - tile.first))
            try:
                hashes = tiles.hashes_in(reader.tile(now), now.width)[: tile.width]
            except tiles.TileError as problem:
                raise Difference(_NO_TILE.format(path=now.path, problem=problem)) from None
        found.append(hashes)
    return found


def _walk(
    reader: Reader,
    walk: watching.Walk,
    edge: list[list[bytes]],
    old: Seen,
    size: int,
    root: bytes,
    keep: Path | None,
    progress: Progress,
    later: Later | None,
) -> Seen:
    def compare(tile: Tile, said: bytes, hashes: list[bytes]) -> None:
        watching.refuse_other_hashes(tile, said, hashes)
        _keep(keep, tile, said)

    tops = watching.Tops(edge, old.size if edge else 0)
    for tile, said, content in reader.leaves(walk.size, size):
        bundle = Tile(None, tile.number, tile.width)
        try:
            entries = tiles.entries_in(content, tile.width)
        except tiles.TileError as problem:
            raise Difference(_NO_TILE.format(path=bundle.path, problem=problem)) from None
        first = walk.size
        entries_said, runs = walk.add(entries)
        if later is not None:
            later.look(first, entries_said)
        compare(tile, said, runs[0].hashes)
        _keep(keep, bundle, content)
        for above, hashes in tops.add(runs):
            compare(above, reader.tile(above), hashes)
        progress(walk.size, size)
    for above, hashes in tops.rest():
        compare(above, reader.tile(above), hashes)
    return walk.end(size, root)


def _keep(folder: Path | None, tile: Tile, content: bytes) -> None:
    """A copy of what was found to be right, where the log itself would have it."""
    if folder is not None:
        file = folder / "tile" / tile.path
        file.parent.mkdir(parents=True, exist_ok=True)
        files.put(file, content, mode=files.PUBLIC, lasting=False)


_UNSIGNED = Message("检查点不是用所信任的登记簿公钥签名的：{why}。")
_SHRUNK = Message("登记簿变短了：上次见到{old}条记录，现在的检查点只有{size}条。")
_FORKED = Message("登记簿分叉了：同样是{size}条记录，检查点的根哈希与上次见到的不同。")
_NO_TILE = Message("瓦片 {path} 不完整：{problem}。")
