"""Notice periods over weekends, holidays, shifted working days and years not yet known."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notices.facts.catalogue import Period
from notices.facts.periods import effective_at, is_working_day
from notices.facts.texts import CHINA


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


@settings(max_examples=100)
@given(TIMES, st.sampled_from(["calendar_day", "working_day"]), st.integers(1, 30))
def test_every_period_ends_at_midnight_after_a_working_day(published, unit, value):
    effective = effective_at(published, Period(value, unit))

    assert effective.timetz() == time(tzinfo=CHINA)
    assert is_working_day(effective.date() - timedelta(days=1))
    assert effective.date() - published.date() > timedelta(days=value)


@settings(max_examples=100)
@given(TIMES, st.integers(1, 20))
def test_exactly_n_working_days_lie_in_a_period_of_n_working_days(published, value):
    effective = effective_at(published, working_days(value))
    days = (effective.date() - published.date()).days

    counted = [published.date() + timedelta(days=number) for number in range(1, days)]
    assert sum(map(is_working_day, counted)) == value
