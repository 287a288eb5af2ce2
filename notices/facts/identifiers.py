"""The documents by which holders are known, and whether an identifier can be one of theirs."""

import re
from collections.abc import Callable, Iterator

from notices.facts.errors import Problem
from notices.facts.numbers import identifier_form, resident_id_ok, uscc_ok
from notices.facts.requests import Holder
from notices.facts.text_check import is_blank, text_problems

IDENTIFIER_TYPES: dict[str, tuple[str, ...]] = {
    "person": (
        "resident-id",
        "passport",
        "hk-macau-permit",
        "taiwan-permit",
        "foreigner-permit",
    ),
    "organisation": ("uscc",),
}
"""For each kind of holder; the first is the one that is meant when none is named."""

_CHECKED_IDENTIFIERS: dict[str, tuple[re.Pattern[str], Callable[[str], bool]]] = {
    "resident-id": (re.compile(r"[0-9]{17}[0-9A-Z]"), resident_id_ok),
    "uscc": (re.compile(r"[0-9A-Z]{18}"), uscc_ok),
}
_OTHER_IDENTIFIER = re.compile(r"[0-9A-Z]{5,20}")


def identifier_problems(
    place: str, identifier: str | None, type_: str, allowed: tuple[str, ...]
) -> Iterator[Problem]:
    """What is wrong with an identifier of this type; where that is not allowed, with its text."""
    problems = list(text_problems(place, identifier, required=True))
    yield from problems
    if problems or type_ not in allowed:
        return
    code = identifier_form(identifier or "")
    if type_ in _CHECKED_IDENTIFIERS:
        shape, right = _CHECKED_IDENTIFIERS[type_]
        if not shape.fullmatch(code):
            yield Problem(place, f"{type_.replace('-', '_')}_format")
        elif not right(code):
            yield Problem(place, "identifier_check_digit")
    elif not _OTHER_IDENTIFIER.fullmatch(code):
        yield Problem(place, "identifier_format")


def identifier_type(holder: Holder) -> str:
    """The type that is meant, also when none is named; empty when nothing tells."""
    if holder.identifier_type is not None and not is_blank(holder.identifier_type):
        return holder.identifier_type
    return next(iter(IDENTIFIER_TYPES.get(holder.kind or "", ("",))))
