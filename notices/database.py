"""The one PostgreSQL engine: its pool, and transactions that survive a failing COMMIT."""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import asyncpg
from piccolo.conf.apps import AppRegistry
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from notices.facts.errors import Unavailable

APP_REGISTRY = AppRegistry(["migrations"])

AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what a cut connection says when it is used once more
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.QueryCanceledError,
)
"""How a server shows that it is away, overloaded or going down; later it may answer again."""

BY_INDEX = {
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_material": "off",
    # One plan for any values: making one anew for each check took longer than looking.
    "plan_cache_mode": "force_generic_plan",
}
"""What makes a plan follow from the statement and not from what is believed of the tables.

We look up few rows in tables that grow for years. A plan that was right while a table was small is
kept for as long as its connection lives, and a table that nobody analysed looks small: either
reads all of a table for one row. Looking into an index for each row is never far from the best.
What is to read everything, an audit or a dump, has a connection of its own without this.
"""


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """Raises Unavailable for what the database does when it is AWAY."""
    try:
        yield
    except AWAY as error:
        raise Unavailable from error


class UnusableUrl(Exception):
    """DATABASE_URL cannot be read; not a part of it is shown, since any could be its password."""

    def __init__(self) -> None:
        super().__init__(
            "DATABASE_URL 的写法不对，应为 postgresql://用户:密码@主机:端口/数据库，"
            "密码中的特殊字符须写成 %XX。\n"
            "DATABASE_URL cannot be read: it is written postgresql://user:password@host:port/name, "
            "with %XX for special characters of the password."
        )


@contextlib.contextmanager
def connecting() -> Iterator[None]:
    """`answering`, and UnusableUrl where asyncpg would tell what it could not read."""
    with answering():
        try:
            yield
        except ValueError:
            raise UnusableUrl from None


async def connect(url: str, **more: Any) -> Any:
    """A connection of one's own, outside the pool; raises Unavailable and PostgresError."""
    with connecting():
        return await asyncpg.connect(url, **more)


class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg carries no types
    """A connection that a pool takes back without asking the server to forget anything.

    Nothing in this service leaves session state on a pooled connection (session locks have
    connections of their own), and the question would be one more round trip for every query.
    """

    def get_reset_query(self) -> str:
        return ""


class Transaction(PostgresTransaction):
    """A transaction that gives its connection back and leaves its task clean, whatever fails.

    Piccolo's own `__aexit__` skips both when COMMIT or ROLLBACK raises; every later
    transaction of that task would then silently be none at all.
    """

    async def __aenter__(self) -> "Transaction":
        # Not nested by construction (`allow_nested=False`), so `self` is always what runs.
        self.connection = await self.engine.acquire()  # type: ignore[attr-defined]
        try:
            self.transaction = self.connection.transaction()
            with answering():
                await self.transaction.start()
        except BaseException:
            await self.engine.release(self.connection)  # type: ignore[attr-defined]
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, exception_type: Any, exception: Any, traceback: Any) -> bool:
        try:
            with answering():
                if exception is None:
                    await self.transaction.commit()
                elif not self.connection.is_closed():
                    await self.transaction.rollback()
        finally:
            self.engine.current_transaction.reset(self.context)
            await self.engine.release(self.connection)  # type: ignore[attr-defined]
        return False


class Database(PostgresEngine):
    """Piccolo's engine; it connects when `start` is called, and not when it is built."""

    ACQUIRE_SECONDS = 5.0

    def __init__(self) -> None:
        super().__init__(config={})

    async def check_version(self) -> None:
        """Nothing: importing this module must not open a connection."""

    async def prep_database(self) -> None:
        """Nothing: no extension is needed."""

    async def start(self, url: str, size: int = 10, patience: float | None = 30) -> None:
        """A pool of up to `size` connections to `url`; they are opened when they are needed.

        No statement takes longer than `patience` seconds.
        """
        self.config = {
            "dsn": url,
            "command_timeout": patience,
            "server_settings": {
                "application_name": "notices",
                "timezone": "UTC",
                "idle_in_transaction_session_timeout": "30000",
                # Compiling takes longer than any of our statements.
                "jit": "off",
                **BY_INDEX,
                # What waits to be sorted into the index of terms is read by every look into it.
                "gin_pending_list_limit": "64kB",
            },
        }
        await self.start_connection_pool(
            min_size=0, max_size=size, timeout=5, connection_class=Connection
        )

    async def stop(self) -> None:
        if self.pool:
            pool, self.pool = self.pool, None
            try:
                async with asyncio.timeout(5):
                    await pool.close()
            except TimeoutError:
                pool.terminate()

    async def acquire(self) -> Any:
        """A connection; a full pool or a dead server is Unavailable, never a wait."""
        if self.pool is None:
            raise Unavailable
        with connecting():
            return await self.pool.acquire(timeout=self.ACQUIRE_SECONDS)

    async def release(self, connection: Any) -> None:
        if self.pool is None or not isinstance(connection, asyncpg.pool.PoolConnectionProxy):
            await connection.close()
        else:
            await self.pool.release(connection)

    def transaction(self, allow_nested: bool = False) -> Transaction:
        return Transaction(engine=self, allow_nested=False)

    async def _run_in_pool(self, query: str, args: Sequence[Any] | None = None) -> Any:
        connection = await self.acquire()
        try:
            with answering():
                return await connection.fetch(query, *(args or ()))
        finally:
            await self.release(connection)

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Rows of `sql` with PostgreSQL's own $1 parameters, inside the open transaction if any.

        For statements Piccolo cannot say: arrays, CTEs, conflict targets on partial indexes.
        """
        current = self.current_transaction.get()
        if current is not None:
            with answering():
                rows: list[asyncpg.Record] = await current.connection.fetch(sql, *args)
            return rows
        return await self._run_in_pool(sql, args)  # type: ignore[no-any-return]

    async def copy(
        self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
    ) -> None:
        """Add many `rows` to `table` by COPY, inside the open transaction."""
        current = self.current_transaction.get()
        if current is None:
            raise RuntimeError("COPY belongs into a transaction.")
        with answering():
            await current.connection.copy_records_to_table(table, columns=columns, records=rows)

    async def row(self, sql: str, *args: Any) -> asyncpg.Record | None:
        rows = await self.fetch(sql, *args)
        return rows[0] if rows else None


DB = Database()
