"""Whether the search finds, how fast, and what a rebuild costs, against bare Meilisearch.

`python -m bench.search --notices 200000`, and with `--data DIR` notices that are kept there: they
are filled in once, and asked about by every later run.
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
from pathlib import Path
from typing import Any

import msgspec

from bench import load, recall
from bench import plain as plain_index
from bench.declare import declaration, sign_in, until_found
from bench.plain import Plain
from bench.questions import PLAIN, Questions, Shown, corpus
from bench.verification import web_memory
from notices import deployment as deployments
from notices.database import DB
from notices.deployment import Deployment
from notices.finding.vocabulary import vocabulary_of
from notices.relay import publishing
from notices.relay.rebuilding import IN_FLIGHT, PIECE
from notices.settings import from_environment
from search import index as indexes
from search import lookup as lookups
from search.admin import Admin, make_keys
from search.engine import Engine
from search.understanding import understand
from tests import enginefarm
from tests.service import ROOT, Service

SECONDS = 8
FIRST_SECONDS = 5
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


def typed(notices: list[Shown], seed: int) -> list[str]:
    """Queries of every kind, mixed."""
    classes = Questions(notices, seed, 60).classes()
    mixed = [one.q for name in PLAIN for one in classes[name]()]
    random.Random(seed).shuffle(mixed)  # noqa: S311
    return mixed


async def asked_for(
    here: Deployment, url: str, key: str, queries: list[str]
) -> list[list[dict[str, Any]]]:
    """What the service asks the engine for these queries, question by question."""
    engine, vocabulary, now = Engine(url, key, "notices"), vocabulary_of(here), time.time()
    asked: list[list[dict[str, Any]]] = []
    try:
        for q in queries:
            lookup = lookups.Lookup(q=understand(q, vocabulary), sort="relevance")
            for attempt in lookups.attempts("notices", lookup, vocabulary, now):
                found = attempt.read(await engine.search(attempt.questions))
                asked.append(attempt.questions)
                if found.total:
                    asked += [[found.running]] if found.running else []
                    break
    finally:
        await engine.close()
    return asked


def speed(
    service: Service, queries: list[str], here: Deployment, where: dict[str, str], plain: Plain
) -> None:
    """The same queries through the API, to the engine as it comes, and as we ask it."""
    url = where["meili_url"]
    search_key, _ = make_keys(url, where["meili_master_key"], "notices")
    asked = asyncio.run(asked_for(here, url, search_key, queries))
    api = f"{service.url}/api/v1/notices"
    load.get(api, ({"q": q} for q in itertools.cycle(queries)), 2).only(200)
    ours = load.get(api, ({"q": q} for q in itertools.cycle(queries)), SECONDS).only(200)
    bare = load.post(plain.url, plain.bodies(queries), SECONDS, bearer=plain.key).only(200)
    bodies = [msgspec.json.encode({"queries": questions}) for questions in asked]
    same = load.post(
        f"{url}/multi-search", itertools.cycle(bodies), SECONDS, bearer=search_key
    ).only(200)
    each = len(asked) / len(queries)
    print(f"searches         {described(ours)} with {load.CONNECTIONS} clients")
    for name, other, rate in (
        ("bare Meilisearch", bare, bare.rate),
        ("  asked our way", same, same.rate / each),
    ):
        ratio, slower = ours.rate / rate, at(ours, 0.99) / at(other, 0.99)
        print(
            f"{name:16s} {described(other, rate)}:"
            f" a search is {ratio:.2f} of that, its p99 {slower:.1f} times"
        )
    print(f"questions        {each:8.2f}    that we ask for a search")


def described(one: load.Load, rate: float | None = None) -> str:
    return f"{rate or one.rate:8.0f} /s  p50 {at(one, 0.5):.1f} ms, p99 {at(one, 0.99):.1f} ms"


def at(one: load.Load, share: float) -> float:
    """Milliseconds within which this share of the answers came."""
    return load.percentile(one.latencies, share) * 1000


def memory(service: Service) -> None:
    [engine] = service.pids(str(service.data / "meilisearch" / "db"))
    lines = Path(f"/proc/{engine}/status").read_text().splitlines()
    resident = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
    print(
        f"memory           {web_memory(service):8.0f} MB of the web process,"
        f" {resident:.0f} MB of Meilisearch"
    )


async def bare_rebuild(here: Deployment, where: dict[str, str]) -> float:
    """Documents a second when Meilisearch is fed what a rebuild feeds it, made beforehand."""
    await DB.start(where["owner_url"], 3)
    _, key = make_keys(where["meili_url"], where["meili_master_key"], "bare")
    admin = Admin(where["meili_url"], key)
    try:
        rows = await DB.fetch("SELECT id FROM notice ORDER BY published_index")
        ids = [row["id"] for row in rows]
        with tempfile.TemporaryFile() as made:  # a million are four gigabytes
            sizes, count = [], 0
            for start in range(0, len(ids), PIECE):
                parcel = await publishing.parcel(here, ids[start : start + PIECE])
                count += len(parcel.documents)
                sizes.append(made.write(msgspec.json.encode([*parcel.documents.values()])))
            made.seek(0)
            await admin.create("bare", indexes.SETTINGS)
            began = time.perf_counter()
            tasks: list[int] = []
            for size in sizes:
                piece = msgspec.json.decode(made.read(size), type=list[msgspec.Raw])
                tasks.append(await admin.add("bare", piece))
                if len(tasks) >= IN_FLIGHT:
                    await admin.wait(tasks.pop(0))
            for task in tasks:
                await admin.wait(task)
            seconds = time.perf_counter() - began
        await admin.drop("bare")
        return count / seconds
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
            while len(measured) < SAMPLES:
                number, body = declaration()
                began = time.perf_counter()
                reply = client.post("/api/v1/notices", content=body)
                if reply.status_code == 409:
                    continue  # among a million somebody has lost that one before
                reply.raise_for_status()
                until_found(client, number, 20)
                measured.append(time.perf_counter() - began)
                time.sleep(random.uniform(0.05, 0.3))  # noqa: S311  (no rhythm with the relay's)
    finally:
        searching.terminate()
        searching.wait(10)
    return measured


def cold_start(service: Service, queries: list[str]) -> None:
    """The first answers of a service none of whose index is in memory."""
    service.stop()
    for file in (service.data / "meilisearch").rglob("*"):
        if file.is_file():
            with file.open("rb") as index:
                os.fsync(index.fileno())
                os.posix_fadvise(index.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    service.start()
    api = f"{service.url}/api/v1/notices"
    first = load.get(api, ({"q": q} for q in itertools.cycle(queries)), FIRST_SECONDS)
    refused = sum(count for status, count in first.statuses.items() if status != 200)
    print(
        f"cold start       {described(first)} in the first {FIRST_SECONDS} s,"
        f" {refused} of {len(first.latencies)} refused"
    )


def size_of(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def fill(service: Service, many: int) -> None:
    """Make `many` notices and an index of them; it says how fast."""
    service.start("--no-relay")  # the relay would work on the same while it is measured
    filled = many / notices(service, "demo", "fill", str(many), "--no-publish")
    where: dict[str, Any] = json.loads((service.data / "engines.json").read_text())
    rebuilt = many / notices(service, "reindex")
    size = size_of(service.data / "meilisearch" / "db" / "indexes")
    bare_rate = asyncio.run(bare_rebuild(deployment_of(service), where))
    print(
        f"fill             {filled:8.0f} /s  through the log\n"
        f"rebuild          {rebuilt:8.0f} /s  against {bare_rate:.0f} /s of bare Meilisearch fed"
        f" the same: {rebuilt / bare_rate:.2f}\n"
        f"index            {size:8.0f} MB",
        flush=True,
    )
    service.stop()


def deployment_of(service: Service) -> Deployment:
    return deployments.load(from_environment({"DATA": str(service.data)}))


def ask(service: Service, many: int) -> None:
    """Ask `many` questions of each class, then as many as can be answered."""
    service.start()
    where: dict[str, Any] = json.loads((service.data / "engines.json").read_text())
    search_key, write_key = make_keys(where["meili_url"], where["meili_master_key"], "plain")
    admin = Admin(where["meili_url"], write_key)
    try:
        asyncio.run(plain_index.fill(where["owner_url"], admin))
        shown = asyncio.run(corpus(where["owner_url"]))
        queries = typed(shown, 7)
        plain = Plain(where["meili_url"], search_key)
        with service.client() as client:
            recall.report(recall.through(client), plain, shown, many=many)
        speed(service, queries, deployment_of(service), where, plain)
        asyncio.run(admin.drop(plain_index.INDEX))
    finally:
        admin.close()
    found = found_after(service, queries)
    print(
        f"found after      {load.percentile(found, 0.5) * 1000:8.0f} ms (p50)"
        f" {load.percentile(found, 0.95) * 1000:.0f} ms (p95) while {BESIDE} searches a second run"
    )
    memory(service)
    cold_start(service, queries)


def run(many: int, questions: int = 150, data: Path | None = None) -> None:
    """Measure on a service of its own with `many` notices, or on one whose `data` is kept."""
    with tempfile.TemporaryDirectory(prefix="notices-bench-") as root:
        measured = Service((data or Path(root) / "data").resolve())
        try:
            done = measured.data / "filled"
            if not done.exists():
                fill(measured, many)
                done.touch()
            ask(measured, questions)
        finally:
            measured.stop()
            if data is None:
                enginefarm.remove(measured.data)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure the search.")
    parser.add_argument("--notices", type=int, default=200_000)
    parser.add_argument("--questions", type=int, default=150, help="of each class")
    parser.add_argument("--data", type=Path, help="a folder whose notices are kept for later runs")
    options = parser.parse_args()
    run(options.notices, options.questions, options.data)
