"""`make campaign MINUTES=10`: faults under load, and what was answered, lost and wrong.

As root on Linux the data lie on a small disk of their own (a tmpfs that nobody else sees), which is
filled. (A clock that jumps is not among the faults: libfaketime breaks the sleep of Python 3.11;
tests make it jump.)
"""

import argparse
import asyncio
import contextlib
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from campaign import people
from campaign.faults import Fault, Ground, possible
from campaign.people import Memory
from notices.engines.cluster import HOMES
from tests.service import ROOT, Service

MEGABYTES = 700
INSIDE = "CAMPAIGN_DISK"
PAUSE = (2.0, 8.0)
"""Seconds between two faults, long enough for most of what follows from one to be over."""


def own_disk() -> Path | None:
    """A small disk for all data of this run; the command begins again where it is mounted."""
    if os.environ.get(INSIDE):
        return Path(os.environ[INSIDE])
    if os.geteuid() != 0 or not shutil.which("unshare"):
        return None
    folder = tempfile.mkdtemp(prefix="notices-campaign-")
    mount = (
        f"mount -t tmpfs -o size={MEGABYTES}m,mode=755 tmpfs {folder} && "
        f"mkdir -p {folder}/pg {HOMES} && cp -a {HOMES}/programs-* {folder}/pg/ 2>/dev/null;"
        f" mount --bind {folder}/pg {HOMES} && exec {sys.executable} -m campaign "
        + " ".join(sys.argv[1:])
    )
    if subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode:
        return None
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", mount], env={**os.environ, INSIDE: folder}, cwd=ROOT
    )
    Path(folder).rmdir()
    sys.exit(done.returncode)


async def events(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        while True:
            params = {"since": len(found), "limit": 1000}
            page = (await client.get("/api/v1/events", params=params)).json()["events"]
            if not page:
                return found
            found += page


async def campaign(ground: Ground, minutes: float, declarers: int, checkers: int) -> Memory:
    """Faults one after the other for so long; then what is unsettled is asked for once more."""
    memory, url = Memory(), ground.service.url
    serials = itertools.count(1)
    crowd = [
        *(people.declare(url, memory, serials, 0.05) for _ in range(declarers)),
        *(people.check(url, memory, ground.chance, 0.02) for _ in range(checkers)),
        people.watch(url, memory),
    ]
    tasks = [asyncio.create_task(one) for one in crowd]
    happened: Counter[str] = Counter()
    ends = time.monotonic() + minutes * 60
    deck: list[Fault] = []
    while time.monotonic() < ends:
        await asyncio.sleep(ground.chance.uniform(*PAUSE))
        if not deck:  # every fault once, then every fault once more in another order
            deck = ground.chance.sample(possible(ground), len(possible(ground)))
        fault = deck.pop()
        happened[fault.__name__] += 1
        memory.during = f"{fault.__name__} {happened.total()}"
        await fault(ground)
        back = time.monotonic()
        await asyncio.to_thread(
            ground.service.until, lambda client: client.get("/health/ready").status_code == 200, 60
        )
        took = time.monotonic() - back
        print(f"  {fault.__name__:20} ready again after {took:4.1f} s", flush=True)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled() and task.exception():
            memory.wrong.append(f"the campaign itself: {task.exception()!r}")
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        await people.sign_in(client)
        for number in sorted(memory.unsettled):
            if not await people.settle(client, memory, number):
                memory.wrong.append(f"{number} is unsettled when all is well")
    print(f"\nfaults: {dict(happened)}")
    return memory


def report(service: Service, memory: Memory) -> int:
    """What was answered, lost and wrong; 1 where anything was."""
    log = asyncio.run(events(service.url))
    published = Counter(event["notice"]["id"] for event in log if event["kind"] == "published")
    lost = [id for id in memory.declared.values() if id not in published]
    twice = [id for id, times in published.items() if times > 1]
    unasked = set(published) - set(memory.declared.values())
    environment = {**os.environ, "DATA": str(service.data)}
    audit = subprocess.run(
        [sys.executable, "-m", "notices", "log", "audit"],
        env=environment, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    for what, times in sorted(memory.told.items()):
        print(f"  {what:40} {times:7,}")
    print(
        f"declared {len(memory.declared):,}, log {len(log):,}, lost {len(lost)},"
        f" twice {len(twice)}, beyond what was answered {len(unasked)};"
        f" checked {memory.checks:,}; wrong {len(memory.wrong)};"
        f" slowest answer {memory.slowest[0]:.1f} s ({memory.slowest[1]}); audit {audit.returncode}"
    )
    for one in memory.wrong[:20]:
        print(f"  wrong: {one}")
    if audit.returncode:
        print(audit.stdout[-500:], audit.stderr[-500:])
    indexes = [event["index"] for event in log]
    gap = indexes != list(range(len(log)))
    return int(bool(lost or twice or unasked or memory.wrong or audit.returncode or gap))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--declarers", type=int, default=3)
    parser.add_argument("--checkers", type=int, default=3)
    options = parser.parse_args()
    disk = own_disk()
    with contextlib.ExitStack() as left:
        root = Path(left.enter_context(tempfile.TemporaryDirectory(dir=disk)))
        if disk is None:
            print("without a full disk: that needs root and unshare")
        service = Service(root / "data", WORKERS="2")
        service.log = Path(left.enter_context(tempfile.TemporaryDirectory())) / "service.log"
        service.start()
        try:
            ground = Ground(service, random.Random(options.seed), disk)  # noqa: S311
            memory = asyncio.run(
                campaign(ground, options.minutes, options.declarers, options.checkers)
            )
            return report(service, memory)
        finally:
            service.stop()


if __name__ == "__main__":
    sys.exit(main())
