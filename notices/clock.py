"""Whether the database's clock can be believed, before a time is written that stays for ever.

Three witnesses: this process's own clock, its steady clock, which nobody can set, and the log's
last entry. Two clocks on one machine jump together; the steady one does not.
"""

import os
import time
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from notices.facts.texts import Message, Text, rfc3339
from notices.facts.troubles import ClockOff

ALLOWED = 10.0
"""Seconds that the database's clock may be from ours, and from where the steady clock says."""

BEHIND = 60.0
"""Seconds that it may be behind the log's last entry, as clocks are set back in good order."""

DRIFT = 0.001
"""Of the time that passed, so much is followed: clocks are slowed down and sped up, too."""

BEGAN = "NOTICES_CLOCK"
"""How `serve` tells its children what its clocks showed: one that is started again after a jump
would otherwise take the new time for the right one."""


class Moment(NamedTuple):
    """What the two clocks of this process show at one time, in seconds."""

    wall: float
    steady: float


_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def steady() -> float:
    """Seconds since the machine was started, those included in which it slept."""
    return time.clock_gettime(_STEADY)


class Clock:
    """One process's view of the database's clock, since it began."""

    def __init__(
        self,
        began: Moment | None = None,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = steady,
    ) -> None:
        self._wall, self._steady = wall, steady
        now = self.now()
        # Small steps since then are as good as none; one that is larger is still to be seen.
        if began is None or abs(now.wall - now.steady - (began.wall - began.steady)) <= (
            ALLOWED + DRIFT * (now.steady - began.steady)
        ):
            began = now
        self.began = began
        self._offset = began.wall - began.steady
        self._followed = now.steady

    def now(self) -> Moment:
        return Moment(self._wall(), self._steady())

    def why_wrong(self, asked: Moment, told: datetime) -> Text | None:
        """Why the clock that `told` this, after `asked` and before now, is not to be believed."""
        answered, at = self.now(), told.timestamp()
        if not asked.wall - ALLOWED <= at <= answered.wall + ALLOWED:
            return _DIFFERS.format(seconds=_seconds(at - answered.wall))
        expected = answered.steady + self._offset
        if not asked.steady + self._offset - ALLOWED <= at <= expected + ALLOWED:
            return _JUMPED.format(seconds=_seconds(at - expected))
        most = DRIFT * (answered.steady - self._followed)
        self._offset += min(max(at - expected, -most), most)
        self._followed = answered.steady
        return None

    def refuse_wrong(self, asked: Moment, told: datetime) -> None:
        """`why_wrong`, raised as ClockOff: for what tells a time and has no turn in the log."""
        why = self.why_wrong(asked, told)
        if why is not None:
            raise ClockOff(why)

    def why_no_turn(
        self, asked: Moment, told: datetime, last_at: datetime, later: datetime | None
    ) -> Text | None:
        """`why_wrong`, or that it is before the log's last entry, unless that was accepted."""
        wrong = self.why_wrong(asked, told)
        if wrong is None and is_later(last_at, told) and (later is None or last_at > later):
            seconds = _seconds((last_at - told).total_seconds())
            return _BEHIND.format(at=rfc3339(last_at), seconds=seconds)
        return wrong


def is_later(last_at: datetime, now: datetime) -> bool:
    """Whether the log's last entry is of a time that has yet to come."""
    return (last_at - now).total_seconds() > BEHIND


def began() -> Moment | None:
    """What `serve` told this process, its child."""
    try:
        wall, steady = map(float, os.environ.get(BEGAN, "").split())
    except ValueError:
        return None
    return Moment(wall, steady)


def _seconds(seconds: float) -> str:
    return f"{seconds:+.1f}"


HERE = Clock(began())
"""This process's."""


_DIFFERS = Message(
    "数据库的时钟与服务进程的时钟相差 {seconds} 秒（最多允许10秒）。请校正两台机器的时钟。"
)
_JUMPED = Message(
    "时钟自服务启动以来跳动了 {seconds} 秒（按不能改动的单调时钟）。请校正时钟；如果现在的时间才是"
    "对的，请重启服务。"
)
_BEHIND = Message(
    "登记簿最后一条记录的时间是 {at}，比现在晚 {seconds} 秒。如果现在的时钟不对，请校正；"
    "如果那条记录的时间错了，请看 docs/operating.md（notices log accept --later）。"
)
