"""The index: its settings, whether a running one still has them, and putting a new one in place."""

from typing import TYPE_CHECKING, Any

from search.document import VERSION

if TYPE_CHECKING:  # a web process only asks
    from search.admin import Admin

SETTINGS: dict[str, Any] = {
    # Most telling first: a holder's name counts more than a place of the same name.
    "searchableAttributes": [
        "holder",
        "certificate_words",
        "number_words",
        "place",
        "pinyin",
        "initials",
    ],
    "filterableAttributes": [
        "certificate",
        "effective_at",
        "holder_kind",
        "matter",
        "numbers",
        "papers",
        "published_at",
        "region",
        "region2",
        "region4",
        "state",
        "tails",
        "year",
        # No document has this; it makes a change of `document` a change of settings.
        f"document_{VERSION}",
    ],
    "sortableAttributes": ["last_run", "published_index"],
    "rankingRules": [
        "sort",
        "words",
        "proximity",
        "attribute",
        "exactness",
        "published_index:desc",
    ],
    # Whoever had the search key would read public notices, and not by which words they are found.
    "displayedAttributes": ["effective_at", "id", "notice", "published_index", "state"],
    # Words are single letters here, and a number that is nearly right is another number.
    "typoTolerance": {"enabled": False},
    "prefixSearch": "disabled",
    "facetSearch": False,
    "faceting": {"maxValuesPerFacet": 300},
    "pagination": {"maxTotalHits": 1000},
}

_ORDERED = {"searchableAttributes", "rankingRules"}


def fits(actual: dict[str, Any]) -> bool:
    """Whether an index with settings `actual` is one that this version would have made."""
    for name, wanted in SETTINGS.items():
        value = actual.get(name)
        if isinstance(wanted, dict):
            if not isinstance(value, dict) or value | wanted != value:
                return False
        elif isinstance(wanted, list) and name not in _ORDERED:
            if not isinstance(value, list) or sorted(map(str, value)) != sorted(wanted):
                return False
        elif value != wanted:
            return False
    return True


def next_of(uid: str) -> str:
    return f"{uid}_next"


async def start_next(admin: "Admin", uid: str) -> str:
    """An empty index beside `uid`, in place of what an interrupted rebuild may have left."""
    following = next_of(uid)
    await admin.drop(following)
    await admin.create(following, SETTINGS)
    return following


async def put_in_place(admin: "Admin", uid: str) -> None:
    """The next index becomes `uid`, at one moment; a search finds either the old or the new."""
    if await admin.created_at(uid) is None:
        await admin.swap(next_of(uid), uid, rename=True)
    else:
        await admin.swap(uid, next_of(uid))
