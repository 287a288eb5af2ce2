"""What whoever serves can write and did not happen: refused by the database, or found by an audit.

A value that only an INSERT can bring is written by the owner here: it is what the audit meets.
"""

import json
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from notices import agencies, records
from notices.audit import auditing, comparing
from notices.audit.comparing import Numbers
from notices.changing import undoing
from notices.changing.undoing import Done, Undone
from notices.database import DB
from notices.demo import fill
from notices.deployment import Deployment
from notices.facts import disclosure
from notices.facts.requests import Declaration, Holder
from notices.journal import Actor
from notices.settings import Settings
from notices.trust.watching import Difference
from tests import emptying
from tests.api import declaration
from tests.declared import BIRTH, CHILD
from tests.engines.test_life import restored, unconfirmed
from tests.files import picture
from tests.owning import owned
from tests.samples import ANNA, OFFICER, RESTAURANT

ISSUER = "潍坊市奎文区行政审批服务局"
SEAL = declaration(certificate="company-seal", matter=None, copies=None)
OWN = {"kind": "person", "name": ANNA["name"], "identifier": ANNA["identifier"]}
DRIVER = declaration(
    certificate="road-transport-practitioner-certificate", matter=None, copies=None,
    number=ANNA["identifier"], holder=OWN, issuer="潍坊市交通运输局",
)  # fmt: skip
BORN = BIRTH | {"relation": "parent", "holder": CHILD}
PLAIN = (
    "left", "withdrawn", "confirmed", "objected", "contested", "dismissed", "annulled", "replaced",
    "renewed", "redacted", "corrected",
    "rejected", "restored", "reissued", "undecided", "unconfirmed",
)  # fmt: skip


class Acts:
    """Everybody who does something to the notices of this register."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.clients: dict[str, httpx.AsyncClient] = {}
        self.objections: dict[str, str] = {}

    async def as_(self, name: str, who: dict[str, Any] | None, **headers: str) -> None:
        from tests.conftest import BASE

        transport = httpx.ASGITransport(app=self._app)
        client = httpx.AsyncClient(transport=transport, base_url=BASE, headers=headers)
        if who is not None:
            assert (await client.post("/api/v1/demo/login", json=who)).status_code == 204
        self.clients[name] = client

    async def does(self, name: str, id: str, act: str, **body: Any) -> Any:
        path = f"/api/v1/notices/{id}/{act}".rstrip("/").replace("//", "/")
        answer = await self.clients[name].post(path, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def decides(self, id: str, decision: str) -> None:
        await self.does("officer", id, "decisions", decision=decision, reason="已经核实")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def register(pool: None, app: Any, deployment: Deployment) -> AsyncIterator[dict[str, str]]:
    """A register in which everything has happened once; the notices' ids by what did."""
    await emptying.empty()
    await owned(fill(deployment, 60, 1, lambda done, count: None))
    acts = Acts(app)
    _, key = await owned(agencies.add("奎文审批局", [ISSUER]))
    await acts.as_("restaurant", RESTAURANT)
    await acts.as_("anna", ANNA)
    await acts.as_("officer", OFFICER)
    await acts.as_("issuer", None, Authorization=f"Bearer {key}")
    numbers = {name: f"JY1379999{serial:07}" for serial, name in enumerate(PLAIN)}
    usual = {"confirm_unusual_number": True}
    bodies: dict[str, tuple[str, dict[str, Any]]] = {
        name: ("restaurant", declaration(number=number, **usual))
        for name, number in numbers.items()
    }
    bodies |= {
        "duplicate": ("restaurant", declaration(copies="duplicate", copy_number="3-2")),
        "both": ("restaurant", declaration(number="JY13799990000020", copies="both")),
        "waiting": ("restaurant", SEAL | {"number": "3799990000011", "details": {"kind": "公章"}}),
        "codeless": ("restaurant", {k: v for k, v in SEAL.items() if k != "number"}
                     | {"document": "finance-seal"}),
        "masked": ("anna", DRIVER),
        "awaiting": ("anna", BORN),
        "allowed": ("anna", BORN | {"number": "X990000002"}),
        "disallowed": ("anna", BORN | {"number": "X990000003"}),
    }  # fmt: skip
    ids = {}
    for name, (who, body) in bodies.items():
        answer = await acts.clients[who].post("/api/v1/notices", json=body)
        assert answer.status_code == 201, (name, answer.text)
        ids[name] = answer.json()["id"]
    mandated = declaration(number="JY13799990009992", relation="mandate", **usual)
    files = {
        "declaration": (None, json.dumps(mandated), "application/json"),
        "exhibit": ("a.png", picture("PNG", 20), "image/png"),
    }
    answer = await acts.clients["anna"].post("/api/v1/notices", files=files)
    assert answer.status_code == 201, answer.text
    ids["mandated"] = answer.json()["id"]
    rival = declaration(number=numbers["left"], relation="mandate", **usual)
    files["declaration"] = (None, json.dumps(rival), "application/json")
    assert (await acts.clients["anna"].post("/api/v1/notices", files=files)).status_code == 409
    await acts.does("restaurant", ids["corrected"], "correction", lost_on=None)
    await acts.does("restaurant", ids["withdrawn"], "withdrawal", reason="found")
    for name in ("confirmed", "redacted", "unconfirmed"):
        await acts.does("issuer", ids[name], "confirmation")
    await acts.does("officer", ids["redacted"], "redaction", reason="x")
    for name in ("allowed", "disallowed"):
        await acts.does("officer", ids[name], "confirmation")
    for name in ("unconfirmed", "disallowed"):
        assert (await unconfirmed(deployment, ids[name])).status_code == 201
    new = {"issued_on": "2026-11-20"}
    await acts.does("issuer", ids["replaced"], "replacement", number="JY13799990009991", **new)
    await acts.does("issuer", ids["renewed"], "replacement", number=numbers["renewed"], **new)
    decided = "contested", "dismissed", "annulled", "rejected", "restored", "undecided"
    for name in ("objected", *decided):
        words = {"number": numbers[name], "ground": "not_lost", "text": "证件在我手里。"}
        await acts.does("anna", ids[name], "objections", **words)
        if name == "rejected":
            await acts.decides(ids[name], "reject")
        elif name != "objected":
            await acts.decides(ids[name], "admit")
    await acts.decides(ids["dismissed"], "dismiss")
    await acts.decides(ids["annulled"], "annul")
    await acts.decides(ids["restored"], "annul")
    await acts.does("issuer", ids["reissued"], "replacement", number=numbers["reissued"], **new)
    for name, ended_by in (("restored", "annulled"), ("reissued", "replaced")):
        assert (await restored(deployment, ids[name], ended_by)).status_code == 201
    await taken_back(deployment, ids["undecided"])
    yield ids
    for client in acts.clients.values():
        await client.aclose()
    await emptying.empty()


