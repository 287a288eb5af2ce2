"""Han characters by their sound, as people type them."""

import json
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from notices.facts.characters import simplified

LONGEST_SYLLABLE = 6
MOST_WAYS = 3
"""Ways to cut pinyin into syllables that are tried; xian is xian, and xi an."""


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(
        files("search").joinpath("data/hanzi.json").read_text("utf-8")
    )
    return data


@cache
def _syllables() -> frozenset[str]:
    return frozenset(_data()["syllables"].split())


@lru_cache(maxsize=4096)
def pinyin(text: str) -> tuple[str, ...]:
    """The sound of each Han character of `text`, without tones; of others nothing."""
    # Names are made of the same few thousand phrases, each of which is looked up once.
    return tuple(sound for phrase in _phrases(simplified(text)) for sound in _sound_of(phrase))


def _phrases(text: str) -> Iterable[str]:
    """The phrases by which pypinyin tells 银行 from 行人."""
    # Its dictionary takes 50 MB, and only who builds documents needs it.
    from pypinyin.seg.mmseg import seg

    phrases: Iterable[str] = seg.cut(text)
    return phrases


@lru_cache(maxsize=65536)
def _sound_of(phrase: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin

    return tuple(lazy_pinyin(phrase, style=Style.NORMAL, errors="ignore"))


@cache
def _sounds() -> dict[str, str]:
    """The usual syllable of each common character."""
    return {each: sound for sound, all_ in _data()["sounds"].items() for each in all_}


def usual_pinyin(text: str) -> tuple[str, ...]:
    """Like `pinyin` for names of common characters, without the memory that a dictionary takes."""
    known = _sounds()
    return tuple(known[character] for character in simplified(text) if character in known)


def cut(sound: str) -> list[tuple[str, ...]]:
    """The ways in which `sound` (a to z) is pinyin, the fewest syllables first; at most three.

    A syllable that is not finished is left out.
    """
    known = _syllables()
    ways: list[list[tuple[str, ...]]] = [[()], *([] for _ in sound)]
    for end in range(1, len(sound) + 1):
        found = [
            (*way, sound[start:end])
            for start in range(max(0, end - LONGEST_SYLLABLE), end)
            if sound[start:end] in known
            for way in ways[start]
        ]
        ways[end] = sorted(found, key=len)[:MOST_WAYS]
    for end in range(len(sound), max(0, len(sound) - LONGEST_SYLLABLE), -1):
        if ways[end]:
            begun = sound[end:]
            if not begun or any(each.startswith(begun) for each in known):
                return ways[end]
    return []
