"""What a notice's events and the clock make of it: its status, and which event may follow.

Nothing has to run for a declared notice to become invalid; whoever asks brings the time. What each
kind of event does is in the table (`event_kinds`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notices.facts.errors import NotAllowedNow
from notices.facts.event_kinds import (
    AGAIN,
    CONFIRM,
    FIRST,
    INTERRUPT,
    KINDS,
    RESUME,
    UNCONFIRM,
    leading_to,
)
from notices.facts.public.form import EventKind
from notices.facts.public.notice import Status
from notices.facts.refusals import AlreadyRedacted
from notices.facts.statuses import ENDED, STATUSES


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
    it is `awaiting` a confirmation. Of what is `redacted` the text is gone, whatever its status.
    `ended_by` is what ended it, as long as nothing takes that back.
    """

    status: Status
    since: datetime
    effective_at: datetime | None
    before: Status | None
    living: bool
    awaiting: bool = False
    redacted: bool = False
    ended_by: EventKind | None = None

    @property
    def stands(self) -> bool:
        """Whether the status is what the clock alone gives: neither contested nor ended."""
        return not leading_to(self.status)

    @property
    def ended(self) -> bool:
        """Whether the notice's own life is over, so that nobody objects to it any more."""
        return self.status in ENDED


def state(
    events: Sequence[Event], effective_at: datetime, now: datetime, *, awaiting: bool = False
) -> State:
    """The state of a notice with `events`, in order, that takes effect at `effective_at`.

    That is what `periods.end_of_life` says of the events up to now: a dismissal moves it, and of
    what was declared for somebody else the confirmation does. `awaiting` that, it has no effect;
    where a confirmation was taken back it awaits another one since then.
    While it was reinstated it had none either, whatever became of that: nobody who was told so
    then is to read later that it was in effect.
    """
    if not events or events[0].kind != FIRST:
        raise ValueError("the first event of a notice is that it was published")
    since, redacted, effective = events[0].at, False, effective_at
    waits = since
    contest: Status | None = None
    end: tuple[Event, Status] | None = None
    for event in events[1:]:
        kind = KINDS.get(event.kind)
        if kind is None:
            continue  # a later version brought it: it changes no status that this one knows
        redacted = redacted or kind.removes_text
        if awaiting and event.kind in UNCONFIRM:
            waits = event.at
        match kind.after:
            case "reinstated" | "replaced" as last:
                end = event, last
            case "contested":
                running = awaiting or event.at < effective_at
                since, contest = event.at, "declared" if running else "invalid"
            case "before" if contest:
                since, contest = event.at, None
            case "again" if end:
                if end[1] == "reinstated":
                    effective = max(effective, event.at)
                since, end = event.at, None
    if end:
        event, status = end
        living = status == "replaced"
        until = effective if living else None
        return State(status, event.at, until, None, living, redacted=redacted, ended_by=event.kind)
    if contest:
        return State(
            "contested", since, None, contest, living=True, awaiting=awaiting, redacted=redacted
        )
    if awaiting:
        since = max(since, waits)
        return State("declared", since, None, None, living=True, awaiting=True, redacted=redacted)
    # Clocks of two machines differ by a little; a notice never is younger than its last event.
    if max(now, events[-1].at) < effective:
        return State("declared", since, effective, None, living=True, redacted=redacted)
    since = max(since, effective)
    return State("invalid", since, effective, None, living=True, redacted=redacted)


def contest_of(events: Sequence[Event]) -> Event | None:
    """The contest that nobody has decided; the end of a notice decides none that is taken back."""
    found = None
    for event in events:
        if event.kind in INTERRUPT:
            found = event
        elif event.kind in RESUME:
            found = None
    return found


def confirmations(events: Sequence[Event]) -> list[Event]:
    """The confirmations that stand, in order: each that is taken back is the last of these."""
    found: list[Event] = []
    for event in events:
        if event.kind in CONFIRM:
            found.append(event)
        elif event.kind in UNCONFIRM and found:
            found.pop()
    return found


def may_follow(kind: EventKind, state: State) -> bool:
    """Whether `kind` may happen to a notice in this state."""
    row = KINDS[kind]
    return (
        state.status in row.follows
        and row.awaiting in (None, state.awaiting)
        and not (row.needs_text and state.redacted)
        and (row.after != AGAIN or state.ended_by in row.takes_back)
    )


def refuse_without_text(kind: EventKind, state: State) -> None:
    """Raises AlreadyRedacted where `kind` needs what was removed."""
    if KINDS[kind].needs_text and state.redacted:
        raise AlreadyRedacted


def refuse_unless_may_follow(kind: EventKind, state: State) -> None:
    """Raises the refusal that says why `kind` cannot happen to a notice in this state."""
    if may_follow(kind, state):
        return
    refuse_without_text(kind, state)
    raise STATUSES[state.status].refusal or KINDS[kind].refusal or NotAllowedNow


def refuse_ended(state: State) -> None:
    """Raises the refusal that says why there is nothing to object to any more."""
    if state.ended:
        raise STATUSES[state.status].refusal or NotAllowedNow
