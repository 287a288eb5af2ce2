"""Files that are there whole or not at all, also when a process is killed or the power fails."""

import errno
import os
import secrets
from pathlib import Path

PRIVATE = 0o600
PUBLIC = 0o644
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""How a disk says that it takes no more."""


def put(file: Path, content: bytes, *, mode: int = PRIVATE, lasting: bool = True) -> None:
    """`content` as `file`, in place of what was there; `lasting`: even when the power fails now."""
    part = _part(file, content, mode, lasting)
    try:
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    if lasting:
        _sync(file.parent)


def add(file: Path, content: bytes) -> None:
    """`content` as a new private `file`; raises FileExistsError when there is one, which stays."""
    part = _part(file, content, PRIVATE, lasting=True)
    try:
        os.link(part, file)
    finally:
        part.unlink(missing_ok=True)
    _sync(file.parent)


def settle(part: Path, file: Path) -> None:
    """`part`, which was synced, becomes `file`, and stays so when the power fails now."""
    part.rename(file)
    _sync(file.parent)


def _part(file: Path, content: bytes, mode: int, lasting: bool) -> Path:
    part = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    try:
        with open(handle, "wb") as out:
            os.fchmod(handle, mode)
            out.write(content)
            out.flush()
            if lasting:
                os.fsync(handle)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _sync(folder: Path) -> None:
    """A name is durable when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
