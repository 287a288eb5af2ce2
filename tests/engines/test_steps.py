"""The steps of a declaration: what a browser may store, what an address tells, and two windows."""

import asyncio
import contextlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import httpx
import msgspec
import pytest
from litestar import Litestar

from notices.changing import unfinished
from notices.changing.draft import Draft
from notices.database import DB
from notices.deployment import Deployment
from notices.pages import publishing
from tests.conftest import SignIn
from tests.engines.test_pages import AGREED, CHILD_ID, FOOD, fields, published
from tests.faults import Step, failing
from tests.files import picture
from tests.limiting import limited as limited
from tests.samples import ANNA, RESTAURANT
from tests.stepping import DONE, arrived, draft_of, kept, submitted

STALE = "这些内容在别的窗口里改过"
FORGOTTEN = "已经丢弃"
STEPS = ("certificate", "matter", "number", "loss", "check")


PUBLISH = {"at": "check", "to": "publish"}


async def checked(client: httpx.AsyncClient, **changes: str) -> dict[str, str]:
    """The form of the check page of a whole declaration."""
    page = await submitted(client, FOOD | changes | {"at": "loss", "to": "check"})
    assert page.status_code == 200, page.text
    return fields(page)


async def page_of(client: httpx.AsyncClient, step: str, form: dict[str, str]) -> httpx.Response:
    return await client.get(f"/declare/{step}/{form['draft']}")


def timeless(page: httpx.Response) -> str:
    """A page without how long the session still lasts."""
    return re.sub(r'data-left="[0-9]+"|value="[0-9]+\.[0-9a-f]{64}"', "", page.text)


async def how_many() -> int:
    return len(await DB.fetch("SELECT 1 FROM notice"))


async def drafts() -> int:
    return len(await DB.fetch("SELECT 1 FROM draft"))


@pytest.fixture
def database_away() -> Iterator[Any]:
    """Takes the database away, as it is before a service has found it, and brings it back."""
    usual = DB.pool

    def away() -> None:
        DB.pool = None

    yield away
    DB.pool = usual


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_is_asked_again_with_all_that_was_typed_and_stored_by_no_browser(
    restaurant: httpx.AsyncClient, step: str
) -> None:
    form = await checked(restaurant)
    first, again = [await page_of(restaurant, step, form) for _ in range(2)]

    assert first.status_code == again.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    assert timeless(first) == timeless(again)
    shown = fields(first)
    for name in {"number", "issued_on", "lost_on", "contact.phone"} & shown.keys():
        assert shown[name] == FOOD[name]
    assert await kept(restaurant, form) == FOOD


async def test_a_page_carries_nothing_that_another_one_asked(restaurant: httpx.AsyncClient) -> None:
    form = await checked(restaurant)
    loss = await page_of(restaurant, "loss", form)

    assert FOOD["number"] not in loss.text
    assert set(fields(loss)) == {
        "at", "draft", "of", "stamp", "certificate", "paper", "lost_on", "contact.phone", "cause",
    }  # fmt: skip


async def test_no_address_tells_what_was_typed(sign_in: SignIn) -> None:
    anna = await sign_in(ANNA)
    child = FOOD | {
        "certificate": "birth-medical-certificate", "matter": "", "number": "X990000001",
        "issued_on": "2020-06-01", "relation": "parent", "holder.name": "张小小",
        "holder.identifier_type": "resident-id", "holder.identifier": CHILD_ID,
    }  # fmt: skip
    form: dict[str, str] = {}
    asked: list[str] = []
    for at, to in (
        ("loss", "check"), ("check", "number"), ("number", "loss"), ("loss", "certificate"),
        ("check", "check"), ("check", "publish"),
    ):  # fmt: skip
        answer = await anna.post("/declare", data=child | form | {"at": at, "to": to})
        asked.append(unquote(answer.headers["location"]))
        form |= fields(await arrived(anna, answer))

    for address in asked:
        assert re.fullmatch(r"/declare/[a-z]+/[A-Za-z0-9_-]{22}", address), address


