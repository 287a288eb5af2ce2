"""The folder of offline lists: what is put there is whole, never changes, and stays for a week.

Of each list its note is kept, and the delta from the one before; whole ones are the newest and the
first of each day. Any other is made again of the whole one after it: a million numbers are 13 MB,
and a week has ten thousand lists.
"""

import hashlib
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from notices import files
from notices.facts.texts import CHINA
from notices.trust.list_deltas import Change, Delta, changed, differing, net, parted
from notices.trust.lists import Head, ListError, head_in, joined, single, split
from notices.trust.notes import NoteSigner

KEPT = timedelta(days=7)
WHOLE, NOTES, DELTAS = "whole", "notes", "deltas"


@dataclass(frozen=True, slots=True)
class Kept:
    """A list that is kept: its note, and what that says."""

    note: bytes
    head: Head

    @property
    def day(self) -> int:
        return self.day_of(self.head.at)

    @staticmethod
    def day_of(at: datetime) -> int:
        return at.astimezone(CHINA).toordinal()


class Folder:
    """Lists in `path`. One process puts them there, any number of processes reads."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def under(cls, data: Path) -> "Folder":
        """The one in a data folder; web processes of one service share it."""
        return cls(data / "lists")

    def latest(self) -> int | None:
        """The size of the newest list."""
        return max(self._sizes(WHOLE), default=None)

    def newest(self) -> Kept | None:
        size = self.latest()
        return None if size is None else self.kept(size)

    def kept(self, size: int) -> Kept | None:
        """The list at `size`, if it was handed out and is not gone."""
        latest = self.latest()
        if latest is None or size > latest:
            return None  # whoever was killed while putting one there may have left its note
        try:
            note = (self.path / NOTES / str(size)).read_bytes()
            return Kept(note, head_in(_text_of(note)))
        except (FileNotFoundError, UnicodeDecodeError, ListError):
            return None

    def whole(self, size: int) -> Path:
        """Where the list lies if it is kept whole."""
        return self.path / WHOLE / str(size)

    def body(self, size: int) -> bytes | None:
        """The body of the list at `size`, None of one that is gone or damaged."""
        kept = self.kept(size)
        if kept is None:
            return None
        for body in self._bodies(size):
            if hashlib.sha256(body).digest() == kept.head.body_hash:
                return body
        return None

    def content(self, size: int) -> bytes | None:
        """The list at `size`, as it is handed out."""
        kept, body = self.kept(size), self.body(size)
        return None if kept is None or body is None else joined(kept.note, body)

    def delta(self, first: int, last: int, signer: NoteSigner) -> bytes | None:
        """What leads from one list to another, later one; None where one is gone."""
        before, after = self.kept(first), self.kept(last)
        if before is None or after is None or first >= last:
            return None
        try:
            return self._delta(first, last).read_bytes()
        except FileNotFoundError:
            pass
        changes = self._changes(first, last)
        return None if changes is None else _signed(before, after, changes, signer)

    def put(self, head: Head, body: bytes, last: Kept | None, signer: NoteSigner) -> None:
        """Hand out a list, after `last`; whoever is killed on the way has handed out none."""
        for name in (WHOLE, NOTES, DELTAS):
            (self.path / name).mkdir(mode=0o755, parents=True, exist_ok=True)
        self._clear_unfinished(-1 if last is None else last.head.size)
        note = signer.sign_root(head.text(), head.size, head.root).encode()
        made = Kept(note, head)
        if last is not None and (before := self.body(last.head.size)) is not None:
            changes = differing(before, body)
            self._put(self._delta(last.head.size, head.size), _signed(last, made, changes, signer))
        self._put(self.path / NOTES / str(head.size), note)
        self._put(self.whole(head.size), joined(note, body))
        self._put_day(made, signer)
        self.tidy(head.at)

    def tidy(self, now: datetime) -> None:
        """Delete what is older than a week, and whole lists that can be made again."""
        latest, firsts = self.latest(), set(self._firsts().values())
        # Whoever was led to the last but one is still to find it.
        for size in sorted(self._sizes(WHOLE))[:-2]:
            if size not in firsts:
                self.whole(size).unlink(missing_ok=True)
        starting = self._starting()
        for size in sorted(self._sizes(NOTES)):
            kept = self.kept(size)
            if size == latest or kept is None or kept.head.at >= now - KEPT:
                break
            for end in starting.get(size, ()):
                self._delta(size, end).unlink(missing_ok=True)
            self.whole(size).unlink(missing_ok=True)
            (self.path / NOTES / str(size)).unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget all: they are of another log."""
        for name in (WHOLE, NOTES, DELTAS):  # the newest first, so that nothing is half there
            shutil.rmtree(self.path / name, ignore_errors=True)

    def _clear_unfinished(self, last: int) -> None:
        for size in self._sizes(NOTES):
            if size > last:
                (self.path / NOTES / str(size)).unlink(missing_ok=True)
        for first, ends in self._starting().items():
            for end in ends:
                if end > last:
                    self._delta(first, end).unlink(missing_ok=True)
        for name in (WHOLE, NOTES, DELTAS):
            for part in (self.path / name).glob(".*"):
                part.unlink(missing_ok=True)

    def _put_day(self, made: Kept, signer: NoteSigner) -> None:
        """From the first list of the day before to this one, if it is the first of its day."""
        firsts = self._firsts()
        days = sorted(day for day in firsts if day < made.day)
        if not days or firsts[made.day] != made.head.size:
            return
        first = firsts[days[-1]]
        if not self._delta(first, made.head.size).exists():
            content = self.delta(first, made.head.size, signer)
            if content is not None:
                self._put(self._delta(first, made.head.size), content)

    def _firsts(self) -> dict[int, int]:
        """Of each day the first list that is kept whole."""
        found: dict[int, int] = {}
        for size in sorted(self._sizes(WHOLE)):
            if (kept := self.kept(size)) is not None:
                found.setdefault(kept.day, size)
        return found

    def _bodies(self, size: int) -> Iterator[bytes]:
        """The body as it lies there, else as it is made of another one; each may be damaged."""
        if (body := self._whole_body(size)) is not None:
            yield body
        whole = sorted(self._sizes(WHOLE))
        for base in (*(each for each in whole if each > size), *reversed(whole)):
            changes = self._changes(min(base, size), max(base, size)) if base != size else None
            body = self._whole_body(base) if changes is not None else None
            if changes is not None and body is not None:
                side = 0 if base > size else 1
                yield changed(body, {key: each[side] for key, each in changes.items()})

    def _whole_body(self, size: int) -> bytes | None:
        try:
            return bytes(split(self.whole(size).read_bytes())[1])
        except (FileNotFoundError, ListError):
            return None

    def _changes(self, first: int, last: int) -> dict[bytes, Change] | None:
        """What leads from one list to another, by the longest deltas there are."""
        starting, place, steps = self._starting(), first, []
        while place < last:
            end = max((each for each in starting.get(place, ()) if each <= last), default=None)
            if end is None:
                return None
            try:
                steps.append(_changes_in(self._delta(place, end).read_bytes()))
            except (FileNotFoundError, ListError):
                return None
            place = end
        return net(steps)

    def _delta(self, first: int, last: int) -> Path:
        return self.path / DELTAS / f"{first}-{last}"

    def _put(self, file: Path, content: bytes) -> None:
        files.put(file, content, mode=files.PUBLIC)

    def _sizes(self, name: str) -> list[int]:
        return [int(each) for each in self._names(name) if each.isdecimal()]

    def _starting(self) -> dict[int, list[int]]:
        """For each size at which a delta starts those at which one from there ends."""
        found = defaultdict[int, list[int]](list)
        for each in self._names(DELTAS):
            first, _, last = each.partition("-")
            if first.isdecimal() and last.isdecimal():
                found[int(first)].append(int(last))
        return found

    def _names(self, name: str) -> list[str]:
        try:
            return [each.name for each in (self.path / name).iterdir()]
        except FileNotFoundError:
            return []


def _text_of(note: bytes) -> str:
    return note.decode().partition("\n\n")[0] + "\n"


def _changes_in(content: bytes) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """What a delta of our own removes and adds; it was verified when it was made."""
    note, rest = split(content)
    removed, entries = int(_text_of(note).split("\n")[5]), single(split(rest)[1])
    return entries[:removed], entries[removed:]


def _signed(before: Kept, after: Kept, changes: dict[bytes, Change], signer: NoteSigner) -> bytes:
    one, other = before.head, after.head
    delta = Delta(
        other.log, one.size, other.size, one.body_hash, other.body_hash, *parted(changes)
    )  # fmt: skip
    return delta.content(signer.sign(delta.text()).encode(), after.note)
