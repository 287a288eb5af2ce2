"""The public notice, its events and its receipts, as the contract shows them."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from notices.facts.public.form import (
    Awaiting,
    Cause,
    Copies,
    Details,
    Elsewhere,
    EventForm,
    EventKind,
    NamedDocument,
    NoticePeriod,
    PublicForm,
    PublicHolder,
    Words,
)
from notices.facts.public.shown import Address, Day, Shown, Time

Status = Literal["declared", "invalid", "contested", "reinstated", "replaced"]
Evidence = Literal["self_declared", "identity_verified", "issuer_confirmed"]
ObjectionStatus = Literal["open", "admitted", "dismissed", "upheld", "closed", "rejected"]
UNDECIDED: tuple[ObjectionStatus, ...] = ("open", "admitted")
"""Those of objections that wait for an officer."""


class NoticeEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to a notice: `at` as the log's entry has it.

    `happened_at` is when it really was, where the log had an entry of a later time already.
    """

    index: int
    kind: EventKind
    at: Time
    happened_at: Time | UnsetType = UNSET


class Links(msgspec.Struct, frozen=True, kw_only=True):
    """Where a notice is to be read, printed and proven."""

    html: Address
    pdf: Address
    receipt: Address


class PublicNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as it is now; of a redacted one what was declared is null.

    While it is contested, or awaits a confirmation, `effective_at` is null; `provisional` says
    that it may still move with the holidays of a year that are not published.
    """

    # A member that is added needs a default: until it is filled anew, the search index holds
    # notices as they were written before.
    id: str
    certificate: str | None
    certificate_name: Words | None
    matter: str | None
    holder: PublicHolder | None
    number: str | None
    copies: Copies | None
    copy_number: str | None
    cause: Cause | None
    issuer: str | None
    issued_on: Day | None
    lost_on: Day | None
    region: str | None
    details: Details | None
    statement: str | None
    document: NamedDocument | None
    published_at: Time
    effective_at: Time | None
    provisional: bool
    status: Status
    evidence: Evidence
    awaiting: Awaiting | None
    objections: int
    elsewhere: Elsewhere | None
    notice_period: NoticePeriod | None
    events: list[NoticeEvent]
    links: Links


class Existing(msgspec.Struct, frozen=True, kw_only=True):
    """What a refusal tells of the notice that is in the way."""

    id: str
    status: Status
    published_at: Time
    links: Links


AnyForm = PublicForm | EventForm


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What opens an entry's commitment: HMAC-SHA256 by `salt` over the JCS of `form`.

    The form is passed on as it was kept: whatever is in it, it is what was committed to.
    """

    salt: str
    form: Annotated[msgspec.Raw, Shown(content=AnyForm)]


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Proof that an event stands in the log; after a redaction there is no opening any more."""

    entry: str
    opening: Opening | None
    index: int
    proof: list[str]
    checkpoint: str


class DeclaredNotice(PublicNotice, frozen=True, kw_only=True):
    """What was just published, with the receipt of its publishing."""

    receipt: Receipt


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """An event that was just appended, and the notice as it is with it."""

    index: int
    kind: EventKind
    at: Time
    happened_at: Time | UnsetType = UNSET
    notice: PublicNotice


class ObjectionFiled(msgspec.Struct, frozen=True, kw_only=True):
    """An objection that was just filed."""

    id: str
    status: Literal["open"]
    at: Time


class ObjectionRejected(msgspec.Struct, frozen=True, kw_only=True):
    """An objection that was not taken up."""

    id: str
    status: Literal["rejected"]


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an objection of which no event tells, and its notice, which stays as it is."""

    objection: ObjectionRejected
    notice: PublicNotice


class LogEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the log has it, with its notice as it is now."""

    index: int
    kind: EventKind
    at: Time
    entry: str
    opening: Opening | None
    notice: PublicNotice


class Events(msgspec.Struct, frozen=True, kw_only=True):
    """Events in the order of the log; `next` is where to go on."""

    events: list[LogEvent]
    next: int


def with_more(notice: PublicNotice, **more: Any) -> dict[str, Any]:
    """The members of a notice and `more`, of which a type that has more than it is made."""
    return {name: getattr(notice, name) for name in notice.__struct_fields__} | more
