"""Verifications a second against bare Litestar handlers, and what the web process weighs."""

import asyncio
import contextlib
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import httpx
import msgspec

from bench import bare, load
from bench.declare import declaration, sign_in
from tests.service import ROOT, Service, free_port, running

SECONDS = 4
CERTIFICATE = "tobacco-retail-license"
DECLARED = 100
CLIENTS = (1, 8, 32)


@contextlib.contextmanager
def bare_server(database: str = "") -> Iterator[str]:
    """The bare handlers in a process of their own, under uvicorn as ours is."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", "bench.bare:app", "--port", str(port)),
            *("--no-access-log", "--log-level", "warning"),
        ],
        cwd=ROOT,
        env=os.environ | {bare.DATABASE: database},
    )
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                httpx.get(url)
                break
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(10)


async def _fill(database: str, numbers: list[str]) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute(bare.TABLE)
    rows = [(bare.hashed(CERTIFICATE, number), "x" * 600) for number in numbers]
    await connection.copy_records_to_table("bench_number", records=rows)
    await connection.close()


def declared(service: Service) -> list[str]:
    """Numbers that are declared now, each followed by one that is not."""
    cookie = sign_in(service)
    numbers = []
    with service.client() as client:
        client.headers["cookie"] = cookie
        client.headers["content-type"] = "application/json"
        for _ in range(DECLARED):
            number, body = declaration()
            client.post("/api/v1/notices", content=body).raise_for_status()
            numbers += [number, "379999" + number[6:]]
    return numbers


def questions(numbers: list[str]) -> list[bytes]:
    return [
        msgspec.json.encode({"certificate": CERTIFICATE, "number": number}) for number in numbers
    ]


def web_memory(service: Service) -> float:
    """Resident memory of the web process in MB."""
    kilobytes = [
        int(line.split()[1])
        for pid in service.pids("-m notices web")
        if is_under(pid, service)
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if line.startswith("VmRSS")
    ]
    return sum(kilobytes) / 1024


def is_under(pid: int, service: Service) -> bool:
    """Whether a process was started by the service and not by another copy of it."""
    assert service.process is not None
    parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
    return int(parent) == service.process.pid


def main(service: Service) -> None:
    """Ours and the two bare ones in turn, so that what the machine does meanwhile meets all."""
    before = web_memory(service)
    numbers = declared(service)
    asked = questions(numbers)
    database: str = json.loads((service.data / "engines.json").read_text())["owner_url"]
    asyncio.run(_fill(database, numbers[::2]))
    with bare_server(database) as url:
        urls = (f"{service.url}/api/v1/verifications", f"{url}by-key", url)
        for each in urls:
            load.post(each, itertools.cycle(asked), 1).only(200)
        for clients in CLIENTS:
            ours, keyed, theirs = (
                load.post(each, itertools.cycle(asked), SECONDS, clients=clients).only(200)
                for each in urls
            )
            print(
                f"verifications    {ours.rate:8.0f} /s  with {clients} clients;"
                f" p50 {load.percentile(ours.latencies, 0.5) * 1000:.1f} ms,"
                f" p99 {load.percentile(ours.latencies, 0.99) * 1000:.1f} ms;"
                f" {ours.rate / keyed.rate:.2f} of a row by its key and a signature"
                f" ({keyed.rate:.0f} /s), {ours.rate / theirs.rate:.2f} of a bare handler"
                f" ({theirs.rate:.0f} /s)"
            )
    print(f"web process      {web_memory(service):8.0f} MB resident, {before:.0f} MB before")


if __name__ == "__main__":
    folder = tempfile.TemporaryDirectory(prefix="notices-bench-")
    with folder as root, running(Path(root) / "data") as own:
        main(own)
