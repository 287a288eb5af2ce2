"""Notice periods over weekends, holidays, shifted working days and years not yet known."""

import hashlib
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.facts import periods
from notices.facts.catalogue import Period
from notices.facts.lifecycle import Event
from notices.facts.periods import (
    effective_at,
    end,
    end_of_life,
    ends_of_life,
    is_working_day,
    may_end,
    resumed,
)
from notices.facts.texts import CHINA
from tests.properties import examples


def china(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=CHINA)


def calendar_days(value: int) -> Period:
    return Period(value, "calendar_day")


def working_days(value: int) -> Period:
    return Period(value, "working_day")


def test_without_a_period_it_takes_effect_when_published():
    published = datetime(2026, 11, 24, 2, 0, 0, 123000, tzinfo=UTC)

    assert effective_at(published, None) == published
    assert effective_at(published, None).utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("published", "period", "expected"),
    [
        # Tuesday and three days: Friday is the last day.
        (china(2026, 11, 24, 10), calendar_days(3), china(2026, 11, 28)),
        # Thursday and three days: Sunday, so the last day moves to Monday.
        (china(2026, 11, 26, 10), calendar_days(3), china(2026, 12, 1)),
        # One second before midnight and one after are two days of publishing.
        (china(2026, 11, 23, 23, 59, 59), calendar_days(1), china(2026, 11, 25)),
        (china(2026, 11, 24, 0, 0, 1), calendar_days(1), china(2026, 11, 26)),
        # The day is China's: 17:00 UTC is the next morning there.
        (datetime(2026, 11, 23, 17, tzinfo=UTC), calendar_days(1), china(2026, 11, 26)),
        # Into the spring festival of 2026, 15 to 23 February.
        (china(2026, 2, 10, 9), calendar_days(7), china(2026, 2, 25)),
        # Saturday 14 February 2026 was a working day.
        (china(2026, 2, 12, 9), calendar_days(2), china(2026, 2, 15)),
        (china(2026, 2, 12, 9), working_days(2), china(2026, 2, 15)),
        (china(2026, 2, 12, 9), working_days(3), china(2026, 2, 25)),
        # Tuesday and five working days: next Tuesday is the last.
        (china(2026, 11, 24, 10), working_days(5), china(2026, 12, 2)),
        # A Saturday does not count, nor do the days of a national day.
        (china(2026, 11, 28, 10), working_days(1), china(2026, 12, 1)),
        # Into a year whose calendar is not out: 1 January is no working day there either.
        (china(2026, 12, 20, 10), working_days(10), china(2027, 1, 5)),
        (china(2099, 12, 31, 10), calendar_days(1), china(2100, 1, 5)),
        # And before the calendars begin.
        (china(2003, 4, 30, 10), working_days(1), china(2003, 5, 6)),
    ],
)
def test_a_period_ends_at_midnight_after_its_last_day(published, period, expected):
    assert effective_at(published, period) == expected


def test_working_days_of_unknown_years_are_weekdays_without_fixed_holidays():
    assert [day for day in range(1, 11) if not is_working_day(date(2099, 10, day))] == [
        1, 2, 3, 4, 10,
    ]  # fmt: skip


TIMES = st.datetimes(datetime(2003, 1, 1), datetime(2030, 12, 31), timezones=st.just(CHINA))


@given(TIMES, st.sampled_from(["calendar_day", "working_day"]), st.integers(1, 30))
def test_every_period_ends_at_midnight_after_a_working_day(published, unit, value):
    effective = effective_at(published, Period(value, unit))

    assert effective.timetz() == time(tzinfo=CHINA)
    assert is_working_day(effective.date() - timedelta(days=1))
    assert effective.date() - published.date() > timedelta(days=value)


@given(TIMES, st.integers(1, 20))
def test_exactly_n_working_days_lie_in_a_period_of_n_working_days(published, value):
    effective = effective_at(published, working_days(value))
    days = (effective.date() - published.date()).days

    counted = [published.date() + timedelta(days=number) for number in range(1, days)]
    assert sum(map(is_working_day, counted)) == value


def test_a_period_that_reaches_past_the_published_schedule_is_provisional():
    last_year = periods.PUBLISHED_TO
    known = end(china(last_year, 12, 1, 10), working_days(3))
    reaching = end(china(last_year, 12, 20, 10), working_days(10))

    assert not known.provisional
    assert reaching.provisional
    assert not end(china(last_year + 1, 3, 1), None).provisional
    assert not end(china(2003, 4, 30, 10), working_days(1)).provisional


