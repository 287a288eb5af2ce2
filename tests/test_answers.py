"""Signed answers, with a vector for whoever writes a verifier in another language."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notices.trust.answers import AnswerError, AnswerSigner, key_id, verify

SIGNER = AnswerSigner(bytes(range(32)))
ANSWER = {
    "certificate": "food-operation-license",
    "number": "JY13799990000011",
    "copies": None,
    "status": "no_notice",
    "since": None,
    "notice": None,
    "holder": {"kind": "organisation", "name": "潍坊市奎文区某某餐饮店"},
    "log_size": 42,
}


def signed(answer=ANSWER, signer=SIGNER):
    return answer | {"signature": signer.sign(answer)}


def test_the_vector_that_other_verifiers_may_use():
    """Seed 00 01 … 1f; what is signed is the first line and the JCS, byte for byte."""
    message = (
        "notices-answer/v1\n"
        '{"certificate":"food-operation-license","copies":null,'
        '"holder":{"kind":"organisation","name":"潍坊市奎文区某某餐饮店"},"log_size":42,'
        '"notice":null,"number":"JY13799990000011","since":null,"status":"no_notice"}'
    )

    assert (
        hashlib.sha256(message.encode()).hexdigest()
        == "1cd9a615925ae6d5245114ce3b970dcd32783a639fc47671ba2bfa3173323c37"
    )
    assert SIGNER.public_key.hex() == (
        "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    )
    assert SIGNER.sign(ANSWER) == {
        "alg": "Ed25519",
        "key": "56475aa75463474c",
        "value": "ynA2IVZEnnMSfasTFvmYhXUbl7ZC9Bcl0xKUPENI"
        "ZMGw31biM65zToX/mbOldmucP//xc7HCo23mnPR+H2JtDQ==",
    }


def test_a_signed_answer_verifies():
    verify(signed(), SIGNER.public_key)


def test_the_order_of_the_fields_does_not_matter():
    verify(dict(reversed(signed().items())), SIGNER.public_key)


def test_signing_again_signs_the_same():
    assert SIGNER.sign(signed()) == SIGNER.sign(ANSWER)


@settings(max_examples=60)
@given(st.sampled_from([*ANSWER, "more"]), st.none() | st.integers(0, 5) | st.text(max_size=5))
def test_a_changed_answer_is_refused(field, value):
    changed = signed() | {field: value}
    if changed == signed():
        return

    with pytest.raises(AnswerError):
        verify(changed, SIGNER.public_key)


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "text",
        {},
        {"alg": "none", "key": SIGNER.key_id, "value": ""},
        SIGNER.sign(ANSWER) | {"value": "AAAA"},
        SIGNER.sign(ANSWER) | {"value": None},
        SIGNER.sign(ANSWER) | {"key": "another"},
        SIGNER.sign(ANSWER) | {"more": 1},
        SIGNER.sign({"other": 1}),
    ],
)
def test_a_changed_signature_is_refused(signature):
    with pytest.raises(AnswerError):
        verify(ANSWER | {"signature": signature}, SIGNER.public_key)


def test_an_answer_signed_by_another_key_is_refused():
    forged = signed(signer=AnswerSigner(bytes(32)))
    forged["signature"]["key"] = SIGNER.key_id

    with pytest.raises(AnswerError, match="does not fit"):
        verify(forged, SIGNER.public_key)


def test_a_public_key_that_is_none_is_refused():
    answer = signed()
    answer["signature"]["key"] = key_id(b"short")

    with pytest.raises(AnswerError):
        verify(answer, b"short")


def test_what_has_no_canonical_json_is_refused():
    with pytest.raises(AnswerError):
        verify(signed() | {"number": float("nan")}, SIGNER.public_key)


def test_a_signer_does_not_show_its_key():
    assert bytes(range(32)).hex() not in repr(SIGNER)
    assert SIGNER.key_id in repr(SIGNER)
