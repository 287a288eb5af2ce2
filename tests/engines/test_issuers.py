"""Which text may be published as an issuer: every real office, and no billboard."""

import json
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices import agencies
from notices.database import DB
from notices.facts import issuers
from notices.facts.catalogue import load
from notices.facts.errors import Invalid
from tests.declared import FOOD, SHANDONG, problems
from tests.owning import owned
from tests.stepping import arrived, submitted

CATALOGUE = load()

OFFICES = (Path(__file__).parents[1] / "data" / "offices.txt").read_text("utf-8").split()
"""Names of real kinds of offices, of today and of former times."""

BILLBOARDS = (
    "379999/19880312/0137", "三七九九九九一九八八〇三一二〇一三七", "138/1234/5678",
    "138|1234|5678局", "some.one@example.com", "some＠example。com公安局",
    "6222 0000 0000 0000 000", "6222-0000-0000-0000局", "卡号六二二二〇〇〇〇〇〇〇〇",
    "微信 abc12345", "加V：abcd局", "QQ 800000 公安局", "扣扣八零零零零零零局",
    "www.example.com", "http://example.com/公安局", "example点com局", "0536-8000000",
    "（0536）8000000办公室", "潍坊市公安局电话05368000000", "一三八零零零零零零零零公安局",
    "壹叁捌零零零零零零零零局", "幺三八洞洞洞洞洞洞洞洞局", "①③⑧⓪⓪⓪⓪⓪⓪⓪⓪局",
    "１３８００００００００局", "١٣٨٠٠٠٠٠٠٠٠局", "1局3局8局0局0局0局0局0局0局0局0局",
    "一局三局八局零局零局零局零局零局", "张三欠钱不还法院", "某某黑心老板还我血汗钱人民法院",
    "高价回收烟酒请来电公司", "本店全场优惠促销公司", "网贷放款秒批中心", "ABCDEFG局",
    "加微信办理公安局", "Buy now", "★★★特价★★★", "出生于一九八八年三月十二日", "籍贯山东",
    "住潍坊市奎文区某路1号", "身份证379999 19880312 0137", "E12345678", "護照E12345678局",
    "某" * 81 + "局", "二〇二六", "某某店", "张三", "潍坊市", "какой-то офис", "ཀ་ཁ局",
    "اداره", "局" + "🙂", "<b>局</b>", "局\u3002电", "某局：13800000000", "㊂㊆㊈㊈㊈㊈局",
    "⼀三八零零零零零零零零局", "陸陸陸陸陸陸陸局",
)  # fmt: skip


@pytest.mark.parametrize("name", OFFICES)
def test_the_name_of_an_office_passes(name: str) -> None:
    assert issuers.is_office(name)
    assert problems(FOOD | {"issuer": name}) == set()


def test_there_are_enough_of_them() -> None:
    assert len(set(OFFICES)) >= 200
    assert len(BILLBOARDS) >= 50


@pytest.mark.parametrize("text", BILLBOARDS)
def test_a_billboard_does_not(text: str) -> None:
    codes = {code for field, code in problems(FOOD | {"issuer": text}) if field == "issuer"}

    assert len(codes) == 1
    assert codes <= {"issuer_unusual", "personal_number", "emoji"}


@pytest.mark.parametrize(
    "name",
    ["潍坊市 奎文区　行政审批服务局", "潍坊市公安局（治安）", "市场监管局 / 行政审批服务局",
     "潍坊市公安局（盖章）", "\u200b某局", "坊\U00031350局", "⻘州市公安局"],
)  # fmt: skip
def test_spaces_brackets_and_rare_characters_make_no_other_name(name: str) -> None:
    assert issuers.is_office(name)


def test_every_office_that_is_offered_passes() -> None:
    for certificate in CATALOGUE.certificates.values():
        for region in ("370700", "370705", "370000", "110000", "110105", "419001", "652301"):
            found = issuers.offered(certificate.issuing_department.zh, SHANDONG, region)

            assert 1 <= len(found) <= 80
            assert all(map(issuers.is_office, found))
            assert not any("市辖区" in name for name in found)


