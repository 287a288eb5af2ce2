"""Signing in at a platform that speaks OAuth 2 and answers in a format of its own."""

import asyncio
import dataclasses
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar import Litestar

from notices import identity, records
from notices.app import create_app
from notices.audit import auditing
from notices.audit.comparing import Numbers
from notices.changing import leaving
from notices.database import DB
from notices.deployment import Deployment
from notices.identity import Ward
from notices.limits import POLICIES
from notices.providers import configuration, parties
from notices.settings import Settings
from tests.api import declaration
from tests.conftest import BASE
from tests.declared import BIRTH
from tests.engines.test_pages import AGREED, CHILD_ID, FOOD, fields
from tests.provider.platform import CLIENT, SECRET, Platform, written
from tests.provider.visitor import Visitor, callback_at, signed_in_at
from tests.stepping import deployment_of, kept, submitted

pytestmark = pytest.mark.asyncio(loop_scope="session")

IN = "/sign-in/province"


@pytest.fixture(scope="module")
def started() -> Iterator[Platform]:
    with Platform() as platform:
        yield platform


@pytest.fixture
def platform(started: Platform) -> Platform:
    started.reset()
    return started


Making = Callable[..., Litestar]


@pytest.fixture(scope="module")
def service(
    started: Platform, deployment: Deployment, tmp_path_factory: pytest.TempPathFactory
) -> Making:
    """A service with the platform as its provider, described as told."""

    def of(*changes: tuple[str, str]) -> Litestar:
        file = written(tmp_path_factory.mktemp("province"), started.url, *changes)
        settings = dataclasses.replace(deployment.settings, demo=False, sign_in=file)
        providers = configuration.load(file)
        return create_app(
            settings, dataclasses.replace(deployment, settings=settings, providers=providers)
        )

    return of


@pytest.fixture(scope="module")
def usual(service: Making) -> Litestar:
    return service()


