"""Commands about agencies: who may confirm and replace for which issuers, and with which key."""

import argparse
import asyncio
from datetime import UTC, datetime, time, timedelta

from notices.cli import journals
from notices.cli.commands import Commands, add, at_work
from notices.cli.terminal import CommandError, say
from notices.facts.texts import CHINA, ByLanguage, Message, joined, listed
from notices.locale import SOURCE
from notices.settings import Settings


def agencies_add(settings: Settings, options: argparse.Namespace) -> None:
    async def work() -> None:
        from notices import agencies
        from notices.database import DB
        from notices.facts.errors import Invalid

        async with at_work(settings):
            issuers = options.issuer or [options.name]
            try:
                async with DB.transaction():
                    agency, key = await agencies.add(options.name, issuers, options.expires)
                    await journals.write(settings, "agency_added", agency.id, text=agency.name)
            except Invalid as error:
                raise CommandError(
                    joined(
                        _WRONG.format(field=one.field, message=one.message)
                        for one in error.problems
                    )
                ) from None
            speaks_for = listed(ByLanguage({SOURCE: issuer}) for issuer in agency.issuers)
            say(_ADDED.format(name=agency.name, id=agency.id, issuers=speaks_for).both)
            print(key)

    asyncio.run(work())


def agencies_list(settings: Settings, options: argparse.Namespace) -> None:
    async def work() -> None:
        from notices import agencies

        async with at_work(settings):
            now = datetime.now(UTC)
            for each in await agencies.listed():
                until = _day(each.expires_at - timedelta(seconds=1)) if each.expires_at else "-"
                issuers = "、".join(each.issuers)
                columns = (each.id, each.state(now), _day(each.created_at), until, each.name)
                print("\t".join((*columns, issuers)))

    asyncio.run(work())


def agencies_rotate(settings: Settings, options: argparse.Namespace) -> None:
    async def work() -> None:
        from notices import agencies
        from notices.database import DB

        async with at_work(settings):
            async with DB.transaction():
                key = await agencies.rotate(options.id, options.expires)
                await journals.write(settings, "agency_rotated", options.id)
            say(_ROTATED.both)
            print(key)

    asyncio.run(work())


def agencies_revoke(settings: Settings, options: argparse.Namespace) -> None:
    async def work() -> None:
        from notices import agencies
        from notices.database import DB

        async with at_work(settings):
            async with DB.transaction():
                await agencies.revoke(options.id)
                await journals.write(settings, "agency_revoked", options.id)
            say(_REVOKED.both)

    asyncio.run(work())


def _day(at: datetime) -> str:
    return at.astimezone(CHINA).date().isoformat()


def _end_of(text: str) -> datetime:
    """The end of a day that is still to come, as it ends in China."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=CHINA).date()
    except ValueError:
        raise argparse.ArgumentTypeError("YYYY-MM-DD") from None
    end = datetime.combine(day, time(), CHINA) + timedelta(days=1)
    if end <= datetime.now(UTC):
        raise argparse.ArgumentTypeError("过去的日期 / a day that is past")
    return end


def _expires(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--expires", type=_end_of, metavar="DATE",
        help="密钥可用到这一天为止，默认不限 / the last day on which the key is taken",
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
    _expires(command)
    add(
        group, "list", agencies_list,
        "列出机关：编号、状态、添加日、到期日、名称、发证机关 / list them, one a line",
    )  # fmt: skip
    command = add(
        group, "rotate", agencies_rotate,
        "换发密钥，旧密钥立即停用 / give it a new key; the old one ends at once",
    )  # fmt: skip
    command.add_argument("id", metavar="ID")
    _expires(command)
    command = add(group, "revoke", agencies_revoke, "停用密钥 / take its key no more")
    command.add_argument("id", metavar="ID")


_WRONG = Message("{field}：{message}")
_ADDED = Message(
    "机关 {name}（{id}），发证机关：{issuers}。下面的密钥只显示这一次，请交给该机关妥善保管。"
)
_ROTATED = Message("下面是新密钥，只显示这一次；原来的密钥已停用。")
_REVOKED = Message("密钥已停用。")
