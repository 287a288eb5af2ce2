"""Private values at rest: the port behind which whatever seals them stands, and two that do.

A sealed value is one byte for the algorithm, four for the key, and what the algorithm makes of the
rest; so a value sealed by another key or another algorithm is known before it is opened.
"""

import hashlib
import os
import secrets
from abc import ABC, abstractmethod
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from notices.trust.encoding import EncodingError, from_base64, to_base64

HEADER = 5
"""Bytes of a sealed value that name its algorithm and its key."""

_NONCE_SIZE = 12
_TAG_SIZE = 16


class SealError(Exception):
    """A value that this key did not seal for this place."""


class UnknownKey(SealError):
    """Sealed by a key that is not known here: it may be newer than what this process was told."""


class Key(ABC):
    """What seals and opens: one key of one algorithm, be it bytes here or a handle of a module.

    The contract, which `tests/unit/test_sealing.py` holds every one to:

    - `seal` makes of `plain` a value that begins with `header`: `algorithm`, then `id`. What
      follows hides `plain` but for its length, and is never the same twice.
    - `open` gives back what was sealed under the same `context`, and raises SealError for all
      else: another key's, another algorithm's, another context's, changed by a bit, cut short, or
      any bytes at all.
    - `context` names the place of the value, row and column. It is not stored.
    - `id` follows from the key alone: whoever holds the same key has the same id.
    - Nothing shows the key.

    One key has two parts to play. A data key seals values. A master key seals data keys and
    nothing else, once when one is made and once by each process that begins: that is all that a
    module has to do which never lets its key out.
    """

    algorithm: ClassVar[bytes]
    """One byte, and no two have the same."""

    id: bytes
    """Four bytes."""

    @property
    def header(self) -> bytes:
        return self.algorithm + self.id

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.id.hex()})"

    @abstractmethod
    def seal(self, plain: bytes, context: bytes) -> bytes: ...

    @abstractmethod
    def open(self, sealed: bytes, context: bytes) -> bytes: ...


class KeyOfBytes(Key):
    """A key that is bytes, of an algorithm with a nonce of 12 bytes and a tag of 16 at its end."""

    name: ClassVar[str]
    label: ClassVar[str]
    """What a file with such a key begins with."""
    size: ClassVar[int]

    def __init__(self, key: bytes) -> None:
        if len(key) != self.size:
            raise ValueError(f"a sealing key of {self.name} has {self.size} bytes")
        self.id = hashlib.sha256(self.label.encode() + b"\n" + key).digest()[:4]
        self._key = key

    @classmethod
    def generate(cls) -> "KeyOfBytes":
        return cls(secrets.token_bytes(cls.size))

    @property
    def secret(self) -> bytes:
        """The key itself, for whoever wraps it or writes it into its file."""
        return self._key

    def to_text(self) -> str:
        return f"{self.label} {to_base64(self._key)}"

    def seal(self, plain: bytes, context: bytes) -> bytes:
        nonce = os.urandom(_NONCE_SIZE)
        return self.header + nonce + self._encrypt(nonce, plain, self.header + context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        if len(sealed) < HEADER + _NONCE_SIZE + _TAG_SIZE:
            raise SealError("this is no sealed value")
        if sealed[:HEADER] != self.header:
            raise SealError("another key or another algorithm sealed this value")
        start = HEADER + _NONCE_SIZE
        try:
            return self._decrypt(sealed[HEADER:start], sealed[start:], self.header + context)
        except InvalidTag as problem:
            raise SealError("the sealed value was changed, or belongs elsewhere") from problem

    @abstractmethod
    def _encrypt(self, nonce: bytes, plain: bytes, bound: bytes) -> bytes: ...

    @abstractmethod
    def _decrypt(self, nonce: bytes, ciphertext: bytes, bound: bytes) -> bytes:
        """Raises InvalidTag."""


class Aes256Gcm(KeyOfBytes):
    """AES-256-GCM (NIST SP 800-38D)."""

    algorithm = b"\x01"
    name = "aes-256-gcm"
    label = "notices-sealing/v1"
    size = 32

    def __init__(self, key: bytes) -> None:
        super().__init__(key)
        self._cipher = AESGCM(key)

    def _encrypt(self, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        return self._cipher.encrypt(nonce, plain, bound)

    def _decrypt(self, nonce: bytes, ciphertext: bytes, bound: bytes) -> bytes:
        return self._cipher.decrypt(nonce, ciphertext, bound)


class Sm4Gcm(KeyOfBytes):
    """SM4-GCM (GB/T 32907, RFC 8998)."""

    algorithm = b"\x02"
    name = "sm4-gcm"
    label = "notices-sealing-sm4/v1"
    size = 16

    def _encrypt(self, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        made = Cipher(algorithms.SM4(self._key), modes.GCM(nonce)).encryptor()
        made.authenticate_additional_data(bound)
        return made.update(plain) + made.finalize() + made.tag

    def _decrypt(self, nonce: bytes, ciphertext: bytes, bound: bytes) -> bytes:
        tag = ciphertext[-_TAG_SIZE:]
        opened = Cipher(algorithms.SM4(self._key), modes.GCM(nonce, tag)).decryptor()
        opened.authenticate_additional_data(bound)
        return opened.update(ciphertext[:-_TAG_SIZE]) + opened.finalize()


KINDS: dict[str, type[KeyOfBytes]] = {each.name: each for each in (Aes256Gcm, Sm4Gcm)}
BY_ALGORITHM = {each.algorithm: each for each in KINDS.values()}


def from_text(text: str) -> KeyOfBytes:
    """The key in a text that `to_text` made; raises EncodingError for any other."""
    label, _, value = text.partition(" ")
    for kind in KINDS.values():
        if label == kind.label:
            return kind(from_base64(value, kind.size))
    raise EncodingError("this is no sealing key")
