"""No statement reads a table that grows from end to end, whatever the planner believes of it.

Everything a service does is done once while every statement is listened to; then the plans of all
are read in a large register whose statistics are missing, stale or fresh.
"""

import ast
import asyncio
import contextlib
import dataclasses
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import asyncpg
import httpx
import pytest

from notices import agencies, idempotency, identity, limits, log, register, relay, tables, watches
from notices.agencies import changing, knowing, listing, using
from notices.changing import braking, leaving, rivals, signing_in
from notices.database import BY_INDEX, DB
from notices.deployment import Deployment, refuse_another_database
from notices.facts.excess import TooManyChanges, TooManyRequests
from notices.facts.requests import Declaration
from notices.finding import Finder, Query, suggesting
from notices.finding.freshness import Freshness
from notices.identity import Person
from notices.limits import hourly
from notices.pages.sign_in import Onward
from notices.pages.sign_in.carrying import Begun
from notices.relay import checking, publishing
from notices.statistics import following as counting
from notices.upkeep import recalling, rescheduling, tidying
from notices.upkeep.forking import refuse_a_fork
from notices.verification import effect
from notices.watches import Owner, alerts, following, sending
from notices.watches.sending import Sender, _Receiver
from notices.watches.telling import Poster, Sent
from search.admin import Admin
from search.engine import Engine, SearchDown, WriteRefused
from tests import emptying, enginefarm, plans
from tests.api import declaration
from tests.conftest import SignIn
from tests.engines.test_life import restored, unconfirmed
from tests.engines.test_pages import fields
from tests.files import pdf
from tests.looking import opened
from tests.owning import owned
from tests.plans import Asked
from tests.publishing import caught_up, relaying, until
from tests.samples import ANNA, OFFICER

ISSUER = "潍坊市奎文区行政审批服务局"
NUMBER = "JY13799990000011"
REASON = "异议人提交了证件原件的照片"
OBJECTION = {"number": NUMBER, "ground": "not_lost", "text": "证件在我手里。"}
OTHER = {
    "kind": "organisation",
    "name": "赵六",
    "identifier": "379999198803120137",
    "organisation": {"name": "青州市老街杂货铺", "identifier": "92379999MA00000316"},
}
ROOT = Path(__file__).parents[2]
TABLES = {name for name, kind in vars(tables).items() if isinstance(kind, type)}
MADE = r"Prepared\(|_changing\("
BULK = (
    "notices/cli/", "notices/demo/", "notices/examples.py",
    "notices/backup/restoring.py", "notices/database.py",
    "notices/upkeep/rehashing.py", "notices/upkeep/recalling.py",
    "notices/changing/undoing.py",
    "notices/upkeep/resealing.py", "notices/upkeep/refiling.py", "notices/upkeep/rotating.py",
    "notices/upkeep/rekeying.py", "notices/upkeep/persons.py", "notices/upkeep/rewatching.py",
    "notices/statistics/following.py recount",
    "notices/log.py take_turns", "notices/log.py append_all",
    "notices/deployment.py _refuse_where_used",
)  # fmt: skip
"""What is read or written as a whole, by a command alone, and what only passes statements on."""

READ = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "(")
COUNTS = (
    "SELECT count(*) AS notices FROM notice",
    'SELECT ALL COUNT(*) AS "count" FROM "notice"',
    "(SELECT count(*) FROM parked)",
)
"""What counts all: a rebuild all notices, and the metrics what is parked, which is next to none."""


@dataclass
class Heard:
    """Every statement that a connection sent, in every shape of its values, and who asked it."""

    statements: dict[Any, Asked] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    heard = Heard()
    usual = asyncpg.Connection._execute

    async def execute(self: Any, query: str, args: Any, *more: Any, **named: Any) -> Any:
        if query.lstrip().startswith(READ) and "pg_catalog" not in query:
            settings = tuple(sorted((self._params.server_settings or {}).items()))
            one = Asked(query, tuple(args), settings)
            heard.statements.setdefault(one.shape, one)
            heard.functions |= set(_ours_on_the_way(sys._getframe()))
        return await usual(self, query, args, *more, **named)

    monkeypatch.setattr(asyncpg.Connection, "_execute", execute)
    return heard


