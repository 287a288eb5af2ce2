"""What a typed query is taken for as it stands: numbers, words, and what cannot be looked for."""

import re
import unicodedata
from dataclasses import dataclass, field

from notices.facts.readings import bare_form, read
from search.document import letters, pieces
from search.vocabulary import NOTHING_KNOWN, Vocabulary

LONGEST = 400
"""No field is longer than this: a longer word or number can stand in none."""

MOST_WORDS = 10
"""Meilisearch looks at the first ten words or phrases of a query."""

_LINK = re.compile(r"\S*/notices/([0-9]{14})\S*")
_BETWEEN_WORDS = re.compile(r"[\s,，、;；。|]+")
_UNKNOWN = ("So", "Co", "Cn")
"""Categories of signs that may be meant, and that are no letters: ★, private use, unassigned."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a typed query is taken for.

    `whole` are the forms it can have as one number, of `certificate` if that is said with it and
    of the paper `document`, and `named` the words that say these two; each of `also` are forms of
    a number that the notice must have too.
    `numbers` are its number-like parts, `beside` the letters glued to those (a part of the
    number), `words` the rest, and `sounds` words that are pinyin. `ignored` is left out so that
    something is found. `within` says that `whole` and `also` may stand anywhere in a sentence,
    `approximate` that a word is not quite what was typed, and `nothing` that something was typed
    and none of it can be looked for.
    """

    whole: tuple[str, ...] = ()
    certificate: str | None = None
    document: str | None = None
    named: tuple[str, ...] = ()
    also: tuple[tuple[str, ...], ...] = ()
    numbers: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    within: bool = False
    nothing: bool = False
    approximate: bool = False
    typed: str = field(default="", compare=False)

    @property
    def forms(self) -> tuple[str, ...]:
        """All forms of whole numbers that it may be about."""
        return (*self.whole, *(form for forms in self.also for form in forms))


def understand(q: str, vocabulary: Vocabulary = NOTHING_KNOWN) -> Understood:
    """What `q` says as it stands, but for labels of a number (编号：…) and an address of ours."""
    q = _LINK.sub(r"\1", q)
    numbers: list[str] = []
    beside: list[str] = []
    words: list[str] = []
    for typed in _BETWEEN_WORDS.split(q):
        runs, rest = pieces(bare_form(typed))
        if runs:
            numbers += runs
            beside += rest
        elif letters(typed):
            words.append(typed)
    if numbers:
        beside = [part for part in beside if part not in vocabulary.noise]
        words = [word for word in words if bare_form(word) not in vocabulary.noise]
    if len(words) > MOST_WORDS:
        words = list({compact(word): word for word in words}.values())
    unknown = dict.fromkeys(sign for sign in q if unicodedata.category(sign) in _UNKNOWN)
    return Understood(
        whole_forms(q),
        numbers=tuple(dict.fromkeys(numbers)),
        beside=tuple(dict.fromkeys(beside)),
        # The engine looks at so many and no more; the first say most.
        words=tuple(words[:MOST_WORDS]),
        ignored=(*words[MOST_WORDS:], *(sign for sign in unknown if not letters(sign))),
        nothing=bool(q.strip()) and not numbers and not words,
        typed=q,
    )


def whole_forms(q: str) -> tuple[str, ...]:
    """The forms that a query has as one number; a text without a digit is none."""
    forms = (bare_form(read(q, copies=copies).normal) for copies in (True, False))
    return tuple(
        dict.fromkeys(
            form for form in forms if len(form) <= LONGEST and any(map(str.isdigit, form))
        )
    )


def compact(text: str) -> str:
    """The letters and digits of `text` without spaces: the form in which words are compared."""
    return letters(text).replace(" ", "")
