"""How often one person, address or network may do something."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import httpx
import msgspec
import pytest
import pytest_asyncio
from litestar import Litestar

from notices import limits
from notices.database import DB
from notices.facts.excess import TooManyRequests
from notices.facts.requests import Login
from notices.identity import Person
from notices.limits import DAY, MINUTE, POLICIES, Counted
from notices.pages.sign_in.demo import person_from
from tests.api import declaration
from tests.conftest import SignIn
from tests.limiting import From, key_of, limited, strangers
from tests.samples import ANNA, RESTAURANT

__all__ = ["limited", "strangers"]

KEY = bytes(32)
CHECK = "/api/v1/verifications"
FOOD = {"certificate": "food-operation-license", "number": "1"}
JSON = {"content-type": "application/json"}
BAD_KEY = {"authorization": "Bearer nk_" + 43 * "x"}
FILE = {"evidence": ("a.pdf", b"%PDF-", "application/pdf")}
BIRTH = {"certificate": "birth-medical-certificate", "number": "X874000066"}


@pytest_asyncio.fixture(loop_scope="session")
async def owner(limited: Litestar, restaurant: httpx.AsyncClient) -> httpx.AsyncClient:
    """The restaurant's client on the application with its limits switched on."""
    return restaurant


Sends = Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]
BY_ADDRESS: list[tuple[str, str, int, int, Sends]] = [
    ("a check", "verify", 30, 200, lambda one: one.post(CHECK, json=FOOD)),
    ("one unread", "verify", 30, 400, lambda one: one.post(CHECK, content=b"{", headers=JSON)),
    ("one of the wrong type", "verify", 30, 415, lambda one: one.post(CHECK, data=FOOD)),
    ("one that is wrong", "verify", 30, 422, lambda one: one.post(CHECK, json={"number": "*"})),
    ("one on the page", "verify", 30, 200, lambda one: one.post("/verify", data=FOOD)),
    ("a masked number", "masked", 10, 200, lambda one: one.post(CHECK, json=BIRTH)),
    ("one on the page ", "masked", 10, 200, lambda one: one.post("/verify", data=BIRTH)),
    ("a search", "search", 120, 200, lambda one: one.get("/api/v1/notices")),
    ("a bad search", "search", 120, 400, lambda one: one.get("/api/v1/notices?year=x")),
    ("a search on the page", "search", 120, 200, lambda one: one.get("/notices")),
    ("a feed", "search", 120, 200, lambda one: one.get("/feed.atom?q=x")),
    ("a page of events", "events", 120, 200, lambda one: one.get("/api/v1/events?limit=1")),
    ("a printed notice", "print", 20, 404, lambda one: one.get("/notices/37070000000118.pdf")),
    ("a declaration", "submit", 120, 401, lambda one: one.post("/api/v1/notices", json={})),
    ("a sign-in", "submit", 120, 422, lambda one: one.post("/api/v1/demo/login", json={})),
    ("an objection", "submit", 120, 404, lambda one: one.post("/notices/x/object", files=FILE)),
    ("a bad key", "submit", 120, 401, lambda one: one.post(CHECK, json=FOOD, headers=BAD_KEY)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "policy", "most", "status", "send"), BY_ADDRESS, ids=lambda it: str(it)[:24]
)
async def test_an_address_may_do_so_much_in_a_minute(
    strangers: From, limited: Litestar, what: str, policy: str, most: int, status: int, send: Sends
) -> None:
    await limits.use(key_of(limited), policy, Counted("address", "192.0.2.1"), most - 1)
    one, another = strangers("192.0.2.1"), strangers("192.0.2.2")
    last, refused = await send(one), await send(one)

    assert (last.status_code, refused.status_code) == (status, 429)
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert (await send(another)).status_code == status
    await minutes_pass()
    assert (await send(one)).status_code == status


LI = Counted("account", person_from(msgspec.convert(RESTAURANT, Login)).natural)


async def minutes_pass(minutes: int = 1) -> None:
    await DB.fetch("UPDATE rate SET window_end = window_end - $1::interval", minutes * MINUTE)


