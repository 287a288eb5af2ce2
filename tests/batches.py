"""Files as spreadsheets and programs write them, for tests to send and to spoil."""

import io
import struct
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

Cell = str | float

KIND = "application/vnd.openxmlformats-"
TYPES = (
    '<?xml version="1.0"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    f'<Default Extension="rels" ContentType="{KIND}package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    f'ContentType="{KIND}officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    f'ContentType="{KIND}officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = (
    f'<?xml version="1.0"?><Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
    'Type="{type}" Target="{target}"/></Relationships>'
)
BOOK = (
    f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


def sheet(rows: Sequence[Sequence[Cell]]) -> str:
    """A sheet with inline texts; what begins with = is a formula, with its result after a |."""
    lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    return (
        f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'
    )


def _cell(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"<c><v>{cell!r}</v></c>"
    if cell.startswith("=") and "|" in cell:
        formula, _, result = cell[1:].partition("|")
        return f'<c t="str"><f>{escape(formula)}</f><v>{escape(result)}</v></c>'
    return f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>'


def package(worksheet: str | bytes, shared_strings: str | None = None) -> bytes:
    """A workbook with this one sheet."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", TYPES)
        root = RELATIONS.format(type=f"{OFFICE}/officeDocument", target="xl/workbook.xml")
        parts.writestr("_rels/.rels", root)
        parts.writestr("xl/workbook.xml", BOOK)
        of_book = RELATIONS.format(type=f"{OFFICE}/worksheet", target="worksheets/sheet1.xml")
        parts.writestr("xl/_rels/workbook.xml.rels", of_book)
        parts.writestr("xl/worksheets/sheet1.xml", worksheet)
        if shared_strings is not None:
            parts.writestr("xl/sharedStrings.xml", shared_strings)
    return file.getvalue()


def sheet_that_says(dimension: str, lines: str) -> str:
    """A sheet of these lines, `<row>…</row>`, that has so many rows and columns, as it says."""
    return (
        f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/>'
        f"<sheetData>{lines}</sheetData></worksheet>"
    )


def strings_that_say(count: int) -> str:
    """Texts of a workbook: one, of which it says that they are so many."""
    return f'<sst xmlns="{MAIN}" count="{count}" uniqueCount="{count}"><si><t>1</t></si></sst>'


def small_as_it_says(workbook: bytes, most: int = 1000) -> bytes:
    """The same, of which no part is longer than `most` bytes, as its lists have it."""
    found = bytearray(workbook)
    for signature, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = found.find(signature)
        while at >= 0:
            (size,) = struct.unpack_from("<I", found, at + place)
            struct.pack_into("<I", found, at + place, min(size, most))
            at = found.find(signature, at + 1)
    return bytes(found)


def xlsx(rows: Sequence[Sequence[Cell]]) -> bytes:
    """These rows as a workbook."""
    return package(sheet(rows))
