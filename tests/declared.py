"""Right declarations, for tests to spoil."""

from datetime import date
from typing import Any

import msgspec

from notices.facts import catalogue, regions
from notices.facts.catalogue import Catalogue
from notices.facts.requests import Declaration
from tests.api import declaration

OWN = catalogue.load()
SHANDONG = regions.load()
TODAY = date(2026, 11, 24)

FOOD = declaration()
PERSON = {"kind": "person", "name": "张三", "identifier": "11010519491231002X"}
CHILD = {"kind": "person", "name": "张小", "identifier": "379999201001010010"}
BIRTH = FOOD | {
    "certificate": "birth-medical-certificate",
    "matter": None,
    "number": "X990000001",
    "issued_on": None,
    "holder": CHILD,
}
LICENCE = FOOD | {
    "certificate": "business-license",
    "matter": None,
    "number": "92379999MA0000023B",
}
DRIVER = FOOD | {
    "certificate": "road-transport-practitioner-certificate",
    "matter": None,
    "copies": None,
    "number": "11010519491231002X",
    "holder": PERSON,
}
SEAL = FOOD | {
    "certificate": "company-seal",
    "matter": None,
    "copies": None,
    "number": None,
    "details": {"kind": "公章"},
}


def problems(declaration: dict[str, Any], by: Catalogue = OWN) -> set[tuple[str, str]]:
    """Field and code of everything that is wrong with `declaration`."""
    found = catalogue.check(msgspec.convert(declaration, Declaration), by, SHANDONG, TODAY)
    return {(each.field, each.code) for each in found}


def holder(declaration: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return declaration | {"holder": declaration["holder"] | changes}
