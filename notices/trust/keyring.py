"""Envelope encryption: data keys that seal values, wrapped by a master key that seals nothing else.

Wrapped they lie in the database (`notices/data_keys.py`), so all processes of a register have the
same, and a backup of it holds what opens it, for whoever has the master key.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from notices.trust.sealing import BY_ALGORITHM, HEADER, Key, KeyOfBytes, SealError, UnknownKey

Purpose = Literal["sealing", "passing"]


class Wrapped(NamedTuple):
    """A data key as the database keeps it, wrapped by the master key `master`.

    `sealing` keys seal values, the newest that `seals` whatever is new. Generations up to 0 are
    earlier master keys: before there were data keys one sealed values itself. The key `passing`
    hashes what is forgotten within a day: whose session, draft, request or count something is.
    """

    purpose: str
    generation: int
    master: bytes
    algorithm: bytes
    id: bytes
    wrapped: bytes
    seals: bool = True


def as_json(row: Wrapped) -> list[str | int]:
    """A wrapped key as a backup keeps it; `from_json` reads it."""
    return [part.hex() if isinstance(part, bytes) else part for part in row[:6]]


def from_json(row: Sequence[str | int]) -> Wrapped:
    purpose, generation, *parts = row
    return Wrapped._make(
        [str(purpose), int(generation), *map(bytes.fromhex, map(str, parts)), True]
    )


def wrap(master: Key, purpose: Purpose, generation: int, key: KeyOfBytes) -> Wrapped:
    """`key` as only `master` can open it, and as nothing but what it is."""
    sealed = master.seal(key.secret, _place(purpose, generation, key.id))
    return Wrapped(purpose, generation, master.id, key.algorithm, key.id, sealed)


def unwrap(master: Key, row: Wrapped) -> KeyOfBytes:
    """Raises SealError for what this master key did not wrap."""
    kind = BY_ALGORITHM.get(row.algorithm)
    if kind is None:
        raise SealError("a data key is of an algorithm that this version does not know")
    secret = master.open(row.wrapped, _place(row.purpose, row.generation, row.id))
    if len(secret) != kind.size or (key := kind(secret)).id != row.id:
        raise SealError("a data key is another one than it is said to be")
    return key


def _place(purpose: str, generation: int, id: bytes) -> bytes:
    return f"data key {purpose} {generation} ".encode() + id


class Sealer:
    """All data keys of a register: the present one seals, and each opens what it has sealed.

    It knows none until it was told what the database has (`learn`). What was sealed before there
    were data keys, by the master key itself, is opened as well.
    """

    def __init__(self, master: Key) -> None:
        self.master = master
        self.wrapped: tuple[Wrapped, ...] = ()
        """What it was told last, for a process that cannot ask."""
        self._keys: dict[bytes, Key] = {}
        self._present: Key | None = None
        self._passing: bytes | None = None
        self._unwrapped: set[tuple[str, int]] = set()

    def __repr__(self) -> str:
        return f"Sealer({self.master!r}, {list(self._keys.values())!r})"

    @property
    def ready(self) -> bool:
        """Whether there is something to seal with."""
        return self._present is not None and self._passing is not None

    @property
    def present(self) -> Key:
        """The key that seals what is new."""
        if self._present is None:
            raise SealError("no data key is known yet")
        return self._present

    @property
    def passing(self) -> bytes:
        """By what is hashed whatever is forgotten within a day."""
        if self._passing is None:
            raise SealError("no data key is known yet")
        return self._passing

    def knows(self, rows: Sequence[Wrapped]) -> bool:
        """Whether every key in these rows is unwrapped, or can be by the master key."""
        lacking = {(row.purpose, row.generation) for row in rows} - self._unwrapped
        return lacking <= {
            (row.purpose, row.generation) for row in rows if row.master == self.master.id
        }

    def learn(self, rows: Sequence[Wrapped]) -> None:
        """From now on there are these; raises SealError where one cannot be unwrapped."""
        for row in rows:
            named = row.purpose, row.generation
            if row.master != self.master.id or named in self._unwrapped:
                continue
            key = unwrap(self.master, row)
            if row.purpose == "passing":
                self._passing = key.secret
            else:
                self._keys[key.header] = key
            self._unwrapped.add(named)
        self.wrapped = tuple(rows)
        usable = [
            row for row in rows if row.purpose == "sealing" and row.algorithm + row.id in self._keys
        ]
        # By a clock that was put back none may be due; then the oldest is what all have used.
        due = [row for row in usable if row.seals] or usable[:1]
        if due:
            newest = max(due, key=lambda row: row.generation)
            self._present = self._keys[newest.algorithm + newest.id]

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """`plain`, sealed for the place `context` by the present data key."""
        return self.present.seal(plain, context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """What was sealed for this place; raises SealError for anything else."""
        header = sealed[:HEADER]
        key = self._keys.get(header)
        if key is None and header == self.master.header:
            key = self.master
        if key is None:
            raise UnknownKey("another key or another algorithm sealed this value")
        return key.open(sealed, context)
