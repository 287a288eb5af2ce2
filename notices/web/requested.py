"""What requests may hold, as OpenAPI 3.1 shows it: parameters of queries, and bodies.

A body is decoded leniently, so that all that is wrong with it can be told at once: its type says
less than what is asked for. What it needs and what it chooses among stands here.
"""

from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType

from notices import identity
from notices.changing import deciding
from notices.facts import identifiers, relations, requests
from notices.facts.public.form import Cause, Copies, Ground, Reason
from notices.facts.public.notice import ObjectionStatus, Status
from notices.verification import COPIES, Question

LONGEST_QUERY = 200
DEEPEST = 1000
"""Results are counted and shown up to here; beyond, a search is to be narrowed."""

FIRST_YEAR, LAST_YEAR = 1900, 2999
MOST_WAITING, MOST_EVENTS, LAST_INDEX = 100, 1000, 2**62
Sort = Literal["relevance", "newest", "oldest"]

Typed = Annotated[str, Meta(max_length=LONGEST_QUERY)]
ADay = Annotated[str, Meta(extra_json_schema={"format": "date"})]
Index = Annotated[int, Meta(ge=0, le=LAST_INDEX)]
Waiting = Annotated[int, Meta(ge=1, le=MOST_WAITING)]


class Nothing(msgspec.Struct):
    """A query that knows no parameter."""


class SearchQuery(msgspec.Struct, kw_only=True):
    """What is looked for, how it is narrowed and sorted, and which page of it is wanted."""

    q: Typed | UnsetType = UNSET
    certificate: str | UnsetType = UNSET
    matter: str | UnsetType = UNSET
    region: Annotated[str, Meta(pattern="^[0-9]{2}([0-9]{2}){0,2}$")] | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    year: Annotated[int, Meta(ge=FIRST_YEAR, le=LAST_YEAR)] | UnsetType = UNSET
    published_from: ADay | UnsetType = UNSET
    published_to: ADay | UnsetType = UNSET
    sort: Sort | UnsetType = UNSET
    page: Annotated[int, Meta(ge=1, le=DEEPEST)] | UnsetType = UNSET
    per_page: Annotated[int, Meta(ge=1, le=100)] | UnsetType = UNSET


class SuggestQuery(msgspec.Struct, kw_only=True):
    """What was typed so far."""

    q: Typed | UnsetType = UNSET


class ReceiptQuery(msgspec.Struct, kw_only=True):
    """The index of an event; by default that of the publishing."""

    event: Index | UnsetType = UNSET


class EventsQuery(msgspec.Struct, kw_only=True):
    """From which index on, and how many at most."""

    since: Index | UnsetType = UNSET
    limit: Annotated[int, Meta(ge=1, le=MOST_EVENTS)] | UnsetType = UNSET


class ObjectionsQuery(msgspec.Struct, kw_only=True):
    """Those of one notice, or of one status, and how many at most."""

    notice: str | UnsetType = UNSET
    status: ObjectionStatus | UnsetType = UNSET
    limit: Waiting | UnsetType = UNSET


class RivalsQuery(msgspec.Struct, kw_only=True):
    """Those of one notice, and how many at most."""

    notice: str | UnsetType = UNSET
    limit: Waiting | UnsetType = UNSET


class OverlapsQuery(msgspec.Struct, kw_only=True):
    """How many at most."""

    limit: Waiting | UnsetType = UNSET


class WatchesQuery(msgspec.Struct, kw_only=True):
    """Those that follow the id `after`, of one state of telling, and how many at most."""

    after: str | UnsetType = UNSET
    state: Literal["waiting", "dead"] | UnsetType = UNSET
    limit: Waiting | UnsetType = UNSET


NEEDED: dict[type[msgspec.Struct], tuple[str, ...]] = {
    requests.Declaration: (
        "certificate", "cause", "holder", "region", "publication_consent", "truthful",
    ),
    requests.Holder: ("kind", "name"),
    requests.Withdrawal: ("reason",),
    requests.Objection: ("number", "ground", "text"),
    requests.Decision: ("decision", "reason"),
    requests.Replacement: ("issued_on",),
    requests.Redaction: ("reason",),
    requests.Watch: ("certificate", "number"),
    requests.Replay: ("since",),
    requests.Login: ("kind", "name", "identifier"),
    requests.LoginOrganisation: ("name", "identifier"),
    Question: ("number",),
}  # fmt: skip
"""What a body must have; a declaration's number and copies only where the catalogue says so."""

CHOICES: dict[type[msgspec.Struct], dict[str, tuple[str, ...]]] = {
    requests.Declaration: {
        "cause": get_args(Cause), "copies": get_args(Copies), "relation": relations.RELATIONS,
    },
    requests.Holder: {
        "kind": tuple(identifiers.IDENTIFIER_TYPES),
        "identifier_type": tuple(
            name for names in identifiers.IDENTIFIER_TYPES.values() for name in names
        ),
    },
    requests.Withdrawal: {"reason": get_args(Reason)},
    requests.Objection: {"ground": get_args(Ground)},
    requests.Decision: {"decision": deciding.DECISIONS},
    requests.Login: {
        "kind": identity.KINDS, "identifier_type": identifiers.IDENTIFIER_TYPES["person"],
    },
    Question: {"copy": COPIES},
}  # fmt: skip

EMPTIED = frozenset({requests.Correction})
"""Bodies in which null says something: what a field holds is to go."""

BODY = "{name}Body"


def parameters(query: type[msgspec.Struct]) -> dict[str, dict[str, Any]]:
    """The JSON Schema of each parameter of a query."""
    [[_], components] = msgspec.json.schema_components([query])
    found: dict[str, dict[str, Any]] = components[query.__name__]["properties"]
    return found


def bodies(types: list[type[msgspec.Struct]]) -> dict[str, dict[str, Any]]:
    """The components of what a request may bring, and of what is in that, by name."""
    _, found = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/" + BODY.format(name="{name}")
    )
    known = {each.__name__: each for each in (*NEEDED, *CHOICES, *types)}
    return {
        BODY.format(name=name): _shown(known.get(name), schema) for name, schema in found.items()
    }


def _shown(body: type[msgspec.Struct] | None, schema: dict[str, Any]) -> dict[str, Any]:
    kinds = body.__mro__ if body is not None else ()
    choices = next((CHOICES[kind] for kind in kinds if kind in CHOICES), {})
    for name, found in schema.get("properties", {}).items():
        found.pop("default", None)
        if name.endswith("_on"):
            found["anyOf"][0]["format"] = "date"
        if body not in EMPTIED and "anyOf" in found:
            found |= next(each for each in found.pop("anyOf") if each != {"type": "null"})
        if name in choices:
            found["enum"] = list(choices[name])
    needed = NEEDED.get(body, ()) if body is not None else ()
    return schema | {"required": list(needed), "title": BODY.format(name=schema["title"])}
