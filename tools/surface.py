"""What the API promises, a line for each thing, out of its description in OpenAPI 3.1.

`docs/api-surface.txt` keeps the lines; what disappears from it breaks somebody's program, and has
to be told in `docs/api-changes.md` (`tests/engines/test_api_surface.py`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from notices.facts import problem_codes

DOCS = Path(__file__).parents[1] / "docs"
FILE, CHANGES = DOCS / "api-surface.txt", DOCS / "api-changes.md"
NEEDED = "needed "
"""What lines begin with that say of a request what may not be left out."""


def surface(described: dict[str, Any]) -> list[str]:
    """Every operation, parameter, status, field and code, sorted."""
    lines = [*_operations(described), *_fields(described), *_codes()]
    return sorted(set(lines))


def _operations(described: dict[str, Any]) -> Iterator[str]:
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            id = one["operationId"]
            yield f"operation {id} {method.upper()} {path}"
            for status in one["responses"]:
                if status < "400":
                    yield f"answer {id} {status}"
            for each in one.get("parameters", []):
                name = f"{id} {each['in']} {each['name']}"
                yield f"parameter {name}"
                if each.get("required"):
                    yield f"{NEEDED}{name}"


def _fields(described: dict[str, Any]) -> Iterator[str]:
    asked = _asked(described)
    for name, schema in described["components"]["schemas"].items():
        for word in schema.get("enum", ()):
            yield f"word {name} {word}"
        for field, one in schema.get("properties", {}).items():
            yield f"field {name}.{field} {_type(one)}"
            if name in asked and field in schema.get("required", ()):
                yield f"{NEEDED}{name}.{field}"


def _asked(described: dict[str, Any]) -> set[str]:
    """The schemas that requests are made of, those within others included."""
    schemas, found = described["components"]["schemas"], set[str]()
    todo = [
        one["requestBody"]
        for methods in described["paths"].values()
        for one in methods.values()
        if "requestBody" in one
    ]
    while todo:
        for name in _referred(todo.pop()) - found:
            found.add(name)
            todo.append(schemas[name])
    return found


def _referred(value: Any) -> set[str]:
    if isinstance(value, dict):
        named = {str(value["$ref"]).rpartition("/")[2]} if "$ref" in value else set[str]()
        return named.union(*map(_referred, value.values()))
    return set[str]().union(*map(_referred, value)) if isinstance(value, list) else set[str]()


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return "|".join(sorted(map(_type, schema[several])))
    kind = schema.get("type", "any")
    if kind == "array":
        return f"[{_type(schema.get('items', {}))}]"
    if "const" in schema:
        return repr(schema["const"])
    return "|".join(kind) if isinstance(kind, list) else str(kind)


def _codes() -> Iterator[str]:
    of_requests, of_values = problem_codes.codes()
    for code in of_requests:
        explained = problem_codes.explained(code)
        for status in explained.statuses if explained else ():
            yield f"code {status} {code}"
    yield from (f"code of a value {code}" for code in of_values)


def broken(before: list[str], now: list[str]) -> list[str]:
    """What somebody relied on and is no more, and what may not be left out any more."""
    gone = [each for each in before if each not in now and not each.startswith(NEEDED)]
    known = {_owner(each.split()) for each in before}
    added = (each for each in now if each.startswith(NEEDED) and each not in before)
    return gone + [each for each in added if _owner(each.split()) in known]


def _owner(words: list[str]) -> str:
    """The operation or the schema that a line is of: what is new in a new one breaks nobody."""
    return words[1].partition(".")[0]
