"""The part of docs/answer-vectors.json that is about statuses: events, a clock, what follows.

By hand, as the contract has them, and never asked of the code that tells a status: a test does.
"""

from typing import Any

PUBLISHED = "2026-06-01T10:00:00.000+08:00"  # a Monday
EFFECT = "2026-06-09T00:00:00.000+08:00"
DAYS = {"value": 7, "unit": "calendar_day"}
CONTEST, DISMISSED = "2026-06-03T09:00:00.000+08:00", "2026-06-05T09:00:00.000+08:00"
LATER, LAST = "2026-06-10T09:00:00.000+08:00", "2026-06-20T09:00:00.000+08:00"


def _case(
    why: str, now: str, status: str, since: str, effective_at: str | None, *events: tuple[str, str],
    period: dict[str, Any] | None = DAYS, before: str | None = None, awaited: bool = False,
) -> dict[str, Any]:  # fmt: skip
    listed = [{"kind": kind, "at": at} for kind, at in (("published", PUBLISHED), *events)]
    return {
        "why": why, "notice_period": period, "for_somebody_else": awaited, "events": listed,
        "now": now, "status": status, "since": since, "effective_at": effective_at,
        "before": before,
    }  # fmt: skip


def vectors() -> list[dict[str, Any]]:
    """Events of a notice, its period, whether it was declared `for_somebody_else`, and a time; what
    the notice is then.
    """
    contested, dismissed = ("contested", CONTEST), ("dismissed", DISMISSED)
    return [
        _case("no period", PUBLISHED, "invalid", PUBLISHED, PUBLISHED, period=None),
        _case("the period runs", "2026-06-08T23:59:59.999+08:00", "declared", PUBLISHED, EFFECT),
        _case("the period is over", EFFECT, "invalid", EFFECT, EFFECT),
        _case(
            "the last day is no working day", "2026-06-09T00:00:00.000+08:00", "declared",
            PUBLISHED, "2026-06-16T00:00:00.000+08:00",
            period={"value": 12, "unit": "calendar_day"},
        ),
        _case(
            "working days", "2026-06-03T00:00:00.000+08:00", "declared", PUBLISHED,
            "2026-06-09T00:00:00.000+08:00", period={"value": 5, "unit": "working_day"},
        ),
        _case(
            "contested while the period ran", LAST, "contested", CONTEST, None, contested,
            before="declared",
        ),
        _case(
            "contested when it was in effect", LAST, "contested", LATER, None,
            ("contested", LATER), before="invalid",
        ),
        _case(
            "dismissed: the days that were left are counted from then on", LATER, "declared",
            DISMISSED, "2026-06-12T00:00:00.000+08:00", contested, dismissed,
        ),
        _case("withdrawn", LAST, "reinstated", LATER, None, ("withdrawn", LATER)),
        _case("annulled", LAST, "reinstated", LATER, None, contested, ("annulled", LATER)),
        _case("replaced", LAST, "replaced", LATER, EFFECT, ("replaced", LATER)),
        _case("a correction changes no status", LAST, "invalid", EFFECT, EFFECT,
              ("corrected", CONTEST)),
        _case("a redaction changes no status", LAST, "invalid", EFFECT, EFFECT,
              ("redacted", LATER)),
        _case("declared for somebody else, and not confirmed", LAST, "declared", PUBLISHED, None,
              awaited=True),
        _case("declared for somebody else, confirmed after the period", LAST, "invalid", LATER,
              LATER, ("confirmed", LATER), awaited=True),
        _case("declared for somebody else, confirmed in the period", LAST, "invalid", EFFECT,
              EFFECT, ("confirmed", CONTEST), awaited=True),
        _case("an event of a later version changes no status", LAST, "invalid", EFFECT, EFFECT,
              ("something_new", LATER)),
    ]  # fmt: skip
