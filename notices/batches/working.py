"""The process that answers one file: `python -m notices.batches.working`; nobody starts it by hand.

What it does with a hostile file ends with it: its memory and its time are bounded, and it has no
key but those by which numbers are hashed and the file is sealed. It ends with whoever started it.
While the database looks up one chunk it reads the next.
"""

import asyncio
import concurrent.futures
import gc
import pickle
import sys
import threading
import traceback
from collections import Counter
from collections.abc import Coroutine, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import asyncpg
import msgspec

from notices import batches, files
from notices.batches import (
    CHUNK,
    Done,
    Failed,
    FileRefused,
    Go,
    Guessed,
    Refused,
    Task,
    bounds,
    sheets,
)  # fmt: skip
from notices.batches.answering import NO_NOTICE, NOT_MET, NOTHING, Answered, answered
from notices.batches.asking import Asker, Chunk
from notices.batches.meeting import Snapshot
from notices.batches.reading import MOST_COLUMNS, UTF8, Read, Surveyed, chunks, is_unread, survey
from notices.batches.scratch import Reader, Writer
from notices.batches.writing import Reply
from notices.facts.errors import Unavailable
from notices.facts.outages import StorageFull
from notices.facts.rows import Columns, RowsError
from notices.facts.texts import CHINA
from notices.matching_keys import Stale
from notices.trust.sealing import Aes256Gcm
from notices.verification import fixtures

AHEAD = 1
"""Chunks that are looked up while another one is read."""

SWITCH = 0.001
"""Seconds after which what talks to the database gets the interpreter."""

T = TypeVar("T")
_ENCODER = msgspec.msgpack.Encoder()


class Line:
    """What the process says to whoever started it, and hears."""

    def __init__(self, heard: BinaryIO, said: BinaryIO) -> None:
        self._heard, self._said = heard, said

    def read(self) -> bytes:
        """Ends the process where nobody is left who waits for it."""
        length = self._heard.read(batches.LENGTH)
        if len(length) < batches.LENGTH:
            sys.exit(1)
        return self._heard.read(int.from_bytes(length, "big"))

    def say(self, told: batches.Told) -> None:
        content = _ENCODER.encode(told)
        self._said.write(len(content).to_bytes(batches.LENGTH, "big") + content)
        self._said.flush()

    def ask(self, told: batches.Told) -> bool:
        self.say(told)
        return msgspec.msgpack.decode(self.read(), type=Go).yes


