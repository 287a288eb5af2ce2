"""How Han sounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin

from search.hanzi import cut, pinyin, usual_pinyin


def test_a_text_sounds_by_its_han_alone() -> None:
    assert pinyin("潍坊 ABC 银行") == ("wei", "fang", "yin", "hang")
    assert pinyin("餐飲") == pinyin("餐饮")


@given(st.text("银行人长城区乐重庆便宜大夫曾参单于吐蕃，A", max_size=12))
def test_phrases_sound_as_the_whole_text_does(text: str) -> None:
    assert pinyin(text) == tuple(lazy_pinyin(text, style=Style.NORMAL, errors="ignore"))


@pytest.mark.parametrize("text", ["房产证", "不動產權證書", "食品经营许可证", "ABC 律师"])
def test_names_of_common_characters_sound_the_same_without_the_dictionary(text: str) -> None:
    assert usual_pinyin(text) == pinyin(text)


@pytest.mark.parametrize(
    ("sound", "ways"),
    [
        ("weifang", [("wei", "fang")]),
        ("xian", [("xian",), ("xi", "an")]),
        ("meis", [("mei",)]),
        ("lvxingshe", [("lv", "xing", "she")]),
        ("wfms", []),
        ("", []),
    ],
)
def test_pinyin_is_cut_into_syllables(sound: str, ways: list[tuple[str, ...]]) -> None:
    assert cut(sound) == ways


def test_a_long_word_is_cut_in_no_time() -> None:
    assert len(cut("xian" * 50)) == 3
