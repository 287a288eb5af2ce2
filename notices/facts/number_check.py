"""What is wrong with the number of a declaration, and with the paper and copy that it is of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, get_args

from notices.facts import documents, placeholders, readings
from notices.facts.characters import seen
from notices.facts.errors import Problem
from notices.facts.numbers import (
    has_resident_id_shape,
    has_uscc_shape,
    identifier_form,
    lengthened_id,
    looks_like_resident_id,
    uscc_ok,
)
from notices.facts.public.form import Copies
from notices.facts.requests import Declaration, Holder
from notices.facts.text_check import LONGEST_TEXT, choice_problems, is_blank, text_problems

if TYPE_CHECKING:  # checking a declaration asks what is wrong with its number
    from notices.facts.catalogue import Catalogue
    from notices.facts.certificate import Certificate

COPIES = get_args(Copies)

MOST_TYPED = 4 * LONGEST_TEXT
"""Characters, of which nobody may see some; a longer number is not even looked at."""


def problems(declaration: Declaration, certificate: Certificate | None) -> Iterator[Problem]:
    """In the order of the form."""
    yield from _number(declaration, certificate)
    yield from _document(declaration, certificate)
    yield from _copies(declaration, certificate)


def _number(declaration: Declaration, certificate: Certificate | None) -> Iterator[Problem]:
    number = declaration.number
    optional = certificate is not None and certificate.number_optional
    if optional and number and is_blank(number):
        # Only a number that is truly left out lets the holder's identifier stand for it.
        yield Problem("number", "number_empty")
        return
    problems = list(number_problems("number", number, certificate, required=not optional))
    yield from problems
    if problems or number is None or is_blank(number) or certificate is None:
        return
    normal = certificate.normal_number(number)
    confirmed = declaration.confirm_unusual_number is True
    usual = certificate.number_form(normal) == "usual"
    broken = is_broken(normal, certificate)
    if broken and not confirmed:
        yield Problem("number", "number_check_digit")
    anothers = _anothers_number(normal, declaration.holder, certificate)
    another_id = anothers and is_anothers_id(declaration, certificate)
    if anothers and not (another_id and confirmed):
        yield Problem("number", "number_not_holders")
    own = usual and _is_own(normal, declaration.holder, certificate)
    # Who once had another resident ID confirms it; another one's code is refused for good.
    if not (confirmed or broken or own) and (another_id or not anothers):
        yield Problem("number", "number_unusual", {"example": certificate.examples[0]})


def is_anothers_id(declaration: Declaration, certificate: Certificate | None) -> bool:
    """Whether a person's number should be their own resident ID and is another one.

    It may be an older one of theirs, on a paper that was issued before it was corrected.
    """
    if certificate is None or certificate.number_is is None or is_blank(declaration.number):
        return False
    holder = declaration.holder or Holder()
    normal = certificate.normal_number(declaration.number or "")
    code = normal[:18] if certificate.number_is == "holder_code_prefix" else normal
    return (
        holder.kind == "person"
        and not _is_own(normal, holder, certificate)
        and (has_resident_id_shape(code) or looks_like_resident_id(code))
    )


def number_problems(
    field: str, number: str | None, certificate: Certificate | None, *, required: bool = True
) -> Iterator[Problem]:
    """Why `number` is none, whatever it should be the number of."""
    if number is not None and len(number) > MOST_TYPED:
        yield Problem(field, "too_long", {"limit": LONGEST_TEXT})
        return
    shown = None if number is None else seen(number)
    problems = list(text_problems(field, shown, required=required, published=False))
    yield from problems
    if problems or shown is None or is_blank(shown):
        return
    reading = certificate.read(shown) if certificate else readings.read(shown)
    if not reading.normal:
        yield Problem(field, "number_empty")
    elif placeholders.is_placeholder(reading):
        left_out = certificate is not None and certificate.number_optional
        yield Problem(field, "number_placeholder_optional" if left_out else "number_placeholder")
    elif placeholders.is_masked(shown):
        yield Problem(field, "number_masked")


def is_broken(normal: str, certificate: Certificate) -> bool:
    """Whether its check digit is wrong; by MOD 11,10 that only makes it unusual."""
    return certificate.check_digit != "mod1110" and not certificate.check_digit_fits(normal)


def form_asked(
    number: str, normal: str, certificate: Certificate | None, catalogue: Catalogue
) -> Literal["usual", "unusual"]:
    """`usual` where a number that is asked about is built as the certificate's are, or any's.

    The holder's code is, where it stands for a number that is not there.
    """
    if certificate is not None:
        is_code = certificate.stands_for_number and uscc_ok(normal)
        return "usual" if is_code else certificate.number_form(normal)
    usual = any(
        each.number_form(one) == "usual"
        for one in catalogue.normal_numbers(number)
        for each in catalogue.certificates.values()
    )
    return "usual" if usual else "unusual"


def _own_code(holder: Holder | None) -> str:
    code = identifier_form(((holder and holder.identifier) or "")[:LONGEST_TEXT])
    return lengthened_id(code) if holder and holder.kind == "person" else code


def _is_own(normal: str, holder: Holder | None, certificate: Certificate) -> bool:
    """Whether a number that is tied to the holder's code is that code; others always are."""
    own = _own_code(holder)
    if certificate.number_is is None or not own:
        return True
    if certificate.number_is == "holder_code":
        return normal == own
    return normal.startswith(own)


