"""What a typed query is taken for: numbers, words, and other ways in which it may be meant."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, product

from notices.facts.readings import bare_form
from search.document import letters, pieces
from search.hanzi import cut
from search.vocabulary import NOTHING_KNOWN, Vocabulary

LONGEST = 400
"""No field is longer than this: a longer word or number can stand in none."""

FEWEST_NEAR = 4
"""Letters of a name in which one may be wrong; in shorter ones too little would be left."""

MOST_NEAR = 24
"""Letters of a name whose neighbours are asked for; of a longer one the first so many."""

MOST_READINGS = 6
"""Ways to read several words as pinyin that are tried."""

MOST_WORDS = 10
"""Meilisearch looks at the first ten words or phrases of a query."""

TELLING = 6
"""Letters and digits of a number from which on it tells its notice without more words."""

_LINK = re.compile(r"\S*/notices/([0-9]{14})\S*")
_LATIN_OR_NOT = re.compile(r"[a-zü][a-zü'’·-]*|[^a-zü]+")
_BETWEEN_WORDS = re.compile(r"[\s,，、;；。|]+")
_SOUND = re.compile(r"[a-z]{2,}")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003fffd]")


@dataclass(frozen=True, slots=True)
class Understood:
    """What a typed query is taken for.

    `whole` are the forms it can have as one number, of `certificate` if that is said with it;
    `numbers` its number-like parts, `beside` the letters glued to those (a part of the number),
    `words` the rest, and `sounds` words that are pinyin. `ignored` is left out so that something
    is found; `approximate` says that a word is not quite what was typed, and `nothing` that
    something was typed and none of it can be looked for.
    """

    whole: tuple[str, ...] = ()
    certificate: str | None = None
    numbers: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    nothing: bool = False
    approximate: bool = False


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
    return Understood(
        _whole(bare_form(q)),
        None,
        tuple(dict.fromkeys(numbers)),
        tuple(dict.fromkeys(beside)),
        # The engine looks at so many and no more; the first say most.
        tuple(words[:MOST_WORDS]),
        ignored=tuple(words[MOST_WORDS:]),
        nothing=bool(q.strip()) and not numbers and not words,
    )


def _whole(normal: str) -> tuple[str, ...]:
    """The form that a query has as one number; a text without a digit is none."""
    return (normal,) if len(normal) <= LONGEST and any(map(str.isdigit, normal)) else ()


def steps(meant: Understood, vocabulary: Vocabulary) -> Iterator[tuple[Understood, ...]]:
    """The ways to take a query, step by step: the next step is for who has found nothing.

    A query that can be one number is that number first, so that a full number never brings
    anything but its notice. Then all its words count as they are; then words run together are
    cut, and Latin ones are taken for pinyin; then a number alone counts, whatever is beside it.
    """
    one = list(dict.fromkeys(_as_one_number(meant, vocabulary)))
    # Nothing but digits may be a number as well as the end of one: both are asked for at once.
    if one and (len(one) > 1 or meant.whole != meant.numbers):
        yield tuple(one)
    if meant.nothing:
        return
    yield (replace(meant, whole=()),)
    # Only now, since most queries have been answered before.
    otherwise = apart(meant, vocabulary.names)
    ways = [*([otherwise] if otherwise else []), *_as_certificates(meant, vocabulary)]
    # Other readings cost most, short sounds that stand anywhere; hardly anybody means them.
    sounds = as_sounds(meant)
    for each in ([*ways, *sounds[:1]], sounds[1:]):
        if each:
            yield tuple(each)
    if telling(meant) and (meant.words or meant.beside):
        left_out = (*meant.words, *meant.beside, *meant.ignored)
        yield (replace(meant, whole=(), words=(), beside=(), ignored=left_out),)


def _as_one_number(meant: Understood, vocabulary: Vocabulary) -> Iterator[Understood]:
    """The number that is all of the query, or all but a certificate's name, or but a label."""
    if not meant.whole:
        return
    typed = meant.whole[0]
    alone = replace(meant, numbers=(), beside=(), words=(), ignored=())

    def one(form: str) -> Iterator[Understood]:
        for certificate, shorter in vocabulary.shortened(form).items():
            yield replace(alone, whole=(form, shorter), certificate=certificate)
        yield replace(alone, whole=(form,))

    yield from one(typed)
    named = vocabulary.named(typed)
    if named is not None and pieces(named[0])[0]:
        form, certificate = named
        shorter = vocabulary.shortened(form).get(certificate, form)
        forms = tuple(dict.fromkeys((form, shorter)))
        yield replace(alone, whole=forms, certificate=certificate)
    bare = vocabulary.bare(typed)
    if bare != typed and pieces(bare)[0]:
        yield from one(bare)


def _as_certificates(meant: Understood, vocabulary: Vocabulary) -> Iterator[Understood]:
    """With Latin words taken for a certificate's id, or the sound of its name: fangchanzheng."""
    words = _scripts_apart(meant.words)
    latin = [word for word in words if _SOUND.fullmatch(word)]
    for spoken in ([latin] if len(latin) > 1 else []) + [[word] for word in latin]:
        written = "".join(spoken)
        certificate = vocabulary.by_sound.get(written) or vocabulary.by_name.get(written.upper())
        if certificate is not None:
            others = tuple(word for word in words if word not in spoken)
            rest = replace(meant, whole=(), words=others, certificate=certificate)
            yield rest
            yield from as_sounds(rest)


def telling(meant: Understood) -> bool:
    """Whether a number in it is long enough to say by itself which notice is meant."""
    return any(len(run) >= TELLING for run in meant.numbers)


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
    for word in _scripts_apart(meant.words):
        plain = "".join(letter for letter in word.replace("ü", "v") if letter not in "'’·-")
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


def _scripts_apart(words: Iterable[str]) -> list[str]:
    """The words, folded, and cut where Latin letters meet others: 食品jingying."""
    folded = (unicodedata.normalize("NFKC", word).casefold() for word in words)
    return [part for word in folded for part in _LATIN_OR_NOT.findall(word) if letters(part)]


def near(meant: Understood, names: Collection[str] = ()) -> list[Understood]:
    """With the first long Han word cut in two, one letter between left out; may be none.

    Whoever types one character wrong, one too many or one too few, or two in the wrong order,
    is understood by one of these. What is made of `names` alone is meant as it is.
    """
    word = next(
        (
            compact(word)
            for word in meant.words
            if len(_HAN.findall(word)) >= FEWEST_NEAR
            and not set(_cut(compact(word), names)) <= set(names)
        ),
        "",
    )[:MOST_NEAR]
    if not word or telling(meant):
        return []
    others = tuple(other for other in meant.words if compact(other)[:MOST_NEAR] != word)
    # Where one is missing the letter beside it is left out too: a question less for each letter.
    ways = [(word[:place], word[place + 1 :]) for place in range(len(word))]
    ways += [
        (word[:place] + word[place + 1] + word[place] + word[place + 2 :], "")
        for place in range(len(word) - 1)
        if word[place] != word[place + 1]
    ]
    return [
        replace(meant, whole=(), words=(*filter(None, parts), *others), approximate=True)
        for parts in ways
    ]
