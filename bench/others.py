"""How long somebody else's single check takes while one client does what costs us most."""

import asyncio
import contextlib
import itertools
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import uvloop

from bench.load import percentile
from tests.service import ROOT, Service, running

SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
NOTICES = 1500
GREEDY, OTHER = "127.0.0.1", "127.0.0.2"
EVERY = 0.01
"""Seconds between two checks of somebody else."""

AIM = 0.05
CHECK = "/api/v1/verifications"


@dataclass(frozen=True)
class Load:
    """What so many connections of one client send, one after the other."""

    name: str
    clients: int
    request: bytes


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n".encode()


def post(path: str, body: bytes, media_type: str = "application/json") -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {media_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def batch(**question: str) -> bytes:
    return post(CHECK, msgspec.json.encode({"items": [question] * 1000}))


def loads(notice: str) -> Iterator[Load]:
    """Those that were found to starve others, then every path under two hundred clients."""
    yield Load("nothing", 0, b"")
    unfolding = batch(certificate="food-operation-license", number="\ufdfa" * 200)
    yield Load("1,000 numbers that unfold", 1, unfolding)
    yield Load("1,000 numbers that unfold", 4, unfolding)
    yield Load("1,000 long numbers, any certificate", 4, batch(number="潍字第" * 60 + "1" * 20))
    yield Load("1,000 numbers in brackets", 4, batch(number="（" * 99 + "1" + "）" * 99))
    unknown = "{" + ",".join(f'"f{number}":1' for number in range(140_000)) + "}"
    yield Load("140,000 unknown fields", 4, post(CHECK, unknown.encode()))
    yield Load(
        "500,000 empty items", 4, post(CHECK, b'{"items":[' + b",".join([b"{}"] * 500_000) + b"]}")
    )
    file = b'--x\r\nContent-Disposition: form-data; name="evidence"; filename="a.pdf"\r\n\r\n%PDF-'
    form = post(
        f"/api/v1/notices/{notice}/objections",
        file + b"a" * 9_000_000 + b"\r\n--x--\r\n",
        "multipart/form-data; boundary=x",
    )
    yield Load("9 MB uploads of a stranger", 4, form)
    events = get("/api/v1/events?since=0&limit=1000")
    yield Load("9 MB uploads of a stranger", 200, form)
    endless = b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 40_000
    yield Load("heads without end", 200, endless)
    yield Load("1,000 events", 10, events)
    yield Load("1,000 events", 200, events)
    one = {"certificate": "food-operation-license", "number": "JY13799990000011"}
    for name, request in {
        "checks": post(CHECK, msgspec.json.encode(one)),
        "searches": get("/api/v1/notices?q=%E6%BD%8D%E5%9D%8A"),
        "search pages": get("/notices?q=%E6%BD%8D%E5%9D%8A"),
        "notices": get(f"/api/v1/notices/{notice}"),
        "pages of a notice": get(f"/notices/{notice}"),
        "printed notices": get(f"/notices/{notice}.pdf"),
        "feeds": get("/feed.atom?per_page=100"),
        "receipts": get(f"/api/v1/notices/{notice}/receipt"),
        "tiles": get("/log/tile/entries/000"),
        "what is not there": get("/log/tile/entries/0"),
    }.items():
        yield Load(name, 200, request)


class Connection:
    """A connection from one loopback address, which is one client; opened anew when it is cut."""

    def __init__(self, port: int, address: str) -> None:
        self.port, self.address = port, address
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> int:
        """The status of the answer, which is read to its end; raises OSError."""
        if self.streams is None:
            self.streams = await asyncio.open_connection(
                GREEDY, self.port, local_addr=(self.address, 0)
            )
        reader, writer = self.streams
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
            await reader.readexactly(int(length))
            return int(head[9:12])
        except (OSError, EOFError, ValueError, asyncio.IncompleteReadError) as error:
            writer.close()
            self.streams = None
            raise OSError from error


async def _greedy(port: int, request: bytes, answers: dict[int, int]) -> None:
    connection = Connection(port, GREEDY)
    while True:
        try:
            status = await connection.ask(request)
        except OSError:
            status = 0
            await asyncio.sleep(0.05)
        answers[status] = answers.get(status, 0) + 1


def put_under(port: int, load: Load, results: "multiprocessing.Queue[dict[int, int]]") -> None:
    """In a process of its own: the load, until SECONDS and a bit are over."""

    async def work() -> None:
        answers: dict[int, int] = {}
        tasks = [asyncio.create_task(_greedy(port, load.request, answers))
                 for _ in range(load.clients)]  # fmt: skip
        await asyncio.sleep(SECONDS + 1)
        for task in tasks:
            task.cancel()
        results.put(answers)

    # Whoever measures has to be on time, and there may be no more than two cores.
    os.nice(5)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work())


