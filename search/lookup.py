"""A person's query as questions to Meilisearch, and its replies as ids, total and facets."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from notices.facts.numbers import normal_form
from search.document import letters, pieces

MOST_WORDS = 10
"""Meilisearch looks at the first ten words or phrases of a query."""

LONGEST = 400
"""No field is longer than this: a longer word or number can stand in none."""

Sort = Literal["relevance", "newest", "oldest"]

_BETWEEN_WORDS = re.compile(r"[\s,，、;；。|]+")
_ORDER = {"relevance": [], "newest": ["published_index:desc"], "oldest": ["published_index:asc"]}
_FACETS = ("certificate", "region", "year", "state")


@dataclass(frozen=True, slots=True)
class Understood:
    """What a typed query is taken for.

    `whole` are the forms it can have as one number, `numbers` its number-like parts, `beside` the
    letters glued to those (a certificate's name, a part of the number) and `words` the rest.
    `nothing` means that something was typed and none of it can be looked for.
    """

    whole: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    nothing: bool = False


def understand(q: str, forms: Iterable[str] = ()) -> Understood:
    """`forms` are more normal forms of `q`, without what a catalogue calls an optional prefix."""
    numbers: list[str] = []
    beside: list[str] = []
    words: list[str] = []
    for typed in _BETWEEN_WORDS.split(q):
        normal = normal_form(typed)
        runs, rest = pieces(normal)
        if runs:
            numbers += runs
            beside += rest
        elif letters(typed):
            words.append(typed)
    whole = [
        form
        for form in dict.fromkeys((normal_form(q), *forms))
        if len(form) <= LONGEST and any(character.isdigit() for character in form)
    ]
    return Understood(
        tuple(whole),
        tuple(dict.fromkeys(numbers)),
        tuple(dict.fromkeys(beside)),
        tuple(sorted(dict.fromkeys(words), key=len, reverse=True)),
        nothing=bool(q.strip()) and not numbers and not words,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A query with its filters; times in milliseconds since 1970, the end not included."""

    q: Understood = field(default_factory=Understood)
    certificate: str | None = None
    matter: str | None = None
    region: str | None = None
    status: str | None = None
    year: int | None = None
    published_from: int | None = None
    published_before: int | None = None
    sort: Sort = "newest"
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of one page, how many there are in all, and how they spread."""

    ids: list[str]
    total: int
    facets: dict[str, dict[str, int]]


def quoted(value: str) -> str:
    """`value` as a string of Meilisearch's filter language: the only place where one is made."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def filters(lookup: Lookup, now: float) -> list[str]:
    """What every hit fulfils besides the query's own words and numbers; `now` in seconds."""
    region = lookup.region or ""
    of_region = {2: "region2", 4: "region4"}.get(len(region), "region")
    conditions = [
        f"{name} = {quoted(value)}"
        for name, value in (
            ("certificate", lookup.certificate),
            ("matter", lookup.matter),
            (of_region, lookup.region),
        )
        if value is not None
    ]
    if lookup.year is not None:
        conditions.append(f"year = {int(lookup.year)}")
    if lookup.published_from is not None:
        conditions.append(f"published_at >= {int(lookup.published_from)}")
    if lookup.published_before is not None:
        conditions.append(f"published_at < {int(lookup.published_before)}")
    match lookup.status:
        case None:
            pass
        case "declared":
            conditions += ["state = void", f"effective_at > {now:.3f}"]
        case "invalid":
            conditions += ["state = void", f"effective_at <= {now:.3f}"]
        case status:
            conditions.append(f"state = {quoted(status)}")
    return conditions


def number_filter(run: str) -> str:
    """Holds for a notice one of whose numbers is `run` or has a part that ends with it."""
    return f"(numbers = {quoted(run)} OR tails STARTS WITH {quoted(run[::-1])})"


def queries(index: str, lookup: Lookup, now: float) -> list[dict[str, Any]]:
    """The questions of one multi-search, in pairs: the hits, and how many run their period.

    A query that holds digits is asked as one number first; `found` takes the first pair with
    a hit, so that a full number never brings anything but its notice.
    """
    conditions = filters(lookup, now)
    asked = []
    if lookup.q.whole:
        forms = ", ".join(quoted(form) for form in lookup.q.whole)
        word = lookup.q.whole[0] if lookup.q.whole[0].isascii() else ""
        asked.append((word, [*conditions, f"numbers IN [{forms}]"]))
    words, numbers = lookup.q.words[:MOST_WORDS], lookup.q.numbers[:MOST_WORDS]
    if words or numbers or not lookup.q.nothing:
        phrases = [f'"{letters(word)}"' for word in words]
        # Not phrases: 不动产权证书鲁2020… runs over the end of one field into another.
        loose = [letters(part) for part in lookup.q.beside]
        asked.append(
            (" ".join([*phrases, *loose]), conditions + [number_filter(each) for each in numbers])
        )
    return [
        question
        for text, wanted in asked
        for question in (
            {
                "indexUid": index,
                "q": text,
                "matchingStrategy": "all",
                "filter": wanted,
                "facets": list(_FACETS),
                "sort": _ORDER[lookup.sort],
                "offset": lookup.offset,
                "limit": lookup.limit,
                "attributesToRetrieve": ["id"],
            },
            {
                "indexUid": index,
                "q": text,
                "matchingStrategy": "all",
                "filter": [*wanted, "state = void", f"effective_at > {now:.3f}"],
                "facets": ["state"],
                "limit": 0,
            },
        )
    ]


def found(results: Sequence[Mapping[str, Any]]) -> Found:
    """What the replies to `queries` say."""
    for hits, running in zip(results[::2], results[1::2], strict=True):
        spread = hits["facetDistribution"]
        # A facet that no document has yet is left out, as in an index just made.
        states = dict(spread.get("state", {}))
        # Meilisearch stops counting hits at a limit, but never counts of a facet; every
        # document has exactly one state.
        total = sum(states.values())
        if total == 0:
            continue
        void = states.pop("void", 0)
        declared = running["facetDistribution"].get("state", {}).get("void", 0)
        statuses = {"declared": declared, "invalid": void - declared, **states}
        return Found(
            [hit["id"] for hit in hits["hits"]],
            total,
            {
                "certificate": spread.get("certificate", {}),
                "region": spread.get("region", {}),
                "status": {name: count for name, count in statuses.items() if count > 0},
                "year": spread.get("year", {}),
            },
        )
    return nothing()


def nothing() -> Found:
    return Found([], 0, {"certificate": {}, "region": {}, "status": {}, "year": {}})
