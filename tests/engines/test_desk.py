"""The officers' desk: what waits is decided on pages, from the list to what the public reads."""

import re
from typing import Any

import httpx
import pytest
from litestar import Litestar

from notices import agencies
from notices.changing import leaving
from notices.database import DB
from notices.facts.notice_ids import printed
from notices.identity import Person
from notices.web.authentication import cookie_name
from tests import api
from tests.api import declaration
from tests.conftest import SignIn
from tests.engines.test_pages import fields
from tests.files import picture
from tests.looking import opened
from tests.owning import owned
from tests.samples import ANNA, OFFICER, RESTAURANT

pytestmark = pytest.mark.usefixtures("uploads")

NUMBER = "JY13799990000011"
TEXT = "证件在我手里，\n见照片。"
REASON = "有证件原件的照片"
ISSUER = "潍坊市奎文区行政审批服务局"
COMPANY = {"name": "潍坊试样一有限公司", "identifier": "91379999MA0000100Q"}
RIVAL = {**ANNA, "kind": "organisation", "organisation": COMPANY}
ZHAO = {"kind": "person", "name": "赵六", "identifier": "379999198803120137"}
COLLEAGUE = {"kind": "officer", "name": "钱七", "identifier": "379999198803120137"}
MANDATE = declaration(relation="mandate")
PNG = picture("PNG", 20)


async def objected(anna: httpx.AsyncClient, id: str, number: str = NUMBER) -> str:
    files: dict[str, Any] = {
        "number": (None, number), "ground": (None, "not_lost"), "text": (None, TEXT),
        "evidence": ("a.png", PNG, "image/png"),
    }  # fmt: skip
    answer = await anna.post(api.of(id, "objections"), files=files)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def numbered(client: httpx.AsyncClient, count: int) -> dict[str, str]:
    """So many notices, the first first, by their numbers."""
    numbers = [f"JY1379999{serial:07}" for serial in range(count)]
    return {
        number: (await api.declared(client, number=number, confirm_unusual_number=True)).id
        for number in numbers
    }


async def send(officer: httpx.AsyncClient, path: str, **typed: str) -> httpx.Response:
    """The form of `path` as its page has it, with what is typed."""
    page = await opened(officer, path)
    assert page.status_code == 200, page.text
    return await officer.post(path, data=fields(page) | typed)


async def decided(officer: httpx.AsyncClient, path: str, **typed: str) -> httpx.Response:
    """The page that it leads to."""
    sent = await send(officer, path, **typed)
    assert sent.status_code == 303, sent.text
    return await officer.get(sent.headers["location"])


async def shown(client: httpx.AsyncClient, id: str) -> tuple[str, list[str]]:
    """Status and events of the public notice."""
    notice = (await client.get(api.of(id))).json()
    return notice["status"], [event["kind"] for event in notice["events"]]


def waits(page: httpx.Response, name: str) -> list[str]:
    """The notices of a list of the desk, in its order."""
    start = page.text.index(f'<h2 id="{name}">')
    part = page.text[start : page.text.index("</section>", start)]
    return re.findall(r'href="/desk/(\d{14})', part)


DECISIONS = {
    "admit": ("contested", ["published", "contested"], "contests"),
    "reject": ("invalid", ["published"], None),
    "annul": ("reinstated", ["published", "annulled"], None),
}
"""Of an open objection: status and events after it, and the list in which it waits then."""


@pytest.mark.parametrize("decision", DECISIONS)
async def test_an_open_objection_is_decided_on_its_page(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient, decision: str,
) -> None:  # fmt: skip
    status, events, after = DECISIONS[decision]
    id = (await api.declared(restaurant)).id
    objection = await objected(anna, id)

    assert waits(await officer.get("/desk"), "objections") == [id]
    case = await opened(officer, f"/desk/{id}")
    assert f'href="/desk/{id}/decide"' in case.text
    evidence = f"/desk/{id}/evidence/{objection}"
    for told in (TEXT, "张三", ANNA["identifier"], NUMBER, "证件没有遗失", evidence):
        assert told in case.text, told
    assert (await officer.get(evidence)).content == PNG
    assert "13800000000" not in case.text  # nobody decides by a telephone number

    done = await decided(officer, f"/desk/{id}/decide", decision=decision, reason=REASON)

    assert printed(id) in re.sub(r"<[^>]+>", "", done.text.partition("</h1>")[0])
    assert waits(done, "objections") == []
    if after is not None:
        assert waits(done, after) == [id]
    assert await shown(client, id) == (status, events)
    public = (await client.get(f"/notices/{id}")).text
    assert (REASON in public) == (decision != "reject")
    assert TEXT not in public