def test_what_is_offered_follows_certificate_and_region() -> None:
    food, lawyer, seal = (
        CATALOGUE.certificates[id].issuing_department.zh
        for id in ("food-operation-license", "lawyer-practice-certificate", "company-seal")
    )

    assert issuers.offered(food, SHANDONG, "370705")[:2] == [
        "潍坊市奎文区市场监督管理局", "潍坊市奎文区行政审批服务局",
    ]  # fmt: skip
    assert "青州市市场监督管理局" in issuers.offered(food, SHANDONG, "370700")
    assert "山东省司法厅" in issuers.offered(lawyer, SHANDONG, "370705")
    assert issuers.offered(seal, SHANDONG, "110105") == ["北京市朝阳区公安局"]
    assert issuers.offered(seal, SHANDONG, "370000")[0] == "山东省公安厅"
    assert issuers.offered(food, SHANDONG, "nothing") == []


def test_what_a_citys_catalogue_calls_an_issuer_passes_whatever_it_looks_like() -> None:
    assert not issuers.is_office("某某一站式")
    assert issuers.passes("某某一站式", ["某某一站式"])


@given(st.text(max_size=40))
def test_no_text_is_too_odd_to_be_judged(text: str) -> None:
    if issuers.is_office(text):
        assert sum(character.isdigit() for character in text) <= issuers.MOST_DIGITS


@given(st.text("一三八零〇0123456789幺壹①٣ -/.·局", min_size=12, max_size=40))
def test_no_run_of_digits_in_any_script_passes(text: str) -> None:
    digits = sum(character not in " -/.·局" for character in text)

    assert not (digits > issuers.MOST_DIGITS and issuers.is_office(text + "公安局"))


@pytest.mark.parametrize(
    "text",
    ["鲁G12345", "鲁GD12345", "鲁G1234挂", "12345678", "No.12345678", "鲁 G·12345", "使224578",
     "WJ鲁1234", "粤Z1234港", "京QQ1234", "鲁GUWX1J", "无"],
)  # fmt: skip
def test_plates_and_serial_numbers_pass(text: str) -> None:
    assert issuers.is_plain_detail(text)


LONG = [each for each in BILLBOARDS if sum(map(issuers.is_digit, each)) > 10 or "com" in each]


@pytest.mark.parametrize("text", [*LONG, "加微信abc123", "某" * 41])
def test_a_billboard_is_no_detail_either(text: str) -> None:
    assert not issuers.is_plain_detail(text)


def test_the_public_catalogue_names_departments_that_pass() -> None:
    data = json.loads((Path(issuers.__file__).parent / "data" / "catalogue.json").read_text())
    for matter in data["matters"]:
        assert list(issuers.departments_of(matter["department"])), matter["department"]


async def test_issuers_are_offered_while_one_is_typed(restaurant: httpx.AsyncClient) -> None:
    draft = {"certificate": "food-operation-license", "at": "matter", "to": "number"}

    page = await submitted(restaurant, draft)
    there = await submitted(restaurant, draft | {"region": "410105"})

    assert 'list="issuer-list"' in page.text
    assert '<option value="青州市市场监督管理局">' in page.text
    assert '<option value="郑州市金水区行政审批服务局">' in there.text
    assert "青州市市场监督管理局" not in there.text


async def test_an_issuer_of_before_stays_when_something_else_is_corrected(
    restaurant: httpx.AsyncClient,
) -> None:
    id = (await restaurant.post("/api/v1/notices", json=FOOD)).json()["id"]
    old = "试样一站式"
    await DB.fetch(
        "UPDATE notice SET form = jsonb_set(form, '{issuer}', to_jsonb($2::text)) WHERE id = $1",
        id, old,
    )  # fmt: skip
    filled = {"issuer": old, "issued_on": "2020-05-01", "lost_on": "2026-11-02"}

    page = await restaurant.get(f"/notices/{id}/correct")
    other = await restaurant.post(f"/notices/{id}/correct", data=filled | {"issuer": "另一站式"})
    other = await arrived(restaurant, other)
    same = await restaurant.post(f"/notices/{id}/correct", data=filled)

    assert '<option value="潍坊市奎文区市场监督管理局">' in page.text
    assert (other.status_code, same.status_code) == (422, 303)
    assert "这不像一个机关" in other.text


async def test_no_agency_is_added_for_an_issuer_that_no_declaration_could_name(
    database: None,
) -> None:
    with pytest.raises(Invalid) as refused:
        await owned(agencies.add("某某一站式", ["某某一站式"]))

    assert [one.code for one in refused.value.problems] == ["issuer_unusual"]
