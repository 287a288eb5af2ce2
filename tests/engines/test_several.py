"""Several papers that were lost together: what is not asked again, and what becomes of each."""

import asyncio
import re
from datetime import datetime, tzinfo
from html import unescape
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from notices import limits, records
from notices.changing import unfinished
from notices.database import DB
from notices.facts.errors import Invalid, Problem, Unavailable
from notices.facts.requests import Login
from notices.pages import publishing, several, steps
from notices.pages.sign_in.demo import person_from
from tests import api
from tests.conftest import SignIn
from tests.engines.test_pages import AGREED, CHILD_ID, FOOD, fields, published
from tests.limiting import limited as limited
from tests.samples import ANNA, RESTAURANT
from tests.stepping import DONE, arrived, deployment_of, draft_of, submitted

CODE = RESTAURANT["organisation"]["identifier"]  # type: ignore[index]
REGION = {"region": "370705"}
OTHER_NUMBER = {"number": "JY13799990000020", "confirm_unusual_number": "yes"}
CHILD = {
    "certificate": "birth-medical-certificate", "matter": "", "number": "X990000001",
    "relation": "parent", "holder.name": "张小小", "holder.identifier_type": "resident-id",
    "holder.identifier": CHILD_ID, "copies": "both",
}  # fmt: skip


async def checked(client: httpx.AsyncClient, **changes: str) -> httpx.Response:
    page = await submitted(client, FOOD | changes | {"at": "loss", "to": "check"})
    assert page.status_code == 200, page.text
    return page


async def another(
    client: httpx.AsyncClient, page: httpx.Response, certificate: str, **typed: str
) -> httpx.Response:
    """From the check to the check, with one paper more: add it, choose it, fill in its number."""
    choosing = await submitted(client, fields(page) | {"to": "another"})
    return await filled(client, choosing, certificate, **typed)


async def filled(
    client: httpx.AsyncClient, choosing: httpx.Response, certificate: str, **typed: str
) -> httpx.Response:
    assert (choosing.status_code, "一起丢的还有什么证件" in choosing.text) == (200, True)
    asking = await submitted(client, fields(choosing) | {"certificate": certificate})
    assert (asking.status_code, asking.url.path.split("/")[2]) == (200, "number"), asking.text
    return await submitted(client, fields(asking) | REGION | typed | {"to": "check"})


async def publish(client: httpx.AsyncClient, page: httpx.Response) -> httpx.Response:
    assert page.status_code == 200, page.text
    return await submitted(client, fields(page) | AGREED | {"to": "publish"})


def statements(answer: httpx.Response) -> list[str]:
    return re.findall(r'<p class="statement">(.+?)</p>', answer.text)


def receipts(answer: httpx.Response) -> list[str]:
    return re.findall(r"/notices/(\d{14})\.pdf", answer.text)


async def how_many() -> int:
    return len(await DB.fetch("SELECT 1 FROM notice"))


async def mine(client: httpx.AsyncClient) -> str:
    return (await client.get("/mine")).text


async def test_each_paper_is_a_notice_of_its_own_and_what_was_said_holds_for_all(
    restaurant: httpx.AsyncClient,
) -> None:
    page = await another(restaurant, await checked(restaurant), "business-license/both")
    page = await another(restaurant, page, "tobacco-retail-license/original", number="379999000001")
    promised = statements(page)
    answer = await publish(restaurant, page)
    done = await restaurant.get(answer.headers["location"])
    ids = list(dict.fromkeys(receipts(done)))

    assert [text.split("《")[1].split("》")[0] for text in promised] == [
        "食品经营许可证", "营业执照", "烟草专卖零售许可证",
    ]  # fmt: skip
    assert "正本" in promised[1]
    assert CODE in promised[1]
    assert len(ids) == 3
    for id, text in zip(ids, promised, strict=True):
        notice = (await restaurant.get(f"/api/v1/notices/{id}")).json()
        private = await records.private_of(deployment_of(restaurant), id)
        assert notice["statement"] == text
        assert (notice["cause"], notice["lost_on"]) == ("lost", "2026-11-01")
        assert private.contact is not None
        assert private.contact.phone == FOOD["contact.phone"]
        receipt = (await restaurant.get(f"/api/v1/notices/{id}/receipt")).json()
        assert receipt["index"] == notice["events"][0]["index"]
    assert "没填完的声明" not in await mine(restaurant)
    english = re.search(r'href="([^"]+)"[^>]*>English', done.text)
    assert english is not None
    page = await restaurant.get(unescape(english[1]))
    assert list(dict.fromkeys(receipts(page))) == ids  # in another language they are as many


