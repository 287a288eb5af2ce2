"""The provider that sign-in is tested against is a real one, and goes wrong where it is told."""

import json
import re
import secrets
import time
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwt import JWTClaimsRegistry

from tests.provider.flow import BACK, SIGNED_BY, Flow
from tests.provider.forging import WRONG_ID_TOKENS, WRONG_LOGOUT_TOKENS
from tests.provider.front import ENDPOINTS, EVERYWHERE
from tests.provider.visitor import PLAIN
from tests.providing import BASE, FOLDER, Provider, Visitor, callback_at, signed_in_at


@pytest_asyncio.fixture(loop_scope="session")
async def visitor(provider: Provider) -> AsyncIterator[Visitor]:
    """Somebody with a browser, and no service of ours yet."""
    async with httpx.AsyncClient(trust_env=False, verify=PLAIN) as theirs:
        yield Visitor(provider, theirs, theirs)


def asked(provider: Provider, endpoint: str, client: httpx.Client) -> httpx.Response:
    path = next(path for path, name in ENDPOINTS.items() if name == endpoint)
    return client.get(f"{provider.issuer}{path}")


def test_what_is_installed_is_pinned_by_hash_and_by_no_address() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_text())["packages"]
    own = lock.pop("")

    assert own["dependencies"] == {"oidc-provider": lock["node_modules/oidc-provider"]["version"]}
    assert len(lock) > 50
    assert [name for name, it in lock.items() if not it["integrity"].startswith("sha512-")] == []
    assert [name for name, it in lock.items() if "resolved" in it] == []


async def test_the_discovery_document_names_what_a_client_needs(
    provider: Provider, visitor: Visitor
) -> None:
    url = f"{provider.issuer}/.well-known/openid-configuration"
    said = (await visitor.theirs.get(url)).json()

    assert said["issuer"] == provider.issuer
    assert said["authorization_endpoint"] == f"{provider.issuer}/auth"
    assert {name: said[f"{name}_endpoint"] for name in ("token", "userinfo", "end_session")} == {
        "token": f"{provider.issuer}/token",
        "userinfo": f"{provider.issuer}/me",
        "end_session": f"{provider.issuer}/session/end",
    }
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["backchannel_logout_session_supported"]
    assert provider.front.count("discovery") == 1


async def test_a_code_flow_with_pkce_ends_in_an_id_token_that_verifies(visitor: Visitor) -> None:
    flow = Flow(visitor)
    back = await flow.back("restaurant")
    tokens = (await flow.exchanged(back["code"])).json()
    claims = await flow.read(tokens["id_token"])
    info = (await flow.userinfo(tokens["access_token"])).json()

    assert (back["state"], claims["nonce"]) == (flow.state, flow.nonce)
    assert (claims["iss"], claims["aud"]) == (visitor.provider.issuer, "notices")
    for told in (claims, info):
        assert told["sub"] == "restaurant"
        assert (told["org_code"], told["acr"], told["amr"]) == (
            "92379999MA0000023B", "high", ["pwd", "otp"],
        )  # fmt: skip
    assert claims["sid"]
    assert "refresh_token" not in tokens


async def test_it_refuses_what_a_provider_has_to_refuse(visitor: Visitor) -> None:
    flow = Flow(visitor)

    assert (await flow.back(None))["error"] == "access_denied"
    assert (await flow.back("anna", code_challenge=None))["error"] == "invalid_request"
    code = (await flow.back("anna"))["code"]
    verifier = secrets.token_urlsafe(32)
    assert (await flow.exchanged(code, code_verifier=verifier)).json()["error"] == "invalid_grant"
    code = (await flow.back("anna"))["code"]
    assert (await flow.exchanged(code)).status_code == 200
    assert (await flow.exchanged(code)).json()["error"] == "invalid_grant"


async def test_an_account_says_whatever_a_test_wants_and_where(visitor: Visitor) -> None:
    flow, provider = Flow(visitor), visitor.provider
    provider.changed("anna", {"id_number": "userinfo"}, phone_number=None, 证件=["甲"])
    tokens = await flow.tokens()
    claims = await flow.read(tokens["id_token"])
    info = (await flow.userinfo(tokens["access_token"])).json()

    assert (claims["证件"], info["证件"]) == (["甲"], ["甲"])
    assert "id_number" in info
    assert not {"id_number", "phone_number"} & claims.keys()


