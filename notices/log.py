"""The append-only log in PostgreSQL: taking a turn, appending, head and inclusion proofs.

Life of an entry:
1. `take_turn` locks the one head row and reads the next index and the time under that lock,
   so the order of indexes is the order of times, and commits come in that order too.
2. `append` writes the event, the new complete nodes of the Merkle tree (RFC 6962, section
   2.1) and the new head; with the transaction's commit all of it is there, or none.
3. After the commit, `head` and `proof` read what is durable, and only that is ever signed.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from notices.database import DB
from notices.facts.texts import rfc3339
from notices.trust import merkle, notes, receipts, tiles
from notices.trust.encoding import canonical
from notices.trust.tiles import Tile

HASH = 32
EVENT = ("index", "notice", "kind", "at", "entry", "salt", "form")


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to append `index` at `at`; valid until the transaction that took it ends."""

    index: int
    at: datetime
    peaks: list[bytes]


class Commitment(NamedTuple):
    """A form as JCS text, with the salt and the hash by which an entry commits to it."""

    salt: bytes
    form: str
    value: str


def commit(form: dict[str, Any]) -> Commitment:
    """The commitment to `form`; it needs no turn, so it is made before one is taken."""
    salt = secrets.token_bytes(HASH)
    text = canonical(form)
    return Commitment(salt, text.decode(), receipts.commitment_to(salt, text))


class Growth:
    """Entries on their way into the log, as rows of `event` and `log_node`, and the new head."""

    def __init__(self, size: int, last_at: datetime, peaks: list[bytes]) -> None:
        self.size = size
        self.last_at = last_at
        self.peaks = peaks
        self.events: list[tuple[int, str, str, datetime, str, bytes, str]] = []
        self.nodes: list[tuple[int, int, bytes]] = []

    def add(
        self, at: datetime, kind: str, notice: str, certificate: str, commitment: Commitment
    ) -> int:
        """Give the event the next index, which is returned."""
        index = self.size
        entry = receipts.entry_text(notice, kind, rfc3339(at), certificate, commitment.value)
        self.peaks, nodes = merkle.append(self.peaks, index, merkle.leaf_hash(entry.encode()))
        self.nodes += nodes
        self.events.append((index, notice, kind, at, entry, commitment.salt, commitment.form))
        self.size, self.last_at = index + 1, at
        return index


def split(peaks: bytes) -> list[bytes]:
    return [peaks[start : start + HASH] for start in range(0, len(peaks), HASH)]


async def take_turn() -> Turn:
    """Lock the head row; must be the last lock that its transaction takes."""
    # The clock is the database's: several web processes have several clocks. Milliseconds
    # are what an entry shows, and greatest() keeps a clock that was set back from going back.
    row = await DB.row(
        "UPDATE log_head SET size = size + 1, last_at ="
        " greatest(last_at, date_trunc('milliseconds', clock_timestamp()))"
        " WHERE id = 1 RETURNING size - 1 AS index, last_at, peaks"
    )
    if row is None:
        raise RuntimeError("The log has no head: the database was not migrated.")
    return Turn(row["index"], row["last_at"], split(row["peaks"]))


async def append(
    turn: Turn, kind: str, notice: str, certificate: str, commitment: Commitment
) -> None:
    """Write an event of `notice` as the entry of `turn`."""
    grown = Growth(turn.index, turn.at, turn.peaks)
    grown.add(turn.at, kind, notice, certificate, commitment)
    await DB.fetch(
        "WITH nodes AS (INSERT INTO log_node (level, position, hash)"
        "   SELECT * FROM unnest($8::int[], $9::bigint[], $10::bytea[])),"
        " head AS (UPDATE log_head SET peaks = $11 WHERE id = 1)"
        " INSERT INTO event (index, notice, kind, at, entry, salt, form)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)",
        *grown.events[0],
        [level for level, _, _ in grown.nodes],
        [position for _, position, _ in grown.nodes],
        [hash_ for _, _, hash_ in grown.nodes],
        b"".join(grown.peaks),
    )


