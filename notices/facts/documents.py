"""Which paper a declaration is about: its document, and the number of its copy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notices.facts.characters import seen, unified
from notices.facts.readings import Reading
from notices.facts.requests import Declaration, Holder
from notices.facts.text_check import LONGEST_TEXT, is_blank

if TYPE_CHECKING:  # checking a declaration asks which paper it is about
    from notices.facts.certificate import Certificate, Document

_BETWEEN = re.compile(r"\s*[-/\u2010-\u2015\u2212]\s*")
_COPY_NUMBER = re.compile(r"[0-9]{1,3}(?:-[0-9]{1,3})?")
_AROUND = re.compile(r"副本|编号|[()\[\]【】〔〕第号:\s]")


def reading_of(declaration: Declaration, certificate: Certificate) -> Reading:
    """The declared number as this certificate's; nobody waits until a longer one is read."""
    return certificate.read(seen(declaration.number or "")[:LONGEST_TEXT])


def detail(declaration: Declaration, certificate: Certificate) -> object:
    """What stands in the detail by which declarations named a document before `document`."""
    return (declaration.details or {}).get(certificate.document_field or "")


def of_detail(declaration: Declaration, certificate: Certificate) -> Document | str | None:
    """The document that this detail names; else its text."""
    given = detail(declaration, certificate)
    if not isinstance(given, str) or is_blank(given):
        return None
    return certificate.document_named(given) or given


def of_declaration(declaration: Declaration, certificate: Certificate) -> Document | None:
    """The document that was lost: as declared, else as the form of its number or its holder tell.

    None where no paper of this certificate is the usual one and nothing tells.
    """
    if not is_blank(declaration.document):
        return certificate.document(declaration.document or "")
    named = of_detail(declaration, certificate)
    if named is not None and not isinstance(named, str):
        return named
    reading = reading_of(declaration, certificate)
    return certificate.proposed_document(reading, (declaration.holder or Holder()).kind)


def plain_copy_number(text: str) -> str:
    """A copy's number as it is compared and shown: `(３－2)` is 3-2."""
    return _BETWEEN.sub("-", _AROUND.sub("", unified(text)))


def is_copy_number(text: str) -> bool:
    """Whether a copy may be numbered so: 2, or 3-2, the second of three."""
    return len(text) <= LONGEST_TEXT and _COPY_NUMBER.fullmatch(plain_copy_number(text)) is not None


def copy_number(declaration: Declaration, certificate: Certificate) -> str | None:
    """The number of the lost duplicate, as declared or as it stands behind the number."""
    if not certificate.parts or declaration.copies != "duplicate":
        return None
    if not is_blank(declaration.copy_number):
        return plain_copy_number(declaration.copy_number or "")
    return reading_of(declaration, certificate).copy_number


def copy_of(number: str | None) -> int | None:
    """What tells one duplicate from the others: the last number of 3-2."""
    return None if number is None else int(number.rsplit("-", 1)[-1])
