"""Which number may be meant where characters were taken for others that look alike."""

from collections.abc import Iterable, Iterator
from itertools import combinations

from notices.facts.certificate import Certificate

_LATIN = str.maketrans(
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u0458"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"
    "\u00d7\u3007\u25cb",
    "ABESIJKMHOPCTYXAEOPCYXISJABEZHIKMNOPTYXOX00",
)
"""Cyrillic and Greek letters, ×, 〇 and ○ as what a reader of Latin takes them for."""
_DIGITS = {
    "O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "|": "1", "!": "1", "Z": "2", "S": "5",
    "G": "6", "B": "8",
}  # fmt: skip
_IN_NO_CODE = frozenset("OIZS|!")
"""What GB 32100 keeps out of unified social credit codes, so that it is surely a mistake there."""
_LETTERS = {"0": "D", "1": "I", "2": "Z", "5": "S", "6": "G", "8": "B"}
_HEAD = 4
"""Characters at the beginning, where a number has its letters and a digit may be one."""
_LONGEST = 60
_MOST_KINDS = 5
_MOST_PLACES = 8
_MOST = 3


def meant(number: str, certificates: Iterable[Certificate]) -> tuple[str, ...]:
    """Numbers of the usual form that look like `number`, which has it of none of `certificates`.

    For asking "is it this one?", the nearest first: nothing is ever looked up by them unasked.
    """
    kinds = tuple(certificates)
    if not number or len(number) > _LONGEST or any(_is_usual(each, number) for each in kinds):
        return ()
    found: dict[str, None] = {}
    for candidate, changed in _candidates(number):
        if candidate not in found and any(
            _is_usual(each, candidate) for each in kinds if not _guessed(each, changed)
        ):
            found[candidate] = None
            if len(found) == _MOST:
                break
    return tuple(found)


def _is_usual(certificate: Certificate, number: str) -> bool:
    return certificate.number_form(certificate.normal_number(number)) == "usual"


def _guessed(certificate: Certificate, changed: str) -> bool:
    """Whether so many changes make one wrong digit of a code right by chance.

    A code's check character is one of 31, and it may hold many letters that look like digits.
    """
    if certificate.check_digit != "uscc":
        return False
    doubtful = [each for each in changed.upper() if each not in _IN_NO_CODE]
    return any(each.isdigit() for each in doubtful) or len(doubtful) > 1


def _candidates(number: str) -> Iterator[tuple[str, str]]:
    """Numbers that look alike, with the characters that were changed, the nearest first."""
    plain = number.translate(_LATIN)
    if plain != number:
        yield plain, ""
    places = [place for place, each in enumerate(plain) if each.upper() in _DIGITS]
    kinds = list(dict.fromkeys(plain[place] for place in places))[:_MOST_KINDS]
    # Whoever takes 0 for O does so everywhere, or in one place or two.
    for count in range(1, len(kinds) + 1):
        for chosen in combinations(kinds, count):
            yield _as_digits(plain, [place for place in places if plain[place] in chosen])
    for count in (1, 2):
        for some in combinations(places[:_MOST_PLACES], count):
            yield _as_digits(plain, some)
    for place, each in enumerate(plain[:_HEAD]):
        if each in _LETTERS:
            yield plain[:place] + _LETTERS[each] + plain[place + 1 :], each


def _as_digits(number: str, places: Iterable[int]) -> tuple[str, str]:
    """`number` with the characters at `places` read as digits, and those characters."""
    characters, changed = list(number), []
    for place in places:
        changed.append(characters[place])
        characters[place] = _DIGITS[characters[place].upper()]
    return "".join(characters), "".join(changed)
