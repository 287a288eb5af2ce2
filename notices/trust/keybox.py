"""All secret keys of a register as one encrypted text, to be kept where the database is not.

It is an age file in its ASCII armor, which survives a printer; in it is JSON: the name of each
key's file, and what it holds.
"""

import io
import json

from notices.facts.texts import Message
from notices.trust import age, archive_v1
from notices.trust.age_keys import AgeError
from notices.trust.archive import ArchiveError, Secret
from notices.trust.encoding import EncodingError, from_base64, strict_json, to_base64
from notices.trust.keys import FILES, NEXT, RETIRED

LARGEST = 100_000
_BEGIN, _END = "-----BEGIN AGE ENCRYPTED FILE-----", "-----END AGE ENCRYPTED FILE-----"
_COLUMNS = 64


def seal(keys: dict[str, str], secret: Secret) -> str:
    """`keys`, by the names of their files, as a text that `secret` opens."""
    file = io.BytesIO()
    writer = age.Writer(file, secret.locks)
    writer.write(json.dumps(keys, indent=1).encode() + b"\n")
    writer.finish()
    text = to_base64(file.getvalue())
    rows = [text[start : start + _COLUMNS] for start in range(0, len(text), _COLUMNS)]
    return "\n".join([_BEGIN, *rows, _END, ""])


def unseal(text: bytes, secret: Secret) -> dict[str, str]:
    """The keys in a text that `seal` made, of this version or before; raises ArchiveError."""
    try:
        keys = strict_json(_plain(text, secret))
    except (EncodingError, archive_v1.DamagedError):
        raise ArchiveError(_NO_BOX) from None
    except (AgeError, archive_v1.WrongKeyError):
        raise ArchiveError(_WRONG) from None
    if not isinstance(keys, dict) or set(keys) - {RETIRED, *NEXT} != set(FILES):
        raise ArchiveError(_NO_BOX)
    return keys


def _plain(text: bytes, secret: Secret) -> bytes:
    if text.startswith(age.MAGIC):
        sealed = text
    elif text.lstrip().startswith(_BEGIN.encode()):
        sealed = _without_armor(text)
    else:
        return archive_v1.unseal(text, secret.earlier)
    reader, plain = age.Reader(io.BytesIO(sealed), secret.openers), b""
    while part := reader.read(LARGEST):
        plain += part
    return plain


def _without_armor(text: bytes) -> bytes:
    try:
        first, *rows, last = text.decode("ascii").strip().splitlines()
    except ValueError:
        raise EncodingError("this is no armor") from None
    if (first, last) != (_BEGIN, _END):
        raise EncodingError("this is no armor")
    return from_base64("".join(rows))


_NO_BOX = Message("这不是密钥导出文件。")
_WRONG = Message("口令不对，或文件已损坏。")
