"""Real engines for whatever asks: PostgreSQL and Meilisearch, started once for the whole run.

The application is imported where a fixture needs it: who runs a test of one fact does not wait two
seconds for it, nor does each process of a run before the first one collects anything.
"""

from __future__ import annotations

import asyncio
import dataclasses
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import pytest_asyncio
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests import floors, provided
from tests.packages import pytest_collection_finish as pytest_collection_finish
from tests.packages import pytest_runtest_setup as pytest_runtest_setup
from tests.packages import pytest_terminal_summary as pytest_terminal_summary
from tests.properties import EXAMPLES
from tests.samples import ANNA, OFFICER, RESTAURANT

if TYPE_CHECKING:
    import httpx
    from litestar import Litestar

    from notices.deployment import Deployment
    from notices.settings import Settings
    from search.admin import Admin
    from tests.enginefarm import Farm

BASE = "http://testserver.example"
hypothesis.settings.register_profile(
    "suite",
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("suite")

FARM: Farm | None = None


def pytest_configure(config: pytest.Config) -> None:
    global FARM
    config.pluginmanager.register(floors)
    config.pluginmanager.register(provided)
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        from tests.enginefarm import Farm

        FARM = Farm()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Thousands of tests are there until the end: nobody looks through them for garbage again.

    Each process collects all of them, in 11 s and not in 16, and what follows is a little faster.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


DEAR = {
    "test_auditing", "test_backup", "test_canary", "test_conformance", "test_crash",
    "test_engine_cluster", "test_engines", "test_faults", "test_foreign", "test_lists",
    "test_openapi", "test_openid", "test_provider", "test_rehashing", "test_serving",
    "test_suggesting", "test_watching", "test_webhooks_served",
}  # fmt: skip
"""Files with something that takes seconds to make, which one process makes for all of its tests."""

READERS = {"test_architecture", "test_locale", "test_one_word", "test_statements"}
"""Files that look through all of the code, which one process parses for them (tests/sources.py)."""


def stem(nodeid: str) -> str:
    return nodeid.partition("::")[0].rpartition("/")[2].removesuffix(".py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of each floor what one process does alone comes first, or the others wait for it."""
    order = {floor: place for place, floor in enumerate(sorted(floors.FLOORS))}
    items.sort(
        key=lambda item: (
            order.get(floors.floor_of(item.nodeid), -1),
            stem(item.nodeid) not in READERS | DEAR,
        )
    )


class ByDearFile(LoadScopeScheduling):
    """The tests of each such file go to one process, every other test to whichever is free.

    All that is seen in a browser goes to one, for its service and its browser; what is computed is
    sent by the function, since a message takes longer than most cases of one. xdist's own groups
    go by a mark, and its suffix to the name of a test is not seen any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        floor = floors.floor_of(nodeid)
        if floor == "browser":
            return floor
        file = nodeid.partition("::")[0]
        name = stem(nodeid)
        if name in READERS:
            return "sources"
        if name in DEAR:
            return file
        return nodeid.partition("[")[0] if floor == "unit" else nodeid

    def _pending_of(self, workload: dict[str, dict[str, bool]]) -> int:
        """What is done is forgotten: after each test xdist counts all that a process ever ran."""
        for scope in [scope for scope, tests in workload.items() if all(tests.values())]:
            del workload[scope]
        return super()._pending_of(workload)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByDearFile:
    # In our order: by the number of its tests, what takes longest would come last.
    config.option.loadscopereorder = False
    return ByDearFile(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    """A process of a run ends at once, and not after two seconds of looking for garbage."""
    if FARM is not None:
        FARM.stop()
    if hasattr(config, "workerinput"):
        gc.disable()
        gc.freeze()


@pytest.fixture(scope="session")
def farm() -> tuple[str, str, str]:
    """Database URL, Meilisearch URL and master key; whoever asks first has them started."""
    from tests import enginefarm

    return enginefarm.running()


@pytest.fixture(scope="session")
def worker(worker_id: str) -> str:
    """A name of this process' own, for its database and its index."""
    return worker_id.replace("-", "_")


@pytest.fixture(scope="session")
def database_url(farm: tuple[str, str, str], worker: str) -> str:
    """This process' own database, as the role that owns it, who may do anything in it."""
    from tests import enginefarm

    base, _, _ = farm
    return enginefarm.create_database_now(base, f"t_{worker}")


@pytest.fixture(scope="session")
def settings(
    farm: tuple[str, str, str],
    worker: str,
    database_url: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    from notices.settings import Settings
    from search.admin import make_keys
    from tests import enginefarm

    _, meili_url, master_key = farm
    index = f"t_{worker}"
    search_key, _ = make_keys(meili_url, master_key, index)
    return Settings(
        public_url=BASE,
        data=tmp_path_factory.mktemp("data"),
        database_url=enginefarm.served(database_url),
        meili_url=meili_url,
        meili_master_key=master_key,
        meili_search_key=search_key,
        meili_index=index,
        demo=True,
        rate_limits=False,
    )


@pytest.fixture(scope="session")
def deployment(settings: Settings) -> Deployment:
    from notices import deployment

    return deployment.load(settings)


@pytest.fixture(scope="session")
def admin(settings: Settings) -> Admin:
    """The writing side of the search engine."""
    from search.admin import Admin, make_keys

    _, write_key = make_keys(
        settings.meili_url or "", settings.meili_master_key or "", settings.meili_index
    )
    return Admin(settings.meili_url or "", write_key)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def pool(
    settings: Settings, database_url: str, deployment: Deployment
) -> AsyncIterator[None]:
    """A migrated database and a pool on the one loop that tests and application share.

    As the role that serves, who may do in it what a service may; a test that does more connects
    to `database_url`.
    """
    from notices import data_keys
    from notices.database import DB
    from notices.migrating import migrate
    from tests import emptying, enginefarm

    await migrate(database_url, settings.database_url, auditor=enginefarm.audited(database_url))
    await emptying.prepare(database_url)
    await DB.start(settings.database_url or "", 10)
    await data_keys.begin(deployment.keys)
    yield
    await DB.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def database(pool: None, settings: Settings) -> None:
    """An empty register, of which its keys remember no longer log."""
    from notices.trust.signed import SIGNED
    from tests import emptying

    (settings.keys_folder / SIGNED).unlink(missing_ok=True)
    await emptying.empty()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def app(pool: None, settings: Settings, deployment: Deployment) -> AsyncIterator[Litestar]:
    from notices.app import create_app

    app = create_app(settings, deployment)
    started, ending = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            started.set()
            await ending.wait()

    # A task of its own: a fixture's two halves run in two tasks, and a lifespan must not.
    life = asyncio.create_task(live())
    started_or_failed = asyncio.create_task(started.wait())
    await asyncio.wait([life, started_or_failed], return_when=asyncio.FIRST_COMPLETED)
    if life.done():
        life.result()
    yield app
    ending.set()
    await life


@pytest_asyncio.fixture(loop_scope="session")
async def engine_not_given_up(app: Litestar) -> None:
    """What an earlier test did to the search engine is forgotten, and the numbers it was shown."""
    app.state.statistics._read_at = float("-inf")
    asking = app.state.finder.breaker
    if asking._away is not None:
        asking._away.cancel()
        asking._away = None


@pytest_asyncio.fixture(loop_scope="session")
async def client(
    app: Litestar, database: None, engine_not_given_up: None
) -> AsyncIterator[httpx.AsyncClient]:
    """Nobody's browser on the application, over an empty register."""
    import httpx

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


SignIn = Callable[[dict[str, Any]], Awaitable["httpx.AsyncClient"]]


@pytest_asyncio.fixture(loop_scope="session")
async def sign_in(
    app: Litestar, database: None, engine_not_given_up: None
) -> AsyncIterator[SignIn]:
    """Makes a client that is signed in as the person given."""
    import httpx

    clients: list[httpx.AsyncClient] = []

    async def make(person: dict[str, Any]) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url=BASE)
        clients.append(client)
        answer = await client.post("/api/v1/demo/login", json=person)
        assert answer.status_code == 204, answer.text
        return client

    yield make
    for client in clients:
        await client.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def restaurant(sign_in: SignIn) -> httpx.AsyncClient:
    """The restaurant's owner, signed in for it."""
    return await sign_in(RESTAURANT)


@pytest_asyncio.fixture(loop_scope="session")
async def anna(sign_in: SignIn) -> httpx.AsyncClient:
    """A person, signed in for herself."""
    return await sign_in(ANNA)


@pytest_asyncio.fixture(loop_scope="session")
async def officer(sign_in: SignIn) -> httpx.AsyncClient:
    return await sign_in(OFFICER)


@pytest_asyncio.fixture(loop_scope="session")
async def nothing_differs_at_the_end(
    database: None, database_url: str, settings: Settings
) -> AsyncIterator[None]:
    """Whatever happened, register, claims and seals are what the log says."""
    from notices.audit import auditing
    from notices.audit.comparing import Numbers

    yield
    async with auditing.snapshot(database_url) as connection:
        await auditing.audit(connection, lambda done, size: None, numbers=Numbers(settings))


@pytest.fixture
def uploads(deployment: Deployment) -> Path:
    """The folder of files that came along, without those of earlier tests."""
    folder = deployment.settings.uploads_folder
    for path in folder.glob("*/*"):
        path.unlink()
    return folder


@pytest.fixture
def another_settings(settings: Settings, tmp_path: Path) -> Callable[..., Settings]:
    """The same engines under changed settings."""

    def make(**changes: Any) -> Settings:
        return dataclasses.replace(settings, **changes)

    return make


SETTINGS = (
    "DATABASE_URL", "MEILI_URL", "PUBLIC_URL", "DEMO", "CATALOGUE", "REGIONS", "DATA", "PORT",
)  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def no_settings_from_outside() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as outside:
        for name in SETTINGS:
            outside.delenv(name, raising=False)
        yield
