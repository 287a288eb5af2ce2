"""When two spellings are one name, and whether a text tells a name."""

import re
import unicodedata

from notices.facts.characters import is_letter, seen, simplified, unified

_DOTS = "·•‧・･∙⋅᛫⸱⸳.．․﹒。｡·ꞏᐧ⦁∘˙●⚫𐄁"
"""What people find on their keyboards for the dot between the parts of a name."""
_OPENING = "(（〔【[［〈《〖〘〚「『｢{｛<＜⟨⟮﹙﹛﹝︵︹︻︿︷⦅"
_CLOSING = ")）〕】]］〉》〗〙〛」』｣}｝>＞⟩⟯﹚﹜﹞︶︺︼﹀︸⦆"
_ONE_SIGN = str.maketrans(
    dict.fromkeys(_DOTS, "·") | dict.fromkeys(_OPENING, "(") | dict.fromkeys(_CLOSING, ")")
)
_SEVERAL_DOTS = re.compile("·{2,}")


def name_form(name: str) -> str:
    """The form in which names are compared.

    NFKC, one code point for what a reader sees as one, no spaces, nothing unseen, whatever dot or
    bracket it is written with, whatever case. Traditional characters stay: 后 and 後 are two names.
    """
    text = seen(name).translate(_ONE_SIGN)
    while True:
        # Folding the case may bring back what NFKC takes apart, and the other way round.
        folded = "".join(unified(text).casefold().split()).translate(_ONE_SIGN)
        if folded == text:
            return _SEVERAL_DOTS.sub("·", text)
        text = folded


def same_name(one: str, other: str) -> bool:
    return name_form(one) == name_form(other)


def letters_of(text: str) -> str:
    """A text as one run of letters, in which a name is found however it is written.

    Traditional characters are simplified here: what has to stay hidden is not told in them either.
    """
    return "".join(filter(is_letter, simplified(name_form(text))))


def characters_of(name: str) -> list[str]:
    """Its characters as a reader counts them: accents and selectors stay with their letter."""
    found: list[str] = []
    for point in name:
        if found and unicodedata.category(point).startswith("M"):
            found[-1] += point
        else:
            found.append(point)
    return found
