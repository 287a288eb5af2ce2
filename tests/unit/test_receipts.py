"""Receipts: made, saved, checked offline, and never believed when changed."""

import base64
import hashlib
import hmac
import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.facts.public.notice import Receipt
from notices.trust import merkle, receipts
from notices.trust.encoding import to_base64
from notices.trust.notes import NoteSigner, checkpoint_text
from notices.trust.receipts import (
    ReceiptError,
    commitment,
    entry_text,
    verify,
)
from tests.properties import examples

SIGNER = NoteSigner("notices.example/log", bytes(range(32)))
SALT = bytes(32)
FORM = {
    "statement": "张*不慎遗失《出生医学证明》，现声明作废。",
    "number": None,
    "holder": {"kind": "person"},
}
ID = "37070000012358"
AT = "2026-11-24T10:00:00.123+08:00"


def entry(number: int) -> str:
    return entry_text(ID, "published", AT, "birth-medical-certificate", committed(number))


def committed(number: int) -> str:
    return commitment(SALT, {**FORM, "number": str(number)})


def opening(salt, form):
    return {"salt": to_base64(salt), "form": form}


def to_json(*parts):
    """What is handed out, as whoever gets it can change it."""
    return msgspec.structs.asdict(receipts.receipt(*parts))


def to_text(receipt):
    return receipts.to_text(msgspec.json.decode(json.dumps(receipt), type=Receipt))


def make(index=5, size=11, *, redacted=False, signer=SIGNER, origin=None):
    peaks: list[bytes] = []
    nodes = {}
    for number in range(size):
        leaf = merkle.leaf_hash(entry(number).encode())
        peaks, completed = merkle.append(peaks, number, leaf)
        nodes |= {(level, position): node for level, position, node in completed}
    text = checkpoint_text(origin or signer.name, size, merkle.root(peaks))
    return to_json(
        entry(index),
        None if redacted else opening(SALT, {**FORM, "number": str(index)}),
        index,
        merkle.inclusion_proof(index, size, nodes),
        signer.sign(text),
    )


def saved(receipt) -> bytes:
    return json.dumps(receipt, ensure_ascii=False, separators=(",", ":")).encode()


GOOD = saved(make())
PROOF = to_text(make()).encode()


def test_a_receipt_proves_what_was_logged_and_when():
    proven = verify(GOOD, SIGNER.vkey)

    assert (proven.origin, proven.index, proven.size) == ("notices.example/log", 5, 11)
    assert (proven.id, proven.kind, proven.at) == (ID, "published", AT)
    assert proven.certificate == "birth-medical-certificate"
    assert proven.statement == FORM["statement"]


def test_the_sentence_says_what_is_proven_and_what_is_not():
    sentence = verify(GOOD, SIGNER.vkey).sentence

    assert "3707-0000-0123-58" in sentence.zh
    assert FORM["statement"] in sentence.zh
    assert "没有证明" in sentence.zh
    assert "事件（发布声明）" in sentence.zh
    assert "an event (Published)" in sentence.en
    assert "Not proven: the notice's present status" in sentence.en


def test_a_redacted_receipt_still_proves_that_something_was_logged():
    proven = verify(saved(make(redacted=True)), SIGNER.vkey)

    assert proven.statement is None
    assert proven.form is None
    assert "内容已删除" in proven.sentence.zh
    assert "redacted" in proven.sentence.en


def test_a_receipt_may_be_saved_indented():
    assert verify(json.dumps(make(), indent=2).encode(), SIGNER.vkey).id == ID


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9])
def test_every_entry_of_a_log_has_a_receipt(size):
    for index in range(size):
        assert verify(saved(make(index, size)), SIGNER.vkey).index == index


@examples(2)
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_a_receipt_with_one_byte_changed_proves_nothing(place, change):
    changed = bytearray(GOOD)
    changed[place] ^= change

    with pytest.raises(ReceiptError):
        verify(bytes(changed), SIGNER.vkey)


