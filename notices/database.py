"""The one PostgreSQL engine: its pool, and transactions that survive a failing COMMIT."""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from typing import Any

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from piccolo.querystring import QueryString

from notices.facts.errors import Unavailable
from notices.facts.outages import OutcomeUnknown, StorageFull
from notices.facts.troubles import UnusableUrl

AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what a cut connection says when it is used once more
    asyncpg.OperatorInterventionError,  # going down, starting, cancelled
    asyncpg.InsufficientResourcesError,  # disk, memory, connections
    asyncpg.PostgresSystemError,  # a disk that fails
    asyncpg.TransactionRollbackError,  # a deadlock, of which one side is to try again
    asyncpg.LockNotAvailableError,
    asyncpg.IdleInTransactionSessionTimeoutError,  # what we are told after we stood still
    asyncpg.ReadOnlySQLTransactionError,  # a standby that nobody has promoted yet
    asyncpg.InvalidAuthorizationSpecificationError,  # a password that somebody has changed
)
"""How a server shows that it cannot do it now; later the same may well be done."""

GOING = (asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)

WAITED_FOR = 3.0
"""Seconds that a statement may take, waiting for a connection included, where a person waits."""
LEAVING = 0.5
"""Seconds for a connection that is given back to come to rest; then it is cut."""

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
    """Raises Unavailable for what the database does when it is AWAY, StorageFull without room."""
    try:
        yield
    except asyncpg.DiskFullError as error:
        raise StorageFull from error
    except AWAY as error:
        raise Unavailable from error


@contextlib.contextmanager
def committing() -> Iterator[None]:
    """`answering`, and OutcomeUnknown where the server did not say whether it has committed."""
    try:
        with answering():
            yield
    except Unavailable as unavailable:
        # A server that names its reason has rolled back; unless it was going down meanwhile.
        cause = unavailable.__cause__
        if isinstance(cause, asyncpg.PostgresError) and not isinstance(cause, GOING):
            raise
        raise OutcomeUnknown from cause


@contextlib.contextmanager
def committed() -> Iterator[None]:
    """For what follows a commit: whoever is told of its failure must not take it for the act's."""
    try:
        yield
    except (Unavailable, asyncpg.PostgresError) as error:
        raise OutcomeUnknown from error.__cause__ or error


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


# What is set for all of the database is its owner's; commits stronger than `on` stay.
_OWN = """
SELECT set_config(name, boot_val, false) FROM pg_settings
WHERE name = 'synchronous_commit' AND setting = 'off' OR source IN ('user', 'database user')
  AND name IN ('search_path', 'default_transaction_isolation')
"""


async def _without_own(connection: Any) -> None:
    """Undo what the role may have set for itself, for good, to lose or to hide what is written."""
    await connection.execute(_OWN)


class Transaction(PostgresTransaction):
    """A transaction that gives its connection back and leaves its task clean, whatever fails.

    Piccolo's own `__aexit__` skips both when COMMIT or ROLLBACK raises; every later
    transaction of that task would then silently be none at all.
    """

    async def __aenter__(self) -> "Transaction":
        # Not nested by construction (`allow_nested=False`), so `self` is always what runs.
        began = asyncio.get_running_loop().time()
        self.connection = await self.engine.acquire()  # type: ignore[attr-defined]
        try:
            self.transaction = self.connection.transaction()
            with answering():
                async with asyncio.timeout(self.engine.left(began)):  # type: ignore[attr-defined]
                    await self.transaction.start()
        except BaseException:
            await self.engine.release(self.connection)  # type: ignore[attr-defined]
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(self, exception_type: Any, exception: Any, traceback: Any) -> bool:
        try:
            if exception is None:
                now = asyncio.get_running_loop().time()
                with committing():
                    async with asyncio.timeout(self.engine.left(now)):  # type: ignore[attr-defined]
                        await self.transaction.commit()
            else:
                await self._roll_back()
        finally:
            self.engine.current_transaction.reset(self.context)
            await self.engine.release(self.connection)  # type: ignore[attr-defined]
        return False

    async def _roll_back(self) -> None:
        """Never hides why: a server rolls back by itself what it lost the client of."""
        try:
            async with asyncio.timeout(LEAVING):
                await self.transaction.rollback()
        except (*AWAY, asyncpg.PostgresError):
            with contextlib.suppress(asyncpg.InterfaceError):  # it went back to the pool by itself
                self.connection.terminate()


class Database(PostgresEngine):
    """Piccolo's engine; it connects when `start` is called, and not when it is built."""

    def __init__(self) -> None:
        super().__init__(config={})
        self.patience: float | None = None
        self._another_patience: ContextVar[float | None] = ContextVar("patience", default=None)

    async def check_version(self) -> None:
        """Nothing: importing this module must not open a connection."""

    async def prep_database(self) -> None:
        """Nothing: no extension is needed."""

    async def start(self, url: str, size: int = 10, patience: float | None = 30) -> None:
        """A pool of up to `size` connections to `url`; they are opened when they are needed.

        No statement takes longer than `patience` seconds.
        """
        self.patience = patience
        self.config = {
            "dsn": url,
            "command_timeout": patience,
            "server_settings": {
                "application_name": "notices",
                "timezone": "UTC",
                "idle_in_transaction_session_timeout": "30000",
                # Whoever was not waited for any longer must not go on holding locks.
                "client_connection_check_interval": "1000",
                # Compiling takes longer than any of our statements.
                "jit": "off",
                **BY_INDEX,
                # What waits to be sorted into the index of terms is read by every look into it.
                "gin_pending_list_limit": "64kB",
            },
        }
        wait = min(patience or 5, 5)
        await self.start_connection_pool(
            min_size=0, max_size=size, timeout=wait, connection_class=Connection, init=_without_own
        )

    @contextlib.contextmanager
    def patient(self, seconds: float) -> Iterator[None]:
        """For work that nobody waits for: its statements may take as long as this."""
        token = self._another_patience.set(seconds)
        try:
            yield
        finally:
            self._another_patience.reset(token)

    def left(self, began: float) -> float | None:
        """Seconds that a statement may still take that was asked for at `began`, by the loop."""
        patience = self._another_patience.get() or self.patience
        if patience is None:
            return None
        return max(0.2, patience - (asyncio.get_running_loop().time() - began))

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
            return await self.pool.acquire(timeout=min(self.patience or 5, 5))

    async def release(self, connection: Any) -> None:
        if self.pool is None or not isinstance(connection, asyncpg.pool.PoolConnectionProxy):
            await connection.close()
        else:
            # One that does not come to rest is thrown away by the pool, which is all we want.
            with contextlib.suppress(*AWAY):
                await self.pool.release(connection, timeout=LEAVING)

    def transaction(self, allow_nested: bool = False) -> Transaction:
        return Transaction(engine=self, allow_nested=False)

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Any:
        """What Piccolo's query builder says goes the way of what is written by hand."""
        sql, values = querystring.compile_string(self.engine_type)
        return await self.fetch(sql, *values)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        return await self.fetch(ddl)

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Rows of what Piccolo cannot say (docs/design.md), inside the open transaction if any."""
        began = asyncio.get_running_loop().time()
        current = self.current_transaction.get()
        connection = await self.acquire() if current is None else current.connection
        try:
            with answering():
                rows: list[asyncpg.Record] = await connection.fetch(
                    sql, *args, timeout=self.left(began)
                )
            return rows
        finally:
            if current is None:
                await self.release(connection)

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
