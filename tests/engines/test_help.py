"""Help: a guide for each certificate, made of the catalogue; what is asked often; privacy."""

import re
from html import unescape
from urllib.parse import quote

import httpx
import pytest

from notices.changing import exhibits, unfinished
from notices.deployment import Deployment
from notices.facts import durations
from notices.facts.certificate import Certificate
from notices.locale import SOURCE
from notices.pages.templating import typeset
from tests.api import declaration
from tests.stepping import submitted

pytestmark = pytest.mark.asyncio(loop_scope="session")

TAG = re.compile(r"<[^>]+>")
PAGES = ("/help", "/help/developers", "/privacy", "/help/company-seal")


def words(page: httpx.Response) -> str:
    """What a reader reads in the page's main part."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(TAG.sub(" ", main)).split())


def told(certificate: Certificate, language: str) -> list[str]:
    """What a guide has to say of a certificate, from the catalogue."""
    texts = [certificate.issuing_department, *(each.name for each in certificate.documents)]
    if certificate.number_hint:
        texts.append(certificate.number_hint)
    if certificate.elsewhere:
        texts.append(certificate.elsewhere.channel)
    texts += [field.label for field in certificate.fields]
    said = [certificate.name.in_(language), *(text.in_(language) for text in texts)]
    said = [typeset(each) if language == SOURCE else each for each in said]
    return [
        " ".join(each.split()) for each in (*said, *certificate.examples, certificate.legal_basis)
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_guide_says_what_the_catalogue_knows(
    client: httpx.AsyncClient, deployment: Deployment, language: str
) -> None:
    catalogue = deployment.catalogue
    for id, certificate in catalogue.certificates.items():
        page = await client.get(f"/help/{id}", params={"lang": language})
        text = words(page)
        matters = catalogue.matters_of(id)
        wanted = told(certificate, language)
        for matter in matters:
            assert matter.counter
            assert matter.accepts
            name = matter.name.in_(language)
            wanted += [typeset(name) if language == SOURCE else name]
            wanted += [typeset(matter.department), matter.counter.name]
            wanted += [matter.counter.telephone, matter.accepts.source]
            assert f'href="{matter.next_step_url}"' in page.text
        missing = [each for each in wanted if each.replace(" ", "") not in text.replace(" ", "")]

        assert page.status_code == 200
        assert not missing, (id, missing)


async def test_a_counter_of_several_matters_is_told_once(
    client: httpx.AsyncClient, deployment: Deployment
) -> None:
    first, *others = deployment.catalogue.matters_of("food-operation-license")
    text = words(await client.get("/help/food-operation-license"))

    assert others
    assert first.counter
    assert {each.counter for each in others} == {first.counter}
    assert text.count(first.counter.name) == 1
    assert all(each.matter_code and text.count(each.matter_code) == 1 for each in others)


async def test_a_period_is_told_by_the_days_of_a_notice_of_today(
    client: httpx.AsyncClient,
) -> None:
    with_period = words(await client.get("/help/mineral-right-license"))
    without = words(await client.get("/help/food-operation-license"))

    assert re.search(
        r"10个工作日 发布当天不算。今天发布，公示期到 \d{4}年\d+月\d+日（含当日）", with_period
    )
    assert "没有。发布就生效。" in without


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("Food-Operation-License", "food-operation-license"),
        ("餐饮服务许可证", "food-operation-license"),
        ("catering-service-license", "food-operation-license"),
        ("公章", "company-seal"),
        ("food-operation-license.reissue", "food-operation-license#matter-reissue"),
    ],
)
async def test_a_guide_is_found_by_whatever_name_it_is_asked_for(
    client: httpx.AsyncClient, asked: str, leads_to: str
) -> None:
    answer = await client.get(f"/help/{asked}")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/help/{leads_to}")


@pytest.mark.parametrize(
    ("asked", "leads_on"),
    [
        ("food-operation-licence", 'href="/help/food-operation-license"'),
        ("食品经营", 'href="/help/food-operation-license"'),
        ("身份证", "公安派出所"),
        ("xyzzy", 'href="/help#guides"'),
        ("<script>" + "x" * 3000, 'href="/help#guides"'),
    ],
)
async def test_a_certificate_that_is_none_of_ours_leads_on(
    client: httpx.AsyncClient, asked: str, leads_on: str
) -> None:
    answer = await client.get(f"/help/{quote(asked, safe='')}")

    assert answer.status_code == 404
    assert leads_on in answer.text
    assert "<script>x" not in answer.text
    assert 'href="tel:2512345"' in answer.text.partition("<main")[2].partition("</main>")[0]


async def test_every_anchor_that_help_links_to_is_there(client: httpx.AsyncClient) -> None:
    pages = {path: (await client.get(path)).text for path in PAGES}
    lacking = [
        (path, link)
        for path, text in pages.items()
        for link in re.findall(r'href="(/(?:help|privacy)?)?#([\w-]+)"', text.partition("<main")[2])
        if f'id="{link[1]}"' not in pages[link[0] or path]
    ]

    assert not lacking


async def test_what_is_asked_first_is_answered(client: httpx.AsyncClient) -> None:
    text = (await client.get("/help")).text

    for anchor in ("withdraw", "accepted", "free", "not", "public", "who", "wrong", "elsewhere"):
        assert f'id="{anchor}"' in text
    for paper in ("身份证", "护照", "驾驶证"):
        assert f"<dt>{paper}</dt>" in text
    assert "公开 10 年" in text


async def test_privacy_tells_the_terms_by_which_things_are_deleted(
    client: httpx.AsyncClient,
) -> None:
    page = words(await client.get("/privacy"))
    draft = durations.in_words(int(unfinished.LASTS.total_seconds())).zh
    form = durations.in_words(int(unfinished.KEPT.total_seconds())).zh
    file = durations.in_words(int(exhibits.ORPHAN_AFTER)).zh

    assert f"最后一次填写后 {draft}" in page
    assert f"最长 {form}；办成" in page
    assert f"{file}；丢弃那份声明时立即清除" in page
    for kept in ("关注的号码", "核验提醒", "整份文件", "没有填完的声明", "核验的次数", "网络地址"):
        assert kept in page
    assert "个人信息由 示例市行政审批服务局 处理" in page


async def test_addresses_of_data_stand_on_the_page_for_developers_alone(
    client: httpx.AsyncClient,
) -> None:
    start = (await client.get("/")).text
    page = await client.get("/help/developers")
    links = re.findall(r'<a href="(/[^"]*)"><code>', page.text)
    answers = {link: (await client.get(link, follow_redirects=True)).status_code for link in links}

    assert "/api/" not in start
    assert "openapi.json" not in start
    assert 'href="/help/developers"' in start
    assert len(links) == 8
    assert set(answers.values()) == {200}


async def test_steps_and_notices_lead_to_the_guide(restaurant: httpx.AsyncClient) -> None:
    step = await submitted(
        restaurant, {"certificate": "food-operation-license", "at": "matter", "to": "number"}
    )
    id = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]
    notice = await restaurant.get(f"/notices/{id}")
    done = await restaurant.get(f"/declare/done/{id}")

    for page in (step, notice, done):
        assert 'href="/help/food-operation-license"' in page.text
