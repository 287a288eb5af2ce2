"""Whoever opens many connections waits in his own queue, and nobody else does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from notices.facts.errors import Unavailable
from notices.web import places
from notices.web.middleware import turns
from notices.web.middleware.turns import AT_ONCE, Turns
from notices.web.places import Place

GREEDY, OTHER = ("192.0.2.1", 1), ("192.0.2.2", 1)
Handler = Callable[[Any, Any, Any], Awaitable[None]]


async def answer(send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


class Working:
    """An application whose requests are at work until they are told to end."""

    def __init__(self, silent: bool = False) -> None:
        self.silent = silent
        self.present: list[str] = []
        self.end = asyncio.Event()
        self.most = self.served = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.served += 1
        self.present.append(scope["client"][0])
        self.most = max(self.most, self.present.count(GREEDY[0]))
        await self.end.wait()
        self.present.remove(scope["client"][0])
        if not self.silent:
            await answer(send)


def ask(app: Any, client: tuple[str, int], path: str = "/") -> "asyncio.Task[httpx.Response]":
    async def request() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, client=client)
        async with httpx.AsyncClient(transport=transport, base_url="http://x.example") as one:
            return await one.post(path, content=b"a")

    return asyncio.create_task(request())


async def settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_of_one_client_so_many_are_worked_on_and_of_another_as_many() -> None:
    app = Working()
    behind = Turns(app)
    many = [ask(behind, GREEDY) for _ in range(50)]
    await settle()
    assert app.present == [GREEDY[0]] * AT_ONCE

    other = ask(behind, OTHER)
    await settle()
    assert app.present == [GREEDY[0]] * AT_ONCE + [OTHER[0]]
    health = ask(behind, GREEDY, "/health/live")
    await settle()
    assert len(app.present) == AT_ONCE + 2

    app.end.set()
    answers = await asyncio.gather(*many, other, health)
    assert {each.status_code for each in answers} == {200}
    assert app.most == AT_ONCE + 1  # with the one that asked for health
    assert behind._queues == {}


async def test_addresses_of_one_ipv6_network_wait_in_one_queue() -> None:
    app = Working()
    behind = Turns(app)
    many = [ask(behind, (f"2001:db8::{host:x}", 1)) for host in range(1, 20)]
    await settle()

    assert len(app.present) == AT_ONCE
    app.end.set()
    await asyncio.gather(*many)


async def test_a_slow_body_takes_no_turn() -> None:
    sent = asyncio.Event()
    served = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        served.append(scope["path"])
        await answer(send)

    behind = Turns(app)

    async def slow() -> None:
        async def receive() -> Any:
            await sent.wait()
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None: ...

        scope: Any = {"type": "http", "path": "/slow", "client": GREEDY, "state": {}}
        await behind(scope, receive, send)

    waiting = [asyncio.create_task(slow()) for _ in range(20)]
    await settle()
    assert (await ask(behind, GREEDY, "/quick")).status_code == 200
    sent.set()
    await asyncio.gather(*waiting)
    assert served == ["/quick"] + ["/slow"] * 20


async def test_whoever_gets_no_turn_is_told_to_come_back(
    monkeypatch: pytest.MonkeyPatch, client: httpx.AsyncClient
) -> None:
    app = client._transport.app  # type: ignore[attr-defined]
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    queue = turns.Queue()
    queue.present = 1
    queue.working = AT_ONCE
    behind = next(each for each in chain(app.asgi_handler) if isinstance(each, Turns))
    monkeypatch.setitem(behind._queues, "127.0.0.1/32", queue)
    refused = await client.get("/api/v1/catalogue")

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    queue.leave()
    assert (await client.get("/api/v1/catalogue")).status_code == 200


def chain(app: Any) -> list[Any]:
    """The layers around an application, the outermost first."""
    layers = [app]
    while hasattr(layers[-1], "app"):
        layers.append(layers[-1].app)
    return layers


async def test_a_turn_is_handed_on_when_whoever_waits_is_gone() -> None:
    app = Working()
    behind = Turns(app)
    many = [ask(behind, GREEDY) for _ in range(AT_ONCE + 3)]
    await settle()
    for each in many[AT_ONCE : AT_ONCE + 2]:
        each.cancel()
    await settle()
    app.end.set()
    answers = await asyncio.gather(*many, return_exceptions=True)

    good = [each for each in answers if isinstance(each, httpx.Response)]
    assert len(good) == AT_ONCE + 1
    assert behind._queues == {}


async def test_a_full_place_is_waited_for_and_then_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PATIENCE", 0.05)
    place = Place(1)
    queue = turns.Queue()
    turn = turns.Turn("", queue)
    await turn.take()
    request: Any = type("Asked", (), {"scope": {"state": {turns.TURN: turn}}})()
    async with place.taken(request):
        await settle()
        assert queue.working == 0  # out of turn
        with pytest.raises(Unavailable):
            async with place.taken(request):
                raise AssertionError
    async with place.taken(request):
        pass


async def test_behind_a_database_that_stands_still_nobody_waits_for_a_turn() -> None:
    """Or each four of one client would wait as long as a statement may, one after another."""
    working = Working(silent=True)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if not scope["state"].get(turns.NO_TURN):
            await working(scope, receive, send)
            scope["state"][turns.IN_VAIN] = True
        await answer(send)

    behind = Turns(app)
    greedy = [ask(behind, GREEDY) for _ in range(AT_ONCE + 5)]
    await settle()
    assert working.present == [GREEDY[0]] * AT_ONCE

    working.end.set()
    await asyncio.gather(*greedy)

    assert working.most == AT_ONCE
    assert working.served == AT_ONCE  # the five behind them were told at once
    assert behind._queues == {}


async def test_answers_that_wait_for_nothing_do_not_all_come_before_somebody_elses() -> None:
    """What is not there is refused in one step, and two hundred of those were one long step."""
    order: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        client = scope["client"][0]
        for _ in range(6 if client == OTHER[0] else 0):
            await asyncio.sleep(0)  # its words with the database
        order.append(client)
        await answer(send)

    async def call(client: tuple[str, int]) -> None:
        async def nothing(*_: Any) -> Any:
            return None

        await behind({"type": "http", "path": "/", "client": client}, nothing, nothing)

    behind = Turns(app)
    await asyncio.gather(call(OTHER), *(call(GREEDY) for _ in range(200)))

    assert order.index(OTHER[0]) < 12 * AT_ONCE
    await settle()
    assert behind._queues == {}


async def test_whoever_hung_up_is_not_worked_for() -> None:
    """Two hundred who ask for what takes long and hang up would keep others waiting for it."""
    app = Working()
    behind = Turns(app)
    greedy = [ask(behind, GREEDY) for _ in range(AT_ONCE)]
    await settle()
    statuses: list[int] = []

    async def send(message: Any) -> None:
        statuses.append(message.get("status"))

    scope: Any = {"type": "http", "path": "/", "client": GREEDY,
                  "state": {turns.HAS_GONE: lambda: True}}  # fmt: skip
    gone = asyncio.create_task(behind(scope, None, send))  # type: ignore[arg-type]
    app.end.set()
    await asyncio.gather(*greedy, gone)

    assert app.served == AT_ONCE
    assert statuses[0] == turns.NOBODY
    assert behind._queues == {}


async def test_a_place_is_not_taken_for_whoever_hung_up() -> None:
    state = {turns.HAS_GONE: lambda: True}
    request: Any = type("Asked", (), {"scope": {"state": state}})()
    place = Place(1)
    with pytest.raises(Unavailable):
        async with place.taken(request):
            raise AssertionError

    state[turns.HAS_GONE] = lambda: False
    async with place.taken(request):
        pass
