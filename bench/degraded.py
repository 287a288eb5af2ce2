"""Whether PostgreSQL alone finds what it should, and how fast: `python -m bench.degraded`.

The service runs without Meilisearch over made-up notices; each kind of query is asked by few
clients, and what the first page shows is compared with a search through all notices.
"""

import argparse
import asyncio
import bisect
import itertools
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple

import asyncpg
import httpx

from bench import load
from bench.search import notices
from notices.facts import catalogue, regions
from notices.facts.readings import bare_form
from notices.facts.texts import CHINA
from search.document import backwards, pieces
from tests import enginefarm
from tests.service import Service

PAGE = 20
NOWHERE = {"MEILI_URL": "http://127.0.0.1:9", "MEILI_MASTER_KEY": "nobody-listens-there"}
WARM = 40
"""Queries before any is measured: connections, statements, the first look at what was written."""


class Shown(NamedTuple):
    """What of a notice a query can be about."""

    id: str
    written: str
    ends: str
    key: str
    number: str
    name: str
    certificate: str
    matter: str | None
    region: str
    kind: str
    year: int
    status: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of the API, and which notices answer it: of those with `part` in `where`, these."""

    parameters: dict[str, str]
    where: Literal["written", "ends"]
    part: str
    answers: Callable[[Shown], bool]


async def corpus(url: str) -> list[Shown]:
    """Every notice as the public sees it, the newest first."""
    kinds = catalogue.load().certificates
    names = {id: "|".join(each.names[1:]) for id, each in kinds.items()}
    places = regions.load()
    now = datetime.now(UTC)
    found = []
    connection = await asyncpg.connect(url)
    try:
        gone = {
            row["notice"]
            for row in await connection.fetch("SELECT notice FROM event WHERE kind = 'withdrawn'")
        }
        async with connection.transaction():
            async for row in connection.cursor(
                "SELECT id, certificate, region, holder_kind, holder_name, number_key,"
                " published_at, effective_at, form ->> 'issuer' AS issuer,"
                " form ->> 'matter' AS matter, form ->> 'number' AS number,"
                " form -> 'holder' ->> 'identifier' AS identifier"
                " FROM notice WHERE form IS NOT NULL ORDER BY published_index DESC",
                prefetch=5_000,
            ):
                key = row["number_key"]
                rest = pieces(bare_form(row["number"]))[1] if key else ()
                texts = (row["holder_name"], row["issuer"] or "", names[row["certificate"]],
                         places.name(row["region"]) or "", *rest)  # fmt: skip
                runs = backwards(filter(None, (key, row["identifier"])))
                whole = filter(None, (key, row["identifier"]))
                void = "declared" if row["effective_at"] > now else "invalid"
                found.append(
                    Shown(
                        row["id"],
                        "|".join("".join(filter(_keeps, text)) for text in texts),
                        " ".join([*(run[::-1] for run in runs), *(f"={one}" for one in whole), ""]),
                        key or "",
                        row["number"] or "",
                        row["holder_name"],
                        row["certificate"],
                        row["matter"],
                        row["region"],
                        row["holder_kind"],
                        row["published_at"].astimezone(CHINA).year,
                        "reinstated" if row["id"] in gone else void,
                    )
                )
    finally:
        await connection.close()
    return found


def _keeps(character: str) -> bool:
    return character.isalnum() or character == "|"


def words(*typed: str, **filters: str) -> Asked:
    """All words count, each as a part of something written."""

    def answers(each: Shown) -> bool:
        return all(word in each.written for word in typed) and all(
            each.region.startswith(value) if name == "region" else str(getattr(each, name)) == value
            for name, value in filters.items()
        )

    return Asked({"q": " ".join(typed), **filters}, "written", max(typed, key=len), answers)


def number(typed: str, each: Shown) -> Asked:
    """A whole number; the end of another one too where it is nothing but one run.

    With a prefix that may be left out it is a number of the one certificate that has such.
    """
    normal = bare_form(typed)
    asked = tail(typed, each.key if normal == each.key and each.key.isascii() else f"={each.key}")
    if normal == each.key:
        return asked
    return replace(asked, answers=lambda other: other.certificate == each.certificate)


def tail(typed: str, end: str) -> Asked:
    return Asked({"q": typed}, "ends", end + " ", lambda each: True)


class Kinds:
    """Queries of every kind about a corpus."""

    COMMON = ("有限公司", "潍坊", "市", "公司", "店", "管理局", "许可证")
    EMPTY = (("有限公司", "餐饮店"), ("诊所", "有限公司"), ("大药房", "物流"), ("幼儿园", "面馆"),
             ("潍坊", "市场", "公安局"), ("奎文区", "青州市"), ("限有",))  # fmt: skip

    def __init__(self, shown: list[Shown], seed: int, many: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  (the same questions every time)
        self.many = many
        some = self.random.sample(shown, min(len(shown), 40 * many))
        self.numbered = [each for each in some if each.key]
        self.companies = [
            each for each in some if each.kind == "organisation" and len(each.name) > 8
        ]
        self.people = [each for each in some if each.kind == "person"]

    def _of(self, pool: list[Shown], make: Callable[[Shown], Asked]) -> list[Asked]:
        return [make(each) for each in pool[: self.many]]

    def _inner(self, length: int) -> Callable[[Shown], Asked]:
        return lambda each: words(self._part(each, length))

    def _part(self, each: Shown, length: int) -> str:
        name = "".join(filter(str.isalnum, each.name))
        start = self.random.randrange(1, len(name) - length)
        return name[start : start + length]

    def _again(self, asked: list[Asked]) -> list[Asked]:
        return list(itertools.islice(itertools.cycle(asked), self.many))

    def all(self) -> Iterator[tuple[str, list[Asked]]]:
        wide = str.maketrans("()〔〕-", "（）[]－")
        yield "full number", self._of(self.numbered, lambda n: number(n.number, n))
        yield (
            "other brackets or case",
            self._of(self.numbered, lambda n: number(n.number.translate(wide).lower(), n)),
        )
        long = [each for each in self.numbered if each.key[-8:].isdigit()]
        for length in (8, 4):
            yield (
                f"its last {length} digits",
                self._of(long, lambda n, length=length: tail(n.key[-length:], n.key[-length:])),  # type: ignore[misc]
            )
        plain = [each for each in self.companies if each.name.isalnum()]
        yield "full holder's name", self._of(plain, lambda n: words(n.name))
        for length in (5, 2, 1):
            yield f"{length} inner characters", self._of(self.companies, self._inner(length))
        yield "common part", self._again([words(part) for part in self.COMMON])
        yield (
            "common and rare part",
            self._of(
                self.companies, lambda n: words(self.random.choice(self.COMMON), self._part(n, 3))
            ),
        )
        yield "no notice has both", self._again([words(*typed) for typed in self.EMPTY])
        yield "surname and place", self._of(self.people, lambda n: words(n.name[0], "潍坊"))
        yield "surname", self._of(self.people, lambda n: words(n.name[0]))
        yield (
            "region's word",
            self._again(
                [words(part) for part in ("奎文", "潍坊市", "山东", "县", "寿光市", "济南")]
            ),
        )
        for name, values in {
            "certificate": ("religious-venue-certificate", "business-license"),
            "matter": ("work-safety-license.reissue", "food-operation-license.reissue"),
            "region": ("370705", "3707", "37", "3701"),
            "status": ("declared", "invalid", "reinstated", "contested"),
            "year": tuple(str(datetime.now(CHINA).year - ago) for ago in (0, 2, 30)),
        }.items():
            for value in values:
                with_filter = {name: value}
                asked = [words("有限公司", **with_filter), words("张", **with_filter)]
                asked += [words(self._part(each, 2), **with_filter) for each in self.companies[:10]]
                yield f"{name} {value}"[:26], self._again(asked)


class Got(NamedTuple):
    """How an answer was: seconds, the share of what it should show, whether its total is right."""

    seconds: float
    recall: float
    only: bool
    total: bool


class Truth:
    """What the right answers are, found by reading everything."""

    def __init__(self, shown: list[Shown]) -> None:
        self._shown = shown
        self._texts = {
            "written": _Text([each.written for each in shown]),
            "ends": _Text([each.ends for each in shown]),
        }
        self._known: dict[tuple[tuple[str, str], ...], list[str]] = {}

    def of(self, asked: Asked, most: int = 1_001) -> list[str]:
        """The newest answers, up to `most`."""
        question = tuple(asked.parameters.items())
        if question not in self._known:
            places = self._texts[asked.where].having(asked.part)
            answers = (self._shown[p].id for p in places if asked.answers(self._shown[p]))
            self._known[question] = list(itertools.islice(answers, most))
        return self._known[question]


class _Text:
    """Many texts as one, in which a part is found a hundred times as fast as in each."""

    def __init__(self, texts: list[str]) -> None:
        self._whole = "\n".join(texts)
        self._starts = [0, *itertools.accumulate(len(text) + 1 for text in texts)]

    def having(self, part: str) -> Iterator[int]:
        at = self._whole.find(part)
        while at >= 0:
            place = bisect.bisect_right(self._starts, at) - 1
            yield place
            at = self._whole.find(part, self._starts[place + 1])


def ask(client: httpx.Client, asked: Asked) -> tuple[float, dict[str, Any]]:
    began = time.perf_counter()
    answer = client.get("/api/v1/notices", params={**asked.parameters, "per_page": str(PAGE)})
    seconds = time.perf_counter() - began
    answer.raise_for_status()
    return seconds, answer.json()


def judge(seconds: float, answer: dict[str, Any], true: list[str]) -> Got:
    if not answer["degraded"]:
        raise RuntimeError("the search engine answered")
    ids = [each["id"] for each in answer["notices"]]
    total, exact = min(len(true), 1_000), len(true) <= 1_000
    return Got(
        seconds,
        len({*ids} & {*true}) / min(len(true), PAGE) if true else 1.0,
        {*ids} <= {*true},
        (answer["total"], answer["total_is_exact"]) == (total, exact),
    )


def main(service: Service, url: str, clients: int, many: int) -> None:
    shown = asyncio.run(corpus(url))
    kinds = list(Kinds(shown, 1, many).all())
    truth = Truth(shown)
    print(f"corpus           {len(shown):8,d} notices; {clients} clients")
    with ThreadPoolExecutor(clients) as pool, service.client() as client:
        for asked in itertools.islice(itertools.chain(*zip(*(k[1] for k in kinds))), WARM):  # noqa: B905
            ask(client, asked)
        for name, questions in kinds:
            answers = list(pool.map(lambda one: ask(client, one), questions))
            got = [
                judge(*answer, truth.of(one))
                for answer, one in zip(answers, questions, strict=True)
            ]
            at = [load.percentile([one.seconds for one in got], p) * 1000 for p in (0.5, 0.99, 1)]
            wrong = [
                one.parameters
                for one, each in zip(questions, got, strict=True)
                if each.recall < 1 or not each.total
            ]
            print(
                f"{name:26s} p50 {at[0]:6.1f} p99 {at[1]:6.1f} max {at[2]:6.1f} ms"
                f"  recall@{PAGE} {sum(one.recall for one in got) / len(got):7.2%}"
                f"  nothing else {sum(one.only for one in got) / len(got):6.1%}"
                f"  total right {sum(one.total for one in got) / len(got):6.1%}"
                f"  of {len(got)}" + (f"  not: {wrong[:2]}" if wrong else "")
            )


async def settle(url: str) -> None:
    """Do now what PostgreSQL would do by itself a minute after so much was written."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()


def run(many: int, clients: int = 2, queries: int = 100, filled: Path | None = None) -> None:
    """Measure on a service of its own with `many` notices, or on one that is `filled` already."""
    with tempfile.TemporaryDirectory(prefix="notices-bench-") as root:
        data = filled or Path(root) / "data"
        measured = Service(data, **NOWHERE)
        measured.log = Path(root) / "service.log"
        try:
            measured.start("--no-relay")
            if filled is None:
                seconds = notices(measured, "demo", "fill", str(many), "--no-publish")
                print(f"fill             {many / seconds:8.0f} /s  through the log", flush=True)
            where = json.loads((data / "engines.json").read_text())
            asyncio.run(settle(where["owner_url"]))
            main(measured, where["owner_url"], clients, queries)
        finally:
            measured.stop()
            if filled is None:
                enginefarm.remove(data)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Measure the search without Meilisearch.")
    parser.add_argument("--notices", type=int, default=1_000_000)
    parser.add_argument("--clients", type=int, default=2)
    parser.add_argument("--queries", type=int, default=100, help="of each kind")
    parser.add_argument("--data", type=Path, help="a data folder that is filled already, and kept")
    options = parser.parse_args()
    run(options.notices, options.clients, options.queries, options.data)
