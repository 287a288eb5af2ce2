"""Numbers: identifiers in one form, check digits by their standards, hashes that need a key."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.facts import numbers
from notices.facts.numbers import identifier_form, keyed_hash


@given(st.text())
def test_the_form_of_an_identifier_is_its_own_form(text: str) -> None:
    assert identifier_form(identifier_form(text)) == identifier_form(text)


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


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("110105491231002", "11010519491231002X"),
        ("379999900101001", "379999199001010010"),
        ("379999109900002", "379999109900002"),  # a 99th month
        ("079999900101001", "079999900101001"),
        ("11010519491231002X", "11010519491231002X"),
        ("鲁110105491231002", "鲁110105491231002"),
        ("", ""),
    ],
)
def test_an_id_of_15_digits_is_the_one_of_18_that_it_became(short: str, long: str) -> None:
    assert numbers.lengthened_id(short) == long
    assert numbers.lengthened_id(long) == long


@given(
    st.from_regex(
        r"[1-9][0-9]{5}(?:0[1-9]|[1-9][0-9])(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9])[0-9]{3}",
        fullmatch=True,
    )
)
def test_a_lengthened_id_tells_the_same_birthday_and_has_a_right_check_digit(short: str) -> None:
    long = numbers.lengthened_id(short)

    assert numbers.resident_id_ok(long)
    assert numbers.birth_date(long) == numbers.birth_date(short)
    assert (long[:6], long[8:17]) == (short[:6], short[6:])
