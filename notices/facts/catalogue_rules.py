"""What a value in the catalogue's file may be: the check of it, and its JSON Schema for editors.

The check names each place that is wrong, which no validator does in these words; the schema says
the same to whoever edits the file, as far as a schema can.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from notices.locale import LANGUAGES

Check = Callable[[str, Any], Iterator[str]]
"""From a place and the value found there to one sentence for each thing that is wrong."""

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """`schema` may refer to what stands in `shared`, by its name under `$defs`."""

    check: Check
    schema: Schema
    shared: dict[str, Schema] = field(default_factory=dict)

    def __call__(self, place: str, value: Any) -> Iterator[str]:
        return self.check(place, value)

    def named(self, name: str) -> "Rule":
        """The same, written out once under `name`, wherever it is used."""
        return Rule(self.check, {"$ref": f"#/$defs/{name}"}, {**self.shared, name: self.schema})


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""And halves of characters: the categories Cc and Cs."""


def _words(place: str, value: Any) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield f"{place}: must be text that is not blank"
    elif _CONTROL.search(value):
        yield f"{place}: holds a control character"


words = Rule(
    _words,
    {
        "type": "string",
        "pattern": r"\S",
        "not": {"pattern": r"[\u0000-\u001f\u007f-\u009f]"},
    },
).named("words")


def _yes_or_no(place: str, value: Any) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{place}: must be true or false"


yes_or_no = Rule(_yes_or_no, {"type": "boolean"})


def whole(least: int, most: int) -> Rule:
    def check(place: str, value: Any) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield f"{place}: must be a whole number from {least} to {most}"

    return Rule(check, {"type": "integer", "minimum": least, "maximum": most})


def one_of(*allowed: str) -> Rule:
    def check(place: str, value: Any) -> Iterator[str]:
        if not isinstance(value, str) or value not in allowed:
            yield f"{place}: must be one of {', '.join(allowed)}"

    return Rule(check, {"enum": list(allowed)})


def written_as(pattern: str, meaning: str) -> Rule:
    def check(place: str, value: Any) -> Iterator[str]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield f"{place}: must be {meaning}"

    return Rule(check, {"type": "string", "pattern": f"^(?:{pattern})$", "$comment": meaning})


def both(one: Rule, other: Rule) -> Rule:
    """What is right by each; the second is asked only where the first has nothing to say."""

    def check(place: str, value: Any) -> Iterator[str]:
        problems = list(one(place, value))
        yield from problems or other(place, value)

    return Rule(check, {"allOf": [one.schema, other.schema]}, one.shared | other.shared)


def _regular_expression(place: str, value: Any) -> Iterator[str]:
    try:
        re.compile(value, re.ASCII)
    except (re.error, OverflowError, RecursionError, TypeError, ValueError) as error:
        yield f"{place}: is no regular expression: {error}"


regular_expression = Rule(_regular_expression, {"type": "string", "format": "regex"})


def or_null(rule: Rule) -> Rule:
    def check(place: str, value: Any) -> Iterator[str]:
        if value is not None:
            yield from rule(place, value)

    return Rule(check, {"anyOf": [rule.schema, {"type": "null"}]}, rule.shared)


def list_of(rule: Rule) -> Rule:
    def check(place: str, value: Any) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{place}: must be a list"
            return
        for index, item in enumerate(value):
            label = item.get("id") if isinstance(item, dict) else None
            name = f" ({label})" if isinstance(label, str) else ""
            yield from rule(f"{place}[{index}]{name}", item)

    return Rule(check, {"type": "array", "items": rule.schema}, rule.shared)


def an_object(
    required: dict[str, Rule], optional: dict[str, Rule] | None = None, then: Check | None = None
) -> Rule:
    """Exactly these keys; `then` looks at the whole, once each of its parts is right."""
    optional = optional or {}
    known = required | optional

    def check(place: str, value: Any) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{place}: must be an object"
            return
        right = True
        for key, inner in known.items():
            if key in value:
                for problem in inner(f"{place}.{key}", value[key]):
                    right = False
                    yield problem
            elif key in required:
                right = False
                yield f"{place}.{key}: is missing"
        for key in value.keys() - known.keys():
            yield f"{place}.{key}: is not known"
        if right and then is not None:
            yield from then(place, value)

    schema: Schema = {
        "type": "object",
        "properties": {key: rule.schema for key, rule in known.items()},
        "required": list(required),
        "additionalProperties": False,
    }
    shared: dict[str, Schema] = {}
    for rule in known.values():
        shared |= rule.shared
    return Rule(check, schema, shared)


def in_languages(rule: Rule) -> Rule:
    """Words in Chinese and in English, and in what other languages the service has."""

    def whole() -> Rule:
        return an_object({"zh": rule, "en": rule}, dict.fromkeys(LANGUAGES, rule))

    def check(place: str, value: Any) -> Iterator[str]:
        yield from whole()(place, value)

    return Rule(check, whole().schema, rule.shared)


def _a_date(place: str, value: Any) -> Iterator[str]:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        yield f"{place}: must be a date such as 2026-11-24"


a_date = Rule(_a_date, {"type": "string", "format": "date"})
TEXT = in_languages(words).named("text")
ID = written_as(r"[a-z0-9]+(-[a-z0-9]+)*", "an id of small letters, digits and hyphens").named("id")


def repeated(values: list[Any]) -> list[Any]:
    """Those that stand in the list more than once."""
    return [value for place, value in enumerate(values) if value in values[:place]]
