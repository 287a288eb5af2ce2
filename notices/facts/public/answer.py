"""The signed answer to the question whether a certificate is declared lost."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from notices.facts.public.catalogue import Elsewhere
from notices.facts.public.form import Awaiting, Copies, PublicHolder, Words
from notices.facts.public.notice import Evidence, Status
from notices.facts.public.shown import Day, Time

Match = Literal["copy", "document", "holder", "certificate", "digits", "earlier"]
NumberForm = Literal["usual", "unusual"]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The question, word for word."""

    certificate: str | None
    number: str | None
    copy: str | None
    copy_number: str | None
    document: str | None


class Other(msgspec.Struct, frozen=True, kw_only=True):
    """A further notice that whoever shows the number should know of, and why (`match`)."""

    match: Match
    certificate: str
    document: str | None
    copies: Copies | None
    copy_number: str | None
    status: Status
    awaiting: Awaiting | None
    notice: str


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """Over `notices-answer/v1`, a newline and the JCS of the answer without it."""

    alg: str
    key: str
    value: str


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """An answer before it is signed.

    All of it is text, whole numbers that JCS can carry, true, false and null, and each member's
    name is ASCII: sorted by its names, its JSON is its JCS (RFC 8785).
    """

    asked: Asked
    certificate: str | None
    document: str | None
    number: str | None
    copies: Copies | None
    copy_number: str | None
    status: Status | Literal["no_notice"]
    since: Time | None
    effective_at: Time | None
    provisional: bool | None
    replaced_on: Day | None
    evidence: Evidence | None
    rests_on: Words | UnsetType | None = UNSET
    """On what the evidence rests, in words for whoever has to decide by it; of before there are
    answers without it."""
    before: Status | None
    awaiting: Awaiting | None
    notice: str | None
    holder: PublicHolder | None
    number_form: NumberForm
    elsewhere: Elsewhere | None
    others: list[Other]
    checked_at: Time
    log_size: int
    test: Literal[True] | UnsetType = UNSET
    """Of an answer to a test key, which is made up; no other has it."""


def is_doubtful(status: object, number_form: object, others: object) -> bool:
    """Whether the number that was asked may be wrong, by these of an answer's fields.

    Nobody may read "no notice" calmly who asked for another number.
    """
    return status == "no_notice" and (number_form == "unusual" or bool(others))


class Answer(Said, frozen=True, kw_only=True):
    """What the register said of a number at one moment; all about a notice is null without one."""

    signature: Signature


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to each of the items, in order."""

    answers: list[Answer]
