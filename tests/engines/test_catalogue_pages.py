"""What pages show of the catalogue: where one goes with a notice, and what is not asked."""

import json

import httpx
import msgspec
import pytest

from notices.deployment import Deployment
from tests.api import declaration
from tests.stepping import submitted

MATTER = "food-operation-license.reissue"


@pytest.mark.parametrize(
    ("language", "taken"),
    [("zh", "自 2026年1月1日 起，这个窗口认可本公告"), ("en", "this office accepts this notice")],
)
async def test_who_declared_is_told_where_to_go_and_that_the_notice_is_taken_there(
    restaurant: httpx.AsyncClient, deployment: Deployment, language: str, taken: str
) -> None:
    answer = await restaurant.post("/api/v1/notices", json=declaration(matter=MATTER))
    assert answer.status_code == 201, answer.text
    id = answer.json()["id"]
    matter = deployment.catalogue.matters[MATTER]
    assert matter.counter
    assert matter.accepts

    done = await restaurant.get(f"/declare/done/{id}", params={"lang": language})
    notice = await restaurant.get(f"/notices/{id}", params={"lang": language})
    await restaurant.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "found"})
    ended = await restaurant.get(f"/notices/{id}")

    for page in (done, notice):
        assert page.status_code == 200
        for said in (
            *(matter.counter.name, matter.counter.address, matter.counter.telephone),
            *(matter.counter.hours, matter.accepts.source, taken),
            f'href="{matter.next_step_url}"',
        ):
            assert said in page.text
    assert matter.counter.name not in ended.text


async def test_a_seals_form_asks_for_no_issuer(restaurant: httpx.AsyncClient) -> None:
    pages = {
        certificate: await submitted(
            restaurant, {"certificate": certificate, "at": "matter", "to": "number"}
        )
        for certificate in ("company-seal", "food-operation-license")
    }

    asked = {certificate: 'name="issuer"' in page.text for certificate, page in pages.items()}

    assert asked == {"company-seal": False, "food-operation-license": True}
    assert all('name="region"' in page.text for page in pages.values())


async def test_the_public_catalogue_shows_documents_and_counters(
    client: httpx.AsyncClient, deployment: Deployment
) -> None:
    answer = await client.get("/api/v1/catalogue")

    assert answer.json() == json.loads(msgspec.json.encode(deployment.catalogue.public()))
    assert all(each["documents"] for each in answer.json()["certificates"])
    assert all(each["counter"] for each in answer.json()["matters"])