def test_a_tlog_proof_proves_the_entry_without_its_text():
    proven = verify(PROOF, SIGNER.vkey)

    assert (proven.index, proven.size, proven.id) == (5, 11, ID)
    assert proven.form is None
    assert verify(to_text(make(0, 1)).encode(), SIGNER.vkey).size == 1


@examples(2)
@given(st.integers(0, len(PROOF) - 1), st.integers(1, 255))
def test_a_tlog_proof_with_one_byte_changed_proves_nothing(place, change):
    changed = bytearray(PROOF)
    changed[place] ^= change

    with pytest.raises(ReceiptError):
        verify(bytes(changed), SIGNER.vkey)


@given(st.integers(0, len(PROOF) - 1))
def test_a_tlog_proof_cut_short_proves_nothing(end):
    with pytest.raises(ReceiptError):
        verify(PROOF[:end], SIGNER.vkey)


@given(st.integers(0, len(GOOD) - 1))
def test_a_receipt_cut_short_proves_nothing(end):
    with pytest.raises(ReceiptError):
        verify(GOOD[:end], SIGNER.vkey)


@given(st.binary())
def test_any_bytes_at_all_are_refused_with_our_own_error(anything):
    with pytest.raises(ReceiptError):
        verify(anything, SIGNER.vkey)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@examples(2)
@given(st.sampled_from(["entry", "opening", "index", "proof", "checkpoint", "more"]), JSON)
def test_any_json_in_place_of_a_part_is_refused_with_our_own_error(part, value):
    if part == "opening" and value is None:
        return

    with pytest.raises(ReceiptError):
        verify(json.dumps(make() | {part: value}).encode(), SIGNER.vkey)


@examples(2)
@given(
    st.sampled_from(["v", "id", "kind", "at", "certificate", "commitment", "more"]),
    st.integers(-2, 2) | st.text(max_size=40) | st.none() | st.booleans(),
)
def test_an_entry_with_another_part_is_refused(part, value):
    receipt = make()
    fields = json.loads(receipt["entry"])
    if fields.get(part) == value and not isinstance(value, bool):
        return
    receipt["entry"] = json.dumps(fields | {part: value})

    with pytest.raises(ReceiptError):
        verify(saved(receipt), SIGNER.vkey)


def logged_alone(text: str, *, with_opening=True):
    leaf = merkle.leaf_hash(text.encode())
    note = SIGNER.sign(checkpoint_text(SIGNER.name, 1, leaf))
    return saved(to_json(text, opening(SALT, FORM) if with_opening else None, 0, [], note))


GOOD_ENTRY = json.loads(entry_text(ID, "published", AT, "seal", commitment(SALT, FORM)))


def test_an_entry_that_is_well_formed_is_believed_when_logged():
    text = entry_text(ID, "published", AT, "seal", commitment(SALT, FORM))

    assert verify(logged_alone(text), SIGNER.vkey).certificate == "seal"


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"v": "1"},
        {"id": "37070000012359"},
        {"id": 37070000012358},
        {"kind": "Published"},
        {"at": "2026-11-24T02:00:00.123Z"},
        {"at": "２026-11-24T10:00:00.123+08:00"},
        {"certificate": "two words"},
        {"commitment": "AAAA"},
        {"more": 1},
        {"at": None},
    ],
)
def test_an_entry_of_another_shape_is_refused_even_when_logged(change):
    fields = GOOD_ENTRY | change
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    with pytest.raises(ReceiptError):
        verify(logged_alone(text, with_opening=False), SIGNER.vkey)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(GOOD_ENTRY, sort_keys=True),
        json.dumps(GOOD_ENTRY, sort_keys=False, separators=(",", ":")) + " ",
        "[]",
        "1",
        "\ud800",
        "[" * 50_000,
    ],
)
def test_an_entry_that_is_not_canonical_is_refused_even_when_logged(text):
    note = SIGNER.sign(checkpoint_text(SIGNER.name, 1, bytes(32)))
    receipt = to_json(text, None, 0, [], note)

    with pytest.raises(ReceiptError):
        verify(json.dumps(receipt).encode(), SIGNER.vkey)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"statement": 1},
        {"statement": "现声明作废。", "number": 1.5},
        {"statement": "\ud800"},
        {"statement": "现声明作废。", "number": 10**30},
        {**FORM, "number": "6"},
    ],
)
def test_an_opening_that_does_not_fit_is_refused(form):
    receipt = make()
    receipt["opening"]["form"] = form

    with pytest.raises(ReceiptError):
        verify(json.dumps(receipt).encode(), SIGNER.vkey)


