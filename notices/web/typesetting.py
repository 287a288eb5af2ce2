"""A sheet of paper as a PDF: the only code that knows typst, the fonts and QR codes.

What is put on a sheet is data to the template and never markup, whatever it holds. The same sheet
gives the same bytes: no clock is read, and no font but those that come with the project.
"""

import functools
import re
import struct
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pylopdf_fonts_zh_cn
import segno
import typst

from notices.trust import attachments

TEMPLATES = Path(__file__).parent / "templates"
LACKING = "\N{GETA MARK}"
"""Chinese printers' own sign for a character that they have no type for."""

NEVER_DRAWN = [(0xE000, 0xF8FF), (0xFFF0, 0xFFFD), (0xF0000, 0x10FFFF)]
"""Private characters and specials: PDF/A forbids them, whatever a font has for them."""

MASK = 0
QUIET = 4
"""Modules around a QR code that stay white (ISO/IEC 18004, 6.3.8)."""

LARGEST_QR_CODE = 2953
"""Bytes that a QR code takes at its lowest level of correction (ISO/IEC 18004, table 7)."""


class Attachment(NamedTuple):
    """A file that a PDF carries."""

    name: str
    text: str
    description: str


def qr_code(content: str) -> str:
    """`content`, ASCII, as an SVG with its quiet zone.

    Level L, or a higher one where that makes the code no larger. The mask is not
    searched for: a proof is random enough under any, and the search takes 0.15 s.
    """
    code = segno.make_qr(content, error="L", mode="byte", mask=MASK)
    width = code.symbol_size(border=QUIET)[0]
    # Each run of dark modules is one stroke, a little wider than its row: no seams between rows.
    path = [
        f"M{run.start()} {y}.5h{len(run[0])}"
        for y, row in enumerate(code.matrix_iter(border=QUIET))
        for run in re.finditer(rb"\x01+", bytes(row))
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {width}">'
        f'<path stroke="#000" stroke-width="1.02" d="{"".join(path)}"/></svg>'
    )


def lacking(text: str) -> list[str]:
    """The characters of `text` for which the fonts have nothing, each once, in order."""
    drawn = _drawn()
    return [letter for letter in dict.fromkeys(text) if not drawn[ord(letter)]]


def typeset(sheet: Mapping[str, Any], qr: str, attachment: Attachment, at: datetime) -> bytes:
    """The PDF (PDF/A-3a, PDF/UA-1) that `notice.typ` makes of `sheet`, made at `at`."""
    data = {"sheet": _with_type(sheet), "qr": qr, "attachment": attachment._asdict()}
    compiler = typst.Compiler(
        (TEMPLATES / "notice.typ").read_bytes(), root=TEMPLATES, font_paths=_fonts()
    )
    pdf = compiler.compile(
        format="pdf",
        sys_inputs={"data": msgspec.json.encode(data).decode()},
        pdf_standards=["a-3a", "ua-1"],
        timestamp=int(at.timestamp()),
    )
    if not isinstance(pdf, bytes):
        raise TypeError("typst makes one file of one document")
    return attachments.unpacked(pdf, attachment.text.encode())


@functools.cache
def _fonts() -> typst.Fonts:
    """Noto Serif SC and Noto Sans SC, and nothing that a machine may or may not have."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[pylopdf_fonts_zh_cn.serif_path().parent],
    )


def _with_type(value: Any) -> Any:
    """`value` with every character replaced for which there is no type."""
    match value:
        case str():
            return value.translate({ord(letter): LACKING for letter in lacking(value)})
        case list() | tuple():
            return [_with_type(each) for each in value]
        case dict():
            return {name: _with_type(each) for name, each in value.items()}
    return value


@functools.cache
def _drawn() -> bytes:
    """For every code point 1 if it can stand on a page, else 0."""
    drawn = bytearray(0x110000)
    for path in (pylopdf_fonts_zh_cn.serif_path(), pylopdf_fonts_zh_cn.sans_path()):
        for first, last in characters(path.read_bytes()):
            drawn[first : last + 1] = b"\x01" * (last + 1 - first)
    for first, last in NEVER_DRAWN:
        drawn[first : last + 1] = bytes(last + 1 - first)
    drawn[ord("\n")] = 1
    return bytes(drawn)


def characters(font: bytes) -> list[tuple[int, int]]:
    """First and last of each run of characters that an OpenType font has (cmap, format 12)."""
    (tables,) = struct.unpack_from(">4xH", font)
    offsets = {
        font[at : at + 4]: struct.unpack_from(">L", font, at + 8)[0]
        for at in range(12, 12 + 16 * tables, 16)
    }
    cmap = offsets[b"cmap"]
    (encodings,) = struct.unpack_from(">2xH", font, cmap)
    for number in range(encodings):
        (offset,) = struct.unpack_from(">4xL", font, cmap + 4 + 8 * number)
        form, groups = struct.unpack_from(">H10xL", font, cmap + offset)
        if form == 12:
            body = font[cmap + offset + 16 : cmap + offset + 16 + 12 * groups]
            return [(first, last) for first, last, _ in struct.iter_unpack(">LLL", body)]
    raise ValueError("a font without a complete table of its characters")
