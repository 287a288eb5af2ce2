"""The offline list: what it weighs, how long it is made, and how fast a machine checks by it.

`python -m bench.lists [--numbers 1000000] [--same 100000]`; the second compares what the list and
what the service say of so many numbers.
"""

import argparse
import asyncio
import dataclasses
import gc
import hashlib
import resource
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from notices import data_keys, log, verification
from notices import deployment as deployments
from notices.database import DB
from notices.demo import fill
from notices.deployment import Deployment
from notices.engines import Engines
from notices.facts.numbers import keyed_hash
from notices.facts.readings import RULES
from notices.facts.rows import Columns, read
from notices.listing import making
from notices.listing.asking import Offline
from notices.listing.entries import ALL
from notices.listing.folder import Folder
from notices.listing.making import Made, Maker
from notices.log import Commitment
from notices.migrating import migrate
from notices.register import claims
from notices.settings import from_environment
from notices.trust import receipts
from notices.trust.lists import OfflineList, key_of
from notices.trust.notes import NoteVerifier
from notices.verification import Question

CERTIFICATE = "food-operation-license"
PIECE = 20_000


@contextmanager
def took(what: str, more: Callable[[], str] = str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what:<44}{wall:9.3f} s, {cpu:8.3f} s of it ours {more()}", flush=True)


def peak() -> str:
    """The most memory that this process ever had."""
    return f"(peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB resident)"


def number_of(serial: int) -> str:
    return f"JY13799{serial:09}"


async def declare(here: Deployment, first: int, end: int) -> None:
    """Notices of these numbers as rows, with no more than a list reads; the log is a real one."""
    certificate = here.catalogue.certificates[CERTIFICATE]
    key = here.keys.matching.present
    for start in range(first, end, PIECE):
        serials = range(start, min(start + PIECE, end))
        async with DB.transaction():
            grown, now = await log.take_turns()
            notices, claimed = [], []
            for serial in serials:
                number, id = number_of(serial), f"3707{serial:010}"
                holder = {"kind": "organisation", "identifier": "92379999MA0000023B", "name": "某"}
                text = msgspec.json.encode(
                    {"certificate": CERTIFICATE, "copies": "original", "holder": holder,
                     "number": number}
                )  # fmt: skip
                salt = secrets.token_bytes(32)
                value = receipts.commitment_to(salt, text)
                index = grown.add(
                    now, "published", id, CERTIFICATE, Commitment(salt, text.decode(), value)
                )
                notices.append((id, text.decode(), None, "self_declared", index, now, now))
                normal = certificate.normal_number(number)
                by = keyed_hash(key, CERTIFICATE, normal), keyed_hash(key, claims.ANY, normal)
                claimed.append((*by, "original", id, True, RULES))
            turned = ("published_index", "published_at", "effective_at")
            await DB.copy("notice", ("id", "form", "number_key", "evidence", *turned), notices)
            columns = ("by_certificate", "by_number", "copy", "notice", "shown", "rules")
            await DB.copy("claim", columns, claimed)
            await log.append_all(grown)


async def make(maker: Maker) -> Made | None:
    connection = await making.connect()
    try:
        return await maker.make(connection)
    finally:
        await connection.close()


async def read_rows() -> int:
    """What is left of making a whole list where nothing is made of its rows."""
    connection, rows = await making.connect(), 0
    try:
        async with connection.transaction():
            cursor = await connection.cursor(ALL)
            while piece := await cursor.fetch(making.PIECE):
                rows += len(piece)
    finally:
        await connection.close()
    return rows


async def build(here: Deployment, numbers: int, root: Path) -> Folder:
    await DB.fetch("DROP INDEX notice_terms")  # a minute's work for each 100,000, and not ours
    with took(f"{numbers:,} notices written"):
        await declare(here, 0, numbers)
    await DB.fetch("ANALYZE")
    with took("its rows read, and nothing made of them"):
        await read_rows()
    folder = Folder(root / "lists")
    maker = Maker(here, folder)
    with took("whole list", peak):
        await make(maker)
    first = folder.latest() or 0
    print(f"{'size of the list':<44}{folder.whole(first).stat().st_size / 1e6:9.3f} MB")
    for more in (1, 1000):
        await declare(here, numbers, numbers + more)
        numbers += more
        with took(f"list after {more:,} more", peak):
            made = await make(maker)
        assert made is not None
        assert not made.whole
    size = folder.latest() or 0
    with took("any delta, made"):
        delta = folder.delta(first, size, here.keys.log) or b""
    print(f"{'a delta of 1,001 declarations':<44}{len(delta) / 1e3:9.3f} kB")
    folder.whole(first).unlink()
    with took("an older list, made again"):
        folder.content(first)
    twice = Folder(root / "again")
    await make(Maker(here, twice))
    assert twice.body(size) == folder.body(size), "from the last list other bytes than from all"
    return folder


def rate(what: str, count: int, work: Callable[[], object], base: float | None = None) -> float:
    """How many a second; the best of five, since the machine has other things to do."""
    gc.disable()
    seconds = min(_seconds(work) for _ in range(5))
    gc.enable()
    beside = f"; {count / seconds / base:.2f} of bare hashing" if base else ""
    print(f"{what:<44}{count / seconds:12,.0f} /s{beside}", flush=True)
    return count / seconds


