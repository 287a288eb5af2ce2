"""`make campaign MINUTES=10`: faults under load, and what was answered, lost and wrong.

As root on Linux the data lie on a small disk of their own (a tmpfs that nobody else sees), which is
filled. Where there is a C compiler the clocks jump. It ends with 1 where anything was wrong.
"""

import argparse
import asyncio
import contextlib
import functools
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import httpx

from campaign import people, recovering, watching
from campaign.clock import Clock
from campaign.faults import Fault, Ground, possible
from campaign.people import Memory
from campaign.watching import Sizes
from notices.engines.cluster import HOMES
from tests import enginefarm
from tests.samples import RESTAURANT
from tests.service import ROOT, Service

MEGABYTES, A_MINUTE = 700, 15
"""Of the disk: what both engines need twice, since a backup is restored there, and what a register
grows by in each minute."""
INSIDE = "CAMPAIGN_DISK"
PAUSE, SHORT_PAUSE = (2.0, 8.0), (0.5, 2.0)
"""Seconds between two faults, long enough for most of what follows from one to be over."""
SHORT = 300.0
"""Seconds; a campaign that is shorter would not come to every fault else."""
BACK_WITHIN = 120.0
"""Seconds until all is well again; it takes one or two of them, on an idle machine."""


def own_disk(minutes: float) -> Path | None:
    """A small disk for all data of this run; the command begins again where it is mounted."""
    if os.environ.get(INSIDE):
        return Path(os.environ[INSIDE])
    if os.geteuid() != 0 or not shutil.which("unshare"):
        return None
    folder = tempfile.mkdtemp(prefix="notices-campaign-")
    mount = (
        f"mount -t tmpfs -o size={MEGABYTES + A_MINUTE * minutes:.0f}m,mode=755 tmpfs {folder} && "
        f"mkdir -p {folder}/pg {HOMES} && cp -a {HOMES}/programs-* {folder}/pg/ 2>/dev/null;"
        f" mount --bind {folder}/pg {HOMES} && exec {sys.executable} -m campaign "
        + " ".join(sys.argv[1:])
    )
    # Root of a container may be let do the one and not the other.
    may = ["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", folder]
    if subprocess.run(may, capture_output=True).returncode:
        Path(folder).rmdir()
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


def crowd(url: str, memory: Memory, options: argparse.Namespace) -> list[Coroutine[Any, Any, None]]:
    """All who ask for something; they take no chance from the faults, whose order is fixed."""
    serials = itertools.count(1)
    chances = (random.Random(f"{options.seed} {each}") for each in itertools.count())  # noqa: S311
    return [
        *(
            people.declare(url, memory, serials, next(chances), 0.05)
            for _ in range(options.declarers)
        ),
        *(people.check(url, memory, next(chances), 0.02) for _ in range(options.checkers)),
        people.object_(url, memory, next(chances), 0.5),
        people.watch(url, memory),
    ]


async def campaign(
    ground: Ground, memory: Memory, sizes: Sizes, backup: Path, options: argparse.Namespace
) -> None:
    """Faults one after the other for so long; then what is unsettled is asked for once more."""
    url = ground.service.url
    asking = [*crowd(url, memory, options), watching.keep_looking(ground.service, sizes)]
    tasks = [asyncio.create_task(one) for one in asking]
    happened: Counter[str] = Counter()
    begins, seconds = time.monotonic(), options.minutes * 60
    pause = PAUSE if seconds >= SHORT else SHORT_PAUSE
    deck: list[Fault] = []
    backed_up = False
    while (passed := time.monotonic() - begins) < seconds:
        await asyncio.sleep(ground.chance.uniform(*pause))
        if passed > seconds / 2 and not backed_up:
            memory.during, backed_up = "backup", True
            memory.wrong += await asyncio.to_thread(recovering.back_up, ground.service, backup)
            continue
        if not deck:  # every fault once, then every fault once more in another order
            deck = ground.chance.sample(possible(ground), len(possible(ground)))
        fault = deck.pop()
        happened[fault.__name__] += 1
        memory.during = f"{fault.__name__} {happened.total()}"
        await fault(ground)
        back = time.monotonic()
        await asyncio.to_thread(
            ground.service.until,
            lambda client: client.get("/health/ready").status_code == 200,
            BACK_WITHIN,
        )
        took = time.monotonic() - back
        print(f"  {fault.__name__:24} ready again after {took:4.1f} s", flush=True)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled() and task.exception():
            memory.wrong.append(f"the campaign itself: {task.exception()!r}")
    memory.during = "the end"
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        await people.sign_in(client, RESTAURANT)
        for number in sorted(memory.unsettled):
            settle = people.withdraw if number in memory.declared else people.settle
            again = functools.partial(settle, client, memory, number)
            if not await people.until(again, BACK_WITHIN):
                memory.wrong.append(f"{number} is unsettled when all is well")
    memory.wrong += [f"not said to be off: the clock, by {each}" for each in ground.unseen]
    print(f"\nfaults: {dict(happened)}")


