"""Other ways to write one number, each by one rule of the contract: all of them are that number."""

from collections.abc import Callable, Iterator
from typing import NamedTuple


class Spelling(NamedTuple):
    """A rule, and how a number looks by it; None where there is nothing to write otherwise."""

    rule: str
    write: Callable[[str], str | None]


def _wide(number: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in number)


def _between(*signs: str) -> Callable[[str], str | None]:
    """`signs` in turn behind the first characters, but never between two digits."""

    def write(number: str) -> str | None:
        places = [
            place
            for place in range(1, len(number))
            if not (number[place - 1].isdigit() and number[place].isdigit())
            and number[place - 1].isalnum()
            and number[place].isalnum()
        ][: len(signs)]
        if not places:
            return None
        for place, sign in reversed(list(zip(places, signs, strict=False))):
            number = number[:place] + sign + number[place:]
        return number

    return write


def _among(signs: str) -> Callable[[str], str | None]:
    """`signs` anywhere: what is dropped even between two digits."""

    def write(number: str) -> str:
        step = max(1, len(number) // (len(signs) + 1))
        for place, sign in enumerate(reversed(signs)):
            at = max(1, len(number) - step * (place + 1))
            number = number[:at] + sign + number[at:]
        return number

    return write


def _around(before: str, behind: str = "") -> Callable[[str], str]:
    return lambda number: f"{before}{number}{behind}"


def _compatible(number: str) -> str | None:
    """The last digit in a circle, which is that digit by NFKC."""
    last = number[-1:]
    circled = (
        chr(0x2460 + int(last) - 1) if last.isascii() and last.isdigit() and last > "0" else ""
    )
    return number[:-1] + circled if circled else None


def _exchanged(pairs: str) -> Callable[[str], str | None]:
    """With the second of each pair of characters in place of its first."""
    table = dict(zip(pairs[::2], pairs[1::2], strict=True))

    def write(number: str) -> str | None:
        written = "".join(table.get(each, each) for each in number)
        return written if written != number else None

    return write


def _without(signs: str) -> Callable[[str], str | None]:
    def write(number: str) -> str | None:
        written = "".join(each for each in number if each not in signs)
        return written if written != number else None

    return write


def _lower(number: str) -> str | None:
    return number.lower() if number.lower() != number else None


RADICALS = "青⻘一⼀人⼈工⼯土⼟山⼭水⽔金⾦高⾼马⻢鱼⻥"
TRADITIONAL = "鲁魯证證产產权權动動许許药藥号號经經济濟业業东東岛島烟煙台臺"
PRIVATE = "䶮\ue863䜣\ue844䴔\ue85d"
SPELLINGS: tuple[Spelling, ...] = (
    Spelling("width", _wide),
    Spelling("case", _lower),
    Spelling("spaces", _among(" \u00a0\u3000\u2009")),
    Spelling("invisible characters", _among("\u200b\u200d\ufeff\u00ad\u2060")),
    Spelling("variation selectors", _among("\ufe0f\U000e0100")),
    Spelling("hyphens", _between("-", "\u2013", "\uff0d")),
    Spelling("brackets", _around("〔", "〕")),
    Spelling("brackets are dropped", _without("()（）〔〕[]【】")),
    Spelling("quotes", _around("“", "”")),
    Spelling("equals sign and quotes", _around('="', '"')),
    Spelling("commas", _among(",，")),
    Spelling("middle dots", _among("·・")),
    Spelling("第 and 号", _around("第", "号")),
    Spelling("字 and 號", _around("字", "號")),
    Spelling("第 and 号 are dropped", _without("第号")),
    Spelling("a label with a colon", _around("编号：")),
    Spelling("a label without a colon", _around("证号 ")),
    Spelling("№", _around("№ ")),
    Spelling("No.", _around("No. ")),
    Spelling("compatible characters", _compatible),
    Spelling("radicals", _exchanged(RADICALS)),
    Spelling("traditional characters", _exchanged(TRADITIONAL)),
    Spelling("private use points", _exchanged(PRIVATE)),
    Spelling("○ and 〇", _exchanged("〇○")),
)
"""What a service takes for the number itself, whatever certificate it is of."""


def spellings(number: str) -> Iterator[tuple[str, str]]:
    """Each rule that applies to `number`, and `number` written by it."""
    for rule, write in SPELLINGS:
        written = write(number)
        if written is not None:
            yield rule, written
