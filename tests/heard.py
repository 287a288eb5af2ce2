"""The answers in `tests/golden/answers`, read again; what differs from run to run is a name."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "golden" / "answers"


class Heard(NamedTuple):
    """One exchange: the line that names it, and what was answered."""

    title: str
    status: int
    media_type: str
    body: Any


def heard() -> Iterator[Heard]:
    """Every answer in JSON."""
    for file in sorted(FOLDER.glob("*.txt")):
        for part in file.read_text().split("=== ")[1:]:
            head, _, text = part.partition("\n\n")
            title, status, *headers = head.split("\n")
            [media_type] = [line for line in headers if line.startswith("content-type: ")]
            if "json" in media_type:
                # What is blotted out may have begun with the n of a line's end.
                body = json.loads(text.replace("\\{", "{"))
                yield Heard(title, int(status), media_type.removeprefix("content-type: "), body)
