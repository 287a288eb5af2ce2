"""Locks of a session of PostgreSQL: whoever holds one holds it until their connection ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from notices import database
from notices.database import DB

KEEPALIVES = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""The server gives up a silent client after 25 seconds; a Unix socket takes no notice of these."""

WITHIN = 5
"""Seconds in which the database lets somebody in, or out."""


async def connect() -> Any:
    """A connection of one's own for session locks, outside the pool.

    A machine that vanishes says no goodbye; without KEEPALIVES its locks stay for two hours.
    """
    return await database.connect(
        DB.config["dsn"],
        timeout=WITHIN,
        command_timeout=30,
        server_settings={
            "application_name": "notices relay",
            **database.BY_INDEX,
            **KEEPALIVES,
        },
    )


@asynccontextmanager
async def taken(lock: int) -> AsyncIterator[bool]:
    """Whether the lock is ours; another one's is not waited for."""
    connection = await connect()
    try:
        yield await connection.fetchval("SELECT pg_try_advisory_lock($1)", lock)
    finally:
        await connection.close(timeout=WITHIN)
