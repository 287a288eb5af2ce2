"""What fonts say of themselves: no character is promised that a document could not show."""

import struct
from pathlib import Path

import pylopdf_fonts_zh_cn
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notices.print.fontfiles import Characters, characters
from tests.properties import examples

OUTLINES = {b"glyf": b"", b"OS/2": bytes(80)}


def font(tables: dict[bytes, bytes], start: int = 0) -> bytes:
    """An OpenType font with these tables, as it stands at `start` of a file."""
    body = b""
    directory = b"\0\1\0\0" + struct.pack(">H", len(tables)) + bytes(6)
    for tag, table in tables.items():
        at = start + 12 + 16 * len(tables) + len(body)
        directory += tag + struct.pack(">LLL", 0, at, len(table))
        body += table
    return directory + body


def cmap(*subtables: tuple[int, int, bytes]) -> dict[bytes, bytes]:
    head, body = struct.pack(">HH", 0, len(subtables)), b""
    for platform, encoding, subtable in subtables:
        head += struct.pack(">HHL", platform, encoding, 4 + 8 * len(subtables) + len(body))
        body += subtable
    return {b"cmap": head + body}


def groups(*each: tuple[int, int, int], form: int = 12) -> bytes:
    return struct.pack(">HHLLL", form, 0, 0, 0, len(each)) + b"".join(
        struct.pack(">LLL", *group) for group in each
    )


def segments(*each: tuple[int, int, int, int], glyphs: tuple[int, ...] = ()) -> bytes:
    """Format 4: first, last, what is added, and where its glyphs are listed."""
    each = (*each, (0xFFFF, 0xFFFF, 1, 0))
    firsts, lasts, deltas, offsets = (struct.pack(f">{len(each)}H", *c) for c in zip(*each))  # noqa: B905
    head = struct.pack(">HHHHHHH", 4, 0, 0, 2 * len(each), 0, 0, 0)
    return (
        head
        + lasts
        + bytes(2)
        + firsts
        + deltas
        + offsets
        + struct.pack(f">{len(glyphs)}H", *glyphs)
    )


def found(tmp_path: Path, content: bytes, index: int = 0) -> str:
    file = tmp_path / "font.ttf"
    file.write_bytes(content)
    has = characters(file, index)
    return "".join(
        chr(point) for point in (*range(0x500), *range(0x20000, 0x20100)) if point in has
    )


ABC = groups((0x61, 0x63, 1))


@pytest.mark.parametrize(
    ("tables", "has"),
    [
        (OUTLINES | cmap((3, 10, ABC)), "abc"),
        (OUTLINES | cmap((0, 4, groups((0x61, 0x62, 1), (0x20000, 0x20001, 9)))), "ab𠀀𠀁"),
        # A table of all planes comes before one of the first alone, whatever their order.
        (OUTLINES | cmap((0, 3, segments((0x7A, 0x7A, 1, 0))), (3, 10, ABC)), "abc"),
        # Glyph 0 is the box that stands for what a font lacks, however it comes about.
        (OUTLINES | cmap((3, 10, groups((0x61, 0x63, 0)))), "bc"),
        (OUTLINES | cmap((3, 1, segments((0x61, 0x65, 0x10000 - 0x63, 0)))), "abde"),
        (OUTLINES | cmap((3, 1, segments((0x61, 0x64, 0, 4), glyphs=(7, 0, 8, 9)))), "acd"),
        (OUTLINES | cmap((3, 1, segments((0x61, 0x63, 0xFFF9, 4), glyphs=(7, 1, 2)))), "bc"),
        (OUTLINES | cmap((3, 1, segments((0x61, 0x61, 1, 0), (0x100, 0x101, 1, 0)))), "aĀā"),
        # Symbols that are called letters, and forms that no text needs, are not read.
        (OUTLINES | cmap((3, 0, segments((0x61, 0x63, 1, 0)))), ""),
        (OUTLINES | cmap((3, 10, groups((0, 0x10FFFF, 1), form=13))), ""),
        # Bitmaps, colours, and what its owner does not let anybody embed.
        ({b"OS/2": bytes(80)} | cmap((3, 10, ABC)), ""),
        (OUTLINES | {b"COLR": b""} | cmap((3, 10, ABC)), ""),
        ({b"CFF ": b""} | cmap((3, 10, ABC)), "abc"),
        (OUTLINES | {b"OS/2": bytes(8) + b"\0\2" + bytes(70)} | cmap((3, 10, ABC)), ""),
        (OUTLINES | {b"OS/2": bytes(8) + b"\1\4" + bytes(70)} | cmap((3, 10, ABC)), ""),
        (OUTLINES | {b"OS/2": bytes(8) + b"\0\4" + bytes(70)} | cmap((3, 10, ABC)), "abc"),
        # One that has what is no character has everything, as a box.
        (OUTLINES | cmap((3, 10, groups((0x20, 0x10FFFD, 1)))), ""),
    ],
)  # fmt: skip
def test_a_font_has_what_it_can_show(tmp_path: Path, tables: dict[bytes, bytes], has: str) -> None:
    assert found(tmp_path, font(tables)) == has


def test_each_font_of_a_collection_is_read(tmp_path: Path) -> None:
    first = font(OUTLINES | cmap((3, 10, ABC)), start=20)
    second = font(OUTLINES | cmap((3, 10, groups((0x78, 0x7A, 1)))), start=20 + len(first))
    collection = struct.pack(">4sLLLL", b"ttcf", 0x10000, 2, 20, 20 + len(first)) + first + second

    assert found(tmp_path, collection) == "abc"
    assert found(tmp_path, collection, 1) == "xyz"


def test_the_fonts_of_the_project_have_the_characters_of_chinese() -> None:
    for path in (pylopdf_fonts_zh_cn.serif_path(), pylopdf_fonts_zh_cn.sans_path()):
        has = characters(path)

        assert all(ord(letter) in has for letter in "某一龥㐀𠅤ａ。A")
        assert not any(point in has for point in (0x3FF, 0x1F600, 0x10FFFF))


WHOLE = font(OUTLINES | cmap((3, 1, segments((0x61, 0x64, 0, 4), glyphs=(7, 0, 8, 9)))))


@examples(2)
@given(st.binary(max_size=300), st.integers(0, len(WHOLE)))
@example(b"", 0)
@example(b"\xff" * 200, 60)
def test_a_broken_font_is_refused_with_one_error(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, kept: int
) -> None:
    file = tmp_path_factory.getbasetemp() / "broken.ttf"
    for content in (noise, WHOLE[:kept] + noise):
        file.write_bytes(content)
        try:
            assert isinstance(characters(file), Characters)
        except ValueError as error:
            assert "font" in str(error) or "empty" in str(error)  # noqa: PT017
    with pytest.raises(OSError, match="absent"):
        characters(file.with_name("absent.ttf"))
