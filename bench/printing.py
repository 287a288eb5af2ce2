"""Printed notices a second and how long one takes, against a bare handler, and their size."""

import itertools
import time

from bench import load
from bench.verification import bare_server, declared, questions, web_memory
from tests.service import Service

SECONDS = 6
SINGLE = 40


def main(service: Service) -> None:
    before = web_memory(service)
    asked = questions(declared(service))
    with service.client() as client:
        events = client.get("/api/v1/events", params={"limit": 1000}).raise_for_status().json()
        ids = [event["notice"]["id"] for event in events["events"]]
        paths = [f"/notices/{id}.pdf" for id in ids]
        sizes, alone = [], []
        for path in paths[:SINGLE]:
            began = time.perf_counter()
            sizes.append(len(client.get(path).raise_for_status().content))
            alone.append(time.perf_counter() - began)
    with bare_server() as bare_url:
        load.post(bare_url, itertools.cycle(asked), 1).only(200)
        theirs = load.post(bare_url, itertools.cycle(asked), SECONDS / 2).only(200)
        ours = load.get_each(service.url, itertools.cycle(paths), SECONDS).only(200)
    print(
        f"printed notices  {ours.rate:8.0f} /s  with {load.CONNECTIONS} clients;"
        f" p50 {load.percentile(ours.latencies, 0.5) * 1000:.0f} ms,"
        f" p99 {load.percentile(ours.latencies, 0.99) * 1000:.0f} ms;"
        f" one alone {load.percentile(alone[1:], 0.5) * 1000:.0f} ms (p50)"
        f" {load.percentile(alone[1:], 0.99) * 1000:.0f} ms (p99), the first"
        f" {alone[0] * 1000:.0f} ms, of {max(sizes) / 1000:.0f} kB\n"
        f"bare handler     {theirs.rate:8.0f} /s: a printed notice is"
        f" {ours.rate / theirs.rate:.1%} of that\n"
        f"web process      {web_memory(service):8.0f} MB resident, {before:.0f} MB before"
    )
