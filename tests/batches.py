"""Files as spreadsheets and programs write them, for tests to send and to spoil."""

import io
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


def package(worksheet: str | bytes) -> bytes:
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
    return file.getvalue()


def xlsx(rows: Sequence[Sequence[Cell]]) -> bytes:
    """These rows as a workbook."""
    return package(sheet(rows))
