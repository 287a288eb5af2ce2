"""The words of this city's catalogue and regions, for understanding what people type."""

import re
from collections.abc import Iterable, Iterator
from functools import cache

from notices.deployment import Deployment
from notices.facts.regions import Regions
from search.understanding import compact
from search.vocabulary import Vocabulary

_BETWEEN_LABELS = re.compile(r"[()（）/／、]")


def vocabulary_of(deployment: Deployment) -> Vocabulary:
    """Certificates and regions by every name that people run together with other words."""
    certificates = deployment.catalogue.certificates.values()
    names = [name for certificate in certificates for name in (*certificate.names, certificate.id)]
    names += [part.zh for certificate in certificates for part in certificate.part_names]
    labels = {
        label.strip()
        for certificate in certificates
        for text in (certificate.number_label.zh, certificate.number_label.en)
        for label in _BETWEEN_LABELS.split(text)
    }
    kinds = {name: each.id for each in certificates for name in each.names}
    papers = {
        name: document.id
        for each in certificates
        for document in each.documents
        for name in document.names
        # 食品经营许可证 is a paper and the name of the whole kind.
        if name not in (each.name.zh, each.name.en) and kinds[name] == each.id
    }
    return Vocabulary(
        names=frozenset(filter(None, compacted(names)))
        | _places(deployment.regions, deployment.settings.region[:2]),
        kinds=kinds,
        papers=papers,
        labels=tuple(sorted(labels - {""})),
        prefixes=tuple(
            (each.id, each.optional_prefix) for each in certificates if each.optional_prefix
        ),
    )


def compacted(names: Iterable[str]) -> list[str]:
    """`compact` of each; of 7,000 regions nearly all characters stay as they are."""
    names = list(names)
    same = {
        letter
        for letter in set("".join(names))
        if "\u4e00" <= letter <= "\u9fff" and compact(letter) == letter
    }
    return [name if same.issuperset(name) else compact(name) for name in names]


@cache
def _places(regions: Regions, home: str) -> frozenset[str]:
    """Regions as people write them; of other provinces only what is nothing else than a place.

    和平 and 朝阳 are names of shops, and of counties in half of the provinces.
    """
    return frozenset(filter(None, compacted(_written(regions, home))))


def _written(regions: Regions, home: str) -> Iterator[str]:
    for code in regions.names:
        short, whole = regions.short(code) or "", regions.name(code) or ""
        if code.startswith(home):
            # 奎文 for 奎文区; of a name of two characters too little would be left.
            yield from (whole, short, short[:-1] if len(short) > 2 else "")
        elif code not in regions.former:
            city = "".join(regions.around(code)[1:])
            yield from (whole, city + short if city or code.endswith("00") else "")
