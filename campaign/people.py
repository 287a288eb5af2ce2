"""Who goes on declaring, withdrawing, objecting and checking, and remembers what was answered."""

import asyncio
import functools
import itertools
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from tests.api import declaration
from tests.files import picture
from tests.samples import RESTAURANT

FOOD = "food-operation-license"
NEVER = 9_000_000
"""Serials from here on are asked about and never declared."""
LATER = (429, 500, 503, 507)
"""Whoever is told so sends the same again."""
ALLOWED = timedelta(seconds=10)
"""What the service promises: no time that it writes is further from the true one."""
READY_WITHIN = 3.0
"""Seconds, and as many more as the machine has no time for anything."""
WATCH_EVERY = 0.5
SLOWEST = 3
"""Answers that are named at the end."""


def number_of(serial: int) -> str:
    return f"JY1379999{serial:07}"


@dataclass
class Memory:
    """What was answered: which number got which notice, and when; what was told otherwise."""

    declared: dict[str, str] = field(default_factory=dict)
    may_be: dict[str, set[str]] = field(default_factory=dict)
    """What a check may say of a number: one status, or two while its withdrawal is on its way."""
    unsettled: set[str] = field(default_factory=set)
    within: dict[tuple[str, str], list[datetime]] = field(default_factory=dict)
    """Of a number's event, when it was first asked for and when it was answered, in true time."""
    objections: int = 0
    told: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    checks: int = 0
    during: str = ""
    slowest: list[tuple[float, str]] = field(default_factory=list)

    def tell(self, what: str, answer: httpx.Response | None, took: float) -> None:
        if answer is None:
            self.told[f"{what}: no answer"] += 1
            return
        code = ""
        if answer.status_code >= 400:
            code = f" {_code(answer)}"
            if answer.status_code == 503 and "retry-after" not in answer.headers:
                self.wrong.append(f"{what}: 503 without Retry-After")
            if answer.status_code == 500:
                self.wrong.append(f"{what}: 500 {answer.text[:200]}")
        said = f"{what}: {answer.status_code}{code}"
        self.told[said] += 1
        self.slowest = sorted((*self.slowest, (took, f"{said} ({self.during})")))[-SLOWEST:]

    def asks(self, number: str, kind: str) -> None:
        now = datetime.now(UTC)
        self.within.setdefault((number, kind), [now, now])

    def answered(self, number: str, kind: str, at: str) -> None:
        """The event has happened; its time is looked at now, and in the log at the end."""
        self.within[number, kind][1] = datetime.now(UTC)
        self.refuse_wrong_time(number, kind, at)

    def refuse_wrong_time(self, number: str, kind: str, at: str) -> None:
        asked, answered = self.within[number, kind]
        if not asked - ALLOWED <= datetime.fromisoformat(at) <= answered + ALLOWED:
            self.wrong.append(f"{kind} {number} at {at}, really {asked} to {answered}")


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["code"])
    except (ValueError, KeyError):
        return "?"


async def asked(sent: Awaitable[httpx.Response]) -> tuple[httpx.Response | None, float]:
    """The answer, or None where the connection broke; and the seconds it took."""
    began = time.monotonic()
    try:
        answer = await sent
    except httpx.TransportError:
        await asyncio.sleep(0.2)
        answer = None
    return answer, time.monotonic() - began


async def sign_in(client: httpx.AsyncClient, person: dict[str, Any]) -> None:
    while True:
        answer, _ = await asked(client.post("/api/v1/demo/login", json=person))
        if answer is not None and answer.status_code == 204:
            return
        await asyncio.sleep(0.5)


async def written(
    client: httpx.AsyncClient,
    memory: Memory,
    person: dict[str, Any],
    what: str,
    path: str,
    key: str,
    **content: Any,
) -> httpx.Response | None:
    """The answer to one write under `key`; None where the same has to be sent again."""
    headers = {"Idempotency-Key": f"campaign {key}"}
    answer, took = await asked(client.post(path, headers=headers, **content))
    memory.tell(what, answer, took)
    if answer is None or answer.status_code in LATER:
        return None
    if answer.status_code == 401:
        await sign_in(client, person)
        return None
    return answer


async def settle(client: httpx.AsyncClient, memory: Memory, number: str) -> bool:
    """Declare `number` under a key of its own; whether that was answered for good."""
    body = declaration(number=number, confirm_unusual_number=True)
    memory.asks(number, "published")
    answer = await written(
        client, memory, RESTAURANT, "declare", "/api/v1/notices", number, json=body
    )
    if answer is None:
        return False
    if answer.status_code != 201:
        memory.wrong.append(f"declare {number}: {answer.status_code} {answer.text[:200]}")
        return True
    memory.declared[number] = answer.json()["id"]
    memory.may_be[number] = {"invalid"}
    memory.answered(number, "published", answer.json()["published_at"])
    return True


async def withdraw(client: httpx.AsyncClient, memory: Memory, number: str) -> bool:
    """Withdraw what was declared of `number`; whether that was answered for good."""
    memory.may_be[number] = {"invalid", "reinstated"}
    memory.asks(number, "withdrawn")
    path = f"/api/v1/notices/{memory.declared[number]}/withdrawal"
    key, body = f"{number} withdrawn", {"reason": "found"}
    answer = await written(client, memory, RESTAURANT, "withdraw", path, key, json=body)
    if answer is None:
        return False
    if answer.status_code != 201:
        memory.wrong.append(f"withdraw {number}: {answer.status_code} {answer.text[:200]}")
        return True
    memory.may_be[number] = {"reinstated"}
    memory.answered(number, "withdrawn", answer.json()["at"])
    return True


