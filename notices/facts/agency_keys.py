"""What an agency's key looks like: a prefix, 256 random bits, and a checksum that scanners check.

Whoever scans code for secrets finds ours by `PATTERN` and, by the checksum, takes nothing else for
one. A key that is mistyped or cut is refused without a look into the database.
"""

import re
import string
import zlib

LIVE, TEST = "notices_live_", "notices_test_"
"""How every key begins, so that one that gets loose is known for what it is."""

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
"""base62: a double click takes all of a key."""

RANDOM = 43
"""Characters of 62 kinds: 256 bits."""

CHECKSUM = 6
PATTERN = rf"notices_(?:live|test)_[0-9A-Za-z]{{{RANDOM + CHECKSUM}}}"
"""For scanners of secrets; docs/operating.md and the page for agencies say it."""

_KEY = re.compile(PATTERN, re.ASCII)
_EARLIER = re.compile(rf"(?:{LIVE}|nk_)[A-Za-z0-9_-]{{43}}", re.ASCII)
"""Keys of before have no checksum, the first of them begin with nk_; all are good as they were."""


def checksum(text: str) -> str:
    """The CRC-32 of what stands before it, in base62."""
    number, digits = zlib.crc32(text.encode()), ""
    for _ in range(CHECKSUM):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def key_of(random: str, *, test: bool) -> str:
    """The key of RANDOM characters of the ALPHABET."""
    text = (TEST if test else LIVE) + random
    return text + checksum(text)


def may_be_one(text: str) -> bool:
    """Whether `text` may be a key that was given to somebody; no other is looked up."""
    if _KEY.fullmatch(text):
        return checksum(text[:-CHECKSUM]) == text[-CHECKSUM:]
    return _EARLIER.fullmatch(text) is not None
