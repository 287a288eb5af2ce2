"""What is text is compressed for whoever takes it, and no secret is told by a length."""

import gzip

import httpx
import pytest

from notices.demo import fill
from notices.deployment import Deployment
from notices.web.middleware.packing import takes_gzip
from tests.api import declaration
from tests.conftest import SignIn
from tests.owning import owned
from tests.samples import OFFICER

GZIP = {"accept-encoding": "gzip, deflate, br"}
PLAIN = {"accept-encoding": "identity"}


def nobody(done: int, count: int) -> None:
    pass


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True), ("gzip, deflate, br", True), ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("GZIP", True), ("x-gzip", True), ("*", True), ("deflate, gzip ; q=0.5", True),
        ("", False), ("identity", False), ("br", False), ("gzip;q=0", False),
        ("gzip; q=0.000, br", False), ("*;q=0", False), ("gzip;q=0, *", False),
        ("gzip;q=x", False), ("gzippy", False), ("gzip;level=9", True),
    ],
)  # fmt: skip
def test_only_who_takes_gzip_gets_it(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


@pytest.mark.parametrize(
    "path",
    [
        "/", "/notices", "/verify", "/declare", "/log", "/nowhere", "/notices/{id}",
        "/static/site.css", "/static/site.js", "/api/v1/catalogue",
        "/api/v1/notices/{id}", "/api/v1/events", "/notices/{id}.tlog-proof", "/feed.atom",
        "/schema/openapi.json", "/log/tile/entries/000.p/4", "/sitemap.xml",
    ],
)  # fmt: skip
async def test_what_is_text_is_packed_for_whoever_takes_it(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, deployment: Deployment, path: str
) -> None:
    # Of three the sitemap may have none, which persons' notices are not in, and is short then.
    await owned(fill(deployment, 40 if path == "/sitemap.xml" else 3, 1, nobody))
    path = path.replace(
        "{id}", (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]
    )

    plain = await client.get(path, headers=PLAIN)
    assert "content-encoding" not in plain.headers
    # A cache keeps either, and has to know which to give to whom.
    assert "Accept-Encoding" in plain.headers["vary"]
    assert int(plain.headers["content-length"]) == len(plain.content)
    async with client.stream("GET", path, headers=GZIP) as packed:
        raw = b"".join([part async for part in packed.aiter_raw()])
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == plain.headers["vary"]
    assert int(packed.headers["content-length"]) == len(raw) < len(plain.content)
    assert packed.status_code == plain.status_code
    assert abs(len(gzip.decompress(raw)) - len(plain.content)) < 100
    head = await client.head(path, headers=GZIP)
    assert (head.headers["content-encoding"], head.content) == ("gzip", b"")


@pytest.mark.parametrize(
    "path", ["/log/vkey", "/log/tile/0/000.p/40", "/notices/{id}.pdf", "/static/icon.svg"]
)
async def test_what_gets_no_smaller_stays_as_it_is(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, deployment: Deployment, path: str
) -> None:
    await owned(fill(deployment, 40, 1, nobody))
    id = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]

    answer = await client.get(path.replace("{id}", id), headers=GZIP)

    assert answer.status_code == 200
    assert "content-encoding" not in answer.headers


async def test_a_strong_tag_of_the_plain_form_is_not_said_of_the_packed_one(
    client: httpx.AsyncClient,
) -> None:
    plain = await client.get("/static/site.css", headers=PLAIN)
    packed = await client.get("/static/site.css", headers=GZIP)

    assert packed.headers["etag"] == "W/" + plain.headers["etag"]


async def test_a_page_of_somebody_who_is_signed_in_tells_nothing_by_its_length(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """His name stands beside what the address asks for, which another site may have chosen."""
    path = "/notices?q=某某餐饮店"

    own = await restaurant.get(path, headers=GZIP)
    assert "某某餐饮店" in own.text
    assert "content-encoding" not in own.headers
    assert "Accept-Encoding" in own.headers["vary"]
    assert (await client.get(path, headers=GZIP)).headers["content-encoding"] == "gzip"
    # What everybody is sent alike has nothing of his in it.
    for shared in ("/static/site.css", "/api/v1/catalogue"):
        packed = await restaurant.get(shared, headers=GZIP)
        assert packed.headers["content-encoding"] == "gzip"

    notice = (await restaurant.post("/api/v1/notices", json=declaration())).json()
    officer = await sign_in(OFFICER)
    objection = {"number": "JY13799990000011", "ground": "false", "text": "假的" * 90}
    anna = await sign_in({"kind": "person", "name": "张三", "identifier": "37999919000101001X"})
    filed = await anna.post(f"/api/v1/notices/{notice['id']}/objections", json=objection)
    assert filed.status_code == 201, filed.text
    waiting = await officer.get("/api/v1/objections", headers=GZIP)
    assert len(waiting.content) > 500
    assert "content-encoding" not in waiting.headers


async def test_much_is_packed_whole(client: httpx.AsyncClient, deployment: Deployment) -> None:
    await owned(fill(deployment, 120, 1, nobody))
    path = "/api/v1/events?limit=120"

    plain = await client.get(path, headers=PLAIN)
    packed = await client.get(path, headers=GZIP)

    assert len(plain.content) > 64 * 1024
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.json()["events"] == plain.json()["events"]
