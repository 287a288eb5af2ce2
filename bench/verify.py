"""Verifications a second against a bare Litestar handler, and what the web process weighs."""

import contextlib
import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec

from bench import load
from bench.declare import declaration, sign_in
from tests.service import ROOT, Service, free_port

SECONDS = 6
DECLARED = 100


@contextlib.contextmanager
def bare_server() -> Iterator[str]:
    """The bare handler in a process of its own, under uvicorn as ours is."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", "bench.bare:app", "--port", str(port)),
            *("--no-access-log", "--log-level", "warning"),
        ],
        cwd=ROOT,
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


def questions(service: Service) -> list[bytes]:
    """As many about numbers that were declared as about others."""
    cookie = sign_in(service)
    numbers = []
    with service.client() as client:
        client.headers["cookie"] = cookie
        client.headers["content-type"] = "application/json"
        for _ in range(DECLARED):
            number, body = declaration()
            client.post("/api/v1/notices", content=body).raise_for_status()
            numbers += [number, "379999" + number[6:]]
    return [
        msgspec.json.encode({"certificate": "tobacco-retail-license", "number": number})
        for number in numbers
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
    before = web_memory(service)
    asked = questions(service)
    url = f"{service.url}/api/v1/verifications"
    with bare_server() as bare_url:
        for each in (url, bare_url):
            load.post(each, itertools.cycle(asked), 1).only(200)
        ours, theirs = (
            load.post(each, itertools.cycle(asked), SECONDS).only(200) for each in (url, bare_url)
        )
    print(
        f"verifications    {ours.rate:8.0f} /s  with {load.CONNECTIONS} clients;"
        f" p50 {load.percentile(ours.latencies, 0.5) * 1000:.1f} ms,"
        f" p99 {load.percentile(ours.latencies, 0.99) * 1000:.1f} ms\n"
        f"bare handler     {theirs.rate:8.0f} /s: a verification is"
        f" {ours.rate / theirs.rate:.0%} of that\n"
        f"web process      {web_memory(service):8.0f} MB resident, {before:.0f} MB before"
    )