async def test_a_step_with_something_wrong_is_the_same_when_it_is_asked_again(
    restaurant: httpx.AsyncClient,
) -> None:
    wrong = FOOD | {"issued_on": "2999-01-01", "number": "X990****01"}
    told = await submitted(restaurant, wrong | {"at": "number", "to": "loss"})
    form = fields(told)
    again = await page_of(restaurant, "number", form)
    mended = await submitted(restaurant, form | FOOD | {"at": "number", "to": "loss"})
    back = await page_of(restaurant, "number", form)

    assert (told.status_code, again.status_code) == (422, 422)
    assert timeless(again) == timeless(told)
    assert "2999-01-01" in again.text
    english = await restaurant.get(f"/declare/number/{form['draft']}?lang=en")
    assert (mended.status_code, back.status_code) == (200, 200)
    assert 'lang="en"' in english.text


async def test_problems_are_told_in_the_language_of_whoever_reads_them(
    restaurant: httpx.AsyncClient,
) -> None:
    told = await submitted(
        restaurant, FOOD | {"number": "X990****01", "at": "number", "to": "loss"}
    )
    english = await restaurant.get(f"/declare/number/{fields(told)['draft']}?lang=en")

    assert english.status_code == 422
    assert "Some characters are hidden by stars" in english.text


async def test_an_earlier_step_that_became_wrong_is_asked_in_place_of_the_check(
    restaurant: httpx.AsyncClient,
) -> None:
    form = await checked(restaurant)
    await submitted(restaurant, form | {"at": "number", "to": "number", "issuer": "", "copies": ""})
    check = await page_of(restaurant, "check", form)

    assert check.status_code == 422
    assert 'href="#copies"' in check.text
    assert 'name="to" value="publish"' not in check.text


# Two windows.


async def test_two_declarations_in_two_windows_do_not_mix(restaurant: httpx.AsyncClient) -> None:
    one, other = await checked(restaurant), await checked(restaurant, number="JY13799990000020")
    await submitted(restaurant, one | {"at": "loss", "cause": "stolen", "to": "check"})

    assert (await kept(restaurant, one))["cause"] == "stolen"
    assert (await kept(restaurant, other))["cause"] == "lost"
    assert (await kept(restaurant, other))["number"] == "JY13799990000020"


async def test_the_later_step_wins_and_only_what_the_check_showed_is_published(
    restaurant: httpx.AsyncClient,
) -> None:
    seen = await checked(restaurant)
    number = fields(await page_of(restaurant, "number", seen))
    changed = {"number": "JY13799990000020", "region": "370705", "confirm_unusual_number": "yes"}
    await submitted(restaurant, number | changed | {"to": "loss"})

    stale = await submitted(restaurant, seen | AGREED | {"to": "publish"})
    again = await page_of(restaurant, "check", seen)

    assert stale.status_code == again.status_code == 422
    assert STALE in stale.text
    assert "JY13799990000020" in stale.text
    assert FOOD["number"] not in stale.text
    assert "checked" not in stale.text  # what was agreed to was another text
    assert await how_many() == 0
    done = await submitted(restaurant, fields(stale) | AGREED | {"to": "publish"})
    notice = await restaurant.get(f"/api/v1/notices/{done.headers['location'].rpartition('/')[2]}")
    assert notice.json()["number"] == "JY13799990000020"


@pytest.mark.parametrize(
    ("at", "name", "value"),
    [
        ("loss", "contact.phone", "13800005678"),
        ("loss", "cause", "stolen"),
        ("number", "issuer", "潍坊市行政审批服务局"),
        ("matter", "matter", ""),
    ],
)
async def test_whatever_changes_it_has_to_be_checked_again(
    restaurant: httpx.AsyncClient, at: str, name: str, value: str
) -> None:
    seen = await checked(restaurant)
    await submitted(restaurant, seen | FOOD | {"at": at, "to": at, name: value})
    stale = await submitted(restaurant, seen | AGREED | {"to": "publish"})

    assert (stale.status_code, STALE in stale.text) == (422, True)
    assert await how_many() == 0


