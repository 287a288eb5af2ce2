"""What a value in the catalogue's file may be, as rules that name each place where it is not."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

Rule = Callable[[str, Any], Iterator[str]]
"""From a place and the value found there to one sentence for each thing that is wrong."""


def words(place: str, value: Any) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield f"{place}: must be text that is not blank"
    elif any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        yield f"{place}: holds a control character"


def yes_or_no(place: str, value: Any) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{place}: must be true or false"


def whole(least: int, most: int) -> Rule:
    def rule(place: str, value: Any) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield f"{place}: must be a whole number from {least} to {most}"

    return rule


def one_of(*allowed: str) -> Rule:
    def rule(place: str, value: Any) -> Iterator[str]:
        if not isinstance(value, str) or value not in allowed:
            yield f"{place}: must be one of {', '.join(allowed)}"

    return rule


def written_as(pattern: str, meaning: str) -> Rule:
    def rule(place: str, value: Any) -> Iterator[str]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield f"{place}: must be {meaning}"

    return rule


def regular_expression(place: str, value: Any) -> Iterator[str]:
    try:
        re.compile(value, re.ASCII)
    except (re.error, OverflowError, RecursionError, TypeError, ValueError) as error:
        yield f"{place}: is no regular expression: {error}"


def or_null(rule: Rule) -> Rule:
    def either(place: str, value: Any) -> Iterator[str]:
        if value is not None:
            yield from rule(place, value)

    return either


def list_of(rule: Rule) -> Rule:
    def each(place: str, value: Any) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{place}: must be a list"
            return
        for index, item in enumerate(value):
            label = item.get("id") if isinstance(item, dict) else None
            name = f" ({label})" if isinstance(label, str) else ""
            yield from rule(f"{place}[{index}]{name}", item)

    return each


def an_object(
    required: dict[str, Rule], optional: dict[str, Rule] | None = None, then: Rule | None = None
) -> Rule:
    """Exactly these keys; `then` looks at the whole, once each of its parts is right."""
    optional = optional or {}

    def rule(place: str, value: Any) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{place}: must be an object"
            return
        right = True
        for key, inner in (required | optional).items():
            if key in value:
                for problem in inner(f"{place}.{key}", value[key]):
                    right = False
                    yield problem
            elif key in required:
                right = False
                yield f"{place}.{key}: is missing"
        for key in value.keys() - required.keys() - optional.keys():
            yield f"{place}.{key}: is not known"
        if right and then is not None:
            yield from then(place, value)

    return rule


def a_date(place: str, value: Any) -> Iterator[str]:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        yield f"{place}: must be a date such as 2026-11-24"


TEXT = an_object({"zh": words, "en": words})
ID = written_as(r"[a-z0-9]+(-[a-z0-9]+)*", "an id of small letters, digits and hyphens")


def repeated(values: list[Any]) -> list[Any]:
    """Those that stand in the list more than once."""
    return [value for place, value in enumerate(values) if value in values[:place]]
