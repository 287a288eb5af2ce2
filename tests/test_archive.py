"""A stream that is whole, or refused: plain, under a key, under a passphrase."""

import io
from collections.abc import Callable

import pytest

from notices.trust import archive, keybox
from notices.trust.archive import CHUNK, ArchiveError, Secret, Writer
from notices.trust.keys import FILES

KEY = Secret.from_text(archive.new_key())
PASSPHRASE = Secret.from_text("eine lange Losung\nand no more\n")
SECRETS = [None, KEY, PASSPHRASE]
CONTENT = bytes(range(256)) * 20


def written(content: bytes, secret: Secret | None, piece: int = 100_000) -> bytes:
    file = io.BytesIO()
    writer = Writer(file, secret)
    for start in range(0, len(content), piece):
        writer.write(content[start : start + piece])
    writer.finish()
    return file.getvalue()


def read(sealed: bytes, secret: Secret | None) -> bytes:
    """The stream, once it was verified."""
    file = io.BytesIO(sealed)
    size = archive.verify(archive.opened(file, secret))
    stream, parts = archive.opened(file, secret), []
    while part := stream.read(70_000):
        parts.append(part)
    return b"".join(parts)[:size]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("size", [0, 1, CHUNK - 72, CHUNK - 71, CHUNK, CHUNK + 1, 3 * CHUNK - 72])
def test_what_was_written_is_read_back(secret: Secret | None, size: int) -> None:
    content = bytes(size)

    assert read(written(content, secret), secret) == content


@pytest.mark.parametrize("secret", [None, KEY])
def test_every_flipped_bit_is_refused(secret: Secret | None) -> None:
    sealed = written(CONTENT, secret)

    for at in [*range(120), *range(120, len(sealed), 97), *range(len(sealed) - 90, len(sealed))]:
        spoilt = sealed[:at] + bytes([sealed[at] ^ 4]) + sealed[at + 1 :]
        with pytest.raises(ArchiveError):
            read(spoilt, secret)


@pytest.mark.parametrize("secret", [None, KEY])
def test_every_truncation_is_refused_and_so_is_anything_behind_the_end(
    secret: Secret | None,
) -> None:
    sealed = written(bytes(2 * CHUNK), secret)
    chunk = CHUNK + archive.TAG

    header = 51 if secret else 0
    for length in (0, 1, 18, 50, 51, 52, header + chunk, header + 2 * chunk, len(sealed) - 1):
        with pytest.raises(ArchiveError):
            read(sealed[:length], secret)
    with pytest.raises(ArchiveError):
        read(sealed + b"x", secret)


@pytest.mark.parametrize(
    "change",
    [
        lambda one, two, rest: two + one + rest,
        lambda one, two, rest: one + rest,
        lambda one, two, rest: one + one + two + rest,
        lambda one, two, rest: one + two,
    ],
)
def test_chunks_cannot_be_moved_left_out_or_repeated(
    change: Callable[[bytes, bytes, bytes], bytes],
) -> None:
    sealed, chunk = written(bytes(3 * CHUNK), KEY), CHUNK + archive.TAG
    header, body = sealed[:51], sealed[51:]

    with pytest.raises(ArchiveError):
        read(header + change(body[:chunk], body[chunk : 2 * chunk], body[2 * chunk :]), KEY)


def test_a_chunk_of_another_file_under_the_same_key_does_not_fit() -> None:
    one, two = written(bytes(2 * CHUNK), KEY), written(bytes(2 * CHUNK), KEY)
    chunk = CHUNK + archive.TAG

    with pytest.raises(ArchiveError):
        read(one[: 51 + chunk] + two[51 + chunk :], KEY)


@pytest.mark.parametrize(
    ("made", "tried", "said"),
    [
        (KEY, Secret.from_text(archive.new_key()), "not its key"),
        (PASSPHRASE, Secret.from_text("another long one"), "not its key"),
        (KEY, PASSPHRASE, "the other way"),
        (KEY, None, "is encrypted"),
        (None, KEY, "not encrypted"),
    ],
)
def test_another_key_is_told(made: Secret | None, tried: Secret | None, said: str) -> None:
    with pytest.raises(ArchiveError, match=said):
        read(written(CONTENT, made), tried)


def test_nothing_of_the_content_is_seen_in_what_is_encrypted() -> None:
    assert b"\1\2\3\4" in written(CONTENT, None)
    assert b"\1\2\3\4" not in written(CONTENT, KEY)


def test_a_short_passphrase_and_a_damaged_key_file_are_refused() -> None:
    with pytest.raises(ArchiveError, match="at least 12"):
        Secret.from_text("too short\n")
    with pytest.raises(ArchiveError, match="key file is damaged"):
        Secret.from_text(archive.new_key()[:-3])


def test_exported_keys_come_back_under_their_passphrase_only() -> None:
    keys = {name: f"the text of {name}" for name in FILES}
    text = keybox.seal(keys, PASSPHRASE).encode()

    assert keybox.unseal(text, Secret.from_passphrase("eine lange Losung")) == keys
    assert not any(value.encode() in text for value in keys.values())
    with pytest.raises(ArchiveError, match="passphrase is wrong"):
        keybox.unseal(text, Secret.from_passphrase("eine lange losung"))
    for damaged in (b"", b"{}", b"[1]", text[:-9], text.replace(b"v1", b"v2")):
        with pytest.raises(ArchiveError, match="no file of exported keys"):
            keybox.unseal(damaged, PASSPHRASE)
