"""A city's own file of regions: what may stand in it."""

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from notices.facts.text_check import text_problems
from notices.facts.texts import Message, TextError

SECTIONS = ("regions", "former")
LONGEST_NAME = 40
_CODE = re.compile(r"[0-9]{6}")


class RegionsError(TextError):
    """A file of regions cannot be used; `problems` names every place."""

    def __init__(self, problems: list[str]) -> None:
        lines = "\n".join(problems)
        super().__init__(Message("REGIONS 文件不能使用："), f"\n{lines}")
        self.problems = problems


class _Twice(ValueError):
    """A code stands twice, and only one of its names would count."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Twice(name)
        found[name] = value
    return found


def read(path: Path) -> Any:
    """What the file holds, unchecked; `RegionsError` when it cannot be read as JSON."""
    try:
        return json.loads(path.read_text("utf-8-sig"), object_pairs_hook=_once)
    except OSError as error:
        raise RegionsError([f"{path}: cannot be read: {error.strerror}"]) from error
    except _Twice as error:
        raise RegionsError([f"{path}: {error} stands there twice"]) from error
    except (ValueError, RecursionError) as error:
        raise RegionsError([f"{path}: is not JSON in UTF-8: {error}"]) from error


def problems_in(data: Any, standard: Collection[str]) -> list[str]:
    """Everything that is wrong with what a file holds; `standard` are the standard's codes."""
    if not isinstance(data, dict):
        return ['has to be an object like {"regions": {"370791": "..."}}']
    problems = [
        f"{name}: unknown; known are {', '.join(SECTIONS)}"
        for name in data.keys() - {*SECTIONS, "source"}
    ]
    if not any(data.get(section) for section in SECTIONS):
        problems.append('regions: names no region; give at least one, like {"370791": "..."}')
    for section in SECTIONS:
        given = data.get(section, {})
        if not isinstance(given, dict):
            problems.append(f"{section}: has to be an object from codes to names")
            continue
        for code, name in given.items():
            problems += [f"{section}.{code}: {each}" for each in _wrong(code, name, standard)]
    if not problems:
        both = sorted(data.get("regions", {}).keys() & data.get("former", {}).keys())
        problems += [f"former.{code}: stands among regions too" for code in both]
    return problems


def _wrong(code: str, name: Any, standard: Collection[str]) -> Iterator[str]:
    if not _CODE.fullmatch(code):
        yield "a code has six digits"
    elif code[:2] + "0000" not in standard:
        yield f"no province has {code[:2]}"
    if not isinstance(name, str) or not name.strip():
        yield "the region's own name is missing"
    elif name != name.strip() or any(text_problems("", name, longest=LONGEST_NAME)):
        yield f"a name has at most {LONGEST_NAME} characters, nothing invisible, no space around"
