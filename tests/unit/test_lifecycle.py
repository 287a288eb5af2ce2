"""The life of a notice, row by row and then in any order that is allowed."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notices.facts.catalogue import Period
from notices.facts.errors import NotAllowedNow, Refusal
from notices.facts.event_kinds import END_CLAIMS, KINDS
from notices.facts.lifecycle import (
    Event,
    State,
    confirmations,
    contest_of,
    may_follow,
    refuse_ended,
    refuse_unless_may_follow,
    refuse_without_text,
    state,
)
from notices.facts.periods import end_of_life
from notices.facts.refusals import (
    AlreadyRedacted,
    AlreadyReinstated,
    AlreadyReplaced,
    NotConfirmed,
    NotContested,
    UnderContest,
)
from notices.facts.texts import CHINA
from tests.properties import examples

DAY = timedelta(days=1)
PUBLISHED = datetime(2026, 11, 24, 10, tzinfo=CHINA)
MIDNIGHT = datetime(2026, 12, 1, tzinfo=CHINA)


def life(*kinds_and_days, effective=MIDNIGHT, now=None) -> State:
    """The state after `published` and then (kind, days after publishing), at days `now`."""
    events = [Event(0, "published", PUBLISHED)]
    for kind, days in kinds_and_days:
        events.append(Event(len(events), kind, PUBLISHED + days * DAY))
    return state(events, effective, PUBLISHED + now * DAY if now is not None else events[-1].at)


def test_a_notice_without_a_period_is_invalid_at_once():
    assert life(effective=PUBLISHED) == State("invalid", PUBLISHED, PUBLISHED, None, True)


def test_it_is_invalid_at_once_even_for_a_clock_that_is_behind():
    assert life(effective=PUBLISHED, now=-1).status == "invalid"


def test_a_notice_is_declared_until_its_period_is_over():
    events = [Event(0, "published", PUBLISHED)]
    before = state(events, MIDNIGHT, MIDNIGHT - timedelta(microseconds=1))

    assert before == State("declared", PUBLISHED, MIDNIGHT, None, True)
    assert state(events, MIDNIGHT, MIDNIGHT) == State("invalid", MIDNIGHT, MIDNIGHT, None, True)


@pytest.mark.parametrize("kind", ["corrected", "confirmed", "redacted"])
@pytest.mark.parametrize("now", [1, 30])
def test_some_events_change_no_status(kind, now):
    assert life((kind, 1), now=now) == replace(life(now=now), redacted=kind == "redacted")


@pytest.mark.parametrize("kind", ["withdrawn", "annulled"])
@pytest.mark.parametrize("days", [1, 30])
def test_a_notice_that_is_taken_back_no_longer_lives(kind, days):
    at = PUBLISHED + days * DAY

    assert life((kind, days), now=99) == State("reinstated", at, None, None, False, ended_by=kind)


@pytest.mark.parametrize("days", [1, 30])
def test_a_replaced_certificate_is_void_for_good(days):
    at = PUBLISHED + days * DAY

    assert life(("replaced", days), now=99) == State(
        "replaced", at, MIDNIGHT, None, True, ended_by="replaced"
    )


def test_a_contest_stops_the_clock():
    at = PUBLISHED + DAY

    assert life(("contested", 1), now=99) == State("contested", at, None, "declared", True)


def test_a_contest_remembers_that_the_notice_was_in_effect():
    at = PUBLISHED + 30 * DAY

    assert life(("contested", 30)) == State("contested", at, None, "invalid", True)


def test_a_contested_notice_can_be_taken_back():
    assert life(("contested", 1), ("withdrawn", 2)).status == "reinstated"
    assert life(("contested", 1), ("annulled", 2)).status == "reinstated"


def test_after_a_contest_the_period_goes_on():
    """With what was left of it, which `periods` counts and the register keeps."""
    contested = (("contested", 2), ("dismissed", 5))
    later = MIDNIGHT + 4 * DAY
    dismissed_at = PUBLISHED + 5 * DAY

    assert life(*contested, effective=later, now=5) == State(
        "declared", dismissed_at, later, None, True
    )
    assert life(*contested, effective=later, now=12) == State("invalid", later, later, None, True)


def test_what_was_in_effect_is_so_again_when_a_contest_is_dismissed():
    at = PUBLISHED + 33 * DAY

    assert life(("contested", 30), ("dismissed", 33)) == State("invalid", at, MIDNIGHT, None, True)


def test_what_was_annulled_takes_effect_again_no_earlier_than_it_was_restored():
    """Whoever was told `reinstated` in between was told the truth, and so is everybody later."""
    events = ("annulled", 1), ("restored", 3)
    at, late = PUBLISHED + 3 * DAY, PUBLISHED + 33 * DAY

    assert life(*events) == State("declared", at, MIDNIGHT, None, True)
    assert life(*events, now=30) == State("invalid", MIDNIGHT, MIDNIGHT, None, True)
    for annulled in (1, 30):  # within its period, or after that
        assert life(("annulled", annulled), ("restored", 33), now=99) == State(
            "invalid", late, late, None, True
        )
    both = life(("annulled", 30), ("restored", 33), ("annulled", 34), ("restored", 35))
    assert (both.since, both.effective_at) == (PUBLISHED + 35 * DAY,) * 2


@pytest.mark.parametrize("contested", [1, 30])
def test_what_was_contested_when_it_was_annulled_is_contested_again(contested):
    """The contest that goes on began when it did: what it interrupted follows from that."""
    events = ("contested", contested), ("annulled", 40), ("restored", 50)
    before = "declared" if contested == 1 else "invalid"

    assert life(*events) == State("contested", PUBLISHED + 50 * DAY, None, before, True)
    decided = life(*events, ("dismissed", 51))
    assert decided.effective_at == PUBLISHED + 50 * DAY
    found = [Event(0, "published", PUBLISHED), Event(1, "contested", MIDNIGHT)]
    assert contest_of([*found, Event(2, "annulled", MIDNIGHT)]) == found[1]
    assert contest_of([*found, Event(2, "dismissed", MIDNIGHT)]) is None


@pytest.mark.parametrize("days", [1, 30])
def test_what_was_never_replaced_was_void_all_the_time(days):
    events = ("replaced", days), ("restored", days + 2)
    at = PUBLISHED + (days + 2) * DAY

    status = "declared" if days == 1 else "invalid"
    assert life(*events) == State(status, at, MIDNIGHT, None, True)
    assert life(*events, ("replaced", days + 3)).ended_by == "replaced"


@pytest.mark.parametrize(
    ("ended_by", "allowed"),
    [("annulled", True), ("replaced", True), ("superseded", True), ("withdrawn", False)],
)
def test_only_an_end_by_its_declarant_is_never_taken_back(ended_by, allowed):
    now = life((ended_by, 1))

    assert may_follow("restored", now) == allowed
    assert may_follow("restored", replace(now, redacted=True)) == allowed
    if not allowed:
        with pytest.raises(AlreadyReinstated):
            refuse_unless_may_follow("restored", now)
    assert not may_follow("restored", life((ended_by, 1), ("restored", 2)))


@pytest.mark.parametrize("now", [4, 30])
def test_what_lost_its_confirmation_awaits_another_one_since_then(now):
    """Where none is awaited, only how well it is founded is another."""
    events = [Event(0, "published", PUBLISHED)]
    for kind, days in (("confirmed", 1), ("unconfirmed", 3)):
        events.append(Event(len(events), kind, PUBLISHED + days * DAY))
    at = PUBLISHED + now * DAY

    waits = state(events, MIDNIGHT, at, awaiting=True)
    assert waits == State("declared", events[-1].at, None, None, True, awaiting=True)
    assert state(events, MIDNIGHT, at) == state(events[:1], MIDNIGHT, at)
    # Confirmed anew it is no older than that.
    again = [*events, Event(3, "confirmed", PUBLISHED + 33 * DAY)]
    found = state(again, again[-1].at, again[-1].at)
    assert (found.status, found.since) == ("invalid", again[-1].at)


def test_each_taking_back_is_of_the_last_confirmation_that_stands():
    kinds = ["published", "confirmed", "confirmed", "unconfirmed", "annulled", "restored",
             "confirmed", "unconfirmed", "unconfirmed"]  # fmt: skip
    events = [Event(index, kind, PUBLISHED) for index, kind in enumerate(kinds)]

    standing = [[each.index for each in confirmations(events[:end])] for end in range(10)]

    assert standing == [[], [], [1], [1, 2], [1], [1], [1], [1, 6], [1], []]


def test_a_notice_begins_with_its_publishing():
    for events in ([], [Event(0, "withdrawn", PUBLISHED)]):
        with pytest.raises(ValueError, match="published"):
            state(events, MIDNIGHT, MIDNIGHT)


TABLE = {
    "corrected": "declared invalid",
    "withdrawn": "declared invalid contested",
    "confirmed": "declared invalid",
    "contested": "declared invalid",
    "dismissed": "contested",
    "annulled": "declared invalid contested",
    "replaced": "declared invalid",
    "unconfirmed": "declared invalid contested reinstated",
    "redacted": "declared invalid contested reinstated replaced",
}
STATUSES = ("declared", "invalid", "contested", "reinstated", "replaced")


@pytest.mark.parametrize("kind", [*TABLE, "published"])
@pytest.mark.parametrize("status", STATUSES)
def test_only_the_events_of_the_table_may_follow(kind, status):
    now = State(status, PUBLISHED, None, None, True)
    allowed = status in TABLE.get(kind, "").split()

    assert may_follow(kind, now) == allowed
    if allowed:
        refuse_unless_may_follow(kind, now)
    else:
        with pytest.raises(Refusal) as refused:
            refuse_unless_may_follow(kind, now)
        assert refused.value.status == 409


@pytest.mark.parametrize(
    ("kind", "status", "refusal"),
    [
        ("withdrawn", "replaced", AlreadyReplaced),
        ("withdrawn", "reinstated", AlreadyReinstated),
        ("corrected", "contested", UnderContest),
        ("dismissed", "declared", NotContested),
        ("published", "invalid", NotAllowedNow),
    ],
)
def test_a_refusal_says_why(kind, status, refusal):
    with pytest.raises(refusal) as refused:
        refuse_unless_may_follow(kind, State(status, PUBLISHED, None, None, True))

    assert refused.value.detail.zh
    assert refused.value.detail.en


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("kind", ["corrected", "redacted"])
def test_what_needs_the_text_cannot_follow_its_removal_whatever_the_status_is(kind, status):
    gone = State(status, PUBLISHED, None, None, True, redacted=True)

    assert not may_follow(kind, gone)
    for refuse in (refuse_without_text, refuse_unless_may_follow):
        with pytest.raises(AlreadyRedacted):
            refuse(kind, gone)
    for other in set(KINDS) - {"corrected", "redacted"}:
        assert may_follow(other, gone) == may_follow(other, replace(gone, redacted=False))


def test_what_awaits_a_confirmation_is_superseded_and_never_replaced():
    waits = State("declared", PUBLISHED, None, None, True, awaiting=True)
    stands = replace(waits, awaiting=False)

    assert [may_follow("superseded", one) for one in (waits, stands)] == [True, False]
    assert [may_follow("replaced", one) for one in (waits, stands)] == [False, True]
    with pytest.raises(NotConfirmed):
        refuse_unless_may_follow("replaced", waits)
    with pytest.raises(NotAllowedNow):
        refuse_unless_may_follow("superseded", stands)


@pytest.mark.parametrize("status", STATUSES)
def test_a_declaration_stands_unless_it_is_contested_or_has_ended(status):
    state = State(status, PUBLISHED, None, None, True)

    assert state.stands == (status in ("declared", "invalid"))
    assert state.ended == (status in ("reinstated", "replaced"))


@pytest.mark.parametrize(
    ("status", "refusal"), [("reinstated", AlreadyReinstated), ("replaced", AlreadyReplaced)]
)
def test_what_has_ended_is_objected_to_no_more(status, refusal):
    for other in set(STATUSES) - {"reinstated", "replaced"}:
        refuse_ended(State(other, PUBLISHED, None, None, True))
    with pytest.raises(refusal):
        refuse_ended(State(status, PUBLISHED, None, None, True))


ANY_KIND = st.sampled_from(sorted(KINDS))
GAPS = st.timedeltas(timedelta(0), timedelta(days=20))


def without_what_was_taken_back(events):
    """The same life in which nothing ended that was restored."""
    left = []
    for event in events:
        if event.kind == "restored":
            index = max(n for n, each in enumerate(left) if KINDS[each.kind].ends)
            del left[index]
        else:
            left.append(event)
    return left


@examples(3)
@given(st.lists(st.tuples(ANY_KIND, GAPS), max_size=12), st.integers(0, 20), GAPS, st.booleans())
@example(
    [(kind, DAY) for kind in ("contested", "annulled", "restored", "dismissed")], 9, DAY, False
)
@example(
    [(kind, 9 * DAY) for kind in ("replaced", "restored", "annulled", "restored")], 3, DAY, False
)
@example([(kind, DAY) for kind in ("annulled", "restored", "confirmed", "annulled")], 3, DAY, True)
@example([(kind, DAY) for kind in ("confirmed", "unconfirmed", "confirmed")], 0, DAY, True)
@example(
    [(kind, DAY) for kind in ("superseded", "restored", "confirmed", "unconfirmed")], 3, DAY, True
)
def test_every_allowed_life_keeps_its_promises(steps, period, rest, for_another):
    rule = Period(period, "calendar_day") if period else None
    events = [Event(0, "published", PUBLISHED)]
    effective = end_of_life(events, rule).at

    def confirmed(events: list[Event]) -> datetime | None:
        standing = confirmations(events)
        return standing[0].at if for_another and standing else None

    def of(events: list[Event], now: datetime) -> State:
        by = end_of_life(events, rule).at
        waits = for_another and confirmed(events) is None
        return state(events, max(by, confirmed(events) or by), now, awaiting=waits)

    past, came = [of(events, PUBLISHED)], [""]
    for kind, gap in steps:
        at = events[-1].at + gap
        now = of(events, at)
        if may_follow(kind, now) and (kind != "unconfirmed" or confirmations(events)):
            events.append(Event(len(events), kind, at))
            past += [now, of(events, at)]
            came += ["", kind]
    end = events[-1].at + rest
    last = of(events, end)
    past.append(last)
    came.append("")
    kinds = {event.kind for event in events}
    left = without_what_was_taken_back(events)
    gaps = [
        after.at
        for before, after in pairwise([each for each in events if KINDS[each.kind].after])
        if before.kind in ("annulled", "superseded") and after.kind == "restored"
    ]
    given = {event.at for event in events if event.kind == "confirmed" and for_another}
    waited = [
        each.at
        for each in events
        if each.kind == "unconfirmed" and for_another and not confirmed(events[: each.index + 1])
    ]

    for one in past:
        assert one.living == (one.status != "reinstated")
        assert (one.before is not None) == (one.status == "contested")
        assert (one.ended_by is not None) == one.ended
        open_ = one.status in ("contested", "reinstated") or one.awaiting
        assert (one.effective_at is None) == open_
        if one.effective_at is not None:
            assert one.effective_at >= effective
            assert one.effective_at in {PUBLISHED, *given, *gaps} or one.effective_at.hour == 0
        assert not one.awaiting or one.status in ("declared", "contested")
    assert PUBLISHED <= last.since <= end
    assert last.redacted == ("redacted" in kinds)
    ends = {event.kind for event in left}
    assert (last.status == "replaced") == ("replaced" in ends)
    assert (last.status == "reinstated") == bool(ends & set(END_CLAIMS))
    assert ("superseded" in kinds) <= for_another
    assert ("replaced" in kinds) <= (not for_another or bool(given))
    if last.status in ("declared", "invalid") and not last.awaiting:
        assert (last.status == "invalid") == (last.effective_at <= end)
    # What was taken back is as if it had never been, but for since when that is so.
    same = of(left, end)
    assert replace(last, since=same.since, effective_at=same.effective_at) == same
    if last.effective_at is not None:
        assert last.effective_at == max([same.effective_at, *gaps])
        # Nor of a time at which its confirmation had yet to be taken back.
        assert last.effective_at >= max(waited, default=last.effective_at)
    for (before, after), kind in zip(pairwise(past), came[1:], strict=True):
        assert before.redacted <= after.redacted
        if before.ended and kind != "restored":
            assert replace(after, redacted=before.redacted) == before
        if before.status == "invalid":
            assert after.status != "declared" or (kind, after.awaiting) == ("unconfirmed", True)
            assert after.before != "declared"
        # Nobody was told of a time, while there was no declaration, that it was in effect then.
        if before.status == "reinstated" and after.effective_at is not None:
            assert after.effective_at >= after.since
