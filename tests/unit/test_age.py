"""Age files, held against rage's own library, and against the format where no library writes it."""

import io
import os
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.trust import age, bech32
from notices.trust.age import CHUNK, NoKeyFits, Reader, Writer
from notices.trust.age_keys import (
    COST,
    AgeError,
    Identity,
    Opener,
    Passphrase,
    Recipient,
    Stanza,
)

IDENTITY = Identity(bytes(range(32)))
THEIRS = pyrage.x25519.Identity.from_str(IDENTITY.text())
WORDS = "一句很长的口令, and more"
LIGHT = Passphrase(WORDS, cost=10)
"""As good as any but for the work, which is a thousandth of a second and not a half."""

BY_RAGE = Path(__file__).parents[1] / "golden" / "archives" / "rage.age"
"""`content` under WORDS, by `pyrage.passphrase.encrypt` with its clock a thousand times too fast:
it measures how long its work takes, and always takes more than a second of it."""

SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]


def written(content: bytes, *locks: Recipient | Identity | Passphrase) -> bytes:
    file = io.BytesIO()
    writer = Writer(file, locks)
    writer.write(content)
    writer.finish()
    return file.getvalue()


def read(sealed: bytes, *openers: Opener) -> bytes:
    reader, parts = Reader(io.BytesIO(sealed), openers), []
    while part := reader.read(50_000):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("size", SIZES)
def test_rage_reads_what_we_write_and_we_what_rage_writes(size: int) -> None:
    content = os.urandom(size)
    recipient = pyrage.x25519.Recipient.from_str(str(IDENTITY.recipient))

    assert pyrage.decrypt(written(content, IDENTITY.recipient), [THEIRS]) == content
    assert read(pyrage.encrypt(content, [recipient]), IDENTITY) == content


def test_rage_opens_what_is_under_a_passphrase_and_we_what_rage_put_under_one() -> None:
    for light in (LIGHT, Passphrase(WORDS, cost=11)):
        assert pyrage.passphrase.decrypt(written(b"content", light), WORDS) == b"content"
    assert read(BY_RAGE.read_bytes(), Passphrase(WORDS)) == b"content"


def test_a_passphrase_takes_the_work_that_it_takes_unless_another_is_named() -> None:
    stanza = Passphrase(WORDS).wrap(bytes(16))

    assert COST == 17
    assert stanza.words[2] == "17"
    assert LIGHT.wrap(bytes(16)).words[2] == "10"


def test_a_file_for_several_is_opened_by_each_of_them() -> None:
    other = pyrage.x25519.Identity.generate()
    sealed = pyrage.encrypt(b"content", [other.to_public(), THEIRS.to_public()])

    assert read(sealed, IDENTITY) == b"content"
    assert read(sealed, Identity(bytes(32)), Identity.from_text(str(other))) == b"content"
    ours = written(b"content", IDENTITY.recipient, Recipient.from_text(str(other.to_public())))
    assert pyrage.decrypt(ours, [other]) == pyrage.decrypt(ours, [THEIRS]) == b"content"


def test_keys_are_the_same_text_on_both_sides() -> None:
    theirs = pyrage.x25519.Identity.generate()
    ours = Identity.from_text(str(theirs))

    assert ours.text() == str(theirs)
    assert str(ours.recipient) == str(theirs.to_public())
    assert repr(ours).count(ours.text()) == 0
    assert Recipient.from_text(str(theirs.to_public())) == ours.recipient


