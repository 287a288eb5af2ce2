"""What whoever watches a number is shown: their watches, what happened, and what a webhook says."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from notices.facts.public.form import EventKind, Words
from notices.facts.public.notice import Status
from notices.facts.public.shown import Time

NumberForm = Literal["usual", "unusual"]
Telling = Literal["shown", "waiting", "delivered", "dead"]
"""What became of telling an event: without a webhook it is only shown here."""


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """A new watch. Told are events from the place `since` of the log on; what was before, a check
    tells whose `log_size` is no less. `secret` is shown this once, and only where there is a `url`.

    `number_form`: a number that is built as no other of its certificate is may be mistyped.
    """

    id: str
    at: Time
    since: int
    number_form: NumberForm
    secret: str | UnsetType = UNSET


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a watched number: `status` is the notice's just after it.

    With a webhook: how often it was sent, what was answered last (an HTTP status, or a word of
    ours in `error`), and when it is sent again.
    """

    index: int
    kind: EventKind
    at: Time
    notice: str
    status: Status
    telling: Telling
    attempts: int
    answered: int | None
    error: str | None
    next_at: Time | None


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """How telling goes: at which host, how much waits since when, how much was given up.

    `gone`: the receiver answered 410; nothing more is sent until a replay.
    """

    host: str
    waiting: int
    waiting_since: Time | None
    dead: int
    gone: bool


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """A watch, without its number, and the newest events that it told of.

    One that is not `readable` does not open any more: only its events are known, its `certificate`
    is empty, and no webhook is told. It can be ended, and its number watched anew.
    """

    id: str
    at: Time
    since: int
    certificate: str
    certificate_name: Words | None
    label: str | None
    readable: bool
    webhook: Webhook | None
    events: list[Told]


class Watches(msgspec.Struct, frozen=True, kw_only=True):
    """One's own watches by id; `next` is what to give as `after` for those that follow."""

    watches: list[Watch]
    next: str | None


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """How many events are told again."""

    events: int


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """What happened, as a webhook is told: never the number; its receiver knows the `watch`."""

    watch: str
    index: int
    kind: EventKind
    at: Time
    certificate: str
    notice: str
    status: Status


class WebhookMessage(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent to a webhook, as Standard Webhooks has it."""

    type: str
    timestamp: Time
    data: Happened
