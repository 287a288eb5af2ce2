"""A clock that cannot be believed writes no time into the log, and a log that has one goes on."""

import asyncio
import functools
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from notices import clock, identity, limits
from notices.clock import Clock, Moment
from notices.database import DB
from notices.demo import fill
from notices.deployment import Deployment
from notices.facts.excess import TooManyRequests
from notices.facts.texts import rfc3339
from notices.facts.troubles import ClockOff
from notices.finding import freshness
from notices.limits import Counted
from notices.relay import checking
from notices.relay.publishing import FOLLOWER
from notices.serving import child_environment
from notices.upkeep import tidying, vitals
from notices.upkeep.accepting import accept_later
from tests import api
from tests.api import declaration
from tests.conftest import SignIn
from tests.engines.test_life import OBJECTION
from tests.owning import owned
from tests.samples import ANNA, OFFICER, RESTAURANT
from tests.service import ROOT

DAY = 86_400.0
YEAR = 400 * DAY
SOON = timedelta(seconds=20)


class Hands:
    """The two clocks of a process, moved by hand."""

    def __init__(self, wall: float = 1_764_000_000.0, steady: float = 5_000.0) -> None:
        self.wall, self.steady = wall, steady

    def clock(self, began: Moment | None = None) -> Clock:
        return Clock(began, lambda: self.wall, lambda: self.steady)

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds

    def told(self, off: float = 0.0) -> datetime:
        return datetime.fromtimestamp(self.wall + off, UTC)


@pytest.mark.parametrize(
    ("off", "jump", "said"),
    [
        (0.0, 0.0, None),
        (9.5, 0.0, None),
        (-9.5, 0.0, None),
        (0.0, 9.5, None),
        (10.5, 0.0, "is +10.5 s from the service's"),
        (-10.5, 0.0, "is -10.5 s from the service's"),
        (YEAR, 0.0, "is +34560000.0 s from the service's"),
        (0.0, 10.5, "jumped by +10.5 s"),
        (0.0, -10.5, "jumped by -10.5 s"),
        (0.0, YEAR, "jumped by +34560000.0 s"),
    ],
)
def test_a_clock_is_believed_within_ten_seconds_of_ours_and_of_the_steady_one(
    off: float, jump: float, said: str | None
) -> None:
    hands = Hands()
    here = hands.clock()
    hands.pass_(3 * DAY)
    hands.wall += jump

    why = here.why_wrong(here.now(), hands.told(off))

    assert (said in why.en) if said and why else why is None and said is None


def test_a_clock_that_was_put_right_again_is_believed_again() -> None:
    hands = Hands()
    here = hands.clock()
    hands.wall += YEAR
    assert here.why_wrong(here.now(), hands.told()) is not None
    hands.wall -= YEAR

    assert here.why_wrong(here.now(), hands.told()) is None


def test_waiting_for_an_answer_is_no_difference() -> None:
    hands = Hands()
    here = hands.clock()
    asked = here.now()
    at_once = hands.told()
    hands.pass_(25)

    assert here.why_wrong(asked, at_once) is None
    assert here.why_wrong(asked, hands.told()) is None


def test_many_small_steps_are_followed_and_a_few_at_once_are_not() -> None:
    hands = Hands()
    here = hands.clock()
    for _ in range(200):
        hands.pass_(3_600)
        hands.wall += 0.5
        assert here.why_wrong(here.now(), hands.told()) is None
    for step in range(3):
        hands.pass_(1)
        hands.wall += 8
        assert (here.why_wrong(here.now(), hands.told()) is None) is (step == 0)


@pytest.mark.parametrize(("jump", "believed"), [(0.0, True), (60.0, True), (YEAR, False)])
def test_a_child_that_is_started_again_remembers_when_the_service_began(
    jump: float, believed: bool
) -> None:
    hands = Hands()
    began = hands.clock().began
    hands.pass_(DAY)
    hands.wall += jump
    child = hands.clock(began)

    assert (child.why_wrong(child.now(), hands.told()) is None) is believed