@pytest.mark.parametrize(
    ("contested", "dismissed", "period", "expected"),
    [
        # Published on Tuesday, 24 November; six days end on Monday, 30 November.
        # Contested on Thursday: 26 to 30 are left, and count again from the day after Sunday.
        ((26, 10), (29, 10), calendar_days(6), china(2026, 12, 5)),
        # For hours of one day: that day counts once more.
        ((26, 10), (26, 12), calendar_days(6), china(2026, 12, 2)),
        # At once: the day of publishing never counted.
        ((24, 11), (24, 12), calendar_days(6), china(2026, 12, 1)),
        # In the last minute of the last day: one day is left.
        ((30, 23), (30, 23), calendar_days(6), china(2026, 12, 2)),
        # Five working days end on Tuesday, 1 December; a weekend in the contest is no day lost.
        ((26, 10), (29, 10), working_days(5), china(2026, 12, 4)),
        ((27, 10), (28, 10), working_days(5), china(2026, 12, 3)),
    ],
)  # fmt: skip
def test_after_a_contest_the_days_are_counted_that_were_left(
    contested, dismissed, period, expected
):
    published = china(2026, 11, 24, 10)
    events = [
        Event(0, "published", published),
        Event(1, "contested", china(2026, 11, *contested)),
        Event(2, "dismissed", china(2026, 11, *dismissed)),
    ]

    assert end_of_life(events, period).at == expected


def test_a_contest_before_a_week_of_holidays_does_not_eat_working_days():
    """1 to 7 October 2026 are holidays, and 10 October is a working day."""
    published = china(2026, 9, 22, 10)
    before = effective_at(published, working_days(5))
    after = resumed(
        published, before, china(2026, 9, 28, 10), china(2026, 9, 30, 10), "working_day"
    ).at
    left = [day for day in (28, 29, 30) if is_working_day(date(2026, 9, day))]

    counted = [
        day
        for number in range(1, (after.date() - date(2026, 9, 30)).days)
        if is_working_day(day := date(2026, 9, 30) + timedelta(days=number))
    ]
    assert len(counted) == len(left) == 3


@examples(2)
@given(
    TIMES,
    st.sampled_from(["calendar_day", "working_day"]),
    st.integers(1, 20),
    st.lists(st.timedeltas(timedelta(0), timedelta(days=9)), max_size=8),
)
def test_undisputed_days_are_never_fewer_than_the_rule_wants(published, unit, value, gaps):
    events, at = [Event(0, "published", published)], published
    for gap in gaps:
        at += gap
        contest = len(events) % 2 == 1
        if contest and at >= end_of_life(events, Period(value, unit)).at:
            break
        events.append(Event(len(events), "contested" if contest else "dismissed", at))
    if len(events) % 2 == 0:
        events.pop()

    last = end_of_life(events, Period(value, unit)).at.date()

    disputed = {published.date()}
    for contest, dismissal in zip(events[1::2], events[2::2], strict=True):
        days = (dismissal.at.date() - contest.at.date()).days
        disputed |= {contest.at.date() + timedelta(days=each) for each in range(days + 1)}
    days = (
        published.date() + timedelta(days=each) for each in range((last - published.date()).days)
    )
    counted = [day for day in days if day not in disputed]
    if unit == "working_day":
        counted = [day for day in counted if is_working_day(day)]
    assert len(counted) >= value


SCHEDULES = {
    2026: "1c2604d6fff32a560598b08796d54d0c1b550ce5147b265036e7606c20d6253f",
}
"""SHA-256 over the working days of each year, as they were published first."""


def test_a_schedule_that_was_published_stays_as_it_was():
    """Ends that are final were counted by it, and the audit counts them again.

    A new year is added here. One that was changed after it was published (as May 2019 and
    January 2020 were) must not simply come with a newer chinesecalendar: `ends_of_life` then
    has to know both.
    """
    made = {}
    for year in range(periods.FIRST_PUBLISHED_TO, periods.PUBLISHED_TO + 1):
        days = (date(year, 1, 1) + timedelta(days=number) for number in range(365))
        kinds = "".join(str(int(is_working_day(day))) for day in days)
        made[year] = hashlib.sha256(kinds.encode()).hexdigest()

    assert made == SCHEDULES


