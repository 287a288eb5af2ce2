"""Private values at rest: sealed with AES-256-GCM, bound to the place where they are kept.

A sealed value is one byte for the algorithm, four for the key, twelve of nonce, then ciphertext
and tag; so a value sealed by another key or another algorithm is known before it is opened.
"""

import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

AES_256_GCM = b"\x01"
KEY_SIZE = 32

_NONCE_SIZE = 12
_TAG_SIZE = 16


class SealError(Exception):
    """A value that this key did not seal for this place."""


class Sealer:
    """The key that seals private values; `context` names row and column and is not stored."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_SIZE:
            raise ValueError(f"a sealing key has {KEY_SIZE} bytes")
        self.key_id = hashlib.sha256(b"notices-sealing/v1\n" + key).digest()[:4]
        self._cipher = AESGCM(key)
        self._header = AES_256_GCM + self.key_id

    def __repr__(self) -> str:
        return f"Sealer({self.key_id.hex()})"

    def seal(self, plain: bytes, context: bytes) -> bytes:
        nonce = os.urandom(_NONCE_SIZE)
        return self._header + nonce + self._cipher.encrypt(nonce, plain, self._header + context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        start = len(self._header)
        if len(sealed) < start + _NONCE_SIZE + _TAG_SIZE:
            raise SealError("this is no sealed value")
        if sealed[:start] != self._header:
            raise SealError("another key or another algorithm sealed this value")
        nonce, ciphertext = sealed[start : start + _NONCE_SIZE], sealed[start + _NONCE_SIZE :]
        try:
            return self._cipher.decrypt(nonce, ciphertext, self._header + context)
        except InvalidTag as problem:
            raise SealError("the sealed value was changed, or belongs elsewhere") from problem
