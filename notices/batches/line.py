"""What the process that answers a file says to whoever started it, and hears."""

import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from notices.batches import LENGTH, Go, Told

_ENCODER = msgspec.msgpack.Encoder()


class Line:
    """The same for both that answer the halves of one file, who ask by turns."""

    turn: int | None = None
    """A file that both may write; it is held by who is asking."""

    def __init__(self) -> None:
        # Descriptors of its own, since a forked process is given another standard input.
        self._heard = os.fdopen(os.dup(sys.stdin.fileno()), "rb")
        self._said = os.fdopen(os.dup(sys.stdout.fileno()), "wb")

    def read(self) -> bytes:
        """Ends the process where nobody is left who waits for it."""
        length = self._heard.read(LENGTH)
        if len(length) < LENGTH:
            sys.exit(1)
        return self._heard.read(int.from_bytes(length, "big"))

    def say(self, told: Told) -> None:
        content = _ENCODER.encode(told)
        self._said.write(len(content).to_bytes(LENGTH, "big") + content)
        self._said.flush()

    def ask(self, told: Told) -> bool:
        with self._alone():
            self.say(told)
            return msgspec.msgpack.decode(self.read(), type=Go).yes

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if self.turn is None:
            yield
            return
        fcntl.lockf(self.turn, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self.turn, fcntl.LOCK_UN)
