"""Structured logs: one JSON object a line, no private value, no more than a disk can bear."""

import contextlib
import logging
import os
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog

BURST, A_SECOND = 50, 1.0
"""Lines of one kind that are written at once, and for each second after them."""
REQUESTS, REQUESTS_A_SECOND = 1000, 50.0
"""Of answered requests; 50 a second are 0.8 GB a day. Metrics count them all."""
MOST_KINDS = 1000
KINDS = ("event", "level", "error", "where", "status")
"""What makes two lines one kind, whatever else they tell."""

Event = MutableMapping[str, Any]


class Bound:
    """Drops lines of a kind that come too fast; the next one that is written says how many.

    A fault that meets every request would otherwise fill the disk that it may be about.
    """

    def __init__(self) -> None:
        self._kinds: dict[tuple[Any, ...], tuple[float, float, int]] = {}

    def __call__(self, logger: Any, method: str, event: Event) -> Event:
        kind = tuple(event.get(name) for name in KINDS)
        served = event.get("event") == "request" and (event.get("status") or 500) < 500
        most, speed = (REQUESTS, REQUESTS_A_SECOND) if served else (BURST, A_SECOND)
        now = time.monotonic()
        if len(self._kinds) > MOST_KINDS:
            self._kinds.clear()
        left, then, dropped = self._kinds.get(kind, (float(most), now, 0))
        left = min(most, left + (now - then) * speed)
        if left < 1:
            self._kinds[kind] = left, now, dropped + 1
            raise structlog.DropEvent
        self._kinds[kind] = left - 1, now, 0
        if dropped:
            event["dropped"] = dropped
        return event


class Lines:
    """Writes lines to where standard error goes; one that cannot be written is lost, and no more.

    A full disk must not make a failure of a request that was carried out.
    """

    def msg(self, message: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), f"{message}\n".encode(errors="replace"))

    debug = info = warning = error = critical = msg


class Libraries(logging.Handler):
    """What libraries say, as lines of ours: without the texts of errors, which quote values."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0] if record.exc_info else None
        structlog.get_logger().warning(
            "library",
            library=record.name,
            said=self._message(record).split("\n", 1)[0][:200],
            error=error.__name__ if error else None,
        )

    @staticmethod
    def _message(record: logging.LogRecord) -> str:
        """With its arguments only where we wrote it ourselves."""
        return record.getMessage() if record.name.startswith("notices") else str(record.msg)


def configure() -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            Bound(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *names: Lines(),
        cache_logger_on_first_use=True,
    )
    handler = Libraries(logging.WARNING)
    logging.getLogger().handlers[:] = [handler]
