"""A query as terms of the index `notice_terms`, and whether a notice really answers it.

The terms say which notices may answer: pairs of letters that follow each other, runs of a number
read from their end, ids of certificates, matters and regions. `migrations/notices_0002_terms.py`
makes them; each begins with the number of its chunk of the log, for which `CHUNK` stands here.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cache, lru_cache
from itertools import chain
from typing import Any

import msgspec

from notices.deployment import Deployment
from notices.facts.characters import simplified
from notices.facts.naming import names_for, paper_of
from notices.facts.readings import bare_form
from notices.facts.regions import Regions
from notices.finding.vocabulary import compacted
from search.document import backwards, pieces
from search.lookup import Lookup
from search.understanding import LONGEST, MOST_WORDS, compact

CHUNK = "~"
CHUNK_BITS = 14
"""A chunk is so many bits of positions in the log, and large enough that few have to be asked."""

LONGEST_PHRASE = 32
"""Letters of a word that are asked for as terms; the rest is compared."""

LEVELS = (2, 4, 6)
"""Digits of a region's code that name its province, its city and itself; each is a term."""

MOST_REGIONS = 100
"""Regions that are asked for by their codes because a word is in their names."""

NOTHING = "'-'"
"""A term that no notice has."""

_PLAIN = re.compile(r"[0-9A-Z]+")
_ID = re.compile(r"[A-Za-z0-9._-]{1,200}")
_ID_DIGITS = 14
_SHORTEST_CODE = 6
"""Characters of an organisation's code, at the least: a sentence has many runs that are none."""

_HAN = "".join(map(chr, range(0x3400, 0xA000)))
_FOLDED = (range(0x41, 0x5B), range(0xAA, 0x590), range(0x1E00, 0x2000), range(0x2100, 0x2190),
           range(0x2460, 0x3400), range(0xF900, 0xFB00), range(0xFF00, 0xFFF0))  # fmt: skip
"""Where characters are that count as another one: capitals, wide ones, compatible ones."""


@cache
def written() -> Mapping[str, str]:
    """All ways in which a letter may be written: 張 and 张 for 张.

    It takes a while to make, which is to be over before somebody waits.
    """
    ways: defaultdict[str, str] = defaultdict(str)
    single = ((chr(point), compact(chr(point))) for point in chain(*_FOLDED))
    for character, letter in chain(single, zip(_HAN, simplified(_HAN), strict=True)):
        if len(letter) == 1 and letter != character:
            ways[letter] += character
    return ways


def _ways(letter: str) -> str:
    return letter + written().get(letter, "")


def _any(alternatives: Iterable[str]) -> str:
    return f"({' | '.join(alternatives)})"


def _term(kind: str, text: str, begins: bool = False) -> str:
    """The query for one term; `text` is letters and digits, or like an id of the catalogue's."""
    return f"'{CHUNK}{kind}{text}'{':*' if begins else ''}"


def _id(kind: str, typed: str, begins: bool = False) -> str:
    return _term(kind, typed, begins) if _ID.fullmatch(typed) else NOTHING


def _phrase(word: str) -> str:
    """Notices with every letter of `word` in a pair with a neighbour: no more pairs than needed."""
    word = word[:LONGEST_PHRASE]
    if len(word) == 1:
        return _any(_term(".", way, begins=True) for way in _ways(word))
    starts = [*range(0, len(word) - 1, 2), *([len(word) - 2] if len(word) % 2 else [])]
    return " & ".join(
        _any(
            _term(".", first + second)
            for first in _ways(word[start])
            for second in _ways(word[start + 1])
        )
        for start in starts
    )


