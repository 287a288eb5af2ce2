"""The pages, asked over HTTP as a browser without scripts would."""

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar

from notices import agencies, relay
from notices.changing import amending
from notices.deployment import Deployment
from notices.facts.lifecycle import Status
from notices.facts.notice_ids import printed
from notices.facts.numbers import resident_id_ok, uscc_ok
from notices.facts.public.search import SearchPage
from notices.pages import drafts, rendering
from notices.pages.sign_in import demo
from notices.web import forms, wording
from search.admin import Admin
from tests.api import declaration
from tests.conftest import SignIn
from tests.files import picture
from tests.owning import owned
from tests.samples import ANNA, OFFICER
from tests.stepping import arrived, kept, submitted

FOOD = {
    "certificate": "food-operation-license",
    "matter": "food-operation-license.reissue",
    "number": "JY13799990000011",
    "copies": "original",
    "cause": "lost",
    "lost_on": "2026-11-01",
    "issuer": "潍坊市奎文区行政审批服务局",
    "issued_on": "2020-05-01",
    "region": "370705",
    "contact.phone": "13800001234",
}
AGREED = {"publication_consent": "yes", "truthful": "yes"}
CHILD_ID = "379999202005010012"


class Fields(HTMLParser):
    """What a browser would send of the form whose action leads to `/declare`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name")
        if tag != "input" or not name or name == "find":
            return
        if given.get("type") not in ("radio", "checkbox") or "checked" in given:
            self.sent[name] = given.get("value") or ""


def fields(answer: httpx.Response) -> dict[str, str]:
    return Fields(answer.text).sent


async def publish(client: httpx.AsyncClient, **changes: str) -> httpx.Response:
    """The check page, sent with both consents given."""
    page = await submitted(client, FOOD | changes | {"at": "loss", "to": "check"})
    assert page.status_code == 200, page.text
    return await submitted(client, fields(page) | AGREED | {"to": "publish"})


async def published(client: httpx.AsyncClient, **changes: Any) -> str:
    answer = await client.post("/api/v1/notices", json=declaration(**changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


PUBLIC_PAGES = ["/", "/notices", "/verify", "/sign-in"]


@pytest.mark.parametrize("path", PUBLIC_PAGES)
async def test_a_page_is_chinese_first_and_english_on_request(
    client: httpx.AsyncClient, path: str
) -> None:
    chinese = await client.get(path)
    english = await client.get(path, params={"lang": "en"})

    assert chinese.status_code == english.status_code == 200
    assert '<html lang="zh-CN" dir="ltr">' in chinese.text
    assert '<html lang="en" dir="ltr">' in english.text
    assert "lang=en" in english.text


@pytest.mark.parametrize("path", PUBLIC_PAGES)
async def test_a_page_needs_nothing_from_elsewhere_and_no_inline_code(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)

    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script>", answer.text)
    # A link that somebody may follow loads nothing.
    assert not re.findall(r'<(?!a\s)[^>]*(?:src|href)="(?:https?:)?//', answer.text)


@pytest.mark.parametrize(
    ("path", "fields"), [("/", 1), ("/notices", 6), ("/verify", 3), ("/sign-in", 6)]
)
async def test_every_field_of_a_page_has_a_label(
    client: httpx.AsyncClient, path: str, fields: int
) -> None:
    html = (await client.get(path)).text

    every = re.findall(r"<(?:input|select|textarea)\b[^>]*>", html)
    shown = [one for one in every if 'type="hidden"' not in one]
    assert len(shown) >= fields
    for one in shown:
        [id] = re.findall(r'\bid="([^"]+)"', one)
        assert f'<label for="{id}"' in html, one


async def test_static_files_are_cached_for_ever_under_an_address_with_their_digest(
    client: httpx.AsyncClient,
) -> None:
    [address] = re.findall(r'href="(/static/site\.css\?v=[0-9a-f]+)"', (await client.get("/")).text)
    answer = await client.get(address)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["cache-control"]


async def test_the_start_page_shows_the_newest_notices_of_organisations(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    id = await published(restaurant)

    assert f"/notices/{id}" in (await client.get("/")).text


ADDED = "from=timeline&isappinstalled=0&utm_source=mail&nsukey=a%2Bb&from=singlemessage&number=123"
"""What messengers and mail add to an address, and what somebody else may write into one."""


@pytest.mark.parametrize(
    "path",
    ["/?", "/notices?q=餐饮&", "/verify?", "/declare?", "/log?", "/sign-in?", "/problems/invalid?",
     "/notices/{id}?", "/notices/{id}.pdf?", "/feed.atom?", "/feed.atom?status=invalid&"],
)  # fmt: skip
async def test_what_others_add_to_an_address_is_ignored_and_carried_no_further(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient, path: str
) -> None:
    path = path.replace("{id}", await published(restaurant))

    answer = await client.get(path + ADDED)

    assert answer.status_code == 200, answer.text
    for added in (b"timeline", b"isappinstalled", b"utm_", b"nsukey", b"number=123"):
        assert added not in answer.content
    if not path.startswith(("/sign-in", "/declare")):
        assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("path", ["/notices", "/feed.atom"])
async def test_what_a_page_knows_has_to_be_right(client: httpx.AsyncClient, path: str) -> None:
    for query in ("page=0", "page=1&page=2", "status=void", "year=x"):
        assert (await client.get(f"{path}?{query}&from=timeline")).status_code == 400


PROGRAMS = [
    "/api/v1/notices", "/api/v1/catalogue", "/api/v1/events", "/api/v1/suggestions",
    "/api/v1/notices/{id}", "/api/v1/notices/{id}/receipt", "/notices/{id}.tlog-proof",
    "/log/checkpoint", "/log/vkey", "/health/live", "/.well-known/notice-keys.json",
]  # fmt: skip


@pytest.mark.parametrize("path", PROGRAMS)
async def test_programs_are_told_what_is_not_known(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient, path: str
) -> None:
    path = path.replace("{id}", await published(restaurant))

    answer = await client.get(path, params={"from": "timeline"})

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")


@pytest.mark.parametrize(
    "query", ["q=%CE%AB%B7%BB", "%B7%BB=1", "q=x&from=%FF", "q=%ED%A0%80", "q=%C0%AF", "q=%E6%BD"]
)
async def test_what_is_not_utf_8_is_refused_and_never_found_empty(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient, query: str
) -> None:
    id = await published(restaurant)
    pages = ["/", "/notices", "/verify", f"/notices/{id}", f"/notices/{id}.pdf", "/declare",
             "/problems", "/log"]  # fmt: skip
    programs = [path.replace("{id}", id) for path in PROGRAMS]

    for path in [*pages, *programs, "/feed.atom", "/schema/openapi.json"]:
        answer = await client.get(f"{path}?{query}")

        assert answer.status_code == 400, path
        if path in pages:
            assert "UTF-8" in answer.text
        else:
            assert answer.json()["code"] == "bad_encoding"
    asked = await client.post(f"/api/v1/verifications?{query}", json={})
    assert (asked.status_code, asked.json()["code"]) == (400, "bad_encoding")


async def test_what_an_old_page_looked_for_stands_in_the_box(client: httpx.AsyncClient) -> None:
    answer = await client.get("/notices?q=%CE%AB%B7%BB")

    assert 'value="潍坊"' in answer.text


async def test_what_is_utf_8_is_read(client: httpx.AsyncClient) -> None:
    for q in ("潍坊", "%E6%BD%8D%E5%9D%8A", "100%", "%zz", "𠮷", "a+b"):
        assert (await client.get(f"/api/v1/notices?q={q}")).status_code == 200


@pytest.mark.parametrize("day", ["2026-W01-1", "20260101", "2026-1-01", "２０２６-01-01"])
async def test_a_day_is_written_in_one_way(client: httpx.AsyncClient, day: str) -> None:
    for path in ("/notices", "/api/v1/notices"):
        assert (await client.get(path, params={"published_from": day})).status_code == 400
        assert (await client.get(path, params={"published_from": "2026-01-01"})).status_code == 200


async def test_a_search_for_nothing_but_nul_does_not_list_everything(
    client: httpx.AsyncClient,
    restaurant: httpx.AsyncClient,
    deployment: Deployment,
    admin: Admin,
) -> None:
    id = await published(restaurant)
    await relay.reindex(deployment, admin, lambda done, total: None)

    for path in ("/notices", "/api/v1/notices"):
        assert id in (await client.get(path)).text
        assert id not in (await client.get(path + "?q=%00")).text
    assert (await client.get("/notices?certificate=%00")).status_code == 400


async def test_a_search_without_a_result_says_what_to_try(
    client: httpx.AsyncClient, deployment: Deployment, admin: Admin
) -> None:
    await relay.reindex(deployment, admin, lambda done, total: None)

    answer = await client.get("/notices", params={"q": "zzzzzz", "status": "invalid"})

    assert answer.status_code == 200
    assert "没有找到公告" in answer.text
    assert "/verify" in answer.text


async def test_the_search_shows_cards_counts_and_pages(
    client: httpx.AsyncClient,
    restaurant: httpx.AsyncClient,
    app: Litestar,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    id = await published(restaurant)
    notice = (await client.get(f"/api/v1/notices/{id}")).json()

    async def find(query: Any) -> SearchPage:
        found = {
            "total": 41, "total_is_exact": True, "page": query.page, "per_page": 20,
            "notices": [notice | {"highlights": {}}], "degraded": True,
            "interpreted": {
                "numbers": [], "words": ["餐饮"], "certificate": None, "ignored": [],
                "approximate": False,
            },
            "facets": {
                "certificate": {"food-operation-license": 41}, "region": {"370705": 41},
                "status": {"invalid": 41}, "year": {"2026": 40, "2025": 1},
            },
        }  # fmt: skip
        return msgspec.convert(found, SearchPage)

    monkeypatch.setattr(app.state.finder, "find", find)
    answer = await client.get("/notices", params={"q": "餐饮", "page": "2", "status": "declared"})

    assert "食品经营许可证 (41)" in answer.text
    assert "2025 (1)" in answer.text
    assert "第 2 / 3 页" in answer.text
    assert "page=3" in answer.text
    assert f"/notices/{id}" in answer.text
    assert "搜索服务暂时不可用" in answer.text


async def test_a_notice_shows_statement_status_history_and_receipt(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    id = await published(restaurant)
    notice = (await client.get(f"/api/v1/notices/{id}")).json()
    html = (await client.get(f"/notices/{id}")).text

    assert notice["statement"] in html
    assert "遗失声明" in html
    assert "（作废声明）" in html
    assert wording.MEANINGS["invalid"].zh in html
    assert f"/api/v1/notices/{id}/receipt?event={notice['events'][0]['index']}" in html
    assert "13800000000" not in html
    assert "noindex" not in html
    assert "/withdraw" not in html


async def test_a_persons_notice_asks_search_engines_to_stay_away(
    client: httpx.AsyncClient, sign_in: SignIn
) -> None:
    anna = await sign_in(ANNA)
    number = ANNA["identifier"]
    id = await published(
        anna,
        certificate="road-transport-practitioner-certificate",
        matter=None,
        copies=None,
        number=number,
        holder={"kind": "person", "name": "张三", "identifier": number},
    )
    html = (await client.get(f"/notices/{id}")).text

    assert '<meta name="robots" content="noindex">' in html
    assert number not in html
    assert "张三" not in html


async def test_where_another_channel_is_required_the_notice_says_so(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    id = await published(
        restaurant, certificate="business-license", matter=None, number="92379999MA0000023B"
    )
    html = (await client.get(f"/notices/{id}")).text

    assert "国家企业信用信息公示系统" in html
    assert "请一并查询" in html
    own = (await restaurant.get(f"/notices/{id}")).text
    assert "只在这里声明还不够" in own
    await restaurant.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "found"})
    assert "请一并查询" not in (await client.get(f"/notices/{id}")).text


async def test_what_a_reader_is_to_ask_besides_is_said_as_a_sentence(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    """`channel` names a place where the law requires one, and else says whom to ask."""
    id = await published(
        restaurant, certificate="company-seal", matter=None, copies=None,
        number="3799990000011", details={"kind": "公章"},
    )  # fmt: skip
    chinese = (await client.get(f"/notices/{id}")).text
    english = (await client.get(f"/notices/{id}?lang=en")).text

    assert "<p>请询问办理印章备案的公安机关认可哪种媒体。</p>" in chinese
    assert "<p>Ask the police office that files seals which medium it accepts.</p>" in english


@pytest.mark.parametrize("id", ["12345", "37070000012399", "x", "37070000012346"])
async def test_a_wrong_number_of_a_notice_is_told_how_numbers_look(
    client: httpx.AsyncClient, id: str
) -> None:
    answer = await client.get(f"/notices/{id}")

    assert answer.status_code == 404
    assert wording.EXAMPLE in answer.text


async def test_a_page_that_does_not_exist_is_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nowhere", params={"lang": "en"})

    assert answer.status_code == 404
    assert "Page not found" in answer.text


async def test_checking_a_declared_certificate_shows_what_it_means(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    id = await published(restaurant)
    answer = await client.post(
        "/verify",
        data={"certificate": "food-operation-license", "number": "jy 1379999-0000011", "copy": ""},
    )

    assert answer.status_code == 200
    assert wording.MEANINGS["invalid"].zh in answer.text
    assert f"/notices/{id}" in answer.text


async def test_no_notice_is_not_called_valid(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/verify?lang=en",
        data={"certificate": "food-operation-license", "number": "JY13799990000011"},
    )

    assert "does not prove it valid" in answer.text


async def test_checking_another_copy_finds_nothing(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    await published(restaurant)
    asked = {"certificate": "food-operation-license", "number": "JY13799990000011"}
    answer = await client.post("/verify", data=asked | {"copy": "duplicate"})

    assert wording.STATUSES["no_notice"].zh in answer.text


async def test_an_incomplete_question_is_answered_at_its_fields_and_keeps_what_was_typed(
    client: httpx.AsyncClient,
) -> None:
    asked = {"certificate": "birth-medical-certificate", "number": "X990****01", "copy": ""}
    answer = await client.post("/verify", data=asked)

    assert answer.status_code == 422
    assert 'href="#number"' in answer.text
    assert 'value="X990****01"' in answer.text
    assert "<title>有误：" in answer.text


async def test_whoever_declares_signs_in_first_and_comes_back(client: httpx.AsyncClient) -> None:
    asked = await client.get("/declare", params={"certificate": "company-seal"})
    assert asked.status_code == 303
    signing_in = await client.get(asked.headers["location"])
    done = await client.post("/sign-in", data=fields(signing_in) | {"sample": "li"})

    assert done.status_code == 303
    assert done.headers["location"] == "/declare?certificate=company-seal"
    page = await arrived(client, await client.get(done.headers["location"]))
    assert "公章遗失补刻备案" in page.text


async def test_anybody_may_look_what_there_is_to_declare(client: httpx.AsyncClient) -> None:
    page = await client.get("/declare")
    assert page.status_code == 200
    assert page.text.count('name="certificate" value=') == 32

    chosen = await submitted(client, fields(page) | {"certificate": "company-seal"})
    assert chosen.url.path == "/sign-in"
    done = await client.post("/sign-in", data=fields(chosen) | {"sample": "li"})
    page = await arrived(client, done)
    assert "公章遗失补刻备案" in page.text


async def test_a_corrected_notice_says_so_where_it_is_read(restaurant: httpx.AsyncClient) -> None:
    id = await published(restaurant)
    assert "已更正" not in (await restaurant.get(f"/notices/{id}")).text

    await restaurant.post(f"/api/v1/notices/{id}/correction", json={"issuer": "某某局"})

    assert "（作废声明，已更正：见下方“历史”）" in (await restaurant.get(f"/notices/{id}")).text


async def test_a_notice_that_is_closed_offers_no_form(restaurant: httpx.AsyncClient) -> None:
    id = await published(restaurant)
    await restaurant.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "found"})

    for form, told in (("withdraw", "已经撤回了，不用再撤回"), ("correct", "不能再变更")):
        answer = await restaurant.get(f"/notices/{id}/{form}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/notices/{id}#done")
        page = await restaurant.get(answer.headers["location"])
        assert told in page.text.partition('id="done"')[2].partition("</div>")[0], form
    sent = await restaurant.post(f"/notices/{id}/withdraw", data={"reason": "found"})
    main = sent.text.partition("<main")[2]
    assert (sent.status_code, f'class="button" href="/notices/{id}"' in main) == (409, True)


async def test_the_page_after_publishing_says_nothing_of_a_notice_that_stands_no_more(
    restaurant: httpx.AsyncClient,
) -> None:
    """Back leads there after it was withdrawn as well, and it says that it is in effect."""
    id, other = [await published(restaurant, number=f"JY1379999{n:07}", confirm_unusual_number=True)
                 for n in (1, 2)]  # fmt: skip
    before = await restaurant.get(f"/declare/done/{id}?also={other}")
    await restaurant.post(f"/api/v1/notices/{other}/withdrawal", json={"reason": "found"})
    one = await restaurant.get(f"/declare/done/{id}?also={other}")
    await restaurant.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "found"})
    none = await restaurant.get(f"/declare/done/{id}?also={other}")

    assert ("声明已经生效" in before.text, printed(other) in before.text) == (True, True)
    codes = before.text.split('class="take"')[1:]
    assert [printed(each) in code for each, code in zip((id, other), codes, strict=True)] == [
        True
    ] * 2
    assert ("声明已经生效" in one.text, printed(other) in one.text) == (True, False)
    assert (none.status_code, none.headers["location"]) == (303, f"/notices/{id}")


async def test_what_is_in_effect_is_said_of_each_of_several_where_it_is_not_so_of_all(
    restaurant: httpx.AsyncClient,
) -> None:
    ids = [await published(restaurant)]
    ids.append(
        await published(
            restaurant, certificate="company-seal", document="finance-seal", matter=None,
            number=None, copies=None, details={"count": 1}, issued_on=None,
        )
    )  # fmt: skip
    page = await restaurant.get(f"/declare/done/{ids[0]}?also={ids[1]}")

    told = re.findall(r'<p class="lead">([^<]*)</p>', page.text)
    assert [each[:8] for each in told] == ["食品经营许可证 ", "财务专用章：公示"]
    assert ["声明已经生效" in each for each in told] == [True, False]


async def test_an_authority_of_city_or_province_can_be_chosen(
    restaurant: httpx.AsyncClient,
) -> None:
    page = await submitted(
        restaurant,
        {"at": "matter", "to": "number", "certificate": "food-operation-license"},
    )

    for code in ("370705", "370700", "370000", "370100"):
        assert f'value="{code}"' in page.text


@pytest.mark.parametrize(
    "next",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "/a\nb", "", "a"],
)
async def test_sign_in_never_leads_to_another_site(client: httpx.AsyncClient, next: str) -> None:
    done = await client.post("/sign-in", data={"sample": "zhang", "next": next})

    assert done.headers["location"] == "/mine"


def test_only_local_paths_are_followed() -> None:
    assert rendering.local_path("/notices?q=a#b") == "/notices?q=a#b"
    assert rendering.local_path("/" + "a" * 3000) == "/"
    assert rendering.local_path(None) == "/"


async def test_another_person_can_be_typed_and_mistakes_are_told_at_once(
    client: httpx.AsyncClient,
) -> None:
    wrong = await client.post(
        "/sign-in", data={"kind": "organisation", "name": "李四", "identifier": "123"}
    )
    right = await client.post(
        "/sign-in", data={"kind": "person", "name": "李四", "identifier": "379999199507203119"}
    )

    assert wrong.status_code == 422
    assert 'value="李四"' in wrong.text
    assert 'href="#organisation.name"' in wrong.text
    assert right.status_code == 303
    assert "李四" in (await client.get("/")).text


@pytest.mark.parametrize("key", demo.SAMPLES)
def test_the_people_to_choose_from_are_made_up_and_right(key: str) -> None:
    person = demo.person_from(demo.SAMPLES[key])

    assert person.identifier.startswith("379999")
    assert resident_id_ok(person.identifier)
    assert person.organisation is None or uscc_ok(person.organisation.identifier)


async def test_signing_out_ends_the_session(restaurant: httpx.AsyncClient) -> None:
    assert (await restaurant.get("/mine")).status_code == 200
    await restaurant.post("/sign-out")

    assert (await restaurant.get("/mine")).status_code == 303


async def test_the_whole_declaration_goes_through_pages(restaurant: httpx.AsyncClient) -> None:
    page = await restaurant.get("/declare")
    assert "食品经营许可证" in page.text
    page = await submitted(restaurant, fields(page) | {"certificate": FOOD["certificate"]})
    assert FOOD["matter"] in page.text
    steps = [
        ("number", ["matter"]),
        ("loss", ["number", "copies", "issuer", "issued_on", "region"]),
        ("check", ["cause", "lost_on", "contact.phone"]),
    ]
    for to, names in steps:
        typed_in = {name: FOOD[name] for name in names}
        page = await submitted(restaurant, fields(page) | typed_in | {"to": to})
        assert page.status_code == 200, page.text
    promised = re.findall(r'<p class="statement">(.+?)</p>', page.text)
    answer = await submitted(restaurant, fields(page) | AGREED | {"to": "publish"})

    assert answer.status_code == 303
    assert re.fullmatch(r"/declare/done/\d{14}", answer.headers["location"])
    done = await restaurant.get(answer.headers["location"])
    assert "声明已发布" in done.text
    assert "食品经营许可证补办" in done.text
    notice = await restaurant.get(answer.headers["location"].replace("declare/done", "notices"))
    assert re.findall(r'<p class="statement">(.+?)</p>', notice.text) == promised


async def test_pressing_publish_twice_publishes_once(restaurant: httpx.AsyncClient) -> None:
    page = await submitted(restaurant, FOOD | {"at": "loss", "to": "check"})
    sent = fields(page) | AGREED | {"to": "publish"}
    first = await submitted(restaurant, sent)
    second = await submitted(restaurant, sent)

    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]


async def test_a_number_declared_already_leads_to_the_first_notice_and_back(
    restaurant: httpx.AsyncClient,
) -> None:
    id = await published(restaurant)
    answer = await publish(restaurant)

    assert answer.status_code == 409
    assert f"/notices/{id}" in answer.text
    back = await submitted(restaurant, fields(answer) | {"to": "number"})
    assert 'value="JY13799990000011"' in back.text


async def test_without_consent_nothing_is_published_and_nothing_typed_is_lost(
    restaurant: httpx.AsyncClient,
) -> None:
    page = await submitted(restaurant, FOOD | {"at": "loss", "to": "check"})
    answer = await submitted(restaurant, fields(page) | {"to": "publish"})

    assert answer.status_code == 422
    assert 'href="#publication_consent"' in answer.text
    assert 'href="#truthful"' in answer.text
    assert await kept(restaurant, fields(answer)) == FOOD


async def test_all_problems_of_a_step_are_told_at_once_in_the_order_of_the_page(
    restaurant: httpx.AsyncClient,
) -> None:
    answer = await submitted(
        restaurant,
        {"certificate": FOOD["certificate"], "issued_on": "2999-01-01"}
        | {"at": "number", "to": "loss"},
    )

    assert answer.status_code == 422
    summary = answer.text.split("error-summary")[1].split("</ul>")[0]
    assert re.findall(r'href="#([^"]+)"', summary) == ["copies", "number", "region", "issued_on"]
    for name in ("copies", "number", "region", "issued_on"):
        assert f'id="{name}-error"' in answer.text
    assert 'value="2999-01-01"' in answer.text


async def test_a_step_skipped_by_hand_is_asked_before_the_check(
    restaurant: httpx.AsyncClient,
) -> None:
    skipped = {name: value for name, value in FOOD.items() if name != "region"}
    answer = await submitted(restaurant, skipped | {"at": "loss", "to": "check"})

    assert answer.status_code == 422
    assert 'href="#region"' in answer.text


async def test_going_back_keeps_what_was_typed_even_when_it_is_wrong(
    restaurant: httpx.AsyncClient,
) -> None:
    wrong = FOOD | {"lost_on": "2999-01-01", "at": "loss", "to": "number"}
    back = await submitted(restaurant, wrong)

    assert back.status_code == 200
    assert fields(back)["number"] == FOOD["number"]
    assert (await kept(restaurant, fields(back)))["lost_on"] == "2999-01-01"


async def test_an_unusual_number_can_be_confirmed(restaurant: httpx.AsyncClient) -> None:
    old = FOOD | {"number": "鲁餐证字2009第00077号", "at": "loss", "to": "check"}
    asked = await submitted(restaurant, old)
    assert asked.status_code == 422
    assert 'id="confirm_unusual_number"' in asked.text
    page = await submitted(restaurant, old | {"confirm_unusual_number": "yes"})

    assert page.status_code == 200
    answer = await submitted(restaurant, fields(page) | AGREED | {"to": "publish"})
    assert answer.status_code == 303


async def test_another_certificate_forgets_what_the_first_one_was_asked(
    restaurant: httpx.AsyncClient,
) -> None:
    before = fields(await submitted(restaurant, FOOD | {"at": "loss", "to": "certificate"}))
    changed = before | {"certificate": "company-seal", "at": "certificate", "to": "matter"}
    page = await submitted(restaurant, changed)

    left = await kept(restaurant, fields(page))
    assert page.status_code == 200
    assert "number" not in left
    assert "copies" not in left
    assert left["region"] == FOOD["region"]


async def test_a_seal_is_asked_its_kind_and_may_have_no_number(
    restaurant: httpx.AsyncClient,
) -> None:
    seal = {"certificate": "company-seal", "region": "370705"}
    asked = await submitted(restaurant, seal | {"at": "number", "to": "loss"})
    assert 'href="#document"' in asked.text
    page = await submitted(
        restaurant,
        seal | {"document.official-seal": "yes", "cause": "lost", "at": "loss", "to": "check"},
    )

    assert "公章1枚" in page.text


async def test_a_parent_declares_for_a_child_whose_name_and_number_stay_private(
    sign_in: SignIn,
) -> None:
    anna = await sign_in(ANNA)
    child = FOOD | {
        "certificate": "birth-medical-certificate", "matter": "", "number": "X990000001",
        "issued_on": "2020-06-01", "relation": "parent", "holder.name": "张小小",
        "holder.identifier_type": "resident-id", "holder.identifier": CHILD_ID,
    }  # fmt: skip
    page = await submitted(anna, child | {"at": "loss", "to": "check"})
    assert page.status_code == 200, page.text
    answer = await submitted(anna, fields(page) | AGREED | {"to": "publish"})

    assert answer.status_code == 303
    notice = await anna.get(answer.headers["location"].replace("declare/done", "notices"))
    assert "其监护人" in notice.text
    assert "张小小" not in notice.text
    assert CHILD_ID not in notice.text


async def test_certificates_are_found_by_their_other_names(restaurant: httpx.AsyncClient) -> None:
    found = await restaurant.get("/declare", params={"find": "餐饮服务"})

    assert 'value="food-operation-license"' in found.text
    assert 'value="business-license"' not in found.text


async def test_looking_for_another_certificate_loses_nothing(restaurant: httpx.AsyncClient) -> None:
    back = await submitted(restaurant, FOOD | {"at": "check", "to": "certificate"})
    asked = fields(back) | {"find": "营业执照", "to": "certificate"}
    found = await submitted(restaurant, asked)

    assert await kept(restaurant, fields(found)) == FOOD
    assert 'value="business-license"' in found.text
    assert '<button id="certificate" name="certificate" value="company-seal"' not in found.text


async def test_a_person_declares_an_organisations_certificate_with_a_mandate(
    sign_in: SignIn,
) -> None:
    anna = await sign_in(ANNA)
    page = await anna.get("/declare")
    assert "单位的证件" in page.text
    chosen = {"certificate": "food-operation-license", "at": "certificate", "to": "matter"}
    assert (await submitted(anna, chosen)).status_code == 200
    asked = await submitted(anna, chosen | {"at": "matter", "to": "number"})
    assert 'value="mandate" checked' in asked.text
    assert 'value="self"' not in asked.text
    named = FOOD | {
        "relation": "mandate", "holder.name": "潍坊市某某书店",
        "holder.identifier_type": "uscc", "holder.identifier": "91379999MA0000015K",
    }  # fmt: skip
    check = await submitted(anna, named | {"at": "loss", "to": "check"})
    assert check.status_code == 200, check.text
    assert 'enctype="multipart/form-data"' in check.text
    given = {**fields(check), **AGREED, "to": "publish"}
    without = await submitted(anna, given)
    assert (without.status_code, "#exhibit" in without.text) == (422, True)
    assert (await kept(anna, fields(without)))["holder.name"] == "潍坊市某某书店"
    given |= {"seen": fields(without)["seen"]}

    form = {name: (None, value) for name, value in given.items()}
    hiding = {**form, "exhibit": ("a.png", picture("PNG") + b"<html>")}
    refused = await submitted(anna, files=hiding)
    assert refused.status_code == 422
    assert "还藏有别的文件" in refused.text
    answer = await submitted(anna, files={**form, "exhibit": ("a.png", picture("PNG"))})

    assert answer.status_code == 303, answer.text
    done = await anna.get(answer.headers["location"])
    assert "经工作人员或发证机关确认后才生效" in done.text
    shown = await anna.get(answer.headers["location"].replace("declare/done", "notices"))
    for said in ("待确认，尚未生效</span>", "（待确认，尚未生效）", "确认以后", "潍坊市某某书店"):
        assert said in shown.text
    feed = await anna.get("/feed.atom")
    assert "【待确认，尚未生效】" in feed.text


async def test_with_a_mandate_of_a_firm_its_own_papers_are_offered(sign_in: SignIn) -> None:
    anna = await sign_in(ANNA)
    asked = {"certificate": "lawyer-practice-certificate", "relation": "mandate", "at": "matter"}
    of_firm = await submitted(anna, asked | {"holder.identifier_type": "uscc", "to": "number"})
    of_person = await submitted(anna, asked | {"to": "number"})

    assert 'value="law-firm-practice-license"' in of_firm.text
    assert 'value="law-firm-practice-license"' not in of_person.text
    assert 'value="lawyer-work-certificate"' in of_person.text


async def test_a_relation_that_another_certificate_has_not_is_asked_again(sign_in: SignIn) -> None:
    anna = await sign_in(ANNA)
    born = {"relation": "parent", "certificate": "birth-medical-certificate", "at": "number"}
    before = fields(await submitted(anna, born | {"to": "certificate"}))
    page = await submitted(anna, before | {"certificate": "food-operation-license"})
    page = await submitted(anna, fields(page) | {"to": "number"})

    assert 'value="mandate" checked' in page.text


async def test_of_a_confirmed_notice_the_page_corrects_only_what_may_change(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    id = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]
    _, key = await owned(agencies.add("奎文审批局", [declaration()["issuer"]]))
    bearer = {"Authorization": f"Bearer {key}"}
    assert (await client.post(f"/api/v1/notices/{id}/confirmation", headers=bearer)
            ).status_code == 201  # fmt: skip
    page = await restaurant.get(f"/notices/{id}/correct")
    assert fields(page).keys() >= {"lost_on"}
    assert "issuer" not in fields(page)

    sent = await restaurant.post(
        f"/notices/{id}/correct", data=fields(page) | {"lost_on": "2026-10-02"}
    )

    assert sent.status_code == 303, sent.text
    after = (await client.get(f"/api/v1/notices/{id}")).json()
    assert (after["issuer"], after["lost_on"]) == (declaration()["issuer"], "2026-10-02")


async def test_an_officer_declares_nothing(sign_in: SignIn) -> None:
    officer = await sign_in(OFFICER)

    assert (await officer.get("/declare")).status_code == 403
    assert (await submitted(officer, FOOD)).status_code == 403


async def test_a_session_that_ends_halfway_loses_nothing(client: httpx.AsyncClient) -> None:
    ended = await submitted(client, FOOD | {"at": "loss", "to": "check"})
    assert ended.url.path == "/sign-in"
    again = await client.post("/sign-in", data=fields(ended) | {"sample": "li"})
    page = await arrived(client, again)

    assert page.status_code == 200
    assert await kept(client, fields(page)) == FOOD


async def test_somebody_else_sees_the_notice_in_place_of_the_confirmation(
    restaurant: httpx.AsyncClient, sign_in: SignIn
) -> None:
    id = await published(restaurant)
    anna = await sign_in(ANNA)
    answer = await anna.get(f"/declare/done/{id}")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/notices/{id}"


async def test_a_declarant_withdraws_once_and_the_history_says_so(
    restaurant: httpx.AsyncClient,
) -> None:
    id = await published(restaurant)
    assert f"/notices/{id}/withdraw" in (await restaurant.get(f"/notices/{id}")).text
    form = await restaurant.get(f"/notices/{id}/withdraw")
    unsaid = await restaurant.post(f"/notices/{id}/withdraw", data={"key": "a"})
    unsaid = await arrived(restaurant, unsaid)
    sent = {"key": fields(form)["key"], "reason": "found"}
    first = await restaurant.post(f"/notices/{id}/withdraw", data=sent)
    second = await restaurant.post(f"/notices/{id}/withdraw", data=sent)

    assert unsaid.status_code == 422
    assert first.status_code == second.status_code == 303
    html = (await restaurant.get(f"/notices/{id}")).text
    assert html.count('<p class="event">') == 2
    assert "声明人撤回该声明" in html
    assert f"/notices/{id}/withdraw" not in html


async def test_a_declarant_corrects_the_issuer_and_both_texts_stay(
    restaurant: httpx.AsyncClient,
) -> None:
    id = await published(restaurant)
    form = await restaurant.get(f"/notices/{id}/correct")
    assert 'value="2020-05-01"' in form.text
    unchanged = await restaurant.post(f"/notices/{id}/correct", data=fields(form))
    unchanged = await arrived(restaurant, unchanged)
    changed = fields(form) | {"issuer": "潍坊市行政审批服务局"}
    done = await restaurant.post(f"/notices/{id}/correct", data=changed)
    twice = await restaurant.post(f"/notices/{id}/correct", data=changed)
    assert (twice.status_code, twice.headers["location"]) == (303, done.headers["location"])

    assert unchanged.status_code == 422
    assert done.status_code == 303
    assert "更正为“潍坊市行政审批服务局”" in (await restaurant.get(f"/notices/{id}")).text


@pytest.mark.parametrize("what", ["withdraw", "correct"])
async def test_nobody_else_changes_a_notice(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient, sign_in: SignIn, what: str
) -> None:
    id = await published(restaurant)
    anna = await sign_in(ANNA)

    assert (await anna.get(f"/notices/{id}/{what}")).status_code == 403
    assert (await anna.post(f"/notices/{id}/{what}", data={"reason": "found"})).status_code == 403
    assert (await client.get(f"/notices/{id}/{what}")).status_code == 303
    asked = await client.post(f"/notices/{id}/{what}", data={"a": "b"})
    assert asked.headers["location"].startswith("/sign-in?of=")


@pytest.mark.parametrize("path", ["/declare", "/verify", "/sign-in"])
async def test_a_form_of_the_wrong_kind_or_size_is_refused(
    client: httpx.AsyncClient, path: str
) -> None:
    json = await client.post(path, json={"a": 1})
    long = await client.post(path, data={"number": "1" * 70_000})
    bytes_ = await client.post(path, content=b"number=%ff", headers={"content-type": forms.FORM})

    assert (json.status_code, long.status_code, bytes_.status_code) == (415, 413, 400)
    assert json.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("draft", ["[1", "{}", "é", "A" * 43, "-" * 60_000])
async def test_a_draft_that_is_no_draft_is_refused(client: httpx.AsyncClient, draft: str) -> None:
    answer = await client.post("/sign-in", data={"sample": "li", "draft": draft})

    assert answer.status_code == 400


async def test_a_form_that_another_site_sends_is_refused_as_a_page(
    restaurant: httpx.AsyncClient,
) -> None:
    answer = await submitted(restaurant, FOOD, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert answer.headers["content-type"].startswith("text/html")


def test_every_status_and_every_reason_has_words() -> None:
    statuses = {"no_notice", *Status.__args__}  # type: ignore[attr-defined]
    assert set(wording.STATUSES) == set(wording.MEANINGS) == statuses | {"awaiting"}
    assert set(wording.REASONS) == set(amending.REASONS)


def test_every_field_of_the_forms_has_a_name_in_the_summary() -> None:
    asked = {*drafts.CARRIED, *drafts.AGREED, *demo.TYPED}

    assert asked <= set(wording.FIELDS)


def test_what_was_typed_is_what_is_decoded() -> None:
    assert forms.decode(b"a=%E8%AF%81&b=&a=2") == {"a": "2", "b": ""}


async def test_nobody_is_taken_for_the_child_of_whom_a_birth_certificate_tells(
    sign_in: SignIn,
) -> None:
    anna = await sign_in(ANNA)
    typed = {"certificate": "birth-medical-certificate", "number": "X990000001", "region": "370705"}
    page = await submitted(anna, typed | {"copies": "both", "at": "matter", "to": "number"})
    assert "relation" not in fields(page)  # nothing is chosen
    told = await submitted(anna, fields(page) | typed | {"copies": "both", "to": "loss"})
    assert (told.status_code, 'href="#relation"' in told.text) == (422, True)
    own = await submitted(anna, fields(told) | typed | {"relation": "self", "to": "loss"})

    assert own.status_code == 200


async def test_a_period_is_told_by_its_last_day_wherever_it_is_told(
    restaurant: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    seal = {"certificate": "company-seal", "region": "370705", "cause": "lost"}
    typed = seal | {"document.official-seal": "yes", "number.official-seal": "3799990000011"}
    check = await submitted(restaurant, typed | {"at": "loss", "to": "check"})
    answer = await submitted(restaurant, fields(check) | AGREED | {"to": "publish"})
    id = answer.headers["location"].rpartition("/")[2]
    notice = (await restaurant.get(f"/api/v1/notices/{id}")).json()
    first = datetime.fromisoformat(notice["effective_at"])
    last = first - timedelta(days=1)
    words = f"公示期到{last.year}年{last.month}月{last.day}日"
    asked = {"certificate": "company-seal", "number": "3799990000011"}
    pages = [
        check, await restaurant.get(f"/declare/done/{id}"), await restaurant.get(f"/notices/{id}"),
        await restaurant.post("/verify", data=asked),
    ]  # fmt: skip

    for page in pages:
        assert words in page.text
        assert "含当日" in page.text
        assert f"{first.day}日 00:00" not in page.text


async def test_the_matter_is_shown_where_it_is_promised(restaurant: httpx.AsyncClient) -> None:
    check = await submitted(restaurant, FOOD | {"at": "loss", "to": "check"})
    assert "地区、事项" in check.text
    assert "食品经营许可证补办" in check.text
    id = await published(restaurant)

    assert "食品经营许可证补办" in (await restaurant.get(f"/notices/{id}")).text


async def test_what_is_declared_elsewhere_is_found_with_where(client: httpx.AsyncClient) -> None:
    page = await client.get("/declare?find=我的身份证")
    assert "身份证不在这里声明，请找公安派出所。" in page.text
    plain = await client.get("/declare")

    for each in wording.NOT_HERE:
        assert each.office.zh in plain.text


async def test_the_summary_says_the_questions_own_words(restaurant: httpx.AsyncClient) -> None:
    check = await submitted(restaurant, FOOD | {"at": "loss", "to": "check"})
    id = fields(check)["draft"]
    asked = "".join(
        [
            (await restaurant.get(f"/declare/{step}/{id}")).text
            for step in ("certificate", "matter", "number", "loss")
        ]
    )
    labels = re.findall(r"<dt>(.+?)</dt>", check.text.split("您填写的内容")[1])

    assert len(labels) >= 12
    for label in labels:
        assert label.replace("（不公开）", "") in asked
