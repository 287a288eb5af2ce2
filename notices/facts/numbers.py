"""Identifiers and numbers: the form of holders' codes, check digits, keyed hashes."""

import hmac
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from notices.facts.characters import is_letter, is_unseen

_NOT_PLAIN = re.compile(r"[^0-9A-Z]+")


class _Letters(dict[int, str | None]):
    """For `str.translate`: letters and Han stay, digits of any script turn ASCII, the rest goes."""

    def __missing__(self, point: int) -> str | None:
        character = chr(point)
        digit = unicodedata.digit(character, None)
        kept: str | None = None
        if digit is not None:
            kept = str(digit)
        elif is_letter(character) and not is_unseen(character):
            kept = character
        if point < 0x10000:
            self[point] = kept
        return kept


_LETTERS = _Letters()


def identifier_form(text: str) -> str:
    """The form in which holders are compared: letters and digits, nothing else."""
    while not text.isascii():
        folded = unicodedata.normalize("NFKC", text).upper().translate(_LETTERS)
        if folded == text:
            return text
        text = folded
    return _NOT_PLAIN.sub("", text.upper())


def keyed_hash(key: bytes, certificate: str, normal: str) -> bytes:
    """What the database matches by, so that a stolen copy of it cannot be searched by number."""
    return hmac.digest(key, f"{certificate}\0{normal}".encode(), "sha256")


_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHED = tuple(
    {character: value * weight for value, character in enumerate(_USCC_ALPHABET)}
    for weight in (*(pow(3, place, 31) for place in range(17)), 1)
)
"""Of each place what each character counts there; all places together come to 0 modulo 31."""
_USCC_SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_RESIDENT_ID_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_RESIDENT_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_OLD_RESIDENT_ID = re.compile(r"[1-9][0-9]{14}")
_PREFIXED_DIGITS = re.compile(r"[^0-9]*([0-9]{2,})")


def has_uscc_shape(code: str) -> bool:
    """Whether `code` is built like a unified social credit code, its check character aside."""
    return _USCC_SHAPE.fullmatch(code) is not None


def has_resident_id_shape(code: str) -> bool:
    """Whether `code` is built like a resident ID number, its check character aside."""
    return _RESIDENT_ID_SHAPE.fullmatch(code) is not None


def uscc_ok(code: str) -> bool:
    """GB 32100-2015: weights are the powers of 3 modulo 31."""
    if not has_uscc_shape(code):
        return False
    return sum(map(dict.__getitem__, _USCC_WEIGHED, code)) % 31 == 0


def resident_id_ok(code: str) -> bool:
    """GB 11643-1999; the date is not judged, since real numbers with a 30 February were issued."""
    if not has_resident_id_shape(code):
        return False
    return _check_digit(code[:17]) == code[17]


def _check_digit(digits: str) -> str:
    """The last character of a resident ID with these 17 digits (ISO 7064 MOD 11-2)."""
    weighted = zip(map(int, digits), _RESIDENT_ID_WEIGHTS, strict=True)
    return "10X98765432"[sum(digit * weight for digit, weight in weighted) % 11]


_AFTER: list[dict[int, Any]] = [{} for _ in range(11)]
"""By product: for each digit, as its ASCII code, the same of the next product. Nothing is computed
on the way through a number: half the time of a product at each digit."""
for _product, _after in enumerate(_AFTER):
    _after |= {48 + each: _AFTER[((_product + each) % 10 or 10) * 2 % 11] for each in range(10)}


def mod_11_10_ok(digits: str) -> bool:
    """GB/T 17710 (ISO 7064) MOD 11,10, the last digit being the check digit."""
    if len(digits) < 2 or not (digits.isascii() and digits.isdigit()):
        return False
    after = _AFTER[10]
    for digit in digits.encode():
        after = after[digit]
    return after is _AFTER[2]  # what comes after a sum of 1


def _uscc_or_other_shape(normal: str) -> bool:
    return not has_uscc_shape(normal) or uscc_ok(normal)


def _resident_id_or_other_shape(normal: str) -> bool:
    return not has_resident_id_shape(normal) or resident_id_ok(normal)


def _mod_11_10_or_other_shape(normal: str) -> bool:
    prefixed = _PREFIXED_DIGITS.fullmatch(normal)
    return prefixed is None or mod_11_10_ok(prefixed[1])


CHECK_DIGITS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "none": lambda normal: True,
        "uscc": _uscc_or_other_shape,
        "id18": _resident_id_or_other_shape,
        "mod1110": _mod_11_10_or_other_shape,
    }
)
"""For each rule: false only for a number built as the standard says whose check digit is wrong."""


def birth_date(resident_id: str) -> date | None:
    """The date of birth in an 18- or 15-character resident ID number, when it is a real date."""
    if has_resident_id_shape(resident_id):
        digits = resident_id[6:14]
    elif _OLD_RESIDENT_ID.fullmatch(resident_id):
        digits = "19" + resident_id[6:12]
    else:
        return None
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return born if 1850 <= born.year < 2100 else None


def lengthened_id(code: str) -> str:
    """A resident ID of 15 digits, with a real date, as the 18 characters that it became.

    GB 11643-1999: the century goes before the year, the check digit behind. Others stay.
    """
    if not _OLD_RESIDENT_ID.fullmatch(code) or birth_date(code) is None:
        return code
    digits = code[:6] + "19" + code[6:]
    return digits + _check_digit(digits)


def looks_like_resident_id(text: str) -> bool:
    """Whether `text` is a resident ID number by its check digit, or an old one by its date."""
    code = identifier_form(text)
    if birth_date(code) is None:
        return False
    return len(code) == 15 or resident_id_ok(code)
