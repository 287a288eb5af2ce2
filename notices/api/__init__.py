"""The JSON API, a module for each resource, and the files that programs read beside it."""

from notices.api import (
    agencies,
    decisions,
    declaring,
    events,
    feeds,
    health,
    lists,
    log,
    notices,
    objections,
    verifications,
)

HANDLERS = [
    *notices.HANDLERS,
    *objections.HANDLERS,
    *declaring.HANDLERS,
    *decisions.HANDLERS,
    *verifications.HANDLERS,
    *agencies.HANDLERS,
    *health.HANDLERS,
    *events.HANDLERS,
    *feeds.HANDLERS,
    *log.HANDLERS,
    *lists.HANDLERS,
]
