"""A file of certificates is answered as its rows are one by one, and does nobody harm."""

import contextlib
import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
import pytest

from notices.batches.asking import Probes
from notices.batches.meeting import (
    ANY,
    DIGITS,
    HOLDER,
    NUMBER,
    Moment,
    Snapshot,
    rows_that_meet,
)
from notices.database import BY_INDEX, DB
from notices.deployment import Deployment, refuse_other_keys
from notices.facts.rows import Columns, read
from notices.facts.texts import CHINA
from notices.trust.answers import BATCH, keys_in, verify
from notices.upkeep import rekeying, rotating
from notices.verification import MOST_QUESTIONS
from tests import api
from tests.api import declaration, unusual
from tests.conftest import SignIn
from tests.engines.test_agency_keys import added, bearer
from tests.engines.test_guessing import BIRTH, BORN, publish
from tests.engines.test_life import contested
from tests.engines.test_rekeying import at_once_and_one_by_one
from tests.files import picture
from tests.owning import owned, owning
from tests.publishing import declared, redacted, withdrawn
from tests.samples import ANNA, OFFICER

PATH = "/api/v1/verifications/batch"
FOOD = "food-operation-license"
ADDED = ["status", "since", "effective_at", "awaiting", "notice", "others", "problem"]


async def keyed(*scopes: str, **more: Any) -> dict[str, str]:
    """The header of a new agency's key."""
    _, key = await added(scopes=scopes or ("verify", "batch"), **more)
    return bearer(key)


