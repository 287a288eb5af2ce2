"""Who goes on declaring and checking, whatever happens, and remembers what was answered."""

import asyncio
import itertools
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.samples import RESTAURANT, declaration

FOOD = "food-operation-license"
NEVER = 9_000_000
"""Serials from here on are asked about and never declared."""


def number_of(serial: int) -> str:
    return f"JY1379999{serial:07}"


@dataclass
class Memory:
    """What was answered: which number got which notice, and when; what was told otherwise."""

    declared: dict[str, str] = field(default_factory=dict)
    unsettled: set[str] = field(default_factory=set)
    told: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    checks: int = 0
    during: str = ""
    slowest: tuple[float, str] = (0.0, "")

    def tell(self, what: str, answer: httpx.Response | None, took: float) -> None:
        if answer is None:
            self.told[f"{what}: no answer"] += 1
            return
        self.slowest = max(self.slowest, (took, f"{what} during {self.during}"))
        code = ""
        if answer.status_code >= 400:
            code = f" {_code(answer)}"
            if answer.status_code == 503 and "retry-after" not in answer.headers:
                self.wrong.append(f"{what}: 503 without Retry-After")
            if answer.status_code == 500:
                self.wrong.append(f"{what}: 500 {answer.text[:200]}")
        self.told[f"{what}: {answer.status_code}{code}"] += 1


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["code"])
    except (ValueError, KeyError):
        return "?"


async def asked(sent: Any) -> tuple[httpx.Response | None, float]:
    """The answer, or None where the connection broke; and the seconds it took."""
    began = time.monotonic()
    try:
        answer = await sent
    except httpx.TransportError:
        await asyncio.sleep(0.2)
        answer = None
    return answer, time.monotonic() - began


async def sign_in(client: httpx.AsyncClient) -> None:
    while True:
        answer, _ = await asked(client.post("/api/v1/demo/login", json=RESTAURANT))
        if answer is not None and answer.status_code == 204:
            return
        await asyncio.sleep(0.5)


async def settle(client: httpx.AsyncClient, memory: Memory, number: str) -> bool:
    """Declare `number` under a key of its own; whether that was answered for good."""
    body = declaration(number=number, confirm_unusual_number=True)
    headers = {"Idempotency-Key": f"campaign {number}"}
    answer, took = await asked(client.post("/api/v1/notices", json=body, headers=headers))
    memory.tell("declare", answer, took)
    if answer is None or answer.status_code in (429, 500, 503, 507):
        return False
    if answer.status_code == 401:
        await sign_in(client)
        return False
    if answer.status_code != 201:
        memory.wrong.append(f"declare {number}: {answer.status_code} {answer.text[:200]}")
        return True
    memory.declared[number] = answer.json()["id"]
    return True


async def declare(url: str, memory: Memory, serials: "itertools.count[int]", pace: float) -> None:
    """Declare one number after the other, each until it is answered, until cancelled."""
    async with httpx.AsyncClient(base_url=url, timeout=15) as client:
        await sign_in(client)
        for serial in serials:
            number = number_of(serial)
            memory.unsettled.add(number)
            while True:
                if await settle(client, memory, number):
                    break
                await asyncio.sleep(0.3)
            memory.unsettled.discard(number)
            await asyncio.sleep(pace)


async def check(url: str, memory: Memory, chance: random.Random, pace: float) -> None:
    """Ask for what was declared, and for what never was; each answer has to be right."""
    async with httpx.AsyncClient(base_url=url, timeout=15) as client:
        while True:
            known = list(memory.declared)
            expected = "invalid" if known and chance.random() < 0.7 else "no_notice"
            serial = NEVER + chance.randrange(900_000)
            number = chance.choice(known) if expected == "invalid" else number_of(serial)
            question = {"certificate": FOOD, "number": number}
            answer, took = await asked(client.post("/api/v1/verifications", json=question))
            memory.tell("check", answer, took)
            if answer is not None and answer.status_code == 200:
                memory.checks += 1
                if answer.json()["status"] != expected:
                    memory.wrong.append(f"check {number}: {answer.text[:200]}, not {expected}")
            await asyncio.sleep(pace)


async def watch(url: str, memory: Memory) -> None:
    """What operators are told, and how soon."""
    async with httpx.AsyncClient(base_url=url, timeout=15) as client:
        while True:
            answer, took = await asked(client.get("/health/ready"))
            if answer is not None:
                database = answer.json().get("database")
                memory.told[f"ready: {answer.status_code} database {database}"] += 1
                # Of those that are killed or frozen themselves nobody expects an answer.
                if took > 3 and not memory.during.startswith(("web_", "everything_")):
                    memory.wrong.append(f"ready took {took:.1f} s during {memory.during}")
            await asyncio.sleep(0.5)
