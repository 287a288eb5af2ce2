"""People and declarations that tests begin with; no area code 379999 was ever assigned."""

from typing import Any

ANNA = {
    "kind": "person",
    "name": "张三",
    "identifier": "37999919000101001X",
}
RESTAURANT = {
    "kind": "organisation",
    "name": "李四",
    "identifier": "379999190001020023",
    "organisation": {"name": "潍坊市奎文区某某餐饮店", "identifier": "92379999MA0000023B"},
}
OFFICER = {"kind": "officer", "name": "王五", "identifier": "379999190001020023"}


def declaration(**changes: Any) -> dict[str, Any]:
    """The contract's example, changed; a value of None leaves the field out."""
    body: dict[str, Any] = {
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
    body |= changes
    return {name: value for name, value in body.items() if value is not None}
