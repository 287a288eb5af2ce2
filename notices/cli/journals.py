"""`notices journal`: the audit log of staff and operators; and what commands write into it."""

import argparse
import asyncio
import contextlib
import getpass
import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import msgspec

from notices.cli.audits import auditors_database_of, database_of
from notices.cli.commands import Commands, add
from notices.cli.terminal import CommandError, say, why
from notices.facts.texts import Message
from notices.settings import Settings
from notices.trust.chain import Tail, Walk
from notices.trust.encoding import EncodingError
from notices.trust.keys import FILES, Keys
from notices.trust.watching import Difference

if TYPE_CHECKING:
    from notices.journal import Actor, Did

END = "end"
"""What the last line of an exported file holds: how many entries, and the last one's hash."""


def operator() -> "Actor":
    """Whoever runs a command: the system's user, on this machine."""
    from notices.journal import Actor

    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user has no name
        user = str(os.getuid())
    name = f"{user}@{socket.gethostname()}"
    return Actor("operator", name, name)


async def write(settings: Settings, what: "Did", *about: str, text: str | None = None) -> None:
    """What a command does, in its open transaction."""
    from notices import data_keys, journal, matching_keys

    keys = Keys.open(settings.keys_folder, settings.log_origin)
    await data_keys.begin(keys)
    if not (keys.sealer.ready and await matching_keys.load(keys)):
        raise CommandError(_OTHER_KEYS)
    act = journal.Act(what=what, by=operator(), about=about, text=text)
    await journal.write(keys, act)


async def note(url: str, settings: Settings, what: "Did", *about: str) -> None:
    """What a command is about to do with what whoever runs it has anyway, database or keys.

    It may be done since something is lost, or is still of an older version: that it could not be
    written down is said, and nothing is refused.
    """
    from notices.database import DB

    if not (settings.keys_folder / FILES[-1]).exists():
        say(_NOT_WRITTEN.format(why=_KEYLESS).both)
        return
    await DB.start(url, 1)
    try:
        async with DB.transaction():
            await write(settings, what, *about)
    except Exception as error:
        reason = why(error)
        if reason is None:
            raise
        say(_NOT_WRITTEN.format(why=reason.text).both)
    finally:
        await DB.stop()


def note_of_keys(settings: Settings, what: "Did", *about: str) -> None:
    """`note` of what is done with the keys, if there is a register of theirs."""
    homes = ("postgresql", "postgresql.home")
    if settings.database_url is None and not any((settings.data / one).exists() for one in homes):
        return

    async def work() -> None:
        async with database_of(settings) as url:
            await note(url, settings, what, *about)

    try:
        asyncio.run(work())
    except Exception as error:
        reason = why(error)
        if reason is None:
            raise
        say(_NOT_WRITTEN.format(why=reason.text).both)


def export(settings: Settings, options: argparse.Namespace) -> None:
    from notices.audit import auditing
    from notices.journal import reading

    sealer = reading.sealer_in(settings) if options.names else None
    if options.names and sealer is None:
        raise CommandError(_NO_KEYS)

    async def work(out: IO[str]) -> Tail:
        async with auditors_database_of(settings) as (url, service):
            # First, so that the export tells of itself; an auditor without more has no right to.
            if service is not None:
                await note(service, settings, "journal_exported", *(["names"] * options.names))
            async with auditing.snapshot(url) as connection:
                walk = Walk()
                async for entry in reading.entries(connection, sealer, walk):
                    out.write(f"{_line(entry.entry, entry.sealed)}\n")
                out.write(f"{json.dumps({END: walk.tail.shown()})}\n")
        return walk.tail

    try:
        with _out(options.file) as out:
            tail = asyncio.run(work(out))
    except Difference as difference:
        raise CommandError(_BROKEN.format(found=difference.text)) from None
    say(_EXPORTED.format(size=tail.size).both)