async def test_an_admitted_objection_is_dismissed_on_its_page(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    await objected(anna, id)
    await decided(officer, f"/desk/{id}/decide", decision="admit", reason=REASON)
    page = await opened(officer, f"/desk/{id}/decide")

    assert re.findall(r'name="decision" value="(\w+)"', page.text) == ["dismiss", "annul"]
    done = await decided(officer, f"/desk/{id}/decide", decision="dismiss", reason="照片是旧的")
    assert waits(done, "contests") == []
    assert await shown(client, id) == ("invalid", ["published", "contested", "dismissed"])
    assert "已驳回" in (await opened(officer, f"/desk/{id}")).text


async def test_of_several_objections_the_one_is_decided_that_was_chosen(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient,
    sign_in: SignIn,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    first, second = await objected(anna, id), await objected(await sign_in(ZHAO), id)
    path = f"/desk/{id}/decide"
    reject = {"decision": "reject", "reason": REASON}

    sent = await send(officer, path, **reject)
    page = await officer.get(sent.headers["location"])
    assert page.status_code == 422
    assert "请指明哪一件" in page.text
    done = await decided(officer, path, objection=second, **reject)

    assert waits(done, "objections") == [id]
    listed = (await officer.get("/api/v1/objections")).json()["objections"]
    assert {one["id"]: one["status"] for one in listed} == {first: "open", second: "rejected"}
    await decided(officer, path, objection="none", decision="annul", reason=REASON)
    listed = (await officer.get("/api/v1/objections")).json()["objections"]
    assert {one["id"]: one["status"] for one in listed} == {first: "closed", second: "rejected"}


async def test_a_declaration_for_somebody_else_is_confirmed_on_its_page(
    client: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id = (await api.declared(anna, MANDATE, PNG)).id

    assert waits(await officer.get("/desk"), "confirmations") == [id]
    case = await opened(officer, f"/desk/{id}")
    for told in ("张三", ANNA["identifier"], "92379999MA0000023B", "声明人受持证人委托"):
        assert told in case.text, told
    exhibit = f"/desk/{id}/exhibit"
    assert exhibit in case.text
    assert (await officer.get(exhibit)).content == PNG

    done = await decided(officer, f"/desk/{id}/confirm")

    assert waits(done, "confirmations") == []
    assert await shown(client, id) == ("invalid", ["published", "confirmed"])
    assert ANNA["identifier"] not in (await opened(officer, f"/desk/{id}")).text
    assert (await opened(officer, f"/desk/{id}/confirm")).status_code == 409


async def test_what_ended_unconfirmed_waits_no_more(
    anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id = (await api.declared(anna, MANDATE, PNG)).id
    await anna.post(api.of(id, "withdrawal"), json={"reason": "mistake"})

    assert waits(await officer.get("/desk"), "confirmations") == []
    case = await opened(officer, f"/desk/{id}")
    assert f"/desk/{id}/confirm" not in case.text
    assert ANNA["identifier"] not in case.text


async def test_a_notice_is_redacted_from_its_page(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    await objected(anna, id)

    form = (await opened(officer, f"/desk/{id}/redact")).text
    assert "不慎遗失" in form
    for sealed in (TEXT, "张三", "李四"):  # of which nothing is decided here
        assert sealed not in form, sealed

    assert f'href="/desk/{id}"' in (await officer.get(f"/notices/{id}")).text
    empty = await send(officer, f"/desk/{id}/redact", reason=" ")
    assert (await officer.get(empty.headers["location"])).status_code == 422
    done = await decided(officer, f"/desk/{id}/redact", reason="张三的住址")

    assert "已移除公告" in done.text
    public = (await client.get(f"/notices/{id}")).text
    assert "不慎遗失" not in public
    assert "内容已按规定移除" in public
    assert "与下面的声明对一对" not in public  # a paper has nothing there to be compared with
    assert "张三的住址" not in public + (await opened(officer, f"/desk/{id}")).text
    assert waits(done, "objections") == [id]
    assert (await opened(officer, f"/desk/{id}/redact")).status_code == 409


async def test_a_refused_rival_is_a_case_of_its_own(
    restaurant: httpx.AsyncClient, officer: httpx.AsyncClient, sign_in: SignIn
) -> None:
    id = (await api.declared(restaurant)).id
    rival = await sign_in(RIVAL)
    theirs = {"kind": "organisation", **COMPANY}
    refused = await api.offer(rival, declaration(holder=theirs, issuer="某某行政审批服务局"))
    assert refused.status_code == 409

    assert waits(await officer.get("/desk"), "rivals") == [id]
    case = (await opened(officer, f"/desk/{id}")).text
    for told in ("潍坊试样一有限公司", "91379999MA0000100Q", "某某行政审批服务局", "李四"):
        assert told in case, told
    done = await decided(officer, f"/desk/{id}/decide", decision="annul", reason="号码写错了")
    assert waits(done, "rivals") == []
    assert (await api.offer(rival, declaration(holder=theirs))).status_code == 201


async def test_a_refused_rival_is_set_aside_with_a_reason_and_changes_nothing(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, officer: httpx.AsyncClient,
    sign_in: SignIn,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    rival = await sign_in(RIVAL)
    theirs = declaration(holder={"kind": "organisation", **COMPANY})
    for _ in range(2):
        assert (await api.offer(rival, theirs)).status_code == 409
    path = f"/desk/{id}/set-aside"
    assert f'href="{path}"' in (await opened(officer, f"/desk/{id}")).text

    one, other = re.findall(r'name="which" value="(rival \d+)"', (await officer.get(path)).text)
    for wrong, field in (({"reason": REASON}, "which"), ({"which": one}, "reason")):
        sent = await send(officer, path, **wrong)
        page = await officer.get(sent.headers["location"])
        assert (page.status_code, f'href="#{field}"' in page.text) == (422, True)
    for unknown in ("rival 999999", "flag 1", "x", "rival " + "9" * 40):
        sent = await send(officer, path, which=unknown, reason=REASON)
        assert (await officer.get(sent.headers["location"])).status_code == 409
    done = await decided(officer, path, which=one, reason="张三写错了号码")

    assert printed(id) in re.sub(r"<[^>]+>", "", done.text.partition("</h1>")[0])
    assert waits(done, "rivals") == [id]
    done = await decided(officer, path, reason=REASON)  # the other one, which alone is left
    assert waits(done, "rivals") == []
    assert (await officer.get("/api/v1/rivals")).json() == {"rivals": []}
    assert f'href="{path}"' not in (await officer.get(f"/desk/{id}")).text
    assert (await officer.get(path)).status_code == 409
    assert await shown(client, id) == ("invalid", ["published"])
    acts = await DB.fetch(
        "SELECT entry::jsonb -> 'about' ->> 0 AS about FROM journal"
        " WHERE entry::jsonb ->> 'what' = 'set_aside' ORDER BY number"
    )
    assert [row["about"] for row in acts] == [one, other]
    assert (await api.offer(rival, theirs)).status_code == 409
    assert waits(await officer.get("/desk"), "rivals") == [id]


OWN = {
    "who declared": {"name": "李四", "identifier": "379999190001020023"},
    "who objected": {"name": ANNA["name"], "identifier": ANNA["identifier"]},
}


@pytest.mark.parametrize("who", OWN)
async def test_nobody_decides_a_case_of_their_own(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient, sign_in: SignIn, who: str,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    await objected(anna, id)
    refused = await api.offer(
        await sign_in(RIVAL), declaration(holder={"kind": "organisation", **COMPANY})
    )
    assert refused.status_code == 409
    own = await sign_in({"kind": "officer", **OWN[who]})

    for path, body in (
        ("decisions", {"decision": "admit", "reason": REASON}),
        ("decisions", {"decision": "reject", "reason": REASON}),
        ("decisions", {"decision": "annul", "reason": REASON}),
        ("redaction", {"reason": REASON}),
        ("confirmation", {}),
    ):
        answer = await own.post(api.of(id, path), json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "own_case"), path
    for path in ("", "/decide", "/set-aside"):
        page = await opened(own, f"/desk/{id}{path}")
        assert (page.status_code, "另一位工作人员" in page.text) == (403, True), path
    sent = await send(own, f"/desk/{id}/redact", reason=REASON)
    assert (sent.status_code, "另一位工作人员" in sent.text) == (403, True)
    assert await shown(client, id) == ("invalid", ["published"])
    reject = {"decision": "reject", "reason": REASON}
    assert (await officer.post(api.of(id, "decisions"), json=reject)).status_code == 201
    again = await own.post(api.of(id, "decisions"), json={"decision": "annul", "reason": REASON})
    assert again.status_code == 403  # though nothing of theirs waits any more


async def test_nobody_confirms_or_redacts_what_is_of_their_own_certificate(
    anna: httpx.AsyncClient, sign_in: SignIn
) -> None:
    id = (await api.declared(anna, MANDATE, PNG)).id

    own = await sign_in({"kind": "officer", **OWN["who objected"]})  # who declared it here
    assert (await own.post(api.of(id, "confirmation"))).json()["code"] == "own_case"
    for path in ("", "/confirm", "/exhibit"):
        assert (await opened(own, f"/desk/{id}{path}", "confirmation")).status_code == 403


LOOKING = {**OWN, "who was refused": {"name": ZHAO["name"], "identifier": ZHAO["identifier"]}}


@pytest.mark.parametrize("who", LOOKING)
async def test_nobody_looks_into_a_case_of_their_own(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient, sign_in: SignIn, who: str,
) -> None:  # fmt: skip
    """But under "my notices", as anybody does; lists of all cases are without theirs."""
    id = (await api.declared(restaurant)).id
    filed = await objected(anna, id)
    rival = {**ZHAO, "kind": "organisation", "organisation": COMPANY}
    company = {"kind": "organisation", **COMPANY}
    await api.offer(await sign_in(rival), declaration(holder=company))
    paths = [
        f"/api/v1/objections?notice={id}", f"/api/v1/rivals?notice={id}",
        f"/api/v1/objections/{filed}/evidence",
    ]  # fmt: skip
    own = await sign_in({"kind": "officer", **LOOKING[who]})

    for path in paths:
        answer = await own.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "own_case"), path
        assert (await officer.get(path)).status_code == 200, path
    for name in ("objections", "rivals"):
        assert (await own.get(f"/api/v1/{name}")).json() == {name: []}
        assert len((await officer.get(f"/api/v1/{name}")).json()[name]) == 1
    looks = await DB.fetch("SELECT entry::jsonb ->> 'what' AS what FROM journal")
    assert [each["what"] for each in looks].count("objections") == 2, "the other officer's alone"


@pytest.mark.parametrize("path", ["confirmation", "replacement"])
async def test_an_agencys_clerk_decides_no_case_of_their_own_either(
    app: Litestar, anna: httpx.AsyncClient, client: httpx.AsyncClient, path: str
) -> None:
    """Who signs in for the agency may be who declared, or holds the paper."""
    here = app.state.deployment
    agency, _ = await owned(agencies.add(ISSUER, [ISSUER]))
    id = (await api.declared(anna, MANDATE, PNG)).id
    body = {} if path == "confirmation" else {"issued_on": "2026-01-05"}

    async def sent(name: str, identifier: str) -> httpx.Response:
        clerk = Person("agency", name, identifier, agency=agency.id)
        token = await leaving.sign_in(here, clerk, None)
        client.cookies.set(cookie_name(here), token)
        return await client.post(api.of(id, path), json=body)

    own = await sent(ANNA["name"], ANNA["identifier"])
    assert (own.status_code, own.json()["code"]) == (403, "own_case")
    other = await sent(COLLEAGUE["name"], COLLEAGUE["identifier"])
    assert other.status_code == (201 if path == "confirmation" else 409)  # awaits a confirmation


async def test_a_file_of_the_desk_leads_to_sign_in_and_back(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    objection = await objected(anna, id)
    other = (await api.declared(restaurant, number="JY13799990000020")).id
    path = f"/desk/{id}/evidence/{objection}"

    asked = await client.get(path)
    assert (asked.status_code, "/sign-in?next=" in asked.headers["location"]) == (303, True)
    form = fields(await client.get(asked.headers["location"]))
    assert form["next"] == path
    back = await client.post("/sign-in", data=form | OFFICER)
    file = await opened(client, back.headers["location"])
    assert (file.status_code, file.content) == (200, PNG)
    assert (await restaurant.get(path)).status_code == 403
    for nothing in (f"/desk/{other}/evidence/{objection}", f"/desk/{id}/evidence/00",
                    f"/desk/{id}/exhibit"):  # fmt: skip
        assert (await officer.get(nothing)).status_code == 404, nothing


async def test_two_notices_of_one_number_lead_to_each_other(
    restaurant: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    one, other = (await numbered(restaurant, 2)).values()
    await owned(DB.fetch("INSERT INTO overlap (one, other) VALUES ($1, $2)", one, other))

    assert waits(await officer.get("/desk"), "overlaps") == [one]
    for each, beside in ((one, other), (other, one)):
        assert f'href="/desk/{beside}"' in (await opened(officer, f"/desk/{each}")).text
    done = await decided(officer, f"/desk/{other}/decide", decision="annul", reason="号码写错了")
    assert waits(done, "overlaps") == []
    assert f'href="/desk/{other}"' not in (await opened(officer, f"/desk/{one}")).text


async def test_a_list_is_bounded_the_first_first_and_says_how_many_more(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    notices = await numbered(restaurant, 7)
    for number, id in notices.items():
        await objected(anna, id, number)
    ids = list(notices.values())

    desk = await officer.get("/desk")
    assert waits(desk, "objections") == ids[:5]
    assert "还有 2 件，看全部" in desk.text
    assert "2 more, see all" in (await officer.get("/desk?lang=en")).text
    whole = await officer.get("/desk/waiting/objections")
    assert re.findall(r'href="/desk/(\d{14})"', whole.text) == ids
    for far in ("2", "51", "x"):
        page = await officer.get("/desk/waiting/objections", params={"page": far})
        assert page.status_code == 200
        assert (ids[0] in page.text) == (far != "2")
    assert (await officer.get("/desk/waiting/none")).status_code == 404
    assert (await officer.get("/desk/37070000000000")).status_code == 404


async def every_path(anna: httpx.AsyncClient, restaurant: httpx.AsyncClient) -> list[str]:
    id = (await api.declared(restaurant)).id
    await objected(anna, id)
    mandated = await api.declared(
        anna, MANDATE | {"number": "JY13799990000020", "confirm_unusual_number": True}, PNG
    )
    return [
        "/desk", "/desk/waiting/objections", f"/desk/{id}", f"/desk/{id}/decide",
        f"/desk/{id}/redact", f"/desk/{mandated.id}/confirm",
    ]  # fmt: skip


async def test_who_is_no_officer_is_refused_and_learns_nothing(
    client: httpx.AsyncClient, anna: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    for path in await every_path(anna, restaurant):
        stranger, person = await client.get(path), await restaurant.get(path)
        assert stranger.status_code == 303
        assert "access-control-allow-origin" not in stranger.headers
        assert stranger.headers["location"].startswith("/sign-in?next=%2Fdesk")
        assert person.status_code == 403
        for told in (TEXT, "张三", ANNA["identifier"], "等待"):
            assert told not in person.text, told
        if path.count("/") == 3 and "waiting" not in path:
            typed = {"decision": "annul", "reason": REASON}
            answers = [await who.post(path, data=typed) for who in (client, restaurant)]
            assert [answer.status_code for answer in answers] == [303, 403]
            assert answers[0].headers["location"].startswith("/sign-in?of=")
            foreign = {"Sec-Fetch-Site": "cross-site"}
            assert (await restaurant.post(path, data=typed, headers=foreign)).status_code == 403
            assert await shown(client, path.split("/")[2]) in (
                ("invalid", ["published"]), ("declared", ["published"]),
            )  # fmt: skip
    assert 'href="/desk"' not in (await restaurant.get("/")).text
    assert 'href="/desk"' not in (await client.get("/")).text


async def test_a_page_of_the_desk_is_never_kept_found_or_without_a_heading(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    assert 'href="/desk"' in (await officer.get("/")).text
    assert "Disallow: /desk\n" in (await officer.get("/robots.txt")).text
    for path in await every_path(anna, restaurant):
        await opened(officer, path)
        for lang, html in (("zh", "zh-CN"), ("en", "en")):
            page = await officer.get(path, params={"lang": lang})
            assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
            assert page.text.count("<h1") == 1
            assert '<meta name="robots" content="noindex">' in page.text
            assert f'<html lang="{html}"' in page.text
            named = re.findall(r'<(?:input|textarea)[^>]* id="([^"]+)"', page.text)
            assert all(f'<label for="{id}"' in page.text for id in named)


async def test_a_form_sent_twice_is_carried_out_once(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    await objected(anna, id)
    for path, typed in (
        ("decide", {"decision": "admit", "reason": REASON}),
        ("redact", {"reason": "x"}),
    ):
        form = fields(await opened(officer, f"/desk/{id}/{path}")) | typed
        answers = [await officer.post(f"/desk/{id}/{path}", data=form) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303]
        assert len({answer.headers["location"] for answer in answers}) == 1
    assert (await shown(client, id))[1] == ["published", "contested", "redacted"]


@pytest.mark.parametrize("decision", ["annul", "reject", "admit"])
async def test_what_comes_too_late_says_so_and_keeps_what_was_typed(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient, sign_in: SignIn, decision: str,
) -> None:  # fmt: skip
    """Two officers have the same case open; `decision` is the first one's."""
    id = (await api.declared(restaurant)).id
    await objected(anna, id)
    path, colleague = f"/desk/{id}/decide", await sign_in(COLLEAGUE)
    form = fields(await opened(officer, path)) | {"decision": "admit", "reason": "另一个理由"}
    await decided(colleague, path, decision=decision, reason=REASON)
    before = await shown(client, id)

    sent = await officer.post(path, data=form)
    page = await officer.get(sent.headers["location"])

    assert (sent.status_code, page.status_code) == (303, 409)
    assert page.text.count("<h1") == 1
    assert "没有办成" in page.text.partition("</h2>")[0]
    assert "情况已经变了" in page.text
    assert "另一个理由" in page.text
    assert {"annul": "异议成立，公告已撤销", "reject": "不予受理", "admit": "有异议，处理中"}[
        decision
    ] in page.text
    assert await shown(client, id) == before
    assert "另一个理由" not in (await colleague.get(sent.headers["location"])).text


async def test_a_confirmation_that_comes_too_late_says_what_is_in_the_way(
    anna: httpx.AsyncClient, officer: httpx.AsyncClient, sign_in: SignIn
) -> None:
    one = (await api.declared(anna, MANDATE, PNG)).id
    other = (await api.declared(await sign_in(ZHAO), MANDATE, PNG)).id
    forms = {id: fields(await opened(officer, f"/desk/{id}/confirm")) for id in (one, other)}

    async def sent(id: str) -> httpx.Response:
        answer = await officer.post(f"/desk/{id}/confirm", data=forms[id])
        return await officer.get(answer.headers["location"])

    theirs = declaration(holder={"kind": "organisation", **COMPANY})
    living = (await api.declared(await sign_in(RIVAL), theirs)).id
    beside = await sent(one)
    await decided(officer, f"/desk/{living}/decide", decision="annul", reason=REASON)
    await decided(officer, f"/desk/{one}/confirm")
    ended = await sent(other)

    assert (beside.status_code, ended.status_code) == (409, 409)
    assert printed(living) in beside.text.partition("</h2>")[2].partition("</ul>")[0]
    assert "由另一份声明取代" in ended.text
    assert 'type="submit"' not in ended.text.partition("<main")[2]


async def test_what_is_wrong_is_told_at_its_place_and_comes_again_as_it_was_typed(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id
    await objected(anna, id)
    path = f"/desk/{id}/decide"

    sent = await send(officer, path, reason="张三有证件")
    page = await officer.get(sent.headers["location"])
    assert page.status_code == 422
    assert "<title>有误：" in page.text
    assert 'href="#decision"' in page.text
    again = fields(page) | {"decision": "admit", "reason": "张三有证件"}
    page = await officer.get((await officer.post(path, data=again)).headers["location"])
    assert "张三有证件" in page.text
    assert 'href="#reason"' in page.text
    assert "checked" in page.text.partition('value="admit"')[2][:20]


@pytest.mark.parametrize("who", [OFFICER, COLLEAGUE, RESTAURANT])
async def test_a_session_that_ended_costs_the_officer_a_sign_in_and_nothing_else(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, anna: httpx.AsyncClient,
    officer: httpx.AsyncClient, who: dict[str, Any],
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    await objected(anna, id)
    path = f"/desk/{id}/decide"
    form = fields(await opened(officer, path)) | {"decision": "admit", "reason": REASON}
    await officer.delete("/api/v1/session")

    answer = await officer.post(path, data=form)
    assert answer.headers["location"].startswith("/sign-in?of=")
    asked = await officer.get(answer.headers["location"])
    assert REASON not in asked.text
    names = {"kind": who["kind"], "name": who["name"], "identifier": who["identifier"]}
    organisation = who.get("organisation", {})
    names |= {f"organisation.{name}": text for name, text in organisation.items()}
    hidden = {name: text for name, text in fields(asked).items() if name in ("next", "draft")}
    signed_in = await officer.post("/sign-in", data=hidden | names)
    page = await opened(officer, signed_in.headers["location"])

    if who is OFFICER:
        assert page.status_code == 200
        assert REASON in page.text
    else:
        assert signed_in.headers["location"] == f"/desk/{id}"
        assert page.status_code == (200 if who is COLLEAGUE else 403)
        assert REASON not in page.text
    assert await shown(client, id) == ("invalid", ["published"])
