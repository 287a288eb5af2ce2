"""Private values at rest: the port's contract, held by every algorithm, and data keys."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from hypothesis import given
from hypothesis import strategies as st

from notices.trust.encoding import EncodingError
from notices.trust.keyring import Sealer, Wrapped, unwrap, wrap
from notices.trust.sealing import (
    HEADER,
    KINDS,
    Aes256Gcm,
    Key,
    KeyOfBytes,
    SealError,
    Sm4Gcm,
    from_text,
)

EACH = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def key_of(kind: type[KeyOfBytes], first: int = 0) -> KeyOfBytes:
    return kind(bytes(range(first, first + kind.size)))


def test_two_algorithms_are_there_and_no_two_look_alike() -> None:
    assert len(KINDS) == 2
    assert len({kind.algorithm for kind in KINDS.values()}) == len(KINDS)
    assert len({kind.label for kind in KINDS.values()}) == len(KINDS)


@EACH
@given(plain=st.binary(), context=st.binary())
def test_what_is_sealed_is_opened_in_its_place(
    kind: type[KeyOfBytes], plain: bytes, context: bytes
) -> None:
    key = key_of(kind)

    assert key.open(key.seal(plain, context), context) == plain


@EACH
def test_sealing_twice_gives_two_values(kind: type[KeyOfBytes]) -> None:
    assert key_of(kind).seal(b"plain", b"") != key_of(kind).seal(b"plain", b"")


@EACH
def test_a_sealed_value_names_algorithm_and_key_and_hides_the_rest(kind: type[KeyOfBytes]) -> None:
    key = key_of(kind)
    sealed = key.seal(b"13800000000", b"notice 1")

    assert sealed[:HEADER] == key.header == kind.algorithm + key.id
    assert b"138" not in sealed[HEADER:]


@EACH
def test_a_value_moved_elsewhere_is_refused(kind: type[KeyOfBytes]) -> None:
    with pytest.raises(SealError, match="belongs elsewhere"):
        key_of(kind).open(key_of(kind).seal(b"plain", b"notice 1"), b"notice 2")


@EACH
@pytest.mark.parametrize("other", KINDS.values(), ids=list(KINDS))
def test_a_value_of_another_key_is_refused_by_name(
    kind: type[KeyOfBytes], other: type[KeyOfBytes]
) -> None:
    with pytest.raises(SealError, match="another key"):
        key_of(kind).open(key_of(other, 1).seal(b"plain", b""), b"")


@EACH
@given(place=st.integers(0), change=st.integers(1, 255))
def test_a_value_with_one_byte_changed_is_refused(
    kind: type[KeyOfBytes], place: int, change: int
) -> None:
    sealed = bytearray(key_of(kind).seal(b"plain", b"here"))
    sealed[place % len(sealed)] ^= change

    with pytest.raises(SealError):
        key_of(kind).open(bytes(sealed), b"here")


@EACH
@given(anything=st.binary(max_size=80))
def test_any_bytes_at_all_are_refused_with_our_own_error(
    kind: type[KeyOfBytes], anything: bytes
) -> None:
    for given_ in (anything, key_of(kind).header + anything):
        with pytest.raises(SealError):
            key_of(kind).open(given_, b"")


@EACH
def test_a_key_of_another_length_is_a_mistake(kind: type[KeyOfBytes]) -> None:
    with pytest.raises(ValueError, match=f"{kind.size} bytes"):
        kind(b"short")


@EACH
def test_a_key_does_not_show_itself_and_is_read_from_its_own_text(kind: type[KeyOfBytes]) -> None:
    key = key_of(kind)

    assert repr(key) == f"{kind.__name__}({key.id.hex()})"
    assert from_text(key.to_text()).header == key.header


@pytest.mark.parametrize("text", ["", "notices-sealing/v1", "notices-sealing/v1 AAAA", "x AAAA"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(EncodingError):
        from_text(text)


def test_what_the_version_before_sealed_is_opened_still() -> None:
    """By the key in the file itself, before there were data keys: the bytes as that wrote them."""
    key = key_of(Aes256Gcm)
    nonce, bound = bytes(range(12)), b"\x01" + key.id + b"37070000000001"
    sealed = b"\x01" + key.id + nonce + key._encrypt(nonce, b"13800000000", bound)

    assert Sealer(key_of(Aes256Gcm)).open(sealed, b"37070000000001") == b"13800000000"
    assert key_of(Aes256Gcm).id.hex() == "9257778c"


def test_sm4_is_the_cipher_of_the_standard() -> None:
    """The example of GB/T 32907, annex A.1; and RFC 8998, A.1 of its mode."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    block = Cipher(SM4(key), modes.ECB()).encryptor()  # noqa: S305  (one block, as the standard has it)
    assert block.update(key).hex() == "681edf34d206965e86b3e94f536e4246"

    plain = bytes.fromhex("".join(16 * each for each in "abcdefea"))
    made = Sm4Gcm(key)._encrypt(
        bytes.fromhex("00001234567800000000abcd"),
        plain,
        bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"),
    )
    assert made[-16:].hex() == "83de3541e4c2b58177e065a9bf7b62ec"


