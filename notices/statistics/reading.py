"""The numbers as they are shown: read at most every five seconds, whoever asks."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

import msgspec

from notices.database import DB
from notices.deployment import Deployment
from notices.facts.buckets import percentile
from notices.facts.public.statistics import Fresh, FreshOnDay, Month, Percentiles, Statistics
from notices.facts.texts import CHINA, rfc3339
from notices.statistics.following import FOLLOWER, MEASURES
from notices.tables import Duration
from notices.tables.prepared import Prepared

EVERY = 5.0
"""Seconds for which one reading serves everybody."""
DAYS = 30
"""Over so many days, today's included, percentiles are taken."""

PUBLISHED_AT_LEAST = 5
"""Below so many it would be told how long one person took."""

Steps = Mapping[int, int]
"""How often something took so long, by the steps of `buckets`."""

# All before the first event that is not counted is counted, and as many rows as there are months,
# certificates and counties. Of nobody who follows yet there is none.
_COUNTS = """
SELECT coalesce((SELECT at FROM event WHERE index = coalesce(
    (SELECT position FROM follower WHERE name = $1), 0)), statement_timestamp()) AS as_of,
  statement_timestamp() AS now,
  (SELECT json_agg(json_build_array(measure, key, value)) FROM
    (SELECT measure, key, value FROM statistic WHERE follower = $1 ORDER BY measure, key) s)
    AS counted,
  (SELECT json_agg(json_build_array(month, met)) FROM
    (SELECT to_char(month, 'YYYY-MM') AS month, sum(met)::bigint AS met FROM check_count
     WHERE month > '2000-01-01' AND certificate >= '' GROUP BY check_count.month) c) AS checks
"""
_DURATIONS = Prepared(
    lambda first: Duration.select(
        Duration.day, Duration.measure, Duration.bucket, Duration.times
    ).where(Duration.day >= first)
)


class Reader:
    """Reads the numbers, and remembers them for a short while."""

    def __init__(self, deployment: Deployment) -> None:
        self._deployment = deployment
        self._reading: asyncio.Task[Statistics] | None = None
        self._read_at = float("-inf")
        self._known: Statistics | None = None
        self.made: dict[str, str] = {}
        """What faces made of the numbers that `now` has last given; it goes with them."""

    async def now(self) -> Statistics:
        """The numbers, at most EVERY old. Raises Unavailable.

        Whoever asks while they are read gets what comes of that, be it a failure: while the
        database hangs, nobody waits for more than one that does not answer.
        """
        now = asyncio.get_running_loop().time()
        if self._known is not None and now < self._read_at + EVERY:
            return self._known
        if self._reading is None:
            self._reading = asyncio.create_task(self._read(now))
            self._reading.add_done_callback(self._over)
        return await asyncio.shield(self._reading)

    async def _read(self, began: float) -> Statistics:
        self._known = await read(self._deployment)
        self.made, self._read_at = {}, began
        return self._known

    def _over(self, reading: asyncio.Task[Statistics]) -> None:
        self._reading = None
        if not reading.cancelled():
            reading.exception()  # whoever asked may have gone


class _Counts(NamedTuple):
    as_of: datetime
    now: datetime
    counted: Mapping[str, dict[str, int]]
    checks: dict[str, int]


async def read(deployment: Deployment) -> Statistics:
    """The numbers as they are now."""
    counts = await _counts()
    today = counts.now.astimezone(CHINA).date()
    months = counts.counted["by_month"]
    notices = sum(months.values())
    price = deployment.site.newspaper_price
    taken = await _durations(today - timedelta(days=DAYS - 1))
    of_all: dict[str, Counter[int]] = defaultdict(Counter)
    for measures in taken.values():
        for measure, steps in measures.items():
            of_all[measure].update(steps)
    return Statistics(
        as_of=rfc3339(counts.as_of),
        notices=notices,
        people=notices,
        money_saved=notices * price,
        newspaper_price=price,
        seconds_to_publish=_percentiles(of_all["publish"], PUBLISHED_AT_LEAST),
        freshness=Fresh(**_freshness(of_all)),
        freshness_by_day=[
            FreshOnDay(day=day.isoformat(), **_freshness(taken[day]))
            for day in sorted(taken)
            if taken[day].keys() - {"publish"}
        ],
        checks_met=sum(counts.checks.values()),
        by_month=[
            Month(month=month, notices=months.get(month, 0), checks_met=counts.checks.get(month, 0))
            for month in _months({*months, *counts.checks}, today)
        ],
        by_certificate=counts.counted["by_certificate"],
        by_region=counts.counted["by_region"],
    )


async def _counts() -> _Counts:
    row = await DB.row(_COUNTS, FOLLOWER)
    assert row is not None  # noqa: S101  (a statement of one row)
    counted: dict[str, dict[str, int]] = {measure: {} for measure in MEASURES}
    for measure, key, value in msgspec.json.decode(row["counted"] or "[]"):
        if value:
            counted[measure][key] = value
    checks = dict(msgspec.json.decode(row["checks"] or "[]"))
    return _Counts(row["as_of"], row["now"], counted, checks)


async def _durations(first: date) -> dict[date, dict[str, dict[int, int]]]:
    """By day and measure, from the day `first` on."""
    found: dict[date, dict[str, dict[int, int]]] = {}
    for row in await _DURATIONS.fetch(first):
        steps = found.setdefault(row["day"], {}).setdefault(row["measure"], {})
        steps[row["bucket"]] = row["times"]
    return found


def _freshness(by_measure: Mapping[str, Steps]) -> dict[str, Percentiles | None]:
    return {each: _percentiles(by_measure.get(each, {})) for each in ("check", "search", "list")}


def _percentiles(steps: Steps, least: int = 1) -> Percentiles | None:
    if sum(steps.values()) < least:
        return None
    half, most = percentile(steps, 0.5), percentile(steps, 0.95)
    return None if half is None or most is None else Percentiles(p50=half, p95=most)


def _months(known: set[str], today: date) -> list[str]:
    """Every month from the first that is known to this one, those of which nothing is known too."""
    year, month = map(int, min({*known, f"{today:%Y-%m}"}).split("-"))
    last = max({*known, f"{today:%Y-%m}"})
    found = []
    while (name := f"{year:04}-{month:02}") <= last:
        found.append(name)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found
