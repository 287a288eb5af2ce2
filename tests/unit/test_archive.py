"""A stream that is whole, or refused: plain, under a key, under a passphrase."""

import io
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pytest

from notices.trust import archive, keybox
from notices.trust.age import CHUNK
from notices.trust.age_keys import TAG, Passphrase
from notices.trust.archive import ArchiveError, Secret, Writer
from notices.trust.keys import FILES

KEY_FILE = archive.new_key()
KEY = Secret.from_text(KEY_FILE)
PUBLIC = Secret.from_text(KEY_FILE.partition("key: ")[2].partition("\n")[0])
WORDS = "eine lange Losung"
HEAVY = Secret.from_text(f"{WORDS}\nand no more\n")
PASSPHRASE = replace(HEAVY, locks=(Passphrase(WORDS, cost=10),))
"""The same, and what is written under it takes a thousandth of a second."""

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


def parts_of(sealed: bytes) -> tuple[bytes, list[bytes]]:
    """The header with what follows it, and the sealed chunks, of an age file."""
    start = sealed.index(b"\n--- ") + 49 + 16
    chunk = CHUNK + TAG
    return sealed[:start], [sealed[at : at + chunk] for at in range(start, len(sealed), chunk)]


SIZES = [0, 1, CHUNK - 72, CHUNK - 71, CHUNK, CHUNK + 1, 3 * CHUNK - 72]


@pytest.mark.parametrize(
    ("secret", "size"),
    [*((secret, size) for secret in (None, KEY) for size in SIZES), (PASSPHRASE, CHUNK)],
)
def test_what_was_written_is_read_back(secret: Secret | None, size: int) -> None:
    content = bytes(size)

    assert read(written(content, secret), secret) == content


@pytest.mark.parametrize("secret", [None, KEY])
def test_every_flipped_bit_is_refused(secret: Secret | None) -> None:
    sealed = written(CONTENT, secret)

    for at in [*range(250), *range(250, len(sealed), 97), *range(len(sealed) - 90, len(sealed))]:
        spoilt = sealed[:at] + bytes([sealed[at] ^ 4]) + sealed[at + 1 :]
        with pytest.raises(ArchiveError):
            read(spoilt, secret)


@pytest.mark.parametrize("secret", [None, KEY])
def test_every_truncation_is_refused_and_so_is_anything_behind_the_end(
    secret: Secret | None,
) -> None:
    sealed = written(bytes(2 * CHUNK), secret)
    chunk = CHUNK + TAG

    header = len(parts_of(sealed)[0]) if secret else 0
    ends = (header - 17, header - 1, header, header + 1, header + chunk, header + 2 * chunk)
    for length in (0, 1, 18, 22, 23, *ends, len(sealed) - 1):
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
    header, (one, two, *rest) = parts_of(written(bytes(3 * CHUNK), KEY))

    with pytest.raises(ArchiveError):
        read(header + change(one, two, b"".join(rest)), KEY)


def test_a_chunk_of_another_file_under_the_same_key_does_not_fit() -> None:
    header, (first, *_) = parts_of(written(bytes(2 * CHUNK), KEY))
    _, (_, *rest) = parts_of(written(bytes(2 * CHUNK), KEY))

    with pytest.raises(ArchiveError):
        read(header + first + b"".join(rest), KEY)


@pytest.mark.parametrize(
    ("made", "tried", "said"),
    [
        (KEY, Secret.from_text(archive.new_key()), "not its key"),
        (PASSPHRASE, Secret.from_text("another long one"), "not its key"),
        (KEY, PASSPHRASE, "the other way"),
        (PASSPHRASE, KEY, "the other way"),
        (PUBLIC, PUBLIC, "a public key alone"),
        (KEY, None, "is encrypted"),
        (None, KEY, "not encrypted"),
    ],
)
def test_another_key_is_told(made: Secret | None, tried: Secret | None, said: str) -> None:
    with pytest.raises(ArchiveError, match=said):
        read(written(CONTENT, made), tried)


def test_what_is_written_under_a_passphrase_takes_the_whole_work() -> None:
    assert HEAVY.locks == HEAVY.openers == (Passphrase(WORDS),)
    assert Secret.from_passphrase(WORDS) == HEAVY


def test_nothing_of_the_content_is_seen_in_what_is_encrypted() -> None:
    assert b"\1\2\3\4" in written(CONTENT, None)
    assert b"\1\2\3\4" not in written(CONTENT, KEY)


def test_a_short_passphrase_and_a_damaged_key_file_are_refused() -> None:
    with pytest.raises(ArchiveError, match="at least 12"):
        Secret.from_text("too short\n")
    no_keys = (
        "age1" + "q" * 58,
        "age1yubikey1" + "q" * 60,
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA x",
    )
    public, secret = KEY_FILE.split()[3], KEY_FILE.strip()
    slips = (
        public[:-1] + ("q" if public.endswith("x") else "x"),
        secret[:-1] + ("P" if secret.endswith("Q") else "Q"),
    )
    for damaged in (secret[:-2], *slips, *no_keys):
        with pytest.raises(ArchiveError, match="key file is damaged"):
            Secret.from_text(damaged)


def test_whoever_has_the_public_key_writes_what_only_the_secret_one_opens() -> None:
    assert read(written(CONTENT, PUBLIC), KEY) == CONTENT


def test_each_of_several_keys_opens_what_is_written_for_all_of_them() -> None:
    other = archive.new_key()
    both = Secret.from_text(KEY_FILE + other)

    for secret in (KEY, Secret.from_text(other), both):
        assert read(written(CONTENT, both), secret) == CONTENT


def test_a_large_stream_takes_no_more_memory_than_a_small_one() -> None:
    class Sink(io.RawIOBase):
        def write(self, content: object) -> int:
            return len(content)  # type: ignore[arg-type]

    class Zeros:
        left = 100 << 20

        def read(self, size: int) -> bytes:
            part = bytes(min(size, self.left))
            self.left -= len(part)
            return part

    tracemalloc.start()
    try:
        writer, source = Writer(Sink(), KEY), Zeros()  # type: ignore[arg-type]
        while part := source.read(1 << 20):
            writer.write(part)
        writer.finish()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert writer.size == 100 << 20
    assert peak < 8 << 20


def test_exported_keys_come_back_under_their_passphrase_only() -> None:
    keys = {name: f"the text of {name}" for name in FILES}
    text = keybox.seal(keys, PASSPHRASE).encode()

    assert keybox.unseal(text, Secret.from_passphrase("eine lange Losung")) == keys
    assert not any(value.encode() in text for value in keys.values())
    with pytest.raises(ArchiveError, match="passphrase is wrong"):
        keybox.unseal(text, Secret.from_passphrase("eine lange losung"))
    lines = text.splitlines(keepends=True)
    with pytest.raises(ArchiveError, match="passphrase is wrong, or the file is damaged"):
        keybox.unseal(b"".join([*lines[:8], lines[8].swapcase(), *lines[9:]]), PASSPHRASE)
    for damaged in (b"", b"{}", b"[1]", text[:-9], text.replace(b"AGE", b"PEM"), text[:40]):
        with pytest.raises(ArchiveError, match="no file of exported keys"):
            keybox.unseal(damaged, PASSPHRASE)
