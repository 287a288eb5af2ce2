"""A process that is ready before it is needed, so that one that was killed is replaced at once."""

import contextlib
import subprocess
import threading
from collections.abc import Callable, Iterator

AFTER = 1.0
"""Seconds after which the next is made ready: whoever has just begun has the cores first."""


class Spare:
    """At most one process that has done what takes long, and goes on when its input says so.

    It is started by a thread that lives as long as it may, whoever it is given to (see `Child`).
    """

    def __init__(self, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        """`start` starts one, with a pipe as its standard input."""
        self._start = start
        self._lock = threading.Lock()
        self._idle: subprocess.Popen[bytes] | None = None
        self._wanted = threading.Event()
        self._stopping = threading.Event()

    def take(self) -> subprocess.Popen[bytes] | None:
        """The process, which goes on now; None while there is none that lives."""
        with self._lock:
            process, self._idle = self._idle, None
        self.want()
        if process is None or process.poll() is not None or process.stdin is None:
            return None
        try:
            process.stdin.write(b"\n")
            process.stdin.close()
        except OSError:  # it ended this very moment
            return None
        return process

    def want(self) -> None:
        """Make the next one ready."""
        self._wanted.set()

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """Keep one as soon as it is wanted, until those that it is for have ended."""
        keeper = threading.Thread(target=self._keep, name="spare keeper", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            self._stopping.set()
            self.want()
            keeper.join()

    def _keep(self) -> None:
        while self._wanted.wait() and not self._stopping.wait(AFTER):
            self._wanted.clear()
            with contextlib.suppress(OSError):  # no memory: the next one may have some
                process = self._start()
                with self._lock:
                    self._idle = process
        if self._idle is not None:
            self._idle.kill()
            self._idle.wait()
