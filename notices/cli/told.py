"""What a row of a file is told, whichever way it was asked: the columns that are appended to it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from notices.facts.rows import Columns, Row
from notices.facts.texts import CHINA


class Told(NamedTuple):
    """All empty but `problem` of a row that could not be asked; `others` as a service lists them.

    `verdict` is a list's word: what was withdrawn is no notice any more.
    """

    verdict: str = ""
    since: str = ""
    effective_at: str = ""
    awaiting: str = ""
    notice: str = ""
    others: str = ""
    problem: str = ""


ADDED = Told._fields


class Line(NamedTuple):
    """A row of the file, and what it asks. `cells` are those alone by which it asks, as they are
    written there: nothing else of a register leaves the machine on which it lies."""

    cells: Mapping[str, str]
    row: Row

    @classmethod
    def of(cls, values: Sequence[str], columns: Columns, usual: str, row: Row) -> "Line":
        places = {
            "number": columns.number,
            "certificate": columns.certificate,
            "copy": columns.copy,
            "copy_number": columns.copy_number,
        }
        cells = {
            name: values[place].strip()
            for name, place in places.items()
            if place is not None and place < len(values)
        }
        if usual and not cells.get("certificate"):
            cells["certificate"] = usual
        return cls(cells, row)


Ask = Callable[[Sequence[Line]], list[Told]]


def time_of(at: datetime | None) -> str:
    """To the second: a list knows no more."""
    return at.astimezone(CHINA).isoformat(timespec="seconds") if at is not None else ""


def verdict_of(status: str) -> str:
    """The word of a list for a status."""
    return "no_notice" if status == "reinstated" else status