@pytest.mark.parametrize(("alg", "keep"), [("RS256", False), ("ES256", True)])
async def test_it_changes_its_keys(visitor: Visitor, alg: str, keep: bool) -> None:
    flow, provider = Flow(visitor), visitor.provider
    provider.client(id_token_signed_response_alg=alg)
    before = (await flow.tokens())["id_token"]
    provider.rotate(keep=keep)
    after = (await flow.tokens())["id_token"]

    assert provider.genuine(after).header["alg"] == alg
    assert (await flow.read(after))["sub"] == "anna"
    if keep:
        assert (await flow.read(before))["sub"] == "anna"
    else:
        with pytest.raises((JoseError, ValueError)):
            await flow.read(before)


async def test_a_browser_of_tests_goes_all_the_way_or_stops_before_the_end(
    provider: Provider, visitor: Visitor
) -> None:
    flow = Flow(visitor)
    came = []

    def service(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/callback"):
            came.append(request)
            return httpx.Response(200)
        where = flow.address() if "cookie" in request.headers else "/sign-in/province?again"
        return httpx.Response(303, headers={"location": where, "set-cookie": "kept=1"})

    async with httpx.AsyncClient(
        transport=httpx.MockTransport(service), base_url=BASE, verify=PLAIN
    ) as ours:
        url = await callback_at(provider, ours, "/sign-in/province", "anna")
        assert not came
        refused = await callback_at(provider, ours, "/sign-in/province", None)
        answer = await signed_in_at(provider, ours, "/sign-in/province", "anna")

    assert url.startswith(f"{BACK}?code=")
    assert "error=access_denied" in refused
    assert (answer.status_code, len(came)) == (200, 1)
    assert came[0].headers["cookie"] == "kept=1"


async def test_it_tells_its_clients_when_a_session_ends(visitor: Visitor) -> None:
    flow, provider = Flow(visitor), visitor.provider
    tokens = await flow.tokens()
    told = provider.end("anna")
    (logout,) = provider.caught()
    claims = await flow.read(logout)

    assert [(one["sub"], one["failed"]) for one in told] == [("anna", None)]
    assert claims["sid"] == (await flow.read(tokens["id_token"]))["sid"]
    assert list(claims["events"]) == ["http://schemas.openid.net/event/backchannel-logout"]
    assert (await flow.userinfo(tokens["access_token"])).status_code == 401


async def test_a_client_that_cannot_be_told_is_named(visitor: Visitor) -> None:
    provider = visitor.provider
    provider.client(backchannel_logout_uri="http://127.0.0.1:9/sign-in/province/logout")
    await Flow(visitor).tokens()

    (told,) = provider.end()
    assert (told["client_id"], "REFUSED" in told["failed"]) == ("notices", True)
    assert provider.caught() == []


async def test_one_signs_out_there_and_comes_back(visitor: Visitor) -> None:
    flow, provider = Flow(visitor), visitor.provider
    query = {
        "id_token_hint": (await flow.tokens())["id_token"],
        "post_logout_redirect_uri": f"{BASE}/",
        "state": "one",
    }
    url = f"{provider.issuer}/session/end?{urlencode(query)}"

    assert await visitor.sent_back(url, None) == f"{BASE}/?state=one"
    assert len(provider.caught()) == 1
    page = await visitor.theirs.get(flow.address(), follow_redirects=True)
    assert "Sign in" in page.text


@pytest.mark.parametrize("endpoint", ENDPOINTS.values())
async def test_every_endpoint_can_fail(provider: Provider, endpoint: str) -> None:
    with httpx.Client(trust_env=False, verify=PLAIN) as client:
        before = asked(provider, endpoint, client).status_code
        with provider.front.fault(endpoint, status=503):
            failed = asked(provider, endpoint, client).status_code

    assert (failed, before != 503) == (503, True)


async def test_each_fault_shows(provider: Provider) -> None:
    front, endpoint = provider.front, "jwks"
    with httpx.Client(trust_env=False, verify=PLAIN, timeout=0.2) as client:
        well = asked(provider, endpoint, client)
        with front.fault(endpoint, delay=2), pytest.raises(httpx.ReadTimeout):
            asked(provider, endpoint, client)
        with front.fault(EVERYWHERE, down=True), pytest.raises(httpx.RemoteProtocolError):
            asked(provider, endpoint, client)
        with front.fault(endpoint, html=True):
            page = asked(provider, endpoint, client)
        with front.fault(endpoint, status=500, times=1):
            failed, again = (asked(provider, endpoint, client) for _ in range(2))
        with front.fault(endpoint, redirect="http://127.0.0.1:9/elsewhere"):
            elsewhere = asked(provider, endpoint, client)
        with front.fault(endpoint, body=b"{"):
            broken = asked(provider, endpoint, client)
        with front.fault(endpoint, alter=lambda said: {**said, "issuer": "another"}):
            altered = asked(provider, endpoint, client)
        with front.fault(endpoint, huge=10**6):
            huge = asked(provider, endpoint, client)
        with front.fault(endpoint, packed=10**6):
            packed = asked(provider, endpoint, client)
        started = time.monotonic()
        with front.fault(endpoint, drip=0.0001):
            dripped = asked(provider, endpoint, client)
        took = time.monotonic() - started

        assert asked(provider, endpoint, client).json() == dripped.json() == well.json()
    assert took > 0.0001 * len(dripped.content)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert (failed.status_code, again.status_code) == (500, 200)
    assert elsewhere.headers["location"] == "http://127.0.0.1:9/elsewhere"
    assert broken.content == b"{"
    assert altered.json() == {**well.json(), "issuer": "another"}
    assert len(huge.content) > 10**6
    assert len(packed.content) > 10**6 > 100 * int(packed.headers["content-length"])


async def test_no_forged_token_is_one_that_may_be_believed(visitor: Visitor) -> None:
    flow, provider = Flow(visitor), visitor.provider
    real = provider.genuine((await flow.tokens())["id_token"])
    wanted = JWTClaimsRegistry(
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": flow.nonce},
        azp={"value": provider.client_id},
    )

    keys = await flow.keys()

    def believed(token: str) -> bool:
        try:
            read = jwt.decode(token, keys, algorithms=SIGNED_BY)
            wanted.validate(read.claims)
        except (JoseError, ValueError, TypeError):
            return False
        return isinstance(read.claims["sub"], str) and read.header.get("typ") in (None, "JWT")

    assert believed(real.token)
    assert believed(real.claiming(name="another"))
    assert [how for how, forge in WRONG_ID_TOKENS.items() if believed(forge(real))] == []


async def test_logout_tokens_are_forged_as_well(visitor: Visitor) -> None:
    provider = visitor.provider
    await Flow(visitor).tokens()
    provider.end()
    real = provider.genuine(provider.caught()[0])
    forged = {how: forge(real) for how, forge in WRONG_LOGOUT_TOKENS.items()}

    assert len({real.token, *forged.values()}) == len(forged) + 1


async def test_what_is_forged_comes_from_the_token_endpoint(visitor: Visitor) -> None:
    flow, provider = Flow(visitor), visitor.provider
    with provider.forging("alg none"):
        none = (await flow.tokens())["id_token"]
    with provider.claiming(nonce="another", sid=None):
        another = await flow.read((await flow.tokens())["id_token"])

    assert provider.front.count("token") == 2
    assert re.fullmatch(r"[^.]+\.[^.]+\.", none)
    assert another["nonce"] == "another"
    assert "sid" not in another


async def test_userinfo_may_be_of_another(visitor: Visitor) -> None:
    flow = Flow(visitor)
    tokens = await flow.tokens()
    with visitor.provider.front.fault("userinfo", alter=lambda said: {**said, "sub": "low"}):
        info = (await flow.userinfo(tokens["access_token"])).json()

    assert info["sub"] == "low"


def test_a_sign_in_file_names_it(provider: Provider, tmp_path: Path) -> None:
    desk = {"claim": "groups", "any": ["notices-desk"]}
    file = provider.sign_in_file(tmp_path, kinds=["officer"], allow=desk)
    (said,) = tomllib.loads(file.read_text())["provider"]

    assert said["issuer"] == provider.issuer
    assert Path(said["client_secret_file"]).read_text() == f"{provider.secret}\n"
    assert (said["kinds"], said["allow"]) == (["officer"], desk)
    assert said["claims"]["identifier"] == "id_number"
