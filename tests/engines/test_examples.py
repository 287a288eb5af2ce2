"""The examples of the OpenAPI description: each request is made here, and answered as it says.

`GOLDEN=write` writes them anew. What differs from run to run is left out of the comparison.
"""

import json
from typing import Any

import httpx
import jsonschema_rs
import msgspec
import pytest

from notices import agencies
from notices.api.operations import EXAMPLES
from notices.deployment import Deployment
from notices.facts import errors, excess, outages
from notices.facts.texts import ByLanguage
from notices.statistics import following as counting
from notices.watches import following
from notices.web import problems
from search.admin import Admin
from search.index import next_of
from tests.api import declaration
from tests.conftest import SignIn
from tests.engines.test_golden import WRITE, Blot
from tests.owning import owned
from tests.publishing import caught_up, relaying, until
from tests.samples import ANNA, OFFICER, RESTAURANT

NUMBER = "JY13799990000011"
ISSUER = "潍坊市奎文区行政审批服务局"
COMPANY = {"name": "潍坊试样一有限公司", "identifier": "91379999MA0000100Q"}
RIVAL = {"kind": "organisation", **COMPANY}
READINESS = {"$ref": "#/components/schemas/Readiness"}
UNASKED = {
    "signOut",
    "endWatch",
    "getExhibit",
    "getEvidence",
    "getFeed",
    "getLogKey",
    "getCheckpoint",
    "getTile",
    "getLatestList",
    "getList",
    "verifyFile",
    "getStatisticsTable",
}
"""Operations that take and answer no JSON."""


class Made:
    """What was asked and answered, by operation; and a refusal of each status."""

    def __init__(self) -> None:
        self.examples: dict[str, dict[str, Any]] = {}
        self.problems: dict[str, dict[str, Any]] = {}

    async def __call__(
        self, operation: str, who: httpx.AsyncClient, path: str, body: Any = None, **more: Any
    ) -> Any:
        answer = await who.request("GET" if body is None else "POST", path, json=body, **more)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            self.problems[str(answer.status_code)] = answer.json()
            return answer.json()
        example = self.examples[operation] = {} if body is None else {"request": body}
        if answer.content:
            example["answer"] = answer.json()
        return example.get("answer")


@pytest.fixture
async def made(
    client: httpx.AsyncClient, sign_in: SignIn, deployment: Deployment, admin: Admin
) -> dict[str, Any]:
    """Every example, as it is answered now."""
    ask = Made()
    for index in (deployment.settings.meili_index, next_of(deployment.settings.meili_index)):
        await admin.drop(index)
    people = (RESTAURANT, ANNA, OFFICER, ANNA | {"kind": "organisation", "organisation": COMPANY})
    restaurant, anna, officer, rival = [await sign_in(one) for one in people]
    scopes = ("verify", "batch", "issue")
    _, key = await owned(agencies.add("奎文审批局", [ISSUER], scopes=scopes))
    agency: dict[str, Any] = {"headers": {"Authorization": f"Bearer {key}"}}
    api, second = "/api/v1", {"number": "JY13799990000020", "confirm_unusual_number": True}
    await ask("demoLogin", client, f"{api}/demo/login", RESTAURANT)
    client.cookies.clear()
    async with relaying(deployment, admin):
        first = await ask("declare", restaurant, f"{api}/notices", declaration())
        there = f"{api}/notices/{first['id']}"
        await ask("getNotice", client, there)
        await ask("getReceipt", client, f"{there}/receipt")
        question = {"certificate": "food-operation-license", "number": NUMBER}
        await ask("verify", client, f"{api}/verifications", question)
        await until(caught_up)
        await ask("searchNotices", client, f"{api}/notices?q={NUMBER}")
        await ask("suggest", client, f"{api}/suggestions?q=JY1379999")
        await ask("getEvents", client, f"{api}/events?since=0&limit=1")
        await ask("correct", restaurant, f"{there}/correction", {"lost_on": "2026-10-31"})
        await ask("declare again", rival, f"{api}/notices", declaration(holder=RIVAL))
        objection = {"number": NUMBER, "ground": "not_lost", "text": "证件在我手里。"}
        await ask("object", anna, f"{there}/objections", objection)
        await ask("getObjections", officer, f"{api}/objections")
        admit = {"decision": "admit", "reason": "有原件照片"}
        await ask("decide", officer, f"{there}/decisions", admit)
        await ask("withdraw", restaurant, f"{there}/withdrawal", {"reason": "found"})
        await ask("redact", officer, f"{there}/redaction", {"reason": "含有个人信息"})
        other = (await restaurant.post(f"{api}/notices", json=declaration(**second))).json()
        there = f"{api}/notices/{other['id']}"
        await ask("confirm", client, f"{there}/confirmation", {}, **agency)
        replacement = {"number": "JY13799990000038", "issued_on": "2026-11-20"}
        await ask("replace", client, f"{there}/replacement", replacement, **agency)
        file = {"file": ("register.csv", f"number,certificate\r\n{NUMBER},\r\n".encode())}
        reply = await client.post(f"{api}/verifications/batch", files=file, **agency)
        summary = reply.headers["link"].partition("<")[2].partition(">")[0]
        await ask("getVerifiedFile", client, f"/{summary.split('/', 3)[3]}", **agency)
        _, key = await owned(agencies.add("某某银行", [], scopes=["watch"], kind="bank"))
        bank: dict[str, Any] = {"headers": {"Authorization": f"Bearer {key}"}}
        watched = {
            "certificate": "food-operation-license", "number": "JY13799990000054",
            "label": "押品 2026-118", "url": "https://8.8.8.8/notices",
        }  # fmt: skip
        watch = await ask("watch", client, f"{api}/watches", watched, **bank)
        usual = {"number": watched["number"], "confirm_unusual_number": True}
        await restaurant.post(f"{api}/notices", json=declaration(**usual))
        while await following.step(deployment):
            pass
        await ask("getWatches", client, f"{api}/watches", **bank)
        await ask(
            "replayWatch", client, f"{api}/watches/{watch['id']}/replay", {"since": 0}, **bank
        )
        await ask("getUsage", client, f"{api}/usage", **agency)
        await until(caught_up)
        await counting.step()
        for operation, path in {
            "getAgencies": "/agencies.json", "getTestNumbers": "/help/test-keys.json",
            "getCatalogue": f"{api}/catalogue", "getKeys": "/.well-known/notice-keys.json",
            "getLive": "/health/live", "getReady": "/health/ready",
            "getStatistics": "/statistics.json",
        }.items():  # fmt: skip
            await ask(operation, client, path)
        for operation in ("overlaps", "rivals"):
            await ask(f"get{operation.title()}", officer, f"{api}/{operation}")
    await refused(ask, client, restaurant)
    cut(ask.examples)
    return {"problems": dict(sorted(ask.problems.items())), **ask.examples}


