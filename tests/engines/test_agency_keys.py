"""Agencies' keys: taken or refused on every path, for what they are, as often as they may."""

import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from notices import agencies
from notices.agencies import knowing, listing, using
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.agency_keys import key_of
from notices.facts.refusals import CHALLENGE
from notices.trust.answers import TESTS, keys_in, verify_file
from notices.verification import fixtures
from tests import api
from tests.api import declaration
from tests.conftest import SignIn
from tests.engines.test_guessing import BIRTH, BORN, publish
from tests.engines.test_limits import CHECK, FOOD
from tests.limiting import From, limited, strangers
from tests.owning import owned
from tests.publishing import until
from tests.samples import OFFICER

__all__ = ["limited", "strangers"]

OFFICE = "潍坊市奎文区行政审批服务局"
NEVER_GIVEN = key_of(43 * "0", test=False)


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


async def added(name: str = OFFICE, **more: Any) -> tuple[agencies.Agency, str]:
    scopes = more.get("scopes", ("verify", "issue"))
    return await owned(agencies.add(name, [OFFICE] if "issue" in scopes else [], **more))


async def bad_keys() -> dict[str, str]:
    """An Authorization header of each kind that opens nothing."""
    ended, expired = await added("甲局"), await added("乙局")
    await owned(agencies.revoke(ended[0].id))
    past = "UPDATE agency_key SET expires_at = now() WHERE agency = $1"
    await owned(DB.fetch(past, expired[0].id))
    return {
        "never given": f"Bearer {NEVER_GIVEN}",
        "never given, of before": f"Bearer nk_{43 * 'x'}",
        "revoked": f"Bearer {ended[1]}",
        "expired": f"bearer {expired[1]}",
        "mistyped": f"Bearer {NEVER_GIVEN[:-1]}?",
        "cut": f"Bearer {NEVER_GIVEN[:-1]}",
        "garbage": "Bearer \x7f garbage",
        "empty": "Bearer",
    }


SENT = {
    "/api/v1/verifications": FOOD, "/api/v1/notices": declaration(),
    "/api/v1/demo/login": OFFICER,
    "/api/v1/watches": {"certificate": "food-operation-license", "number": "JY1"},
    "/api/v1/watches/x/replay": {"since": 0},
    "/api/v1/notices/x/withdrawal": {"reason": "found"},
    "/api/v1/notices/x/correction": {"lost_on": "2026-10-01"},
    "/api/v1/notices/x/objections": {"number": "1", "ground": "other", "text": "x"},
    "/api/v1/notices/x/decisions": {"decision": "admit", "reason": "x"},
    "/api/v1/notices/x/redaction": {"reason": "x"},
    "/api/v1/notices/x/confirmation": {},
    "/api/v1/notices/x/replacement": {"issued_on": "2026-10-01"},
}  # fmt: skip


def every_path(app: Litestar) -> list[tuple[str, str]]:
    found = []
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            path = "/".join("x" if "{" in part else part for part in route.path_format.split("/"))
            methods = {str(each) for one in route.route_handlers for each in one.http_methods}
            found += [(method, path) for method in sorted(methods - {"OPTIONS"})]
    return found


