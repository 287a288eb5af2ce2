"""The files that children log into: never longer than a limit, however long a child runs."""

import os
from pathlib import Path
from typing import BinaryIO

LIMIT = 8 * 1024 * 1024
KEPT = 1024 * 1024
"""Bytes of a log that grew over the limit while its child ran."""
LOOK = 5.0
"""Seconds between two looks how long a log is."""


def opened(log: Path) -> BinaryIO:
    """`log`, to append to; one over the limit is put aside first."""
    if log.exists() and log.stat().st_size > LIMIT:
        log.replace(log.with_name(log.name + ".1"))
    return os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def shorten(log: Path) -> None:
    """Keeps the end of a log that is over the limit, beneath whoever goes on appending to it.

    In place: the one that writes has it open, and on a full disk there is no room for a second.
    """
    if not log.exists() or log.stat().st_size <= LIMIT:
        return
    with log.open("rb+") as file:
        file.seek(-KEPT, os.SEEK_END)
        kept = file.read().partition(b"\n")[2]
        # A line that is being written may be seen in part, where it goes over a page's end.
        kept = kept[: kept.rfind(b"\n") + 1]
        file.truncate(0)
    with log.open("ab") as file:
        file.write(kept)


def end(log: Path | None) -> str:
    """What stands last in `log`."""
    try:
        return log.read_text(errors="replace")[-1500:].strip() if log else ""
    except OSError:
        return ""
