"""What a typed query is taken for: numbers, words, and other ways in which it may be meant."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import islice, product

from notices.facts.numbers import normal_form
from search.document import letters, pieces
from search.hanzi import cut

LONGEST = 400
"""No field is longer than this: a longer word or number can stand in none."""

FEWEST_NEAR = 4
"""Letters of a name in which one may be wrong; in shorter ones too little would be left."""

MOST_NEAR = 24
"""Letters of a name whose neighbours are asked for; of a longer one the first so many."""

MOST_READINGS = 6
"""Ways to read several words as pinyin that are tried."""

_BETWEEN_WORDS = re.compile(r"[\s,，、;；。|]+")
_SOUND = re.compile(r"[a-z]{2,}")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003fffd]")


@dataclass(frozen=True, slots=True)
class Understood:
    """What a typed query is taken for.

    `whole` are the forms it can have as one number, `numbers` its number-like parts, `beside` the
    letters glued to those (a certificate's name, a part of the number), `words` the rest, and
    `sounds` words that are pinyin. `nothing` means that something was typed and none of it can
    be looked for; `approximate` that a word of it is not quite what was typed.
    """

    whole: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    nothing: bool = False
    approximate: bool = False


def understand(q: str, forms: Iterable[str] = ()) -> Understood:
    """`forms` are more normal forms of `q`, without what a catalogue calls an optional prefix."""
    numbers: list[str] = []
    beside: list[str] = []
    words: list[str] = []
    for typed in _BETWEEN_WORDS.split(q):
        normal = normal_form(typed)
        runs, rest = pieces(normal)
        if runs:
            numbers += runs
            beside += rest
        elif letters(typed):
            words.append(typed)
    whole = [
        form
        for form in dict.fromkeys((normal_form(q), *forms))
        if len(form) <= LONGEST and any(character.isdigit() for character in form)
    ]
    return Understood(
        tuple(whole),
        tuple(dict.fromkeys(numbers)),
        tuple(dict.fromkeys(beside)),
        tuple(words),
        nothing=bool(q.strip()) and not numbers and not words,
    )


def compact(text: str) -> str:
    """The letters and digits of `text` without spaces: the form in which words are compared."""
    return letters(text).replace(" ", "")


def apart(meant: Understood, names: Collection[str]) -> Understood | None:
    """With words cut where one of `names` (compact) begins or ends them; None if none does."""
    words = [part for word in meant.words for part in _cut(compact(word), names)]
    if len(words) == len(meant.words):
        return None
    return replace(meant, whole=(), words=tuple(words))


def _cut(word: str, names: Collection[str]) -> list[str]:
    for length in range(len(word) - 1, 1, -1):
        if word[:length] in names:
            return [word[:length], *_cut(word[length:], names)]
        if word[-length:] in names:
            return [*_cut(word[:-length], names), word[-length:]]
    return [word]


def as_sounds(meant: Understood) -> list[Understood]:
    """With words of Latin letters taken for pinyin or for initials; may be none."""
    spoken: list[list[str]] = []
    rest = []
    for word in meant.words:
        folded = unicodedata.normalize("NFKC", word).casefold().replace("ü", "v")
        plain = "".join(letter for letter in folded if letter not in "'’·-")
        if _SOUND.fullmatch(plain):
            spoken.append([*(" ".join(way) for way in cut(plain)), " ".join(plain)])
        else:
            rest.append(word)
    if not spoken:
        return []
    ways = [list(way) for way in islice(product(*spoken), MOST_READINGS)]
    # mei si is what meisi is, and every part of it may stand anywhere else.
    together = [[" ".join(way)] for way in ways[:1] if len(way) > 1]
    return [
        replace(meant, whole=(), words=tuple(rest), sounds=tuple(way)) for way in together + ways
    ]


def near(meant: Understood) -> list[Understood]:
    """With the longest Han word cut in two, one letter between left out or none; may be none.

    Whoever types one character wrong, one too many or one too few is understood by one of these.
    """
    word = next(
        (compact(word) for word in meant.words if len(_HAN.findall(word)) >= FEWEST_NEAR), ""
    )[:MOST_NEAR]
    if not word:
        return []
    others = [other for other in meant.words if compact(other)[:MOST_NEAR] != word]
    return [
        replace(
            meant,
            whole=(),
            words=tuple(part for part in (word[:end], word[begin:], *others) if part),
            approximate=True,
        )
        for begin in range(1, len(word) + 1)
        for end in ((begin - 1, begin) if begin < len(word) else (begin - 1,))
    ]
