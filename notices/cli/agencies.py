"""Commands about agencies: who may check, confirm and replace here, and with which keys."""

import argparse
import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from notices.cli import agency_reading as reading
from notices.cli import journals
from notices.cli.commands import Commands, add, at_work
from notices.cli.terminal import CommandError, say
from notices.facts import agencies as facts
from notices.facts import issuers
from notices.facts.texts import CHINA, ByLanguage, Message, Text, joined, listed
from notices.locale import SOURCE
from notices.settings import Settings

if TYPE_CHECKING:
    from notices.agencies.listing import Listed
    from notices.facts.errors import Invalid


def agencies_add(settings: Settings, options: argparse.Namespace) -> None:
    async def work() -> None:
        from notices import agencies
        from notices.database import DB
        from notices.facts.errors import Invalid

        scopes = _scopes(options)
        spoken = options.issuer or ([options.name] if "issue" in scopes else [])
        async with at_work(settings):
            try:
                async with DB.transaction():
                    agency, key = await agencies.add(
                        options.name, spoken, options.expires, scopes=scopes, kind=options.kind,
                        quota=options.quota, masked_quota=options.masked_quota, test=options.test,
                        silent=options.silent,
                    )  # fmt: skip
                    await journals.write(settings, "agency_added", agency.id, text=agency.name)
            except Invalid as error:
                raise _wrong(error) from None
            told: list[Text] = [_ADDED.format(name=agency.name, id=agency.id, scopes=_said(scopes))]
            if "issue" in scopes:
                told.append(_SPEAKS_FOR.format(issuers=_said(agency.issuers)))
            if options.test:
                told.append(_IS_TEST)
            if options.silent:
                told.append(_IS_SILENT)
            say(joined([*told, _ONCE]).both)
            print(key)

    asyncio.run(work())


def _wrong(error: "Invalid") -> CommandError:
    return CommandError(
        joined(_WRONG.format(field=one.field, message=one.message) for one in error.problems)
    )


def _scopes(options: argparse.Namespace) -> list[str]:
    """What was asked for; else what keys usually are for, of which only an office can issue."""
    if options.scope is not None:
        return facts.scopes_of(options.scope)
    may_issue = bool(options.issuer) or issuers.is_office(options.name) or not options.name.strip()
    return [each for each in facts.USUAL if may_issue or each != "issue"]


def _said(words: "list[str] | tuple[str, ...]") -> Text:
    return listed(ByLanguage({SOURCE: each}) for each in words)


def agencies_list(settings: Settings, options: argparse.Namespace) -> None:
    async def work() -> None:
        from notices.agencies import listing

        async with at_work(settings):
            now = datetime.now(UTC)
            for each in await listing.listed():
                for columns in _lines(each, now):
                    print("\t".join(columns))

    asyncio.run(work())


def _lines(each: "Listed", now: datetime) -> list[tuple[str, ...]]:
    """An agency, and under it its keys, each behind a tab."""
    found: list[tuple[str, ...]] = [
        (
            each.id, each.state(now), _day(each.created_at), _last_day(each.ends_at(now)),
            each.name, "、".join(each.issuers) or "-", each.kind, "test" if each.test else "live",
            _quota(each.quota), _quota(each.masked_quota),
        )
    ]  # fmt: skip
    for key in each.keys:
        used_on = key.used_on.isoformat() if key.used_on else "-"
        dates = (_day(key.created_at), _last_day(key.expires_at))
        scopes = ",".join(key.scopes) or "-"
        # Of an agency that is one no more no key is taken, whatever became of each.
        state = "revoked" if each.revoked_at else key.state(now)
        silent = ("silent",) if key.silent else ()
        found.append(("", key.id, state, *dates, scopes, used_on, str(key.checks), *silent))
    return found


def _quota(a_day: int | None) -> str:
    return f"{a_day}/day" if a_day else "-"


def agencies_change(settings: Settings, options: argparse.Namespace) -> None:
    typed = {name: getattr(options, name) for name in ("quota", "masked_quota", "kind")}
    given = {name: value for name, value in typed.items() if value is not None}
    if not given:
        raise CommandError(_NOTHING)
    to = {name: None if value == reading.USUAL else value for name, value in given.items()}

    async def work() -> None:
        from notices.agencies import changing
        from notices.database import DB

        async with at_work(settings):
            async with DB.transaction():
                await changing.change(options.id, to)
                said = ", ".join(f"{name} {value}" for name, value in given.items())
                await journals.write(settings, "agency_changed", options.id, text=said)
            say(_CHANGED.both)

    asyncio.run(work())


def agencies_rotate(settings: Settings, options: argparse.Namespace) -> None:
    async def work() -> None:
        from notices import agencies
        from notices.database import DB
        from notices.facts.errors import Invalid

        overlap = timedelta(days=options.overlap)
        scopes = facts.scopes_of(options.scope) if options.scope is not None else None
        async with at_work(settings):
            try:
                async with DB.transaction():
                    key, until = await agencies.rotate(options.id, options.expires, overlap, scopes)
                    await journals.write(settings, "agency_rotated", options.id)
            except Invalid as error:
                raise _wrong(error) from None
            say((_ROTATED_UNTIL.format(until=_moment(until)) if until else _ROTATED).both)
            print(key)

    asyncio.run(work())


