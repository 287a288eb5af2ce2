"""All secret keys of a register as one encrypted text, to be kept where the database is not."""

import json
import secrets

from cryptography.exceptions import InvalidTag

from notices.facts.texts import Text
from notices.trust.archive import SALT, ArchiveError, Secret
from notices.trust.encoding import EncodingError, from_base64, strict_json, to_base64
from notices.trust.keys import FILES, RETIRED

FORMAT = "notices-keys/v1"
LARGEST = 100_000
_NONCE = bytes(12)
"""Every box has a key of its own, which seals once."""


def seal(keys: dict[str, str], secret: Secret) -> str:
    """`keys`, by the names of their files, as a text that `secret` opens."""
    salt = secrets.token_bytes(SALT)
    key = secret.key_for(salt, FORMAT.encode())
    sealed = key.encrypt(_NONCE, json.dumps(keys).encode(), FORMAT.encode())
    return json.dumps(
        {"format": FORMAT, "salt": to_base64(salt), "sealed": to_base64(sealed)}, indent=1
    )


def unseal(text: bytes, secret: Secret) -> dict[str, str]:
    """The keys in a text that `seal` made; raises ArchiveError."""
    try:
        box = strict_json(text)
        if box["format"] != FORMAT:
            raise ArchiveError(_NO_BOX)
        salt, sealed = from_base64(box["salt"], SALT), from_base64(box["sealed"])
    except (EncodingError, KeyError, TypeError):
        raise ArchiveError(_NO_BOX) from None
    try:
        plain = secret.key_for(salt, FORMAT.encode()).decrypt(_NONCE, sealed, FORMAT.encode())
    except (InvalidTag, ValueError):
        raise ArchiveError(_WRONG) from None
    keys: dict[str, str] = json.loads(plain)
    if set(keys) - {RETIRED} != set(FILES):
        raise ArchiveError(_NO_BOX)
    return keys


_NO_BOX = Text("这不是密钥导出文件。", "This is no file of exported keys.")
_WRONG = Text("口令不对，或文件已损坏。", "The passphrase is wrong, or the file is damaged.")
