"""`notices log audit`: a log read and hashed again, over HTTP by anybody or in our own database.

Exit 0: whole. Exit 1: the first difference, or entries that are later than the clock here. Exit 2:
it could not be asked, and nothing is said.
"""

import argparse
import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from notices import files
from notices.audit.remembering import Memory, read, write
from notices.cli.commands import Commands, add
from notices.cli.terminal import CommandError, progress, say, system, why
from notices.facts.texts import CHINA, Message, rfc3339
from notices.settings import Settings
from notices.trust.notes import NoteSigner, checkpoint_text
from notices.trust.watching import Difference, Later, Seen

NOT_ASKED = 2
APART = timedelta(seconds=60)
"""By as much the clocks of a log and of its auditor may differ."""


def audit(settings: Settings, options: argparse.Namespace) -> None:
    try:
        if options.url is None:
            _database(settings, options)
        else:
            _url(options)
    except Difference as difference:
        raise CommandError(_BROKEN.format(found=difference.text)) from None
    except CommandError:
        raise
    except OSError as error:
        raise CommandError(system(error), NOT_ASKED) from error
    except Exception as error:
        # Whatever else went wrong, the log was not found to be otherwise than it should be.
        reason = why(error)
        if reason is None:
            raise
        raise CommandError(reason.text, NOT_ASKED, reason.details) from error


def _url(options: argparse.Namespace) -> None:
    from notices.audit import watching
    from notices.audit.reading import Reader

    try:
        reader = Reader(options.url)
    except ValueError:
        raise CommandError(_BAD_URL, NOT_ASKED) from None
    file = options.state or Path(f"audit-{reader.name}.json")
    before = read(file)
    if options.keep is not None:
        options.keep.mkdir(parents=True, exist_ok=True)
        if before is not None and not options.full and not (options.keep / "checkpoint").exists():
            raise CommandError(_KEEP_ALL, NOT_ASKED)
    try:
        with reader:
            vkey = _trusted(options.key, before) or _first_use(reader.vkey())
            later = _later(options)
            audited = watching.audit(
                reader, vkey, before,
                full=options.full, keep=options.keep, progress=progress, later=later,
            )  # fmt: skip
    except watching.Found as found:
        kept = file.with_name(f"{file.stem}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}.checkpoint")
        files.put(kept, found.note.encode(), mode=files.PUBLIC)
        say(_EVIDENCE.format(file=kept, state=file).both)
        raise
    write(file, audited.memory, datetime.now(UTC))
    _whole(audited.memory.seen, audited.began, before)
    _refuse_later(later, audited.memory.seen)


def _later(options: argparse.Namespace) -> Later:
    until = datetime.now(UTC) + APART
    return Later(max(until, options.later) if options.later is not None else until)


def _refuse_later(later: Later, seen: Seen) -> None:
    """The log is whole, and remembered as such; but some of its times cannot be true."""
    if seen.at is not None and seen.at > later.until:
        # What was seen by an earlier run is not read again.
        index, at = later.first or (seen.size - 1, seen.at)
        raise CommandError(
            _LATER.format(
                first=index, last=seen.size - 1, at=rfc3339(at), until=rfc3339(seen.at),
                now=rfc3339(datetime.now(UTC)),
            )
        )  # fmt: skip


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=CHINA)


def _trusted(given: str | None, before: Memory | None) -> str | None:
    known = before.vkey if before is not None else None
    if given and known and given != known:
        raise Difference(_OTHER_KEY)
    return given or known


def _first_use(vkey: str) -> str:
    say(f"{_FIRST_USE.both}\n{vkey}")
    return vkey


def _database(settings: Settings, options: argparse.Namespace) -> None:
    from notices.audit import auditing
    from notices.audit.comparing import Numbers
    from notices.journal import reading
    from notices.tables import KeyCheck, LogHead
    from notices.tables.prepared import as_sql
    from notices.trust.chain import Tail

    if options.keep is not None:
        raise CommandError(_KEEP_URL, NOT_ASKED)
    before = read(options.state) if options.state is not None else None
    later = _later(options)
    numbers = Numbers(settings)
    known = before.journal if before is not None else None
    sealer = reading.sealer_in(settings)

    async def work() -> tuple[Seen, Tail]:
        async with database_of(settings) as url, auditing.snapshot(url) as connection:
            # Of our own log only its key's owner can say so; the state of another is no use here.
            of_log = KeyCheck.select(KeyCheck.check_value).where(KeyCheck.purpose == "log key")
            row = await connection.fetchval(*as_sql(of_log))
            vkey = _trusted(options.key, before)
            if vkey is not None and row is not None and row != vkey:
                raise Difference(_OTHER_KEY)
            seen = [before.seen] if before is not None else []
            accepted = await connection.fetchval(*as_sql(LogHead.select(LogHead.later)))
            later.until = max(later.until, accepted or later.until)
            found = await auditing.audit(connection, progress, *seen, later=later, numbers=numbers)
            return found, await reading.check(connection, sealer, *([known] if known else []))

    seen, tail = asyncio.run(work())
    for sentence, so in ((_NO_KEYS, not numbers.sealed), (_OLDER, numbers.older)):
        if so:
            say(sentence.format(count=numbers.older).both)
    if options.state is not None:
        memory = dataclasses.replace(_signed(settings, seen), journal=tail if tail.size else None)
        write(options.state, memory, datetime.now(UTC))
    _whole(seen, 0, before)
    print(_JOURNAL_WHOLE.format(size=tail.size, known=known.size if known else 0).both)
    _refuse_later(later, seen)


