"""What a notice's events and the clock make of it: its status, and which event may follow.

Nothing has to run for a declared notice to become invalid; whoever asks brings the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notices.facts.errors import NotAllowedNow
from notices.facts.public.notice import EventKind, Status
from notices.facts.refusals import (
    AlreadyReinstated,
    AlreadyReplaced,
    NotConfirmed,
    NotContested,
    UnderContest,
)

MAY_FOLLOW: dict[str, frozenset[Status]] = {
    "corrected": frozenset({"declared", "invalid"}),
    "withdrawn": frozenset({"declared", "invalid", "contested"}),
    "confirmed": frozenset({"declared", "invalid"}),
    "contested": frozenset({"declared", "invalid"}),
    "dismissed": frozenset({"contested"}),
    "annulled": frozenset({"declared", "invalid", "contested"}),
    "replaced": frozenset({"declared", "invalid"}),
    "superseded": frozenset({"declared", "contested"}),
    "redacted": frozenset({"declared", "invalid", "contested", "reinstated", "replaced"}),
}
"""The statuses in which each kind of event may happen; `published` begins a notice.

What awaits confirmation is superseded and nothing else is; it cannot be replaced before.
"""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a notice, as the log has it.

    `logged_at` is the time that its entry says, where the log had an entry of a later one.
    """

    index: int
    kind: EventKind
    at: datetime
    logged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class State:
    """What a notice is at one moment.

    `since` is when `status` began, `before` the status that a contest interrupted, and
    `effective_at` when the declaration takes or took effect: None while that is open, as long as
    it is `awaiting` a confirmation.
    """

    status: Status
    since: datetime
    effective_at: datetime | None
    before: Status | None
    living: bool
    awaiting: bool = False


def state(
    events: Sequence[Event], effective_at: datetime, now: datetime, *, awaiting: bool = False
) -> State:
    """The state of a notice with `events`, in order, that takes effect at `effective_at`.

    That is what `periods.end_of_life` says of the events up to now: a dismissal moves it, and of
    what was declared for somebody else the confirmation does. `awaiting` that, it has no effect.
    """
    if not events or events[0].kind != "published":
        raise ValueError("the first event of a notice is that it was published")
    since = events[0].at
    contest: tuple[Event, Status] | None = None
    for event in events:
        match event.kind:
            case "withdrawn" | "annulled" | "superseded":
                return State("reinstated", event.at, None, None, living=False)
            case "replaced":
                return State("replaced", event.at, effective_at, None, living=True)
            case "contested":
                running = awaiting or event.at < effective_at
                contest = (event, "declared" if running else "invalid")
            case "dismissed" if contest:
                since, contest = event.at, None
    if contest:
        return State("contested", contest[0].at, None, contest[1], living=True, awaiting=awaiting)
    if awaiting:
        return State("declared", since, None, None, living=True, awaiting=True)
    # Clocks of two machines differ by a little; a notice never is younger than its last event.
    if max(now, events[-1].at) < effective_at:
        return State("declared", since, effective_at, None, living=True)
    return State("invalid", max(since, effective_at), effective_at, None, living=True)


def may_follow(kind: str, state: State) -> bool:
    """Whether `kind` may happen to a notice in this state."""
    if (kind == "superseded" and not state.awaiting) or (kind == "replaced" and state.awaiting):
        return False
    return state.status in MAY_FOLLOW.get(kind, frozenset())


def refuse_unless_may_follow(kind: str, state: State) -> None:
    """Raises the refusal that says why `kind` cannot happen to a notice in this state."""
    if may_follow(kind, state):
        return
    match state.status:
        case "reinstated":
            raise AlreadyReinstated
        case "replaced":
            raise AlreadyReplaced
        case "contested":
            raise UnderContest
        case _ if kind == "dismissed":
            raise NotContested
        case _ if kind == "replaced":
            raise NotConfirmed
        case _:
            raise NotAllowedNow