async def test_each_item_counts_and_more_than_twenty_need_to_be_known(
    strangers: From, sign_in: SignIn
) -> None:
    one = strangers("192.0.2.1")

    assert (await one.post(CHECK, json={"items": [FOOD] * 20})).status_code == 200
    too_many = await one.post(CHECK, json={"items": [FOOD] * 11})
    assert too_many.status_code == 429
    # That one request was counted, and none of its items.
    assert (await one.post(CHECK, json={"items": [FOOD] * 9})).status_code == 200
    assert (await one.post(CHECK, json=FOOD)).status_code == 429
    many = await strangers("192.0.2.2").post(CHECK, json={"items": [FOOD] * 21})
    assert (many.status_code, many.json()["code"]) == (401, "sign_in_required")
    known = await sign_in(RESTAURANT)
    assert (await known.post(CHECK, json={"items": [FOOD] * 1000})).status_code == 200
    assert (await known.post(CHECK, json=FOOD)).status_code == 429


async def test_whoever_is_signed_in_is_counted_wherever_he_is(
    strangers: From, sign_in: SignIn
) -> None:
    known = await sign_in(RESTAURANT)
    cookie = {"cookie": f"session={known.cookies['session']}"}
    for _ in range(10):
        items = {"items": [BIRTH] * 10}
        assert (await known.post(CHECK, json=items)).status_code == 200

    elsewhere = await strangers("192.0.2.7").post(CHECK, json=BIRTH, headers=cookie)
    assert elsewhere.status_code == 429
    assert "100" in elsewhere.json()["detail"]
    assert "sign_in" not in elsewhere.json()


async def test_too_many_checks_offer_to_sign_in(strangers: From) -> None:
    one = strangers("192.0.2.1")
    await one.post(CHECK, json={"items": [FOOD] * 20})
    await one.post(CHECK, json={"items": [FOOD] * 10})
    refused = await one.post(CHECK, json=FOOD, headers={"accept-language": "en"})
    page = await one.post("/verify", data=FOOD)

    assert refused.json()["code"] == "too_many_requests"
    assert "30 checks a minute for each address" in refused.json()["detail"]
    assert "sign in" in refused.json()["detail"]
    assert refused.json()["sign_in"] == "/sign-in"
    assert page.status_code == 429
    assert 'href="/sign-in"' in page.text


@pytest.mark.parametrize(
    ("addresses", "status"),
    [
        # Of one /64; also as a proxy writes it.
        (["2001:db8:0:1::1", "2001:db8:0:1::2"], 429),
        (["2001:db8:0:1::1", "2001:DB8:0:1:ffff:ffff:ffff:ffff"], 429),
        (["2001:db8:0:1::1", "2001:db8:0:2::1"], 200),
        (["192.0.2.1", "::ffff:192.0.2.1"], 429),
        (["::ffff:192.0.2.1", "::ffff:192.0.2.2"], 200),
        (["fe80::1%eth0", "fe80::1%eth1"], 429),
        (["unknown", "unknown"], 429),
    ],
)
async def test_addresses_of_one_client_are_one(
    strangers: From, addresses: list[str], status: int
) -> None:
    first, second = map(strangers, addresses)
    assert (await first.post(CHECK, json={"items": [FOOD] * 20})).status_code == 200
    assert (await first.post(CHECK, json={"items": [FOOD] * 10})).status_code == 200

    assert (await second.post(CHECK, json=FOOD)).status_code == status


@pytest.mark.parametrize(
    ("address", "neighbour", "another"),
    [
        ("192.0.2.{}", "192.0.2.200", "192.0.3.1"),
        ("2001:db8:1:{}::1", "2001:db8:1:ff::1", "2001:db8:2::1"),
    ],
)
async def test_a_network_may_do_ten_times_as_much(
    database: None, address: str, neighbour: str, another: str
) -> None:
    for host in range(10):
        await limits.use(KEY, "verify", Counted("address", address.format(host)), 30)

    with pytest.raises(TooManyRequests) as refusal:
        await limits.use(KEY, "verify", Counted("address", neighbour))
    assert "300" in refusal.value.detail.zh
    await limits.use(KEY, "verify", Counted("address", another))


