"""Regions of the whole country by GB/T 2260, former ones among them, and a city's own."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from notices.facts import regions
from notices.facts.places import meant

CHINA = regions.load()


def test_the_own_province_has_its_16_cities_and_136_counties_in_force() -> None:
    cities = CHINA.cities("370000")
    counties = [code for city in cities for code in CHINA.counties(city)]

    assert len(cities) == 16
    assert len(counties) == 136


def test_there_are_34_provinces_and_333_cities_in_force() -> None:
    heads = CHINA.heads()

    assert sum(code.endswith("0000") for code in heads) == 34
    assert sum(not code.endswith("0000") for code in heads) == 333


def test_every_code_has_six_digits_and_lies_in_a_known_province() -> None:
    for code in CHINA.names:
        assert re.fullmatch(r"[1-8][0-9]{5}", code)
        assert CHINA.known(code[:2] + "0000")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("370705", "山东省潍坊市奎文区"),
        ("370700", "山东省潍坊市"),
        ("370000", "山东省"),
        ("110000", "北京市"),
        ("110105", "北京市朝阳区"),
        ("410100", "河南省郑州市"),
        ("500101", "重庆市万州区"),
        ("500229", "重庆市城口县"),
        ("469001", "海南省五指山市"),
        ("429004", "湖北省仙桃市"),
        ("659001", "新疆维吾尔自治区石河子市"),
        ("441900", "广东省东莞市"),
        ("222401", "吉林省延边朝鲜族自治州延吉市"),
        ("540581", "西藏自治区山南市错那市"),
        ("710000", "台湾省"),
        ("810000", "香港特别行政区"),
        ("820000", "澳门特别行政区"),
        ("110100", "北京市市辖区"),
    ],
)
def test_a_region_in_force_is_named_with_those_around_it(code: str, name: str) -> None:
    assert CHINA.name(code) == name
    assert code not in CHINA.former


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("371200", "山东省莱芜市"),
        ("371202", "山东省莱芜市莱城区"),
        ("371203", "山东省莱芜市钢城区"),
        ("370181", "山东省济南市章丘市"),
        ("370125", "山东省济南市济阳县"),
        ("370684", "山东省烟台市蓬莱市"),
        ("371523", "山东省聊城市茌平县"),
        ("372200", "山东省潍坊地区"),
        ("372201", "山东省潍坊地区潍坊市"),
        ("379004", "山东省莱芜市"),
        ("110103", "北京市崇文区"),
        ("110104", "北京市宣武区"),
        ("310103", "上海市卢湾区"),
        ("330103", "浙江省杭州市下城区"),
        ("341400", "安徽省巢湖市"),
        ("410381", "河南省洛阳市偃师市"),
        ("510200", "四川省重庆市"),
        ("540422", "西藏自治区林芝市米林县"),
        ("152100", "内蒙古自治区呼伦贝尔盟"),
        ("370701", "山东省潍坊市市辖区"),
    ],
)
def test_a_former_region_is_known_by_its_last_name(code: str, name: str) -> None:
    assert CHINA.name(code) == name
    assert CHINA.known(code)
    assert code in CHINA.former


def test_lists_offer_neither_former_regions_nor_codes_that_are_no_places() -> None:
    assert "371200" not in CHINA.cities("370000")
    assert "370701" not in CHINA.counties("370700")
    assert "110100" not in CHINA.cities("110000")
    assert CHINA.cities("650000").keys().isdisjoint({"659000"})


def test_counties_of_no_city_stand_under_their_province() -> None:
    assert "110105" in CHINA.direct("110000")
    assert CHINA.direct("410000") == {"419001": "济源市"}
    assert "659001" in CHINA.direct("650000")
    assert CHINA.direct("370000") == {}
    assert "110103" not in CHINA.direct("110000")


def test_every_county_in_force_is_offered_in_some_list() -> None:
    offered = set(CHINA.heads())
    for code in CHINA.heads():
        offered |= CHINA.direct(code).keys() if code.endswith("0000") else set()
        offered |= CHINA.counties(code).keys()

    in_force = {code for code in CHINA.names if code not in CHINA.former}
    assert {CHINA.short(code) for code in in_force - offered} <= regions.GROUPINGS


def test_a_region_has_a_short_name_of_its_own() -> None:
    assert CHINA.short("370705") == "奎文区"
    assert CHINA.counties("370700")["370781"] == "青州市"


@pytest.mark.parametrize(
    "code",
    [
        "",
        "37",
        "3707",
        "370799",
        "370772",
        "370791",
        "379999",
        "990000",
        "370705\n",
        "三",
        "３７０７０５",
    ],
)
def test_what_the_standard_never_numbered_is_not_known(code: str) -> None:
    assert not CHINA.known(code)
    assert CHINA.name(code) is None
    assert CHINA.short(code) is None


@pytest.mark.parametrize("code", ["37", "3707", "370705", "11", "4101", "371202", "3712", "3790"])
def test_a_whole_code_and_its_first_2_or_4_digits_cover_something(code: str) -> None:
    assert CHINA.covers(code)


@pytest.mark.parametrize("code", ["", "3", "370", "37070", "99", "3799", "370799", "3707050"])
def test_other_beginnings_of_a_code_cover_nothing(code: str) -> None:
    assert not CHINA.covers(code)


def test_seven_thousand_regions_are_read_within_a_tenth_of_a_second() -> None:
    regions._standard.cache_clear()
    began = time.process_time()
    loaded = regions.load()

    assert len(loaded.names) > 6_500
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("410100", ["河南省郑州市"]),
        ("４１０１００", ["河南省郑州市"]),
        ("郑州市（410100）", ["河南省郑州市"]),
        ("河南省郑州市", ["河南省郑州市"]),
        ("河南郑州", ["河南省郑州市"]),
        ("河南 郑州", ["河南省郑州市"]),
        ("郑州", ["河南省郑州市"]),
        ("郑州市金水区", ["河南省郑州市金水区"]),
        ("北京", ["北京市"]),
        ("北京市朝阳区", ["北京市朝阳区"]),
        ("北京朝阳", ["北京市朝阳区"]),
        ("长春朝阳区", ["吉林省长春市朝阳区"]),
        ("朝阳区", ["北京市朝阳区", "吉林省长春市朝阳区"]),
        ("莱城区", ["山东省莱芜市莱城区"]),
        ("崇文区", ["北京市崇文区"]),
        ("黔东南", ["贵州省黔东南苗族侗族自治州"]),
        ("内蒙古", ["内蒙古自治区"]),
        ("新疆", ["新疆维吾尔自治区"]),
        ("香港", ["香港特别行政区"]),
        ("四川重庆", ["四川省重庆市"]),
        ("广东省东莞市", ["广东省东莞市"]),
        ("重庆", ["重庆市"]),
        ("山东莱芜市", ["山东省莱芜市", "山东省泰安地区莱芜市", "山东省莱芜市"]),
        ("鄭州市", ["河南省郑州市"]),
        ("⻘州市", ["山东省潍坊市青州市"]),
        ("和平", ["天津市和平区", "辽宁省沈阳市和平区", "广东省河源市和平县"]),
        ("州", []), ("市", []), ("", []), ("亚特兰蒂斯", []), ("999999", []), ("4101", []),
    ],
)  # fmt: skip
def test_a_region_is_found_by_its_code_or_by_as_much_of_its_name_as_people_write(
    text: str, names: list[str]
) -> None:
    assert [CHINA.name(code) for code in meant(text, CHINA)] == names


OWN = {"regions": {"370791": "潍坊高新技术产业开发区", "370792": "潍坊滨海经济技术开发区"}}


def written(folder: Path, data: Any) -> Path:
    path = folder / "regions.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return path


def test_a_citys_own_file_adds_development_zones(tmp_path: Path) -> None:
    own = regions.load(written(tmp_path, OWN))

    assert own.name("370791") == "山东省潍坊市潍坊高新技术产业开发区"
    assert own.counties("370700")["370792"] == "潍坊滨海经济技术开发区"
    assert own.covers("370791")
    assert own.known("410100")
    assert not CHINA.known("370791")
    assert meant("潍坊高新技术产业开发区", own) == ["370791"]


def test_a_citys_own_file_renames_ends_and_revives_regions(tmp_path: Path) -> None:
    data = {
        "source": "民政局，2026-11",
        "regions": {"371202": "莱城区", "370705": "新奎文区"},
        "former": {"370702": "潍城区"},
    }
    own = regions.load(written(tmp_path, data))

    assert own.short("370705") == "新奎文区"
    assert "371202" in own.counties("371200")
    assert "370702" not in own.counties("370700")
    assert own.known("370702")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("[]", "has to be an object"),
        ("{", "is not JSON"),
        ("\x00", "is not JSON"),
        ("{}", "names no region"),
        ({"regions": {}}, "names no region"),
        ({"regions": []}, "names no region"),
        ({"regions": ["370791"]}, "has to be an object from codes to names"),
        ({"370791": "高新区"}, "370791: unknown"),
        ({"regions": {"37079": "高新区"}}, "regions.37079: a code has six digits"),
        ({"regions": {"３７０７９１": "高新区"}}, "a code has six digits"),
        ({"regions": {"3707910": "高新区"}}, "a code has six digits"),
        ({"regions": {"990791": "高新区"}}, "no province has 99"),
        ({"regions": {"370791": ""}}, "own name is missing"),
        ({"regions": {"370791": 1}}, "own name is missing"),
        ({"regions": {"370791": None}}, "own name is missing"),
        ({"regions": {"370791": " 高新区"}}, "no space around"),
        ({"regions": {"370791": "高新区\n"}}, "no space around"),
        ({"regions": {"370791": "高\u202e新区"}}, "nothing invisible"),
        ({"regions": {"370791": "区" * 41}}, "at most 40 characters"),
        ({"regions": {"370791": "甲区"}, "former": {"370791": "乙区"}}, "stands among regions too"),
        ('{"regions": {"370791": "甲区", "370791": "乙区"}}', "370791 stands there twice"),
    ],
)
def test_a_citys_own_file_that_is_wrong_is_refused_in_clear_words(
    tmp_path: Path, data: Any, said: str
) -> None:
    path = written(tmp_path, data)

    with pytest.raises(regions.RegionsError, match=re.escape(said)) as refused:
        regions.load(path)
    assert str(path) in str(refused.value)


def test_a_citys_own_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(regions.RegionsError, match="cannot be read"):
        regions.load(tmp_path / "none.json")