class Looking:
    """A thread whose loop talks to the database, while this one reads and writes rows."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def begin(self, act: Coroutine[Any, Any, T]) -> "concurrent.futures.Future[T]":
        return asyncio.run_coroutine_threadsafe(act, self._loop)


class Work:
    """One file from its first row to its last."""

    def __init__(self, task: Task, line: Line) -> None:
        self._task, self._line = task, line
        self._looking = Looking()
        self._statuses: Counter[str] = Counter()
        self._problems: Counter[str] = Counter()
        self._checks: Counter[tuple[str, bool]] = Counter()
        self._met: set[int] = set()
        self._rows = self._asked = 0
        self._snapshot: Snapshot | None = None
        self._tests: Sequence[fixtures.Placed] = ()

    def done(self) -> Done:
        """Raises FileRefused, Stale, Unavailable, StorageFull and OSError."""
        task, key = self._task, Aes256Gcm(self._task.key)
        file = Reader(task.received, key, "received")
        pieces, found = _pieces(file)
        first = next(pieces, None)
        if first is None:
            raise FileRefused("file_empty")
        [header] = first.cells
        columns = _columns(header, found)
        if not self._line.ask(batches.Counted(found.rows)):
            sys.exit(1)
        now, log_size = self._begin()
        asker = Asker(
            task.catalogue, task.matching, columns, len(header),
            clean=found.clean, by_digits=not (self._snapshot and self._snapshot.older),
        )  # fmt: skip
        output = Writer(task.answered, key, "answered")
        reply = Reply(output, task.form, header, found.encoding, found.bom, found.delimiter)
        waiting: list[tuple[Read, Chunk, Any]] = []
        for read in pieces:
            chunk = asker.read(read.cells)
            left_out = self._leave_out(chunk)
            looking = self._looking.begin(self._meet(asker, chunk, left_out))
            waiting.append((read, chunk, looking))
            if len(waiting) > AHEAD:
                self._write(reply, *waiting.pop(0))
        for each in waiting:
            self._write(reply, *each)
        output.end()
        return Done(
            rows=self._rows,
            asked=self._asked,
            hits=self._asked - self._statuses[NO_NOTICE],
            by_status=dict(self._statuses),
            by_problem=dict(self._problems),
            checks=[(*each, times) for each, times in self._checks.items()],
            met=list(self._met),
            log_size=log_size,
            checked_at=now,
            size=output.size,
            sha256=output.sha256,
            encoding=found.encoding,
        )

    def _begin(self) -> tuple[datetime, int]:
        if self._task.database_url is None:
            self._tests = list(fixtures.placed(self._task.catalogue))
            return datetime.now(CHINA), 0
        beginning = Snapshot.begin(self._task.database_url, self._task.state)
        self._snapshot = snapshot = self._looking.begin(beginning).result()
        return snapshot.now, snapshot.log_size

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
        self, asker: Asker, chunk: Chunk, left_out: frozenset[int]
    ) -> tuple[frozenset[int], dict[int, Answered]]:
        if self._snapshot is None:
            return left_out, self._of_tests(asker, chunk, left_out)
        return left_out, await self._snapshot.look_up(asker, chunk, left_out)

    def _of_tests(
        self, asker: Asker, chunk: Chunk, left_out: frozenset[int]
    ) -> dict[int, Answered]:
        catalogue, now = self._task.catalogue, datetime.now(CHINA)
        found: dict[int, Answered] = {}
        for place, asks in enumerate(chunk.asks):
            if asks is None or place in left_out:
                continue
            row = asker.row(chunk, place)
            assert row.reading is not None  # noqa: S101
            of, shown_as = row.certificate, row.reading.normal
            met = list(fixtures.met(catalogue, self._tests, of, shown_as, row.number, now))
            if met:
                found[place] = answered(asker.asked(chunk, place), met, asks or None)
        return found

    def _write(self, reply: Reply, read: Read, chunk: Chunk, looked: Any) -> None:
        left_out, met = looked.result()
        for place in left_out:
            chunk.asks[place] = None
        answers = [NOTHING if asks is None else NOT_MET for asks in chunk.asks]
        asked = Counter(chunk.asks)
        del asked[None]
        self._asked += asked.total()
        statuses = Counter({NO_NOTICE: asked.total()})
        checks = Counter({(asks or "", False): times for asks, times in asked.items()})
        for place, one in met.items():
            named = chunk.asks[place] or None
            answers[place] = one
            if one.notice:
                self._met.add(int(one.notice))
            for counts, before, after in (
                (statuses, NO_NOTICE, one.status),
                (checks, (named or "", False), (one.certificate or "", one.status != NO_NOTICE)),
            ):
                counts[before] -= 1  # type: ignore[index]
                counts[after] += 1  # type: ignore[index]
        self._statuses += statuses
        self._checks += checks
        self._problems.update(filter(None, chunk.problems))
        reply.add(read, answers, chunk.problems)
        self._rows += len(chunk.cells)


def _pieces(file: Reader) -> tuple[Iterator[Read], Surveyed]:
    if sheets.is_sheet(file):
        found = sheets.rows(file)
        known = Surveyed(UTF8, True, 0, ",", max(0, len(found) - 1), clean=True, quoted=True)
        return _of_sheet(found), known
    surveyed = survey(file)
    return chunks(file, surveyed), surveyed


def _of_sheet(rows: list[list[str]]) -> Iterator[Read]:
    for start, end in pairwise((0, 1, *range(1 + CHUNK, len(rows), CHUNK), len(rows))):
        if start < end:
            yield Read(rows[start:end], None)


def _columns(header: Sequence[str], found: Surveyed) -> Columns:
    if len(header) > MOST_COLUMNS:
        raise FileRefused("file_too_wide", limit=MOST_COLUMNS)
    if not found.clean and any(map(is_unread, header)):
        raise FileRefused("file_encoding")
    try:
        return Columns.of(header)
    except RowsError as error:
        raise FileRefused("file_columns", why=error.text.in_all()) from None


def _where(error: BaseException) -> str:
    """The fault by its place in the code: what it says may hold a number."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} {Path(last.filename).name}:{last.lineno}"


def main() -> None:
    line = Line(sys.stdin.buffer, sys.stdout.buffer)
    bounds.keep_within()
    sys.setswitchinterval(SWITCH)
    gc.disable()  # a chunk is 100,000 lists and no circle: looking through them took a fifth
    task: Task = pickle.loads(line.read())  # noqa: S301  (by whoever started us)
    told: batches.Told
    try:
        told = Work(task, line).done()
    except FileRefused as refused:
        told = refused.refused
    except Stale:
        told = Failed("stale")
    except (StorageFull, Unavailable):
        told = Failed("away")
    except MemoryError:
        told = Refused("file_too_large_inside")
    except OSError as error:
        told = Failed("full" if error.errno in files.NO_ROOM else _where(error))
    except asyncpg.PostgresError as error:
        told = Failed(f"{type(error).__name__} {error.sqlstate}")
    except Exception as error:
        told = Failed(_where(error))
    line.say(told)


if __name__ == "__main__":
    main()
