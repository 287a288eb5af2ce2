"""Private values at rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.trust.sealing import Sealer, SealError

KEY = bytes(range(32))
SEALER = Sealer(KEY)


@given(st.binary(), st.binary())
def test_what_is_sealed_is_opened_in_its_place(plain, context):
    assert SEALER.open(SEALER.seal(plain, context), context) == plain


def test_sealing_twice_gives_two_values():
    assert SEALER.seal(b"plain", b"") != SEALER.seal(b"plain", b"")


def test_a_sealed_value_names_algorithm_and_key_and_hides_the_rest():
    sealed = SEALER.seal(b"13800000000", b"notice 1")

    assert sealed[:1] == b"\x01"
    assert sealed[1:5] == SEALER.key_id
    assert b"138" not in sealed[5:]


def test_a_value_moved_elsewhere_is_refused():
    with pytest.raises(SealError, match="belongs elsewhere"):
        SEALER.open(SEALER.seal(b"plain", b"notice 1"), b"notice 2")


def test_a_value_of_another_key_is_refused_by_name():
    with pytest.raises(SealError, match="another key"):
        SEALER.open(Sealer(bytes(32)).seal(b"plain", b""), b"")


@given(st.integers(0), st.integers(1, 255))
def test_a_value_with_one_byte_changed_is_refused(place, change):
    sealed = bytearray(SEALER.seal(b"plain", b"here"))
    sealed[place % len(sealed)] ^= change

    with pytest.raises(SealError):
        SEALER.open(bytes(sealed), b"here")


@given(st.binary(max_size=80))
def test_any_bytes_at_all_are_refused_with_our_own_error(anything):
    with pytest.raises(SealError):
        SEALER.open(anything, b"")


def test_a_key_of_another_length_is_a_mistake():
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(b"short")


def test_a_sealer_does_not_show_its_key():
    assert repr(SEALER) == f"Sealer({SEALER.key_id.hex()})"
