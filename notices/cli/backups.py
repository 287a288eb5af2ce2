"""`notices backup`, `restore` and `keys`: what a register is built up again from."""

import argparse
import asyncio
import contextlib
import getpass
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from notices.cli import journals
from notices.cli.audits import database_of, owned_database_of
from notices.cli.commands import Commands, add
from notices.cli.terminal import CommandError, progress, say
from notices.facts.texts import Message, joined
from notices.settings import Settings
from notices.trust.archive import Secret, new_key
from notices.trust.signed import signed_in
from notices.trust.watching import Difference


@contextlib.contextmanager
def _told_as_not_whole() -> Iterator[None]:
    try:
        yield
    except Difference as difference:
        raise CommandError(_NOT_WHOLE.format(found=difference.text)) from None


def _secret(file: Path | None) -> Secret | None:
    return None if file is None else Secret.from_text(file.read_text("utf-8"))


def _new_file(file: Path, text: str) -> None:
    """A new file that only its owner reads; one that is there is never replaced.

    Not `files.add`, which needs hard links: a stick that keys are carried on has none.
    """
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def backup(settings: Settings, options: argparse.Namespace) -> None:
    from notices.backup import saving as backups

    if options.make_key:
        _new_file(Path(options.file), new_key())
        say(_KEY_MADE.format(file=options.file).both)
        return
    secret = _secret(options.key)
    if secret is None:
        say(_PLAIN.both)
    elif secret.is_of_before:
        say(_OLD_KEY.both)

    async def work() -> None:
        async with database_of(settings) as url:
            await journals.note(url, settings, "backup_made")
            manifest = await backups.manifest_of(url, settings, datetime.now(UTC))
            if options.file == "-":
                backups.write(sys.stdout.buffer, url, settings, manifest, secret)
                sys.stdout.buffer.flush()
                return
            size = backups.to_file(
                Path(options.file), url, settings, manifest, secret, force=options.force
            )
            say(_MADE.format(file=options.file, size=size, log=manifest["log"]["size"]).both)

    asyncio.run(work())
    say(_KEYS_APART.both)


def restore(settings: Settings, options: argparse.Namespace) -> None:
    from notices.audit import remembering
    from notices.backup import dumping, restoring

    with _told_as_not_whole(), options.file.open("rb") as file:
        memory = remembering.read(options.state) if options.state is not None else None
        if options.state is not None and memory is None:
            raise CommandError(_NO_STATE.format(file=options.state))
        found = restoring.Backup(file, _secret(options.key))
        vkeys = _compare_keys(settings, found.keys)
        signed = signed_in(settings.keys_folder)
        beside = signed[1] if signed is not None and signed[0] in vkeys else None

        async def work() -> restoring.Restored:
            async with (
                owned_database_of(settings) as (url, service),
                restoring.being_restored(url),
            ):
                dumping.load(url, found.manifest["pg_dump"], found.dump())
                found.put_uploads(settings.data / "uploads")
                restored = await restoring.prove(
                    (url, service), found, memory, options.mirror, progress, beside,
                    next(iter(vkeys), None),
                )  # fmt: skip
                await journals.note(service, settings, "restored", found.manifest["made_at"])
                return restored

        restored = asyncio.run(work())
    say(_RESTORED.format(at=restored.made_at, size=restored.seen.size).both)
    say(_SERIAL.format(serial=f"{restored.serial:08}").both)
    if restored.missing is not None:
        raise CommandError(joined([restored.missing, _FORK]))
    say((_NOBODY_VOUCHED if memory is None else _VOUCHED.format(size=memory.seen.size)).both)
    say(_KEY_DUE.format(at=restored.made_at).both)


def _compare_keys(settings: Settings, public: dict[str, Any]) -> list[str]:
    """The keys here have to be the backup's, or their successors by rotation; the log's."""
    from notices.backup.saving import public_keys

    here = public_keys(settings)
    if not here:
        say(_NO_KEYS.both)
    elif any(keys[0] not in here[purpose] for purpose, keys in public.items()):
        raise CommandError(_OTHER_KEYS.format(folder=settings.keys_folder))
    vkeys: list[str] = here.get("log", [])
    return vkeys


def _passphrase(file: Path | None, *, twice: bool) -> Secret:
    if file is not None:
        return Secret.from_passphrase(file.read_text("utf-8").split("\n", 1)[0].rstrip("\r"))
    first = getpass.getpass("口令 / passphrase: ")
    if twice and getpass.getpass("再输一次 / once more: ") != first:
        raise CommandError(_TWO_PASSPHRASES)
    return Secret.from_passphrase(first)


def keys_export(settings: Settings, options: argparse.Namespace) -> None:
    from notices.trust import keybox, keys

    secrets = keys.exported(settings.keys_folder)
    if options.file.exists():
        raise CommandError(_THERE.format(file=options.file))
    journals.note_of_keys(settings, "keys_exported")
    text = keybox.seal(secrets, _passphrase(options.passphrase_file, twice=True))
    _new_file(options.file, text)
    say(_EXPORTED.format(file=options.file).both)


