"""Numbers and persons are hashed by another key while people ask, declare, object and look."""

import dataclasses
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from notices import deployment as deployments
from notices import matching_keys, verification
from notices.audit import auditing
from notices.audit.comparing import Numbers
from notices.changing import rights, rivals
from notices.database import DB
from notices.deployment import Deployment, WrongDatabase, refuse_other_keys
from notices.facts.errors import Unavailable
from notices.facts.requests import Declaration, Holder
from notices.identity import Person
from notices.settings import Settings
from notices.trust.keys import exported, import_into
from notices.trust.matching import Matching
from notices.upkeep import persons, rekeying, rotating
from notices.verification import Question
from notices.watches import following
from tests import api
from tests.api import declaration
from tests.conftest import SignIn
from tests.owning import owned, owning
from tests.samples import ANNA

FOOD = "food-operation-license"
SEAL = declaration(certificate="company-seal", matter=None, copies=None)
CODE = "92379999MA0000023B"
ASKED: list[dict[str, Any]] = [
    {"certificate": FOOD, "number": "JY13799990000011"},
    {"number": "JY13799990000011"},
    {"certificate": FOOD, "number": "13799990000011"},
    {"certificate": FOOD, "number": "JY13799990000046", "copy": "duplicate"},
    {"certificate": FOOD, "number": "JY13799990000099"},
    {"certificate": "company-seal", "number": "3707000000001"},
    {"certificate": "company-seal", "number": CODE},
    {"certificate": "business-license", "number": CODE},
    {"number": CODE},
]
OBJECTION = {"number": "JY13799990000011", "ground": "other", "text": "证件在我手里。"}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once_and_one_by_one(monkeypatch)


def at_once_and_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rekeying, "SETTLED", 0.0)
    monkeypatch.setattr(rekeying, "PIECE", 1)
    monkeypatch.setattr(rotating, "REST", 0.0)


async def nothing(moved: int) -> None:
    """Is done in between."""


def nobody(done: int, total: int) -> None:
    """Watches."""


@dataclasses.dataclass
class People:
    """Who has declared, and may again; and somebody else."""

    restaurant: httpx.AsyncClient
    anna: httpx.AsyncClient
    ids: list[str]


@pytest_asyncio.fixture(loop_scope="session")
async def people(
    restaurant: httpx.AsyncClient, sign_in: SignIn, deployment: Deployment
) -> AsyncIterator[People]:
    """Notices whose claims meet by number, digits, holder's code, copy and document."""
    await refuse_other_keys(deployment)  # as each start does, which says by which key it is hashed
    ids = []
    for body in (
        declaration(),
        api.unusual("JY13799990000046", copies="both"),
        SEAL | {"number": "3707000000001", "details": {"kind": "财务专用章"}},
        SEAL | {"number": None, "details": {"kind": "公章"}},
        declaration(certificate="business-license", matter=None, number=CODE),
    ):
        given = {name: value for name, value in body.items() if value is not None}
        answer = await restaurant.post("/api/v1/notices", json=given)
        if answer.status_code == 422:
            given["confirm_unusual_number"] = True
            answer = await restaurant.post("/api/v1/notices", json=given)
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    # The same number twice: what ended, and what lives.
    await restaurant.post(api.of(ids[1], "withdrawal"), json={"reason": "found"})
    again = await restaurant.post("/api/v1/notices", json=api.unusual("JY13799990000046"))
    assert again.status_code == 201, again.text
    anna = await sign_in(ANNA)
    filed = await anna.post(api.of(ids[0], "objections"), json=OBJECTION)
    assert filed.status_code == 201, filed.text
    yield People(restaurant, anna, [*ids, again.json()["id"]])