async def refused(ask: Made, client: httpx.AsyncClient, restaurant: httpx.AsyncClient) -> None:
    """A refusal of every status that a description names."""
    notices = "/api/v1/notices"
    foreign = {"Sec-Fetch-Site": "cross-site"}
    await ask("400", client, f"{notices}?colour=red")
    await ask("401", client, notices, declaration())
    await ask("403", restaurant, notices, declaration(number="JY13799990000046"), headers=foreign)
    await ask("404", client, f"{notices}/37070000012345")
    await ask("413", restaurant, notices, {"number": "9" * 70_000})
    await ask("415", restaurant, notices, {}, headers={"Content-Type": "text/plain"})
    await ask("422", restaurant, notices, declaration(number="潍坊", lost_on="2099-01-01"))
    limit, wait = (
        ByLanguage({"zh": "每分钟 30 次核验", "en": "30 checks a minute"}),
        ByLanguage({"zh": "12 秒", "en": "12 seconds"}),
    )
    for refusal in (
        outages.TooSlow(), excess.TooManyUnlessSignedIn(limit=limit, wait=wait),
        errors.Unavailable(), outages.UploadsFull(),
    ):  # fmt: skip
        told = msgspec.to_builtins(problems.problem(refusal, "zh"))
        ask.problems[str(refusal.status)] = told


def cut(examples: dict[str, dict[str, Any]]) -> None:
    """One of each that a catalogue has are enough to see how they are; how far behind is chance,
    and so is how long things took."""
    catalogue = examples["getCatalogue"]["answer"]
    for name in ("certificates", "matters"):
        catalogue[name] = catalogue[name][:1]
    tests = examples["getTestNumbers"]["answer"]
    tests["numbers"] = tests["numbers"][:1]
    for place, rival in enumerate(examples["getRivals"]["answer"]["rivals"], 1):
        rival["id"] = str(place)  # counted on from what earlier tests made
    numbers = examples["getStatistics"]["answer"]
    took = {"check": {"p50": 0.0044, "p95": 0.019}, "search": {"p50": 0.123, "p95": 0.89}}
    numbers |= {
        "seconds_to_publish": {"p50": 84.4, "p95": 312.0}, "checks_met": 0,
        "freshness": {**took, "list": None}, "by_month": numbers["by_month"][-1:],
        "freshness_by_day": [{**took, "list": None, "day": "2026-11-29"}],
    }  # fmt: skip
    numbers["by_month"][0] |= {"month": "2026-11", "checks_met": 0}
    examples["getReady"]["answer"]["relay"] = {"events": 0, "seconds": 0.0, "parked": 0}


