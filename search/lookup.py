"""A person's query as questions to Meilisearch, and its replies as hits, total and facets."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal, NamedTuple

from search.document import words
from search.results import Hit, Result
from search.understanding import MOST_WORDS, Understood, understand
from search.vocabulary import Vocabulary
from search.ways import as_sounds, near, steps

WRITTEN = ("holder", "certificate_words", "number_words", "place")
"""Fields of what is written, not of how it sounds."""

NEAR = 20
"""Hits of each question about what is nearly right."""

NEAREST = 100
"""So many of what is nearly right are offered; more help nobody."""

Sort = Literal["relevance", "newest", "oldest"]

_ORDER = {"relevance": [], "newest": ["published_index:desc"], "oldest": ["published_index:asc"]}
_FACETS = ("certificate", "region", "year", "state")
_SHOWN = ["effective_at", "id", "notice", "state"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A query with its filters; times in milliseconds since 1970, the end not included."""

    q: Understood = field(default_factory=Understood)
    holder_kind: str | None = None
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
    """One page of hits, how many there are in all, how they spread, and by what they were found.

    `running` asks how many of the void ones still run their notice period, where the hits of the
    page do not tell. What is nearly right has all its hits here, by their ids alone.
    """

    hits: list[Hit]
    total: int
    spread: Mapping[str, Mapping[str, int]]
    meant: Understood
    running: dict[str, Any] | None = None


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
            ("holder_kind", lookup.holder_kind),
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
            conditions.append(f"state = declared OR (state = void AND effective_at > {now:.3f})")
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


def attempts(index: str, lookup: Lookup, vocabulary: Vocabulary, now: float) -> Iterator[Attempt]:
    """What to ask one after the other, until something is found; each is one multi-search."""
    for ways in steps(lookup.q, vocabulary):
        questions = [_question(index, lookup, way, now) for way in ways]
        yield Attempt(questions, partial(_first, lookup, ways, questions, now))
    if ways := tuple(near(lookup.q, vocabulary.names)):
        yield Attempt(_loosely(index, lookup, ways, now), partial(_most, lookup))


def _words_of(way: Understood) -> str:
    """The words as phrases of letters, the longest first: the engine looks at so many only."""
    longest = sorted(way.words, key=len, reverse=True)[:MOST_WORDS]
    phrases = [f'"{words(word)}"' for word in longest] + [f'"{each}"' for each in way.sounds]
    # Not phrases: 不动产权证书鲁2020… runs over the end of one field into another.
    return " ".join([*phrases, *(words(part) for part in way.beside)])


def _conditions(lookup: Lookup, way: Understood, now: float) -> list[str]:
    conditions = filters(lookup, now)
    if way.certificate:
        conditions.append(f"certificate = {quoted(way.certificate)}")
    if way.document:
        conditions.append(f"papers = {quoted(way.document)}")
    for forms in (way.whole, *way.also):
        if forms:
            conditions.append(f"numbers IN [{', '.join(map(quoted, forms))}]")
    return conditions + [number_filter(each) for each in way.numbers[:MOST_WORDS]]


def _question(index: str, lookup: Lookup, way: Understood, now: float) -> dict[str, Any]:
    """The page of hits, and how all of them spread."""
    order = _ORDER[lookup.sort]
    if lookup.sort == "relevance" and way.numbers:
        order = ["last_run:asc"]
    question: dict[str, Any] = {
        "indexUid": index,
        "q": _words_of(way),
        "matchingStrategy": "all",
        "filter": _conditions(lookup, way, now),
        "facets": list(_FACETS),
        "sort": order,
        "offset": lookup.offset,
        "limit": lookup.limit,
        "attributesToRetrieve": _SHOWN,
    }
    if not way.sounds:
        question["attributesToSearchOn"] = list(WRITTEN)
    return question


def _running(question: dict[str, Any], now: float) -> dict[str, Any]:
    """How many of the hits of `question` still run their notice period."""
    left_out = ("sort", "offset", "attributesToRetrieve")
    return {name: value for name, value in question.items() if name not in left_out} | {
        "filter": [*question["filter"], "state = void", f"effective_at > {now:.3f}"],
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
            "sort": _ORDER[lookup.sort],
            "limit": NEAR,
            "attributesToRetrieve": ["id", "published_index"],
        }
        for way in ways
    ]


def holder_questions(index: str, q: str) -> list[dict[str, Any]]:
    """The organisations in whose names `q` stands as it is, or as it sounds."""
    meant = understand(q)
    ways = [(f'"{words(q)}"', ["holder"])]
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


def _most(lookup: Lookup, results: Sequence[Result]) -> Found:
    """What the replies to `_loosely` bring, the most often brought first; without notices."""
    times: Counter[str] = Counter()
    published = {}
    for result in results:
        for hit in result.hits:
            times[hit.id] += 1
            published[hit.id] = hit.published_index
    ids = [id for id, _ in times.most_common(NEAREST)]
    if lookup.sort != "relevance":
        ids.sort(key=published.__getitem__, reverse=lookup.sort == "newest")
    meant = replace(lookup.q, approximate=bool(ids))
    return Found([Hit(id) for id in ids], len(ids), {}, meant)


def by_ids(index: str, ids: Sequence[str]) -> dict[str, Any]:
    """The notices of these ids, in any order; a notice's id is one of its numbers."""
    return {
        "indexUid": index,
        "q": "",
        "filter": f"numbers IN [{', '.join(map(quoted, ids))}]",
        "limit": len(ids),
        "attributesToRetrieve": _SHOWN,
    }


def _first(
    lookup: Lookup,
    ways: Sequence[Understood],
    questions: Sequence[dict[str, Any]],
    now: float,
    results: Sequence[Result],
) -> Found:
    """What the first way with a hit brings."""
    for way, question, result in zip(ways, questions, results, strict=True):
        # Meilisearch stops counting hits at a limit, but never counts of a facet; every
        # document has exactly one state.
        states = result.facet_distribution.get("state", {})
        if total := sum(states.values()):
            counted = total == len(result.hits) or not states.get("void")
            running = None if counted else _running(question, now)
            return Found(result.hits, total, result.facet_distribution, way, running)
    return nothing(lookup.q)


def facets(found: Found, now: float, running: int | None = None) -> dict[str, dict[str, int]]:
    """The contract's counts; `running` void notices are declared, where the hits do not tell."""
    states = dict(found.spread.get("state", {}))
    void = states.pop("void", 0)
    unconfirmed = states.pop("declared", 0)
    if running is None:
        of_void = (hit for hit in found.hits if hit.state == "void")
        running = sum(hit.status(now) == "declared" for hit in of_void)
    statuses = {"declared": running + unconfirmed, "invalid": void - running, **states}
    return {
        "certificate": dict(found.spread.get("certificate", {})),
        "region": dict(found.spread.get("region", {})),
        "status": {name: count for name, count in statuses.items() if count > 0},
        "year": dict(found.spread.get("year", {})),
    }


def nothing(meant: Understood) -> Found:
    """Nothing found, of what was looked for first."""
    return Found([], 0, {}, meant)
