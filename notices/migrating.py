"""Bringing the database's tables to what this version of the code needs, and whoever serves too."""

import contextlib
import io
import os
from pathlib import Path
from typing import Any

from piccolo.apps.migrations.commands.forwards import run_forwards
from piccolo.conf.apps import AppRegistry

import migrations
from notices.database import DB, answering, connect
from notices.facts.texts import Text
from notices.facts.troubles import Unrestored

# Here and not with the engine: what Piccolo loads for it costs a starting web process 0.25 s.
APP_REGISTRY = AppRegistry(["migrations"])
LOCK = 0x6E6F7469  # "noti": who migrates holds this session lock
UNFINISHED = "SELECT to_regnamespace('restoring') IS NOT NULL"

GRANTS = {
    # The log grows and nothing else: not even a service that somebody broke into can change it.
    "event": "SELECT, INSERT",
    "log_node": "SELECT, INSERT",
    # Not what an owner has accepted of it, or which key is spent.
    "log_head": "SELECT, UPDATE (size, last_at, peaks)",
    # Never when it was published, under which id, or by which number it is found.
    "notice": "SELECT, INSERT, UPDATE (form, evidence, effective_at, provisional, awaiting,"
    " objections)",
    "notice_private": "SELECT, INSERT",
    "event_private": "SELECT, INSERT",
    "claim": "SELECT, INSERT, UPDATE (living, awaiting, replaced)",
    "overlap": "SELECT",
    "rival": "SELECT, INSERT",
    "objection": "SELECT, INSERT, UPDATE (status, decided_at)",
    "exhibit": "SELECT, INSERT, DELETE",
    "agency": "SELECT",
    "hold": "SELECT",
    "key_check": "SELECT, INSERT, UPDATE, DELETE",
    "migration": "SELECT",
    "session": "SELECT, INSERT, UPDATE, DELETE",
    "draft": "SELECT, INSERT, UPDATE, DELETE",
    "idempotency": "SELECT, INSERT, UPDATE, DELETE",
    "rate": "SELECT, INSERT, UPDATE, DELETE",
    "follower": "SELECT, INSERT, UPDATE, DELETE",
    "touched": "SELECT, INSERT, UPDATE, DELETE",
    "parked": "SELECT, INSERT, UPDATE, DELETE",
}
"""What the role that serves may do in each table; what is not named here it may not.

Text of a notice is deleted by the database itself, for the entry `redacted` that says so; and an
entry of another time than now, or anywhere but at the log's end, it takes from the owner alone.
"""
SEQUENCES = "USAGE, SELECT"


class MigrationError(Exception):
    """The database stands where the last whole step left it; `text` says why it does not go on."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


async def migrate(url: str, service: str | None = None, *, restoring: bool = False) -> None:
    """Run every migration that has not run yet; several callers at once take turns.

    `url` is of the role that owns the tables, `service` of the one that serves from them, which
    then may do what GRANTS says. Where `url` is all there is, its role may do all it could before,
    and where that is not the owner's, nothing may be left to be done.

    Raises Unrestored while a restore is at work here, or was killed: what pg_restore then still
    puts in would meet tables of ours. Only the restore itself goes on, with `restoring`.
    """
    os.environ["PICCOLO_CONF"] = __name__
    keeper = await connect(url, timeout=10)
    try:
        with answering():
            await keeper.execute("SELECT pg_advisory_lock($1)", LOCK)
            if not restoring and await keeper.fetchval(UNFINISHED):
                raise Unrestored
            if pending := await _pending(keeper):
                if not await keeper.fetchval("SELECT has_schema_privilege('public', 'CREATE')"):
                    raise MigrationError(_NOT_THE_OWNER.format(steps=", ".join(pending)))
                await _run(url)
            if service is not None and service != url:
                await grant(keeper, await _role(service))
    finally:
        await keeper.close()


async def _pending(connection: Any) -> list[str]:
    """The steps that this version has and the database lacks, in order."""
    known = sorted(file.stem for file in Path(migrations.__file__).parent.glob("notices_*.py"))
    if not await connection.fetchval("SELECT to_regclass('public.migration') IS NOT NULL"):
        return known
    rows = await connection.fetch("SELECT name FROM migration WHERE app_name = 'notices'")
    done = {row["name"] for row in rows}
    return [name for name in known if name not in done]


async def _run(url: str) -> None:
    own_pool = DB.pool is None
    if own_pool:
        # An index of a large register takes its time.
        await DB.start(url, size=2, patience=None)
    try:
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            result = await run_forwards("notices")
        if not result.success:
            raise MigrationError(_FAILED.format(said=result.message))
    finally:
        if own_pool:
            await DB.stop()


async def _role(url: str) -> str:
    """Who one is under `url`."""
    connection = await connect(url, timeout=10)
    try:
        return str(await connection.fetchval("SELECT quote_ident(current_user)"))
    finally:
        await connection.close()


async def grant(connection: Any, role: str) -> None:
    """Give `role`, an identifier as SQL writes it, what GRANTS says, and take the rest from it."""
    database = await connection.fetchval("SELECT quote_ident(current_database())")
    statements = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {role}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {role}",
        f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}",
        f"REVOKE CREATE ON DATABASE {database} FROM PUBLIC, {role}",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT {SEQUENCES} ON ALL SEQUENCES IN SCHEMA public TO {role}",
        *(f"GRANT {what} ON public.{table} TO {role}" for table, what in GRANTS.items()),
    ]
    async with connection.transaction():
        await connection.execute(";\n".join(statements))


async def may_change_the_log(url: str) -> bool:
    """Whether the role of `url` could change or delete what the log holds.

    By what it was granted, or since it may become the tables' owner, owns the database, or is a
    superuser.
    """
    connection = await connect(url, timeout=10)
    try:
        with answering():
            found = await connection.fetchval(
                "SELECT bool_or(has_table_privilege(c.oid, 'DELETE, TRUNCATE')"
                "  OR has_any_column_privilege(c.oid, 'UPDATE')"
                "  OR pg_has_role(c.relowner, 'MEMBER') OR pg_has_role(d.datdba, 'MEMBER')"
                "  OR r.rolsuper)"
                " FROM pg_class c, pg_database d, pg_roles r"
                " WHERE c.oid IN ('public.event'::regclass, 'public.log_node'::regclass)"
                " AND d.datname = current_database() AND r.rolname = current_user"
            )
            return bool(found)
    finally:
        await connection.close()


_FAILED = Text("{said}", "{said}")
_NOT_THE_OWNER = Text(
    "数据库缺少 {steps}，而 DATABASE_URL 的用户不能更新它。"
    "请用 DATABASE_OWNER_URL 指明数据库所有者，或以它运行 notices migrate。",
    "The database lacks {steps}, and DATABASE_URL's user may not bring it up to date. Name its "
    "owner by DATABASE_OWNER_URL, or run notices migrate with that set.",
)
