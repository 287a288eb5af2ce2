"""Checks share a statement, and none of them can tell: not by its answer, nor by another's end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from msgspec import ValidationError

from notices import verification
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.facts.public.answer import Answer
from notices.matching_keys import Stale
from notices.verification import Question, matching, together
from notices.verification.matching import Asked, Match
from tests import publishing
from tests.owning import owning

FOOD = "food-operation-license"
NUMBERS = ["JY13799990000011", "JY13799990000046", "JY13799990000062", "JY13799990000087"]

pytestmark = pytest.mark.usefixtures("database")


class Statements:
    """What was asked together; a statement goes on when it is told to."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.fail: Exception | None = None
        self._look_up = matching.look_up

    async def look_up(
        self, asked: Sequence[Asked], state: str
    ) -> tuple[datetime, int, list[list[Match]]]:
        self.sizes.append(len(asked))
        if self.fail is not None:
            self.fail, error = None, self.fail
            raise error
        met = await self._look_up(asked, state)
        self.begun.set()
        await self.go_on.wait()
        return met


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Statements:
    found = Statements()
    monkeypatch.setattr(matching, "look_up", found.look_up)
    monkeypatch.setattr(together, "LONG", 60.0)
    return found


class Place:
    def __init__(self, client: str) -> None:
        self.client = client
        self.aside_now = 0

    @asynccontextmanager
    async def aside(self) -> AsyncIterator[None]:
        self.aside_now += 1
        yield
        self.aside_now -= 1


async def ask(here: Deployment, number: str, place: together.Place = together.NOWHERE) -> Answer:
    question = Question(certificate=FOOD, number=number)
    checked = await verification.check(here, [question])
    [answer] = await verification.answers(here, checked, place)
    return answer


def asking(
    here: Deployment, number: str, place: together.Place = together.NOWHERE
) -> asyncio.Task[Answer]:
    return asyncio.ensure_future(ask(here, number, place))


