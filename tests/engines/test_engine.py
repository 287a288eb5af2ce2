"""Asking the search engine and writing to it: keys, deadlines, tasks."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from notices.settings import Settings
from search import index as indexes
from search.admin import Admin, keys_of, make_keys
from search.engine import Engine, SearchBusy, SearchDown, WriteRefused


@pytest_asyncio.fixture(loop_scope="session")
async def index(admin: Admin, settings: Settings) -> AsyncIterator[str]:
    """The name of an empty index with our settings."""
    name = f"{settings.meili_index}_engine"
    await admin.drop(name)
    await indexes.start_next(admin, name)
    await indexes.put_in_place(admin, name)
    yield name
    await admin.drop(name)


@contextlib.asynccontextmanager
async def asking(settings: Settings, index: str, **changes: Any) -> AsyncIterator[Engine]:
    url, master = settings.meili_url or "", settings.meili_master_key or ""
    arguments = {"url": url, "key": make_keys(url, master, index)[0], "index": index} | changes
    engine = Engine(**arguments)
    try:
        yield engine
    finally:
        await engine.close()


@contextlib.asynccontextmanager
async def server(answer: bytes, after: float = 0) -> AsyncIterator[str]:
    """The address of something that gives every request this answer."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(after)
        writer.write(answer)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        writer.close()

    listening = await asyncio.start_server(speak, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        listening.close()


def question(engine: Engine, **changes: Any) -> list[dict[str, Any]]:
    return [{"indexUid": engine.index, "q": "", **changes}]


async def test_what_was_written_is_found(settings: Settings, admin: Admin, index: str) -> None:
    await admin.wait(await admin.add(index, [{"id": "1", "holder": "张"}, {"id": "2"}]))
    async with asking(settings, index) as engine:
        (result,) = await engine.search(question(engine, q='"张"'))

    assert [hit.id for hit in result.hits] == ["1"]
    assert await admin.count(index) == 2


async def test_an_index_that_does_not_know_a_field_is_asked_in_all_that_it_has(
    settings: Settings, admin: Admin, index: str
) -> None:
    async with asking(settings, index) as engine:
        asked = question(engine, q='"张"', attributesToSearchOn=["holder", "place"])
        (empty,) = await engine.search(asked)
        await admin.wait(await admin.add(index, [{"id": "1", "holder": "张"}]))
        (older,) = await engine.search(asked)

    assert empty.hits == []
    assert [hit.id for hit in older.hits] == ["1"]


async def test_what_was_deleted_is_gone(settings: Settings, admin: Admin, index: str) -> None:
    await admin.wait(await admin.add(index, [{"id": "1"}, {"id": "2"}]))
    await admin.wait(await admin.delete(index, ["1"]))

    assert await admin.count(index) == 1


async def test_documents_are_read_by_id_with_the_fields_asked_for(admin: Admin, index: str) -> None:
    ids = [str(number) for number in range(30)]
    await admin.wait(await admin.add(index, [{"id": id, "last_event": 4} for id in ids]))

    found = await admin.documents(index, [*ids, "99"], ["last_event"])

    assert found == [{"last_event": 4}] * 30


async def test_keys_are_the_same_every_time_and_can_be_told_without_asking(
    settings: Settings, index: str
) -> None:
    url, master = settings.meili_url or "", settings.meili_master_key or ""

    assert make_keys(url, master, index) == make_keys(url, master, index) == keys_of(master, index)


async def test_the_searching_key_cannot_write_and_sees_no_other_index(
    settings: Settings, index: str
) -> None:
    url, master = settings.meili_url or "", settings.meili_master_key or ""
    stranger = Admin(url, make_keys(url, master, index)[0])
    with pytest.raises(WriteRefused, match="invalid_api_key"):
        await stranger.add(index, [{"id": "1"}])
    stranger.close()
    async with asking(settings, index) as engine:
        with pytest.raises(SearchDown, match="invalid_api_key"):
            await engine.search([{"indexUid": "another", "q": ""}])


async def test_a_task_that_failed_is_refused_with_its_code(admin: Admin, index: str) -> None:
    with pytest.raises(WriteRefused, match="invalid_document_id"):
        await admin.wait(await admin.add(index, [{"id": "no id"}]))


async def test_a_task_that_nobody_knows_is_refused(admin: Admin) -> None:
    with pytest.raises(WriteRefused, match="task_not_found"):
        await admin.wait(4_000_000_000)


async def test_an_index_that_is_not_there_has_no_age_and_is_dropped_in_peace(
    admin: Admin, index: str
) -> None:
    await admin.drop(f"{index}_none")

    assert await admin.created_at(f"{index}_none") is None


async def test_an_index_made_by_us_fits_and_one_changed_does_not(
    admin: Admin, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert indexes.fits(await admin.settings(index))

    for name, value in (
        ("searchableAttributes", ["holder"]),
        ("filterableAttributes", ["year"]),
        ("typoTolerance", {"enabled": True}),
        ("prefixSearch", "indexingTime"),
    ):
        with monkeypatch.context() as changed:
            changed.setitem(indexes.SETTINGS, name, value)
            assert not indexes.fits(await admin.settings(index)), name


async def test_a_search_that_takes_too_long_is_given_up(settings: Settings, index: str) -> None:
    async with (
        server(b"HTTP/1.1 200 OK\r\n\r\n", after=5) as url,
        asking(settings, index, url=url, deadline=0.1) as engine,
    ):
        with pytest.raises(SearchDown, match="timeout"):
            await engine.search(question(engine))


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<html",
        b"HTTP/1.1 503 Oh\r\nContent-Length: 4\r\n\r\nbusy",
        b"nonsense",
        b"",
    ],
)
async def test_whatever_is_no_answer_means_that_the_engine_is_down(
    settings: Settings, index: str, answer: bytes
) -> None:
    async with server(answer) as url, asking(settings, index, url=url) as engine:
        with pytest.raises(SearchDown):
            await engine.search(question(engine))
        assert not await engine.healthy()


