"""What a typed query is taken for, and that nothing typed reaches the filter language."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.facts.characters import is_letter
from search.lookup import Attempt, Lookup, Sort, attempts, by_ids, facets, filters, quoted
from search.results import Hit, Result
from search.understanding import understand
from search.vocabulary import Vocabulary

KNOWN = Vocabulary(
    names=frozenset({"食品经营许可证", "奎文区"}),
    kinds={"食品经营许可证": "food-operation-license", "房产证": "real-estate-title"},
    labels=("许可证编号",),
    prefixes=(("transport", re.compile("鲁交运管许可潍(?=[0-9]{12}$)")),),
)


def ways(q: str, **more: Any) -> list[Attempt]:
    lookup = Lookup(q=understand(q, KNOWN), **more)
    return list(attempts("i", lookup, KNOWN, 100))


def asked(q: str, **more: Any) -> list[dict[str, Any]]:
    return [question for way in ways(q, **more) for question in way.questions]


@pytest.mark.parametrize("typed", ["!", "（）【】", '"', "——", "\u200f", "😀", "''\"\"()"])
def test_punctuation_alone_finds_nothing(typed: str) -> None:
    assert understand(typed).nothing
    assert asked(typed) == []


@pytest.mark.parametrize("typed", ["", "  ", "\t"])
def test_an_empty_query_asks_for_everything(typed: str) -> None:
    assert [one["q"] for one in asked(typed)] == [""]
    assert asked(typed)[0]["filter"] == []


def test_whole_numbers_are_asked_first_and_without_words() -> None:
    first, second, sentence, _ = ways("鲁交运管许可潍379999000001")

    assert [one["q"] for one in first.questions] == ["", ""]
    assert [one["filter"] for one in first.questions] == [
        [
            'certificate = "transport"',
            'numbers IN ["鲁交运管许可潍379999000001", "379999000001"]',
        ],
        ['numbers IN ["鲁交运管许可潍379999000001"]'],
    ]
    assert second.questions[0]["filter"] != first.questions[0]["filter"]
    assert "379999000001" in sentence.questions[0]["filter"][0]


def test_the_letters_glued_to_a_number_are_words_beside_it() -> None:
    assert ways("食品经营许可证JY13799990000011号")[1].questions[0]["q"] == "食 品 经 营 许 可 证"


def test_a_certificates_name_with_a_number_asks_for_that_certificates_number() -> None:
    typed, named = ways("食品经营许可证编号：JY1379999000001 1（副本）")[0].questions

    assert typed["filter"] == ['numbers IN ["JY13799990000011"]']
    assert named["filter"] == [
        'certificate = "food-operation-license"',
        'numbers IN ["JY13799990000011"]',
    ]


def test_what_is_written_before_a_number_is_no_part_of_it() -> None:
    [only] = ways("许可证编号：JY13799990000011")[0].questions

    assert only["filter"] == ['numbers IN ["JY13799990000011"]']


def test_a_long_number_is_asked_for_alone_when_nothing_has_all_of_the_query() -> None:
    *_, alone = ways("无此名称 JY13799990000011", sort="relevance")

    assert alone.questions[0]["q"] == ""
    result = alone.read([answer({"void": 1}, ["1"])])
    assert (result.meant.words, result.meant.ignored) == ((), ("无此名称",))


def test_every_word_is_a_phrase_and_all_of_them_count() -> None:
    questions = asked('梅思 "餐饮店')

    assert questions[0]["q"] == '"餐 饮 店" "梅 思"'
    assert {one["matchingStrategy"] for one in questions} == {"all"}


def test_words_run_together_are_cut_at_names_that_are_known() -> None:
    plain, cut, *_ = ways("奎文区梅思食品经营许可证")

    assert plain.questions[0]["q"] == '"奎 文 区 梅 思 食 品 经 营 许 可 证"'
    assert cut.questions[0]["q"] == '"食 品 经 营 许 可 证" "奎 文 区" "梅 思"'


def test_pinyin_is_looked_for_in_its_own_fields_only_after_the_words() -> None:
    plain, spoken, initials = ways("meisi")

    assert plain.questions[0]["q"] == '"m e i s i"'
    assert "pinyin" not in plain.questions[0]["attributesToSearchOn"]
    assert [one["q"] for one in spoken.questions] == ['"mei si"']
    assert [one["q"] for one in initials.questions] == ['"m e i s i"']
    assert "attributesToSearchOn" not in {**spoken.questions[0], **initials.questions[0]}


def test_sounds_that_stand_together_are_looked_for_before_those_that_stand_anywhere() -> None:
    together, anywhere = ways("mei si")[1:]

    assert [one["q"] for one in together.questions] == ['"mei si"']
    assert anywhere.questions[0]["q"] == '"mei" "si"'


def test_last_of_all_one_letter_may_be_wrong() -> None:
    loosely = ways("潍坊梅司餐饮")[-1].questions

    assert '"潍 坊 梅" "餐 饮"' in [one["q"] for one in loosely]
    assert {one["limit"] for one in loosely} == {20}


def test_a_number_is_never_nearly_right() -> None:
    asked_for = ways("潍坊梅司餐饮 JY13799990000011")

    assert all(
        "numbers IN" in str(one["filter"]) or "tails STARTS WITH" in str(one["filter"])
        for way in asked_for
        for one in way.questions
    )
    assert len(asked_for[-1].questions) == 1


def test_a_known_name_is_meant_as_it_is() -> None:
    assert len(ways("食品经营许可证")) == 1


def test_digits_may_be_a_number_or_the_end_of_one() -> None:
    [only] = ways("379999415295", sort="relevance")

    assert only.questions[0]["filter"] == [
        '(numbers = "379999415295" OR tails STARTS WITH "592514999973")'
    ]
    assert only.questions[0]["sort"] == ["last_run:asc"]


def test_a_region_is_meant_by_as_many_digits_as_were_given() -> None:
    assert filters(Lookup(region="37"), 0) == ['region2 = "37"']
    assert filters(Lookup(region="3707"), 0) == ['region4 = "3707"']
    assert filters(Lookup(region="370705"), 0) == ['region = "370705"']


def test_declared_and_invalid_are_told_apart_by_the_clock() -> None:
    assert filters(Lookup(status="declared"), 5) == [
        "state = declared OR (state = void AND effective_at > 5.000)"
    ]
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
    for one in asked(q):
        assert one["q"] or one["filter"] or not q.strip()  # never the whole corpus by mistake
        assert all(is_letter(sign) or sign in ' "' for sign in one["q"])
        assert one["q"].count('"') % 2 == 0
        for condition in one["filter"]:
            assert condition.count('"') % 2 == 0


def answer(states: dict[str, int], ids: list[str], effective_at: float = 0) -> Result:
    spread = {"certificate": {"c": 1}, "region": {}, "year": {"2026": 1}, "state": states}
    return Result([Hit(id, "{}", "void", effective_at) for id in ids], spread)


def test_hits_that_are_all_on_the_page_tell_which_of_them_still_run() -> None:
    found = ways("")[0].read([answer({"void": 2}, ["1", "2"], effective_at=101)])

    assert found.running is None
    assert (found.total, facets(found, 100)["status"]) == (2, {"declared": 2})
    assert facets(found, 101)["status"] == {"invalid": 2}


def test_of_more_hits_than_a_page_shows_it_is_asked_how_many_still_run() -> None:
    found = ways("", status="void")[0].read([answer({"void": 5, "reinstated": 2}, ["1"])])

    assert found.running is not None
    assert found.running["filter"] == ['state = "void"', "state = void", "effective_at > 100.000"]
    assert (found.running["limit"], found.running["facets"]) == (0, ["state"])
    more = ways("", status="void")[0].read([answer({"void": 5, "declared": 2}, ["1"])])
    assert facets(more, 100, running=3)["status"] == {"declared": 5, "invalid": 2}
    assert facets(found, 100, running=3) == {
        "certificate": {"c": 1},
        "region": {},
        "status": {"declared": 3, "invalid": 2, "reinstated": 2},
        "year": {"2026": 1},
    }


def test_where_nothing_is_void_nothing_is_asked() -> None:
    assert ways("")[0].read([answer({"reinstated": 2}, ["1"])]).running is None


def test_the_first_way_with_a_hit_answers_and_says_what_was_meant() -> None:
    numbered = ways("食品经营许可证JY13799990000011")[0]
    result = numbered.read([answer({}, []), answer({"void": 1}, ["2"])])

    assert [hit.id for hit in result.hits] == ["2"]
    assert result.meant.whole == ("JY13799990000011",)
    empty = numbered.read([answer({}, [])] * 2)
    assert (empty.total, empty.meant.numbers) == (0, ("JY13799990000011",))


def test_of_what_is_nearly_right_the_most_often_brought_comes_first() -> None:
    results = [
        Result([Hit(id, published_index=ord(id)) for id in ids]) for ids in ("ab", "bc", "b")
    ]

    def ids(sort: Sort) -> list[str]:
        return [hit.id for hit in ways("潍坊梅司餐饮", sort=sort)[-1].read(results).hits]

    assert ids("relevance") == ["b", "a", "c"]
    assert ids("newest") == ["c", "b", "a"]
    assert ids("oldest") == ["a", "b", "c"]


def test_nothing_that_is_nearly_right_is_nothing() -> None:
    found = ways("潍坊梅司餐饮")[-1].read([Result()] * 3)

    assert (found.total, found.meant.approximate) == (0, False)


def test_notices_are_asked_for_by_their_ids() -> None:
    assert by_ids("i", ["1", "2"])["filter"] == 'numbers IN ["1", "2"]'
