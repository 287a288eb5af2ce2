"""The statuses of a notice: what each is called, what it means, and why nothing may follow it.

Which one a notice has is a function of its events and the clock (`lifecycle`).
"""

from dataclasses import dataclass
from typing import Literal

from notices.facts.errors import Refusal
from notices.facts.public.notice import Status
from notices.facts.refusals import AlreadyReinstated, AlreadyReplaced, UnderContest
from notices.facts.texts import Message, Text

Standing = Status | Literal["no_notice", "awaiting"]
"""What whoever is shown a certificate is told: a notice's status, that it is not confirmed yet
(`awaiting`, while it is `declared`), or that there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a reader is told of a notice that stands so.

    `shape` stands beside the word, so that no colour has to tell: a path in a square of 12, filled
    by its holes (`evenodd`). `refusal` says why an event that may not follow this status cannot
    happen, whichever it is.
    """

    words: Text
    shape: str
    meaning: Text
    refusal: type[Refusal] | None = None


STATUSES: dict[Standing, Row] = {
    "no_notice": Row(
        words=Message("没有公告"),
        shape="M6 1a5 5 0 1 0 .01 0zM6 3a3 3 0 1 1-.01 0z",
        meaning=Message(
            "这里没有人声明过这份证件遗失。这不能证明证件有效：它可能在别处声明，"
            "也可能已被注销、变更或本来就是假的。要确认，请问发证机关。"
        ),
    ),
    "declared": Row(
        words=Message("已声明，公示期内"),
        shape="M6 1a5 5 0 1 0 .01 0zM5.3 3h1.4v2.7l2 1.2-.7 1.2-2.7-1.6z",
        meaning=Message(
            "持证人已声明这份证件遗失作废，公示期还没有结束。请不要凭这份证件办事；"
            "有人向您出示它时，请与持证人或发证机关核实。"
        ),
    ),
    "awaiting": Row(
        words=Message("待确认，尚未生效"),
        shape="M2 1h8L6.5 6 10 11H2l3.5-5z",
        meaning=Message(
            "这份声明由别人代持证人作出，或所列号码与持证人现在的身份证号不同，还没有经工作人员或发证"
            "机关确认，没有生效。不要因为它就认定证件作废；请与持证人或发证机关核实。"
        ),
    ),
    "invalid": Row(
        words=Message("已声明作废"),
        shape="M1 2.5 2.5 1 6 4.5 9.5 1 11 2.5 7.5 6 11 9.5 9.5 11 6 7.5 2.5 11 1 9.5 4.5 6z",
        meaning=Message(
            "持证人已声明这份证件遗失作废，声明在本平台已经生效。请不要接受它。"
            "证件最终是否有效，以发证机关的登记为准。"
        ),
    ),
    "contested": Row(
        words=Message("有异议，处理中"),
        shape="M6 0l6 11H0zM5 4v3h2V4zM5 8v2h2V8z",
        meaning=Message(
            "有人对这份声明提出异议，工作人员已受理，还没有决定。在决定之前，"
            "既不要当它有效，也不要当它作废，请向发证机关核实。"
        ),
        refusal=UnderContest,
    ),
    "reinstated": Row(
        words=Message("声明已撤回或撤销"),
        shape="M5 1v2.5h2a4 4 0 0 1 0 7.5H3V9h4a2 2 0 0 0 0-3.5H5V8L1 4.5z",
        meaning=Message(
            "声明已由声明人撤回，或已由工作人员撤销，不再生效。证件是否有效，以发证机关的登记为准。"
        ),
        refusal=AlreadyReinstated,
    ),
    "replaced": Row(
        words=Message("已补发新证", "status"),
        shape="M1 1h7v2H3v6H1zM4 4h7v7H4z",
        meaning=Message("发证机关已补发新证，旧证永久作废。请不要接受旧证。"),
        refusal=AlreadyReplaced,
    ),
}

ENDED: frozenset[Status] = frozenset({"reinstated", "replaced"})
"""Those after which the notice's own life is over: no objection is about anything any more."""
