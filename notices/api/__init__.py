"""The JSON API, a module for each resource, and the files that programs read beside it."""

from notices.api import (
    agencies,
    batches,
    decisions,
    declaring,
    events,
    feeds,
    health,
    lists,
    log,
    notices,
    objections,
    statistics,
    verifications,
    watches,
)

HANDLERS = [
    *notices.HANDLERS,
    *objections.HANDLERS,
    *declaring.HANDLERS,
    *decisions.HANDLERS,
    *verifications.HANDLERS,
    *batches.HANDLERS,
    *watches.HANDLERS,
    *agencies.HANDLERS,
    *health.HANDLERS,
    *events.HANDLERS,
    *feeds.HANDLERS,
    *log.HANDLERS,
    *lists.HANDLERS,
    *statistics.HANDLERS,
]
