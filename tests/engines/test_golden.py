"""What is answered, byte for byte, over one life of a register: `tests/golden/answers` says it.

`GOLDEN=write` writes the files anew; the difference is then what a change means for everybody who
reads our answers. What differs from run to run is blotted out: times, ids, hashes, signatures.
"""

import asyncio
import json
import os
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from notices import agencies
from notices.deployment import Deployment
from notices.facts.texts import CHINA
from search.admin import Admin
from search.index import next_of
from tests.api import declaration
from tests.conftest import SignIn
from tests.declared import CHILD
from tests.files import picture
from tests.owning import owned
from tests.publishing import caught_up, relaying, until
from tests.samples import ANNA, OFFICER, RESTAURANT

FOLDER = Path(__file__).parents[1] / "golden" / "answers"
WRITE = os.environ.get("GOLDEN") == "write"
HEADERS = (
    "content-type", "location", "cache-control", "vary", "link", "content-disposition",
    "access-control-allow-origin", "x-robots-tag", "retry-after",
)  # fmt: skip
ISSUER = "潍坊市奎文区行政审批服务局"
NUMBER = "JY13799990000011"
LIMITED = ('"degraded":true', "note-box strong", "empty limited")
LATELY = timedelta(days=5)
"""A day since then is the run's, and so is one that has yet to come; all others are told."""


