"""What one request may cost: work, room in the answer, and other people's time."""

import asyncio
import gc
import time
from collections.abc import Awaitable
from typing import Any

import httpx
import msgspec
import pytest

from notices import verification
from notices.app import lasting_app, read_pages_aside
from notices.deployment import Deployment
from notices.facts import readings
from notices.facts.errors import Problem, UnknownField
from notices.facts.text_check import LONGEST_TEXT
from notices.locale import LANGUAGES
from notices.pages import checking_many, templating
from notices.verification import Question
from notices.web import bodies, problems
from tests.api import declaration

CHECK = "/api/v1/verifications"
JSON = {"content-type": "application/json"}
FOOD = "food-operation-license"
UNFOLDING = "\ufdfa" * 200
"""Each unfolds to eighteen letters in NFKC."""

COSTLY = [
    "½" * 66,
    "潍字第" * 60 + "1" * 20,
    "（" * 99 + "1" + "）" * 99,
    "No." * 60 + "1",
    "1" + "(副本)" * 49,
    "1-(3-2)" * 28,
    "编号：" * 60 + "1",
]


@pytest.mark.parametrize("text", [UNFOLDING, "½" * 101, "㍿" * 51, "1" * 201])
async def test_a_number_that_unfolds_beyond_two_hundred_letters_is_too_long(
    restaurant: httpx.AsyncClient, text: str
) -> None:
    asked = await restaurant.post(CHECK, json={"number": text})
    declared = await restaurant.post("/api/v1/notices", json=declaration(number=text))
    page = await restaurant.post("/verify", data={"number": text})
    search = await restaurant.get("/api/v1/notices", params={"q": text})
    typing = await restaurant.get("/api/v1/suggestions", params={"q": text})

    assert [answer.status_code for answer in (asked, declared, page)] == [422, 422, 422]
    assert [answer.status_code for answer in (search, typing)] == [400, 400]
    for answer in (asked, declared, search, typing):
        assert [one["code"] for one in answer.json()["errors"]] == ["too_long"]


def test_a_number_that_is_too_long_is_never_read_as_a_shorter_one() -> None:
    for text in (UNFOLDING, "JY1" * 67 + "编号：1", "编号：" + "1" * 200):
        assert readings.read(text).normal == text


@pytest.mark.parametrize("number", COSTLY, ids=lambda it: it[:4])
async def test_no_number_takes_long_to_read(deployment: Deployment, number: str) -> None:
    """Ten times the two milliseconds that the worst of them takes, and it was 55 before."""
    assert len(number) <= LONGEST_TEXT
    began = time.process_time()
    await verification.check(deployment, [Question(number=number)])

    assert time.process_time() - began < 0.02


async def waiting(doing: Awaitable[Any]) -> tuple[Any, float, float]:
    """What comes of it, how long somebody else waited for a turn at most, and how long it took."""
    longest = 0.0

    async def somebody() -> None:
        nonlocal longest
        while True:
            began = time.process_time()
            await asyncio.sleep(0)
            longest = max(longest, time.process_time() - began)

    other = asyncio.create_task(somebody())
    gc.disable()  # of all that a run of tests has made; a service has frozen what it began with
    try:
        began = time.process_time()
        done = await doing
        whole = time.process_time() - began
    finally:
        gc.enable()
        other.cancel()
    return done, longest, whole


async def test_a_thousand_questions_leave_others_their_turns(
    deployment: Deployment, database: None
) -> None:
    questions = [Question(number=each) for each in COSTLY] * 40
    answering = verification.answer(deployment, questions, many=True)
    answers, longest, whole = await waiting(answering)

    assert len(answers) == len(questions)
    assert longest < 0.05 < whole


async def test_a_thousand_lines_leave_others_their_turns(deployment: Deployment) -> None:
    """Each of them takes less than a slice of such work."""
    numbers = [f"编号：JY1379999{serial:07}" for serial in range(1000)]
    (lines, _), longest, whole = await waiting(checking_many.read_lines(deployment, None, numbers))

    assert len(lines) == len(numbers)
    assert longest < 0.05 < whole


