"""Looking rows up in one snapshot of the register, on a connection of its own.

First only which rows meet anything at all, by each index one statement for a chunk; then these
alone by the statement of every check, so that they are answered as one by one. All is of the moment
at which the snapshot began, which is after the last byte of the file had come.
"""

import asyncio
import sys
from array import array
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import compress
from typing import Any, NamedTuple

from notices import database
from notices.batches.answering import Answered, answered
from notices.batches.asking import Asker, Chunk, Probes
from notices.database import BY_INDEX
from notices.facts.readings import RULES
from notices.matching_keys import STATE, Stale
from notices.verification import matching
from notices.verification.matching import Way

SECONDS = 60.0
"""For one statement."""

HASH = 32
"""Bytes."""

PIECE = 500
"""Rows that are looked up by one full statement."""

_BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_BEGUN = f"""
SELECT statement_timestamp() AS now, size, {STATE} AS state, pg_export_snapshot() AS shared,
  EXISTS (SELECT FROM claim WHERE rules < {RULES}) AS older
FROM log_head WHERE id = 1
"""  # noqa: S608
# By the first bytes of a hash: an index of integers has a fourth of the pages of one of hashes, and
# a chunk of a million rows looks into each of them. Whose rest is another's is left out here.
# Nothing in it implies the condition of a partial index, or asks for an order: an index that is
# believed to be small would be read as a whole.
_MET = """
SELECT hash, min(number) AS least, max(number) AS most
FROM (
  SELECT {column} AS hash, by_certificate::text AS number FROM claim
  WHERE ('x' || encode(substr({hashed}, 1, 8), 'hex'))::bit(64)::bigint = ANY($1::bigint[]){shown}
  OFFSET 0
) AS claims
GROUP BY hash
"""
NUMBER, ANY, DIGITS, HOLDER = (
    _MET.format(column=column, hashed=hashed or column, shown=shown)
    for column, hashed, shown in (
        ("by_certificate", "", ""),
        ("by_number", "", " AND shown IS NOT FALSE"),
        ("by_digits", "", ""),
        ("by_holder", "coalesce(by_holder, '')", ""),
    )
)


Known = Mapping[bytes, bytes | None]
"""Hashes that claims have in one index; of each that number, by its certificate, which all of these
claims are of, None where they are of several."""


class Moment(NamedTuple):
    """Of which a snapshot is, the size of the log then, and by what others take part in it.

    `older`: some claims were made by older rules, and may lack the hash of their digits.
    """

    now: datetime
    log_size: int
    older: bool
    shared: str


class Snapshot:
    """The register as it is at one moment. Raises Stale, Unavailable and PostgresError."""

    def __init__(self, connection: Any, state: str, moment: Moment) -> None:
        self._connection, self._state = connection, state
        self.moment = moment
        self._turn = asyncio.Lock()

    @classmethod
    async def begin(cls, url: str, state: str) -> "Snapshot":
        connection = await _connected(url)
        with database.answering():
            await connection.execute(_BEGIN)
            row = await connection.fetchrow(_BEGUN)
        if row["state"] not in (state, None):
            raise Stale
        return cls(connection, state, Moment(row["now"], row["size"], row["older"], row["shared"]))

    @classmethod
    async def join(cls, url: str, state: str, moment: Moment) -> "Snapshot":
        """The same snapshot by another connection, while the one that began it is open."""
        connection = await _connected(url)
        with database.answering():
            await connection.execute(_BEGIN)
            # It takes no parameter; what we are told here PostgreSQL itself made.
            await connection.execute(f"SET TRANSACTION SNAPSHOT '{moment.shared}'")
        return cls(connection, state, moment)

    async def look_up(
        self, asker: Asker, chunk: Chunk, leaving_out: Collection[int]
    ) -> dict[int, Answered]:
        """What rows are told, as a single check of each; those that meet nothing are left out.

        One chunk at a time, in the order in which they came.
        """
        async with self._turn:
            met: set[int] = set()
            known: dict[str, Known] = {}
            for way, sql, probes in (
                ("number", NUMBER, chunk.number), ("certificate", ANY, chunk.any),
                ("digits", DIGITS, chunk.digits), ("holder", HOLDER, chunk.holder),
            ):  # fmt: skip
                known[way] = await self.known(sql, probes)
                met |= rows_that_meet(probes, known[way])
            leads = partial(_leads, known)
            return await self._matches(asker, chunk, sorted(met.difference(leaving_out)), leads)

    async def known(self, sql: str, probes: Probes) -> Known:
        """What is claimed by this index that begins as what is looked for."""
        if not probes.hashes:
            return {}
        with database.answering():  # which sorts them itself
            rows = await self._connection.fetch(sql, _beginnings(probes.hashes))
        return {row["hash"]: _of_one(row["least"], row["most"]) for row in rows}

    async def _matches(
        self, asker: Asker, chunk: Chunk, places: Sequence[int], leads: Callable[[Way], bool]
    ) -> dict[int, Answered]:
        found: dict[int, Answered] = {}
        for start in range(0, len(places), PIECE):
            piece = places[start : start + PIECE]
            asked = [asker.asked(chunk, each) for each in piece]
            with database.answering():
                _, _, matches = await matching.look_up(
                    asked, self._state, self._connection.fetch, self.moment.now, leads
                )
            # What is kept of a row is small: each of a register's may meet notices.
            named = [chunk.asks[each] or None for each in piece]
            found |= zip(piece, map(answered, asked, matches, named), strict=True)
        return found


async def _connected(url: str) -> Any:
    settings = {
        "application_name": "notices batch",
        "timezone": "UTC",
        "jit": "off",
        "idle_in_transaction_session_timeout": "120000",
        "client_connection_check_interval": "1000",
        **BY_INDEX,
    }
    return await database.connect(url, server_settings=settings, command_timeout=SECONDS)


def _beginnings(hashes: Sequence[bytes]) -> list[int]:
    """The first eight bytes of each, as PostgreSQL makes a bigint of them."""
    words = memoryview(b"".join(hashes)).cast("q")[:: HASH // 8]
    found = array("q", words.tobytes())
    if sys.byteorder == "little":
        found.byteswap()
    return found.tolist()


def rows_that_meet(probes: Probes, known: Known) -> set[int]:
    """Those that look for a hash that is claimed."""
    if not known:
        return set()
    return set(compress(probes.rows, map(known.__contains__, probes.hashes)))


def _of_one(least: str, most: str) -> bytes | None:
    return bytes.fromhex(least[2:]) if least == most else None


def _leads(known: Mapping[str, Known], way: Way) -> bool:
    """Whether there is a claim by this way, other than of the number itself."""
    hash_ = way.hash
    if way.way == "number":
        return True  # it may have been met by its digits alone
    if way.way == "holder" and hash_ in known["number"]:
        return True  # whose holder may have other papers
    if hash_ not in known[way.way]:
        return False
    of = known[way.way][hash_]
    return of is None or of not in (way.own, way.other)
