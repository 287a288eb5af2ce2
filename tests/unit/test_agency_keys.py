"""What an agency's key looks like, for us and for whoever scans code for secrets."""

import re
import zlib
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.facts import agency_keys
from notices.facts.agencies import (
    CHECKING,
    KINDS,
    MOST_QUOTA,
    SCOPES,
    USUAL,
    quota_of,
    scopes_of,
)
from notices.facts.agency_keys import ALPHABET, PATTERN, RANDOM, key_of, may_be_one
from notices.facts.public.agencies import AgencyKind

RANDOMS = st.text(ALPHABET, min_size=RANDOM, max_size=RANDOM)
OLD = 43 * "a"


@given(random=RANDOMS, test=st.booleans())
def test_every_key_is_one_and_fits_the_pattern_for_scanners(random: str, test: bool) -> None:
    key = key_of(random, test=test)

    assert may_be_one(key)
    assert re.fullmatch(PATTERN, key)
    assert key.startswith("notices_test_" if test else "notices_live_")


@given(random=RANDOMS, place=st.integers(13, 61), letter=st.sampled_from(ALPHABET))
def test_a_key_with_another_character_is_none(random: str, place: int, letter: str) -> None:
    key = key_of(random, test=False)
    other = key[:place] + letter + key[place + 1 :]

    assert may_be_one(other) is (other == key)


def test_the_checksum_is_the_crc_32_of_all_before_it_in_base62() -> None:
    key = key_of(RANDOM * "7", test=True)
    number = 0
    for digit in key[-6:]:
        number = number * 62 + ALPHABET.index(digit)

    assert ALPHABET == "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    assert number == zlib.crc32(key[:-6].encode())


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        (f"nk_{OLD}", True),
        (f"notices_live_{OLD}", True),
        (f"notices_live_{OLD[:-1]}-", True),
        (f"notices_test_{OLD}", False),  # there were none before there were checksums
        (f"notices_live_{OLD}x", False),
        (f"nk_{OLD}\n", False),
        (f"NK_{OLD}", False),
        (f"nk_{OLD[:-1]}é", False),
        ("", False),
        ("x y", False),
    ],
)
def test_keys_of_before_are_as_good_as_they_were(text: str, may_be: bool) -> None:
    assert may_be_one(text) is may_be


def test_what_an_operator_types_is_read() -> None:
    assert [quota_of(each) for each in ("5/day", "1000000", f"{MOST_QUOTA}/day")] == [
        5, 1_000_000, MOST_QUOTA,
    ]  # fmt: skip
    for wrong in ("", "0/day", "5/hour", "5/", "-1/day", "1.5/day", "٥/day", f"{MOST_QUOTA + 1}"):
        with pytest.raises(ValueError, match=re.escape(wrong) or "^$"):
            quota_of(wrong)
    assert scopes_of(["masked,verify", "batch"]) == ["verify", "batch", "masked"]
    with pytest.raises(ValueError, match="write"):
        scopes_of(["verify, write"])


def test_every_kind_of_agency_has_its_words() -> None:
    assert tuple(KINDS) == get_args(AgencyKind)
    assert set(USUAL) | CHECKING <= set(SCOPES)


def test_no_two_kinds_of_keys_are_mistaken_for_each_other() -> None:
    assert not set(agency_keys.LIVE) - set(ALPHABET + "_")
    assert re.fullmatch(PATTERN, f"notices_live_{OLD}") is None
