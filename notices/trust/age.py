"""The file format age, version 1 (age-encryption.org/v1), as a stream that is written or read.

A header holds the file's key, wrapped for each recipient or under one passphrase; behind it come
chunks of ChaCha20-Poly1305 in the STREAM construction, whose nonce counts them and marks the last
one, so that none can be changed, moved, left out or cut off.

It is ours because no library for Python does this: `pyrage` encrypts under a passphrase only in
memory, and reports as written what its last write could not (docs/backup.md). The tests hold it
against that library, which is rage's, and against age itself.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from notices.trust.age_keys import (
    COLUMNS,
    KEY,
    TAG,
    AgeError,
    Lock,
    Opener,
    Stanza,
    padded,
    unpadded,
)
from notices.trust.encoding import EncodingError

MAGIC = b"age-encryption.org/v1\n"
CHUNK = 1 << 16
_NONCE = 16
_LONGEST_LINE, _MOST_LINES = 4096, 1000


class NoKeyFits(AgeError):
    """None of the keys opens the header, or it was damaged; `kinds` says for what keys it is."""

    def __init__(self, stanzas: list[Stanza]) -> None:
        super().__init__("no key fits")
        self.kinds = {stanza.words[0] for stanza in stanzas}


class Writer:
    """What is written to it goes to `file`; without `finish` the file is none.

    A passphrase is the only lock of its file, or whoever has another key could set its words.
    """

    def __init__(self, file: BinaryIO, locks: Sequence[Lock]) -> None:
        file_key, nonce = secrets.token_bytes(KEY), secrets.token_bytes(_NONCE)
        header = MAGIC + b"".join(lock.wrap(file_key).lines() for lock in locks) + b"---"
        mac = unpadded(_mac(file_key, header)).encode()
        file.write(header + b" " + mac + b"\n" + nonce)
        self._file = file
        self._cipher = _payload(file_key, nonce)
        self._waiting = bytearray()
        self._count = 0

    def write(self, content: bytes, /) -> int:
        self._waiting += content
        # The last chunk is only known at the end, so there is always something left for it.
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(content)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_chunk_nonce(self._count, last), chunk, None))
        self._count += 1

    def finish(self) -> None:
        self._seal(bytes(self._waiting), last=True)


class Reader:
    """The plain bytes of an age file; raises AgeError, also while it is read."""

    def __init__(self, file: BinaryIO, openers: Iterable[Opener]) -> None:
        stanzas, header, mac = _header(file)
        file_key = _file_key(stanzas, openers)
        if file_key is None or not hmac.compare_digest(_mac(file_key, header), mac):
            raise NoKeyFits(stanzas)
        nonce = file.read(_NONCE)
        if len(nonce) < _NONCE:
            raise AgeError("it is cut off")
        self._file = file
        self._cipher = _payload(file_key, nonce)
        self._next = file.read(CHUNK + TAG)
        self._plain = b""
        self._count = 0
        self._ended = False

    def read(self, size: int, /) -> bytes:
        while not self._plain and not self._ended:
            sealed, self._next = self._next, self._file.read(CHUNK + TAG)
            self._ended = not self._next
            nonce = _chunk_nonce(self._count, self._ended)
            try:
                self._plain = self._cipher.decrypt(nonce, sealed, None)
            except (InvalidTag, ValueError):
                raise AgeError(f"chunk {self._count} is damaged, or the last one missing") from None
            if not self._plain and self._count:
                raise AgeError("the last chunk is empty")
            self._count += 1
        part, self._plain = self._plain[:size], self._plain[size:]
        return part


def _header(file: BinaryIO) -> tuple[list[Stanza], bytes, bytes]:
    """The stanzas, what the code is over, and the code."""
    read = file.readline(_LONGEST_LINE)
    if read != MAGIC:
        raise AgeError("this is no age file")
    stanzas: list[Stanza] = []
    for _ in range(_MOST_LINES):
        line = file.readline(_LONGEST_LINE)
        try:
            if line.startswith(b"--- ") and line.endswith(b"\n") and stanzas:
                return stanzas, read + b"---", padded(line[4:-1].decode("ascii"), 32)
            read += line
            words = tuple(line.decode("ascii").removesuffix("\n").split(" "))
            if words[0] != "->" or len(words) < 2 or not all(map(_is_word, words)):
                break
            text = ""
            while True:
                row = file.readline(_LONGEST_LINE)
                read += row
                text += (part := row.decode("ascii").removesuffix("\n"))
                if not row.endswith(b"\n") or len(part) > COLUMNS:
                    raise AgeError("the header is damaged")
                if len(part) < COLUMNS:
                    break
            stanzas.append(Stanza(words[1:], padded(text)))
        except (EncodingError, UnicodeDecodeError):
            break
    raise AgeError("the header is damaged")


def _file_key(stanzas: list[Stanza], openers: Iterable[Opener]) -> bytes | None:
    if len(stanzas) > 1 and any(stanza.words[0] == "scrypt" for stanza in stanzas):
        raise AgeError("a passphrase is not the only lock")
    found = (opener.unwrap(stanza) for opener in openers for stanza in stanzas)
    return next((key for key in found if key is not None), None)


def _is_word(text: str) -> bool:
    return bool(text) and all("!" <= letter <= "~" for letter in text)


def _mac(file_key: bytes, header: bytes) -> bytes:
    key = HKDF(SHA256(), 32, None, b"header").derive(file_key)
    return hmac.digest(key, header, hashlib.sha256)


def _payload(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(SHA256(), 32, nonce, b"payload").derive(file_key))


def _chunk_nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
