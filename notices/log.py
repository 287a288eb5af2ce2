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
from typing import Any

import msgspec
import rfc8785

from notices.database import DB
from notices.texts import rfc3339
from notices.trust import merkle, notes, receipts

HASH = 32


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to append `index` at `at`; valid until the transaction that took it ends."""

    index: int
    at: datetime
    peaks: list[bytes]


@dataclass(frozen=True, slots=True)
class Appended:
    """What the log holds for one event, and what opens its commitment."""

    index: int
    kind: str
    at: datetime
    entry: str
    salt: bytes
    form: dict[str, Any]


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
    turn: Turn, *, kind: str, notice: str, certificate: str, form: dict[str, Any]
) -> Appended:
    """Write `form` of an event of `notice` as the entry of `turn`."""
    salt = secrets.token_bytes(HASH)
    commitment = receipts.commitment(salt, form)
    entry = receipts.entry_text(notice, kind, rfc3339(turn.at), certificate, commitment)
    peaks, nodes = merkle.append(turn.peaks, turn.index, merkle.leaf_hash(entry.encode()))
    await DB.fetch(
        "WITH nodes AS (INSERT INTO log_node (level, position, hash)"
        "   SELECT * FROM unnest($8::int[], $9::bigint[], $10::bytea[])),"
        " head AS (UPDATE log_head SET peaks = $11 WHERE id = 1)"
        " INSERT INTO event (index, notice, kind, at, entry, salt, form)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)",
        turn.index,
        notice,
        kind,
        turn.at,
        entry,
        salt,
        rfc8785.dumps(form).decode(),
        [level for level, _, _ in nodes],
        [position for _, position, _ in nodes],
        [hash_ for _, _, hash_ in nodes],
        b"".join(peaks),
    )
    return Appended(turn.index, kind, turn.at, entry, salt, form)


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
