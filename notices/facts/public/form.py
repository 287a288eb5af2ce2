"""The forms that the log commits to: what a declaration shows, and what each later event does.

What forms of before lack is left out of what is made of them: a commitment is to bytes, by JCS,
to which the order of members is nothing. Answers have them in the order in which they stand here.
"""

from typing import ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from notices.facts.public.shown import Day, Time
from notices.facts.texts import Text

Cause = Literal["lost", "stolen", "destroyed"]
Copies = Literal["original", "duplicate", "both"]
Ground = Literal["holder", "not_lost", "false", "other"]
Reason = Literal["found", "mistake", "other"]
Awaiting = Literal["confirmation"]
Unit = Literal["calendar_day", "working_day"]
Details = dict[str, str | int]
"""What a rule wants besides, by the catalogue's names for it."""


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """The same words in English and in Chinese."""

    en: str
    zh: str

    @classmethod
    def of(cls, text: Text) -> "Words":
        return cls(en=text.en, zh=text.zh)

    def in_(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class PublicPerson(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="person"):
    """A holder who is a person: a name, masked as the certificate wants, and no identifier."""

    name: str

    kind: ClassVar[Literal["person"]] = "person"
    identifier: ClassVar[None] = None


class PublicOrganisation(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="organisation"
):
    """A holder that is an organisation, shown in full with its code."""

    name: str
    identifier: str | None

    kind: ClassVar[Literal["organisation"]] = "organisation"


PublicHolder = PublicPerson | PublicOrganisation


class NamedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A paper, as it is called on itself."""

    id: str
    name: Words


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """Where the law also or first wants the loss published."""

    url: str | None
    channel: Words
    required: bool


class NoticePeriod(msgspec.Struct, frozen=True, kw_only=True):
    """How long a declaration waits before it takes effect."""

    value: int
    unit: Unit


class PublicForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was declared, as the public may see it; `awaiting` where it has yet to be confirmed.

    `happened_at` is when it was, where the log had an entry of a later time.
    """

    certificate: str
    certificate_name: Words
    document: NamedDocument | UnsetType | None = UNSET
    matter: str | None
    holder: PublicHolder
    number: str | None
    copies: Copies | None
    copy_number: str | UnsetType | None = UNSET
    cause: Cause
    issuer: str | None
    issued_on: Day | None
    lost_on: Day | None
    region: str
    details: Details
    elsewhere: Elsewhere | UnsetType | None = UNSET
    notice_period: NoticePeriod | UnsetType | None = UNSET
    awaiting: Awaiting | UnsetType = UNSET
    statement: str
    happened_at: Time | UnsetType = UNSET

    @property
    def paper(self) -> NamedDocument:
        """What it is about; forms of before there were documents name the kind."""
        return self.document or NamedDocument(id=self.certificate, name=self.certificate_name)

    @property
    def also_published(self) -> Elsewhere | None:
        return self.elsewhere or None

    @property
    def copy_numbered(self) -> str | None:
        return self.copy_number or None


class WithdrawnForm(msgspec.Struct, frozen=True, kw_only=True):
    """A declaration was taken back."""

    statement: str
    reason: Reason
    happened_at: Time | UnsetType = UNSET


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A clerical field before and after."""

    before: str | None
    after: str | None


class CorrectedForm(msgspec.Struct, frozen=True, kw_only=True):
    """Clerical fields were corrected; those that stayed are not named."""

    statement: str
    issuer: Change | UnsetType = UNSET
    lost_on: Change | UnsetType = UNSET
    issued_on: Change | UnsetType = UNSET
    happened_at: Time | UnsetType = UNSET


class ContestedForm(msgspec.Struct, frozen=True, kw_only=True):
    """An objection was admitted."""

    statement: str
    ground: Ground
    reason: str
    happened_at: Time | UnsetType = UNSET


class DecidedForm(msgspec.Struct, frozen=True, kw_only=True):
    """An objection was dismissed, or the declaration annulled."""

    statement: str
    reason: str
    happened_at: Time | UnsetType = UNSET


class ConfirmedForm(msgspec.Struct, frozen=True, kw_only=True):
    """The issuer's agency confirmed the declaration; null: an officer did."""

    statement: str
    agency: str | None
    happened_at: Time | UnsetType = UNSET


class SupersededForm(msgspec.Struct, frozen=True, kw_only=True):
    """Another notice, `by`, took the place of one that awaited a confirmation."""

    statement: str
    by: str
    happened_at: Time | UnsetType = UNSET


class ReplacedForm(msgspec.Struct, frozen=True, kw_only=True):
    """A new certificate was issued; its number as the public may see it, if that was told."""

    statement: str
    agency: str
    number: str | None
    issued_on: Day
    happened_at: Time | UnsetType = UNSET


class RestoredForm(msgspec.Struct, frozen=True, kw_only=True):
    """What ended the notice, event `takes_back` of the log, was wrong: it is again what it was."""

    statement: str
    takes_back: int
    reason: str
    happened_at: Time | UnsetType = UNSET


class UnconfirmedForm(msgspec.Struct, frozen=True, kw_only=True):
    """A confirmation, event `takes_back` of the log, was wrong: the notice is without it again."""

    statement: str
    takes_back: int
    reason: str
    happened_at: Time | UnsetType = UNSET


class RedactedForm(msgspec.Struct, frozen=True, kw_only=True):
    """What the notice said was removed."""

    statement: str
    happened_at: Time | UnsetType = UNSET


EventForm = (
    WithdrawnForm
    | CorrectedForm
    | ContestedForm
    | DecidedForm
    | ConfirmedForm
    | SupersededForm
    | ReplacedForm
    | RestoredForm
    | UnconfirmedForm
    | RedactedForm
)
"""What an event after the publishing shows."""

EventKind = Literal[
    "published", "corrected", "withdrawn", "confirmed", "contested", "dismissed", "annulled",
    "replaced", "superseded", "restored", "unconfirmed", "redacted",
]  # fmt: skip
"""What can happen to a notice; which form each has, and all else, says `facts/event_kinds.py`."""

read = msgspec.json.Decoder(PublicForm).decode
"""A `PublicForm` that was published, from its JSON text."""
