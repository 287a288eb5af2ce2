"""What the service has done so far, as JSON and as a table."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Response, get

from notices.api.documenting import reads
from notices.facts.public.statistics import Statistics
from notices.statistics.reading import Reader
from notices.web.authentication import AnyRequest
from notices.web.replies import passed_on

CSV = "text/csv"  # Litestar adds the charset
A_MINUTE = {"Cache-Control": "public, max-age=60"}


@get("/statistics.json", **reads("getStatistics", "statistics", problems=(400, 503)))
async def as_json(request: AnyRequest) -> Response[Statistics]:
    """How many notices there are, what they saved, how long things take, checks that met one."""
    numbers, made = await _now(request), request.app.state.statistics.made
    if "json" not in made:
        made["json"] = msgspec.json.encode(numbers).decode()
    return passed_on(made["json"], Statistics, headers=A_MINUTE)


@get(
    "/statistics.csv",
    **reads("getStatisticsTable", "statistics", problems=(400, 503), kinds=(CSV,)),
)
async def as_csv(request: AnyRequest) -> Response[bytes]:
    """The same as a table: a row for each number, by `measure` and `key`."""
    numbers, made = await _now(request), request.app.state.statistics.made
    if "csv" not in made:
        made["csv"] = table(numbers)
    headers = {**A_MINUTE, "Content-Disposition": 'inline; filename="statistics.csv"'}
    return Response(made["csv"].encode(), media_type=CSV, headers=headers)


def table(numbers: Statistics) -> str:
    """A line for each number, below one with the names of the columns."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("measure", "key", "value"))
    writer.writerows((row.measure, row.key, row.value) for row in rows(numbers))
    return text.getvalue()


@dataclass(frozen=True, slots=True)
class Row:
    """A number, what it is of, and which of several it is ("" where there is one)."""

    measure: str
    key: str
    value: Any


def rows(numbers: Statistics) -> Iterator[Row]:
    """Every number of the JSON, named by its way there: `freshness.check`, `p50`."""
    for name, value in msgspec.to_builtins(numbers).items():
        yield from _rows(name, value)


_KEYS = {"by_month": "month", "freshness_by_day": "day"}
"""What tells the members of a list apart."""


def _rows(name: str, value: Any) -> Iterator[Row]:
    if isinstance(value, list):
        key = _KEYS[name]
        for each in value:
            for inner, number in each.items():
                if inner != key:
                    yield from _of_one(f"{name}.{inner}", each[key], number)
    elif isinstance(value, dict):
        nested = any(isinstance(each, dict) or each is None for each in value.values())
        for key, each in value.items():
            yield from _rows(f"{name}.{key}", each) if nested else [Row(name, key, each)]
    elif value is not None:
        yield Row(name, "", value)


def _of_one(name: str, key: str, value: Any) -> Iterator[Row]:
    if isinstance(value, dict):
        for inner, each in value.items():
            yield Row(f"{name}.{inner}", key, each)
    elif value is not None:
        yield Row(name, key, value)


async def _now(request: AnyRequest) -> Statistics:
    reader: Reader = request.app.state.statistics
    return await reader.now()


HANDLERS = [as_json, as_csv]
