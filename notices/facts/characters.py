"""Which characters are one to a reader, however a font, a program or a region writes them."""

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "characters.json"

_ZEROS = ("○", "◯")
"""Circles that are typed for the Han zero, as in 二○二○年."""


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(DATA.read_text("utf-8"))
    return data


def _table(left: str, right: str) -> dict[int, str]:
    return dict(zip(map(ord, _data()[left]), _data()[right], strict=True))


@cache
def _ideographs() -> dict[int, str]:
    """What has another code point than the character that a reader sees.

    Private use points of GB 18030-2000 as later editions (2005, 2022) have them; radicals and
    strokes as the ideographs they look like (UAX 44).
    """
    radicals = _table("radicals", "ideographs")
    private = {old: new.translate(radicals) for old, new in _table("private", "standard").items()}
    return private | radicals


@cache
def _simplified() -> dict[int, str]:
    return _table("traditional", "simplified")


@cache
def _odd() -> re.Pattern[str]:
    """Any character that `standard` changes: most texts have none, and looking costs little."""
    return _one_of(_ideographs())


@cache
def _traditional() -> re.Pattern[str]:
    return _one_of(_simplified())


def _one_of(points: Iterable[int]) -> re.Pattern[str]:
    """A pattern for what may be one of `points`: beyond the BMP sets are slow, so all are."""
    near = "".join(re.escape(chr(point)) for point in points if point < 0x10000)
    return re.compile(f"[{near}\U00010000-\U0010ffff]")


def standard(text: str) -> str:
    """`text` in the code points of the characters that a reader sees, otherwise as it is."""
    return text.translate(_ideographs()) if not text.isascii() and _odd().search(text) else text


def unified(text: str) -> str:
    """`text` in NFKC, with one code point for each Han character that a reader sees.

    Text copied out of a PDF has ⻘ (U+2ED8) where 青 is meant, text of an older system U+E863
    for 䶮: Equivalent_Unified_Ideograph (UAX 44) and GB 18030-2022 say which are one. Nothing is
    dropped. Folding twice changes nothing.
    """
    while not text.isascii():
        plain = standard(text)
        for circle in _ZEROS:
            plain = plain.replace(circle, "〇")
        plain = unicodedata.normalize("NFKC", plain)
        if plain == text:
            break
        text = plain
    return text


def simplified(text: str) -> str:
    """`text` in simplified characters, one for one; what is simplified already stays."""
    if text.isascii() or not _traditional().search(text):
        return text
    return text.translate(_simplified())


_FILLERS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\U000e0000"
)
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def is_unseen(character: str) -> bool:
    """Whether nothing is seen of it: format characters, fillers, variation selectors."""
    if character.isascii():
        return False
    point = ord(character)
    return (
        character in _FILLERS
        or any(point in each for each in _SELECTORS)
        or unicodedata.category(character) == "Cf"
    )


_HAN_PLANES = range(0x20000, 0x3FFFE)
"""They hold nothing but Han; a Python older than an extension calls its characters unassigned."""


def is_letter(character: str) -> bool:
    """Whether it is a letter, a digit or Han, also Han of extensions newer than Python's tables."""
    return character.isalnum() or ord(character) in _HAN_PLANES


class _Seen(dict[int, str | None]):
    """For `str.translate`: what spaces a text is a space, what nobody sees goes."""

    def __missing__(self, point: int) -> str | None:
        character = chr(point)
        kept = " " if character.isspace() else None if is_unseen(character) else character
        if point < 0x10000:
            self[point] = kept
        return kept


_SEEN = _Seen()


def seen(text: str) -> str:
    """`text` without what nobody sees, and with plain spaces for what spaces it."""
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_SEEN)
