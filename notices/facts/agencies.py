"""What an agency may be and may do: its kind, the scopes of its keys, and its quotas."""

from notices.facts.public.agencies import AgencyKind
from notices.facts.texts import Message, Text

SCOPES = ("verify", "batch", "watch", "issue", "masked")
"""What a key may be for, in the contract's words."""

USUAL = ("verify", "issue")
"""Of a key of which nothing else is said, as all were before there were scopes."""

CHECKING = frozenset({"verify", "batch"})
"""With one of these an agency checks certificates, and stands in the public list."""

KINDS: dict[AgencyKind, Text] = {
    "government": Message("行政机关"),
    "court": Message("法院、检察院"),
    "notary": Message("公证机构"),
    "bank": Message("银行"),
    "insurer": Message("保险机构"),
    "platform": Message("网络平台"),
    "other": Message("其他机构"),
}
"""What whose certificate was checked may be told of who checked it; the first are offices."""

MOST_QUOTA = 1_000_000_000
"""A day; with as many more it is still an integer of four bytes."""


def quota_of(text: str) -> int:
    """The N of `N/day`; raises ValueError."""
    number, slash, per = text.partition("/")
    if (slash and per != "day") or not (number.isascii() and number.isdigit()):
        raise ValueError(text)
    if len(number) > 10 or not 1 <= int(number) <= MOST_QUOTA:
        raise ValueError(text)
    return int(number)


def scopes_of(texts: list[str]) -> list[str]:
    """Those that are named, one by one or with commas, in their order; raises ValueError."""
    named = {each.strip() for text in texts for each in text.split(",")}
    if unknown := named.difference(SCOPES):
        raise ValueError(", ".join(sorted(unknown)))
    return [each for each in SCOPES if each in named]
