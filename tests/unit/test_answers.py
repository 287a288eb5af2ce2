"""Signed answers, with a vector for whoever writes a verifier in another language."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.facts.notice_ids import printed
from notices.trust.answers import (
    AnswerError,
    AnswerSigner,
    PublicKey,
    keys_in,
    verify,
    verify_file,
)
from notices.trust.encoding import canonical
from notices.trust.signing import VERIFIERS, Ed25519Signer, key_id
from tools import answers as vectors

SIGNER = AnswerSigner(Ed25519Signer(bytes(range(32))))
KEYS = {SIGNER.key_id: PublicKey("Ed25519", SIGNER.public_key)}
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
    verify(signed(), KEYS)


def test_the_order_of_the_fields_does_not_matter():
    verify(dict(reversed(signed().items())), KEYS)


def test_signing_again_signs_the_same():
    assert SIGNER.sign(signed()) == SIGNER.sign(ANSWER)


@given(st.sampled_from([*ANSWER, "more"]), st.none() | st.integers(0, 5) | st.text(max_size=5))
def test_a_changed_answer_is_refused(field, value):
    changed = signed() | {field: value}
    if changed == signed():
        return

    with pytest.raises(AnswerError):
        verify(changed, KEYS)


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
        verify(ANSWER | {"signature": signature}, KEYS)


def test_an_answer_signed_by_another_key_is_refused():
    forged = signed(signer=AnswerSigner(Ed25519Signer(bytes(32))))
    forged["signature"]["key"] = SIGNER.key_id

    with pytest.raises(AnswerError, match="does not fit"):
        verify(forged, KEYS)


def test_a_public_key_that_is_none_is_refused():
    answer = signed()
    answer["signature"]["key"] = key_id(b"short")

    with pytest.raises(AnswerError):
        verify(answer, {key_id(b"short"): PublicKey("Ed25519", b"short")})


def test_what_has_no_canonical_json_is_refused():
    with pytest.raises(AnswerError):
        verify(signed() | {"number": float("nan")}, KEYS)


def test_a_signer_does_not_show_its_key():
    assert bytes(range(32)).hex() not in repr(SIGNER)
    assert SIGNER.key_id in repr(SIGNER)


VECTORS = json.loads((Path(__file__).parents[2] / "docs" / "answer-vectors.json").read_text())


def test_the_vectors_of_the_documentation_are_what_they_say():
    keys = keys_in(json.dumps({"answers": VECTORS["keys"]}).encode())

    for vector in VECTORS["right"]:
        answer = vector["answer"]
        signed = {name: answer[name] for name in answer if name != "signature"}
        assert vector["message"].encode() == b"notices-answer/v1\n" + canonical(signed)
        verify(answer, keys)
    for vector in VECTORS["wrong"]:
        with pytest.raises(AnswerError):
            verify(vector["answer"], keys)
    assert len(VECTORS["right"]) >= 3
    assert len(VECTORS["wrong"]) >= 5


def test_the_vectors_are_as_they_are_made():
    assert vectors.OUT.read_text() == vectors.page()


def test_every_flipped_byte_of_an_answer_is_refused_with_a_sentence():
    content = json.dumps(signed(), ensure_ascii=False).encode()
    assert len(verify_file(content, KEYS)) == 1

    for at in range(len(content)):
        for bit in (1, 32, 128):
            changed = content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :]
            with pytest.raises(AnswerError) as refused:
                verify_file(changed, KEYS)
            assert refused.value.text.zh
            assert refused.value.text.en


def test_a_file_of_several_answers_is_verified_as_a_whole():
    other = signed(ANSWER | {"status": "invalid", "notice": "37070000000136"})
    both = json.dumps({"answers": [signed(), other]}).encode()

    first, second = verify_file(both, KEYS)
    assert printed("37070000000136") in second.zh
    assert "no_notice" in first.en
    forged = json.dumps({"answers": [signed(), other | {"status": "no_notice"}]}).encode()
    with pytest.raises(AnswerError, match="does not fit"):
        verify_file(forged, KEYS)


def test_a_doubtful_number_is_said_first_and_as_it_is_seen():
    turned = signed(ANSWER | {"number": "\u202e100000999973"})
    odd = signed(ANSWER | {"number_form": "unusual"})
    others = signed(ANSWER | {"number_form": "usual", "others": [{"match": "copy"}]})
    content = json.dumps({"answers": [turned, odd, others]}).encode()

    plain, *doubtful = (sentence.zh for sentence in verify_file(content, KEYS))
    assert plain.startswith("已证明")
    assert "号码 100000999973 " in plain
    assert [sentence[:6] for sentence in doubtful] == ["号码可能不对"] * 2


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"1", b"{", b"\xff", b'{"answers": []}', b'{"answers": [1]}', b'{"answers": {}}',
     b'{"answers": [], "x": 1}', b'{"a": 1, "a": 1}', b"[" * 100_000, b" " * 2_000_001],
    ids=lambda content: repr(content[:20]),
)  # fmt: skip
def test_what_is_no_answer_is_refused_with_a_sentence(content):
    with pytest.raises(AnswerError):
        verify_file(content, KEYS)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"answers": [{}]}', b'{"answers": [{"id": 1, "alg": "x"}]}']
)
def test_what_is_no_file_of_keys_is_refused(content):
    with pytest.raises(AnswerError, match="keys"):
        keys_in(content)


def test_another_module_can_take_the_place_of_ours(monkeypatch):
    """A city's SM2 device, say: here one that signs by a hash and a secret."""

    class Module:
        algorithm = "SM2-made-up"
        public_key = b"public"
        key_id = key_id(b"public")

        def sign(self, message):
            return hashlib.sha256(b"secret" + message).digest()

    def check(public_key, signature, message):
        if signature != hashlib.sha256(b"secret" + message).digest():
            raise ValueError

    monkeypatch.setitem(VERIFIERS, "SM2-made-up", check)
    signer = AnswerSigner(Module())
    keys = {signer.key_id: PublicKey(signer.algorithm, signer.public_key)}
    answer = signed(signer=signer)

    verify(answer, keys)
    assert answer["signature"]["alg"] == "SM2-made-up"
    with pytest.raises(AnswerError):
        verify(answer | {"status": "invalid"}, keys)
    with pytest.raises(AnswerError):
        verify(answer | {"signature": answer["signature"] | {"alg": "Ed25519"}}, keys)