async def test_what_is_asked_of_the_engine_is_asked_of_no_other_host(
    settings: Settings, index: str
) -> None:
    found = b'HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n{"results":[{"hits":[]}]}'
    async with server(found) as other, asking(settings, index, url=other) as engine:
        assert await engine.search(question(engine)) != []
    async with server(found) as other:
        led = f"HTTP/1.1 307 Go\r\nLocation: {other}/\r\nContent-Length: 0\r\n\r\n"
        async with server(led.encode()) as url, asking(settings, index, url=url) as engine:
            with pytest.raises(SearchDown):
                await engine.search(question(engine))


async def test_an_engine_that_is_away_is_down_and_not_healthy(
    settings: Settings, index: str
) -> None:
    async with asking(settings, index, url="http://127.0.0.1:1") as engine:
        assert not await engine.healthy()
        with pytest.raises(SearchDown):
            await engine.search(question(engine))
    away = Admin("http://127.0.0.1:1", "key")
    with pytest.raises(SearchDown):
        await away.count(index)
    away.close()


async def test_an_engine_that_answers_a_search_is_healthy(settings: Settings, index: str) -> None:
    async with asking(settings, index) as engine:
        assert await engine.healthy()
    async with asking(settings, f"{index}_none") as engine:
        assert not await engine.healthy()


async def test_no_error_repeats_what_was_typed(settings: Settings, index: str) -> None:
    async with asking(settings, index) as engine:
        with pytest.raises(SearchDown) as error:
            await engine.search(question(engine, filter='secret = "379999190001020023'))

    assert "379" not in repr(error.value)
    assert error.value.__cause__ is None


async def test_more_searches_than_can_be_in_flight_are_refused_at_once(
    settings: Settings, index: str
) -> None:
    async with (
        server(b"", after=0.5) as url,
        asking(settings, index, url=url, deadline=2) as engine,
    ):
        results = await asyncio.gather(
            *(engine.search(question(engine)) for _ in range(Engine.IN_FLIGHT + 3)),
            return_exceptions=True,
        )

    assert [type(result) for result in results].count(SearchBusy) == 3
