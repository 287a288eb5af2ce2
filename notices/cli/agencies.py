"""Commands about agencies: who may confirm and replace for which issuers."""

import argparse
import asyncio

from notices.cli.commands import Commands, add, at_work
from notices.cli.terminal import CommandError, say
from notices.facts.texts import Text
from notices.settings import Settings


def agencies_add(settings: Settings, options: argparse.Namespace) -> None:
    async def work() -> None:
        from notices import agencies
        from notices.facts.errors import Invalid

        async with at_work(settings):
            try:
                agency, key = await agencies.add(options.name, options.issuer or [options.name])
            except agencies.KnownAgency as error:
                raise CommandError(error.text) from None
            except Invalid as error:
                zh = "".join(f"{one.field}：{one.message.zh}" for one in error.problems)
                en = " ".join(f"{one.field}: {one.message.en}" for one in error.problems)
                raise CommandError(Text(zh, en)) from None
            say(
                f"机关 {agency.name}（{agency.id}），发证机关：{'、'.join(agency.issuers)}。"
                "下面的密钥只显示这一次，请交给该机关妥善保管。\n"
                f"Agency {agency.name} ({agency.id}) speaks for: {', '.join(agency.issuers)}. "
                "Its key is shown this once; hand it over safely."
            )
            print(key)

    asyncio.run(work())


def add_to(commands: Commands) -> None:
    group = commands.add_parser("agencies", help="机关 / agencies")
    command = add(
        group.add_subparsers(required=True), "add", agencies_add,
        "添加一个机关并打印它的密钥 / add an agency and print its key",
    )  # fmt: skip
    command.add_argument("name", metavar="NAME", help="机关名称 / its name")
    command.add_argument(
        "--issuer", action="append", metavar="ISSUER",
        help="它所代表的发证机关，可多次给出，默认为 NAME / an issuer it is (default: NAME)",
    )  # fmt: skip
