"""How well a notice is founded: what each level of evidence means, and on what it rests."""

from notices.facts.texts import Message, Text

WORDS: dict[str, Text] = {
    "self_declared": Message("声明人自行声明，身份未经核验"),
    "identity_verified": Message("声明人身份已核验"),
    "issuer_confirmed": Message("发证机关已确认"),
}

_RESTS_ON: dict[str, Text] = {
    "self_declared": Message("依据是声明人自己的话；没有登录平台把身份核验到本站要求的程度。"),
    "identity_verified": Message(
        "依据是登录平台对声明人身份的核验；声明的内容由声明人负责，没有经过审查。"
    ),
    "issuer_confirmed": Message("依据是发证机关的确认。"),
}
AWAITING = Message("依据是声明人自己的话；能不能这样声明，还没有人确认。")
"""For somebody else, say, or under a number that is another one than one's own."""
OFFICER = Message("依据是声明人自己的话；可以这样声明，工作人员确认过。")


def rests_on(evidence: str, *, awaiting: bool, confirmed: bool) -> Text:
    """On what a notice of this `evidence` rests; `confirmed`: somebody has confirmed it."""
    if evidence == "self_declared" and awaiting:
        return AWAITING
    if evidence == "self_declared" and confirmed:
        return OFFICER
    return _RESTS_ON[evidence]
