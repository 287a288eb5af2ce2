"""By which names people look for a notice: those of its paper, and those of the whole kind."""

import re
from collections.abc import Mapping
from typing import Any

from notices.facts.certificate import Certificate, Document, name_key

_LIST = re.compile(r"[(（/、,]")
"""What stands in the name of a kind that is a list of papers, and in no paper's name."""

_BRACKETS = re.compile(r"[(（].*")


def paper_of(
    certificate: Certificate, document: str | None, details: Mapping[str, Any] | None
) -> Document | None:
    """The paper that a public form is about; None where the form is older than documents are.

    `document` is its id in the form. Older forms of seals name the seal in a detail.
    """
    if document is not None:
        return certificate.document(document)
    detail = (details or {}).get(certificate.document_field or "")
    return certificate.document_named(detail) if isinstance(detail, str) else None


def names_for(certificate: Certificate, paper: Document | None) -> tuple[str, ...]:
    """The names that find a notice of `paper`, its own first; all names where it is not known.

    What another paper of this kind is called finds that one alone, except where the whole kind
    has its name: 餐饮服务许可证 is a paper, 食品经营许可证 is one and the kind.
    """
    kind = (certificate.name.zh, certificate.name.en)
    if paper is None:
        return tuple(dict.fromkeys((*kind, *certificate.names[1:])))  # its id is no word
    others = {
        name_key(name) for each in certificate.documents if each is not paper for name in each.names
    }
    own = [*paper.names]
    for name in kind:
        if not _LIST.search(name):
            own.append(name)
        else:  # of 印章(公章、财务专用章…) what is not the name of another
            parts = (part.strip() for part in _LIST.split(_BRACKETS.sub("", name)))
            own += [part for part in parts if not any(each in name_key(part) for each in others)]
    own += [name for name in certificate.aliases if name_key(name) not in others]
    return tuple(dict.fromkeys(filter(None, own)))
