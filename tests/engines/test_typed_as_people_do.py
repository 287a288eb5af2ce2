"""The pages of a declaration take days, regions and telephones as people type them."""

import re

import httpx
import pytest

from notices.facts import regions
from tests.api import declaration
from tests.engines.test_pages import FOOD, fields, publish, published
from tests.stepping import arrived, kept, submitted

CHINA = regions.load()


async def asked(client: httpx.AsyncClient, to: str = "check", **changes: str) -> httpx.Response:
    at = {"check": "loss", "loss": "number", "number": "number"}[to]
    return await submitted(client, FOOD | changes | {"at": at, "to": to})


def shown(page: httpx.Response, name: str) -> str:
    """What stands in the field `name` of a page."""
    [tag] = re.findall(rf'<input[^>]*\bname="{re.escape(name)}"[^>]*>', page.text)
    [value] = re.findall(r'\bvalue="([^"]*)"', tag)
    return str(value)


@pytest.mark.parametrize(
    "typed", ["2020年5月1日", "2020/5/1", "2020.5.1", "2020-5-1", "20200501", "二○二○年五月一日"]
)
async def test_a_day_is_carried_on_as_the_register_writes_it(
    restaurant: httpx.AsyncClient, typed: str
) -> None:
    page = await asked(restaurant, issued_on=typed)

    assert page.status_code == 200, page.text
    assert (await kept(restaurant, fields(page)))["issued_on"] == "2020-05-01"
    assert "2020年05月01日" in page.text


async def test_what_was_typed_as_days_is_published(restaurant: httpx.AsyncClient) -> None:
    answer = await publish(restaurant, issued_on="２０２０年５月１日", lost_on="2020.12.3")

    id = answer.headers["location"].rpartition("/")[2]
    notice = (await restaurant.get(f"/api/v1/notices/{id}")).json()
    assert (notice["issued_on"], notice["lost_on"]) == ("2020-05-01", "2020-12-03")


@pytest.mark.parametrize("typed", ["2020-13-1", "5/1/2020", "2020年5月", "去年"])
async def test_what_is_no_day_is_told_so_and_shown_again(
    restaurant: httpx.AsyncClient, typed: str
) -> None:
    page = await asked(restaurant, "loss", issued_on=typed)

    assert page.status_code == 422
    assert "请填写真实的日期" in page.text
    assert shown(page, "issued_on") == typed


async def test_a_correction_takes_days_as_they_are_typed(restaurant: httpx.AsyncClient) -> None:
    id = await published(restaurant)
    filled = {"issuer": FOOD["issuer"], "issued_on": "2020年5月2日", "lost_on": "2026.11.1"}
    wrong = await restaurant.post(f"/notices/{id}/correct", data=filled | {"lost_on": "11月1日"})
    wrong = await arrived(restaurant, wrong)
    right = await restaurant.post(f"/notices/{id}/correct", data=filled)

    assert (wrong.status_code, shown(wrong, "lost_on")) == (422, "11月1日")
    assert right.status_code == 303
    notice = (await restaurant.get(f"/api/v1/notices/{id}")).json()
    assert (notice["issued_on"], notice["lost_on"]) == ("2020-05-02", "2026-11-01")


async def test_the_interface_for_programs_takes_iso_dates_alone(
    restaurant: httpx.AsyncClient,
) -> None:
    answer = await restaurant.post("/api/v1/notices", json=declaration(issued_on="2020年5月1日"))

    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == ["date_format"]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("410100", "河南省郑州市"),
        ("郑州", "河南省郑州市"),
        ("北京市朝阳区", "北京市朝阳区"),
        ("371202", "山东省莱芜市莱城区"),
        ("莱城区", "山东省莱芜市莱城区"),
    ],
)
async def test_a_region_elsewhere_is_named_and_stays_chosen(
    restaurant: httpx.AsyncClient, typed: str, name: str
) -> None:
    page = await asked(restaurant, region_named=typed)
    back = await submitted(restaurant, fields(page) | {"to": "number"})

    assert page.status_code == 200, page.text
    assert CHINA.name((await kept(restaurant, fields(page)))["region"]) == name
    assert name in page.text
    assert f"selected>{name}</option>" in back.text


async def test_a_name_of_several_regions_is_asked_back(restaurant: httpx.AsyncClient) -> None:
    page = await asked(restaurant, "loss", region="", region_named="朝阳区")
    picked = await asked(restaurant, "loss", region_named="朝阳区", region_meant="220104")

    assert page.status_code == 422
    assert shown(page, "region_named") == "朝阳区"
    assert {"110105", "220104"} == set(re.findall(r'name="region_meant" value="(\d+)"', page.text))
    assert picked.status_code == 200
    assert (await kept(restaurant, fields(picked)))["region"] == "220104"


@pytest.mark.parametrize("typed", ["亚特兰蒂斯", "999999", "<b>", '"'])
async def test_a_region_that_does_not_exist_is_told_so_and_shown_again(
    restaurant: httpx.AsyncClient, typed: str
) -> None:
    page = await asked(restaurant, "loss", region="", region_named=typed)

    assert page.status_code == 422
    assert "没有找到这个地区" in page.text
    assert re.search(r'name="region_named"[^>]*value="[^"]+"', page.text)
    assert "<b>" not in page.text


async def test_the_page_offers_the_own_province_and_the_heads_of_all_others(
    restaurant: httpx.AsyncClient,
) -> None:
    page = await asked(restaurant, "number")

    options = re.findall(r'<option value="(\d{6})"', page.text)
    places = re.findall(r'<option value="(\D[^"]*)">', page.text)
    assert 150 < len(options) < 170
    assert "371200" not in options
    assert {"河南省", "河南省郑州市", "北京市"} <= set(places)
    assert len(page.content) < 64 * 1024


async def test_a_search_takes_codes_of_all_provinces_and_their_beginnings(
    client: httpx.AsyncClient,
) -> None:
    found = {
        region: (await client.get("/api/v1/notices", params={"region": region})).status_code
        for region in ("11", "4101", "371202", "3712", "3790", "810000", "99", "370799", "371")
    }

    assert [region for region, status in found.items() if status == 400] == ["99", "370799", "371"]
    assert [region for region, status in found.items() if status == 200] == [*found][:6]


@pytest.mark.parametrize("region", ["110000", "410100", "371202", "810000"])
async def test_an_issuer_anywhere_in_the_country_can_be_declared(
    restaurant: httpx.AsyncClient, region: str
) -> None:
    id = await published(restaurant, region=region)
    page = await restaurant.get(f"/notices/{id}")

    assert CHINA.name(region) in page.text