async def test_a_further_paper_is_asked_what_is_its_own_and_nothing_else(
    restaurant: httpx.AsyncClient,
) -> None:
    choosing = await submitted(restaurant, fields(await checked(restaurant)) | {"to": "another"})
    asking = await submitted(
        restaurant, fields(choosing) | {"certificate": "business-license/duplicate"}
    )
    sent = fields(asking)

    assert (sent["number"], sent["copies"]) == (CODE, "duplicate")
    assert 'value="370705" selected' in asking.text
    asked = set(sent) - {"at", "draft", "of", "stamp", "certificate", "paper"}
    # What is asked of it alone, and two ways to name a region that is in no list.
    assert asked == {
        "number",
        "copies",
        "copy_number",
        "document",
        "issuer",
        "issued_on",
        "region_named",
    }
    page = await submitted(restaurant, sent | REGION | {"to": "check"})
    assert "营业执照" in statements(page)[1]
    assert page.text.count('name="publication_consent"') == 1


async def test_publishing_papers_twice_makes_no_second_notice(
    restaurant: httpx.AsyncClient,
) -> None:
    page = await another(restaurant, await checked(restaurant), "business-license/both")
    first, second = await asyncio.gather(publish(restaurant, page), publish(restaurant, page))
    again = await arrived(
        restaurant, await restaurant.get(f"/declare/check/{fields(page)['draft']}")
    )

    assert first.headers["location"] == second.headers["location"]
    assert await how_many() == 2
    assert "这份声明已经发布" in again.text