def _seconds(work: Callable[[], object]) -> float:
    """Of the processor, whatever else the machine does meanwhile."""
    began = time.process_time()
    work()
    return time.process_time() - began


def _wall(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def check(here: Deployment, folder: Folder, numbers: int) -> None:
    content = folder.content(folder.latest() or 0) or b""
    verifiers = [NoteVerifier(here.keys.log.vkey)]
    with took("list verified and loaded", peak):
        listed = OfflineList(content, verifiers)
    now, certificate = datetime.now(UTC), here.catalogue.certificates[CERTIFICATE]
    many = 200_000
    # One of a hundred is in the list, more than a bank will ever have.
    asked = [number_of((serial * 7919) % (numbers * 100)) for serial in range(many)]
    before, sha256 = f"notices-list/v1\n{CERTIFICATE}\n".encode(), hashlib.sha256
    bare = rate(
        "bare SHA-256 of as many",
        many,
        lambda: [sha256(before + each.encode()).digest() for each in asked],
    )
    keys = [key_of(CERTIFICATE, each) for each in asked]
    rate("looked up by key", many, lambda: [listed.entry(key) for key in keys], bare)
    rate(
        "checked by normal number, hash and all",
        many,
        lambda: listed.look_up_all(CERTIFICATE, asked, now),
        bare,
    )
    normal = certificate.normal_number
    rate(
        "checked as typed, normal form too",
        many,
        lambda: listed.look_up_all(CERTIFICATE, [normal(each) for each in asked], now),
        bare,
    )
    columns = Columns(number=0)
    offline = Offline(listed, here.catalogue, now, timedelta(days=1))
    rate(
        "rows of a file, with all that may be wrong",
        many // 10,
        lambda: offline.ask(
            [read([each], columns, here.catalogue, CERTIFICATE) for each in asked[: many // 10]]
        ),
        bare,
    )
    each = sorted(
        _wall(lambda number=number: listed.look_up(CERTIFICATE, normal(number), now))
        for number in asked[:50_000]
    )
    p50, p99 = (each[len(each) * part // 100] * 1e6 for part in (50, 99))
    print(
        f"{'one check, as typed':<44}p50 {p50:.1f} µs, p99 {p99:.1f} µs,"
        f" longest {each[-1] * 1e3:.2f} ms"
    )


async def same(here: Deployment, count: int, root: Path) -> None:
    """Made-up notices and as many numbers that look alike, asked both ways."""
    await fill(here, count * 56 // 100, 1, lambda done, total: None)  # some show no number
    folder = Folder(root / "same")
    await make(Maker(here, folder))
    rows = await DB.fetch(
        "SELECT certificate,"
        " coalesce(form ->> 'number', form -> 'holder' ->> 'identifier') AS number"
        " FROM notice WHERE coalesce(form ->> 'number', '') NOT LIKE '%*%'"
    )
    numbers = [(row["certificate"], row["number"]) for row in rows if row["number"]]
    numbers += [(each, text[:-1] + ("1" if text[-1] != "1" else "2")) for each, text in numbers]
    listed = OfflineList(
        folder.content(folder.latest() or 0) or b"", [NoteVerifier(here.keys.log.vkey)]
    )
    columns = Columns(number=1, certificate=0)
    asked = [read(each, columns, here.catalogue) for each in numbers]
    asked = [row for row in asked if row.reading is not None]
    said = Offline(listed, here.catalogue, datetime.now(UTC), timedelta(days=1)).ask(asked)
    different = told = 0
    for start in range(0, len(asked), 1000):
        piece = asked[start : start + 1000]
        answers = await verification.answer(here, [Question(**row.question) for row in piece])
        for one, other in zip(said[start : start + 1000], answers, strict=True):
            status = "no_notice" if other.status == "reinstated" else other.status
            told += one is not None and one.verdict != "ask_online"
            different += one is not None and one.verdict not in (status, "ask_online")
    print(f"{len(asked):,} numbers asked both ways: the list told {told:,} of them,"
          f" {different} otherwise than the service")  # fmt: skip


async def measure(here: Deployment, url: str, options: argparse.Namespace, root: Path) -> None:
    await DB.start(url, 4, None)
    try:
        await data_keys.begin(here.keys)
        await deployments.refuse_other_keys(here)
        if options.same:
            await same(here, options.same, root)
            return
        folder = await build(here, options.numbers, root)
        check(here, folder, options.numbers)
    finally:
        await DB.stop()


def run(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--numbers", type=int, default=1_000_000)
    parser.add_argument("--same", type=int, default=0)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="notices-bench-") as root:
        data = Path(root) / "data"
        settings = from_environment({"DATA": str(data), "DEMO": "1"})
        with Engines.open(data) as engines:
            asyncio.run(migrate(engines.owner_url, engines.database_url))
            here = deployments.load(
                dataclasses.replace(settings, database_url=engines.database_url)
            )
            asyncio.run(measure(here, engines.owner_url, options, Path(root)))


if __name__ == "__main__":
    run()
