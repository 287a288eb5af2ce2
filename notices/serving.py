"""`notices serve`: engines, migrations, then the web process and the relay, until told to stop."""

import asyncio
import contextlib
import http.client
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from notices.engines import Engines
from notices.engines.children import Child, EngineError, Say
from notices.facts.texts import Text
from notices.settings import Settings
from search import engine as search_engine

SECRETS = ("MEILI_MASTER_KEY", "MEILI_WRITE_KEY")
"""What the web process must not know: it can search and no more."""
LOOK_AFTER = 1.0
"""Seconds between two looks whether engines that others started are still there."""
KEYS_EVERY = 5.0
"""Seconds between two looks whether the search engine still has our keys."""


def child_environment(settings: Settings, engines: Engines) -> dict[str, str]:
    """Our own environment and where the engines are, without the keys of the search engine."""
    kept = {name: value for name, value in os.environ.items() if name not in SECRETS}
    return kept | {
        "DATABASE_URL": engines.database_url,
        "MEILI_URL": engines.meili_url,
        "DATA": str(settings.data.resolve()),
        "PORT": str(settings.port),
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


def refuse_a_busy_port(settings: Settings) -> None:
    """Raise EngineError when somebody listens there; his answers would be taken for ours."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            raise EngineError(
                Text(
                    f"无法在 {where} 上监听（{error.strerror}）。请用 PORT 指定另一个端口。",
                    f"Cannot listen on {where} ({error.strerror}). Name another port by PORT.",
                )
            ) from None


@contextlib.contextmanager
def running(child: Child, within: float = 60.0) -> Iterator[Child]:
    child.start(within)
    try:
        yield child
    finally:
        child.stop()


def search_keys(
    settings: Settings, engines: Engines, ended: threading.Event, say: Say
) -> tuple[str, str]:
    """The search-only and the writing key; a server that is away gets them when it comes back.

    Until `ended` it is looked after whether they are still there.
    """
    search_key = settings.meili_search_key
    write_key = os.environ.get("MEILI_WRITE_KEY")
    if search_key and write_key:
        return search_key, write_key
    master = engines.meili_master_key or ""

    def make() -> None:
        search_engine.make_keys(engines.meili_url, master, settings.meili_index)

    def keep_making() -> None:
        # A server that lost its data lost its keys too; the relay then fills it again.
        while not ended.wait(KEYS_EVERY):
            with contextlib.suppress(search_engine.SearchDown, search_engine.WriteRefused):
                make()

    try:
        make()
    except search_engine.SearchDown:
        say("Meilisearch 暂时连不上，由数据库代替检索。 / Meilisearch is away for now.")
    threading.Thread(target=keep_making, daemon=True).start()
    return search_engine.keys_of(master, settings.meili_index)


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
    refuse_a_busy_port(settings)
    try:
        while True:
            _serve_on_engines(settings, stopping, relay=relay, say=say)
            say("数据库和检索由另一进程启动，它已结束；现在自行启动。 / Its engines have ended.")
    finally:
        if told:
            say(f"{told[0]}：已停止。 / stopped.")


def _serve_on_engines(
    settings: Settings, stopping: threading.Event, *, relay: bool, say: Say
) -> None:
    """Serve for as long as the engines last, which may be those of another command."""
    from notices.migrating import migrate

    with contextlib.ExitStack() as started:
        engines = started.enter_context(
            Engines.open(
                settings.data,
                database_url=settings.database_url,
                meili_url=settings.meili_url,
                meili_master_key=settings.meili_master_key,
                meili_bin=settings.meili_bin,
                say=say,
            )
        )
        asyncio.run(migrate(engines.database_url))
        ended = threading.Event()
        started.callback(ended.set)
        search_key, write_key = search_keys(settings, engines, ended, say)
        environment = child_environment(settings, engines)

        def child(name: str, command: str, ready: Child | None, **more: str) -> Child:
            return Child(
                name,
                [sys.executable, "-m", "notices", command],
                env=environment | more,
                ready=lambda pid: ready is not None or answers(settings),
                log=None,
                cwd=Path.cwd(),
                say=say,
            )

        web = started.enter_context(running(child("web", "web", None, MEILI_SEARCH_KEY=search_key)))
        if relay:
            started.enter_context(running(child("relay", "relay", web, MEILI_WRITE_KEY=write_key)))
        say(f"{settings.site_name}: {settings.public_url}")
        while not engines.orphaned():
            stopping.wait(LOOK_AFTER)
