"""The reply to a file: its rows in order with what they are told, as CSV or an object a line."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec

from notices.batches import COLUMNS, Form
from notices.batches.answering import Answered
from notices.batches.reading import BOM
from notices.batches.scratch import Writer
from notices.facts.public.answer import Other
from notices.facts.rows import neutral


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
    """Writes what rows are told, the header first."""

    def __init__(
        self,
        file: Writer,
        form: Form,
        header: Sequence[str],
        encoding: str,
        bom: bool,
        delimiter: str,
    ) -> None:
        self._file, self._form, self._encoding = file, form, encoding
        self._width, self._rows = len(header), 0
        self._encoder = msgspec.json.Encoder()
        self._text = io.StringIO(newline="")
        self._writer: Any = csv.writer(self._text, delimiter=delimiter)
        if form == "csv":
            if bom:
                file.write(BOM)
            self._writer.writerow([*map(neutral, header), *COLUMNS])
            self._flush()

    def add(
        self,
        rows: Sequence[Sequence[str]],
        answers: Sequence[Answered],
        problems: Sequence[str | None],
    ) -> None:
        """Raises OSError where there is no room."""
        if self._form == "ndjson":
            self._add_objects(rows, answers, problems)
        else:
            width = self._width
            self._writer.writerows(
                [
                    *map(neutral, [*row[:width], *[""] * (width - len(row))]),
                    *answer.cells(problem),
                    *map(neutral, row[width:]),
                ]
                for row, answer, problem in zip(rows, answers, problems, strict=True)
            )
            self._flush()
        self._rows += len(rows)

    def _add_objects(
        self,
        rows: Sequence[Sequence[str]],
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