def _line(entry: str, sealed: Any) -> str:
    """An entry as it stands; or with what is sealed of it beside it, as `{entry, private}`."""
    if sealed is None:
        return entry
    return msgspec.json.encode({"entry": entry, "private": sealed}).decode()


@contextlib.contextmanager
def _out(file: str) -> Iterator[IO[str]]:
    if file == "-":
        yield sys.stdout
        return
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandError(_THERE.format(file=file)) from None
    try:
        with open(handle, "w", encoding="utf-8") as out:
            yield out
    except BaseException:
        Path(file).unlink(missing_ok=True)
        raise


def check(settings: Settings, options: argparse.Namespace) -> None:
    """Needs neither a database nor a key."""
    seen = [] if options.seen is None else [_tail_of(options.seen)]
    try:
        with options.file.open(encoding="utf-8") as lines:
            tail = _checked(lines, seen)
    except Difference as difference:
        raise CommandError(_BROKEN.format(found=difference.text)) from None
    except (EncodingError, UnicodeDecodeError, ValueError):
        raise CommandError(_NO_EXPORT.format(file=options.file)) from None
    print(_WHOLE.format(size=tail.size).both)


def _checked(lines: IO[str], seen: list[Tail]) -> Tail:
    """The end of the audit log in `lines`; raises Difference, and EncodingError for other files."""
    walk = Walk(*seen)
    for line in lines:
        found = json.loads(line)
        if not isinstance(found, dict):
            raise EncodingError("this is no entry")
        if END in found:
            if Tail.read(found[END]) != walk.tail:
                raise Difference(_OTHER_END)
            return walk.end()
        walk.add(None, str(found["entry"]) if "private" in found else line.rstrip("\n"))
    raise Difference(_NO_END)


def _tail_of(file: Path) -> Tail:
    """The end of an earlier export."""
    last = ""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            last = line
    try:
        return Tail.read(json.loads(last)[END])
    except (EncodingError, ValueError, KeyError, TypeError):
        raise CommandError(_NO_EXPORT.format(file=file)) from None


def add_to(commands: Commands) -> None:
    group: Commands = commands.add_parser(
        "journal", help="工作人员的审计日志 / the audit log of staff and operators"
    ).add_subparsers(required=True)
    command = add(
        group, "export", export,
        "导出为 JSON Lines，一行一条 / write it as JSON Lines, an entry a line",
    )  # fmt: skip
    command.add_argument("file", metavar="FILE", help="- 为标准输出 / - for standard output")
    command.add_argument(
        "--names", action="store_true",
        help="连同密封的姓名和所写的文字（要有 sealing 密钥）/ with the sealed names and texts",
    )  # fmt: skip
    command = add(
        group, "check", check,
        "核对导出的文件，不需要数据库和密钥 / check an exported file, without database or keys",
    )  # fmt: skip
    command.add_argument("file", type=Path, metavar="FILE")
    command.add_argument(
        "--seen", type=Path, metavar="EARLIER",
        help="以前导出的文件，它的结尾必须还在 / an earlier export, whose end has to be in it",
    )  # fmt: skip


_NOT_WRITTEN = Message("没有记入审计日志（{why}）。")
_OTHER_KEYS = Message("keys 目录中的密钥不是这个登记簿的")
_KEYLESS = Message("这里没有密钥")
_NO_KEYS = Message("这里没有密钥，打不开密封的姓名；不加 --names 也可以导出。")
_THERE = Message("{file} 已经存在，没有覆盖。")
_EXPORTED = Message("已导出审计日志，共 {size} 条，核对无误。")
_BROKEN = Message("审计日志有问题：{found}")
_NO_EXPORT = Message("{file} 不是导出的审计日志。")
_OTHER_END = Message("文件结尾所说的条数或哈希不是它的内容。")
_NO_END = Message("文件没有结尾的一行：后面被截掉了。")
_WHOLE = Message("审计日志完整：{size}条，条条相连。")
