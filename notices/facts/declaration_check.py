"""All that is wrong with a declaration, at once, so that nobody mends it one mistake at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, get_args

from notices.facts import issuers, masking, number_check, relations
from notices.facts.errors import Problem
from notices.facts.identifiers import IDENTIFIER_TYPES, identifier_problems, identifier_type
from notices.facts.public.form import Cause
from notices.facts.requests import Declaration, Holder
from notices.facts.telephones import holds_telephone
from notices.facts.text_check import choice_problems, is_blank, text_problems

if TYPE_CHECKING:  # it calls this module
    from notices.facts.catalogue import Catalogue, Certificate, Field
    from notices.facts.regions import Regions

CAUSES = get_args(Cause)
HOLDER_KINDS = ("person", "organisation")
EARLIEST = date(1900, 1, 1)
MOST_EXACT = 2**53 - 1
"""Beyond it readers of JSON round (RFC 7493, 2.2), and RFC 8785 writes none: that is for text."""

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIELD_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")


def check(
    declaration: Declaration,
    catalogue: Catalogue,
    regions: Regions,
    today: date,
    *,
    exhibit: bool = False,
) -> list[Problem]:
    """Every problem, in the order of the form; an empty list means that it may be published.

    `exhibit` says that a document came along, as some relations need one.
    """
    certificate = catalogue.certificates.get(declaration.certificate or "")
    return [
        *_certificate(declaration, catalogue, certificate),
        *number_check.problems(declaration, certificate),
        *_details(declaration, certificate),
        *choice_problems("cause", declaration.cause, CAUSES, required=True),
        *_dates(declaration, today),
        *_holder(declaration, certificate),
        *relations.problems(declaration, today, exhibit=exhibit),
        *_issuer(declaration, certificate),
        *_region(declaration.region, regions),
        *_phone(declaration.contact.phone if declaration.contact else None),
        *_agreed("publication_consent", declaration.publication_consent),
        *_agreed("truthful", declaration.truthful),
    ]


def _agreed(field: str, value: bool | None) -> Iterator[Problem]:
    if value is None:
        yield Problem(field, "required")
    elif not value:
        yield Problem(field, "must_be_true")


def _certificate(
    declaration: Declaration, catalogue: Catalogue, certificate: Certificate | None
) -> Iterator[Problem]:
    if is_blank(declaration.certificate):
        yield Problem("certificate", "required")
    elif certificate is None:
        yield Problem("certificate", "unknown_certificate")
    if declaration.matter is None or is_blank(declaration.matter):
        return
    matter = catalogue.matters.get(declaration.matter)
    if matter is None:
        yield Problem("matter", "unknown_matter")
    elif certificate is not None and matter.certificate != certificate.id:
        yield Problem("matter", "matter_of_another_certificate")


def _details(declaration: Declaration, certificate: Certificate | None) -> Iterator[Problem]:
    if certificate is None:
        return
    given = declaration.details or {}
    for field in certificate.fields:
        yield from _detail(field, given.get(field.name), declaration, certificate)
    known = {field.name for field in certificate.fields} | {certificate.document_field}
    for name in given.keys() - known:
        # A name from outside is repeated only where it can do no harm.
        place = f"details.{name}" if _FIELD_NAME.fullmatch(name) else "details"
        yield Problem(place, "unknown_detail")


def _public_text(
    place: str,
    text: str | None,
    declaration: Declaration,
    certificate: Certificate | None,
    *,
    required: bool = False,
) -> Iterator[Problem]:
    """A text that will be published must not tell what the notice masks."""
    problems = list(text_problems(place, text, required=required, published=True))
    yield from problems
    if problems or text is None or is_blank(text):
        return
    if masking.tells(text, masking.secrets_of(declaration, certificate)):
        yield Problem(place, "personal_number")
    elif masking.tells_name(text, declaration, certificate):
        yield Problem(place, "personal_name")


def _issuer(declaration: Declaration, certificate: Certificate | None) -> Iterator[Problem]:
    text = declaration.issuer
    problems = list(_public_text("issuer", text, declaration, certificate))
    yield from problems
    known = issuers.departments_of(certificate.issuing_department.zh) if certificate else ()
    if not problems and text and not is_blank(text) and not issuers.passes(text, known):
        yield Problem("issuer", "issuer_unusual")


def _detail(
    field: Field, value: object, declaration: Declaration, certificate: Certificate
) -> Iterator[Problem]:
    place = f"details.{field.name}"
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MOST_EXACT:
        value = str(value)  # a count is a number in JSON, and text in a form
    if value is not None and not isinstance(value, str):
        yield Problem(place, "not_text")
    elif field.choices:
        yield from choice_problems(place, value, field.choices, required=field.required)
    else:
        problems = list(
            _public_text(place, value, declaration, certificate, required=field.required)
        )
        yield from problems
        if not problems and value is not None and not is_blank(value):
            yield from _detail_text(place, field, value.strip())


def _detail_text(place: str, field: Field, value: str) -> Iterator[Problem]:
    if field.pattern is None and not issuers.is_plain_detail(value):
        yield Problem(place, "detail_unusual")
    elif field.pattern is not None and not field.pattern.fullmatch(value):
        yield Problem(place, "detail_format", {"example": field.example})


def _dates(declaration: Declaration, today: date) -> Iterator[Problem]:
    days: dict[str, date] = {}
    for field in ("issued_on", "lost_on"):
        text: str | None = getattr(declaration, field)
        if text is None or is_blank(text):
            continue
        try:
            day = date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            yield Problem(field, "date_format", {"example": today.isoformat()})
        elif day > today:
            yield Problem(field, "date_in_future")
        elif day < EARLIEST:
            yield Problem(field, "date_too_early", {"earliest": EARLIEST.isoformat()})
        else:
            days[field] = day
    if len(days) == 2 and days["lost_on"] < days["issued_on"]:
        yield Problem("lost_on", "lost_before_issued")


def _holder(declaration: Declaration, certificate: Certificate | None) -> Iterator[Problem]:
    holder = declaration.holder
    if holder is None:
        yield Problem("holder", "required")
        return
    kinds = list(choice_problems("holder.kind", holder.kind, HOLDER_KINDS, required=True))
    yield from kinds
    kind = "" if kinds else holder.kind or ""
    if kind and certificate is not None and certificate.holder_kind not in (kind, "either"):
        yield Problem(
            "holder.kind",
            "certificate_of_persons" if kind == "organisation" else "certificate_of_organisations",
        )
    yield from text_problems("holder.name", holder.name, required=True)
    yield from _identifier(holder, kind, declaration.relation, certificate)


def _identifier(
    holder: Holder, kind: str, relation: str | None, certificate: Certificate | None
) -> Iterator[Problem]:
    allowed = IDENTIFIER_TYPES.get(kind) or sum(IDENTIFIER_TYPES.values(), ())
    yield from choice_problems("holder.identifier_type", holder.identifier_type, allowed)
    if holder.identifier is None or is_blank(holder.identifier):
        # Of a holder whom nobody can sign in as, nobody could take the notice back: that is
        # left to a newborn's parents, for the certificates that newborns have.
        newborn = relation in ("parent", "guardian") and (
            certificate is None or certificate.holder_identifier_optional
        )
        if kind == "organisation" or not newborn:
            yield Problem("holder.identifier", "required")
        return
    meant = identifier_type(holder)
    yield from identifier_problems("holder.identifier", holder.identifier, meant, allowed)


def _region(code: str | None, regions: Regions) -> Iterator[Problem]:
    if code is None or is_blank(code):
        yield Problem("region", "required")
    elif not regions.known(code):
        yield Problem("region", "unknown_region")


def _phone(phone: str | None) -> Iterator[Problem]:
    """Nothing that stands beside a number is wrong here: nobody but an officer ever reads it."""
    if phone is None or is_blank(phone):
        return
    problems = [one for one in text_problems("contact.phone", phone) if one.code != "emoji"]
    yield from problems
    if not problems and not holds_telephone(phone):
        yield Problem("contact.phone", "phone_format")
