"""The period of a notice whose form does not tell it: found out once, and only where it is sure."""

import dataclasses
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from notices import register
from notices.audit import auditing
from notices.changing import deciding
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import disclosure, periods
from notices.facts.catalogue import Period
from notices.facts.public.form import PublicForm
from notices.upkeep import recalling, rescheduling
from tests import api
from tests.conftest import SignIn
from tests.engines.test_life import SEAL, contested, decided, notice
from tests.owning import owned
from tests.samples import ANNA, OFFICER

THREE_DAYS = {"value": 3, "unit": "calendar_day"}
COLUMNS = "period_value, period_unit, period_from"


@pytest_asyncio.fixture(loop_scope="session")
async def older(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[list[str]]:
    """Notices as they were published before forms told their period: of two seals, a licence."""
    today = disclosure.public_form

    def public_form(*words: Any, **more: Any) -> PublicForm:
        return msgspec.structs.replace(today(*words, **more), notice_period=msgspec.UNSET)

    monkeypatch.setattr(disclosure, "public_form", public_form)
    ids = [
        (await api.declared(restaurant, **SEAL)).id,
        (await api.declared(restaurant, **SEAL | {"number": "3799990000029"})).id,
        (await api.declared(restaurant)).id,
    ]
    monkeypatch.undo()
    yield ids


def under(deployment: Deployment, period: Period | None, id: str = "company-seal") -> Deployment:
    """The same, under a catalogue in which the certificate has another notice period."""
    certificates = deployment.catalogue.certificates
    other = dataclasses.replace(certificates[id], notice_period=period)
    catalogue = dataclasses.replace(deployment.catalogue, certificates=certificates | {id: other})
    return dataclasses.replace(deployment, catalogue=catalogue)


async def columns(id: str) -> tuple[Any, ...]:
    row = await DB.row(f"SELECT {COLUMNS} FROM notice WHERE id = $1", id)
    assert row is not None
    return tuple(row)


async def whole(url: str) -> bool:
    async with auditing.snapshot(url) as connection:
        await auditing.audit(connection, lambda done, total: None)
    return True


async def test_the_period_of_an_older_notice_is_taken_from_the_catalogue_once(
    older: list[str], client: httpx.AsyncClient, deployment: Deployment, database_url: str
) -> None:
    seal, other, food = older
    before = await notice(client, seal)
    assert await columns(seal) == (None, None, None)
    assert await whole(database_url)

    assert await owned(recalling.recall_periods(deployment)) == 3

    assert await columns(seal) == (3, "calendar_day", "upgrade")
    assert await columns(food) == (None, None, "upgrade")
    touched = await DB.fetch("SELECT notice FROM touched WHERE NOT taken ORDER BY notice")
    assert [row["notice"] for row in touched] == [seal, other]
    assert await notice(client, seal) == before | {"notice_period": THREE_DAYS}
    assert (await notice(client, food))["notice_period"] is None
    for later in (deployment, under(deployment, Period(5, "working_day"))):
        assert await owned(recalling.recall_periods(later)) == 0
        assert await columns(seal) == (3, "calendar_day", "upgrade")
    assert await whole(database_url)


@pytest.mark.parametrize(
    "period", [None, Period(9, "calendar_day"), Period(9, "working_day")], ids=str
)
async def test_a_catalogue_that_does_not_explain_an_end_is_not_believed(
    older: list[str],
    client: httpx.AsyncClient,
    deployment: Deployment,
    database_url: str,
    period: Period | None,
) -> None:
    seal, other, food = older
    await DB.fetch("UPDATE notice SET provisional = true WHERE id = $1", seal)
    before = await notice(client, seal)

    assert await owned(recalling.recall_periods(under(deployment, period))) == 1

    assert await columns(food) == (None, None, "upgrade")
    assert await columns(seal) == await columns(other) == (None, None, None)
    assert await owned(rescheduling.settle_periods()) == 0
    assert await notice(client, seal) == before
    assert await whole(database_url)
    # Nothing was decided by that: the right one is still believed.
    assert await owned(recalling.recall_periods(deployment)) == 2
    assert await columns(seal) == (3, "calendar_day", "upgrade")


async def test_what_was_redacted_and_what_was_contested_is_found_out_too(
    older: list[str],
    client: httpx.AsyncClient,
    sign_in: SignIn,
    deployment: Deployment,
    database_url: str,
) -> None:
    redacted, dismissed, _ = older
    officer, anna = await sign_in(OFFICER), await sign_in(ANNA)
    assert (
        await officer.post(api.of(redacted, "redaction"), json={"reason": "x"})
    ).status_code == 201
    await contested(anna, officer, dismissed, number="3799990000029")
    assert (await decided(officer, dismissed, "dismiss")).status_code == 201

    assert await owned(recalling.recall_periods(deployment)) == 3

    assert await columns(redacted) == await columns(dismissed) == (3, "calendar_day", "upgrade")
    shown = await notice(client, redacted)
    assert (shown["statement"], shown["notice_period"]) == (None, THREE_DAYS)
    assert await whole(database_url)


async def test_whoever_kills_it_loses_nothing(
    older: list[str], deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalling, "PIECE", 1)
    write, written = recalling._write, 0

    async def write_once(found: Any) -> int:
        nonlocal written
        if written:
            raise KeyboardInterrupt
        written += 1
        return await write(found)

    monkeypatch.setattr(recalling, "_write", write_once)
    with pytest.raises(KeyboardInterrupt):
        await owned(recalling.recall_periods(deployment))
    monkeypatch.undo()

    rows = await DB.fetch("SELECT id FROM notice WHERE period_from IS NULL")
    assert len(rows) == 2
    assert await owned(recalling.recall_periods(deployment)) == 2
    assert await owned(recalling.recall_periods(deployment)) == 0


async def test_a_form_that_tells_its_period_fills_the_columns_and_outlives_its_redaction(
    restaurant: httpx.AsyncClient,
    sign_in: SignIn,
    deployment: Deployment,
    database_url: str,
) -> None:
    seal, food = (await api.declared(restaurant, **SEAL)).id, (await api.declared(restaurant)).id
    shown = (await notice(restaurant, seal), await notice(restaurant, food))
    form = await DB.row("SELECT form -> 'notice_period' AS period FROM event WHERE index = 0")

    assert [each["notice_period"] for each in shown] == [THREE_DAYS, None]
    assert form is not None
    assert form["period"] == '{"unit": "calendar_day", "value": 3}'
    assert await columns(seal) == (3, "calendar_day", "form")
    assert await columns(food) == (None, None, "form")
    assert "公示期</dt><dd>3个自然日" in (await restaurant.get(f"/notices/{seal}")).text
    assert "公示期</dt>" not in (await restaurant.get(f"/notices/{food}")).text
    for id in (seal, food):
        officer = await sign_in(OFFICER)
        assert (
            await officer.post(api.of(id, "redaction"), json={"reason": "x"})
        ).status_code == 201
    assert await owned(recalling.recall_periods(under(deployment, Period(9, "working_day")))) == 0
    assert await columns(seal) == (3, "calendar_day", "form")
    assert (await notice(restaurant, seal))["notice_period"] == THREE_DAYS
    assert await whole(database_url)


async def test_a_dismissal_goes_on_with_the_notices_own_period(
    restaurant: httpx.AsyncClient, sign_in: SignIn
) -> None:
    number = {"number": "C3799992099010000000001"}
    id = (
        await api.declared(restaurant, certificate="mineral-right-license", matter=None, **number)
    ).id
    officer, anna = await sign_in(OFFICER), await sign_in(ANNA)
    await contested(anna, officer, id, **number)
    before = await register.get(id)
    row = await DB.row("SELECT effective_at FROM notice WHERE id = $1", id)
    assert row is not None
    assert before.period == Period(10, "working_day")

    def ends(at: datetime) -> list[datetime]:
        since = before.state.since
        return [
            periods.resumed(before.published_at, row["effective_at"], since, at, unit).at
            for unit in ("working_day", "calendar_day")
        ]

    # A day on which it matters in what the days are counted that are left.
    days = (before.now + timedelta(days=number) for number in range(1, 9))
    dismissed = next(day for day in days if ends(day)[0] != ends(day)[1])

    await deciding.go_on(before, dismissed)

    row_after = await DB.row("SELECT effective_at FROM notice WHERE id = $1", id)
    assert row_after is not None
    assert row_after["effective_at"] == ends(dismissed)[0]
