"""The offline list: which numbers are declared void, as hashes, for whoever asks nobody.

A list is a signed note in the log's key, an empty line, and the body: an entry of 13 bytes for each
number, in the order of its key. docs/offline-list.md tells how to read one with other tools.
"""

import hashlib
import re
import struct
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import accumulate, compress, islice, pairwise
from operator import lt
from typing import Literal, NamedTuple

from notices.facts.texts import Message, TextError, rfc3339
from notices.trust.encoding import EncodingError, from_base64, to_base64
from notices.trust.merkle import HASH_SIZE
from notices.trust.notes import NoteError, NoteVerifier

NAME = "/list"
"""What the first line has behind the name of the log."""

KEY = 8
ENTRY = 13
LONGEST_NOTE = 100_000
LAST_SECOND = (1 << 32) - 1

Listed = Literal["declared", "invalid", "contested", "replaced"]
STATUSES: dict[int, Listed] = {1: "declared", 2: "invalid", 3: "contested", 4: "replaced"}
CODES = {status: code for code, status in STATUSES.items()}
GRAVITY = {"invalid": 3, "contested": 2, "declared": 1, "replaced": 0}

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_WHOLE = struct.Struct(">QBI")


class ListError(TextError):
    """A list, or a change of one, that proves nothing, and why."""


class Found(NamedTuple):
    """What a list says of a number: its status now, and when that takes or took effect."""

    status: Listed
    effective_at: datetime | None


def key_of(certificate: str, normal: str) -> bytes:
    """What the entry of a number begins with; `normal` is the number as numbers are compared."""
    return hashlib.sha256(f"notices-list/v1\n{certificate}\n{normal}".encode()).digest()[:KEY]


def entry(key: bytes, status: Listed, effective_at: int) -> bytes:
    return key + bytes((CODES[status],)) + effective_at.to_bytes(4)


def gravest(entries: Iterable[bytes]) -> bytes:
    """Of entries with one key that of the gravest status, of several the soonest in effect.

    A contested number of which another notice has yet to take effect says when: it is void then.
    """
    read = [(STATUSES[each[KEY]], int.from_bytes(each[KEY + 1 :]), each[:KEY]) for each in entries]
    status = max((status for status, _, _ in read), key=GRAVITY.__getitem__)
    waits = ("declared", "contested") if status == "contested" else (status,)
    times = [at for other, at, _ in read if at and other in waits]
    return entry(read[0][2], status, min(times, default=0))


@dataclass(frozen=True, slots=True)
class Head:
    """What the note of a list says: of which log, at which size and time, and of which body."""

    log: str
    size: int
    root: bytes
    at: datetime
    rules: int
    count: int
    body_hash: bytes

    def text(self) -> str:
        """What is signed."""
        values = (
            self.log + NAME, self.size, to_base64(self.root), rfc3339(self.at), self.rules,
            self.count, to_base64(self.body_hash),
        )  # fmt: skip
        return "".join(f"{value}\n" for value in values)


def head_in(text: str) -> Head:
    """What the signed `text` says; raises ListError."""
    lines = text.split("\n")
    if len(lines) != 8 or lines[7] or not lines[0].endswith(NAME):
        raise ListError(_NO_LIST)
    name, size, root, at, rules, count, body_hash, _ = lines
    if not all(map(_NUMBER.fullmatch, (size, rules, count))):
        raise ListError(_NO_LIST)
    try:
        when = datetime.fromisoformat(at)
        head = Head(
            name.removesuffix(NAME), int(size), from_base64(root, HASH_SIZE), when,
            int(rules), int(count), from_base64(body_hash, HASH_SIZE),
        )  # fmt: skip
        if head.text() == text:  # no second spelling of anything, of the time neither
            return head
    except (ValueError, OverflowError, EncodingError):
        pass
    raise ListError(_NO_LIST)


def opened(note: bytes, verifiers: Sequence[NoteVerifier]) -> str:
    """The text of a signed note, by whichever of the log's keys signed it; raises ListError."""
    refused: NoteError | None = None
    for verifier in verifiers:
        try:
            return verifier.open(note.decode())
        except UnicodeDecodeError:
            break
        except NoteError as error:
            refused = error
    why = f" ({refused})" if refused else ""
    raise ListError(_NOT_SIGNED, why)


def split(content: bytes | memoryview) -> tuple[bytes, memoryview]:
    """The note and what is behind it; raises ListError where there is no note."""
    view = memoryview(content)
    start = bytes(view[:LONGEST_NOTE])
    signed = start.find(b"\n\n")
    end = start.find(b"\n\n", signed + 2)
    if signed < 0 or end < 0:
        raise ListError(_NO_LIST)
    return start[: end + 1], view[end + 2 :]


def joined(note: bytes, body: bytes) -> bytes:
    """A list, or a change of one, as it is handed out."""
    return b"".join((note, b"\n", body))


def single(entries: bytes | bytearray | memoryview) -> list[bytes]:
    """Entries that stand one behind the other."""
    return [bytes(entries[place : place + ENTRY]) for place in range(0, len(entries), ENTRY)]


