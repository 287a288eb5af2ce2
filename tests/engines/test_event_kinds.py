"""The table of events is all there is of kinds: types, words and the database agree with it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import asyncpg
import httpx
import msgspec
import pytest

from notices.changing import deciding, flags, following, issuing, restoring
from notices.facts.event_kinds import (
    AGAIN,
    BEFORE,
    FIRST,
    KINDS,
    OUTCOMES,
    RESTORE,
    bringing,
    leading_to,
)
from notices.facts.public.agencies import AgencyKind
from notices.facts.public.form import EventForm, EventKind, Ground, PublicForm, Unit
from notices.facts.public.notice import Evidence, ObjectionStatus, Status
from notices.facts.relations import RELATIONS
from notices.facts.statuses import ENDED, STATUSES
from notices.identity import Person
from notices.print import marks
from notices.statistics.following import MEASURES
from notices.statistics.measuring import Measure
from notices.trust import keyring
from notices.web import wording

ROOT = Path(__file__).parents[2]
DESIGN = {
    # kind: by, from, to (the table of events in the design)
    "published": ("declarant", "", "declared"),
    "corrected": ("declarant", "declared invalid", "same"),
    "withdrawn": ("declarant", "declared invalid contested", "reinstated"),
    "confirmed": ("agency officer", "declared invalid", "same"),
    "contested": ("officer", "declared invalid", "contested"),
    "dismissed": ("officer", "contested", "before"),
    "annulled": ("officer", "declared invalid contested", "reinstated"),
    "replaced": ("agency", "declared invalid", "replaced"),
    "superseded": ("", "declared contested", "reinstated"),
    "restored": ("operator", "reinstated replaced", "again"),
    "unconfirmed": ("operator", "declared invalid contested reinstated", "same"),
    "redacted": ("officer term request", "declared invalid contested reinstated replaced", "same"),
}


@pytest.mark.parametrize("kind", DESIGN)
def test_an_event_is_what_the_design_says(kind: EventKind) -> None:
    by, follows, after = DESIGN[kind]
    row = KINDS[kind]

    assert set(row.by) == set(by.split())
    assert row.follows == set(follows.split())
    assert (row.after or "same") == after


def test_the_types_know_the_kinds_of_the_table_and_no_others() -> None:
    assert tuple(KINDS) == get_args(EventKind)
    assert {row.form for row in KINDS.values()} == {PublicForm, *get_args(EventForm)}
    assert set(STATUSES) == {*get_args(Status), "no_notice", "awaiting"}
    for row in KINDS.values():
        assert row.follows <= set(get_args(Status))
        assert row.after in (None, BEFORE, AGAIN, *get_args(Status))
        # What its declarant did nobody takes back.
        assert all("declarant" not in KINDS[kind].by for kind in row.takes_back)
        assert all(KINDS[kind].ends == (row.after == AGAIN) for kind in row.takes_back)


def test_a_status_that_the_clock_does_not_bring_comes_of_events() -> None:
    brought = {status: leading_to(status) for status in get_args(Status)}

    assert [status for status, kinds in brought.items() if not kinds] == ["declared", "invalid"]
    for status in ENDED:
        assert not any(status in KINDS[kind].follows for kind in set(OUTCOMES) - set(RESTORE))


def test_what_ends_a_notice_is_marked_and_told_in_feeds() -> None:
    for row in KINDS.values():
        assert (row.feed is not None) == row.ends_claims
        assert row.mark is not None or not (row.ends or row.removes_text)
    assert len({mark.word for mark in marks.MARKS}) == len(marks.MARKS)


def test_every_kind_has_words_in_both_languages() -> None:
    assert set(wording.EVENTS) == set(KINDS)
    for text in (*wording.EVENTS.values(), *wording.STATUSES.values(), *wording.MEANINGS.values()):
        assert text.zh
        assert text.en


def test_the_last_outcome_brought_the_present_status() -> None:
    assert bringing([FIRST, "corrected", "redacted"]) is KINDS[FIRST]
    assert bringing([FIRST, "contested", "confirmed"]) is KINDS["contested"]
    assert bringing([FIRST, "contested", "dismissed"]) is KINDS["dismissed"]
    assert bringing([FIRST, "withdrawn", "redacted", "invented-later"]) is KINDS["withdrawn"]
    back = ["annulled", "restored"]
    assert bringing([FIRST, *back, "corrected"]) is KINDS[FIRST]
    assert bringing([FIRST, "contested", *back, *back]) is KINDS["contested"]
    assert bringing([FIRST, "contested", *back, "dismissed", *back]) is KINDS["dismissed"]
    assert bringing([FIRST, *back, "annulled"]) is KINDS["annulled"]


def test_every_private_side_of_an_event_tells_who_did_it() -> None:
    """The audit reads it there, whatever else an act keeps."""
    officer = Person(kind="officer", name="张三", identifier="1")
    for private in (
        deciding.PrivateDecision(officer=officer, reason="x", objection="1"),
        issuing.PrivateReplacement(agency="a", number="1"),
        following.Doer(officer=officer),
        restoring.PrivateRestoration(operator="a", reason="x"),
    ):
        read = msgspec.json.decode(msgspec.json.encode(private), type=following.Doer)

        assert [one for one in (read.officer, read.agency, read.operator) if one is not None] in (
            [officer], ["a"],
        )  # fmt: skip


@pytest.mark.parametrize("status", STATUSES)
def test_every_status_that_is_shown_has_a_colour_of_its_own(status: str) -> None:
    sheet = (ROOT / "notices" / "pages" / "static" / "site.css").read_text()

    assert re.search(rf"\.badge\.{status}\b", sheet)


async def test_the_description_of_the_api_lists_what_the_table_has(
    client: httpx.AsyncClient,
) -> None:
    described = (await client.get("/schema/openapi.json")).json()["components"]["schemas"]

    assert described["EventKind"]["enum"] == list(KINDS)
    assert set(described["Status"]["enum"]) == set(STATUSES) - {"no_notice", "awaiting"}


# The database.

LISTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("event", "kind"): tuple(KINDS),
    ("notice", "evidence"): get_args(Evidence),
    ("notice", "period_unit"): get_args(Unit),
    ("notice_private", "relation"): tuple(RELATIONS),
    ("flag", "kind"): flags.KINDS,
    ("data_key", "purpose"): get_args(keyring.Purpose),
    ("objection", "ground"): get_args(Ground),
    ("agency", "kind"): get_args(AgencyKind),
    ("alert", "kind"): get_args(AgencyKind),
    ("objection", "status"): get_args(ObjectionStatus),
    ("duration", "measure"): get_args(Measure),
    ("statistic", "measure"): MEASURES,
}
"""Columns whose values the database checks, and what has them in the code."""

ALONE = {("notice", "period_from"), ("claim", "copy"), ("notice_private", "channel")}
"""Those that no type of the API lists."""

CHECKS = """
SELECT c.relname::text AS table, pg_get_constraintdef(k.oid) AS text
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE k.contype = 'c' AND c.relnamespace = 'public'::regnamespace
"""
INDEXES = """
SELECT c.relname::text AS name, pg_get_expr(i.indpred, i.indrelid) AS text
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = 'event'::regclass AND i.indpred IS NOT NULL
"""
TRIGGERS = """
SELECT tgname::text AS name, pg_get_triggerdef(oid) AS text FROM pg_trigger
WHERE tgrelid = 'event'::regclass AND NOT tgisinternal
"""


async def asked(url: str, sql: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()


def words_of(text: str) -> list[str]:
    return re.findall(r"'([^']*)'::text", text)


async def test_the_database_takes_what_the_types_know_and_nothing_else(
    pool: None, database_url: str
) -> None:
    """No type can be made of a check, and no check of a type: a migration has to follow."""
    found = {}
    for row in await asked(database_url, CHECKS):
        if listed := re.match(r"CHECK \(\(+(\w+) = ANY", row["text"]):
            found[(row["table"], listed[1])] = set(words_of(row["text"]))

    assert found.keys() == LISTS.keys() | ALONE
    assert {of: found[of] for of in LISTS} == {of: set(words) for of, words in LISTS.items()}


async def test_the_indexes_of_outcomes_hold_what_changes_a_status(
    pool: None, database_url: str
) -> None:
    """Of a kind that they lack searches by status would read all events."""
    found = {row["name"]: row["text"] for row in await asked(database_url, INDEXES)}

    assert found.keys() >= {"event_outcome", "event_outcome_kind"}
    for text in found.values():
        assert set(words_of(text)) == set(OUTCOMES)


async def test_a_trigger_removes_the_text_for_what_removes_it(
    pool: None, database_url: str
) -> None:
    triggers = {row["name"]: row["text"] for row in await asked(database_url, TRIGGERS)}
    removing = [kind for kind, row in KINDS.items() if row.removes_text]

    assert words_of(triggers.pop("event_redacted")) == removing
    assert not any(words_of(text) for text in triggers.values())


# The rest of the code.

WORDS = {*KINDS, *get_args(Status)}
IN_SQL = re.compile(r"\b(kind|status)\s+(NOT\s+)?IN\s+\('(\w+)'")
IN_PAGES = re.compile(r"\bin [(\[]([^)\]]*)")
LISTING = {
    "notices/facts/event_kinds.py": "the table",
    "notices/facts/statuses.py": "the statuses",
    "notices/facts/public/form.py": "the type of a kind",
    "notices/facts/public/notice.py": "the type of a status",
    "notices/changing/deciding.py": "which event each decision is",
    "notices/verification/matching.py": "which status is the gravest",
    "notices/trust/lists.py": "which byte each status is, and which is the gravest",
    "notices/examples.py": "what is to be seen of each state of a notice",
    "notices/pages/slips.py": "in which of them a counter takes a notice",
    "notices/pages/done.py": "the word of success of what somebody has done",
    "search/document.py": "what the clock alone tells apart is one thing to the index",
    "search/lookup.py": "likewise",
}
"""Who may name several kinds or statuses in one breath, and why."""


def lists_in(file: Path) -> Iterator[str]:
    """What a module lists of WORDS, in Python and in SQL; docstrings tell what they like."""
    for node in ast.walk(ast.parse(file.read_text())):
        parts: list[Any] = []
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            parts = list(node.elts)
        elif isinstance(node, ast.Dict):
            parts = [*node.keys, *node.values]
        named = [part.value for part in parts if isinstance(part, ast.Constant)]
        if len(WORDS.intersection(word for word in named if isinstance(word, str))) > 1:
            yield ast.unparse(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (each[0] for each in IN_SQL.finditer(node.value) if each[3] in WORDS)


def test_nobody_else_lists_kinds_or_statuses() -> None:
    """A list beside the table is one that the next kind is forgotten in."""
    found = {
        str(file.relative_to(ROOT)): lists
        for folder in ("notices", "search")
        for file in sorted((ROOT / folder).rglob("*.py"))
        if (lists := list(lists_in(file)))
    }

    assert {file: lists for file, lists in found.items() if file not in LISTING} == {}
    assert found.keys() == LISTING.keys()
    pages = sorted((ROOT / "notices" / "pages" / "templates").glob("*.html"))
    assert len(pages) > 20
    for page in pages:
        named = [set(re.findall(r"'(\w+)'", each)) for each in IN_PAGES.findall(page.read_text())]
        assert not any(len(WORDS & words) > 1 for words in named), page.name
