"""The chain of the audit log's entries: what each has to say, and whether one follows the other.

It needs no database and no key, so an exported file is checked anywhere; a line of it is an entry
as it was written, and its SHA-256 is what the next line says under `previous`.
"""

import hashlib
import hmac
from dataclasses import dataclass

from notices.facts.texts import Message
from notices.trust.encoding import EncodingError, canonical, from_base64, strict_json, to_base64
from notices.trust.watching import Difference

VERSION = 1
HASH = 32
FIRST = bytes(HASH)
"""What the first entry says of the one before it."""
MEMBERS = frozenset(
    (
        "v", "number", "previous", "at", "what", "office", "who", "notices", "about", "purpose",
        "request", "sealed",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tail:
    """How many entries there were, and the hash of the last of them."""

    size: int
    hash: bytes

    def shown(self) -> dict[str, object]:
        return {"size": self.size, "hash": to_base64(self.hash)}

    @classmethod
    def read(cls, shown: object) -> "Tail":
        """What `shown` made; raises EncodingError."""
        if not isinstance(shown, dict) or type(shown.get("size")) is not int:
            raise EncodingError("this is no end of an audit log")
        return cls(shown["size"], from_base64(shown.get("hash"), HASH))


EMPTY = Tail(0, FIRST)


def place(number: int) -> bytes:
    """What the private side of entry `number` is sealed under."""
    return f"journal {number}".encode()


def commitment(salt: bytes, plain: bytes) -> str:
    """What an entry says of its private side: of what was sealed, and not of how.

    So it can be sealed anew under another key, and nobody finds out by trying what it says.
    """
    return to_base64(hmac.digest(salt, plain, "sha256"))


class Walk:
    """Entries held against each other, one by one, and against what was `seen` of them earlier."""

    def __init__(self, *seen: Tail) -> None:
        self.tail = EMPTY
        self._seen = [each for each in seen if each.size]

    def add(self, number: int | None, entry: str) -> dict[str, object]:
        """The next entry, in which row `number` says it is; raises Difference."""
        expected = self.tail.size
        if number is not None and number != expected:
            raise Difference(_MISSING.format(number=expected, next=number))
        try:
            said = strict_json(entry.encode())
            whole = isinstance(said, dict) and canonical(said).decode() == entry
        except (EncodingError, UnicodeEncodeError):
            whole = False
        if not whole or said.keys() != MEMBERS or said["v"] != VERSION:
            raise Difference(_UNREADABLE.format(number=expected))
        if said["number"] != expected:
            raise Difference(_MISSING.format(number=expected, next=said["number"]))
        if said["previous"] != to_base64(self.tail.hash):
            raise Difference(_BROKEN.format(number=expected))
        self.tail = Tail(expected + 1, hashlib.sha256(entry.encode()).digest())
        for seen in self._seen:
            if seen.size == self.tail.size and seen.hash != self.tail.hash:
                raise Difference(_OTHER.format(size=seen.size))
        found: dict[str, object] = said
        return found

    def end(self) -> Tail:
        """What there is in all; raises Difference where more was seen."""
        most = max((seen.size for seen in self._seen), default=0)
        if most > self.tail.size:
            raise Difference(_CUT.format(seen=most, size=self.tail.size))
        return self.tail


_MISSING = Message("审计日志缺少第 {number} 条：下一条是第 {next} 条。")
_UNREADABLE = Message("审计日志第 {number} 条不是原来的样子，无法读取。")
_BROKEN = Message("审计日志断了：第 {number} 条所说的前一条不是现在的前一条，有一条被改动过。")
_OTHER = Message("审计日志的前 {size} 条不是上次见到的那些。")
_CUT = Message("审计日志变短了：上次见到 {seen} 条，现在只有 {size} 条。")
