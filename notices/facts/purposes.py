"""What for staff may look at private values: a word that is counted, and where it has to be said
how it is called in the files."""

from collections.abc import Iterator

from notices.facts.errors import Problem
from notices.facts.text_check import LONGEST_TEXT, choice_problems, is_blank, text_problems
from notices.facts.texts import Message, Text

PURPOSES: dict[str, Text] = {
    "confirmation": Message("核对替别人声明的资格"),
    "objection": Message("办理异议"),
    "conflict": Message("查明互相冲突的声明"),
    "review": Message("核查可疑的声明"),
    "request": Message("答复当事人的询问或投诉"),
    "authority": Message("配合法院、检察院、公安机关调查"),
    "other": Message("其他"),
}
REFERENCED = ("authority", "other")
"""Those that say nothing without the number of a file, or a reason."""

UNSAID = "unsaid"
"""Where a program asked, and said nothing of it."""
SHOWN: dict[str, Text] = {**PURPOSES, UNSAID: Message("没有说明")}


def problems(
    purpose: str | None, reference: str | None, fields: tuple[str, str] = ("purpose", "reference")
) -> Iterator[Problem]:
    """What is wrong with a purpose as it was chosen, and with what was written beside it."""
    yield from choice_problems(fields[0], purpose, tuple(PURPOSES), required=True)
    yield from text_problems(
        fields[1], reference, required=purpose in REFERENCED, longest=LONGEST_TEXT
    )


def referred(reference: str | None) -> str | None:
    """What was written, None for nothing."""
    return None if reference is None or is_blank(reference) else reference.strip()
