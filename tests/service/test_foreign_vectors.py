"""A client in another language, without any of our code, finds what the vectors say."""

import json
import subprocess
from datetime import datetime
from typing import Any

from tests.packages import needs
from tests.service import ROOT

pytestmark = needs("nodejs")

FILE = ROOT / "docs" / "answer-vectors.json"
VECTORS: dict[str, Any] = json.loads(FILE.read_text())


def milliseconds(at: str | None) -> int | None:
    return None if at is None else round(datetime.fromisoformat(at).timestamp() * 1000)


def test_a_client_of_a_page_finds_what_the_vectors_say() -> None:
    program = ROOT / "tests" / "foreign" / "vectors.js"
    done = subprocess.run(
        ["node", str(program), str(FILE)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    said: dict[str, list[Any]] = {"answer": [], "receipt": [], "status": []}
    for line in done.stdout.strip().split("\n"):
        each = json.loads(line)
        said[each["what"]].append(each["found"])
    receipts = VECTORS["receipts"]
    assert said["answer"] == [True] * len(VECTORS["right"]) + [False] * len(VECTORS["wrong"])
    proven = [each["proves"] for each in receipts["right"]]
    assert said["receipt"] == proven + [None] * len(receipts["wrong"])
    assert said["status"] == [
        [each["status"], milliseconds(each["since"]), milliseconds(each["effective_at"]),
         each["before"]]
        for each in VECTORS["statuses"]
    ]  # fmt: skip
