"""How one notice stands, in words: by whom it ended, who declared, and who did what to it."""

from functools import reduce

from notices.facts import event_kinds
from notices.facts.lifecycle import State
from notices.facts.public.notice import PublicNotice
from notices.facts.texts import Message, Text, joined
from notices.register import Notice
from notices.web import wording

DOERS: dict[event_kinds.By, Text] = {
    "declarant": Message("声明人"),
    "agency": Message("发证机关", "doer"),
    "officer": Message("工作人员", "doer"),
    "operator": Message("本站管理者"),
    "term": Message("公开期限届满"),
    "request": Message("持证人的要求"),
}
"""Who caused an event, by their role alone."""

_OR = Message("{first}或{next}")

SAME_NUMBER = Message("新证如果沿用这个号码，请看手里这份的发证日期：早于补发日期的是作废的旧证。")
"""The number alone does not tell the old certificate from the new one."""

REGISTER_DECIDES = Message("证件是否有效，以发证机关的登记为准。")

SPEAKERS: dict[str, Text] = {
    "self": Message("持证人自己"),
    "parent": Message("持证人的监护人"),
    "guardian": Message("持证人的监护人"),
    "mandate": Message("持证人委托的代理人"),
    "liquidator": Message("持证人的清算组（管理人）"),
    "heir": Message("持证人的继承人"),
}
"""Who declared, as the statement says it too (`disclosure`)."""


def status(notice: PublicNotice | Notice) -> Text:
    """How a notice stands; of one that ended, by whom: withdrawn is not annulled."""
    ended = _ended(notice)
    return ended.word if ended else wording.STATUSES[wording.standing(_shown(notice))]


def meaning(notice: PublicNotice | Notice) -> Text:
    """What that means for whoever is shown the certificate."""
    ended = _ended(notice)
    if ended:
        return joined([ended.line, REGISTER_DECIDES])
    standing = wording.standing(_shown(notice))
    means = wording.MEANINGS[standing]
    return joined([means, SAME_NUMBER]) if standing == "replaced" else means


def _ended(notice: PublicNotice | Notice) -> event_kinds.Mark | None:
    if _shown(notice).status != "reinstated":
        return None
    return event_kinds.bringing(event.kind for event in notice.events).mark


def _shown(notice: PublicNotice | Notice) -> PublicNotice | State:
    return notice if isinstance(notice, PublicNotice) else notice.state


def doers(kind: str, evidence: str) -> Text | None:
    """In which role somebody did what an event tells; None for what comes of something else.

    Of a confirmation the evidence tells whose it was: an officer's leaves it as it is.
    """
    row = event_kinds.KINDS.get(kind)  # type: ignore[call-overload]
    if row is None or not row.by:
        return None
    by = row.by
    if kind in event_kinds.CONFIRM:
        by = ("agency",) if evidence == "issuer_confirmed" else ("officer",)
    words = (DOERS[each] for each in by)
    return reduce(lambda first, next: _OR.format(first=first, next=next), words)
