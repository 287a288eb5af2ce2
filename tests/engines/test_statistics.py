"""The numbers are those of a count of the whole log, whatever happened since they were counted."""

import asyncio
import csv
import io
import json
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from notices.changing import following as changing
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.listing.folder import Folder
from notices.listing.keeping import _Keeper
from notices.statistics import following, measuring, reading
from notices.statistics.following import ANEW, FOLLOWER, RecountRuns, recount, step
from notices.statistics.reading import Reader, read
from notices.verification import effect
from search import index as indexes
from search.admin import Admin
from tests.engines.test_pages import AGREED, FOOD, fields
from tests.owning import owned, owning
from tests.publishing import caught_up, declared, redacted, relaying, until, withdrawn
from tests.stepping import DONE, submitted

CHINA = timedelta(hours=8)
KUIWEN, WEICHENG = "370705", "370702"

pytestmark = pytest.mark.usefixtures("database")


@pytest_asyncio.fixture(autouse=True)
async def counted_anew(database: None) -> AsyncIterator[None]:
    for tally in (measuring.DURATIONS, effect.CHECKS):
        tally._counted.clear()
    yield


def nobody(done: int, total: int) -> None:
    pass


async def followed(follower: str = FOLLOWER) -> None:
    while await step(follower, batch=3):
        pass


async def shown(follower: str = FOLLOWER) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {"by_month": {}, "by_certificate": {}, "by_region": {}}
    for row in await DB.fetch("SELECT * FROM statistic WHERE follower = $1", follower):
        if row["value"]:
            found[row["measure"]][row["key"]] = row["value"]
    return found


async def counted(before: int | None = None) -> dict[str, dict[str, int]]:
    """All of the log counted one by one, in other words than the service's."""
    months, certificates, regions = Counter[str](), Counter[str](), Counter[str]()
    for event in await DB.fetch("SELECT * FROM event ORDER BY index"):
        if event["kind"] != "published" or (before is not None and event["index"] >= before):
            continue
        months[(event["at"].astimezone(UTC) + CHINA).strftime("%Y-%m")] += 1
        certificates[json.loads(event["entry"])["certificate"]] += 1
        [notice] = await DB.fetch("SELECT form FROM notice WHERE id = $1", event["notice"])
        if notice["form"] is not None:
            regions[json.loads(notice["form"])["region"]] += 1
    return {"by_month": months, "by_certificate": certificates, "by_region": regions}


async def some(deployment: Deployment) -> list[str]:
    """Notices of two counties and two certificates, one of which was withdrawn."""
    ids = [
        await declared(deployment, f"JY137999900001{number:02}", region=region)
        for number, region in enumerate([KUIWEN, KUIWEN, WEICHENG, KUIWEN])
    ]
    tobacco = {"certificate": "tobacco-retail-license", "matter": None}
    ids.append(await declared(deployment, "370799000001", **tobacco))
    await withdrawn(deployment, ids[1])
    return ids


async def test_all_that_was_published_counts_whatever_became_of_it(deployment: Deployment) -> None:
    await some(deployment)
    await followed()

    assert await shown() == await counted()
    numbers = await read(deployment)
    assert (numbers.notices, numbers.people, numbers.money_saved) == (5, 5, 1000)
    assert numbers.by_certificate == {"food-operation-license": 4, "tobacco-retail-license": 1}
    assert numbers.by_region == {KUIWEN: 4, WEICHENG: 1}
    assert [each.notices for each in numbers.by_month] == [5]
    dear = replace(deployment, site=replace(deployment.site, newspaper_price=350))
    assert (await read(dear)).money_saved == 5 * 350


async def test_a_redacted_notice_counts_everywhere_but_in_its_county(
    deployment: Deployment,
) -> None:
    ids = await some(deployment)
    await redacted(deployment, ids[2])  # before it was counted
    await followed()
    first = await shown()
    await redacted(deployment, ids[0])  # and after
    await redacted(deployment, ids[1])
    between = await shown()
    await followed()

    assert first["by_region"] == {KUIWEN: 4}
    assert between["by_region"] == {KUIWEN: 2}
    assert await shown() == between == await counted()
    assert (await read(deployment)).notices == 5


