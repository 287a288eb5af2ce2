"""Right declarations, for tests to spoil."""

from datetime import date
from typing import Any

import msgspec

from notices.facts import catalogue, regions
from notices.facts.catalogue import Catalogue
from notices.facts.forms import Declaration

OWN = catalogue.load()
SHANDONG = regions.load()
TODAY = date(2026, 11, 24)

FOOD: dict[str, Any] = {
    "certificate": "food-operation-license",
    "matter": "food-operation-license.reissue",
    "number": "JY13799990000011",
    "copies": "original",
    "cause": "lost",
    "lost_on": "2026-11-01",
    "holder": {
        "kind": "organisation",
        "name": "潍坊市奎文区某某餐饮店",
        "identifier": "92379999MA0000023B",
    },
    "issuer": "潍坊市奎文区行政审批服务局",
    "issued_on": "2020-05-01",
    "region": "370705",
    "contact": {"phone": "13800000000"},
    "publication_consent": True,
    "truthful": True,
}
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
