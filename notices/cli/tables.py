"""Files of rows as spreadsheets write them: in which encoding, and with what between the cells."""

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from notices.cli.terminal import CommandError
from notices.facts.texts import Message

ENCODINGS = ("utf-8-sig", "gb18030")
PIECE = 1 << 20
_TOLD = re.compile(r'"?sep=([,;\t])"?[\r\n]*', re.IGNORECASE)
"""A first line that tells spreadsheets what stands between the cells, and is no row."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file of rows, read from its beginning as often as wanted; `lines` are about its rows."""

    path: Path
    encoding: str
    delimiter: str
    lines: int

    @classmethod
    def at(cls, path: Path) -> "Table":
        """Raises CommandError for what is in none of the encodings."""
        encoding = next((each for each in ENCODINGS if _is_in(path, each)), None)
        if encoding is None:
            raise CommandError(_NO_ENCODING)
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline(PIECE)
        if (told := _TOLD.fullmatch(first)) is not None:
            first = told[1]
        with path.open("rb") as raw:
            lines = sum(piece.count(b"\n") for piece in iter(lambda: raw.read(PIECE), b""))
        return cls(path, encoding, max(",\t;", key=first.count), lines)

    def rows(self) -> Iterator[list[str]]:
        """The header first; an empty line is no row. Raises CommandError naming a bad line."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            skipped = int(_TOLD.fullmatch(file.readline(PIECE)) is not None)
            if not skipped:
                file.seek(0)
            # A quote that nothing closes, or that is closed within a cell, may have swallowed rows.
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            where = skipped + 1
            try:
                for row in reader:
                    where = skipped + reader.line_num + 1
                    if row:
                        yield row
            except csv.Error as error:
                raise CommandError(_BAD_LINE.format(line=where, why=error)) from None


def _is_in(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        try:
            while piece := file.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


_NO_ENCODING = Message("文件既不是 UTF-8，也不是 GB18030 编码；请在表格软件里另存为“CSV UTF-8”。")
_BAD_LINE = Message("文件第 {line} 行读不懂（{why}）。")