async def test_a_county_is_counted_before_its_text_goes_or_not_at_all(
    deployment: Deployment, database_url: str
) -> None:
    """Whoever is in the middle of a step keeps a redaction waiting."""
    ids = await some(deployment)
    await step(batch=3)
    held = await asyncpg.connect(database_url)
    try:
        async with held.transaction():
            await held.fetch(following._AT, FOLLOWER)
            waiting = asyncio.create_task(redacted(deployment, ids[0]))
            await asyncio.sleep(0.3)
            assert not waiting.done()
        await waiting
    finally:
        await held.close()
    await followed()

    assert await shown() == await counted()


@pytest.mark.parametrize("follower", [FOLLOWER, ANEW])
async def test_who_begins_to_count_waits_for_what_is_being_removed(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, follower: str
) -> None:
    """A text that goes meanwhile was taken out of no count, since there was none yet."""
    ids = await some(deployment)
    if follower == ANEW:
        await followed()
    removing, committing = asyncio.Event(), asyncio.Event()
    done = changing.idempotency.done

    async def waiting(*given: Any) -> None:
        removing.set()
        await committing.wait()
        await done(*given)

    monkeypatch.setattr(changing.idempotency, "done", waiting)
    redacting = asyncio.create_task(redacted(deployment, ids[0]))
    await removing.wait()
    counting = asyncio.create_task(followed(follower))
    await asyncio.wait([counting], timeout=0.3)
    committing.set()
    await asyncio.gather(redacting, counting)

    assert await shown(follower) == await counted()


