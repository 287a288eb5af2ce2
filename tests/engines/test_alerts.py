"""A holder who asked for it is told when an agency's check met their notice, and nothing else."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from notices import agencies
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.watches import alerts
from tests import api
from tests.api import declaration
from tests.conftest import SignIn
from tests.declared import BIRTH
from tests.engines.test_agency_keys import bearer
from tests.engines.test_pages import AGREED
from tests.engines.test_steps import PUBLISH, checked, page_of
from tests.owning import owned, owning
from tests.samples import ANNA
from tests.stepping import submitted

CHECK = "/api/v1/verifications"
QUESTION = {"certificate": "food-operation-license", "number": "JY13799990000011"}
HEARD = "哪类机关核验过"


async def key(kind: str = "bank", **more: Any) -> dict[str, str]:
    name, scopes = more.pop("name", "某某银行"), more.pop("scopes", ("verify",))
    _, given = await owned(agencies.add(name, [], scopes=scopes, kind=kind, **more))
    return bearer(given)


@pytest_asyncio.fixture(autouse=True, loop_scope="session")
async def nothing_counted(app: Litestar) -> None:
    alerts.ALERTS._counted.clear()


async def kept() -> list[tuple[str, datetime, str]]:
    """What was met, once all of it is written."""
    await alerts.ALERTS.write()
    rows = await DB.fetch("SELECT notice, hour, kind FROM alert ORDER BY kind")
    return [(row["notice"], row["hour"], row["kind"]) for row in rows]


async def an_hour_goes_by() -> None:
    async with owning():
        await DB.fetch("UPDATE alert SET hour = hour - interval '1 hour'")


async def test_the_holder_sees_hour_and_kind_of_who_checked_and_nobody_else_does(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    notice = await api.declared(restaurant, alert_on_check=True)
    bank, court = await key(), await key("court", name="某某法院")
    for headers in (bank, bank, court):
        await client.post(CHECK, json=QUESTION, headers=headers)
    await client.post(CHECK, json={"items": [QUESTION, QUESTION]}, headers=bank)

    found = await kept()
    assert [(id, kind) for id, _, kind in found] == [(notice.id, "bank"), (notice.id, "court")]
    assert all(hour.minute == hour.second == 0 for _, hour, _ in found)
    # Whoever looks each minute does not see the minute either.
    assert HEARD not in (await restaurant.get("/mine")).text
    await an_hour_goes_by()
    page = (await restaurant.get("/mine")).text
    assert HEARD in page
    assert "银行" in page
    assert "某某银行" not in page
    assert HEARD not in (await anna.get("/mine")).text
    shown = await client.get(api.of(notice.id))
    assert "alert" not in shown.text
    assert "alert_on_check" not in (await client.get("/api/v1/events")).text


async def test_a_file_of_an_agency_tells_as_single_checks_do(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many notices it meets: what waits is written in between."""
    monkeypatch.setattr(alerts, "MOST_WAITING", 1)
    met = [await api.declared(restaurant, alert_on_check=True)]
    for number in ("JY13799990000020", "JY13799990000038"):
        met.append(await api.declared(restaurant, alert_on_check=True, number=number))
    rows = "\n".join(["number", *(f"JY137999900000{each}" for each in (11, 20, 38, 46)), ""])

    async def sent(**more: Any) -> None:
        headers = await key(scopes=("batch",), **more)
        answer = await client.post(
            f"{CHECK}/batch", files={"file": ("a.csv", rows.encode())}, headers=headers
        )
        assert answer.text.count(",invalid,") == 3, answer.text

    await sent(name="丁银行", silent=True)
    assert await kept() == []
    await sent()
    assert {id for id, _, _ in await kept()} == {each.id for each in met}


async def test_nobody_is_told_of_what_the_public_tests_and_silent_keys_check(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient
) -> None:
    await api.declared(restaurant, alert_on_check=True)
    silent, test = await key(silent=True), await key(name="乙银行", test=True)
    loud = await key(name="丙银行")
    for who, headers in ((client, {}), (anna, {}), (client, silent), (client, test)):
        assert (await who.post(CHECK, json=QUESTION, headers=headers)).status_code == 200
    quiet = {**QUESTION, "silent": True}
    await client.post(CHECK, json=quiet, headers=loud)
    await client.post(CHECK, json={"items": [quiet]}, headers=loud)
    assert await kept() == []

    await client.post(CHECK, json={**QUESTION, "silent": False}, headers=loud)
    assert len(await kept()) == 1


