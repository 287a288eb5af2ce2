"""The offline list says of every number what a check says of it, made from all or from the last."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from notices import agencies, verification
from notices.database import DB
from notices.demo import fill
from notices.deployment import Deployment
from notices.facts.rows import Columns, Row, read
from notices.listing import keeping, making
from notices.listing.asking import Offline
from notices.listing.folder import Folder
from notices.listing.making import Made, Maker
from notices.trust.lists import OfflineList
from notices.trust.notes import NoteVerifier
from notices.verification import Question
from tests import api, emptying
from tests.api import declaration, unusual
from tests.conftest import SignIn
from tests.declared import BIRTH
from tests.engines.test_life import ISSUER, contested, decided
from tests.files import picture
from tests.owning import owned
from tests.publishing import until
from tests.samples import ANNA, RESTAURANT

COLUMNS = Columns(number=1, certificate=0)
MANY = 1_500


def nobody(done: int, count: int) -> None:
    pass


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "lists")


@pytest.fixture
async def issuer(client: httpx.AsyncClient) -> dict[str, str]:
    """Headers of the agency that issues the sample's certificate."""
    _, key = await owned(agencies.add("奎文审批局", [ISSUER]))
    return {"Authorization": f"Bearer {key}"}


async def make(maker: Maker) -> Made | None:
    connection = await making.connect()
    try:
        return await maker.make(connection)
    finally:
        await connection.close()


def opened(deployment: Deployment, folder: Folder, size: int | None = None) -> OfflineList:
    content = folder.content(size if size is not None else folder.latest() or 0)
    assert content is not None
    return OfflineList(content, [NoteVerifier(deployment.keys.log.vkey)])


def offline(deployment: Deployment, listed: OfflineList, now: datetime) -> Offline:
    return Offline(listed, deployment.catalogue, now, timedelta(days=1))


async def online(deployment: Deployment, rows: list[Row]) -> list[str]:
    """What checks say of each row."""
    found = []
    for start in range(0, len(rows), 1000):
        questions = [Question(**row.question) for row in rows[start : start + 1000]]
        answers = await verification.answer(deployment, questions)
        found += ["no_notice" if each.status == "reinstated" else each.status for each in answers]
    return found


async def numbers() -> list[tuple[str, str]]:
    """Certificate and number of every notice that shows it whole."""
    rows = await DB.fetch(
        "SELECT certificate,"
        " coalesce(form ->> 'number', form -> 'holder' ->> 'identifier') AS number FROM notice"
        " WHERE form IS NOT NULL AND coalesce(form ->> 'number', '') NOT LIKE '%*%'"
    )
    return [(row["certificate"], row["number"]) for row in rows if row["number"]]


