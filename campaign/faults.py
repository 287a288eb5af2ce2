"""What happens to the service meanwhile: each for some seconds, and then it is over."""

import asyncio
import contextlib
import os
import random
import signal
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from campaign.clock import Clock, Whose
from tests.processes import servers, standing_still
from tests.service import Service


@dataclass
class Ground:
    """The service, its disk where that is one of its own, and its clock where that can be set."""

    service: Service
    chance: random.Random
    disk: Path | None
    clock: Clock | None
    unseen: list[str] = field(default_factory=list)
    """Jumps that the service did not say it saw."""

    def seconds(self, least: float, most: float) -> float:
        return self.chance.uniform(least, most)


Fault = Callable[[Ground], Awaitable[None]]


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _meilisearch(ground: Ground) -> list[int]:
    return ground.service.pids(f"--db-path {ground.service.data}/meilisearch")


async def web_killed(ground: Ground) -> None:
    webs = ground.service.children("notices web --fd")
    _kill(webs[:1] if ground.chance.random() < 0.5 else webs)


async def relay_killed(ground: Ground) -> None:
    _kill(ground.service.children("notices relay"))


async def postgresql_killed(ground: Ground) -> None:
    _kill(servers(ground.service.data)[:1])


async def backends_killed(ground: Ground) -> None:
    _kill(servers(ground.service.data)[1:])


async def meilisearch_killed(ground: Ground) -> None:
    _kill(_meilisearch(ground))


async def everything_killed(ground: Ground) -> None:
    ground.service.kill()
    await asyncio.to_thread(ground.service.start)


async def postgresql_frozen(ground: Ground) -> None:
    with standing_still(servers(ground.service.data)):
        await asyncio.sleep(ground.seconds(2, 10))


async def meilisearch_frozen(ground: Ground) -> None:
    with standing_still(_meilisearch(ground)):
        await asyncio.sleep(ground.seconds(2, 6))


async def web_frozen(ground: Ground) -> None:
    with standing_still(ground.service.children("notices web --fd")[:1]):
        await asyncio.sleep(ground.seconds(1, 5))


async def disk_full(ground: Ground) -> None:
    assert ground.disk is not None
    fill = ground.disk / "fill"
    try:
        ends = asyncio.get_running_loop().time() + ground.seconds(4, 10)
        while asyncio.get_running_loop().time() < ends:
            await asyncio.to_thread(_fill, fill)  # again, for what was given back meanwhile
            await asyncio.sleep(0.1)
    finally:
        fill.unlink(missing_ok=True)


def _fill(file: Path) -> None:
    with contextlib.suppress(OSError), file.open("ab", buffering=0) as out:
        for piece in (1 << 20, 4096):
            with contextlib.suppress(OSError):
                while True:
                    out.write(bytes(piece))


async def half_open(ground: Ground) -> None:
    """Hundreds of requests that are never sent to their end, faster than they are given up."""
    held: list[socket.socket] = []
    try:
        for _ in range(1500):
            one = socket.socket()
            one.setblocking(False)
            with contextlib.suppress(OSError):
                await asyncio.get_running_loop().sock_connect(
                    one, ("127.0.0.1", ground.service.port)
                )
                one.send(b"POST /api/v1/notices HTTP/1.1\r\nHost: x\r\nContent-")
            held.append(one)
        await asyncio.sleep(ground.seconds(2, 6))
    finally:
        for one in held:
            one.close()


HOURS, DAYS = 3600, 86_400
JUMPS = (400 * DAYS, -2 * HOURS, 15)
"""Seconds by which clocks are set; of 10 the service says that it cannot believe them."""


async def _jump(ground: Ground, *whose: Whose) -> None:
    """The clocks are wrong for some seconds, in which a process may begin anew under them."""
    assert ground.clock is not None
    jump = ground.chance.choice(JUMPS)
    begins = ground.chance.choice((None, None, web_killed, relay_killed, backends_killed))
    seconds = ground.seconds(2, 8)
    try:
        for each in whose:
            ground.clock.set(each, jump)
        if not await _says_so(ground):
            ground.unseen.append(f"{jump:+} s of {' and '.join(whose)}")
        if begins is not None:
            await begins(ground)
        await asyncio.sleep(seconds)
    finally:
        for each in whose:
            ground.clock.set(each, 0)


async def _says_so(ground: Ground, within: float = 30.0) -> bool:
    ends = asyncio.get_running_loop().time() + within
    async with httpx.AsyncClient(base_url=ground.service.url, timeout=5) as client:
        while asyncio.get_running_loop().time() < ends:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get("/health/ready")).json().get("clock") == "off":
                    return True
            await asyncio.sleep(0.1)
    return False


async def clock_of_database_jumps(ground: Ground) -> None:
    await _jump(ground, "database")


async def clock_of_service_jumps(ground: Ground) -> None:
    await _jump(ground, "service")


async def both_clocks_jump(ground: Ground) -> None:
    await _jump(ground, "service", "database")


ALWAYS: tuple[Fault, ...] = (
    web_killed, relay_killed, postgresql_killed, backends_killed, meilisearch_killed,
    everything_killed, postgresql_frozen, meilisearch_frozen, web_frozen, half_open,
)  # fmt: skip
CLOCKS: tuple[Fault, ...] = (clock_of_database_jumps, clock_of_service_jumps, both_clocks_jump)


def possible(ground: Ground) -> tuple[Fault, ...]:
    """Those that this machine lets us make happen."""
    disk = (disk_full, disk_full) if ground.disk else ()
    return (*ALWAYS, *disk, *(CLOCKS if ground.clock else ()))