class Module(Key):
    """Stands in for a hardware module: it seals, and nobody ever sees by what."""

    algorithm = b"\x7f"
    id = b"hsm1"

    def __init__(self) -> None:
        self.asked = 0
        self.__inside = key_of(Aes256Gcm, 40)

    def seal(self, plain: bytes, context: bytes) -> bytes:
        self.asked += 1
        return self.header + self.__inside.seal(plain, context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        self.asked += 1
        if sealed[:HEADER] != self.header:
            raise SealError("another key")
        return self.__inside.open(sealed[HEADER:], context)


def ring(master: Key, *kinds: type[KeyOfBytes], sealing: int | None = None) -> list[Wrapped]:
    """A passing key, and data keys of these kinds, of which those up to `sealing` are due."""
    rows = [wrap(master, "passing", 1, key_of(Aes256Gcm, 200))]
    for number, kind in enumerate(kinds, 1):
        row = wrap(master, "sealing", number, key_of(kind, 10 * number))
        rows.append(row._replace(seals=sealing is None or number <= sealing))
    return rows


MASTERS = [key_of(Aes256Gcm), key_of(Sm4Gcm), Module()]


@pytest.mark.parametrize("master", MASTERS, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("kinds", [(Aes256Gcm, Sm4Gcm), (Sm4Gcm, Aes256Gcm)])
def test_values_of_both_algorithms_lie_side_by_side_while_one_takes_the_others_place(
    master: Key, kinds: tuple[type[KeyOfBytes], ...]
) -> None:
    sealer = Sealer(master)
    sealer.learn(ring(master, *kinds[:1]))
    before = sealer.seal(b"before", b"here")
    sealer.learn(ring(master, *kinds, sealing=1))
    known = sealer.seal(b"known", b"here")
    sealer.learn(ring(master, *kinds))
    after = sealer.seal(b"after", b"here")

    assert [each[:1] for each in (before, known, after)] == [
        kinds[0].algorithm, kinds[0].algorithm, kinds[1].algorithm,
    ]  # fmt: skip
    again = Sealer(master)
    again.learn(ring(master, *kinds))
    for value, plain in ((before, b"before"), (known, b"known"), (after, b"after")):
        assert again.open(value, b"here") == plain
        with pytest.raises(SealError):
            again.open(value, b"there")


def test_the_master_key_is_asked_once_for_each_data_key_and_never_for_a_value() -> None:
    master = Module()
    rows = ring(master, Aes256Gcm, Sm4Gcm)
    sealer, master.asked = Sealer(master), 0

    for _ in range(3):
        sealer.learn(rows)
        sealer.open(sealer.seal(b"plain", b""), b"")

    assert master.asked == len(rows)


def test_before_it_is_told_a_data_key_a_sealer_seals_nothing() -> None:
    sealer = Sealer(key_of(Aes256Gcm))

    assert not sealer.ready
    with pytest.raises(SealError, match="no data key"):
        sealer.seal(b"plain", b"")
    with pytest.raises(SealError, match="no data key"):
        _ = sealer.passing


def test_of_keys_that_are_not_due_by_a_clock_that_was_put_back_the_oldest_seals() -> None:
    master = key_of(Aes256Gcm)
    rows = ring(master, Aes256Gcm, Sm4Gcm, sealing=0)
    sealer = Sealer(master)
    sealer.learn(rows)

    assert sealer.present.id == rows[1].id


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": "passing"}, {"generation": 9}, {"id": b"abcd"}, {"algorithm": b"\x02"},
        {"algorithm": b"\x09"}, {"wrapped": b"\x01"},
    ],
)  # fmt: skip
def test_a_wrapped_key_that_was_made_another_one_is_refused(change: dict[str, object]) -> None:
    master = key_of(Aes256Gcm)
    row = wrap(master, "sealing", 1, key_of(Aes256Gcm, 10))

    assert unwrap(master, row).secret == key_of(Aes256Gcm, 10).secret
    with pytest.raises(SealError):
        unwrap(master, row._replace(**change))  # type: ignore[arg-type]


def test_keys_that_another_master_wrapped_are_left_alone_and_missed() -> None:
    other, master = key_of(Aes256Gcm, 1), key_of(Aes256Gcm)
    rows = ring(other, Aes256Gcm)
    sealer = Sealer(master)
    sealer.learn(rows)

    assert not sealer.ready
    assert not sealer.knows(rows)
    assert sealer.knows([*rows, *ring(master, Aes256Gcm)])


def test_a_sealer_does_not_show_its_keys() -> None:
    sealer = Sealer(key_of(Aes256Gcm))
    sealer.learn(ring(sealer.master, Aes256Gcm))

    assert repr(sealer) == f"Sealer({sealer.master!r}, [{sealer.present!r}])"
