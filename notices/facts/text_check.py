"""What may stand in one text of a declaration, whatever it is about."""

import re
import unicodedata
from collections.abc import Iterator

from notices.facts.errors import Problem
from notices.facts.numbers import birth_date, identifier_form, resident_id_ok

LONGEST_TEXT = 200

# Format characters (Cf) are unseen: they hide text or turn the direction in which it is read.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_UNSEEN_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_EMOJI = re.compile(
    "[\u231a\u231b\u23e9-\u23fa\u2600-\u27bf\u2b00-\u2bff\u20e3\ufe0f\U0001f000-\U0001faff]"
)
_GAP = r"[\s._·\u2010-\u2015-]{0,3}"
_MOBILE_IN_TEXT = re.compile(rf"(?<!\d)(?:86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)")
# A look-ahead, so that a stray digit in front does not swallow the beginning of an ID.
_ID_IN_TEXT = re.compile(
    rf"(?<!\d)(?=([1-9](?:(?:{_GAP}\d){{16}}{_GAP}[\dXx]|(?:{_GAP}\d){{14}}))(?![\dXx]))"
)


def is_blank(text: str | None) -> bool:
    return text is None or not text.strip()


LONGEST_REASON = 1000
"""Of what somebody argues at length: an objection, the reason for a decision."""


def reason_problems(field: str, text: str | None, *, published: bool = False) -> Iterator[Problem]:
    """Of a required text in several lines."""
    lines = None if text is None else " ".join(text.split())
    return text_problems(field, lines, required=True, published=published, longest=LONGEST_REASON)


def text_problems(
    field: str,
    text: str | None,
    *,
    required: bool = False,
    published: bool = False,
    longest: int = LONGEST_TEXT,
) -> Iterator[Problem]:
    """`published` text may hold nobody's ID or telephone number."""
    if text is None or is_blank(text):
        if required:
            yield Problem(field, "required")
    elif len(text) > longest:
        yield Problem(field, "too_long", {"limit": longest})
    elif any(map(_unseen, text)):
        yield Problem(field, "control_character")
    elif _EMOJI.search(text):
        yield Problem(field, "emoji")
    elif published and _holds_personal_number(text):
        yield Problem(field, "personal_number")


def _unseen(character: str) -> bool:
    point = ord(character)
    # Noncharacters stand for nothing, and XML cannot carry U+FFFE and U+FFFF.
    nothing = point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF
    return nothing or unicodedata.category(character) in _UNSEEN or character in _UNSEEN_LETTERS


def telephones(text: str) -> Iterator[str]:
    """The mobile telephone numbers that stand in `text`, as written there."""
    return (found[0] for found in _MOBILE_IN_TEXT.finditer(text))


def _holds_personal_number(text: str) -> bool:
    folded = unicodedata.normalize("NFKC", text)
    if _MOBILE_IN_TEXT.search(folded):
        return True
    for found in _ID_IN_TEXT.finditer(folded):
        code = identifier_form(found[1])
        # A mistyped ID still tells the day of birth, so its check digit does not excuse it.
        if birth_date(code) is not None or resident_id_ok(code):
            return True
    return False


def choice_problems(
    field: str, value: str | None, allowed: tuple[str, ...], *, required: bool = False
) -> Iterator[Problem]:
    if is_blank(value):
        if required:
            yield Problem(field, "required")
    elif value not in allowed:
        yield Problem(field, "not_a_choice", {"choices": ", ".join(allowed)})
