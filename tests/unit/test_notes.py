"""Signed notes and checkpoints of C2SP."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.trust.notes import (
    NoteError,
    NoteSigner,
    NoteVerifier,
    checkpoint_text,
    parse_checkpoint,
)

SIGNER = NoteSigner("notices.example/log", bytes(range(32)))
VERIFIER = NoteVerifier(SIGNER.vkey)
TEXT = "notices.example/log\n41\n" + "A" * 43 + "=\n"


def test_a_key_and_a_note_of_the_go_library_are_read_as_it_writes_them():
    """The example keys of golang.org/x/mod/sumdb/note."""
    skey = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    note = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
        "\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"  # noqa: E501  # one signature line
    )

    signer = NoteSigner.from_text(skey)

    assert signer.vkey == vkey
    assert signer.sign(NoteVerifier(vkey).open(note)) == note


def test_the_key_id_is_that_of_the_specification():
    name, key_id, key = SIGNER.vkey.split("+", 2)
    raw = base64.b64decode(key)

    assert name == "notices.example/log"
    assert raw == b"\x01" + SIGNER.public_key
    assert key_id == hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8]


def test_a_note_is_text_empty_line_and_signature_line():
    text, signature, end = SIGNER.sign(TEXT).partition("\n— ")

    assert text == TEXT
    name, value = (signature + end).removeprefix("\n— ").rstrip("\n").split(" ")
    assert name == "notices.example/log"
    assert len(base64.b64decode(value)) == 4 + 64


def test_what_is_signed_is_opened():
    assert VERIFIER.open(SIGNER.sign(TEXT)) == TEXT


def test_a_text_may_hold_empty_lines_itself():
    assert VERIFIER.open(SIGNER.sign("one\n\ntwo\n")) == "one\n\ntwo\n"


def test_a_secret_key_is_read_as_it_was_written():
    signer = NoteSigner.generate("notices.example/log")

    assert NoteSigner.from_text(signer.to_text()).vkey == signer.vkey


def test_a_secret_key_does_not_show_itself():
    assert SIGNER.to_text().split("+")[-1] not in repr(SIGNER)


def test_signatures_of_others_are_passed_over():
    other = NoteSigner("witness.example", bytes(32))
    note = SIGNER.sign(TEXT) + other.sign(TEXT).removeprefix(TEXT + "\n")

    assert VERIFIER.open(note) == TEXT
    assert NoteVerifier(other.vkey).open(note) == TEXT


def test_a_note_that_our_key_did_not_sign_is_refused():
    with pytest.raises(NoteError, match="not signed by"):
        VERIFIER.open(NoteSigner("notices.example/log", bytes(32)).sign(TEXT))


def test_a_second_signature_of_ours_that_is_wrong_is_refused():
    wrong = SIGNER.sign("another\n").removeprefix("another\n\n")

    with pytest.raises(NoteError, match="is wrong"):
        VERIFIER.open(SIGNER.sign(TEXT) + wrong)


@given(st.integers(0), st.integers(1, 127))
def test_a_note_with_one_character_changed_is_refused(place, change):
    note = SIGNER.sign(TEXT)
    place %= len(note)
    changed = note[:place] + chr(ord(note[place]) ^ change) + note[place + 1 :]

    with pytest.raises(NoteError):
        VERIFIER.open(changed)


@given(st.text())
def test_any_text_at_all_is_refused_with_our_own_error(text):
    for read in (VERIFIER.open, NoteVerifier, NoteSigner.from_text, parse_checkpoint):
        with pytest.raises(NoteError):
            read(text)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "no signature\n",
        "text\n\n",
        "text\n\n— name\n",
        "text\n\n— name AAAA\n",
        "text\n\n— name not-base64\n",
        "text\n\n- notices.example/log AAAAAAAA\n",
        SIGNER.sign(TEXT)[:-1],
        SIGNER.sign(TEXT) + "\n",
        "\r" + SIGNER.sign(TEXT),
        SIGNER.sign(TEXT) + "— other AAAAAAAA\n" * 100,
        SIGNER.sign(TEXT) + "x" * 100_000,
    ],
)
def test_malformed_notes_are_refused(note):
    with pytest.raises(NoteError):
        VERIFIER.open(note)


@pytest.mark.parametrize("text", ["no newline", "bell\a\n", "\ud800\n", "x" * 100_001 + "\n"])
def test_text_that_no_note_can_hold_is_not_signed(text):
    with pytest.raises(NoteError):
        SIGNER.sign(text)


def test_a_key_that_is_no_point_of_the_curve_opens_nothing():
    for public in (b"\xff" * 32, bytes([2]) + bytes(31)):
        raw = b"\x01" + public
        key_id = hashlib.sha256(b"name\n" + raw).digest()[:4]
        vkey = f"name+{key_id.hex()}+{base64.b64encode(raw).decode()}"
        signature = base64.b64encode(key_id + bytes(64)).decode()

        with pytest.raises(NoteError, match="is wrong"):
            NoteVerifier(vkey).open(f"text\n\n— name {signature}\n")


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\n", "x" * 256])
def test_a_name_that_no_key_can_have_is_refused(name):
    with pytest.raises(NoteError):
        NoteSigner.generate(name)


@pytest.mark.parametrize(
    "vkey",
    [
        SIGNER.vkey.replace("notices", "another"),
        SIGNER.vkey[:-4],
        "name+00000000+" + base64.b64encode(b"\x02" + bytes(32)).decode(),
        "name+zzzzzzzz+" + base64.b64encode(b"\x01" + bytes(32)).decode(),
        SIGNER.to_text(),
    ],
)
def test_malformed_public_keys_are_refused(vkey):
    with pytest.raises(NoteError):
        NoteVerifier(vkey)


def test_a_secret_key_under_another_name_is_refused():
    with pytest.raises(NoteError, match="id that is written"):
        NoteSigner.from_text(SIGNER.to_text().replace("notices", "another"))


@given(st.integers(0, 10**18), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_is_read_as_it_was_written(size, top):
    assert parse_checkpoint(checkpoint_text("origin", size, top)) == ("origin", size, top)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n1\n",
        "\n1\n" + "A" * 43 + "=\n",
        "origin\n01\n" + "A" * 43 + "=\n",
        "origin\n-1\n" + "A" * 43 + "=\n",
        "origin\n１\n" + "A" * 43 + "=\n",
        "origin\n1\n" + "A" * 40 + "\n",
        "origin\n1\n" + "A" * 43 + "=\nextension\n",
    ],
)
def test_malformed_checkpoints_are_refused(text):
    with pytest.raises(NoteError):
        parse_checkpoint(text)
