"""What Piccolo says goes the way of what is written by hand, whatever fails on it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from piccolo.query.methods.delete import DeletionError

from notices.database import DB, Database
from notices.facts.errors import Unavailable
from notices.facts.outages import OutcomeUnknown, StorageFull
from notices.tables import Hold, Session
from notices.tables.expressions import NOW
from notices.tables.prepared import Prepared
from tests import faults
from tests.owning import owned

HOUR = timedelta(hours=1)
KEY = b"k" * 32
_BEGIN = Prepared(
    lambda key, sealed, lasts: Session.insert(
        Session(token_hash=key, sealed=sealed, expires_at=NOW + lasts)
    )
)
_END = Prepared(lambda key: Session.delete().where(Session.token_hash == key))


async def _by_hand() -> None:
    await DB.fetch("INSERT INTO session VALUES ($1, '', now() + $2)", KEY, HOUR)


async def _by_piccolo() -> None:
    await Session.insert(Session(token_hash=KEY, sealed=b"", expires_at=NOW + HOUR))


async def _prepared() -> None:
    await _BEGIN.fetch(KEY, b"", HOUR)


async def _end_by_hand() -> None:
    await DB.fetch("DELETE FROM session WHERE token_hash = $1", KEY)


async def _end_by_piccolo() -> None:
    await Session.delete().where(Session.token_hash == KEY)


async def _end_prepared() -> None:
    await _END.fetch(KEY)


Act = Callable[[], Awaitable[None]]
begins = pytest.mark.parametrize("begin", [_by_hand, _by_piccolo, _prepared])
ends = pytest.mark.parametrize("end", [_end_by_hand, _end_by_piccolo, _end_prepared])


async def there() -> int:
    return len(await DB.fetch("SELECT 1 FROM session"))


@begins
@pytest.mark.parametrize("fault", faults.FAULTS)
@pytest.mark.parametrize("within", [False, True], ids=["alone", "within a transaction"])
async def test_a_server_that_fails_is_refused_in_the_same_words(
    database: None, begin: Act, fault: str, within: bool
) -> None:
    refusal = StorageFull if fault == "disk full" else Unavailable
    async with faults.failing(fault, faults.Step("session", "INSERT")):
        for _ in range(2):
            with pytest.raises(refusal), DB.patient(0.3):
                if within:
                    async with DB.transaction():
                        await begin()
                else:
                    await begin()

    assert DB.current_transaction.get() is None
    assert await there() == 0


@begins
@pytest.mark.parametrize(
    ("fault", "refusal"),
    [("disk full", StorageFull), ("deadlock", Unavailable), ("connection lost", OutcomeUnknown)],
)
async def test_a_commit_that_fails_is_refused_in_the_same_words(
    database: None, begin: Act, fault: str, refusal: type[Exception]
) -> None:
    async with faults.failing(fault, faults.Step("session", "INSERT", deferred=True)):
        with pytest.raises(refusal):
            async with DB.transaction():
                await begin()

    assert DB.current_transaction.get() is None
    assert await there() == 0


@begins
async def test_a_commit_that_is_not_answered_may_be_done(
    database: None, begin: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    with faults.commit_unanswered(monkeypatch), pytest.raises(OutcomeUnknown):
        async with DB.transaction():
            await begin()

    assert await there() == 1


@begins
async def test_what_is_undone_is_undone_together(database: None, begin: Act) -> None:
    with pytest.raises(ZeroDivisionError):
        async with DB.transaction():
            await begin()
            assert await there() == 1
            raise ZeroDivisionError

    assert await there() == 0


@begins
@ends
async def test_a_lock_is_waited_for_as_long_as_somebody_is_patient(
    database: None, begin: Act, end: Act
) -> None:
    await begin()
    other = await asyncpg.connect(DB.config["dsn"])
    try:
        async with other.transaction():
            await other.execute("SELECT FROM session FOR UPDATE")
            began = asyncio.get_running_loop().time()
            with pytest.raises(Unavailable), DB.patient(0.3):
                await end()
            waited = asyncio.get_running_loop().time() - began
    finally:
        await other.close()
    kept = await there()
    await end()

    assert 0.2 < waited < 3
    assert (kept, await there()) == (1, 0)


@begins
@ends
async def test_without_a_server_there_is_nothing_to_be_said(
    database: None, begin: Act, end: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(DB, "pool", None)
        for act in (begin, end):
            with pytest.raises(Unavailable):
                await act()

    assert await there() == 0


async def test_a_full_pool_is_not_waited_for(
    database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pool of what Piccolo says is the one that all else has."""
    small = Database()
    await small.start(DB.config["dsn"], 1, patience=0.3)
    monkeypatch.setattr(DB, "pool", small.pool)
    monkeypatch.setattr(DB, "patience", 0.3)
    try:
        async with DB.transaction():
            elsewhere = asyncio.create_task(_outside(_by_piccolo))
            with pytest.raises(Unavailable):
                await elsewhere
            await _by_piccolo()
            assert await there() == 1
    finally:
        monkeypatch.undo()
        await small.stop()


async def _outside(act: Act) -> None:
    DB.current_transaction.set(None)
    await act()


async def test_a_prepared_statement_takes_its_values_by_their_names(database: None) -> None:
    between: Any = Prepared(
        lambda latest, earliest: (
            Session.select(Session.token_hash)
            .where(Session.expires_at > NOW + earliest, Session.expires_at < NOW + latest)
            .limit(5)
        )
    )
    await _by_piccolo()

    assert (await between.row(2 * HOUR, HOUR / 2))["token_hash"] == KEY
    assert await between.row(HOUR / 2, -HOUR) is None
    assert await between.fetch(-HOUR, 2 * HOUR) == []


def test_what_would_end_everything_is_not_prepared() -> None:
    with pytest.raises(DeletionError):
        Prepared(lambda: Session.delete())


async def test_what_the_database_fills_is_left_to_it(database: None) -> None:
    await owned(Hold.insert(Hold(reason="x")).run())
    row = await Hold.select().first()
    await owned(Hold.delete(force=True).run())

    assert row is not None
    assert row["reason"] == "x"
    assert row["at"].tzinfo is not None
