"""For whom somebody declares: what each relation asks for, and what waits to be confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Final

from notices.facts import number_check
from notices.facts.errors import Problem
from notices.facts.identifiers import identifier_type
from notices.facts.numbers import birth_date, identifier_form, resident_id_ok
from notices.facts.requests import Declaration, Holder
from notices.facts.text_check import choice_problems, is_blank

if TYPE_CHECKING:  # a certificate's module checks numbers by what this one imports
    from notices.facts.catalogue import Certificate

OF_HOLDERS = {
    "parent": "person",
    "guardian": "person",
    "mandate": None,
    "liquidator": "organisation",
    "heir": "person",
}
"""The relations of who declares for somebody else, and what kind of holder each has; None: any."""

RELATIONS = ("self", *OF_HOLDERS)
FULL_AGE = 18

AWAITING: Final = "confirmation"
"""What a declaration for somebody else awaits, as a public form says it."""


def for_another(declaration: Declaration) -> bool:
    return (declaration.relation or "self") != "self"


def awaits_confirmation(
    declaration: Declaration, certificate: Certificate | None, *, vouched: bool = False
) -> bool:
    """Whether the checked `declaration` has no effect before somebody confirmed it.

    So it is of what is declared for somebody else, unless it is `vouched` for that this is their
    guardian, and under another resident ID than the
    holder's: an old one of theirs, or a stranger's, and nobody here can tell.
    """
    another = for_another(declaration) and not vouched
    return another or number_check.is_anothers_id(declaration, certificate)


def problems(declaration: Declaration, today: date, *, exhibit: bool) -> Iterator[Problem]:
    """What is wrong with the relation; `exhibit`: a document came with the declaration."""
    relation, holder = declaration.relation, declaration.holder
    wrong = list(choice_problems("relation", relation, RELATIONS))
    yield from wrong
    if wrong or holder is None or not for_another(declaration):
        return
    kind = OF_HOLDERS[relation or ""]
    if kind is not None and holder.kind not in (None, kind):
        of_persons = kind == "person"
        yield Problem("relation", "relation_of_persons" if of_persons else "relation_of_companies")
        return
    if relation == "parent" and _known(holder) and not is_minor(holder, today):
        yield Problem("relation", "not_a_minor")
    if needs_exhibit(declaration, today) and not exhibit:
        yield Problem("exhibit", "exhibit_required")


def _known(holder: Holder) -> bool:
    """Whether it can be said how old the holder is, as far as this is for us to say."""
    if is_blank(holder.identifier):
        return False
    # A wrong identifier's own problem comes first.
    return identifier_type(holder) != "resident-id" or resident_id_ok(_code(holder))


def needs_exhibit(declaration: Declaration, today: date) -> bool:
    """Whether only a document shows that somebody may declare for the holder."""
    holder = declaration.holder or Holder()
    if declaration.relation == "guardian":
        return not is_blank(holder.identifier) and not is_minor(holder, today)
    return declaration.relation in ("mandate", "liquidator", "heir")


def is_minor(holder: Holder, today: date) -> bool:
    """By the resident ID, the only document here that tells the day of birth."""
    born = birth_date(_code(holder)) if identifier_type(holder) == "resident-id" else None
    return born is not None and _age(born, today) < FULL_AGE


def may_be_vouched(declaration: Declaration, today: date) -> bool:
    """Whether it is for a child, whose guardian a provider of identities may know."""
    holder = declaration.holder
    guards = declaration.relation in ("parent", "guardian")
    return guards and holder is not None and is_minor(holder, today)


def _code(holder: Holder) -> str:
    return identifier_form(holder.identifier or "")


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
