"""Every state in which somebody meets a page; whoever adds a page adds its states here."""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import httpx

from notices import limits, register
from notices.changing import braking, unfinished
from notices.database import DB
from notices.finding import Finder
from notices.identity import Person
from notices.pages import done
from notices.pages.sign_in.closed import Closed
from search.engine import SearchDown
from tests.browser.world import NUMBERS, World
from tests.engines.test_checking_pages import answer_in
from tests.engines.test_desk import send
from tests.engines.test_pages import AGREED, FOOD, fields
from tests.looking import opened
from tests.samples import OFFICER
from tests.stepping import submitted

FOR_EVERYBODY = {
    "start": "/", "sign in": "/sign-in?next=/declare", "sign in as": "/sign-in?as=person",
    "found": "/notices", "found by name": "/notices?q=餐饮店",
    "found by number": f"/notices?q={NUMBERS[0]}",
    "found nothing": "/notices?q=zzzz&status=invalid", "check": "/verify",
    "found, narrowed": "/notices?status=invalid&region=3707&published_from=2026-01-01",
    "found nothing, number": "/notices?q=JY13799990099999",
    "check of a certificate": "/verify?certificate=company-seal", "log": "/log",
    "statistics": "/statistics",
    "agencies": "/agencies", "help for agencies": "/help/agencies",
    "test keys": "/help/test-keys", "problems": "/problems", "problem": "/problems/not_found",
    "check several": "/verify/many",
    "accessibility": "/accessibility", "help": "/help", "guide": "/help/food-operation-license",
    "guide to seals": "/help/company-seal", "for developers": "/help/developers",
    "privacy": "/privacy", "declare": "/declare",
    "declare: no such certificate": "/declare?find=没有这种证",
}  # fmt: skip
OF_ONES_OWN = {
    "start, signed in": "/", "my notices": "/mine", "my data": "/mine/privacy",
    "my sessions": "/mine/sessions", "watches": "/mine/watches", "session": "/session",
    "own notice": "/notices/{invalid}", "withdraw": "/notices/{invalid}/withdraw",
    "correct": "/notices/{invalid}/correct", "declared": "/declare/done/{invalid}",
    "declared several": "/declare/done/{invalid}?also={objected}",
}  # fmt: skip
LATER = {**FOOD, "number": NUMBERS[-1], "confirm_unusual_number": "yes"}
"""What is being declared."""


async def meet(world: World) -> None:
    """Fills `world.states`."""
    _everybody(world)
    _checked(world)
    _errors(world)
    await _slips(world)
    await _terminal(world)
    await _own(world)
    await _wrong(world)
    await _declaring(world)
    await _declared_already(world)
    await _desk(world)


def _everybody(world: World) -> None:
    for name, path in FOR_EVERYBODY.items():
        world.met(name, world.nobody, path)
    world.met("no such guide", world.nobody, "/help/身份证", status=404)
    for name, id in world.ids.items():
        world.met(f"notice: {name}", world.nobody, f"/notices/{id}")
    for name, state, query in [
        ("a sheet", "invalid", ""), ("a roll", "contested", "?paper=80mm"),
        ("of what ended", "withdrawn", ""),
    ]:  # fmt: skip
        world.met(f"slip: {name}", world.nobody, f"/notices/{world.ids[state]}/slip{query}")

    @contextmanager
    def closed() -> Iterator[None]:
        with mock.patch.object(world.app.state, "sign_in", Closed()):
            yield

    @contextmanager
    def limited() -> Iterator[None]:
        with mock.patch.object(Finder, "_search", side_effect=SearchDown):
            yield

    for name, path in {
        "found, limited": f"/notices?q={world.taken}", "found nothing, limited": "/notices?q=zzzz",
    }.items():  # fmt: skip
        world.met(name, world.nobody, path, meanwhile=limited)
    world.met("sign in: closed", world.nobody, "/sign-in", meanwhile=closed)
    typed = {"kind": "person", "name": "", "identifier": "123", "next": "/mine"}
    world.met("sign in: wrong", world.nobody, "/sign-in", sent=typed, status=422)


def _checked(world: World) -> None:
    food = {"certificate": FOOD["certificate"], "copy": "", "copy_number": "", "document": ""}
    masked = {"certificate": "birth-medical-certificate", "number": "X379999999"}
    for name, changes in {
        "declared": {"number": world.taken}, "unusual": {"number": "JY1379999"},
        "not on record": {"number": "JY13799990099999"}, "masked": masked,
        "a notice's number": {"number": world.ids["invalid"]},
        "contested": {"number": NUMBERS[4]}, "any kind": {"certificate": "", "number": world.taken},
    }.items():  # fmt: skip
        world.met(f"checked: {name}", world.nobody, "/verify", sent={**food, **changes})
    world.met("checked: nothing", world.nobody, "/verify", sent={**food, "number": ""}, status=422)


