"""The words of this city's catalogue and regions, for understanding what people type."""

import re

from notices.deployment import Deployment
from search.understanding import compact
from search.vocabulary import Vocabulary

_BETWEEN_LABELS = re.compile(r"[()（）/／、]")


def vocabulary_of(deployment: Deployment) -> Vocabulary:
    """Certificates and regions by every name that people run together with other words."""
    certificates = deployment.catalogue.certificates.values()
    names = [name for certificate in certificates for name in (*certificate.names, certificate.id)]
    names += [part.zh for certificate in certificates for part in certificate.part_names]
    for code in deployment.regions.names:
        short = deployment.regions.short(code) or ""
        # 奎文 for 奎文区; of a name of two characters too little would be left.
        names += [deployment.regions.name(code) or "", short, short[:-1] if len(short) > 2 else ""]
    labels = {
        label.strip()
        for certificate in certificates
        for text in (certificate.number_label.zh, certificate.number_label.en)
        for label in _BETWEEN_LABELS.split(text)
    }
    return Vocabulary(
        names=frozenset(filter(None, map(compact, names))),
        kinds={name: each.id for each in certificates for name in each.names},
        labels=tuple(sorted(labels - {""})),
        prefixes=tuple(
            (each.id, each.optional_prefix) for each in certificates if each.optional_prefix
        ),
    )
