"""One kind of certificate: the papers it stands for, and what a declaration of it must hold."""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from msgspec import UNSET

from notices.facts import readings
from notices.facts.numbers import CHECK_DIGITS, lengthened_id
from notices.facts.public.catalogue import (
    Elsewhere,
    HeldBy,
    HolderKind,
    Named,
    NumberIs,
    Part,
    Period,
    PublicCertificate,
    PublicDocument,
    PublicField,
)
from notices.facts.readings import Reading
from notices.facts.texts import Message, Text


def name_key(name: str) -> str:
    """Two names with the same key could not be told apart by whoever types one of them."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


@dataclass(frozen=True, slots=True)
class Field:
    """What a rule wants besides; filled into a declaration's `details`."""

    name: str
    label: Text
    required: bool
    choices: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    example: str | None = None

    def public(self) -> PublicField:
        return PublicField(
            name=self.name,
            label=Named.of(self.label),
            required=self.required,
            choices=self.choices or UNSET,
        )


@dataclass(frozen=True, slots=True)
class OtherChannel:
    """Where the law also or first wants the loss published."""

    channel: Text
    url: str | None
    required: bool

    def public(self) -> Elsewhere:
        return Elsewhere(channel=Named.of(self.channel), url=self.url, required=self.required)


@dataclass(frozen=True, slots=True)
class Document:
    """A paper, by the name that stands on it; `former` when it is no longer issued.

    `aliases` are what people call it, `read_as` what a declaration's `document_field` may say
    for it besides.
    """

    id: str
    name: Text
    number_label: Text
    holder_kind: HolderKind | None = None
    former: bool = False
    aliases: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name.zh, self.name.en, *self.aliases)

    def public(self) -> PublicDocument:
        return PublicDocument(
            id=self.id,
            name=Named.of(self.name),
            number_label=Named.of(self.number_label),
            holder_kind=self.holder_kind or UNSET,
            former=self.former or UNSET,
        )


