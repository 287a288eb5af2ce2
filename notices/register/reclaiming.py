"""What a notice would claim today: from its number, opened or shown, and its public form."""

from collections.abc import Sequence
from typing import Any

import msgspec

from notices.facts import disclosure
from notices.facts.certificate import Certificate
from notices.facts.requests import Declaration, Holder
from notices.register import claims
from notices.register.claims import Claim


class ShownHolder(msgspec.Struct):
    """Of a public form's holder what counts here: a person's identifier is never in it."""

    kind: str | None = None
    identifier: str | None = None


class ShownDocument(msgspec.Struct):
    """The paper that a public form names."""

    id: str | None = None


class Shown(msgspec.Struct):
    """Of a public form what a claim follows from."""

    certificate: str = ""
    number: str | None = None
    copies: str | None = None
    copy_number: str | None = None
    document: ShownDocument | None = None
    details: dict[str, Any] | None = None
    holder: ShownHolder | None = None


def claim_of(
    matching: bytes,
    certificate: Certificate,
    number: tuple[str | None, str],
    holder: Holder,
    form: Shown | None,
    copies: Sequence[str],
) -> Claim:
    """What the notice would claim today; a redacted one (`form` None) tells its document no more.

    `number` is as typed, and as it is compared. Whether it is public is what the form shows.
    """
    both = "both" if len(copies) > 1 else next(iter(copies), "") or None
    typed, normal = number
    declaration = Declaration(number=typed, holder=holder, copies=both)
    if form is None:
        shown = disclosure.public_number(declaration, certificate)
    else:
        shown = form.number
        declaration.details, declaration.copy_number = form.details, form.copy_number
        declaration.document = form.document.id if form.document is not None else None
    return claims.covered(matching, certificate, declaration, normal, shown)


def copies_in(form: Shown, certificate: Certificate) -> Sequence[str]:
    """The copies that a notice with this form covers, each with a claim of its own."""
    return certificate.parts if form.copies == "both" else (form.copies or "",)
