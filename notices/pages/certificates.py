"""The first step of a declaration: what it asks for, and which certificate was lost."""

from collections.abc import Sequence
from typing import Any

from litestar import Response

from notices.changing.draft import Draft
from notices.facts.catalogue import Catalogue, Certificate
from notices.facts.errors import Problem
from notices.identity import Person
from notices.pages import begun, not_here, several, stepping
from notices.pages.begun import Begun
from notices.web.authentication import AnyRequest

WITH = "with"
"""The parameter that names the notice of what was lost together and is declared already."""

NOBODY = Person(kind="", name="", identifier="")
"""Who has not signed in yet may look what there is to declare; to go on is to sign in."""


def may_declare(catalogue: Catalogue, person: Person, certificate: str) -> bool:
    """Whether one may: a person may for an organisation, as its agent; it for a person never."""
    found = catalogue.certificates.get(certificate)
    kind = person.acts_for[0]
    return found is not None and (kind == "person" or found.holder_kind in ("either", kind))


async def page(
    request: AnyRequest, person: Person, id: str, draft: Draft, problems: list[Problem]
) -> Response[str]:
    """The first step: which certificate, of those that this session can declare.

    Of what was lost together with another one: of those that the same holder can have.
    """
    deployment = request.app.state.deployment
    words = request.query_params.get("find", "").strip()[:100]
    base = {WITH: draft.follows} if draft.follows else {}
    further = not several.is_first(draft)
    first = draft.papers[0].fields if draft.papers else draft.fields
    own = deployment.catalogue.certificates.get(first.get("certificate", ""))
    choices = (
        several.offered(deployment.catalogue, first, person, own)
        if further
        else list(deployment.catalogue.certificates.values())
    )
    return await stepping.page(
        request,
        person,
        "certificate",
        # The page has this one field.
        [
            one if not one.field else Problem("certificate", one.code, one.params)
            for one in problems
        ],
        draft=draft.fields,
        hidden=(stepping.hidden(deployment, person, id) | {"paper": draft.paper}) if id else base,
        here=stepping.address("certificate", id, draft) if id else "/declare",
        back=stepping.address("check", id) if id and several.are(draft) else "",
        place=len(draft.before) + 1,
        several=several.are(draft),
        further=further,
        follows=draft.follows,
        not_here=not_here.named(words, deployment.catalogue) if words else None,
        elsewhere=not_here.all_of(deployment.catalogue),
        waiting=await _waiting(request, person) if not id and not further else [],
        review=False,
        certificate=deployment.catalogue.certificates.get(draft.fields.get("certificate", "")),
        field_labels={},
        **certificates_for(choices, person, words, further=further),
    )


async def _waiting(request: AnyRequest, person: Person) -> list[Begun]:
    return [] if person is NOBODY else await begun.of(request.app.state.deployment, person)


def certificates_for(
    choices: Sequence[Certificate], person: Person, words: str, *, further: bool
) -> dict[str, Any]:
    """The certificates that this session can declare, and those that it cannot."""
    wanted = words.casefold().split()

    def fits(certificate: Certificate) -> bool:
        text = " ".join(certificate.typed_as).casefold()
        return all(word in text for word in wanted)

    kinds = ("person", "organisation") if person is NOBODY else (person.acts_for[0],)
    found = [each for each in choices if fits(each)]
    if further:  # of the same holder, whoever declares for them
        return {"find": words, "for_me": found, "for_others": []}
    return {
        "find": words,
        "for_me": [each for each in found if each.holder_kind in (*kinds, "either")],
        "for_others": [each for each in found if each.holder_kind not in (*kinds, "either")],
    }
