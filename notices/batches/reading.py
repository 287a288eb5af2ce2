"""CSV as spreadsheets and other programs write it: its encoding, its delimiter and its rows.

A file is looked through before the first row is read, since one row in a million tells its
encoding, and what it asks is counted before anything of it is answered.
"""

import codecs
import contextlib
import csv
import dataclasses
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, overload

from notices.batches import CHUNK, FileRefused
from notices.batches.contents import Content

MOST_LINE = 1024 * 1024
"""Bytes without an end of a line; no row of a register is as long."""

BLOCK = 3 << 20
"""Characters that are read at once. Of the rows in them each process has all in memory."""
MOST_CELLS = 600_000
"""That are read at once where they are quoted."""

MOST_COLUMNS = 500
BOM = codecs.BOM_UTF8
_TOLD = re.compile(rb"\"?sep=([,;\t])\"?(?:\r\n?|\n)", re.IGNORECASE)
"""A first line that tells spreadsheets what stands between the cells, and is no row."""
UTF8, GB18030 = "utf-8", "gb18030"
_ESCAPED = "surrogateescape"


class Mark(NamedTuple):
    """Where in a file a line begins, in bytes, and how many lines, or rows, are before it."""

    place: int
    before: int


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What a look through the file has found; `rows` are without the header, `start` is its place.

    `clean` says that every byte of it is text in this encoding, `quoted` that a cell may be quoted
    and hold the end of a line. `middle` has rows on both sides; None where there is none, or where
    a row may be more than a line.
    """

    encoding: str
    bom: bool
    start: int
    delimiter: str
    rows: int
    clean: bool
    quoted: bool
    middle: Mark | None = None


def survey(file: Content) -> Surveyed:
    """Raises FileRefused for what has no line."""
    first = file.piece(0)
    bom = first.startswith(BOM)
    lines, quoted, is_utf8, marks = _look_through(file)
    encoding, clean = (UTF8, True) if is_utf8 else _encoding(file, bom)
    start = len(BOM) if bom else 0
    no_rows = 1
    if (told := _TOLD.match(first, start)) is not None:
        delimiter, start, lines, no_rows = told[1].decode(), told.end(), lines - 1, 2
    else:
        head = first[start:].decode(encoding, "replace").lstrip("\r\n")
        delimiter = max(",\t;", key=(head.splitlines() or [""])[0].count)
    found = Surveyed(encoding, bom, start, delimiter, lines - 1, clean, quoted)
    if quoted:
        lines = sum(1 for _ in rows(file, found))
    if lines == 0:
        raise FileRefused("file_empty")
    middle = None
    if clean and not quoted and len(marks) > 1:
        place, before = marks[(len(marks) - 1) // 2]
        middle = Mark(place, before - no_rows) if before > no_rows else None
    return dataclasses.replace(found, rows=lines - 1, middle=middle)


def _look_through(file: Content) -> tuple[int, bool, bool, list[Mark]]:
    """Its lines, whether a cell may be quoted, whether it is UTF-8, and here and there where a
    line begins and how many are before it."""
    decoder = codecs.getincrementaldecoder(UTF8)()
    rest, lines, quoted, is_utf8 = b"", 0, False, True
    place, marks = 0, list[Mark]()
    for piece in file.pieces():
        if is_utf8:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                is_utf8 = False
        quoted = quoted or b'"' in piece
        piece = rest + piece
        # One that stands last may be half of the end of a line.
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r", 0, -1)) + 1
        lines += _filled(piece[:end], place)
        rest = piece[end:]
        place += end
        marks.append(Mark(place, lines))
        if len(rest) > MOST_LINE:
            raise FileRefused("file_line", line=lines + 1)
    lines += _filled(rest, place)
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    return lines, quoted, is_utf8, marks


def _filled(lines: bytes, place: int) -> int:
    """How many of them are not empty; a BOM at the beginning of the file is nothing."""
    whole = lines if place else lines.removeprefix(BOM)
    return sum(map(bool, whole.splitlines()))


def _encoding(file: Content, bom: bool) -> tuple[str, bool]:
    """Of a file that is not all UTF-8: that in which the fewest characters are none."""
    wrong = {each: _unread(file, each) for each in ((UTF8,) if bom else (UTF8, GB18030))}
    encoding = min(wrong, key=wrong.__getitem__)
    return encoding, wrong[encoding] == 0


def _unread(file: Content, encoding: str) -> int:
    """Bytes that are no text in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)(_ESCAPED)
    count = 0
    for piece in (*file.pieces(), None):
        text = decoder.decode(piece or b"", final=piece is None)
        count += len(text) - len(text.encode("utf-8", "ignore").decode())
    return count