def cut_at_the_second_paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second declaration from now on, whichever it is, is not carried out."""
    real, calls = publishing.declarations.declare, []

    async def dies(*given: Any, **named: Any) -> Any:
        calls.append(given)
        if len(calls) == 2:
            raise Unavailable(retry_after=1)
        return await real(*given, **named)

    monkeypatch.setattr(publishing.declarations, "declare", dies)


async def test_a_pass_that_was_cut_in_two_is_made_whole_by_pressing_again(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await another(restaurant, await checked(restaurant), "business-license/both")
    cut_at_the_second_paper(monkeypatch)
    cut = await publish(restaurant, page)
    assert (cut.status_code, await how_many()) == (503, 1)
    assert "没填完的声明" in await mine(restaurant)
    whole = await publish(restaurant, page)

    assert whole.status_code == 303
    assert await how_many() == 2


async def test_of_a_pass_cut_in_two_what_was_changed_since_is_published_and_nothing_twice(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await another(
        restaurant,
        await checked(restaurant),
        "tobacco-retail-license/original",
        number="379999000001",
    )
    cut_at_the_second_paper(monkeypatch)
    await publish(restaurant, page)
    number = await submitted(restaurant, fields(page) | {"to": "number.2"})
    typed = {"number": "379999000002"} | REGION
    page = await submitted(restaurant, fields(number) | typed | {"to": "check"})
    whole = await publish(restaurant, page)

    assert whole.status_code == 303  # the first is the same text under the same key
    assert await how_many() == 2


async def test_of_a_pass_cut_long_ago_what_was_withdrawn_since_is_declared_as_it_is_agreed_to_again(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await another(restaurant, await checked(restaurant), "business-license/both")
    cut_at_the_second_paper(monkeypatch)
    assert (await publish(restaurant, page)).status_code == 503
    [row] = await DB.fetch("SELECT id FROM notice")
    await DB.fetch("UPDATE idempotency SET created_at = created_at - interval '25 hours'")
    await restaurant.post(api.of(row["id"], "withdrawal"), json={"reason": "found"})
    rest = await restaurant.get(f"/declare/check/{fields(page)['draft']}")
    without = await submitted(restaurant, fields(rest) | {"to": "drop.1"})

    assert len(statements(rest)) == 2  # neither is published without its text and its boxes
    assert len(statements(without)) == 1
    done = await publish(restaurant, without)
    assert done.headers["location"].startswith(DONE)
    assert await how_many() == 2


async def test_what_another_window_changes_of_any_paper_while_it_is_published_stays(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await another(restaurant, await checked(restaurant), "business-license/both")
    real, calls = publishing.declarations.declare, []

    async def meanwhile(*given: Any, **named: Any) -> Any:
        calls.append(given)
        if len(calls) == 1:
            number = await submitted(restaurant, fields(page) | {"to": "number.1"})
            typed = {"number": "JY13799990000020", "to": "check"}
            changed = await submitted(restaurant, fields(number) | typed)
            await submitted(restaurant, fields(changed) | {"to": "number.2"})
        return await real(*given, **named)

    monkeypatch.setattr(publishing.declarations, "declare", meanwhile)
    await publish(restaurant, page)

    assert await how_many() == 2
    draft = await draft_of(restaurant, fields(page))
    assert [paper.fields.get("number") for paper in draft.papers][:1] == ["JY13799990000020"]


async def test_what_is_declared_already_stays_with_its_reason_and_the_others_are_published(
    restaurant: httpx.AsyncClient,
) -> None:
    before = await published(restaurant, number="JY13799990000011")
    page = await another(restaurant, await checked(restaurant), "business-license/both")
    told = await publish(restaurant, page)
    draft = await draft_of(restaurant, fields(page))

    assert told.status_code == 409
    assert "发布了 1 份，另外 1 份早已声明" in told.text
    assert f"/notices/{before}" in told.text
    assert len(receipts(told)) == 1
    assert [paper.fields["certificate"] for paper in draft.papers] == ["food-operation-license"]
    assert (
        "食品经营许可证" in (await mine(restaurant)).split('id="begun"')[1].split("</section>")[0]
    )
    again = await restaurant.get(f"/declare/conflict/{fields(page)['draft']}")
    assert receipts(again) == receipts(told)
    back = await submitted(restaurant, fields(told) | {"to": "number.1"})
    assert fields(back)["number"] == FOOD["number"]
    other = {"number": "JY13799990000020"} | REGION
    page = await submitted(restaurant, fields(back) | other | {"to": "check"})
    done = await restaurant.get((await publish(restaurant, page)).headers["location"])
    assert len(set(receipts(done))) == 2  # what was published before is told too


async def test_what_stands_in_the_way_no_more_is_not_told_to_do_for_what_is_lost(
    restaurant: httpx.AsyncClient,
) -> None:
    """A draft waits for thirty days, and a notice may be withdrawn meanwhile."""
    food = await published(restaurant, number="JY13799990000011")
    trade = await published(
        restaurant, certificate="business-license", matter=None, number=CODE, copies="both"
    )
    page = await another(restaurant, await checked(restaurant), "business-license/both")
    told = await publish(restaurant, page)
    assert told.text.count("办事时用这个编号就行") == 2
    await restaurant.post(api.of(food, "withdrawal"), json={"reason": "mistake"})
    conflict = f"/declare/conflict/{fields(page)['draft']}"
    partly = await restaurant.get(conflict)
    await restaurant.post(api.of(trade, "withdrawal"), json={"reason": "mistake"})
    wholly = await restaurant.get(conflict)

    assert partly.status_code == 409
    assert partly.text.count("办事时用这个编号就行") == 1
    assert "原来的那份公告已经撤回或撤销，这一份现在可以发布。" in partly.text
    assert (wholly.status_code, len(statements(wholly))) == (200, 2)
    assert (await publish(restaurant, wholly)).status_code == 303


async def use(app: Litestar, times: int) -> None:
    who = person_from(msgspec.convert(RESTAURANT, Login)).natural
    key = app.state.deployment.keys.sealer.passing
    for _ in range(times):
        await limits.use(key, "declare", limits.Counted("account", who))


async def test_a_day_that_is_used_up_halfway_keeps_the_rest_with_its_reason(
    restaurant: httpx.AsyncClient, limited: Litestar
) -> None:
    page = await another(restaurant, await checked(restaurant), "business-license/both")
    await use(limited, 19)
    told = await publish(restaurant, page)
    draft = await draft_of(restaurant, fields(page))

    assert (told.status_code, await how_many()) == (409, 1)
    assert "发布了 1 份，另外 1 份没有发布" in told.text
    assert "没有发布：" in told.text
    assert len(receipts(told)) == 1
    assert [paper.fields["certificate"] for paper in draft.papers] == ["business-license"]
    await DB.fetch("DELETE FROM rate")
    rest = await restaurant.get(f"/declare/check/{fields(page)['draft']}")
    assert len(statements(rest)) == 1
    done = await submitted(restaurant, fields(rest) | {"to": "publish"})  # agreed to already
    assert done.headers["location"].startswith(DONE)
    assert await how_many() == 2


class Tomorrow(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Tomorrow":
        return super().now(tz) + several.AGREED_FOR


def refuses(monkeypatch: pytest.MonkeyPatch, call: int, problem: Problem) -> None:
    """What could be said of a paper by the check page is found wrong when it is published."""
    real, calls = publishing.declarations.declare, []

    async def refusing(*given: Any, **named: Any) -> Any:
        calls.append(given)
        if len(calls) == call:
            raise Invalid(problems=[problem])
        return await real(*given, **named)

    monkeypatch.setattr(publishing.declarations, "declare", refusing)


async def test_what_is_wrong_with_a_later_paper_is_told_beside_what_was_published(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await another(restaurant, await checked(restaurant), "business-license/both")
    page = await another(restaurant, page, "tobacco-retail-license/original", number="379999000001")
    refuses(monkeypatch, 2, Problem("issued_on", "date_in_future"))
    told = await publish(restaurant, page)
    draft = await draft_of(restaurant, fields(page))

    assert (told.status_code, await how_many()) == (409, 2)
    assert "发布了 2 份，另外 1 份没有发布" in told.text
    said = told.text.split("没有发布的</h2>")[1].split("</ul>")[0]
    assert "营业执照" in said
    assert "发证日期：" in said
    assert [paper.fields["certificate"] for paper in draft.papers] == ["business-license"]
    rest = await restaurant.get(f"/declare/check/{fields(page)['draft']}")
    done = await restaurant.get((await publish(restaurant, rest)).headers["location"])
    assert len(set(receipts(done))) == 3


async def test_what_is_wrong_with_the_first_that_is_published_leads_to_that_paper(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await another(restaurant, await checked(restaurant), "business-license/both")
    refuses(monkeypatch, 1, Problem("number", "number_placeholder"))
    told = await publish(restaurant, page)

    assert (told.status_code, await how_many()) == (422, 0)
    assert (told.url.path.split("/")[2], fields(told)["number"]) == ("number", FOOD["number"])
    assert 'href="#number"' in told.text
    assert (await publish(restaurant, page)).status_code == 303


async def test_what_could_not_be_published_is_agreed_to_anew_on_another_day(
    restaurant: httpx.AsyncClient, limited: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await another(restaurant, await checked(restaurant), "business-license/both")
    await use(limited, 19)
    await publish(restaurant, page)
    where = f"/declare/check/{fields(page)['draft']}"
    today = fields(await restaurant.get(where))
    monkeypatch.setattr(steps, "datetime", Tomorrow)
    tomorrow = fields(await restaurant.get(where))

    assert AGREED.items() <= today.items()
    assert not AGREED.keys() & tomorrow.keys()


async def test_a_day_that_is_used_up_at_once_changes_nothing(
    restaurant: httpx.AsyncClient, limited: Litestar
) -> None:
    page = await another(restaurant, await checked(restaurant), "business-license/both")
    await use(limited, 20)
    told = await publish(restaurant, page)

    assert (told.status_code, await how_many()) == (429, 0)
    assert len((await draft_of(restaurant, fields(page))).papers) == 2


async def test_what_another_window_adds_or_takes_out_has_to_be_checked_again(
    restaurant: httpx.AsyncClient,
) -> None:
    one = await checked(restaurant)
    two = await another(restaurant, one, "business-license/both")
    stale = await publish(restaurant, one)
    assert (stale.status_code, len(statements(stale)), await how_many()) == (422, 2, 0)
    number = await submitted(restaurant, fields(two) | {"to": "number.2"})
    await submitted(restaurant, fields(two) | {"to": "drop.2"})
    late = await submitted(restaurant, fields(number) | REGION | {"to": "check", "number": "1"})

    assert late.status_code == 422
    assert "在别的窗口里改过" in late.text
    assert len(statements(late)) == 1
    assert FOOD["number"] in statements(late)[0]


async def test_back_leads_to_the_pages_of_each_paper(restaurant: httpx.AsyncClient) -> None:
    first = await checked(restaurant)
    id = fields(first)["draft"]
    page = await another(restaurant, first, "business-license/both")
    assert "paper" not in fields(page)

    for paper, number in (("1", FOOD["number"]), ("2", CODE)):
        shown = await restaurant.get(f"/declare/number/{id}?paper={paper}")
        assert fields(shown)["number"] == number
    shown = await restaurant.get(f"/declare/number/{id}")  # as it was asked for at first
    assert fields(shown)["number"] == FOOD["number"]


@pytest.mark.parametrize("way", ["back", "drop"])
async def test_who_adds_nothing_after_all_comes_back_to_what_there_was(
    restaurant: httpx.AsyncClient, way: str
) -> None:
    first = await checked(restaurant)
    choosing = await submitted(restaurant, fields(first) | {"to": "another"})
    page = await restaurant.get(f"/declare/check/{fields(first)['draft']}")
    if way == "drop":
        chosen = {"certificate": "business-license/both"}
        asking = await submitted(restaurant, fields(choosing) | chosen)
        page = await submitted(restaurant, fields(asking) | {"to": "drop"})

    assert len(statements(page)) == 1
    assert (await publish(restaurant, page)).status_code == 303
    assert await how_many() == 1


async def test_how_it_was_lost_is_changed_for_all(restaurant: httpx.AsyncClient) -> None:
    page = await another(restaurant, await checked(restaurant), "business-license/both")
    loss = await submitted(restaurant, fields(page) | {"to": "loss"})
    typed = {"cause": "stolen", "contact.phone": "", "lost_on": ""}
    page = await submitted(restaurant, fields(loss) | typed | {"to": "check"})

    draft = await draft_of(restaurant, fields(page))
    assert [paper.fields["cause"] for paper in draft.papers] == ["stolen", "stolen"]
    assert not [paper for paper in draft.papers if "contact.phone" in paper.fields]


async def test_papers_that_the_same_holder_can_have_are_offered(sign_in: SignIn) -> None:
    anna = await sign_in(ANNA)
    page = await checked(anna, **CHILD)
    choosing = await submitted(anna, fields(page) | {"to": "another"})
    offered = set(re.findall(r'name="certificate" value="([a-z-]+)', choosing.text))
    page = await filled(
        anna, choosing, "real-estate-title", number="鲁(2099)某某市不动产权第0000001号"
    )

    assert "real-estate-title" in offered
    assert "business-license" not in offered
    assert len(statements(page)) == 2
    assert page.text.count("我未成年子女的证件") == 1
    draft = await draft_of(anna, fields(page))
    assert {paper.fields["holder.identifier"] for paper in draft.papers} == {CHILD_ID}


async def test_no_pass_has_more_papers_than_a_day_can_publish(
    restaurant: httpx.AsyncClient,
) -> None:
    page = await checked(restaurant)
    for number in range(1, several.MOST_PAPERS):
        page = await another(
            restaurant, page, "tobacco-retail-license/original", number=f"3799990000{number:02}"
        )
    assert len(statements(page)) == several.MOST_PAPERS
    assert 'value="another"' not in page.text
    await submitted(restaurant, fields(page) | {"to": "another"})

    assert len((await draft_of(restaurant, fields(page))).papers) == several.MOST_PAPERS


@pytest.mark.parametrize("spoilt", ["moved", "of another kind"])
async def test_a_draft_that_does_not_open_hides_no_other(
    restaurant: httpx.AsyncClient, spoilt: str
) -> None:
    broken, whole = await checked(restaurant), await checked(restaurant, **OTHER_NUMBER)
    id = fields(broken)["draft"]
    if spoilt == "moved":
        await DB.fetch("UPDATE draft SET id = $1 WHERE id = $2", unfinished.new_id(), id)
    else:  # as another version might have kept it
        owner = unfinished.owner_in(fields(broken)["of"])
        assert owner is not None
        sealer = deployment_of(restaurant).keys.sealer
        sealed = sealer.seal(b'{"fields": 1}', unfinished.place(owner, id))
        await DB.fetch("UPDATE draft SET sealed = $1 WHERE id = $2", sealed, id)

    for page in (await mine(restaurant), (await restaurant.get("/declare")).text):
        assert page.count("/declare/check/") == 1
        assert f"/declare/check/{fields(whole)['draft']}" in page


# After publishing.


async def first_published(client: httpx.AsyncClient) -> str:
    answer = await publish(client, await checked(client))
    return answer.headers["location"].rpartition("/")[2]


async def test_a_paper_after_the_first_was_published_takes_four_presses(
    restaurant: httpx.AsyncClient,
) -> None:
    id = await first_published(restaurant)
    done = await restaurant.get(f"/declare/done/{id}")
    assert f'href="/declare?with={id}"' in done.text
    choosing = await restaurant.get(f"/declare?with={id}")
    page = await filled(restaurant, choosing, "business-license/original")
    assert FOOD["contact.phone"] in page.text
    assert 'type="checkbox" id="publication_consent"' not in page.text
    assert page.text.count("我同意公开上面方框里的文字") == 1  # read, and not ticked
    answer = await submitted(restaurant, fields(page) | {"to": "publish"})

    assert answer.headers["location"].startswith(DONE)
    assert await how_many() == 2


async def test_what_was_declared_is_told_to_nobody_else(
    restaurant: httpx.AsyncClient, sign_in: SignIn, client: httpx.AsyncClient
) -> None:
    id = await first_published(restaurant)
    for other in (await sign_in(ANNA), client):
        page = await other.get(f"/declare?with={id}")
        assert "一起丢的还有什么证件" not in page.text
    anna = await sign_in(ANNA)
    sent = fields(await anna.get("/declare")) | {"certificate": "real-estate-title", "with": id}
    asking = await submitted(anna, sent)

    draft = await draft_of(anna, fields(asking))
    assert set(draft.fields) == {"certificate"}


async def test_a_colleague_is_not_told_whom_to_call(
    restaurant: httpx.AsyncClient, sign_in: SignIn
) -> None:
    id = await first_published(restaurant)
    colleague = await sign_in(RESTAURANT | {"name": "王六", "identifier": "379999190001020031"})
    choosing = await colleague.get(f"/declare?with={id}")
    page = await filled(colleague, choosing, "business-license/both")

    assert FOOD["contact.phone"] not in page.text
    assert 'type="checkbox" id="publication_consent"' in page.text  # it was another who agreed


async def test_what_was_agreed_to_long_ago_is_ticked_again(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await first_published(restaurant)
    choosing = await restaurant.get(f"/declare?with={id}")
    page = await filled(restaurant, choosing, "business-license/both")
    assert 'type="checkbox" id="publication_consent"' not in page.text
    draft = fields(page)["draft"]
    monkeypatch.setattr(steps, "datetime", Tomorrow)  # the draft waits for thirty days
    page = await restaurant.get(f"/declare/check/{draft}")

    assert 'type="checkbox" id="publication_consent"' in page.text


@pytest.mark.parametrize("papers", [1, 2])
async def test_who_signs_in_as_what_they_are_goes_on_with_the_very_same_draft(
    sign_in: SignIn, papers: int
) -> None:
    anna = await sign_in(ANNA)
    page = await checked(anna, **CHILD)
    if papers == 2:
        number = "鲁(2099)某某市不动产权第0000001号"
        page = await another(anna, page, "real-estate-title", number=number)
    before = await draft_of(anna, fields(page))
    signing_in = await anna.get(f"/sign-in?as=person&next={page.url.path}")
    assert "已填写的内容都还在" in signing_in.text
    done = await anna.post("/sign-in", data=fields(signing_in) | ANNA)

    assert done.headers["location"] == page.url.path
    assert await draft_of(anna, fields(page)) == before
    assert len(await DB.fetch("SELECT FROM draft")) == 1


async def test_a_session_that_ends_at_a_further_paper_loses_nothing(
    restaurant: httpx.AsyncClient,
) -> None:
    choosing = await submitted(restaurant, fields(await checked(restaurant)) | {"to": "another"})
    asking = await submitted(
        restaurant, fields(choosing) | {"certificate": "tobacco-retail-license/original"}
    )
    restaurant.cookies.clear()
    sent = fields(asking) | REGION | {"number": "379999000001", "to": "check"}
    ended = await restaurant.post("/declare", data=sent)
    assert ended.headers["location"].startswith("/sign-in?next=%2Fdeclare%2Fcheck%2F")
    await restaurant.post("/api/v1/demo/login", json=RESTAURANT)
    page = await restaurant.get(f"/declare/check/{fields(asking)['draft']}")

    assert len(statements(page)) == 2
    assert "379999000001" in statements(page)[1]


@pytest.mark.parametrize("way", ["my notices", "a session that ended"])
async def test_who_left_off_at_a_further_paper_goes_on_with_that_one(
    restaurant: httpx.AsyncClient, way: str
) -> None:
    choosing = await submitted(restaurant, fields(await checked(restaurant)) | {"to": "another"})
    chosen = fields(choosing) | {"certificate": "tobacco-retail-license/original"}
    if way == "my notices":
        await submitted(restaurant, chosen)
        found = re.search(r'<a class="button second" href="([^"]+)">接着填', await mine(restaurant))
        assert found is not None
        where = found[1]
    else:
        restaurant.cookies.clear()
        ended = await restaurant.post("/declare", data=chosen)
        await restaurant.post("/api/v1/demo/login", json=RESTAURANT)
        where = httpx.URL(ended.headers["location"]).params["next"]
    page = await restaurant.get(where)

    assert page.status_code == 200
    assert "烟草专卖零售许可证" in page.text
    assert (fields(page)["number"], fields(page)["paper"]) == ("", "2")


async def test_nothing_of_a_draft_with_papers_can_be_read_in_the_table(
    restaurant: httpx.AsyncClient,
) -> None:
    await another(restaurant, await checked(restaurant), "business-license/both")
    [row] = await DB.fetch("SELECT draft::text AS text, sealed FROM draft")

    for text in (FOOD["number"], CODE, FOOD["contact.phone"]):
        assert text not in row["text"]
        assert text.encode() not in row["sealed"]
    owner = unfinished.owner_of(
        deployment_of(restaurant), person_from(msgspec.convert(ANNA, Login))
    )
    assert owner.hex() not in row["text"]