async def settled() -> None:
    """All who ask have asked."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_all_who_wait_share_the_next_and_each_hears_of_its_own(
    deployment: Deployment, statements: Statements
) -> None:
    ids = {number: await publishing.declared(deployment, number) for number in NUMBERS[:3]}
    statements.go_on.clear()
    first = asking(deployment, NUMBERS[0])
    await statements.begun.wait()
    rest = [asking(deployment, NUMBERS[place % 4]) for place in range(40)]
    await settled()
    statements.go_on.set()

    answers = await asyncio.gather(first, *rest)

    assert statements.sizes == [1, 32, 8]
    assert [(each.number, each.notice) for each in answers[1:]] == [
        (NUMBERS[place % 4], ids.get(NUMBERS[place % 4])) for place in range(40)
    ]


async def test_who_asks_while_a_statement_runs_hears_what_was_declared_meanwhile(
    deployment: Deployment, statements: Statements
) -> None:
    statements.go_on.clear()
    before = asking(deployment, NUMBERS[0])
    await statements.begun.wait()
    id = await publishing.declared(deployment, NUMBERS[0])
    after = asking(deployment, NUMBERS[0])
    await settled()
    statements.go_on.set()

    assert ((await before).status, (await before).log_size) == ("no_notice", 0)
    assert ((await after).notice, (await after).log_size) == (id, 1)


@pytest.mark.parametrize("leaves", [0, 1])
async def test_who_leaves_leaves_the_others_their_answers(
    deployment: Deployment, statements: Statements, leaves: int
) -> None:
    statements.go_on.clear()
    asked = [asking(deployment, NUMBERS[0])]
    await statements.begun.wait()
    asked += [asking(deployment, number) for number in NUMBERS[1:]]
    await settled()
    asked.pop(leaves).cancel()
    await settled()
    statements.go_on.set()

    assert len(await asyncio.gather(*asked)) == 3
    assert statements.sizes == [1, 3 if leaves == 0 else 2]


async def test_a_statement_that_fails_fails_for_its_own_alone(
    deployment: Deployment, statements: Statements
) -> None:
    statements.go_on.clear()
    first = asking(deployment, NUMBERS[0])
    await statements.begun.wait()
    statements.fail = Unavailable()
    second, third = (asking(deployment, number) for number in NUMBERS[1:3])
    await settled()
    statements.go_on.set()
    heard = await asyncio.gather(first, second, third, return_exceptions=True)

    assert [type(each) for each in heard] == [Answer, Unavailable, Unavailable]
    assert (await ask(deployment, NUMBERS[0])).status == "no_notice"


async def test_what_was_hashed_by_another_key_is_hashed_anew(
    deployment: Deployment, statements: Statements
) -> None:
    statements.fail = Stale()

    assert (await ask(deployment, NUMBERS[0])).status == "no_notice"
    assert statements.sizes == [1, 1]


async def test_hashes_by_two_keys_are_never_in_one_statement(
    deployment: Deployment, statements: Statements
) -> None:
    checked = await verification.check(deployment, [Question(certificate=FOOD, number=NUMBERS[0])])
    asked, state = checked[0].asked, checked[0].state
    statements.go_on.clear()
    first = asyncio.ensure_future(together.look_up(asked, state))
    await statements.begun.wait()
    waiting = [
        asyncio.ensure_future(together.look_up(asked, each)) for each in (state, "other", state)
    ]
    await settled()
    statements.go_on.set()
    # A register that another test has let name its key refuses the other one.
    await asyncio.gather(first, *waiting, return_exceptions=True)

    assert statements.sizes == [1, 1, 1, 1]


async def test_of_each_client_as_many_as_of_any_other(
    deployment: Deployment, statements: Statements
) -> None:
    many, few = Place("many"), Place("few")
    statements.go_on.clear()
    first = asking(deployment, NUMBERS[0])
    await statements.begun.wait()
    crowd = [asking(deployment, NUMBERS[0], many) for _ in range(100)]
    await settled()
    assert many.aside_now == 100
    other = asking(deployment, NUMBERS[1], few)
    await settled()
    statements.begun.clear()
    statements.go_on.set()
    await other

    assert sum(each.done() for each in crowd) <= together.MOST
    await asyncio.gather(first, *crowd)
    assert many.aside_now == 0


async def test_nobody_waits_behind_a_statement_that_takes_long(
    deployment: Deployment, statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements.go_on.clear()
    slow = asking(deployment, NUMBERS[0])
    await statements.begun.wait()
    monkeypatch.setattr(together, "LONG", -1.0)
    another = asking(deployment, NUMBERS[1])
    await settled()

    assert statements.sizes == [1, 1]
    statements.go_on.set()
    await asyncio.gather(slow, another)


async def test_within_a_transaction_it_is_asked_there(deployment: Deployment) -> None:
    with pytest.raises(Unavailable):
        async with DB.transaction():
            await DB.fetch("UPDATE log_head SET size = 7")
            assert (await ask(deployment, NUMBERS[0])).log_size == 7
            raise Unavailable

    assert (await ask(deployment, NUMBERS[0])).log_size == 0


async def test_behind_a_database_that_stands_still_nobody_waits_longer_than_a_statement(
    deployment: Deployment, statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DB, "patience", 0.3)
    statements.go_on.clear()
    crowd = [asking(deployment, NUMBERS[0]) for _ in range(100)]
    async with asyncio.timeout(30):  # or this never ends
        heard = await asyncio.gather(*crowd, return_exceptions=True)
    begun = [*statements.sizes]
    statements.go_on.set()

    assert {type(each) for each in heard} == {Unavailable}
    # As of any statement that takes too long: who is behind in the client's queue is sent away.
    assert {type(each.__cause__) for each in heard if isinstance(each, Unavailable)} == {
        TimeoutError
    }
    assert begun == [32]  # all of them have left before the second
    assert (await ask(deployment, NUMBERS[0])).status == "no_notice"


async def test_what_one_of_them_met_and_cannot_be_read_is_not_the_others_fault(
    deployment: Deployment, statements: Statements
) -> None:
    damaged = await publishing.declared(deployment, NUMBERS[1])
    whole = await publishing.declared(deployment, NUMBERS[2])
    async with owning():
        await DB.fetch("UPDATE notice SET form = '{}' WHERE id = $1", damaged)
    statements.go_on.clear()
    first = asking(deployment, NUMBERS[0])
    await statements.begun.wait()
    rest = [asking(deployment, number) for number in NUMBERS[1:]]
    await settled()
    statements.go_on.set()
    await first
    heard = await asyncio.gather(*rest, return_exceptions=True)

    assert [each.notice if isinstance(each, Answer) else type(each) for each in heard] == [
        ValidationError, whole, None,
    ]  # fmt: skip


async def test_checks_leave_most_connections_to_others(
    deployment: Deployment, statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However slow the disk: each statement that takes long was one more connection."""
    monkeypatch.setattr(together, "LONG", -1.0)
    statements.go_on.clear()
    asked = []
    for _ in range(20):
        asked.append(asking(deployment, NUMBERS[0]))
        await settled()
    begun = len(statements.sizes)
    statements.go_on.set()
    await asyncio.gather(*asked)

    assert begun == together._most_lanes() < 10
    assert sum(statements.sizes) == 20


async def test_who_is_ended_before_they_began_keeps_nobody_from_asking(
    deployment: Deployment, statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(DB, "patience", 0.3)
    checked = await verification.check(deployment, [Question(certificate=FOOD, number=NUMBERS[0])])
    met = asyncio.ensure_future(together.look_up(checked[0].asked, checked[0].state))
    await asyncio.sleep(0)  # one step, after which the other's first one is to come
    for task in together._tasks:
        task.cancel()
    with pytest.raises(Unavailable):
        await met

    assert (await ask(deployment, NUMBERS[0])).status == "no_notice"
    assert not together._running
