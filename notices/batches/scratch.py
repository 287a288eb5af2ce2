"""What of a batch waits on the disk: files without a name, sealed by a key of the process.

Nobody else can open one, no folder shows it, and the system takes it away as soon as the last
process that has it open ends, however that comes about: nothing has to be cleaned up after a crash.
A file is pieces of PIECE bytes, each sealed under its place and whether it is the last, so one that
was cut, mixed or changed does not open.
"""

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from notices import files
from notices.batches.contents import PIECE, Content
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.facts.outages import NoRoomForBatch
from notices.trust.sealing import HEADER, Aes256Gcm, SealError

SEALED = HEADER + 12 + PIECE + 16
"""Bytes that a whole piece takes: what names its key, nonce, content, tag."""

LEAST_FREE = 64 * 1024 * 1024
"""Bytes that are left on the disk: the database may live there too."""

LOOK_EVERY = 16
"""Pieces after which the disk's room is looked at again."""


class Scratch:
    """A new file in a folder; gone when it is closed, at the latest when nobody has it any more."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
            self.fd = os.dup(file.fileno())

    def close(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def __del__(self) -> None:
        if hasattr(self, "fd"):
            self.close()


def refuse_without_room(fd: int, wanted: int = 0) -> None:
    """Raises OSError (ENOSPC) where `wanted` bytes would leave too little."""
    disk = os.fstatvfs(fd)
    if disk.f_bavail * disk.f_frsize < LEAST_FREE + wanted:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextlib.contextmanager
def storing() -> Iterator[None]:
    """Raises NoRoomForBatch where a disk has no room, Unavailable where it fails."""
    try:
        yield
    except OSError as error:
        if error.errno in files.NO_ROOM:
            raise NoRoomForBatch from error
        raise Unavailable from error


def folder_of(deployment: Deployment) -> Path:
    """Where what waits is put."""
    return deployment.settings.data / "batches"


class Writer:
    """Seals what is written into the file of `fd`; `role` tells it from another by the same key."""

    def __init__(self, fd: int, key: Aes256Gcm, role: str) -> None:
        self.size = 0
        self._fd, self._key, self._role = fd, key, role
        self._pieces = 0
        self._waiting = bytearray()
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Raises OSError, ENOSPC where the disk has no room."""
        self.size += len(data)
        self._digest.update(data)
        self._waiting += data
        # The last piece is known only at the end, so one is always held back.
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]

    def end(self) -> None:
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    @property
    def sha256(self) -> bytes:
        return self._digest.digest()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        if self._pieces % LOOK_EVERY == 0:
            refuse_without_room(self._fd)
        sealed = self._key.seal(piece, _place(self._role, self._pieces, last))
        self._pieces += 1
        left = memoryview(sealed)
        while left:
            left = left[os.write(self._fd, left) :]


class Reader(Content):
    """The content of a file that a Writer ended, from any place on; raises SealError.

    What is read as a stream ends before `until`, where that is told.
    """

    def __init__(self, fd: int, key: Aes256Gcm, role: str, until: int | None = None) -> None:
        self._fd, self._key, self._role = fd, key, role
        length = os.fstat(fd).st_size
        self._pieces = max(1, -(-length // SEALED))
        self.size = length - self._pieces * (SEALED - PIECE)
        self._until = self.size if until is None else until
        self._at = 0
        self._open: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        number, within = divmod(self._at, PIECE)
        left = self._until - self._at
        if left <= 0:
            return 0
        piece = self.piece(number)[within : within + min(left, len(buffer))]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def piece(self, number: int) -> bytes:
        if self._open[0] != number:
            sealed = os.pread(self._fd, SEALED, number * SEALED)
            last = number == self._pieces - 1
            if not last and len(sealed) < SEALED:
                raise SealError("the file is cut short")
            self._open = number, self._key.open(sealed, _place(self._role, number, last))
        return self._open[1]

    def pieces(self) -> Iterator[bytes]:
        """All of it."""
        for number in range(self._pieces):
            yield self.piece(number)


def _place(role: str, number: int, last: bool) -> bytes:
    return f"batch {role} {number} {'last' if last else 'more'}".encode()
