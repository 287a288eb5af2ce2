"""Tiles of a log (C2SP tlog-tiles): how they are named, and what is in them.

A tile is 256 neighbouring hashes of one level, or as many as there are at the right edge of the
tree; levels count by eights, so that one tile holds the top of each of 256 tiles below. Entry
bundles are named alike and hold the entries of a tile of level 0.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from notices.trust.merkle import HASH_SIZE, LARGEST

HEIGHT = 8
WIDTH = 1 << HEIGHT
LONGEST_ENTRY = (1 << 16) - 1
"""A bundle tells the length of an entry in two bytes."""

ENTRIES = "entries"
_PATH = re.compile(
    r"(?P<level>entries|0|[1-9][0-9]?)/(?P<number>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?",
    re.ASCII,
)


class TileError(Exception):
    """A path that names no tile, or bytes that are none."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Tile `number` of `level`, or with level None the bundle of the entries under such a tile."""

    level: int | None
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """What comes behind `<prefix>/tile/`."""
        digits = f"{self.number:03}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        parts = [digits[start : start + 3] for start in range(0, len(digits), 3)]
        level = ENTRIES if self.level is None else str(self.level)
        partial = "" if self.is_full else f".p/{self.width}"
        return f"{level}/{'/'.join(['x' + part for part in parts[:-1]] + parts[-1:])}{partial}"

    @property
    def is_full(self) -> bool:
        return self.width == WIDTH

    @property
    def first(self) -> int:
        """The position of its first hash in its level, or the index of its first entry."""
        return self.number * WIDTH


def parse(path: str) -> Tile:
    """The tile that `path` names, by its only name; raises TileError."""
    found = _PATH.fullmatch(path)
    if found is None:
        raise TileError("this is no path of a tile")
    level = None if found["level"] == ENTRIES else int(found["level"])
    number = int(found["number"].replace("x", "").replace("/", ""))
    width = int(found["width"] or WIDTH)
    tile = Tile(level, number, width)
    if level is not None and level > 63:
        raise TileError("there is no such level")
    if tile.path != path or tile.first >= LARGEST:
        raise TileError("this is no path of a tile")
    return tile


def of_tree(size: int) -> Iterator[Tile]:
    """The tiles of a tree with `size` leaves, and its bundles."""
    level, hashes = 0, size
    while hashes:
        full, rest = divmod(hashes, WIDTH)
        for kind in (level, None) if level == 0 else (level,):
            yield from (Tile(kind, number) for number in range(full))
            if rest:
                yield Tile(kind, full, rest)
        level, hashes = level + 1, full


def bundle(entries: Sequence[bytes]) -> bytes:
    """The entries one after the other, each behind its length."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def entries_in(data: bytes, width: int) -> list[bytes]:
    """The entries of a bundle; raises TileError unless there are `width` of them."""
    entries, start = [], 0
    while start < len(data):
        end = start + 2 + int.from_bytes(data[start : start + 2], "big")
        if end > len(data):
            raise TileError("a bundle ends in the middle of an entry")
        entries.append(data[start + 2 : end])
        start = end
    if len(entries) != width:
        raise TileError(f"a bundle has {len(entries)} entries and not {width}")
    return entries


def hashes_in(data: bytes, width: int) -> list[bytes]:
    """The hashes of a tile; raises TileError unless there are `width` of them."""
    if len(data) != width * HASH_SIZE:
        raise TileError(f"a tile of {width} hashes has {width * HASH_SIZE} bytes")
    return [data[start : start + HASH_SIZE] for start in range(0, len(data), HASH_SIZE)]
