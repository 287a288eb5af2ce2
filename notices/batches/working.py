"""The process that answers one file: `python -m notices.batches.working`; nobody starts it by hand.

What it does with a hostile file ends with it: its memory and its time are bounded, and it has no
key but those by which numbers are hashed and the file is sealed. It ends with whoever started it.
A large file is answered in halves, of which a process that it forks has the second.
"""

import gc
import pickle
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from notices import batches
from notices.batches import CHUNK, Done, FileRefused, Task, bounds, sheets
from notices.batches.answering import NO_NOTICE
from notices.batches.asking import Asker
from notices.batches.halves import SecondHalf
from notices.batches.line import Line
from notices.batches.meeting import Moment, Snapshot
from notices.batches.outcomes import outcome
from notices.batches.parts import Counts, Looking, Part
from notices.batches.reading import (
    MOST_COLUMNS,
    UTF8,
    Rows,
    Surveyed,
    chunks,
    first_half,
    is_unread,
    second_half,
    survey,
)
from notices.batches.scratch import Reader, Writer
from notices.batches.writing import Reply
from notices.facts.rows import Columns, RowsError
from notices.facts.texts import CHINA
from notices.trust.sealing import Aes256Gcm

SWITCH = 0.001
"""Seconds after which what talks to the database gets the interpreter."""


class Looked(NamedTuple):
    """What was found of a file before any of its rows is asked."""

    header: Sequence[str]
    columns: Columns
    found: Surveyed


class Work:
    """One file from its first row to its last."""

    def __init__(self, task: Task, line: Line) -> None:
        self._task, self._line = task, line
        self._key = Aes256Gcm(task.key)

    def done(self) -> Done:
        """Raises FileRefused, Ended, Stale, Unavailable, StorageFull and OSError."""
        task = self._task
        pieces, found = self._pieces()
        first = next(pieces, None)
        if first is None:
            raise FileRefused("file_empty")
        [header] = first
        looked = Looked(header, _columns(header, found), found)
        if not self._line.ask(batches.Counted(found.rows)):
            sys.exit(1)
        pieces, second = self._halved(looked, pieces)
        try:
            looking = Looking()
            snapshot = self._begin(looking)
            moment = snapshot.moment if snapshot else None
            if second is not None:
                second.begin(moment)
            output = Writer(task.answered, self._key, "answered")
            part = self._part(looked, looking, snapshot, output)
            counts = part.answer(pieces, ahead=0 if second else 1)
            if second is not None:
                counts.add(second.counts())
                for piece in Reader(task.further, self._key, "second half").pieces():
                    output.write(piece)
            output.end()
        finally:
            if second is not None:
                second.let_go()
        return Done(
            rows=counts.rows,
            asked=counts.asked,
            hits=counts.asked - counts.statuses[NO_NOTICE],
            by_status=dict(counts.statuses),
            by_problem=dict(counts.problems),
            checks=[(*each, times) for each, times in counts.checks.items()],
            met=list(counts.met),
            log_size=moment.log_size if moment else 0,
            checked_at=moment.now if moment else datetime.now(CHINA),
            size=output.size,
            sha256=output.sha256,
            encoding=found.encoding,
        )

    def _halved(
        self, looked: Looked, pieces: Iterator[Rows]
    ) -> tuple[Iterator[Rows], SecondHalf | None]:
        """What is left for this process of `pieces`, and who has the rest, if anybody."""
        middle = looked.found.middle
        if middle is None or looked.found.rows < self._task.in_halves:
            return pieces, None
        try:
            second = SecondHalf(partial(self._second, looked))
        except OSError:  # there is no process more to be had: one can do it all
            return pieces, None
        return first_half(self._received(until=middle.place), looked.found), second

    def _received(self, until: int | None = None) -> Reader:
        return Reader(self._task.received, self._key, "received", until)

    def _pieces(self) -> tuple[Iterator[Rows], Surveyed]:
        file = self._received()
        if sheets.is_sheet(file):
            rows = sheets.rows(file)
            known = Surveyed(UTF8, True, 0, ",", max(0, len(rows) - 1), clean=True, quoted=True)
            return _of_sheet(rows), known
        surveyed = survey(file)
        return chunks(file, surveyed), surveyed

    def _begin(self, looking: Looking, moment: Moment | None = None) -> Snapshot | None:
        """A snapshot, or that of a moment; None for a test."""
        url, state = self._task.database_url, self._task.state
        if url is None:
            return None
        if moment is None:
            return looking.begin(Snapshot.begin(url, state)).result()
        return looking.begin(Snapshot.join(url, state, moment)).result()

    def _second(self, looked: Looked, moment: Moment | None) -> Counts:
        """What the second half comes to, in the process that has it."""
        looking = Looking()
        snapshot = self._begin(looking, moment)
        output = Writer(self._task.further, self._key, "second half")
        part = self._part(looked, looking, snapshot, output, behind=True)
        counts = part.answer(second_half(self._received(), looked.found), ahead=0)
        output.end()
        return counts

    def _part(
        self,
        looked: Looked,
        looking: Looking,
        snapshot: Snapshot | None,
        output: Writer,
        *,
        behind: bool = False,
    ) -> Part:
        task, (header, columns, found) = self._task, looked
        asker = Asker(
            task.catalogue, task.matching, columns, len(header),
            clean=found.clean, by_digits=not (snapshot and snapshot.moment.older),
        )  # fmt: skip
        before = found.middle.before if behind and found.middle else 0
        reply = Reply(output, task.form, header, found.encoding, found.bom, found.delimiter, before)
        return Part(task, self._line, asker, reply, looking, snapshot)


def _of_sheet(rows: list[list[str]]) -> Iterator[Rows]:
    for start, end in pairwise((0, 1, *range(1 + CHUNK, len(rows), CHUNK), len(rows))):
        if start < end:
            yield rows[start:end]


def _columns(header: Sequence[str], found: Surveyed) -> Columns:
    if len(header) > MOST_COLUMNS:
        raise FileRefused("file_too_wide", limit=MOST_COLUMNS)
    if not found.clean and any(map(is_unread, header)):
        raise FileRefused("file_encoding")
    try:
        return Columns.of(header)
    except RowsError as error:
        raise FileRefused("file_columns", why=error.text.in_all()) from None


def main() -> None:
    line = Line()
    bounds.keep_within()
    sys.setswitchinterval(SWITCH)
    gc.disable()  # a chunk is 100,000 lists and no circle: looking through them took a fifth
    task: Task = pickle.loads(line.read())  # noqa: S301  (by whoever started us)
    line.turn = task.answered  # neither process closes it while it asks: that would end its turn
    line.say(outcome(Work(task, line).done))


if __name__ == "__main__":
    main()