def many(count: int) -> bytes:
    return ("{" + ",".join(f'"f{number}":1' for number in range(count)) + "}").encode()


@pytest.mark.parametrize(
    ("body", "status", "named", "more"),
    [
        (many(19), 400, 19, None),
        (many(20), 400, 20, None),
        (many(21), 400, 20, 1),
        (many(4_000), 400, 20, 3_980),
        (many(110_000), 400, 20, 109_980),
        (b'{"items":[{"number":"1"}],' + many(110_000)[1:], 400, 20, 109_980),
        (b'{"items":[' + many(9_000) + b"]}", 422, 1, None),
        (b'{"items":[' + b",".join([many(30)] * 300) + b"]}", 400, 20, 8_980),
        (msgspec.json.encode({"items": [{"number": "*"}] * 1000}), 422, 20, 980),
        (msgspec.json.encode({"items": [1] * 1000}), 422, 20, 980),
        (b'{"items":[' + b"1," * 300_000 + b"1]}", 422, 1, None),
        (b'{"items":[' + b"1," * 50_000 + b"1]}", 422, 1, None),
        (b'{"items":' + b"[" * 500_000 + b"]" * 500_000 + b"}", 400, 0, None),
        (b'{"items":[{"number":"1"}],"items":[' + b'{"number":"1"},' * 9000 + b"1]}", 400, 0, None),
        (b"[" + b"1," * 50_000 + b"1]", 400, 0, None),
        (b'{"number":"' + b"1" * 1_000_000 + b'"}', 422, 1, None),
        (b'{"number":[' + b"1," * 50_000 + b"1]}", 413, 0, None),
    ],
)
async def test_a_problem_names_twenty_errors_and_counts_the_others(
    client: httpx.AsyncClient, body: bytes, status: int, named: int, more: int | None
) -> None:
    answer = await client.post(CHECK, content=body, headers=JSON)

    told = answer.json()
    assert answer.status_code == status
    assert len(answer.content) <= 16_000
    assert len(told.get("errors", [])) == named
    assert told.get("more_errors") == more


@pytest.mark.parametrize("name", ["\x01" * 999, "字" * 999, "🀀" * 999, '"' * 999])
async def test_no_answer_to_bad_input_is_longer_than_16_kb(
    restaurant: httpx.AsyncClient, name: str
) -> None:
    fields = {f"{number:02}{name}": 1 for number in range(40)}
    body = msgspec.json.encode(declaration() | {"holder": fields} | fields)
    answer = await restaurant.post("/api/v1/notices", content=body[:65_536], headers=JSON)

    assert answer.status_code == 400
    assert len(answer.content) <= 16_000
    query = "&".join(f"{number}x{'y' * 90}=1" for number in range(300))
    assert len((await restaurant.get(f"/api/v1/notices?{query}")).content) <= 16_000


def test_what_has_no_room_in_a_problem_is_counted() -> None:
    wrong = [Problem("\x01" * 60, "unknown_field", {"name": "\x01" * 60}) for _ in range(30)]
    told = msgspec.json.decode(
        problems.encoded(problems.problem(UnknownField(problems=wrong, more=7), "zh"))
    )

    assert len(told["errors"]) < 20
    assert len(told["errors"]) + told["more_errors"] == 37


@pytest.mark.parametrize("name", ["items", "\\u0069tems"])
@pytest.mark.parametrize("shape", ['{{"{}":[{}]}}', ' {{ "{}" : [{}] }} '])
async def test_a_long_body_is_read_as_a_short_one(
    client: httpx.AsyncClient, name: str, shape: str
) -> None:
    item = '{"certificate":"%s","number":"JY1379999%07d","document":"%s"}'
    items = [item % (FOOD, number, FOOD) for number in range(1000)]
    bodies_ = [shape.format(name, ",".join(each)) for each in (items, items[:3])]
    long, short = [await client.post(CHECK, content=each, headers=JSON) for each in bodies_]

    assert len(shape.format(name, ",".join(items))) > bodies.MOST_BYTES
    assert [each["number"] for each in long.json()["answers"]] == [
        f"JY1379999{number:07}" for number in range(1000)
    ]
    asked = [[each["asked"] for each in answer.json()["answers"]] for answer in (long, short)]
    assert asked[0][:3] == asked[1]


