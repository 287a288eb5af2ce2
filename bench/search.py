"""Whether the search finds, how fast, and what a rebuild costs, against bare Meilisearch.

`python -m bench.search --notices 200000`
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from bench import load, recall
from bench.declare import declaration, sign_in, until_found
from bench.verify import web_memory
from notices import deployment as deployments
from notices.database import DB
from notices.relay import publishing
from notices.relay.rebuilding import IN_FLIGHT, PIECE
from notices.settings import from_environment
from search import index as indexes
from search import lookup as lookups
from search.engine import Admin, make_keys
from search.understanding import understand
from tests import enginefarm
from tests.service import ROOT, Service

SECONDS = 8
SAMPLES = 40
BESIDE = 50
"""Searches a second that run while it is measured how soon a declaration is found."""


def notices(service: Service, *arguments: str) -> float:
    """The seconds that a command took."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "notices", *arguments],
        env={**os.environ, "DATA": str(service.data)},
        cwd=ROOT,
        check=True,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def typed(url: str, seed: int) -> list[str]:
    """Queries of every kind, mixed."""
    corpus = asyncio.run(recall.corpus(url))
    kinds = [
        [one.q for one in questions]
        for name, questions in recall.Questions(corpus, seed, 60).classes()
        if name in recall.PLAIN
    ]
    mixed = list(itertools.chain.from_iterable(kinds))
    random.Random(seed).shuffle(mixed)  # noqa: S311
    return mixed


def bare(index: str, queries: list[str]) -> Iterator[bytes]:
    """The questions with which the API would begin, facets and all."""
    for q in itertools.cycle(queries):
        lookup = lookups.Lookup(q=understand(q), sort="relevance")
        attempt = next(lookups.attempts(index, lookup, frozenset(), time.time()))
        yield msgspec.json.encode({"queries": attempt.questions})


def speed(service: Service, where: dict[str, str]) -> None:
    queries = typed(where["database_url"], 7)
    search_key, _ = make_keys(where["meili_url"], where["meili_master_key"], "notices")
    api = f"{service.url}/api/v1/notices"
    asked = ({"q": q} for q in itertools.cycle(queries))
    raw = bare("notices", queries)
    load.get(api, asked, 2).only(200)
    ours = load.get(api, asked, SECONDS).only(200)
    theirs = load.post(f"{where['meili_url']}/multi-search", raw, SECONDS, bearer=search_key).only(
        200
    )
    ratio = ours.rate / theirs.rate
    at = [
        tuple(load.percentile(one.latencies, share) * 1000 for share in (0.5, 0.99))
        for one in (ours, theirs)
    ]
    print(
        f"searches         {ours.rate:8.0f} /s  with {load.CONNECTIONS} clients;"
        f" p50 {at[0][0]:.1f} ms, p99 {at[0][1]:.1f} ms\n"
        f"bare Meilisearch {theirs.rate:8.0f} /s  p50 {at[1][0]:.1f} ms, p99 {at[1][1]:.1f} ms:"
        f" a search is {ratio:.0%} of that, its p99 {at[0][1] / at[1][1]:.1f} times\n"
        f"web process      {web_memory(service):8.0f} MB resident"
    )


async def bare_rebuild(service: Service, where: dict[str, str]) -> float:
    """Documents a second when Meilisearch is fed what a rebuild feeds it, made beforehand."""
    settings = from_environment({"DATA": str(service.data)})
    here = deployments.load(settings)
    await DB.start(where["database_url"], 3)
    _, key = make_keys(where["meili_url"], where["meili_master_key"], "bare")
    admin = Admin(where["meili_url"], key)
    try:
        rows = await DB.fetch("SELECT id FROM notice ORDER BY published_index")
        ids = [row["id"] for row in rows]
        pieces = []
        for start in range(0, len(ids), PIECE):
            parcel = await publishing.parcel(here, ids[start : start + PIECE])
            pieces.append(list(parcel.documents.values()))
        await admin.create("bare", indexes.SETTINGS)
        began = time.perf_counter()
        tasks: list[int] = []
        for piece in pieces:
            tasks.append(await admin.add("bare", piece))
            if len(tasks) >= IN_FLIGHT:
                await admin.wait(tasks.pop(0))
        for task in tasks:
            await admin.wait(task)
        seconds = time.perf_counter() - began
        await admin.drop("bare")
        return sum(map(len, pieces)) / seconds
    finally:
        admin.close()
        await DB.stop()


def found_after(service: Service, queries: list[str]) -> list[float]:
    """How soon declarations are found while others search."""
    cookie = sign_in(service)
    searching = subprocess.Popen(
        [sys.executable, "-m", "bench.searching", service.url, str(BESIDE), *queries[:200]],
        cwd=ROOT,
    )
    measured = []
    try:
        with service.client() as client:
            client.headers.update({"cookie": cookie, "content-type": "application/json"})
            for _ in range(SAMPLES):
                number, body = declaration()
                began = time.perf_counter()
                client.post("/api/v1/notices", content=body).raise_for_status()
                until_found(client, number, 20)
                measured.append(time.perf_counter() - began)
                time.sleep(random.uniform(0.05, 0.3))  # noqa: S311  (no rhythm with the relay's)
    finally:
        searching.terminate()
        searching.wait(10)
    return measured


def size_of(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def main(service: Service, many: int) -> None:
    service.start("--no-relay")  # the relay would work on the same while it is measured
    filled = many / notices(service, "demo", "fill", str(many), "--no-publish")
    where: dict[str, Any] = json.loads((service.data / "engines.json").read_text())
    rebuilt = many / notices(service, "reindex")
    bare_rate = asyncio.run(bare_rebuild(service, where))
    print(
        f"fill             {filled:8.0f} /s  through the log\n"
        f"rebuild          {rebuilt:8.0f} /s  against {bare_rate:.0f} /s of bare Meilisearch:"
        f" {rebuilt / bare_rate:.0%}\n"
        f"index            {size_of(service.data / 'meilisearch' / 'db' / 'indexes'):8.0f} MB"
    )
    service.stop()
    service.start()
    where = json.loads((service.data / "engines.json").read_text())
    with service.client() as client:
        recall.report(client, where["database_url"])
    speed(service, where)
    found = found_after(service, typed(where["database_url"], 3))
    print(
        f"found after      {load.percentile(found, 0.5) * 1000:8.0f} ms (p50)"
        f" {load.percentile(found, 0.95) * 1000:.0f} ms (p95) while {BESIDE} searches a second run"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure the search.")
    parser.add_argument("--notices", type=int, default=200_000)
    many = parser.parse_args().notices
    with tempfile.TemporaryDirectory(prefix="notices-bench-") as root:
        measured = Service(Path(root) / "data")
        try:
            main(measured, many)
        finally:
            measured.stop()
            enginefarm.remove(measured.data)