async def test_what_is_refused_to_one_address_is_not_counted_for_its_neighbours(
    database: None,
) -> None:
    greedy, neighbour = Counted("address", "192.0.2.1"), Counted("address", "192.0.2.2")
    await limits.use(KEY, "verify", greedy, 30)
    for _ in range(271):
        with pytest.raises(TooManyRequests):
            await limits.use(KEY, "verify", greedy)

    await limits.use(KEY, "verify", neighbour, 30)


async def test_a_day_is_counted_beside_the_minute_and_without_what_the_minute_refused(
    database: None,
) -> None:
    one = Counted("address", "192.0.2.1")
    for _ in range(100):
        await limits.use(KEY, "verify", one, 30)
        with pytest.raises(TooManyRequests):
            await limits.use(KEY, "verify", one)
        await minutes_pass()

    with pytest.raises(TooManyRequests) as refusal:
        await limits.use(KEY, "verify", one)
    assert "3000" in refusal.value.detail.zh
    assert 80_000 < int(refusal.value.headers["Retry-After"]) <= 86_400


async def test_many_at_once_get_no_more_than_there_is(database: None) -> None:
    one = Counted("address", "192.0.2.1")

    async def ask() -> bool:
        try:
            await limits.use(KEY, "verify", one)
        except TooManyRequests:
            return False
        return True

    assert sum(await asyncio.gather(*(ask() for _ in range(60)))) == 30


async def test_a_file_of_a_stranger_is_counted_and_not_received(
    strangers: From, limited: Litestar
) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        head = 'Content-Disposition: form-data; name="evidence"; filename="a.pdf"'
        yield f"--x\r\n{head}\r\n\r\n%PDF-".encode()
        for _ in range(100):
            sent += 1
            yield b"a" * 65536
        yield b"\r\n--x--\r\n"

    form = {"content-type": "multipart/form-data; boundary=x"}
    path = "/api/v1/notices/37070000000118/objections"
    answer = await strangers("192.0.2.1").post(path, content=body(), headers=form)

    assert answer.status_code == 401
    assert sent <= 2


async def test_the_twenty_first_declaration_of_a_day_is_too_many_but_a_repeat_is_not(
    owner: httpx.AsyncClient, limited: Litestar
) -> None:
    await limits.use(key_of(limited), "declare", LI, 19)
    body = declaration(number="JY13799990000001", confirm_unusual_number=True)
    headers = {"Idempotency-Key": "k"}
    answer = await owner.post("/api/v1/notices", json=body, headers=headers)
    assert answer.status_code == 201, answer.text

    again = await owner.post("/api/v1/notices", json=body, headers=headers)
    assert again.content == answer.content
    more = await owner.post("/api/v1/notices", json=declaration())
    assert more.status_code == 429


async def test_a_person_is_counted_once_however_his_identifier_is_written(
    owner: httpx.AsyncClient, limited: Litestar, sign_in: SignIn
) -> None:
    """And for whomever he acts."""
    spelt = " 379999-19000102 0023"
    await limits.use(key_of(limited), "declare", LI, 19)
    assert (await owner.post("/api/v1/notices", json=declaration())).status_code == 201
    birth = {
        "certificate": "birth-medical-certificate", "matter": None, "number": "X990000001",
        "holder": {"kind": "person", "name": "李四", "identifier": spelt},
    }  # fmt: skip

    again = await sign_in({**RESTAURANT, "identifier": spelt})
    assert (await again.post("/api/v1/notices", json=declaration())).status_code == 429
    alone = await sign_in({"kind": "person", "name": "李四", "identifier": spelt})
    assert (await alone.post("/api/v1/notices", json=declaration(**birth))).status_code == 429


async def test_policies_and_people_are_counted_apart(database: None) -> None:
    one, another = Counted("account", "a"), Counted("account", "b")
    for _ in range(5):
        await limits.use(KEY, "object", one)

    await limits.use(KEY, "object", another)
    await limits.use(KEY, "declare", one)
    with pytest.raises(TooManyRequests):
        await limits.use(KEY, "object", one)
    await limits.forget_old(datetime.now(UTC))
    assert len(await DB.fetch("SELECT 1 FROM rate")) == 3


