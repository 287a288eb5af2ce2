"""Notice numbers that survive the telephone: twelve digits and two check digits (ISO 7064).

MOD 97-10 finds every wrong digit, every swap of neighbours, and 99 of 100 other slips.
"""

import re
import unicodedata

LARGEST_SERIAL = 99_999_999

_MOST_CHARACTERS = 64
_SEPARATORS = re.compile(r"[\s\-.,_/·\u2010-\u2015\u2212]+")


class NoticeIdError(Exception):
    """This is no notice number, or one of its digits is wrong."""


def make(prefix: str, serial: int) -> str:
    """The number of notice `serial` of the register whose first four digits are `prefix`."""
    if not re.fullmatch(r"[0-9]{4}", prefix):
        raise ValueError("the prefix of notice numbers is four digits")
    if not 0 <= serial <= LARGEST_SERIAL:
        raise ValueError(f"there is no notice number for serial {serial}")
    body = f"{prefix}{serial:08}"
    return f"{body}{98 - int(body) * 100 % 97:02}"


def parse(text: str) -> str:
    """The fourteen digits behind whatever was typed; separators and width do not matter."""
    if len(text) > _MOST_CHARACTERS:
        raise NoticeIdError
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"[0-9]{14}", digits) or int(digits) % 97 != 1:
        raise NoticeIdError
    # 97-10 leaves 00, 01 and 99 unused, so that one number has one spelling.
    if not 2 <= int(digits[-2:]) <= 98:
        raise NoticeIdError
    return digits


def printed(notice_id: str) -> str:
    """As people read it: 4-4-4-2."""
    return "-".join((notice_id[:4], notice_id[4:8], notice_id[8:12], notice_id[12:]))