async def somebody(port: int) -> list[float]:
    """How long each of somebody's checks takes, one after the other."""
    connection = Connection(port, OTHER)
    took = []
    until = time.perf_counter() + SECONDS
    for number in itertools.count():
        question = {"certificate": "food-operation-license", "number": f"JY1379999{number:07}"}
        began = time.perf_counter()
        if began > until:
            return took
        status = await connection.ask(post(CHECK, msgspec.json.encode(question)))
        if status != 200:
            raise RuntimeError(f"somebody's check was answered {status}")
        took.append(time.perf_counter() - began)
        await asyncio.sleep(EVERY)
    return took


class Memory:
    """The most memory that the web processes and their presses have had, in MB (VmHWM)."""

    def __init__(self, service: Service) -> None:
        webs = service.children("-m notices web")
        presses = [pid for pid in service.pids("-m notices.cli.press") if _parent(pid) in webs]
        self._pids = webs + presses

    def forget(self) -> None:
        """Begin anew from what they have now (proc(5), clear_refs)."""
        for pid in self._pids:
            with contextlib.suppress(OSError):
                Path(f"/proc/{pid}/clear_refs").write_text("5")

    def most(self) -> float:
        kilobytes = 0
        for pid in self._pids:
            with contextlib.suppress(OSError):
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                kilobytes += sum(int(line.split()[1]) for line in lines if "VmHWM" in line)
        return kilobytes / 1024


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def measure(service: Service, load: Load) -> None:
    Memory(service).forget()
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[dict[int, int]] = context.Queue()
    other = context.Process(target=put_under, args=(service.port, load, results))
    other.start()
    time.sleep(1.0)  # until it is at work
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        took = runner.run(somebody(service.port))
    most = Memory(service).most()
    answers = results.get(timeout=SECONDS + 30)
    other.join(10)
    # What it left in its queue is worked on before its next request is.
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(Connection(service.port, GREEDY).ask(get("/api/v1/catalogue")))
    p50, p99 = (percentile(took, share) for share in (0.5, 0.99))
    shown = ", ".join(f"{count} × {status or 'cut'}" for status, count in sorted(answers.items()))
    print(
        f"{load.name:36}{load.clients:4} {p50 * 1000:7.1f} ms {p99 * 1000:7.1f} ms"
        f" {max(took) * 1000:7.0f} ms {'' if p99 < AIM else '!':2}{most:5.0f} MB  {shown}",
        flush=True,
    )


def run(names: list[str]) -> None:
    """The table, with limits off: what one client is worked on for, and not how soon refused."""
    with (
        tempfile.TemporaryDirectory(prefix="notices-bench-") as folder,
        running(Path(folder) / "data", RATE_LIMITS=os.environ.get("RATE_LIMITS", "0")) as service,
    ):
        subprocess.run(
            [sys.executable, "-m", "notices", "demo", "fill", str(NOTICES)],
            env=os.environ | {"DATA": str(service.data), "PORT": str(service.port)},
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with service.client() as client:
            events = client.get("/api/v1/events?limit=1").json()["events"]
        columns = f"{'with':>4} {'p50':>10} {'p99':>10} {'most':>10}"
        print(f"{'while one client sends':36}{columns}   memory")
        for load in loads(events[0]["notice"]["id"]):
            if not names or any(name in load.name for name in names):
                with contextlib.suppress(KeyboardInterrupt):
                    measure(service, load)


if __name__ == "__main__":
    run(sys.argv[1:])
