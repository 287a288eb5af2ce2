"""Everything that is wrong with a catalogue, at once, so that a city can mend it in one go."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from notices.facts import catalogue_documents
from notices.facts.catalogue_rules import (
    ID,
    TEXT,
    a_date,
    an_object,
    list_of,
    one_of,
    or_null,
    regular_expression,
    whole,
    words,
    written_as,
    yes_or_no,
)
from notices.facts.certificate import name_key
from notices.facts.numbers import CHECK_DIGITS
from notices.facts.readings import normal_form, without_prefix

SCHEMA = Path(__file__).parent / "data" / "catalogue.schema.json"
"""For editors; made by `python -m tools.catalogue_schema`."""

PARTS = ["original", "duplicate"]


def problems_in(data: Any) -> list[str]:
    """One sentence for each thing that is wrong, each led by its place; empty for a good one."""
    return [*_CATALOGUE("catalogue", data), *_problems_across(data)]


def schema() -> dict[str, Any]:
    """The same rules as JSON Schema, without what holds one value against another."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_CATALOGUE.schema,
        "$defs": _CATALOGUE.shared,
    }


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
    yield from catalogue_documents.problems_of(place, data)


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
        normal = without_prefix(normal_form(example), prefix)
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


_MATTER_ID = written_as(
    r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)?",
    "an id of small letters, digits and hyphens, with at most one dot",
)
_URL = written_as(r"https?://[!-~]+", "an address that starts with https:// or http://")

_FIELD = an_object(
    {
        "name": written_as(r"[a-z][a-z0-9_]*", "small letters, digits and underscores"),
        "label": TEXT,
        "required": yes_or_no,
    },
    {"choices": list_of(words), "pattern": regular_expression, "example": words},
    _field,
).named("field")

_CERTIFICATE = an_object(
    {
        "id": ID,
        "name": TEXT,
        "aliases": list_of(words),
        "holder_kind": one_of("person", "organisation", "either"),
        "issuing_department": TEXT,
        "parts": list_of(one_of(*PARTS)),
        "part_names": an_object({}, dict.fromkeys(PARTS, TEXT)),
        "number_label": TEXT,
        "number_optional": yes_or_no,
        "number_is": or_null(one_of("holder_code", "holder_code_prefix")),
        "number_pattern": or_null(regular_expression),
        "old_number_pattern": or_null(regular_expression),
        "optional_prefix": or_null(regular_expression),
        "check_digit": one_of(*CHECK_DIGITS),
        "examples": list_of(words),
        "fields": list_of(_FIELD),
        "notice_period": or_null(
            an_object({"value": whole(1, 366), "unit": one_of("calendar_day", "working_day")})
        ),
        "apply_within_days": or_null(whole(1, 3660)),
        "legal_basis": words,
        "elsewhere": or_null(
            an_object({"channel": TEXT, "url": or_null(_URL), "required": yes_or_no})
        ),
        "public_holder_name": one_of("full", "masked"),
        "public_holder_name_reason": or_null(words),
        "public_number": one_of("full", "masked"),
        "elicense_type_code": or_null(written_as(r"[0-9A-Z]{1,64}", "capitals and digits")),
    },
    {
        "holder_identifier_optional": yes_or_no,
        "issuer_asked": yes_or_no,
        "number_hint": or_null(TEXT),
        "public_term_years": or_null(whole(1, 100)),
        **catalogue_documents.OPTIONAL,
        "sources": an_object({}, dict.fromkeys(["number", "law", "period", "publication"], words)),
    },
    _certificate,
).named("certificate")

_MATTER = an_object(
    {
        "id": _MATTER_ID,
        "certificate": ID,
        "name": TEXT,
        "kind": one_of("reissue", "deregister", "change", "renew"),
        "department": words,
    },
    {
        "matter_code": or_null(written_as(r"[0-9A-Z]{13,33}", "13 to 33 capitals and digits")),
        "next_step_url": or_null(_URL),
        "counter": or_null(
            an_object(dict.fromkeys(["name", "address", "telephone", "hours"], words))
        ),
        "accepts": or_null(an_object({"since": a_date, "source": words})),
        "sources": an_object({}, {"name": words}),
    },
).named("matter")

_CATALOGUE = an_object(
    {"version": words, "certificates": list_of(_CERTIFICATE), "matters": list_of(_MATTER)},
    {"$schema": words},
)


def _problems_across(data: Any) -> Iterator[str]:
    """What only shows when the entries are held against one another, however broken some are."""
    certificates = _entries(data, "certificates")
    matters = _entries(data, "matters")
    ids = {entry["id"]: place for place, entry in certificates if isinstance(entry.get("id"), str)}
    yield from _twice((place, entry.get("id")) for place, entry in certificates)
    yield from _twice((place, entry.get("id")) for place, entry in matters)
    yield from _twice((place, entry.get("matter_code")) for place, entry in matters)
    papers = [paper for place, entry in certificates for paper in _papers(place, entry)]
    yield from _twice((place, paper.get("id")) for place, paper in papers)
    for place, paper in papers:
        id = paper.get("id")
        if isinstance(id, str) and id in ids and not place.startswith(ids[id] + "."):
            yield f"{place}.id: {id} is a certificate"
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


def _papers(place: str, entry: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    listed = entry.get("documents")
    return [
        (f"{place}.documents[{index}]", paper)
        for index, paper in enumerate(listed if isinstance(listed, list) else [])
        if isinstance(paper, dict)
    ]


def _twice(values: Iterator[tuple[str, Any]]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for place, value in values:
        if isinstance(value, str):
            if value in seen:
                yield f"{place}: {value} is already used by {seen[value]}"
            seen.setdefault(value, place)


def _names(entry: dict[str, Any]) -> Iterator[str]:
    candidates: list[Any] = [entry.get("id")]
    for each in (entry, *(paper for _, paper in _papers("", entry))):
        named, aliases = each.get("name"), each.get("aliases")
        candidates += [named.get("zh"), named.get("en")] if isinstance(named, dict) else []
        candidates += aliases if isinstance(aliases, list) else []
    return (name for name in candidates if isinstance(name, str))