async def test_every_example_is_what_is_answered(made: dict[str, Any]) -> None:
    if WRITE:
        EXAMPLES.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n")
    kept = json.loads(EXAMPLES.read_text())

    assert kept.keys() == made.keys()
    for name, example in made.items():
        assert blotted(kept[name]) == blotted(example), f"{name}: another (GOLDEN=write)"


def blotted(example: dict[str, Any]) -> str:
    return Blot()(json.dumps(example, ensure_ascii=False, indent=1))


async def test_every_operation_has_its_examples_and_they_fit(client: httpx.AsyncClient) -> None:
    described = (await client.get("/schema/openapi.json")).json()
    operations = [one for path in described["paths"].values() for one in path.values()]
    examples = json.loads(EXAMPLES.read_text())

    assert {one["operationId"] for one in operations} == UNASKED | examples.keys() - {"problems"}
    tried = 0
    for operation in operations:
        contents = [operation.get("requestBody", {}), *operation["responses"].values()]
        for kind, content in (pair for one in contents for pair in one.get("content", {}).items()):
            if kind.endswith("json") and content["schema"] == READINESS:
                fits(described, READINESS, examples["getReady"]["answer"])
            elif kind.endswith("json") and "ndjson" not in kind:
                fits(described, content["schema"], content["example"])
                tried += 1
    assert tried > 200


def fits(described: dict[str, Any], schema: dict[str, Any], example: Any) -> None:
    validator = jsonschema_rs.Draft202012Validator({**described, **schema})
    errors = [error.message for error in validator.iter_errors(example)]

    assert errors == [], errors


async def test_whoever_may_ask_is_told(client: httpx.AsyncClient) -> None:
    described = (await client.get("/schema/openapi.json")).json()

    schemes = described["components"]["securitySchemes"]
    assert schemes["session"] | {"description": ""} == {
        "type": "apiKey", "in": "cookie", "name": "session", "description": "",
    }  # fmt: skip
    assert schemes["agency"]["scheme"] == "bearer"
    for path in described["paths"].values():
        for method, operation in path.items():
            refusals = operation["responses"].keys()
            who = [scheme for one in operation.get("security", []) for scheme in one]
            assert ("401" in refusals) >= bool(who), operation["operationId"]
            headers = [
                one["name"] for one in operation.get("parameters", []) if one["in"] == "header"
            ]
            keyed = "Idempotency-Key" in headers
            looks = {"getObjections", "getEvidence", "getExhibit", "getRivals"}
            assert ("Access-Purpose" in headers) == (operation["operationId"] in looks)
            # A replay creates nothing, and may be asked for as often as one likes.
            creates = method == "post" and operation["operationId"] != "replayWatch"
            assert keyed == (creates and "409" in refusals and bool(who))


SCOPES = {
    "verify": ["verify"], "verifyFile": ["batch"], "getVerifiedFile": [],
    "confirm": ["issue"], "replace": ["issue"], "getUsage": [],
    "watch": ["watch"], "getWatches": ["watch"], "endWatch": ["watch"], "replayWatch": ["watch"],
}  # fmt: skip
"""What a key has to be for, of whatever operation it opens."""

COUNTED = {"verify", "verifyFile", "searchNotices", "suggest", "getEvents", "declare", "object"}


async def test_every_operation_says_what_it_does_who_may_and_what_to_do_when_refused(
    client: httpx.AsyncClient,
) -> None:
    described = (await client.get("/schema/openapi.json")).json()

    assert "/help/agencies" in described["info"]["description"]
    keyed = {}
    for path in described["paths"].values():
        for operation in path.values():
            name, responses = operation["operationId"], operation["responses"]
            assert " " in operation["summary"], name
            assert operation["description"].startswith(operation["summary"][:20]), name
            who = operation["description"].rpartition("\n\n")[2]
            assert who.startswith(("Anybody may", "Who may: ")), name
            for security in operation.get("security", []):
                if "agency" in security:
                    keyed[name] = security["agency"]
                    assert all(f"`{scope}`" in who for scope in security["agency"]), name
            assert responses["429"]["headers"].keys() == {
                "Retry-After", "RateLimit-Policy", "RateLimit",
            }, name  # fmt: skip
            for status, answer in responses.items():
                if status in ("401", "503"):
                    assert {"401": "WWW-Authenticate", "503": "Retry-After"}[status] in answer[
                        "headers"
                    ], name
                if status >= "400" and "application/problem+json" in answer.get("content", {}):
                    assert answer["description"].count(".") > 1, (name, status)
            done = responses.get("200") or responses.get("201") or {}
            assert ("RateLimit" in done.get("headers", {})) == (name in COUNTED), name
    assert keyed == SCOPES
