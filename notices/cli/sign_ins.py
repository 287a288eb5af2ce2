"""`notices sign-in`: trying a provider of identities before a city opens with it."""

import argparse
import asyncio
from pathlib import Path

from notices.cli.commands import Commands, add, at_work
from notices.cli.terminal import CommandError, say
from notices.facts.texts import Message, Text
from notices.settings import Settings


def check(settings: Settings, options: argparse.Namespace) -> None:
    """Read the file, ask each provider what it says of itself, and tell what is missing."""
    from notices.providers import parties
    from notices.providers.configuration import load
    from notices.providers.fetching import ProviderDown
    from notices.providers.party import Party

    async def found(party: Party, back: str) -> tuple[list[Text], list[str]]:
        try:
            return await party.lacking(back), await party.unsaid()
        except ProviderDown as error:
            return [error.text], []
        finally:
            await party.close()

    async def work() -> None:
        wrong: list[str] = []
        for provider in load(options.file):
            party = parties.of(provider)
            back = f"{settings.public_url}/sign-in/{provider.id}/callback"
            lacking, unsaid = await found(party, back)
            wrong += [f"{provider.id}: {words}" for each in lacking for words in (each.zh, each.en)]
            print(f"{provider.id} ({', '.join(provider.kinds)}): {provider.issuer}")
            print(f"  redirect_uri: {back}")
            if party.tells_ends:
                ends = f"{settings.public_url}/sign-in/{provider.id}/logout"
                print(f"  backchannel_logout_uri: {ends}")
                print(f"  post_logout_redirect_uri: {settings.public_url}/")
            print(f"  {'ok' if not lacking else 'not ok'}")
            if unsaid:
                say(_UNSAID.format(id=provider.id, claims=", ".join(unsaid)).both)
        if settings.is_of_this_machine:
            say(_OF_THIS_MACHINE.format(url=settings.public_url).both)
        if wrong:
            raise CommandError(_LACKING, details="".join(f"\n{each}" for each in wrong))

    asyncio.run(work())


def end(settings: Settings, options: argparse.Namespace) -> None:
    """Whoever is signed in signs in again, and the provider says anew who may; drafts stay."""

    async def work() -> None:
        from notices.changing import leaving

        async with at_work(settings):
            say(_ENDED.format(n=await leaving.end_all(staff=options.staff)).both)

    asyncio.run(work())


def add_to(commands: Commands) -> None:
    about: Commands = commands.add_parser(
        "sign-in", help="登录平台 / providers of identities"
    ).add_subparsers(required=True)
    command = add(
        about, "check", check,
        "试用登录平台的配置文件，说明缺什么 / try a file of providers, and say what is missing",
    )  # fmt: skip
    command.add_argument("file", type=Path, metavar="FILE")
    command = add(
        about, "end", end,
        "结束所有人的登录，请他们重新登录 / end all sessions: everybody signs in again",
    )  # fmt: skip
    command.add_argument(
        "--staff", action="store_true",
        help="只结束工作人员和发证机关人员的 / of officers and agencies' staff alone",
    )  # fmt: skip


_ENDED = Message.counted("结束了 {n} 个登录。")
_LACKING = Message("登录平台还不能使用，缺少：")
_UNSAID = Message(
    "{id}：平台没有说会给出这些声明：{claims}。它不一定把会给的都列出来，请登录一次试试；"
    "登录不成的，日志里（sign_in_unusable）有原因。"
)
_OF_THIS_MACHINE = Message(
    "上面的地址只有本机能打开，因为 PUBLIC_URL 是 {url}。正式使用时先设好 PUBLIC_URL，"
    "再把这里列出的地址告诉平台。"
)
