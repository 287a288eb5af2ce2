"""What operators and other programs read: health, metrics, feed, keys."""

import base64
from xml.etree import ElementTree

import httpx
import pytest

from notices.deployment import Deployment, WrongKey, refuse_another_matching_key
from notices.trust.keys import Keys
from notices.trust.notes import NoteVerifier, parse_checkpoint
from tests.conftest import SignIn
from tests.samples import ANNA, declaration

ATOM = "{http://www.w3.org/2005/Atom}"


async def test_ready_tells_each_part_apart(restaurant: httpx.AsyncClient) -> None:
    await restaurant.post("/api/v1/notices", json=declaration())

    answer = await restaurant.get("/health/ready")

    body = answer.json()
    assert answer.status_code == 200
    assert (body["database"], body["search"], body["log_size"]) == ("up", "up", 1)
    assert body["relay"]["events"] == 1
    assert 0 <= body["relay"]["seconds"] < 60


async def test_metrics_name_routes_and_never_what_was_asked(restaurant: httpx.AsyncClient) -> None:
    await restaurant.get("/api/v1/notices/37070000000136")
    await restaurant.get("/api/v1/notices", params={"q": "secretword"})

    text = (await restaurant.get("/metrics")).text

    assert 'route="/api/v1/notices/{id}"' in text
    assert "notices_log_size 0.0" in text
    assert "37070000000136" not in text
    assert "secretword" not in text


async def test_the_feed_shows_the_newest_notices_of_organisations_only(
    restaurant: httpx.AsyncClient, sign_in: SignIn
) -> None:
    notice = (await restaurant.post("/api/v1/notices", json=declaration())).json()
    anna = await sign_in(ANNA)
    person = declaration(
        certificate="tobacco-retail-license", matter=None, number="379999000001",
        holder={"kind": "person", "name": "张三", "identifier": "37999919000101001X"},
    )  # fmt: skip
    assert (await anna.post("/api/v1/notices", json=person)).status_code == 201

    answer = await restaurant.get("/feed.atom")

    feed = ElementTree.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}id") for entry in entries] == [notice["links"]["html"]]
    assert entries[0].findtext(f"{ATOM}summary") == notice["statement"]
    assert answer.headers["content-type"].startswith("application/atom+xml")


async def test_an_empty_feed_is_a_feed(client: httpx.AsyncClient) -> None:
    assert ElementTree.fromstring((await client.get("/feed.atom")).content).tag == f"{ATOM}feed"


async def test_the_published_keys_open_what_the_service_signs(
    restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    receipt = (await restaurant.post("/api/v1/notices", json=declaration())).json()["receipt"]
    vkey = (await restaurant.get("/log/vkey")).text.strip()
    keys = (await restaurant.get("/.well-known/notice-keys.json")).json()

    assert parse_checkpoint(NoteVerifier(vkey).open(receipt["checkpoint"]))[1] == 1
    assert keys["log"] == [vkey]
    assert base64.b64decode(keys["answers"][0]["key"]) == deployment.keys.answers.public_key


async def test_another_matching_key_is_refused_at_start(
    client: httpx.AsyncClient, deployment: Deployment, tmp_path: object
) -> None:
    await refuse_another_matching_key(deployment.keys)
    other = Keys.open(tmp_path / "keys", "elsewhere")  # type: ignore[operator]

    with pytest.raises(WrongKey):
        await refuse_another_matching_key(other)
