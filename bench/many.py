"""A check among ten million notices: `python -m bench.many`, and `--notices N` for another number.

Some thousands are written as any are; their rows are then copied within the database under hashes
of nothing, since what a check reads is rows and indexes, and not how they came there. Some of the
copies, far apart, get numbers of their own and are met. It takes 4 kB of disk a notice; a folder
that is named (`--data`) stays, to be measured again.
"""

import argparse
import asyncio
import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import asyncpg
import httpx
import msgspec

from bench import load
from notices import deployment as deployments
from notices.deployment import Deployment
from notices.engines import Engines
from notices.facts.numbers import keyed_hash
from notices.register.claims import ANY, digits_hash
from notices.serving import child_environment
from notices.settings import Settings, from_environment
from tests.service import ROOT, free_port

CERTIFICATE = "tobacco-retail-license"
WRITTEN = 20_000
MET = 20_000
SECONDS = 20.0
CLIENTS = (1, 8, 32)
FURTHER = 60_000_000_000_000
"""Ids from here on are nobody's."""

INDEXES = """
SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made,
  indrelid::regclass::text <> 'notice' AS read
FROM pg_index WHERE indrelid IN ('claim'::regclass, 'event'::regclass, 'notice'::regclass)
  AND NOT indisunique
"""

COPIES = (
    f"""
INSERT INTO notice (id, form, number_key, evidence, published_index, published_at, effective_at,
  provisional, period_value, period_unit, period_from, awaiting)
SELECT ({FURTHER} + published_index + $1::bigint)::text, form, number_key, evidence,
  published_index + $1::bigint, published_at, effective_at, provisional, period_value, period_unit,
  period_from, awaiting
FROM notice WHERE published_index < $2::bigint
""",  # noqa: S608  (all numbers are ours)
    f"""
INSERT INTO event (index, notice, kind, at, entry, salt, form)
SELECT index + $1::bigint, ({FURTHER} + index + $1::bigint)::text, kind, at, entry, salt, form
FROM event WHERE index < $2::bigint AND kind = 'published'
""",  # noqa: S608  (all numbers are ours)
    f"""
INSERT INTO claim (notice, by_certificate, by_number, by_digits, by_holder, copy, living, document,
  copy_number, lettered, shown, replaced, rules, awaiting)
SELECT ({FURTHER} + n.published_index + $1::bigint)::text, h.made, sha256(h.made || 'n'::bytea),
  sha256(h.made || 'd'::bytea),
  CASE WHEN by_holder IS NOT NULL THEN sha256(h.made || 'h'::bytea) END,
  copy, living, document, copy_number, lettered, shown, replaced, rules, c.awaiting
FROM notice n JOIN first_claim c ON c.notice = n.id
CROSS JOIN LATERAL (SELECT sha256(convert_to($1::bigint || ' ' || c.id, 'UTF8')) AS made) h
WHERE n.published_index < $2::bigint
""",  # noqa: S608  (all numbers are ours)
)  # fmt: skip
"""What a check reads: as many rows again, `$1` further on in a log that has no such entries."""

NUMBERED = """
UPDATE claim SET by_certificate = a.by_certificate, by_number = a.by_number,
  by_digits = a.by_digits, by_holder = NULL, shown = true, living = true, copy = ''
FROM unnest($1::bigint[], $2::bytea[], $3::bytea[], $4::bytea[])
  AS a (id, by_certificate, by_number, by_digits)
WHERE claim.id = a.id
"""


