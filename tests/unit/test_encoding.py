"""Base64 and JSON of one spelling."""

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from notices.trust.encoding import (
    EncodingError,
    canonical,
    from_base64,
    strict_json,
    to_base64,
)


@given(st.binary())
def test_base64_is_read_as_it_was_written(value):
    assert from_base64(to_base64(value), len(value)) == value


@pytest.mark.parametrize(
    "text", ["A", "AA", "AAA", "AB==", "AA==\n", "A A=", "--__", "ÄÄÄÄ", None, 1]
)
def test_any_other_spelling_of_base64_is_refused(text):
    with pytest.raises(EncodingError):
        from_base64(text)


def test_base64_of_another_length_is_refused():
    with pytest.raises(EncodingError, match="2 bytes were expected"):
        from_base64("AAAA", 2)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff",
        b"nul",
        b"NaN",
        b"-Infinity",
        b"1.0",
        b"1e2",
        b"-0",
        b"9007199254740992",
        b"9" * 5000,
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"\\u0062":2}}',
        b"[" * 100_000,
    ],
)
def test_json_that_could_be_read_in_two_ways_is_refused(text):
    with pytest.raises(EncodingError):
        strict_json(text)


def test_other_json_is_read():
    assert strict_json('{"a":[1,-9007199254740991,null,true,"号"]}'.encode()) == {
        "a": [1, -9007199254740991, None, True, "号"]
    }


@pytest.mark.parametrize(
    "value", [1 << 53, -(1 << 53), float("nan"), "\ud800", {"\udfff": 1}, {1: 2}]
)
def test_what_has_no_canonical_json_is_refused(value):
    with pytest.raises(EncodingError):
        canonical(value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_canonical_json_is_read_as_it_was_written(value):
    assert strict_json(canonical(value)) == value


LARGEST = 2**53 - 1
plain_values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(plain_values)
@example({"\U00010000": 1, "\uffff": 2})  # UTF-16 has them the other way round
def test_canonical_json_is_that_of_rfc_8785_however_it_is_made(value):
    assert canonical(value) == rfc8785.dumps(value)


def test_every_character_is_escaped_as_rfc_8785_says():
    text = "".join(chr(point) for point in range(0x3000) if not 0xD800 <= point < 0xE000)

    assert canonical({"a": text, "b": "\U0001f600"}) == rfc8785.dumps(
        {"a": text, "b": "\U0001f600"}
    )


def test_numbers_and_names_beyond_the_plain_ones_follow_rfc_8785_too():
    assert canonical({"\ue000": 1, "\U00010000": 0.5}) == '{"\U00010000":0.5,"\ue000":1}'.encode()
