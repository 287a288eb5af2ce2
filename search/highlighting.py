"""Which parts of a shown text answer a query, so that a page can mark them."""

import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

from notices.facts.numbers import normal_form
from search.hanzi import simplified
from search.understanding import Understood, compact

Range = list[int]
"""Begin and end in characters (code points), the end not included."""

SHORTEST_ALIKE = 2
"""Letters in a row that are marked as alike where a query is only nearly right."""


def marks(text: str, meant: Understood) -> list[Range]:
    """The parts of `text` that `meant` asks for, in order and apart from one another."""
    if meant.whole and normal_form(text) in meant.whole:
        return [[0, len(text)]]
    if not (meant.words or meant.beside or meant.numbers):
        return []
    letters, places = _letters(text)
    found = []
    for wanted in {*map(compact, (*meant.words, *meant.beside)), *map(str.casefold, meant.numbers)}:
        start = letters.find(wanted) if wanted else -1
        while start >= 0:
            found.append((start, start + len(wanted)))
            start = letters.find(wanted, start + len(wanted))
    if meant.approximate and not found:
        found = list(_alike(letters, max(map(compact, meant.words), key=len, default="")))
    return _joined([places[begin], places[end - 1] + 1] for begin, end in found)


@lru_cache(maxsize=8192)
def _letters(text: str) -> tuple[str, list[int]]:
    """The compact form of `text`, and which character each of its letters came from."""
    letters, places = [], []
    for place, character in enumerate(text):
        folded = simplified(unicodedata.normalize("NFKC", character).casefold())
        for letter in folded:
            if letter.isalnum():
                letters.append(letter)
                places.append(place)
    return "".join(letters), places


def _alike(letters: str, word: str) -> Iterable[tuple[int, int]]:
    matcher = SequenceMatcher(None, letters, word, autojunk=False)
    for block in matcher.get_matching_blocks():
        if block.size >= SHORTEST_ALIKE:
            yield block.a, block.a + block.size


def _joined(ranges: Iterable[Range]) -> list[Range]:
    joined: list[Range] = []
    for begin, end in sorted(ranges):
        if joined and begin <= joined[-1][1]:
            joined[-1][1] = max(end, joined[-1][1])
        else:
            joined.append([begin, end])
    return joined
