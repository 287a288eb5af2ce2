"""Writes the catalogue's JSON Schema: the rules of the check, and what docs/ says of each key."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from notices.facts.catalogue_check import SCHEMA, schema

DOCS = Path(__file__).parents[1] / "docs"
TABLES = ("certificate", "document", "number_form", "matter")
"""In the order in which both pages have them."""


def meanings(page: str) -> Iterator[dict[str, str]]:
    """Of each table in a page, what it says of each key."""
    text = (DOCS / page).read_text("utf-8")
    for table in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE)[: len(TABLES)]:
        rows = [row.strip("| ").split(" | ", 1) for row in table.splitlines()[2:]]
        yield {key: said for keys, said in rows for key in re.findall(r"`([a-z_]+)`", keys)}


def text() -> str:
    made: dict[str, Any] = schema()
    made["title"] = "证件目录 / a city's catalogue"
    pages = zip(TABLES, meanings("catalogue.zh-CN.md"), meanings("catalogue.md"), strict=True)
    for name, chinese, english in pages:
        properties = made["$defs"][name]["properties"]
        for key in chinese.keys() & properties.keys():
            properties[key] = {
                **properties[key],
                "description": f"{chinese[key]}\n\n{english[key]}",
            }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    SCHEMA.write_text(text(), "utf-8")
