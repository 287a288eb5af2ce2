"""How long somebody has to wait, in the words people use."""

from notices.facts.texts import Message

_UNITS = (
    (60, Message.counted("{n} 分钟")),
    (60, Message.counted("{n} 小时")),
    (24, Message.counted("{n} 天")),
)
"""Each with how many of the one before it are one."""


def in_words(seconds: int) -> Message:
    """Never less than it takes, in the largest unit that is full: 86,400 seconds are 1 day."""
    count, unit = max(1, seconds), Message.counted("{n} 秒")
    for size, larger in _UNITS:
        if count < size:
            break
        count, unit = -(-count // size), larger
    return unit.format(n=count)
