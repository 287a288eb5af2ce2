"""What search engines are led to and kept from, and whom to tell of a weakness."""

import struct
from datetime import UTC, datetime, timedelta
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import httpx
import pytest

from notices import register
from notices import settings as settings_
from notices.database import DB
from notices.demo import fill
from notices.deployment import Deployment
from notices.pages import crawling
from notices.settings import Settings, SettingsError
from tests.api import declaration
from tests.conftest import BASE, SignIn
from tests.owning import owned
from tests.publishing import redacted
from tests.samples import ANNA

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def nobody(done: int, count: int) -> None:
    pass


async def places(client: httpx.AsyncClient, path: str, root: str = "urlset") -> list[str]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/xml")
    tree = ElementTree.fromstring(answer.content)
    assert tree.tag == SPACE + root
    found = [str(each.text) for each in tree.iter(f"{SPACE}loc")]
    assert len(found) == len(set(found)) <= 50_000
    return found


async def test_the_sitemap_lists_pages_and_organisations_notices_only(
    restaurant: httpx.AsyncClient, sign_in: SignIn, deployment: Deployment
) -> None:
    shown = (await restaurant.post("/api/v1/notices", json=declaration())).json()
    removed = declaration(number="JY13799990000022", confirm_unusual_number=True)
    gone = (await restaurant.post("/api/v1/notices", json=removed)).json()
    await redacted(deployment, gone["id"])
    holder = {"kind": "person", "name": "张三", "identifier": ANNA["identifier"]}
    body = declaration(
        certificate="tobacco-retail-license", matter=None, number="379999000001", holder=holder
    )
    person = await (await sign_in(ANNA)).post("/api/v1/notices", json=body)
    assert person.status_code == 201

    found = await places(restaurant, "/sitemap.xml")

    assert found == [*(BASE + path for path in crawling.pages(deployment)), shown["links"]["html"]]
    for place in found:
        page = await restaurant.get(place)
        assert page.status_code == 200
        assert "noindex" not in page.text
    # A page that is not to be found has to be read, or nobody sees that it says so.
    own = await restaurant.get(f"/notices/{person.json()['id']}")
    assert '<meta name="robots" content="noindex">' in own.text
    pdf = await restaurant.get(f"/notices/{person.json()['id']}.pdf")
    assert pdf.headers["x-robots-tag"] == "noindex"


async def test_an_empty_register_has_a_sitemap_of_pages(
    client: httpx.AsyncClient, deployment: Deployment
) -> None:
    found = await places(client, "/sitemap.xml")

    assert found == [BASE + path for path in crawling.pages(deployment)]
    assert {BASE + "/help", BASE + "/privacy", BASE + "/help/company-seal"} < set(found)


@pytest.mark.parametrize("span", [1, 4, 5, 100])
async def test_what_does_not_fit_is_divided_and_every_part_is_bounded(
    client: httpx.AsyncClient, deployment: Deployment, monkeypatch: pytest.MonkeyPatch, span: int
) -> None:
    await owned(fill(deployment, 20, 1, nobody))
    whole = (await places(client, "/sitemap.xml"))[len(crawling.pages(deployment)) :]
    rows = await DB.fetch("SELECT id FROM notice WHERE holder_kind = 'organisation'")
    assert {place.rsplit("/", 1)[1] for place in whole} == {row["id"] for row in rows}
    monkeypatch.setattr(crawling, "SPAN", span)

    if span == 100:
        parts = ["/sitemap.xml?part=0"]
    else:
        parts = await places(client, "/sitemap.xml", "sitemapindex")
    divided = []
    for part in parts:
        found = await places(client, part)
        assert len(found) <= span + len(crawling.pages(deployment))
        divided += found

    assert sorted(divided) == sorted(
        [*(BASE + path for path in crawling.pages(deployment)), *whole]
    )


@pytest.mark.parametrize("part", ["1", "-1", "x", "", "9" * 30])
async def test_a_part_that_is_none_is_not_found(client: httpx.AsyncClient, part: str) -> None:
    assert (await client.get("/sitemap.xml", params={"part": part})).status_code == 404


