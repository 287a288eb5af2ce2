"""When a declaration takes effect: notice periods, working days, midnights in China."""

from datetime import date, datetime, time, timedelta

import chinese_calendar

from notices.facts.catalogue import Period
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


def effective_at(published_at: datetime, period: Period | None) -> datetime:
    """When a declaration published at `published_at` (aware) takes effect, in +08:00.

    The day of publishing does not count; it is in effect from 00:00 after the last day, and a
    last calendar day that is no working day moves to the next working one.
    """
    published_at = published_at.astimezone(CHINA)
    if period is None:
        return published_at
    last = published_at.date()
    if period.unit == "working_day":
        for _ in range(period.value):
            last = _next_working_day(last + _DAY)
    else:
        last = _next_working_day(last + period.value * _DAY)
    return datetime.combine(last + _DAY, time(), CHINA)