def keys_import(settings: Settings, options: argparse.Namespace) -> None:
    from notices.trust import keybox, keys

    with options.file.open("rb") as file:
        secret = _passphrase(options.passphrase_file, twice=False)
        found = keybox.unseal(file.read(keybox.LARGEST), secret)
        keys.import_into(settings.keys_folder, found)
    journals.note_of_keys(settings, "keys_imported")
    keys.Keys.open(settings.keys_folder, settings.log_origin)
    say(_IMPORTED.format(folder=settings.keys_folder).both)


def add_to(commands: Commands, keys: Commands) -> None:
    """The commands; `keys` is the group of those that are about these."""
    command = add(commands, "backup", backup, "备份数据库、上传文件和公钥 / back the register up")
    command.add_argument("file", metavar="FILE", help="- 为标准输出 / - for standard output")
    command.add_argument(
        "--key", type=Path, metavar="KEYFILE",
        help="加密：密钥文件，或首行为口令的文件 / encrypt under this key or passphrase",
    )  # fmt: skip
    command.add_argument(
        "--make-key", action="store_true", help="在 FILE 新建密钥文件 / make a key file instead"
    )
    command.add_argument("--force", action="store_true", help="覆盖 FILE / replace FILE")

    command = add(commands, "restore", restore, "恢复到空数据库并核对 / restore, and prove the log")
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument("--key", type=Path, metavar="KEYFILE")
    command.add_argument(
        "--state", type=Path, metavar="AUDIT_STATE",
        help="审计者的状态文件 / an auditor's state file, which the log has to reach",
    )  # fmt: skip
    command.add_argument(
        "--mirror", type=Path, metavar="FOLDER",
        help="审计者 --keep 的目录，用来说出缺少什么 / an auditor's mirror, to name what is lost",
    )  # fmt: skip

    for name, run, words in (
        (
            "export",
            keys_export,
            "把四个密钥加密存为一个文件 / all secret keys as one encrypted file",
        ),
        ("import", keys_import, "从导出文件取回密钥 / put exported keys back"),
    ):
        command = add(keys, name, run, words)
        command.add_argument("file", type=Path, metavar="FILE")
        command.add_argument("--passphrase-file", type=Path, metavar="FILE")


_NOT_WHOLE = Message("恢复的内容没有通过核对，不能提供服务：{found}")
_KEY_MADE = Message("备份密钥已存入 {file}。没有它就打不开备份；请与备份分开保存。")
_PLAIN = Message("没有给出 --key：备份不加密，其中的个人信息只由 sealing 密钥保护。")
_OLD_KEY = Message(
    "密钥文件是较早版本的，用它写的备份只有本程序能打开。要让 age 等程序也能打开，请用 --make-key "
    "新建一个密钥文件；原来的留着，打开以前的备份还要用。"
)
_MADE = Message("已备份到 {file}（{size}字节，登记簿{log}条）。")
_KEYS_APART = Message(
    "备份中没有私钥；请另用 notices keys export 导出并分开保存，否则恢复后无法使用。"
)
_NO_STATE = Message("没有状态文件 {file}。")
_NO_KEYS = Message("这里没有密钥：恢复后、启动前请先运行 notices keys import。")
_OTHER_KEYS = Message(
    "{folder} 中的密钥不是这个备份的；请另用一个 DATA 目录，先用 notices keys import 取回原来的。"
)
_RESTORED = Message("已恢复 {at} 的备份，登记簿{size}条，全部核对无误。检索索引会自行重建。")
_SERIAL = Message(
    "新公告的编号（第5至12位）从 {serial} 之后开始：备份之后可能已经发出的编号不会再发一次。"
)
_KEY_DUE = Message(
    "如果 {at} 之后还有公告发布过，登记簿密钥就签过另一本登记簿：请先运行 notices keys rotate log "
    "换用新的密钥，再启动服务，否则同样长度的登记簿会有两个签名的根。"
)
_NOBODY_VOUCHED = Message(
    "没有给出审计者的状态文件（--state）：没有外部证据说明备份之后没有丢失公告。"
)
_VOUCHED = Message("审计者见过的{size}条都在其中。")
_FORK = Message(
    "如果就此提供服务，新公告会占用同样的序号，而外面已有更长登记簿的签名检查点：登记簿就分叉了，"
    "任何人都能证明。因此 serve 现在拒绝启动。请先找更新的备份或数据库副本；确实没有时，"
    "运行 notices log accept，再用 notices keys rotate log 换用新的登记簿密钥，并告知所有审计者。"
)
_TWO_PASSPHRASES = Message("两次输入的口令不同。")
_THERE = Message("{file} 已经存在，没有覆盖。")
_EXPORTED = Message("四个密钥已加密存入 {file}。请与数据库备份分开保存，口令另存一处。")
_IMPORTED = Message("密钥已放回 {folder}。")
