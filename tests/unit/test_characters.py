"""Which characters are one to a reader, and which are two."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.facts.characters import is_letter, is_unseen, seen, simplified, standard, unified


@pytest.mark.parametrize(
    ("typed", "one"),
    [
        ("⻘州", "青州"),  # U+2ED8, as PDFs give it
        ("⾒", "見"),  # a Kangxi radical
        ("⻅", "见"),
        ("⼀", "一"),
        ("㇐", "一"),  # a stroke
        ("\ue863", "䶮"),  # as code page 936 had it
        ("\ue816", "\U00020087"),
        ("\ue82b", "龶"),
        ("二○二○", "二〇二〇"),
        ("二◯", "二〇"),
        ("ＡＢ１", "AB1"),
        ("①", "1"),
        ("㎡", "m2"),
        ("\uf902", "車"),  # a compatibility ideograph
    ],
)
def test_what_a_reader_sees_has_one_code_point(typed: str, one: str) -> None:
    assert unified(typed) == one


@pytest.mark.parametrize(
    ("typed", "same"),
    [("許可證", "许可证"), ("臺灣", "台湾"), ("许可证 ABC", "许可证 ABC"), ("", ""), ("裏", "里")],
)
def test_traditional_characters_become_simplified_ones(typed: str, same: str) -> None:
    assert simplified(typed) == same


@pytest.mark.parametrize(
    ("private", "character"),
    [
        ("\ue863", "䶮"), ("\ue81a", "㑳"), ("\ue81b", "㑇"), ("\ue81e", "\u9fb4"),
        ("\ue816", "\U00020087"), ("\ue831", "\U000215d7"), ("\ue843", "\u9fb9"),
        ("\ue844", "䜣"), ("\ue854", "\u9fba"), ("\ue855", "\U000241fe"),
        ("\ue864", "\u9fbb"), ("\ue78d", "\ufe10"), ("\ue796", "\ufe19"), ("\ue7c7", "ḿ"),
        ("⻘", "青"),
    ],
)  # fmt: skip
def test_a_character_is_printed_by_the_point_that_everybody_has(
    private: str, character: str
) -> None:
    assert standard(f"张{private}○") == f"张{character}○"


def test_every_radical_but_two_is_an_ideograph() -> None:
    """CJK RADICAL REPEAT looks like no ideograph, and U+2E9A is not assigned."""
    blocks = [*range(0x2E80, 0x2EF4), *range(0x2F00, 0x2FD6)]
    left = [point for point in blocks if unified(chr(point)) == chr(point)]

    assert left == [0x2E80, 0x2E9A]
    assert all(len(unified(chr(point))) == 1 for point in blocks)


def test_no_private_use_point_of_the_standard_is_left() -> None:
    points = [*range(0xE815, 0xE865), *range(0xE78D, 0xE797), 0xE7C7, 0xE7C8]

    assert all(unicodedata.category(each) != "Co" for each in unified("".join(map(chr, points))))


def test_other_private_use_points_stay() -> None:
    assert unified("\ue000\U000f0000") == "\ue000\U000f0000"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert unified(unified(text)) == unified(text)
    assert simplified(simplified(text)) == simplified(text)


def test_every_single_character_is_folded_at_once() -> None:
    """In rows, between zeros, which compose with nothing; in most rows nothing is folded."""
    rows = [list(map(chr, range(first, first + 256))) for first in range(0, 0x110000, 256)]
    odd = [row for row in rows if unified("0".join(row)) != "0".join(row)]

    folded = [once for row in odd for each in row if (once := unified(each)) != each]
    assert len(folded) > 1_000
    assert [once for once in folded if unified(once) != once] == []


@pytest.mark.parametrize(
    "unseen",
    ["\ufe0e", "\ufe0f", "\ufe0d", "\U000e0100", "\u200b", "\u200d", "\ufeff", "\u00ad",
     "\u202e", "\u2066", "\u3164", "\u115f", "\u2800", "\u180e", "\u061c", "\u034f"],
)  # fmt: skip
def test_what_nobody_sees_is_left_out(unseen: str) -> None:
    assert is_unseen(unseen)
    assert seen(f"葛{unseen}某") == "葛某"


def test_whatever_spaces_a_text_is_a_space() -> None:
    assert seen("a\tb\nc\u3000d\u00a0e") == "a b c d e"


@pytest.mark.parametrize("character", ["\U00031350", "\U0002ebf0", "々", "〇", "Ḧ", "ي"])
def test_letters_of_every_script_and_extension_are_letters(character: str) -> None:
    assert is_letter(character)


@pytest.mark.parametrize("character", ["★", "-", "（", "\ufe0f", " ", "．"])
def test_signs_are_no_letters(character: str) -> None:
    assert not is_letter(character)
