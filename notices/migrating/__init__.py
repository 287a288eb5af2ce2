"""Bringing the database's tables to what this version of the code needs, and whoever serves too."""

import asyncio
import contextlib
import functools
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from piccolo.apps.migrations.commands.base import MigrationResult
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import AppConfig, AppRegistry

import migrations
from notices.database import DB, answering, connect
from notices.facts.texts import ByLanguage, Message
from notices.facts.troubles import Unrestored
from notices.locale import SOURCE
from notices.migrating import granting, roles
from notices.migrating.roles import MigrationError

# Here and not with the engine: what Piccolo loads for it costs a starting web process 0.25 s.
APP_REGISTRY = AppRegistry(["migrations"])
LOCK = 0x6E6F7469  # "noti": who migrates holds this session lock
ANSWERS, STATEMENT = 10.0, 60.0
"""Seconds for a connection, and for a statement of the one that holds the lock; migrations
themselves may take any time."""
FIRST_WORD, AGAIN, LOOK = 3.0, 30.0, 0.2
"""Seconds after which somebody who waits is told so, told again, and looks again."""
UNFINISHED = "SELECT to_regnamespace('restoring') IS NOT NULL"

_HOLDER = """
SELECT a.pid, coalesce(nullif(a.application_name, ''), '?') AS name, a.client_addr::text AS place
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.objid = $1::oid AND l.classid = 0::oid
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) LIMIT 1
"""
Say = Callable[[str], None]


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


async def migrate(
    url: str,
    service: str | None = None,
    *,
    auditor: str | None = None,
    restoring: bool = False,
    say: Say = _say,
) -> None:
    """Run every migration that has not run yet; several callers at once take turns.

    `url` is of the role that owns the tables, `service` of the one that serves from them, which
    then may do what GRANTS says. Where `url` is all there is, its role may do all it could before,
    and where that is not the owner's, nothing may be left to be done. `auditor` is of the role that
    reads the audit log and no more, where there is one. `say` is told what is waited
    for, and what settings the role that serves has of its own.

    Raises Unrestored while a restore is at work here, or was killed: what pg_restore then still
    puts in would meet tables of ours. Only the restore itself goes on, with `restoring`. Raises
    MigrationError where roles are not what they have to be (`roles`).
    """
    os.environ["PICCOLO_CONF"] = __name__
    keeper = await connect(url, timeout=ANSWERS, command_timeout=STATEMENT)
    try:
        with answering():
            await _take_turn(keeper, say)
            if not restoring and await keeper.fetchval(UNFINISHED):
                raise Unrestored
            role = None
            if service is not None and service != url:
                role = await roles.of(service, say)
            await roles.refuse_wrong(keeper, role)
            reads = await roles.of(auditor, say) if auditor else None
            if reads is not None:
                await roles.refuse_wrong(keeper, reads)
            if pending := await _pending(keeper):
                if not await roles.may_migrate(keeper):
                    raise MigrationError(_NOT_THE_OWNER.format(steps=", ".join(pending)))
                await _run(url)
            if role is not None and role != await keeper.fetchval("SELECT current_user"):
                await granting.grant(keeper, role)
            owner = await keeper.fetchval("SELECT current_user")
            if reads is not None and reads not in (role, owner):
                await granting.grant(keeper, reads, granting.AUDIT)
    finally:
        await keeper.close()


async def _take_turn(keeper: Any, say: Say) -> None:
    """Hold LOCK; whoever waits for it is told for whom, and again and again."""
    waited, next_word = 0.0, FIRST_WORD
    while not await keeper.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
        if waited >= next_word:
            next_word += AGAIN
            row = await keeper.fetchrow(_HOLDER, LOCK)
            if row is not None:
                say(_WAITING.format(**row, seconds=round(waited)).both)
        await asyncio.sleep(LOOK)
        waited += LOOK


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
            result = await _Steps("notices").run()
        if not result.success:
            raise MigrationError(ByLanguage({SOURCE: str(result.message)}))
    finally:
        if own_pool:
            await DB.stop()


class _Steps(ForwardsMigrationManager):
    """Each step in one transaction with the record that it ran.

    Piccolo writes that afterwards: whoever was killed in between could never migrate again, since
    what the step makes was there already.
    """

    async def run_migrations(self, app_config: AppConfig) -> MigrationResult:
        done = await Migration.get_migrations_which_ran(app_name=app_config.app_name)
        steps = self.get_migration_modules(app_config.resolved_migrations_folder_path)
        for id in sorted(steps.keys() - set(done)):
            step = await steps[id].forwards()
            row = Migration(name=id, app_name=app_config.app_name)
            step.add_raw(functools.partial(_record, row))
            await step.run()
        return MigrationResult(success=True)


async def _record(row: Migration) -> None:
    await Migration.insert(row)


_NOT_THE_OWNER = Message(
    "数据库缺少 {steps}，而 DATABASE_URL 的用户不能更新它。"
    "请用 DATABASE_OWNER_URL 指明数据库所有者，或以它运行 notices migrate。"
)
_WAITING = Message("正在等另一个进程更新完数据库结构（数据库后端进程 {pid}，已等 {seconds} 秒）…")
