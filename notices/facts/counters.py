"""Where one goes with a matter: what a city adds to a catalogue that it did not write itself."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import msgspec

from notices.facts.catalogue import Acceptance, Catalogue, Counter
from notices.facts.site_check import unknown
from notices.facts.texts import Message, Text

ALL = "*"
T = TypeVar("T")
For = Sequence[tuple[Sequence[str], T]]
"""What holds for which matters: ids of matters, of certificates for all theirs, or `*`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offices:
    """Counters, since when they take our notice, and where a matter is begun."""

    counters: For[Counter] = ()
    accepts: For[Acceptance] = ()
    next_steps: For[str] = ()

    def _sections(self) -> dict[str, For[Any]]:
        return {
            "counter": self.counters, "accepts": self.accepts, "next_step": self.next_steps,
        }  # fmt: skip

    def problems(self, catalogue: Catalogue) -> Iterator[Text]:
        """Whom nothing in the catalogue goes by, and what is said twice in one section."""
        known = {ALL, *catalogue.certificates, *catalogue.matters}
        for section, entries in self._sections().items():
            first: dict[str, int] = {}
            for number, (names, _) in enumerate(entries, 1):
                for name in names:
                    place = f"{section}[{number}].matters"
                    if name not in known:
                        yield unknown(place, name, known)
                    elif name in first:
                        yield _SAID.format(
                            place=place, name=name, first=f"{section}[{first[name]}]"
                        )
                    first.setdefault(name, number)

    @property
    def digest(self) -> str:
        """Another one as soon as anything is said otherwise; empty where nothing is."""
        said = {name: entries for name, entries in self._sections().items() if entries}
        return hashlib.sha256(msgspec.json.encode(said)).hexdigest()[:8] if said else ""


def filled(catalogue: Catalogue, offices: Offices) -> Catalogue:
    """The catalogue with what the offices say of its matters, under a version of its own.

    What is said of a matter itself comes before what is said of all of its certificate, and that
    before what is said of all.
    """
    if not offices.digest:
        return catalogue
    counters, accepts = _by_name(offices.counters), _by_name(offices.accepts)
    steps = _by_name(offices.next_steps)
    matters = {
        id: replace(
            matter,
            counter=_of(counters, id, matter.certificate, matter.counter),
            accepts=_of(accepts, id, matter.certificate, matter.accepts),
            next_step_url=_of(steps, id, matter.certificate, matter.next_step_url),
        )
        for id, matter in catalogue.matters.items()
    }
    version = f"{catalogue.version}+{offices.digest}"
    return Catalogue(version, catalogue.certificates, matters)


def _by_name(entries: For[T]) -> Mapping[str, T]:
    return {name: what for names, what in entries for name in names}


def _of(said: Mapping[str, T], matter: str, certificate: str, own: T | None) -> T | None:
    return next((said[name] for name in (matter, certificate, ALL) if name in said), own)


_SAID = Message("{place}：“{name}”在 {first} 里已经写过，请留一处。")
