"""Declarations a second against bare one-row commits, and how soon a declaration is found."""

import asyncio
import random
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import asyncpg
import httpx
import msgspec

from bench.load import CONNECTIONS, percentile, post
from notices.engines import Engines
from tests.samples import RESTAURANT
from tests.service import Service

SECONDS = 8
SAMPLES = 60
WITHIN = 60.0

_serials = count(random.randrange(800_000))  # noqa: S311
"""Somewhere else than where the last run on the same data began."""


def declaration() -> tuple[str, bytes]:
    """A number that was never declared, and the declaration of it."""
    number = f"370799{next(_serials):06}"
    organisation: Any = RESTAURANT["organisation"]
    body = {
        "certificate": "tobacco-retail-license",
        "number": number,
        "copies": "original",
        "cause": "lost",
        "lost_on": "2026-11-01",
        "holder": {"kind": "organisation", **organisation},
        "region": "370705",
        "publication_consent": True,
        "truthful": True,
    }
    return number, msgspec.json.encode(body)


def sign_in(service: Service) -> str:
    """The cookie of the restaurant's owner."""
    with service.client() as client:
        client.post("/api/v1/demo/login", json=RESTAURANT).raise_for_status()
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


async def bare_inserts(url: str, seconds: float) -> float:
    """Commits a second of one row each, by as many connections as there are clients."""
    connections = [await asyncpg.connect(url) for _ in range(CONNECTIONS)]
    await connections[0].execute("CREATE TABLE bench (id bigint GENERATED ALWAYS AS IDENTITY)")
    until = time.perf_counter() + seconds

    async def insert(connection: asyncpg.Connection) -> int:
        done = 0
        while time.perf_counter() < until:
            await connection.fetch("INSERT INTO bench DEFAULT VALUES")
            done += 1
        return done

    try:
        began = time.perf_counter()
        done = sum(await asyncio.gather(*map(insert, connections)))
        return done / (time.perf_counter() - began)
    finally:
        await connections[0].execute("DROP TABLE bench")
        for connection in connections:
            await connection.close()


def bodies() -> Iterator[bytes]:
    while True:
        yield declaration()[1]


def until_found(client: httpx.Client, number: str, within: float) -> float:
    """How long until a search for `number` finds it."""
    began = time.perf_counter()
    while time.perf_counter() - began < within:
        found = client.get("/api/v1/notices", params={"q": number}).json()
        if not found["degraded"] and any(each["number"] == number for each in found["notices"]):
            return time.perf_counter() - began
        time.sleep(0.005)
    raise RuntimeError(f"a declaration was not found within {within:.0f} s")


def delays(service: Service, cookie: str) -> tuple[float, list[float]]:
    """How long the index needed after the load, and then on an idle machine for each of some."""
    with service.client() as client:
        client.headers["cookie"] = cookie
        client.headers["content-type"] = "application/json"

        def declare_and_find(within: float) -> float:
            number, body = declaration()
            began = time.perf_counter()
            client.post("/api/v1/notices", content=body).raise_for_status()
            until_found(client, number, within)
            return time.perf_counter() - began

        caught_up = declare_and_find(WITHIN)
        measured = []
        for _ in range(SAMPLES):
            time.sleep(random.uniform(0.05, 0.4))  # noqa: S311  (no rhythm with the relay's)
            measured.append(declare_and_find(10))
        return caught_up, measured


def main(service: Service) -> None:
    cookie = sign_in(service)
    url = f"{service.url}/api/v1/notices"
    post(url, bodies(), 1, cookie=cookie).only(201)  # first requests warm things up
    engines = Engines.open(service.data)
    try:
        inserts = asyncio.run(bare_inserts(engines.owner_url, SECONDS / 2))
    finally:
        engines.close()
    load = post(url, bodies(), SECONDS, cookie=cookie).only(201)
    caught_up, found = delays(service, cookie)
    print(
        f"declarations     {load.rate:8.0f} /s  with {CONNECTIONS} clients;"
        f" p50 {percentile(load.latencies, 0.5) * 1000:.1f} ms,"
        f" p99 {percentile(load.latencies, 0.99) * 1000:.1f} ms\n"
        f"bare commits     {inserts:8.0f} /s  of one row by {CONNECTIONS} connections:"
        f" a declaration is {load.rate / inserts:.0%} of that\n"
        f"found after      {percentile(found, 0.5) * 1000:8.0f} ms (p50)"
        f" {percentile(found, 0.95) * 1000:.0f} ms (p95) on an idle machine;"
        f" {caught_up:.1f} s after the load"
    )
