"""Looking rows up in one snapshot of the register, on a connection of its own.

First only which rows meet anything at all, by each index one statement for a chunk; then these
alone by the statement of every check, so that they are answered as one by one. All is of the moment
at which the snapshot began, which is after the last byte of the file had come.
"""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from notices import database
from notices.batches.asking import Asker, Chunk, Probes
from notices.database import BY_INDEX
from notices.matching_keys import STATE, Stale
from notices.verification import matching
from notices.verification.matching import Match

SECONDS = 60.0
"""For one statement."""

PIECE = 500
"""Rows that are looked up by one full statement."""

_BEGUN = f"SELECT statement_timestamp() AS now, size, {STATE} AS state FROM log_head WHERE id = 1"  # noqa: S608
_MET = "SELECT DISTINCT {column} AS hash FROM claim WHERE {column} = ANY($1::bytea[]){shown}"
NUMBER, ANY, DIGITS, HOLDER = (
    _MET.format(column=column, shown=shown)
    for column, shown in (
        ("by_certificate", ""),
        ("by_number", " AND shown"),
        ("by_digits", " AND shown"),
        ("by_holder", " AND by_holder IS NOT NULL"),
    )
)


class Snapshot:
    """The register as it is at one moment. Raises Stale, Unavailable and PostgresError."""

    def __init__(self, connection: Any, state: str, now: datetime, size: int) -> None:
        self._connection, self._state = connection, state
        self.now, self.log_size = now, size
        self._turn = asyncio.Lock()

    @classmethod
    async def begin(cls, url: str, state: str) -> "Snapshot":
        settings = {
            "application_name": "notices batch",
            "timezone": "UTC",
            "jit": "off",
            "idle_in_transaction_session_timeout": "120000",
            "client_connection_check_interval": "1000",
            **BY_INDEX,
        }
        connection = await database.connect(url, server_settings=settings, command_timeout=SECONDS)
        with database.answering():
            await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            row = await connection.fetchrow(_BEGUN)
        if row["state"] not in (state, None):
            raise Stale
        return cls(connection, state, row["now"], row["size"])

    async def look_up(
        self, asker: Asker, chunk: Chunk, leaving_out: Collection[int]
    ) -> dict[int, list[Match]]:
        """What rows meet, as a single check of each would; those that meet nothing are left out.

        One chunk at a time, in the order in which they came.
        """
        async with self._turn:
            met: set[int] = set()
            for sql, probes in (
                (NUMBER, chunk.number), (ANY, chunk.any),
                (DIGITS, chunk.digits), (HOLDER, chunk.holder),
            ):  # fmt: skip
                met |= await self._met(sql, probes)
            return await self._matches(asker, chunk, sorted(met.difference(leaving_out)))

    async def _met(self, sql: str, probes: Probes) -> set[int]:
        if not probes.hashes:
            return set()
        with database.answering():
            rows = await self._connection.fetch(sql, sorted(probes.hashes))
        if not rows:
            return set()
        found = {row["hash"] for row in rows}
        return {
            row for hash_, row in zip(probes.hashes, probes.rows, strict=True) if hash_ in found
        }

    async def _matches(
        self, asker: Asker, chunk: Chunk, places: Sequence[int]
    ) -> dict[int, list[Match]]:
        found: dict[int, list[Match]] = {}
        for start in range(0, len(places), PIECE):
            piece = places[start : start + PIECE]
            asked = [asker.asked(asker.row(chunk, each)) for each in piece]
            with database.answering():
                _, _, matches = await matching.look_up(
                    asked, self._state, self._connection.fetch, self.now
                )
            found |= zip(piece, matches, strict=True)
        return found
