"""The ways in which a typed query may be meant, one after the other."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import islice, product

from notices.facts.readings import bare_form
from search.document import letters
from search.hanzi import cut
from search.sentences import left_over, numbers_in, parts, without
from search.understanding import Understood, compact, whole_forms
from search.vocabulary import NOTHING_KNOWN, Vocabulary

FEWEST_NEAR = 4
"""Letters of a name in which one may be wrong; in shorter ones too little would be left."""

MOST_NEAR = 24
"""Letters of a name whose neighbours are asked for; of a longer one the first so many."""

MOST_READINGS = 6
"""Ways to read several words as pinyin that are tried."""

TELLING = 6
"""Letters and digits of a number from which on it tells its notice without more words."""

_LATIN_OR_NOT = re.compile(r"[a-zü][a-zü'’·-]*|[^a-zü]+")
_SOUND = re.compile(r"[a-z]{2,}")
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003fffd]")


def steps(meant: Understood, vocabulary: Vocabulary) -> Iterator[tuple[Understood, ...]]:
    """The ways to take a query, step by step: the next step is for who has found nothing.

    A query that can be one number is that number first, so that a full number never brings
    anything but its notice. Then all its words count as they are; then words run together are
    cut, numbers are looked for in sentences, and Latin words are taken for pinyin; then a number
    alone counts, whatever is beside it.
    """
    one = list(dict.fromkeys(_as_one_number(meant, vocabulary)))
    # Nothing but digits may be a number as well as the end of one: both are asked for at once.
    plain = meant.whole == meant.numbers == (bare_form(meant.typed),)
    if one and (len(one) > 1 or not plain):
        yield tuple(one)
    if meant.nothing:
        return
    yield (*_as_paper(meant, vocabulary), _words_alone(meant))
    # Only now, since most queries have been answered before.
    cut_apart = apart(meant, vocabulary.names)
    ways = [
        *([*_as_paper(cut_apart, vocabulary), cut_apart] if cut_apart else []),
        *_as_part_of_a_number(meant),
        *_as_sentence(meant),
        *_as_certificates(cut_apart or meant, vocabulary),
    ]
    # Other readings cost most, short sounds that stand anywhere; hardly anybody means them.
    sounds = as_sounds(meant)
    for each in ([*ways, *sounds[:1]], sounds[1:]):
        if each:
            yield tuple(each)
    if telling(meant) and (meant.words or meant.beside):
        left_out = (*meant.words, *meant.beside, *meant.ignored)
        yield (replace(_words_alone(meant), words=(), beside=(), ignored=left_out),)


def _as_paper(meant: Understood, vocabulary: Vocabulary) -> Iterator[Understood]:
    """With the word that is a paper's name taken for that paper, whatever else has such words."""
    for word in meant.words:
        if (known := vocabulary.paper_of(word)) is not None:
            certificate, paper = known
            rest = _of_kind(meant, word, certificate)
            yield replace(rest, document=paper)
            return


def _of_kind(meant: Understood, word: str, certificate: str) -> Understood:
    others = tuple(other for other in meant.words if other != word)
    return replace(_words_alone(meant), words=others, named=(word,), certificate=certificate)


def _words_alone(meant: Understood) -> Understood:
    return replace(meant, whole=())


def _as_one_number(meant: Understood, vocabulary: Vocabulary) -> Iterator[Understood]:
    """The number that is all of the query, or all but a certificate's name, or but a label."""
    if not meant.whole:
        return
    alone = replace(meant, numbers=(), beside=(), words=(), ignored=())

    def one(forms: tuple[str, ...]) -> Iterator[Understood]:
        for form in forms:
            for certificate, shorter in vocabulary.shortened(form).items():
                yield replace(alone, whole=(form, shorter), certificate=certificate)
        yield replace(alone, whole=forms)

    yield from one(meant.whole)
    number, certificate, paper = vocabulary.around(meant.typed)
    forms = whole_forms(number)
    if not forms or not (certificate is None or numbers_in(number)):
        return
    if certificate is None:
        if forms != meant.whole:
            yield from one(forms)
        return
    shorter = (vocabulary.shortened(form).get(certificate, form) for form in forms)
    named = replace(alone, whole=tuple(dict.fromkeys((*forms, *shorter))), certificate=certificate)
    # The holder's code may be typed for the number: 财务专用章 91… is that seal before the others.
    if paper is not None:
        yield replace(named, document=paper)
    yield named


