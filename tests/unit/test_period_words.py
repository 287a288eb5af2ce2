"""The end of a notice period is said by its last day, in both languages."""

from datetime import datetime

import pytest

from notices.facts.catalogue import Period
from notices.facts.periods import end
from notices.facts.texts import CHINA
from notices.web import period_words

MIDNIGHT = "2026-12-02T00:00:00+08:00"


def test_the_last_day_is_the_one_before_it_takes_effect() -> None:
    said = period_words.ends(MIDNIGHT)

    assert said.zh == "公示期到2026年12月1日（含当日），次日起生效。"
    assert said.in_("en") == (
        "The notice period runs to the end of 1 December 2026; in effect from the day after."
    )
    assert "00:00" not in period_words.effect(MIDNIGHT).zh
    assert period_words.effect(MIDNIGHT).zh == "2026年12月2日起（公示期到2026年12月1日，含当日）"


@pytest.mark.parametrize("at", ["2026-12-01T16:00:00Z", "2026-12-02T00:00:00+08:00"])
def test_days_are_those_of_china_however_the_time_is_written(at: str) -> None:
    assert "到2026年12月1日（含当日）" in period_words.ends(at).zh
    assert period_words.effect(at).zh.startswith("2026年12月2日起")


def test_what_takes_effect_within_a_day_had_no_period_and_says_when() -> None:
    said = period_words.effect("2026-12-02T09:30:00+08:00")

    assert said.zh == "2026年12月2日 09:30"


@pytest.mark.parametrize("unit", ["calendar_day", "working_day"])
def test_what_is_promised_is_the_day_that_the_register_counts(unit: str) -> None:
    published = datetime(2026, 11, 26, 10, tzinfo=CHINA)
    at = end(published, Period(3, unit)).at  # type: ignore[arg-type]

    [day] = [part for part in (30, 1) if f"月{part}日（含当日）" in period_words.would_end(at).zh]
    assert {"calendar_day": 30, "working_day": 1}[unit] == day
