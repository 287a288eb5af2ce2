"""The application with its limits switched on, and strangers at addresses of their own."""

import dataclasses
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from notices.deployment import Deployment
from tests.conftest import BASE

From = Callable[[str], httpx.AsyncClient]


def key_of(app: Litestar) -> bytes:
    key: bytes = app.state.deployment.keys.sealer.passing
    return key


@pytest.fixture
def limited(app: Litestar, monkeypatch: pytest.MonkeyPatch) -> Litestar:
    here: Deployment = app.state.deployment
    on = dataclasses.replace(here, settings=dataclasses.replace(here.settings, rate_limits=True))
    monkeypatch.setattr(app.state, "deployment", on)
    return app


@pytest_asyncio.fixture(loop_scope="session")
async def strangers(
    limited: Litestar, database: None, engine_not_given_up: None
) -> AsyncIterator[From]:
    """Makes a client that nobody knows and that asks from the address given."""
    clients: list[httpx.AsyncClient] = []

    def at(address: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(
            app=limited, raise_app_exceptions=False, client=(address, 50_000)
        )
        clients.append(httpx.AsyncClient(transport=transport, base_url=BASE))
        return clients[-1]

    yield at
    for client in clients:
        await client.aclose()
