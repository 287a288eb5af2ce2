"""Signing in at a provider by OpenID Connect: a real one, and everything that could be forged."""

import asyncio
import dataclasses
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar import Litestar
from structlog.testing import capture_logs

from notices import agencies
from notices.app import create_app
from notices.audit import auditing
from notices.audit.comparing import Numbers
from notices.changing import following
from notices.database import DB
from notices.deployment import Deployment, WrongDatabase, refuse_another_database
from notices.limits import POLICIES
from notices.providers import configuration
from notices.providers.openid import OpenID, ProviderDown
from notices.settings import Settings
from notices.trust.watching import Difference
from tests import api
from tests.api import declaration
from tests.commands import run
from tests.conftest import BASE
from tests.owning import owned
from tests.provider.forging import WRONG_ID_TOKENS, WRONG_LOGOUT_TOKENS
from tests.providing import Provider, Visitor, callback_at, example, signed_in_at

pytestmark = pytest.mark.asyncio(loop_scope="session")

IN = "/sign-in/province"
BACK = f"{BASE}{IN}/callback"
STAFF = {
    "kinds": ["officer"], "allow": {"claim": "groups", "any": ["notices-desk"]},
    "second_factor": {"claim": "amr", "any": ["otp"]},
    "roles": {"claim": "groups", "map": {"notices-lead": "supervisor"}},
}  # fmt: skip
PLAIN = {"name": "name", "identifier": "id_number"}
Making = Callable[..., Litestar]


@pytest.fixture(scope="module")
def service(
    started_provider: Provider,
    deployment: Deployment,
    tmp_path_factory: pytest.TempPathFactory,
) -> Making:
    """A service whose one provider is as told; one of a kind is made once."""
    made: dict[str, Litestar] = {}

    def of(id: str = "province", **more: Any) -> Litestar:
        if id not in made:
            folder = tmp_path_factory.mktemp(id)
            file = started_provider.sign_in_file(folder, id, **more)
            settings = dataclasses.replace(deployment.settings, demo=False, sign_in=file)
            known = dataclasses.replace(
                deployment, settings=settings, providers=configuration.load(file)
            )
            made[id] = create_app(settings, known)
        for party in made[id].state.sign_in.known.values():
            party.forget()
        return made[id]

    return of


