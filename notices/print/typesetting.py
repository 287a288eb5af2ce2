"""A sheet of paper as a PDF, a card as a picture: the only code that knows typst and QR codes.

What is put on a sheet is data to the template and never markup, whatever it holds. The same sheet
gives the same bytes on one machine: no clock is read. On every machine it does where the project's
own fonts have all its characters.
"""

import logging
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import segno
import typst

from notices.print import faces
from notices.print.faces import Type
from notices.trust import attachments

TEMPLATES = Path(__file__).parent / "templates"
LOG = logging.getLogger(__name__)

MASK = 0
QUIET = 4
"""Modules around a QR code that stay white (ISO/IEC 18004, 6.3.8)."""

LARGEST_QR_CODE = 2953
"""Bytes that a QR code takes at its lowest level of correction (ISO/IEC 18004, table 7)."""

PIXELS_PER_INCH = 220.0
"""Of a picture: a card of 90 mm is 780 pixels wide, what a phone shows sharp."""


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
    """The characters of `text` for which no font has anything, each once, in order."""
    needed = Type()
    needed.set(text)
    return list(needed.lacking)


def noted(sheet: Mapping[str, Any], shown: str, note: str) -> dict[str, Any]:
    """`sheet`, with `note` at the end of its notes if anything of `shown` is in no font."""
    missing = "、".join(f"U+{ord(letter):04X}" for letter in lacking(shown))
    notes = [*sheet["notes"], note.format(points=missing)] if missing else sheet["notes"]
    return {**sheet, "notes": notes}


def typeset(sheet: Mapping[str, Any], qr: str, attachment: Attachment, at: datetime) -> bytes:
    """The PDF (PDF/A-3a, PDF/UA-1) that `notice.typ` makes of `sheet`, made at `at`."""
    more = {"qr": qr, "attachment": attachment._asdict()}
    paper = {
        "format": "pdf",
        "pdf_standards": ["a-3a", "ua-1"],
        "timestamp": int(at.timestamp()),
    }
    pdf = _made("notice.typ", sheet, more, paper)
    return attachments.unpacked(pdf, attachment.text.encode())


def drawn(card: Mapping[str, Any], qr: str) -> bytes:
    """The PNG that `card.typ` makes of `card`: pixels, and no word about them beside."""
    return _made("card.typ", card, {"qr": qr}, {"format": "png", "ppi": PIXELS_PER_INCH})


def _made(
    template: str, sheet: Mapping[str, Any], more: dict[str, Any], how: dict[str, Any]
) -> bytes:
    needed = Type()
    shown = _set(sheet, needed)
    try:
        return _compiled(template, more | {"sheet": shown}, needed, how)
    except typst.TypstError as error:
        # A font of the machine that says it has a letter and cannot draw it stops no notice.
        if not needed.families:
            raise
        LOG.warning("printed without %s: %s", ", ".join(needed.families), error.message)
        needed = Type(machine=False)
        return _compiled(template, more | {"sheet": _set(sheet, needed)}, needed, how)


def _compiled(template: str, data: dict[str, Any], needed: Type, how: dict[str, Any]) -> bytes:
    words = sorted(needed.words, key=len, reverse=True)
    data |= {
        "families": needed.families,
        "words": needed.words,
        "pattern": "|".join(map(re.escape, words)),
    }
    compiler = typst.Compiler(
        (TEMPLATES / template).read_bytes(),
        root=TEMPLATES,
        font_paths=faces.fonts(machine=bool(needed.families)),
    )
    made = compiler.compile(sys_inputs={"data": msgspec.json.encode(data).decode()}, **how)
    if not isinstance(made, bytes):
        raise TypeError("typst makes one file of one document")
    return made


def _set(value: Any, needed: Type) -> Any:
    """`value` with every text in it as it can be printed."""
    match value:
        case str():
            return needed.set(value)
        case list() | tuple():
            return [_set(each, needed) for each in value]
        case dict():
            return {name: _set(each, needed) for name, each in value.items()}
    return value
