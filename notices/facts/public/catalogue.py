"""The catalogue as the contract shows it: what can be declared, and for which matters."""

from dataclasses import dataclass
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from notices.facts.public.form import Unit
from notices.facts.public.shown import Address, Day
from notices.facts.texts import Text

HolderKind = Literal["person", "organisation"]
HeldBy = Literal["person", "organisation", "either"]
NumberIs = Literal["holder_code", "holder_code_prefix"]
Part = Literal["original", "duplicate"]
MatterKind = Literal["reissue", "deregister", "change", "renew"]


@dataclass(frozen=True, slots=True)
class Period:
    """How long a declaration waits before it takes effect."""

    value: int
    unit: Unit


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What something is called in Chinese and in English."""

    zh: str
    en: str

    @classmethod
    def of(cls, text: Text) -> "Named":
        return cls(zh=text.zh, en=text.en)

    def in_(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class Elsewhere(msgspec.Struct, frozen=True, kw_only=True):
    """Where the law also or first wants the loss published."""

    channel: Named
    url: str | None
    required: bool


class PublicField(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule wants besides, filled into a declaration's `details`."""

    name: str
    label: Named
    required: bool
    choices: tuple[str, ...] | UnsetType = UNSET


class PublicDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A paper, as it is called on itself; `former` where it is no longer issued."""

    id: str
    name: Named
    number_label: Named
    holder_kind: HolderKind | UnsetType = UNSET
    former: bool | UnsetType = UNSET


class PublicCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of certificate, and what a declaration of its loss has to hold."""

    id: str
    name: Named
    aliases: tuple[str, ...]
    documents: list[PublicDocument]
    document_required: bool
    document_field: str | None
    holder_kind: HeldBy
    holder_identifier_optional: bool
    issuer_asked: bool
    issuing_department: Named
    number_label: Named
    number_hint: Named | None
    number_optional: bool
    number_is: NumberIs | None
    examples: tuple[str, ...]
    parts: tuple[Part, ...]
    part_names: dict[Part, Named]
    fields: list[PublicField]
    notice_period: Period | None
    apply_within_days: int | None
    legal_basis: str
    elsewhere: Elsewhere | None
    public_holder_name: Literal["full", "masked"]
    public_number: Literal["full", "masked"]
    elicense_type_code: str | None


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """Where one goes with the matter."""

    name: str
    address: str
    telephone: str
    hours: str


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """Since when the counter takes our notice in place of a newspaper's, and who says so."""

    since: Day
    source: str


class PublicMatter(msgspec.Struct, frozen=True, kw_only=True):
    """What the holder is about to ask the department for."""

    id: str
    certificate: str
    name: Named
    kind: MatterKind
    department: str
    matter_code: str | None
    next_step_url: Address | None
    counter: Counter | None
    accepts: Acceptance | None


class PublicCatalogue(msgspec.Struct, frozen=True, kw_only=True):
    """All certificates and matters, in the order in which the city lists them."""

    version: str
    certificates: list[PublicCertificate]
    matters: list[PublicMatter]
