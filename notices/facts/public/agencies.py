"""What is public of agencies, what one learns of its own use, and what test keys are answered."""

from typing import Literal

import msgspec

from notices.facts.public.form import Words
from notices.facts.public.service import AnswerKey
from notices.facts.public.shown import Day, Time

AgencyKind = Literal["government", "court", "notary", "bank", "insurer", "platform", "other"]


class CheckingAgency(msgspec.Struct, frozen=True, kw_only=True):
    """An agency that checks certificates here, and since which day it is known here."""

    name: str
    kind: AgencyKind
    kind_name: Words
    since: Day


class CheckingAgencies(msgspec.Struct, frozen=True, kw_only=True):
    """All agencies with a key that checks, the first one first."""

    agencies: list[CheckingAgency]


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """How many an agency may check, did, and still may; null without a quota.

    `resets_at`: the window begins with the first check after the last one.
    """

    quota: int | None
    used: int
    remaining: int | None
    resets_at: Time | None


class Usage(Used, frozen=True, kw_only=True):
    """What an agency has checked within its present window of a day, by all of its keys."""

    period: Literal["day"] = "day"
    masked: Used


class AskedOfTests(msgspec.Struct, frozen=True, kw_only=True):
    """A question to ask with a test key."""

    certificate: str | None
    number: str | None
    copy: str | None
    document: str | None


class NumberForTests(msgspec.Struct, frozen=True, kw_only=True):
    """A question with a made-up number, and what its answer shows."""

    question: AskedOfTests
    shows: Words
    status: str
    awaiting: str | None
    others: list[str]
    scopes: list[str]


class NumbersForTests(msgspec.Struct, frozen=True, kw_only=True):
    """What test keys are answered, and the key that signs it, which proves nothing to anybody."""

    answers: list[AnswerKey]
    numbers: list[NumberForTests]