@pytest.mark.parametrize(
    ("item", "field", "code"),
    [
        ('{"number":"1","number":"2"}', None, "bad_request"),
        ('{"number":"%s"}' % ("1" * 5000), "items.900.number", "too_long"),
        ('{"number":"%s"}' % ("1" * 20_000), "items.900", "too_long"),
        ("[1]", "items.900", "wrong_type"),
        ('{"number":1}', "items.900.number", "wrong_type"),
        ('{"numbr":"1"}', "items.900.numbr", "unknown_field"),
    ],
)
async def test_what_is_wrong_in_a_long_body_is_told_where_it_is(
    client: httpx.AsyncClient, item: str, field: str | None, code: str
) -> None:
    good = msgspec.json.encode({"number": "JY13799990000011", "document": FOOD}).decode()
    good = good.ljust(80)
    items = [good] * 1000
    items[900] = item
    body = f'{{"items":[{",".join(items)}]}}'.encode()
    answer = await client.post(CHECK, content=body, headers=JSON)

    told = answer.json()
    assert len(body) > bodies.MOST_BYTES
    if field is None:
        assert told["code"] == code
    else:
        assert [(one["field"], one["code"]) for one in told["errors"]] == [(field, code)]


async def test_a_page_of_events_is_the_same_made_in_pieces(
    restaurant: httpx.AsyncClient,
) -> None:
    for serial in range(45):
        body = declaration(number=f"JY1379999{serial:07}", confirm_unusual_number=True)
        assert (await restaurant.post("/api/v1/notices", json=body)).status_code == 201

    async def page(since: int, limit: int) -> dict[str, Any]:
        query = {"since": str(since), "limit": str(limit)}
        answer = await restaurant.get("/api/v1/events", params=query)
        assert answer.status_code == 200
        page: dict[str, Any] = answer.json()
        return page

    whole = await page(0, 1000)
    assert [each["index"] for each in whole["events"]] == list(range(45))
    assert whole["next"] == 45
    singly = [(await page(each, 1))["events"][0] for each in range(45)]
    assert whole["events"] == singly
    for since, limit in ((0, 20), (0, 21), (0, 40), (3, 41), (44, 30), (45, 30), (99, 30)):
        part = await page(since, limit)
        assert part["events"] == singly[since : since + limit]
        assert part["next"] == max(min(since + limit, 45), since)


@pytest.mark.parametrize("text", ["<" * 20_000, "字" * 6_000])
async def test_a_page_shows_little_of_what_was_too_long(
    client: httpx.AsyncClient, text: str
) -> None:
    usual = len((await client.post("/verify", data={"number": "*"})).content)
    checked = await client.post("/verify", data={"number": text})
    searched = await client.get("/notices", params={"q": text})

    assert (checked.status_code, searched.status_code) == (422, 400)
    assert len(checked.content) < usual + 8_000
    assert len(searched.content) < 16_000


def test_what_a_web_process_begins_with_is_never_searched_for_garbage(
    deployment: Deployment,
) -> None:
    """It took a tenth of a second at a time, in which nobody was answered."""
    try:
        lasting_app(deployment.settings, deployment)
        assert gc.get_freeze_count() > 50_000
        assert len(gc.get_objects()) < 10_000
    finally:
        gc.unfreeze()


def test_pages_are_compiled_before_the_first_is_asked_for(deployment: Deployment) -> None:
    """Whoever asked first kept everybody waiting for 0.3 s."""
    pages = {file.name for file in (templating.HERE / "templates").glob("*.html")}
    try:
        app = lasting_app(deployment.settings, deployment)
    finally:
        gc.unfreeze()
    templates = app.state.templates
    assert read_pages_aside in app.on_startup
    assert not any(templates.compiled(language) for language in LANGUAGES)

    templates.read()

    for language in LANGUAGES:
        assert templates.compiled(language) >= pages
