"""A file of certificates, answered row by row: what is told to the process that does it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import msgspec

from notices.facts.catalogue import Catalogue

MOST_BYTES = 256 * 1024 * 1024
"""Of a file: a million rows of 250 bytes. What is longer is sent in parts."""

MOST_SHEET_ROWS = 200_000
"""Of an XLSX, which is held in memory as a whole."""

LENGTH = 4
"""Bytes in front of each message to the process and from it, big-endian: how long it is."""

CHUNK = 100_000
"""Rows that are read, looked up and written together, unless they are wide. The more hashes are
looked for at once, in order, the less each of them costs: a page of an index is read once for all
that are on it."""

Form = Literal["csv", "ndjson"]
COLUMNS = ("status", "since", "effective_at", "awaiting", "notice", "others", "problem")
"""What is appended to each row, in the contract's order."""


@dataclass(frozen=True, slots=True)
class Task:
    """All that the process is told; it has no other key and no settings."""

    catalogue: Catalogue
    matching: Sequence[bytes] = field(repr=False)
    """Keys by which numbers are hashed, and `Matching.state` of them."""
    state: str
    database_url: str | None = field(repr=False)
    """None: a test, which nothing of the register answers."""
    key: bytes = field(repr=False)
    """By which both files are sealed."""
    received: int
    answered: int
    further: int
    """Descriptors of the files; in the last one the second half waits for the first."""
    form: Form
    may_ask_masked: bool
    in_halves: float
    """Rows from which on it is answered in halves."""


class Counted(msgspec.Struct, tag="counted"):
    """From the process: there are so many rows. It goes on when it is told `Go`."""

    rows: int


class Guessed(msgspec.Struct, tag="guessed"):
    """From the process: so many numbers that their notices mask, by certificate and mask."""

    masks: dict[str, int]


class Refused(msgspec.Struct, tag="refused"):
    """From the process: the file cannot be answered, for this code of a `file`."""

    code: str
    params: dict[str, Any] = {}


class Failed(msgspec.Struct, tag="failed"):
    """From the process: it could not, and why: `stale`, `full`, `away`, or a fault's place."""

    why: str


class Done(msgspec.Struct, tag="done"):
    """From the process: what it came to. `checks` are of `effect.count`: certificate, met, n; `met`
    are the notices that rows met, by their ids as numbers."""

    rows: int
    asked: int
    hits: int
    by_status: dict[str, int]
    by_problem: dict[str, int]
    checks: list[tuple[str, bool, int]]
    met: list[int]
    log_size: int
    checked_at: datetime
    size: int
    sha256: bytes
    encoding: str


class Go(msgspec.Struct):
    """To the process: go on, or leave out what it asked about."""

    yes: bool = True


Told = Counted | Guessed | Refused | Failed | Done


class FileRefused(Exception):
    """A file that cannot be read as rows; what is wrong is told as `Refused`."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.refused = Refused(code, params)


class Ended(Exception):
    """One half of a file cannot be answered, and so the file cannot, for what is `told`."""

    def __init__(self, told: Refused | Failed) -> None:
        super().__init__(told)
        self.told = told
