"""Hits as they are shown: as the index has them, or as the register has them where it is ahead."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from notices import register
from notices.deployment import Deployment
from notices.facts.public.search import Facets
from notices.register import Notice
from search.document import lasting
from search.highlighting import Marker
from search.results import Hit
from search.understanding import Understood

FACETS = Facets.__struct_fields__


class Card(NamedTuple):
    """A notice on a page of hits: its lasting part as JSON text, and its status now."""

    id: str
    notice: str
    status: str


class _Name(msgspec.Struct):
    zh: str


class _Document(msgspec.Struct):
    name: _Name


class _Holder(msgspec.Struct):
    name: str
    identifier: str | None = None


class Summary(msgspec.Struct):
    """What of a public notice is looked at before it is shown."""

    certificate: str
    certificate_name: _Name
    document: _Document
    holder: _Holder
    number: str | None
    issuer: str | None
    region: str
    published_at: str


_SUMMARY = msgspec.json.Decoder(Summary)


def summary_of(card: Card) -> Summary:
    return _SUMMARY.decode(card.notice)


async def cards(
    deployment: Deployment,
    hits: Sequence[Hit],
    behind: frozenset[str] | None,
    now: float,
    status: str | None,
) -> list[Card]:
    """The notices of `hits` in their order, without those that are no more what was found.

    What is `behind`, or was found without its notice, is read from the register; None means
    all. `now` is in seconds; of `status` is every notice that fulfils the query.
    """
    known: dict[str, Notice] = {}
    if asked := [hit.id for hit in hits if _unknown(hit, behind)]:
        known = await register.get_many(asked)
    found = []
    for hit in hits:
        if not _unknown(hit, behind):
            found.append(Card(hit.id, hit.notice, hit.status(now)))
        elif (notice := known.get(hit.id)) and notice.form is not None:
            state = notice.state.status
            if status in (None, state):
                found.append(Card(hit.id, lasting(notice.public(deployment)), state))
    return found


def _unknown(hit: Hit, behind: frozenset[str] | None) -> bool:
    return not hit.notice or behind is None or hit.id in behind


def shown(deployment: Deployment, card: Card, meant: Understood, marker: Marker) -> msgspec.Raw:
    """The public notice, and what of it answers the query."""
    notice = summary_of(card)
    texts = {"holder": notice.holder.name}
    if not meant.approximate:  # parts of a name look like parts of anything
        texts |= {
            "certificate_name": notice.certificate_name.zh,
            "document": notice.document.name.zh,
            "number": notice.number or "",
            "issuer": notice.issuer or "",
        }
    marks = {name: found for name, text in texts.items() if (found := marker.marks(text))}
    more: dict[str, Any] = {
        "status": card.status,
        "links": register.links(deployment, card.id),
        "highlights": marks,
    }
    # Both are objects with members in them: the end of one and the beginning of the other.
    return msgspec.Raw(card.notice.encode()[:-1] + b"," + msgspec.json.encode(more)[1:])


def counted(cards: Sequence[Card]) -> Facets:
    """Facets of what is shown, where nothing more is known."""
    summaries = ((summary_of(card), card.status) for card in cards)
    return spread(
        (each.certificate, each.region, status, each.published_at[:4]) for each, status in summaries
    )


def spread(notices: Iterable[tuple[str, str, str, str]]) -> Facets:
    """How notices spread, each told by what the facets count, in the order of `FACETS`."""
    rows = list(notices)
    return Facets(
        **{name: dict(Counter(row[place] for row in rows)) for place, name in enumerate(FACETS)}
    )
