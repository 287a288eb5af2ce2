"""When a declaration takes effect: notice periods, working days, midnights in China."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import chinese_calendar
from chinese_calendar.constants import holidays

from notices.facts.catalogue import Period
from notices.facts.lifecycle import Event
from notices.facts.texts import CHINA

_DAY = timedelta(days=1)
_FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Those of the holiday regulation that do not follow the moon or the sun."""


def is_working_day(day: date) -> bool:
    """As the State Council's yearly calendar says; where it is not out yet, as the rule says.

    A period may run into a year whose calendar is not published. Then weekdays count as working
    days except the fixed holidays; lunar holidays and shifted weekends are not guessed.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5 and (day.month, day.day) not in _FIXED_HOLIDAYS


def _next_working_day(day: date) -> date:
    while not is_working_day(day):
        day += _DAY
    return day


PUBLISHED_TO = max(holidays).year
"""The last year whose holidays the State Council had published when the schedule was installed."""


class End(NamedTuple):
    """When a declaration takes effect.

    `provisional` while a part of its period lies in years whose holidays are not published: a
    newer schedule may move it.
    """

    at: datetime
    provisional: bool


def end(published_at: datetime, period: Period | None) -> End:
    """When a declaration published at `published_at` (aware) takes effect, in +08:00.

    The day of publishing does not count; it is in effect from 00:00 after the last day, and a
    last calendar day that is no working day moves to the next working one.
    """
    published_at = published_at.astimezone(CHINA)
    if period is None:
        return End(published_at, provisional=False)
    last = published_at.date()
    if period.unit == "working_day":
        for _ in range(period.value):
            last = _next_working_day(last + _DAY)
    else:
        last = _next_working_day(last + period.value * _DAY)
    at = datetime.combine(last + _DAY, time(), CHINA)
    return End(at, provisional=last.year > PUBLISHED_TO)


def effective_at(published_at: datetime, period: Period | None) -> datetime:
    """`end` without whether it is certain."""
    return end(published_at, period).at


def resumed(
    published_at: datetime,
    effective_at: datetime,
    contested_at: datetime,
    dismissed_at: datetime,
    unit: str,
) -> End:
    """When a notice takes effect whose period, counted in `unit`, stood still during a contest.

    A day in which the notice was contested for a moment does not count, nor does the day of the
    dismissal; from the next one on the days are counted that were left. So at least as many days
    as the rule wants have passed undisputed.
    """
    first = max(contested_at.astimezone(CHINA).date(), published_at.astimezone(CHINA).date() + _DAY)
    last = effective_at.astimezone(CHINA).date() - _DAY
    days = [first + number * _DAY for number in range((last - first).days + 1)]
    left = sum(map(is_working_day, days)) if unit == "working_day" else len(days)
    return end(dismissed_at, Period(max(left, 1), unit))


def end_of_life(events: Sequence[Event], period: Period | None) -> End:
    """When a notice with `events`, the first its publishing, takes effect: contests counted in.

    What was published, and what every dismissal left, by the schedule as it is known now.
    """
    found = end(events[0].at, period)
    contested_at: datetime | None = None
    for event in events:
        if event.kind == "contested" and event.at < found.at:
            contested_at = event.at
        elif event.kind == "dismissed" and contested_at is not None and period is not None:
            found = resumed(events[0].at, found.at, contested_at, event.at, period.unit)
            contested_at = None
    return found