async def answers(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """What anybody is told, but for when and over which log."""
    found = []
    for question in ASKED:
        answer = await client.post("/api/v1/verifications", json=question)
        assert answer.status_code == 200, answer.text
        told = answer.json()
        found.append({k: told[k] for k in told.keys() - {"checked_at", "log_size", "signature"}})
    return found


async def mine(client: httpx.AsyncClient) -> list[str]:
    page = await client.get("/mine")
    assert page.status_code == 200
    return sorted({part[:14] for part in page.text.split('href="/notices/')[1:]})


async def audited(settings: Settings) -> None:
    async with auditing.snapshot(settings.database_url or "") as connection:
        await auditing.audit(connection, lambda done, size: None, numbers=Numbers(settings))


async def rotate(deployment: Deployment) -> None:
    async with owning():
        assert await rotating.begin_matching(deployment)
        assert await rotating.go_on(deployment, nobody)
        assert not await rotating.waits(deployment)


async def test_no_answer_is_wrong_at_any_moment(
    people: People, deployment: Deployment, settings: Settings
) -> None:
    before, own = await answers(people.anna), await mine(people.restaurant)
    assert [each["status"] for each in before].count("no_notice") == 2
    assert any(each["others"] for each in before)
    old, moments = deployment.keys.matching.present, []

    async def look(moved: int) -> None:
        moments.append(moved)
        if not moved and len(moments) > 1:
            return
        assert await answers(people.anna) == before
        assert await mine(people.restaurant) == own
        for number in ("JY13799990000011", "JY13799990000046"):
            twice = await people.restaurant.post("/api/v1/notices", json=api.unusual(number))
            assert twice.status_code == 409, twice.text
        again = await people.anna.post(api.of(people.ids[0], "objections"), json=OBJECTION)
        assert again.json()["code"] == "already_objected"
        if len(moments) % 6 == 1:
            await audited(settings)

    async with owning():
        assert await rotating.begin_matching(deployment)
        await rekeying.go_on(deployment, look)

    assert sum(moments) >= 12
    assert moments.count(1) > 5, "each was a moment of its own"
    assert deployment.keys.matching.present != old
    assert deployment.keys.matching.before is None
    moments.clear()
    await look(0)


async def test_what_is_declared_meanwhile_is_found_by_its_number_and_its_holder(
    people: People, deployment: Deployment, settings: Settings
) -> None:
    made: list[str] = []

    async def declare(moved: int) -> None:
        if len(made) == 8:
            return
        number = f"3707000000{100 + len(made)}"
        body = SEAL | {"number": number, "details": {"kind": "合同专用章"}}
        answer = await people.restaurant.post(
            "/api/v1/notices",
            json={k: v for k, v in body.items() if v is not None}
            | {"confirm_unusual_number": True},
        )
        assert answer.status_code == 201, answer.text
        made.append(number)
        for each in made:
            question = {"certificate": "company-seal", "number": each}
            told = await people.anna.post("/api/v1/verifications", json=question)
            assert told.json()["status"] != "no_notice", each
            # By the holder's code, which is typed nowhere here, one meets the others.
            assert len(told.json()["others"]) >= min(10, len(made) - 1)

    async with owning():
        assert await rotating.begin_matching(deployment)
        await rekeying.go_on(deployment, declare)

    assert len(made) == 8
    await audited(settings)


async def test_a_process_that_stood_still_asks_and_declares_rightly(
    people: People, deployment: Deployment, settings: Settings
) -> None:
    asleep = deployments.load(settings)
    await refuse_other_keys(asleep)
    [checked] = await verification.check(asleep, [Question(**ASKED[0])])

    await rotate(deployment)

    [answer] = await verification.answers(asleep, [checked])
    assert answer.status != "no_notice"
    assert asleep.keys.matching.present == deployment.keys.matching.present


async def test_a_declaration_that_was_hashed_before_is_hashed_again(
    people: People, deployment: Deployment, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Matching(deployment.keys.matching.present)
    await rotate(deployment)
    monkeypatch.setattr(deployment.keys.matching, "present", old.present)

    refused = await people.restaurant.post("/api/v1/notices", json=declaration())
    fresh = await people.restaurant.post("/api/v1/notices", json=api.unusual("JY13799990000087"))

    assert refused.status_code == 409
    assert fresh.status_code == 201, fresh.text
    assert deployment.keys.matching.present != old.present
    await audited(settings)


class Killed(BaseException):
    """As if by SIGKILL."""


@pytest.mark.parametrize("step", ["made", "said", "moved", "done"])
async def test_killed_after_any_step_it_goes_on_and_old_exports_are_refused(
    people: People, deployment: Deployment, settings: Settings, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, step: str,
) -> None:  # fmt: skip
    before, folder = await answers(people.anna), settings.keys_folder
    import_into(tmp_path / "old" / "keys", exported(folder))

    def die(*anything: Any) -> Any:
        raise Killed

    async with owning():
        assert await rotating.begin_matching(deployment)
        import_into(tmp_path / "between" / "keys", exported(folder))
        match step:
            case "made":
                monkeypatch.setattr(rekeying, "_say", die)
            case "said":
                monkeypatch.setattr(rekeying, "_walk", die)
            case "moved":
                monkeypatch.setattr(persons, "move_people", die)
            case _:
                monkeypatch.setattr(rekeying.files, "settle", die)
        with pytest.raises(Killed):
            await rotating.go_on(deployment, nobody)
        monkeypatch.undo()
        at_once_and_one_by_one(monkeypatch)
        await refuse_other_keys(deployments.load(settings))
        await audited(settings)
        assert await answers(people.anna) == before
        assert not await rotating.begin_matching(deployment)
        assert await rotating.go_on(deployments.load(settings), nobody)
        assert not await rotating.waits(deployment)

    assert await answers(people.anna) == before
    assert not (folder / "matching.next").exists()
    await audited(settings)
    await refuse_other_keys(deployments.load(settings))
    old = dataclasses.replace(settings, data=tmp_path / "old")
    with pytest.raises(WrongDatabase, match="matching"):
        await refuse_other_keys(deployments.load(old))
    # What was exported after it began holds the new one, in its file to come.
    between = deployments.load(dataclasses.replace(settings, data=tmp_path / "between"))
    await refuse_other_keys(between)
    [answer] = await verification.answer(between, [Question(**ASKED[0])])
    assert answer.status != "no_notice"


async def test_whoever_lacks_the_key_answers_nothing_and_never_no_notice(
    people: People, deployment: Deployment, settings: Settings, tmp_path: Path
) -> None:
    shutil.copytree(settings.keys_folder, tmp_path / "keys")
    elsewhere = deployments.load(dataclasses.replace(settings, data=tmp_path))
    await refuse_other_keys(elsewhere)

    await rotate(deployment)

    with pytest.raises(Unavailable):
        await verification.answer(elsewhere, [Question(**ASKED[0])])
    with pytest.raises(Unavailable):
        await matching_keys.sure(elsewhere.keys)


async def test_what_nobody_can_hash_anew_is_found_still_and_told(
    people: People, deployment: Deployment
) -> None:
    before = await answers(people.anna)
    [row] = await DB.fetch("SELECT sealed FROM notice_private WHERE notice = $1", people.ids[0])
    spoil = "UPDATE notice_private SET sealed = $2 WHERE notice = $1"
    await owned(DB.fetch(spoil, people.ids[0], row["sealed"][:-1]))

    async with owning():
        assert await rotating.begin_matching(deployment)
        with pytest.raises(rekeying.Stuck, match="2"):
            await rotating.go_on(deployment, nobody)
        assert await answers(people.anna) == before
        assert deployment.keys.matching.before is not None

        await DB.fetch(spoil, people.ids[0], row["sealed"])
        await rotating.go_on(deployment, nobody)
        assert not await rotating.waits(deployment)
    assert await answers(people.anna) == before


async def test_what_was_declared_in_vain_is_found_by_the_new_key(
    people: People, deployment: Deployment, settings: Settings
) -> None:
    """Of one that was erased the declarant alone is known; one of before is named on the way."""
    anna, said = Person("person", ANNA["name"], ANNA["identifier"]), Declaration()
    holder = Holder(kind="person", name=ANNA["name"], identifier=ANNA["identifier"])
    whole = Declaration(certificate=FOOD, holder=holder)
    for each in (whole, said, whole):
        await rivals.keep(deployment, people.ids[0], anna, each)
    last = "(SELECT max(id) FROM rival)"
    await owned(
        DB.fetch(f"UPDATE rival SET holder_hash = NULL, declarant_hash = NULL WHERE id = {last}")
    )
    known = rights.Known(identifier_type="resident-id", identifier=ANNA["identifier"])
    assert len(await rights.rivals_of(deployment, known)) == 2

    await rotate(deployment)

    found = await rights.rivals_of(deployment, known)
    assert [private.declaration == said for _, private in found] == [False, True, False]
    assert len({row["declarant_hash"] for row, _ in found}) == 1
    await audited(settings)


async def test_a_redacted_notice_is_hashed_anew_too(
    people: People, deployment: Deployment, officer: httpx.AsyncClient, settings: Settings
) -> None:
    """Its private side stays sealed, for officers and courts; so its number is known."""
    redacted = await officer.post(api.of(people.ids[0], "redaction"), json={"reason": "x"})
    assert redacted.status_code == 201, redacted.text
    before = await answers(people.anna)

    await rotate(deployment)

    assert await answers(people.anna) == before
    assert before[0]["status"] != "no_notice"
    await audited(settings)


async def test_watches_tell_of_everything_while_they_and_claims_move_over(
    people: People, deployment: Deployment
) -> None:
    """Whichever of the two moves first, and whatever is watched or declared meanwhile."""

    async def watch(number: str) -> str:
        body = {"certificate": FOOD, "number": number}
        answer = await people.anna.post("/api/v1/watches", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    numbers = [f"JY1379999001{serial:04}" for serial in range(12)]
    ids = {number: await watch(number) for number in numbers[:6]}
    declared = iter(numbers)
    before = {row["id"]: row["by_certificate"] for row in await DB.fetch("SELECT * FROM watch")}

    async def happen(moved: int) -> None:
        for number in (*numbers[6:8],) if len(ids) == 6 else ():
            ids[number] = await watch(number)
        if (number := next(declared, None)) in ids:
            answer = await people.restaurant.post("/api/v1/notices", json=api.unusual(number))
            assert answer.status_code == 201, answer.text
        while await following.step(deployment):
            pass

    async with owning():
        assert await rotating.begin_matching(deployment)
        await rekeying.go_on(deployment, happen)
    for _ in numbers:
        await happen(0)

    found = (await people.anna.get("/api/v1/watches")).json()["watches"]
    assert {one["id"]: len(one["events"]) for one in found} == dict.fromkeys(ids.values(), 1)
    rows = await DB.fetch("SELECT id, by_certificate, owner FROM watch")
    assert all(row["by_certificate"] != before.get(row["id"]) for row in rows)
    assert len({row["owner"] for row in rows}) == 1


async def test_a_watch_of_a_process_that_stood_still_is_hashed_by_the_present_key(
    people: People, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = deployment.keys.matching.present
    await rotate(deployment)
    monkeypatch.setattr(deployment.keys.matching, "present", old)

    body = {"certificate": FOOD, "number": "JY13799990010000"}
    assert (await people.anna.post("/api/v1/watches", json=body)).status_code == 201
    await people.restaurant.post("/api/v1/notices", json=api.unusual(body["number"]))
    while await following.step(deployment):
        pass

    [watch] = (await people.anna.get("/api/v1/watches")).json()["watches"]
    assert len(watch["events"]) == 1