def _as_part_of_a_number(meant: Understood) -> Iterator[Understood]:
    """With words that hold digits as a number has them, without 第 and 号: 民证字第099号."""
    words = [bare_form(word) if any(map(str.isdigit, word)) else word for word in meant.words]
    if any(map(compact, words)) and list(map(compact, words)) != list(map(compact, meant.words)):
        yield replace(_words_alone(meant), words=tuple(words))


def _as_sentence(meant: Understood) -> Iterator[Understood]:
    """With whole numbers somewhere in what was typed: first all of them in one notice, then any."""
    found = [forms for forms in map(numbers_in, parts(meant.typed)) if forms]
    if all(set(forms) <= set(meant.whole) for forms in found):
        return  # it is nothing but a number
    alone = replace(meant, numbers=(), beside=(), words=(), within=True)
    if len(found) > 1:
        yield replace(alone, whole=found[0], also=tuple(found[1:]))
    # Of forms that are equally long the one that was typed first.
    each = dict.fromkeys(form for forms in found for form in forms)
    yield replace(alone, whole=tuple(sorted(each, key=len, reverse=True)))


def settled(
    meant: Understood, numbers: Collection[str], vocabulary: Vocabulary = NOTHING_KNOWN
) -> Understood:
    """A query about whole numbers of which `numbers` were found: what else it says is ignored.

    Labels, copies and what people say of a loss are no part of anything, nor is the certificate's
    name where that was looked for.
    """
    found = [form for form in meant.forms if form in numbers]
    if not found:
        return meant
    # What is left out of a number beyond its prefix is all of it: 鲁交运管许可济字…
    forms = found if meant.within else meant.forms
    texts = [bare_form(part) for part in parts(meant.typed)]
    if not any(form in text for form in forms for text in texts):
        texts = [bare_form(meant.typed)]  # one number, with commas in it
    noise = {*vocabulary.noise, *(vocabulary.by_name if meant.certificate else ())}
    rest = (without(each, noise) for text in texts for each in left_over(text, forms))
    ignored = tuple(dict.fromkeys(filter(None, (*rest, *meant.ignored))))
    whole = tuple(dict.fromkeys(found)) if meant.within else meant.whole
    return replace(meant, whole=whole, also=(), ignored=ignored)


def _as_certificates(meant: Understood, vocabulary: Vocabulary) -> Iterator[Understood]:
    """With Latin words taken for a certificate's id, or the sound of its name: fangchanzheng."""
    words = _scripts_apart(meant.words)
    latin = [word for word in words if _SOUND.fullmatch(word)]
    for spoken in ([latin] if len(latin) > 1 else []) + [[word] for word in latin]:
        written = "".join(spoken)
        certificate = vocabulary.by_sound.get(written) or vocabulary.by_name.get(written.upper())
        if certificate is not None:
            others = tuple(word for word in words if word not in spoken)
            rest = replace(_words_alone(meant), words=others, certificate=certificate)
            yield rest
            yield from as_sounds(rest)
    # A paper goes by another name in some notices: whoever looks for one finds the whole kind.
    for word in meant.words:
        certificate = vocabulary.certificate_of(word)
        if certificate is not None:
            yield _of_kind(meant, word, certificate)


def telling(meant: Understood) -> bool:
    """Whether a number in it is long enough to say by itself which notice is meant."""
    return any(len(run) >= TELLING for run in meant.numbers)


def apart(meant: Understood, names: Collection[str]) -> Understood | None:
    """With words cut where one of `names` (compact) begins or ends them; None if none does."""
    words = [part for word in meant.words for part in _cut(compact(word), names)]
    if len(words) == len(meant.words):
        return None
    return replace(_words_alone(meant), words=tuple(words))


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
        replace(_words_alone(meant), words=tuple(rest), sounds=tuple(way))
        for way in together + ways
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
        replace(_words_alone(meant), words=(*filter(None, pair), *others), approximate=True)
        for pair in ways
    ]
