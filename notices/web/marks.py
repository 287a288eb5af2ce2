"""What must not be overlooked on a printed notice: that it has ended, or has no effect yet."""

from collections.abc import Iterator

from notices.facts.texts import Text
from notices.register import Notice

MARKS: dict[str, tuple[Text, Text]] = {
    "withdrawn": (
        Text("已撤回", "Withdrawn"),
        Text("声明人已撤回这份声明，它不再生效。", "Its declarant withdrew it; it has no effect."),
    ),
    "annulled": (
        Text("已撤销", "Annulled"),
        Text("工作人员已撤销这份声明，它不再生效。", "An officer annulled it; it has no effect."),
    ),
    "superseded": (
        Text("已被取代", "Superseded"),
        Text(
            "同一证件已有另一份声明，它没有生效，已经终止。",
            "Another declaration of the same certificate took its place; it never had effect.",
        ),
    ),
    "awaiting": (
        Text("待确认", "Not confirmed"),
        Text(
            "由别人代为声明，尚未确认，没有生效。",
            "Somebody else declared it; it is not confirmed and has no effect.",
        ),
    ),
    "contested": (
        Text("有异议", "Contested"),
        Text("异议已受理，尚未决定。", "An objection was admitted and is not decided."),
    ),
    "replaced": (
        Text("已补发新证", "Replaced"),
        Text("旧证永久作废。", "The old certificate is void for good."),
    ),
    "redacted": (
        Text("内容已移除", "Content removed"),
        Text(
            "这份公告的内容已按规定移除；编号、时间和状态保留。",
            "The content of this notice was removed under the rules; number, times and status"
            " remain.",
        ),
    ),
}
"""What must not be overlooked on paper, after the event that brought it about."""


def of(notice: Notice) -> Iterator[tuple[Text, Text]]:
    """The words and the sentence of each mark that a notice bears now."""
    kinds = [event.kind for event in notice.events]
    if notice.state.status == "reinstated":
        yield next(MARKS[kind] for kind in ("annulled", "superseded", "withdrawn") if kind in kinds)
    elif notice.state.status in MARKS:
        yield MARKS[notice.state.status]
    elif notice.state.awaiting:
        yield MARKS["awaiting"]
    if notice.form is None:
        yield MARKS["redacted"]