class Asked:
    """What a lookup asks for, in the terms of a deployment's names."""

    def __init__(self, deployment: Deployment, lookup: Lookup) -> None:
        self._deployment = deployment
        self._lookup = lookup
        q = lookup.q
        self._whole = [frozenset(forms) for forms in (q.whole, *q.also) if forms]
        self._forms = q.forms
        self._document = q.document
        words = sorted(map(compact, q.words), key=len, reverse=True)
        self._words = words[:MOST_WORDS]
        self._numbers = q.numbers[:MOST_WORDS]
        self._beside = frozenset("".join(map(compact, q.beside)))
        self._called: dict[tuple[str, str | None, str | None], list[str]] = {}
        self._named = {word: _named(deployment, word) for word in self._words}

    @property
    def exact(self) -> list[str]:
        """What of the query is a whole number or a notice's id, for an index of these."""
        return [*self._forms, *(run for run in self._numbers if len(run) == _ID_DIGITS)]

    @property
    def codes(self) -> list[str]:
        """What of a whole number can be the code of an organisation."""
        return [
            form for form in self._forms if len(form) >= _SHORTEST_CODE and _PLAIN.fullmatch(form)
        ]

    def terms(self) -> str | None:
        """The text of a tsquery which every answer fulfils; None when any notice does."""
        parts = [self._word(word) for word in self._words]
        parts += [_term("-", run[::-1][:LONGEST], begins=True) for run in self._numbers]
        if self._whole:
            parts.append(_any(_term("-", code[::-1]) for code in self.codes))
        lookup = self._lookup
        if lookup.certificate is not None:
            parts.append(_id("@", lookup.certificate))
        if lookup.matter is not None:
            parts.append(_id("+", lookup.matter))
        if lookup.region is not None:
            parts.append(_id("#", lookup.region, begins=len(lookup.region) not in LEVELS))
        return " & ".join(parts) or None

    def _word(self, word: str) -> str:
        certificates, regions = self._named[word]
        named = [_term("@", id) for id in sorted(certificates)]
        named += [_term("#", each) for each in _shortest(regions, self._deployment.regions)]
        return _any([_phrase(word), *named])

    def fits(self, row: Mapping[str, Any]) -> bool:
        """Whether a notice that has the terms has the words and numbers too."""
        if self._document is not None and self._paper(row) not in (None, self._document):
            return False
        if self._whole:
            own = row["id"], row["number_key"], row["identifier"], _bare_number(row)
            return not any(forms.isdisjoint(own) for forms in self._whole)
        for word in self._words:
            certificates, regions = self._named[word]
            if row["region"] in regions:
                continue
            if row["certificate"] in certificates and self._is_called(row, word):
                continue
            # Most stand there as they were typed, and the rest costs ten times as much.
            if word in row["holder_name"] or word in (row["issuer"] or ""):
                continue
            if not any(word in text for text in self._written(row)):
                return False
        return all(_ends(row, run) for run in self._numbers) and self._has_beside(row)

    def _has_beside(self, row: Mapping[str, Any]) -> bool:
        """Whether the letters that were glued to a number stand anywhere."""
        return not self._beside or self._beside <= set("".join(self._written(row)))

    def _written(self, row: Mapping[str, Any]) -> list[str]:
        """Everything written in a notice that a word can stand in."""
        return [
            compact(row["holder_name"]),
            compact(row["issuer"] or ""),
            *map(compact, pieces(_bare_number(row))[1]),
            _compact(self._deployment.regions.name(row["region"]) or ""),
            *self._names(row),
        ]

    def _paper(self, row: Mapping[str, Any]) -> str | None:
        """The id of the document that a notice is about; None where that is not known."""
        certificate = self._deployment.catalogue.certificates.get(row["certificate"])
        if row["document"] is not None or certificate is None:
            return row["document"]  # type: ignore[no-any-return]
        paper = paper_of(certificate, None, msgspec.json.decode(row["details"] or "null"))
        return paper.id if paper else None

    def _is_called(self, row: Mapping[str, Any], word: str) -> bool:
        return any(word in name for name in self._names(row))

    def _names(self, row: Mapping[str, Any]) -> list[str]:
        """What a notice is called by, after its paper and the kind of that."""
        details = row["details"] if row["document"] is None else None
        of = row["certificate"], row["document"], details
        if of not in self._called:
            certificate = self._deployment.catalogue.certificates.get(row["certificate"])
            names: Iterable[str] = ()
            if certificate is not None:
                printed_details = msgspec.json.decode(details or "null")
                names = names_for(
                    certificate, paper_of(certificate, row["document"], printed_details)
                )
            self._called[of] = list(map(_compact, names))
        return self._called[of]


def _shortest(codes: Collection[str], known: Regions, most: int | None = None) -> list[str]:
    """Codes and beginnings of codes that together cover `codes` and nothing else that is known.

    With `most` no more are looked for than shows that they are too many.
    """
    below = _below(known)
    counted = _begins(codes)
    found: list[str] = []
    for level in LEVELS:
        for begin in sorted({code[:level] for code in codes}):
            if most is not None and len(found) > most:
                return found
            if counted[begin] == below[begin] and not begin.startswith(tuple(found)):
                found.append(begin)
    return found


def _begins(codes: Collection[str]) -> Counter[str]:
    """How many of the codes lie below each beginning of one."""
    return Counter(code[:level] for code in codes for level in LEVELS)


@cache
def _below(known: Regions) -> Counter[str]:
    return _begins(known.names)


@cache
def places(known: Regions) -> tuple[tuple[str, str], ...]:
    """Every region's code and its whole name, compact: 7,000 that each word is looked for in.

    They take a while to make, which is to be over before somebody waits.
    """
    names = compacted(known.name(code) or "" for code in known.names)
    return tuple(zip(known.names, names, strict=True))


def _ends(row: Mapping[str, Any], run: str) -> bool:
    """Whether a run of one of a notice's numbers ends with `run`, or one of them is it."""
    key, identifier = row["number_key"] or "", row["identifier"] or ""
    if key.endswith(run) or identifier.endswith(run) or row["id"] == run:
        return True
    texts = (key, _bare_number(row), identifier, bare_form(row["holder_name"]))
    return any(tail.startswith(run[::-1]) for tail in backwards(texts))


def _bare_number(row: Mapping[str, Any]) -> str:
    """A number that is public in full, as it was printed."""
    return bare_form(row["number"]) if row["number_key"] and row["number"] else ""


_compact = lru_cache(2_000)(compact)
"""For the names of certificates: there are few, and all are asked for every word."""


def _named(deployment: Deployment, word: str) -> tuple[frozenset[str], frozenset[str]]:
    """The certificates and the regions that have `word` in a name."""
    return (
        frozenset(
            id
            for id, certificate in deployment.catalogue.certificates.items()
            if any(word in _compact(name) for name in certificate.names[1:])
        ),
        _regions_named(deployment, word),
    )


def _regions_named(deployment: Deployment, word: str) -> frozenset[str]:
    """The regions that have `word` in a name; only those of the own province of too many.

    市 and 山 are in the names of thousands, which say nothing; each would be a term to ask for.
    """
    regions, home = deployment.regions, deployment.settings.region[:2]
    found = frozenset(code for code, name in places(regions) if word in name)
    if len(_shortest(found, regions, MOST_REGIONS)) <= MOST_REGIONS:
        return found
    return frozenset(code for code in found if code.startswith(home))