class Lines(Sequence[list[str]]):
    """Rows that are a line each: they are kept as they came, and taken apart when they are asked
    for. A row's cells take as much memory as all else that is kept of it until it is answered."""

    def __init__(self, lines: list[str], delimiter: str) -> None:
        self.lines, self._delimiter = lines, delimiter

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[list[str]]:
        delimiter = self._delimiter
        return iter([each.split(delimiter) for each in self.lines])

    @overload
    def __getitem__(self, place: int) -> list[str]: ...
    @overload
    def __getitem__(self, place: slice) -> list[list[str]]: ...
    def __getitem__(self, place: int | slice) -> list[str] | list[list[str]]:
        if isinstance(place, slice):
            return [each.split(self._delimiter) for each in self.lines[place]]
        return self.lines[place].split(self._delimiter)


Rows = list[list[str]] | Lines
"""The cells of rows that were read together."""


def rows(file: Content, found: Surveyed) -> Iterator[list[str]]:
    """The header first; an empty line is no row. Raises FileRefused for a line that is none.

    A quote that nothing closes, or that is closed within a cell, may have swallowed rows.
    """
    with _text(file, found, "") as text:
        reader = csv.reader(text, delimiter=found.delimiter, strict=True)
        before = int(found.start > len(BOM))  # the line that told the delimiter
        began = before + 1
        try:
            for row in reader:
                began = before + reader.line_num + 1
                if row:
                    yield row
        except csv.Error:
            raise FileRefused("file_line", line=began) from None


def first_half(file: Content, found: Surveyed) -> Iterator[Rows]:
    """The rows of a file that is read until its middle, so many at once."""
    every = chunks(file, found)
    next(every)  # the header
    return every


def second_half(file: Content, found: Surveyed) -> Iterator[Rows]:
    """The rows from the middle on, so many at once."""
    assert found.middle is not None  # noqa: S101
    return chunks(file, dataclasses.replace(found, start=found.middle.place), header=False)


def chunks(file: Content, found: Surveyed, *, header: bool = True) -> Iterator[Rows]:
    """All rows, as `rows` has them, so many at once; the header is alone."""
    if found.quoted or not found.clean:
        every = rows(file, found)
        if (first := next(every, None)) is not None:
            yield [first]
        at_once = max(1, min(CHUNK, MOST_CELLS // len(first or "1")))
        while cells := list(islice(every, at_once)):
            yield cells
        return
    with _text(file, found, None) as text:
        rest = ""
        while block := text.read(BLOCK):
            *lines, rest = (rest + block).split("\n")
            filled = list(filter(None, lines))
            if header and filled:
                yield Lines(filled[:1], found.delimiter)
                filled, header = filled[1:], False
            for start in range(0, len(filled), CHUNK):
                yield Lines(filled[start : start + CHUNK], found.delimiter)
        if rest:
            yield Lines([rest], found.delimiter)


@contextlib.contextmanager
def _text(file: Content, found: Surveyed, newline: str | None) -> Iterator[io.TextIOWrapper]:
    file.seek(found.start)
    buffered = io.BufferedReader(file, 1 << 20)
    text = io.TextIOWrapper(buffered, found.encoding, _ESCAPED, newline=newline)
    try:
        yield text
    finally:
        text.detach()
        buffered.detach()


def is_unread(cell: str) -> bool:
    """Whether some of its bytes are no text in the encoding of its file."""
    return not cell.isascii() and any("\udc80" <= each <= "\udcff" for each in cell)


def readable(cell: str) -> str:
    """The cell with U+FFFD for such bytes."""
    return cell.encode("utf-8", _ESCAPED).decode("utf-8", "replace") if is_unread(cell) else cell
