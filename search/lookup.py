"""A person's query as questions to Meilisearch, and its replies as hits, total and facets."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal, NamedTuple

from search.document import letters
from search.results import Hit, Result
from search.understanding import Understood, apart, as_sounds, near, understand

MOST_WORDS = 10
"""Meilisearch looks at the first ten words or phrases of a query."""

WRITTEN = (
    "holder", "certificate_words", "number_words", "place", "holder_code",
)  # fmt: skip
"""Fields of what is written, not of how it sounds."""

NEAR = 20
"""Hits of each question about what is nearly right; a page shows no more."""

Sort = Literal["relevance", "newest", "oldest"]

_ORDER = {"relevance": [], "newest": ["published_index:desc"], "oldest": ["published_index:asc"]}
_FACETS = ("certificate", "region", "year", "state")


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
    """One page of hits, how many there are in all, how they spread, and by what they were."""

    hits: list[Hit]
    total: int
    facets: dict[str, dict[str, int]]
    meant: Understood


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


class Attempt(NamedTuple):
    """One way to understand a query: what to ask, and how the replies are read."""

    questions: list[dict[str, Any]]
    read: Callable[[Sequence[Result]], Found]


def attempts(index: str, lookup: Lookup, names: Collection[str], now: float) -> Iterator[Attempt]:
    """What to ask one after the other, until something is found; each is one multi-search.

    A query that can be one number is that number first, so that a full number never brings
    anything but its notice. Then all its words count as they are; then words run together are
    cut at `names`, and Latin ones are taken for pinyin; at last one letter may be wrong.
    """
    q = lookup.q

    def pairs(*ways: Understood) -> Attempt:
        questions = [ask for way in ways for ask in _pair(index, lookup, way, now)]
        return Attempt(questions, partial(_first, ways))

    # Nothing but digits may be a number as well as the end of one: both are asked for at once.
    if q.whole and q.whole != q.numbers:
        yield pairs(replace(q, numbers=(), beside=(), words=()))
    if q.nothing:
        return
    yield pairs(replace(q, whole=()))
    # Only now, since most queries have been answered before.
    otherwise = apart(q, names)
    if ways := [*([otherwise] if otherwise else []), *as_sounds(q)]:
        yield pairs(*ways)
    if ways := near(q):
        yield Attempt(_loosely(index, lookup, ways, now), partial(_most, ways, lookup))


def _words_of(way: Understood) -> str:
    """The words as phrases of letters, the longest first: the engine looks at so many only."""
    words = sorted(way.words, key=len, reverse=True)[:MOST_WORDS]
    phrases = [f'"{letters(word)}"' for word in words] + [f'"{each}"' for each in way.sounds]
    # Not phrases: 不动产权证书鲁2020… runs over the end of one field into another.
    return " ".join([*phrases, *(letters(part) for part in way.beside)])


def _conditions(lookup: Lookup, way: Understood, now: float) -> list[str]:
    conditions = filters(lookup, now)
    if way.whole:
        conditions.append(f"numbers IN [{', '.join(quoted(form) for form in way.whole)}]")
    return conditions + [number_filter(each) for each in way.numbers[:MOST_WORDS]]


def _pair(index: str, lookup: Lookup, way: Understood, now: float) -> Iterator[dict[str, Any]]:
    """Two questions: the hits, and how many of them still run their notice period."""
    text, wanted = _words_of(way), _conditions(lookup, way, now)
    order = _ORDER[lookup.sort]
    if lookup.sort == "relevance" and way.numbers:
        order = ["last_run:asc"]
    common: dict[str, Any] = {"indexUid": index, "q": text, "matchingStrategy": "all"}
    if not way.sounds:
        common["attributesToSearchOn"] = list(WRITTEN)
    yield common | {
        "filter": wanted,
        "facets": list(_FACETS),
        "sort": order,
        "offset": lookup.offset,
        "limit": lookup.limit,
        "attributesToRetrieve": ["effective_at", "id", "notice", "state"],
    }
    yield common | {
        "filter": [*wanted, "state = void", f"effective_at > {now:.3f}"],
        "facets": ["state"],
        "limit": 0,
    }


def _loosely(
    index: str, lookup: Lookup, ways: Sequence[Understood], now: float
) -> list[dict[str, Any]]:
    """A short question for each way; what most of them bring is most alike."""
    return [
        {
            "indexUid": index,
            "q": _words_of(way),
            "matchingStrategy": "all",
            "attributesToSearchOn": list(WRITTEN),
            "filter": _conditions(lookup, way, now),
            "limit": NEAR,
            "attributesToRetrieve": ["id"],
        }
        for way in ways
    ]


def holder_questions(index: str, q: str) -> list[dict[str, Any]]:
    """The organisations in whose names `q` stands as it is, or as it sounds."""
    meant = understand(q)
    ways = [(f'"{letters(q)}"', ["holder"])]
    ways += [(_words_of(way), ["holder", "pinyin", "initials"]) for way in as_sounds(meant)]
    return [
        {
            "indexUid": index,
            "q": text,
            "matchingStrategy": "all",
            "attributesToSearchOn": fields,
            "filter": "holder_kind = organisation",
            "limit": NEAR,
            "attributesToRetrieve": ["id"],
        }
        for text, fields in ways
    ]


def _most(ways: Sequence[Understood], lookup: Lookup, results: Sequence[Result]) -> Found:
    """What the replies to `_loosely` bring, the most often brought first; without facets."""
    times: Counter[str] = Counter()
    for result in results:
        times.update(hit.id for hit in result.hits)
    ids = [id for id, _ in times.most_common()]
    page = [Hit(id) for id in ids[lookup.offset : lookup.offset + lookup.limit]]
    return Found(page, len(ids), nothing().facets, replace(lookup.q, approximate=True))


def _first(ways: Sequence[Understood], results: Sequence[Result]) -> Found:
    """What the first way with a hit says, by the replies to its `_pair`."""
    for way, hits, running in zip(ways, results[::2], results[1::2], strict=True):
        spread = hits.facet_distribution
        # A facet that no document has yet is left out, as in an index just made.
        states = dict(spread.get("state", {}))
        # Meilisearch stops counting hits at a limit, but never counts of a facet; every
        # document has exactly one state.
        total = sum(states.values())
        if total == 0:
            continue
        void = states.pop("void", 0)
        declared = running.facet_distribution.get("state", {}).get("void", 0)
        statuses = {"declared": declared, "invalid": void - declared, **states}
        return Found(
            hits.hits,
            total,
            {
                "certificate": spread.get("certificate", {}),
                "region": spread.get("region", {}),
                "status": {name: count for name, count in statuses.items() if count > 0},
                "year": spread.get("year", {}),
            },
            way,
        )
    return nothing()


def nothing(meant: Understood | None = None) -> Found:
    facets: dict[str, dict[str, int]] = {"certificate": {}, "region": {}, "status": {}, "year": {}}
    return Found([], 0, facets, meant or Understood())
