"""What a search finds, and what one that is being typed may become."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from notices.facts.public.notice import PublicNotice

Counts = dict[str, int]
Mark = tuple[int, int]
"""Where a part of a text begins, and where it ends."""


class FoundNotice(PublicNotice, frozen=True, kw_only=True):
    """A notice on a page of hits; `highlights` are the parts of its texts that were asked for.

    It is passed on as the search index has it.
    """

    highlights: dict[str, list[Mark]]


class Facets(msgspec.Struct, frozen=True, kw_only=True):
    """For each value of a filter how many of the notices found have it."""

    certificate: Counts
    region: Counts
    status: Counts
    year: Counts


class Interpreted(msgspec.Struct, frozen=True, kw_only=True):
    """What the search took `q` for: numbers, words, a certificate; `ignored` is what it left out.

    `approximate`: nothing was found as typed, and these come close.
    """

    numbers: list[str]
    words: list[str]
    certificate: str | None
    ignored: list[str]
    approximate: bool


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of hits; `degraded`: the search engine is away, and only numbers and names count."""

    total: int
    total_is_exact: bool
    page: int
    per_page: int
    notices: list[FoundNotice]
    facets: Facets
    degraded: bool
    interpreted: Interpreted


class RawSearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """A `SearchPage` whose notices are JSON text still, as the search index has them."""

    total: int
    total_is_exact: bool
    page: int
    per_page: int
    notices: list[msgspec.Raw]
    facets: Facets
    degraded: bool
    interpreted: Interpreted

    def read(self) -> SearchPage:
        """With its notices as values."""
        notices = [_FOUND.decode(each) for each in self.notices]
        return SearchPage(**{**msgspec.structs.asdict(self), "notices": notices})


_FOUND = msgspec.json.Decoder(FoundNotice)


class Suggestion(msgspec.Struct, frozen=True, kw_only=True):
    """What may be meant; `id` is a document's, a certificate's or a notice's."""

    kind: Literal["document", "certificate", "holder", "number"]
    text: str
    id: str | UnsetType = UNSET


class Suggestions(msgspec.Struct, frozen=True, kw_only=True):
    """Up to four of each kind."""

    suggestions: list[Suggestion]
