"""`notices undo`: what one person did to many notices is countered, as far as events let it be."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from notices.cli import journals
from notices.cli.commands import Commands, add, at_work
from notices.cli.terminal import CommandError, say
from notices.facts.texts import CHINA, Message, Text, joined
from notices.settings import Settings

if TYPE_CHECKING:  # a command imports what it needs when it runs
    from notices.changing.unconfirming import Stays
    from notices.changing.undoing import Done
    from notices.facts.errors import Refusal


def undo(settings: Settings, options: argparse.Namespace) -> None:
    from notices import deployment
    from notices.audit import auditing
    from notices.changing import deciding, undoing
    from notices.database import DB
    from notices.facts.errors import Invalid
    from notices.facts.requests import Decision
    from notices.journal import reading
    from notices.trust.chain import Walk
    from notices.trust.encoding import strict_json

    try:
        deciding.check(Decision(decision="dismiss", reason=options.reason), [])
    except Invalid as error:
        raise CommandError(joined(one.message for one in error.problems)) from None

    async def work() -> None:
        async with at_work(settings):
            here = deployment.load(settings)
            await deployment.refuse_another_database(here)
            async with auditing.snapshot(DB.config["dsn"]) as connection:
                entries = [
                    strict_json(each.entry.encode())
                    async for each in reading.entries(connection, here.keys.sealer, Walk())
                ]
            found = undoing.in_period(entries, options.who, options.since, options.until)
            operator, undone = journals.operator(), 0
            for done in found:
                state: Text = _FOR_GOOD if done.what in undoing.FOR_GOOD else _WOULD
                stay: Sequence[Stays] = ()
                if done.overtaken:
                    state = _ALREADY if done.taken_back else _OTHERWISE
                if state is _WOULD and not options.dry_run:
                    reason = options.reason.strip()
                    refusal, stay = await undoing.counter(here, operator, done, reason)
                    state = _UNDONE if refusal is None else _why_not(refusal)
                    undone += refusal is None
                _tell(done, done.notice, state)
                for each in stay:
                    _tell(done, each.notice, _STAYS.format(why=_why_not(each.refusal)))
            left = len(found) - undone
            came = _FOUND if options.dry_run else _CAME
            say(came.format(count=len(found), undone=undone, left=left).both)

    asyncio.run(work())


def _tell(done: Done, notice: str, state: Text) -> None:
    print(f"{done.number}\t{done.what}\t{notice}\t{state.zh} / {state.en}", flush=True)


def _why_not(refusal: Refusal) -> Text:
    existing = getattr(refusal, "existing", None)
    return _OTHERWISE if existing is None else _DECLARED.format(id=existing.id)


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=CHINA)


def add_to(commands: Commands) -> None:
    command = add(
        commands, "undo", undo,
        "用相反的事件撤回一个人在一段时间里的改动 / counter what one person did, by events",
    )  # fmt: skip
    command.add_argument(
        "who", metavar="WHO", help="审计日志中的 who / as the audit log has them under `who`"
    )
    for name, words in (("--since", "从此时起 / from then on"), ("--until", "到此时为止 / before")):
        command.add_argument(name, type=_time, required=True, metavar="TIME", help=words)
    command.add_argument(
        "--reason", required=True, help="理由，会公开 / why; it is published with each event"
    )
    command.add_argument(
        "--dry-run", action="store_true", help="只列出，不改动 / list them, and change nothing"
    )


_WOULD = Message("可以撤回")
_UNDONE = Message("已撤回")
_ALREADY = Message("早已撤回过")
_OTHERWISE = Message("后来已有别的改动，没有撤回")
_DECLARED = Message("同一证件已另有公告 {id}，没有撤回")
_STAYS = Message("曾因它而终止，没有恢复：{why}")
_FOR_GOOD = Message("不能撤回，须另行处理")
_FOUND = Message("找到 {count} 件。")
_CAME = Message("找到 {count} 件，已撤回 {undone} 件，没有撤回 {left} 件。")
