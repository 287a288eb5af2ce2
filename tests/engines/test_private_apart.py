"""What is private lies apart: in other tables than what is public, sealed, or found by its hash.

Every column of every table stands here, with what it may hold; a new one has to be given its place.
"""

import re
from typing import Any

import httpx
import pytest

from notices.database import DB
from notices.trust.keyring import Sealer
from notices.trust.sealing import BY_ALGORITHM, HEADER
from tests import api
from tests.engines.test_rotating import OTHER, Register
from tests.engines.test_rotating import at_once as at_once
from tests.engines.test_rotating import register as register
from tests.samples import ANNA, OFFICER, RESTAURANT

PUBLIC = {"notice", "event", "log_head", "log_node"}
"""Tables of which all may be shown to anybody."""

SEALED = {
    "notice_private.sealed", "event_private.sealed", "objection.sealed", "objection.decision",
    "rival.sealed", "rival.decision", "flag.decision", "brake.sealed", "brake.decision",
    "purpose.sealed", "journal.sealed", "draft.sealed", "session.sealed", "sign_in.sealed",
    "watch.sealed",
}  # fmt: skip
WRAPPED = {"data_key.wrapped"}
KEYED = {
    "claim.by_certificate", "claim.by_number", "claim.by_digits", "claim.by_holder",
    "notice_private.holder_hash", "notice_private.declarant_hash", "objection.objector_hash",
    "rival.holder_hash", "rival.declarant_hash", "watch.by_certificate", "watch.owner",
    "watch.receiver", "delivery.receiver",
    "draft.owner", "draft.account", "session.subject", "session.sid",
    "brake.actor", "purpose.session", "idempotency.scope", "idempotency.body_hash", "rate.bucket",
}  # fmt: skip
"""Hashes by a key, of what could be guessed."""
RANDOM = {"session.token_hash", "sign_in.key", "agency_key.key_hash"}
"""Plain hashes of what nobody guesses: 128 random bits and more."""
OF_FILES = {
    "journal.hash",
    "exhibit.sha256", "objection.evidence_sha256", "notice_private.consent_sha256",
}  # fmt: skip
"""Of whole files, which nobody guesses either, and of a text that is public."""
IDS = {
    "claim": {"id", "notice"}, "notice_private": {"notice"}, "event_private": {"event"},
    "objection": {"id", "notice"}, "rival": {"id", "notice"}, "exhibit": {"notice", "file"},
    "overlap": {"id", "one", "other"}, "draft": {"id"}, "idempotency": {"notice", "event"},
    "touched": {"notice"}, "flag": {"id", "notice"}, "brake": {"id"}, "purpose": {"notice"},
    "journal": {"number"}, "parked": {"id", "notice", "index"}, "agency": {"id"},
    "agency_key": {"id", "agency"}, "agency_use": {"key"}, "hold": {"id"},
    "watch": {"id", "agency", "since"}, "delivery": {"watch", "event"}, "alert": {"notice"},
    "data_key": {"id", "master", "algorithm", "purpose", "generation"},
}  # fmt: skip
"""Names that we made, which tell nothing."""
WORDS = {
    "claim": {"copy", "document", "copy_number"},  # of a paper; a redaction leaves them
    "notice_private": {"relation", "consent_version", "channel", "assisted_by", "elicense_id"},
    "objection": {"ground", "status", "evidence_type", "evidence_size"},
    "exhibit": {"media_type", "size"},
    "agency": {"name", "issuers", "kind", "quota", "masked_quota"}, "agency_key": {"scopes"},
    "agency_use": {"day", "checks"}, "check_count": {"month", "certificate", "checks", "met"},
    "statistic": {"follower", "measure", "key", "value"},  # of all notices, which are public
    "duration": {"day", "measure", "times"},
    "idempotency": {"response"},  # of what is public, or an objection's id
    "parked": {"follower", "error"}, "touched": {"takers"}, "hold": {"reason"},
    "follower": {"name", "position"}, "key_check": {"purpose", "key_id", "check_value"},
    "rate": {"uses"}, "flag": {"kind"}, "alert": {"kind"},
    "delivery": {"status", "attempts", "answered", "error"},
    "journal": {"entry"},  # names and texts are sealed, and bound by a commitment
}  # fmt: skip
"""Vocabularies, sizes, versions, and what is public."""


async def columns() -> dict[str, dict[str, str]]:
    rows = await DB.fetch(
        "SELECT table_name AS table, column_name AS column, data_type AS type"
        " FROM information_schema.columns WHERE table_schema = 'public'"
    )
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["table"], {})[row["column"]] = row["type"]
    del found["migration"]
    return found


async def test_every_column_has_its_place(database: None) -> None:
    placed = SEALED | WRAPPED | KEYED | RANDOM | OF_FILES
    homeless = {
        f"{table}.{column}"
        for table, each in (await columns()).items()
        if table not in PUBLIC
        for column, type in each.items()
        if f"{table}.{column}" not in placed
        and column not in IDS.get(table, set()) | WORDS.get(table, set())
        and type not in ("timestamp with time zone", "boolean", "smallint")
    }

    assert homeless == set()


async def test_no_public_table_has_anything_sealed_or_hashed_by_a_key(database: None) -> None:
    found = {table: each for table, each in (await columns()).items() if table in PUBLIC}

    binary = {
        f"{t}.{c}" for t, each in found.items() for c, type in each.items() if type == "bytea"
    }
    assert binary == {"event.salt", "log_head.peaks", "log_node.hash"}


async def test_what_is_sealed_is_and_what_is_hashed_is_nothing_but_a_hash(
    register: Register,
) -> None:
    known = await columns()
    for place in SEALED | KEYED | RANDOM:
        table, column = place.split(".")
        assert known[table][column] == "bytea"
        rows = await DB.fetch(f"SELECT {column} AS value FROM {table} WHERE {column} <> ''")
        values = [bytes(row["value"]) for row in rows]
        if place in SEALED:
            assert all(value[:1] in BY_ALGORITHM for value in values), place
            assert all(len(value) > HEADER + 28 for value in values), place
        else:
            assert {len(value) for value in values} <= {32}, place


PRIVATE = [
    *(str(person["identifier"]) for person in (ANNA, OTHER)),
    str(ANNA["name"]), str(OTHER["name"]), "13800000000", "证件在我手里", "没有依据",
]  # fmt: skip


async def test_no_column_holds_a_private_value_in_plain(
    register: Register, restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Held against itself: where nothing is sealed, each of them is found."""
    assert await _found() == set()

    monkeypatch.setattr(Sealer, "seal", lambda self, plain, context: plain)
    answer = await restaurant.post("/api/v1/notices", json=api.unusual("JY13799990000088"))
    assert answer.status_code == 201, answer.text
    assert await _found() == {"notice_private"}


async def _found() -> set[str]:
    """Tables with a row in which one of them stands, as text or as the bytes of it."""
    found = set()
    for table in await columns():
        rows = await DB.fetch(f"SELECT t::text AS row FROM {table} t")
        text = "\n".join(row["row"] for row in rows)
        written = [form for value in PRIVATE for form in (value, value.encode().hex())]
        if any(re.search(re.escape(form), text, re.IGNORECASE) for form in written):
            found.add(table)
    return found


def test_the_people_of_this_test_are_not_those_whose_names_are_published() -> None:
    """An organisation's name and code are public; the person who acts for it is not."""
    organisation: Any = RESTAURANT["organisation"]

    assert not {organisation["name"], organisation["identifier"]} & set(PRIVATE)
    assert OFFICER["identifier"] not in PRIVATE
