"""What a notice's events and the clock make of it: its status, and which event may follow.

Nothing has to run for a declared notice to become invalid; whoever asks brings the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from notices.facts.errors import AlreadyReinstated, AlreadyReplaced, NotAllowedNow, UnderContest
from notices.facts.texts import CHINA

Status = Literal["declared", "invalid", "contested", "reinstated", "replaced"]

MAY_FOLLOW: dict[str, frozenset[Status]] = {
    "corrected": frozenset({"declared", "invalid"}),
    "withdrawn": frozenset({"declared", "invalid", "contested"}),
    "confirmed": frozenset({"declared", "invalid"}),
    "contested": frozenset({"declared", "invalid"}),
    "dismissed": frozenset({"contested"}),
    "annulled": frozenset({"declared", "invalid", "contested"}),
    "replaced": frozenset({"declared", "invalid"}),
    "redacted": frozenset({"declared", "invalid", "contested", "reinstated", "replaced"}),
}
"""The statuses in which each kind of event may happen; `published` begins a notice."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a notice, as the log has it."""

    index: int
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """What a notice is at one moment.

    `since` is when `status` began, `before` the status that a contest interrupted, and
    `effective_at` when the declaration takes or took effect: None while that is open.
    """

    status: Status
    since: datetime
    effective_at: datetime | None
    before: Status | None
    living: bool


def state(events: Sequence[Event], effective_at: datetime, now: datetime) -> State:
    """The state of a notice with `events`, in order, that was to take effect at `effective_at`."""
    if not events or events[0].kind != "published":
        raise ValueError("the first event of a notice is that it was published")
    since = events[0].at
    contest: tuple[Event, Status] | None = None
    for event in events:
        match event.kind:
            case "withdrawn" | "annulled":
                return State("reinstated", event.at, None, None, living=False)
            case "replaced":
                return State("replaced", event.at, effective_at, None, living=True)
            case "contested":
                running = event.at < effective_at
                contest = (event, "declared" if running else "invalid")
            case "dismissed" if contest:
                if contest[1] == "declared":
                    effective_at = resumed(effective_at, contest[0].at, event.at)
                since, contest = event.at, None
    if contest:
        return State("contested", contest[0].at, None, contest[1], living=True)
    # Clocks of two machines differ by a little; a notice never is younger than its last event.
    if max(now, events[-1].at) < effective_at:
        return State("declared", since, effective_at, None, living=True)
    return State("invalid", max(since, effective_at), effective_at, None, living=True)


def resumed(effective_at: datetime, contested_at: datetime, dismissed_at: datetime) -> datetime:
    """When a notice takes effect whose period stood still during a contest.

    Everything is later by as long as the contest took, and then by what is missing to the next
    00:00 +08:00, where every period ends: nobody loses a part of a day to an objection.
    """
    later = (effective_at + (dismissed_at - contested_at)).astimezone(CHINA)
    midnight = later.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight if midnight == later else midnight + timedelta(days=1)


def may_follow(kind: str, status: Status) -> bool:
    return status in MAY_FOLLOW.get(kind, frozenset())


def refuse_unless_may_follow(kind: str, state: State) -> None:
    """Raises the refusal that says why `kind` cannot happen to a notice in this state."""
    if may_follow(kind, state.status):
        return
    match state.status:
        case "reinstated":
            raise AlreadyReinstated
        case "replaced":
            raise AlreadyReplaced
        case "contested":
            raise UnderContest
        case _:
            raise NotAllowedNow
