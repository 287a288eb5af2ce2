"""Which parts of a shown text answer a query, so that a page can mark them."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

from notices.facts.characters import is_letter, simplified, unified
from notices.facts.readings import bare_form
from search.understanding import Understood, compact

Range = list[int]
"""Begin and end in characters (code points), the end not included."""

SHORTEST_ALIKE = 2
"""Letters in a row that are marked as alike where a query is only nearly right."""


class Marker:
    """What a query asks for, made once and then looked for in every text that is shown."""

    def __init__(self, meant: Understood) -> None:
        self._whole = frozenset(meant.whole)
        words = [compact(word) for word in (*meant.words, *meant.beside, *meant.named)]
        self._wanted = {*words, *map(str.casefold, meant.numbers)} - {""}
        self._nearly = max(words[: len(meant.words)], key=len, default="")
        self._approximate = meant.approximate

    def marks(self, text: str) -> list[Range]:
        """The parts of `text` that the query asks for, in order and apart from one another."""
        if self._whole and bare_form(text) in self._whole:
            return [[0, len(text)]]
        if not self._wanted:
            return []
        letters, places = _letters(text)
        found = []
        for wanted in self._wanted:
            start = letters.find(wanted)
            while start >= 0:
                found.append((start, start + len(wanted)))
                start = letters.find(wanted, start + len(wanted))
        if self._approximate and not found:
            found = list(_alike(letters, self._nearly))
        return _joined([places[begin], places[end - 1] + 1] for begin, end in found)


@lru_cache(maxsize=65536)
def _letter(character: str) -> str:
    """What a character is in the compact form of a text: one letter, seldom several, or none."""
    folded = simplified(unified(character).casefold())
    return "".join(letter for letter in folded if is_letter(letter))


def _letters(text: str) -> tuple[str, range | list[int]]:
    """The compact form of `text`, and which character each of its letters came from."""
    each = list(map(_letter, text))
    letters = "".join(each)
    if len(letters) == len(each) and "" not in each:
        return letters, range(len(letters))
    return letters, [place for place, folded in enumerate(each) for _ in folded]


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
