"""What an OpenType font says of itself: which characters it has, and may embed in a document."""

import bisect
import mmap
import struct
from array import array
from collections.abc import Iterable, Iterator
from pathlib import Path

OUTLINES = {b"glyf", b"CFF "}
COLOURS = {b"COLR", b"CBDT", b"sbix", b"SVG "}

TABLES = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))
"""Platform and encoding of tables of Unicode characters; a font is read by the first it has."""

RESTRICTED, NO_SUBSETTING, BITMAPS_ONLY = 0x0002, 0x0100, 0x0200
"""Embedding that a font's owner forbids (OS/2, fsType)."""

UNASSIGNED = 0x0378
"""A font that has even this draws boxes, or nothing, for everything."""


class Characters:
    """The characters that a font has, in runs: a big font's 15,000 take 120 kB."""

    def __init__(self, runs: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(runs)
        self._firsts = array("I", [first for first, _ in ordered])
        self._lasts = array("I", [last for _, last in ordered])

    def __contains__(self, point: int) -> bool:
        place = bisect.bisect(self._firsts, point) - 1
        return place >= 0 and point <= self._lasts[place]


def characters(path: Path, index: int = 0) -> Characters:
    """The characters that a document may show in this font; raises ValueError, OSError."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as font:
            found = Characters(_runs(font, index))
    except struct.error as error:
        raise ValueError("a font that is cut short") from error
    return Characters([]) if UNASSIGNED in found else found


def _runs(font: bytes | mmap.mmap, index: int = 0) -> Iterator[tuple[int, int]]:
    """First and last of each run of characters that may be shown; `index` counts in a collection.

    None for a font without outlines, one in colours (paper is black and white, and PDF/A keeps no
    other), and one that must not be embedded.
    """
    start = 0
    if font[:4] == b"ttcf":
        (start,) = struct.unpack_from(">L", font, 12 + 4 * index)
    (count,) = struct.unpack_from(">4xH", font, start)
    tables = {
        font[at : at + 4]: struct.unpack_from(">L", font, at + 8)[0]
        for at in range(start + 12, start + 12 + 16 * count, 16)
    }
    if not OUTLINES & tables.keys() or COLOURS & tables.keys() or not _embeddable(font, tables):
        return
    if (cmap := tables.get(b"cmap")) is None:
        raise ValueError("a font without a table of its characters")
    (count,) = struct.unpack_from(">2xH", font, cmap)
    encodings = {
        (platform, encoding): cmap + offset
        for platform, encoding, offset in (
            struct.unpack_from(">HHL", font, cmap + 4 + 8 * number) for number in range(count)
        )
    }
    table = next((encodings[each] for each in TABLES if each in encodings), None)
    if table is not None:
        yield from _runs_of_table(font, table)


def _embeddable(font: bytes | mmap.mmap, tables: dict[bytes, int]) -> bool:
    if b"OS/2" not in tables:
        return True
    (permission,) = struct.unpack_from(">8xH", font, tables[b"OS/2"])
    return permission & 0xF != RESTRICTED and not permission & (NO_SUBSETTING | BITMAPS_ONLY)


def _runs_of_table(font: bytes | mmap.mmap, at: int) -> Iterator[tuple[int, int]]:
    (form,) = struct.unpack_from(">H", font, at)
    if form == 12:
        (groups,) = struct.unpack_from(">12xL", font, at)
        for first, last, glyph in struct.iter_unpack(">LLL", font[at + 16 : at + 16 + 12 * groups]):
            if last > 0x10FFFF:
                raise ValueError("a font with more characters than there are")
            yield first + (glyph == 0), last  # glyph 0 is the box
    elif form == 4:
        yield from _runs_of_segments(font, at)


def _runs_of_segments(font: bytes | mmap.mmap, at: int) -> Iterator[tuple[int, int]]:
    """The older form: a segment's glyphs are counted on from a character, or listed."""
    (doubled,) = struct.unpack_from(">6xH", font, at)
    numbers = f">{doubled // 2}H"
    ends = struct.unpack_from(numbers, font, at + 14)
    starts, deltas, offsets = (
        struct.unpack_from(numbers, font, at + 16 + place * doubled) for place in (1, 2, 3)
    )
    for number, (first, last, delta, offset) in enumerate(
        zip(starts, ends, deltas, offsets, strict=True)
    ):
        if first > last or first == 0xFFFF:
            continue
        if offset:
            listed = at + 16 + 3 * doubled + 2 * number + offset
            glyphs = struct.unpack_from(f">{last - first + 1}H", font, listed)
            boxes = [
                first + place
                for place, glyph in enumerate(glyphs)
                if not glyph or not (glyph + delta) & 0xFFFF
            ]
        else:
            boxes = [box for box in [-delta & 0xFFFF] if first <= box <= last]
        for box in boxes:
            if first < box:
                yield first, box - 1
            first = box + 1
        if first <= last:
            yield first, last
