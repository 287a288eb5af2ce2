"""When a declaration takes effect: notice periods, working days, midnights in China."""

import functools
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import chinese_calendar
from chinese_calendar.constants import holidays

from notices.facts.catalogue import Period
from notices.facts.event_kinds import INTERRUPT, RESUME
from notices.facts.lifecycle import Event
from notices.facts.public.form import Unit
from notices.facts.texts import CHINA

_DAY = timedelta(days=1)
_FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Those of the holiday regulation that do not follow the moon or the sun."""


@functools.lru_cache(4_096)  # chinese_calendar looks through all it knows for each day: 34 µs
def is_working_day(day: date) -> bool:
    """As the State Council's yearly calendar says; where it is not out yet, as the rule says.

    A period may run into a year whose calendar is not published. Then weekdays count as working
    days except the fixed holidays; lunar holidays and shifted weekends are not guessed.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return _is_working_by_rule(day)


def _is_working_by_rule(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in _FIXED_HOLIDAYS


PUBLISHED_TO = max(holidays).year
"""The last year whose holidays the State Council had published when the schedule was installed."""

FIRST_PUBLISHED_TO = 2026
"""The same of the oldest schedule that any version of this service was installed with."""

NEWER_MOVES = 31 * _DAY
"""How far a schedule that we do not have may move an end: all holidays of a year are fewer days."""


def _works(day: date, known_to: int) -> bool:
    """`is_working_day` by a schedule that ends with the year `known_to`."""
    return is_working_day(day) if day.year <= known_to else _is_working_by_rule(day)


def _next_working_day(day: date, known_to: int) -> date:
    while not _works(day, known_to):
        day += _DAY
    return day


class End(NamedTuple):
    """When a declaration takes effect.

    `provisional` while a part of its period lies in years whose holidays are not published: a
    newer schedule may move it.
    """

    at: datetime
    provisional: bool


def end(published_at: datetime, period: Period | None, known_to: int | None = None) -> End:
    """When a declaration published at `published_at` (aware) takes effect, in +08:00.

    The day of publishing does not count; it is in effect from 00:00 after the last day, and a
    last calendar day that is no working day moves to the next working one. `known_to` is the last
    year of the schedule, if that is to be an older one than ours.
    """
    known_to = PUBLISHED_TO if known_to is None else known_to
    published_at = published_at.astimezone(CHINA)
    if period is None:
        return End(published_at, provisional=False)
    last = published_at.date()
    if period.unit == "working_day":
        for _ in range(period.value):
            last = _next_working_day(last + _DAY, known_to)
    else:
        last = _next_working_day(last + period.value * _DAY, known_to)
    at = datetime.combine(last + _DAY, time(), CHINA)
    return End(at, provisional=last.year > known_to)


def effective_at(published_at: datetime, period: Period | None) -> datetime:
    """`end` without whether it is certain."""
    return end(published_at, period).at


def resumed(
    published_at: datetime,
    effective_at: datetime,
    contested_at: datetime,
    dismissed_at: datetime,
    unit: Unit,
    known_to: int | None = None,
) -> End:
    """When a notice takes effect whose period, counted in `unit`, stood still during a contest.

    A day in which the notice was contested for a moment does not count, nor does the day of the
    dismissal; from the next one on the days are counted that were left. So at least as many days
    as the rule wants have passed undisputed.
    """
    known_to = PUBLISHED_TO if known_to is None else known_to
    first = max(contested_at.astimezone(CHINA).date(), published_at.astimezone(CHINA).date() + _DAY)
    last = effective_at.astimezone(CHINA).date() - _DAY
    days = [first + number * _DAY for number in range((last - first).days + 1)]
    counted = [day for day in days if _works(day, known_to)] if unit == "working_day" else days
    return end(dismissed_at, Period(max(len(counted), 1), unit), known_to)


def end_of_life(events: Sequence[Event], period: Period | None) -> End:
    """When a notice with `events`, the first its publishing, takes effect: contests counted in.

    What was published, and what every dismissal left, by the schedule as it is known now.
    """
    [found] = _ends(events, period, [PUBLISHED_TO])
    return found


def ends_of_life(events: Sequence[Event], period: Period | None) -> set[End]:
    """Every end that such a notice may have been given by our schedule or by those before it.

    An end that was past when a newer schedule came stays, and a dismissal counts from the end as
    it was then: each step may have been counted by a schedule of its own.
    """
    return _ends(events, period, range(min(FIRST_PUBLISHED_TO, PUBLISHED_TO), PUBLISHED_TO + 1))


def may_end(
    at: datetime, events: Sequence[Event], period: Period | None, *, provisional: bool
) -> bool:
    """Whether a notice with `events` and `period` can have come to take effect `at`.

    One that is said to be final (not `provisional`) where our own schedule ends too early was
    counted by a newer one. That cannot be done again here: it is only looked at whether as many
    days have passed as the period has, and whether any schedule moves an end so far.
    """
    found = end_of_life(events, period)
    if found.at == at or at in {each.at for each in ends_of_life(events, period)}:
        return True
    if provisional or not found.provisional or period is None:
        return False
    days = (at.astimezone(CHINA).date() - events[0].at.astimezone(CHINA).date()).days
    midnight = at.astimezone(CHINA).time() == time()
    return midnight and days > period.value and abs(at - found.at) <= NEWER_MOVES


def _ends(events: Sequence[Event], period: Period | None, known_to: Sequence[int]) -> set[End]:
    """`end_of_life`, each step of it by any of the schedules that end with these years."""
    first = events[0].at
    paths: set[tuple[End, datetime | None]] = {
        (end(first, period, year), None) for year in known_to
    }
    for event in events:
        if event.kind in INTERRUPT:
            paths = {(at, event.at if event.at < at.at else None) for at, _ in paths}
        elif event.kind in RESUME and period is not None:
            paths = {
                (resumed(first, at.at, since, event.at, period.unit, year) if since else at, None)
                for at, since in paths
                for year in known_to
            }
    return {at for at, _ in paths}