def _ours_on_the_way(frame: FrameType | None) -> Iterator[str]:
    while frame is not None:
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(ROOT / "notices"):
            yield f"{file.relative_to(ROOT)} {frame.f_code.co_name}"
        frame = frame.f_back


def functions_that_ask() -> Iterator[str]:
    """Every function of the service that has a statement of its own."""
    for file in sorted((ROOT / "notices").rglob("*.py")):
        name = str(file.relative_to(ROOT))
        tree = ast.parse(file.read_text())
        askers = {"DB", "database", *_prepared(tree)}
        for node in ast.walk(tree):
            if isinstance(node, ast.AsyncFunctionDef) and _asks(node, askers):
                yield f"{name} {node.name}"


def _prepared(tree: ast.Module) -> Iterator[str]:
    """The names of a module's statements that are said when it is loaded."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and re.match(MADE, ast.unparse(node.value)):
            yield ast.unparse(node.targets[0])


def _asks(function: ast.AsyncFunctionDef, askers: set[str]) -> bool:
    """By hand, by a prepared statement, or by one that Piccolo says in this place.

    What is made as SQL (`as_sql`) and not asked of `database` has a connection of its own.
    """
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    by_name = {ast.unparse(call) for call in calls}
    if any(f"{asker}.{verb}" in by_name for asker in askers for verb in ("fetch", "row")):
        return True
    said = any(
        isinstance(call, ast.Attribute)
        and call.attr in ("select", "insert", "update", "delete", "exists", "count")
        and ast.unparse(call.value).removeprefix("tables.") in (*TABLES, "table")
        for call in calls
    )
    return said and "as_sql" not in by_name


def test_whoever_asks_is_known() -> None:
    asking = set(functions_that_ask())

    assert {
        "notices/log.py append",  # by hand
        "notices/identity.py _living",  # prepared
        "notices/relay/checking.py note",  # by Piccolo
        "notices/agencies/listing.py listed",
        "notices/upkeep/forking.py refuse_a_fork",  # made for whichever database
    } <= asking
    assert "notices/upkeep/accepting.py accept_later" not in asking


async def life(
    restaurant: httpx.AsyncClient, sign_in: SignIn, admin: Admin, deployment: Deployment
) -> str:
    """Declares, asks, objects, decides, confirms; the id of a notice that stays."""
    anna, officer, other = [await sign_in(one) for one in (ANNA, OFFICER, OTHER)]
    _, key = await owned(agencies.add("奎文审批局", [ISSUER]))
    issuer = {"Authorization": f"Bearer {key}"}
    spare, _ = await owned(agencies.add("另一审批局", [ISSUER]))
    await owned(changing.change(spare.id, {"quota": 9, "masked_quota": None, "kind": "bank"}))
    await owned(agencies.rotate(spare.id))
    await owned(agencies.revoke(spare.id))
    await listing.listed()
    await listing.checkers()
    assert (await restaurant.get("/api/v1/usage", headers=issuer)).status_code == 200
    using.count(f"{spare.id}.1", 3)
    await using.USES.write()
    effect.CHECKS.count("", False)
    await effect.CHECKS.write()

    async def post(who: httpx.AsyncClient, path: str, status: int = 201, **more: Any) -> Any:
        answer = await who.post(f"/api/v1/{path}", **more)
        assert answer.status_code == status, answer.text
        return answer.json()

    once = {"Idempotency-Key": '"k1"'}
    id = (await post(restaurant, "notices", json=declaration(), headers=once))["id"]
    again = await post(restaurant, "notices", json=declaration(), headers=once)
    assert again["id"] == id
    await post(restaurant, "notices", 409, json=declaration())
    theirs = {
        "kind": "organisation",
        "name": OTHER["organisation"]["name"],
        "identifier": OTHER["organisation"]["identifier"],
    }
    await post(other, "notices", 409, json=declaration(holder=theirs))
    both = declaration(number="JY13799990000046", copies="both", confirm_unusual_number=True)
    gone = (await post(restaurant, "notices", json=both))["id"]

    at = f"notices/{id}"
    await post(restaurant, f"{at}/correction", json={"lost_on": "2026-11-02"}, headers=once)
    await post(anna, f"{at}/objections", json=OBJECTION, headers=once)
    files = {**{name: (None, text) for name, text in OBJECTION.items()}}
    await post(other, f"{at}/objections", files={**files, "evidence": ("a.pdf", pdf())})
    waiting = (await officer.get("/api/v1/objections")).json()["objections"]
    for params in ({"notice": id}, {"status": "open"}, {"notice": id, "status": "open"}):
        assert (await officer.get("/api/v1/objections", params=params)).status_code == 200
    await officer.get(f"/api/v1/objections/{waiting[1]['id']}/evidence")
    assert (await officer.get("/api/v1/overlaps")).status_code == 200
    for path in (
        "/desk", "/desk/waiting/rivals", f"/desk/{id}", f"/desk/{id}/set-aside",
        f"/desk/{id}/evidence/{waiting[1]['id']}",
    ):  # fmt: skip
        page = await opened(officer, path)
        assert page.status_code == 200, path
        if path.endswith("set-aside"):
            aside = await officer.post(path, data=fields(page) | {"reason": REASON})
            assert aside.headers["location"].startswith("/desk?")
    running = "UPDATE notice SET effective_at = now() + interval '9 days' WHERE id = $1"
    await DB.fetch(running, id)
    decided = {"decision": "admit", "objection": waiting[0]["id"], "reason": REASON}
    await post(officer, f"{at}/decisions", json=decided)
    await post(officer, f"{at}/decisions", json={"decision": "dismiss", "reason": REASON})
    for decision in ("admit", "annul"):
        await post(officer, f"{at}/decisions", json={"decision": decision, "reason": REASON})
    assert (await restored(deployment, id, "annulled")).status_code == 201
    await post(officer, f"{at}/decisions", json={"decision": "dismiss", "reason": REASON})
    await post(anna, f"{at}/confirmation", 201, headers=issuer)
    await post(anna, f"{at}/replacement", 201, headers=issuer, json={"issued_on": "2026-11-20"})
    own = declaration(
        certificate="road-transport-practitioner-certificate", matter=None, copies=None,
        number=ANNA["identifier"], holder=ANNA,
    )  # fmt: skip
    ended = (await post(anna, "notices", json=own))["id"]
    await post(anna, f"notices/{ended}/withdrawal", json={"reason": "found"})
    vain = Declaration(certificate=own["certificate"])
    await rivals.keep(deployment, ended, Person("person", ANNA["name"], ANNA["identifier"]), vain)
    assert (await anna.post("/mine/erase", data={"sure": "yes"})).status_code == 303

    await post(restaurant, f"notices/{gone}/withdrawal", json={"reason": "found"}, headers=once)
    wrong = declaration(number="JY13799990000054", confirm_unusual_number=True)
    wrong_id = (await post(restaurant, "notices", json=wrong))["id"]
    theirs = OBJECTION | {"number": wrong["number"]}
    await post(anna, f"notices/{wrong_id}/objections", json=theirs)
    reject = {"decision": "reject", "reason": REASON}
    await post(officer, f"notices/{wrong_id}/decisions", json=reject, headers=once)
    await post(officer, f"notices/{wrong_id}/redaction", json={"reason": "x"})
    # The answer went with the text that it held.
    await post(officer, f"notices/{wrong_id}/decisions", json=reject, headers=once)
    await for_another(deployment, anna, officer)
    await watching(anna, restaurant, deployment)
    await draft(restaurant)
    annul = {"decision": "annul", "reason": REASON}
    await post(officer, f"notices/{wrong_id}/decisions", json=annul)
    assert (await other.delete("/api/v1/session")).status_code == 204
    last = declaration(number="JY13799990000020", confirm_unusual_number=True)
    return str((await post(restaurant, "notices", json=last))["id"])


async def watching(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    """Watches, for a person and for an agency, with all that comes of telling them."""
    bank, key = await owned(agencies.add("某某银行", [], scopes=["watch"]))
    headers, body = {"Authorization": f"Bearer {key}"}, {"certificate": "food-operation-license"}
    there = {"certificate": body["certificate"], "number": "JY13799990000070"}
    ids = []
    for who, more in ((anna, {}), (bank, {"url": "https://8.8.8.8/"})):
        sent = {"headers": headers} if who is bank else {}
        answer = await anna.post("/api/v1/watches", json={**there, **more}, **sent)
        assert answer.status_code == 201, answer.text
        ids.append(answer.json()["id"])
    usual = {"number": there["number"], "confirm_unusual_number": True}
    declared = await restaurant.post("/api/v1/notices", json=declaration(**usual))
    assert declared.status_code == 201, declared.text
    while await following.step(deployment):
        pass
    await counting.step()
    matching = deployment.keys.matching
    matching.before = matching.present
    try:
        await following._hashes(deployment, [{"notice": declared.json()["id"], "hashes": None}])
    finally:
        matching.before = None
    sender = Sender(deployment, Poster(()), asyncio.Event())
    [row] = await DB.fetch(sending._DUE, 4, [])
    for outcome in (Sent(500, None), Sent(410, None), Sent(200, None)):
        await anna.post(f"/api/v1/watches/{ids[1]}/replay", json={"since": 0}, headers=headers)
        await sender._note(row, outcome)
    sender._note = lambda *anything: asyncio.sleep(0)  # type: ignore[method-assign]
    for outcome in (Sent(None, "timeout"), Sent(200, None)):
        sender._poster.post = lambda *anything, outcome=outcome: _now(outcome)  # type: ignore
        await sender._serve(row["receiver"], sender._receivers.setdefault(b"", _Receiver()), [row])
    await sender.round()
    await sending.give_up_without_key()
    await sender.ended()
    for state in ({}, {"state": "dead"}, {"state": "waiting"}):
        answer = await anna.get("/api/v1/watches", params=state, headers=headers)
        assert answer.status_code == 200
    assert (await anna.get("/mine/watches")).status_code == 200
    alerts.ALERTS.count(declared.json()["id"], "1", "bank")
    await alerts.ALERTS.write()
    switch = {"notice": declared.json()["id"], "told": "no"}
    switched = {who: await who.post("/mine/alerts", data=switch) for who in (anna, restaurant)}
    assert sorted(answer.status_code for answer in switched.values()) == [303, 403]
    assert (await anna.get("/notices", params={"q": declared.json()["id"]})).status_code == 303
    for id in ids:
        more = {"headers": headers} if id == ids[1] else {}
        assert (await anna.delete(f"/api/v1/watches/{id}", **more)).status_code == 204
    assert (await anna.post("/api/v1/watches", json=there)).status_code == 201
    await watches.forget(deployment, Owner(Person("person", ANNA["name"], ANNA["identifier"])))
    await alerts.forget([declared.json()["id"]])


async def _now(outcome: Sent) -> Sent:
    return outcome


async def for_another(
    deployment: Deployment, anna: httpx.AsyncClient, officer: httpx.AsyncClient
) -> None:
    """Declares with a mandate, twice, confirms one, and takes that back; reads what was refused."""
    body = declaration(number="JY13799990000062", confirm_unusual_number=True, relation="mandate")
    form = {"declaration": (None, json.dumps(body)), "exhibit": ("a.pdf", pdf())}
    sent = [await anna.post("/api/v1/notices", files=form) for _ in range(2)]
    assert [each.status_code for each in sent] == [201, 201], sent[0].text
    id = sent[0].json()["id"]
    assert (await officer.get(f"/api/v1/notices/{id}/exhibit")).status_code == 200
    assert (await opened(officer, f"/desk/{id}/exhibit")).status_code == 200
    assert (await officer.post(f"/api/v1/notices/{id}/confirmation")).status_code == 201
    redacted = await officer.post(f"/api/v1/notices/{id}/redaction", json={"reason": "x"})
    assert redacted.status_code == 201
    assert (await unconfirmed(deployment, id)).status_code == 201
    assert (await officer.post(f"/api/v1/notices/{id}/confirmation")).status_code == 201
    for params in ({}, {"notice": id}):
        assert (await officer.get("/api/v1/rivals", params=params)).status_code == 200


async def draft(client: httpx.AsyncClient) -> None:
    """Types a declaration half on the pages, and looks at it."""
    typed = {"certificate": "food-operation-license", "at": "matter", "to": "number"}
    begun = await client.post("/declare", data=typed)
    assert (await client.get(begun.headers["location"])).status_code == 200
    id = begun.headers["location"].rpartition("/")[2]
    await client.post("/declare", data=typed | {"draft": id})
    assert (await client.post("/declare/discard", data={"draft": id})).status_code == 303
    notice = (await client.post("/api/v1/notices", json=declaration(copies="duplicate"))).json()
    taken_back = await client.post(f"/notices/{notice['id']}/withdraw", data={"reason": "found"})
    assert taken_back.status_code == 303


async def ask(client: httpx.AsyncClient, id: str) -> None:
    """Checks, receipts, files of the log, pages: what anybody may ask."""
    one = {"certificate": "food-operation-license", "number": NUMBER}
    index = (await client.get(f"/api/v1/notices/{id}")).json()["events"][0]["index"]
    items = [{**one, "number": f"JY137999900{number:05}"} for number in range(20)]
    for question in (one, {"items": [one, *items]}):
        answer = await client.post("/api/v1/verifications", json=question)
        assert answer.status_code == 200, answer.text
    for path in (
        "/", "/verify", "/log", "/mine", "/mine/privacy", "/mine/data", "/declare", "/sign-in",
        "/feed.atom", "/sitemap.xml", "/agencies", "/agencies.json", "/help/agencies",
        "/help/test-keys", "/help/test-keys.json",
        "/metrics", "/health/ready", "/log/checkpoint", "/log/tile/0/000.p/6",
        "/log/tile/entries/000.p/6",
        "/api/v1/events?since=2", f"/notices/{id}", f"/notices/{id}.pdf",
        f"/notices/{id}.tlog-proof", f"/api/v1/notices/{id}", f"/api/v1/notices/{id}/receipt",
        f"/api/v1/notices/{id}/receipt?event={index}", f"/declare/done/{id}",
        f"/declare?with={id}",
        f"/notices/{id}/withdraw", f"/notices/{id}/correct", "/notices", "/notices?q=餐饮店",
        f"/api/v1/notices?q={NUMBER}", "/api/v1/suggestions?q=JY1379",
        "/api/v1/suggestions?q=37070000",
    ):  # fmt: skip
        answer = await client.get(path, follow_redirects=True)
        assert answer.status_code == 200, path


async def search_without_the_engine(deployment: Deployment) -> None:
    finder = Finder(deployment, Engine("http://127.0.0.1:1", "", "nothing"))
    try:
        for q in ("", "餐饮店", NUMBER):
            for more in (
                {}, {"sort": "oldest"}, {"certificate": "food-operation-license"}, {"year": 2026},
                {"region": "3707", "matter": "food-operation-license.reissue"},
                {"status": "declared"}, {"status": "invalid"}, {"status": "contested"},
                {"status": "reinstated"}, {"status": "replaced"},
            ):  # fmt: skip
                assert (await finder.find(Query(q=q, **more))).degraded
        await suggesting.suggest(deployment, finder.breaker, finder.vocabulary, "JY1379999")
    finally:
        await finder.breaker.close()


async def follow(deployment: Deployment, admin: Admin, id: str) -> None:
    """What is done though nobody asks: the relay, what is behind, tidying, periods, start."""
    await admin.drop(deployment.settings.meili_index)
    size, _ = await log.head()
    index = deployment.settings.meili_index

    async def rebuilt() -> bool:
        with contextlib.suppress(SearchDown, WriteRefused):
            return await checking.holds_newest(admin, index, size)
        return False

    async def taken() -> bool:
        return not await publishing.touched(1)

    async with relaying(deployment, admin):
        await until(rebuilt)
        await until(caught_up)
        await register.touch(id)
        await until(taken)
    await checking.holds_newest(admin, deployment.settings.meili_index, size)
    await publishing.settle([], {id: "no document"})
    await publishing.try_parked(deployment, admin, deployment.settings.meili_index)
    await relay.lag()
    await Freshness().ids()
    left = deployment.settings.uploads_folder / "00" / "00000000000000000000000000000000"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.touch()
    os.utime(left, times=(time.time() - 7 * 86_400,) * 2)
    await tidying.tidy(deployment)
    assert not left.exists()
    unsettled = DB.fetch(
        "UPDATE notice SET provisional = true, period_value = 3, period_unit = 'calendar_day',"
        " period_from = 'form' WHERE id = $1",
        id,
    )
    await owned(unsettled)
    await owned(recalling.recall_periods(deployment))
    await owned(rescheduling.settle_periods())
    await refuse_another_database(deployment)
    await refuse_a_fork(deployment)
    key = deployment.keys.sealer.passing
    await limits.use(key, "verify", limits.Counted("address", "192.0.2.1"))
    await limits.guess(
        key, {"birth-medical-certificate X8******66": 1}, limits.Counted("account", "a")
    )
    with contextlib.suppress(TooManyRequests):
        await limits.use(key, "declare", limits.Counted("account", "a"), 21)
    by = Person(kind="officer", name="王五", identifier="1").actor
    assert await hourly.change(key, by.counted, 1, 1) is None
    with pytest.raises(TooManyChanges):
        on = dataclasses.replace(deployment.settings, rate_limits=True, bulk_limit=1)
        await braking.count(dataclasses.replace(deployment, settings=on), by, 1)
    await braking.hold(deployment, by)
    [held] = await braking.held(deployment)
    other = Person(kind="officer", name="钱七", identifier="2")
    await braking.release(deployment, other, held.id, REASON)
    assert not await hourly.crowd(key, limits.Counted("address", "192.0.2.1"))
    await limits.give_back(key, "verify", limits.Counted("address", "192.0.2.1"))
    assert not await idempotency.known(idempotency.Once.of(key, "account a", "/", "k", b"{}"))
    await admin.drop(deployment.settings.meili_index)


async def by_a_provider(deployment: Deployment) -> None:
    """What is asked while somebody signs in at a provider, and when they sign out there."""
    name = await signing_in.keep(deployment, "browser", Begun(Onward("/mine")))
    assert await signing_in.look(deployment, "browser", Begun, name) is not None
    assert await signing_in.take(deployment, "browser", Begun, name) is not None
    subject = ("https://id.example", "1")
    person = Person(kind="person", name="张三", identifier="1", subject=subject)
    await identity.sign_in(deployment, person, "sid")
    token = await identity.sign_in(deployment, person)
    assert await identity.extend(deployment, token) is not None
    assert len(await leaving.sessions(deployment, person, token)) == 2
    assert await leaving.ended_there(deployment, subject[0], None, "sid") == 1
    assert await leaving.sign_out_everywhere(deployment, person, token) == 1
    assert await leaving.ended_there(deployment, subject[0], "1", None) == 0
    assert await knowing.of_id("nobody") is None


async def foreign_keys() -> list[str]:
    """What PostgreSQL itself asks when a row is written that refers to another."""
    rows = await DB.fetch(
        "SELECT confrelid::regclass::text AS table, attname AS column FROM pg_constraint"
        " JOIN pg_attribute ON attrelid = confrelid AND attnum = confkey[1]"
        " WHERE contype = 'f' AND connamespace = 'public'::regnamespace"
    )
    return [
        f"SELECT 1 FROM ONLY {row['table']} x WHERE {row['column']} = '0' FOR KEY SHARE OF x"
        for row in rows
    ]


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT form FROM notice WHERE evidence = 'x'", "Seq Scan of notice"),
        ("SELECT size FROM log_head", "Seq Scan of log_head"),
        ("SELECT max(index) FROM event WHERE salt IS NULL", "all of event by event_pkey"),
        ("SELECT kind FROM event ORDER BY index LIMIT 5", ""),
        ("SELECT kind FROM event WHERE index > 5 ORDER BY index", ""),
        ("SELECT max(index) FROM event", ""),
        ("SELECT name FROM agency", ""),
    ],
)
async def test_a_plan_that_reads_a_whole_table_is_seen(
    database: None, sql: str, found: str
) -> None:
    connection = await plans.connected(enginefarm.owned(DB.config["dsn"]), tuple(BY_INDEX.items()))
    try:
        there = await plans.explained(connection, Asked(sql, (), ()))
    finally:
        await connection.close()

    for plan in there.values():
        faults = " ".join(plans.faults(plan))
        assert found in faults
        assert bool(found) == bool(faults)


async def test_old_versions_of_rewritten_rows_are_cleaned_up_after_few_changes(
    database: None,
) -> None:
    rows = await DB.fetch(
        "SELECT relname, reloptions FROM pg_class WHERE relname = ANY($1::text[])",
        sorted(plans.REWRITTEN),
    )

    assert len(rows) == len(plans.REWRITTEN)
    for row in rows:
        assert {"autovacuum_vacuum_scale_factor=0", "autovacuum_vacuum_threshold=50"} <= set(
            row["reloptions"]
        )


@pytest.fixture
async def new_tables(database: None) -> None:
    """Tables that no earlier test has left any page in."""
    await emptying.renew()


async def test_no_statement_reads_a_growing_table_as_a_whole(
    new_tables: None,
    restaurant: httpx.AsyncClient,
    sign_in: SignIn,
    deployment: Deployment,
    admin: Admin,
    heard: Heard,
) -> None:
    id = await life(restaurant, sign_in, admin, deployment)
    await ask(restaurant, id)
    await search_without_the_engine(deployment)
    await follow(deployment, admin, id)
    await by_a_provider(deployment)
    unheard = set(functions_that_ask()) - heard.functions
    unheard = {name for name in unheard if not name.startswith(BULK)}
    assert not unheard, "what they ask is nowhere on the journey of this test"
    ours = tuple(sorted(DB.config["server_settings"].items()))
    statements = [
        *(
            one
            for one in heard.statements.values()
            if not any(count in one.sql for count in COUNTS)
        ),
        *(Asked(sql, (), ours) for sql in await foreign_keys()),
    ]
    found: dict[str, set[str]] = {}
    dsn = enginefarm.owned(DB.config["dsn"])
    owner = await asyncpg.connect(dsn)
    by_settings = {
        settings: await plans.connected(dsn, settings)
        for settings in {one.settings for one in statements}
    }
    try:
        async with contextlib.aclosing(plans.states(owner)) as states:
            async for state in states:
                for one in statements:
                    there = await plans.explained(by_settings[one.settings], one)
                    for values, plan in there.items():
                        for fault in plans.faults(plan):
                            found.setdefault(f"{fault}: {one.sql}", set()).add(f"{state}, {values}")
    finally:
        for connection in (owner, *by_settings.values()):
            await connection.close()
        await emptying.renew()

    told = [f"{fault}\n  ({'; '.join(sorted(where))})" for fault, where in found.items()]
    assert not told, "\n\n".join(told)
