"""The public term of a person's notice: its text goes by itself, and no clock can make it go."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar

from migrations import notices_0027_persons as migration
from notices import register
from notices.audit import auditing
from notices.audit.comparing import Numbers
from notices.changing import deciding, expiring
from notices.database import DB
from notices.deployment import Deployment
from notices.facts import public_terms
from notices.facts.consents import VERSION, digest, publication
from notices.upkeep import tidying
from tests import api
from tests.conftest import SignIn
from tests.owning import owned
from tests.samples import ANNA

DRIVER: dict[str, Any] = {
    "certificate": "road-transport-practitioner-certificate", "matter": None, "copies": None,
    "number": ANNA["identifier"], "holder": ANNA, "issuer": "某某市交通运输局",
}  # fmt: skip
YEARS = 10


async def older(id: str, by: timedelta) -> None:
    await owned(
        DB.fetch(
            "UPDATE notice SET published_at = published_at - $2::interval WHERE id = $1", id, by
        )
    )


async def notice(client: httpx.AsyncClient, id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(api.of(id))).json()
    return found


async def test_the_text_goes_and_status_number_and_proofs_stay(
    client: httpx.AsyncClient, anna: httpx.AsyncClient, deployment: Deployment, database_url: str
) -> None:
    id = (await api.declared(anna, **DRIVER)).id
    kept = (await client.get(api.of(id, "receipt"))).json()
    before = await notice(client, id)
    long_ago = timedelta(days=366 * YEARS)
    await older(id, long_ago)

    await tidying.tidy(deployment)
    await tidying.tidy(deployment)  # another process, or the next round

    await older(id, -long_ago)  # as the log says, which the audit compares it with
    found = await notice(client, id)
    assert (found["holder"], found["number"], found["statement"]) == (None, None, None)
    assert (found["status"], found["published_at"]) == (before["status"], before["published_at"])
    assert [each["kind"] for each in found["events"]] == ["published", "redacted"]
    assert "公开期限已满" in (await client.get(f"/notices/{id}")).text
    asked = {"certificate": DRIVER["certificate"], "number": DRIVER["number"]}
    answer = (await anna.post("/api/v1/verifications", json=asked)).json()
    assert answer["notice"] == id
    proof = (await client.get(api.of(id, "receipt"))).json()
    assert (proof["entry"], proof["opening"]) == (kept["entry"], None)
    assert kept["opening"] is not None
    async with auditing.snapshot(database_url) as connection:
        numbers = Numbers(deployment.settings)
        await auditing.audit(connection, lambda done, total: None, numbers=numbers)


async def test_a_clock_alone_removes_nothing(
    anna: httpx.AsyncClient, deployment: Deployment
) -> None:
    """What is due by the time that a round was given is due by the entry's own time, or stays."""
    id = (await api.declared(anna, **DRIVER)).id

    removed = await expiring.expire_due(deployment, datetime.now(UTC) + timedelta(days=366 * 11))

    assert removed == 0
    assert (await notice(anna, id))["statement"]


@pytest.mark.parametrize(("days", "told"), [(29, True), (32, False)])
async def test_its_declarant_is_told_thirty_days_before(
    anna: httpx.AsyncClient, days: int, told: bool
) -> None:
    id = (await api.declared(anna, **DRIVER)).id
    now = datetime.now(UTC)
    await older(id, now.replace(year=now.year + YEARS) - now - timedelta(days=days))

    page = (await anna.get("/mine")).text

    assert ("公开期限将满" in page) == told


async def test_what_is_contested_or_an_organisations_stays(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient, sign_in: SignIn, deployment: Deployment
) -> None:
    person = (await api.declared(anna, **DRIVER)).id
    organisation = (await api.declared(restaurant)).id
    other = await sign_in({"kind": "person", "name": "赵六", "identifier": "379999195505050034"})
    objection = {"number": DRIVER["number"], "ground": "not_lost", "text": "证件在我手里。"}
    assert (await other.post(api.of(person, "objections"), json=objection)).status_code == 201
    for id in (person, organisation):
        await older(id, timedelta(days=366 * 50))

    await tidying.tidy(deployment)

    assert (await notice(anna, person))["statement"]
    assert (await notice(anna, organisation))["statement"]


