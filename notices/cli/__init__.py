"""The command line: `notices serve`, `migrate`, `reindex`, `demo`, and more beside it."""

import argparse
import asyncio
import contextlib
import dataclasses
import os
import sys
from pathlib import Path

from notices import __version__
from notices.cli import (
    accepting,
    agencies,
    audits,
    backups,
    catalogues,
    checks,
    conforming,
    journals,
    privacy,
    proofs,
    rotations,
    sign_ins,
    sites,
    undoing,
)
from notices.cli.commands import Commands, add, at_work
from notices.cli.terminal import CommandError, progress, say, why
from notices.facts.texts import Message
from notices.settings import Settings, from_environment

# Whatever needs a database is imported inside the command that needs it, so that a receipt
# can be verified on a machine that has none.


MOST_DEMO = 50_000_000
"""As many as one sequence of ids leaves room for beside real ones."""


def serve(settings: Settings, options: argparse.Namespace) -> None:
    from notices import deployment, serving

    deployment.refuse_wrong_files(settings)
    serving.serve(settings, relay=not options.no_relay, say=say)


def named_database(settings: Settings) -> str:
    if settings.database_url is None:
        raise CommandError(Message("请用 DATABASE_URL 指明数据库；serve 会自带数据库。"))
    return settings.database_url


def web(settings: Settings, options: argparse.Namespace) -> None:
    import socket

    from notices.serving import BACKLOG, METRICS, listen, reserve_counts

    if (folder := os.environ.get(METRICS)) and not reserve_counts(Path(folder)):
        say(_ALONE.both)
        del os.environ[METRICS]  # before whoever counts is imported, who reads it then
    import asyncpg
    import uvicorn

    from notices import deployment
    from notices.app import create_app, lasting_app
    from notices.facts.errors import Unavailable
    from notices.structured_logging import configure
    from notices.upkeep import looking
    from notices.web.middleware.connections import BoundProtocol, most_connections

    if options.spare:
        # Once for nothing: what is imported and kept on the way is there the second time.
        create_app(settings, deployment.load(settings))
        if not sys.stdin.buffer.read(1):
            return  # nobody needs it any more
    if settings.workers > 1:
        say(_ONE_PROCESS.both)
    configure()
    here = deployment.load(settings)
    # With another key or rule it does not even start; a database that is away may come later.
    with contextlib.suppress(Unavailable, asyncpg.PostgresError):
        asyncio.run(looking.look_at(named_database(settings), here))
    BoundProtocol.most = most_connections()
    inherited = [socket.socket(fileno=each) for each in options.fd or ()]
    with contextlib.ExitStack() as open_sockets:
        listening = [open_sockets.enter_context(each) for each in inherited or listen(settings)]
        server = uvicorn.Server(
            uvicorn.Config(
                lambda: lasting_app(settings, here),
                factory=True,
                forwarded_allow_ips=settings.forwarded_allow_ips,
                http=BoundProtocol,
                ws="none",
                access_log=False,
                log_config=None,  # what it says goes where our lines go
                log_level="warning",
                server_header=False,
                timeout_graceful_shutdown=10,
                backlog=BACKLOG,
            )
        )
        server.run(sockets=listening)
    if not server.started:
        sys.exit(1)


def relay(settings: Settings, options: argparse.Namespace) -> None:
    from notices import deployment
    from notices.database import DB
    from notices.listing import keeping
    from notices.relay import run
    from notices.statistics import following as statistics
    from notices.structured_logging import configure
    from notices.watches.keeping import keep as keep_watches
    from search.admin import Admin

    configure()

    async def follow() -> None:
        import signal

        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await DB.start(named_database(settings), 6)
        here = deployment.load(settings)
        beside = [
            asyncio.create_task(each)
            for each in (keeping.keep(here, stop), keep_watches(here, stop), statistics.keep(stop))
        ]
        try:
            admin = Admin(settings.meili_url or "", settings.meili_write_key or "")
            await run(here, admin, stop)
        finally:
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)
            await DB.stop()

    asyncio.run(follow())


def migrate(settings: Settings, options: argparse.Namespace) -> None:
    async def work() -> None:
        from notices import deployment
        from notices.upkeep.recalling import recall_periods
        from notices.upkeep.rehashing import rehash
        from notices.upkeep.rescheduling import settle_periods

        async with at_work(settings):
            here = deployment.load(settings)
            await rehash(here)
            await deployment.refuse_another_database(here)
            await recall_periods(here)
            await settle_periods()
            say(_UP_TO_DATE.both)

    asyncio.run(work())