async def test_a_key_that_is_none_is_401_on_every_path(
    app: Litestar, client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    """Whatever else is asked, whoever is signed in beside it, and where there is nothing at all."""
    bad, paths = await bad_keys(), every_path(app)
    nowhere = [
        ("OPTIONS", "/api/v1/verifications"), ("OPTIONS", "/nothing"), ("GET", "/nothing"),
        ("GET", "/api/v1/nothing"), ("DELETE", "/api/v1/notices"),
        ("POST", "/log"), ("PUT", "/api/v1/verifications"), ("GET", "/static/no.css"),
        ("HEAD", "/health/live"), ("GET", "/notices/x.pdf"), ("GET", "/notices/x.tlog-proof"),
    ]  # fmt: skip
    wrong = []
    assert len(paths) > 70
    for place, (method, path) in enumerate([*paths, *nowhere]):
        why, header = list(bad.items())[place % len(bad)]
        body = {"json": SENT[path]} if method == "POST" and path in SENT else {}
        for who in (client, restaurant):
            answer = await who.request(method, path, headers={"authorization": header}, **body)
            told = answer.headers.get("www-authenticate")
            if (answer.status_code, told) != (401, f'{CHALLENGE}, error="invalid_token"'):
                wrong.append((method, path, why, answer.status_code))

    assert wrong == []


async def test_each_kind_of_bad_key_is_refused(client: httpx.AsyncClient) -> None:
    for why, header in (await bad_keys()).items():
        for path in ("/", "/api/v1/catalogue", "/feed.atom", "/log/vkey", "/static/site.css"):
            answer = await client.get(path, headers={"authorization": header})

            assert answer.status_code == 401, (why, path)
            assert "no-store" in answer.headers["cache-control"], (why, path)
        assert (await client.get("/", headers={"authorization": header})).text.count("密钥") > 0
    twice = [("authorization", f"Bearer {NEVER_GIVEN}"), ("authorization", "Basic eDp5")]
    assert (await client.get("/log/vkey", headers=twice)).status_code == 401
    # That is no key: a proxy's own password, which is nothing to us.
    assert (await client.get("/log/vkey", headers={"authorization": "Basic eDp5"})).is_success


@pytest.mark.parametrize(
    ("path", "content", "type", "status"),
    [
        (CHECK, b"{", "application/json", 400),
        (CHECK, b"{}", "text/plain", 415),
        (CHECK, b" " * 2_000_000, "application/json", 413),
        (CHECK, b"{}", "application/json", 401),
        ("/api/v1/notices/x/confirmation", b"[]", "application/json", 400),
        ("/api/v1/notices/x/replacement", b"{}", "application/json", 401),
        ("/api/v1/notices/x/replacement?x=1", b"{}", "application/json", 400),
    ],
)
async def test_what_cannot_be_read_is_told_before_whose_key_it_is(
    client: httpx.AsyncClient, path: str, content: bytes, type: str, status: int
) -> None:
    headers = bearer(NEVER_GIVEN) | {"content-type": type}

    assert (await client.post(path, content=content, headers=headers)).status_code == status


async def test_bad_keys_are_counted_by_address_wherever_they_are_shown(strangers: From) -> None:
    one = strangers("192.0.2.1")
    paths = ("/", "/nothing", "/log/vkey", CHECK)
    for place in range(120):
        path = paths[place % 4]
        answer = await one.request(
            "POST" if path == CHECK else "GET", path, headers=bearer(NEVER_GIVEN),
            json=FOOD if path == CHECK else None,
        )  # fmt: skip
        assert answer.status_code == 401, (place, path)

    assert (await one.get("/", headers=bearer(NEVER_GIVEN))).status_code == 429
    assert (await one.get("/log/vkey")).status_code == 200


async def test_health_is_told_where_nobody_can_look_a_key_up(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, key = await added()
    monkeypatch.setattr(DB, "pool", None)

    live = await client.get("/health/live", headers=bearer(key))
    ready = await client.get("/health/ready", headers=bearer(key))
    page = await client.get("/log/vkey", headers=bearer(key))

    assert (live.status_code, ready.status_code, page.status_code) == (200, 503, 503)
    assert ready.json()["database"] == "down"


async def test_a_good_key_changes_nothing_where_it_is_for_nothing(
    client: httpx.AsyncClient,
) -> None:
    _, key = await added()
    for path in ("/", "/api/v1/catalogue", "/feed.atom", "/static/site.css", "/health/live"):
        answer = await client.get(path, headers=bearer(key))

        assert answer.status_code == 200, path


async def test_after_a_rotation_two_keys_live_until_the_overlap_is_over(
    client: httpx.AsyncClient,
) -> None:
    agency, first = await added(scopes=("verify", "masked"))
    second, until = await owned(agencies.rotate(agency.id))

    async def said(*keys: str) -> list[int]:
        return [
            (await client.post(CHECK, json=FOOD, headers=bearer(key))).status_code for key in keys
        ]

    assert until is not None
    assert timedelta(days=6.9) < until - datetime.now(UTC) <= timedelta(days=7)
    assert await said(first, second) == [200, 200]
    third, _ = await owned(agencies.rotate(agency.id, overlap=timedelta(days=1)))
    assert await said(first, second, third) == [401, 200, 200], "two at once, and not three"
    await owned(agencies.revoke(f"{agency.id}.2"))
    assert await said(second, third) == [401, 200]
    await owned(
        DB.fetch("UPDATE agency_key SET expires_at = now() WHERE id = $1", f"{agency.id}.3")
    )
    assert await said(third) == [401]
    fourth, _ = await owned(agencies.rotate(agency.id))
    [listed] = await listing.listed()
    assert [each.state(datetime.now(UTC)) for each in listed.keys] == [
        "revoked", "revoked", "expired", "active",
    ]  # fmt: skip
    assert {each.scopes for each in listed.keys} == {("verify", "masked")}
    await owned(agencies.revoke(agency.id))
    assert await said(fourth) == [401]
    for id in (f"{agency.id}.2", f"{agency.id}.9", agency.id):
        with pytest.raises(agencies.NoSuchAgency):
            await owned(agencies.revoke(id))


async def test_a_rotation_makes_no_key_live_longer(database: None) -> None:
    soon = datetime.now(UTC) + timedelta(days=2)
    agency, _ = await added(expires_at=soon)
    _, until = await owned(agencies.rotate(agency.id))

    assert until == soon


Scoped = tuple[tuple[str, ...], int, int, int]


@pytest.mark.parametrize(
    ("scopes", "checks", "masked", "confirms"),
    [
        (("verify", "issue"), 200, 403, 201),
        (("verify",), 200, 403, 403),
        (("masked",), 403, 403, 403),
        (("verify", "masked"), 200, 200, 403),
        (("issue",), 403, 403, 201),
        (("batch", "watch"), 403, 403, 403),
        (("verify", "batch", "watch", "issue", "masked"), 200, 200, 201),
    ],
)
async def test_a_key_does_what_it_is_for(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, sign_in: SignIn,
    scopes: tuple[str, ...], checks: int, masked: int, confirms: int,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id
    _, key = await added(scopes=scopes)
    many = {"items": [FOOD, {"certificate": BIRTH, "number": BORN}]}
    found = [
        (await client.post(CHECK, json=FOOD, headers=bearer(key)), checks, "verify"),
        (await client.post(CHECK, json=many, headers=bearer(key)), masked, "masked"),
        (await client.post(api.of(id, "confirmation"), headers=bearer(key)), confirms, "issue"),
    ]
    for answer, status, scope in found:
        assert answer.status_code == status, scope
        if status == 403:
            lacks = "verify" if scope == "masked" and "verify" not in scopes else scope
            challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{lacks}"'
            assert answer.json()["code"] == "insufficient_scope"
            assert answer.headers["www-authenticate"] == challenge
            assert lacks in answer.json()["detail"]
    # What is wrong with it is told first.
    wrong = await client.post(CHECK, json={"number": "无"}, headers=bearer(key))
    assert wrong.status_code == 422


async def test_a_masked_certificate_is_answered_to_a_key_that_is_for_them(
    client: httpx.AsyncClient, sign_in: SignIn
) -> None:
    await publish(sign_in, BIRTH, BORN)
    _, key = await added(scopes=("verify", "masked"))
    asked = {"certificate": BIRTH, "number": BORN}

    told = (await client.post(CHECK, json=asked, headers=bearer(key))).json()
    assert told["status"] in ("declared", "invalid")
    assert "*" in (await client.get(f"/api/v1/notices/{told['notice']}")).json()["number"]


def fields(answer: httpx.Response) -> tuple[str, str]:
    return answer.headers.get("ratelimit-policy", ""), answer.headers.get("ratelimit", "")


async def test_a_quota_holds_for_all_keys_of_an_agency_and_is_told(
    client: httpx.AsyncClient,
) -> None:
    """Also in the demo, which limits nobody else: an operator has said it."""
    agency, first = await added(quota=5)
    second, _ = await owned(agencies.rotate(agency.id))
    _, another = await added("另一局", quota=5)

    one = await client.post(CHECK, json=FOOD, headers=bearer(first))
    assert fields(one)[0] == '"verify-day";q=5;w=86400'
    assert fields(one)[1] in ('"verify-day";r=4;t=86400', '"verify-day";r=4;t=86399')
    too_many = await client.post(CHECK, json={"items": [FOOD] * 6}, headers=bearer(second))
    assert too_many.status_code == 429
    assert fields(too_many)[1].startswith('"verify-day";r=3;t=86')
    assert 86_000 < int(too_many.headers["retry-after"]) <= 86_400
    assert "5" in too_many.json()["detail"]
    assert "sign_in" not in too_many.json()
    # That one request was counted, and none of its items.
    last = await client.post(CHECK, json={"items": [FOOD] * 3}, headers=bearer(first))
    assert (last.status_code, fields(last)[1][:17]) == (200, '"verify-day";r=0;')
    assert (await client.post(CHECK, json=FOOD, headers=bearer(second))).status_code == 429
    assert (await client.post(CHECK, json=FOOD, headers=bearer(another))).status_code == 200
    assert fields(await client.post(CHECK, json=FOOD)) == ("", "")


async def test_without_a_quota_of_ones_own_the_usual_ones_hold(
    strangers: From, sign_in: SignIn
) -> None:
    _, key = await added(scopes=("verify", "masked"))
    _, more = await added("另一局", scopes=("verify", "masked"), masked_quota=1200)
    one, born = strangers("192.0.2.1"), {"certificate": BIRTH, "number": BORN}

    answer = await one.post(CHECK, json={"items": [born] * 1000}, headers=bearer(key))
    assert answer.status_code == 200
    policies = '"verify-day";q=1000000;w=86400, "masked-day";q=1000;w=86400'
    assert fields(answer)[0] == policies
    assert fields(answer)[1].startswith('"verify-day";r=999000;t=')
    assert (await one.post(CHECK, json=born, headers=bearer(key))).status_code == 429
    for items, status in ((1000, 200), (200, 200), (1, 429)):
        answer = await one.post(CHECK, json={"items": [born] * items}, headers=bearer(more))
        assert answer.status_code == status
    # Strangers are told what is left to them too, and nobody what their neighbours have used.
    stranger = await one.post(CHECK, json=FOOD)
    policies = '"verify-minute";q=30;w=60, "verify-day";q=3000;w=86400'
    assert fields(stranger)[0] == policies


async def test_an_agency_sees_how_much_of_its_quota_it_has_used(
    client: httpx.AsyncClient, sign_in: SignIn
) -> None:
    _, key = await added(scopes=("verify", "masked"), quota=50)
    none = (await client.get("/api/v1/usage", headers=bearer(key))).json()
    await client.post(CHECK, json={"items": [FOOD] * 7}, headers=bearer(key))
    await client.post(CHECK, json={"certificate": BIRTH, "number": BORN}, headers=bearer(key))
    some = (await client.get("/api/v1/usage", headers=bearer(key))).json()

    nothing = {"quota": None, "used": 0, "remaining": None, "resets_at": None}
    assert none == {
        "period": "day", "quota": 50, "used": 0, "remaining": 50, "resets_at": None,
        "masked": nothing,
    }  # fmt: skip
    assert (some["quota"], some["used"], some["remaining"]) == (50, 8, 42)
    left = datetime.fromisoformat(some["resets_at"]) - datetime.now(UTC)
    assert timedelta(hours=23.9) < left <= timedelta(hours=24)
    assert some["masked"]["used"] == 1
    assert (await client.get("/api/v1/usage")).status_code == 401
    officer = await sign_in(OFFICER)
    assert (await officer.get("/api/v1/usage")).json()["code"] == "not_an_agency"


@pytest.mark.parametrize(
    ("path", "policies"),
    [
        ("/api/v1/notices", '"search-minute";q=120;w=60'),
        ("/notices", '"search-minute";q=120;w=60'),
        ("/api/v1/events", '"events-minute";q=120;w=60'),
        ("/api/v1/suggestions?q=x", '"suggest-minute";q=600;w=60'),
        # A cache would tell everybody what is left to whoever asked first.
        ("/feed.atom", ""),
        ("/api/v1/catalogue", ""),
    ],
)
async def test_strangers_are_told_what_is_left_to_them_where_they_are_counted(
    strangers: From, path: str, policies: str
) -> None:
    answer = await strangers("192.0.2.1").get(path)

    assert (answer.status_code, fields(answer)[0]) == (200, policies)
    assert bool(fields(answer)[1]) is bool(policies)


@pytest.fixture
async def counted_anew() -> AsyncIterator[None]:
    using.USES._counted.clear()
    yield
    using.USES._counted.clear()


async def test_a_keys_uses_are_counted_by_the_day_and_no_number_is_kept(
    client: httpx.AsyncClient, counted_anew: None
) -> None:
    agency, first = await added()
    second, _ = await owned(agencies.rotate(agency.id))
    for key, times in ((first, 3), (second, 1), (first, 20)):
        items = {"items": [FOOD] * times}
        assert (await client.post(CHECK, json=items, headers=bearer(key))).status_code == 200
    await using.USES.write()
    await client.post(CHECK, json=FOOD, headers=bearer(first))
    await using.USES.write()

    assert await counts(24, 1)
    [listed] = await listing.listed()
    today = datetime.now(UTC) + timedelta(hours=8)
    assert {each.used_on for each in listed.keys} == {today.date()}
    rows = await DB.fetch("SELECT * FROM agency_use")
    assert {name for row in rows for name in dict(row)} == {"day", "key", "checks"}
    await using.forget_old(datetime.now(UTC) + timedelta(days=400))
    assert len(await DB.fetch("SELECT * FROM agency_use")) == 2
    await using.forget_old(datetime.now(UTC) + timedelta(days=402))
    assert await DB.fetch("SELECT * FROM agency_use") == []


async def test_uses_that_cannot_be_written_now_are_written_later(
    client: httpx.AsyncClient, counted_anew: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, key = await added()
    await client.post(CHECK, json=FOOD, headers=bearer(key))
    with monkeypatch.context() as away:
        away.setattr(DB, "pool", None)
        with pytest.raises(Exception, match="unavailable"):
            await using.USES.write()
    await client.post(CHECK, json=FOOD, headers=bearer(key))
    await using.USES.write()

    assert await counts(2)


async def counts(*checks: int) -> bool:
    """Whether that is what is written of the keys; the service may be writing it right now."""

    async def so() -> bool:
        [agency] = await listing.listed()
        return tuple(each.checks for each in agency.keys) == checks

    await until(so)
    return True


async def test_a_test_key_is_answered_every_fixture_and_nothing_of_the_register(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    real = (await api.declared(restaurant)).number
    before = await DB.fetch("SELECT size FROM log_head")
    _, key = await added(test=True, scopes=("verify", "masked"))
    help = await client.get("/help/test-keys.json")
    listed, keys = help.json(), keys_in(help.content)
    assert len(listed["numbers"]) == len(fixtures.FIXTURES)
    for one in listed["numbers"]:
        question = {name: value for name, value in one["question"].items() if value}
        answer = await client.post(CHECK, json=question, headers=bearer(key))

        told = answer.json()
        assert told["test"] is True, question
        assert (told["status"], told["awaiting"]) == (one["status"], one["awaiting"]), question
        assert [each["match"] for each in told["others"]] == one["others"], question
        assert told.keys() - {"test"} == (await real_answer(client)).keys()
        [sentence] = verify_file(answer.content, keys)
        assert "测试" in sentence.zh
        if told["notice"]:
            assert (await client.get(f"/api/v1/notices/{told['notice']}")).status_code == 404
    statuses = {one["status"] for one in listed["numbers"]}
    assert statuses == {
        "no_notice", "declared", "invalid", "contested", "reinstated", "replaced",
    }  # fmt: skip
    others = {each for one in listed["numbers"] for each in one["others"]}
    assert others == {"copy", "document", "holder", "certificate", "digits", "earlier"}
    # A real number is none there, with a certificate and without.
    for asked in ({"certificate": FOOD["certificate"], "number": real}, {"number": real}):
        answer = await client.post(CHECK, json=asked, headers=bearer(key))
        assert answer.json()["status"] == "no_notice"
        assert (await client.post(CHECK, json=asked)).json()["status"] != "no_notice"
    bare = await client.post(CHECK, json={"number": "JY23799990000032"}, headers=bearer(key))
    assert (bare.json()["status"], bare.json()["certificate"]) == ("invalid", FOOD["certificate"])
    assert await DB.fetch("SELECT size FROM log_head") == before
    await client.post(CHECK, json={"items": [FOOD] * 1000}, headers=bearer(key))


async def real_answer(client: httpx.AsyncClient) -> dict[str, Any]:
    answer: dict[str, Any] = (await client.post(CHECK, json=FOOD)).json()
    assert "test" not in answer
    return answer


async def test_a_tests_answer_fits_no_key_of_real_answers(
    client: httpx.AsyncClient,
) -> None:
    published = (await client.get("/.well-known/notice-keys.json")).json()["answers"]
    for_tests = (await client.get("/help/test-keys.json")).json()["answers"]

    assert {each["id"] for each in published}.isdisjoint(each["id"] for each in for_tests)
    _, key = await added(test=True)
    told = (await client.post(CHECK, json=FOOD, headers=bearer(key))).json()
    assert told["signature"]["key"] == for_tests[0]["id"]


async def test_a_test_key_is_held_to_scopes_quota_and_what_is_right_and_does_nothing(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id
    agency, key = await added(test=True, quota=3)
    masked = {"certificate": BIRTH, "number": "Z990000001"}
    replacement = api.of(id, "replacement")
    found = [
        await client.post(CHECK, json=masked, headers=bearer(key)),
        await client.post(CHECK, json={"number": ""}, headers=bearer(key)),
        await client.post(api.of(id, "confirmation"), headers=bearer(key)),
        await client.post(replacement, json={"issued_on": "x"}, headers=bearer(key)),
        await client.post(replacement, json={"issued_on": "2026-11-20"}, headers=bearer(key)),
        await client.post(CHECK, json=FOOD, headers=bearer(key)),
        await client.post(CHECK, json=FOOD, headers=bearer(key)),
    ]

    assert [(one.status_code, one.json().get("code")) for one in found] == [
        (403, "insufficient_scope"), (422, "invalid"), (403, "test_key"), (422, "invalid"),
        (403, "test_key"), (200, None), (429, "too_many_requests"),
    ]  # fmt: skip
    assert (await client.get(api.of(id))).json()["evidence"] == "self_declared"
    assert await knowing.of_id(agency.id) is None, "its people act for nobody"


async def test_the_public_list_names_who_checks(client: httpx.AsyncClient) -> None:
    bank, key = await added("某某银行", scopes=("verify", "masked"), kind="bank")
    assert await knowing.of_key(key) == dataclasses.replace(
        bank, scopes=frozenset({"verify", "masked"}), key=f"{bank.id}.1"
    )
    await added("某某平台", scopes=("batch",), kind="platform")
    await added("只发证的局", scopes=("issue",))
    await added("某某银行", test=True)
    gone, _ = await added("走了的局")
    await owned(agencies.revoke(gone.id))
    over, _ = await added("到期的局")
    ended = "UPDATE agency_key SET expires_at = now() WHERE agency = $1"
    await owned(DB.fetch(ended, over.id))

    listed = (await client.get("/agencies.json")).json()["agencies"]
    page = (await client.get("/agencies")).text
    english = (await client.get("/agencies?lang=en")).text
    assert [(one["name"], one["kind"]) for one in listed] == [
        ("某某银行", "bank"), ("某某平台", "platform"),
    ]  # fmt: skip
    assert listed[0]["kind_name"] == {"zh": "银行", "en": "Bank"}
    today = datetime.now(UTC) + timedelta(hours=8)
    assert listed[0]["since"] == today.date().isoformat()
    for name in ("某某银行", "某某平台"):
        assert page.count(name) == english.count(name) == 1
    assert not any(name in page for name in ("只发证的局", "走了的局", "到期的局"))


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_pages_say_how_keys_are_used(client: httpx.AsyncClient, language: str) -> None:
    help = (await client.get("/help/agencies", params={"lang": language})).text
    tests = (await client.get("/help/test-keys", params={"lang": language})).text

    assert "notices_(?:live|test)_[0-9A-Za-z]{49}" in help
    for scope in ("verify", "batch", "watch", "issue", "masked"):
        assert f"<code>{scope}</code>" in help
    for fixture in fixtures.FIXTURES:
        assert f"<code>{fixture.question.number}</code>" in tests
    assert TESTS.key_id in tests
