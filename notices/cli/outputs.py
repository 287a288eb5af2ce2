"""A file that is written piece by piece, and gone on with where a command was ended in between.

`OUT.part` holds what is written, `OUT.state` how far that goes: what stands behind was cut short
and is written anew. When all is there the first takes the name `OUT`, and the other goes.
"""

import contextlib
import hashlib
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, TextIO

import msgspec

from notices import files
from notices.cli.terminal import CommandError
from notices.facts.texts import Message

PIECE = 1 << 20


class Output(Protocol):
    """Where rows go."""

    rows: int
    """That are there already."""
    told: Counter[str]
    summaries: list[msgspec.Raw]

    def write(self, text: str, rows: int) -> None:
        """So many more."""


class Screen:
    """Standard output; nothing of it is there."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.rows, self.told = 0, Counter[str]()
        self.summaries: list[msgspec.Raw] = []
        self._out = out or sys.stdout

    def write(self, text: str, rows: int) -> None:
        self._out.write(text)
        self.rows += rows


class _State(msgspec.Struct):
    """Of what the answers are, how many rows and bytes of them there are, and what was told."""

    source: str
    rows: int
    size: int
    told: dict[str, int]
    summaries: list[msgspec.Raw]


class Part:
    """`OUT.part` of a `source`, which says what is asked of whom; open until all is there."""

    def __init__(self, out: Path, source: str) -> None:
        self.path, self._source = out.with_name(f"{out.name}.part"), source
        self._state = out.with_name(f"{out.name}.state")
        begun = self._begun()
        self.rows, self.told = begun.rows, Counter(begun.told)
        self.summaries = begun.summaries
        self._file = self.path.open("r+b" if begun.size else "wb")
        self._file.truncate(begun.size)
        self._file.seek(begun.size)

    def _begun(self) -> _State:
        nothing = _State(self._source, 0, 0, {}, [])
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            found = msgspec.json.decode(self._state.read_bytes(), type=_State)
            if found.source == self._source and self.path.stat().st_size >= found.size:
                return found
        return nothing

    def write(self, text: str, rows: int) -> None:
        encoded = text.encode() if self._file.tell() else text.encode("utf-8-sig")
        self._file.write(encoded)
        self._file.flush()
        os.fsync(self._file.fileno())
        self.rows += rows
        state = _State(
            self._source, self.rows, self._file.tell(), dict(self.told), self.summaries
        )  # fmt: skip
        # Where the power fails, the one of before is gone on with.
        files.put(self._state, msgspec.json.encode(state), lasting=False)

    def close(self) -> None:
        self._file.close()

    def finish(self, out: Path) -> None:
        self.close()
        if self.summaries:
            written = b"".join(bytes(each) + b"\n" for each in self.summaries)
            files.put(out.with_name(f"{out.name}.summaries"), written)
        files.settle(self.path, out)
        self._state.unlink(missing_ok=True)


@contextlib.contextmanager
def at(out: Path | None, table: Path, asked: Sequence[str]) -> Iterator[Output]:
    """Where the answers to the rows of `table` go: `asked` says what else they hang on."""
    if out is None:
        yield Screen()
        return
    if out.exists() and table.samefile(out):
        raise CommandError(_SAME)
    part = Part(out, _source(table, asked))
    try:
        yield part
    except BaseException:
        part.close()
        raise
    part.finish(out)


def _source(table: Path, asked: Sequence[str]) -> str:
    hashed = hashlib.sha256("\n".join(asked).encode())
    with table.open("rb") as file:
        while piece := file.read(PIECE):
            hashed.update(piece)
    return hashed.hexdigest()


_SAME = Message("--out 不能是要核对的文件本身。")
