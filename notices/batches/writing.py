"""The reply to a file: its rows in order with what they are told, as CSV or an object a line."""

import csv
import io
import re
from collections.abc import Sequence
from operator import add, methodcaller
from typing import Any

import msgspec

from notices.batches import COLUMNS, Form
from notices.batches.answering import NOT_MET, Answered
from notices.batches.reading import BOM, Lines, Rows
from notices.batches.scratch import Writer
from notices.facts.public.answer import Other
from notices.facts.rows import FORMULA, neutral


class RowAnswered(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the file and what is said of it; all is null of one that could not be asked.

    `row` counts from 1, the header aside; `cells` are the file's own, in order.
    """

    row: int
    cells: Sequence[str]
    status: str | None
    since: str | None
    effective_at: str | None
    awaiting: str | None
    notice: str | None
    others: Sequence[Other]
    problem: str | None


class Reply:
    """Writes what rows are told, the header first; without it what comes behind so many rows."""

    def __init__(
        self,
        file: Writer,
        form: Form,
        header: Sequence[str],
        encoding: str,
        bom: bool,
        delimiter: str,
        behind: int = 0,
    ) -> None:
        self._file, self._form, self._encoding = file, form, encoding
        self._width, self._rows = len(header), behind
        self._encoder = msgspec.json.Encoder()
        self._delimiter = delimiter
        self._text = io.StringIO(newline="")
        self._writer: Any = csv.writer(self._text, delimiter=delimiter)
        # What begins with the one character that it looks for is found without looking at others.
        self._in_lines = [
            re.compile(rf"{re.escape(each)}(?<=[{re.escape(delimiter)}\n].)")
            for each in FORMULA
            if each != delimiter
        ]
        if form == "csv" and not behind:
            if bom:
                file.write(BOM)
            self._writer.writerow([*map(neutral, header), *COLUMNS])
            self._flush()

    def add(self, rows: Rows, answers: Sequence[Answered], problems: Sequence[str | None]) -> None:
        """Raises OSError where there is no room."""
        if self._form == "ndjson":
            self._add_objects(rows, answers, problems)
        elif isinstance(rows, Lines):
            self._add_lines(rows, answers, problems)
        else:
            told = map(Answered.cells, answers, problems)
            self._writer.writerows(map(self._whole, rows, told))
            self._flush()
        self._rows += len(rows)

    def _add_lines(
        self,
        rows: Lines,
        answers: Sequence[Answered],
        problems: Sequence[str | None],
    ) -> None:
        """Each line as it came with the appended cells, which hold nothing that is quoted."""
        lines, join, cache = rows.lines, self._delimiter.join, dict[Any, str]()
        behind = []
        for each in zip(answers, problems, strict=True):
            known = cache.get(each[1]) if each[0] is NOT_MET else None
            if known is None:
                known = join(("", *each[0].cells(each[1])))
                if each[0] is NOT_MET:
                    cache[each[1]] = known
            behind.append(known)
        whole = list(map(add, lines, behind))
        between = list(map(methodcaller("count", self._delimiter), lines))
        odd, usual = set[int](), self._width - 1
        if set(between) != {usual}:
            odd = {place for place, each in enumerate(between) if each != usual}
        if self._has_formula(lines):
            odd |= {place for place, line in enumerate(lines) if self._has_formula([line])}
        for place in odd:
            cells = self._whole(rows[place], answers[place].cells(problems[place]))
            whole[place] = join(cells)
        self._file.write(("\r\n".join(whole) + "\r\n").encode(self._encoding))

    def _has_formula(self, lines: Sequence[str]) -> bool:
        """Whether one of their cells begins as what a spreadsheet takes for a formula does."""
        text = "\n".join(("", *lines))
        return any(begun.search(text) for begun in self._in_lines)

    def _whole(self, cells: Sequence[str], told: Sequence[str]) -> list[str]:
        """A row with what it is told under its columns, and what it has too many behind that."""
        width = self._width
        short = [""] * (width - len(cells))
        return [*map(neutral, cells[:width]), *short, *told, *map(neutral, cells[width:])]

    def _add_objects(
        self,
        rows: Rows,
        answers: Sequence[Answered],
        problems: Sequence[str | None],
    ) -> None:
        objects = [
            RowAnswered(
                row=number,
                cells=row,
                status=answer.status or None,
                since=answer.since or None,
                effective_at=answer.effective_at or None,
                awaiting=answer.awaiting or None,
                notice=answer.notice or None,
                others=answer.others,
                problem=problem,
            )
            for number, (row, answer, problem) in enumerate(
                zip(rows, answers, problems, strict=True), self._rows + 1
            )
        ]
        self._file.write(self._encoder.encode_lines(objects))

    def _flush(self) -> None:
        self._file.write(self._text.getvalue().encode(self._encoding, "replace"))
        self._text.seek(0)
        self._text.truncate()
