"""How fast a log is audited, and what a checkpoint and a receipt cost in a short and a long one."""

import itertools
import json
import os
import subprocess
import sys
import time

from bench import load
from bench.verification import bare_server
from tests.service import ROOT, Service

SECONDS = 4
SIZES = (10, 100_000)


def notices(service: Service, *words: str) -> float:
    """Seconds that a command took beside the service."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "notices", *words],
        env=os.environ | {"DATA": str(service.data)},
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - began


def size_of(service: Service) -> int:
    with service.client() as client:
        return int(client.get("/log/checkpoint").text.split("\n")[1])


def latencies(service: Service, seconds: float) -> dict[str, load.Load]:
    """Of a checkpoint, and of the receipt of an event in the middle of the log."""
    with service.client() as client:
        wanted = {"since": size_of(service) // 2, "limit": 1}
        event = client.get("/api/v1/events", params=wanted).json()["events"][0]
    receipt = f"{service.url}/api/v1/notices/{event['notice']['id']}/receipt"
    query = {"event": str(event["index"])}
    return {
        "checkpoint": load.get(f"{service.url}/log/checkpoint", itertools.repeat({}), seconds),
        "receipt": load.get(receipt, itertools.repeat(query), seconds),
    }


def main(service: Service, most: int = SIZES[-1]) -> None:
    """In logs that grow to `most` entries; a few notices are there already."""
    for seed, size in enumerate(sorted({*SIZES, most}), 50):
        missing = size - size_of(service)
        if missing > 0:
            notices(service, "demo", "fill", str(missing), "--no-publish", "--seed", str(seed))
        with bare_server() as url:
            question = json.dumps({"certificate": "x", "number": "y"}).encode()
            bare = load.post(url, itertools.repeat(question), SECONDS).only(200)
        print(f"log of {size_of(service):,} entries")
        for name, found in latencies(service, SECONDS).items():
            p50, p99 = (load.percentile(found.only(200).latencies, at) * 1000 for at in (0.5, 0.99))
            share = found.rate / bare.rate
            print(
                f"  {name:12} {found.rate:8.0f} /s  p50 {p50:.1f} ms, p99 {p99:.1f} ms;"
                f" {share:.0%} of a bare handler"
            )
    start = notices(service, "--version")
    size = size_of(service)
    state = str(service.data / "bench-audit.json")
    for name, words in (("over HTTP", [service.url, "--state", state]), ("database", [])):
        seconds = notices(service, "log", "audit", *words) - start
        print(f"audit {name:10} {size / seconds:8.0f} entries/s ({size:,} in {seconds:.1f} s)")
