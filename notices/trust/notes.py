"""Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint), signed with Ed25519.

A note is its text, an empty line and signature lines; a checkpoint is a note of three lines:
origin, size and root. Keys are written as in Go's golang.org/x/mod/sumdb/note, so that its
tools and every witness can read them.
"""

import hashlib
import re
import secrets
from typing import Self

from notices.trust.encoding import EncodingError, from_base64, to_base64
from notices.trust.merkle import HASH_SIZE
from notices.trust.signing import ED25519 as ALGORITHM
from notices.trust.signing import SEED_SIZE, Ed25519Signer, SignatureError, verify

ED25519 = b"\x01"
"""The signature type of C2SP signed-note; other types are other people's keys."""

MOST_CHARACTERS = 100_000
MOST_SIGNATURES = 100
"""As in Go: a checkpoint collects witnesses' lines, but never without end."""

_DASH = "\N{EM DASH} "
_SECRET = "PRIVATE+KEY+"  # noqa: S105  # the prefix that names the format, no secret


class NoteError(Exception):
    """A note, a checkpoint or a key that is not what it should be."""


def _check_name(name: str) -> str:
    if not name or len(name) > 255 or not name.isprintable() or re.search(r"[\s+]", name):
        raise NoteError("the name of a log key is printable, without spaces and plus signs")
    return name


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def _check_text(text: str) -> bytes:
    if len(text) > MOST_CHARACTERS:
        raise NoteError("the note is too long")
    if not text.endswith("\n") or any(char < " " and char != "\n" for char in text):
        raise NoteError("the text of a note ends with a newline and holds no control characters")
    try:
        return text.encode()
    except UnicodeEncodeError as problem:
        raise NoteError("the text of a note is Unicode") from problem


class NoteSigner:
    """A private key with a name, that signs notes."""

    def __init__(self, name: str, seed: bytes) -> None:
        self.name = _check_name(name)
        self._seed = seed
        self._signer = Ed25519Signer(seed)
        self.public_key = self._signer.public_key
        self.key_id = _key_id(name, self.public_key)

    def __repr__(self) -> str:
        return f"NoteSigner({self.name!r}, {self.key_id.hex()})"

    @classmethod
    def generate(cls, name: str) -> Self:
        return cls(name, secrets.token_bytes(SEED_SIZE))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The key that `to_text` wrote; the id in it guards against a slip of the pen."""
        name, id_hex, seed = _key_parts(text.removeprefix(_SECRET), text.startswith(_SECRET))
        signer = cls(name, seed)
        if id_hex != signer.key_id.hex():
            raise NoteError("the key does not have the id that is written in it")
        return signer

    def to_text(self) -> str:
        return f"{_SECRET}{self.name}+{self.key_id.hex()}+{to_base64(ED25519 + self._seed)}"

    @property
    def vkey(self) -> str:
        """The public key as verifiers are given it."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(ED25519 + self.public_key)}"

    def sign(self, text: str) -> str:
        """`text`, which ends with a newline, as a note."""
        signature = self._signer.sign(_check_text(text))
        return f"{text}\n{_DASH}{self.name} {to_base64(self.key_id + signature)}\n"

    def sign_root(self, text: str, size: int, root: bytes) -> str:
        """`text`, which says that the log of `size` entries has this root, as a note."""
        return self.sign(text)

    def checkpoint(self, size: int, root: bytes) -> str:
        """A signed checkpoint of the log of our name."""
        return self.sign_root(checkpoint_text(self.name, size, root), size, root)


class NoteVerifier:
    """A public key with a name, that opens notes."""

    def __init__(self, vkey: str) -> None:
        self.name, id_hex, public = _key_parts(vkey, True)
        self.key_id = _key_id(self.name, public)
        if id_hex != self.key_id.hex():
            raise NoteError("the key does not have the id that is written in it")
        self._public = public

    def open(self, note: str) -> str:
        """The text of `note`, once our key's signature under it is found to be right."""
        if len(note) > MOST_CHARACTERS:
            raise NoteError("the note is too long")
        text, separator, lines = note.rpartition("\n\n")
        if not separator or not lines.endswith("\n"):
            raise NoteError("a note is a text, an empty line and signature lines")
        text += "\n"
        signed = _check_text(text)
        signatures = lines[:-1].split("\n")
        if len(signatures) > MOST_SIGNATURES:
            raise NoteError("the note has too many signatures")
        ours = [
            signature
            for name, key_id, signature in map(_signature_parts, signatures)
            if name == self.name and key_id == self.key_id
        ]
        if not ours:
            raise NoteError(f"the note is not signed by {self.name}")
        try:
            for signature in ours:
                verify(ALGORITHM, self._public, signature, signed)
        except SignatureError as problem:
            raise NoteError(f"the signature of {self.name} is wrong") from problem
        return text


def _key_parts(text: str, known: bool) -> tuple[str, str, bytes]:
    parts = text.split("+", 2)
    if not known or len(parts) != 3 or not re.fullmatch(r"[0-9a-f]{8}", parts[1]):
        raise NoteError("a key is written as name+id+base64")
    try:
        value = from_base64(parts[2], 33)
    except EncodingError as problem:
        raise NoteError("the key in it is no base64 of 33 bytes") from problem
    if value[:1] != ED25519:
        raise NoteError("only Ed25519 keys are used")
    return _check_name(parts[0]), parts[1], value[1:]


def _signature_parts(line: str) -> tuple[str, bytes, bytes]:
    parts = line.removeprefix(_DASH).split(" ")
    if not line.startswith(_DASH) or len(parts) != 2:
        raise NoteError("a signature line is a dash, a name and a base64 value")
    try:
        value = from_base64(parts[1])
    except EncodingError as problem:
        raise NoteError("a signature is no base64") from problem
    if len(value) < 5:
        raise NoteError("a signature is too short")
    return _check_name(parts[0]), value[:4], value[4:]


def checkpoint_text(origin: str, size: int, root: bytes) -> str:
    return f"{origin}\n{size}\n{to_base64(root)}\n"


def parse_checkpoint(text: str) -> tuple[str, int, bytes]:
    """Origin, size and root; extension lines, which we never write, are refused."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise NoteError("a checkpoint has three lines")
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
        raise NoteError("the size of a checkpoint is a decimal number")
    try:
        return lines[0], int(lines[1]), from_base64(lines[2], HASH_SIZE)
    except EncodingError as problem:
        raise NoteError("the root of a checkpoint is the base64 of 32 bytes") from problem