@asynccontextmanager
async def browser(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client
    await app.state.sign_in.close()


@pytest_asyncio.fixture(loop_scope="session")
async def client(service: Making, database: None) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on a service with the province's provider."""
    async with browser(service()) as client:
        yield client


async def who(client: httpx.AsyncClient) -> str | None:
    """Whose name stands in the header of a page."""
    page = await client.get("/mine", follow_redirects=False)
    return None if page.is_redirect else page.text.partition('class="who">')[2].partition("<")[0]


async def test_a_person_signs_in_and_declares_as_verified(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    answer = await signed_in_at(provider, client, f"{IN}?next=/declare?certificate=x", "restaurant")

    assert (answer.status_code, answer.headers["location"]) == (303, "/declare?certificate=x")
    assert await who(client) == "潍坊市奎文区某某餐饮店"
    made = await client.post("/api/v1/notices", json=declaration())
    assert made.status_code == 201, made.text
    assert made.json()["evidence"] == "identity_verified"


async def test_a_low_assurance_declares_for_itself(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    provider.changed("restaurant", acr="low")
    await signed_in_at(provider, client, IN, "restaurant")

    made = await client.post("/api/v1/notices", json=declaration())

    assert made.json()["evidence"] == "self_declared"


async def test_what_is_asked_for_is_by_the_book(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    visitor = Visitor(provider, client)
    first, second = [await visitor.sent_to_provider(f"{IN}?lang=en") for _ in range(2)]
    await visitor.close()
    asked, again = [
        {name: values[0] for name, values in parse_qs(urlsplit(each).query).items()}
        for each in (first, second)
    ]

    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["scope"] == "openid profile"
    assert asked["ui_locales"] == "en"
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name]) >= 32
        assert asked[name] != again[name]


async def test_whoever_acts_for_several_organisations_chooses_one(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    answer = await signed_in_at(provider, client, f"{IN}?next=/mine", "several")
    page = await client.get(answer.headers["location"])
    of = parse_qs(urlsplit(answer.headers["location"]).query)["of"][0]
    foreign = {"Sec-Fetch-Site": "cross-site"}
    other = await client.post("/sign-in/as", data={"of": of, "who": "1"}, headers=foreign)
    none = await client.post("/sign-in/as", data={"of": of, "who": "9"})
    chosen = await client.post("/sign-in/as", data={"of": of, "who": "1"})
    twice = await client.post("/sign-in/as", data={"of": of, "who": "0"})

    assert other.status_code == 403, "a page of another site chooses for nobody"
    assert [name in page.text for name in ("餐饮店", "商贸有限公司", "李四")] == [True] * 3
    assert none.headers["location"] == f"/sign-in/as?{urlencode({'of': of})}"
    assert chosen.headers["location"] == "/mine"
    assert twice.status_code == 400
    assert await who(client) == "潍坊市某某商贸有限公司"


async def test_whoever_goes_on_as_another_is_asked_anew_or_has_the_same_session_there(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    visitor = Visitor(provider, client)
    asked = await visitor.sent_to_provider(f"{IN}?as=organisation&next=/declare")
    await visitor.close()
    answer = await signed_in_at(provider, client, f"{IN}?next=/mine", "several")
    of = parse_qs(urlsplit(answer.headers["location"]).query)["of"][0]
    await client.post("/sign-in/as", data={"of": of, "who": "1"})
    await client.post("/sign-in/as?next=/mine", data={"who": "0"})
    changed = await who(client)
    provider.end("several")
    [token] = provider.caught()
    await client.post(f"{IN}/logout", data={"logout_token": token})

    assert parse_qs(urlsplit(asked).query)["prompt"] == ["login"]
    assert changed == "潍坊市奎文区某某餐饮店"
    assert await who(client) is None


async def test_an_officer_needs_a_group_and_a_second_factor(
    provider: Provider, service: Making, database: None
) -> None:
    app = service("desk", claims=PLAIN, **STAFF)
    provider.changed("late", name="王五", id_number="379999190001020023",
                     groups=["notices-desk"], acr="high", amr=["pwd"])  # fmt: skip
    for account, status in (("anna", 403), ("late", 403), ("officer", 303)):
        async with browser(app) as client:
            answer = await signed_in_at(provider, client, "/sign-in/desk", account)
            objections = await client.get("/api/v1/objections")

        assert answer.status_code == status, (account, answer.text)
        assert objections.status_code == (200 if status == 303 else 401)
    rows = await DB.fetch(
        "SELECT entry::jsonb ->> 'what' AS what, entry::jsonb ->> 'who' AS who,"
        " entry::jsonb -> 'about' ->> 0 AS about FROM journal ORDER BY number"
    )
    assert [(row["what"], row["about"]) for row in rows] == [
        ("sign_in_failed", "provider desk"), ("sign_in_failed", "provider desk"),
        ("signed_in", None),
    ]  # fmt: skip
    assert len({row["who"] for row in rows} - {None}) == 3


async def test_an_officers_role_is_shown_and_kept_with_what_they_decide(
    provider: Provider, service: Making, restaurant: httpx.AsyncClient
) -> None:
    app = service("desk", claims=PLAIN, **STAFF)
    provider.changed("lead", id_number="379999190003030014")  # nobody decides a case of their own
    notice = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]
    shown = {}
    for account in ("officer", "lead"):
        async with browser(app) as client:
            await signed_in_at(provider, client, "/sign-in/desk", account)
            shown[account] = 'class="role">主管<' in (await client.get("/desk")).text
            if account == "lead":
                decided = await client.post(
                    f"/api/v1/notices/{notice}/redaction", json={"reason": "法院要求"}
                )

    assert shown == {"officer": False, "lead": True}
    event = decided.json()["index"]
    row = await DB.row("SELECT sealed FROM event_private WHERE event = $1", event)
    assert row is not None
    sealer = app.state.deployment.keys.sealer
    kept = msgspec.json.decode(sealer.open(row["sealed"], following.place(event)))
    assert kept["officer"]["roles"] == ["supervisor"]


async def test_an_identifier_that_is_masked_is_refused(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    provider.changed("anna", id_number="3799**********001X")

    answer = await signed_in_at(provider, client, IN, "anna")

    assert answer.status_code == 403
    assert "星号" in answer.text
    assert await who(client) is None


@pytest.mark.parametrize("how", sorted(WRONG_ID_TOKENS))
async def test_a_token_that_proves_nothing_signs_nobody_in(
    provider: Provider, client: httpx.AsyncClient, how: str
) -> None:
    with provider.forging(how):
        answer = await signed_in_at(provider, client, IN, "anna")

    assert answer.status_code == 400, answer.text
    assert "没有通过核对" in answer.text
    assert await who(client) is None
    assert (await signed_in_at(provider, client, IN, "anna")).status_code == 303


async def test_userinfo_about_somebody_else_is_not_believed(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    with provider.front.fault("userinfo", alter=lambda said: {**said, "sub": "another"}):
        answer = await signed_in_at(provider, client, IN, "anna")

    assert answer.status_code == 400


async def test_what_userinfo_alone_knows_is_read_and_the_token_comes_first(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    provider.changed("anna", only={"id_number": "userinfo"})
    with provider.front.fault("userinfo", alter=lambda said: {**said, "name": "李四"}):
        answer = await signed_in_at(provider, client, IN, "anna")

    assert answer.status_code == 303
    assert await who(client) == "张三"


def _with(url: str, **changes: str | None) -> str:
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    kept = {name: value for name, value in query.items() if value is not None}
    return parts._replace(query=urlencode(kept)).geturl()


@pytest.mark.parametrize(
    "changes",
    [
        {"state": None}, {"state": ""}, {"state": "a" * 32}, {"code": None}, {"code": "x" * 5000},
        {"code": "another"}, {"iss": "https://another.example"}, {"iss": None},
        {"error": "access_denied", "code": None},
    ],
    ids=str,
)  # fmt: skip
async def test_an_answer_that_was_changed_on_its_way_is_refused(
    provider: Provider, client: httpx.AsyncClient, changes: dict[str, str | None]
) -> None:
    back = await callback_at(provider, client, IN, "anna")

    answer = await client.get(_with(back, **changes))

    assert answer.status_code == 400, answer.text
    assert await who(client) is None
    assert "sign-in" in answer.text


async def test_an_answer_is_taken_once_and_from_the_browser_that_left(
    provider: Provider, service: Making, database: None
) -> None:
    app = service()
    async with browser(app) as client, browser(app) as another:
        back = await callback_at(provider, client, IN, "anna")
        swapped = await callback_at(provider, another, IN, "low")
        code = parse_qs(urlsplit(swapped).query)["code"][0]

        assert (await another.get(back)).status_code == 400, "another browser's state"
        assert (await client.get(back)).status_code == 400, "it was used up by that"
        back = await callback_at(provider, client, IN, "anna")
        assert (await client.get(_with(back, code=code))).status_code == 400, "another's code"
        back = await callback_at(provider, client, IN, "anna")
        assert (await client.get(back)).status_code == 303
        assert (await client.get(back)).status_code == 400, "once more"


async def test_two_windows_sign_in_at_once(provider: Provider, client: httpx.AsyncClient) -> None:
    first = await callback_at(provider, client, f"{IN}?next=/declare", "anna")
    second = await callback_at(provider, client, f"{IN}?next=/mine", "anna")

    answers = [await client.get(second), await client.get(first)]

    assert [each.headers.get("location") for each in answers] == ["/mine", "/declare"]


async def test_whoever_takes_too_long_begins_again(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    back = await callback_at(provider, client, IN, "anna")
    await owned(DB.fetch("UPDATE sign_in SET expires_at = now() - interval '1 s'"))

    assert (await client.get(back)).status_code == 400


@pytest.mark.parametrize("keep", [True, False])
async def test_a_new_key_of_the_provider_is_asked_for(
    provider: Provider, client: httpx.AsyncClient, keep: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await signed_in_at(provider, client, IN, "anna")).status_code == 303
    provider.rotate(keep=keep)
    monkeypatch.setattr("notices.providers.tokens.NOT_AGAIN", 0)

    assert (await signed_in_at(provider, client, IN, "anna")).status_code == 303
    assert provider.front.count("jwks") == 2


async def test_unknown_keys_do_not_make_us_ask_again_and_again(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    with provider.forging("signed by an unknown kid"):
        for _ in range(5):
            await signed_in_at(provider, client, IN, "anna")

    assert provider.front.count("jwks") == 1


FAULTS: dict[str, dict[str, Any]] = {
    "down": {"down": True}, "html": {"html": True}, "500": {"status": 500},
    "elsewhere": {"redirect": "https://another.example/"}, "huge": {"huge": 3_000_000},
    "packed": {"packed": 30_000_000}, "an empty object": {"body": b"{}"},
    "a list": {"body": b"[]"}, "no text": {"body": b"\xff\xfe"},
    "slow": {"delay": 30},
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("endpoint", ["discovery", "jwks", "token", "userinfo"])
async def test_a_provider_that_fails_is_told_from_one_that_lies(
    provider: Provider,
    client: httpx.AsyncClient,
    endpoint: str,
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as hurried, provider.front.fault(endpoint, **FAULTS[fault]):
        hurried.setattr("notices.providers.fetching.SECONDS", 0.5)
        if endpoint == "discovery":
            answer = await client.get(IN)
        else:
            answer = await signed_in_at(provider, client, IN, "anna")

    assert answer.status_code in (503, 400), answer.text
    if answer.status_code == 503:
        assert answer.headers["retry-after"] == "30"
        assert "省统一身份认证" in answer.text
    else:  # an empty answer proves nothing
        assert fault == "an empty object"
    assert await who(client) is None
    assert (await signed_in_at(provider, client, IN, "anna")).status_code == 303


async def test_a_service_whose_provider_is_down_serves_all_the_same(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    with provider.front.fault("discovery", down=True):
        assert (await client.get("/verify")).status_code == 200
        assert (await client.get("/sign-in")).status_code == 200


async def test_what_a_provider_says_of_itself_is_asked_for_once_by_many(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    with provider.front.fault("discovery", delay=0.3):
        answers = await asyncio.gather(*(client.get(IN) for _ in range(8)))

    assert [each.status_code for each in answers] == [303] * 8
    assert provider.front.count("discovery") == 1


async def test_another_issuer_is_not_believed(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    other = {"issuer": "https://another.example"}
    with provider.front.fault("discovery", alter=lambda said: {**said, **other}):
        assert (await client.get(IN)).status_code == 503


@pytest.mark.parametrize("url", ["http://id.example/authorize", "javascript:alert(1)", "data:,x"])
@pytest.mark.parametrize("name", ["authorization_endpoint", "end_session_endpoint"])
async def test_no_browser_is_sent_where_a_provider_speaks_in_the_clear(
    provider: Provider, client: httpx.AsyncClient, name: str, url: str
) -> None:
    with provider.front.fault("discovery", alter=lambda said: {**said, name: url}):
        assert (await client.get(IN)).status_code == 503


@pytest.mark.parametrize(
    ("site", "leads"), [("none", "provider"), ("same-origin", "provider"), ("same-site", "page"),
                        ("cross-site", "page")],
)  # fmt: skip
async def test_a_link_of_another_site_signs_nobody_in_who_has_not_asked_for_it(
    provider: Provider, client: httpx.AsyncClient, site: str, leads: str
) -> None:
    answer = await client.get(f"{IN}?next=/declare", headers={"Sec-Fetch-Site": site})

    assert answer.status_code == 303
    where = answer.headers["location"]
    assert where == "/sign-in?next=%2Fdeclare" if leads == "page" else "code_challenge=" in where


async def test_nothing_is_asked_of_another_host(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    other = {"token_endpoint": "http://127.0.0.2:9/token"}
    with provider.front.fault("discovery", alter=lambda said: {**said, **other}):
        answer = await signed_in_at(provider, client, IN, "anna")

    assert answer.status_code == 503


async def test_signing_out_there_ends_the_session_here(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    await signed_in_at(provider, client, IN, "anna")
    provider.end("anna")
    [token] = provider.caught()

    for how in WRONG_LOGOUT_TOKENS:
        wrong = WRONG_LOGOUT_TOKENS[how](provider.genuine(token))
        refused = await client.post(f"{IN}/logout", data={"logout_token": wrong})
        assert refused.status_code == 400, how
    assert await who(client) == "张三"
    assert (await client.post(f"{IN}/logout", data={"logout_token": token})).status_code == 200
    assert await who(client) is None


async def test_a_provider_may_end_many_sessions_and_nobody_may_try_many_tokens(
    provider: Provider, service: Making, database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = service()
    here = app.state.deployment
    on = dataclasses.replace(here.settings, rate_limits=True)
    monkeypatch.setattr(app.state, "deployment", dataclasses.replace(here, settings=on))
    most = max(POLICIES["submit"].most["address"].values())
    async with browser(app) as client:
        await signed_in_at(provider, client, IN, "anna")
        provider.end("anna")
        [token] = provider.caught()
        good = [
            (await client.post(f"{IN}/logout", data={"logout_token": token})).status_code
            for _ in range(most + 1)
        ]
        bad = [
            (await client.post(f"{IN}/logout", data={"logout_token": "x"})).status_code
            for _ in range(most + 1)
        ]

    assert set(good) == {200}
    assert set(bad) == {400, 429}


async def test_whoever_signs_out_is_led_to_sign_out_there_too(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    await signed_in_at(provider, client, IN, "anna")

    out = await client.post("/sign-out")
    page = await client.get(out.headers["location"])

    assert out.headers["location"] == f"{IN}/out"
    assert await who(client) is None
    assert f'href="{provider.issuer}/session/end?client_id=notices' in page.text


async def test_nothing_private_is_kept_in_the_clear(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    await callback_at(provider, client, f"{IN}?next=/notices/1", "anna")
    await signed_in_at(provider, client, IN, "anna")

    for table in ("sign_in", "session"):
        for row in await DB.fetch(f"SELECT {table}::text AS kept FROM {table}"):
            kept = row["kept"].lower()
            for value in ("379999", "张三", "anna", "nonce", "/notices/1"):
                assert value not in kept
                assert value.encode().hex() not in kept


async def test_a_page_says_whom_each_provider_signs_in(client: httpx.AsyncClient) -> None:
    page = (await client.get("/sign-in?next=/declare")).text

    assert "省统一身份认证" in page
    assert "个人和单位" in page
    assert 'href="/sign-in/province?next=%2Fdeclare"' in page
    assert (await client.get("/sign-in/nobody")).status_code == 404


async def test_what_was_typed_before_signing_in_is_there_afterwards(
    provider: Provider, client: httpx.AsyncClient
) -> None:
    typed = {"certificate": "food-operation-license", "number": "JY13799990000011",
             "at": "number", "to": "loss"}  # fmt: skip
    page = await client.post("/declare", data=typed, follow_redirects=True)
    link = page.text.partition('href="/sign-in/province?of=')[2].partition('"')[0]

    answer = await signed_in_at(provider, client, f"{IN}?of={link}", "restaurant")
    step = await client.get(answer.headers["location"])

    assert answer.status_code == 303
    assert "/declare/" in answer.headers["location"]
    assert "食品经营许可证" in step.text


async def test_staff_of_an_agency_acts_for_it_without_its_key(
    provider: Provider, service: Making, restaurant: httpx.AsyncClient
) -> None:
    agency, _ = await owned(agencies.add("奎文审批局", ["潍坊市奎文区行政审批服务局"]))
    other, _ = await owned(agencies.add("另一审批局", ["潍坊市奎文区行政审批服务局"]))
    await owned(agencies.revoke(other.id))
    notice = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]
    app = service(
        "agencies", claims=PLAIN, kinds=["agency"], agency={"claim": "agency_id"},
        allow={"claim": "groups", "any": ["agency-staff"]},
        second_factor={"claim": "amr", "any": ["otp"]},
    )  # fmt: skip

    for id, status in (("unknown", 403), (other.id, 403), (agency.id, 201)):
        provider.changed("clerk", agency_id=id)
        async with browser(app) as client:
            await signed_in_at(provider, client, "/sign-in/agencies", "clerk")
            declared = await client.post("/api/v1/notices", json=declaration())
            confirmed = await client.post(f"/api/v1/notices/{notice}/confirmation")

        assert declared.status_code == 403, "who works for an agency declares nothing here"
        assert confirmed.status_code == status, confirmed.text


def checked(file: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    return run({"PUBLIC_URL": BASE, **more}, "sign-in", "check", file)


async def test_the_command_tries_a_file_and_says_what_to_tell_the_provider(
    provider: Provider, tmp_path: Path
) -> None:
    done = await asyncio.to_thread(checked, provider.sign_in_file(tmp_path))

    assert done.returncode == 0, done.stderr
    assert f"redirect_uri: {BASE}/sign-in/province/callback" in done.stdout
    assert f"backchannel_logout_uri: {BASE}/sign-in/province/logout" in done.stdout
    assert provider.secret not in done.stdout + done.stderr


LACKING: dict[str, tuple[dict[str, Any], str]] = {
    "PKCE": ({"code_challenge_methods_supported": ["plain"]}, "lacks S256"),
    "a signature": ({"id_token_signing_alg_values_supported": ["HS256"]}, "signing_alg"),
    "a way to prove us": ({"token_endpoint_auth_methods_supported": ["none"]}, "auth_methods"),
    "a scope": ({"scopes_supported": ["openid"]}, "lacks profile"),
    "its own host": ({"userinfo_endpoint": "https://other.example/me"}, "own host"),
    "its name": ({"issuer": "https://other.example"}, "its issuer is https://other"),
    "an endpoint": ({"jwks_uri": None}, "jwks_uri"),
}


async def test_the_command_says_what_a_provider_lacks(provider: Provider, tmp_path: Path) -> None:
    party = OpenID(configuration.load(provider.sign_in_file(tmp_path))[0])
    for name, (said, told) in LACKING.items():
        with provider.front.fault("discovery", alter=lambda all, said=said: {**all, **said}):
            party.forget()
            try:
                lacking = [each.en for each in await party.lacking(BACK)]
            except ProviderDown as error:
                lacking = [str(error)]

        assert [each for each in lacking if told in each], (name, lacking)
    await party.close()


UNKNOWN: dict[str, tuple[str, str, str]] = {
    "a client": ('"notices"', '"nobody"', "has nobody been registered with"),
    "a place": ('id = "province"', 'id = "elsewhere"', "/sign-in/elsewhere/callback there?"),
    "a secret": ("", "another-secret-of-16", "know us by client_id and secret (invalid_client)"),
    "an issuer's slash": ("{issuer}", "{issuer}/", "its issuer is {issuer}, not {issuer}/"),
    "a port": ("{issuer}", "http://127.0.0.1:9", "openid-configuration: cannot be connected to"),
    "a scope": ('"openid profile"', '"openid medicine"', "scopes_supported: lacks medicine"),
}
"""What stands wrong in a file, and what an operator is told of it."""


async def test_a_file_is_tried_as_the_provider_knows_us(provider: Provider, tmp_path: Path) -> None:
    written = provider.sign_in_file(tmp_path).read_text()
    for name, (was, wrong, told) in UNKNOWN.items():
        was, wrong, told = (
            each.replace("{issuer}", provider.issuer) for each in (was, wrong, told)
        )
        assert was in written, name
        (tmp_path / "secret").write_text(provider.secret if was else wrong)
        file = tmp_path / "changed.toml"
        file.write_text(written.replace(was, wrong, 1) if was else written)
        [settings] = configuration.load(file)
        party = OpenID(settings)
        try:
            told_of = await party.lacking(f"{BASE}/sign-in/{settings.id}/callback")
            lacking = [each.en for each in told_of]
        except ProviderDown as error:
            lacking = [str(error)]
        await party.close()

        assert [each for each in lacking if told in each], (name, lacking)
        assert provider.secret not in str(lacking)


async def test_what_a_provider_does_not_list_it_may_tell_all_the_same(
    provider: Provider, tmp_path: Path
) -> None:
    file = provider.sign_in_file(tmp_path)
    with provider.front.fault(
        "discovery", alter=lambda all: {**all, "claims_supported": ["sub", "name"]}
    ):
        done = await asyncio.to_thread(checked, file)

    assert done.returncode == 0, done.stderr
    assert "id_number" in done.stderr


async def test_the_example_for_one_machine_is_as_the_documentation_says(tmp_path: Path) -> None:
    """On another port than its own, which may be taken here."""
    here = {"PUBLIC_URL": "http://127.0.0.1:8000"}
    with example(tmp_path) as file:
        done = await asyncio.to_thread(run, here, "sign-in", "check", file)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n  ok\n") == 2
    assert "PUBLIC_URL" in done.stderr, "nobody elsewhere can open these addresses"


async def test_a_provider_that_answers_pages_is_told_as_it_is(
    provider: Provider, tmp_path: Path
) -> None:
    provider.sign_in_file(tmp_path)
    with provider.front.fault("discovery", html=True):
        done = await asyncio.to_thread(checked, tmp_path / "sign-in.toml")

    assert done.returncode == 1
    said = "/.well-known/openid-configuration"
    for words in (f"{said}：答复的不是 JSON 对象", f"{said}: answered no JSON object"):
        assert f"province: {provider.issuer}{words}" in done.stderr


async def test_a_register_of_real_people_is_never_a_demo(
    provider: Provider, service: Making, deployment: Deployment, database: None
) -> None:
    demo = dataclasses.replace(deployment.settings, demo=True)
    as_demo = dataclasses.replace(deployment, settings=demo)
    await refuse_another_database(as_demo)
    await refuse_another_database(service().state.deployment)
    try:
        with pytest.raises(WrongDatabase, match="SIGN_IN"):
            await refuse_another_database(as_demo)
        await refuse_another_database(service().state.deployment)
    finally:
        await owned(DB.fetch("DELETE FROM key_check WHERE purpose = 'sign-in'"))


async def test_whoever_opens_with_notices_of_a_demo_is_told_once(
    restaurant: httpx.AsyncClient, service: Making
) -> None:
    await api.declared(restaurant)
    here = service().state.deployment
    try:
        with capture_logs() as lines:
            await refuse_another_database(here)
            await refuse_another_database(here)
    finally:
        await owned(DB.fetch("DELETE FROM key_check WHERE purpose = 'sign-in'"))

    told = [each for each in lines if each["event"] == "notices_of_a_demo_stay"]
    assert [(each["entries"], each["log_level"]) for each in told] == [(1, "warning")]


async def test_the_audit_holds_evidence_against_what_is_sealed(
    provider: Provider, client: httpx.AsyncClient, settings: Settings, database_url: str
) -> None:
    await signed_in_at(provider, client, IN, "restaurant")
    id = (await client.post("/api/v1/notices", json=declaration())).json()["id"]
    numbers = Numbers(settings)

    async def audited() -> None:
        async with auditing.snapshot(database_url) as connection:
            await auditing.audit(connection, lambda done, size: None, numbers=numbers)

    await audited()
    await owned(DB.fetch("UPDATE notice SET evidence = 'self_declared' WHERE id = $1", id))
    with pytest.raises(Difference, match="evidence"):
        await audited()
