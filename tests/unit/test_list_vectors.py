"""The test vectors of the offline list, which others read too (docs/list-vectors.json)."""

import base64
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from notices.facts import catalogue
from notices.facts.rows import Columns, read
from notices.listing.asking import Offline
from notices.trust import list_deltas
from notices.trust.lists import ListError, OfflineList, key_of
from notices.trust.notes import NoteVerifier
from tools import lists

TEXT = (Path(__file__).parents[2] / "docs" / "list-vectors.json").read_text("utf-8")
VECTORS = json.loads(TEXT)
KEYS = [NoteVerifier(VECTORS["vkey"])]


def test_the_vectors_are_what_the_tool_writes() -> None:
    assert lists.text() == TEXT


def test_each_question_has_the_key_and_verdict_that_are_told() -> None:
    known, at = catalogue.load(), datetime.fromisoformat(VECTORS["asked_at"])
    listed = OfflineList(base64.b64decode(VECTORS["list"]), KEYS)
    offline = Offline(listed, known, at, timedelta(days=7))
    for each in VECTORS["asked"]:
        values = [each["certificate"], each["number"]]
        row = read(values, Columns(number=1, certificate=0), known)
        (said,) = offline.ask([row])

        assert row.reading is not None
        assert row.reading.normal == each["normal"]
        assert key_of(each["certificate"], each["normal"]).hex() == each["key"]
        assert said is not None
        assert said.verdict == each["verdict"]
        seconds = int(said.effective_at.timestamp()) if said.effective_at else 0
        assert seconds == each["effective_at"]


def test_the_delta_makes_the_list_after_and_wrong_ones_are_refused() -> None:
    before = OfflineList(base64.b64decode(VECTORS["list"]), KEYS)
    after = list_deltas.apply(before, base64.b64decode(VECTORS["delta"]), KEYS)

    assert after == base64.b64decode(VECTORS["list_after"])
    for each in VECTORS["wrong"]:
        with pytest.raises(ListError):
            OfflineList(base64.b64decode(each["list"]), KEYS)
