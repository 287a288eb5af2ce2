"""What is offered to whoever types a search."""

import httpx
import pytest
import pytest_asyncio

from notices import relay
from notices.deployment import Deployment
from search.admin import Admin
from tests.publishing import declared

PLUM = "潍坊市奎文区梅思（第一）餐饮店"
PERSON = {"kind": "person", "name": "张三丰", "identifier": "37999919000101001X"}


@pytest_asyncio.fixture(loop_scope="session")
async def plum(client: httpx.AsyncClient, deployment: Deployment, admin: Admin) -> str:
    """A restaurant's notice, beside one of a person, in the index."""
    id = await declared(deployment, "JY13799990000011", name=PLUM)
    await declared(
        deployment, "37999919000101001X", holder=PERSON, matter=None, copies=None,
        certificate="road-transport-practitioner-certificate",
    )  # fmt: skip
    await relay.reindex(deployment, admin, lambda done, total: None)
    return id


async def suggestions(client: httpx.AsyncClient, q: str) -> list[dict[str, str]]:
    answer = await client.get("/api/v1/suggestions", params={"q": q})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, str]] = answer.json()["suggestions"]
    return found


@pytest.mark.parametrize("typed", ["梅思", "区梅", "潍坊", "meisi", "MSDY", "梅思（第"])
async def test_a_holder_is_completed(client: httpx.AsyncClient, plum: str, typed: str) -> None:
    assert {"kind": "holder", "text": PLUM} in await suggestions(client, typed)


async def test_a_certificate_is_completed_by_any_of_its_names(
    client: httpx.AsyncClient, plum: str
) -> None:
    expected = {"kind": "certificate", "text": "食品经营许可证", "id": "food-operation-license"}

    for typed in ("食品", "食品经营许可证", "餐饮服务许可", "shipinjing", "spjyx"):
        assert expected in await suggestions(client, typed)
    [english] = await suggestions(client, "food operation")
    assert (english["text"], english["id"]) == ("Food operation licence", expected["id"])


@pytest.mark.parametrize(
    ("typed", "text", "id"),
    [
        ("餐饮服务", "餐饮服务许可证", "catering-service-license"),
        ("财务", "财务专用章", "finance-seal"),
        ("法人章", "法定代表人名章", "legal-representative-seal"),
        ("finance s", "Finance seal", "finance-seal"),
    ],
)
async def test_a_paper_is_completed_by_its_own_names(
    client: httpx.AsyncClient, plum: str, typed: str, text: str, id: str
) -> None:
    found = await suggestions(client, typed)

    assert {"kind": "document", "text": text, "id": id} in found
    assert "食品经营许可证" not in [each["text"] for each in found if each["kind"] == "document"]


async def test_a_certificates_sound_completes_no_holders_name(
    client: httpx.AsyncClient, plum: str
) -> None:
    kinds = {each["kind"] for each in await suggestions(client, "shipinjingying")}

    assert kinds == {"certificate"}


async def test_a_number_is_completed_from_its_beginning(
    client: httpx.AsyncClient, plum: str
) -> None:
    for typed in ("JY137", "jy-1 3799", "编号：JY137", plum[:8]):
        assert plum in [each.get("id") for each in await suggestions(client, typed)]
    assert await suggestions(client, "JY1") == []
    assert await suggestions(client, plum[:6]) == []


@pytest.mark.parametrize("typed", ["张三丰", "37999919000101001", "3799991900", "zhangsanfeng"])
async def test_nothing_private_is_completed(
    client: httpx.AsyncClient, plum: str, typed: str
) -> None:
    assert await suggestions(client, typed) == []


@pytest.mark.parametrize("typed", ["", " ", "！？", "“”", "没有这样的名称"])
async def test_nothing_is_completed_from_nothing(
    client: httpx.AsyncClient, plum: str, typed: str
) -> None:
    assert await suggestions(client, typed) == []


async def test_too_much_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/suggestions?q=" + "x" * 201)).status_code == 400
    assert (await client.get("/api/v1/suggestions?p=x")).status_code == 400
