"""Everything that is wrong with a catalogue, at once, so that a city can mend it in one go."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from notices.facts.numbers import CHECK_DIGITS, normal_form

Rule = Callable[[str, Any], Iterator[str]]
"""From a place and the value found there to one sentence for each thing that is wrong."""
PARTS = ["original", "duplicate"]


def name_key(name: str) -> str:
    """Two names with the same key could not be told apart by whoever types one of them."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def problems_in(data: Any) -> list[str]:
    """One sentence for each thing that is wrong, each led by its place; empty for a good one."""
    return [*_CATALOGUE("catalogue", data), *_problems_across(data)]


def _words(place: str, value: Any) -> Iterator[str]:
    if not isinstance(value, str) or not value.strip():
        yield f"{place}: must be text that is not blank"
    elif any(unicodedata.category(character) in {"Cc", "Cs"} for character in value):
        yield f"{place}: holds a control character"


def _yes_or_no(place: str, value: Any) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{place}: must be true or false"


def _whole(least: int, most: int) -> Rule:
    def rule(place: str, value: Any) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield f"{place}: must be a whole number from {least} to {most}"

    return rule


def _one_of(*allowed: str) -> Rule:
    def rule(place: str, value: Any) -> Iterator[str]:
        if not isinstance(value, str) or value not in allowed:
            yield f"{place}: must be one of {', '.join(allowed)}"

    return rule


def _written_as(pattern: str, meaning: str) -> Rule:
    def rule(place: str, value: Any) -> Iterator[str]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield f"{place}: must be {meaning}"

    return rule


def _pattern(place: str, value: Any) -> Iterator[str]:
    try:
        re.compile(value, re.ASCII)
    except (re.error, OverflowError, RecursionError, TypeError, ValueError) as error:
        yield f"{place}: is no regular expression: {error}"


def _or_null(rule: Rule) -> Rule:
    def either(place: str, value: Any) -> Iterator[str]:
        if value is not None:
            yield from rule(place, value)

    return either


def _list_of(rule: Rule) -> Rule:
    def each(place: str, value: Any) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{place}: must be a list"
            return
        for index, item in enumerate(value):
            label = item.get("id") if isinstance(item, dict) else None
            name = f" ({label})" if isinstance(label, str) else ""
            yield from rule(f"{place}[{index}]{name}", item)

    return each


def _object(
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


def _field(place: str, field: dict[str, Any]) -> Iterator[str]:
    if "choices" in field and not field["choices"]:
        yield f"{place}.choices: must not be empty; leave it out where anything may be typed"
    if len(set(field.get("choices", ()))) < len(field.get("choices", ())):
        yield f"{place}.choices: has the same choice twice"
    if "pattern" in field and not re.fullmatch(
        field["pattern"], field.get("example", ""), re.ASCII
    ):
        yield f"{place}.example: must be there and match the pattern"


def _certificate(place: str, data: dict[str, Any]) -> Iterator[str]:
    if data["parts"] not in ([], PARTS):
        yield f"{place}.parts: must be {PARTS} or []"
    if sorted(data["part_names"]) != sorted(data["parts"]):
        yield f"{place}.part_names: must name each of the parts and nothing else"
    names = [field["name"] for field in data["fields"]]
    if len(set(names)) < len(names):
        yield f"{place}.fields: has the same name twice"
    if (
        data["public_holder_name"] == "full"
        and data["holder_kind"] != "organisation"
        and data["public_holder_name_reason"] is None
    ):
        yield (
            f"{place}.public_holder_name_reason: is missing; "
            "a person's name is published in full for a stated reason only"
        )
    if data.get("holder_identifier_optional") and (
        data["holder_kind"] != "person" or data["number_is"] or data["number_optional"]
    ):
        yield (
            f"{place}.holder_identifier_optional: must be false where the holder is no person, "
            "or where the holder's identifier is or stands for the number"
        )
    yield from _numbers(place, data)


def _numbers(place: str, data: dict[str, Any]) -> Iterator[str]:
    source = data["optional_prefix"]
    prefix = None if source is None else re.compile(source, re.ASCII)
    if prefix is not None and prefix.match(""):
        yield f"{place}.optional_prefix: must not match nothing"
    if data["old_number_pattern"] is not None and data["number_is"] is None:
        yield f"{place}.old_number_pattern: says nothing without number_is"
    ruled = data["number_pattern"] is not None or data["check_digit"] != "none"
    if ruled and not data["examples"]:
        yield f"{place}.examples: must not be empty where number_pattern or check_digit judges"
    seen: dict[str, str] = {}
    for index, example in enumerate(data["examples"]):
        at = f"{place}.examples[{index}]"
        normal = normal_form(example, prefix)
        if not normal:
            yield f"{at}: nothing is left of it in normal form"
        elif normal in seen:
            yield f"{at}: is the same number as {seen[normal]}"
        seen[normal] = example
        pattern = data["number_pattern"]
        if pattern is not None and not re.fullmatch(pattern, normal, re.ASCII):
            yield f"{at}: its normal form {normal} does not match number_pattern"
        if not CHECK_DIGITS[data["check_digit"]](normal):
            yield f"{at}: its check digit is wrong by {data['check_digit']}"


_TEXT = _object({"zh": _words, "en": _words})
_ID = _written_as(r"[a-z0-9]+(-[a-z0-9]+)*", "an id of small letters, digits and hyphens")
_MATTER_ID = _written_as(
    r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)?",
    "an id of small letters, digits and hyphens, with at most one dot",
)
_URL = _written_as(r"https?://[!-~]+", "an address that starts with https:// or http://")

