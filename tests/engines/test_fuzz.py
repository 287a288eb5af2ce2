"""Forms, paths, queries and bodies under mutation: whatever is sent, nothing answers 5xx.

The fuzz by the API's description (`test_openapi`) sees no page, no form and no path that is not
there. This one sends thousands of requests to the application itself, without a socket between.
"""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from litestar import Litestar

from notices import agencies
from notices.deployment import Deployment
from tests.api import declaration
from tests.asking import PNG, Asked, Seeds, answer, written
from tests.conftest import SignIn
from tests.owning import owned
from tests.samples import ANNA, OFFICER, RESTAURANT

REQUESTS = int(os.environ.get("FUZZ", "20000"))
PARTS = 8
"""Which the workers of a run share; each part has mutations of its own. Another FUZZ, others."""
DEAR, SELDOM = (".pdf", "/problems", "/metrics", "/declare", "/openapi.json"), 0.3
"""What takes ten times as long as the others, and how much seldomer it is asked."""
TEXTS = (
    "", " ", "\0", "%00", "\u202e", "\ud800", "\ufffe", "\U0010ffff", "\r\nX: 1", "'\"><",
    "{{7*7}}",
    "a" * 5_000, "无" * 300, "\ufdfa" * 200, "0", "-1", "1e999", "NaN", "9007199254740993",
    "9" * 400,
    "٣٧٠٧٠٥", "²", "①", "0000-00-00", "2026-02-30", "9999-12-31", "0001-01-01", "10000-01-01",
    "2026-11-01T00",
    "二〇二六年十一月一日",
    "379999", "3", "370705\n", "../../etc/passwd", "37070000000136", "true", "null",
    "[]", "self",
    "parent", "guardian", "both", "check", "publish", "certificate", "food-operation-license",
    "birth-medical-certificate",
    "company-seal", "lawyer-practice-certificate", "resident-id", "passport", "organisation",
)  # fmt: skip
"""What a field may hold that its handler did not think of, and what changes what others mean."""
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**53 + 1, -(2**53) - 1, 2**63, 2**64, 10**300, 1.5,
    1e308, -0.0,
    [], {}, [[]], {"": ""}, [None] * 50, {"a": {"b": {"c": []}}}, {"serial": 2**53 + 1},
    {"count": 10**30},
    *TEXTS,
)  # fmt: skip
PIECES = (
    "%00", "%2e%2e", "..", "%2f", "%5c", "%ff", "%ed%a0%80", "%E5%85%AC", "%0d%0a", "%", "%zz",
    " ", ";", "//", "a" * 5_000,
    "a" * 255 + "/", "公", "\x7f", "-1", "0", "9" * 400, "x001", "index.html", ".pdf",
    ".tlog-proof", "%00.pdf", "%00.tlog-proof",
)  # fmt: skip


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to everything in a JSON value."""
    if at:
        yield at
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for name, each in pairs:
        yield from places(each, (*at, name))


def put(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    """`value` with `new` at the place."""
    if not at:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = put(copy[at[0]], at[1:], new)
    return copy


def spoiled(asked: Asked, chance: random.Random) -> Asked:
    """`asked` with one or two things wrong."""
    ways = [_path, _query, _headers]
    if asked.form is not None or asked.body is not None:
        ways += [_field] * 12 + [_raw]
    else:
        ways += [_path] * 3 + [_query] * 3
    for _ in range(chance.choice((1, 1, 1, 2))):
        asked = chance.choice(ways)(asked, chance)
    return asked


def _path(asked: Asked, chance: random.Random) -> Asked:
    parts, piece = asked.path.split("/"), chance.choice(PIECES)
    at = chance.randrange(1, len(parts))
    parts[at] = chance.choice(
        (piece, parts[at] + piece, piece + parts[at], parts[at] + "/" + piece, "")
    )
    method = chance.choice(
        (asked.method,) * 8 + ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "BREW")
    )
    return replace(asked, path="/".join(parts), method=method)


def _query(asked: Asked, chance: random.Random) -> Asked:
    known = [name for name, _ in asked.query] or ["q", "lang", "next", "event", "certificate"]
    pairs = [pair for pair in asked.query if chance.random() < 0.9]
    pairs.insert(0, (chance.choice(known), chance.choice(TEXTS)))
    return replace(asked, query=tuple(pairs))


def _headers(asked: Asked, chance: random.Random) -> Asked:
    name = chance.choice(
        ("accept-language", "idempotency-key", "range", "if-none-match", "if-modified-since",
        "accept-encoding", "content-encoding",
         "content-length", "content-type", "cookie", "authorization", "origin", "host", "accept",
         "x-forwarded-for", "expect")
    )  # fmt: skip
    value = chance.choice(
        (
            "",
            "\xff\xfe",
            "a" * 3_000,
            "en;q=x",
            "*",
            ",",
            "bytes=5-1",
            "Bearer ",
            "Bearer \xff",
            "session=",
            "session=\xe5;;=",
            "null",
            "-1",
            "gzip;q=",
            "9" * 30,
        )
    )
    return replace(asked, headers=((name, value),))


def _field(asked: Asked, chance: random.Random) -> Asked:
    if asked.form is not None:
        form = dict(asked.form)
        name = chance.choice([*form])
        if chance.random() < 0.1:
            del form[name]
        else:
            form[chance.choice((name,) * 9 + (name + "\0",))] = chance.choice(TEXTS)
        return replace(asked, form=form)
    at = chance.choice([*places(asked.body), ("x",)])
    value = chance.choice(VALUES)
    return replace(
        asked,
        body={**(asked.body or {}), "x": value} if at == ("x",) else put(asked.body, at, value),
    )


def _raw(asked: Asked, chance: random.Random) -> Asked:
    body = bytearray(written(asked))
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(body) + 1)
        body[at : at + chance.choice((0, 1, 20))] = chance.choice(
            (b"", b"\0", b"\xff", b"%", b"[" * 500, b"\xed\xa0\x80", b"&&", b'"', b"--b--", b"\r\n")
        )
    return replace(asked, raw=bytes(body))


@pytest.fixture
async def sessions(
    app: Litestar, sign_in: SignIn, deployment: Deployment
) -> dict[str, tuple[str, str]]:
    found = {}
    for who, person in (("holder", RESTAURANT), ("stranger", ANNA), ("officer", OFFICER)):
        client = await sign_in(person)
        found[who] = ("cookie", f"session={client.cookies['session']}")
    _, key = await owned(agencies.add("潍坊市奎文区行政审批服务局", ["潍坊市奎文区行政审批服务局"]))
    return found | {"agency": ("authorization", f"Bearer {key}")}


@pytest.fixture
async def seeds(restaurant: httpx.AsyncClient, sign_in: SignIn) -> Seeds:
    id = (await restaurant.post("/api/v1/notices", json=declaration())).json()["id"]
    stranger = await sign_in(ANNA)
    objected = await stranger.post(
        f"/api/v1/notices/{id}/objections",
        data={"number": "JY13799990000011", "ground": "other", "text": "x"},
        files={"evidence": ("a.png", PNG, "image/png")},
    )
    return Seeds(id, objected.json()["id"])


@pytest.mark.parametrize("part", range(PARTS))
async def test_no_mutation_of_any_request_makes_the_service_fail(
    app: Litestar, seeds: Seeds, sessions: dict[str, tuple[str, str]], part: int
) -> None:
    every = [*seeds.gets(), *seeds.forms(), *seeds.calls()]
    chance = random.Random(f"{REQUESTS} {part}")  # noqa: S311
    failed: dict[tuple[str, str], Asked] = {}
    answered: set[int] = set()
    weights = [SELDOM if asked.path.endswith(DEAR) else 1.0 for asked in every]
    for asked in every:
        status, _, body = await answer(app, asked, sessions)
        answered.add(status)
        assert status in asked.right, (status, asked, body.decode("utf-8", "replace"))

    for _ in range(REQUESTS // PARTS):
        asked = spoiled(chance.choices(every, weights)[0], chance)
        status, headers, body = await answer(app, asked, sessions)
        if status == 503:  # on a machine that has no time, which no mutation is to blame for
            status, headers, body = await answer(app, asked, sessions)
        answered.add(status)
        if (
            status >= 500
            or (status >= 400 and "content-type" not in headers)
            or b"Traceback" in body
        ):
            failed.setdefault((asked.method, asked.path[:60]), asked)

    assert failed == {}
    assert answered >= {200, 303, 400, 401, 403, 404, 405, 422}  # every door was tried


UNSEEN = "\u200b"
"""A text in which nobody sees anything: it counts as left out, wherever it is read."""


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (Asked("GET", "/static/%00"), 404),
        (Asked("GET", "/static/site.css/x"), 404),
        (Asked("GET", "/static/" + "a" * 5_000), 404),
        (Asked("GET", "/static/../pages.py"), 404),
        (Asked("GET", "/api/v1/objections/%00/evidence", "officer"), 404),
        (Asked("GET", "/notices/%00.pdf"), 404),
    ],
    ids=lambda value: value.path[:30] if isinstance(value, Asked) else "",
)
async def test_a_path_that_is_none_of_ours_is_not_found(
    app: Litestar, sessions: dict[str, tuple[str, str]], asked: Asked, status: int
) -> None:
    answered, headers, _ = await answer(app, asked, sessions)

    assert answered == status
    assert headers["content-type"].startswith(("application/problem+json", "text/html"))


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (12_345_678, 201),
        (2**53, 422),
        (2**53 + 1, 422),
        (-(2**53), 422),
        (2**70, 422),
        ("12345678", 201),
    ],
)
async def test_a_number_that_readers_of_json_round_is_given_as_text(
    app: Litestar, seeds: Seeds, sessions: dict[str, tuple[str, str]], value: object, status: int
) -> None:
    asked = next(
        each for each in seeds.calls() if each.body and "serial" in (each.body.get("details") or {})
    )

    answered, _, body = await answer(
        app,
        replace(asked, body=asked.body and asked.body | {"details": {"serial": value}}),
        sessions,
    )

    assert answered == status
    if status == 422:
        assert [(one["field"], one["code"]) for one in json.loads(body)["errors"]] == [
            ("details.serial", "not_text")
        ]


@pytest.mark.parametrize(
    "name", ["issued_on", "lost_on", "issuer", "matter", "copy_number", "contact.phone"]
)
@pytest.mark.parametrize("at", ["check", "publish"])
async def test_what_nobody_sees_is_left_out_on_the_pages(
    app: Litestar, seeds: Seeds, sessions: dict[str, tuple[str, str]], name: str, at: str
) -> None:
    right = next(
        each
        for each in seeds.forms()
        if (each.form and each.form.get("at") == at) or at == "publish"
    )
    asked = replace(right, form=(right.form or {}) | {"at": "check", "to": at, name: UNSEEN})

    answered, headers, body = await answer(app, asked, sessions)

    assert answered == 303, body.decode()
    if at == "check":
        page = Asked("GET", headers["location"], "holder")
        assert (await answer(app, page, sessions))[0] == 200
    if at == "publish":
        id = headers["location"].rsplit("/", 1)[-1]
        _, _, body = await answer(app, Asked("GET", f"/api/v1/notices/{id}"), sessions)
        assert UNSEEN not in body.decode()


@pytest.mark.parametrize("name", ["issued_on", "lost_on", "issuer", "matter", "relation"])
async def test_what_nobody_sees_is_left_out_by_the_api(
    app: Litestar, seeds: Seeds, sessions: dict[str, tuple[str, str]], name: str
) -> None:
    right = next(each for each in seeds.calls() if each.path == "/api/v1/notices")

    answered, _, body = await answer(
        app, replace(right, body=(right.body or {}) | {name: UNSEEN}), sessions
    )

    assert answered == 201, body.decode()
    assert not json.loads(body).get(name)
