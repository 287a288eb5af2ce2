"""A process more, for the second half of a file.

A core is left while one process reads and writes rows; what a file is looked up by is one snapshot,
whichever process asks. Each has bounds and a connection of its own.
"""

import contextlib
import multiprocessing
import os
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

from notices.batches import Ended, Failed, Refused, bounds
from notices.batches.meeting import Moment
from notices.batches.outcomes import outcome
from notices.batches.parts import Counts

_FORKED = multiprocessing.get_context("fork")


class SecondHalf:
    """Whoever answers it, by all that was found of the file so far.

    No connection may be open yet, and no thread run but the one that sleeps (`bounds`).
    """

    def __init__(self, work: Callable[[Moment | None], Counts]) -> None:
        """`work` answers it by the snapshot of a moment. Raises OSError."""
        assert threading.active_count() <= 2  # noqa: S101
        ours, theirs = _FORKED.Pipe()
        self._line = ours
        self._process = _FORKED.Process(target=_answer, args=(ours, theirs, work), daemon=True)
        try:
            self._process.start()
        finally:
            theirs.close()

    def begin(self, moment: Moment | None) -> None:
        with contextlib.suppress(OSError):  # what ended it is told at the end
            self._line.send(moment)

    def counts(self) -> Counts:
        """What it came to, once it has. Raises Ended."""
        try:
            told = self._line.recv()
        except (EOFError, OSError):
            self._process.join()
            told = Failed(f"second half {self._process.exitcode}")
            if -(self._process.exitcode or 0) in bounds.ENDED_BY:
                told = Refused("file_too_large_inside")
        if not isinstance(told, Counts):
            raise Ended(told)
        return told

    def let_go(self) -> None:
        """End it, wherever it stands, and wait for that: nobody else does."""
        self._process.kill()
        self._process.join()


def _answer(ours: Connection, theirs: Connection, work: Callable[[Moment | None], Counts]) -> None:
    ours.close()
    bounds.end_with_parent()
    try:
        moment = theirs.recv()
    except EOFError:
        os._exit(1)  # nobody began it
    theirs.send(outcome(lambda: work(moment)))
