"""How long somebody waits, as people say it."""

import pytest

from notices.facts.durations import in_words


@pytest.mark.parametrize(
    ("seconds", "zh", "en"),
    [
        (0, "1 秒", "1 second"),
        (1, "1 秒", "1 second"),
        (59, "59 秒", "59 seconds"),
        (60, "1 分钟", "1 minute"),
        (61, "2 分钟", "2 minutes"),
        (119, "2 分钟", "2 minutes"),
        (3_541, "1 小时", "1 hour"),
        (3_600, "1 小时", "1 hour"),
        (3_601, "2 小时", "2 hours"),
        (86_399, "1 天", "1 day"),
        (86_400, "1 天", "1 day"),
        (86_401, "2 天", "2 days"),
        (90_000, "2 天", "2 days"),
        (259_200, "3 天", "3 days"),
    ],
)
def test_a_wait_is_said_in_the_largest_unit_that_is_full(seconds: int, zh: str, en: str) -> None:
    assert (in_words(seconds).zh, in_words(seconds).en) == (zh, en)
