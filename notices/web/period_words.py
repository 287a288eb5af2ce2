"""When a notice period ends and a declaration takes effect, in words that nobody misreads.

A period of which 1 December is the last day ends as 2 December begins. "Until 2 December 00:00"
is read as a day too many, so everything that tells of it names the last day.
"""

from datetime import datetime, time, timedelta

from notices.facts.texts import CHINA, Message, Text
from notices.web.languages import DayText, TimeText

_ENDS = Message("公示期到{last}（含当日），次日起生效。")
_WOULD_END = Message("现在发布，公示期到{last}（含当日），次日起生效。")
_EFFECT = Message("{first}起（公示期到{last}，含当日）")


def ends(effective_at: str | datetime) -> Text:
    """A sentence: the last day of the period after which a declaration is in effect."""
    return _ENDS.format(last=_last_day(effective_at))


def would_end(effective_at: datetime) -> Text:
    """The same of what is not published yet."""
    return _WOULD_END.format(last=_last_day(effective_at))


def effect(effective_at: str | datetime) -> Text:
    """From when a declaration is in effect, with the last day of the period where one goes before.

    No period ends within a day, and what is not published on a stroke of midnight has none.
    """
    at = _moment(effective_at)
    if at.time() != time():
        return TimeText(at)
    return _EFFECT.format(first=DayText(at), last=_last_day(at))


def _moment(at: str | datetime) -> datetime:
    return (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(CHINA)


def _last_day(effective_at: str | datetime) -> Text:
    return DayText(_moment(effective_at) - timedelta(microseconds=1))
