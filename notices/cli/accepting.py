"""`notices log accept`: whoever may says that a log goes on as it is."""

import argparse
import asyncio

from notices.cli import journals
from notices.cli.audits import owned_database_of
from notices.cli.commands import Commands, add
from notices.cli.terminal import say
from notices.facts.texts import Message, rfc3339
from notices.settings import Settings


def accept(settings: Settings, options: argparse.Namespace) -> None:
    asyncio.run(_later(settings) if options.later else _shorter(settings))


async def _shorter(settings: Settings) -> None:
    from notices.backup.saving import public_keys
    from notices.migrating import migrate
    from notices.upkeep import accepting

    vkeys = public_keys(settings).get("log", [])
    async with owned_database_of(settings) as (url, service):
        await migrate(url, service)
        await journals.note(service, settings, "log_accepted", "shorter")
        found = await accepting.accept(url, settings.keys_folder, vkeys)
    if found is None:
        say(_NOT_HELD.both)
        return
    reasons, serial = found
    for reason in reasons:
        say(reason)
    say(_ACCEPTED.format(serial=f"{serial:08}").both)


async def _later(settings: Settings) -> None:
    from notices.migrating import migrate
    from notices.upkeep import accepting

    async with owned_database_of(settings) as (url, service):
        await migrate(url, service)
        await journals.note(service, settings, "log_accepted", "later")
        found = await accepting.accept_later(url)
    if found is None:
        say(_NOT_HELD.both)
        return
    last_at, now = map(rfc3339, found)
    say(_ACCEPTED_LATER.format(at=last_at, now=now).both)


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


_ACCEPTED = Message(
    "已确认按现状提供服务。新公告的编号（第5至12位）从 {serial} 之后开始，不会与已经发出的重复。"
    "登记簿密钥已经签过更长的登记簿，须换用新的：请运行 notices keys rotate log 并重启服务；"
    "在此之前可以查询，但不受理声明，也不签更长的登记簿。请立即告知所有审计者新的公钥、登记簿从哪一条起分叉、为什么，"
    "以及他们须保留旧的状态文件作为证据、另用新的状态文件；并公告缺少的公告须重新声明。"
)
_ACCEPTED_LATER = Message(
    "登记簿最后一条记录的时间是 {at}，而现在是 {now}。已确认继续：在那之前，每条新记录的时间都写作 "
    "{at}，真实时间写在公告内容里（happened_at），公告的发布时间和公示期按真实时间计算。"
    "请告知所有审计者：核对时使用 notices log audit --later {at}。"
)
_NOT_HELD = Message("没有需要确认的事项。")