def _anothers_number(normal: str, holder: Holder | None, certificate: Certificate) -> bool:
    """Whether the number should be the holder's own code and is another one's.

    What is no code at all is older than any, and what only begins like one may be: whoever holds
    one must not be turned away.
    """
    old, code = certificate.old_number_pattern, normal[:18]
    if _is_own(normal, holder, certificate) or code == _own_code(holder):
        return False
    if old is not None and old.fullmatch(normal):
        return False
    whole = code == normal or certificate.number_form(normal) == "usual"
    if whole and (has_uscc_shape(code) or has_resident_id_shape(code)):
        return True
    return uscc_ok(code) or (len(code) == 18 and looks_like_resident_id(code))


def _document(declaration: Declaration, certificate: Certificate | None) -> Iterator[Problem]:
    if certificate is None:
        return
    named = None if is_blank(declaration.document) else declaration.document or ""
    by_detail = documents.of_detail(declaration, certificate)
    if named is not None and certificate.document(named) is None:
        yield Problem("document", "unknown_document")
    elif not isinstance(documents.detail(declaration, certificate), str | None):
        yield Problem(f"details.{certificate.document_field}", "not_text")
    elif isinstance(by_detail, str):  # said, and no document is called so
        yield Problem(f"details.{certificate.document_field}", "unknown_document")
    elif by_detail is not None and named is not None and by_detail.id != named:
        yield Problem("document", "document_differs")
    elif documents.of_declaration(declaration, certificate) is None:
        yield Problem("document", "required")


def _copies(declaration: Declaration, certificate: Certificate | None) -> Iterator[Problem]:
    copies, number = declaration.copies, declaration.copy_number
    if certificate is None or certificate.parts:
        yield from choice_problems("copies", copies, COPIES, required=certificate is not None)
    elif not is_blank(copies):
        yield Problem("copies", "copies_not_applicable")
    if number is not None and not is_blank(number):
        if certificate is not None and not certificate.parts:
            yield Problem("copy_number", "copies_not_applicable")
        elif not documents.is_copy_number(number):
            yield Problem("copy_number", "copy_number_format")
        elif copies in ("original", "both"):
            yield Problem("copy_number", "copy_number_of_original")
    elif certificate is not None and certificate.parts and copies in ("original", "both"):
        # Printed behind the number it may stand on the original too, once somebody compared it.
        behind = documents.reading_of(declaration, certificate).copy_number
        if behind is not None and declaration.confirm_unusual_number is not True:
            yield Problem("number", "copy_number_of_original")
