"""XLSX as rows of text: the first sheet, each cell as it would be typed.

What a program would unpack into memory is looked at before anything is unpacked; what lies about
it meets the bounds of the process.
"""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from notices.batches import MOST_SHEET_ROWS, FileRefused
from notices.batches.reading import MOST_COLUMNS
from notices.batches.scratch import Reader

MAGIC = b"PK\x03\x04"
MOST_PACKED = 64 * 1024 * 1024
MOST_UNPACKED = 256 * 1024 * 1024
"""Bytes of all that is in it: 200,000 rows of twelve cells are half of that."""
MOST_CELLS = 2_000_000
MOST_PARTS = 2000
DIGITS = 15
"""Of a number that a spreadsheet keeps as such; what stood behind them is lost."""
_PANIC = "PanicException"
"""How a program in Rust says what it cannot go on with; it has no name of its own in Python, and is
no Exception."""


def is_sheet(file: Reader) -> bool:
    return file.piece(0).startswith(MAGIC)


def rows(file: Reader) -> list[list[str]]:
    """All of the first sheet, empty rows left out; raises FileRefused."""
    _refuse_too_much(file)
    file.seek(0)
    try:
        book = CalamineWorkbook.from_filelike(file)
        sheet = book.get_sheet_by_index(0)
        # Its height leaves out the empty rows before the first, which are read like the others.
        last = sheet.end[0] if sheet.end else 0
        if last > MOST_SHEET_ROWS:
            raise FileRefused("file_too_many_rows", limit=MOST_SHEET_ROWS)
        if sheet.width > MOST_COLUMNS or sheet.width * (last + 1) > MOST_CELLS:
            raise FileRefused("file_too_large_inside")
        return list(_read(sheet))
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise FileRefused("file_damaged") from error
    except BaseException as error:
        if type(error).__name__ != _PANIC:
            raise
        raise FileRefused("file_damaged") from error


def _refuse_too_much(file: Reader) -> None:
    if file.size > MOST_PACKED:
        raise FileRefused("file_too_large_inside")
    try:
        with zipfile.ZipFile(file) as parts:
            listed = parts.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileRefused("file_damaged") from error
    if len(listed) > MOST_PARTS or sum(each.file_size for each in listed) > MOST_UNPACKED:
        raise FileRefused("file_too_large_inside")


def _read(sheet: Any) -> Iterator[list[str]]:
    for row in sheet.iter_rows():
        cells = [each if isinstance(each, str) else _text(each) for each in row]
        if any(cells):
            yield cells


def _text(value: Any) -> str:
    """As it would be typed: a number never as 3.7E+17, since its digits are there."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        if value.is_integer():
            return _whole(value)
        return repr(value)
    if isinstance(value, datetime):
        is_day = value.time() == time(0)
        return value.date().isoformat() if is_day else value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)


def _whole(value: float) -> str:
    """Of a number that has no fraction the digits that a spreadsheet shows."""
    mantissa, _, exponent = f"{value:.{DIGITS - 1}e}".partition("e")
    sign, digits = ("-", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    digits, places = digits.replace(".", ""), int(exponent) + 1
    if places > 40:
        return repr(value)
    return sign + (digits[:places].ljust(places, "0") or "0")