async def _slips(world: World) -> None:
    food = {"certificate": FOOD["certificate"], "number": world.taken}
    lines = "\n".join([world.taken, "无", "JY13799990099999", NUMBERS[4]])
    for name, sent, status in [
        ("several", {"numbers": lines}, 200), ("several, none", {"numbers": ""}, 422),
    ]:  # fmt: skip
        world.met(f"checked: {name}", world.nobody, "/verify/many", sent=sent, status=status)
    masked = {"certificate": "birth-medical-certificate", "number": "X379999999"}
    signed = answer_in(await world.nobody.post("/verify", data=food))
    private = answer_in(await world.nobody.post("/verify", data=masked))
    doubted = answer_in(await world.nobody.post("/verify", data=food | {"number": "JY1379999"}))
    for name, sent in {
        "a4": {"answer": signed}, "roll": {"answer": signed, "paper": "80mm"},
        "masked": {"answer": private}, "doubtful": {"answer": doubted, "paper": "80mm"},
    }.items():  # fmt: skip
        world.met(f"slip: {name}", world.nobody, "/verify/slip", sent=sent)
    for name, text, status in [
        ("proven", signed, 200), ("proven, doubtful", doubted, 200), ("unproven", signed[:-9], 422),
    ]:  # fmt: skip
        sent = {"number": text}
        world.met(f"checked: {name}", world.nobody, "/verify", sent=sent, status=status)
    world.met("error: no slip", world.nobody, "/verify/slip", sent={"answer": "x"}, status=422)


async def _terminal(world: World) -> None:
    world.people["terminal"] = terminal = world.client()
    await terminal.get("/kiosk")
    sent = await terminal.post("/verify", data={"number": world.taken})
    for name, path in {
        "start": "/kiosk", "found": "/notices", "notice": f"/notices/{world.ids['invalid']}",
        "check": "/verify", "checked": sent.headers["location"], "phone": "/kiosk/phone",
        "off": "/kiosk/off",
    }.items():  # fmt: skip
        world.met(f"terminal: {name}", terminal, path)
    world.met("terminal: no such page", terminal, "/nothing", status=404)
    world.people["led"] = led = world.client()
    led.headers["Sec-Fetch-Site"] = "cross-site"
    world.met("terminal: asked first", led, "/kiosk")


@contextmanager
def broken() -> Iterator[None]:
    with mock.patch.object(register, "newest_of_organisations", side_effect=RuntimeError):
        yield


@contextmanager
def away() -> Iterator[None]:
    usual, DB.pool = DB.pool, None
    try:
        yield
    finally:
        DB.pool = usual


def _errors(world: World) -> None:
    here, search = world.deployment, limits.POLICIES["search"]
    limited = dataclasses.replace(here.settings, rate_limits=True)
    none_left = search._replace(most={"address": {limits.MINUTE: 0}})

    @contextmanager
    def too_often() -> Iterator[None]:
        on = mock.patch.object(
            world.app.state, "deployment", dataclasses.replace(here, settings=limited)
        )
        with on, mock.patch.dict(limits.POLICIES, {"search": none_left}):
            yield

    for name, path, status, meanwhile in [
        ("no such page", "/nothing", 404, None),
        ("no such notice", "/notices/37070000012345", 404, None),
        ("too deep", "/notices?page=51", 400, None),
        ("no such value", "/notices?status=nothing", 400, None),
        ("old encoding", "/notices?q=%B2%CD", 400, None),
        ("fault of ours", "/", 500, broken),
        ("database away", "/log", 503, away),
        ("too often", "/notices?q=餐饮店", 429, too_often),
    ]:
        world.met(f"error: {name}", world.nobody, path, status=status, meanwhile=meanwhile)


async def _own(world: World) -> None:
    restaurant, anna, clerk = (world.people[name] for name in ("restaurant", "anna", "clerk"))
    for name, path in OF_ONES_OWN.items():
        world.met(name, restaurant, path.format(**world.ids))
    for word, path in {
        "corrected": f"/notices/{world.ids['invalid']}", "told": "/mine",
        "watched-unusual": "/mine/watches",
    }.items():  # fmt: skip
        just = world.client()
        just.cookies = httpx.Cookies(restaurant.cookies)
        just.cookies.set(done.DONE, done._named(word, path))
        world.met(f"done: {word}", just, path)
    again = f"/notices/{world.ids['withdrawn']}/withdraw"
    world.met("error: too late", restaurant, again, sent={"reason": "found"}, status=409)
    world.met("error: no officer", restaurant, "/desk", status=403)
    sent = {"reason": "found"}
    # What was typed comes back with the page of the refusal.
    path = f"/notices/{world.ids['invalid']}/withdraw"
    world.met("error: unsent", restaurant, path, sent=sent, status=503, meanwhile=away)
    world.met("object", anna, f"/notices/{world.ids['invalid']}/object")
    world.met("my notices: one awaits", anna, "/mine")
    world.met("notice: objected by me", anna, f"/notices/{world.ids['objected']}")
    world.met("agency checks a file", clerk, "/agencies/check")
    world.met("agency's own page", clerk, "/mine")


