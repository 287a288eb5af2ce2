"""From one offline list to another: what is removed and added, signed with both bodies' hashes.

It carries the note of the later list, so whoever has the earlier one makes the later one of it, to
the byte. Nothing is lost, so the earlier one can be made of the later one too.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from notices.facts.texts import Message
from notices.trust.encoding import EncodingError, from_base64, to_base64
from notices.trust.lists import (
    ENTRY,
    KEY,
    ListError,
    OfflineList,
    head_in,
    joined,
    opened,
    single,
    split,
)
from notices.trust.merkle import HASH_SIZE
from notices.trust.notes import NoteVerifier

NAME = "/list-delta"
FEW = 64
"""Entries that are compared one by one."""
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")

Change = tuple[bytes | None, bytes | None]
"""The entry before and after; None where there is none."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What is removed from the list at log size `first` and added to be the one at `last`."""

    log: str
    first: int
    last: int
    hash_before: bytes
    hash_after: bytes
    removed: tuple[bytes, ...]
    added: tuple[bytes, ...]

    def text(self) -> str:
        """What is signed; what is removed and added follows from both hashes."""
        values = (
            self.log + NAME, self.first, self.last, to_base64(self.hash_before),
            to_base64(self.hash_after), len(self.removed), len(self.added),
        )  # fmt: skip
        return "".join(f"{value}\n" for value in values)

    def content(self, note: bytes, list_note: bytes) -> bytes:
        """The delta as it is handed out: `note` is its own, `list_note` the later list's."""
        return joined(note, joined(list_note, b"".join((*self.removed, *self.added))))

    @property
    def changes(self) -> dict[bytes, Change]:
        return net([(self.removed, self.added)])


def read(content: bytes, verifiers: Sequence[NoteVerifier]) -> tuple[Delta, bytes]:
    """A signed delta, and the note of the later list; raises ListError."""
    note, rest = split(content)
    list_note, entries = split(rest)
    lines = opened(note, verifiers).split("\n")
    if len(lines) != 8 or lines[7] or not lines[0].endswith(NAME):
        raise ListError(_NO_DELTA)
    name, first, last, before, after, *counts = lines[:7]
    if not all(map(_NUMBER.fullmatch, (first, last, *counts))):
        raise ListError(_NO_DELTA)
    try:
        hashes = from_base64(before, HASH_SIZE), from_base64(after, HASH_SIZE)
    except EncodingError:
        raise ListError(_NO_DELTA) from None
    removed, added = map(int, counts)
    if len(entries) != (removed + added) * ENTRY:
        raise ListError(_TRUNCATED)
    each = single(entries)
    delta = Delta(
        name.removesuffix(NAME), int(first), int(last), *hashes,
        tuple(each[:removed]), tuple(each[removed:]),
    )  # fmt: skip
    head = head_in(opened(list_note, verifiers))
    if (head.size, head.body_hash) != (delta.last, delta.hash_after):
        raise ListError(_NO_DELTA)
    return delta, list_note


def apply(before: OfflineList, content: bytes, verifiers: Sequence[NoteVerifier]) -> bytes:
    """The later list, as `/lists/<size>` has it; raises ListError."""
    delta, list_note = read(content, verifiers)
    if (before.head.size, before.head.body_hash) != (delta.first, delta.hash_before):
        raise ListError(_OF_ANOTHER)
    body = changed(before.body, {key: after for key, (_, after) in delta.changes.items()})
    if hashlib.sha256(body).digest() != delta.hash_after:
        raise ListError(_CHANGED)
    return joined(list_note, body)


def net(deltas: Iterable[tuple[Iterable[bytes], Iterable[bytes]]]) -> dict[bytes, Change]:
    """What several (removed, added), one after the other, come to, by key."""
    found: dict[bytes, Change] = {}
    for removed, added in deltas:
        for each in removed:
            before, _ = found.get(each[:KEY], (each, None))
            found[each[:KEY]] = before, None
        for each in added:
            before, _ = found.get(each[:KEY], (None, None))
            found[each[:KEY]] = before, each
    return {key: change for key, change in found.items() if change[0] != change[1]}


def differing(before: bytes, after: bytes) -> dict[bytes, Change]:
    """What changed between two bodies; parts that are alike are not taken apart."""
    one, other = memoryview(before), memoryview(after)
    steps, parts = [], [(0, len(before), 0, len(after))]
    while parts:
        start, end, first, last = parts.pop()
        if one[start:end] == other[first:last]:
            continue
        if end - start + last - first <= FEW * ENTRY:
            was, is_now = set(single(one[start:end])), set(single(other[first:last]))
            steps.append((was - is_now, is_now - was))
        else:
            body, left, right = (before, start, end) if end - start > last - first else (
                after, first, last
            )  # fmt: skip
            middle = (left + right) // ENTRY // 2 * ENTRY
            key = body[middle : middle + KEY]
            cut, divided = place_of(before, key), place_of(after, key)
            parts += [(start, cut, first, divided), (cut, end, divided, last)]
    return net(steps)


def parted(changes: Mapping[bytes, Change]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """What is removed and what is added, each in the order of the keys."""
    removed = sorted(before for before, _ in changes.values() if before is not None)
    added = sorted(after for _, after in changes.values() if after is not None)
    return tuple(removed), tuple(added)


def place_of(body: bytes, key: bytes) -> int:
    """Where in `body` the entry with `key` begins, or would."""
    low, high = 0, len(body) // ENTRY
    while low < high:
        middle = (low + high) // 2
        if body[middle * ENTRY : middle * ENTRY + KEY] < key:
            low = middle + 1
        else:
            high = middle
    return low * ENTRY


def entry_in(body: bytes, key: bytes) -> bytes | None:
    place = place_of(body, key)
    found = body[place : place + ENTRY]
    return found if found[:KEY] == key else None


def changed(body: bytes, entries: Mapping[bytes, bytes | None]) -> bytes:
    """`body` with these entries by their keys, None where there is to be none."""
    pieces, start, view = [], 0, memoryview(body)
    for key in sorted(entries):
        place = place_of(body, key)
        pieces.append(view[start:place])
        pieces.append(memoryview(entries[key] or b""))
        start = place + (ENTRY if body[place : place + KEY] == key else 0)
    pieces.append(view[start:])
    return b"".join(pieces)


_NO_DELTA = Message("这不是离线清单的增量：开头不是增量的签名说明。")
_TRUNCATED = Message("离线清单的增量不完整：长度与说明中的条数不符。请重新下载。")
_OF_ANOTHER = Message("这份增量不是从手上这份离线清单开始的。请下载整份清单。")
_CHANGED = Message("离线清单的增量有误：合并后的内容与签名的摘要不符。请下载整份清单。")
