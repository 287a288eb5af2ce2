"""For operators: is it alive, is it ready, and how much does it do (Prometheus)."""

import asyncio
import os
from typing import Any

from litestar import Response, get
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from notices import relay
from notices.database import DB
from notices.web.guards import AnyRequest
from notices.web.notices import NO_STORE, json_response
from notices.web.problems import DATABASE_AWAY

REQUESTS = Counter(
    "notices_http_requests_total", "Requests answered.", ["method", "route", "status"]
)
SECONDS = Histogram(
    "notices_http_request_seconds",
    "Time to answer a request.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


@get("/health/live", opt={"query": frozenset()}, operation_id="getLive", tags=["health"])
async def live() -> Response[bytes]:
    """The process answers."""
    return json_response({"status": "ok"})


async def _database() -> dict[str, Any] | None:
    """Log size, and what the search index still has to take; None when PostgreSQL is away."""
    try:
        async with asyncio.timeout(2):
            events, seconds = await relay.lag()
            row = await DB.row(
                "SELECT size, (SELECT count(*) FROM parked) AS parked FROM log_head"
            )
    except DATABASE_AWAY:
        return None
    assert row is not None  # noqa: S101  (the head is always there)
    return {
        "log_size": row["size"],
        "relay": {"events": events, "seconds": round(seconds, 3), "parked": row["parked"]},
    }


@get("/health/ready", opt={"query": frozenset()}, operation_id="getReady", tags=["health"])
async def ready(request: AnyRequest) -> Response[bytes]:
    """Each part apart; 503 without PostgreSQL, for without it nothing can be promised."""
    database, search = await asyncio.gather(_database(), request.app.state.finder.engine.healthy())
    body = {
        "status": "ok" if database else "unavailable",
        "database": "up" if database else "down",
        "search": "up" if search else "down",
        **(database or {}),
    }
    if database is None:
        return json_response(body, 503, {"Retry-After": "2", **NO_STORE})
    return json_response(body, headers=NO_STORE)


@get("/metrics", opt={"query": frozenset()}, include_in_schema=False)
async def metrics(request: AnyRequest) -> Response[bytes]:
    """Prometheus' text format; route patterns are the only labels a stranger can choose from."""
    gauges = CollectorRegistry()
    database = await _database()
    Gauge("notices_database_up", "PostgreSQL answers.", registry=gauges).set(database is not None)
    if database is not None:
        lag = database["relay"]
        for name, words, value in (
            ("notices_log_size", "Entries in the log.", database["log_size"]),
            ("notices_relay_lag_events", "Events not yet in the index.", lag["events"]),
            ("notices_relay_lag_seconds", "Age of the oldest of them.", lag["seconds"]),
            ("notices_relay_parked", "Notices the index refused.", lag["parked"]),
        ):
            Gauge(name, words, registry=gauges).set(value)
    text = generate_latest(gauges)
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        own = CollectorRegistry()
        MultiProcessCollector(own)  # type: ignore[no-untyped-call]
        text += generate_latest(own)
    else:
        text += generate_latest()
    return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})


HANDLERS = [live, ready, metrics]
