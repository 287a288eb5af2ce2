"""A declaration that is still being typed: its steps, its fields, and what is wrong so far."""

from datetime import datetime

from notices import declarations
from notices.deployment import Deployment
from notices.facts.catalogue import Catalogue
from notices.facts.errors import Invalid, Problem
from notices.facts.forms import Contact, Declaration, Holder
from notices.identity import Person
from notices.web import typed

STEPS = ("certificate", "matter", "number", "loss", "check", "publish")
SHOWN = {
    "certificate": ("certificate",),
    "matter": ("matter",),
    "number": (
        "relation", "holder.name", "holder.identifier_type", "holder.identifier", "copies",
        "number", "confirm_unusual_number", "region", "issuer", "issued_on",
    ),
    "loss": ("cause", "lost_on", "contact.phone"),
    "check": (),
}  # fmt: skip
"""Which fields each step asks for, as they stand on its page; `details.*` follow the number."""

CARRIED = tuple(name for names in SHOWN.values() for name in names)
AGREED = ("publication_consent", "truthful")
FOR_A_WARD = ("parent", "guardian")


def step_of(field: str) -> str:
    """The step on which a problem can be mended."""
    if field in AGREED:
        return "check"
    if field == "holder.kind":  # follows from the certificate
        return "certificate"
    return next((step for step, names in SHOWN.items() if field in names), "number")


def place_of(field: str) -> tuple[int, int]:
    """Where a reader of the pages comes to a field, so that problems are listed in that order."""
    step = step_of(field)
    names = AGREED if step == "check" else SHOWN[step]
    stands_with = "confirm_unusual_number" if field.startswith("details.") else field
    return STEPS.index(step), names.index(stands_with) if stands_with in names else 0


def draft_of(given: dict[str, str], catalogue: Catalogue) -> dict[str, str]:
    """What was typed so far, less what another certificate was asked for."""
    draft = {name: given[name] for name in CARRIED if given.get(name, "").strip()}
    certificate = catalogue.certificates.get(draft.get("certificate", ""))
    if certificate is None:
        return draft
    if given.get("previous", certificate.id) != certificate.id:
        for name in ("number", "confirm_unusual_number", "copies", "matter"):
            draft.pop(name, None)
    matter = catalogue.matters.get(draft.get("matter", ""))
    if matter is not None and matter.certificate != certificate.id:
        del draft["matter"]
    if not certificate.parts:
        draft.pop("copies", None)
    for field in certificate.fields:
        name = f"details.{field.name}"
        if given.get(name, "").strip():
            draft[name] = given[name]
    return draft


def declaration_of(draft: dict[str, str], given: dict[str, str], person: Person) -> Declaration:
    """The declaration that a draft amounts to; its holder is whoever is signed in, or a ward."""
    kind, identifier, name = person.acts_for
    relation = draft.get("relation", "self") if kind == "person" else "self"
    if relation in FOR_A_WARD:
        holder = Holder(
            kind="person",
            name=typed.filled(draft, "holder.name"),
            identifier=typed.filled(draft, "holder.identifier"),
            identifier_type=typed.filled(draft, "holder.identifier_type"),
        )
    else:
        type_ = "uscc" if kind == "organisation" else person.identifier_type
        holder = Holder(kind=kind, name=name, identifier=identifier, identifier_type=type_)
    phone = typed.filled(draft, "contact.phone")
    details = {
        name.removeprefix("details."): value.strip()
        for name, value in draft.items()
        if name.startswith("details.")
    }
    plain = ("certificate", "matter", "number", "copies", "cause")
    rest = ("lost_on", "issuer", "issued_on", "region")
    return Declaration(
        **{name: typed.filled(draft, name) for name in plain + rest},
        holder=holder,
        relation=relation,
        contact=Contact(phone=phone) if phone else None,
        details=details or None,
        confirm_unusual_number=True if draft.get("confirm_unusual_number") else None,
        publication_consent=given.get("publication_consent") == "yes",
        truthful=given.get("truthful") == "yes",
    )


def problems_in(
    deployment: Deployment, person: Person, declaration: Declaration, now: datetime
) -> list[Problem]:
    """All problems, in the order of the steps."""
    try:
        declarations.check(deployment, person, declaration, now)
    except Invalid as refusal:
        return sorted(refusal.problems, key=lambda one: place_of(one.field))
    return []
