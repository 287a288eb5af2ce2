"""Reading what versions wrote before they wrote age files: backups and boxes under AES-256-GCM.

A header names the kind of key and a salt, from which each file has a key of its own; chunks follow
in the STREAM construction, bound to the header. Nothing writes this any more.
"""

from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from notices.trust.encoding import EncodingError, from_base64, strict_json

MAGIC = b"notices-backup/v1\n"
KEY_LABEL = "notices-backup-key/v1"
BOX = "notices-keys/v1"
_BY_KEY, _BY_PASSPHRASE = b"\x01", b"\x02"
_SALT = 32
_CHUNK, _TAG = 1 << 18, 16
_COST = 1 << 16


class DamagedError(Exception):
    """A file or box that is not as it was written."""


class WrongKeyError(Exception):
    """A key that does not open it, or its beginning was damaged."""


class OtherKindError(Exception):
    """It needs a key file and was given a passphrase, or the other way round."""


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """Bytes of chance out of a key file, or a passphrase."""

    value: bytes
    is_passphrase: bool

    @property
    def kind(self) -> bytes:
        return _BY_PASSPHRASE if self.is_passphrase else _BY_KEY

    def cipher(self, salt: bytes, purpose: bytes) -> AESGCM:
        """The key of one file."""
        value = self.value
        if self.is_passphrase:
            value = Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(value)
        return AESGCM(HKDF(SHA256(), 32, salt, purpose).derive(value))


class Reader:
    """The plain bytes of a backup, whose beginning `file` stands at."""

    def __init__(self, file: BinaryIO, key: Key | None) -> None:
        self._header = file.read(len(MAGIC) + 1 + _SALT)
        kind = self._header[len(MAGIC) : len(MAGIC) + 1]
        if len(self._header) < len(MAGIC) + 1 + _SALT or kind not in (_BY_KEY, _BY_PASSPHRASE):
            raise DamagedError
        if key is None:
            raise WrongKeyError
        if kind != key.kind:
            raise OtherKindError
        self._cipher = key.cipher(self._header[-_SALT:], MAGIC)
        self._file = file
        self._next = file.read(_CHUNK + _TAG)
        self._count = 0
        self._plain = b""
        self._ended = False

    def read(self, size: int, /) -> bytes:
        while not self._plain and not self._ended:
            sealed, self._next = self._next, self._file.read(_CHUNK + _TAG)
            self._ended = not self._next
            nonce = self._count.to_bytes(11, "big") + bytes([self._ended])
            try:
                self._plain = self._cipher.decrypt(nonce, sealed, self._header)
            except (InvalidTag, ValueError):
                raise (DamagedError if self._count else WrongKeyError) from None
            self._count += 1
        part, self._plain = self._plain[:size], self._plain[size:]
        return part


def unseal(text: bytes, key: Key | None) -> bytes:
    """What is in a box of keys."""
    try:
        box = strict_json(text)
        if box["format"] != BOX:
            raise DamagedError
        salt, sealed = from_base64(box["salt"], _SALT), from_base64(box["sealed"])
    except (EncodingError, KeyError, TypeError):
        raise DamagedError from None
    if key is None:
        raise WrongKeyError
    try:
        return key.cipher(salt, BOX.encode()).decrypt(bytes(12), sealed, BOX.encode())
    except (InvalidTag, ValueError):
        raise WrongKeyError from None
