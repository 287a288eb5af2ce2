"""What a typed query is taken for, and the other ways in which it may be meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.understanding import Understood, apart, as_sounds, compact, near, understand

NAMES = frozenset(map(compact, ("食品经营许可证", "奎文区", "奎文", "潍坊市奎文区")))


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


def test_the_end_of_an_organisations_code_is_a_number() -> None:
    assert understand("梅思 aw4xrr9a").numbers == ("AW4XRR9A",)


def test_a_few_digits_are_part_of_a_name() -> None:
    assert understand("360科技") == Understood(whole=("360科技",), words=("360科技",))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("奎文区梅思", ("奎文区", "梅思")),
        ("梅思奎文", ("梅思", "奎文")),
        ("潍坊市奎文区梅思食品经营许可证", ("潍坊市奎文区", "梅思", "食品经营许可证")),
        ("食品經營許可證 梅思", None),
    ],
)
def test_words_run_together_are_cut_at_known_names(
    typed: str, words: tuple[str, ...] | None
) -> None:
    found = apart(understand(typed), NAMES)

    assert (found and found.words) == words


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("meisi", [("mei si",), ("m e i s i",)]),
        ("mei si", [("mei si",), ("mei", "si"), ("mei", "s i"), ("m e i", "si"), ("m e i", "s i")]),
        (
            "shi shi",
            [("shi shi",), ("shi", "shi"), ("shi", "s h i"), ("s h i", "shi"), ("s h i", "s h i")],
        ),
        ("WFMS", [("w f m s",)]),
        ("xi'an", [("xian",), ("xi an",), ("x i a n",)]),
        ("lüyou", [("lv you",), ("l v y o u",)]),
    ],
)
def test_latin_words_may_be_pinyin_or_initials(typed: str, readings: list[tuple[str, ...]]) -> None:
    assert [way.sounds for way in as_sounds(understand(typed))] == readings


def test_other_words_stay_beside_pinyin() -> None:
    [first, *_] = as_sounds(understand("meisi 餐饮"))

    assert (first.sounds, first.words) == (("mei si",), ("餐饮",))


@pytest.mark.parametrize("typed", ["梅思", "食品经营 奎文", "JY13799990000011", "x", ""])
def test_no_pinyin_is_seen_where_there_is_none(typed: str) -> None:
    assert as_sounds(understand(typed)) == []


@given(st.text("潍坊梅思餐饮店", min_size=4, max_size=20), st.data())
def test_one_letter_wrong_too_many_or_too_few_is_met_by_a_near_way(
    name: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    for typed in (
        name[:place] + "某" + name[place + 1 :],
        name[:place] + "某" + name[place:],
        name[:place] + name[place + 1 :],
    ):
        if len(typed) >= 4:
            assert any(
                all(part in name for part in way.words)
                and sum(map(len, way.words)) >= len(typed) - 1
                for way in near(understand(typed))
            ), typed


@pytest.mark.parametrize("typed", ["梅思店", "abcd", "12345678", ""])
def test_short_words_and_numbers_have_nothing_near(typed: str) -> None:
    assert near(understand(typed)) == []


@given(st.text(max_size=100))
def test_nothing_typed_makes_understanding_fail(q: str) -> None:
    meant = understand(q)

    assert isinstance(meant, Understood)
    apart(meant, NAMES)
    assert len(as_sounds(meant)) <= 7
    assert all(way.words for way in near(meant))
