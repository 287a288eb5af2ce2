"""What a mask hides is not found out by asking: an attacker plays against the limits."""

import itertools
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import httpx
import pytest
from litestar import Litestar

from notices import agencies, limits
from notices.database import DB
from notices.facts.numbers import resident_id_ok
from notices.limits import MINUTE, Counted
from notices.web.middleware.sharing import READ
from tests.api import declaration
from tests.conftest import SignIn
from tests.limiting import From, key_of, limited, strangers
from tests.owning import owned
from tests.samples import ANNA, RESTAURANT

__all__ = ["limited", "strangers"]

CHECK = "/api/v1/verifications"
BIRTH, DRIVER = "birth-medical-certificate", "road-transport-practitioner-certificate"
BORN = "X874123466"
ID = ANNA["identifier"]


async def publish(sign_in: SignIn, certificate: str, number: str) -> str:
    """The masked number of a new notice of Anna's."""
    body = declaration(
        certificate=certificate, number=number, matter=None, issued_on=None,
        copies="original" if certificate == BIRTH else None,
        holder={"kind": "person", "name": "张三", "identifier": ID},
    )  # fmt: skip
    answer = await (await sign_in(ANNA)).post("/api/v1/notices", json=body)
    assert answer.status_code == 201, answer.text
    shown: str = answer.json()["number"]
    return shown


def born() -> Iterator[str]:
    """Every birth certificate's number that `X8******66` may be, but for the right one."""
    return (each for middle in range(10**6) if (each := f"X8{middle:06}66") != BORN)


def resident() -> Iterator[str]:
    """Every ID that `379*************1X` may be, of twelve counties and five years of birth."""
    days = [date(1898, 1, 1) + timedelta(each) for each in range(1826)]
    for county, day, serial in itertools.product(range(88, 100), days, range(100)):
        id = f"3799{county}{day:%Y%m%d}{serial:02}1X"
        if resident_id_ok(id) and id != ID:
            yield id


async def allowance(client: httpx.AsyncClient, certificate: str, numbers: Iterator[str]) -> int:
    """How many numbers a client tries in a day that waits when it is told to, ten at a time."""
    tried = 0
    while True:
        items = [{"certificate": certificate, "number": next(numbers)} for _ in range(10)]
        answer = await client.post(CHECK, json={"items": items})
        if answer.status_code == 200:
            assert all(each["status"] == "no_notice" for each in answer.json()["answers"])
            tried += len(items)
        elif int(answer.headers["retry-after"]) > 60:
            return tried
        else:
            await DB.fetch("UPDATE rate SET window_end = window_end - $1::interval", MINUTE)


@pytest.mark.parametrize(
    ("certificate", "number", "shown", "numbers", "space"),
    [
        (BIRTH, BORN, "X8******66", born, 10**6),
        # 12 counties, 1,826 days, 100 serials, of which every eleventh has this check digit.
        (DRIVER, ID, "379*************1X", resident, 12 * 1826 * 100 // 11),
    ],
)
async def test_a_days_allowance_tries_less_than_a_thousandth_of_what_is_hidden(
    strangers: From, sign_in: SignIn, certificate: str, number: str, shown: str,
    numbers: Callable[[], Iterator[str]], space: int,
) -> None:  # fmt: skip
    assert await publish(sign_in, certificate, number) == shown
    tried = await allowance(strangers("192.0.2.1"), certificate, numbers())

    assert tried == 100
    assert tried / space < 0.001


async def test_many_addresses_together_try_no_more_than_a_thousand_a_day(
    strangers: From, sign_in: SignIn, limited: Litestar
) -> None:
    await publish(sign_in, BIRTH, BORN)
    # Of those who are signed in too, each of whom is told all the same.
    await limits.guess(key_of(limited), {f"{BIRTH} X8******66": 950}, Counted("account", "a"))
    numbers, tried = born(), 0
    for network in range(10):
        items = [{"certificate": BIRTH, "number": next(numbers)} for _ in range(10)]
        answer = await strangers(f"198.51.{network}.1").post(CHECK, json={"items": items})
        tried += 10 if answer.status_code == 200 else 0

    assert tried == 50
    assert (answer.status_code, answer.json()["sign_in"]) == (429, "/sign-in")
    # Whoever is shown the paper is told, once he says who he is; so is an agency.
    asked = {"certificate": BIRTH, "number": BORN}
    person = await (await sign_in(RESTAURANT)).post(CHECK, json=asked)
    assert person.json()["status"] != "no_notice"
    adding = agencies.add("潍坊市某某医院", [], scopes=["verify", "masked"])
    _, key = await owned(adding)
    bearer = {"authorization": f"Bearer {key}"}
    agency = await strangers("203.0.113.1").post(CHECK, json=asked, headers=bearer)
    assert (agency.status_code, agency.json()["status"]) == (200, person.json()["status"])
    # What looks otherwise is another thing.
    other = {"certificate": BIRTH, "number": "X974123466"}
    assert (await strangers("203.0.113.1").post(CHECK, json=other)).status_code == 200


@pytest.mark.parametrize(
    "spelt", ["x874123466", "编号：X874 1234-66", "Ｘ８７４１２３４６６（副本）"]
)
async def test_a_guess_is_one_however_it_is_spelt(
    strangers: From, limited: Litestar, spelt: str
) -> None:
    await limits.guess(key_of(limited), {f"{BIRTH} X8******66": 1000}, Counted("account", "a"))
    asked = {"certificate": BIRTH, "number": spelt}

    assert (await strangers("192.0.2.1").post(CHECK, json=asked)).status_code == 429


async def test_an_id_is_a_guess_whatever_certificate_it_is_asked_of(
    strangers: From, limited: Litestar
) -> None:
    """A person's notice masks an ID also where other numbers are shown."""
    await limits.use(key_of(limited), "masked", Counted("address", "192.0.2.1"), 10)
    one = strangers("192.0.2.1")

    of_food = {"certificate": "food-operation-license", "number": ID}
    assert (await one.post(CHECK, json=of_food)).status_code == 429
    old = {"certificate": DRIVER, "number": "379999000101001"}
    assert (await one.post(CHECK, json=old)).status_code == 429
    # Without a certificate no masked number is answered, so nothing is guessed.
    assert (await one.post(CHECK, json={"number": ID})).status_code == 200


async def test_pages_of_other_sites_may_not_ask_for_ids(client: httpx.AsyncClient) -> None:
    """Or many visitors' browsers would guess, each from an address of its own."""
    food = {"certificate": "food-operation-license"}
    open_ = await client.post(CHECK, json=food | {"number": "JY13799990000011"})
    closed = await client.post(CHECK, json=food | {"number": ID})

    name = READ[0][0].decode()
    assert open_.headers[name] == "*"
    assert name not in closed.headers