HOLIDAYS = {
    date(year, month, first + day)
    for year, month, first in ((2027, 2, 5), (2027, 6, 7), (2027, 10, 4), (2028, 1, 25))
    for day in range(7)
}
SHIFTED = {date(2027, 2, 14), date(2027, 9, 26), date(2028, 2, 5)}


def made_up_working_day(day):
    """As schedules of 2027 and 2028 might have it: 5 to 11 February 2027 are holidays."""
    return day in SHIFTED or (day not in HOLIDAYS and is_working_day(day))


@pytest.fixture
def spring(monkeypatch):
    """A schedule that knows of 2027 too."""
    monkeypatch.setattr(periods, "is_working_day", made_up_working_day)
    monkeypatch.setattr(periods, "PUBLISHED_TO", 2027)


PUBLISHED = china(2027, 2, 3, 10)
ALONE = [Event(0, "published", PUBLISHED)]


@pytest.mark.parametrize(
    ("at", "possible"),
    [
        (china(2027, 2, 6), False),
        (china(2027, 2, 7), False),
        # By the rule, Saturday moves to Monday: an end that was past when the schedule came.
        (china(2027, 2, 9), True),
        (china(2027, 2, 10), False),
        # By the schedule, to the first day after the holidays.
        (china(2027, 2, 13), True),
        (china(2027, 2, 13, 1), False),
        (china(2027, 2, 14), False),
        (PUBLISHED, False),
    ],
)
@pytest.mark.parametrize("provisional", [False, True])
def test_an_end_may_be_of_our_schedule_or_of_one_before_and_of_no_other(
    spring, at, possible, provisional
):
    assert may_end(at, ALONE, calendar_days(3), provisional=provisional) == possible


@pytest.mark.parametrize(
    ("at", "provisional", "possible"),
    [
        (china(2027, 2, 9), True, True),
        (china(2027, 2, 9), False, True),
        (china(2027, 2, 13), False, True),
        # It is no end of ours, and nobody says that a newer schedule made it.
        (china(2027, 2, 13), True, False),
        # Fewer days than the period has; further than any holidays are; not at midnight.
        (china(2027, 2, 6), False, False),
        (china(2027, 3, 13), False, False),
        (china(2027, 2, 13, 0, 0, 1), False, False),
    ],
)
def test_an_end_of_a_newer_schedule_than_ours_is_looked_at_within_bounds(
    monkeypatch, at, provisional, possible
):
    monkeypatch.setattr(periods, "PUBLISHED_TO", 2026)

    assert may_end(at, ALONE, calendar_days(3), provisional=provisional) == possible


@pytest.mark.parametrize("at", [china(2027, 2, 4), china(2027, 2, 13)])
def test_without_a_period_there_is_one_end(spring, at):
    assert may_end(PUBLISHED, ALONE, None, provisional=False)
    assert not may_end(at, ALONE, None, provisional=False)


@examples(2)
@given(
    st.data(),
    st.datetimes(datetime(2026, 10, 1), datetime(2028, 3, 1), timezones=st.just(CHINA)),
    st.sampled_from(["calendar_day", "working_day"]),
    st.integers(1, 20),
)
def test_whatever_schedules_came_meanwhile_an_end_is_one_that_it_may_have(
    data, published, unit, value
):
    """As the service does it: at the publishing, at dismissals, and when a schedule comes."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(periods, "is_working_day", made_up_working_day)
        patched.setattr(periods, "PUBLISHED_TO", 2028)
        period, known_to = Period(value, unit), 2026
        events, at = [Event(0, "published", published)], published
        found, contested_at = end(published, period, known_to), None
        for _ in range(data.draw(st.integers(0, 6))):
            at += data.draw(st.timedeltas(timedelta(0), timedelta(days=9)))
            what = data.draw(st.sampled_from(["schedule", "contested", "dismissed"]))
            if what == "schedule":
                known_to = min(known_to + 1, 2028)
                if found.provisional and found.at > at:
                    [found] = periods._ends(events, period, [known_to])
            elif what == "contested" and events[-1].kind != "contested":
                contested_at = at if at < found.at else None
                events.append(Event(len(events), what, at))
            elif what == "dismissed" and events[-1].kind == "contested":
                events.append(Event(len(events), what, at))
                if contested_at is not None and contested_at < found.at:
                    found = resumed(published, found.at, contested_at, at, unit, known_to)
                contested_at = None

        assert found.at in {each.at for each in ends_of_life(events, period)}
        assert may_end(found.at, events, period, provisional=found.provisional)
