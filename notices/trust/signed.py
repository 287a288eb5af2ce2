"""The log's signing key, and beside it the largest log that it has signed.

A database can be an older copy of itself; what stands beside the key cannot, so it tells when the
key would sign another log of a size that it signed before.
"""

import contextlib
import os
from pathlib import Path

from notices.trust.encoding import EncodingError, from_base64, to_base64
from notices.trust.merkle import HASH_SIZE
from notices.trust.notes import NoteSigner
from notices.trust.watching import Seen

SIGNED = "log.signed"
LARGEST = 512
"""Bytes; the name of a key has 255 at most."""


class LogSigner(NoteSigner):
    """A key that signs roots of one log, and remembers that of the largest in `record`."""

    record: Path | None = None
    _open: int | None = None

    def sign_root(self, text: str, size: int, root: bytes) -> str:
        """A note that tells a root; who holds it can hold us to it, so it is remembered first."""
        if self.record is not None:
            # Where keys lie on a medium that nobody writes to, auditors have to remember.
            with contextlib.suppress(OSError):
                self._remember(self.record, size, root)
        return super().sign_root(text, size, root)

    def _remember(self, record: Path, size: int, root: bytes) -> None:
        # Into one open file, without waiting for the disk: it survives whatever happens to us, and
        # half a minute of it may be lost with the machine. A file anew each time cost ten times
        # as much. Several processes write it, each only what is larger than what is there.
        if self._open is None:
            self._open = os.open(record, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        known = _parsed(os.pread(self._open, LARGEST, 0))
        if known is None or known[0] != self.vkey or known[1].size < size:
            line = f"{self.vkey} {size} {to_base64(root)}"
            os.pwrite(self._open, f"{line:<{LARGEST - 1}}\n".encode(), 0)


def signed_in(folder: Path) -> tuple[str, Seen] | None:
    """Under which key a log was signed last by the keys in `folder`, and the largest such log."""
    try:
        return _parsed((folder / SIGNED).read_bytes())
    except OSError:
        return None


def _parsed(content: bytes) -> tuple[str, Seen] | None:
    try:
        vkey, size, root = content.decode().split()
        return vkey, Seen(int(size), from_base64(root, HASH_SIZE), None)
    except (ValueError, EncodingError):
        return None
