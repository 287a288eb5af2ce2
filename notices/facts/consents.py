"""What a declarant consents to, word for word, and how it is known later which words these were.

PIPL Art. 25 and 29: publication has a consent of its own. Of each declaration the version and the
hash of the text are kept, and the time of its publishing is that of the consent.
"""

import hashlib

from notices.facts.texts import Message, Text
from notices.locale import SOURCE

VERSION = "2026-11-29"
"""Changes whenever one of these texts does, in Chinese or in what is filled in."""

FOR_EVER = Message(
    "我同意公开上面方框里的文字，以及地区、事项和遗失日期，知道任何人都能查到；撤回声明后，历史仍可查到。"
)
FOR_YEARS = Message.counted(
    "我同意公开上面方框里的文字，以及地区、事项和遗失日期，知道任何人都能查到；"
    "撤回声明后，历史仍可查到，{n} 年后自动移除。"
)


def publication(holder_kind: str | None, years: int | None) -> Text:
    """The consent to the publication of a notice whose text is public for `years`, or for ever."""
    return FOR_YEARS.format(n=years) if years and holder_kind == "person" else FOR_EVER


def digest(text: Text) -> bytes:
    """SHA-256 of its Chinese, which is what is agreed to in whatever language it is read."""
    return hashlib.sha256(text.in_(SOURCE).encode()).digest()