class Blot:
    """Puts a name in place of each value that is another in every run."""

    def __init__(self) -> None:
        self.notices: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        for pattern, put in self._rules():
            text = re.sub(pattern, put, text)
        return text

    def _rules(self) -> list[tuple[str, str | Callable[[re.Match[str]], str]]]:
        return [
            (r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(\+08:00|Z)", "{time}"),
            (r'(name="stamp" value=")\d+', r"\1{seconds}"),
            # A QR code says the notice's number, which is another one after other tests.
            (r'(stroke-width="1.02" d=")[^"]+', r"\1{code}"),
            (r'data-(left|longest)="\d+"', r'data-\1="{seconds}"'),
            (r"(20\d\d)-(\d\d)-(\d\d)(?!\d)", self._day),
            (r"(20\d\d)年(\d{1,2})月(\d{1,2})日", self._day),
            (r"(\d{1,2}) (\w+) (20\d\d)", self._english),
            (r"\b\d\d:\d\d(:\d\d)?\b", "{clock}"),
            (r'"20\d\d": (\d+)', r'"{year}": \1'),
            (r'<option value="20\d\d">20\d\d', '<option value="{year}">{year}'),
            (r"(?<!\d)3707-?\d{4}-?\d{4}-?\d{2}(?!\d)", self._notice),
            (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "{uuid}"),
            (r'name="key" value="[^"]+"', 'name="key" value="{key}"'),
            (r"(?=[A-Za-z0-9+/_-]*[A-Z0-9])[A-Za-z0-9+/_-]{32,}={0,2}", self._bytes),
            (r"\b(?:[0-9a-f]{16}|[0-9a-f]{24})\b", "{hex}"),
            (r"\?v=[0-9a-f]{12}", "?v={version}"),
        ]

    def _day(self, match: re.Match[str]) -> str:
        day = datetime(*map(int, match.groups()), tzinfo=CHINA)
        return "{day}" if day > datetime.now(CHINA) - LATELY else match[0]

    def _english(self, match: re.Match[str]) -> str:
        try:
            day = datetime.strptime(match[0], "%d %B %Y").replace(tzinfo=CHINA)
        except ValueError:
            return match[0]
        return "{day}" if day > datetime.now(CHINA) - LATELY else match[0]

    def _notice(self, match: re.Match[str]) -> str:
        bare = match[0].replace("-", "")
        return self.notices.setdefault(bare, f"{{notice {len(self.notices) + 1}}}")

    def _bytes(self, match: re.Match[str]) -> str:
        return f"{{{len(match[0])} characters}}"


class Heard:
    """Every exchange under a title; one file for each kind."""

    def __init__(self) -> None:
        self.blot = Blot()
        self.files: dict[str, list[str]] = {}

    def add(self, file: str, title: str, answer: httpx.Response) -> None:
        headers = [f"{name}: {answer.headers[name]}" for name in HEADERS if name in answer.headers]
        text = answer.text
        if "json" in answer.headers.get("content-type", ""):
            text = json.dumps(answer.json(), ensure_ascii=False, indent=1)
        parts = [f"=== {title}", str(answer.status_code), *headers, "", text, ""]
        self.files.setdefault(file, []).append(self.blot("\n".join(parts)))

    def compare(self) -> None:
        """With what was written; or write it."""
        if WRITE:
            FOLDER.mkdir(exist_ok=True)
        told = []
        for name, parts in sorted(self.files.items()):
            text, file = "\n".join(parts), FOLDER / f"{name}.txt"
            if WRITE:
                file.write_text(text)
            elif file.read_text() != text:
                told += [f"{name}: {line}" for line in difference(file.read_text(), text)]
        assert not told, "\n".join(["another answer than before (GOLDEN=write)", *told[:60]])


def difference(before: str, now: str) -> list[str]:
    import difflib

    lines = difflib.unified_diff(before.split("\n"), now.split("\n"), lineterm="", n=1)
    return [line[:200] for line in lines][2:]


async def test_no_answer_is_another_than_before(
    client: httpx.AsyncClient,
    sign_in: SignIn,
    deployment: Deployment,
    admin: Admin,
    uploads: Path,
) -> None:
    heard = Heard()
    for index in (deployment.settings.meili_index, next_of(deployment.settings.meili_index)):
        await admin.drop(index)
    restaurant, anna, officer = [await sign_in(one) for one in (RESTAURANT, ANNA, OFFICER)]
    _, key = await owned(agencies.add("奎文审批局", [ISSUER]))
    agency = {"Authorization": f"Bearer {key}"}

    async def act(title: str, who: httpx.AsyncClient, path: str, body: Any, **more: Any) -> Any:
        answer = await who.post(f"/api/v1/{path}", json=body, **more)
        heard.add("acts", f"{title}: POST {path}", answer)
        return answer.json()

    async def ask(file: str, path: str, who: httpx.AsyncClient = client, **more: Any) -> None:
        for _ in range(50):
            answer = await who.get(path, **more)
            if "notices?" not in path or not any(mark in answer.text for mark in LIMITED):
                break
            await asyncio.sleep(0.2)  # a busy machine: the search engine did not answer in time
        heard.add(file, f"GET {path}", answer)

    async with relaying(deployment, admin):
        ids = await lives(act, heard, client, restaurant, anna, officer, agency)
        await until(caught_up)
        for name, id in ids.items():
            heard.blot.notices.setdefault(id, f"{{{name}}}")
        for id in ids.values():
            await ask("notices", f"/api/v1/notices/{id}")
            await ask("receipts", f"/api/v1/notices/{id}/receipt")
            await ask("pages", f"/notices/{id}")
            await ask("pages", f"/notices/{id}?lang=en")
        first = ids["food"]
        await ask("receipts", f"/notices/{first}.tlog-proof")
        for path in ("/mine", f"/notices/{first}/correct", f"/notices/{first}/withdraw"):
            await ask("pages", path, restaurant)
        await ask("pages", f"/notices/{ids['person']}/object", restaurant)
        await ask("lists", f"/api/v1/rivals?notice={first}", officer)
        await ask("lists", f"/api/v1/objections?notice={first}", officer)
        for path in (
            "/api/v1/notices?sort=oldest", "/api/v1/notices?q=JY1379999&sort=oldest",
            "/api/v1/notices?status=invalid&sort=oldest&per_page=2&page=2",
            "/api/v1/suggestions?q=%E6%BD%8D%E5%9D%8A", "/api/v1/events?since=0&limit=1000",
            "/feed.atom", "/sitemap.xml", "/robots.txt", "/.well-known/security.txt",
        ):  # fmt: skip
            await ask("lists", path)
        for path in (
            "/", "/?lang=en", "/notices?sort=oldest", "/notices?q=%E6%97%A0%E6%AD%A4&lang=en",
            "/verify", "/declare", "/sign-in", "/log", "/problems", "/problems/invalid", "/nothing",
        ):  # fmt: skip
            await ask("pages", path)
        await questions(heard, client)
    heard.compare()


async def lives(
    act: Callable[..., Any],
    heard: Heard,
    client: httpx.AsyncClient,
    restaurant: httpx.AsyncClient,
    anna: httpx.AsyncClient,
    officer: httpx.AsyncClient,
    agency: dict[str, str],
) -> dict[str, str]:
    """One notice for each thing that may happen to one; their ids by what they are here."""
    ids: dict[str, str] = {}

    async def declare(name: str, who: httpx.AsyncClient, **changes: Any) -> str:
        body = declaration(**changes)
        ids[name] = (await act(name, who, "notices", body))["id"]
        return f"notices/{ids[name]}"

    def numbered(serial: int) -> dict[str, Any]:
        return {"number": f"JY137999900000{serial:02}", "confirm_unusual_number": True}

    person = {
        "certificate": "road-transport-practitioner-certificate", "matter": None,
        "number": ANNA["identifier"], "copies": None, "issuer": None,
        "holder": {"kind": "person", "name": "张三", "identifier": ANNA["identifier"]},
    }  # fmt: skip
    food = await declare("food", restaurant)
    heard.blot.notices[ids["food"]] = "{food}"
    await declare("person", anna, **person)
    await declare("seal", restaurant, certificate="company-seal", matter=None, copies=None,
                  number="3799990000011", details={"kind": "公章"})  # fmt: skip
    await act("again", restaurant, "notices", declaration())
    await act("wrong", restaurant, "notices", declaration(number="潍坊", lost_on="2099-01-01"))
    await act("of another", anna, "notices", declaration())
    await act("nobody", client, "notices", declaration())
    await act("corrected", restaurant, f"{food}/correction", {"lost_on": "2026-10-31"})
    objection = {"number": NUMBER, "ground": "not_lost", "text": "证件在我手里。"}
    await act("objected", anna, f"{food}/objections", objection)
    admit = {"decision": "admit", "reason": "有原件照片"}
    await act("contested", officer, f"{food}/decisions", admit)
    await act("dismissed", officer, f"{food}/decisions", admit | {"decision": "dismiss"})
    for serial, name, who, path, body in (
        (20, "withdrawn", restaurant, "withdrawal", {"reason": "found"}),
        (38, "redacted", officer, "redaction", {"reason": "含有个人信息"}),
        (46, "annulled", officer, "decisions", {"decision": "annul", "reason": "虚假声明"}),
    ):
        there = await declare(name, restaurant, **numbered(serial))
        if name == "annulled":
            number = f"JY137999900000{serial}"
            await act("objected", anna, f"{there}/objections", objection | {"number": number})
            await act("contested", officer, f"{there}/decisions", admit)
        await act(name, who, f"{there}/{path}", body)
    there = await declare("replaced", restaurant, **numbered(54))
    await act("confirmed", client, f"{there}/confirmation", {}, headers=agency)
    issued = {"issued_on": datetime.now(CHINA).date().isoformat()}
    await act("replaced", client, f"{there}/replacement", issued, headers=agency)
    form: dict[str, Any] = {
        "declaration": (
            None,
            json.dumps(declaration(
                certificate="birth-medical-certificate", matter=None, number="X990000001",
                issued_on=None, holder=CHILD, relation="parent", issuer=None,
            )),
            "application/json",
        ),
        "exhibit": ("a.png", picture("PNG", 20), "image/png"),
    }  # fmt: skip
    answer = await anna.post("/api/v1/notices", files=form)
    heard.add("acts", "awaiting: POST notices, with an exhibit", answer)
    assert answer.status_code == 201, answer.text
    ids["awaiting"] = answer.json()["id"]
    return ids


async def questions(heard: Heard, client: httpx.AsyncClient) -> None:
    """What is asked about numbers, on its own, in numbers, and wrongly."""
    food = {"certificate": "food-operation-license", "number": NUMBER}
    for title, body in {
        "food": food,
        "none": food | {"number": "JY13799990000062"},
        "without its certificate": {"number": "JY13799990000020"},
        "a duplicate": food | {"copy": "duplicate", "copy_number": "2"},
        "replaced": food | {"number": "JY13799990000054"},
        "several": {"items": [food, {"number": ""}, {"number": "3799990000011"}]},
        "wrong": {"number": 7, "unknown": 1},
        "empty": {},
    }.items():
        answer = await client.post("/api/v1/verifications", json=body)
        heard.add("answers", f"{title}: {json.dumps(body, ensure_ascii=False)}", answer)
        if "items" not in body:
            page = await client.post("/verify", data={k: str(v) for k, v in body.items()})
            heard.add("answers", f"the page: {title}", page)
