"""`notices serve`: engines, migrations, then web processes and the relay, until told to stop."""

import asyncio
import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from notices import clock, files
from notices.engines import Engines
from notices.engines.children import Child, EngineError, Say
from notices.engines.spares import Spare
from notices.facts.texts import Message
from notices.settings import SECRETS, Settings

KEPT_BACK = ("MEILI_MASTER_KEY", "MEILI_WRITE_KEY", "DATABASE_OWNER_URL", "DATABASE_AUDIT_URL")
"""What a web process must not know: it can search and no more, and only add to the log."""
METRICS = "PROMETHEUS_MULTIPROC_DIR"
COUNTS = 1 << 20
"""Bytes of a file of counts; ours take a fifth of it."""
BACKLOG = 2048
LOOK_AFTER = 1.0
"""Seconds between two looks whether engines that others started are still there."""
KEYS_EVERY = 5.0
"""Seconds between two looks whether the search engine still has our keys."""


def child_environment(settings: Settings, engines: Engines) -> dict[str, str]:
    """Our own environment and where the engines are, without the keys of the search engine.

    Nor are they told the files of secrets: what they need was read.
    """
    ours = (*KEPT_BACK, METRICS, *(f"{name}_FILE" for name in SECRETS))
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    began = clock.HERE.began
    return kept | {
        clock.BEGAN: f"{began.wall} {began.steady}",
        "DATABASE_URL": engines.database_url,
        "MEILI_URL": engines.meili_url,
        "SEARCH_FOLLOWER": engines.follower,
        "DATA": str(settings.data.resolve()),
        "PORT": str(settings.port),
        "WORKERS": "1",
        "DEMO": "1" if settings.demo else "0",
        "RATE_LIMITS": "1" if settings.rate_limits else "0",
        "PYTHONUNBUFFERED": "1",
    }