async def test_a_declaration_that_was_refused_counts_for_its_address_alone(
    owner: httpx.AsyncClient, limited: Litestar
) -> None:
    assert (await owner.post("/api/v1/notices", json=declaration())).status_code == 201
    await limits.use(key_of(limited), "declare", LI, 18)
    for _ in range(3):
        assert (await owner.post("/api/v1/notices", json=declaration())).status_code == 409

    again = await owner.post("/api/v1/notices", json=declaration(copies="duplicate"))
    assert again.status_code == 201
    # Signing in, and five declarations.
    await limits.use(key_of(limited), "submit", Counted("address", "127.0.0.1"), 120 - 6)
    assert (await owner.post("/api/v1/notices", json=declaration())).status_code == 429


async def test_an_objection_that_was_refused_counts_only_where_the_number_was_wrong(
    owner: httpx.AsyncClient, sign_in: SignIn, limited: Litestar
) -> None:
    """Or objecting would be a way to try out what a mask hides."""
    filed = await owner.post("/api/v1/notices", json=declaration())
    path = f"/api/v1/notices/{filed.json()['id']}/objections"
    right = {"number": "JY13799990000011", "ground": "false", "text": "不实"}
    anna = await sign_in(ANNA)
    assert (await anna.post(path, json=right)).status_code == 201
    for _ in range(6):
        assert (await anna.post(path, json=right)).status_code == 409
    for serial in range(4):
        wrong = right | {"number": f"JY1379999000002{serial}"}
        assert (await anna.post(path, json=wrong)).status_code == 422

    assert (await anna.post(path, json=right)).status_code == 429


async def test_asking_what_may_be_asked_is_not_counted(strangers: From, limited: Litestar) -> None:
    address = Counted("address", "192.0.2.1")
    await limits.use(key_of(limited), "submit", address, 120)
    preflight = {"access-control-request-method": "POST", "origin": "https://other.example"}
    answer = await strangers("192.0.2.1").options(CHECK, headers=preflight)

    assert answer.status_code in (200, 204)
    assert (await strangers("192.0.2.1").post(CHECK, json=FOOD)).status_code == 200


async def test_a_days_wait_is_no_longer_than_a_day(database: None) -> None:
    with pytest.raises(TooManyRequests) as refusal:
        await limits.use(KEY, "declare", Counted("account", "a"), 21)

    assert refusal.value.headers["Retry-After"] == "86400"
    assert "20" in refusal.value.detail.zh
    # A day, not 25 hours: what people call it.
    assert "请在 1 天 后再试" in refusal.value.detail.zh
    assert "Try again in 1 day." in refusal.value.detail.en


async def test_no_bucket_tells_whom_it_counts(database: None) -> None:
    await limits.use(KEY, "verify", Counted("address", "192.0.2.1"))
    await limits.guess(KEY, {"birth-medical-certificate X8******66": 1}, Counted("account", "a"))

    rows = await DB.fetch("SELECT bucket FROM rate")
    assert len({row["bucket"] for row in rows}) == 5
    assert {len(row["bucket"]) for row in rows} == {32}


def test_the_limits_are_those_of_the_contract() -> None:
    most = {name: policy.most for name, policy in POLICIES.items()}

    assert most["declare"] == {"account": {DAY: 20}}
    assert most["object"] == {"account": {DAY: 5}}
    assert most["verify"]["address"] == {MINUTE: 30, DAY: 3000}
    assert most["verify"]["account"] == {MINUTE: 1000, DAY: 10_000}
    assert most["masked"]["address"] == {MINUTE: 10, DAY: 100}
    assert most["masked"]["account"] == {DAY: 100}
    assert most["masked"]["agency"] == {DAY: 1000}
    assert most["search"]["address"] == most["events"]["address"] == {MINUTE: 120}
    assert most["print"]["address"] == {MINUTE: 20}
    assert limits.MOST_GUESSES == 1000
    assert limits.NETWORK == 10


def test_an_account_is_what_the_provider_knows_and_in_the_demo_the_identifier() -> None:
    subject = ("https://id.example", "4711")
    one, other = (
        Person(kind="person", name="张三", identifier=identifier, subject=subject)
        for identifier in ("37999919000101001X", "E12345678")
    )
    demo = Person(kind="person", name="张三", identifier="37999919000101001X")

    assert one.account == other.account
    assert one.account != demo.account
    another = msgspec.structs.replace(one, subject=("https://other.example", "4711"))
    assert another.account != one.account
