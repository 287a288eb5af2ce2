"""Since when a counter takes our notice in place of a newspaper's, as its city tells us."""

from datetime import datetime

from notices.facts.catalogue import Acceptance
from notices.facts.texts import CHINA, Message, Text
from notices.web.languages import DayText

_SINCE = Message("自 {day} 起，这个窗口认可本公告，不必再登报。")
_NOT_YET = Message("从 {day} 起，这个窗口才认可本公告；在那以前请先问窗口。")


def told(accepts: Acceptance, now: datetime) -> Text:
    """A sentence; a city may announce a day that has not come yet."""
    started = accepts.since <= f"{now.astimezone(CHINA):%Y-%m-%d}"
    return (_SINCE if started else _NOT_YET).format(day=DayText(accepts.since))