async def _wrong(world: World) -> None:
    """Forms in which something is wrong."""
    of = f"/notices/{world.ids['invalid']}"
    for who, path, typed in [
        ("restaurant", f"{of}/withdraw", {"reason": ""}),
        ("restaurant", f"{of}/correct", {"issued_on": "2099-01-01"}),
        ("anna", f"{of}/object", {"text": ""}),
        ("anna", "/mine/watches", {"number": "无"}),
        ("anna", "/mine/erase", {"sure": ""}),
    ]:
        client = world.people[who]
        form = await client.get(path.replace("/erase", "/privacy"))
        sent = fields(form) | typed
        # A form that takes a file is sent in parts.
        parts: Any = {name: (None, value) for name, value in sent.items()}
        body = {"files": parts} if path.endswith("/object") else {"data": sent}
        answer = await client.post(path, **body)
        name = f"{path.rpartition('/')[2]}: wrong"
        if answer.status_code == 303:
            answer = await client.get(answer.headers["location"])
        assert 'class="error-summary"' in answer.text, answer.text
        if answer.request.method == "GET":
            world.came_to(name, client, answer)
        else:
            world.met(name, client, path, sent=sent, status=answer.status_code)


async def _declaring(world: World) -> None:
    restaurant = world.people["restaurant"]
    page = await submitted(restaurant, LATER | {"at": "loss", "to": "check"})
    for step in ("matter", "number", "loss", "check"):
        world.met(f"declare: {step}", restaurant, f"/declare/{step}/{fields(page)['draft']}")
    seals = {"certificate": "company-seal"}
    for name, typed in {
        "nothing": {"certificate": FOOD["certificate"], "at": "number", "to": "loss"},
        "seals": {**seals, "at": "matter", "to": "number"},
        "seals, wrong": {**seals, "at": "number", "to": "loss"},
        "title": {"certificate": "real-estate-title", "at": "matter", "to": "number"},
        "loss, wrong": {**LATER, "cause": "", "lost_on": "2099-01-01", "at": "loss", "to": "check"},
    }.items():
        world.came_to(f"declare: {name}", restaurant, await submitted(restaurant, typed))
    gone = f"/declare/number/{unfinished.new_id()}"
    world.met("declare: forgotten", restaurant, gone, status=404)
    page = await submitted(restaurant, LATER | {"at": "loss", "to": "check"})
    draft, form = fields(page)["draft"], fields(page) | AGREED | {"to": "publish"}
    assert (await submitted(restaurant, form)).status_code == 303
    world.met("declare: published before", restaurant, f"/declare/check/{draft}")


async def _declared_already(world: World) -> None:
    rival = world.people["rival"]
    typed = LATER | {"number": world.taken, "at": "loss", "to": "check"}
    page = await submitted(rival, typed)
    sent = fields(page) | {"to": "publish"}
    world.came_to("declare: nothing agreed to", rival, await submitted(rival, sent))
    page = await submitted(rival, typed)
    page = await submitted(rival, fields(page) | AGREED | {"to": "publish"})
    assert page.status_code == 409, page.text
    world.came_to("declare: declared already", rival, page)


async def _desk(world: World) -> None:
    officer, ids = world.people["officer"], world.ids
    for name, path in {
        "lists": "/desk", "objections": "/desk/waiting/objections", "flags": "/desk/waiting/flags",
    }.items():  # fmt: skip
        world.met(f"desk: {name}", officer, path)
    by = Person(kind="officer", name=OFFICER["name"], identifier=OFFICER["identifier"])
    await braking.hold(world.deployment, by.actor)
    [held] = await braking.held(world.deployment)
    colleague = world.people["colleague"]
    world.met("desk: brake", colleague, f"/desk/brakes/{held.id}")
    world.met("notice: to an officer", officer, f"/notices/{ids['objected']}")
    case = f"/desk/{ids['objected']}"
    world.met("desk: what for", colleague, f"{case}/purpose?next={case}")
    for of in ("objected", "invalid", "awaiting", "contested", "annulled"):
        await opened(officer, f"/desk/{ids[of]}")
        world.met(f"desk: case, {of}", officer, f"/desk/{ids[of]}")
    for act, of in {
        "decide": "objected", "confirm": "awaiting", "redact": "invalid", "set-aside": "invalid",
    }.items():  # fmt: skip
        path = f"/desk/{ids[of]}/{act}"
        world.met(f"desk: {act}", officer, path)
        if act == "confirm":  # nothing has to be filled in
            continue
        sent = await send(officer, path)
        page = await officer.get(sent.headers["location"])
        assert page.status_code == 422, page.text
        world.came_to(f"desk: {act}, wrong", officer, page)