@pytest.mark.parametrize("seen", ["", "0" * 64, None])
async def test_a_check_page_that_says_nothing_of_what_it_showed_publishes_nothing(
    restaurant: httpx.AsyncClient, seen: str | None
) -> None:
    form = await checked(restaurant)
    form = {name: value for name, value in form.items() if name != "seen"}
    form |= {} if seen is None else {"seen": seen}
    answer = await submitted(restaurant, form | AGREED | {"to": "publish"})

    assert answer.status_code == 422
    assert await how_many() == 0


async def test_what_was_agreed_to_is_not_agreed_to_of_another_text(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    seen = await checked(restaurant)
    number = fields(await page_of(restaurant, "number", seen))
    changed = {"number": "JY13799990000020", "region": "370705", "confirm_unusual_number": "yes"}
    await submitted(restaurant, number | changed | {"to": "check"})

    # A window that still shows the first text, and one in which nobody is signed in.
    for who in (restaurant, client):
        await who.post("/declare", data=seen | AGREED | {"at": "check", "to": "loss"})
        page = (await page_of(restaurant, "check", seen)).text
        assert "JY13799990000020" in page
        assert 'value="yes" checked' not in page


async def test_boxes_beside_something_wrong_agree_to_nothing(restaurant: httpx.AsyncClient) -> None:
    seen = await checked(restaurant)
    wrong = seen | AGREED | {"at": "number", "to": "certificate", "issued_on": "a" * 99}
    answer = await restaurant.post("/declare", data=wrong)

    assert answer.status_code == 303
    assert (await restaurant.get(answer.headers["location"])).status_code == 200


async def test_each_window_is_led_to_what_it_has_published(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await checked(restaurant)
    publish, done, go_on = publishing.publish, asyncio.Event(), asyncio.Event()

    async def slow(*args: Any, **more: Any) -> Any:
        found = await publish(*args, **more)
        if not done.is_set():
            done.set()
            await go_on.wait()
        return found

    monkeypatch.setattr(publishing, "publish", slow)
    first = asyncio.create_task(restaurant.post("/declare", data=one | AGREED | PUBLISH))
    await done.wait()
    number = fields(await page_of(restaurant, "number", one))
    changed = {"number": "JY13799990000020", "region": "370705", "confirm_unusual_number": "yes"}
    other = fields(await submitted(restaurant, number | changed | {"to": "check"}))
    second = await restaurant.post("/declare", data=other | AGREED | PUBLISH)
    go_on.set()

    for answer, expected in ((await first, FOOD["number"]), (second, changed["number"])):
        id = answer.headers["location"].rpartition("/")[2]
        assert (await restaurant.get(f"/api/v1/notices/{id}")).json()["number"] == expected


async def test_one_text_is_published_once_from_however_many_windows(
    restaurant: httpx.AsyncClient,
) -> None:
    form = await checked(restaurant)
    windows = [fields(await page_of(restaurant, "check", form)) for _ in range(3)]
    answers = await asyncio.gather(
        *(submitted(restaurant, each | AGREED | {"to": "publish"}) for each in windows)
    )

    assert len({answer.headers["location"] for answer in answers}) == 1
    assert await how_many() == 1


async def test_who_sends_all_at_once_publishes_what_he_sends(
    restaurant: httpx.AsyncClient,
) -> None:
    """No page of ours is left out by it: each carries its draft."""
    whole = FOOD | AGREED | {"at": "check", "to": "publish", "key": "k"}
    first, second = [await submitted(restaurant, whole) for _ in range(2)]

    assert first.headers["location"].startswith(DONE)
    assert first.headers["location"] == second.headers["location"]


# After publishing.


@pytest.mark.parametrize("step", [*STEPS, "conflict"])
async def test_back_after_publishing_says_so_and_offers_no_form(
    restaurant: httpx.AsyncClient, step: str
) -> None:
    form = await checked(restaurant)
    done = await submitted(restaurant, form | AGREED | {"to": "publish"})
    id = done.headers["location"].rpartition("/")[2]
    page = await page_of(restaurant, step, form)

    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "这份声明已经发布" in page.text
    assert f'href="/notices/{id}"' in page.text
    assert 'action="/declare"' not in page.text


async def test_of_what_is_published_nothing_typed_is_kept(restaurant: httpx.AsyncClient) -> None:
    form = await checked(restaurant)
    await submitted(restaurant, form | AGREED | {"to": "publish"})

    left = await draft_of(restaurant, form)
    assert (left.fields, left.problems, left.agreed) == ({}, (), ())
    later = await submitted(restaurant, form | FOOD | {"at": "loss", "to": "check"})
    assert "这份声明已经发布" in later.text
    assert (await draft_of(restaurant, form)) == left
    assert await how_many() == 1


async def test_what_stands_in_the_way_is_told_again_when_it_is_asked_again(
    restaurant: httpx.AsyncClient,
) -> None:
    id = await published(restaurant)
    form = await checked(restaurant)
    told = await submitted(restaurant, form | AGREED | {"to": "publish"})
    again = await page_of(restaurant, "conflict", form)
    back = await submitted(restaurant, fields(again) | {"to": "number"})

    assert (told.status_code, again.status_code, back.status_code) == (409, 409, 200)
    for page in (told, again):
        assert f"/notices/{id}" in page.text
    assert fields(back)["number"] == FOOD["number"]
    other = {"number": "JY13799990000020", "region": "370705", "at": "number", "to": "check"}
    page = await submitted(restaurant, fields(back) | other)
    assert page.status_code == 200
    gone_on = await page_of(restaurant, "conflict", form)
    assert (gone_on.status_code, "JY13799990000020" in gone_on.text) == (200, True)


async def test_a_commit_that_is_not_answered_is_asked_about_by_pressing_again(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Published, and then the draft could not be put away: one press more tells."""
    form = await checked(restaurant) | AGREED | {"to": "publish"}
    async with failing("deadlock", Step("notice", "INSERT")):
        not_done = await restaurant.post("/declare", data=form)
    real = publishing.publish

    async with contextlib.AsyncExitStack() as later:

        async def then_fails(*given: Any, **named: Any) -> Any:
            found = await real(*given, **named)
            await later.enter_async_context(failing("deadlock", Step("draft", "INSERT")))
            return found

        monkeypatch.setattr(publishing, "publish", then_fails)
        unknown = await restaurant.post("/declare", data=form)
    monkeypatch.setattr(publishing, "publish", real)
    done = await restaurant.post("/declare", data=form)

    assert (not_done.status_code, unknown.status_code, done.status_code) == (503, 503, 303)
    assert "可能已经办成" in unknown.text
    assert await how_many() == 1


# Whose it is.


async def test_nobody_else_sees_a_draft(restaurant: httpx.AsyncClient, sign_in: SignIn) -> None:
    number = "JY13799990000020"
    form = await checked(restaurant, number=number)
    anna = await sign_in(ANNA)
    firm = {"name": "某某商贸有限公司", "identifier": "91379999MA0000015K"}
    for other in (anna, await sign_in(RESTAURANT | {"organisation": firm})):
        for step in STEPS:
            page = await page_of(other, step, form)
            assert page.status_code == 404
            assert number not in page.text
            assert FORGOTTEN in page.text
        taken = await submitted(other, form | AGREED | {"to": "publish"})
        assert taken.url.path == "/sign-in"
        assert number not in taken.text
    assert await how_many() == 0
    assert await kept(restaurant, form) == FOOD | {"number": number}


@pytest.mark.parametrize("way", ["page", "program"])
async def test_signing_out_drops_no_draft_and_shows_it_to_its_owner_alone(
    restaurant: httpx.AsyncClient, way: str
) -> None:
    form = await checked(restaurant)
    if way == "page":
        await restaurant.post("/sign-out")
    else:
        await restaurant.delete("/api/v1/session")
    assert (await page_of(restaurant, "loss", form)).status_code == 303

    await restaurant.post("/api/v1/demo/login", json=ANNA)
    assert "没填完的声明" not in (await restaurant.get("/mine")).text
    assert (await page_of(restaurant, "loss", form)).status_code == 404
    await restaurant.post("/api/v1/demo/login", json=RESTAURANT)
    listed = (await restaurant.get("/mine")).text
    assert f'href="/declare/check/{form["draft"]}"' in listed
    assert FOOD["number"] not in listed
    assert (await page_of(restaurant, "number", form)).status_code == 200
    assert await kept(restaurant, form) == FOOD


async def test_a_draft_is_discarded_by_its_owner_alone(
    restaurant: httpx.AsyncClient, sign_in: SignIn
) -> None:
    form = await checked(restaurant)
    anna = await sign_in(ANNA)
    taken = await anna.post("/declare/discard", data=form)
    assert taken.status_code in (303, 401)
    assert await drafts() == 1
    await restaurant.post("/declare/discard", data=form)

    assert await drafts() == 0
    assert "没填完的声明" not in (await restaurant.get("/mine")).text
    page = await page_of(restaurant, "loss", form)
    assert (page.status_code, FORGOTTEN in page.text) == (404, True)
    late = await submitted(restaurant, form | {"at": "loss", "cause": "lost", "to": "check"})
    assert late.status_code == 422
    assert FORGOTTEN in late.text
    assert "<title>有误：" in late.text


async def test_a_draft_of_what_the_catalogue_has_no_more_is_listed_and_discarded(
    restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    form = await checked(restaurant)
    changed = (await draft_of(restaurant, form)).fields | {"certificate": "of-yesterday"}
    sealed = deployment.keys.sealer.seal(
        msgspec.json.encode(Draft(fields=changed)),
        unfinished.place(unfinished.owner_in(form["of"]) or b"", form["draft"]),
    )
    await DB.fetch("UPDATE draft SET sealed = $1", sealed)
    page = await restaurant.get("/mine")

    assert "证件还没有选定，或已不在目录里" in page.text
    assert (await restaurant.get(f"/declare/certificate/{form['draft']}")).status_code == 200
    await restaurant.post("/declare/discard", data=fields(page))
    assert await drafts() == 0


async def test_what_comes_when_the_session_has_ended_is_kept_for_its_owner_alone(
    restaurant: httpx.AsyncClient,
) -> None:
    form = await checked(restaurant)
    restaurant.cookies.clear()
    number = {"at": "loss", "cause": "stolen", "contact.phone": "13800005678", "to": "check"}
    ended = await restaurant.post("/declare", data=form | number)
    assert ended.status_code == 303
    assert ended.headers["location"].startswith("/sign-in?next=%2Fdeclare%2Fcheck%2F")
    signing_in = await restaurant.get(ended.headers["location"])
    assert "13800005678" not in signing_in.text

    other = await restaurant.post("/sign-in", data=fields(signing_in) | {"sample": "zhang"})
    page = await arrived(restaurant, other)
    assert page.status_code == 404
    await restaurant.post("/sign-out")
    await restaurant.post("/api/v1/demo/login", json=RESTAURANT)
    own = await restaurant.get(other.headers["location"])

    assert own.status_code == 200
    assert (await kept(restaurant, form))["contact.phone"] == "13800005678"
    assert (await kept(restaurant, form))["number"] == FOOD["number"]


@pytest.mark.parametrize(("person", "own"), [("zhang", False), ("li", True)])
async def test_what_the_sign_in_page_carries_is_its_owners_too(
    restaurant: httpx.AsyncClient, person: str, own: bool
) -> None:
    """The session has ended, and two hours have passed: there is no draft to add to."""
    await restaurant.post("/sign-in", data={"sample": "li"})
    form = await checked(restaurant)
    await DB.fetch("DELETE FROM draft")
    restaurant.cookies.clear()
    typed = {"at": "loss", "cause": "stolen", "contact.phone": "13800005678", "to": "loss"}
    ended = await submitted(restaurant, form | typed)
    assert (ended.status_code, ended.url.path) == (200, "/sign-in")
    assert typed["contact.phone"] not in ended.text
    signed_in = await restaurant.post("/sign-in", data=fields(ended) | {"sample": person})
    page = await arrived(restaurant, signed_in)

    assert page.status_code == 200
    assert ("13800005678" in page.text) is own
    assert await drafts() == int(own)


@pytest.mark.parametrize(
    "changed", [{"of": ""}, {"of": "A" * 43}, {"draft": "0" * 22}, {"draft": "x"}], ids=str
)
async def test_without_a_session_nobody_adds_to_a_draft_that_he_has_no_page_of(
    restaurant: httpx.AsyncClient, changed: dict[str, str]
) -> None:
    form = await checked(restaurant)
    restaurant.cookies.clear()
    answer = await restaurant.post("/declare", data=form | {"cause": "stolen"} | changed)

    assert answer.headers["location"].startswith("/sign-in?of=")
    assert await kept(restaurant, form) == FOOD
    assert await drafts() == 1


async def test_who_is_signed_in_has_a_bounded_number_of_drafts(
    restaurant: httpx.AsyncClient,
) -> None:
    for _ in range(unfinished.MOST_DRAFTS + 2):
        await submitted(restaurant, FOOD | {"at": "loss", "to": "check"})

    assert await drafts() == unfinished.MOST_DRAFTS


async def test_looking_keeps_nothing(restaurant: httpx.AsyncClient) -> None:
    """A link of another site, followed however often, pushes no draft out."""
    page = await arrived(restaurant, await restaurant.get("/declare?certificate=company-seal"))
    await restaurant.get("/declare")

    assert "公章遗失补刻备案" in page.text
    assert await drafts() == 0
    chosen = await submitted(restaurant, fields(page) | {"to": "number"})
    assert chosen.status_code == 200
    assert await drafts() == 1
    assert fields(chosen)["draft"] == fields(page)["draft"]


# What other pages leave in a browser.


@pytest.mark.parametrize(
    "path",
    ["/", "/mine", "/declare", "/notices", "/verify", "/log", "/notices/{id}",
     "/notices/{id}/withdraw", "/notices/{id}/correct", "/declare/done/{id}", "/nowhere",
     "/problems"],
)  # fmt: skip
async def test_no_page_that_names_who_is_signed_in_is_stored(
    restaurant: httpx.AsyncClient, path: str
) -> None:
    page = await restaurant.get(path.replace("{id}", await published(restaurant)))

    assert page.headers["cache-control"] == "no-store"


# A database that is away.


async def test_what_a_step_brings_is_on_the_page_that_says_it_could_not_be_kept(
    restaurant: httpx.AsyncClient, database_away: Any
) -> None:
    form = await checked(restaurant)
    usual = DB.pool
    sent = form | {"at": "loss", "cause": "stolen", "contact.phone": "13800005678", "to": "check"}
    database_away()
    refused = await restaurant.post("/declare", data=sent)
    DB.pool = usual

    assert refused.status_code == 503
    assert refused.headers["cache-control"] == "no-store"
    assert int(refused.headers["retry-after"]) > 0
    assert "没有丢" in refused.text
    assert fields(refused) == sent
    page = await submitted(restaurant, fields(refused))
    assert page.status_code == 200
    assert (await kept(restaurant, form))["contact.phone"] == "13800005678"


@pytest.mark.parametrize("path", ["/declare", "/sign-in", "/notices/37070000000136/correct"])
@pytest.mark.usefixtures("limited")
async def test_it_is_so_where_the_database_is_asked_before_the_form_is_read(
    client: httpx.AsyncClient, database_away: Any, path: str
) -> None:
    database_away()
    refused = await client.post(path, data={"issuer": "某某局", "draft": "x"})

    assert refused.status_code == 503
    assert fields(refused) == {"issuer": "某某局", "draft": "x"}


async def test_a_step_with_a_file_asks_for_it_again(
    restaurant: httpx.AsyncClient, app: Litestar
) -> None:
    form = {name: (None, value) for name, value in (await checked(restaurant)).items()}
    async with failing("deadlock", Step("draft", "UPDATE OR INSERT")):
        refused = await restaurant.post(
            "/declare", files=form | {"to": (None, "loss"), "exhibit": ("a.png", picture("PNG"))}
        )

    assert refused.status_code == 503
    assert 'name="exhibit" type="file"' in refused.text
    assert 'enctype="multipart/form-data"' in refused.text
    assert "seen" in fields(refused)


async def test_a_form_of_another_site_is_not_given_back(
    restaurant: httpx.AsyncClient, database_away: Any
) -> None:
    database_away()
    refused = await restaurant.post(
        "/declare", data={"number": "1"}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert refused.status_code == 403
    assert fields(refused) == {}