async def until(settled: Callable[[], Awaitable[bool]], within: float = float("inf")) -> bool:
    """Whether it is at last; it is asked again and again."""
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        if await settled():
            return True
        await asyncio.sleep(0.3)
    return False


async def declare(
    url: str, memory: Memory, serials: "itertools.count[int]", chance: random.Random, pace: float
) -> None:
    """Declare one number after the other, each until it is answered, until cancelled.

    Every tenth is withdrawn at some time.
    """
    async with httpx.AsyncClient(base_url=url, timeout=15) as client:
        await sign_in(client, RESTAURANT)
        mine: list[str] = []
        for serial in serials:
            number = number_of(serial)
            memory.unsettled.add(number)
            await until(functools.partial(settle, client, memory, number))
            memory.unsettled.discard(number)
            mine.append(number)
            if chance.random() < 0.1:
                found = mine.pop(chance.randrange(len(mine)))
                memory.unsettled.add(found)
                await until(functools.partial(withdraw, client, memory, found))
                memory.unsettled.discard(found)
            await asyncio.sleep(pace)


def strangers() -> Iterator[dict[str, Any]]:
    """People without end: each may object to a notice once."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    for number in itertools.count():
        first = f"37999919000101{number % 1000:03}"
        check = "10X98765432"[sum(int(a) * b for a, b in zip(first, weights, strict=True)) % 11]
        yield {"kind": "person", "name": "张三", "identifier": first + check}


async def object_(url: str, memory: Memory, chance: random.Random, pace: float) -> None:
    """Object to notices, half of the time with a file, each until it is answered."""
    photo = picture("PNG")
    async with httpx.AsyncClient(base_url=url, timeout=15) as client:
        for serial, person in enumerate(strangers()):
            await asyncio.sleep(pace)
            if not memory.declared:
                continue
            number = chance.choice(list(memory.declared))
            await sign_in(client, person)
            fields = {"number": number, "ground": "other", "text": "x"}
            content: dict[str, Any] = {"json": fields}
            if chance.random() < 0.5:
                parts: dict[str, Any] = {name: (None, value) for name, value in fields.items()}
                content = {"files": parts | {"evidence": ("a.png", photo, "image/png")}}
            key = f"{number} objection {serial}"
            memory.asks(key, "objection")
            objected = functools.partial(_objected, client, memory, person, key, number, content)
            await until(objected)


async def _objected(
    client: httpx.AsyncClient,
    memory: Memory,
    person: dict[str, Any],
    key: str,
    number: str,
    content: dict[str, Any],
) -> bool:
    path = f"/api/v1/notices/{memory.declared[number]}/objections"
    answer = await written(client, memory, person, "object", path, key, **content)
    if answer is None:
        return False
    if answer.status_code == 201:
        memory.objections += 1
        memory.answered(key, "objection", answer.json()["at"])
    elif answer.status_code != 409:  # withdrawn, or this person's second to the same notice
        memory.wrong.append(f"object {key}: {answer.status_code} {answer.text[:200]}")
    return True


async def check(url: str, memory: Memory, chance: random.Random, pace: float) -> None:
    """Ask for what was declared, and for what never was; each answer has to be right."""
    async with httpx.AsyncClient(base_url=url, timeout=15) as client:
        while True:
            known = list(memory.declared)
            number = number_of(NEVER + chance.randrange(900_000))
            if known and chance.random() < 0.7:
                number = chance.choice(known)
            right = set(memory.may_be.get(number, {"no_notice"}))
            question = {"certificate": FOOD, "number": number}
            answer, took = await asked(client.post("/api/v1/verifications", json=question))
            memory.tell("check", answer, took)
            right |= memory.may_be.get(number, {"no_notice"})
            if "invalid" in right and "clock" in memory.during:
                right.add("declared")  # by a clock that was set back it is not in effect yet
            if answer is not None and answer.status_code == 200:
                memory.checks += 1
                if answer.json()["status"] not in right:
                    memory.wrong.append(f"check {number}: {answer.text[:200]}, not {right}")
            await asyncio.sleep(pace)


async def watch(url: str, memory: Memory) -> None:
    """What operators are told, and how soon."""
    async with httpx.AsyncClient(base_url=url, timeout=15) as client:
        while True:
            (answer, took), (_, busy) = await asyncio.gather(
                asked(client.get("/health/ready")), asked(client.get("/health/live"))
            )
            if answer is not None:
                said = answer.json()
                memory.told[
                    f"ready: {answer.status_code} database {said.get('database')}"
                    f" clock {said.get('clock')}"
                ] += 1
                # Of those that are killed or frozen themselves nobody expects an answer.
                dead = memory.during.startswith(("web_", "everything_"))
                if took > READY_WITHIN + 3 * busy and not dead:
                    memory.wrong.append(
                        f"ready took {took:.1f} s, live {busy:.1f}, during {memory.during}"
                    )
            await asyncio.sleep(WATCH_EVERY)
