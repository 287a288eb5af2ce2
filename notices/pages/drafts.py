"""A declaration that is still being typed: its steps, its fields, and what is wrong so far."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from notices import declarations
from notices.deployment import Deployment
from notices.facts import relations
from notices.facts.catalogue import Catalogue, Certificate
from notices.facts.errors import Invalid, Problem
from notices.facts.requests import Contact, Declaration, Holder
from notices.identity import Person
from notices.pages import papers
from notices.web import forms

STEPS = ("certificate", "matter", "number", "loss", "check", "publish")
SHOWN = {
    "certificate": ("certificate",),
    "matter": ("matter",),
    "number": (
        "relation", "holder.name", "holder.identifier_type", "holder.identifier", "copies",
        "copy_number", "number", "confirm_unusual_number", "document", "region", "issuer",
        "issued_on",
    ),
    "loss": ("cause", "lost_on", "contact.phone", "alert_on_check"),
    "check": (),
}  # fmt: skip
"""Which fields each step asks for, as they stand on its page; `details.*` follow the paper."""

CARRIED = tuple(name for names in SHOWN.values() for name in names)
AGREED = ("publication_consent", "truthful")
OF_ONE_CERTIFICATE = (
    "document", "number", "confirm_unusual_number", "copies", "copy_number", "matter",
)  # fmt: skip


def step_of(field: str) -> str:
    """The step on which a problem can be mended."""
    if field in AGREED or field == "exhibit":
        return "check"
    if field == "holder.kind":  # follows from the certificate
        return "certificate"
    return next((step for step, names in SHOWN.items() if field in names), "number")


def place_of(field: str) -> tuple[int, int]:
    """Where a reader of the pages comes to a field, so that problems are listed in that order."""
    step = step_of(field)
    names = ("exhibit", *AGREED) if step == "check" else SHOWN[step]
    stands_with = "document" if field.startswith("details.") else field
    return STEPS.index(step), names.index(stands_with) if stands_with in names else 0


def fields_of(given: Mapping[str, str], catalogue: Catalogue) -> dict[str, str]:
    """What of `given` belongs to a draft of its certificate."""
    fields = {name: given[name] for name in CARRIED if given.get(name, "").strip()}
    certificate = catalogue.certificates.get(fields.get("certificate", ""))
    if certificate is None:
        return fields
    matter = catalogue.matters.get(fields.get("matter", ""))
    if matter is not None and matter.certificate != certificate.id:
        del fields["matter"]
    if not certificate.parts:
        fields.pop("copies", None)
        fields.pop("copy_number", None)
    if papers.asked_together(certificate):
        for name in papers.own_fields(certificate):
            fields.pop(name, None)
        return fields | papers.carried(given, certificate)
    for field in certificate.fields:
        name = f"details.{field.name}"
        if given.get(name, "").strip():
            fields[name] = given[name]
    return fields


def merged(
    before: Mapping[str, str], given: Mapping[str, str], at: str, catalogue: Catalogue
) -> dict[str, str]:
    """The fields `before`, and in place of those that the step `at` asks what was typed there.

    Of another certificate than before nothing is kept that only the former one was asked for; nor
    is it taken from a page that still asks for the former one.
    """
    if not before:
        return fields_of(given, catalogue)
    if at == "certificate":
        # Words to find another one by leave the one that is chosen.
        chosen = given.get("certificate", "").strip() or before.get("certificate", "")
        another, fields = chosen != before.get("certificate"), dict(before)
        if another:
            fields = _common(fields) | {"certificate": chosen}
    else:
        another = of_another(before, given, at)
        kept = {name: value for name, value in before.items() if step_of(name) != at}
        fields = {name: value for name, value in given.items() if step_of(name) == at}
        if another:
            fields = _common(fields)
            kept = {name: value for name, value in before.items() if name not in fields}
        fields = kept | fields
    certificate = catalogue.certificates.get(fields.get("certificate", ""))
    if another and certificate and fields.get("relation") not in relations_to(certificate):
        fields.pop("relation", None)
    return fields_of(fields, catalogue)


def of_another(before: Mapping[str, str], given: Mapping[str, str], at: str) -> bool:
    """Whether `given` comes from a page that asks for another certificate than the draft `before`.

    Only the step that asks which it is changes that.
    """
    chosen, shown = before.get("certificate"), given.get("certificate", "").strip()
    return at != "certificate" and bool(chosen and shown) and chosen != shown


def _common(fields: Mapping[str, str]) -> dict[str, str]:
    """Those that whatever certificate is asked for."""
    return {name: value for name, value in fields.items() if not _of_one_certificate(name)}


def _of_one_certificate(name: str) -> bool:
    return name in OF_ONE_CERTIFICATE or name not in CARRIED


def relations_to(certificate: Certificate) -> list[str]:
    """The relations in which a person may stand to the holder of such a certificate."""
    kind = certificate.holder_kind
    own = ["self"] if kind != "organisation" else []
    return own + [
        name for name, of in relations.OF_HOLDERS.items() if kind == "either" or of in (None, kind)
    ]


def usual_relation(certificate: Certificate | None) -> str | None:
    """The first that the page offers; None where it may as well be another.

    The holder of a birth certificate who has no identifier yet declares nothing himself.
    """
    if certificate is None:
        return "self"
    return None if certificate.holder_identifier_optional else relations_to(certificate)[0]


def _relation(draft: dict[str, str], person: Person, certificate: Certificate | None) -> str | None:
    """The one chosen; before any is, the usual one."""
    if person.acts_for[0] != "person":
        return "self"
    return draft.get("relation") or usual_relation(certificate)


def held_by_kind(draft: dict[str, str], person: Person, certificate: Certificate | None) -> str:
    """What kind of holder is meant: that of the certificate, or of the document that names them."""
    if _relation(draft, person, certificate) not in relations.OF_HOLDERS:
        return person.acts_for[0]
    if certificate is not None and certificate.holder_kind != "either":
        return certificate.holder_kind
    return "organisation" if draft.get("holder.identifier_type") == "uscc" else "person"


def declaration_of(
    draft: dict[str, str], agreed: Collection[str], person: Person, certificate: Certificate | None
) -> Declaration:
    """The declaration that a draft amounts to; its holder is whoever is signed in, or another."""
    kind, identifier, name = person.acts_for
    relation = _relation(draft, person, certificate)
    if relation in relations.OF_HOLDERS:
        holder = Holder(
            kind=held_by_kind(draft, person, certificate),
            name=forms.filled(draft, "holder.name"),
            identifier=forms.filled(draft, "holder.identifier"),
            identifier_type=forms.filled(draft, "holder.identifier_type"),
        )
    else:
        type_ = "uscc" if kind == "organisation" else person.identifier_type
        holder = Holder(kind=kind, name=name, identifier=identifier, identifier_type=type_)
    phone = forms.filled(draft, "contact.phone")
    details = {
        name.removeprefix("details."): value.strip()
        for name, value in draft.items()
        if name.startswith("details.")
    }
    plain = ("certificate", "document", "matter", "number", "copies", "copy_number", "cause")
    rest = ("lost_on", "issuer", "issued_on", "region")
    return Declaration(
        **{name: forms.filled(draft, name) for name in plain + rest},
        holder=holder,
        relation=relation,
        contact=Contact(phone=phone) if phone else None,
        details=details or None,
        alert_on_check=True if draft.get("alert_on_check") else None,
        confirm_unusual_number=True if draft.get("confirm_unusual_number") else None,
        publication_consent="publication_consent" in agreed,
        truthful="truthful" in agreed,
    )


def declarations_of(
    draft: dict[str, str], agreed: Collection[str], person: Person, certificate: Certificate | None
) -> list[Declaration]:
    """All the declarations that a draft amounts to: of several papers in one pass, each its own."""
    if certificate is None or not papers.asked_together(certificate):
        return [declaration_of(draft, agreed, person, certificate)]
    each_draft = papers.each_draft(draft, certificate)
    return [declaration_of(each, agreed, person, certificate) for each in each_draft]


def problems_in(
    deployment: Deployment,
    person: Person,
    declared: Sequence[Declaration],
    certificate: Certificate | None,
    now: datetime,
    *,
    exhibit: bool = True,
) -> list[Problem]:
    """All problems, in the order of the steps; what several declarations share is told once."""
    found: list[tuple[tuple[int, int], Problem]] = []
    for declaration in declared:
        for problem in _problems_of(deployment, person, declaration, now, exhibit):
            here, place = problem, place_of(problem.field)
            if certificate is not None and papers.asked_together(certificate):
                here = papers.located(problem, declaration.document, certificate)
                place = place_of("document") if here is not problem else place
            if (place, here) not in found:
                found.append((place, here))
    return [problem for _, problem in sorted(found, key=lambda one: one[0])]


def _problems_of(
    deployment: Deployment,
    person: Person,
    declaration: Declaration,
    now: datetime,
    exhibit: bool,
) -> list[Problem]:
    # Programs need not say that it is their own; here it is chosen, or was the usual choice.
    wrong = [Problem("relation", "required")] if declaration.relation is None else []
    try:
        declarations.check(deployment, person, declaration, now, wrong, exhibit=exhibit)
    except Invalid as refusal:
        return refusal.problems
    return wrong
