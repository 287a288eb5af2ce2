"""Numbers: one form however they are typed, and check digits by their standards."""

import re
import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.facts import numbers
from notices.facts.numbers import identifier_form, keyed_hash, normal_form

PREFIX = re.compile(r"鲁交运管许可[一-龥]{1,3}(?=\d{12}$)")
DROPPED = "第字号號 -－—–()（）[]［］〔〕【】{}/／.·,，:：\t\u3000"
KEPT = string.ascii_letters + string.digits + "鲁京某市不动产权〇"


def wide(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("鲁(2020)潍坊市奎文区不动产权第0012345号", "鲁2020潍坊市奎文区不动产权0012345"),
        ("鲁（2020）潍坊市奎文区不动产权 0012345", "鲁2020潍坊市奎文区不动产权0012345"),
        ("鲁〔２０２０〕潍坊市奎文区不动产权第0012345號", "鲁2020潍坊市奎文区不动产权0012345"),
        ("l-sd-cj00002", "LSDCJ00002"),
        ("٣٧٠７０5", "370705"),
        ("〔二〇二〇〕第❶号", "二〇二〇1"),
        ("第-字（）号號", ""),
        ("", ""),
    ],
)
def test_a_number_has_one_form_however_it_is_typed(typed: str, normal: str) -> None:
    assert normal_form(typed) == normal


@pytest.mark.parametrize(
    "prefix", ["鲁交运管许可济字", "鲁交运管许可济", "鲁 交运管许可（潍城）字第"]
)
def test_a_prefix_that_the_catalogue_calls_optional_is_dropped(prefix: str) -> None:
    assert normal_form(f"{prefix}379999000001号", PREFIX) == "379999000001"


def test_a_prefix_with_nothing_behind_it_stays() -> None:
    assert normal_form("鲁交", re.compile("鲁交")) == "鲁交"


def test_a_prefix_typed_twice_is_dropped_twice() -> None:
    assert normal_form("AB-AB-1", re.compile("AB")) == "1"


@given(st.text())
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    normal = normal_form(text, PREFIX)

    assert normal_form(normal, PREFIX) == normal
    assert identifier_form(identifier_form(text)) == identifier_form(text)


def test_every_single_character_has_a_lasting_form() -> None:
    """Each stands between two zeros, which compose with nothing."""
    rows = ("0".join(map(chr, range(first, first + 256))) for first in range(0, 0x110000, 256))
    unstable = [
        hex(ord(row[0])) for row in rows if normal_form(normal_form(row)) != normal_form(row)
    ]

    assert unstable == []


@given(st.text(), st.text())
def test_what_is_dropped_does_not_keep_neighbours_from_composing(left: str, right: str) -> None:
    normal = normal_form(f"{left}-{right}")

    assert normal_form(normal) == normal


@given(st.text(KEPT, min_size=1), st.randoms(use_true_random=False))
def test_width_case_and_separators_make_no_difference(text: str, random) -> None:  # type: ignore[no-untyped-def]
    typed = "".join(
        random.choice(DROPPED) * random.randint(0, 2)
        + random.choice([each, each.swapcase(), wide(each)])
        for each in text
    )

    assert normal_form(typed) == normal_form(text) == text.upper()


@given(st.text(KEPT), st.text(KEPT))
def test_numbers_that_differ_in_a_letter_a_digit_or_a_han_character_stay_apart(
    one: str, other: str
) -> None:
    assert (normal_form(one) == normal_form(other)) is (one.upper() == other.upper())


@given(st.text(st.characters(codec="utf-8")))
def test_only_letters_digits_and_han_are_left(text: str) -> None:
    assert not set(normal_form(text)) & set(DROPPED)
    assert all(each.isalnum() or each == "々" for each in normal_form(text) if each < "\U00020000")


def test_han_of_the_newest_extensions_is_kept() -> None:
    assert normal_form("某\U00031350县1号") == "某\U00031350县1"


def test_an_identifier_keeps_what_only_numbers_drop() -> None:
    assert identifier_form(" 9137 9999-ma00 00015k第") == "91379999MA0000015K第"


