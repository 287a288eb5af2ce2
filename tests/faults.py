"""Faults of a real PostgreSQL, made to happen at one step of an act by triggers that fail so."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from asyncpg.transaction import Transaction

from notices.database import DB
from tests import enginefarm

RAISE = "RAISE EXCEPTION 'made to happen' USING ERRCODE = '{}'"
FAULTS = {
    "disk full": RAISE.format("53100"),
    "out of memory": RAISE.format("53200"),
    "a disk that fails": RAISE.format("58030"),
    "read only": RAISE.format("25006"),
    "deadlock": RAISE.format("40P01"),
    "connection lost": "PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(1)",
    "too slow": "PERFORM pg_sleep(20)",
}
"""What the server does, in PL/pgSQL."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where in an act the server fails: at which change of which table, or at its commit."""

    table: str
    when: str
    deferred: bool = False

    def statements(self, fault: str) -> tuple[str, ...]:
        body = f"BEGIN {FAULTS[fault]}; RETURN NEW; END"
        kind = "CONSTRAINT TRIGGER" if self.deferred else "TRIGGER"
        when = f"AFTER {self.when}" if self.deferred else f"BEFORE {self.when}"
        deferred = "DEFERRABLE INITIALLY DEFERRED" if self.deferred else ""
        return (
            f"CREATE OR REPLACE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            f"CREATE {kind} fault {when} ON {self.table} {deferred}"
            f" FOR EACH ROW EXECUTE FUNCTION fault()",
        )


@contextlib.asynccontextmanager
async def failing(fault: str, step: Step) -> AsyncIterator[None]:
    """The server fails so at `step`, whoever comes there."""
    connection = await asyncpg.connect(enginefarm.owned(DB.config["dsn"]))
    try:
        for statement in step.statements(fault):
            await connection.execute(statement)
        yield
        await connection.execute("DROP FUNCTION fault CASCADE")
    finally:
        await connection.close()


@contextlib.contextmanager
def commit_unanswered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The next commit is made, and the connection is lost before the answer has come."""

    async def commit_and_lose(transaction: Any) -> None:
        await real(transaction)
        transaction._connection.terminate()
        raise asyncpg.ConnectionDoesNotExistError("made to happen")

    real = Transaction.commit
    with monkeypatch.context() as patched:
        patched.setattr(Transaction, "commit", commit_and_lose)
        yield