@pytest.mark.parametrize("broken", ["_COUNT", "_MOVE"])
async def test_who_is_killed_within_a_step_counts_nothing_twice_and_nothing_less(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    await some(deployment)
    await step(batch=2)
    before = await shown()
    # The server ends the connection after the statement: what a kill at this moment leaves.
    usual = getattr(following, broken)
    fetch = DB.fetch

    async def killing(sql: str, *values: Any) -> Any:
        rows = await fetch(sql, *values)
        if sql == usual:
            await fetch("SELECT pg_terminate_backend(pg_backend_pid())")
        return rows

    with monkeypatch.context() as dying:
        dying.setattr(DB, "fetch", killing)
        with pytest.raises((Unavailable, asyncpg.PostgresError)):
            await asyncio.create_task(step())
    after = await shown()
    await followed()

    assert after == before
    assert await shown() == await counted()


async def test_several_who_follow_at_once_count_each_event_once(deployment: Deployment) -> None:
    await some(deployment)
    await asyncio.gather(*(asyncio.create_task(step(batch=2)) for _ in range(8)))
    await followed()

    assert await shown() == await counted()


async def test_days_and_months_begin_at_midnight_in_china(deployment: Deployment) -> None:
    ids = await some(deployment)
    times = ("2026-10-31T15:59:59.999Z", "2026-10-31T16:00:00Z", "2025-12-31T16:00:00Z")
    async with owning():
        for id, at in zip(ids, times, strict=False):
            await DB.fetch(
                "UPDATE event SET at = $2 WHERE notice = $1 AND kind = 'published'",
                id, datetime.fromisoformat(at),
            )  # fmt: skip
    await followed()
    months = {each.month: each.notices for each in (await read(deployment)).by_month}

    assert (await shown())["by_month"] == (await counted())["by_month"]
    assert (months["2026-10"], months["2026-01"], months["2026-02"]) == (1, 1, 0)
    assert "2025-12" not in months
    assert list(months) == sorted(months)


async def test_what_is_counted_anew_is_the_same_and_is_shown_when_it_is_done(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await some(deployment)
    await followed()
    async with owning():
        await DB.fetch("UPDATE statistic SET value = value + 7")
        spoilt = await shown()

        def killed(done: int, total: int) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            await recount(killed)
    left = await shown()
    partly = await shown(ANEW)
    await redacted(deployment, ids[0])  # it is taken out of what was counted anew so far too
    assert left == spoilt
    assert partly == await counted() | {"by_region": partly["by_region"]}
    assert await shown(ANEW) == await counted()

    await declared(deployment, "JY13799990000190")
    await owned(recount(nobody))

    assert await shown() == await counted()
    assert await DB.fetch("SELECT FROM follower WHERE name = $1", ANEW) == []
    await declared(deployment, "JY13799990000191")
    await followed()
    assert await shown() == await counted()


async def test_who_counts_anew_while_another_does_says_so_and_takes_nothing_away(
    deployment: Deployment,
) -> None:
    await some(deployment)

    async with owning():
        other: list[asyncio.Task[None]] = []
        real = following.step

        async def at_work(follower: str = FOLLOWER, batch: int = 3) -> int:
            if not other:
                other.append(asyncio.create_task(recount(nobody)))
                await asyncio.wait(other)
            return await real(follower, 2)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(following, "step", at_work)
            await recount(nobody)
        with pytest.raises(RecountRuns):
            other[0].result()
        await recount(nobody)  # and the lock is free again

    assert await shown() == await counted()


async def test_metrics_tell_how_far_the_counting_is_behind(
    deployment: Deployment, client: httpx.AsyncClient
) -> None:
    async def behind() -> tuple[float, float]:
        text = (await client.get("/metrics")).text
        lag = re.findall(r"^notices_statistics_lag_(?:events|seconds) (\S+)$", text, re.M)
        events, seconds = map(float, lag)
        return events, seconds

    ids = await some(deployment)
    events, seconds = await behind()
    await followed()

    assert (events, seconds > 0) == (len(ids) + 1, True)
    assert await behind() == (0, 0)


async def test_all_that_happened_before_the_time_they_are_of_is_counted(
    deployment: Deployment,
) -> None:
    await some(deployment)
    await step(batch=2)
    third = await DB.row("SELECT at FROM event WHERE index = 2")
    behind = await read(deployment)
    await followed()
    after = await read(deployment)

    assert third is not None
    assert datetime.fromisoformat(behind.as_of) == third["at"]
    assert behind.notices == 2
    assert datetime.fromisoformat(after.as_of) > datetime.now(UTC) - timedelta(seconds=5)


async def test_checks_that_met_a_notice_are_those_that_were_counted(
    deployment: Deployment,
) -> None:
    effect.add("food-operation-license", True, 3)
    effect.add("food-operation-license", False, 4)
    effect.add("tobacco-retail-license", True)
    await effect.CHECKS.write()
    numbers = await read(deployment)

    assert numbers.checks_met == 4
    assert [(each.notices, each.checks_met) for each in numbers.by_month] == [(0, 4)]


async def steps_of(measure: str) -> int:
    row = await DB.row(
        "SELECT coalesce(sum(times), 0)::int AS times FROM duration WHERE measure = $1", measure
    )
    return row["times"] if row else 0


async def test_every_declaration_tells_how_long_it_took_until_a_check_found_it(
    deployment: Deployment,
) -> None:
    await some(deployment)
    await measuring.DURATIONS.write()
    numbers = await read(deployment)

    assert await steps_of("check") == 5
    assert numbers.freshness.check is not None
    assert 0.001 <= numbers.freshness.check.p50 <= numbers.freshness.check.p95 < 5
    assert (numbers.freshness.search, numbers.freshness.list) == (None, None)
    assert numbers.seconds_to_publish is None
    today = (datetime.now(UTC) + CHINA).date().isoformat()
    assert [each.day for each in numbers.freshness_by_day] == [today]


async def test_publishing_takes_as_long_as_from_the_first_form_to_the_notice(
    restaurant: httpx.AsyncClient, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.perf_counter()
    page = await submitted(restaurant, FOOD | {"at": "loss", "to": "check"})
    await asyncio.sleep(0.3)
    agreed = fields(page) | AGREED | {"to": "publish"}
    for _ in range(2):  # the second is the same text from another window
        answer = await submitted(restaurant, agreed)
        assert answer.headers["location"].startswith(DONE)
    passed = time.perf_counter() - began
    await measuring.DURATIONS.write()
    of_one = await read(deployment)
    monkeypatch.setattr(reading, "PUBLISHED_AT_LEAST", 1)
    numbers = await read(deployment)

    assert await steps_of("publish") == 1
    assert of_one.seconds_to_publish is None  # it would tell how long this one took
    assert numbers.seconds_to_publish is not None
    assert 0.3 <= numbers.seconds_to_publish.p50 <= passed * 1.1


async def test_one_publishing_counts_once_from_however_many_windows_and_none_without_a_draft(
    restaurant: httpx.AsyncClient,
) -> None:
    page = await submitted(restaurant, FOOD | {"at": "loss", "to": "check"})
    agreed = fields(page) | AGREED | {"to": "publish"}
    answers = await asyncio.gather(*(submitted(restaurant, agreed) for _ in range(3)))
    whole = FOOD | {"number": "JY13799990000020", "confirm_unusual_number": "yes"}
    by_program = await submitted(restaurant, whole | AGREED | {"at": "check", "to": "publish"})
    await measuring.DURATIONS.write()

    assert len({each.headers["location"] for each in answers}) == 1
    assert by_program.headers["location"].startswith(DONE)
    assert await steps_of("publish") == 1


async def test_the_index_tells_how_long_each_notice_took_and_of_no_made_up_one(
    deployment: Deployment, admin: Admin
) -> None:
    for each in (deployment.settings.meili_index, indexes.next_of(deployment.settings.meili_index)):
        await admin.drop(each)
    async with relaying(deployment, admin):
        await declared(deployment, "JY13799990000100")
        await until(caught_up)
        first = await steps_of("search")
        moved = await DB.row("SELECT position FROM follower WHERE name = 'search'")
        await declared(deployment, "JY13799990000101")
        await until(caught_up)
        numbers = await read(deployment)
        assert moved is not None
    assert (first <= 1, await steps_of("search")) == (True, first + 1)
    assert numbers.freshness.search is not None
    assert 0.001 < numbers.freshness.search.p95 < 20

    async with owning():
        await DB.fetch("UPDATE event SET at = at - interval '3 years'")
    await measuring.told("search", 0, 2, datetime.now(UTC))
    assert await steps_of("search") == first + 1


async def test_a_list_tells_how_long_each_notice_that_is_new_in_it_took(
    deployment: Deployment,
) -> None:
    await declared(deployment, "JY13799990000100")
    keeper = _Keeper(deployment, Folder.under(deployment.settings.data))
    await keeper.round()
    assert await steps_of("list") == 0  # the first holds what was there before there were lists
    id = await declared(deployment, "JY13799990000101")
    await withdrawn(deployment, id)
    await keeper.round()
    await keeper.round()

    assert await steps_of("list") == 1
    numbers = await read(deployment)
    assert numbers.freshness.list is not None
    assert numbers.freshness.list.p50 < 60


async def test_the_same_numbers_stand_on_the_page_and_in_both_files(
    client: httpx.AsyncClient, deployment: Deployment
) -> None:
    await some(deployment)
    await followed()
    await measuring.DURATIONS.write()
    answer = await client.get("/statistics.json")
    table = await client.get("/statistics.csv")
    rows = list(csv.reader(io.StringIO(table.text)))

    assert answer.headers["cache-control"] == table.headers["cache-control"]
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert table.headers["content-type"].startswith("text/csv")
    numbers = answer.json()
    assert set(numbers) >= {
        "as_of", "notices", "people", "money_saved", "seconds_to_publish", "freshness",
        "checks_met", "by_month", "by_certificate", "by_region",
    }  # fmt: skip
    assert rows[0] == ["measure", "key", "value"]
    found = {(measure, key): value for measure, key, value in rows[1:]}
    assert len(found) == len(rows) - 1
    assert found["notices", ""] == "5"
    assert found["by_region", KUIWEN] == str(numbers["by_region"][KUIWEN])
    assert found["freshness.check", "p95"] == str(numbers["freshness"]["check"]["p95"])
    month = numbers["by_month"][-1]
    assert found["by_month.notices", month["month"]] == str(month["notices"])
    day = numbers["freshness_by_day"][0]
    assert found["freshness_by_day.check.p50", day["day"]] == str(day["check"]["p50"])
    for language, words in (("zh-CN", "1,000 元"), ("en", "1,000 yuan")):
        page = await client.get("/statistics", params={"lang": language[:2]})
        assert page.status_code == 200
        assert words in page.text
        start = await client.get("/", params={"lang": language[:2]})
        assert words in start.text


async def test_while_the_database_hangs_everybody_waits_for_one_reading(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, readings = Reader(deployment), []

    async def hangs(_: Deployment) -> Any:
        readings.append(1)
        await asyncio.sleep(0.05)
        raise Unavailable(retry_after=1)

    with monkeypatch.context() as hanging:
        hanging.setattr(reading, "read", hangs)
        asked = await asyncio.gather(*(reader.now() for _ in range(20)), return_exceptions=True)

    assert len(readings) == 1
    assert {type(each) for each in asked} == {Unavailable}
    assert (await reader.now()).notices == 0  # it is asked anew when it is back


async def test_there_is_a_page_before_anything_happened(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/statistics")
    assert page.status_code == 200
    assert "还没有公告" in page.text
    assert "<svg" not in page.text.partition("<main")[2]  # a chart of nothing says nothing
    empty = (await client.get("/statistics.json")).json()
    assert (empty["notices"], empty["by_region"], empty["seconds_to_publish"]) == (0, {}, None)
    assert len(empty["by_month"]) == 1
