"""Numbers inside of a sentence: 我丢了京东民证字第099号登记证书, or several in one."""

import re
from collections.abc import Collection, Iterable, Iterator

from notices.facts.characters import is_letter, unified
from notices.facts.readings import bare_form

MOST_ATOMS = 24
"""Han characters and runs of letters and digits of one number; a sentence is longer."""

MOST_FORMS = 400
"""Forms that are looked up for one query; two hundred characters hardly have more."""

FEWEST = 4
"""Letters and digits of a number that stands in a sentence."""

FEWEST_DIGITS = 6
"""Digits of one that is digits alone: years and streets have fewer."""

_APART = re.compile(r"[,、;。|!?:∶\"“”\r\n\t]+")
"""What stands between two parts of a sentence, in NFKC, and in no number."""

_ATOM = re.compile(r"[0-9A-Z]+|[^0-9A-Z]")
_DIGIT = re.compile(r"[0-9]")


def parts(q: str) -> list[str]:
    """The parts of what was typed, in which words and numbers are still beside one another."""
    return [part for part in _APART.split(unified(q)) if any(map(is_letter, part))]


def numbers_in(part: str) -> tuple[str, ...]:
    """Every number that can stand in a part of a sentence, as bare forms, the longest first.

    Where it begins among the Han in front of its digits nobody can tell (我丢了京东民证字第099号):
    each place is tried, since what is looked up is whole numbers. It ends with a run that holds
    a digit.
    """
    atoms = list(_atoms(part))
    forms: dict[str, None] = {}
    for end, last in enumerate(atoms):
        if _DIGIT.search(last):
            form = ""
            for atom in reversed(atoms[max(0, end + 1 - MOST_ATOMS) : end + 1]):
                form = atom + form
                if len(form) >= (FEWEST_DIGITS if form.isdecimal() else FEWEST):
                    forms[form] = None
    return tuple(sorted(forms, key=len, reverse=True)[:MOST_FORMS])


def _atoms(part: str) -> Iterator[str]:
    # What is no letter is an edge: of 2020 0012345 each run may be a number, and both together.
    for run in "".join(each if is_letter(each) else " " for each in part).split():
        yield from _ATOM.findall(bare_form(run))


def left_over(text: str, forms: Collection[str]) -> list[str]:
    """What stands in a part of a sentence, a bare form, beside `forms` of its numbers."""
    texts = [text]
    for form in sorted(forms, key=len, reverse=True):
        texts = [rest for text in texts for rest in text.split(form)]
    return [text for text in texts if text]


def without(text: str, noise: Iterable[str]) -> str:
    """`text` without those of `noise` that stand at its ends, as often as there are any."""
    words = sorted(noise, key=len, reverse=True)
    while True:
        for word in words:
            if text.startswith(word):
                text = text[len(word) :]
                break
            if text.endswith(word):
                text = text[: -len(word)]
                break
        else:
            return text
