"""The relay brings every event into the index, whatever fails meanwhile."""

import asyncio
import contextlib
import copy
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from notices import register, relay, session_locks
from notices.database import DB
from notices.deployment import Deployment
from notices.finding.freshness import Freshness
from notices.register import Notice
from notices.relay import checking, publishing, rebuilding
from notices.settings import Settings
from search import index as indexes
from search.admin import Admin
from search.engine import Engine, SearchDown, WriteRefused
from tests import enginefarm
from tests.publishing import (
    caught_up,
    declared,
    position,
    redacted,
    relaying,
    until,
    withdrawn,
)


@pytest_asyncio.fixture(loop_scope="session")
async def index(database: None, admin: Admin, settings: Settings) -> AsyncIterator[str]:
    """The name of an index that is not there yet."""
    await admin.drop(settings.meili_index)
    await admin.drop(indexes.next_of(settings.meili_index))
    yield settings.meili_index
    await admin.drop(settings.meili_index)


@pytest_asyncio.fixture(loop_scope="session")
async def engine(settings: Settings) -> AsyncIterator[Engine]:
    engine = Engine(settings.meili_url or "", settings.meili_search_key or "", settings.meili_index)
    yield engine
    await engine.close()


async def ids(engine: Engine, condition: str = "") -> list[str]:
    try:
        (result,) = await engine.search(
            [{"indexUid": engine.index, "q": "", "filter": condition or [], "limit": 1000}]
        )
    except SearchDown:
        return []
    return sorted(hit.id for hit in result.hits)


async def test_a_declaration_can_be_found_within_a_second(
    index: str, deployment: Deployment, admin: Admin, engine: Engine
) -> None:
    async with relaying(deployment, admin):
        await declared(deployment, "JY1")
        await until(caught_up)
        waited = []
        for number in range(11):
            id = await declared(deployment, f"JY2{number:04}")
            begin = time.perf_counter()

            async def there(id: str = id) -> bool:
                return id in await ids(engine)

            await until(there)
            waited.append(time.perf_counter() - begin)

    # The median, since other tests may keep the disk busy; the benchmark looks at the tail.
    assert sorted(waited)[5] < 1


async def test_a_withdrawal_changes_the_document(
    index: str, deployment: Deployment, admin: Admin, engine: Engine
) -> None:
    id = await declared(deployment, "JY1")

    async with relaying(deployment, admin):
        await until(caught_up)
        assert await ids(engine, "state = void") == [id]
        await withdrawn(deployment, id)
        await until(caught_up)

    assert await ids(engine, "state = reinstated") == [id]
    assert await ids(engine, "state = void") == []


async def test_a_redacted_notice_leaves_the_index(
    index: str, deployment: Deployment, admin: Admin, engine: Engine
) -> None:
    id, other = await declared(deployment, "JY1"), await declared(deployment, "JY2")

    async with relaying(deployment, admin):
        await until(caught_up)
        await redacted(deployment, id)
        await until(caught_up)

    assert await ids(engine) == [other]