@pytest.mark.parametrize(
    "opened",
    [
        {},
        {"salt": "AAAA", "form": FORM},
        {"salt": None, "form": FORM},
        {"salt": "A" * 43 + "=", "form": None},
        opening(SALT, {**FORM, "number": "5"}) | {"more": 1},
        opening(bytes([1] * 32), {**FORM, "number": "5"}),
    ],
)
def test_a_malformed_opening_is_refused(opened):
    with pytest.raises(ReceiptError):
        verify(saved(make() | {"opening": opened}), SIGNER.vkey)


def test_a_name_twice_in_one_object_is_refused():
    twice = GOOD[:-1] + b',"index":5}'

    with pytest.raises(ReceiptError):
        verify(twice, SIGNER.vkey)


@pytest.mark.parametrize("index", [True, -1, 11, 2**63, 10**400, 5.0, "5", None])
def test_an_index_that_is_none_is_refused(index):
    with pytest.raises(ReceiptError):
        verify(json.dumps(make(size=6) | {"index": index}).encode(), SIGNER.vkey)


def test_a_receipt_of_another_log_is_refused():
    other = NoteSigner.generate("notices.example/log")

    with pytest.raises(ReceiptError) as refused:
        verify(saved(make(signer=other)), SIGNER.vkey)

    assert "检查点" in refused.value.text.zh


def test_a_checkpoint_of_another_origin_is_refused():
    with pytest.raises(ReceiptError):
        verify(saved(make(origin="elsewhere.example/log")), SIGNER.vkey)


def test_a_key_that_is_none_is_refused():
    with pytest.raises(ReceiptError) as refused:
        verify(GOOD, "no key")

    assert "public key" in refused.value.text.en


def test_a_file_that_is_far_too_large_is_refused_unread():
    with pytest.raises(ReceiptError) as refused:
        verify(b" " * 1_000_000, SIGNER.vkey)

    assert "太大" in refused.value.text.zh


def test_the_entry_is_the_canonical_json_of_the_contract():
    assert entry(0) == (
        '{"at":"2026-11-24T10:00:00.123+08:00","certificate":"birth-medical-certificate",'
        f'"commitment":"{committed(0)}","id":"37070000012358","kind":"published","v":1}}'
    )


def test_the_commitment_is_an_hmac_over_the_canonical_form():
    text = '{"number":null,"statement":"现声明作废。"}'
    expected = hmac.new(SALT, text.encode(), hashlib.sha256).digest()

    made = commitment(SALT, {"statement": "现声明作废。", "number": None})

    assert base64.b64decode(made) == expected


GOLDEN = Path(__file__).parents[1] / "golden"
"""A receipt as it was handed out before forms told their notice period, and the key of its log."""


@pytest.mark.parametrize("name", ["receipt.json", "receipt.tlog-proof"])
def test_a_receipt_of_before_verifies_under_every_later_version(name):
    proven = verify((GOLDEN / name).read_bytes(), (GOLDEN / "receipt.vkey").read_text().strip())

    assert (proven.id, proven.kind, proven.index) == ("37070000000233", "published", 1)
    assert proven.certificate == "company-seal"
    assert (proven.form is None) == (name == "receipt.tlog-proof")
    if proven.form is not None:
        assert "公章1枚" in proven.statement
        assert "notice_period" not in proven.form