def times(memory: Memory, log: list[dict[str, Any]]) -> None:
    """Whether each event is of the time at which it was asked for and answered."""
    numbers = {id: number for number, id in memory.declared.items()}
    for event in log:
        number = numbers.get(event["notice"]["id"])
        if number is not None:
            said = event["happened_at"] if "happened_at" in event else event["at"]
            memory.refuse_wrong_time(number, event["kind"], said)


def report(service: Service, memory: Memory, sizes: Sizes, log: list[dict[str, Any]]) -> None:
    """What was answered, lost and done twice; what is not as it should be becomes `wrong`."""
    published = Counter(event["notice"]["id"] for event in log if event["kind"] == "published")
    lost = [id for id in memory.declared.values() if id not in published]
    twice = [id for id, times in published.items() if times > 1]
    unasked = set(published) - set(memory.declared.values())
    for what, found in (("lost", lost), ("twice", twice), ("never answered", unasked)):
        memory.wrong += [f"{what}: {id}" for id in found]
    if [event["index"] for event in log] != list(range(len(log))):
        memory.wrong.append("the log has a gap")
    times(memory, log)
    audit = recovering.notices(service.data, "log", "audit")
    if audit.returncode:
        memory.wrong.append(
            f"audit: {audit.returncode} {audit.stdout[-500:]} {audit.stderr[-500:]}"
        )
    for what, often in sorted(memory.told.items()):
        print(f"  {what:48} {often:7,}")
    withdrawn = sum(event["kind"] == "withdrawn" for event in log)
    print(
        f"declared {len(memory.declared):,}, withdrawn {withdrawn:,}, log {len(log):,}, "
        f"objections {memory.objections:,}, checked {memory.checks:,}; lost {len(lost)}, "
        f"twice {len(twice)}, beyond what was answered {len(unasked)}; "
        f"audit {audit.returncode}"
    )
    for took, what in reversed(memory.slowest):
        print(f"slow: {took:.1f} s, {what}")
    print(f"most memory, in MB: {sizes}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--declarers", type=int, default=3)
    parser.add_argument("--checkers", type=int, default=3)
    options = parser.parse_args()
    disk = own_disk(options.minutes)
    with contextlib.ExitStack() as left:
        root = Path(left.enter_context(tempfile.TemporaryDirectory(dir=disk)))
        if disk is None:
            print("without a full disk: that needs root and unshare")
        if lacks := Clock.lacks():
            print(f"without a jumping clock: that needs {lacks}")
        clock = None if lacks else Clock(Path(left.enter_context(tempfile.TemporaryDirectory())))
        service = Service(root / "data", WORKERS="2")
        service.python = str(clock.python) if clock else service.python
        outside = Path(left.enter_context(tempfile.TemporaryDirectory()))
        service.log, backup = outside / "service.log", outside / "backup"
        service.start()
        memory, sizes = Memory(), Sizes()
        try:
            ground = Ground(service, random.Random(options.seed), disk, clock)  # noqa: S311
            asyncio.run(campaign(ground, memory, sizes, backup, options))
            log = asyncio.run(events(service.url))
            report(service, memory, sizes, log)
        finally:
            service.stop()
        memory.wrong += recovering.restore(backup, root / "restored", service, log)
        enginefarm.remove(service.data)
    print(f"wrong: {len(memory.wrong)}")
    for one in memory.wrong[:20]:
        print(f"  {one}")
    return int(bool(memory.wrong))


if __name__ == "__main__":
    sys.exit(main())
