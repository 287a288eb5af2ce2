"""`notices keys rotate` and `list`: taking new keys, also for what is there already."""

import argparse
import asyncio

from notices.cli import journals
from notices.cli.commands import Commands, add, at_work
from notices.cli.terminal import progress, say
from notices.facts.texts import Message
from notices.settings import Settings

SIGNING = ("signing", "log")
LASTING = ("sealing", "master", "matching")


def keys_rotate(settings: Settings, options: argparse.Namespace) -> None:
    if options.purpose in SIGNING:
        _sign_anew(settings, options.purpose)
    else:
        asyncio.run(_begin_and_go_on(settings, options))


def _sign_anew(settings: Settings, purpose: str) -> None:
    from notices.trust.keys import rotate

    journals.note_of_keys(settings, "keys_rotated", purpose)
    keys = rotate(settings.keys_folder, "log" if purpose == "log" else "answers")
    new = keys.log.vkey if purpose == "log" else keys.answers.key_id
    rotated = _LOG_ROTATED if purpose == "log" else _ANSWERS_ROTATED
    say(rotated.format(key=new, folder=settings.keys_folder).both)


async def _begin_and_go_on(settings: Settings, options: argparse.Namespace) -> None:
    from notices import deployment
    from notices.database import DB
    from notices.trust.sealing import KINDS
    from notices.upkeep import rotating

    async with at_work(settings) as found:
        here = deployment.load(found)
        await deployment.refuse_other_keys(here)
        kind = KINDS[options.algorithm]
        async with DB.transaction():
            await journals.write(found, "keys_rotated", options.purpose)
        if options.purpose == "master":
            begun = await rotating.begin_master(here, kind)
        elif options.purpose == "matching":
            begun = await rotating.begin_matching(here)
        else:
            begun = await rotating.begin_sealing(here, kind)
        hashes = options.purpose == "matching"
        say(((_HASHED_ANEW if hashes else _BEGUN) if begun else _GOING_ON).both)
        if options.purpose != "sealing":
            export = _EXPORT_MATCHING if hashes else _EXPORT
            say(export.format(folder=settings.keys_folder).both)
        while await rotating.waits(here):
            if not await rotating.go_on(here, progress):
                await asyncio.sleep(1)
        say((_ALL_HASHED if hashes else _DONE).both)


def keys_list(settings: Settings, options: argparse.Namespace) -> None:
    async def work() -> None:
        from notices import deployment
        from notices.facts.texts import rfc3339
        from notices.trust.matching import id_of
        from notices.upkeep import rotating

        async with at_work(settings) as found:
            here = deployment.load(found)
            await deployment.refuse_other_keys(here)
            for key, state in zip(here.keys.matching.both, ("in use", "followed"), strict=False):
                print(f"matching\t{id_of(key)}\t{state}")
            print(f"master\t{here.keys.sealer.master.id.hex()}")
            for each in await rotating.listed(here):
                state = f"retired {rfc3339(each.retired_at)}" if each.retired_at else "in use"
                print(
                    f"sealing {each.number}\t{each.header[1:].hex()}\t{each.algorithm}"
                    f"\t{rfc3339(each.since)}\t{state}\t{each.rows} values\t{each.files} files"
                )
            if await rotating.waits(here):
                say(_UNDER_WAY.both)

    asyncio.run(work())


def add_to(keys: Commands) -> None:
    """The commands of the group about keys."""
    command = add(keys, "rotate", keys_rotate, "换用新的密钥 / take a new key from now on")
    command.add_argument(
        "purpose", choices=(*SIGNING, *LASTING),
        help="signing: 核验答复 / answers; log: 登记簿 / the log's checkpoints; "
        "sealing: 个人信息 / private values; master: sealing.key; "
        "matching: 号码和当事人的散列 / hashes of numbers and persons",
    )  # fmt: skip
    command.add_argument(
        "--algorithm", choices=("aes-256-gcm", "sm4-gcm"), default="aes-256-gcm",
        help="sealing, master",
    )  # fmt: skip
    add(keys, "list", keys_list, "密钥、启用时间和各自密封的数量 / keys, ages, and what each seals")


_ANSWERS_ROTATED = Message(
    "新的密钥：{key}。重启服务后使用；旧的公钥仍在 /.well-known/notice-keys.json 公布，"
    "以前的答复仍然有效。请备份 {folder}。"
)
_LOG_ROTATED = Message(
    "新的密钥：{key}。重启服务后使用；旧的公钥仍在 /.well-known/notice-keys.json 公布，"
    "以前的凭证仍然有效。请备份 {folder}，并把新的登记簿公钥告诉所有审计者。"
)
_BEGUN = Message(
    "已换用新的密钥：几秒内所有进程都用它密封新的内容，原有内容现在逐条重新密封，服务照常。"
    "中断也不会丢失任何内容：服务会自己继续，再次运行本命令也会继续。"
)
_HASHED_ANEW = Message(
    "号码和当事人的散列正在按新的密钥重新计算，服务和查询照常，结果不受影响。"
    "中断也不会丢失任何内容：服务会自己继续，再次运行本命令也会继续。"
)
_EXPORT_MATCHING = Message(
    "matching.key 将换成新的：请马上用 notices keys export 重新导出 {folder} 中的密钥。"
    "以前的备份仍要用以前导出的密钥恢复，请一并保存。"
)
_ALL_HASHED = Message("全部号码都已按新的密钥登记，旧的密钥已删除。")
_GOING_ON = Message("上一次换用密钥尚未完成，现在继续，没有另换新的。")
_EXPORT = Message(
    "sealing.key 将换成新的：请马上用 notices keys export 重新导出 {folder} 中的密钥。"
    "以前的备份仍要用以前导出的密钥恢复，请一并保存。"
)
_DONE = Message("全部内容都已由新的密钥密封，旧的密钥已停用。")
_UNDER_WAY = Message("正在换用新的密钥，尚未完成。")
