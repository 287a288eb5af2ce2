"""What somebody may have of what is kept about them: a copy of all, and the erasure of most."""

import json
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from notices import records
from notices.audit import auditing
from notices.audit.comparing import Numbers
from notices.changing import (
    erasing,
    exhibits,
    leaving,
    objecting,
    rights,
    rivals,
    setting_aside,
    undoing,
    unfinished,
)
from notices.changing.draft import Draft
from notices.changing.rights import Known
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import NotAllowedNow
from notices.facts.requests import Declaration
from notices.identity import Person
from notices.journal import Act
from notices.trust.watching import Difference
from notices.upkeep import persons
from tests import api
from tests.conftest import SignIn
from tests.engines.test_expiring import DRIVER
from tests.engines.test_pages import FOOD, fields
from tests.files import kept, picture
from tests.owning import owned, owning
from tests.samples import ANNA, OFFICER, RESTAURANT
from tests.stepping import submitted

pytestmark = pytest.mark.usefixtures("uploads")

CHILD = {"kind": "person", "name": "张小三", "identifier": "379999201509264126"}
BIRTH: dict[str, Any] = {
    "certificate": "birth-medical-certificate", "matter": None, "number": "X990000001",
    "copies": "original", "holder": CHILD, "relation": "parent", "issuer": "某某市妇幼保健院",
}  # fmt: skip
OTHER = {"kind": "person", "name": "赵六", "identifier": "379999195505050034"}
TEXT = "证件在我手里，我家的地址是某某路1号。"
ME = Known(identifier_type="resident-id", identifier=ANNA["identifier"])
SURE = {"sure": "yes"}


@pytest.fixture
async def other(sign_in: SignIn) -> httpx.AsyncClient:
    return await sign_in(OTHER)