async def take_turns() -> tuple[Growth, datetime]:
    """Lock the head row for any number of entries; `append_all` is to follow.

    Returned are the log to grow, whose `last_at` no entry may precede, and the time now.
    """
    row = await DB.row(
        "SELECT size, peaks, greatest(last_at, to_timestamp(0)) AS last_at,"
        " greatest(last_at, date_trunc('milliseconds', clock_timestamp())) AS now"
        " FROM log_head WHERE id = 1 FOR UPDATE"
    )
    if row is None:
        raise RuntimeError("The log has no head: the database was not migrated.")
    return Growth(row["size"], row["last_at"], split(row["peaks"])), row["now"]


async def append_all(grown: Growth) -> None:
    """Write all entries of `grown`, which began where `take_turns` said."""
    await DB.copy("event", EVENT, grown.events)
    await DB.copy("log_node", ("level", "position", "hash"), grown.nodes)
    await DB.fetch(
        "UPDATE log_head SET size = $1, last_at = $2, peaks = $3 WHERE id = 1",
        grown.size,
        grown.last_at,
        b"".join(grown.peaks),
    )


async def head() -> tuple[int, bytes]:
    """Size and root hash of the log as committed."""
    row = await DB.row("SELECT size, peaks FROM log_head WHERE id = 1")
    if row is None:
        raise RuntimeError("The log has no head: the database was not migrated.")
    return row["size"], merkle.root(split(row["peaks"]))


async def checkpoint(signer: notes.NoteSigner) -> str:
    """A signed note (C2SP tlog-checkpoint) over the log as committed now."""
    size, root = await head()
    return signer.sign(notes.checkpoint_text(signer.name, size, root))


async def tile(wanted: Tile) -> bytes | None:
    """What a tile or a bundle of entries holds, or None while the log is too short for it."""
    ends = wanted.first + wanted.width
    if wanted.level is None:
        rows = await DB.fetch(
            "SELECT entry FROM event WHERE index >= $1 AND index < $2 ORDER BY index",
            wanted.first,
            ends,
        )
        content = tiles.bundle([row["entry"].encode() for row in rows])
    else:
        rows = await DB.fetch(
            "SELECT hash FROM log_node WHERE level = $1 AND position >= $2 AND position < $3"
            " ORDER BY position",
            wanted.level * tiles.HEIGHT,
            wanted.first,
            ends,
        )
        content = b"".join(row["hash"] for row in rows)
    return content if len(rows) == wanted.width else None


async def proof(index: int, size: int) -> list[bytes]:
    """The inclusion proof of entry `index` in the log's first `size` entries (RFC 6962)."""
    wanted = sorted(merkle.nodes_needed(index, size))
    rows = await DB.fetch(
        "SELECT level, position, hash FROM log_node JOIN"
        " unnest($1::int[], $2::bigint[]) AS wanted (level, position) USING (level, position)",
        [level for level, _ in wanted],
        [position for _, position in wanted],
    )
    nodes = {(row["level"], row["position"]): row["hash"] for row in rows}
    return merkle.inclusion_proof(index, size, nodes)


async def receipt(
    signer: notes.NoteSigner, index: int, entry: str, opening: dict[str, Any] | None
) -> dict[str, Any]:
    """The receipt of a committed entry: proof and checkpoint over the log as committed now."""
    size, root = await head()
    path = await proof(index, size)
    note = signer.sign(notes.checkpoint_text(signer.name, size, root))
    return receipts.to_json(entry, opening, index, path, note)


def opening(salt: bytes | None, form: Any) -> dict[str, Any] | None:
    """Salt and form as the contract shows them; None once they were redacted."""
    if salt is None or form is None:
        return None
    return receipts.opening(salt, msgspec.json.decode(form) if isinstance(form, str) else form)
