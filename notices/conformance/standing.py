"""Checks of what a notice is said to be: by its events and the clock, and as new as the log."""

from datetime import datetime, timedelta
from typing import Any

from notices.conformance.known import CHECK, Asked, Known, record
from notices.conformance.results import Differs, differ, expect
from notices.facts import notice_ids, periods
from notices.facts.catalogue import Period
from notices.facts.lifecycle import Event, State, state
from notices.facts.notice_ids import NoticeIdError
from notices.facts.texts import CHINA, rfc3339

CLOCKS = timedelta(minutes=5)
"""So much may our clock differ from the service's."""

LONG_AGO = timedelta(minutes=15)
"""Since an answer was given: whoever checks may have had to wait."""


def notice(known: Known) -> None:
    """Ids have their check digits, and a notice is alone as it is among the log's events."""
    for each in known.subjects:
        where = f"GET /api/v1/notices/{each['id']}"
        try:
            notice_ids.parse(each["id"])
        except NoticeIdError:
            raise Differs(where, "two check digits", each["id"]) from None
        alone = record(known.site.get(f"/api/v1/notices/{each['id']}").json(), where)
        if alone["events"] == each["events"]:  # nothing happened in between
            names = ("id", "certificate", "number", "holder", "statement", "published_at")
            expect(
                where, {name: each[name] for name in names}, {name: alone[name] for name in names}
            )


def status(known: Known) -> None:
    """The status that is answered is the one that the notice's events make at that time."""
    for one, asked in known.published:
        answer, where = asked.answer, f"POST {CHECK}: {asked.question['number']}"
        concerned = {answer["notice"], *(each["notice"] for each in answer["others"])}
        if one["id"] not in concerned:
            differ(where, f"{one['id']} in notice or others", sorted(filter(None, concerned)))
        if answer["notice"] is not None:
            _as_its_events_say(known, asked, where)


def _as_its_events_say(known: Known, asked: Asked, where: str) -> None:
    answer = asked.answer
    told = record(known.site.get(f"/api/v1/notices/{answer['notice']}").json(), where)
    now = datetime.fromisoformat(answer["checked_at"])
    if datetime.fromisoformat(told["events"][-1]["at"]) > now:
        return  # something happened since
    found = state_of(told, now)
    since, effect = rfc3339(found.since), found.effective_at and rfc3339(found.effective_at)
    expected = (found.status, found.before, since, effect)
    names = ("status", "before", "since", "effective_at")
    expect(where, expected, tuple(answer[name] for name in names))
    later = state_of(told, now + CLOCKS).status
    if told["status"] not in (found.status, later):
        differ(f"GET /api/v1/notices/{told['id']}", found.status, told["status"])
    expect(where, told["awaiting"], answer["awaiting"])


def state_of(told: dict[str, Any], now: datetime) -> State:
    """The state of a public notice at `now`, by its events."""
    events = [
        Event(
            each["index"], each["kind"], datetime.fromisoformat(each.get("happened_at", each["at"]))
        )
        for each in told["events"]
    ]
    if told["effective_at"] is not None:
        effective_at = datetime.fromisoformat(told["effective_at"])
    else:
        counted = told["notice_period"]
        period = counted and Period(counted["value"], counted["unit"])
        effective_at = periods.end_of_life(events, period).at
    return state(events, effective_at, now, awaiting=told["awaiting"] is not None)


def fresh(known: Known) -> None:
    """An answer knows of every entry that the log had before it was asked."""
    size = known.head.size
    for each in known.every_answer:
        where = f"POST {CHECK}: {each.question['number']}"
        if each.answer["log_size"] < size:
            differ(where, f"log_size of {size} or more", each.answer["log_size"])


def clock(known: Known) -> None:
    """Times are in +08:00, and the service's clock is right."""
    asked = known.fixtures[0][1] if known.tests else known.plain[0]
    at, now = asked.answer["checked_at"], datetime.now(CHINA)
    try:
        told = datetime.fromisoformat(at)
    except (TypeError, ValueError):
        raise Differs("checked_at", "RFC 3339", at) from None
    expect("checked_at", timedelta(hours=8), told.utcoffset())
    if abs(told - now) > LONG_AGO:
        differ("checked_at", rfc3339(now), at)


def test_numbers(known: Known) -> None:
    """A test key is answered what is published of each test number, and nothing else."""
    for told, asked in known.fixtures:
        answer = asked.answer
        said = {
            "status": answer["status"], "awaiting": answer["awaiting"],
            "others": [each["match"] for each in answer["others"]],
        }  # fmt: skip
        where = f"POST {CHECK}: {asked.question['number']}"
        expect(where, {name: told[name] for name in said}, said)
