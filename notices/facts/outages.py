"""What is said beneath all acts: no room, no word what was done, a peer that asks too much."""

from notices.facts.errors import Refusal, Unavailable
from notices.facts.texts import Message, Text

ROOM_IN = 30
"""Seconds; room is not made by itself, but somebody is told."""


class StorageFull(Unavailable):
    code = "storage_full"
    title = Message(
        "数据库所在的磁盘已满，暂时不能写入，这次没有写入任何内容；请稍后用同样的内容再试。"
        "查询和核验不受影响。"
    )

    def __init__(self) -> None:
        super().__init__(retry_after=ROOM_IN)


class ProviderUnavailable(Refusal):
    code, status = "provider_unavailable", 503
    title = Message(
        "登录平台（{provider}）暂时没有正常回应，现在登录不了。请过几分钟再试；"
        "已填写的内容还在，查找和核验不受影响。"
    )

    def __init__(self, provider: Text) -> None:
        super().__init__(provider=provider, headers={"Retry-After": str(ROOM_IN)})


class OutcomeUnknown(Unavailable):
    """Said of a commit that nobody answered, and of what fails after one."""

    code = "outcome_unknown"
    title = Message(
        "这次提交可能已经办成，也可能没有，现在无法确定。请用同样的内容、同一个 Idempotency-Key "
        "再提交一次：会得到确定的答复，不会办两次。在网页上，再按一次提交即可；"
        "没有 Idempotency-Key 的，请先核验一下再决定。"
    )


class UploadsFull(Refusal):
    code, status = "storage_full", 507
    title = Message(
        "存放附件的磁盘已满，文件没有收下，这次没有写入任何内容；请稍后再试，或先不附文件提交。"
    )

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": str(ROOM_IN)})


class NoRoomForBatch(Refusal):
    code, status = "storage_full", 507
    title = Message("存放待核验文件的磁盘已满，文件没有收下，也没有核验；请稍后再试，或分成几份。")

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": str(ROOM_IN)})


class HeadTooLarge(Refusal):
    code, status = "head_too_large", 431
    title = Message("请求头太大（上限 {limit} 字节、{fields} 项）。")


class TooSlow(Refusal):
    code, status = "too_slow", 408
    title = Message("等了太久，请求没有传完；请检查网络后重新提交。")


class TooManyConnections(Unavailable):
    title = Message("现在连接太多，请稍后再试。")