async def test_nobody_is_told_who_did_not_ask_for_it(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    bank = await key()
    await api.declared(restaurant)
    await client.post(CHECK, json=QUESTION, headers=bank)

    assert await kept() == []
    assert HEARD not in (await restaurant.get("/mine")).text


async def test_of_what_somebody_else_declared_the_holder_is_told_once_it_is_confirmed(
    client: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """And never who declared it: the number they typed may be anybody's."""
    _, given = await owned(agencies.add("某某银行", [], scopes=("verify", "masked"), kind="bank"))
    notice = await api.declared(anna, BIRTH | {"alert_on_check": True, "relation": "parent"})
    question = {"certificate": BIRTH["certificate"], "number": BIRTH["number"]}
    await client.post(CHECK, json=question, headers=bearer(given))
    assert await kept() == []

    assert (await officer.post(api.of(notice.id, "confirmation"), json={})).status_code == 201
    await client.post(CHECK, json=question, headers=bearer(given))
    assert [id for id, _, _ in await kept()] == [notice.id]
    await an_hour_goes_by()
    child = BIRTH["holder"]
    holder = await sign_in({k: child[k] for k in ("kind", "name", "identifier")})
    assert HEARD in (await holder.get("/mine")).text
    assert HEARD not in (await anna.get("/mine")).text


async def test_what_could_not_be_written_is_written_later_with_its_own_hour(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = await api.declared(restaurant, alert_on_check=True)
    bank = await key()
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)

    async def away(*anything: Any) -> Any:
        raise Unavailable

    monkeypatch.setattr(alerts.time, "time", lambda: hour.timestamp() + 1800)
    await client.post(CHECK, json=QUESTION, headers=bank)
    with monkeypatch.context() as gone:
        gone.setattr(DB, "fetch", away)
        with pytest.raises(Unavailable):
            await alerts.ALERTS.write()

    assert await kept() == [(notice.id, hour, "bank")]


async def test_alerts_go_after_ninety_days_and_with_an_erasure(
    client: httpx.AsyncClient, anna: httpx.AsyncClient, deployment: Deployment
) -> None:
    own = {"kind": "person", "name": ANNA["name"], "identifier": ANNA["identifier"]}
    certificate = {
        "certificate": "road-transport-practitioner-certificate", "matter": None, "copies": None,
        "number": ANNA["identifier"], "holder": own, "issuer": "潍坊市交通运输局",
    }  # fmt: skip
    notice = await api.declared(anna, declaration(**certificate, alert_on_check=True))
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    alerts.ALERTS.count(notice.id, str(int(now.timestamp()) // 3600 - 91 * 24), "bank")
    alerts.ALERTS.count(notice.id, str(int(now.timestamp()) // 3600), "bank")
    assert len(await kept()) == 2

    await alerts.forget_old(now)
    assert [hour for _, hour, _ in await kept()] == [now]
    # Of the hour that is not over nothing is shown.
    alerts.ALERTS.count(notice.id, str(int(now.timestamp()) // 3600 + 1), "bank")
    assert len(await kept()) == 2
    copy = (await anna.get("/mine/data")).json()
    assert [(one["notice"], one["kind"]) for one in copy["alerts"]] == [(notice.id, "bank")]
    assert (await anna.post("/mine/erase", data={"sure": "yes"})).status_code == 303
    assert await kept() == []


@pytest.mark.parametrize("ticked", [False, True])
async def test_the_box_on_the_page_is_off_and_asks_for_it_when_it_is_ticked(
    restaurant: httpx.AsyncClient, ticked: bool
) -> None:
    box = {"alert_on_check": "yes"} if ticked else {}
    page = await checked(restaurant, **box)
    step = await page_of(restaurant, "loss", page)
    await submitted(restaurant, page | AGREED | PUBLISH)

    [row] = await DB.fetch("SELECT alert_on_check FROM notice_private")
    assert row["alert_on_check"] is ticked
    [tick] = re.findall('<input type="checkbox" id="alert_on_check"[^>]*>', step.text)
    assert ("checked" in tick) is ticked


def test_what_waits_to_be_written_takes_no_more_memory_than_it_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever is answered while the database is away."""
    monkeypatch.setattr(alerts, "MOST_WAITING", 3)
    agency = agencies.Agency("a", "某某银行", (), kind="bank")
    answers: Any = [SimpleNamespace(notice=f"{number:014}") for number in range(9)]
    alerts.count(agency, answers)

    assert len(alerts.ALERTS) == 3


async def test_while_the_database_is_away_a_file_tries_once_and_not_for_each_notice(
    app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    async def away(*statement: Any) -> None:
        tries.append(statement)
        raise Unavailable

    monkeypatch.setattr(alerts, "MOST_WAITING", 3)
    monkeypatch.setattr(DB, "fetch", away)
    await alerts.tell(agencies.Agency("a", "某某银行", (), kind="bank"), range(1000))

    assert len(tries) == 1
    assert len(alerts.ALERTS) == 3