def agencies_revoke(settings: Settings, options: argparse.Namespace) -> None:
    async def work() -> None:
        from notices import agencies
        from notices.database import DB

        async with at_work(settings):
            async with DB.transaction():
                await agencies.revoke(options.id)
                agency, dot, _ = options.id.partition(".")
                about = (agency, options.id) if dot else (agency,)
                await journals.write(settings, "agency_revoked", *about)
            say(_REVOKED.both)

    asyncio.run(work())


def _day(at: datetime) -> str:
    return at.astimezone(CHINA).date().isoformat()


def _last_day(end: datetime | None) -> str:
    return _day(end - timedelta(seconds=1)) if end else "-"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _expires(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--expires", type=reading.end_of, metavar="DATE",
        help="密钥可用到这一天为止，默认不限 / the last day on which the key is taken",
    )  # fmt: skip


def _quotas_and_kind(
    command: argparse.ArgumentParser,
    quota: Callable[[str], int | str],
    words: str,
    kind: str | None,
) -> None:
    command.add_argument(
        "--quota", type=quota, metavar=words,
        help="每天最多核验几次，通常 1000000 / checks a day (usual: 1000000)",
    )  # fmt: skip
    command.add_argument(
        "--masked-quota", type=quota, metavar=words,
        help="其中号码不全部公开的证件，通常 1000 / of certificates with masked numbers"
        " (usual: 1000)",
    )  # fmt: skip
    command.add_argument(
        "--kind", choices=tuple(facts.KINDS), default=kind,
        help="机关的类别，未说明的是 other / what kind of agency it is (unless told: other)",
    )  # fmt: skip


def add_to(commands: Commands) -> None:
    group = commands.add_parser("agencies", help="机关 / agencies").add_subparsers(required=True)
    command = add(
        group, "add", agencies_add,
        "添加一个机关并打印它的密钥 / add an agency and print its key",
    )  # fmt: skip
    command.add_argument("name", metavar="NAME", help="机关名称 / its name")
    command.add_argument(
        "--issuer", action="append", metavar="ISSUER",
        help="它所代表的发证机关，可多次给出，默认为 NAME / an issuer it is (default: NAME)",
    )  # fmt: skip
    command.add_argument(
        "--scope", action="append", type=reading.scope, metavar="SCOPE",
        help="密钥的用途，可多次给出，默认 verify 和 issue（名称不像机关时只有 verify）："
        " verify, batch, watch, issue, masked / what the key is for (default: verify and issue;"
        " verify alone where NAME is no office)",
    )  # fmt: skip
    _quotas_and_kind(command, reading.a_day, "N/day", "other")
    command.add_argument(
        "--test", action="store_true",
        help="测试密钥：只答复虚构的号码 / a key for tests, answered from fixtures",
    )  # fmt: skip
    command.add_argument(
        "--silent", action="store_true",
        help="用它核验时不提醒持证人 / no holder is told of what is checked with it",
    )  # fmt: skip
    _expires(command)
    add(
        group, "list", agencies_list,
        "列出机关：编号、状态、添加日、到期日、名称、发证机关、类别、live 或 test、每天的次数；"
        "其下缩进列出密钥：编号、状态、添加日、到期日、用途、最后使用日、核验次数（400 天内）"
        " / list them, one a line, and under each its keys: id, state, from, until, scopes,"
        " the day of its last use, checks within 400 days",
    )  # fmt: skip
    command = add(
        group, "change", agencies_change,
        "改一个机关的次数或类别；密钥照旧 / change its quotas or kind; its keys stay",
    )  # fmt: skip
    command.add_argument("id", metavar="ID")
    _quotas_and_kind(command, reading.a_day_or_usual, "N/day|usual", None)
    command = add(
        group, "rotate", agencies_rotate,
        "换发密钥；旧密钥还可用几天 / give it a new key; the old one goes on for some days",
    )  # fmt: skip
    command.add_argument("id", metavar="ID")
    command.add_argument(
        "--overlap", type=reading.days, default=7, metavar="DAYS",
        help="旧密钥还可用几天，默认 7；0 为立即停用 / days for which the old key goes on"
        " (default: 7; 0 ends it at once)",
    )  # fmt: skip
    command.add_argument(
        "--scope", action="append", type=reading.scope, metavar="SCOPE",
        help="新密钥的用途，默认同旧密钥 / what the new key is for (default: what the old one is)",
    )  # fmt: skip
    _expires(command)
    command = add(
        group, "revoke", agencies_revoke,
        "停用一个机关的全部密钥，或其中一个 / take none of its keys any more, or not that one",
    )  # fmt: skip
    command.add_argument(
        "id", metavar="ID", help="机关或密钥的编号 / the id of an agency, or of one of its keys"
    )


_WRONG = Message("{field}：{message}")
_ADDED = Message("机关 {name}（{id}），密钥用途：{scopes}。")
_SPEAKS_FOR = Message("发证机关：{issuers}。")
_IS_TEST = Message("这是测试密钥，只答复虚构的号码。")
_IS_SILENT = Message("用它核验时不提醒持证人。")
_ONCE = Message("下面的密钥只显示这一次，请交给该机关妥善保管。")
_ROTATED = Message("下面是新密钥，只显示这一次；原来的密钥已停用。")
_ROTATED_UNTIL = Message(
    "下面是新密钥，只显示这一次；原来的密钥还可用到 {until}，"
    "要提前停用请用 notices agencies revoke。"
)
_REVOKED = Message("密钥已停用。")
_CHANGED = Message("已改好，从下一次请求起有效。")
_NOTHING = Message("请说明改什么：--quota、--masked-quota 或 --kind。")
