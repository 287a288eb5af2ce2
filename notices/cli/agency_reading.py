"""How what is typed of agencies is read: days, quotas, scopes."""

import argparse
from datetime import UTC, datetime, time, timedelta

from notices.facts import agencies as facts
from notices.facts.texts import CHINA

LONGEST_OVERLAP = 90
"""Days: whoever has not changed keys by then has forgotten it."""

USUAL = "usual"
"""In place of a quota: what an agency has that was given none."""


def end_of(text: str) -> datetime:
    """The end of a day that is still to come, as it ends in China."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=CHINA).date()
        end = datetime.combine(day, time(), CHINA) + timedelta(days=1)
    except (ValueError, OverflowError):  # the last day of all has none after it
        raise argparse.ArgumentTypeError("YYYY-MM-DD") from None
    if end <= datetime.now(UTC):
        raise argparse.ArgumentTypeError("过去的日期 / a day that is past")
    return end


def a_day(text: str) -> int:
    try:
        return facts.quota_of(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"N/day, 1-{facts.MOST_QUOTA}") from None


def a_day_or_usual(text: str) -> int | str:
    return text if text == USUAL else a_day(text)


def scope(text: str) -> str:
    try:
        facts.scopes_of([text])
    except ValueError:
        raise argparse.ArgumentTypeError(", ".join(facts.SCOPES)) from None
    return text


def days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= LONGEST_OVERLAP):
        raise argparse.ArgumentTypeError(f"0-{LONGEST_OVERLAP}")
    return int(text)
