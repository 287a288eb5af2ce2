"""What may stand in one text of a declaration, whatever it is about."""

import re
import unicodedata
from collections.abc import Iterator

from notices.facts.errors import Problem
from notices.facts.numbers import birth_date, identifier_form, resident_id_ok

LONGEST_TEXT = 200

# Controls end lines or do worse; format characters (Cf) are unseen.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_UNSEEN_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")

_SHOWN_AS_EMOJI = (
    "\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1"
    "\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a"
    "\u270b\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55"
    "\U0001f000-\U0001f0ff\U0001f18e\U0001f191-\U0001f1ff\U0001f200-\U0001f6ff\U0001f780-\U0001faff"
)
"""What stands in colour by itself (Emoji_Presentation, UTS #51), and blocks of pictures."""
_SIGNS = "\u2328\u23cf\u23ed-\u23ef\u23f1\u23f2\u23f8-\u23fa\u2600-\u2604\u2607-\u27bf\u2b05-\u2b07"
"""What is a sign of text, but in colour where U+FE0F follows: ❤ ☎ ✉. Never ★ ☆ ® ™."""
_EMOJI = re.compile(f"[{_SHOWN_AS_EMOJI}\u20e3]|[{_SIGNS}]\ufe0f")

_STRAY_SELECTOR = re.compile(f"(?<![{_SIGNS}])[\ufe03-\ufe0f]")
"""Of U+FE00 to U+FE02 and U+E0100 to U+E01EF a character gets the form that its owner writes."""
_HARMLESS = re.compile(
    "[\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a\u202c\u202d\u2060-\u2066\u2068-\u206f\u3164"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f]"
)
"""What comes along unseen when a text is pasted from a chat, a PDF or an address book."""
_GAP = r"[\s._·\u2010-\u2015-]{0,3}"
_MOBILE_IN_TEXT = re.compile(rf"(?<!\d)(?:86{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?!\d)")
# A look-ahead, so that a stray digit in front does not swallow the beginning of an ID.
_ID_IN_TEXT = re.compile(
    rf"(?<!\d)(?=([1-9](?:(?:{_GAP}\d){{16}}{_GAP}[\dXx]|(?:{_GAP}\d){{14}}))(?![\dXx]))"
)


def is_blank(text: str | None) -> bool:
    return text is None or not cleaned(text).strip()


def given(text: str | None) -> str | None:
    """`text` without spaces around it; None where there is nothing in it that anybody sees.

    What counts as left out when it is checked must be left out of what is then published.
    """
    return None if text is None or is_blank(text) else text.strip()


def cleaned(text: str) -> str:
    """`text` without what nobody sees and that does no harm.

    U+202B, U+202E and U+2067 stay, and are refused: they let a text read as another one.
    """
    return text if text.isascii() else _STRAY_SELECTOR.sub("", _HARMLESS.sub("", text))


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
    elif any(map(_unseen, cleaned(text))):
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
    folded = unicodedata.normalize("NFKC", cleaned(text))
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
