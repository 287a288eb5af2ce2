"""Refusals for what is wrong with the machine we run on, which its operator has to mend."""

from notices.facts.errors import Unavailable
from notices.facts.texts import Message, Text, TextError


class ClockOff(Unavailable):
    code, status = "clock_off", 503
    title = Message(
        "本站的时钟现在不可信，暂不接受声明和其他变更，以免把错误的时间永久写入登记簿；"
        "查询不受影响。请稍后用同样的内容再试。"
    )

    def __init__(self, why: Text) -> None:
        """`why` is for the operator, whom readiness tells it."""
        super().__init__(retry_after=10)
        self.why = why


class NewLogKeyDue(Unavailable):
    code = "log_key_due"
    title = Message(
        "登记簿恢复后还没有换用新的签名密钥，暂不接受声明和其他变更；查询不受影响。请稍后再试。"
    )

    def __init__(self) -> None:
        super().__init__(retry_after=60)


class Unrestored(TextError):
    """A restore of this database is at work, or did not come to its end: it is not to be used."""

    text = Message(
        "这个数据库的恢复没有完成，或恢复后的登记簿没有通过核对。请再次运行 notices restore。"
    )


class UnusableUrl(TextError):
    """DATABASE_URL cannot be read; not a part of it is shown, since any could be its password."""

    text = Message(
        "DATABASE_URL 的写法不对，应为 postgresql://用户:密码@主机:端口/数据库，"
        "密码中的特殊字符须写成 %XX。"
    )
