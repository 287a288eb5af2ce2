"""How long somebody has to wait, in the words people use."""

from notices.facts.texts import Text

_UNITS = ((60, "分钟", "minute"), (60, "小时", "hour"), (24, "天", "day"))
"""Each with how many of the one before it are one."""


def in_words(seconds: int) -> Text:
    """Never less than it takes, in the largest unit that is full: 86,400 seconds are 1 day."""
    count, zh, en = max(1, seconds), "秒", "second"
    for size, larger_zh, larger_en in _UNITS:
        if count < size:
            break
        count, zh, en = -(-count // size), larger_zh, larger_en
    return Text(f"{count} {zh}", f"{count} {en}{'' if count == 1 else 's'}")
