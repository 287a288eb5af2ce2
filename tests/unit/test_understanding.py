"""What a typed query is taken for, and the other ways in which it may be meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.understanding import Understood, compact, understand
from search.vocabulary import Vocabulary
from search.ways import apart, as_sounds, near, steps

NAMES = frozenset(map(compact, ("食品经营许可证", "奎文区", "奎文", "潍坊市奎文区")))
KNOWN = Vocabulary(
    names=NAMES, kinds={"食品经营许可证": "food", "房产证": "title"}, labels=("许可证编号",)
)


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


@pytest.mark.parametrize(
    ("typed", "form", "certificate"),
    [
        ("编号：JY13799990000011", "JY13799990000011", None),
        ("NO.JY13799990000011", "JY13799990000011", None),
        ("№ JY13799990000011", "JY13799990000011", None),
        ("许可证编号:JY13799990000011（副本）", "JY13799990000011", None),
        ("JY13799990000011遗失", "JY13799990000011", None),
        ("统一社会信用代码：92379999MA0000023B", "92379999MA0000023B", None),
        ("声明编号 3707-0001-9995-97", "37070001999597", None),
        ("https://a.example/notices/37070001999597?lang=en", "37070001999597", None),
        ("食品经营许可证JY13799990000011号", "JY13799990000011", "food"),
        ("JY13799990000011 食品经营许可证", "JY13799990000011", "food"),
        ("食品经营许可证（副本）许可证编号：JY13799990000011", "JY13799990000011", "food"),
    ],
)
def test_a_number_is_seen_with_what_people_write_around_it(
    typed: str, form: str, certificate: str | None
) -> None:
    ways = next(steps(understand(typed, KNOWN), KNOWN))

    assert (form, certificate) in [
        ((way.whole or way.numbers)[-1], way.certificate) for way in ways
    ]


def test_a_name_with_few_digits_is_no_number_of_a_certificate() -> None:
    [typed] = next(steps(understand("食品经营许可证360科技", KNOWN), KNOWN))

    assert (typed.whole, typed.certificate) == (("食品经营许可证360科技",), None)


def test_labels_are_no_words_where_there_is_a_number_and_words_where_there_is_none() -> None:
    with_number = understand("青州市金丰城饭店（统一社会信用代码：92370799MAYRDU495P）编号", KNOWN)

    assert with_number.numbers == ("92370799MAYRDU495P",)
    assert understand("梅思 副本 12345678", KNOWN).words == ("梅思",)
    assert understand("梅思 副本", KNOWN).words == ("梅思", "副本")


def test_words_beyond_those_that_are_looked_at_are_said_to_be_left_out() -> None:
    meant = understand("一 二 三 四 五 六 七 八 九 十 一 二 龙 凤")

    assert meant.words == tuple("一二三四五六七八九十")
    assert meant.ignored == ("龙", "凤")


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
        ("餐饮meisi", [("mei si",), ("m e i s i",)]),
    ],
)
def test_latin_words_may_be_pinyin_or_initials(typed: str, readings: list[tuple[str, ...]]) -> None:
    assert [way.sounds for way in as_sounds(understand(typed))] == readings


def test_other_words_stay_beside_pinyin() -> None:
    [first, *_] = as_sounds(understand("meisi 餐饮"))

    assert (first.sounds, first.words) == (("mei si",), ("餐饮",))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("fangchanzheng", ()),
        ("fang chan zheng", ()),
        ("FCZ 老街", ("老街",)),
        ("老街fcz", ("老街",)),
        ("fcz jie", ("jie",)),
    ],
)
def test_a_certificate_is_known_by_how_its_names_sound(typed: str, words: tuple[str, ...]) -> None:
    ways = [way for step in steps(understand(typed, KNOWN), KNOWN) for way in step]

    assert next(way.words for way in ways if way.certificate == "title") == words


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


@pytest.mark.parametrize("typed", ["梅思店", "abcd", "12345678", "潍坊梅思餐饮 12345678", ""])
def test_short_words_and_numbers_have_nothing_near(typed: str) -> None:
    assert near(understand(typed)) == []


def test_two_letters_in_the_wrong_order_are_near_and_known_names_are_not_bent() -> None:
    assert ("潍坊梅思",) in [way.words for way in near(understand("潍梅坊思"))]
    assert near(understand("食品经营许可证"), NAMES) == []


@given(st.text(max_size=100))
def test_nothing_typed_makes_understanding_fail(q: str) -> None:
    meant = understand(q)

    assert isinstance(meant, Understood)
    apart(meant, NAMES)
    assert len(as_sounds(meant)) <= 7
    assert all(way.words for way in near(meant))
    assert all(isinstance(way, Understood) for step in steps(meant, KNOWN) for way in step)