SEALED = written(b"content", IDENTITY)
HEAD, STANZA, BODY, MAC, PAYLOAD = SEALED.split(b"\n", 4)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [HEAD],
        [HEAD, STANZA, BODY],
        [HEAD, MAC, PAYLOAD],
        [HEAD.replace(b"v1", b"v2"), STANZA, BODY, MAC, PAYLOAD],
        [HEAD, STANZA, MAC, PAYLOAD],
        [HEAD, STANZA + b" more", BODY, MAC, PAYLOAD],
        [HEAD, STANZA.replace(b" ", b"  "), BODY, MAC, PAYLOAD],
        [HEAD, STANZA + b"\r", BODY + b"\r", MAC + b"\r", PAYLOAD],
        [HEAD, b"-> X25519 AAAA", BODY, MAC, PAYLOAD],
        [HEAD, b"-> X25519 " + b"A" * 43, BODY, MAC, PAYLOAD],
        [HEAD, STANZA, BODY + b"=", MAC, PAYLOAD],
        [HEAD, STANZA, BODY * 2, MAC, PAYLOAD],
        [HEAD, STANZA, b"A" * 64, b"A" * 64, MAC, PAYLOAD],
        [HEAD, STANZA, BODY, STANZA, BODY, MAC, PAYLOAD],
        [HEAD, STANZA, BODY, b"-> scrypt " + b"A" * 22 + b" 1", BODY, MAC, PAYLOAD],
        [HEAD, STANZA, BODY, b"---" + MAC[4:], PAYLOAD],
        [HEAD, STANZA, BODY, b"--- " + b"A" * 43, PAYLOAD],
        [HEAD, STANZA, BODY, MAC, PAYLOAD[:10]],
        [HEAD, STANZA, BODY, MAC, PAYLOAD[:16]],
        [HEAD, STANZA, BODY, MAC, PAYLOAD[:-1]],
        [HEAD, STANZA, BODY, MAC, PAYLOAD + b"x"],
        [HEAD, b"-> " + b"x" * 5000, BODY, MAC, PAYLOAD],
        [HEAD, "-> 口令".encode(), BODY, MAC, PAYLOAD],
    ],
)
def test_what_is_not_as_it_was_written_is_refused(lines: list[bytes]) -> None:
    with pytest.raises(AgeError):
        read(b"\n".join(lines), IDENTITY)


def test_a_header_that_nobody_wrote_for_this_key_names_for_what_keys_it_is() -> None:
    for sealed, kinds in ((SEALED, {"X25519"}), (written(b"", LIGHT), {"scrypt"})):
        with pytest.raises(NoKeyFits) as refused:
            read(sealed, Identity(bytes(32)))
        assert refused.value.kinds == kinds


@pytest.mark.parametrize("cost", ["0", "01", "x", "21", "99", "999"])
def test_no_file_makes_us_work_for_minutes(cost: str) -> None:
    with pytest.raises(AgeError):
        Passphrase(WORDS).unwrap(Stanza(("scrypt", "A" * 22, cost), bytes(32)))


def test_an_empty_last_chunk_is_only_that_of_an_empty_file() -> None:
    file = io.BytesIO()
    writer = Writer(file, [IDENTITY])
    writer._seal(bytes(CHUNK), last=False)
    writer._seal(b"", last=True)

    with pytest.raises(AgeError, match="empty"):
        read(file.getvalue(), IDENTITY)


def test_a_body_of_whole_lines_ends_with_an_empty_one() -> None:
    assert Stanza(("x",), bytes(48)).lines() == b"-> x\n" + b"A" * 64 + b"\n\n"
    assert age.MAGIC == b"age-encryption.org/v1\n"


@given(st.binary(max_size=80), st.sampled_from(["age", "age-secret-key-"]))
def test_bytes_go_through_bech32_and_back(value: bytes, prefix: str) -> None:
    text = bech32.encode(prefix, value)

    assert bech32.decode(prefix, text) == bech32.decode(prefix, text.upper()) == value


@given(st.binary(min_size=32, max_size=32), st.integers(4, 61), st.sampled_from("qpzry9x8"))
def test_a_slip_in_a_key_is_found(value: bytes, place: int, letter: str) -> None:
    text = bech32.encode("age", value)
    slip = text[:place] + letter + text[place + 1 :]

    if slip != text:
        with pytest.raises(bech32.Bech32Error):
            bech32.decode("age", slip)
    for wrong in (text[:-1], text.title(), "b" + text[1:], text.replace("1", "", 1), "", "1"):
        with pytest.raises(bech32.Bech32Error):
            bech32.decode("age", wrong)
