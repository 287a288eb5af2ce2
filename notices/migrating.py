"""Bringing the database's tables to what this version of the code needs."""

import contextlib
import io
import os

from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.conf.apps import AppRegistry

from notices.database import DB, connect

# Here and not with the engine: what Piccolo loads for it costs a starting web process 0.25 s.
APP_REGISTRY = AppRegistry(["migrations"])
LOCK = 0x6E6F7469  # "noti": who migrates holds this session lock


class MigrationError(Exception):
    """A migration failed; the database stands where the last whole step left it."""


async def migrate(url: str) -> None:
    """Run every migration that has not run yet; several callers at once take turns."""
    os.environ["PICCOLO_CONF"] = __name__
    keeper = await connect(url, timeout=10)
    try:
        await keeper.execute("SELECT pg_advisory_lock($1)", LOCK)
        own_pool = DB.pool is None
        if own_pool:
            # An index of a large register takes its time.
            await DB.start(url, size=2, patience=None)
        try:
            output = io.StringIO()
            with contextlib.redirect_stdout(output):
                result = await run_forwards("notices")
            if not result.success:
                raise MigrationError(result.message)
        finally:
            if own_pool:
                await DB.stop()
    finally:
        await keeper.close()