@dataclass(frozen=True, slots=True)
class NumberForm:
    """A form of number that tells the paper it stands on, or what the number is called there."""

    pattern: re.Pattern[str]
    document: str | None = None
    number_label: Text | None = None
    hyphens: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A kind of certificate, with the rules that a declaration of its loss follows."""

    id: str
    name: Text
    aliases: tuple[str, ...]
    documents: tuple[Document, ...]
    document_required: bool
    document_field: str | None
    holder_kind: HeldBy
    holder_identifier_optional: bool
    issuer_asked: bool
    issuing_department: Text
    parts: tuple[Part, ...]
    part_names: tuple[Text, ...]
    number_label: Text
    number_hint: Text | None
    number_optional: bool
    number_is: NumberIs | None
    number_pattern: re.Pattern[str] | None
    old_number_pattern: re.Pattern[str] | None
    optional_prefix: re.Pattern[str] | None
    number_forms: tuple[NumberForm, ...]
    check_digit: str
    examples: tuple[str, ...]
    fields: tuple[Field, ...]
    notice_period: Period | None
    apply_within_days: int | None
    legal_basis: str
    elsewhere: OtherChannel | None
    public_holder_name: Literal["full", "masked"]
    public_holder_name_reason: str | None
    public_number: Literal["full", "masked"]
    public_term_years: int | None
    elicense_type_code: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that it may be called by, its papers' names too; no two share any of it."""
        papers = (name for document in self.documents for name in document.names)
        return tuple(dict.fromkeys((self.id, self.name.zh, self.name.en, *self.aliases, *papers)))

    @property
    def typed_as(self) -> tuple[str, ...]:
        """What somebody may type to find it in a list, whatever their language is."""
        return tuple(dict.fromkeys((*self.name.in_all().values(), *self.aliases)))

    @property
    def matched_by(self) -> str:
        """What decides whether two numbers are one, and what a claim covers, as text.

        The rules' own version is in it, so that an older service refuses a newer database.
        """
        prefix = self.optional_prefix.pattern if self.optional_prefix else ""
        hyphens = [form.pattern.pattern for form in self.number_forms if form.hyphens]
        return json.dumps(
            [readings.RULES, prefix, list(self.parts), hyphens, self.check_digit == "id18"],
            ensure_ascii=False,
        )

    @property
    def stands_for_number(self) -> bool:
        """Whether the holder's code and the document stand for a number that is not there."""
        return self.number_optional

    def copy_names(self, copies: str | None) -> tuple[str, ...]:
        """What the copies that a notice covers are called."""
        names = zip(self.parts, self.part_names, strict=True)
        return tuple(name.zh for part, name in names if copies in (part, "both"))

    def document(self, id: str) -> Document | None:
        return next((each for each in self.documents if each.id == id), None)

    def document_named(self, text: str) -> Document | None:
        """The paper that goes by this id, name or alias, however it is spaced or cased."""
        wanted = name_key(text)
        for each in self.documents:
            if wanted in map(name_key, (each.id, *each.names, *each.read_as)):
                return each
        return None

    def form_of(self, reading: Reading) -> NumberForm | None:
        """The first form that the whole number has."""
        for form in self.number_forms:
            if form.pattern.fullmatch(reading.hyphened if form.hyphens else reading.normal):
                return form
        return None

    def proposed_document(self, reading: Reading, holder_kind: str | None) -> Document | None:
        """The paper that the number stands on, as far as it or its holder tells."""
        form = self.form_of(reading)
        if form is not None and form.document is not None:
            return self.document(form.document)
        only = (each for each in self.documents if holder_kind and each.holder_kind == holder_kind)
        return next(only, None if self.document_required else self.documents[0])

    def number_label_of(self, reading: Reading, document: Document | None) -> Text:
        """What the number is called on the paper, which follows its form."""
        form = self.form_of(reading)
        if form is not None and form.number_label is not None:
            return form.number_label
        return (document or self.documents[0]).number_label

    def read(self, text: str) -> Reading:
        """What `text` says as a number of this certificate; `normal` tells it from all others.

        A prefix that is optional here is left out, a hyphen stays where it tells two numbers
        apart, and a person's old ID of 15 digits is the one of 18 that it became.
        """
        reading = readings.read(text, copies=bool(self.parts))
        normal = readings.without_prefix(reading.normal, self.optional_prefix)
        if "-" in reading.hyphened and (form := self.form_of(reading)) and form.hyphens:
            normal = reading.hyphened
        if self.check_digit == "id18":
            normal = lengthened_id(normal)
        return reading._replace(normal=normal)

    def normal_number(self, text: str) -> str:
        return self.read(text).normal

    def number_form(self, normal: str) -> Literal["usual", "unusual"]:
        """`usual` when the number is built as today's rule says, check digit included."""
        fits = self.number_pattern is None or self.number_pattern.fullmatch(normal)
        return "usual" if fits and self.check_digit_fits(normal) else "unusual"

    def are_usual(self, normals: Sequence[str]) -> bool:
        """Whether `number_form` calls every one of them usual; in less time than asking each."""
        pattern = self.number_pattern
        fit = pattern is None or all(map(pattern.fullmatch, normals))
        return fit and all(map(CHECK_DIGITS[self.check_digit], normals))

    def check_digit_fits(self, normal: str) -> bool:
        return CHECK_DIGITS[self.check_digit](normal)

    def _document_as_detail(self) -> list[PublicField]:
        """The field that asked for the document before `document` did: clients still fill it in."""
        if self.document_field is None:
            return []
        choices = tuple(each.name.zh for each in self.documents)
        label = Message("证件文本")
        return [Field(self.document_field, label, self.document_required, choices).public()]

    def public(self) -> PublicCertificate:
        return PublicCertificate(
            id=self.id,
            name=Named.of(self.name),
            aliases=self.aliases,
            documents=[each.public() for each in self.documents],
            document_required=self.document_required,
            document_field=self.document_field,
            holder_kind=self.holder_kind,
            holder_identifier_optional=self.holder_identifier_optional,
            issuer_asked=self.issuer_asked,
            issuing_department=Named.of(self.issuing_department),
            number_label=Named.of(self.number_label),
            number_hint=Named.of(self.number_hint) if self.number_hint else None,
            number_optional=self.number_optional,
            number_is=self.number_is,
            examples=self.examples,
            parts=self.parts,
            part_names=dict(zip(self.parts, map(Named.of, self.part_names), strict=True)),
            fields=[*self._document_as_detail(), *(each.public() for each in self.fields)],
            notice_period=self.notice_period,
            apply_within_days=self.apply_within_days,
            legal_basis=self.legal_basis,
            elsewhere=self.elsewhere.public() if self.elsewhere else None,
            public_holder_name=self.public_holder_name,
            public_number=self.public_number,
            elicense_type_code=self.elicense_type_code,
        )