def _signed(settings: Settings, seen: Seen) -> Memory:
    """What is remembered of our own log; signed where its key is."""
    key = settings.keys_folder / "log.key"
    if not key.exists():
        return Memory(None, None, seen)
    signer = NoteSigner.from_text(key.read_text().strip())
    note = signer.sign(checkpoint_text(signer.name, seen.size, seen.root))
    return Memory(signer.vkey, note, seen)


@contextlib.asynccontextmanager
async def database_of(settings: Settings) -> AsyncIterator[str]:
    """The URL of the database that is named, or of our own, which is then left as it is."""
    async with owned_database_of(settings) as (_, service):
        yield service


@contextlib.asynccontextmanager
async def owned_database_of(settings: Settings) -> AsyncIterator[tuple[str, str]]:
    """Its URL as the owner of its tables, who may change all, and as the one who serves."""
    if settings.database_url is not None:
        yield settings.database_owner_url or settings.database_url, settings.database_url
        return
    from notices.engines import Engines

    with Engines.of(settings, say) as engines:
        yield engines.owner_url, engines.database_url


@contextlib.asynccontextmanager
async def auditors_database_of(settings: Settings) -> AsyncIterator[tuple[str, str | None]]:
    """Its URL as the one who may read the audit log and nothing else, and as the one who serves.

    An auditor who was given that right alone names no other database, and starts none.
    """
    if settings.database_audit_url is not None or settings.database_url is not None:
        yield settings.database_audit_url or settings.database_url or "", settings.database_url
        return
    from notices.engines import Engines

    with Engines.of(settings, say) as engines:
        yield engines.auditor_url, engines.database_url


def _whole(seen: Seen, began: int, before: Memory | None) -> None:
    known = before.seen.size if before is not None else 0
    print(_WHOLE.format(size=seen.size, read=seen.size - began, known=known).both)


def add_to(commands: Commands) -> Commands:
    """Adds the group of commands about the log, which is returned."""
    group: Commands = commands.add_parser("log", help="登记簿 / the log").add_subparsers(
        required=True
    )
    command = add(
        group, "audit", audit,
        "重新计算整本登记簿并核对 / hash the whole log again: a service's, or our own database",
    )  # fmt: skip
    command.add_argument(
        "url", nargs="?", metavar="URL",
        help="服务的地址，其日志在 URL/log；不写则核对本机数据库 / a service, whose log is at "
        "URL/log; without it our own database, tree, notices and all",
    )  # fmt: skip
    command.add_argument(
        "--key", metavar="VKEY",
        help="登记簿公钥；默认用状态文件中的 / the log's verifier key (default: the state file's; "
        "at first /log/vkey, on trust)",
    )  # fmt: skip
    command.add_argument(
        "--state", type=Path, metavar="FILE",
        help="记住上次所见的文件；默认为当前目录的 audit-<主机>.json / what was seen last; default "
        "audit-<host>[_<port>].json in this folder, for the database none",
    )  # fmt: skip
    command.add_argument(
        "--full", action="store_true",
        help="从第一条记录读起 / read all, and not only what is new since the state file",
    )  # fmt: skip
    command.add_argument(
        "--keep", type=Path, metavar="FOLDER",
        help="保存读到的瓦片（镜像）/ keep what was read, as a mirror in C2SP paths",
    )  # fmt: skip
    command.add_argument(
        "--later", type=_time, metavar="TIME",
        help="已知登记簿中有晚于现在的记录，最晚到 TIME / entries up to TIME, which has yet "
        "to come, are known and accepted",
    )  # fmt: skip
    return group


_BROKEN = Message("登记簿有问题：{found}")
_BAD_URL = Message("URL 应为 https://主机 的形式。")
_FIRST_USE = Message(
    "【首次使用】没有给出登记簿公钥，现在信任网站自己说的这一个，并记入状态文件。"
    "请从其他渠道核对它；以后只认这一个。"
)
_OTHER_KEY = Message("给出的、状态文件中的和登记簿自己的公钥不是同一个。")
_EVIDENCE = Message("与所见不符的检查点存于 {file}；{state} 未改动。两者一起就是证据，请保存。")
_LATER = Message(
    "登记簿完整，但第{first}至{last}条的时间（{at} 至 {until}）晚于本机时钟（{now}）。"
    "如果本机时钟是对的，就是登记簿的时钟曾经不对：请问运营者；他确认后可用 --later {until}。"
)
_NO_KEYS = Message("这里没有密钥：没有核对各公告登记的是否就是它声明的号码，也没有核对密封的内容。")
_OLDER = Message(
    "其中{count}份公告的号码是按旧规则登记的，没有核对；请先运行 notices migrate，再核对一次。"
)
_KEEP_URL = Message("--keep 只用于 URL。")
_KEEP_ALL = Message("镜像目录还是空的，而状态文件已有进度：请加 --full 从头读起。")
_JOURNAL_WHOLE = Message("审计日志完整：{size}条，上次见到的{known}条都在其中。")
_WHOLE = Message("登记簿完整：{size}条记录，本次重新计算{read}条；上次见到的{known}条都在原处。")
