"""What people lose and is declared elsewhere: where, for the search and for declaring."""

import re

from notices.facts.catalogue import Catalogue
from notices.facts.numbers import identifier_form
from notices.web import wording
from notices.web.wording import NotHere

BETWEEN_WORDS = re.compile(r"[\s,，、;；。|]+")


def named(q: str, catalogue: Catalogue) -> NotHere | None:
    """What the query names of what people lose and this catalogue does not have."""
    typed = [identifier_form(part) for part in (q, *BETWEEN_WORDS.split(q))]
    for each in wording.NOT_HERE:
        for word in map(identifier_form, each.words):
            # Only at an end: 护照 stands inside of 爱护照明 as well.
            if not any(part.startswith(word) or part.endswith(word) for part in typed):
                continue
            names = (name for one in catalogue.certificates.values() for name in one.names)
            if not any(word in identifier_form(name) for name in names):
                return each
    return None


def all_of(catalogue: Catalogue) -> list[NotHere]:
    """All that are declared elsewhere, as far as this catalogue has none of them."""
    names = [identifier_form(name) for one in catalogue.certificates.values() for name in one.names]
    return [
        each
        for each in wording.NOT_HERE
        if not any(identifier_form(word) in name for word in each.words for name in names)
    ]
