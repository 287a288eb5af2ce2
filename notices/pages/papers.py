"""Which paper was lost, as the pages ask it: as little as its number leaves open.

Where the holder's code and the paper stand for the number (a company's seals) several are
declared in one pass, each its own notice. A field that is one paper's own is called after it:
`number.finance-seal`.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from notices.facts.catalogue import Certificate
from notices.facts.certificate import Document
from notices.facts.errors import Problem
from notices.facts.texts import Message, Text
from notices.web import wording

COMPARED = ("number_unusual", "number_check_digit", "copy_number_of_original")
"""What is wrong with a number until somebody says that the certificate really bears it."""


def asked_together(certificate: Certificate) -> bool:
    """Whether several papers are declared in one pass."""
    return certificate.stands_for_number and len(certificate.documents) > 1


def fitting(certificate: Certificate, holder_kind: str) -> list[Document]:
    """The papers that such a holder may have; those that are still issued come first."""
    found = [each for each in certificate.documents if each.holder_kind in (None, holder_kind)]
    return sorted(found, key=lambda each: each.former)


def own_fields(certificate: Certificate) -> tuple[str, ...]:
    """The fields that each paper of one pass has for itself."""
    details = (f"details.{field.name}" for field in certificate.fields)
    return "document", "number", "confirm_unusual_number", *details


def chosen(given: Mapping[str, str], certificate: Certificate) -> list[Document]:
    """The papers of one pass, in the order of the page."""
    return [each for each in certificate.documents if given.get(f"document.{each.id}")]


def carried(given: Mapping[str, str], certificate: Certificate) -> dict[str, str]:
    """What was typed for each chosen paper; of one that is not chosen nothing was meant."""
    names = (
        f"{name}.{each.id}"
        for each in chosen(given, certificate)
        for name in own_fields(certificate)
    )
    return {name: given[name] for name in names if given.get(name, "").strip()}


def each_draft(draft: dict[str, str], certificate: Certificate) -> Iterator[dict[str, str]]:
    """The draft of every single declaration that a pass amounts to; one where none is chosen."""
    own = own_fields(certificate)
    each_own = {f"{name}.{each.id}" for each in certificate.documents for name in own}
    common = {name: value for name, value in draft.items() if name not in each_own}
    papers = chosen(draft, certificate)
    for each in papers:
        mine = {name: draft[f"{name}.{each.id}"] for name in own if f"{name}.{each.id}" in draft}
        yield common | mine | {"document": each.id}
    if not papers:
        yield common


def located(problem: Problem, document: str | None, certificate: Certificate) -> Problem:
    """`problem` of one declaration of a pass, at the field that is this paper's own."""
    if document is None or problem.field not in own_fields(certificate):
        return problem
    return dataclasses.replace(problem, field=f"{problem.field}.{document}")


def compared(problems: Sequence[Problem]) -> set[str]:
    """The fields whose number may stand as it is once somebody compared it."""
    return {
        problem.field
        for problem in problems
        if problem.code in COMPARED and problem.field.split(".")[0] == "number"
    }


def labels(certificate: Certificate) -> dict[str, Text]:
    """How the fields are called where their problems are listed."""
    named = {f"details.{field.name}": field.label for field in certificate.fields}
    named["number"] = certificate.number_label
    if not certificate.issuer_asked:
        named["region"] = wording.QUESTIONS["filed_in"]
    if not asked_together(certificate):
        return named
    each_named = Message("{paper}，{field}")
    shared = dict(named)
    for each in certificate.documents:
        for name, label in (shared | {"number": each.number_label}).items():
            named[f"{name}.{each.id}"] = each_named.format(paper=each.name, field=label)
    named["document"] = wording.QUESTIONS["documents"]
    return named


def asked(
    certificate: Certificate,
    draft: Mapping[str, str],
    holder_kind: str,
    problems: Sequence[Problem],
    *,
    review: bool,
) -> dict[str, Any]:
    """What the page needs to ask for the paper.

    `proposed` is what the number tells. The question stands open where it cannot tell, or where
    somebody came back to change it; else it is folded away, and nobody has to answer it.
    """
    offered = fitting(certificate, holder_kind)
    number = draft.get("number", "")
    reading = certificate.read(number)
    form = certificate.form_of(reading)
    paper_named = form is not None and form.document is not None
    proposed = certificate.proposed_document(reading, holder_kind)
    usual = certificate.proposed_document(certificate.read(""), holder_kind)
    by_form = {each.document for each in certificate.number_forms}
    # Papers of today that no number tells from the usual one: whoever has one must see them.
    unseen = any(not each.former and each.id not in by_form and each != usual for each in offered)
    doubtful = not paper_named and bool(compared(problems))
    wrong = any(problem.field == "document" for problem in problems)
    return {
        "papers": offered,
        "together": asked_together(certificate),
        "proposed": proposed,
        "by_number": proposed is not None or not number,
        "paper_open": bool(unseen or doubtful or wrong or review or draft.get("document")),
    }