def table(rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


async def send(
    client: httpx.AsyncClient, content: bytes | str, headers: Mapping[str, str], **more: Any
) -> httpx.Response:
    content = content.encode() if isinstance(content, str) else content
    return await client.post(
        PATH, files={"file": ("register.csv", content)}, headers={**headers, **more}
    )


def rows_of(answer: httpx.Response, encoding: str = "utf-8", delimiter: str = ",") -> Any:
    assert answer.status_code == 200, answer.text
    text = io.StringIO(answer.content.decode(encoding), newline="")
    return list(csv.reader(text, delimiter=delimiter))


async def test_rows_come_back_in_order_with_what_is_said_of_each(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    notice = (await restaurant.post("/api/v1/notices", json=declaration())).json()
    header = ["户名", "证件号码", "证件种类"]
    rows = [
        ["甲", "JY13799990000011", "食品经营许可证"],
        ["=1+1", "JY13799990000020", FOOD],
        ["丙", "", FOOD],
        ["丁", "3.7E+17", ""],
    ]

    answer = await send(client, table([header, *rows]), await keyed())

    found = rows_of(answer)
    assert found[0] == [*header, *ADDED]
    told = ["invalid", notice["published_at"], notice["published_at"], "", notice["id"], "", ""]
    assert found[1] == [*rows[0], *told]
    assert found[2][:4] == ["'=1+1", *rows[1][1:], "no_notice"]
    assert [each[-1] for each in found[3:]] == ["number_empty", "number_scientific"]
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


async def test_the_summary_is_signed_kept_for_its_agency_and_told_to_no_other(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    await restaurant.post("/api/v1/notices", json=declaration())
    content = table([["number", "certificate"], ["JY13799990000011", FOOD], ["无", FOOD]])
    own, others = await keyed(), await keyed(name="乙局")

    answer = await send(client, content, own)

    link = answer.headers["link"]
    path = link[1:].partition(">")[0].partition(".example")[2]
    assert link.endswith('; rel="summary"')
    summary = (await client.get(path, headers=own)).json()
    public = keys_in((await client.get("/.well-known/notice-keys.json")).content)
    verify(summary, public, BATCH)
    assert {name: summary[name] for name in ("rows", "answered", "hits", "problems")} == {
        "rows": 2, "answered": 1, "hits": 1, "problems": 1,
    }  # fmt: skip
    assert summary["by_problem"] == {"number_placeholder": 1}
    assert summary["log_size"] == 1
    assert summary["input_sha256"] == hashlib.sha256(content.encode()).hexdigest()
    assert summary["output_sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert (await client.get(path, headers=others)).status_code == 404
    assert (await client.get(path)).status_code == 401


SEAL, PRODUCTION = "company-seal", "food-production-license"
CODE = "92379999MA0000023B"
BOOKSHOP = "91379999MA0000015K"
NUMBERS = (
    "JY13799990000011", "ｊｙ1 3799-9900 00011", "13799990000011", "(副本)JY13799990000011(3-2)",
    "JY13799990000020", "JY13799990000038", "JY13799990000046", "许可证编号：JY13799990000011号",
    CODE, "3799990000012", "3799990000020", BORN, "无", "", "JY1379999****011",
    "=\"JY13799990000020\"",
    "3.7E+17", "370799199001011000", "=A1", "JY13799990000012", "\u202eJY1", "第2023379999号",
    "社证字第5908-14号", "社证字第590814号", "379999900101001", "37999919900101001X", "x" * 300,
    "JY13799990000054", "JY13799990000063", "JY13799990000071", "JY13799990000089",
    "JY13799990000097", "JY13799990000100",
)  # fmt: skip
CERTIFICATES = (
    "", FOOD, "食品经营许可证", "食品流通许可证", PRODUCTION, SEAL, "财务专用章", "公章", BIRTH,
    "road-transport-practitioner-certificate", "business-license", "no-such-certificate",
)  # fmt: skip
COPIES = (
    ("", ""),
    ("正本", ""),
    ("duplicate", "3-2"),
    ("副本", "3-1"),
    ("original", "2"),
    ("x", ""),
)


async def declare_all_kinds(
    deployment: Deployment, restaurant: httpx.AsyncClient, sign_in: SignIn
) -> None:
    """Notices that meet the numbers above in every way there is."""
    anna, officer = await sign_in(ANNA), await sign_in(OFFICER)
    another = {"kind": "organisation", "name": "潍坊市奎文区某某书店", "identifier": BOOKSHOP}
    for number in ("JY13799990000011", "JY13799990000100"):
        body = unusual(number, relation="mandate", holder=another)
        await api.declared(anna, body, picture("PNG", 20))  # awaits, and claims nothing
    await declared(deployment, "JY13799990000011", copies="duplicate", copy_number="3-2")
    await declared(deployment, "JY13799990000011", copies="original")
    withdrawn_id = await declared(deployment, "JY13799990000020")
    await withdrawn(deployment, withdrawn_id)
    await declared(deployment, "JY13799990000020")
    ended = await declared(deployment, "JY13799990000038")
    await withdrawn(deployment, ended)
    await declared(deployment, "JY13799990000046", certificate=PRODUCTION, matter=None)
    await declared(deployment, "JY13799990000063", certificate=PRODUCTION, matter=None)
    await declared(deployment, "JY13799990000063")
    gone = await declared(deployment, "JY13799990000054")
    await redacted(deployment, gone)
    seals: Any = {"certificate": SEAL, "matter": None, "copies": None}
    await declared(deployment, "", document="official-seal", **seals)
    await declared(deployment, "3799990000012", document="contract-seal", **seals)
    await publish(sign_in, BIRTH, BORN)
    for number, new in (
        ("JY13799990000071", "JY13799990000020"),
        ("JY13799990000089", "JY13799990000089"),
    ):
        await replaced(restaurant, await declared(deployment, number), new)
    await declared(deployment, "JY13799990000089")  # the new one of the same number is lost too
    await contested(
        anna, officer, await declared(deployment, "JY13799990000097"), number="JY13799990000097"
    )


async def replaced(client: httpx.AsyncClient, id: str, number: str) -> None:
    """By the issuer's agency, as which anybody asks who shows its key."""
    issuer = await keyed("issue", name=f"发证机关{id}")
    body = {"number": number, "issued_on": "2026-11-20"}
    async with httpx.AsyncClient(transport=client._transport, base_url=client.base_url) as other:
        answer = await other.post(api.of(id, "replacement"), headers=issuer, json=body)
    assert answer.status_code == 201, answer.text


async def test_each_row_is_told_what_a_check_of_it_says(
    client: httpx.AsyncClient,
    restaurant: httpx.AsyncClient,
    deployment: Deployment,
    sign_in: SignIn,
) -> None:
    """Every number as every certificate and copy, in one file and one by one."""
    await declare_all_kinds(deployment, restaurant, sign_in)
    rows = [
        [number, certificate, *copy]
        for number in NUMBERS for certificate in CERTIFICATES for copy in COPIES
    ]  # fmt: skip
    key = await keyed("verify", "batch", "masked", name="丙局")

    wrong, statuses = await compared(client, deployment, rows, key)

    assert wrong == []
    assert statuses >= {
        "no_notice", "declared", "invalid", "contested", "replaced", "reinstated", "confirmation",
        "copy", "document", "holder", "certificate", "digits", "earlier",
        "copy confirmation", "earlier replaced", "earlier reinstated",
    }  # fmt: skip


async def test_a_claim_of_older_rules_is_met_without_the_hash_of_its_digits(
    client: httpx.AsyncClient, restaurant: httpx.AsyncClient
) -> None:
    """Whose number nobody knows any more, so that it cannot be hashed anew."""
    await restaurant.post("/api/v1/notices", json=declaration())
    await owned(DB.fetch("UPDATE claim SET rules = 1, by_digits = NULL"))
    content = table([["number", "certificate"], [NUMBERS[0], FOOD]])

    answer = await send(client, content, await keyed())

    assert rows_of(answer)[1][2] == "invalid"


class _NotKept(Exception):
    """Claims of no notice."""


_SOME_CLAIMS = """
INSERT INTO claim (by_certificate, by_number, by_digits, by_holder, copy, notice, rules, shown)
SELECT h, h, h, h, '', '', 9, true FROM (
  SELECT sha256(convert_to(i::text, 'UTF8')) AS h FROM generate_series(1, 3000) i
) AS made
"""


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        (NUMBER, "claim_short_certificate"),
        (ANY, "claim_short_number"),
        (DIGITS, "claim_short_digits"),
        (HOLDER, "claim_short_holder"),
    ],
)
async def test_a_chunk_is_looked_for_by_an_index_of_how_hashes_begin(
    sql: str, index: str, database: None
) -> None:
    """Where there are claims, and nobody has counted them yet."""
    with contextlib.suppress(_NotKept):
        async with DB.transaction():
            await DB.fetch(_SOME_CLAIMS)
            for name, value in BY_INDEX.items():
                await DB.fetch("SELECT set_config($1, $2, true)", name, value)
            plan = "\n".join(row[0] for row in await DB.fetch(f"EXPLAIN {sql}", [1, 2]))
            raise _NotKept

    assert set(re.findall(r"claim_\w+", plan)) == {index}, plan
    assert "Seq Scan" not in plan


async def test_a_hash_that_begins_as_a_claims_does_is_not_that_claims(
    restaurant: httpx.AsyncClient,
) -> None:
    await restaurant.post("/api/v1/notices", json=declaration())
    claimed = (await DB.fetch("SELECT by_number FROM claim"))[0]["by_number"]
    another = claimed[:8] + bytes(24)
    moment = Moment(datetime.now(CHINA), 1, older=False, shared="")
    snapshot = Snapshot(DB, "", moment)

    met = [
        rows_that_meet(probes, await snapshot.known(ANY, probes))
        for probes in (Probes([another, claimed], [0, 1]), Probes([another], [0]))
    ]

    assert met == [{1}, set()]


async def test_rows_are_told_the_same_while_numbers_are_hashed_anew(
    client: httpx.AsyncClient,
    restaurant: httpx.AsyncClient,
    deployment: Deployment,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With claims hashed by either key, some of one number by both."""
    at_once_and_one_by_one(monkeypatch)
    await refuse_other_keys(deployment)  # which says by which key it is hashed
    await declare_all_kinds(deployment, restaurant, sign_in)
    rows = [[number, certificate, "", ""] for number in NUMBERS for certificate in CERTIFICATES]
    key = await keyed("verify", "batch", "masked", name="丙局")
    moments: list[bool] = []

    async def look(moved: int) -> None:
        moments.append(deployment.keys.matching.before is not None)
        if moved and len(moments) % 8 == 0:
            wrong, _ = await compared(client, deployment, rows, key)
            assert wrong == []

    async with owning():
        assert await rotating.begin_matching(deployment)
        await rekeying.go_on(deployment, look)

    assert moments.count(True) >= 6


async def compared(
    client: httpx.AsyncClient, deployment: Deployment, rows: list[list[str]], key: dict[str, str]
) -> tuple[list[Any], set[str]]:
    """Rows that a file answers otherwise than single checks do; and all that was said."""
    header = ["number", "certificate", "copy", "copy_number"]
    answer = await send(client, table([header, *rows]), key, accept="application/x-ndjson")

    *objects, last = map(json.loads, answer.text.splitlines())
    assert last["summary"]["rows"] == len(rows)
    columns = Columns.of(header)
    asked = [read(row, columns, deployment.catalogue) for row in rows]
    answers = await answers_of(client, [each.question for each in asked if each.reading], key)
    wrong, statuses = [], set()
    for row, one, said in zip(rows, asked, objects, strict=True):
        assert said["cells"] == row
        expected = dict.fromkeys(ADDED) | {"others": [], "problem": one.problem}
        if one.reading is not None:
            answer_ = next(answers)
            expected |= {name: answer_[name] for name in ADDED if name != "problem"}
            statuses |= {answer_["status"], str(answer_["awaiting"])}
            for each in answer_["others"]:
                match = each["match"]
                statuses |= {match, f"{match} {each['status']}", f"{match} {each['awaiting']}"}
        if {name: said[name] for name in ADDED} != expected:
            wrong.append((row, said, expected))
    return wrong, statuses


async def answers_of(
    client: httpx.AsyncClient, questions: list[dict[str, str]], key: dict[str, str]
) -> Iterator[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for start in range(0, len(questions), MOST_QUESTIONS):
        items = questions[start : start + MOST_QUESTIONS]
        reply = await client.post("/api/v1/verifications", json={"items": items}, headers=key)
        assert reply.status_code == 200, reply.text
        found += reply.json()["answers"]
    return iter(found)
