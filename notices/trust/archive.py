"""A stream of bytes as a file that is known to be whole, and encrypted when there is a key.

Plain it is the bytes and a line with their SHA-256. Encrypted it is a header and chunks of
AES-256-GCM in the STREAM construction: the nonce counts the chunks and marks the last one, so
that none can be changed, moved, left out or cut off. Each file has a key of its own, derived from
the owner's and a salt in the header, which every chunk is bound to.
"""

import hashlib
import secrets
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from notices.facts.texts import Text, TextError
from notices.trust.encoding import EncodingError, from_base64, to_base64

MAGIC = b"notices-backup/v1\n"
KEY_LABEL = "notices-backup-key/v1"
BY_KEY, BY_PASSPHRASE = b"\x01", b"\x02"
SALT = 32
CHUNK = 1 << 18
TAG = 16
COST = 1 << 16
"""Of scrypt: 64 MB and some tenths of a second for each guess at a passphrase."""

SHORTEST_PASSPHRASE = 12
END = 72
"""Bytes of the last line of the plain stream."""


class ArchiveError(TextError):
    """A file that is not whole, or that this key does not open."""


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Secret:
    """What a backup is encrypted under: a random key, or a passphrase."""

    def __init__(self, kind: bytes, value: bytes) -> None:
        self.kind = kind
        self._value = value

    def __repr__(self) -> str:
        return f"Secret({self.kind!r})"

    @classmethod
    def from_text(cls, text: str) -> "Secret":
        """The key in a file, else its first line as a passphrase; raises ArchiveError."""
        label, _, value = text.strip().partition(" ")
        if label == KEY_LABEL:
            try:
                return cls(BY_KEY, from_base64(value, 32))
            except EncodingError:
                raise ArchiveError(_BAD_KEY) from None
        return cls.from_passphrase(text.split("\n", 1)[0].rstrip("\r"))

    @classmethod
    def from_passphrase(cls, text: str) -> "Secret":
        if len(text) < SHORTEST_PASSPHRASE:
            raise ArchiveError(_SHORT.format(least=SHORTEST_PASSPHRASE))
        return cls(BY_PASSPHRASE, text.encode())

    def key_for(self, salt: bytes, purpose: bytes) -> AESGCM:
        """The key of one file."""
        value = self._value
        if self.kind == BY_PASSPHRASE:
            value = Scrypt(salt=salt, length=32, n=COST, r=8, p=1).derive(value)
        return AESGCM(HKDF(SHA256(), 32, salt, purpose).derive(value))


def new_key() -> str:
    """The text of a new key file."""
    return f"{KEY_LABEL} {to_base64(secrets.token_bytes(32))}\n"


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class Writer:
    """What is written to it goes to `file`; without `finish` the file is none."""

    def __init__(self, file: BinaryIO, secret: Secret | None) -> None:
        self._file = file
        self._sum = hashlib.sha256()
        self._waiting = bytearray()
        self._count = 0
        self._key: AESGCM | None = None
        self.size = 0
        if secret is not None:
            self._header = MAGIC + secret.kind + secrets.token_bytes(SALT)
            self._key = secret.key_for(self._header[-SALT:], MAGIC)
            file.write(self._header)

    def write(self, content: bytes, /) -> int:
        self._sum.update(content)
        self._put(content)
        self.size += len(content)
        return len(content)

    def _put(self, content: bytes) -> None:
        if self._key is None:
            self._file.write(content)
            return
        self._waiting += content
        # The last chunk is only known at the end, so there is always something left for it.
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        assert self._key is not None  # noqa: S101
        self._file.write(self._key.encrypt(_nonce(self._count, last), chunk, self._header))
        self._count += 1

    def finish(self) -> None:
        self._put(f"sha256 {self._sum.hexdigest()}\n".encode())
        if self._key is not None:
            self._seal(bytes(self._waiting), last=True)


def opened(file: BinaryIO, secret: Secret | None) -> Readable:
    """The stream in `file`, from its beginning; raises ArchiveError, also while it is read."""
    file.seek(0)
    header = file.read(len(MAGIC) + 1 + SALT)
    if not header.startswith(MAGIC):
        if secret is not None:
            raise ArchiveError(_NOT_ENCRYPTED)
        file.seek(0)
        return file
    if secret is None:
        raise ArchiveError(_ENCRYPTED)
    kind = header[len(MAGIC) : len(MAGIC) + 1]
    if len(header) < len(MAGIC) + 1 + SALT or kind not in (BY_KEY, BY_PASSPHRASE):
        raise ArchiveError(_DAMAGED)
    if kind != secret.kind:
        raise ArchiveError(_OTHER_KIND)
    return _Opening(file, secret.key_for(header[-SALT:], MAGIC), header)


class _Opening:
    """The plain bytes behind encrypted chunks."""

    def __init__(self, file: BinaryIO, key: AESGCM, header: bytes) -> None:
        self._file, self._key, self._header = file, key, header
        self._count = 0
        self._next = file.read(CHUNK + TAG)
        self._plain = b""
        self._ended = False

    def read(self, size: int, /) -> bytes:
        while not self._plain and not self._ended:
            sealed, self._next = self._next, self._file.read(CHUNK + TAG)
            self._ended = not self._next
            try:
                self._plain = self._key.decrypt(
                    _nonce(self._count, self._ended), sealed, self._header
                )
            except (InvalidTag, ValueError):
                raise ArchiveError(_WRONG_KEY if self._count == 0 else _DAMAGED) from None
            self._count += 1
        part, self._plain = self._plain[:size], self._plain[size:]
        return part


def verify(stream: Readable) -> int:
    """Read all of `stream`; its length, or ArchiveError unless it is as it was written."""
    sum_, held, size = hashlib.sha256(), b"", 0
    while part := stream.read(CHUNK):
        held += part
        sum_.update(held[:-END])
        size += max(0, len(held) - END)
        held = held[-END:]
    if held != f"sha256 {sum_.hexdigest()}\n".encode():
        raise ArchiveError(_DAMAGED)
    return size


_BAD_KEY = Text("备份密钥文件已损坏。", "The backup's key file is damaged.")
_SHORT = Text("口令至少要有{least}个字符。", "A passphrase has at least {least} characters.")
_NOT_ENCRYPTED = Text(
    "这个文件没有加密，或不是备份；不要给 --key。",
    "This file is not encrypted, or no backup; leave --key out.",
)
_ENCRYPTED = Text(
    "这个备份已加密，请用 --key 给出密钥。", "The backup is encrypted: name its --key."
)
_OTHER_KIND = Text(
    "备份是用另一种方式加密的（密钥文件或口令）。",
    "The backup was encrypted in the other way (a key file, or a passphrase).",
)
_WRONG_KEY = Text(
    "密钥不对，或文件开头已损坏。", "This is not its key, or the beginning of the file is damaged."
)
_DAMAGED = Text(
    "备份文件已损坏或不完整，没有使用其中任何内容。",
    "The backup is damaged or incomplete; nothing of it was used.",
)