_FIELD = _object(
    {
        "name": _written_as(r"[a-z][a-z0-9_]*", "small letters, digits and underscores"),
        "label": _TEXT,
        "required": _yes_or_no,
    },
    {"choices": _list_of(_words), "pattern": _pattern, "example": _words},
    _field,
)

_CERTIFICATE = _object(
    {
        "id": _ID,
        "name": _TEXT,
        "aliases": _list_of(_words),
        "holder_kind": _one_of("person", "organisation", "either"),
        "issuing_department": _TEXT,
        "parts": _list_of(_one_of(*PARTS)),
        "part_names": _object({}, dict.fromkeys(PARTS, _TEXT)),
        "number_label": _TEXT,
        "number_optional": _yes_or_no,
        "number_is": _or_null(_one_of("holder_code", "holder_code_prefix")),
        "number_pattern": _or_null(_pattern),
        "old_number_pattern": _or_null(_pattern),
        "optional_prefix": _or_null(_pattern),
        "check_digit": _one_of(*CHECK_DIGITS),
        "examples": _list_of(_words),
        "fields": _list_of(_FIELD),
        "notice_period": _or_null(
            _object({"value": _whole(1, 366), "unit": _one_of("calendar_day", "working_day")})
        ),
        "apply_within_days": _or_null(_whole(1, 3660)),
        "legal_basis": _words,
        "elsewhere": _or_null(
            _object({"channel": _TEXT, "url": _or_null(_URL), "required": _yes_or_no})
        ),
        "public_holder_name": _one_of("full", "masked"),
        "public_holder_name_reason": _or_null(_words),
        "public_number": _one_of("full", "masked"),
        "elicense_type_code": _or_null(_written_as(r"[0-9A-Z]{1,64}", "capitals and digits")),
    },
    {
        "holder_identifier_optional": _yes_or_no,
        "sources": _object({}, dict.fromkeys(["number", "law", "period", "publication"], _words)),
    },
    _certificate,
)

_MATTER = _object(
    {
        "id": _MATTER_ID,
        "certificate": _ID,
        "name": _TEXT,
        "kind": _one_of("reissue", "deregister", "change", "renew"),
        "department": _words,
        "matter_code": _or_null(_written_as(r"[0-9A-Z]{13,33}", "13 to 33 capitals and digits")),
        "next_step_url": _or_null(_URL),
    },
    {"sources": _object({}, {"name": _words})},
)

_CATALOGUE = _object(
    {"version": _words, "certificates": _list_of(_CERTIFICATE), "matters": _list_of(_MATTER)}
)


def _problems_across(data: Any) -> Iterator[str]:
    """What only shows when the entries are held against one another, however broken some are."""
    certificates = _entries(data, "certificates")
    matters = _entries(data, "matters")
    ids = {entry["id"] for _, entry in certificates if isinstance(entry.get("id"), str)}
    yield from _twice((place, entry.get("id")) for place, entry in certificates)
    yield from _twice((place, entry.get("id")) for place, entry in matters)
    yield from _twice((place, entry.get("matter_code")) for place, entry in matters)
    for place, matter in matters:
        certificate = matter.get("certificate")
        if isinstance(certificate, str) and certificate not in ids:
            yield f"{place}.certificate: there is no certificate {certificate}"
    owners: dict[str, str] = {}
    for place, entry in certificates:
        own = set()
        for name in _names(entry):
            key = name_key(name)
            if key in owners and key not in own:
                yield f"{place}: the name {name} belongs to {owners[key]} as well"
            own.add(key)
            owners.setdefault(key, place)


def _entries(data: Any, kind: str) -> list[tuple[str, dict[str, Any]]]:
    listed = data.get(kind) if isinstance(data, dict) else None
    return [
        (f"catalogue.{kind}[{index}]", entry)
        for index, entry in enumerate(listed if isinstance(listed, list) else [])
        if isinstance(entry, dict)
    ]


def _twice(values: Iterator[tuple[str, Any]]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for place, value in values:
        if isinstance(value, str):
            if value in seen:
                yield f"{place}: {value} is already used by {seen[value]}"
            seen.setdefault(value, place)


def _names(entry: dict[str, Any]) -> Iterator[str]:
    named, aliases = entry.get("name"), entry.get("aliases")
    candidates = [entry.get("id")]
    candidates += [named.get("zh"), named.get("en")] if isinstance(named, dict) else []
    candidates += aliases if isinstance(aliases, list) else []
    return (name for name in candidates if isinstance(name, str))
