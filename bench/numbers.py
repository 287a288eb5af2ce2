"""What the statistics cost among a million notices: `python -m bench.numbers`, `--notices N`.

The register is made as `bench.many` makes it. Printed is what the follower needs for an event and
for its longest step, what reading the numbers costs, and what page and files cost a client beside
the least that any handler costs, by turns.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import repeat
from pathlib import Path

import asyncpg
import httpx

from bench import load
from bench.many import WRITTEN, multiplied, web
from bench.verification import bare_server
from notices import deployment as deployments
from notices.database import DB
from notices.deployment import Deployment
from notices.engines import Engines
from notices.settings import from_environment
from notices.statistics import following, reading
from tests.service import ROOT

PATHS = ("/statistics.json", "/statistics.csv", "/statistics")
ROUNDS = 5
SECONDS = 2.0


async def counted(here: Deployment, owner: str) -> None:
    """Count all of them from the first on, and read the numbers."""
    database = await asyncpg.connect(owner)
    # The copies' places reach further than the log that they are no part of.
    size = await database.fetchval("SELECT max(index) + 1 FROM event")
    await database.execute("UPDATE log_head SET size = $1", size)
    await database.close()
    await DB.start(owner, 2)
    try:
        took, began = [], time.perf_counter()
        while True:
            before = time.perf_counter()
            taken = await following.step()
            if not taken:
                break
            took.append(time.perf_counter() - before)
        passed = time.perf_counter() - began
        print(
            f"counting         {passed:8.1f} s  for {size:,} events,"
            f" {passed / size * 1e6:.1f} µs each; a step of {following.BATCH:,}:"
            f" {statistics.median(took) * 1000:.0f} ms, longest {max(took) * 1000:.0f} ms"
        )
        numbers = await reading.read(here)
        await DB.fetch(following._MOVE, following.FOLLOWER, size - 1)
        before = time.perf_counter()
        await following.step()
        print(f"one event        {(time.perf_counter() - before) * 1000:8.1f} ms")
        reads = []
        for _ in range(50):
            before = time.perf_counter()
            numbers = await reading.read(here)
            reads.append(time.perf_counter() - before)
        print(f"reading          {statistics.median(reads) * 1000:8.1f} ms  {numbers.notices:,}")
    finally:
        await DB.stop()


def asked(url: str, bare: str) -> None:
    """Each path by turns with a handler that sends as many bytes and does nothing."""
    for path in PATHS:
        answer = httpx.get(f"{url}{path}", headers={"Accept-Encoding": "identity"})
        size = len(answer.content)
        ours, theirs = [], []
        for _ in range(ROUNDS):
            least = f"/text/{size}"
            theirs.append(load.get_each(bare, repeat(least), SECONDS).only(200))
            ours.append(load.get_each(url, repeat(path), SECONDS).only(200))
        p50, p99 = (
            load.percentile([one for each in ours for one in each.latencies], share) * 1000
            for share in (0.5, 0.99)
        )
        rate, most = (statistics.median(one.rate for one in each) for each in (ours, theirs))
        print(
            f"{path:17}{rate:8.0f} /s  of {most:.0f} /s bare ({size:,} bytes);"
            f" p50 {p50:.1f} ms, p99 {p99:.1f} ms with {load.CONNECTIONS} clients"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="notices-bench-") as root:
        data = Path(root) / "data"
        environment = os.environ | {"DATA": str(data), "DEMO": "1", "RATE_LIMITS": "0"}
        settings = from_environment(environment)
        with Engines.open(data, meili_bin=settings.meili_bin) as engines:
            words = [sys.executable, "-m", "notices", "demo", "fill", str(WRITTEN), "--no-publish"]
            subprocess.run(words, cwd=ROOT, env=environment, check=True)
            here = deployments.load(settings)
            asyncio.run(multiplied(here, engines.owner_url, options.notices))
            asyncio.run(counted(here, engines.owner_url))
            with web(settings, engines, Path(root) / "web.log") as url, bare_server() as bare:
                asked(url, bare)


if __name__ == "__main__":
    main()
