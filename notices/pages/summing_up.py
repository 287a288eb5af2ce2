"""The last step of a declaration: what will be published of each paper, and what was answered."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from notices import records
from notices.changing.draft import Draft
from notices.deployment import Deployment
from notices.facts import consents, disclosure, periods, relations
from notices.facts.catalogue import Certificate
from notices.facts.errors import Problem
from notices.facts.numbers import keyed_hash
from notices.facts.public.form import PublicForm
from notices.facts.requests import Declaration
from notices.facts.texts import CHINA, Text
from notices.identity import Person
from notices.pages import papers, several
from notices.pages.drafts import held_by_kind, problems_in, step_of
from notices.pages.several import Lost


def before_the_check(deployment: Deployment, person: Person, lost: Lost) -> list[Problem]:
    """What has to be mended of a paper before anybody can check the whole."""
    now = datetime.now(UTC)
    found = problems_in(deployment, person, lost.declared, lost.certificate, now)
    return [one for one in found if step_of(one.field) != "check"]


def shown(
    deployment: Deployment, person: Person, declared: list[Declaration], certificate: Certificate
) -> list[PublicForm]:
    """The very forms that will be published: what is consented to is what is shown."""
    matter = deployment.catalogue.matters.get(declared[0].matter or "")
    today = datetime.now(UTC).astimezone(CHINA).date()
    return [
        disclosure.public_form(
            each, certificate, matter, vouched=records.ward_in(person, each, today) is not None
        )
        for each in declared
    ]


def seen(
    deployment: Deployment, person: Person, losts: Sequence[tuple[Certificate, list[Declaration]]]
) -> str:
    """What the check page shows, as its form carries it: what is published must be just that."""
    pages = [
        [
            [
                msgspec.structs.replace(each, publication_consent=None, truthful=None)
                for each in declared
            ],
            shown(deployment, person, declared, certificate),
        ]
        for certificate, declared in losts
    ]
    # Who agreed to other words than these has to be asked again.
    text = msgspec.json.encode([consents.VERSION, pages]).decode()
    return keyed_hash(deployment.keys.sealer.passing, "draft seen", text).hex()


def context(deployment: Deployment, person: Person, draft: Draft, now: datetime) -> dict[str, Any]:
    """What the page shows of `draft`, which has nothing wrong before this step."""
    losts = several.lost(draft, draft.agreed, person, deployment.catalogue)
    whole = [(each.certificate, each.declared) for each in losts if each.certificate is not None]
    today = now.astimezone(CHINA).date()
    lately = now.timestamp() < draft.agreed_at + several.AGREED_FOR.total_seconds()
    return {
        "losts": [_paper(deployment, person, each, now) for each in losts],
        "shared": losts[0].declared[0],
        "exhibit_asked": any(
            relations.needs_exhibit(each, today) for lost in losts for each in lost.declared
        ),
        "consents": _consents(losts, person),
        "agreed_before": now.timestamp() < draft.agreed_until,
        "seen": seen(deployment, person, whole),
        "agreed": draft.agreed if lately else (),
        "more_may_come": several.are_fewer_than_may_be(draft),
    }


def _paper(deployment: Deployment, person: Person, lost: Lost, now: datetime) -> dict[str, Any]:
    """One paper's part of the page."""
    certificate, fields = lost.certificate, lost.paper.fields
    assert certificate is not None  # noqa: S101  (or it would not have come so far)
    forms = shown(deployment, person, lost.declared, certificate)
    held_by = held_by_kind(fields, person, certificate)
    return {
        "name": lost.paper.name,
        "certificate": certificate,
        "declared": list(zip(lost.declared, forms, strict=True)),
        "declaration": lost.declared[0],
        "form": forms[0],
        "together": papers.asked_together(certificate),
        "paper_asked": len(papers.fitting(certificate, held_by)) > 1,
        "matter": deployment.catalogue.matters.get(fields.get("matter", "")),
        "effective_at": periods.effective_at(now, certificate.notice_period),
    }


def _consents(losts: Sequence[Lost], person: Person) -> list[tuple[Text, list[Text]]]:
    """Each text that is agreed to, once, and which papers it is about where there are several."""
    found: dict[str, tuple[Text, list[Text]]] = {}
    for each in losts:
        assert each.certificate is not None  # noqa: S101  (as above)
        held_by = held_by_kind(each.paper.fields, person, each.certificate)
        text = consents.publication(held_by, each.certificate.public_term_years)
        found.setdefault(text.zh, (text, []))[1].append(each.certificate.name)
    return list(found.values())
