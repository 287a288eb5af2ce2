"""What a page weighs over the wire and takes at the server, page by page: `python -m bench.pages`.

Of a service of its own, or of the one at `--url`. Bytes are what is sent, packed as for a browser,
headers and all; a second visit finds in the browser's cache whatever may be kept for ever.
"""

import argparse
import re
import statistics
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import httpx

from bench.declare import declaration, sign_in
from tests.service import Service, running

PACKED = {"Accept-Encoding": "gzip, br, zstd", "Accept": "text/html"}
FILES = re.compile(r'(?:src|href)="(/static/[^"]+)"')
FIRST, SECOND = 50_000, 30_000
"""The most bytes of a page, on a first visit and on a second."""


class Weight(NamedTuple):
    bytes: int
    requests: int


def weight(answer: httpx.Response) -> int:
    """What was sent: the line of the status, the headers, and the body as it was packed."""
    headers = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
    return answer.num_bytes_downloaded + headers + 17


def visits(client: httpx.Client, page: httpx.Response) -> tuple[Weight, Weight]:
    """Of a browser that was never here, and of one that was."""
    files = {client.get(path) for path in set(FILES.findall(page.text))}
    lasting = {one for one in files if "immutable" in one.headers.get("cache-control", "")}
    own = weight(page)
    anew = files - lasting
    return (
        Weight(own + sum(map(weight, files)), 1 + len(files)),
        Weight(own + sum(map(weight, anew)), 1 + len(anew)),
    )


def taken(client: httpx.Client, path: str, times: int) -> tuple[float, float]:
    """Milliseconds to the whole answer, p50 and p99, asked one after the other."""
    each = []
    for _ in range(times):
        begun = time.perf_counter()
        client.get(path)
        each.append((time.perf_counter() - begun) * 1000)
    return statistics.median(each), sorted(each)[int(len(each) * 0.99)]


def pages(client: httpx.Client) -> dict[str, str]:
    """Those that anybody sees; of a notice the newest one's."""
    found = re.search(r'href="(/notices/\d{14})"', client.get("/notices?sort=newest").text)
    notice = {"notice": found[1]} if found else {}
    return {
        "start": "/", **notice, "found": "/notices", "check": "/verify", "declare": "/declare",
        "sign in": "/sign-in", "log": "/log", "accessibility": "/accessibility",
        "no such page": "/nothing",
    }  # fmt: skip


def publish(service: Service) -> str:
    """The path of a notice that there is then."""
    headers = {"Cookie": sign_in(service), "Content-Type": "application/json"}
    with service.client() as client:
        answer = client.post("/api/v1/notices", content=declaration()[1], headers=headers)
        return f"/notices/{answer.raise_for_status().json()['id']}"


def measure(url: str, times: int) -> None:
    """Prints a line for each page."""
    print(f"{'page':<16}{'first visit':>22}{'second visit':>22}{'p50':>9}{'p99':>9}")
    heavy = []
    with httpx.Client(base_url=url, headers=PACKED, timeout=30) as client:
        for name, path in pages(client).items():
            first, second = visits(client, client.get(path))
            middle, slow = taken(client, path, times)
            print(
                f"{name:<16}{first.bytes:>10,} B in {first.requests:>2}"
                f"{second.bytes:>16,} B in {second.requests:>2}{middle:>6.1f} ms{slow:>6.1f} ms"
            )
            if first.bytes > FIRST or second.bytes > SECOND:
                heavy.append(name)
    print(f"more than {FIRST:,} or {SECOND:,} bytes: {', '.join(heavy) or 'none'}")


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", help="of a service that runs already")
    parser.add_argument("--times", type=int, default=300, help="each page is asked")
    options = parser.parse_args(argv)
    if options.url:
        measure(options.url, options.times)
        return
    with (
        tempfile.TemporaryDirectory(prefix="notices-bench-") as root,
        running(Path(root) / "data") as service,
    ):
        publish(service)
        measure(service.url, options.times)


if __name__ == "__main__":
    main()
