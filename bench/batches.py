"""A file of certificates over HTTP, beside the least that any such pipeline does.

`python -m bench.batches --data FOLDER [--rows 1000000] [--met 0.01] [--sheet 200000]` asks a
service on a data folder that was filled before (`DATA=FOLDER notices demo fill --no-publish N`).
"""

import argparse
import asyncio
import csv
import hmac
import http.client
import io
import itertools
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import msgspec

from bench import load
from tests.service import ROOT, Service

FORMS = (
    ("food-operation-license", "JY2379998{:07}"),
    ("food-operation-license", "JY1379998{:07}"),
    ("tobacco-retail-license", "379998{:06}"),
    ("drug-operation-license", "鲁CA5368{:05}"),
    ("real-estate-title", "鲁(2021)奎文区不动产权第{:07}号"),
    ("public-place-hygiene-license", "鲁卫公证字〔2021〕第379998-{:06}号"),
    ("vessel-registration-certificate", "CN2021{:07}"),
    ("food-production-license", "SC101379998{:05}"),
)
"""Numbers that nobody has declared: of an area and a year that the demo does not know."""

SECONDS = 8
_KEY = re.compile(r"notices_live_[0-9A-Za-z]+")


def numbers(rows: int) -> Iterator[tuple[str, str]]:
    """So many of these, each with its certificate; every tenth as somebody else would write it."""
    for serial in range(rows):
        kind, form = FORMS[serial % len(FORMS)]
        number = form.format(serial // len(FORMS))
        yield kind, number.lower() if serial % 10 == 0 else number


async def declared(url: str, rows: int) -> list[tuple[str, str]]:
    connection = await asyncpg.connect(url)
    found = await connection.fetch(
        "SELECT certificate, form ->> 'number' AS number FROM notice"
        " WHERE form ->> 'number' NOT LIKE '%*%' LIMIT $1", rows,
    )  # fmt: skip
    total = await connection.fetchval("SELECT size FROM log_head")
    print(f"register         {total:8} entries")
    await connection.close()
    return [(each["certificate"], each["number"]) for each in found]


def form(content: bytes, boundary: str = "b0undary") -> tuple[bytes, dict[str, str]]:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="r.csv"\r\n\r\n'
    body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


class Watched(threading.Thread):
    """Resident memory of the web process and of those that answer files, sampled until `end`."""

    def __init__(self, service: Service) -> None:
        super().__init__(daemon=True)
        self.web: list[int] = []
        self.worker: list[int] = []
        self._service, self._over = service, threading.Event()
        self._webs = service.pids("-m notices web")

    def run(self) -> None:
        while not self._over.wait(0.2):
            self.web.append(max(map(_resident, self._webs), default=0))
            workers = self._service.pids("-m notices.batches.working")
            self.worker.append(sum(map(_share, workers)))

    def end(self) -> str:
        self._over.set()
        self.join()
        tenth = max(1, len(self.worker) // 8)
        over_time = " ".join(str(each) for each in self.worker[::tenth])
        return f"web {max(self.web)} MB, worker {max(self.worker)} MB at most ({over_time})"


def _resident(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024 if "VmRSS:" in status else 0


def _share(pid: int) -> int:
    """What it has resident, of what it shares with others its part of it."""
    try:
        status = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return int(status.partition("\nPss:")[2].split()[0]) // 1024 if "\nPss:" in status else 0


def send(service: Service, key: str, content: bytes, rows: int, accept: str = "*/*") -> float:
    """Seconds for the whole request."""
    body, headers = form(content)
    watched = Watched(service)
    watched.start()
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=600)
    connection.request(
        "POST", "/api/v1/verifications/batch", body,
        {**headers, "Authorization": f"Bearer {key}", "Accept": accept},
    )  # fmt: skip
    answer = connection.getresponse()
    first = time.perf_counter() - began
    size = 0
    while piece := answer.read(1 << 20):
        size += len(piece)
        if answer.status != 200:
            raise SystemExit(piece.decode())
    took = time.perf_counter() - began
    print(
        f"  {rows / took:9.0f} rows/s, {took:6.2f} s ({first:.2f} to the first byte),"
        f" {len(content) >> 20} MB there, {size >> 20} MB back; {watched.end()}", flush=True,
    )  # fmt: skip
    return took


async def bare(url: str, content: bytes) -> float:
    """Parse, strip, one keyed hash, COPY, join: no reading of numbers, no problems, no answers."""
    connection = await asyncpg.connect(url)
    key = os.urandom(32)
    began = time.perf_counter()
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    next(reader)
    hashes = [
        (hmac.digest(key, f"{row[1].strip()}\0{row[0].strip().upper()}".encode(), "sha256"),)
        for row in reader
    ]
    async with connection.transaction():
        await connection.execute("CREATE TEMP TABLE asked (hash bytea) ON COMMIT DROP")
        await connection.copy_records_to_table("asked", records=hashes, columns=["hash"])
        await connection.execute("ANALYZE asked")
        await connection.fetch(
            "SELECT c.notice FROM asked a JOIN claim c ON c.by_certificate = a.hash"
        )
    took = time.perf_counter() - began
    await connection.close()
    return took


def p99(service: Service, asked: list[bytes], key: str, seconds: float) -> str:
    found = load.post(
        f"{service.url}/api/v1/verifications", itertools.cycle(asked), seconds, clients=4
    ).only(200)
    milliseconds = load.percentile(found.latencies, 0.99) * 1000
    return f"{found.rate:.0f} /s, p99 {milliseconds:.1f} ms"


def main(data: Path, rows: int, met: float, sheet: int) -> None:
    # What fills the index meanwhile would be measured too.
    service = Service(data, MEILI_URL="http://127.0.0.1:9", METRICS_ADDRESS="")
    service.start()
    try:
        database: str = json.loads((data / "engines.json").read_text())["owner_url"]
        added = subprocess.run(
            [sys.executable, "-m", "notices", "agencies", "add", f"bench {time.time():.0f}",
             "--scope", "verify,batch,masked"],
            env=os.environ | {"DATA": str(data), "PORT": str(service.port)}, cwd=ROOT,
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        found = _KEY.search(added)
        assert found is not None, added
        key = found[0]
        meeting = asyncio.run(declared(database, max(1, int(rows * met))))
        every = [*numbers(rows - len(meeting)), *meeting]
        random.Random(2).shuffle(every)  # noqa: S311
        content = _csv(every)
        print("bare pipeline    ", end="", flush=True)
        least = min(asyncio.run(bare(database, content)) for _ in range(2))
        print(f"{rows / least:9.0f} rows/s, {least:.2f} s")
        print("CSV")
        took = min(send(service, key, content, rows) for _ in range(2))
        print(f"  {least / took:.2f} of the bare pipeline")
        again = asyncio.run(bare(database, content))
        print(f"bare once more   {rows / again:9.0f} rows/s")
        print("objects")
        send(service, key, content, rows, "application/x-ndjson")
        asked = [
            msgspec.json.encode({"certificate": kind, "number": number})
            for kind, number in every[:2000]
        ]
        print("single checks    alone: " + p99(service, asked, key, SECONDS), flush=True)
        thread = threading.Thread(target=send, args=(service, key, content, rows))
        thread.start()
        print("                 beside a file: " + p99(service, asked, key, SECONDS), flush=True)
        thread.join()
        if sheet:
            print("XLSX")
            send(service, key, _xlsx(every[:sheet]), min(sheet, rows))
    finally:
        service.stop()


def _csv(rows: list[tuple[str, str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["number", "certificate", "branch", "customer"])
    writer.writerows(
        (number, kind, "0537", f"C{place:09}") for place, (kind, number) in enumerate(rows)
    )
    return text.getvalue().encode()


def _xlsx(rows: list[tuple[str, str]]) -> bytes:
    from tests.batches import xlsx

    return xlsx([["number", "certificate"], *([number, kind] for kind, number in rows)])


def run(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--met", type=float, default=0.01)
    parser.add_argument("--sheet", type=int, default=200_000)
    options = parser.parse_args(arguments)
    main(options.data, options.rows, options.met, options.sheet)


if __name__ == "__main__":
    run()