async def copy(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/mine/data")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "attachment" in answer.headers["content-disposition"]
    found: dict[str, Any] = answer.json()
    return found


async def audit(deployment: Deployment, database_url: str) -> None:
    async with auditing.snapshot(database_url) as connection:
        numbers = Numbers(deployment.settings)
        await auditing.audit(connection, lambda done, total: None, numbers=numbers)


async def objected(client: httpx.AsyncClient, id: str, number: str) -> str:
    fields = {
        "number": (None, number), "ground": (None, "not_lost"), "text": (None, TEXT),
        "evidence": ("a.png", picture("PNG"), "image/png"),
    }  # fmt: skip
    answer = await client.post(api.of(id, "objections"), files=fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_a_copy_holds_all_that_is_kept_and_nothing_of_others(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    own = (await api.declared(anna, **DRIVER)).id
    child = (await api.declared(anna, **BIRTH)).id
    trade = (await api.declared(restaurant)).id
    filed = await objected(anna, trade, "JY13799990000011")

    found = await copy(anna)

    assert found["person"] == {"identifier_type": "resident-id", "identifier": ANNA["identifier"]}
    assert {each["notice"]["id"]: each["part"] for each in found["notices"]} == {
        own: "both", child: "declarant",
    }  # fmt: skip
    of_child = next(each for each in found["notices"] if each["part"] == "declarant")
    assert (of_child["number"], of_child["holder"]["identifier"]) == (
        BIRTH["number"], CHILD["identifier"],
    )  # fmt: skip
    assert of_child["contact"] == {"phone": "13800000000"}
    assert of_child["consent"]["version"]
    assert len(of_child["consent"]["sha256"]) == 64
    [objection] = found["objections"]
    assert (objection["id"], objection["notice"], objection["text"]) == (filed, trade, TEXT)
    nothing = await copy(other)
    assert (nothing["notices"], nothing["objections"]) == ([], [])


async def test_what_is_still_being_typed_is_in_the_copy_of_whoever_types_it_in_whatever_part(
    restaurant: httpx.AsyncClient, sign_in: SignIn, deployment: Deployment
) -> None:
    """But for what an officer writes at the desk, which is about others."""
    page = await submitted(restaurant, FOOD | {"at": "loss", "to": "check"})
    await submitted(restaurant, fields(page) | {"to": "another"})
    wrong = {"certificate": "", "number": "鲁B12345678", "label": ""}
    watch = fields(await restaurant.get("/mine/watches")) | wrong
    await restaurant.post("/mine/watches", data=watch)
    natural = {name: RESTAURANT[name] for name in ("name", "identifier")} | {"kind": "person"}
    office = Person("officer", RESTAURANT["name"], RESTAURANT["identifier"])
    session = await leaving.sign_in(deployment, office, None)
    decided = Draft(fields={"reason": "证据不足"}, step="/desk/37070000012345/decide")
    await unfinished.change(deployment, office, session, "a" * 22, lambda _: decided)
    drafts = [(await copy(await sign_in(each)))["drafts"] for each in (RESTAURANT, natural, ANNA)]

    declared, form = drafts[0]
    assert declared["papers"][0]["number"] == FOOD["number"]
    assert declared["papers"][0]["contact.phone"] == FOOD["contact.phone"]
    assert (declared["form"], form["form"]) == (None, "/mine/watches")
    assert form["papers"][0]["number"] == wrong["number"]
    assert declared["until"] > form["until"]
    assert drafts[1:] == [drafts[0], []]


@pytest.mark.parametrize("living", [True, False])
async def test_erasing_says_so_once_and_no_address_does(
    anna: httpx.AsyncClient, living: bool
) -> None:
    notice = await api.declared(anna, **DRIVER)
    if not living:
        await anna.post(api.of(notice.id, "withdrawal"), json={"reason": "found"})
    done = await anna.post("/mine/erase", data=fields(await anna.get("/mine/privacy")) | SURE)
    page = await anna.get(done.headers["location"])

    assert done.headers["location"] == "/mine/privacy#done"
    said = page.text.partition('id="done"')[2].partition("</div>")[0]
    assert "已删除。" in said
    assert ("下面是暂时保留的" in said) == living
    await anna.get("/mine")
    assert "已删除。" not in (await anna.get("/mine/privacy?erased=")).text


async def test_who_was_declared_for_sees_what_was_said_and_not_by_whom(
    anna: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await api.declared(anna, **BIRTH)

    found = await copy(await sign_in(CHILD))

    [only] = found["notices"]
    assert (only["part"], only["number"]) == ("holder", BIRTH["number"])
    assert only["contact"] is only["declarant"] is only["consent"] is None
    assert ANNA["name"] not in json.dumps(found, ensure_ascii=False)


async def test_what_ended_is_erased_and_what_lives_is_named(
    anna: httpx.AsyncClient,
    officer: httpx.AsyncClient,
    restaurant: httpx.AsyncClient,
    deployment: Deployment,
    uploads: Path,
    database_url: str,
) -> None:
    ended = (await api.declared(anna, **DRIVER)).id
    assert (await anna.post(api.of(ended, "withdrawal"), json={"reason": "found"})).is_success
    living = (await api.declared(anna, **BIRTH)).id
    trade = (await api.declared(restaurant)).id
    objection = await objected(anna, trade, "JY13799990000011")
    waiting = await anna.get("/mine/privacy")
    assert kept(uploads)

    unsure = await anna.post("/mine/erase", data={"sure": ""})
    assert (unsure.status_code, (await records.private_of(deployment, ended)).contact is None) == (
        303, False,
    )  # fmt: skip
    assert "请勾选此项确认。" in (await anna.get(unsure.headers["location"])).text
    done = await anna.post("/mine/erase", data=SURE)

    assert done.status_code == 303
    page = (await anna.get(done.headers["location"])).text
    assert "已删除。下面是暂时保留的。" in page
    assert f"/notices/{living}" in page
    assert "现在可以删除 1 项。" in waiting.text
    found = (await anna.get(api.of(ended))).json()
    assert (found["statement"], found["status"]) == (None, "reinstated")
    private = await records.private_of(deployment, ended)
    assert (private.contact, private.declarant.identifier) == (None, ANNA["identifier"])
    assert (await records.private_of(deployment, living)).contact is not None
    assert (await copy(anna))["objections"][0]["text"] == TEXT  # waits

    body = {"decision": "reject", "reason": "证据不足", "objection": objection}
    assert (await officer.post(api.of(trade, "decisions"), json=body)).is_success
    await anna.post("/mine/erase", data=SURE)

    assert (await copy(anna))["objections"][0]["text"] == ""
    assert kept(uploads) == []
    assert (await officer.get(f"/api/v1/objections/{objection}/evidence")).status_code == 404
    await audit(deployment, database_url)


async def test_a_living_notice_without_text_keeps_no_telephone(
    anna: httpx.AsyncClient, officer: httpx.AsyncClient, deployment: Deployment
) -> None:
    """What an officer or the public term took the text of may live for ever."""
    id = (await api.declared(anna, **DRIVER)).id
    redaction = {"reason": "公开期限已满"}
    redacted = await officer.post(api.of(id, "redaction"), json=redaction)
    assert redacted.status_code == 201, redacted.text

    assert (await erasing.erase(deployment, ME)).living == [id]

    private = await records.private_of(deployment, id)
    assert (private.contact, private.declarant.identifier) == (None, ANNA["identifier"])


async def test_a_kill_before_the_file_was_deleted_leaves_it_to_be_tidied(
    anna: httpx.AsyncClient,
    restaurant: httpx.AsyncClient,
    officer: httpx.AsyncClient,
    deployment: Deployment,
    uploads: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trade = (await api.declared(restaurant)).id
    objection = await objected(anna, trade, "JY13799990000011")
    body = {"decision": "reject", "reason": "证据不足", "objection": objection}
    await officer.post(api.of(trade, "decisions"), json=body)

    def killed(deployment: Deployment, id: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(exhibits, "forget", killed)
        await erasing.erase(deployment, ME)
    assert kept(uploads)

    await erasing.erase(deployment, ME)
    now = (await DB.row("SELECT now() + interval '400 days' AS at") or {})["at"]
    await exhibits.forget_orphans(deployment, now, of_any_age=True)

    assert kept(uploads) == []


async def test_what_an_organisation_objected_is_not_its_clerks_to_erase(
    anna: httpx.AsyncClient,
    restaurant: httpx.AsyncClient,
    officer: httpx.AsyncClient,
    sign_in: SignIn,
    deployment: Deployment,
    uploads: Path,
) -> None:
    trade = (await api.declared(restaurant)).id
    company = {"name": "潍坊试样一有限公司", "identifier": "91379999MA0000100Q"}
    clerk = await sign_in({**ANNA, "kind": "organisation", "organisation": company})
    filed = await objected(clerk, trade, "JY13799990000011")
    body = {"decision": "reject", "reason": "证据不足", "objection": filed}
    assert (await officer.post(api.of(trade, "decisions"), json=body)).is_success

    for client in (anna, clerk):
        assert "现在可以删除 0 项。" in (await client.get("/mine/privacy")).text
        assert (await client.post("/mine/erase", data=SURE)).status_code == 303

    assert kept(uploads)
    [row] = await rights.objections_of(deployment, ME)
    assert objecting.private_of(deployment, filed, row["sealed"]).text == TEXT


async def test_what_waits_again_by_the_time_it_is_erased_stays(
    anna: httpx.AsyncClient,
    restaurant: httpx.AsyncClient,
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was found while it was decided; then that was taken back (`notices undo`)."""
    trade = (await api.declared(restaurant)).id
    filed = await objected(anna, trade, "JY13799990000011")
    [row] = await rights.objections_of(deployment, ME)

    async def found(deployment: Deployment, person: Known) -> list[Any]:
        return [{**row, "status": "rejected"}]

    with monkeypatch.context() as patched:
        patched.setattr(rights, "objections_of", found)
        erased = await erasing.erase(deployment, ME)

    assert (erased.objections, erased.waiting) == ([], [filed])
    assert (await copy(anna))["objections"][0]["text"] == TEXT


async def test_an_organisations_notices_are_not_a_persons(
    restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    await api.declared(restaurant)

    found = await copy(restaurant)

    assert found["notices"] == []
    assert await rights.objections_of(deployment, ME) == []
    keys = deployment.keys.matching.both
    assert objecting.hashes_of(keys, ME.natural) != objecting.hashes_of(keys, "")


@pytest.mark.parametrize("path", ["/mine/privacy", "/mine/data"])
async def test_nobody_has_it_without_signing_in(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, headers={"Accept": "text/html"})

    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["location"]


HOUSE: dict[str, Any] = {
    "certificate": "real-estate-title", "matter": None,
    "number": "京东国用(2004划)第A00999号", "copies": None, "issuer": "某某市自然资源局",
    "confirm_unusual_number": True,
}  # fmt: skip


@pytest.fixture
async def refused(anna: httpx.AsyncClient, other: httpx.AsyncClient) -> str:
    """The notice of somebody else beside which Anna declared in vain."""
    id = (await api.declared(other, **HOUSE, holder=OTHER)).id
    answer = await anna.post("/api/v1/notices", json=api.declaration(**HOUSE, holder=ANNA))
    assert answer.status_code == 409, answer.text
    return id


async def test_what_was_declared_in_vain_is_in_the_copy_and_waits(
    refused: str, anna: httpx.AsyncClient, other: httpx.AsyncClient
) -> None:
    [mine] = (await copy(anna))["refused"]

    assert (mine["notice"], mine["part"], mine["waiting"]) == (refused, "both", True)
    assert mine["declaration"]["number"] == HOUSE["number"]
    assert mine["declaration"]["contact"] == {"phone": "13800000000"}
    assert mine["declarant"]["name"] == ANNA["name"]
    assert (await copy(other))["refused"] == []
    assert "现在可以删除 0 项。" in (await anna.get("/mine/privacy")).text
    await anna.post("/mine/erase", data=SURE)
    assert (await copy(anna))["refused"] == [mine], "an officer has yet to look at it"


@pytest.mark.parametrize("how", ["set aside", "the notice ended"])
async def test_what_was_declared_in_vain_is_erased_once_nobody_looks_at_it(
    refused: str,
    anna: httpx.AsyncClient,
    other: httpx.AsyncClient,
    officer: httpx.AsyncClient,
    deployment: Deployment,
    database_url: str,
    how: str,
) -> None:
    [row] = await DB.fetch("SELECT id FROM rival")
    if how == "set aside":
        person = Person("officer", OFFICER["name"], OFFICER["identifier"])
        which = f"rival {row['id']}"
        await setting_aside.set_aside(deployment, person, refused, which, "号码写错了")
    else:
        done = await other.post(api.of(refused, "withdrawal"), json={"reason": "found"})
        assert done.status_code == 201, done.text
    assert "现在可以删除 1 项。" in (await anna.get("/mine/privacy")).text

    await anna.post("/mine/erase", data=SURE)

    [mine] = (await copy(anna))["refused"]
    assert (mine["declaration"], mine["declarant"]["name"]) == (None, ANNA["name"])
    assert "现在可以删除 0 项。" in (await anna.get("/mine/privacy")).text
    [kept] = await rights.rivals_of(deployment, ME)
    assert kept[1].declaration == Declaration()
    await audit(deployment, database_url)


async def test_whoever_was_declared_for_in_vain_sees_what_was_said(
    anna: httpx.AsyncClient, other: httpx.AsyncClient, sign_in: SignIn, deployment: Deployment
) -> None:
    """By a guardian whom their provider vouches for, who needs no confirmation."""
    id = (await api.declared(other, **HOUSE, holder=OTHER)).id
    said = msgspec.convert(api.declaration(**HOUSE, holder=CHILD, relation="parent"), Declaration)
    guardian = Person("person", ANNA["name"], ANNA["identifier"])
    await rivals.keep(deployment, id, guardian, said)

    [theirs] = (await copy(await sign_in(CHILD)))["refused"]

    assert (theirs["part"], theirs["declarant"]) == ("holder", None)
    assert theirs["declaration"]["contact"] is None
    [mine] = (await copy(anna))["refused"]
    assert (mine["part"], mine["declaration"]["contact"]) == (
        "declarant", {"phone": "13800000000"},
    )  # fmt: skip


async def test_those_of_before_are_found_once_serve_has_opened_them(
    refused: str, anna: httpx.AsyncClient, deployment: Deployment, database_url: str
) -> None:
    await owned(DB.fetch("UPDATE rival SET holder_hash = NULL, declarant_hash = NULL"))
    assert (await copy(anna))["refused"] == []
    await audit(deployment, database_url)

    async with owning():
        await persons.name_rivals(deployment)

    assert len((await copy(anna))["refused"]) == 1


async def test_what_was_erased_is_not_made_to_wait_again(
    refused: str, officer: httpx.AsyncClient, deployment: Deployment
) -> None:
    [row] = await DB.fetch("SELECT id FROM rival")
    person = Person("officer", OFFICER["name"], OFFICER["identifier"])
    which = f"rival {row['id']}"
    await setting_aside.set_aside(deployment, person, refused, which, "号码写错了")
    assert (await erasing.erase(deployment, ME)).refused == [which]

    act = Act(what="undo", by=person.actor, notices=(refused,), about=(which,), text="误结")
    with pytest.raises(NotAllowedNow):
        await undoing._waiting_again(deployment, act, refused, which, "误结")


async def test_the_audit_holds_who_finds_it_against_what_is_sealed(
    refused: str, deployment: Deployment, database_url: str
) -> None:
    await audit(deployment, database_url)
    await owned(DB.fetch("UPDATE rival SET declarant_hash = sha256('nobody')"))

    with pytest.raises(Difference, match="rival"):
        await audit(deployment, database_url)


async def test_whoever_serves_forgets_none_that_waits(refused: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="is kept"):
        await DB.fetch("UPDATE rival SET sealed = sealed")


async def test_what_is_typed_as_an_organisation_is_forgotten_too(
    anna: httpx.AsyncClient, sign_in: SignIn, other: httpx.AsyncClient
) -> None:
    """One person typed it, in whichever part; what somebody else types stays."""
    company = {"name": "潍坊试样一有限公司", "identifier": "91379999MA0000100Q"}
    clerk = await sign_in({**ANNA, "kind": "organisation", "organisation": company})
    for client, kind in (
        (anna, BIRTH),
        (clerk, {"certificate": "business-license"}),
        (other, BIRTH),
    ):
        typed = {"certificate": kind["certificate"], "at": "certificate", "to": "matter"}
        assert (await submitted(client, typed)).status_code == 200
    counted = "SELECT count(*) AS drafts, count(DISTINCT owner) AS owners FROM draft"
    assert dict((await DB.fetch(counted))[0]) == {"drafts": 3, "owners": 3}

    await anna.post("/mine/erase", data=SURE)

    assert dict((await DB.fetch(counted))[0]) == {"drafts": 1, "owners": 1}
