"""What may stand in the file that `SITE` names: each thing that is wrong, and how it is mended."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from notices.facts.text_check import text_problems
from notices.facts.texts import Message, Text
from notices.locale import LANGUAGES, SOURCE

Check = Callable[[str, Any], Iterator[Text]]

DEAREST = 100_000
"""Yuan for a notice in a newspaper: what is dearer was written in cents."""

_TELEPHONE = re.compile(r"\+?[0-9(（][0-9 ()（）-]{1,28}[0-9]")
_ICP = re.compile(r"[一-龥]ICP备[0-9]{6,12}号(-[0-9]{1,4})?")
_POLICE = re.compile(r"[一-龥]公网安备\s?[0-9]{12,16}号")


def problems_in(data: Mapping[str, Any]) -> Iterator[Text]:
    """One sentence for each wrong place of a file's content, without whether a matter is known."""
    yield from _table("", data, REQUIRED, OPTIONAL)


def unknown(place: str, name: str, known: Collection[str]) -> Text:
    """That nothing goes by `name`, and which ones look like it."""
    near = get_close_matches(name, list(known), 3, 0.5)
    if near:
        return _NO_SUCH_BUT.format(place=place, name=name, near=", ".join(near))
    return _NO_SUCH.format(place=place, name=name)


def _words(place: str, value: Any) -> Iterator[Text]:
    if not isinstance(value, str) or not value.strip():
        yield _NO_TEXT.format(place=place)
    elif any(text_problems("", value)):
        yield _UNSEEN.format(place=place)


def _in_languages(place: str, value: Any) -> Iterator[Text]:
    if not isinstance(value, dict):
        yield from _words(place, value)
        return
    if SOURCE not in value:
        yield _LACKS.format(place=f"{place}.{SOURCE}")
    for code, words in value.items():
        if code in LANGUAGES:
            yield from _words(f"{place}.{code}", words)
        else:
            yield _NO_LANGUAGE.format(place=f"{place}.{code}", known=", ".join(LANGUAGES))


def _written(pattern: re.Pattern[str], example: str) -> Check:
    def check(place: str, value: Any) -> Iterator[Text]:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            yield _NOT_LIKE.format(place=place, example=f'"{example}"')

    return check


def _price(place: str, value: Any) -> Iterator[Text]:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= DEAREST:
        yield _NOT_LIKE.format(place=place, example="200")


def _day(place: str, value: Any) -> Iterator[Text]:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        yield _NOT_LIKE.format(place=place, example="2026-01-01")


def _address(place: str, value: Any) -> Iterator[Text]:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in ("https", "http") or not parts.hostname:
        yield _NOT_LIKE.format(place=place, example='"https://service.example/matters/1"')


def _matters(place: str, value: Any) -> Iterator[Text]:
    right = isinstance(value, list) and value and all(isinstance(each, str) for each in value)
    if not right:
        yield _NO_MATTERS.format(place=place)
        return
    for name in sorted({each for each in value if value.count(each) > 1}):
        yield _TWICE.format(place=place, name=name)


def _each(required: Mapping[str, Check]) -> Check:
    def check(place: str, value: Any) -> Iterator[Text]:
        if not isinstance(value, list):
            yield _NO_LIST.format(place=place)
            return
        for number, entry in enumerate(value, 1):
            yield from _table(f"{place}[{number}]", entry, required, {})

    return check


def _table(
    place: str, data: Any, required: Mapping[str, Check], optional: Mapping[str, Check]
) -> Iterator[Text]:
    if not isinstance(data, dict):
        yield _NO_LIST.format(place=place)
        return
    known = {**required, **optional}
    for key, check in known.items():
        where = f"{place}.{key}" if place else key
        if key in data:
            yield from check(where, data[key])
        elif key in required:
            yield _LACKS.format(place=where)
    for key in data.keys() - known.keys():
        where = f"{place}.{key}" if place else key
        if place and key in {*OPTIONAL, *REQUIRED}:
            yield _TOO_LATE.format(place=where, key=key)
        else:
            yield unknown(where, key, known)


_OFFICE: Mapping[str, Check] = {
    "matters": _matters,
    "name": _words,
    "address": _words,
    "telephone": _written(_TELEPHONE, "0536-2512345"),
    "hours": _words,
}
REQUIRED: Mapping[str, Check] = {"authority": _in_languages}
OPTIONAL: Mapping[str, Check] = {
    "city": _in_languages,
    "telephone": _written(_TELEPHONE, "0536-2512345"),
    "address": _in_languages,
    "hours": _in_languages,
    "icp": _written(_ICP, "鲁ICP备12345678号-1"),
    "police_record": _written(_POLICE, "鲁公网安备37079902000001号"),
    "newspaper_price": _price,
    "counter": _each(_OFFICE),
    "accepts": _each({"matters": _matters, "since": _day, "source": _words}),
    "next_step": _each({"matters": _matters, "url": _address}),
}

_NO_TEXT = Message("{place}：应为加引号的文字，不能空着。")
_UNSEEN = Message("{place}：有看不见的字符或表情符号，或超过 200 字；请重新输入。")
_LACKS = Message("{place}：缺少这一项，请补上。")
_NO_LANGUAGE = Message("{place}：没有这种语言；可用的是 {known}。")
_NOT_LIKE = Message("{place}：应写成这样：{example}。")
_NO_MATTERS = Message(
    '{place}：应列出事项或证件的 id，如 ["food-operation-license.reissue"]；全部事项写 ["*"]。'
)
_TWICE = Message("{place}：“{name}”写了两次，请去掉一个。")
_NO_LIST = Message("{place}：应写成双层方括号的表，如 [[counter]]，下面每行一项。")
_NO_SUCH = Message("{place}：没有“{name}”，请改正或去掉。")
_NO_SUCH_BUT = Message("{place}：没有“{name}”；是不是 {near}？")
_TOO_LATE = Message("{place}：{key} 是全站的一项，要写在第一个 [[…]] 的前面。")
