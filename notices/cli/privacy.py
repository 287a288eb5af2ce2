"""`notices privacy`: a copy of what is kept about somebody, and its erasure, for an operator."""

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from notices.cli import journals
from notices.cli.commands import Commands, add, at_work
from notices.cli.terminal import CommandError, say
from notices.facts.identifiers import IDENTIFIER_TYPES
from notices.facts.texts import Message
from notices.settings import Settings

if TYPE_CHECKING:
    from notices.changing.rights import Known
    from notices.journal import Did

LONGEST = 200


def export(settings: Settings, options: argparse.Namespace) -> None:
    """Everything that is kept about the person, as JSON."""

    async def work() -> None:
        import msgspec

        from notices import deployment
        from notices.changing import rights

        async with at_work(settings) as found:
            here = deployment.load(found)
            await deployment.refuse_another_database(here)
            person = _person(options)
            await _note(found, "privacy_exported", person)
            copy = await rights.copy_of(here, person, datetime.now(UTC))
            print(msgspec.json.format(msgspec.json.encode(copy)).decode())
            told = _FOUND.format(
                notices=len(copy.notices),
                objections=len(copy.objections),
                refused=len(copy.refused),
                watches=len(copy.watches),
            )
            say(told.both)

    asyncio.run(work())


def erase(settings: Settings, options: argparse.Namespace) -> None:
    """What has ended and was decided; what lives is named and stays."""

    async def work() -> None:
        from notices import deployment
        from notices.changing import erasing

        async with at_work(settings) as found:
            here = deployment.load(found)
            await deployment.refuse_another_database(here)
            person = _person(options)
            await _note(found, "privacy_erased", person)
            done = await erasing.erase(here, person)
            told = _ERASED.format(
                notices=len(done.notices),
                objections=len(done.objections),
                refused=len(done.refused),
                watches=len(done.watches),
            )
            say(told.both)
            if stays := [*done.living, *done.waiting]:
                say(_STAYS.format(ids=", ".join(stays)).both)

    asyncio.run(work())


async def _note(settings: Settings, what: "Did", person: "Known") -> None:
    """What is about to be done is in the audit log before it is; about whom is sealed."""
    from notices.database import DB

    async with DB.transaction():
        await journals.write(settings, what, text=f"{person.identifier_type} {person.identifier}")


def _person(options: argparse.Namespace) -> "Known":
    """Whom the command is about; raises CommandError for a text that is no identifier."""
    from notices.changing.rights import Known
    from notices.facts import identifiers

    text = options.person
    if text == "-":
        text = sys.stdin.readline(LONGEST).strip()
    person = Known(identifier_type=options.type, identifier=text)
    types = IDENTIFIER_TYPES["person"]
    for problem in identifiers.identifier_problems("PERSON", text, options.type, types):
        raise CommandError(problem.message)
    return person


def add_to(commands: Commands) -> None:
    about: Commands = commands.add_parser(
        "privacy", help="个人信息 / what is kept about somebody"
    ).add_subparsers(required=True)
    for name, run, words in (
        (
            "export",
            export,
            "导出本站保存的某人的全部信息 / all that is kept about a person, as JSON",
        ),
        (
            "erase",
            erase,
            "删除其中可以删除的 / erase what nothing else rests on, and name the rest",
        ),
    ):
        command = add(about, name, run, words)
        command.add_argument(
            "person",
            metavar="PERSON",
            help="证件号码，- 为从标准输入读取 / an identifier; - reads it",
        )
        command.add_argument(
            "--type", choices=IDENTIFIER_TYPES["person"], default=IDENTIFIER_TYPES["person"][0],
            help="证件类型 / which document it is of",
        )  # fmt: skip


_FOUND = Message(
    "公告 {notices} 份，异议 {objections} 件，没有声明成的 {refused} 件，关注的号码 {watches} 个。"
)
_ERASED = Message(
    "已删除 {notices} 份公告的内容、{objections} 件异议的文字和材料、{refused} 件没有声明成的内容、"
    "{watches} 个关注的号码。"
)
_STAYS = Message("仍然有效或正在办理，暂时保留：{ids}")