def answers(settings: Settings) -> bool:
    """Whether the web process answers."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    connection = http.client.HTTPConnection(host, settings.port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def listen(settings: Settings) -> list[socket.socket]:
    """The sockets that all web processes take their connections from; EngineError if one is taken.

    They stay open while a web process is started again, so that nobody is turned away. The second
    is METRICS_ADDRESS, if there is one.
    """
    found = [_listen(settings.host, settings.port, "PORT")]
    if settings.metrics:
        found.append(_listen(*settings.metrics, "METRICS_ADDRESS"))
    return found


def _listen(host: str, port: int, setting: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        where = f"{host}:{port}"
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise EngineError(_NO_PORT.format(where=where, why=why, setting=setting)) from None


def metrics_folder(settings: Settings) -> dict[str, str]:
    """The variable that makes several web processes count as one, and its folder, emptied.

    Each process counts into files of its own there, and a scrape adds up all of them. Those of
    a process that died count on, or sums would fall; those of an earlier run must not.
    """
    if settings.workers == 1:
        return {}
    own = settings.data.resolve() / f"metrics-{settings.port}"
    folder = Path(os.environ.get(METRICS) or own)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in folder.glob("*.db"):
            file.unlink()
    except OSError as error:
        raise EngineError(
            _NO_FOLDER.format(setting=METRICS, folder=folder, why=error.strerror)
        ) from None
    return {METRICS: str(folder)}


def reserve_counts(folder: Path) -> bool:
    """Whether there is room in `folder` for what this process counts, which is then its own.

    The files are mapped into memory: with a hole in one where the disk has no room, counting would
    end the process (SIGBUS).
    """
    own = [folder / f"{kind}_{os.getpid()}.db" for kind in ("counter", "histogram")]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in own:
            if not file.exists():  # whole at once: a scrape reads every *.db at any moment
                files.put(file, bytes(COUNTS), lasting=False)
    except OSError:
        for file in own:
            with contextlib.suppress(OSError):
                file.unlink()
        return False
    return True


@contextlib.contextmanager
def running(*children: Child, within: float = 60.0) -> Iterator[None]:
    """All of them, one started after the other and all stopped at once."""
    try:
        for child in children:
            child.start(within)
        yield
    finally:
        ends = [threading.Thread(target=child.stop) for child in children]
        for end in ends:
            end.start()
        for end in ends:
            end.join()


def search_keys(
    settings: Settings, engines: Engines, ended: threading.Event, say: Say
) -> tuple[str, str]:
    """The search-only and the writing key; a server that is away gets them when it comes back.

    Until `ended` it is looked after whether they are still there.
    """
    # A web process takes its sockets from this module, and starts sooner without that client.
    from search import admin as search_admin
    from search.engine import SearchDown, WriteRefused

    search_key = settings.meili_search_key
    write_key = settings.meili_write_key
    if search_key and write_key:
        return search_key, write_key
    master = engines.meili_master_key or ""

    def make() -> None:
        search_admin.make_keys(engines.meili_url, master, settings.meili_index)

    def keep_making() -> None:
        # A server that lost its data lost its keys too; the relay then fills it again.
        while not ended.wait(KEYS_EVERY):
            if engines.search is not None:
                engines.search.look(settings.meili_index)
            with contextlib.suppress(SearchDown, WriteRefused):
                make()

    try:
        make()
    except SearchDown:
        say(_NO_SEARCH.both)
    threading.Thread(target=keep_making, daemon=True).start()
    return search_admin.keys_of(master, settings.meili_index)


async def prepare(settings: Settings, engines: Engines) -> bool:
    """The database as this version needs it; raises what stands against that.

    Whether the role that serves could change the log all the same.
    """
    from notices import deployment
    from notices.database import DB
    from notices.migrating import migrate
    from notices.migrating.granting import may_change_the_log
    from notices.upkeep.forking import refuse_a_fork
    from notices.upkeep.recalling import recall_periods
    from notices.upkeep.rehashing import rehash
    from notices.upkeep.rescheduling import settle_periods

    await migrate(engines.owner_url, engines.database_url, auditor=engines.auditor_url)
    here = deployment.load(settings)
    await DB.start(engines.owner_url, 1, patience=None)
    try:
        await rehash(here)
        await deployment.refuse_another_database(here)
        await refuse_a_fork(here)
        await recall_periods(here)
        await settle_periods()
    finally:
        await DB.stop()
    return await may_change_the_log(engines.database_url)


def serve(settings: Settings, *, relay: bool, say: Say) -> None:
    """Serve until SIGINT or SIGTERM, then stop everything that was started, in order."""
    stopping = threading.Event()
    told: list[str] = []

    def stop(number: int, frame: object) -> None:
        if not stopping.is_set():
            stopping.set()
            told.append(signal.Signals(number).name)
            raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        with contextlib.ExitStack() as open_sockets:
            listening = [open_sockets.enter_context(each) for each in listen(settings)]
            while True:
                _serve_on_engines(settings, listening, stopping, relay=relay, say=say)
                say(_ENDED.both)
    finally:
        if told:
            say(_STOPPED.format(signal=told[0]).both)


def _serve_on_engines(
    settings: Settings,
    listening: Sequence[socket.socket],
    stopping: threading.Event,
    *,
    relay: bool,
    say: Say,
) -> None:
    """Serve for as long as the engines last, which may be those of another command."""
    from notices.upkeep import keeping

    with contextlib.ExitStack() as started:
        engines = started.enter_context(Engines.of(settings, say))
        if asyncio.run(prepare(settings, engines)):
            say(_MAY_CHANGE.both)
        ended = threading.Event()
        started.callback(ended.set)
        started.enter_context(keeping.kept(engines.owner_url, settings))
        search_key, write_key = search_keys(settings, engines, ended, say)
        environment = child_environment(settings, engines)
        handles = [each.fileno() for each in listening]

        def child(name: str, words: list[str], *, answering: bool, **more: str) -> Child:
            return Child(
                name,
                [sys.executable, "-m", "notices", *words],
                env=environment | more,
                ready=lambda pid: not answering or answers(settings),
                log=None,
                cwd=Path.cwd(),
                inherits=handles if words[0] == "web" else [],
                say=say,
            )

        # One of them answers for all: nobody can tell whom of them a connection goes to.
        # They are our own children each, since only these are sure to end when we are killed.
        words = ["web", *(word for each in handles for word in ("--fd", str(each)))]
        more = {"MEILI_SEARCH_KEY": search_key, **metrics_folder(settings)}
        webs = [
            child(f"web {number + 1}", words, answering=number == 0, **more)
            for number in range(settings.workers)
        ]
        spare = Spare(lambda: webs[0].launch("--spare", stdin=subprocess.PIPE))
        started.enter_context(spare.kept())
        started.enter_context(running(*webs))
        if settings.spare:
            for web in webs:
                web.spare = spare
            spare.want()
        if relay:
            write = child("relay", ["relay"], answering=False, MEILI_WRITE_KEY=write_key)
            started.enter_context(running(write))
        say(f"{settings.site_name}: {settings.public_url}")
        while not engines.orphaned():
            stopping.wait(LOOK_AFTER)


_NO_PORT = Message("无法在 {where} 上监听（{why}）。请用 {setting} 指定另一个端口。")
_NO_FOLDER = Message("无法使用 {setting} 所指的目录 {folder}：{why}")
_NO_SEARCH = Message("Meilisearch 暂时连不上，由数据库代替检索。")
_ENDED = Message("数据库和检索由另一进程启动，它已结束；现在自行启动。")
_STOPPED = Message("{signal}：已停止。")
_MAY_CHANGE = Message(
    "DATABASE_URL 的用户可以改动登记簿；请另建一个用户，"
    "把所有者写在 DATABASE_OWNER_URL（docs/operating.md）。"
)
