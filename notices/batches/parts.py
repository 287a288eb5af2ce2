"""Rows of a file in their order: read, looked up and written, chunk by chunk.

While the database looks up one chunk the next one is read, unless another process has that core.
"""

import asyncio
import concurrent.futures
import threading
from collections import Counter
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from notices.batches import Guessed, Task
from notices.batches.answering import NO_NOTICE, NOT_MET, NOTHING, Answered, answered
from notices.batches.asking import Asker, Chunk
from notices.batches.line import Line
from notices.batches.meeting import Snapshot
from notices.batches.reading import Rows
from notices.batches.writing import Reply
from notices.facts.texts import CHINA
from notices.verification import fixtures

T = TypeVar("T")


class Looking:
    """A thread whose loop talks to the database, while this one reads and writes rows."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def begin(self, act: Coroutine[Any, Any, T]) -> "concurrent.futures.Future[T]":
        return asyncio.run_coroutine_threadsafe(act, self._loop)


@dataclass(slots=True)
class Counts:
    """What rows came to; `checks` are of certificate and whether a notice was met."""

    rows: int = 0
    asked: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    checks: Counter[tuple[str, bool]] = field(default_factory=Counter)
    met: set[int] = field(default_factory=set)

    def add(self, further: "Counts") -> None:
        self.rows += further.rows
        self.asked += further.asked
        self.statuses += further.statuses
        self.problems += further.problems
        self.checks += further.checks
        self.met |= further.met


class Part:
    """Answers rows by a snapshot; without one by fixtures, as a test key is."""

    def __init__(
        self,
        task: Task,
        line: Line,
        asker: Asker,
        reply: Reply,
        looking: Looking,
        snapshot: Snapshot | None,
    ) -> None:
        self._task, self._line, self._asker, self._reply = task, line, asker, reply
        self._looking, self._snapshot = looking, snapshot
        self._tests: Sequence[fixtures.Placed] = ()
        if snapshot is None:
            self._tests = list(fixtures.placed(task.catalogue))
        self._counts = Counts()

    def answer(self, pieces: Iterable[Rows], *, ahead: int) -> Counts:
        """So many chunks are looked up while another one is read.

        Raises FileRefused, Unavailable, StorageFull and OSError.
        """
        waiting: list[tuple[Chunk, Any]] = []
        for rows in pieces:
            waiting.append(self._begin(rows))
            if len(waiting) > ahead:
                self._write(*waiting.pop(0))
        for each in waiting:
            self._write(*each)
        return self._counts

    def _begin(self, rows: Rows) -> tuple[Chunk, Any]:
        chunk = self._asker.read(rows)
        left_out = self._leave_out(chunk)
        return chunk, self._looking.begin(self._meet(chunk, left_out))

    def _leave_out(self, chunk: Chunk) -> frozenset[int]:
        """Rows that are not answered, since this agency may not ask that many masked numbers."""
        if not chunk.masked:
            return frozenset()
        problem = "insufficient_scope"
        if self._task.may_ask_masked:
            if self._line.ask(Guessed(dict(Counter(chunk.masked.values())))):
                return frozenset()
            problem = "too_many_requests"
        for place in chunk.masked:
            chunk.problems[place] = problem
        return frozenset(chunk.masked)

    async def _meet(
        self, chunk: Chunk, left_out: frozenset[int]
    ) -> tuple[frozenset[int], dict[int, Answered]]:
        if self._snapshot is None:
            return left_out, self._of_tests(chunk, left_out)
        return left_out, await self._snapshot.look_up(self._asker, chunk, left_out)

    def _of_tests(self, chunk: Chunk, left_out: frozenset[int]) -> dict[int, Answered]:
        catalogue, now = self._task.catalogue, datetime.now(CHINA)
        found: dict[int, Answered] = {}
        for place, asks in enumerate(chunk.asks):
            if asks is None or place in left_out:
                continue
            row = self._asker.row(chunk, place)
            assert row.reading is not None  # noqa: S101
            of, shown_as = row.certificate, row.reading.normal
            met = list(fixtures.met(catalogue, self._tests, of, shown_as, row.number, now))
            if met:
                found[place] = answered(self._asker.asked(chunk, place), met, asks or None)
        return found

    def _write(self, chunk: Chunk, looked: Any) -> None:
        left_out, met = looked.result()
        for place in left_out:
            chunk.asks[place] = None
        answers = [NOTHING if asks is None else NOT_MET for asks in chunk.asks]
        asked = Counter(chunk.asks)
        del asked[None]
        statuses = Counter({NO_NOTICE: asked.total()})
        checks = Counter({(asks or "", False): times for asks, times in asked.items()})
        counts = self._counts
        for place, one in met.items():
            named = chunk.asks[place] or None
            answers[place] = one
            if one.notice:
                counts.met.add(int(one.notice))
            for those, before, after in (
                (statuses, NO_NOTICE, one.status),
                (checks, (named or "", False), (one.certificate or "", one.status != NO_NOTICE)),
            ):
                those[before] -= 1  # type: ignore[index]
                those[after] += 1  # type: ignore[index]
        counts.asked += asked.total()
        counts.statuses += statuses
        counts.checks += checks
        counts.problems.update(filter(None, chunk.problems))
        counts.rows += len(chunk.cells)
        self._reply.add(chunk.cells, answers, chunk.problems)
