"""A stream of bytes as a file that is known to be whole, and encrypted when there is a key.

Plain it is the bytes and a line with their SHA-256. Encrypted it is the same in an age file, so
that it opens in ten years with other people's tools; what earlier versions wrote is read as well.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from notices.facts.texts import Message, TextError
from notices.trust import age, archive_v1
from notices.trust.age_keys import AgeError, Identity, Lock, Opener, Passphrase, Recipient
from notices.trust.encoding import EncodingError, from_base64

SHORTEST_PASSPHRASE = 12
END = 72
"""Bytes of the last line of the plain stream."""

_KEY_LINE = re.compile(
    r"age-secret-key-1\S*|age1\S{50,}|age-plugin-\S*|ssh-\S+ \S.*|-----BEGIN .*", re.ASCII | re.I
)
"""What is a key, also of a kind that we have not: nobody means the words of one as a passphrase."""

_PIECE = 1 << 18


class ArchiveError(TextError):
    """A file that is not whole, or that this key does not open."""


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """What a backup is encrypted under: keys of age, or a passphrase.

    `earlier` is what opens the files that were written before they were age files.
    """

    locks: tuple[Lock, ...]
    openers: tuple[Opener, ...]
    earlier: archive_v1.Key | None = None

    @classmethod
    def from_text(cls, text: str) -> "Secret":
        """The keys in a file, else its first line as a passphrase; raises ArchiveError.

        Keys are age's: one a line, secret or public, among comments; or one of before.
        """
        label, _, value = text.strip().partition(" ")
        if label == archive_v1.KEY_LABEL:
            try:
                return cls._from_earlier(from_base64(value, 32))
            except EncodingError:
                raise ArchiveError(_BAD_KEY) from None
        lines = [line.strip() for line in text.splitlines()]
        lines = [line for line in lines if line and not line.startswith("#")]
        if lines and _KEY_LINE.fullmatch(lines[0]):
            return cls._from_keys(lines)
        return cls.from_passphrase(text.split("\n", 1)[0].rstrip("\r"))

    @classmethod
    def from_passphrase(cls, text: str) -> "Secret":
        if len(text) < SHORTEST_PASSPHRASE:
            raise ArchiveError(_SHORT.format(least=SHORTEST_PASSPHRASE))
        lock = Passphrase(text)
        return cls((lock,), (lock,), archive_v1.Key(text.encode(), is_passphrase=True))

    @classmethod
    def _from_keys(cls, lines: list[str]) -> "Secret":
        locks: list[Lock] = []
        openers: list[Opener] = []
        try:
            for line in lines:
                if line.lower().startswith("age1"):
                    locks.append(Recipient.from_text(line))
                else:
                    openers.append(Identity.from_text(line))
        except AgeError:
            raise ArchiveError(_BAD_KEY) from None
        return cls((*locks, *openers), tuple(openers))

    @classmethod
    def _from_earlier(cls, value: bytes) -> "Secret":
        """A key of before goes on writing, under one of age's that follows from it."""
        identity = Identity(HKDF(SHA256(), 32, None, b"notices-backup-key/v1 as age").derive(value))
        return cls((identity,), (identity,), archive_v1.Key(value, is_passphrase=False))

    @property
    def is_passphrase(self) -> bool:
        return isinstance(self.locks[0], Passphrase)

    @property
    def is_of_before(self) -> bool:
        """Whether it is a key file from before there were age files."""
        return self.earlier is not None and not self.is_passphrase


def new_key() -> str:
    """The text of a new key file, as age-keygen writes it."""
    identity = Identity(secrets.token_bytes(32))
    return f"# public key: {identity.recipient}\n{identity.text()}\n"


class Writer:
    """What is written to it goes to `file`; without `finish` the file is none."""

    def __init__(self, file: BinaryIO, secret: Secret | None) -> None:
        self._out = file if secret is None else age.Writer(file, secret.locks)
        self._sum = hashlib.sha256()
        self.size = 0

    def write(self, content: bytes, /) -> int:
        self._sum.update(content)
        self._out.write(content)
        self.size += len(content)
        return len(content)

    def finish(self) -> None:
        self._out.write(f"sha256 {self._sum.hexdigest()}\n".encode())
        if isinstance(self._out, age.Writer):
            self._out.finish()


def opened(file: BinaryIO, secret: Secret | None) -> Readable:
    """The stream in `file`, from its beginning; raises ArchiveError, also while it is read."""
    file.seek(0)
    beginning = file.read(max(len(age.MAGIC), len(archive_v1.MAGIC)))
    file.seek(0)
    if not beginning.startswith((age.MAGIC, archive_v1.MAGIC)):
        if secret is not None:
            raise ArchiveError(_NOT_ENCRYPTED)
        return file
    if secret is None:
        raise ArchiveError(_ENCRYPTED)
    return _Opening(file, secret)


class _Opening:
    """The plain bytes of an encrypted file; what stands against it is told in words."""

    def __init__(self, file: BinaryIO, secret: Secret) -> None:
        try:
            if file.read(len(age.MAGIC)) == age.MAGIC:
                file.seek(0)
                if not secret.openers:
                    raise ArchiveError(_ONLY_PUBLIC)
                self._stream: Readable = age.Reader(file, secret.openers)
            else:
                file.seek(0)
                self._stream = archive_v1.Reader(file, secret.earlier)
        except age.NoKeyFits as problem:
            other = ("scrypt" in problem.kinds) != secret.is_passphrase
            raise ArchiveError(_OTHER_KIND if other else _WRONG_KEY) from None
        except archive_v1.OtherKindError:
            raise ArchiveError(_OTHER_KIND) from None
        except archive_v1.DamagedError:
            raise ArchiveError(_DAMAGED) from None
        except (AgeError, archive_v1.WrongKeyError):
            raise ArchiveError(_WRONG_KEY) from None

    def read(self, size: int, /) -> bytes:
        try:
            return self._stream.read(size)
        except archive_v1.WrongKeyError:
            raise ArchiveError(_WRONG_KEY) from None
        except (AgeError, archive_v1.DamagedError):
            raise ArchiveError(_DAMAGED) from None


def verify(stream: Readable) -> int:
    """Read all of `stream`; its length, or ArchiveError unless it is as it was written."""
    sum_, held, size = hashlib.sha256(), b"", 0
    while part := stream.read(_PIECE):
        held += part
        sum_.update(held[:-END])
        size += max(0, len(held) - END)
        held = held[-END:]
    if held != f"sha256 {sum_.hexdigest()}\n".encode():
        raise ArchiveError(_DAMAGED)
    return size


_BAD_KEY = Message("备份密钥文件已损坏，或是这里不用的一种密钥。")
_SHORT = Message("口令至少要有{least}个字符。")
_NOT_ENCRYPTED = Message("这个文件没有加密，或不是备份；不要给 --key。")
_ENCRYPTED = Message("这个备份已加密，请用 --key 给出密钥。")
_OTHER_KIND = Message("备份是用另一种方式加密的（密钥文件或口令）。")
_ONLY_PUBLIC = Message("这里只有公钥，只能用来备份；恢复须用私钥（AGE-SECRET-KEY-1…）。")
_WRONG_KEY = Message("密钥不对，或文件开头已损坏。")
_DAMAGED = Message("备份文件已损坏或不完整，没有使用其中任何内容。")
