"""Several windows, and sessions that end: what is typed is neither lost nor left behind."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from litestar import Litestar

from notices.changing import exhibits, inspecting, unfinished
from notices.database import DB
from notices.facts.errors import Unavailable
from notices.pages import publishing
from tests import api
from tests.conftest import SignIn
from tests.engines.test_again import FORMS, OBJECTED, OTHER, send
from tests.engines.test_pages import AGREED, FOOD, Fields, fields, published
from tests.engines.test_steps import FORGOTTEN, PUBLISH, STALE, checked, drafts, page_of
from tests.files import picture
from tests.limiting import limited as limited
from tests.samples import ANNA, OFFICER, RESTAURANT
from tests.stepping import DONE, deployment_of, kept, submitted

OWNER = {name: RESTAURANT[name] for name in ("name", "identifier")}
PARTS = {
    "in another part": OWNER | {"kind": "person"},
    "for another": RESTAURANT
    | {"organisation": {"name": "某某商贸有限公司", "identifier": "91379999MA0000015K"}},
    "somebody else": ANNA,
    "the same": RESTAURANT,
}
SEALS = {
    "certificate": "company-seal", "region": "370705", "cause": "lost",
    "document.official-seal": "yes", "document.finance-seal": "yes",
    "number.finance-seal": "3799990000028",
}  # fmt: skip
ANOTHER = {"number": "JY13799990000020", "confirm_unusual_number": "yes"}


class Held:
    """An act that stands still where it is until it is let go on."""

    def __init__(self) -> None:
        self.there, self.go_on = asyncio.Event(), asyncio.Event()

    async def wait(self) -> None:
        if not self.there.is_set():
            self.there.set()
            await self.go_on.wait()


@contextlib.asynccontextmanager
async def held(answer: Any, held: Held) -> AsyncIterator[asyncio.Task[httpx.Response]]:
    """The answer that is on its way, while something else is done; then it goes on."""
    task = asyncio.create_task(answer)
    try:
        async with asyncio.timeout(5):
            await held.there.wait()
        yield task
    finally:
        held.go_on.set()
        await asyncio.wait([task])


@pytest.fixture
def after_publishing(monkeypatch: pytest.MonkeyPatch) -> Held:
    """The first that publishes stands still when it knows what came of it."""
    publish, here = publishing.publish, Held()

    async def slow(*args: Any, **more: Any) -> Any:
        try:
            return await publish(*args, **more)
        finally:
            await here.wait()

    monkeypatch.setattr(publishing, "publish", slow)
    return here


@pytest.fixture
def before_keeping(monkeypatch: pytest.MonkeyPatch) -> Held:
    """The first that is to keep something stands still before it does."""
    change, here = unfinished.change, Held()

    async def slow(*args: Any, **more: Any) -> Any:
        await here.wait()
        return await change(*args, **more)

    monkeypatch.setattr(unfinished, "change", slow)
    return here


# An edit while another window publishes.


@pytest.mark.parametrize(
    ("at", "changed"),
    [("number", ANOTHER), ("loss", {"contact.phone": "13800005678"}), ("matter", {"matter": ""})],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_is_typed_while_another_window_meets_a_conflict_stays(
    restaurant: httpx.AsyncClient, after_publishing: Held, at: str, changed: dict[str, str]
) -> None:
    id = await published(restaurant)
    form = await checked(restaurant)
    page = fields(await page_of(restaurant, at, form))
    publish = restaurant.post("/declare", data=form | AGREED | PUBLISH)
    async with held(publish, after_publishing) as answer:
        await submitted(restaurant, page | FOOD | changed | {"at": at, "to": "check"})

    typed = {name: text for name, text in (FOOD | changed).items() if text}
    assert await kept(restaurant, form) == typed
    told = await restaurant.get(answer.result().headers["location"])
    assert (told.status_code, f"/notices/{id}" in told.text) == (409, True)
    back = await submitted(restaurant, fields(told) | {"to": "number"})
    assert fields(back)["number"] == FOOD["number"]
    assert await kept(restaurant, form) == typed


async def test_so_does_what_is_typed_while_some_of_several_seals_are_published(
    restaurant: httpx.AsyncClient, after_publishing: Held
) -> None:
    await published(
        restaurant, certificate="company-seal", document="official-seal", matter=None, copies=None,
        number=None,
    )  # fmt: skip
    form = fields(await submitted(restaurant, SEALS | {"at": "loss", "to": "check"}))
    publish = restaurant.post("/declare", data=form | AGREED | PUBLISH)
    async with held(publish, after_publishing) as answer:
        loss = {"at": "loss", "to": "check", "cause": "stolen"}
        await submitted(restaurant, form | loss)

    assert await kept(restaurant, form) == SEALS | {"cause": "stolen"}
    told = await restaurant.get(answer.result().headers["location"])
    assert told.status_code == 409
    assert "发布了 1 份" in told.text


async def test_so_does_what_is_typed_while_another_window_publishes_the_text_of_before(
    restaurant: httpx.AsyncClient, after_publishing: Held
) -> None:
    form = await checked(restaurant)
    publish = restaurant.post("/declare", data=form | AGREED | PUBLISH)
    async with held(publish, after_publishing) as answer:
        page = fields(await page_of(restaurant, "number", form))
        other = await submitted(restaurant, page | FOOD | ANOTHER | {"at": "number", "to": "check"})

    assert answer.result().headers["location"].startswith(DONE)
    assert await kept(restaurant, form) == FOOD | ANOTHER
    second = await submitted(restaurant, fields(other) | AGREED | {"to": "publish"})
    assert second.headers["location"].startswith(DONE)
    assert second.headers["location"] != answer.result().headers["location"]


async def test_so_does_what_is_typed_while_an_exhibit_is_refused(
    sign_in: SignIn, after_publishing: Held
) -> None:
    anna = await sign_in(ANNA)
    named = FOOD | {
        "relation": "mandate", "holder.name": "潍坊市某某书店",
        "holder.identifier_type": "uscc", "holder.identifier": "91379999MA0000015K",
    }  # fmt: skip
    form = fields(await submitted(anna, named | {"at": "loss", "to": "check"}))
    sent = {name: (None, text) for name, text in (form | AGREED | PUBLISH).items()}
    hiding = {"exhibit": ("a.png", picture("PNG") + b"<html>")}
    publish = anna.post("/declare", files=sent | hiding)
    async with held(publish, after_publishing) as answer:
        await submitted(anna, form | {"at": "loss", "to": "check", "cause": "stolen"})

    assert (await kept(anna, form))["cause"] == "stolen"
    told = await anna.get(answer.result().headers["location"])
    assert (told.status_code, 'href="#exhibit"' in told.text) == (422, True)


# Two that come at once.


async def test_two_first_forms_of_one_draft_lose_nothing_of_each_other(
    restaurant: httpx.AsyncClient,
) -> None:
    seal = {"certificate": FOOD["certificate"]}
    matter = seal | {"at": "matter", "to": "number", "matter": FOOD["matter"]}
    loss = seal | {"at": "loss", "to": "loss", "cause": "stolen", "contact.phone": "13800005678"}
    for _ in range(10):
        id = {"draft": unfinished.new_id()}
        answers = await asyncio.gather(
            *(restaurant.post("/declare", data=form | id) for form in (matter, loss))
        )
        assert [answer.status_code for answer in answers] == [303, 303]
        of = fields(await restaurant.get(answers[0].headers["location"]))

        typed = {**matter, **loss}
        assert await kept(restaurant, of) == {
            name: typed[name] for name in ("certificate", "matter", "cause", "contact.phone")
        }


# A window that shows another certificate than the draft has now.


@pytest.mark.parametrize(
    ("at", "changed"),
    [
        ("matter", {"matter": "food-operation-license.reissue"}),
        ("number", {"number": "JY13799990000020", "issuer": "潍坊市行政审批服务局"}),
        ("loss", {"cause": "stolen", "contact.phone": "13800005678"}),
    ],
)
@pytest.mark.parametrize("to", ["certificate", "on"])
async def test_a_window_of_before_does_not_turn_it_back_to_another_certificate(
    restaurant: httpx.AsyncClient, at: str, changed: dict[str, str], to: str
) -> None:
    form = await checked(restaurant)
    stale = fields(await page_of(restaurant, at, form)) | changed
    draft = {name: form[name] for name in ("draft", "of")}
    license = draft | {"certificate": "business-license", "number": "92379999MA0000023B"}
    await submitted(restaurant, license | {"at": "certificate", "to": "matter"})
    typed = {"copies": "original", "region": "370705", "at": "number", "to": "number"}
    await submitted(restaurant, license | typed)
    before = await kept(restaurant, form)
    on = {"matter": "number", "number": "loss", "loss": "check"}[at]
    page = await submitted(restaurant, stale | {"to": on if to == "on" else to})

    after = await kept(restaurant, form)
    assert after["certificate"] == "business-license"
    assert after["number"] == license["number"]
    common = ("cause", "contact.phone", "issuer", "issued_on")
    assert after == before | {name: stale[name] for name in common if name in stale}
    assert (page.status_code, STALE in page.text) == (422, True)


# Signing out while something is on its way.


@pytest.mark.parametrize("way", ["page", "program"])
async def test_who_signs_out_while_his_declaration_meets_a_conflict_is_told_when_he_is_back(
    restaurant: httpx.AsyncClient, after_publishing: Held, way: str
) -> None:
    await published(restaurant)
    form = await checked(restaurant)
    publish = restaurant.post("/declare", data=form | AGREED | PUBLISH)
    async with held(publish, after_publishing) as answer:
        await signed_out(restaurant, way)

    assert await drafts() == 1
    assert answer.result().status_code == 303
    assert (await restaurant.get(answer.result().headers["location"])).status_code == 303
    await signed_in(restaurant, RESTAURANT, "program")
    assert (await restaurant.get(answer.result().headers["location"])).status_code == 409


async def signed_out(client: httpx.AsyncClient, way: str) -> None:
    if way == "page":
        assert (await client.post("/sign-out")).status_code == 303
    else:
        assert (await client.delete("/api/v1/session")).status_code == 204


@pytest.mark.parametrize("to", ["check", "publish"])
@pytest.mark.parametrize("begun", [False, True])
async def test_no_draft_is_begun_after_signing_out_by_a_step_that_was_on_its_way(
    restaurant: httpx.AsyncClient, before_keeping: Held, to: str, begun: bool
) -> None:
    form = FOOD | AGREED | {"at": "check", "to": to, "key": "k"}
    if begun:
        before_keeping.there.set()
        form = await checked(restaurant) | AGREED | {"at": "check", "to": to}
        before_keeping.there.clear()
    async with held(restaurant.post("/declare", data=form), before_keeping) as answer:
        await signed_out(restaurant, "page")

    assert await drafts() == int(begun)
    # A check page that comes after it holds nothing that was typed but which certificate it is.
    assert answer.result().status_code == 303
    assert answer.result().headers["cache-control"] == "no-store"
    assert begun or answer.result().headers["location"].startswith("/sign-in?of=")


# Signing in while somebody is signed in.


@pytest.mark.parametrize("way", ["page", "program"])
@pytest.mark.parametrize("part", PARTS)
async def test_who_signs_in_as_another_sees_nothing_that_was_typed_as_the_one_before(
    restaurant: httpx.AsyncClient, sign_in: SignIn, part: str, way: str
) -> None:
    elsewhere = await sign_in(OTHER)
    others = await checked(elsewhere, number="JY13799990000020")
    form = await checked(restaurant)
    await signed_in(restaurant, PARTS[part], way)

    same = part == "the same"
    assert ("没填完的声明" in (await restaurant.get("/mine")).text) is same
    assert (await kept(elsewhere, others))["number"] == "JY13799990000020"
    page = await page_of(restaurant, "loss", form)
    assert (page.status_code, FORGOTTEN in page.text) == ((200, False) if same else (404, True))


async def signed_in(client: httpx.AsyncClient, who: dict[str, Any], way: str) -> None:
    if way == "program":
        assert (await client.post("/api/v1/demo/login", json=who)).status_code == 204
        return
    assert (await client.post("/sign-in", data=written(who))).status_code == 303


async def test_a_declaration_waits_for_who_signs_out_when_his_session_has_run_out(
    restaurant: httpx.AsyncClient,
) -> None:
    form = await checked(restaurant)
    await DB.fetch("UPDATE session SET expires_at = now()")
    await signed_out(restaurant, "page")
    await signed_in(restaurant, RESTAURANT, "program")

    assert await kept(restaurant, form) == FOOD
    assert "没填完的声明" in (await restaurant.get("/mine")).text


# A session that ends in the middle of an objection, a withdrawal or a correction.


def typed_into(form: str) -> dict[str, str]:
    _, _, right = FORMS[form]
    return right | ({"issued_on": "", "lost_on": "2026-11-02"} if form == "correct" else {})


async def asked_in(client: httpx.AsyncClient, answer: httpx.Response) -> httpx.Response:
    """Where a form leads whose sender is signed in no more: to a page that answers no POST."""
    assert (answer.status_code, answer.headers["cache-control"]) == (303, "no-store")
    assert answer.headers["location"].startswith("/sign-in?of=")
    page = await client.get(answer.headers["location"])
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    return page


async def interrupted(
    client: httpx.AsyncClient, form: str, path: str, typed: dict[str, str]
) -> tuple[dict[str, str], httpx.Response]:
    """What is sent of the form after the session has ended, and the page that it leads to."""
    given = fields(await client.get(path)) | typed
    client.cookies.clear()
    return given, await asked_in(client, await send(client, form, path, given))


@pytest.mark.parametrize("form", FORMS)
async def test_a_form_whose_session_ended_is_found_by_whoever_signs_in_again(
    restaurant: httpx.AsyncClient, sign_in: SignIn, form: str
) -> None:
    who, typed = FORMS[form][0], typed_into(form)
    path, client = f"/notices/{await published(restaurant)}/{form}", await sign_in(who)
    given, ended = await interrupted(client, form, path, typed)

    assert "已填写的内容都还在" in ended.text
    assert not [text for text in typed.values() if text and text in ended.text]
    assert await drafts() == 0
    again = await client.post("/sign-in", data=fields(ended) | written(who))
    assert again.status_code == 303, again.text
    assert again.headers["location"] == f"{path}?again={given['key']}"
    page = await client.get(again.headers["location"])
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert all(text in page.text for text in typed.values())
    if form != "object":
        assert {name: fields(page).get(name) for name in typed} == typed
    done = await send(client, form, path, fields(page) | typed)
    assert (done.status_code, "lang" in done.headers["location"]) == (303, False)
    assert (await client.get(done.headers["location"])).status_code == 200
    [row] = await DB.fetch("SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM objection)")
    assert row[0] == 2


def written(who: dict[str, Any]) -> dict[str, str]:
    """`who` as the sign-in page has it."""
    company = {f"organisation.{name}": text for name, text in who.get("organisation", {}).items()}
    return {name: text for name, text in who.items() if name != "organisation"} | company


@pytest.mark.parametrize("form", FORMS)
async def test_nobody_else_who_signs_in_finds_it(
    restaurant: httpx.AsyncClient, sign_in: SignIn, form: str
) -> None:
    who, typed = FORMS[form][0], typed_into(form)
    path, client = f"/notices/{await published(restaurant)}/{form}", await sign_in(who)
    given, ended = await interrupted(client, form, path, typed)
    other = await client.post("/sign-in", data=fields(ended) | written(OTHER))
    pages = [
        await client.get(where)
        for where in (other.headers["location"], path, f"{path}?again={given['key']}")
    ]

    assert other.headers["location"] == path.rpartition("/")[0]
    assert pages[0].status_code == 200
    typed_on_it = [text for text in typed.values() if text not in pages[0].text]
    assert not [one for one in pages if "checked" in one.text]
    assert not [text for text in typed_on_it for one in pages if f'value="{text}" ' in one.text]
    assert OBJECTED["text"] not in "".join(page.text for page in pages)
    assert await drafts() == 0


@pytest.mark.parametrize("at", ["matter", "number", "loss", "check"])
async def test_nor_is_a_step_kept_in_the_draft_of_another(
    restaurant: httpx.AsyncClient, at: str
) -> None:
    form = await checked(restaurant)
    page = fields(await page_of(restaurant, at, form))
    restaurant.cookies.clear()
    await signed_in(restaurant, ANNA, "program")
    sent = page | {"cause": "stolen", "to": "loss"}
    asked = await restaurant.post("/declare", data=sent)

    assert asked.headers["location"].startswith("/sign-in?next=%2Fdeclare%2Floss%2F")
    assert await drafts() == 1
    assert (await kept(restaurant, form))["cause"] == ("stolen" if at == "loss" else "lost")


@pytest.mark.parametrize("form", FORMS)
async def test_a_form_is_carried_out_in_nobody_elses_name(
    restaurant: httpx.AsyncClient, sign_in: SignIn, form: str
) -> None:
    """Another window signed in as another one, who might do the same in his own name."""
    who, typed = FORMS[form][0], typed_into(form)
    path, client = f"/notices/{await published(restaurant)}/{form}", await sign_in(who)
    given = fields(await client.get(path)) | typed
    colleague = RESTAURANT | {"name": "赵六", "identifier": "379999198803120137"}
    await signed_in(client, OTHER if form == "object" else colleague, "program")
    asked = await asked_in(client, await send(client, form, path, given))

    assert await drafts() == 0
    [row] = await DB.fetch("SELECT (SELECT count(*) FROM event) + (SELECT count(*) FROM objection)")
    assert row[0] == 1
    again = await client.post("/sign-in", data=fields(asked) | written(who))
    assert again.headers["location"] == f"{path}?again={given['key']}"


@pytest.mark.parametrize("form", FORMS)
async def test_a_form_with_something_wrong_is_not_kept_after_signing_out(
    restaurant: httpx.AsyncClient, sign_in: SignIn, before_keeping: Held, form: str
) -> None:
    who, wrong, _ = FORMS[form]
    path, client = f"/notices/{await published(restaurant)}/{form}", await sign_in(who)
    given = fields(await client.get(path)) | wrong
    async with held(send(client, form, path, given), before_keeping) as answer:
        await signed_out(client, "page")

    assert await drafts() == 0
    asked = await asked_in(client, answer.result())
    again = await client.post("/sign-in", data=fields(asked) | written(who))
    assert again.headers["location"] == f"{path}?again={given['key']}"


def kept_in(uploads: Path) -> list[Path]:
    return list(uploads.glob("*/*"))


PICTURE = picture("PNG")


async def objected_with_a_file(
    client: httpx.AsyncClient, path: str, given: dict[str, str], file: bytes = PICTURE
) -> httpx.Response:
    files = {name: (None, text) for name, text in given.items()}
    return await client.post(path, files={**files, "evidence": ("a.png", file)})


async def evidence_of_the_only(officer: httpx.AsyncClient) -> bytes:
    [filed] = (await officer.get("/api/v1/objections")).json()["objections"]
    return (await officer.get(f"/api/v1/objections/{filed['id']}/evidence")).content


async def test_an_objection_whose_session_ended_loses_neither_text_nor_file(
    restaurant: httpx.AsyncClient, sign_in: SignIn, uploads: Path
) -> None:
    path, client = f"/notices/{await published(restaurant)}/object", await sign_in(ANNA)
    given = fields(await client.get(path)) | OBJECTED
    client.cookies.clear()
    ended = await asked_in(client, await objected_with_a_file(client, path, given))
    again = await client.post("/sign-in", data=fields(ended) | written(ANNA))
    page = await client.get(again.headers["location"])

    assert OBJECTED["text"] in page.text
    assert "刚才交来的文件还在（PNG，" in page.text
    assert len(kept_in(uploads)) == 1
    assert PICTURE not in kept_in(uploads)[0].read_bytes(), "it is sealed"
    done = await send(client, "object", path, fields(page) | OBJECTED)
    assert "异议已收到" in (await client.get(done.headers["location"])).text
    assert await evidence_of_the_only(await sign_in(OFFICER)) == PICTURE
    assert len(kept_in(uploads)) == 1


async def test_so_does_one_with_something_wrong(
    restaurant: httpx.AsyncClient, sign_in: SignIn, uploads: Path
) -> None:
    path, client = f"/notices/{await published(restaurant)}/object", await sign_in(ANNA)
    wrong = fields(await client.get(path)) | OBJECTED | {"ground": ""}
    asked = await objected_with_a_file(client, path, wrong)
    page = await client.get(asked.headers["location"])
    other = picture("PNG", 30)
    replaced = await objected_with_a_file(client, path, fields(page) | wrong, other)
    again = await client.get(replaced.headers["location"])

    assert (page.status_code, "刚才交来的文件还在" in page.text) == (422, True)
    assert "请重新选择文件" not in page.text
    assert len(kept_in(uploads)) == 1, "the one before is gone"
    number = await send(client, "object", path, fields(again) | OBJECTED | {"number": "1"})
    told = await client.get(number.headers["location"])
    assert (told.status_code, "刚才交来的文件还在" in told.text) == (422, True)
    done = await send(client, "object", path, fields(told) | OBJECTED)
    assert "异议已收到" in (await client.get(done.headers["location"])).text
    assert await evidence_of_the_only(await sign_in(OFFICER)) == other


async def test_an_objections_file_stays_though_another_window_does_not_want_it_any_more(
    restaurant: httpx.AsyncClient,
    sign_in: SignIn,
    uploads: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, client = f"/notices/{await published(restaurant)}/object", await sign_in(ANNA)
    wrong = fields(await client.get(path)) | OBJECTED | {"ground": ""}
    asked = await objected_with_a_file(client, path, wrong)
    given = fields(await client.get(asked.headers["location"])) | OBJECTED
    finish, here = unfinished.finish, Held()

    async def slow(*args: Any, **more: Any) -> Any:
        await here.wait()
        return await finish(*args, **more)

    monkeypatch.setattr(unfinished, "finish", slow)
    async with held(send(client, "object", path, given), here):
        await send(client, "object", path, given | {"without": "yes"})

    assert await evidence_of_the_only(await sign_in(OFFICER)) == PICTURE


async def test_nor_is_one_filed_with_a_file_that_another_window_took_away_meanwhile(
    restaurant: httpx.AsyncClient,
    sign_in: SignIn,
    uploads: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, client = f"/notices/{await published(restaurant)}/object", await sign_in(ANNA)
    wrong = fields(await client.get(path)) | OBJECTED | {"ground": ""}
    asked = await objected_with_a_file(client, path, wrong)
    given = fields(await client.get(asked.headers["location"])) | OBJECTED
    decoded, here = inspecting.refuse_wrong_content, Held()

    async def slow(*args: Any) -> None:
        await decoded(*args)
        await here.wait()

    monkeypatch.setattr(inspecting, "refuse_wrong_content", slow)
    async with held(send(client, "object", path, given), here) as first:
        taken = given | {"without": "yes", "ground": ""}
        await send(client, "object", path, taken)

    page = await client.get(first.result().headers["location"])
    assert (page.status_code, "别的窗口" in page.text) == (422, True)
    assert await DB.fetch("SELECT 1 FROM objection") == []


async def test_a_file_that_came_before_stays_when_the_session_ends_after_it(
    restaurant: httpx.AsyncClient, sign_in: SignIn, uploads: Path
) -> None:
    path, client = f"/notices/{await published(restaurant)}/object", await sign_in(ANNA)
    wrong = fields(await client.get(path)) | OBJECTED | {"ground": ""}
    asked = await objected_with_a_file(client, path, wrong)
    given = fields(await client.get(asked.headers["location"])) | OBJECTED
    for more, there in (({}, True), ({"without": "yes"}, False)):
        client.cookies.clear()
        ended = await asked_in(client, await send(client, "object", path, given | more))
        again = await client.post("/sign-in", data=fields(ended) | written(ANNA))
        page = await client.get(again.headers["location"])
        assert ("刚才交来的文件还在（PNG，" in page.text) is there


async def test_a_file_that_is_wrong_or_not_wanted_is_not_kept(
    restaurant: httpx.AsyncClient, sign_in: SignIn, uploads: Path
) -> None:
    path, client = f"/notices/{await published(restaurant)}/object", await sign_in(ANNA)
    given = fields(await client.get(path)) | OBJECTED
    hiding = await objected_with_a_file(client, path, given, PICTURE + b"<html>")
    page = await client.get(hiding.headers["location"])
    assert (page.status_code, "请重新选择文件" in page.text) == (422, True)
    assert kept_in(uploads) == []

    asked = await objected_with_a_file(client, path, fields(page) | OBJECTED | {"ground": ""})
    page = await client.get(asked.headers["location"])
    done = await send(client, "object", path, fields(page) | OBJECTED | {"without": "yes"})
    assert "异议已收到" in (await client.get(done.headers["location"])).text
    assert kept_in(uploads) == []


@pytest.mark.parametrize("how", ["none", "forged", "another key", "old"])
async def test_of_strangers_no_file_is_kept(
    restaurant: httpx.AsyncClient, sign_in: SignIn, uploads: Path, how: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    path, client = f"/notices/{await published(restaurant)}/object", await sign_in(ANNA)
    given = fields(await client.get(path)) | OBJECTED
    client.cookies.clear()
    if how == "old":
        monkeypatch.setattr("notices.pages.again.ISSUED", -timedelta(seconds=1))
    given |= {
        "none": {"stamp": ""}, "forged": {"stamp": f"{int(time.time())}.{'0' * 64}"},
        "another key": {"key": unfinished.new_id()}, "old": {},
    }[how]  # fmt: skip
    await asked_in(client, await objected_with_a_file(client, path, given))

    assert kept_in(uploads) == []


MANDATE = FOOD | {
    "relation": "mandate", "holder.name": "潍坊市某某书店", "holder.identifier_type": "uscc",
    "holder.identifier": "91379999MA0000015K",
}  # fmt: skip


async def with_exhibit(client: httpx.AsyncClient, form: dict[str, str]) -> httpx.Response:
    parts = {name: (None, text) for name, text in form.items()}
    files: dict[str, Any] = {**parts, "exhibit": ("a.png", PICTURE)}
    return await client.post("/declare", files=files)


async def exhibit_of(officer: httpx.AsyncClient, done: httpx.Response) -> bytes:
    id = done.headers["location"].removeprefix(DONE)
    return (await officer.get(f"/api/v1/notices/{id}/exhibit")).content


@pytest.mark.parametrize("how", ["nothing agreed to", "the session ended"])
async def test_a_declaration_that_could_not_be_published_keeps_its_exhibit(
    sign_in: SignIn, uploads: Path, how: str
) -> None:
    anna = await sign_in(ANNA)
    form = fields(await submitted(anna, MANDATE | {"at": "loss", "to": "check"})) | PUBLISH
    if how == "the session ended":
        anna.cookies.clear()
        asked = await with_exhibit(anna, form | AGREED)
        assert asked.headers["location"].startswith("/sign-in?next=%2Fdeclare%2Fcheck%2F")
        await signed_in(anna, ANNA, "program")
        page = await page_of(anna, "check", form)
    else:
        page = await anna.get((await with_exhibit(anna, form)).headers["location"])
    assert "刚才交来的文件还在（PNG，" in page.text
    assert len(kept_in(uploads)) == 1
    done = await submitted(anna, fields(page) | AGREED | PUBLISH)

    assert done.headers["location"].startswith(DONE), done.text
    assert await exhibit_of(await sign_in(OFFICER), done) == PICTURE
    assert len(kept_in(uploads)) == 1


async def test_an_exhibit_of_what_is_published_stays_when_another_one_comes(
    restaurant: httpx.AsyncClient, sign_in: SignIn, uploads: Path
) -> None:
    await published(
        restaurant, certificate="company-seal", document="official-seal", matter=None, copies=None,
        number=None,
    )  # fmt: skip
    anna, officer = await sign_in(ANNA), await sign_in(OFFICER)
    holder = RESTAURANT["organisation"]
    seals = SEALS | {
        "relation": "mandate", "holder.name": holder["name"], "holder.identifier_type": "uscc",
        "holder.identifier": holder["identifier"],
    }  # fmt: skip
    form = fields(await submitted(anna, seals | {"at": "loss", "to": "check"})) | PUBLISH
    page = await anna.get((await with_exhibit(anna, form)).headers["location"])
    told = await submitted(anna, fields(page) | AGREED | PUBLISH)
    assert "发布了 1 份" in told.text
    row = await DB.row("SELECT notice FROM exhibit")
    assert row is not None
    back = fields(await submitted(anna, fields(told) | {"to": "check"})) | PUBLISH
    again = await with_exhibit(anna, back)

    assert again.headers["location"].startswith("/declare/check/")
    read = await officer.get(f"/api/v1/notices/{row['notice']}/exhibit")
    assert (read.status_code, read.content) == (200, PICTURE)


async def test_no_more_files_wait_of_what_was_refused_than_of_what_was_not_sent(
    restaurant: httpx.AsyncClient, sign_in: SignIn, uploads: Path, limited: Litestar
) -> None:
    await published(
        restaurant, certificate="company-seal", document="official-seal", matter=None,
        copies=None, number=None,
    )  # fmt: skip
    anna = await sign_in(ANNA)
    seal = {k: v for k, v in SEALS_BY_MANDATE.items() if "finance" not in k}
    typed = seal | {"at": "loss", "to": "check"}
    await DB.fetch("DELETE FROM rate")
    for _ in range(22):
        form = fields(await submitted(anna, typed)) | AGREED | PUBLISH
        assert "/declare/conflict/" in (await with_exhibit(anna, form)).headers["location"]

    assert len(kept_in(uploads)) == 20  # as many in a day, from one address


SEALS_BY_MANDATE = SEALS | {
    "relation": "mandate", "holder.name": RESTAURANT["organisation"]["name"],
    "holder.identifier_type": "uscc",
    "holder.identifier": RESTAURANT["organisation"]["identifier"],
}  # fmt: skip


@pytest.mark.parametrize("first", ["is declared already", "was published before a crash"])
async def test_an_exhibit_is_there_for_all_of_a_pass_whatever_became_of_the_first(
    restaurant: httpx.AsyncClient,
    sign_in: SignIn,
    uploads: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: str,
) -> None:
    anna, officer = await sign_in(ANNA), await sign_in(OFFICER)
    form = fields(await submitted(anna, SEALS_BY_MANDATE | {"at": "loss", "to": "check"}))
    whole = form | AGREED | PUBLISH
    if first == "is declared already":
        await published(
            restaurant, certificate="company-seal", document="official-seal", matter=None,
            copies=None, number=None,
        )  # fmt: skip
    else:
        real, calls = publishing.declarations.declare, list[int]()

        async def dies(*given: Any, **named: Any) -> Any:
            calls.append(1)
            if len(calls) == 2:
                raise Unavailable(retry_after=1)
            return await real(*given, **named)

        monkeypatch.setattr(publishing.declarations, "declare", dies)
        assert (await with_exhibit(anna, whole)).status_code == 503
    await with_exhibit(anna, whole)
    rows = await DB.fetch("SELECT notice FROM exhibit ORDER BY notice")

    assert len(rows) == (1 if first == "is declared already" else 2)
    for row in rows:
        read = await officer.get(f"/api/v1/notices/{row['notice']}/exhibit")
        assert (read.status_code, read.content) == (200, PICTURE)


async def test_an_exhibit_stays_for_what_is_being_published_while_another_of_the_pass_is_redacted(
    restaurant: httpx.AsyncClient,
    sign_in: SignIn,
    uploads: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_the_way = await published(
        restaurant, certificate="company-seal", document="official-seal", matter=None,
        copies=None, number=None,
    )  # fmt: skip
    anna, officer = await sign_in(ANNA), await sign_in(OFFICER)
    form = fields(await submitted(anna, SEALS_BY_MANDATE | {"at": "loss", "to": "check"}))
    await with_exhibit(anna, form | AGREED | PUBLISH)
    [first] = await DB.fetch("SELECT notice FROM exhibit")
    await restaurant.post(api.of(in_the_way, "withdrawal"), json={"reason": "mistake"})
    rest = await page_of(anna, "check", form)
    assert "刚才交来的文件还在" in rest.text
    hold, here = exhibits.hold, Held()

    async def slow(*args: Any) -> None:
        await hold(*args)
        await here.wait()

    monkeypatch.setattr(exhibits, "hold", slow)
    async with held(submitted(anna, fields(rest) | AGREED | PUBLISH), here) as publishing_:
        path = api.of(first["notice"], "redaction")
        redacting = asyncio.create_task(officer.post(path, json={"reason": "身份被冒用"}))
        await asyncio.wait([redacting], timeout=0.5)
    assert publishing_.result().headers["location"].startswith(DONE)
    assert (await redacting).status_code == 201, redacting.result().text
    [second] = await DB.fetch("SELECT notice FROM exhibit")

    read = await officer.get(api.of(second["notice"], "exhibit"))
    assert (read.status_code, read.content) == (200, PICTURE)


async def test_an_exhibit_that_is_not_asked_for_any_more_comes_to_no_notice(
    sign_in: SignIn, uploads: Path
) -> None:
    anna = await sign_in(ANNA)
    equipment = {
        "certificate": "special-equipment-use-registration", "region": "370705", "cause": "lost",
        "number": "梯11鲁A00001(99)", "document": "special-equipment-use-registration",
    }  # fmt: skip
    mandate = equipment | {name: it for name, it in MANDATE.items() if name.startswith("holder")}
    typed = mandate | {"relation": "mandate", "at": "loss", "to": "check"}
    form = fields(await submitted(anna, typed)) | PUBLISH
    page = await anna.get((await with_exhibit(anna, form)).headers["location"])
    assert "刚才交来的文件还在" in page.text
    number = fields(await submitted(anna, fields(page) | {"to": "number"}))
    own = equipment | {"relation": "self", "at": "number", "to": "check"}
    check = await submitted(anna, number | own)
    done = await submitted(anna, fields(check) | AGREED | PUBLISH)

    assert done.headers["location"].startswith(DONE), done.text
    assert await DB.fetch("SELECT 1 FROM exhibit") == []


async def test_what_is_too_much_to_be_kept_is_refused_before_one_signs_in(
    restaurant: httpx.AsyncClient, sign_in: SignIn
) -> None:
    path, client = f"/notices/{await published(restaurant)}/object", await sign_in(ANNA)
    long = fields(await client.get(path)) | OBJECTED | {"text": "长" * 21_000, "number": "1" * 9000}
    client.cookies.clear()
    refused = await send(client, "object", path, long)

    assert refused.status_code == 413
    assert await DB.fetch("SELECT 1 FROM sign_in") == []


async def test_a_file_that_is_gone_is_asked_for_again(sign_in: SignIn, uploads: Path) -> None:
    anna = await sign_in(ANNA)
    form = fields(await submitted(anna, MANDATE | {"at": "loss", "to": "check"})) | PUBLISH
    page = await anna.get((await with_exhibit(anna, form)).headers["location"])
    await exhibits.forget_orphans(deployment_of(anna), datetime.now(UTC) + timedelta(days=3))
    assert kept_in(uploads) == []
    waiting = await page_of(anna, "check", form)
    refused = await submitted(anna, fields(page) | AGREED | PUBLISH)

    for told in (waiting, refused):  # the draft waits for longer than its file
        assert "上次交来的文件只保留一天，已经删除" in told.text
        assert "刚才交来的文件还在" not in told.text
    assert (refused.status_code, 'href="#exhibit"' in refused.text) == (422, True)
    done = await with_exhibit(anna, fields(waiting) | AGREED | PUBLISH)
    assert done.headers["location"].startswith(DONE)


@pytest.mark.parametrize("path", ["/declare/discard", "/mine/erase"])
async def test_a_file_goes_with_the_draft_that_is_discarded(
    sign_in: SignIn, uploads: Path, path: str
) -> None:
    anna = await sign_in(ANNA)
    form = fields(await submitted(anna, MANDATE | {"at": "loss", "to": "check"})) | PUBLISH
    await with_exhibit(anna, form)
    assert len(kept_in(uploads)) == 1
    await anna.post(path, data=form | {"sure": "yes"})

    assert (await drafts(), kept_in(uploads)) == (0, [])


async def test_of_strangers_no_exhibit_is_kept(sign_in: SignIn, uploads: Path) -> None:
    anna = await sign_in(ANNA)
    form = fields(await submitted(anna, MANDATE | {"at": "loss", "to": "check"})) | PUBLISH
    anna.cookies.clear()
    for changed in ({"stamp": ""}, {"draft": unfinished.new_id()}, {"of": "A" * 43}):
        await with_exhibit(anna, form | AGREED | changed)

    assert kept_in(uploads) == []


async def test_so_it_is_where_somebody_objects_who_was_refused(
    restaurant: httpx.AsyncClient, sign_in: SignIn, uploads: Path
) -> None:
    """The form on the page that says what stands in the way."""
    id = await published(restaurant)
    other = await sign_in(OTHER)
    told = await submitted(other, await checked(other) | AGREED | PUBLISH)
    form = told.text.partition(f'action="/notices/{id}/object"')[2].partition("</form>")[0]
    given = Fields(form).sent | {"text": OBJECTED["text"]}
    other.cookies.clear()
    ended = await asked_in(other, await objected_with_a_file(other, f"/notices/{id}/object", given))
    again = await other.post("/sign-in", data=fields(ended) | written(OTHER))
    page = await other.get(again.headers["location"])

    assert "刚才交来的文件还在" in page.text

    assert OBJECTED["text"] in page.text
    assert fields(page)["number"] == FOOD["number"]


async def test_what_the_sign_in_page_holds_is_good_for_its_own_form_alone(
    restaurant: httpx.AsyncClient,
) -> None:
    one, other = [await published(restaurant, copies=copy) for copy in ("original", "duplicate")]
    path = f"/notices/{one}/withdraw"
    given = fields(await restaurant.get(path)) | {"reason": "found"}
    restaurant.cookies.clear()
    asked = await asked_in(restaurant, await restaurant.post(path, data=given))
    ended = fields(asked) | written(RESTAURANT)
    for next in (path.replace(one, other), "/declare", "/mine"):
        refused = await restaurant.post("/sign-in", data=ended | {"next": next})

        assert refused.status_code == 400
    assert await drafts() == 0


async def test_who_watches_no_more_when_the_session_has_ended_comes_back_to_the_list(
    sign_in: SignIn,
) -> None:
    anna = await sign_in(ANNA)
    page = fields(await anna.get("/mine/watches"))
    typed = {"certificate": "food-operation-license", "number": "JY13799990000011"}
    await anna.post("/mine/watches", data=page | typed)
    [watch] = await DB.fetch("SELECT id FROM watch")
    form = fields(await anna.get("/mine/watches"))
    path = f"/mine/watches/{watch['id']}/end"
    for who in (OTHER, ANNA):
        anna.cookies.clear()
        ended = await anna.get((await anna.post(path, data=form)).headers["location"])
        signed = await anna.post("/sign-in", data=fields(ended) | written(who))
        back = await anna.get(signed.headers["location"], follow_redirects=True)
        assert (back.status_code, back.url.path) == (200, "/mine/watches")

    assert len(await DB.fetch("SELECT 1 FROM watch")) == 1


# Two accounts in one browser.


@pytest.mark.parametrize("act", ["/mine/erase", "/mine/sign-out", "/declare/discard"])
async def test_what_one_windows_page_shows_of_somebody_is_done_to_nobody_else(
    restaurant: httpx.AsyncClient, sign_in: SignIn, act: str
) -> None:
    """Where another window has signed in as somebody else since."""
    shared, elsewhere = await sign_in(ANNA), await sign_in(RESTAURANT)
    pages = {
        "/mine/erase": "/mine/privacy",
        "/mine/sign-out": "/mine/sessions",
        "/declare/discard": "/mine",
    }
    await submitted(shared, FOOD | {"at": "loss", "to": "check"})
    form = fields(await shared.get(pages[act])) | {"sure": "yes"}
    assert form["of"]
    await signed_in(shared, RESTAURANT, "program")
    own = fields(await submitted(shared, FOOD | {"at": "loss", "to": "check"}))
    done = await shared.post(act, data=form | ({"draft": own["draft"]} if "draft" in form else {}))

    assert done.headers["location"] == f"/sign-in?next={quote(pages[act], safe='')}"
    assert await kept(shared, own)
    for browser in (shared, elsewhere):
        assert (await browser.get("/mine")).status_code == 200