@asynccontextmanager
async def browser(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client
    await app.state.sign_in.close()


@pytest_asyncio.fixture(loop_scope="session")
async def client(usual: Litestar, database: None) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(usual) as client:
        yield client


async def who(client: httpx.AsyncClient) -> str | None:
    page = await client.get("/mine", follow_redirects=False)
    return None if page.is_redirect else page.text.partition('class="who">')[2].partition("<")[0]


def _with(url: str, **changes: str | None) -> str:
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    kept = {name: value for name, value in query.items() if value is not None}
    return parts._replace(query=urlencode(kept)).geturl()


async def test_a_person_and_an_organisation_sign_in(
    platform: Platform, client: httpx.AsyncClient
) -> None:
    answer = await signed_in_at(platform, client, f"{IN}?next=/declare", "anna")
    person = await who(client)
    await signed_in_at(platform, client, IN, "restaurant")
    made = await client.post("/api/v1/notices", json=declaration())

    assert (answer.status_code, answer.headers["location"]) == (303, "/declare")
    assert (person, await who(client)) == ("张三", "潍坊市奎文区某某餐饮店")
    assert (made.status_code, made.json()["evidence"]) == (201, "identity_verified")
    assert platform.count("corporation") == 1, "an organisation is asked for at its own address"


async def test_a_low_assurance_declares_for_itself(
    platform: Platform, client: httpx.AsyncClient
) -> None:
    platform.users["restaurant"] = platform.users["restaurant"] | {"authLevel": 1}
    await signed_in_at(platform, client, IN, "restaurant")

    made = await client.post("/api/v1/notices", json=declaration())

    assert made.json()["evidence"] == "self_declared"


async def test_what_is_asked_for_is_by_the_book(
    platform: Platform, client: httpx.AsyncClient, service: Making
) -> None:
    visitor = Visitor(platform, client)
    where = await visitor.sent_to_provider(IN)
    plain = service(("[provider.oauth2]\n", "[provider.oauth2]\npkce = false\n"))
    async with browser(plain) as other:
        bare = await Visitor(platform, other).sent_to_provider(IN)
        assert (await signed_in_at(platform, other, IN, "anna")).status_code == 303
    await visitor.close()
    asked, without = [parse_qs(urlsplit(each).query) for each in (where, bare)]

    assert asked["response_type"] == ["code"]
    assert asked["client_id"] == [CLIENT]
    assert asked["redirect_uri"] == [f"{BASE}{IN}/callback"]
    assert len(asked["state"][0]) >= 32
    assert asked["code_challenge_method"] == ["S256"]
    assert "code_challenge" not in without
    assert "nonce" not in asked


@pytest.mark.parametrize(
    "changes",
    [
        {"state": None}, {"state": ""}, {"state": "a" * 32}, {"code": None}, {"code": "x" * 5000},
        {"code": "another"}, {"iss": "https://another.example"},
        {"error": "access_denied", "code": None},
    ],
    ids=str,
)  # fmt: skip
async def test_an_answer_that_was_changed_on_its_way_is_refused(
    platform: Platform, client: httpx.AsyncClient, changes: dict[str, str | None]
) -> None:
    back = await callback_at(platform, client, IN, "anna")

    answer = await client.get(_with(back, **changes))

    assert answer.status_code == 400, answer.text
    assert await who(client) is None


async def test_an_answer_is_taken_once_and_from_the_browser_that_left(
    platform: Platform, usual: Litestar, database: None
) -> None:
    async with browser(usual) as client, browser(usual) as another:
        back = await callback_at(platform, client, IN, "anna")
        swapped = await callback_at(platform, another, IN, "low")
        code = parse_qs(urlsplit(swapped).query)["code"][0]

        assert (await another.get(back)).status_code == 400, "another browser's state"
        back = await callback_at(platform, client, IN, "anna")
        assert (await client.get(_with(back, code=code))).status_code == 400, "another's code"
        back = await callback_at(platform, client, IN, "anna")
        assert (await client.get(back)).status_code == 303
        used = parse_qs(urlsplit(back).query)["code"][0]
        back = await callback_at(platform, client, IN, "anna")
        assert (await client.get(_with(back, code=used))).status_code == 400, "a code again"


def _data(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def alter(said: dict[str, Any]) -> dict[str, Any]:
        data = {**(said["data"] or {}), **changes}
        return {**said, "data": {name: it for name, it in data.items() if it is not None}}

    return alter


LIES: dict[str, tuple[str, Callable[[dict[str, Any]], dict[str, Any]], int]] = {
    "a refusal with the status 200": ("userinfo", lambda it: {**it, "code": "40101"}, 400),
    "a refusal as a number": ("userinfo", lambda it: {**it, "code": 1}, 400),
    "no word of success": ("userinfo", lambda it: {"data": it["data"]}, 400),
    "an empty envelope": ("userinfo", lambda it: {**it, "data": None}, 400),
    "nobody": ("userinfo", _data(uid=None), 400),
    "a subject that is none": ("userinfo", _data(uid=["10001"]), 400),
    "an empty subject": ("userinfo", _data(uid=" "), 400),
    "somebody else": ("userinfo", _data(uid=10002), 400),
    "another client's token": ("token", _data(appId="another"), 400),
    "nobody's token": ("token", _data(appId=None), 400),
    "no token": ("token", _data(access_token=None), 400),
    "a token that is no text": ("token", _data(access_token=7), 400),
    "a token refused": ("token", lambda it: {**it, "code": "40001"}, 400),
    "a token in a refusal": (
        "token",
        lambda it: {**it, **it["data"], "code": "40001", "data": None},
        400,
    ),
    "another type than the token's": (
        "userinfo",
        lambda it: {
            **it,
            "data": {
                **it["data"],
                "userType": "2",
                "operatorName": "张三",
                "corporationName": "某某公司",
                "operatorCertNo": "37999919000101001X",
                "creditCode": "91379999MA00000156",
            },
        },
        400,
    ),
    "no name": ("userinfo", _data(userName=None), 403),
    "a name in stars": ("userinfo", _data(userName="张*"), 403),
    "a number in stars": ("userinfo", _data(certNo="3799**********001X"), 403),
    "another document": ("userinfo", _data(certType="999"), 403),
    "an account of no type": ("userinfo", _data(userType="9"), 403),
}


@pytest.mark.parametrize("lie", LIES)
async def test_what_proves_nothing_signs_nobody_in(
    platform: Platform, client: httpx.AsyncClient, lie: str
) -> None:
    endpoint, alter, status = LIES[lie]
    with platform.fault(endpoint, alter=alter):
        answer = await signed_in_at(platform, client, IN, "anna")

    assert answer.status_code == status, answer.text
    assert await who(client) is None
    assert (await signed_in_at(platform, client, IN, "anna")).status_code == 303


FAULTS: dict[str, dict[str, Any]] = {
    "down": {"down": True}, "html": {"html": True}, "500": {"status": 500},
    "elsewhere": {"redirect": "https://another.example/"}, "huge": {"huge": 3_000_000},
    "packed": {"packed": 30_000_000}, "a list": {"body": b"[]"}, "no text": {"body": b"\xff\xfe"},
    "slow": {"delay": 30}, "deep": {"body": b'{"a":' + b"[" * 100_000},
    "deeply refused": {"status": 400, "body": b'{"a":' + b"[" * 100_000},
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_platform_that_fails_is_told_from_one_that_lies(
    platform: Platform, client: httpx.AsyncClient, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notices.providers.fetching.SECONDS", 0.4)
    for endpoint in ("token", "userinfo"):
        with platform.fault(endpoint, **FAULTS[fault]):
            answer = await signed_in_at(platform, client, IN, "anna")

        assert answer.status_code == 503, (endpoint, answer.text)
        assert "省统一身份认证" in answer.text
        assert await who(client) is None


async def test_a_refusal_of_the_standards_own_form_is_one(
    platform: Platform, client: httpx.AsyncClient
) -> None:
    with platform.fault("token", status=400):
        answer = await signed_in_at(platform, client, IN, "anna")
    with platform.fault("userinfo", status=401, body=b'{"code": "40101", "msg": "expired"}'):
        other = await signed_in_at(platform, client, IN, "anna")

    assert (answer.status_code, other.status_code) == (400, 400)


@pytest.mark.parametrize(
    ("place", "sent"),
    [
        ('{ in = "form", name = "token" }', ("POST", {"token"}, None)),
        ('{ in = "header", name = "X-Token" }', ("GET", set(), "X-Token")),
        ('{ in = "header", name = "Authorization" }', ("GET", set(), "Authorization")),
    ],
)
async def test_the_token_is_sent_where_the_platform_wants_it(
    platform: Platform, service: Making, database: None, place: str, sent: tuple[str, set[str], str]
) -> None:
    app = service(('{ in = "query", name = "access_token" }', place))
    user = b'{"code": "0", "data": {"uid": 10001, "userType": "1", "userName": "\xe5\xbc\xa0",'
    user += b' "certType": "111", "certNo": "37999919000101001X"}}'
    async with browser(app) as client:
        with platform.fault("userinfo", body=user):
            answer = await signed_in_at(platform, client, IN, "anna")
    [asked] = [each for each in platform.asked if each.endpoint == "userinfo"]
    method, form, header = sent

    assert answer.status_code == 303, answer.text
    assert (asked.method, set(asked.form)) == (method, form)
    assert "?" not in asked.path, "no token in an address"
    if header is not None:
        assert len(asked.headers[header].removeprefix("Bearer ")) == 64
        assert asked.headers[header].startswith("Bearer ") == (header == "Authorization")


@pytest.mark.parametrize(
    ("code", "told"),
    [("40101", "40101"), (-3, "-3"), ("张三 379999", "another one"), ({}, "another")],
)
async def test_a_code_of_refusal_is_told_the_operator_and_nothing_else(
    platform: Platform, client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str], code: Any,
    told: str,
) -> None:  # fmt: skip
    with platform.fault("userinfo", alter=lambda said: {**said, "code": code}):
        await signed_in_at(platform, client, IN, "anna")
    logged = capsys.readouterr()

    assert f"code is {told}" in logged.out + logged.err
    assert "张三" not in logged.out + logged.err


async def test_an_account_that_is_true_or_false_is_nobodys(
    platform: Platform, client: httpx.AsyncClient
) -> None:
    platform.users["anna"] = platform.users["anna"] | {"uid": False}
    answer = await signed_in_at(platform, client, IN, "anna")

    assert (answer.status_code, await who(client)) == (400, None)


async def test_an_error_that_is_no_word_of_the_standard_is_not_logged(
    platform: Platform, client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    for error in ("用户张三不存在", "x" * 2000):
        body = json.dumps({"error": error}).encode()
        with platform.fault("token", status=400, body=body):
            await signed_in_at(platform, client, IN, "anna")
    logged = capsys.readouterr()

    assert "张三" not in logged.out + logged.err
    assert "xxxx" not in logged.out + logged.err


async def test_no_token_and_no_secret_is_logged(
    platform: Platform, client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    for fault in ({"down": True}, {"html": True}, {"status": 500}, {"status": 401}):
        with platform.fault("userinfo", **fault):
            await signed_in_at(platform, client, IN, "anna")
    told = capsys.readouterr()

    assert platform.tokens
    assert not [each for each in platform.tokens if each in told.out + told.err]
    assert SECRET not in told.out + told.err


async def test_a_platform_that_tells_of_no_ends_has_no_place_for_them(
    platform: Platform, client: httpx.AsyncClient
) -> None:
    answer = await client.post(f"{IN}/logout", data={"logout_token": "x"})
    await signed_in_at(platform, client, IN, "anna")
    out = await client.post("/sign-out")
    page = await client.get(out.headers["location"])

    assert answer.status_code == 404
    assert (out.status_code, page.status_code) == (303, 200)
    assert await who(client) is None


async def test_a_file_is_tried_by_asking_what_has_to_be_refused(
    platform: Platform, tmp_path: Path
) -> None:
    async def lacking(*changes: tuple[str, str]) -> list[str]:
        [provider] = configuration.load(written(tmp_path, platform.url, *changes))
        party = parties.of(provider)
        try:
            return [each.en for each in await party.lacking(f"{BASE}{IN}/callback")]
        finally:
            await party.close()

    assert await lacking() == []
    assert "/oauth2/nowhere: answered 404" in (await lacking(("/person", "/nowhere")))[0]
    assert "authorise: answered 404" in (await lacking(("2/authorize", "2/authorise")))[0]
    for endpoint, what, told in (
        ("token", {"html": True}, "token: answered no JSON object"),
        ("token", {"status": 401, "body": b'{"error": "invalid_client"}'}, "know us"),
        ("token", {"body": b'{"access_token": "x"}'}, "for a code that is nobody's"),
        ("userinfo", {"body": b'{"code": "0", "data": {"uid": 1}}'}, "nobody's"),
        ("corporation", {"down": True}, "corporation: "),
        ("authorization", {"down": True}, "authorize: "),
    ):
        with platform.fault(endpoint, **what):
            found = await lacking()
        assert [each for each in found if told in each], (endpoint, what, found)


async def test_a_phone_that_the_platform_vouches_for_is_proposed_once(
    platform: Platform, client: httpx.AsyncClient
) -> None:
    await signed_in_at(platform, client, IN, "restaurant")
    given = {name: it for name, it in FOOD.items() if name not in ("cause", "contact.phone")}
    page = await submitted(client, given | {"at": "number", "to": "loss"})
    proposed = fields(page)
    none = {"cause": "lost", "contact.phone": "", "at": "loss", "to": "check"}
    check = await submitted(client, proposed | none)
    back = await submitted(client, fields(check) | {"at": "check", "to": "loss"})

    assert proposed["contact.phone"] == "13800000002"
    assert "由登录平台提供，可以改" in page.text
    assert "13800000002" not in check.text
    assert fields(back)["contact.phone"] == "", "whoever took it away does not want it back"


CHILD = {"kind": "person", "name": "李小明", "identifier": "379999202001010015"}
BORN = BIRTH | {"relation": "parent", "holder": CHILD}


async def test_a_child_that_the_platform_knows_needs_no_confirmation(
    platform: Platform, client: httpx.AsyncClient, database_url: str, settings: Settings
) -> None:
    await signed_in_at(platform, client, IN, "guardian")
    as_ = {
        "parent": BORN,
        "guardian": BORN | {"number": "X990000002", "relation": "guardian"},
        "another name": BORN | {"number": "X990000003", "holder": CHILD | {"name": "王小"}},
        "another child": BORN
        | {"number": "X990000004", "holder": CHILD | {"identifier": CHILD_ID}},
    }
    answers = {name: await client.post("/api/v1/notices", json=it) for name, it in as_.items()}
    told = {name: answer.json() for name, answer in answers.items()}
    assert {answer.status_code for answer in answers.values()} == {201}, told
    private = await records.private_of(deployment_of(client), told["parent"]["id"])
    async with auditing.snapshot(database_url) as connection:
        numbers = Numbers(settings)
        await auditing.audit(connection, lambda done, size: None, numbers=numbers)

    question = {"certificate": BORN["certificate"], "number": BORN["number"]}
    answer = (await client.post("/api/v1/verifications", json=question)).json()
    assert answer["rests_on"]["zh"].startswith("依据是登录平台对声明人身份的核验")
    for name in ("parent", "guardian"):
        assert (told[name]["awaiting"], told[name]["status"]) == (None, "invalid"), told[name]
        assert told[name]["evidence"] == "identity_verified"
        assert "经确认后生效" not in told[name]["statement"]
    for name in ("another name", "another child"):
        assert told[name]["awaiting"] == "confirmation", told[name]
        assert told[name]["evidence"] == "self_declared"
    assert private.declarant.wards == (Ward("李小明", "379999202001010015"),)
    assert private.declarant.phone is None


async def test_whose_own_identity_is_not_verified_is_nobodys_known_guardian(
    platform: Platform, client: httpx.AsyncClient
) -> None:
    platform.users["guardian"] = platform.users["guardian"] | {"authLevel": 1}
    await signed_in_at(platform, client, IN, "guardian")

    declared = (await client.post("/api/v1/notices", json=BORN)).json()

    assert (declared["awaiting"], declared["status"]) == ("confirmation", "declared")
    assert "经确认后生效" in declared["statement"]
    assert declared["evidence"] == "self_declared"
    private = await records.private_of(deployment_of(client), declared["id"])
    assert private.declarant.wards == ()


async def test_what_is_published_for_a_child_is_what_the_check_page_showed(
    platform: Platform, client: httpx.AsyncClient
) -> None:
    await signed_in_at(platform, client, IN, "guardian")
    form = {
        "certificate": "birth-medical-certificate", "relation": "parent", "number": "X990000001",
        "copies": "original",
        "holder.name": "李小明", "holder.identifier_type": "resident-id", "region": "370705",
        "holder.identifier": CHILD["identifier"], "cause": "lost", "issuer": "潍坊市某某医院",
        "at": "loss", "to": "check",
    }  # fmt: skip
    check = await submitted(client, form)
    done = await submitted(client, fields(check) | AGREED | {"at": "check", "to": "publish"})

    assert "经工作人员或发证机关确认后才生效" not in check.text
    assert done.headers["location"].startswith("/declare/done/")


async def test_many_sign_in_at_once(platform: Platform, usual: Litestar, database: None) -> None:
    async def one() -> int:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=usual), base_url=BASE
        ) as client:
            return (await signed_in_at(platform, client, IN, "anna")).status_code

    assert await asyncio.gather(*(one() for _ in range(5))) == [303] * 5
    await usual.state.sign_in.close()


# Going on as another.


@pytest_asyncio.fixture(loop_scope="session")
async def several(
    platform: Platform, service: Making, database: None
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on a service whose platform knows for which organisations a person acts."""
    list_ = 'organisations = { claim = "corps", name = "corpName", identifier = "creditCode" }'
    app = service(('phone = "mobile"\nwards', f'phone = "mobile"\n{list_}\nwards'))
    platform.users["several"] = platform.users["anna"] | {
        "corps": [
            {"corpName": "潍坊市奎文区某某餐饮店", "creditCode": "92379999MA0000023B"},
            {"corpName": "潍坊市某某商贸有限公司", "creditCode": "91379999MA00000156"},
        ]
    }
    async with browser(app) as client:
        answer = await signed_in_at(platform, client, IN, "several")
        of = parse_qs(urlsplit(answer.headers["location"]).query)["of"][0]
        chosen = await client.post("/sign-in/as", data={"of": of, "who": "2"})
        assert chosen.status_code == 303
        yield client


async def test_whoever_acts_for_several_chooses_once_and_changes_later(
    several: httpx.AsyncClient,
) -> None:
    before = several.cookies["session"]
    anywhere = await several.get("/verify")
    page = await several.get("/sign-in/as?next=/verify")
    changed = await several.post("/sign-in/as?next=/verify", data={"who": "1"})

    assert 'href="/sign-in/as?next=%2Fverify"' in anywhere.text
    assert page.text.count("现在的身份") == 1
    assert (changed.status_code, changed.headers["location"]) == (303, "/verify")
    assert await who(several) == "潍坊市某某商贸有限公司"
    assert several.cookies["session"] != before, "another session"
    several.cookies["session"] = before
    assert await who(several) is None, "and the one before is over"


async def test_whoever_changes_stays_signed_in_no_longer_than_who_does_not(
    several: httpx.AsyncClient, deployment: Deployment
) -> None:
    token = several.cookies["session"]
    key = hashlib.sha256(token.encode()).digest()
    signed = await identity.who(deployment, token)
    assert signed is not None
    before = msgspec.structs.replace(signed, since=datetime.now(UTC) - timedelta(hours=23))
    sealed = deployment.keys.sealer.seal(msgspec.json.encode(before), key)
    await DB.fetch("UPDATE session SET sealed = $1", sealed)
    for who in ("1", "1", "2"):
        changed = await several.post("/sign-in/as?next=/mine", data={"who": who})
        assert changed.headers["location"] == "/mine"

    now = await identity.who(deployment, several.cookies["session"])
    assert now is not None
    assert 3590 < now.left <= 3600
    assert now.longest <= 3600


async def test_nobody_goes_on_from_a_session_that_is_signed_out_of_meanwhile(
    several: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = leaving.sign_in

    async def late(*args: Any) -> str:
        other = httpx.AsyncClient(
            transport=several._transport, base_url=BASE, cookies=several.cookies
        )
        assert (await other.post("/sign-out")).status_code == 303
        return await go_on(*args)

    monkeypatch.setattr(leaving, "sign_in", late)
    changed = await several.post("/sign-in/as?next=/mine", data={"who": "1"})

    assert changed.status_code == 401
    assert await DB.fetch("SELECT 1 FROM session") == []


async def test_who_has_signed_out_leaves_nothing_to_choose_from(
    platform: Platform, several: httpx.AsyncClient
) -> None:
    """On a computer of many others: an address in its history signs nobody in."""
    again = await signed_in_at(platform, several, IN, "several")
    signed_out = await several.post("/sign-out")
    page = await several.get(again.headers["location"])
    of = parse_qs(urlsplit(again.headers["location"]).query)["of"][0]
    chosen = await several.post("/sign-in/as", data={"of": of, "who": "0"})

    assert signed_out.status_code == 303
    assert (page.status_code, chosen.status_code) == (400, 400)
    assert "张三" not in page.text
    assert await who(several) is None


async def test_a_draft_is_taken_along_no_more_often_than_anything_is_sent(
    several: httpx.AsyncClient, service: Making, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await submitted(several, LICENCE)
    app = several._transport.app  # type: ignore[attr-defined]
    here = app.state.deployment
    on = dataclasses.replace(here.settings, rate_limits=True)
    monkeypatch.setattr(app.state, "deployment", dataclasses.replace(here, settings=on))
    most = max(POLICIES["submit"].most["address"].values())
    where = f"/sign-in?as=organisation&next=/declare/matter/{fields(page)['draft']}"
    told = [(await several.get(where)).status_code for _ in range(most + 1)]
    row = await DB.row("SELECT count(*) AS n FROM sign_in")

    assert (told[0], told[-1]) == (200, 429)
    assert row is not None
    assert row["n"] <= most


async def test_nobody_goes_on_as_whom_they_may_not_be(several: httpx.AsyncClient) -> None:
    for wrong in ("3", "-1", "", "x"):
        asked = await several.post("/sign-in/as?next=/mine", data={"who": wrong})
        assert asked.headers["location"] == "/sign-in/as?next=%2Fmine"
    foreign = {"Sec-Fetch-Site": "cross-site"}
    other = await several.post("/sign-in/as?next=/mine", data={"who": "1"}, headers=foreign)

    assert other.status_code == 403
    assert await who(several) == "张三"


LICENCE = {"certificate": "food-operation-license", "at": "certificate", "to": "matter"}


async def test_who_chose_an_organisations_certificate_goes_on_as_one_with_what_was_typed(
    several: httpx.AsyncClient,
) -> None:
    matter = await submitted(several, LICENCE)
    number = fields(matter) | {"matter": FOOD["matter"], "at": "matter", "to": "number"}
    page = await submitted(several, number)
    typed = {"number": FOOD["number"], "copies": "original", "region": "370705", "at": "number",
             "relation": "mandate", "holder.name": "另一个单位"}  # fmt: skip
    led = await several.post("/declare", data=fields(page) | typed | {"to": "organisation"})
    chosen = await several.get(led.headers["location"])
    done = await several.post(led.headers["location"], data={"who": "0"})
    step = await several.get(done.headers["location"])

    for shown in (matter, page):
        assert "换成单位身份，接着填" in shown.text
    assert led.headers["location"].startswith("/sign-in/as?next=%2Fdeclare%2Fnumber%2F")
    assert "正在填写的内容会带过去" in chosen.text
    assert done.headers["location"].startswith("/declare/number/")
    assert step.status_code == 200
    assert FOOD["number"] in step.text
    kept_now = await kept(several, fields(step))
    assert kept_now["matter"] == FOOD["matter"]
    assert not [name for name in kept_now if name == "relation" or name.startswith("holder")]


async def test_so_does_an_organisation_with_a_persons(several: httpx.AsyncClient) -> None:
    await several.post("/sign-in/as?next=/mine", data={"who": "0"})
    licence = {"certificate": "birth-medical-certificate", "at": "certificate", "to": "matter"}
    led = await several.post("/declare", data=licence)
    done = await several.post(led.headers["location"], data={"who": "2"})
    step = await several.get(done.headers["location"])

    assert led.headers["location"].startswith("/sign-in/as?next=%2Fdeclare%2Fmatter%2F")
    assert step.status_code == 200
    assert "出生医学证明" in step.text


@pytest.mark.parametrize(
    ("account", "typed"), [("colleague", False), ("own", True)], ids=["another", "the same"]
)
async def test_who_has_to_sign_in_anew_takes_along_what_is_theirs(
    platform: Platform, client: httpx.AsyncClient, account: str, typed: bool
) -> None:
    own = {"operatorName": "张三", "operatorCertNo": platform.users["anna"]["certNo"]}
    platform.users["own"] = platform.users["restaurant"] | own
    platform.users["colleague"] = platform.users["restaurant"]
    await signed_in_at(platform, client, IN, "anna")
    page = await submitted(client, LICENCE)
    given = fields(page) | {"matter": FOOD["matter"], "at": "matter", "to": "organisation"}
    led = await client.post("/declare", data=given)
    sign_in = await client.get(led.headers["location"])
    link = sign_in.text.partition('href="/sign-in/province?')[2].partition('"')[0]
    arrived = await signed_in_at(
        platform, client, f"/sign-in/province?{link.replace('&amp;', '&')}", account
    )
    step = await client.get(arrived.headers["location"])

    assert "以单位身份登录" in sign_in.text
    assert "已填写的内容都还在" in sign_in.text
    assert await who(client) == "潍坊市奎文区某某餐饮店"
    assert step.status_code == 200
    assert "食品经营许可证" in step.text
    assert ("matter" in await kept(client, fields(step))) is typed