async def test_a_part_is_read_by_an_index(client: httpx.AsyncClient) -> None:
    """A request may not cost more the longer the log is."""
    async with DB.transaction():
        await DB.fetch("SET LOCAL enable_seqscan = off")  # a small table is read whole
        plan = await DB.fetch("EXPLAIN " + register.SPAN_OF_ORGANISATIONS, 10_000, 20_000)
    text = "\n".join(row[0] for row in plan)
    assert "notice_newest_organisations" in text
    assert "Index Cond" in text
    assert "Sort" not in text


async def test_robots_may_read_notices_and_not_searches(client: httpx.AsyncClient) -> None:
    answer = await client.get("/robots.txt")
    rules = RobotFileParser()
    rules.parse(answer.text.splitlines())

    assert answer.headers["content-type"].startswith("text/plain")
    assert rules.site_maps() == [f"{BASE}/sitemap.xml"]
    for path, may in (
        ("/", True), ("/notices/37070000000136", True), ("/notices/37070000000136?lang=en", True),
        ("/declare", True), ("/notices?q=x", False), ("/api/v1/notices", False), ("/mine", False),
        ("/sign-in?next=/mine", False), ("/feed.atom", True), ("/static/site.css", True),
    ):  # fmt: skip
        assert rules.can_fetch("Anybot", BASE + path) is may, path


async def test_whoever_found_a_weakness_is_told_whom_to_tell(client: httpx.AsyncClient) -> None:
    answer = await client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:security@testserver.example"
    assert fields["Preferred-Languages"] == "zh, en"
    assert fields["Canonical"] == f"{BASE}/.well-known/security.txt"
    expires = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    # RFC 9116 asks for less than a year.
    assert timedelta(days=100) < expires - datetime.now(UTC) < timedelta(days=365)


@pytest.mark.parametrize(
    ("contact", "public_url", "told"),
    [
        ("", "https://notices.example", "mailto:security@notices.example"),
        ("", "http://localhost:8000", "mailto:security@localhost"),
        ("", "http://127.0.0.1:8000", "mailto:security@%5B127.0.0.1%5D"),
        ("mailto:a@b.example", "https://notices.example", "mailto:a@b.example"),
        ("https://b.example/tell", "https://notices.example", "https://b.example/tell"),
        ("tel:+86-536-0000000", "https://notices.example", "tel:+86-536-0000000"),
    ],
)
def test_the_contact_is_the_operators(contact: str, public_url: str, told: str) -> None:
    found = settings_.from_environment({"SECURITY_CONTACT": contact, "PUBLIC_URL": public_url})

    assert found.security_contact == told


@pytest.mark.parametrize(
    "contact", ["a@b.example", "http://b.example", "mailto:", "https://b\nExpires: x", "tel: 1"]
)
def test_a_contact_that_is_none_is_refused(contact: str) -> None:
    with pytest.raises(SettingsError, match="SECURITY_CONTACT"):
        settings_.from_environment({"SECURITY_CONTACT": contact})
    assert Settings().security_contact


async def test_the_icon_is_one(client: httpx.AsyncClient) -> None:
    answer = await client.get("/favicon.ico")

    assert answer.headers["content-type"] == "image/vnd.microsoft.icon"
    reserved, kind, count = struct.unpack_from("<HHH", answer.content)
    assert (reserved, kind, count) == (0, 1, 3)
    for number in range(count):
        width, *_, length, at = struct.unpack_from("<BBBBHHII", answer.content, 6 + 16 * number)
        picture = answer.content[at : at + length]
        assert picture.startswith(b"\x89PNG")
        assert struct.unpack_from(">II", picture, 16) == (width, width)


@pytest.mark.parametrize(
    "path", ["/robots.txt", "/sitemap.xml", "/.well-known/security.txt", "/favicon.ico"]
)
async def test_these_are_for_anybody_and_may_be_kept(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path, params={"utm_source": "x"})

    assert answer.status_code == 200
    assert "public" in answer.headers["cache-control"]
    assert answer.headers["access-control-allow-origin"] == "*"
    assert (await client.head(path)).status_code == 200
