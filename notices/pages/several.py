"""Several papers that were lost together: one draft and one pass, and each paper its own notice.

What was said once holds for all of them: whose they are, how and when they were lost, whom to call.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

import msgspec

from notices import declarations, records, register
from notices.changing import amending
from notices.changing.draft import Draft, Paper
from notices.deployment import Deployment
from notices.facts.catalogue import Catalogue, Certificate
from notices.facts.errors import NoSuchNotice
from notices.facts.requests import Declaration
from notices.identity import Person
from notices.pages.drafts import declarations_of, held_by_kind, relations_to

HOLDER = ("relation", "holder.name", "holder.identifier_type", "holder.identifier")
LOSS = ("cause", "lost_on", "contact.phone", "alert_on_check")
SAID_ONCE = (*HOLDER, *LOSS, "region")
"""What a further paper begins with; the authority of another paper may sit in another region."""
MOST_PAPERS = 10
"""In one pass; of a day's twenty declarations there may be several in each, of seals."""
AGREED_FOR = timedelta(days=1)
"""So long what was agreed to of the first paper is read again, and not ticked again; and what was
agreed to of a text that could not be published stays ticked."""


class Lost(NamedTuple):
    """One of the papers of a draft, and what is declared of it: of several seals, each."""

    paper: Paper
    certificate: Certificate | None
    declared: list[Declaration]


def lost(draft: Draft, agreed: Sequence[str], person: Person, catalogue: Catalogue) -> list[Lost]:
    """All that a draft declares, in the order of its papers."""
    found = []
    for paper in draft.papers:
        certificate = catalogue.certificates.get(paper.fields.get("certificate", ""))
        declared = declarations_of(paper.fields, agreed, person, certificate)
        found.append(Lost(paper, certificate, declared))
    return found


def are(draft: Draft) -> bool:
    """Whether a draft has several papers, or is asking for the second one."""
    return bool(draft.before or draft.after)


def is_first(draft: Draft) -> bool:
    """Whether the paper that is asked for is the one that all the others follow."""
    return not (draft.before or draft.follows)


def are_fewer_than_may_be(draft: Draft) -> bool:
    return len(draft.papers) < MOST_PAPERS


def turned(draft: Draft, name: str) -> Draft | None:
    """`draft` with that paper in front; None where there is none of that name any more."""
    if name in ("", draft.paper):
        return draft
    return _in_front(draft, draft.papers, name)


def _in_front(draft: Draft, papers: Sequence[Paper], name: str) -> Draft | None:
    for place, paper in enumerate(papers):
        if paper.name == name:
            return msgspec.structs.replace(
                draft,
                paper=paper.name,
                fields=paper.fields,
                before=tuple(papers[:place]),
                after=tuple(papers[place + 1 :]),
            )
    return None


def settled(draft: Draft) -> Draft:
    """`draft` with one of its papers in front, and none of which nobody has said what it is."""
    papers = draft.papers
    known = any(paper.name == draft.paper for paper in papers)
    return draft if known else _in_front(draft, papers, papers[-1].name) or draft


def with_another(draft: Draft) -> Draft:
    """`draft` asking for one more paper, behind all that there are."""
    papers = draft.papers
    made = draft.papers_made + 1
    said = {name: draft.fields[name] for name in SAID_ONCE if name in draft.fields}
    return msgspec.structs.replace(
        draft, paper=str(made), fields=said, before=papers, after=(), papers_made=made
    )


def without(draft: Draft, name: str) -> Draft:
    """`draft` with that paper taken out, unless it is the only one."""
    rest = [paper for paper in draft.papers if paper.name != name]
    if not rest:
        return draft
    front = draft.paper if any(paper.name == draft.paper for paper in rest) else rest[-1].name
    return _in_front(draft, rest, front) or draft


def only(draft: Draft, papers: Sequence[Paper]) -> Draft:
    """`draft` with just these, the first in front."""
    return _in_front(draft, papers, papers[0].name) or draft


def spread(draft: Draft, at: str) -> Draft:
    """`draft` with what the step `at` asks for all papers said of each of them."""
    names = {"loss": LOSS, "number": HOLDER if is_first(draft) else ()}.get(at, ())
    if not names or not are(draft):
        return draft
    said = {name: draft.fields[name] for name in names if name in draft.fields}

    def told(paper: Paper) -> Paper:
        own = {name: value for name, value in paper.fields.items() if name not in names}
        return Paper(paper.name, own | said)

    return msgspec.structs.replace(
        draft, before=tuple(map(told, draft.before)), after=tuple(map(told, draft.after))
    )


def offered(
    catalogue: Catalogue, draft: Mapping[str, str], person: Person, first: Certificate | None
) -> list[Certificate]:
    """The certificates that may be lost together with `first`: those of the same holder."""
    held_by = held_by_kind(dict(draft), person, first)
    relation = draft.get("relation")
    return [
        each
        for each in catalogue.certificates.values()
        if each.holder_kind in ("either", held_by)
        and (relation is None or relation in relations_to(each))
    ]


async def after_notice(deployment: Deployment, person: Person, id: str) -> Draft | None:
    """A draft of what was lost with what the notice `id` declares; None where it is not theirs.

    Nobody is told whom to call of what somebody else declared for the same holder.
    """
    try:
        notice = await register.get(id)
    except NoSuchNotice:
        return None
    if notice.form is None or not await amending.is_declarant(deployment, person, notice.id):
        return None
    private = await records.private_of(deployment, notice.id)
    chosen = await records.chosen(notice.id)
    form, own = notice.form, private.declarant.natural == person.natural
    said = {
        "cause": form.cause,
        "lost_on": form.lost_on,
        "region": form.region,
        "contact.phone": private.contact.phone if own and private.contact else None,
        "alert_on_check": "yes" if chosen.alert_on_check else None,
    }
    if not declarations.is_own(person, private.holder):
        said |= {"relation": chosen.relation, **dict(_of_holder(private))}
    elif person.kind == "person":
        said["relation"] = "self"
    agreed_until = (notice.published_at + AGREED_FOR).timestamp()
    return Draft(
        fields={name: value for name, value in said.items() if value},
        follows=notice.id,
        agreed_until=agreed_until if own else 0.0,
        review=True,
    )


def _of_holder(private: records.PrivateRecord) -> Iterator[tuple[str, str | None]]:
    for name in ("name", "identifier_type", "identifier"):
        yield f"holder.{name}", getattr(private.holder, name)