def keys_in(body: bytes | memoryview) -> "array[int]":
    """The keys of all entries; raises ListError unless they are sorted and no two are one."""
    if len(body) % ENTRY:
        raise ListError(_TRUNCATED)
    keys = array("Q", [key for (key,) in struct.iter_unpack(">Q5x", body)])
    if not all(map(lt, keys, islice(keys, 1, None))):
        raise ListError(_UNSORTED)
    if not set(bytes(body[KEY::ENTRY])) <= STATUSES.keys():
        raise ListError(_UNKNOWN_STATUS)
    return keys


class OfflineList:
    """A list that was verified, to look numbers up in."""

    def __init__(self, content: bytes, verifiers: Sequence[NoteVerifier]) -> None:
        """Raises ListError for whatever is not a whole list that one of these keys signed."""
        self.note, body = split(content)
        self.head = head_in(opened(self.note, verifiers))
        if len(body) != self.head.count * ENTRY:
            raise ListError(_TRUNCATED)
        self.body = bytes(body)
        if hashlib.sha256(self.body).digest() != self.head.body_hash:
            raise ListError(_CHANGED)
        keys = keys_in(self.body)
        # Where the keys begin that begin with each pair of bytes: some 15 entries among a million.
        lengths = [0] * 65536
        for key in keys:
            lengths[key >> 48] += ENTRY
        self._starts = array("Q", accumulate(lengths, initial=0))

    def age(self, now: datetime) -> timedelta:
        return now - self.head.at

    def entry(self, key: bytes) -> bytes | None:
        """The entry with this key."""
        pair = key[0] << 8 | key[1]
        place, end = self._starts[pair], self._starts[pair + 1]
        while (place := self.body.find(key, place, end)) >= 0:
            if place % ENTRY == 0:
                return self.body[place : place + ENTRY]
            place += 1  # the same bytes across two entries
        return None

    def look_up(self, certificate: str, normal: str, now: datetime) -> Found | None:
        """What the list says of a number at `now`, None where it has none such."""
        found = self.entry(key_of(certificate, normal))
        return None if found is None else said(found, now)

    def look_up_all(
        self, certificate: str, normals: Iterable[str], now: datetime
    ) -> list[Found | None]:
        """`look_up` of many numbers of one certificate, in as few steps as Python has for it."""
        before, sha256 = f"notices-list/v1\n{certificate}\n".encode(), hashlib.sha256
        digests = [sha256(before + normal.encode()).digest() for normal in normals]
        beginnings = [each for (each,) in struct.iter_unpack(">I28x", b"".join(digests))]
        found: list[Found | None] = [None] * len(digests)
        # What begins as no entry does, as nearly all do that are not in the list, ends here.
        may_be = map(self._beginnings.__contains__, beginnings)
        for place in compress(range(len(digests)), may_be):
            entry = self.entry(digests[place][:KEY])
            found[place] = None if entry is None else said(entry, now)
        return found

    @cached_property
    def _beginnings(self) -> frozenset[int]:
        """Of a million entries 65 MB, which only who asks about many needs."""
        return frozenset(each for (each,) in struct.iter_unpack(">I9x", self.body))


def said(entry: bytes, now: datetime) -> Found:
    """What an entry says at `now`: what takes effect by then is void without a new list."""
    _, code, seconds = _WHOLE.unpack(entry)
    at = datetime.fromtimestamp(seconds, UTC) if seconds else None
    status = STATUSES[code]
    if status in ("declared", "contested") and at is not None and at <= now:
        status = "invalid"
    return Found(status, at)


class Sorting:
    """Entries in any order, which become a body: in pieces, so that a million take 13 MB."""

    def __init__(self) -> None:
        self._by_first = [bytearray() for _ in range(256)]
        self.collided: set[bytes] = set()
        """Keys of which there were several entries."""

    def add(self, entry: bytes) -> None:
        self._by_first[entry[0]] += entry

    def body(self) -> bytes:
        return b"".join(map(self._sorted, self._by_first))

    def _sorted(self, entries: bytearray) -> bytes:
        ordered = sorted(single(entries))
        if any(one[:KEY] == other[:KEY] for one, other in pairwise(ordered)):
            by_key: dict[bytes, list[bytes]] = {}
            for each in ordered:
                by_key.setdefault(each[:KEY], []).append(each)
            self.collided |= {key for key, found in by_key.items() if len(found) > 1}
            ordered = list(map(gravest, by_key.values()))
        return b"".join(ordered)


_NO_LIST = Message("这不是离线清单：开头不是清单的签名说明。")
_NOT_SIGNED = Message(
    "离线清单不能采信：没有这本登记簿的有效签名。它可能被改动，或者是另一个网站的清单。"
)
_TRUNCATED = Message("离线清单不完整：长度与说明中的条数不符。请重新下载。")
_CHANGED = Message("离线清单被改动：内容与签名说明中的摘要不符。请重新下载。")
_UNSORTED = Message("离线清单有误：各条没有按顺序排列，或有重复。")
_UNKNOWN_STATUS = Message("离线清单有误：含有不认识的状态。请更新本程序。")