async def multiplied(here: Deployment, owner: str, many: int) -> list[str]:
    """The numbers by which some of all these notices are found."""
    database = await asyncpg.connect(owner)
    for table in ("notice", "event", "claim"):
        await database.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for table in ("event", "claim"):
        await database.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_notice_fkey")
    indexes = await database.fetch(INDEXES)
    for index in indexes:
        await database.execute(f"DROP INDEX {index['name']}")
    written = await database.fetchval("SELECT size FROM log_head")
    # Without its index on them the table, which grows, would be read as a whole each time.
    await database.execute("CREATE TEMPORARY TABLE first_claim AS SELECT * FROM claim")
    for times in range(1, max(many // WRITTEN, 1)):
        for statement in COPIES:
            await database.execute(statement, times * written, written)
        print(f"\r{(times + 1) * WRITTEN:,} notices", end="", file=sys.stderr, flush=True)
    key = here.keys.matching.present
    numbers = [f"370799{number:06}" for number in random.sample(range(1_000_000), MET)]
    last = await database.fetchval("SELECT max(id) FROM claim")
    ids = random.sample(range(1, last + 1), MET)
    hashed = [
        (keyed_hash(key, CERTIFICATE, each), keyed_hash(key, ANY, each),
         digits_hash(key, CERTIFICATE, each))
        for each in numbers
    ]  # fmt: skip
    await database.execute(NUMBERED, ids, *map(list, zip(*hashed, strict=True)))
    await database.execute("SET maintenance_work_mem = '1GB'")
    for index in indexes:
        if index["read"]:
            await database.execute(index["made"])
    await database.execute("VACUUM ANALYZE claim, event, notice")
    rows = await database.fetchrow(
        "SELECT (SELECT count(*) FROM notice) AS notices,"
        " pg_size_pretty(pg_database_size(current_database())) AS size"
    )
    await database.close()
    print(f"\nnotices          {rows['notices']:8,}     {rows['size']} of database")
    return numbers


@contextlib.contextmanager
def web(settings: Settings, engines: Engines, log: Path) -> Iterator[str]:
    """The web process alone: nobody follows a log that has no such entries."""
    settings = replace(settings, port=free_port())
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "notices", "web"],
            env=child_environment(settings, engines) | {"MEILI_SEARCH_KEY": "none"},
            cwd=ROOT, stdout=out, stderr=out,
        )  # fmt: skip
    url = f"http://127.0.0.1:{settings.port}"
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=9)) as client:
            while client.get(f"{url}/health/live").status_code != 200:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def ask(url: str, numbers: list[str]) -> None:
    """Half of them are met, each anywhere in the tables; nobody asked for any of them before."""
    random.shuffle(numbers)
    with httpx.Client() as client:
        question = {"certificate": CERTIFICATE, "number": numbers.pop()}
        answer = client.post(f"{url}/api/v1/verifications", json=question).json()
    if answer["status"] == "no_notice":
        raise RuntimeError("a number that stands among the copies is not found")
    others = (f"379999{number[6:]}" for number in cycle(numbers))
    asked = (
        msgspec.json.encode({"certificate": CERTIFICATE, "number": number})
        for pair in zip(cycle(numbers), others, strict=False)
        for number in pair
    )
    for clients in CLIENTS:
        found = load.post(f"{url}/api/v1/verifications", asked, SECONDS, clients=clients).only(200)
        p50, p99, longest = (load.percentile(found.latencies, at) * 1000 for at in (0.5, 0.99, 1))
        print(
            f"verifications    {found.rate:8.0f} /s  with {clients} clients;"
            f" p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {longest:.0f} ms",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=10_000_000)
    parser.add_argument("--data", type=Path, help="where they stay")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="notices-bench-") as root:
        data = options.data or Path(root) / "data"
        environment = os.environ | {"DATA": str(data), "DEMO": "1", "RATE_LIMITS": "0"}
        settings = from_environment(environment)
        with Engines.open(data, meili_bin=settings.meili_bin) as engines:
            made = data / "numbers"
            if not made.exists():
                words = ["demo", "fill", str(WRITTEN), "--no-publish"]
                words = [sys.executable, "-m", "notices", *words]
                subprocess.run(words, cwd=ROOT, env=environment, check=True)
                here = deployments.load(settings)
                numbers = asyncio.run(multiplied(here, engines.owner_url, options.notices))
                made.write_text("\n".join(numbers), "utf-8")
            numbers = made.read_text("utf-8").split()
            with web(settings, engines, Path(root) / "web.log") as url:
                ask(url, numbers)
                print("once more, what was read lying in memory")
                ask(url, numbers)


if __name__ == "__main__":
    main()
