"""The JSON Schema for editors says of each single value what `notices catalogue check` says."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from notices.facts import catalogue, catalogue_check
from tests.unit.test_catalogue_check import changed as mistaken
from tests.unit.test_catalogue_check import test_a_catalogue_says_where_it_is_wrong as checked
from tools import catalogue_schema

DATA: dict[str, Any] = catalogue.read(catalogue.OWN_CATALOGUE)
MATTERS = catalogue.read(catalogue.DEMO_MATTERS)["matters"]
NAME = {"zh": "名称", "en": "Name"}
LICENSE = DATA["certificates"][0] | {
    "aliases": ["营业证"],
    "documents": [
        {"id": "business-license", "name": NAME, "number_label": NAME},
        {
            "id": "old-license", "name": {"zh": "旧证", "en": "Old"}, "number_label": NAME,
            "holder_kind": "organisation", "former": True, "aliases": ["旧版"],
            "read_as": ["旧"], "source": "x",
        },
    ],
    "document_required": False,
    "document_field": "kind",
    "number_forms": [
        {
            "pattern": r"旧\d+-\d+", "document": "old-license", "number_label": NAME,
            "hyphens": True, "example": "旧1-2", "source": "x",
        }
    ],
    "fields": [
        {"name": "size", "label": NAME, "required": False, "choices": ["A", "B"]},
        {"name": "count", "label": NAME, "required": True, "pattern": "1+", "example": "1"},
    ],
    "holder_identifier_optional": False,
    "issuer_asked": True,
    "number_hint": NAME,
    "public_term_years": 10,
    "sources": dict.fromkeys(["number", "law", "period", "publication"], "x"),
}  # fmt: skip
MATTER = DATA["matters"][0] | MATTERS[DATA["matters"][0]["id"]] | {"sources": {"name": "x"}}
SMALL = {
    "$schema": "./catalogue.schema.json",
    "version": "1",
    "certificates": [LICENSE],
    "matters": [MATTER],
}
"""With every key that there is."""

_WRITTEN = msgspec.json.encode(SMALL)

SCHEMA = json.loads(catalogue_check.SCHEMA.read_text("utf-8"))
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)
Path = tuple[str | int, ...]


def test_the_file_is_what_rules_and_docs_say() -> None:
    jsonschema_rs.meta.validate(SCHEMA)
    assert catalogue_check.SCHEMA.read_text("utf-8") == catalogue_schema.text()


def test_catalogues_that_are_right_are_right_by_the_schema() -> None:
    for data in (DATA, SMALL):
        assert catalogue.problems_in(data) == []
        assert list(VALIDATOR.iter_errors(data)) == []


def test_every_key_is_among_those_that_are_tried() -> None:
    properties = {key for each in SCHEMA["$defs"].values() for key in each.get("properties", {})}

    assert properties <= {key for path in ONE_OF_EACH for key in path}


def test_the_name_of_the_schema_is_not_a_part_of_the_catalogue() -> None:
    assert "$schema" not in msgspec.to_builtins(catalogue.made_of(SMALL).public())


def paths(data: Any, at: Path = ()) -> Iterator[Path]:
    inner = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in inner:
        yield (*at, key)
        if isinstance(value, dict | list):
            yield from paths(value, (*at, key))


def changed(path: Path, value: Any) -> tuple[dict[str, Any], Any]:
    """SMALL with one value replaced, or taken out when it is ..., and what holds it."""
    data: dict[str, Any] = msgspec.json.decode(_WRITTEN)
    place: Any = data
    for key in path[:-1]:
        place = place[key]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return data, place


def agreed(data: dict[str, Any]) -> bool:
    """Whether it is right, by both alike."""
    right = VALIDATOR.is_valid(data)
    assert right == (catalogue.problems_in(data) == [])
    return right


ONE_OF_EACH = {
    tuple("*" if isinstance(key, int) else key for key in path): path for path in paths(SMALL)
}
"""A path to each kind of place, by its keys alone."""


def wrong_for(key: str | int, right: Any) -> Iterator[Any]:
    """Values of other types than this one's; of its own those that are blank."""
    yield {"nobody": 1}
    if isinstance(right, dict | list):
        yield from (["x", []], 0.5)
    elif not isinstance(right, str):
        yield 0.5
    elif not str(key).endswith(("pattern", "prefix")):  # a blank can be one
        yield from ("\u0000", " ")


@pytest.mark.parametrize("path", ONE_OF_EACH.values(), ids=lambda path: "/".join(map(str, path)))
def test_every_wrong_type_is_wrong_by_both(path: Path) -> None:
    right: Any = SMALL
    for key in path:
        right = right[key]
    for value in wrong_for(path[-1], right):
        assert not agreed(changed(path, value)[0]), value


def test_every_missing_key_and_every_unknown_one_is_wrong_by_both() -> None:
    missing = 0
    for path in ONE_OF_EACH.values():
        data, place = changed(path, ...)
        if isinstance(place, dict) and not VALIDATOR.is_valid(data):
            assert any(each.endswith("is missing") for each in catalogue.problems_in(data))
            missing += 1
        if isinstance(place, dict):
            assert not agreed(changed((*path[:-1], "nobody"), "x")[0])

    assert missing > 40


@pytest.mark.parametrize("case", checked.pytestmark[0].args[1], ids=lambda case: case[0])
def test_whatever_is_wrong_by_the_schema_is_wrong_by_the_check(case: tuple[str, Any, str]) -> None:
    """The other way round it is the check alone that sees what does not go together."""
    data = mistaken(case[0], case[1])

    assert catalogue.problems_in(data) or VALIDATOR.is_valid(data)
