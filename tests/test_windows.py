"""Several windows, and sessions that end: what is typed is neither lost nor left behind."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from notices.changing import unfinished
from notices.database import DB
from notices.web import publishing
from tests.conftest import SignIn
from tests.files import picture
from tests.samples import ANNA, RESTAURANT
from tests.stepping import DONE, kept, submitted
from tests.test_again import OTHER
from tests.test_pages import AGREED, FOOD, fields, published
from tests.test_steps import FORGOTTEN, PUBLISH, STALE, checked, drafts, page_of

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
async def test_who_signs_out_while_his_declaration_meets_a_conflict_leaves_nothing(
    restaurant: httpx.AsyncClient, after_publishing: Held, way: str
) -> None:
    await published(restaurant)
    form = await checked(restaurant)
    publish = restaurant.post("/declare", data=form | AGREED | PUBLISH)
    async with held(publish, after_publishing) as answer:
        await signed_out(restaurant, way)

    assert await drafts() == 0
    assert answer.result().status_code == 303
    assert (await restaurant.get(answer.result().headers["location"])).status_code == 303


async def signed_out(client: httpx.AsyncClient, way: str) -> None:
    if way == "page":
        assert (await client.post("/sign-out")).status_code == 303
    else:
        assert (await client.delete("/api/v1/session")).status_code == 204


@pytest.mark.parametrize("to", ["check", "publish"])
@pytest.mark.parametrize("begun", [False, True])
async def test_no_step_that_was_on_its_way_is_kept_after_signing_out(
    restaurant: httpx.AsyncClient, before_keeping: Held, to: str, begun: bool
) -> None:
    form = FOOD | AGREED | {"at": "check", "to": to, "key": "k"}
    if begun:
        before_keeping.there.set()
        form = await checked(restaurant) | AGREED | {"at": "check", "to": to}
        before_keeping.there.clear()
    async with held(restaurant.post("/declare", data=form), before_keeping) as answer:
        await signed_out(restaurant, "page")

    assert await drafts() == 0
    assert answer.result().status_code == 401
    assert answer.result().headers["cache-control"] == "no-store"


# Signing in while somebody is signed in.


@pytest.mark.parametrize("way", ["page", "program"])
@pytest.mark.parametrize("part", PARTS)
async def test_who_signs_in_as_another_forgets_what_was_typed_as_the_one_before(
    restaurant: httpx.AsyncClient, sign_in: SignIn, part: str, way: str
) -> None:
    elsewhere = await sign_in(OTHER)
    others = await checked(elsewhere, number="JY13799990000020")
    form = await checked(restaurant)
    await signed_in(restaurant, PARTS[part], way)

    same = part == "the same"
    assert await drafts() == 1 + same
    assert (await kept(elsewhere, others))["number"] == "JY13799990000020"
    page = await page_of(restaurant, "loss", form)
    assert (page.status_code, FORGOTTEN in page.text) == ((200, False) if same else (404, True))


async def signed_in(client: httpx.AsyncClient, who: dict[str, Any], way: str) -> None:
    if way == "program":
        assert (await client.post("/api/v1/demo/login", json=who)).status_code == 204
        return
    assert (await client.post("/sign-in", data=written(who))).status_code == 303


def written(who: dict[str, Any]) -> dict[str, str]:
    """`who` as the sign-in page has it."""
    company = {f"organisation.{name}": text for name, text in who.get("organisation", {}).items()}
    return {name: text for name, text in who.items() if name != "organisation"} | company


async def test_who_signs_out_when_his_session_has_run_out_leaves_nothing_either(
    restaurant: httpx.AsyncClient,
) -> None:
    await checked(restaurant)
    await DB.fetch("UPDATE session SET expires_at = now()")
    await signed_out(restaurant, "page")

    assert await drafts() == 0
