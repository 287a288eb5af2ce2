"""What a typed query is taken for, and that nothing typed reaches the filter language."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.lookup import Lookup, Understood, filters, found, queries, quoted, understand


def test_words_and_numbers_of_a_query_are_told_apart() -> None:
    understood = understand("食品经营 奎文，梅思 00012345")

    assert understood.numbers == ("00012345",)
    assert set(understood.words) == {"食品经营", "奎文", "梅思"}


@pytest.mark.parametrize(
    "typed",
    ["鲁(2020)潍坊市奎文区不动产权第0012345号", "鲁（2020）潍坊市奎文区不动产权 0012345"],
)
def test_a_number_in_any_of_its_forms_is_one_whole_number(typed: str) -> None:
    assert understand(typed).whole == ("鲁2020潍坊市奎文区不动产权0012345",)


def test_digits_glued_to_han_are_a_number_and_a_word() -> None:
    understood = understand("食品经营许可证JY13799990000011号")

    assert understood.numbers == ("JY13799990000011",)
    assert understood.beside == ("食品经营许可证",)
    assert queries("i", Lookup(q=understood), 0)[2]["q"] == "食 品 经 营 许 可 证"


def test_the_end_of_an_organisations_code_is_a_number() -> None:
    assert understand("梅思 aw4xrr9a").numbers == ("AW4XRR9A",)


def test_a_few_digits_are_part_of_a_name() -> None:
    assert understand("360科技") == Understood(whole=("360科技",), words=("360科技",))


@pytest.mark.parametrize("typed", ["!", "（）【】", '"', "——", "\u200f", "😀", "''\"\"()"])
def test_punctuation_alone_finds_nothing(typed: str) -> None:
    understood = understand(typed)

    assert understood.nothing
    assert queries("i", Lookup(q=understood), 0) == []


@pytest.mark.parametrize("typed", ["", "  ", "\t"])
def test_an_empty_query_asks_for_everything(typed: str) -> None:
    asked = queries("i", Lookup(q=understand(typed)), 0)

    assert [one["q"] for one in asked] == ["", ""]
    assert asked[0]["filter"] == []


def test_whole_numbers_are_asked_first_and_without_words() -> None:
    asked = queries("i", Lookup(q=understand("JY13799990000011", ["X1"])), 0)

    assert asked[0]["q"] == "JY13799990000011"
    assert asked[0]["filter"] == ['numbers IN ["JY13799990000011", "X1"]']
    assert len(asked) == 4


def test_every_word_is_a_phrase_and_all_of_them_count() -> None:
    asked = queries("i", Lookup(q=understand('梅思 "餐饮店')), 0)

    assert asked[0]["q"] == '"餐 饮 店" "梅 思"'
    assert {one["matchingStrategy"] for one in asked} == {"all"}


def test_a_region_is_meant_by_as_many_digits_as_were_given() -> None:
    assert filters(Lookup(region="37"), 0) == ['region2 = "37"']
    assert filters(Lookup(region="3707"), 0) == ['region4 = "3707"']
    assert filters(Lookup(region="370705"), 0) == ['region = "370705"']


def test_declared_and_invalid_are_told_apart_by_the_clock() -> None:
    assert filters(Lookup(status="declared"), 5) == ["state = void", "effective_at > 5.000"]
    assert filters(Lookup(status="invalid"), 5) == ["state = void", "effective_at <= 5.000"]
    assert filters(Lookup(status="replaced"), 5) == ['state = "replaced"']


def test_all_filters_are_conditions_of_their_own() -> None:
    lookup = Lookup(certificate="a", matter="b", year=2026, published_from=1, published_before=2)

    assert filters(lookup, 0) == [
        'certificate = "a"',
        'matter = "b"',
        "year = 2026",
        "published_at >= 1",
        "published_at < 2",
    ]


@given(st.text())
def test_a_quoted_value_ends_where_it_should(value: str) -> None:
    inner = quoted(value)[1:-1]

    assert inner.replace("\\\\", "").replace('\\"', "").count('"') == 0
    assert not inner.replace("\\\\", "").endswith("\\")


@given(st.text(max_size=300))
def test_whatever_is_typed_makes_questions_of_letters_digits_and_our_own_signs(q: str) -> None:
    for one in queries("i", Lookup(q=understand(q)), 0):
        assert all(sign.isalnum() or sign in ' "' for sign in one["q"])
        assert one["q"].count('"') % 2 == 0
        for condition in one["filter"][:-2]:
            assert condition.count('"') % 2 == 0


def answer(states: dict[str, int], running: int, ids: list[str]) -> list[dict[str, Any]]:
    spread = {"certificate": {"c": 1}, "region": {}, "year": {"2026": 1}, "state": states}
    return [
        {"hits": [{"id": id} for id in ids], "facetDistribution": spread},
        {"hits": [], "facetDistribution": {"state": {"void": running} if running else {}}},
    ]


def test_the_void_are_split_into_declared_and_invalid() -> None:
    result = found(answer({"void": 5, "reinstated": 2}, 3, ["1"]))

    assert result.total == 7
    assert result.facets["status"] == {"declared": 3, "invalid": 2, "reinstated": 2}
    assert result.facets["year"] == {"2026": 1}


def test_the_first_question_with_a_hit_answers() -> None:
    result = found(answer({}, 0, []) + answer({"void": 1}, 0, ["2"]))

    assert result.ids == ["2"]
    assert found(answer({}, 0, [])).total == 0
