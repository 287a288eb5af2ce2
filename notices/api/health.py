"""For operators: is it alive, is it ready, and how much does it do (Prometheus)."""

import asyncio
import functools
import os
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from litestar import Response, get
from msgspec import UNSET
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from notices.api.documenting import reads
from notices.api.operations import JSON
from notices.facts.errors import NotFound, Unavailable
from notices.facts.public.form import Words
from notices.facts.public.service import Alive, Database, Readiness, Relay, Uploads
from notices.upkeep import vitals
from notices.upkeep.vitals import Look, Vitals
from notices.web import options
from notices.web.authentication import AnyRequest
from notices.web.replies import NO_STORE, answered

DATABASE: dict[str, Database] = {"yes": "up", "full": "full", "read_only": "read_only"}
"""What operators are told of whether it takes writes."""

UPLOADS: dict[bool | None, Uploads] = {True: "up", False: "full", None: "down"}


@get("/health/live", **reads("getLive", "health", problems=(400,)))
async def live() -> Response[Alive]:
    """The process answers."""
    return answered(Alive())


def looks(uploads: Path) -> dict[str, Look[Any]]:
    """What a web process looks at for operators; one of each is enough for however many ask."""
    return {
        "database": Look(vitals.measure),
        "uploads": Look(functools.partial(vitals.room_for_uploads, uploads)),
    }


@get("/health/ready", **reads("getReady", "health", problems=(400, 503), also={503: JSON}))
async def ready(request: AnyRequest) -> Response[Readiness]:
    """Each part apart; 503 where PostgreSQL is away, cannot write, or its clock is off."""
    looks: dict[str, Look[Any]] = request.app.state.looks
    found, uploads, search = await asyncio.gather(
        looks["database"](), looks["uploads"](), request.app.state.finder.breaker.engine.healthy()
    )
    database = DATABASE[found.writes] if found is not None else "down"
    why = found.clock if found is not None and database == "up" else None
    well = database == "up" and why is None
    body = Readiness(
        status="ok" if well else "unavailable",
        database=database,
        search="up" if search else "down",
        uploads=UPLOADS[uploads],
        clock=("off" if found.clock else "ok") if found is not None else UNSET,
        log_size=found.log_size if found is not None else UNSET,
        relay=_relay(found) if found is not None else UNSET,
        # Checks are answered all the same.
        log_key="due" if found is not None and found.key_due else UNSET,
        why=Words.of(why) if why else UNSET,
    )
    later = {} if well else {"Retry-After": "10" if why else "2"}
    return answered(body, 200 if well else 503, {**later, **NO_STORE})


def _relay(found: Vitals) -> Relay:
    return Relay(events=found.lag_events, seconds=round(found.lag_seconds, 3), parked=found.parked)


async def without_database(
    request: AnyRequest, look: Callable[[AnyRequest], Awaitable[None]]
) -> None:
    """`look` into the database before a handler; where it is away, that is what health tells."""
    try:
        await look(request)
    except Unavailable:
        if not request.url.path.startswith("/health/"):
            raise


def refuse_elsewhere(request: AnyRequest) -> None:
    """With METRICS_ADDRESS: raises NotFound for the metrics on any other address, and there for
    whatever else."""
    metrics_at = request.app.state.deployment.settings.metrics
    if metrics_at is None:
        return
    _, port = request.scope.get("server") or ("", None)
    if (port == metrics_at[1]) != (request.url.path == "/metrics"):
        raise NotFound


class _Now(Collector):
    """What is so at this moment, the same whoever of several processes is asked.

    Not `Gauge`s: with several processes these are files too, one for each process.
    """

    def __init__(self, found: Vitals | None) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        found = self._found
        yield GaugeMetricFamily("notices_database_up", "PostgreSQL answers.", found is not None)
        if found is not None:
            yield GaugeMetricFamily(
                "notices_database_writes", "PostgreSQL can write.", found.writes == "yes"
            )
            webhooks, uncounted = found.webhooks, found.uncounted
            for name, words, value in (
                ("notices_clock_right", "Its clock can be believed.", found.clock is None),
                ("notices_log_size", "Entries in the log.", found.log_size),
                ("notices_relay_lag_events", "Events not yet in the index.", found.lag_events),
                ("notices_relay_lag_seconds", "Age of the oldest of them.", found.lag_seconds),
                ("notices_relay_parked", "Notices the index refused.", found.parked),
                ("notices_statistics_lag_events", "Events not counted.", uncounted.events),
                ("notices_statistics_lag_seconds", "Age of the oldest.", uncounted.seconds),
                ("notices_watches_lag_events", "Events watches did not take.", webhooks.events),
                ("notices_webhooks_waiting", "Messages to send (10000 at most).", webhooks.waiting),
                ("notices_webhooks_oldest_seconds", "Age of the oldest.", webhooks.seconds),
                ("notices_webhooks_dead", "Messages given up (10000 at most).", webhooks.dead),
            ):
                yield GaugeMetricFamily(name, words, value)


@get("/metrics", opt={options.QUERY: frozenset(), options.CLOSED: True}, include_in_schema=False)
async def metrics(request: AnyRequest) -> Response[bytes]:
    """Prometheus' text format; route patterns are the only labels a stranger can choose from."""
    now = CollectorRegistry()
    now.register(_Now(await request.app.state.looks["database"]()))
    text = generate_latest(now)
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        own = CollectorRegistry()
        MultiProcessCollector(own)  # type: ignore[no-untyped-call]
        text += generate_latest(own)
    else:
        text += generate_latest()
    return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})


HANDLERS = [live, ready, metrics]
