"""The keys of age files: each wraps the key of a file in a stanza of its header, or unwraps it."""

import re
import secrets
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from notices.trust import bech32
from notices.trust.encoding import EncodingError, from_base64, to_base64

KEY, TAG = 16, 16
"""Bytes of a file's key, and of what authenticates a ciphertext."""

COST = 17
"""Of a passphrase, as a power of two: 128 MB and some tenths of a second for each guess."""

MOST_COST = 20
"""Of a file that somebody else wrote: 1 GB and some seconds."""

COLUMNS = 64
_SALT = 16


class AgeError(Exception):
    """What is no age file, or one that was damaged."""


@dataclass(frozen=True, slots=True)
class Stanza:
    """The file's key as one who has one key or passphrase can get at it."""

    words: tuple[str, ...]
    body: bytes

    def lines(self) -> bytes:
        text = unpadded(self.body)
        # The last line is shorter than the others, if need be empty.
        rows = [text[start : start + COLUMNS] for start in range(0, len(text) + 1, COLUMNS)]
        return "\n".join([f"-> {' '.join(self.words)}", *rows, ""]).encode()


class Lock(Protocol):
    """A key or passphrase that can wrap a file's key."""

    def wrap(self, file_key: bytes) -> Stanza: ...


class Opener(Lock, Protocol):
    """One that can unwrap it, too."""

    def unwrap(self, stanza: Stanza) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Recipient:
    """The public half of a key: enough to write for its owner, and to read nothing."""

    public: bytes

    @classmethod
    def from_text(cls, text: str) -> "Recipient":
        return cls(_from_bech32("age", text))

    def __str__(self) -> str:
        return bech32.encode("age", self.public)

    def wrap(self, file_key: bytes) -> Stanza:
        mine = X25519PrivateKey.generate()
        share = mine.public_key().public_bytes_raw()
        shared = mine.exchange(X25519PublicKey.from_public_bytes(self.public))
        cipher = _wrapping(shared, share + self.public)
        return Stanza(("X25519", unpadded(share)), cipher.encrypt(bytes(12), file_key, None))


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """A key: 32 bytes of chance."""

    secret: bytes

    @classmethod
    def from_text(cls, text: str) -> "Identity":
        return cls(_from_bech32("age-secret-key-", text))

    def text(self) -> str:
        return bech32.encode("age-secret-key-", self.secret).upper()

    @property
    def recipient(self) -> Recipient:
        private = X25519PrivateKey.from_private_bytes(self.secret)
        return Recipient(private.public_key().public_bytes_raw())

    def wrap(self, file_key: bytes) -> Stanza:
        return self.recipient.wrap(file_key)

    def unwrap(self, stanza: Stanza) -> bytes | None:
        if stanza.words[0] != "X25519" or len(stanza.words) != 2:
            return None
        try:
            share = padded(stanza.words[1], 32)
            mine = X25519PrivateKey.from_private_bytes(self.secret)
            shared = mine.exchange(X25519PublicKey.from_public_bytes(share))
        except (EncodingError, ValueError):  # a point of low order
            raise AgeError("a stanza is damaged") from None
        return _unwrapped(_wrapping(shared, share + self.recipient.public), stanza.body)


@dataclass(frozen=True, slots=True, repr=False)
class Passphrase:
    """Words that somebody knows; whoever knows no others can only guess.

    A file says itself at what `cost` it was written: the one here is for writing.
    """

    words: str
    cost: int = COST

    def _cipher(self, salt: bytes, cost: int) -> ChaCha20Poly1305:
        salt = b"age-encryption.org/v1/scrypt" + salt
        return ChaCha20Poly1305(
            Scrypt(salt=salt, length=32, n=1 << cost, r=8, p=1).derive(self.words.encode())
        )

    def wrap(self, file_key: bytes) -> Stanza:
        salt = secrets.token_bytes(_SALT)
        body = self._cipher(salt, self.cost).encrypt(bytes(12), file_key, None)
        return Stanza(("scrypt", unpadded(salt), str(self.cost)), body)

    def unwrap(self, stanza: Stanza) -> bytes | None:
        if stanza.words[0] != "scrypt":
            return None
        if len(stanza.words) != 3 or not re.fullmatch("[1-9][0-9]?", stanza.words[2]):
            raise AgeError("a stanza is damaged")
        if (cost := int(stanza.words[2])) > MOST_COST:
            raise AgeError("this passphrase takes more work than it is worth")
        try:
            salt = padded(stanza.words[1], _SALT)
        except EncodingError:
            raise AgeError("a stanza is damaged") from None
        return _unwrapped(self._cipher(salt, cost), stanza.body)


def unpadded(value: bytes) -> str:
    return to_base64(value).rstrip("=")


def padded(text: str, length: int | None = None) -> bytes:
    if "=" in text:
        raise EncodingError("base64 is without padding here")
    return from_base64(text + "=" * (-len(text) % 4), length)


def _from_bech32(prefix: str, text: str) -> bytes:
    try:
        value = bech32.decode(prefix, text)
    except bech32.Bech32Error as problem:
        raise AgeError(str(problem)) from None
    if len(value) != 32:
        raise AgeError("a key has 32 bytes")
    return value


def _wrapping(shared: bytes, salt: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(
        HKDF(SHA256(), 32, salt, b"age-encryption.org/v1/X25519").derive(shared)
    )


def _unwrapped(cipher: ChaCha20Poly1305, body: bytes) -> bytes | None:
    if len(body) != KEY + TAG:
        raise AgeError("a stanza is damaged")
    try:
        return cipher.decrypt(bytes(12), body, None)
    except InvalidTag:
        return None