async def test_what_is_objected_to_while_a_round_is_under_way_stays(
    anna: httpx.AsyncClient,
    sign_in: SignIn,
    deployment: Deployment,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    id = (await api.declared(anna, **DRIVER)).id
    other = await sign_in({"kind": "person", "name": "赵六", "identifier": "379999195505050034"})
    await older(id, timedelta(days=366 * 50))
    remove = deciding.remove

    async def later(*args: Any) -> Any:
        objection = {"number": DRIVER["number"], "ground": "not_lost", "text": "证件在我手里。"}
        assert (await other.post(api.of(id, "objections"), json=objection)).status_code == 201
        return await remove(*args)

    monkeypatch.setattr(deciding, "remove", later)

    assert await expiring.expire_due(deployment, datetime.now(UTC)) == 0
    assert (await notice(anna, id))["statement"]


async def test_what_was_consented_to_is_kept_with_the_notice(
    anna: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    for client, body, years in ((anna, DRIVER, YEARS), (restaurant, {}, None)):
        id = (await api.declared(client, **body)).id
        row = await DB.row(
            "SELECT consent_version, consent_sha256 FROM notice_private WHERE notice = $1", id
        )
        kind = "person" if years else "organisation"
        assert row is not None
        assert tuple(row.values()) == (VERSION, digest(publication(kind, years)))


def after(deployment: Deployment, years: int | None) -> Deployment:
    """The same city, whose catalogue says another public term by now."""
    id = DRIVER["certificate"]
    changed = dataclasses.replace(deployment.catalogue.certificates[id], public_term_years=years)
    certificates = {**deployment.catalogue.certificates, id: changed}
    catalogue = dataclasses.replace(deployment.catalogue, certificates=certificates)
    return dataclasses.replace(deployment, catalogue=catalogue)


@pytest.mark.parametrize(
    ("years", "later", "goes"),
    [
        pytest.param(20, 11, True, id="lengthened"),
        pytest.param(None, 11, True, id="for ever by now"),
        pytest.param(20, 9, False, id="lengthened, not over yet"),
        pytest.param(5, 6, True, id="shortened"),
    ],
)
async def test_no_later_catalogue_keeps_a_text_for_longer_than_was_agreed(
    anna: httpx.AsyncClient, deployment: Deployment, years: int | None, later: int, goes: bool
) -> None:
    id = (await api.declared(anna, **DRIVER)).id
    before = await register.get(id)
    agreed = public_terms.moved(before.published_at, YEARS)
    assert before.agreed_until == agreed
    by = timedelta(days=366 * later)
    await older(id, by)
    await owned(DB.fetch("UPDATE notice SET agreed_until = agreed_until - $1::interval", by))
    now = after(deployment, years)

    removed = await expiring.expire_due(now, datetime.now(UTC))

    assert removed == goes
    assert ((await notice(anna, id))["statement"] is None) == goes


async def test_what_was_agreed_to_for_ever_or_by_an_organisation_has_no_end(
    app: Litestar, anna: httpx.AsyncClient, restaurant: httpx.AsyncClient,
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    trade = (await api.declared(restaurant)).id
    monkeypatch.setattr(app.state, "deployment", after(deployment, None))
    person = (await api.declared(anna, **DRIVER)).id

    for id in (trade, person):
        assert (await register.get(id)).agreed_until is None


async def test_those_of_before_end_as_their_consent_says(
    anna: httpx.AsyncClient, deployment: Deployment
) -> None:
    """The migration finds the years by the hash of the text."""
    id = (await api.declared(anna, **DRIVER)).id
    before = await register.get(id)
    await owned(DB.fetch("UPDATE notice SET agreed_until = NULL"))

    await owned(DB.fetch(migration.AGREED))

    assert (await register.get(id)).agreed_until == before.agreed_until
