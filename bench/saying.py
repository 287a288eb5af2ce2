"""What it costs that Piccolo says a statement: the same one by hand, prepared, and built each time.

All three go the same way (`DB.fetch`), by turns, on one connection.
"""

import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from notices import idempotency, identity, limits, log
from notices.database import DB
from notices.tables import Idempotency, LogHead, Rate, Session
from notices.tables.expressions import NOW, ago
from notices.tables.prepared import Prepared
from tests.service import Service, running

ROUNDS = 3000
KEY, DAY = b"k" * 32, timedelta(days=1)


class Said(NamedTuple):
    """A statement of a path on which speed matters: by hand, prepared, and as Piccolo builds it."""

    name: str
    sql: str
    prepared: Prepared
    built: Callable[[], Awaitable[Any]]
    values: tuple[Any, ...]
    more: tuple[Any, ...] = ()
    """Values that the statement by hand is given too."""


SAID = (
    Said(
        "who is signed in",
        "SELECT sealed FROM session WHERE token_hash = $1"
        " AND expires_at > now() AND expires_at < now() + interval '9 hours'",
        identity._FIND,
        lambda: (
            Session.select(Session.sealed)
            .where(Session.token_hash == KEY, identity._LIVING)
            .first()
            .run()
        ),
        (KEY,),
    ),
    Said(
        "an idempotency key that is known",
        "SELECT 1 FROM idempotency WHERE scope = $1 AND body_hash = $2"
        " AND created_at >= now() - $3::text::interval",
        idempotency._KNOWN,
        lambda: Idempotency.select(Idempotency.scope).where(
            Idempotency.scope == KEY,
            Idempotency.body_hash == KEY,
            Idempotency.created_at >= ago(idempotency.KEPT),
        ),
        (KEY, KEY),
        ("24 hours",),
    ),
    Said(
        "an idempotency key, taken",
        "INSERT INTO idempotency (scope, body_hash) VALUES ($1, $2)"
        " ON CONFLICT DO NOTHING RETURNING scope",
        idempotency._TAKE,
        lambda: (
            Idempotency.insert(Idempotency(scope=KEY, body_hash=KEY))
            .on_conflict(action="DO NOTHING")
            .returning(Idempotency.scope)
        ),
        (KEY, KEY),
    ),
    Said(
        "an answer, kept",
        "UPDATE idempotency SET response = coalesce(response, $2) WHERE scope = $1"
        " RETURNING response",
        idempotency._ANSWER,
        lambda: (
            Idempotency.update({Idempotency.response: "x"})
            .where(Idempotency.scope == KEY)
            .returning(Idempotency.response)
        ),
        (KEY, "x"),
    ),
    Said(
        "when a limit ends",
        "SELECT extract(epoch FROM window_end - now())::float8 AS left FROM rate"
        " WHERE bucket = $1 AND window_end > now()",
        limits._ENDS,
        lambda: Rate.select(Rate.window_end, NOW).where(Rate.bucket == KEY, Rate.window_end > NOW),
        (KEY,),
    ),
    Said(
        "the log's head",
        "SELECT size, peaks, spent_key, spent_size FROM log_head WHERE id = 1",
        log._HEAD,
        lambda: LogHead.select(*log._SHOWN).where(LogHead.id == 1),
        (),
    ),
)


async def _once(act: Callable[[], Awaitable[Any]]) -> float:
    began = time.perf_counter()
    await act()
    return time.perf_counter() - began


async def _measured(said: Said) -> tuple[float, float, float]:
    """Microseconds, by hand, prepared and built, of the median of many turns."""
    acts = (
        lambda: DB.fetch(said.sql, *said.values, *said.more),
        lambda: said.prepared.fetch(*said.values),
        said.built,
    )
    times: list[list[float]] = [[], [], []]
    for number in range(ROUNDS):
        # Whoever comes first in a turn finds the caches as another one left them.
        for place in range(3):
            which = (number + place) % 3
            times[which].append(await _once(acts[which]))
    hand, prepared, built = (median(each) * 1e6 for each in times)
    return hand, prepared, built


async def _measure(url: str) -> None:
    await DB.start(url, 1)
    try:
        await DB.fetch(
            "INSERT INTO session VALUES ($1, $2, now() + interval '8 hours')", KEY, b"x" * 300
        )
        await DB.fetch("INSERT INTO rate VALUES ($1, now() + interval '8 hours', 1)", KEY)
        await DB.fetch("INSERT INTO idempotency (scope, body_hash) VALUES ($1, $1)", KEY)
        for said in SAID:
            hand, prepared, built = await _measured(said)
            print(
                f"{said.name:34} {hand:6.0f} us by hand, {prepared:6.0f} prepared"
                f" ({prepared / hand:.2f}), {built:6.0f} built ({built / hand:.2f})"
            )
    finally:
        await DB.stop()


def main(service: Service) -> None:
    print("\nwhat Piccolo's statements cost")
    where: dict[str, str] = json.loads((service.data / "engines.json").read_text())
    asyncio.run(_measure(where["owner_url"]))


if __name__ == "__main__":
    with (
        tempfile.TemporaryDirectory(prefix="notices-bench-") as root,
        running(Path(root) / "data") as service,
    ):
        main(service)
