"""What must not be overlooked on a printed notice: that it has ended, or has no effect yet."""

from collections.abc import Iterator

from notices.facts.event_kinds import KINDS, Mark, bringing
from notices.facts.texts import Message
from notices.register import Notice

AWAITING = Mark(
    Message("待确认"),
    Message("由别人代为声明，或号码与持证人现在的身份证号不同；尚未确认，没有生效。"),
)

MARKS = (AWAITING, *(kind.mark for kind in KINDS.values() if kind.mark is not None))


def of(notice: Notice) -> Iterator[Mark]:
    """Each mark that a notice bears now: of its status, and of what is not there any more."""
    brought = bringing(event.kind for event in notice.events)
    if brought.mark is not None:
        yield brought.mark
    elif notice.state.awaiting:
        yield AWAITING
    if notice.state.redacted:
        yield from (kind.mark for kind in KINDS.values() if kind.removes_text and kind.mark)
