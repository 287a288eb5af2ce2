"""The append-only log in PostgreSQL: taking a turn, appending, head and inclusion proofs.

Life of an entry:
1. `take_turn` locks the one head row and reads the next index and the time under that lock,
   so the order of indexes is the order of times, and commits come in that order too. It gives
   no turn while the clock cannot be believed (`clock.py`): an entry's time stays for ever.
2. `append` writes the event, the new complete nodes of the Merkle tree (RFC 6962, section
   2.1) and the new head; with the transaction's commit all of it is there, or none.
3. After the commit, `head` and `proof` read what is durable, and only that is ever signed.

The order of locks, for all transactions there are:
1. a request's key (`idempotency`); or a session, its draft, the account whose drafts are counted;
2. that nothing is done in bulk, and the number (`register/claims.py`);
3. the head, by `take_turn`: from here on whoever appends is alone;
4. rows of notices, claims and objections. Who takes no turn (an objection) locks one notice alone,
   and nothing after it that is above;
5. the end of the audit log (`journal`), of what staff do.
Of what stands in one place several are taken in the order of their keys.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from notices import clock
from notices.database import DB
from notices.facts.public.notice import AnyForm, Opening, Receipt
from notices.facts.texts import rfc3339
from notices.facts.troubles import ClockOff, NewLogKeyDue
from notices.tables import Event, LogHead, LogNode
from notices.tables.prepared import Prepared
from notices.trust import merkle, notes, receipts, tiles
from notices.trust.encoding import canonical
from notices.trust.tiles import Tile
from notices.trust.watching import Seen

HASH = 32
EVENT = ("index", "notice", "kind", "at", "entry", "salt", "form", "logged_at")
HAPPENED_AT = "happened_at"
"""Where a form tells the true time, in a log that has an entry of a later one."""


Fetch = Callable[..., Awaitable[list[Any]]]
"""Rows of a statement and its parameters."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to append `index` at `at`; valid until the transaction that took it ends.

    The entry says `logged_at`, which is another time only where the log's last entry is of a later
    one and somebody accepted that.
    """

    index: int
    at: datetime
    peaks: list[bytes]
    logged_at: datetime


class Commitment(NamedTuple):
    """A form as JCS text, with the salt and the hash by which an entry commits to it."""

    salt: bytes
    form: str
    value: str


def commit(form: AnyForm) -> Commitment:
    """The commitment to `form`; it needs no turn, so it is made before one is taken."""
    return _commit(msgspec.to_builtins(form))


def _commit(form: dict[str, Any]) -> Commitment:
    salt = secrets.token_bytes(HASH)
    text = canonical(form)
    return Commitment(salt, text.decode(), receipts.commitment_to(salt, text))


def _telling(commitment: Commitment, at: datetime) -> Commitment:
    """The commitment to the same form, which now tells when it really was."""
    return _commit({**msgspec.json.decode(commitment.form), HAPPENED_AT: rfc3339(at)})


class Growth:
    """Entries on their way into the log, as rows of `event` and `log_node`, and the new head."""

    def __init__(self, size: int, last_at: datetime, peaks: list[bytes]) -> None:
        self.size = size
        self.last_at = last_at
        self.peaks = peaks
        self.events: list[tuple[int, str, str, datetime, str, bytes, str, datetime | None]] = []
        self.nodes: list[tuple[int, int, bytes]] = []

    def add(
        self, at: datetime, kind: str, notice: str, certificate: str, commitment: Commitment
    ) -> int:
        """Give the event the next index, which is returned.

        One that happened before the last entry's time is logged at that time.
        """
        index, logged = self.size, max(at, self.last_at)
        if logged != at:
            commitment = _telling(commitment, at)
        entry = receipts.entry_text(notice, kind, rfc3339(logged), certificate, commitment.value)
        self.peaks, nodes = merkle.append(self.peaks, index, merkle.leaf_hash(entry.encode()))
        self.nodes += nodes
        opening = commitment.salt, commitment.form
        apart = None if logged == at else logged
        self.events.append((index, notice, kind, at, entry, *opening, apart))
        self.size, self.last_at = index + 1, logged
        return index


def split(peaks: bytes) -> list[bytes]:
    return [peaks[start : start + HASH] for start in range(0, len(peaks), HASH)]


async def take_turn() -> Turn:
    """Lock the head row, in its place among all locks (above).

    Raises ClockOff, and nothing may then be written, while the clock cannot be believed, and
    NewLogKeyDue while what would be signed over a longer log is another's root.
    """
    asked = clock.HERE.now()
    # The clock is the database's: several web processes have several clocks. Milliseconds
    # are what an entry shows, and greatest() keeps a clock that was set back from going back.
    row = await DB.row(
        "UPDATE log_head SET size = size + 1, last_at ="
        " greatest(last_at, date_trunc('milliseconds', clock_timestamp()))"
        " WHERE id = 1 RETURNING size - 1 AS index, last_at, peaks, later, spent_key,"
        " date_trunc('milliseconds', clock_timestamp()) AS now"
    )
    if row is None:
        raise RuntimeError("The log has no head: the database was not migrated.")
    if row["spent_key"] is not None:
        raise NewLogKeyDue
    last_at, now = row["last_at"], row["now"]
    _refuse_wrong_clock(asked, now, last_at, row["later"])
    at = now if clock.is_later(last_at, now) else last_at
    return Turn(row["index"], at, split(row["peaks"]), last_at)


def _refuse_wrong_clock(
    asked: clock.Moment, now: datetime, last_at: datetime, later: datetime | None
) -> None:
    why = clock.HERE.why_no_turn(asked, now, last_at, later)
    if why is not None:
        raise ClockOff(why)


async def append(
    turn: Turn, kind: str, notice: str, certificate: str, commitment: Commitment
) -> None:
    """Write an event of `notice` as the entry of `turn`."""
    grown = Growth(turn.index, turn.logged_at, turn.peaks)
    grown.add(turn.at, kind, notice, certificate, commitment)
    await DB.fetch(
        "WITH nodes AS (INSERT INTO log_node (level, position, hash)"
        "   SELECT * FROM unnest($9::int[], $10::bigint[], $11::bytea[])),"
        " head AS (UPDATE log_head SET peaks = $12 WHERE id = 1)"
        " INSERT INTO event (index, notice, kind, at, entry, salt, form, logged_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8)",
        *grown.events[0],
        [level for level, _, _ in grown.nodes],
        [position for _, position, _ in grown.nodes],
        [hash_ for _, _, hash_ in grown.nodes],
        b"".join(grown.peaks),
    )


async def take_turns() -> tuple[Growth, datetime]:
    """Lock the head row for any number of entries; `append_all` is to follow.

    Returned are the log to grow, whose `last_at` no entry may precede, and the time now. Raises
    ClockOff as `take_turn` does, and where the last entry is of a later time, accepted or not:
    whoever writes so many plans their times.
    """
    asked = clock.HERE.now()
    row = await DB.row(
        "SELECT size, peaks, greatest(last_at, to_timestamp(0)) AS last_at,"
        " date_trunc('milliseconds', clock_timestamp()) AS now"
        " FROM log_head WHERE id = 1 FOR UPDATE"
    )
    if row is None:
        raise RuntimeError("The log has no head: the database was not migrated.")
    last_at, now = row["last_at"], row["now"]
    _refuse_wrong_clock(asked, now, last_at, None)
    return Growth(row["size"], last_at, split(row["peaks"])), max(last_at, now)


async def append_all(grown: Growth) -> None:
    """Write all entries of `grown`, which began where `take_turns` said."""
    await DB.copy("event", EVENT, grown.events)
    await DB.copy("log_node", ("level", "position", "hash"), grown.nodes)
    peaks = b"".join(grown.peaks)
    after = LogHead.update(size=grown.size, last_at=grown.last_at, peaks=peaks)
    await after.where(LogHead.id == 1)


_SHOWN = (LogHead.size, LogHead.peaks, LogHead.spent_key, LogHead.spent_size)
_HEAD = Prepared(lambda: LogHead.select(*_SHOWN).where(LogHead.id == 1))
_ENTRIES = Prepared(
    lambda first, end: (
        Event.select(Event.entry)
        .where(Event.index >= first, Event.index < end)
        .order_by(Event.index)
    )
)
_HASHES = Prepared(
    lambda level, first, end: (
        LogNode.select(LogNode.hash)
        .where(LogNode.level == level, LogNode.position >= first, LogNode.position < end)
        .order_by(LogNode.position)
    )
)


async def head() -> tuple[int, bytes]:
    """Size and root hash of the log as committed."""
    row = await _head()
    return row["size"], merkle.root(split(row["peaks"]))


async def _head() -> Any:
    row = await _HEAD.row()
    if row is None:
        raise RuntimeError("The log has no head: the database was not migrated.")
    return row


async def checkpoint(signer: notes.NoteSigner) -> str:
    """A signed note (C2SP tlog-checkpoint) over the log as committed now."""
    size, root = await _to_sign(signer)
    return signer.checkpoint(size, root)


async def _to_sign(signer: notes.NoteSigner) -> tuple[int, bytes]:
    """`head`; raises NewLogKeyDue where this key has signed another root for that size."""
    row = await _head()
    if row["spent_key"] == signer.vkey and row["size"] > row["spent_size"]:
        raise NewLogKeyDue
    return row["size"], merkle.root(split(row["peaks"]))


async def begins_with(seen: Seen, fetch: Fetch) -> bool:
    """Whether the log as committed now has, or is, what was seen."""
    wanted = merkle.peaks_needed(seen.size)
    nodes = await _nodes(wanted, fetch)
    return len(nodes) == len(wanted) and merkle.root([nodes[each] for each in wanted]) == seen.root


async def tile(wanted: Tile) -> bytes | None:
    """What a tile or a bundle of entries holds, or None while the log is too short for it."""
    ends = wanted.first + wanted.width
    if wanted.level is None:
        rows = await _ENTRIES.fetch(wanted.first, ends)
        content = tiles.bundle([row["entry"].encode() for row in rows])
    else:
        rows = await _HASHES.fetch(wanted.level * tiles.HEIGHT, wanted.first, ends)
        content = b"".join(row["hash"] for row in rows)
    return content if len(rows) == wanted.width else None


async def proof(index: int, size: int) -> list[bytes]:
    """The inclusion proof of entry `index` in the log's first `size` entries (RFC 6962)."""
    nodes = await _nodes(sorted(merkle.nodes_needed(index, size)), DB.fetch)
    return merkle.inclusion_proof(index, size, nodes)


async def _nodes(wanted: list[tuple[int, int]], fetch: Fetch) -> dict[tuple[int, int], bytes]:
    """The hashes of those nodes, by level and position, that there are."""
    rows = await fetch(
        "SELECT level, position, hash FROM log_node JOIN"
        " unnest($1::int[], $2::bigint[]) AS wanted (level, position) USING (level, position)",
        [level for level, _ in wanted],
        [position for _, position in wanted],
    )
    return {(row["level"], row["position"]): row["hash"] for row in rows}


async def receipt(
    signer: notes.NoteSigner, index: int, entry: str, opening: Opening | None
) -> Receipt:
    """The receipt of a committed entry: proof and checkpoint over the log as committed now."""
    size, root = await _to_sign(signer)
    path = await proof(index, size)
    note = signer.checkpoint(size, root)
    return receipts.receipt(entry, opening, index, path, note)


def opening(salt: bytes | None, form: str | None) -> Opening | None:
    """Salt and form as the contract shows them; None once they were redacted."""
    if salt is None or form is None:
        return None
    return receipts.opening(salt, form)