async def _reindex(settings: Settings) -> None:
    from notices import deployment
    from notices.relay import reindex
    from search.admin import Admin, make_keys

    key = (
        settings.meili_write_key
        or make_keys(
            settings.meili_url or "", settings.meili_master_key or "", settings.meili_index
        )[1]
    )
    await reindex(deployment.load(settings), Admin(settings.meili_url or "", key), progress)


def reindex(settings: Settings, options: argparse.Namespace) -> None:
    async def work() -> None:
        async with at_work(settings) as found:
            await _reindex(found)

    asyncio.run(work())


def recount(settings: Settings, options: argparse.Namespace) -> None:
    async def work() -> None:
        from notices.statistics import following

        async with at_work(settings):
            await following.recount(progress)

    asyncio.run(work())


def demo_fill(settings: Settings, options: argparse.Namespace) -> None:
    async def work() -> None:
        from notices import deployment
        from notices.demo import fill

        async with at_work(settings) as found:
            here = deployment.load(found)
            await deployment.refuse_another_database(here)
            await fill(here, options.count, options.seed, progress)
            if not options.no_publish:
                await _reindex(found)

    asyncio.run(work())


def demo_states(settings: Settings, options: argparse.Namespace) -> None:
    async def work() -> None:
        from notices import deployment, examples
        from notices.facts.notice_ids import printed

        async with at_work(settings) as found:
            here = deployment.load(found)
            await deployment.refuse_another_database(here)
            for state, id in (await examples.show(here)).items():
                say(f"{printed(id)}  {state}  {here.link(f'/notices/{id}')}")

    asyncio.run(work())


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="notices", description="遗失声明公示服务 / public notices of lost certificates"
    )
    top.add_argument("--version", action="version", version=f"notices {__version__}")
    commands: Commands = top.add_subparsers(metavar="COMMAND", required=True)

    command = add(commands, "serve", serve, "启动服务 / start engines, web and relay")
    command.add_argument("--demo", action="store_true", help="演示模式 / made-up sign-in")
    command.add_argument("--no-relay", action="store_true", help="不启动索引 / without the relay")
    command = add(commands, "web", web, "只启动网站进程 / the web process alone, on named engines")
    command.add_argument(
        "--fd", type=int, action="append", help="serve 传来的套接字 / a socket that serve hands on"
    )
    command.add_argument("--spare", action="store_true", help="等到被需要时 / begin when needed")
    add(commands, "relay", relay, "只启动索引进程 / the relay alone, on engines that are named")
    add(commands, "migrate", migrate, "更新数据库结构 / bring the database up to date")
    add(
        commands, "reindex", reindex, "从登记簿重建检索索引 / rebuild the search index from the log"
    )

    add(commands, "recount", recount, "从登记簿重新统计 / count the statistics anew from the log")

    demo = commands.add_parser("demo", help="演示数据 / demo data").add_subparsers(required=True)
    command = add(demo, "fill", demo_fill, "写入 N 份示例公告 / write N made-up notices")
    command.add_argument("count", type=_count, metavar="N")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--no-publish", action="store_true", help="之后再 reindex / reindex later")
    add(demo, "states", demo_states, "每种状态写入一份示例公告 / a made-up notice in every state")

    catalogues.add_to(commands)
    sites.add_to(commands)
    checks.add_to(commands)
    conforming.add_to(commands)
    agencies.add_to(commands)
    sign_ins.add_to(commands)
    privacy.add_to(commands)
    keys = proofs.add_to(commands)
    accepting.add_to(audits.add_to(commands))
    backups.add_to(commands, keys)
    journals.add_to(commands)
    undoing.add_to(commands)
    rotations.add_to(keys)
    return top


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MOST_DEMO):
        raise argparse.ArgumentTypeError(f"1–{MOST_DEMO:,}")
    return int(text)


def main(arguments: list[str] | None = None) -> None:
    options = parser().parse_args(arguments)
    try:
        settings = from_environment()
        if getattr(options, "demo", False) and settings.sign_in is None:
            settings = dataclasses.replace(
                settings, demo=True, rate_limits=os.environ.get("RATE_LIMITS") == "1"
            )
        options.run(settings, options)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        reason = why(error)
        if reason is None:
            raise
        say(str(reason))
        sys.exit(error.status if isinstance(error, CommandError) else 1)


_ALONE = Message("没有空间存放计数，本进程单独计数。")
_ONE_PROCESS = Message("WORKERS 只对 serve 有效；web 是一个进程。")
_UP_TO_DATE = Message("数据库已是最新。")