async def taken_back(deployment: Deployment, id: str) -> None:
    """What the officer did last about the notice is taken back by an operator."""
    rows = await DB.fetch("SELECT entry FROM journal ORDER BY number DESC")
    entry = next(each for row in rows if id in (each := json.loads(row["entry"]))["notices"])
    done = Done(entry["number"], entry["what"], id, entry["about"][0])
    operator = Actor("operator", "root@host", "root@host")
    assert await undoing.counter(deployment, operator, done, "误操作") == Undone()


@pytest.fixture(scope="module")
def numbers(settings: Settings) -> Numbers:
    return Numbers(settings)


@pytest.fixture(scope="module")
def keyless(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Numbers:
    """As where somebody has the database and no keys; none are made for it."""
    data = tmp_path_factory.mktemp("keyless")
    found = Numbers(replace(settings, data=data))
    assert list(data.iterdir()) == []
    return found


async def audit(url: str, numbers: Numbers | None, change: str, ids: dict[str, str]) -> None:
    """The audit of the database as `change` leaves it, which is taken back."""
    for name, id in ids.items():
        change = change.replace(f"{{{name}}}", f"'{id}'")
    connection = await asyncpg.connect(url)
    changed = connection.transaction(isolation="repeatable_read")
    await changed.start()
    try:
        await connection.execute(change)
        await auditing.audit(connection, lambda done, size: None, numbers=numbers)
    finally:
        await changed.rollback()
        await connection.close()


COUNTED = "counts another number of objections"
BECAME = "What became of the objections"
COVERS = "(claim) is not the number"
PERIOD = "another notice period"
LIVING = "(claim.living) does not follow"
DECLARED = "The holder or declarant"

Changes = list[tuple[str, str, str]]
NOTICE: dict[str, Changes | None] = {
    "id": [("left", "'37079999999973'", "does not exist")],
    "form": [
        ("left", "form || '{\"issuer\": \"x\"}'", "shows another text"),
        ("left", "NULL", "shows another text"),
        ("redacted", "'{}'", "shows another text"),
    ],
    "number_key": [
        ("left", "'JY13799999999999'", "(number_key)"),
        ("left", "NULL", "(number_key)"),
        ("masked", "'37999919000101001X'", "(number_key)"),
        ("codeless", "'1'", "(number_key)"),
        ("redacted", "'JY13799990000009'", "(number_key)"),
    ],
    "evidence": [
        ("left", "'issuer_confirmed'", "The evidence of notice"),
        ("left", "'identity_verified'", "The evidence of notice"),
        ("allowed", "'issuer_confirmed'", "The evidence of notice"),
        ("replaced", "'issuer_confirmed'", "The evidence of notice"),
        ("confirmed", "'self_declared'", "The evidence of notice"),
        ("confirmed", "'identity_verified'", "The evidence of notice"),
        ("redacted", "'self_declared'", "The evidence of notice"),
        ("unconfirmed", "'issuer_confirmed'", "The evidence of notice"),
        ("unconfirmed", "'identity_verified'", "The evidence of notice"),
        ("disallowed", "'issuer_confirmed'", "The evidence of notice"),
    ],
    "published_index": [("left", "999999", "which names another one")],
    "published_at": [("left", "published_at - interval '1 s'", "another time of publishing")],
    "effective_at": [
        ("left", "effective_at + interval '1 day'", "has no notice period, yet"),
        ("waiting", "effective_at + interval '1 day'", "takes effect"),
        ("allowed", "effective_at + interval '1 s'", "takes effect|has no notice period, yet"),
        # When it took effect by the confirmation that was taken back.
        ("disallowed", "(SELECT at FROM event WHERE notice = id AND kind = 'confirmed')",
         "takes effect|has no notice period, yet"),
    ],
    "objections": [
        ("objected", "0", COUNTED), ("left", "1", COUNTED), ("contested", "2", COUNTED),
        ("annulled", "0", COUNTED),
    ],
    "provisional": [
        ("left", "true", "end may still move"), ("waiting", "true", "end may still move"),
    ],
    "awaiting": [
        ("left", "true", "awaits a confirmation"), ("awaiting", "false", "awaits a confirmation"),
        ("allowed", "true", "awaits a confirmation"),
        ("disallowed", "false", "awaits a confirmation"),
    ],
    "period_value": [("waiting", "5", PERIOD), ("redacted", "NULL", "")],
    "period_unit": [("waiting", "'working_day'", PERIOD)],
    "period_from": [("left", "'upgrade'", PERIOD), ("waiting", "'upgrade'", PERIOD)],
    # What was agreed to lies in no log: whoever owns the tables takes the text away without it.
    "agreed_until": None,
    # Generated from the form.
    "certificate": None, "region": None, "holder_name": None, "holder_kind": None,
}  # fmt: skip
CLAIM: dict[str, Changes | None] = {
    "id": None,
    "by_certificate": [(name, "sha256('x')", COVERS) for name in ("left", "masked", "redacted")],
    "by_number": [(name, "sha256('x')", COVERS) for name in ("left", "masked", "redacted")],
    "by_digits": [("left", "sha256('x')", COVERS), ("masked", "NULL", COVERS)],
    "by_holder": [
        ("waiting", "NULL", COVERS), ("codeless", "sha256('x')", COVERS),
        ("left", "sha256('x')", COVERS),
    ],
    "document": [("codeless", "'official-seal'", COVERS), ("codeless", "''", COVERS),
                 ("left", "'food-operation-license'", COVERS)],
    "copy": [("left", "'duplicate'", COVERS), ("duplicate", "'duplicate', copy_number = 3", COVERS),
             ("both", "'original'", COVERS)],
    "copy_number": [("duplicate", "3", COVERS), ("duplicate", "NULL", COVERS)],
    "lettered": [("left", "NOT lettered", COVERS), ("masked", "NOT lettered", COVERS)],
    "shown": [("left", "NOT shown", COVERS), ("masked", "NOT shown", COVERS)],
    "notice": [("left", "{confirmed}", "covers no number|" + LIVING)],
    "living": [
        ("left", "false", LIVING), ("withdrawn", "true", LIVING), ("annulled", "true", LIVING),
        ("replaced", "false", LIVING), ("renewed", "true", LIVING),
        ("restored", "false", LIVING), ("reissued", "false", LIVING),
    ],
    "awaiting": [("left", "true", LIVING), ("awaiting", "false", LIVING),
                 ("disallowed", "false", LIVING)],
    "replaced": [
        ("left", "true", LIVING), ("replaced", "false", LIVING), ("reissued", "true", LIVING),
    ],
    "rules": [("left", "99", "rules that this version does not know")],
}  # fmt: skip
PRIVATE: dict[str, Changes | None] = {
    "notice": [("left", "'37079999999973'", "has no declarant")],
    "sealed": [("left", "set_byte(sealed, 30, 255 - get_byte(sealed, 30))", "was not sealed")],
    "holder_hash": [("left", "sha256('x')", DECLARED), ("masked", "sha256('x')", DECLARED)],
    "declarant_hash": [("left", "sha256('x')", DECLARED), ("awaiting", "sha256('x')", DECLARED)],
    "relation": [("awaiting", "'self'", DECLARED)],
    # What the log does not tell, nor is it sealed; nobody decides by it.
    "consent_version": None, "consent_sha256": None, "channel": None, "assisted_by": None,
    "elicense_id": None, "alert_on_check": None,
}  # fmt: skip
OBJECTION: dict[str, Changes | None] = {
    "id": [("objected", "'x'", "took no such objection")],
    "notice": [("objected", "{left}", COUNTED)],
    "sealed": [("objected", "'\\x00'", "took no such objection")],
    "status": [
        ("objected", "'closed', decided_at = now()", BECAME),
        ("objected", "'dismissed', decided_at = now()", BECAME),
        ("objected", "'upheld', decided_at = now()", BECAME),
        ("objected", "'admitted'", BECAME),
        ("contested", "'open'", BECAME), ("contested", "'closed', decided_at = now()", BECAME),
        ("dismissed", "'closed'", BECAME), ("dismissed", "'open', decided_at = NULL", BECAME),
        ("annulled", "'open', decided_at = NULL", BECAME), ("annulled", "'dismissed'", BECAME),
        ("restored", "'upheld', decided_at = now()", BECAME), ("restored", "'open'", BECAME),
        ("restored", "'closed', decided_at = now()", BECAME),
        ("undecided", "'admitted'", BECAME),
        ("undecided", "'dismissed', decided_at = now()", BECAME),
    ],
    "decided_at": [
        ("objected", "now()", BECAME), ("dismissed", "NULL", BECAME), ("rejected", "NULL", BECAME),
    ],
    "decision": [
        ("rejected", "'\\x00'", "marked as rejected"),
        ("objected", "'x', status = 'rejected', decided_at = now()", "marked as rejected"),
    ],
    # When and on what ground: no event tells of it before it is admitted.
    "at": None, "ground": None, "objector_hash": None,
    "evidence_type": None, "evidence_size": None, "evidence_sha256": None,
}  # fmt: skip
TABLES = {
    "notice": NOTICE, "claim": CLAIM, "notice_private": PRIVATE, "objection": OBJECTION,
}  # fmt: skip
OF = {"notice": "id"}
HASHES = {"by_certificate", "by_number", "by_digits", "by_holder"}


@pytest.mark.parametrize("table", TABLES)
async def test_of_every_column_it_is_known_how_a_wrong_value_is_found(
    pool: None, table: str
) -> None:
    rows = await DB.fetch(
        "SELECT column_name AS name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = $1",
        table,
    )

    assert {row["name"] for row in rows} == set(TABLES[table])


async def test_a_register_in_which_everything_happened_is_whole(
    register: dict[str, str], numbers: Numbers, keyless: Numbers, database_url: str
) -> None:
    for each in (numbers, keyless, None):
        await audit(database_url, each, "SELECT", register)
    assert (numbers.sealed, numbers.older, keyless.sealed) == (True, 0, False)


def cases() -> list[Any]:
    return [
        pytest.param(table, column, *change, id=f"{table}.{column} {change[0]} {change[1][:24]}")
        for table, columns in TABLES.items()
        for column, changes in columns.items()
        for change in changes or ()
        if change[2]
    ]


@pytest.mark.parametrize(("table", "column", "name", "value", "said"), cases())
async def test_a_wrong_value_is_refused_or_found(
    register: dict[str, str], numbers: Numbers, settings: Settings, database_url: str,
    table: str, column: str, name: str, value: str, said: str,
) -> None:  # fmt: skip
    loose = (
        "ALTER TABLE event DROP CONSTRAINT event_notice_fkey;"
        "ALTER TABLE claim DROP CONSTRAINT claim_notice_fkey;"
        "ALTER TABLE notice_private DROP CONSTRAINT notice_private_notice_fkey;"
        "ALTER TABLE objection DROP CONSTRAINT objection_notice_fkey;"
        "ALTER TABLE exhibit DROP CONSTRAINT exhibit_notice_fkey;"
        "ALTER TABLE touched DROP CONSTRAINT touched_notice_fkey;"
    )
    change = f"UPDATE {table} SET {column} = {value} WHERE {OF.get(table, 'notice')} = {{{name}}}"

    with pytest.raises(Difference, match=said.replace("(", r"\(").replace(")", r"\)")):
        await audit(database_url, numbers, loose + change, register)
    # And where whoever serves can do the same to a row that is there, no otherwise.
    with pytest.raises((Difference, asyncpg.InsufficientPrivilegeError)):
        await audit(settings.database_url or "", numbers, change, register)


@pytest.mark.parametrize(
    ("column", "name", "value"),
    [
        pytest.param(column, name, value, id=f"{column} {name} {value[:24]}")
        for column in sorted({"document", "copy", "copy_number", "lettered", "shown"} | HASHES)
        for name, value, _ in CLAIM[column] or ()
        # What a mask hides, and what was redacted, nobody knows without the keys; nor any hash.
        if (name, column) not in {("masked", "lettered"), ("redacted", "by_number")}
        and (column not in HASHES or (value == "NULL" and name != "masked") or name == "both")
    ],
)
async def test_without_the_keys_all_is_found_that_the_form_tells(
    register: dict[str, str], keyless: Numbers, database_url: str,
    column: str, name: str, value: str,
) -> None:  # fmt: skip
    change = f"UPDATE claim SET {column} = {value} WHERE notice = {{{name}}}"

    with pytest.raises(Difference, match="is not the number"):
        await audit(database_url, keyless, change, register)


STRAY = """
INSERT INTO claim (by_certificate, by_number, by_digits, by_holder, document, copy, copy_number,
  lettered, shown, rules, notice)
SELECT {by_certificate}, by_number, by_digits, by_holder, document, {copy}, copy_number, lettered,
  shown, {rules}, notice FROM claim WHERE notice = {{left}}
"""
SWEPT = """
UPDATE objection SET status = 'closed', decided_at = now() WHERE notice = {objected};
UPDATE notice SET objections = 0 WHERE id = {objected}
"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        # A number that nobody declared lost, and a second claim that covers the same.
        (STRAY.format(by_certificate="sha256('x')", copy="copy", rules="rules"), COVERS),
        (STRAY.format(by_certificate="by_certificate", copy="'duplicate'", rules="rules"), COVERS),
        (STRAY.format(by_certificate="by_certificate", copy="copy", rules="99"), "does not know"),
        (SWEPT, COUNTED),
        (
            "INSERT INTO objection (id, notice, at, ground, objector_hash, sealed) VALUES"
            " ('x', {left}, now(), 'false', sha256('x'), 'x');"
            " UPDATE notice SET objections = 1 WHERE id = {left}",
            "took no such objection",
        ),
        *(
            (
                "INSERT INTO notice (id, form, evidence, published_index, published_at,"
                f" effective_at) SELECT '37079999999973', form, evidence, {place}, published_at,"
                " effective_at FROM notice WHERE id = {left}",
                f"names event {place}",
            )
            for place in (-1, 10**6)
        ),
        ("INSERT INTO rival (notice, at, sealed) VALUES ({left}, now(), 'x')", "refused no such"),
        ("DELETE FROM exhibit WHERE notice = {mandated}", "is gone"),
    ],
)
async def test_what_is_written_beside_is_found(
    register: dict[str, str], numbers: Numbers, settings: Settings, change: str, said: str
) -> None:
    """As the role that serves, who may write all of this."""
    with pytest.raises(Difference, match=said.replace("(", r"\(").replace(")", r"\)")):
        await audit(settings.database_url or "", numbers, change, register)


async def test_claims_of_older_rules_are_counted_and_not_called_wrong(
    register: dict[str, str], settings: Settings
) -> None:
    numbers = Numbers(settings)
    change = STRAY.format(by_certificate="sha256('x')", copy="copy", rules="1")

    await audit(settings.database_url or "", numbers, change, register)
    assert numbers.older == 1


@pytest.mark.parametrize(
    ("kind", "form", "more"),
    [
        ("annulled", {}, "UPDATE claim SET living = false WHERE notice = {left}"),
        ("redacted", {}, "SELECT 1"),
        ("confirmed", {"agency": "某局"},
         "UPDATE notice SET evidence = 'issuer_confirmed' WHERE id = {left}"),
        ("replaced", {}, "UPDATE claim SET replaced = true WHERE notice = {left}"),
        ("restored", {}, "SELECT 1"),
        ("unconfirmed", {}, "SELECT 1"),
    ],
)  # fmt: skip
async def test_an_act_of_an_officer_or_agency_that_was_made_up_is_found(
    register: dict[str, str], numbers: Numbers, settings: Settings,
    kind: str, form: dict[str, Any], more: str,
) -> None:  # fmt: skip
    """With a right place in the log, right hashes and all: whoever serves can write that."""
    from notices import log

    class Undone(Exception):
        pass

    with pytest.raises(Undone):
        async with DB.transaction() as transaction:
            turn = await log.take_turn()
            commitment = log.commit({"statement": "x", **form})
            await log.append(turn, kind, register["left"], "food-operation-license", commitment)
            await DB.fetch(more.replace("{left}", f"'{register['left']}'"))
            with pytest.raises(Difference, match="names nobody"):
                await auditing.audit(
                    transaction.connection, lambda done, size: None, numbers=numbers
                )
            raise Undone


async def test_keys_that_are_not_the_databases_are_told(
    register: dict[str, str], numbers: Numbers, settings: Settings
) -> None:
    change = (
        "INSERT INTO key_check VALUES ('sealing key', 'x', 'x')"
        " ON CONFLICT (purpose) DO UPDATE SET check_value = 'x'"
    )

    with pytest.raises(Difference, match="another sealing key"):
        await audit(settings.database_url or "", numbers, change, register)


async def test_a_data_key_that_the_master_key_did_not_wrap_is_told(
    register: dict[str, str], numbers: Numbers, settings: Settings
) -> None:
    """As the role that serves, who may add one."""
    change = (
        "INSERT INTO data_key (purpose, generation, master, algorithm, id, wrapped)"
        " SELECT purpose, 99, master, algorithm, id, wrapped FROM data_key LIMIT 1"
    )

    with pytest.raises(Difference, match="not wrapped by this service"):
        await audit(settings.database_url or "", numbers, change, register)


async def test_a_large_register_is_compared_in_another_process(
    register: dict[str, str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(comparing, "ROWS", 16)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    change = "UPDATE notice SET objections = objections"
    stray = STRAY.format(by_certificate="sha256('x')", copy="copy", rules="rules")

    await audit(settings.database_url or "", Numbers(settings), change, register)
    with pytest.raises(Difference, match="is not the number"):
        await audit(settings.database_url or "", Numbers(settings), stray, register)


def test_a_number_that_is_shown_leads_to_the_search_key_that_was_typed(
    deployment: Deployment,
) -> None:
    """So that a key can be made again where nobody can open what was typed."""
    shown = 0
    for certificate in deployment.catalogue.certificates.values():
        kind = "organisation" if certificate.holder_kind != "person" else "person"
        for example in certificate.examples:
            for typed in (example, f" 编号：{example.lower()} ", f"第{example}号（副本）"):
                made = Declaration(number=typed, holder=Holder(kind=kind, name="某某"))
                public = disclosure.public_number(made, certificate)
                normal = certificate.normal_number(typed)
                again = certificate.normal_number(public or "")
                shown += records.number_key(normal, public) is not None
                assert records.number_key(normal, public) == records.number_key(again, public)
    assert shown > 60