def test_the_hash_depends_on_the_key_the_certificate_and_the_number() -> None:
    hashes = {
        keyed_hash(key, certificate, number)
        for key in (b"k" * 32, b"l" * 32)
        for certificate in ("a", "ab")
        for number in ("1", "b1")
    }

    assert len(hashes) == 8
    assert {len(each) for each in hashes} == {32}


@pytest.mark.parametrize(
    "code",
    ["91379999MA0000015K", "92379999MA0000023B", "12379999MB00000197", "51379999MJ0000018H"],
)
def test_gb_32100_accepts_its_own_and_refuses_every_other_check_character(code: str) -> None:
    accepted = [
        last for last in string.digits + string.ascii_uppercase if numbers.uscc_ok(code[:-1] + last)
    ]

    assert accepted == [code[-1]]


@pytest.mark.parametrize("code", ["37999919000101001X", "379999190001020023", "11010519491231002X"])
def test_gb_11643_accepts_its_own_and_refuses_every_other_check_character(code: str) -> None:
    accepted = [
        last
        for last in string.digits + string.ascii_uppercase
        if numbers.resident_id_ok(code[:-1] + last)
    ]

    assert accepted == [code[-1]]


@given(st.from_regex(r"[0-9]{17}", fullmatch=True), st.integers(0, 16), st.integers(1, 9))
def test_gb_11643_notices_any_single_wrong_digit(body: str, place: int, change: int) -> None:
    code = next(body + last for last in "0123456789X" if numbers.resident_id_ok(body + last))
    wrong = code[:place] + str((int(code[place]) + change) % 10) + code[place + 1 :]

    assert not numbers.resident_id_ok(wrong)


@given(st.from_regex(r"[0-9]{13}", fullmatch=True), st.integers(0, 13), st.integers(1, 9))
def test_mod_11_10_notices_any_single_wrong_digit(body: str, place: int, change: int) -> None:
    right = [body + str(last) for last in range(10) if numbers.mod_11_10_ok(body + str(last))]
    code = right[0]
    wrong = code[:place] + str((int(code[place]) + change) % 10) + code[place + 1 :]

    assert len(right) == 1
    assert not numbers.mod_11_10_ok(wrong)


def test_mod_11_10_agrees_with_the_example_of_iso_7064() -> None:
    assert numbers.mod_11_10_ok("07945")


@pytest.mark.parametrize("check", [numbers.uscc_ok, numbers.resident_id_ok, numbers.mod_11_10_ok])
@given(text=st.text())
def test_a_check_digit_never_fails_on_what_is_no_number(check, text: str) -> None:  # type: ignore[no-untyped-def]
    assert check(text) in (True, False)


@pytest.mark.parametrize(
    ("rule", "number", "fits"),
    [
        ("none", "anything", True),
        ("uscc", "91379999MA0000015X", False),
        ("uscc", "370799999999999", True),
        ("id18", "379999190001010010", False),
        ("id18", "1234567890123456789", True),
        ("mod1110", "JY13799990000011", True),
        ("mod1110", "JY13799990000012", False),
        ("mod1110", "旧A1B2", True),
    ],
)
def test_a_check_digit_is_judged_only_where_the_number_has_its_shape(
    rule: str, number: str, fits: bool
) -> None:
    assert numbers.CHECK_DIGITS[rule](number) is fits


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("11010519491231002X", True),
        ("１１０１０５ 19491231 002x", True),
        ("110105194912310021", False),  # its check digit
        ("110105490230100", False),  # a 30 February
        ("110105491231002", True),
        ("379999109900002", False),
        ("91379999MA0000015K", False),
        ("", False),
    ],
)
def test_a_resident_id_is_told_by_check_digit_and_day_of_birth(text: str, looks: bool) -> None:
    assert numbers.looks_like_resident_id(text) is looks


def test_the_day_of_birth_is_read_from_both_kinds_of_resident_id() -> None:
    assert numbers.birth_date("11010519491231002X") == date(1949, 12, 31)
    assert numbers.birth_date("110105491231002") == date(1949, 12, 31)
    assert numbers.birth_date("110105184912310020") is None
    assert numbers.birth_date("1") is None