async def test_two_relays_take_turns(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only one of them writes, and the other goes on where that one ended."""
    other, usual = copy.copy(admin), publishing.send
    writing: list[Admin] = []

    async def send(by: Admin, index: str, parcel: publishing.Parcel) -> publishing.Sent:
        writing.append(by)
        return await usual(by, index, parcel)

    monkeypatch.setattr(publishing, "send", send)
    async with contextlib.AsyncExitStack() as second:
        async with relaying(deployment, admin):
            await declared(deployment, "JY1")
            await until(caught_up)
            await second.enter_async_context(relaying(deployment, other))
            for number in range(2, 6):
                await declared(deployment, f"JY{number}")
                await until(caught_up)
                await asyncio.sleep(0.15)  # the other one looks twice a second
            assert all(by is admin for by in writing)
        await declared(deployment, "JY6")
        await until(caught_up)

    assert writing[-1] is other
    assert len(await ids(engine)) == 6


def strange(monkeypatch: pytest.MonkeyPatch, wrong: Callable[[str], Any], id: str) -> None:
    """From here on the document of notice `id` has what `wrong` makes of its id."""
    usual = publishing.document_of

    def document_of(deployment: Deployment, notice: Notice) -> dict[str, Any]:
        return usual(deployment, notice) | ({"id": wrong(id)} if notice.id == id else {})

    monkeypatch.setattr(publishing, "document_of", document_of)


async def test_one_refused_document_is_parked_and_the_rest_goes_on(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notices = [await declared(deployment, f"JY{number}") for number in range(9)]
    with monkeypatch.context() as changed:
        # A space is no part of an id, so the engine fails the whole task.
        strange(changed, lambda id: f"{id} ", notices[4])
        async with relaying(deployment, admin):
            await until(caught_up)

    assert await ids(engine) == sorted(set(notices) - {notices[4]})
    parked = await DB.fetch("SELECT notice, index, error FROM parked")
    assert [tuple(row)[1:] for row in parked] == [(4, "invalid_document_id")]

    async with relaying(deployment, admin):
        await withdrawn(deployment, notices[4])
        await until(caught_up)
    assert notices[4] in await ids(engine)
    assert await DB.fetch("SELECT notice FROM parked") == []


async def test_a_notice_of_which_no_document_can_be_made_is_parked(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notices = [await declared(deployment, f"JY{number}") for number in range(3)]

    def wrong(id: str) -> str:
        raise KeyError("张三")

    strange(monkeypatch, wrong, notices[1])
    async with relaying(deployment, admin):
        await until(caught_up)

    assert await ids(engine) == sorted({notices[0], notices[2]})
    parked = await DB.fetch("SELECT notice, error FROM parked")
    assert [tuple(row) for row in parked] == [(notices[1], "no document: KeyError")]


async def test_documents_that_all_cannot_be_made_are_our_fault_and_none_is_parked(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await relay.reindex(deployment, admin, nobody)
    notices = sorted([await declared(deployment, f"JY{number}") for number in range(3)])

    def without_a_package(*_: object) -> dict[str, Any]:
        raise ImportError("package")

    with monkeypatch.context() as broken:
        broken.setattr(publishing, "document_of", without_a_package)
        with pytest.raises(publishing.PublishingError, match="no document: ImportError"):
            await relay.reindex(deployment, admin, nobody)
        async with rounds(deployment, admin) as go_round:
            with pytest.raises(publishing.PublishingError):
                await go_round()
    assert await position() == 0
    assert await parked() == {}

    async with relaying(deployment, admin):
        await until(caught_up)
    assert await ids(engine) == notices


async def test_the_relay_goes_on_when_the_engine_is_back(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with relaying(deployment, admin):
        await until(caught_up)
        with monkeypatch.context() as away:

            async def no_answer(*_: object) -> Any:
                raise SearchDown("ConnectionError")

            away.setattr(admin, "created_at", no_answer)
            id = await declared(deployment, "JY1")
            await asyncio.sleep(0.5)
            assert (await relay.lag())[0] == 1
        await until(caught_up)

    assert await ids(engine) == [id]


async def believed() -> bool:
    """Whether the index was found whole of late, so that its documents are shown as they are."""
    return await Freshness().ids() is not None


async def doubted() -> bool:
    return not await believed()


async def test_an_index_is_believed_while_a_relay_finds_it_whole(
    index: str, deployment: Deployment, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with relaying(deployment, admin):
        await declared(deployment, "JY1")
        await until(caught_up)
        await until(believed)
        with monkeypatch.context() as away:

            async def no_answer(*_: object) -> Any:
                raise SearchDown("ConnectionError")

            away.setattr(admin, "created_at", no_answer)
            await until(doubted)
        await until(believed)

    await DB.fetch("UPDATE follower SET checked_at = checked_at - interval '10 seconds'")
    assert await doubted()


async def test_an_engine_that_lost_its_data_is_filled_from_the_log(
    index: str, deployment: Deployment, admin: Admin, engine: Engine
) -> None:
    async with relaying(deployment, admin):
        notices = sorted([await declared(deployment, f"JY{number}") for number in range(5)])
        await until(caught_up)
        await admin.drop(index)

        async def all_there() -> bool:
            return await ids(engine) == notices

        await until(all_there)
        assert indexes.fits(await admin.settings(index))


async def test_an_index_that_lacks_documents_is_rebuilt_at_the_start(
    index: str, deployment: Deployment, admin: Admin, engine: Engine
) -> None:
    notices = sorted([await declared(deployment, f"JY{number}") for number in range(5)])
    async with relaying(deployment, admin):
        await until(caught_up)
    await admin.wait(await admin.delete(index, notices[:3]))

    async def all_there() -> bool:
        return await ids(engine) == notices

    async with relaying(deployment, admin):
        await until(all_there)


async def test_a_rebuild_that_failed_is_tried_again_while_an_unfit_index_serves(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checking, "NEWEST", 1)  # so that only the count can tell
    notices = [await declared(deployment, f"JY{number}") for number in range(3)]
    await relay.reindex(deployment, admin, nobody)
    await admin.wait(await admin.delete(index, notices[:1]))
    failures = [SearchDown("once")]
    usual = indexes.put_in_place

    async def fails_once(*arguments: Any) -> None:
        if failures:
            raise failures.pop()
        await usual(*arguments)

    monkeypatch.setattr(indexes, "put_in_place", fails_once)

    async def all_there() -> bool:
        return await ids(engine) == sorted(notices)

    async with relaying(deployment, admin):
        await until(all_there)
    assert failures == []


@contextlib.asynccontextmanager
async def set_back(
    admin: Admin, monkeypatch: pytest.MonkeyPatch, change: Callable[[], Awaitable[None]]
) -> AsyncIterator[None]:
    """The engine is away until a relay has noticed, and comes back with its data changed."""
    noticed = asyncio.Event()

    async def no_answer(*_: object) -> Any:
        noticed.set()
        raise SearchDown("ConnectionError")

    with monkeypatch.context() as away:
        away.setattr(admin, "created_at", no_answer)
        await asyncio.wait_for(noticed.wait(), 20)
        await change()
    yield


async def test_an_index_that_lacks_documents_after_an_outage_is_rebuilt(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(checking, "NEWEST", 1)  # so that only the count can tell
    notices = [await declared(deployment, f"JY{number}") for number in range(5)]

    async def lose() -> None:
        await admin.wait(await admin.delete(index, notices[:3]))

    async def all_there() -> bool:
        return await ids(engine) == sorted(notices)

    await relay.reindex(deployment, admin, nobody)
    async with relaying(deployment, admin):
        notices.append(await declared(deployment, "JY9"))
        await until(caught_up)
        async with set_back(admin, monkeypatch, lose):
            await until(all_there)


@pytest.mark.parametrize("outage", [True, False])
async def test_an_older_copy_with_as_many_documents_is_noticed_while_the_relay_runs(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    outage: bool,
) -> None:
    monkeypatch.setattr(relay, "LOOK_AFTER", 0.1)
    notices = [await declared(deployment, f"JY{number}") for number in range(3)]
    older = await publishing.parcel(deployment, notices)

    async def take_older_copy() -> None:
        await admin.wait(await admin.add(index, list(older.documents.values())))

    async def as_it_is() -> bool:
        return await ids(engine, "state = reinstated") == notices[:1]

    await relay.reindex(deployment, admin, nobody)
    async with relaying(deployment, admin):
        await withdrawn(deployment, notices[0])
        await until(caught_up)
        if outage:
            async with set_back(admin, monkeypatch, take_older_copy):
                await until(as_it_is)
        else:
            await until(believed)
            with monkeypatch.context() as never:

                async def no_rebuild(*_: object) -> None:
                    raise SearchDown("not now")

                never.setattr(relay, "reindex", no_rebuild)
                await take_older_copy()
                await until(doubted)
            await until(as_it_is)


async def test_the_newest_events_tell_whether_an_index_is_an_older_copy(
    index: str, deployment: Deployment, admin: Admin
) -> None:
    notices = [await declared(deployment, f"JY{number}") for number in range(4)]
    before = await publishing.parcel(deployment, notices)
    await withdrawn(deployment, notices[1])
    await redacted(deployment, notices[0])
    await relay.reindex(deployment, admin, nobody)
    assert await checking.holds_newest(admin, index, 6)

    async def add_older(id: str) -> None:
        await admin.wait(await admin.add(index, [before.documents[id]]))

    # A redaction that was lost, and one that is not taken yet.
    await add_older(notices[0])
    assert not await checking.holds_newest(admin, index, 6)
    assert await checking.holds_newest(admin, index, 5)
    await admin.wait(await admin.delete(index, notices[:1]))

    # An update that was lost, one that is not taken yet, and one that waits elsewhere.
    await add_older(notices[1])
    assert not await checking.holds_newest(admin, index, 6)
    assert await checking.holds_newest(admin, index, 4)
    await publishing.settle([], {notices[1]: "once"})
    assert await checking.holds_newest(admin, index, 6)

    await admin.wait(await admin.delete(index, notices[3:]))
    assert not await checking.holds_newest(admin, index, 6)


async def test_changed_settings_lead_to_a_rebuild_by_themselves(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notices = sorted([await declared(deployment, f"JY{number}") for number in range(3)])
    async with relaying(deployment, admin):
        await until(caught_up)
    changed = [*indexes.SETTINGS["filterableAttributes"], "document_99"]
    monkeypatch.setitem(indexes.SETTINGS, "filterableAttributes", changed)

    async def rebuilt() -> bool:
        return indexes.fits(await admin.settings(index)) and await ids(engine) == notices

    async with relaying(deployment, admin):
        await until(rebuilt)


def nobody(done: int, total: int) -> None:
    pass


async def test_a_rebuild_loses_nothing_that_is_declared_meanwhile(
    index: str, deployment: Deployment, admin: Admin, engine: Engine
) -> None:
    notices = [await declared(deployment, f"JY{number}") for number in range(20)]
    missing = 0

    async def declare_on() -> None:
        for number in range(100, 160):
            notices.append(await declared(deployment, f"JY{number}"))

    async def search_on() -> None:
        nonlocal missing
        while True:
            missing += len(await ids(engine)) < 20
            await asyncio.sleep(0.005)

    async with relaying(deployment, admin):
        await until(caught_up)
        searching = asyncio.create_task(search_on())
        declaring = asyncio.create_task(declare_on())
        steps: list[tuple[int, int]] = []
        while not declaring.done():
            await relay.reindex(deployment, admin, lambda *step: steps.append(step))
        await declaring
        await until(caught_up)
        searching.cancel()

    assert await ids(engine) == sorted(notices)
    assert missing == 0
    assert steps[0] == (0, steps[0][1])
    assert steps[-1][0] >= steps[-1][1]


@contextlib.asynccontextmanager
async def rounds(
    deployment: Deployment, admin: Admin
) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """A relay that makes a round only when it is called."""
    await rebuilding.move(0)
    connection = await session_locks.connect()
    following = relay._Relay(deployment, admin, asyncio.Event())
    try:
        yield lambda: following._round(connection)
    finally:
        await following.end()
        await connection.close()


async def test_no_round_passes_while_a_new_index_takes_the_place_of_the_old(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notices = [await declared(deployment, "JY1")]
    await relay.reindex(deployment, admin, nobody)
    usual = indexes.put_in_place
    async with rounds(deployment, admin) as go_round:

        async def declared_just_before(*arguments: Any) -> None:
            notices.append(await declared(deployment, "JY2"))
            await go_round()
            await usual(*arguments)

        with monkeypatch.context() as late:
            late.setattr(indexes, "put_in_place", declared_just_before)
            await relay.reindex(deployment, admin, nobody)
        assert await position() == 1
        await go_round()

    assert await ids(engine) == sorted(notices)


async def test_the_position_stays_when_another_index_took_the_documents(
    index: str, deployment: Deployment, admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    await declared(deployment, "JY1")
    await relay.reindex(deployment, admin, nobody)
    usual = publishing.send
    async with rounds(deployment, admin) as go_round:
        await go_round()
        await declared(deployment, "JY2")

        async def sent_to_another(*arguments: Any) -> publishing.Sent:
            await admin.drop(index)
            return await usual(*arguments)

        with monkeypatch.context() as lost:
            lost.setattr(publishing, "send", sent_to_another)
            await go_round()

        assert await position() == 1


@pytest.mark.parametrize("step", ["start_next", "put_in_place"])
async def test_a_rebuild_that_ends_at_any_step_leaves_a_service_and_can_be_done_again(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    notices = sorted([await declared(deployment, f"JY{number}") for number in range(3)])
    async with relaying(deployment, admin):
        await until(caught_up)
        with monkeypatch.context() as broken:
            usual = getattr(indexes, step)

            async def ends(*arguments: Any) -> None:
                await usual(*arguments)
                raise asyncio.CancelledError

            broken.setattr(indexes, step, ends)
            with pytest.raises(asyncio.CancelledError):
                await relay.reindex(deployment, admin, nobody)
        assert await ids(engine) == notices

        notices = sorted([*notices, await declared(deployment, "JY99")])
        await until(caught_up)
        assert await ids(engine) == notices
        await relay.reindex(deployment, admin, nobody)

    assert await ids(engine) == notices
    assert await admin.created_at(indexes.next_of(index)) is None


async def test_a_rebuild_that_lacks_documents_is_not_put_in_place(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notices = sorted([await declared(deployment, f"JY{number}") for number in range(3)])
    await relay.reindex(deployment, admin, nobody)
    with monkeypatch.context() as broken:

        async def few(uid: str) -> int:
            return 2

        broken.setattr(admin, "count", few)
        with pytest.raises(rebuilding.RebuildError):
            await relay.reindex(deployment, admin, nobody)

    assert await ids(engine) == notices


async def test_the_relay_goes_on_after_the_database_has_cut_its_connections(
    index: str, deployment: Deployment, admin: Admin, engine: Engine, database_url: str
) -> None:
    async with relaying(deployment, admin):
        await declared(deployment, "JY1")
        await until(caught_up)
        other = await asyncpg.connect(enginefarm.served(database_url))
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'notices relay' AND datname = current_database()"
        )
        await other.close()
        await declared(deployment, "JY2")
        await until(caught_up)

    assert len(await ids(engine)) == 2
    assert await position() == 2


async def test_a_relay_with_a_key_that_is_not_known_makes_it_if_it_may(
    index: str, deployment: Deployment, admin: Admin, settings: Settings, engine: Engine
) -> None:
    wrong = Admin(settings.meili_url or "", "no such key")
    here = replace(deployment, settings=replace(settings, meili_master_key=None))
    id = await declared(deployment, "JY1")

    async with relaying(here, wrong):
        await asyncio.sleep(0.5)
        assert (await relay.lag())[0] == 1
    async with relaying(deployment, admin):
        await until(caught_up)

    assert await ids(engine) == [id]
    wrong.close()


async def test_how_far_the_index_is_behind_is_told_in_events_and_seconds(
    index: str, deployment: Deployment
) -> None:
    assert await relay.lag() == (0, 0.0)

    await declared(deployment, "JY1")
    await asyncio.sleep(0.05)
    events, seconds = await relay.lag()

    assert events == 1
    assert 0.05 <= seconds < 10


@pytest.mark.parametrize(
    "code",
    [
        "canceled",
        "database_size_limit_reached",
        "index_not_found",
        "internal",
        "io_error",
        "no_space_left_on_device",
        "too_many_open_files",
        "a code of a later version",
    ],
)
async def test_refusals_that_are_not_about_documents_park_nothing(
    index: str, deployment: Deployment, admin: Admin, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    id = await declared(deployment, "JY1")

    async def refuses(task: int) -> None:
        raise WriteRefused(code)

    parcel = await publishing.parcel(deployment, [id])
    sent = await publishing.send(admin, index, parcel)
    with monkeypatch.context() as broken:
        broken.setattr(admin, "wait", refuses)
        with pytest.raises(publishing.PublishingError, match=code):
            await publishing.deliver(admin, index, sent)

    assert await DB.fetch("SELECT notice FROM parked") == []


async def parked() -> dict[str, str]:
    rows = await DB.fetch("SELECT notice, error FROM parked")
    return {row["notice"]: row["error"] for row in rows}


async def test_what_is_parked_is_tried_again_and_freed_when_it_succeeds(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notices = [await declared(deployment, f"JY{number}") for number in range(4)]
    await relay.reindex(deployment, admin, nobody)
    await admin.wait(await admin.delete(index, notices[:2]))
    await publishing.settle([], {notices[0]: "once", notices[1]: "once"})
    strange(monkeypatch, lambda id: f"{id} ", notices[1])

    async with rounds(deployment, admin) as go_round:
        await go_round()
        assert await parked() == {notices[1]: "invalid_document_id"}
        assert await ids(engine) == sorted({*notices} - {notices[1]})

        # That one was freed is a reason to try the others at once; now none was.
        await go_round()
        monkeypatch.undo()
        await go_round()
        assert await parked() == {notices[1]: "invalid_document_id"}
        monkeypatch.setattr(relay, "TRY_PARKED_AFTER", 0.0)
        await go_round()

    assert await parked() == {}
    assert await ids(engine) == sorted(notices)


async def test_parked_notices_of_which_no_document_can_be_made_do_not_stop_the_others(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strange_ones = [await declared(deployment, f"JY{number}") for number in range(3)]
    usual = publishing.document_of

    def document_of(deployment: Deployment, notice: Notice) -> dict[str, Any]:
        if notice.id in strange_ones:
            raise KeyError
        return usual(deployment, notice)

    monkeypatch.setattr(publishing, "document_of", document_of)
    await publishing.settle([], dict.fromkeys(strange_ones, "no document: KeyError"))
    await rebuilding.move(3)
    other = await declared(deployment, "JY9")

    async with relaying(deployment, admin):
        await until(caught_up)

    assert sorted(await parked()) == sorted(strange_ones)
    assert await ids(engine) == [other]


async def test_a_rebuild_frees_what_was_parked_only_when_its_index_is_in_place(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notices = [await declared(deployment, f"JY{number}") for number in range(3)]
    await relay.reindex(deployment, admin, nobody)
    await admin.wait(await admin.delete(index, notices[:1]))
    await publishing.settle([], {notices[0]: "once"})
    with monkeypatch.context() as broken:

        async def ends(*_: object) -> None:
            raise asyncio.CancelledError

        broken.setattr(indexes, "put_in_place", ends)
        with pytest.raises(asyncio.CancelledError):
            await relay.reindex(deployment, admin, nobody)
    assert await parked() == {notices[0]: "once"}

    strange(monkeypatch, lambda id: f"{id} ", notices[2])
    await relay.reindex(deployment, admin, nobody)

    assert await parked() == {notices[2]: "invalid_document_id"}
    assert await ids(engine) == sorted(notices[:2])


async def test_a_session_lock_ends_soon_after_its_machine_has_vanished(pool: None) -> None:
    connection = await session_locks.connect()
    rows = await connection.fetch(
        "SELECT name, reset_val FROM pg_settings WHERE name LIKE 'tcp_keepalives%'"
    )
    await connection.close()

    assert {row["name"]: row["reset_val"] for row in rows} == {
        "tcp_keepalives_idle": "10",
        "tcp_keepalives_interval": "5",
        "tcp_keepalives_count": "3",
    }


async def objections_of(engine: Engine, id: str) -> int:
    """What the index has."""
    [result] = await engine.search(
        [{"indexUid": engine.index, "q": "", "filter": f'numbers = "{id}"', "limit": 1}]
    )
    return int(msgspec.json.decode(result.hits[0].notice or "")["objections"])


async def changed_without_an_event(id: str) -> None:
    await DB.fetch("UPDATE notice SET objections = objections + 1 WHERE id = $1", id)
    await register.touch(id)


async def nothing_is_touched() -> bool:
    return await DB.fetch("SELECT 1 FROM touched WHERE NOT taken") == []


async def test_a_notice_that_changed_without_an_event_is_taken_too(
    index: str, deployment: Deployment, admin: Admin, engine: Engine
) -> None:
    await relay.reindex(deployment, admin, lambda done, total: None)
    id = await declared(deployment, "JY1")
    async with relaying(deployment, admin):
        await until(caught_up)
    await changed_without_an_event(id)

    assert id in (await Freshness().ids() or ())
    async with relaying(deployment, admin):
        await until(nothing_is_touched)
    assert await objections_of(engine, id) == 1
    assert id not in (await Freshness().ids() or ())


async def test_what_changes_while_it_is_delivered_is_taken_again(
    index: str, deployment: Deployment
) -> None:
    id = await declared(deployment, "JY1")
    await changed_without_an_event(id)
    on_its_way = await publishing.touched(10)
    await changed_without_an_event(id)

    await publishing.untouch(on_its_way)

    assert not await nothing_is_touched()


async def test_what_changed_waits_for_every_index_that_is_alive(
    index: str, deployment: Deployment, admin: Admin
) -> None:
    id = await declared(deployment, "JY1")
    await DB.fetch(
        "INSERT INTO follower (name, alive_at)"
        " VALUES ('search one', now()), ('search gone', now() - interval '2 hours'),"
        # That is no index, and takes nothing of this.
        " ('watches', now())"
    )
    await changed_without_an_event(id)

    await publishing.untouch(await publishing.touched(10))

    assert await publishing.touched(10) == {}
    assert not await nothing_is_touched()
    stale = await DB.fetch("SELECT name FROM follower WHERE stale")
    assert [row["name"] for row in stale] == ["search gone"]
    await changed_without_an_event(id)
    assert list(await publishing.touched(10)) == [id]
    await DB.fetch("UPDATE touched SET takers = '{search one}'")
    await publishing.untouch(await publishing.touched(10))
    assert await nothing_is_touched()
    # One that was not waited for is filled anew, and then is as good as any.
    await relay.reindex(deployment, admin, lambda done, total: None)
    async with relaying(deployment, admin):
        await until(caught_up)
    assert await checking.holds(admin, index, 1)
    await DB.fetch("UPDATE follower SET stale = true WHERE name = 'search'")
    assert not await checking.holds(admin, index, 1)
    await relay.reindex(deployment, admin, lambda done, total: None)
    assert await checking.holds(admin, index, 1)


async def test_what_changed_during_a_rebuild_is_taken_again_after_it(
    index: str,
    deployment: Deployment,
    admin: Admin,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rebuild read it before, and the old index alone was told."""
    await relay.reindex(deployment, admin, lambda done, total: None)
    id = await declared(deployment, "JY1")
    put_in_place = indexes.put_in_place

    async def late(*what: Any) -> None:
        await changed_without_an_event(id)
        await publishing.untouch(await publishing.touched(10))
        await put_in_place(*what)

    monkeypatch.setattr(indexes, "put_in_place", late)

    await relay.reindex(deployment, admin, lambda done, total: None)

    assert await objections_of(engine, id) == 0
    assert not await nothing_is_touched()
    async with relaying(deployment, admin):
        await until(nothing_is_touched)
    assert await objections_of(engine, id) == 1