def test_serve_tells_its_children_when_it_began(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Engines:
        database_url = meili_url = follower = "x"

    told = child_environment(deployment.settings, Engines())  # type: ignore[arg-type]
    monkeypatch.setenv(clock.BEGAN, told[clock.BEGAN])

    assert clock.began() == clock.HERE.began
    monkeypatch.setenv(clock.BEGAN, "x")
    assert clock.began() is None


@pytest_asyncio.fixture(loop_scope="session")
async def shift(pool: None, database_url: str) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """Sets the clock that PostgreSQL tells the pool; the server's own stays as it is."""
    connection = await asyncpg.connect(database_url)
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute("CREATE SCHEMA shifted; GRANT USAGE ON SCHEMA shifted TO PUBLIC")

    async def set_(by: str) -> None:
        for tells in ("clock_timestamp", "now"):
            await connection.execute(
                f"CREATE OR REPLACE FUNCTION shifted.{tells}() RETURNS timestamptz"
                f" LANGUAGE sql AS $$ SELECT pg_catalog.{tells}() + interval '{by}' $$"
            )
        await connection.execute(
            f"ALTER DATABASE {name} SET search_path = shifted, pg_catalog, public"
        )
        await again()

    async def again() -> None:
        assert DB.pool is not None
        await DB.pool.expire_connections()

    try:
        yield set_
    finally:
        await connection.execute(f"ALTER DATABASE {name} RESET search_path")
        await connection.execute("DROP SCHEMA shifted CASCADE")
        await connection.close()
        await again()


async def test_a_jump_of_the_databases_clock_stops_writing_and_leaves_nothing(
    restaurant: httpx.AsyncClient,
    sign_in: SignIn,
    shift: Callable[[str], Awaitable[None]],
    deployment: Deployment,
) -> None:
    first = (await restaurant.post("/api/v1/notices", json=declaration())).json()
    body = declaration(number="JY13799990000020", confirm_unusual_number=True)
    holder = {"name": "潍坊市奎文区某某书店", "identifier": "91379999MA0000015K"}
    others = declaration(holder={"kind": "organisation", **holder})
    before = await DB.row("SELECT * FROM log_head")
    for by in ("400 days", "-400 days", "12 s", "-12 s"):
        await shift(by)
        # Sessions of before have ended by a clock that is ahead.
        restaurant, anna = await sign_in(RESTAURANT), await sign_in(ANNA)
        other = await sign_in(RESTAURANT | {"organisation": holder})

        refused = await restaurant.post("/api/v1/notices", json=body)
        withdrawn = await restaurant.post(
            f"/api/v1/notices/{first['id']}/withdrawal", json={"reason": "found"}
        )
        objected = await anna.post(api.of(first["id"], "objections"), json=OBJECTION)
        # Somebody else's paper of that number: kept for an officer, when its time can be told.
        rival = await other.post("/api/v1/notices", json=others)
        ready = await restaurant.get("/health/ready")
        metrics = (await restaurant.get("/metrics")).text

        for answer in (refused, withdrawn, objected, rival):
            assert (answer.status_code, answer.json()["code"]) == (503, "clock_off")
            assert answer.headers["Retry-After"] == "10"
        assert (ready.status_code, ready.json()["clock"]) == (503, "off")
        assert "from the service's" in ready.json()["why"]["en"]
        assert "notices_clock_right 0.0" in metrics
        with pytest.raises(ClockOff):
            await tidying.tidy(deployment)
        assert await DB.row("SELECT * FROM log_head") == before
        question = {"certificate": first["certificate"], "number": first["number"]}
        asked = await restaurant.post("/api/v1/verifications", json=question)
        assert asked.json()["notice"] == first["id"]
        assert await DB.fetch("SELECT 1 FROM objection UNION ALL SELECT 1 FROM rival") == []
    with pytest.raises(ClockOff):
        await owned(fill(deployment, 1, 1, lambda done, total: None))
    await shift("0 s")
    restaurant = await sign_in(RESTAURANT)

    assert (await restaurant.post("/api/v1/notices", json=body)).status_code == 201
    ready = await restaurant.get("/health/ready")
    assert (ready.status_code, ready.json()["clock"]) == (200, "ok")
    assert "notices_clock_right 1.0" in (await restaurant.get("/metrics")).text


async def test_what_began_while_the_clock_was_ahead_does_not_last_until_then(
    sign_in: SignIn, shift: Callable[[str], Awaitable[None]], deployment: Deployment
) -> None:
    asker = Counted("account", "somebody")
    use = functools.partial(limits.use, deployment.keys.sealer.passing, "search", asker)
    await shift("400 days")
    anna = await sign_in(ANNA)
    await use(120)
    await DB.fetch("INSERT INTO follower (name, position) VALUES ($1, 0)", FOLLOWER)
    await checking.note(True)
    assert (await anna.get("/mine")).status_code == 200
    with pytest.raises(TooManyRequests):
        await use()
    await shift("0 s")

    assert await identity.who(deployment, anna.cookies["session"]) is None
    await use()
    row = await DB.row(freshness.LOOK, FOLLOWER)
    assert row is not None
    assert not row["whole"]
    await shift("400 days")
    await sign_in(ANNA)
    await use(120)
    await shift("0 s")
    await tidying.tidy(deployment)
    assert await DB.fetch("SELECT 1 FROM session") == []
    assert await DB.fetch("SELECT 1 FROM rate") == []


async def test_tidying_goes_by_the_time_that_it_found_to_be_right(
    restaurant: httpx.AsyncClient,
    shift: Callable[[str], Awaitable[None]],
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def measure_and_jump() -> vitals.Vitals:
        found = await real()
        await shift("400 days")
        return found

    real = vitals.measure
    key = {"Idempotency-Key": "k"}
    await restaurant.post("/api/v1/notices", json=declaration(), headers=key)
    monkeypatch.setattr(vitals, "measure", measure_and_jump)

    await tidying.tidy(deployment)

    for table in ("session", "idempotency"):
        assert len(await DB.fetch(f"SELECT 1 FROM {table}")) == 1


async def test_a_jump_of_both_clocks_is_seen_by_the_steady_one(
    restaurant: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The machine's clock is our own too: it is the steady one that tells them apart.
    began = Moment(time.time() - YEAR, clock.steady())
    monkeypatch.setattr(clock, "HERE", Clock(began))

    answer = await restaurant.post("/api/v1/notices", json=declaration())
    ready = await restaurant.get("/health/ready")

    assert (answer.status_code, answer.json()["code"]) == (503, "clock_off")
    assert "jumped" in ready.json()["why"]["en"]
    assert await DB.fetch("SELECT 1 FROM event") == []


async def poisoned(client: httpx.AsyncClient, days: int = 400) -> tuple[dict[str, Any], datetime]:
    """The notice that was declared while the clock was `days` ahead, and that time."""
    notice = (await client.post("/api/v1/notices", json=declaration())).json()
    ahead = f"interval '{days} days'"
    await owned(DB.fetch("DELETE FROM log_node"))
    await owned(
        DB.fetch(
            f"UPDATE event SET at = at + {ahead}, entry = regexp_replace(entry,"
            ' \'"at":"[^"]*"\', \'"at":"\' || to_char((at + $1::interval) AT TIME ZONE'
            " 'Asia/Shanghai', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"+08:00\"') || '\"')",
            timedelta(days=days),
        )
    )
    row = await DB.row("SELECT entry, at FROM event")
    assert row is not None
    from notices.trust.merkle import leaf_hash

    leaf = leaf_hash(row["entry"].encode())
    await DB.fetch("INSERT INTO log_node VALUES (0, 0, $1)", leaf)
    await owned(DB.fetch("UPDATE log_head SET peaks = $1, last_at = $2", leaf, row["at"]))
    await owned(DB.fetch("UPDATE notice SET published_at = $1, effective_at = $1", row["at"]))
    return notice, row["at"]


@pytest_asyncio.fixture(loop_scope="session")
async def forget_acceptance(pool: None) -> AsyncIterator[None]:
    yield
    await owned(DB.fetch("UPDATE log_head SET later = NULL"))


async def test_a_log_with_a_later_entry_goes_on_when_somebody_says_so(
    restaurant: httpx.AsyncClient,
    sign_in: SignIn,
    database_url: str,
    deployment: Deployment,
    forget_acceptance: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, later = await poisoned(restaurant)
    body = declaration(number="JY13799990000020", confirm_unusual_number=True)
    seal = declaration(
        certificate="company-seal", matter=None, copies=None, number="3799990000011",
        details={"kind": "公章"},
    )  # fmt: skip
    refused = await restaurant.post("/api/v1/notices", json=body)
    ready = await restaurant.get("/health/ready")
    assert (refused.status_code, refused.json()["code"]) == (503, "clock_off")
    assert f"The log's last entry is of {rfc3339(later)}" in ready.json()["why"]["en"]
    assert "operating.md" in ready.json()["why"]["zh"]
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("MEILI_URL", "http://there")
    monkeypatch.setenv("DATA", str(deployment.settings.data))

    async def command(*words: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "notices", *words, cwd=ROOT, stderr=asyncio.subprocess.PIPE
        )
        _, said = await process.communicate()
        return process.returncode or 0, said.decode()

    status, said = await command("log", "audit")
    assert status == 1
    assert "entries 0 to 0 are of times" in said
    assert rfc3339(later) in said
    status, said = await command("log", "accept", "--later")
    assert status == 0, said
    assert f"last entry is of {rfc3339(later)}" in said
    before = datetime.now(UTC)

    at_once = (await restaurant.post("/api/v1/notices", json=body)).json()
    waits = (await restaurant.post("/api/v1/notices", json=seal)).json()
    path = f"/api/v1/notices/{at_once['id']}/correction"
    corrected = (await restaurant.post(path, json={"issuer": "潍坊市市场监督管理局"})).json()

    now = datetime.now(UTC)
    for made in (at_once, waits):
        entry = json.loads(made["receipt"]["entry"])
        form = made["receipt"]["opening"]["form"]
        assert entry["at"] == made["events"][0]["at"] == rfc3339(later)
        assert made["published_at"] == form["happened_at"] == made["events"][0]["happened_at"]
        assert before - SOON <= datetime.fromisoformat(made["published_at"]) <= now
    assert (at_once["status"], at_once["effective_at"]) == ("invalid", at_once["published_at"])
    assert waits["status"] == "declared"
    assert datetime.fromisoformat(waits["effective_at"]) - now < timedelta(days=40)
    assert corrected["at"] == rfc3339(later)
    assert before - SOON <= datetime.fromisoformat(corrected["happened_at"]) <= now
    page = (await restaurant.get(f"/notices/{at_once['id']}")).text
    assert f"{later:%Y}" not in page
    events = (await restaurant.get("/api/v1/events")).json()["events"]
    assert {json.loads(each["entry"])["at"] for each in events} == {rfc3339(later)}
    assert {each["at"] for each in events} == {rfc3339(later)}
    answer = await restaurant.post(
        "/api/v1/verifications",
        json={"certificate": waits["certificate"], "number": waits["number"]},
    )
    assert (answer.json()["status"], answer.json()["since"]) == ("declared", waits["published_at"])
    assert (await restaurant.get("/health/ready")).status_code == 200
    assert (await command("log", "audit"))[0] == 0
    # A redaction takes the form with it, and the column tells still.
    officer = await sign_in(OFFICER)
    path = f"/api/v1/notices/{at_once['id']}/redaction"
    assert (await officer.post(path, json={"reason": "x"})).status_code == 201
    shown = (await restaurant.get(f"/api/v1/notices/{at_once['id']}")).json()
    assert (shown["published_at"], shown["status"]) == (at_once["published_at"], "invalid")
    assert (await command("log", "audit"))[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE event SET at = at - interval '1 day' WHERE index = 1",
        "UPDATE event SET logged_at = NULL WHERE index = 1",
        "UPDATE event SET logged_at = NULL, at = logged_at WHERE index = 1",
        "UPDATE event SET logged_at = logged_at + interval '1 s' WHERE index = 1",
    ],
)
async def test_a_true_time_that_the_form_does_not_tell_is_found(
    restaurant: httpx.AsyncClient,
    database_url: str,
    forget_acceptance: None,
    change: str,
) -> None:
    from notices.audit import auditing
    from notices.trust.watching import Difference

    await poisoned(restaurant)
    await accept_later(database_url)
    body = declaration(number="JY13799990000020", confirm_unusual_number=True)
    assert (await restaurant.post("/api/v1/notices", json=body)).status_code == 201
    await owned(DB.fetch(change))

    async with auditing.snapshot(database_url) as connection:
        with pytest.raises(Difference, match="Event 1 has the"):
            await auditing.audit(connection, lambda done, total: None)


async def test_only_a_last_entry_of_a_later_time_is_accepted_and_no_further_jump(
    restaurant: httpx.AsyncClient, database_url: str, forget_acceptance: None
) -> None:
    assert await accept_later(database_url) is None
    _, later = await poisoned(restaurant, 2)
    assert (await accept_later(database_url) or [None])[0] == later
    await DB.fetch("UPDATE log_head SET last_at = last_at + interval '1 s'")

    body = declaration(number="JY13799990000020", confirm_unusual_number=True)
    answer = await restaurant.post("/api/v1/notices", json=body)

    assert answer.json()["code"] == "clock_off"


async def test_a_wrong_clock_accepts_nothing(
    restaurant: httpx.AsyncClient, database_url: str, shift: Callable[[str], Awaitable[None]]
) -> None:
    await restaurant.post("/api/v1/notices", json=declaration())
    await shift("-2 days")

    with pytest.raises(ClockOff, match="clock_off"):
        await accept_later(database_url)