def others(numbers: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """As many numbers that look alike, of which there are no notices, or other ones."""
    for certificate, number in numbers:
        yield certificate, number[:-1] + ("1" if number[-1] != "1" else "2")


async def test_both_ways_say_the_same_of_every_number(
    database: None, deployment: Deployment, folder: Folder
) -> None:
    await owned(fill(deployment, MANY, 1, nobody))
    made = await make(Maker(deployment, folder))
    listed = opened(deployment, folder)
    known = await numbers()
    asked = [read(each, COLUMNS, deployment.catalogue) for each in [*known, *others(known)]]
    rows = [row for row in asked if row.reading is not None]

    said = offline(deployment, listed, datetime.now(UTC)).ask(rows)
    checked = await online(deployment, rows)

    assert made is not None
    assert made.entries == listed.head.count > MANY * 0.7
    different = [
        (row.question, one, other)
        for row, one, other in zip(rows, said, checked, strict=True)
        if one is not None and one.verdict not in (other, "ask_online")
    ]
    assert different == []
    told = [each for each in said if each is not None and each.verdict != "ask_online"]
    assert len(told) > 0.9 * len(rows)
    assert {each.verdict for each in told} >= {"no_notice", "invalid"}


FOOD = "food-operation-license"
USCC = "92379999MA0000023B"
SEAL: dict[str, Any] = {
    "certificate": "company-seal", "matter": None, "number": None, "copies": None,
}  # fmt: skip
ANIMALS = unusual(
    ANNA["identifier"], certificate="animal-epidemic-prevention-certificate", matter=None,
    copies=None, holder=ANNA, issuer="潍坊市畜牧兽医局",
)  # fmt: skip
"""Whose number is the holder's resident ID."""

PNG = picture("PNG", 20)
NAMES = ("stays", "goes", "contested", "dismissed", "replaced", "redacted", "twice", "awaited")
NUMBERS = {name: f"JY1379999000{place:04}" for place, name in enumerate(NAMES)}


async def whole(deployment: Deployment, folder: Path) -> bytes:
    """The body as it is made of the whole register."""
    made = await make(Maker(deployment, Folder(folder)))
    assert made is not None
    return opened(deployment, Folder(folder)).body


async def said(
    deployment: Deployment, folder: Folder, numbers: dict[str, str], certificate: str = FOOD
) -> dict[str, str]:
    """What the newest list says of numbers, by name; a check says the same."""
    listed = offline(deployment, opened(deployment, folder), datetime.now(UTC))
    rows = [read([certificate, each], COLUMNS, deployment.catalogue) for each in numbers.values()]
    found = listed.ask(rows)
    for name, one, other in zip(numbers, found, await online(deployment, rows), strict=True):
        assert one is not None, name
        assert one.verdict in (other, "ask_online"), name
    return {name: one.verdict for name, one in zip(numbers, found, strict=True) if one is not None}


async def test_a_list_follows_what_becomes_of_notices(
    client: httpx.AsyncClient,
    restaurant: httpx.AsyncClient,
    anna: httpx.AsyncClient,
    officer: httpx.AsyncClient,
    issuer: dict[str, str],
    deployment: Deployment,
    folder: Folder,
    tmp_path: Path,
) -> None:
    """From the last list and what changed come the same bytes as from all there is."""
    maker, ids = Maker(deployment, folder), {}
    for name, number in NUMBERS.items():
        more: dict[str, Any] = {"relation": "mandate"} if name == "awaited" else {}
        body = unusual(number, **more)
        who, exhibit = (anna, PNG) if name == "awaited" else (restaurant, None)
        ids[name] = (await api.declared(who, body, exhibit)).id
    await api.declared(restaurant, unusual(NUMBERS["twice"], copies="duplicate"))
    made = await make(maker)
    assert made is not None
    assert (made.entries, made.whole) == (len(NUMBERS), True)
    every = dict.fromkeys(NUMBERS, "invalid") | {"awaited": "declared"}
    assert await said(deployment, folder, NUMBERS) == every

    for name in ("goes", "twice"):
        where, why = api.of(ids[name], "withdrawal"), {"reason": "found"}
        withdrawal = await restaurant.post(where, json=why)
        assert withdrawal.status_code == 201
    for name in ("contested", "dismissed"):
        await contested(anna, officer, ids[name], number=NUMBERS[name])
    await decided(officer, ids["dismissed"], "dismiss")
    new = {"number": "JY13799990009990", "issued_on": "2026-11-20"}
    await client.post(api.of(ids["replaced"], "replacement"), headers=issuer, json=new)
    await officer.post(api.of(ids["redacted"], "redaction"), json={"reason": "x"})
    later = await make(maker)

    assert later is not None
    assert not later.whole
    after = every | {"goes": "no_notice", "contested": "contested", "replaced": "replaced"}
    assert await said(deployment, folder, NUMBERS) == after
    assert opened(deployment, folder).body == await whole(deployment, tmp_path / "second")

    # Void again by another notice, in effect by a confirmation, and one whose text is gone ends.
    await api.declared(restaurant, unusual(NUMBERS["goes"]))
    await officer.post(api.of(ids["awaited"], "confirmation"))
    await decided(officer, ids["redacted"], "annul")
    assert (await make(maker)) is not None
    ends = {"goes": "invalid", "awaited": "invalid", "redacted": "no_notice"}
    assert await said(deployment, folder, NUMBERS) == after | ends
    assert opened(deployment, folder).body == await whole(deployment, tmp_path / "third")
    assert await make(maker) is None  # nothing has changed


async def test_what_is_masked_is_in_no_list_and_the_list_says_that_it_cannot_tell(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, deployment: Deployment, folder: Folder
) -> None:
    await api.declared(anna, BIRTH | {"relation": "parent"})
    await api.declared(anna, ANIMALS)
    await api.declared(restaurant, **SEAL, details={"kind": "公章"})
    made = await make(Maker(deployment, folder))

    assert made is not None
    assert made.entries == 1
    told = await said(deployment, folder, {"": BIRTH["number"]}, BIRTH["certificate"])
    assert told == {"": "ask_online"}
    told = await said(deployment, folder, {"": ANIMALS["number"]}, ANIMALS["certificate"])
    assert told == {"": "ask_online"}
    # The holder's code stands for a seal's number; which seal is meant no list can tell.
    assert await said(deployment, folder, {"": USCC}, "company-seal") == {"": "declared"}
    assert await said(deployment, folder, {"": USCC}, "公章") == {"": "ask_online"}


async def test_without_a_certificate_a_number_is_looked_for_in_all(
    restaurant: httpx.AsyncClient, deployment: Deployment, folder: Folder
) -> None:
    await api.declared(restaurant)
    await make(Maker(deployment, folder))
    numbers = {
        "as printed": "JY13799990000011",
        "labelled": "许可证编号：JY1379 9990 0000 11",
    }

    told = await said(deployment, folder, numbers | {"another": "JY13799990000020"}, "")

    assert told == dict.fromkeys(numbers, "invalid") | {"another": "no_notice"}


async def test_a_list_tells_nothing_when_it_is_old_of_other_rules_or_of_tomorrow(
    restaurant: httpx.AsyncClient,
    deployment: Deployment,
    folder: Folder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await api.declared(restaurant)
    await make(Maker(deployment, folder))
    listed, now = opened(deployment, folder), datetime.now(UTC)
    rows = [read([FOOD, "JY13799990000011"], COLUMNS, deployment.catalogue)]

    def verdict(at: datetime) -> str:
        (found,) = offline(deployment, listed, at).ask(rows)
        assert found is not None
        return found.verdict

    assert verdict(now) == "invalid"
    assert verdict(now + timedelta(days=1, minutes=1)) == "ask_online"
    assert verdict(now - timedelta(minutes=6)) == "ask_online"
    monkeypatch.setattr("notices.listing.asking.RULES", 99)
    assert verdict(now) == "ask_online"


async def test_two_numbers_with_one_key_are_one_entry_the_gravest(
    restaurant: httpx.AsyncClient,
    deployment: Deployment,
    folder: Folder,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Eight bytes of a hash can be those of another number: then all is read anew."""
    monkeypatch.setattr("notices.listing.entries.key_of", lambda certificate, normal: bytes(8))
    maker = Maker(deployment, folder)
    seal = declaration(**SEAL | {"number": "3799990000017", "details": {"kind": "公章"}})
    first = (await api.declared(restaurant, seal)).id
    await make(maker)
    assert opened(deployment, folder).body[8] == 1

    await api.declared(restaurant)
    second = await make(maker)
    assert second is not None
    assert (second.entries, second.whole) == (1, True)
    assert opened(deployment, folder).body[8] == 2

    await restaurant.post(api.of(first, "withdrawal"), json={"reason": "found"})
    third = await make(maker)
    assert third is not None
    assert (third.entries, third.whole) == (1, True)
    assert opened(deployment, folder).body == await whole(deployment, tmp_path / "second")


async def test_lists_of_another_log_are_not_gone_on_with(
    sign_in: SignIn, deployment: Deployment, folder: Folder
) -> None:
    restaurant = await sign_in(RESTAURANT)
    for name in NAMES[:2]:
        await api.declared(restaurant, unusual(NUMBERS[name]))
    await make(Maker(deployment, folder))
    await emptying.empty()
    await api.declared(await sign_in(RESTAURANT), unusual(NUMBERS["replaced"]))

    made = await make(Maker(deployment, folder))

    assert made is not None
    assert (made.size, made.entries) == (1, 1)
    assert folder.latest() == 1
    assert folder.kept(2) is None


async def test_a_key_that_must_not_sign_makes_no_list(
    restaurant: httpx.AsyncClient, deployment: Deployment, folder: Folder
) -> None:
    await api.declared(restaurant)
    spend = "UPDATE log_head SET spent_key = $1, spent_size = 0"
    await owned(DB.fetch(spend, deployment.keys.log.vkey))
    try:
        assert await make(Maker(deployment, folder)) is None
    finally:
        await owned(DB.fetch("UPDATE log_head SET spent_key = NULL, spent_size = NULL"))
    assert folder.latest() is None


async def test_of_two_keepers_of_a_folder_one_makes_lists_and_the_other_goes_on(
    restaurant: httpx.AsyncClient, deployment: Deployment, tmp_path: Path
) -> None:
    here = replace(deployment, settings=replace(deployment.settings, data=tmp_path))
    folder, stops = Folder.under(here.settings.data), [asyncio.Event(), asyncio.Event()]
    keepers = [asyncio.create_task(keeping.keep(here, stop)) for stop in stops]

    async def reached(size: int) -> None:
        async def so() -> bool:
            return folder.latest() == size

        await until(so)

    await reached(0)
    await api.declared(restaurant)
    await reached(1)
    stops[0].set()
    await keepers[0]
    await api.declared(restaurant, unusual(NUMBERS["goes"]))
    await reached(2)
    stops[1].set()
    await keepers[1]

    assert opened(deployment, folder).head.count == 2
    assert {each.name for each in (folder.path / "notes").iterdir()} == {"0", "1", "2"}
