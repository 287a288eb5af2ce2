"""What tests of the search index share: declaring many things quickly, and a relay at work."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from notices import declarations, relay
from notices.changing import amending, deciding
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.requests import Declaration
from notices.identity import Organisation, Person
from search.admin import Admin
from tests.api import declaration

USCC = "92379999MA0000023B"


async def declared(deployment: Deployment, number: str, **changes: Any) -> str:
    """The id of a new notice of `number`; `name` is its holder's."""
    name = changes.pop("name", "潍坊市奎文区某某餐饮店")
    holder = changes.pop("holder", {"kind": "organisation", "name": name, "identifier": USCC})
    body = declaration(number=number, holder=holder, confirm_unusual_number=True, **changes)
    if holder["kind"] == "organisation":
        person = Person(
            kind="organisation",
            name="李四",
            identifier="379999190001020023",
            organisation=Organisation(holder["name"], holder["identifier"]),
        )
    else:
        person = Person(kind="person", name=holder["name"], identifier=holder["identifier"])
    form = msgspec.convert(body, Declaration)
    now = datetime.now(UTC)
    certificate = declarations.check(deployment, person, form, now)
    done = await declarations.declare(deployment, person, form, certificate=certificate)
    return done.id


async def withdrawn(deployment: Deployment, id: str, name: str = "潍坊市奎文区某某餐饮店") -> None:
    person = Person(
        kind="organisation",
        name="李四",
        identifier="379999190001020023",
        organisation=Organisation(name, USCC),
    )
    await amending.withdraw(deployment, person, id, "found")


async def redacted(deployment: Deployment, id: str) -> None:
    officer = Person(kind="officer", name="王五", identifier="379999190001020023")
    await deciding.redact(deployment, officer, id, "x")


@contextlib.asynccontextmanager
async def relaying(deployment: Deployment, admin: Admin) -> AsyncIterator[None]:
    """A relay that follows the log until the end of the block."""
    stop = asyncio.Event()
    task = asyncio.create_task(relay.run(deployment, admin, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, 20)


async def until(is_so: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not await is_so():  # noqa: ASYNC110  (there is nothing that could wake us)
            await asyncio.sleep(0.02)


async def caught_up() -> bool:
    """Whether the index has taken all there is."""
    return (await relay.lag())[0] == 0


async def position() -> int:
    row = await DB.row("SELECT position FROM follower WHERE name = 'search'")
    return row["position"] if row else 0
