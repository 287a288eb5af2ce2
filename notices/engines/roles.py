"""Whether our roles get into our own PostgreSQL, and with no settings but ours.

A role may change its own password and give itself settings that outlive every restart: to lose what
was committed, to find nothing, to write nothing. Whoever got hold of the one that serves can.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from notices.engines.children import Say
from notices.facts.texts import Message

_OWN = """
SELECT coalesce(quote_ident(d.datname), '') AS database, array_to_string(s.setconfig, ', ') AS said
FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase
WHERE s.setrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)
"""
PLAIN = {"default_transaction_read_only": "off", "statement_timeout": "0", "role": "none"}
"""What a session has to be to undo what was set: it is told so before a role's own settings."""


def let_in(urls: Sequence[str], say: Say) -> bool:
    """Whether the server lets each of `urls` in; settings that they have of their own are ended."""
    # A thread, since whoever starts the engines may run a loop of their own.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _let_in(urls, say)).result()


async def _let_in(urls: Sequence[str], say: Say) -> bool:
    return all(await asyncio.gather(*(_look(url, say) for url in urls)))


async def _look(url: str, say: Say) -> bool:
    import asyncpg

    try:
        connection = await asyncpg.connect(url, timeout=10, server_settings=PLAIN)
    except asyncpg.PostgresError:
        return False  # what keeps one out is undone where no server has to let anybody in
    try:
        for row in await connection.fetch(_OWN):
            where = f"IN DATABASE {row['database']} " if row["database"] else ""
            await connection.execute(f"ALTER ROLE CURRENT_USER {where}RESET ALL")
            user = await connection.fetchval("SELECT current_user")
            say(_ENDED.format(user=user, settings=row["said"]).both)
    finally:
        await connection.close()
    return True


_ENDED = Message("数据库用户 {user} 给自己设了 {settings}，已取消。")
