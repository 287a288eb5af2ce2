"""`notices log accept`: whoever may says that a log goes on as it is."""

import argparse
import asyncio

from notices.cli.audits import database_of
from notices.cli.commands import Commands, add
from notices.cli.terminal import both, say
from notices.facts.texts import Text, rfc3339
from notices.settings import Settings


def accept(settings: Settings, options: argparse.Namespace) -> None:
    asyncio.run(_later(settings) if options.later else _shorter(settings))


async def _shorter(settings: Settings) -> None:
    from notices.upkeep import accepting

    async with database_of(settings) as url:
        reasons = await accepting.held(url)
        if reasons:
            await accepting.accept(url)
    for reason in reasons:
        say(reason)
    say(both(_ACCEPTED if reasons else _NOT_HELD))


async def _later(settings: Settings) -> None:
    from notices.upkeep import accepting

    async with database_of(settings) as url:
        found = await accepting.accept_later(url)
    if found is None:
        say(both(_NOT_HELD))
        return
    last_at, now = map(rfc3339, found)
    say(both(_ACCEPTED_LATER.format(at=last_at, now=now)))


def add_to(log: Commands) -> None:
    """The command, to those about the log."""
    command = add(
        log, "accept", accept,
        "确认按现状提供服务 / serve the log as it was restored, shorter than it was seen",
    )  # fmt: skip
    command.add_argument(
        "--later", action="store_true",
        help="最后一条记录晚于现在，照样继续 / go on behind an entry of a later time than now",
    )  # fmt: skip


_ACCEPTED = Text(
    "已确认按现状提供服务。请立即告知所有审计者：日志从哪一条起分叉、为什么，以及他们须保留旧的状态"
    "文件作为证据、另用新的状态文件；并公告缺少的公告须重新声明。",
    "It will be served as it is. Tell every auditor now where the log forks and why: they keep the "
    "old state file as evidence and begin a new one. And tell the public which notices have to be "
    "declared again.",
)
_ACCEPTED_LATER = Text(
    "日志最后一条记录的时间是 {at}，而现在是 {now}。已确认继续：在那之前，每条新记录的时间都写作 "
    "{at}，真实时间写在公告内容里（happened_at），公告的发布时间和公示期按真实时间计算。"
    "请告知所有审计者：核对时使用 notices log audit --later {at}。",
    "The log's last entry is of {at}, and now is {now}. It goes on: until then every new entry "
    "says {at}, its form tells the true time (happened_at), and notices are published, and their "
    "periods count, from that. Tell every auditor: notices log audit --later {at}.",
)
_NOT_HELD = Text("没有需要确认的事项。", "There is nothing to accept.")
