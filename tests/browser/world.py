"""A register in which everything happened once, with all who have to do with it."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from litestar import Litestar

from notices import agencies
from notices.changing import leaving
from notices.deployment import Deployment
from notices.identity import Person
from notices.web.authentication import cookie_name
from search.admin import Admin
from tests import api, emptying
from tests.api import declaration
from tests.conftest import BASE
from tests.engines.test_desk import COLLEAGUE, COMPANY, MANDATE, PNG, RIVAL, objected, send
from tests.owning import owned
from tests.publishing import caught_up, relaying, until
from tests.samples import ANNA, OFFICER, RESTAURANT

ISSUER = "潍坊市奎文区行政审批服务局"
NUMBERS = tuple(f"JY1379999{serial:07}" for serial in range(1, 30))
"""Of notices that are there the first ones, of what is still being typed the last."""


@dataclass(frozen=True)
class State:
    """A page as somebody meets it: what is asked, by whom, and what goes wrong meanwhile."""

    name: str
    who: httpx.AsyncClient
    path: str
    sent: dict[str, str] | None = None
    status: int = 200
    meanwhile: Callable[[], AbstractContextManager[object]] | None = None


@dataclass
class World:
    """Who is there, what happened, and the states that were met so far."""

    app: Litestar
    deployment: Deployment
    nobody: httpx.AsyncClient
    people: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    """The notices, by what became of each."""
    taken: str = ""
    """The number of the one that stands, which somebody else claims as well."""
    states: list[State] = field(default_factory=list)

    def met(self, name: str, who: httpx.AsyncClient, path: str, **more: Any) -> None:
        """A state, as it is asked each time."""
        assert name not in {state.name for state in self.states}, name
        self.states.append(State(name, who, path, **more))

    def came_to(self, name: str, who: httpx.AsyncClient, page: httpx.Response) -> None:
        """The page that `page` is, as it is asked again."""
        path = page.request.url.raw_path.decode()
        self.met(name, who, path, status=page.status_code)

    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=BASE)


@asynccontextmanager
async def world(app: Litestar, admin: Admin) -> AsyncIterator[World]:
    """Everything happened, can be found, and was looked at by nobody yet."""
    await emptying.empty()
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    nobody = httpx.AsyncClient(transport=transport, base_url=BASE)
    made = World(app, app.state.deployment, nobody)
    async with relaying(made.deployment, admin):
        await _signed_in(made)
        await _declared(made)
        await _decided(made)
        await until(caught_up)
    yield made
    for client in (nobody, *made.people.values()):
        await client.aclose()


async def _signed_in(world: World) -> None:
    for name, person in {
        "restaurant": RESTAURANT, "anna": ANNA, "officer": OFFICER, "colleague": COLLEAGUE,
        "rival": RIVAL,
    }.items():  # fmt: skip
        world.people[name] = world.client()
        answer = await world.people[name].post("/api/v1/demo/login", json=person)
        assert answer.status_code == 204, answer.text
    agency, _ = await owned(agencies.add(ISSUER, [ISSUER], scopes=("verify", "batch", "issue")))
    clerk = Person("agency", "周八", "37999919000104006X", agency=agency.id)
    token = await leaving.sign_in(world.deployment, clerk, None)
    world.people["clerk"] = world.client()
    world.people["clerk"].cookies.set(cookie_name(world.deployment), token)


BECAME = (
    "invalid", "withdrawn", "annulled", "redacted", "contested", "objected", "replaced",
)  # fmt: skip


async def _declared(world: World) -> None:
    restaurant, rival = world.people["restaurant"], world.people["rival"]
    for name, number in zip(BECAME, NUMBERS, strict=False):
        notice = await api.declared(restaurant, api.unusual(number, issuer=ISSUER))
        world.ids[name] = notice.id
    world.taken = NUMBERS[0]
    title = declaration(
        certificate="real-estate-title", matter=None, copies=None, confirm_unusual_number=True,
        number="鲁（2020）潍坊市奎文区不动产权第0000001号",
    )  # fmt: skip
    world.ids["title"] = (await api.declared(restaurant, title)).id
    seal = declaration(
        certificate="company-seal", document="finance-seal", matter=None, number=None, copies=None,
        details={"count": 1}, issued_on=None,
    )  # fmt: skip
    running = await api.declared(restaurant, seal)
    assert running.status == "declared"
    world.ids["running"] = running.id
    world.ids["awaiting"] = (await api.declared(world.people["anna"], MANDATE, PNG)).id
    theirs = api.unusual(world.taken, holder={"kind": "organisation", **COMPANY})
    assert (await api.offer(rival, theirs)).status_code == 409


async def _decided(world: World) -> None:
    ids, officer = world.ids, world.people["officer"]
    for name in ("contested", "objected"):
        await objected(world.people["anna"], ids[name], NUMBERS[BECAME.index(name)])
    admit = {"decision": "admit", "reason": "有证件原件的照片"}
    annul = {"decision": "annul", "reason": "号码写错了"}
    for who, path, body in [
        ("restaurant", api.of(ids["withdrawn"], "withdrawal"), {"reason": "found"}),
        ("officer", api.of(ids["contested"], "decisions"), admit),
        ("officer", api.of(ids["annulled"], "decisions"), annul),
        ("clerk", api.of(ids["replaced"], "replacement"), {"issued_on": "2026-11-20"}),
    ]:
        answer = await world.people[who].post(path, json=body)
        assert answer.status_code == 201, answer.text
    done = await send(officer, f"/desk/{ids['redacted']}/redact", reason="法院判决", sure="yes")
    assert done.status_code == 303, done.text
