"""Private values that occur nowhere else: afterwards none lies in any file, and no page tells one.

The service is a real one with its own engines; what it left on disk is searched byte by byte, in
every spelling that somebody who stole the disk would think of. That the search finds what is there
is shown on values that are public.
"""

import asyncio
import base64
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import asyncpg
import httpx
import pypdf
import pypinyin
import pytest

from notices.backup.restoring import Backup
from tests import api, commands
from tests.engines.test_pages import fields
from tests.files import pdf
from tests.samples import RESTAURANT
from tests.service import Service, running

TRADE = {"name": RESTAURANT["organisation"]["name"], "identifier": "92379999MA0000023B"}
HOLDER = {"kind": "person", "name": "欧阳霽旻煜", "identifier": "379999197308144719"}
CHILD = {"kind": "person", "name": "欧阳澍甯翾", "identifier": "379999201509264126"}
OBJECTOR = {"kind": "person", "name": "司徒颋筠祎", "identifier": "379999196202173154"}
OFFICER = {"kind": "officer", "name": "令狐琤赟曦", "identifier": "37999919840625334X"}
RIVAL = {"kind": "person", "name": "端木翀昶皓", "identifier": "379999199103085523"}
PHONES = {"declared": "13800007391", "drafted": "13800004682", "objected": "13800009157"}
BIRTH = "X997301846"
TEXTS = {
    "objection": "证件在我抽屉的蓝色铁盒里从未遗失",
    "redaction": "持证人因离异诉讼申请不再公开其全名",
    "purpose": "蓝色铁盒案卷第七三九一号",
    "file": "铁盒照片扫描件",
}
PRIVATE = {
    **{f"{each['name']}'s identifier": each["identifier"]
       for each in (HOLDER, CHILD, OBJECTOR, OFFICER, RIVAL)},
    **{f"name of {each['identifier']}": each["name"]
       for each in (HOLDER, CHILD, OBJECTOR, OFFICER, RIVAL)},
    **{f"{name} telephone": value for name, value in PHONES.items()},
    **{f"{name} text": value for name, value in TEXTS.items()},
    "number of a birth certificate": BIRTH,
}  # fmt: skip
DECISION = "异议人出示了铁盒中的原件经核对无误"
PUBLIC = (TRADE["name"], TRADE["identifier"], "JY13799990000011", DECISION)
MARK = b"a scan of the blue iron box"
DRIVER = "road-transport-practitioner-certificate"


def spellings(value: str) -> Iterator[bytes]:
    """The value as bytes, and as what is made of bytes where they must be text."""
    raw = value.encode()
    yield from (raw, *(value.encode(each) for each in ("utf-16-le", "utf-16-be", "gb18030")))
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for before in range(3):
        # What the neighbours on both sides have a part in is left out.
        text = base64.b64encode(bytes(before) + raw)[(0, 2, 3)[before] :]
        inner = text[: len(text) // 4 * 4 - 4]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))
    yield json.dumps(value)[1:-1].encode()
    yield quote(value).encode()
    yield quote(value).lower().encode()
    if not value.isascii():
        for style in (pypinyin.Style.NORMAL, pypinyin.Style.TONE):
            for between in ("", " ", "-", "|"):
                yield between.join(pypinyin.lazy_pinyin(value, style=style)).encode()


class Needle(NamedTuple):
    what: str
    spelled: bytes


def needles(values: dict[str, str]) -> list[Needle]:
    return [
        Needle(what, spelled)
        for what, value in values.items()
        for spelled in dict.fromkeys(spellings(value))
    ]


SOUGHT = [
    *needles(PRIVATE),
    Needle("the evidence", MARK),
    Needle("the evidence", MARK.hex().encode()),
]


def met(content: bytes, sought: Sequence[Needle] = SOUGHT) -> set[str]:
    return {f"{each.what}: {each.spelled!r}" for each in sought if each.spelled in content}


class Journey(NamedTuple):
    service: Service
    notices: dict[str, str]
    answers: dict[str, bytes]
    """To everybody, and to one who is signed in and has nothing to do with it."""


def declared(client: httpx.Client, **changes: Any) -> str:
    return api.declare(client, api.declaration(**changes)).id


def of_a_person(
    certificate: str, number: str, holder: dict[str, str], **more: Any
) -> dict[str, Any]:
    return {
        "certificate": certificate, "matter": None, "number": number, "copies": None,
        "holder": holder, "contact": {"phone": PHONES["declared"]}, "issuer": "某某市交通运输局",
        "confirm_unusual_number": True, **more,
    }  # fmt: skip


def lived(service: Service) -> dict[str, str]:
    """Everything that people do; the ids of the notices that came of it."""
    with service.client() as trade, service.client() as holder, service.client() as objector, \
            service.client() as officer, service.client() as rival:  # fmt: skip
        api.sign_in(trade, RESTAURANT)
        for client, person in (
            (holder, HOLDER), (objector, OBJECTOR), (officer, OFFICER), (rival, RIVAL)
        ):  # fmt: skip
            api.sign_in(client, person)
        ids = {
            "food": declared(trade),
            "driver": declared(holder, **of_a_person(DRIVER, HOLDER["identifier"], HOLDER)),
            "birth": declared(
                holder,
                **of_a_person("birth-medical-certificate", BIRTH, CHILD, copies="original"),
                relation="parent",
            ),
        }
        drafted(holder)
        refused(holder, rival)
        asked(objector)
        objection = {
            "number": (None, HOLDER["identifier"]),
            "ground": (None, "not_lost"),
            "text": (None, f"{TEXTS['objection']}，请拨打{PHONES['objected']}"),
            "evidence": (
                f"{TEXTS['file']}.pdf",
                pdf(b"<< /Title (%s) >>" % MARK),
                "application/pdf",
            ),
        }
        filed = objector.post(api.of(ids["driver"], "objections"), files=objection)
        assert filed.status_code == 201, filed.text
        [case] = officer.get("/api/v1/objections").json()["objections"]
        assert TEXTS["objection"] in case["text"]
        file = officer.get(urlsplit(case["evidence"]["link"]).path)
        assert MARK in file.content
        for decision in ("admit", "dismiss"):
            body = {"decision": decision, "reason": DECISION, "objection": case["id"]}
            done = officer.post(api.of(ids["driver"], "decisions"), json=body)
            assert done.status_code == 201, done.text
        for name in ("driver", "birth"):
            purpose = {"purpose": "other", "reference": TEXTS["purpose"]}
            assert officer.post(f"/desk/{ids[name]}/purpose", data=purpose).status_code == 303
        for page in ("/desk", f"/desk/{ids['driver']}", f"/desk/{ids['birth']}"):
            assert officer.get(page).status_code == 200
        correction = {"issued_on": "2020-05-02"}
        assert holder.post(api.of(ids["driver"], "correction"), json=correction).is_success
        assert holder.post(api.of(ids["driver"], "withdrawal"), json={"reason": "found"}).is_success
        reason = {"reason": TEXTS["redaction"]}
        assert officer.post(api.of(ids["birth"], "redaction"), json=reason).is_success
        ids["birth again"] = declared(
            holder,
            **of_a_person("birth-medical-certificate", BIRTH, CHILD, copies="original"),
            relation="parent",
        )
        return ids


def drafted(holder: httpx.Client) -> None:
    """Begun on the pages, and left."""
    begun = holder.post(
        "/declare",
        data={"certificate": DRIVER, "at": "certificate", "to": "number"},
        follow_redirects=True,
    )
    typed = fields(begun) | {
        "number": HOLDER["identifier"], "holder_name": CHILD["name"],
        "phone": PHONES["drafted"], "at": "number", "to": "loss",
    }  # fmt: skip
    left = holder.post("/declare", data=typed, follow_redirects=True)
    assert HOLDER["identifier"] in left.text


def refused(holder: httpx.Client, rival: httpx.Client) -> None:
    """What is wrong, or somebody else's, holds as much as what is right."""
    for changes in (
        {"lost_on": "2999-01-01"},
        {"certificate": HOLDER["identifier"]},
        {"region": PHONES["declared"]},
        {"details": {HOLDER["name"]: HOLDER["identifier"]}},
    ):
        body = api.declaration(**of_a_person(DRIVER, HOLDER["identifier"], HOLDER) | changes)
        assert holder.post(api.NOTICES, json=body).status_code == 422
    for content in (json.dumps(HOLDER)[:-1], json.dumps([HOLDER]), json.dumps(HOLDER)):
        sent = holder.post(
            api.NOTICES, content=content, headers={"Content-Type": "application/json"}
        )
        assert sent.status_code in (400, 422)
    taken = api.declaration(**of_a_person(DRIVER, HOLDER["identifier"], RIVAL))
    assert rival.post(api.NOTICES, json=taken).status_code in (409, 422)


def asked(client: httpx.Client) -> None:
    """As people look for papers and one another: by every private value there is."""
    for value in PRIVATE.values():
        client.get("/notices", params={"q": value})
        client.get(api.NOTICES, params={"q": value})
        client.get("/api/v1/suggestions", params={"q": value[:4]})
        client.get(f"/notices/{quote(value)}")
        client.get(api.of(quote(value)))
        client.post("/verify", data={"number": value})
        answer = client.post("/api/v1/verifications", json={"number": value})
        assert answer.status_code in (200, 422), answer.text


def told(service: Service, ids: dict[str, str]) -> dict[str, bytes]:
    """What the pages, feeds, files and answers say that hold nothing of who asks."""
    found = {}
    with service.client() as anybody, service.client() as stranger:
        api.sign_in(
            stranger, {"kind": "person", "name": "赵六", "identifier": "379999195505050034"}
        )
        paths = [
            path
            for path, methods in anybody.get("/schema/openapi.json").json()["paths"].items()
            if "get" in methods and "{" not in path
        ]
        assert len(paths) > 10
        paths += ["/", "/notices", "/log", "/sitemap.xml", "/metrics", "/mine", "/desk", "/verify"]
        size = anybody.get("/health/ready").json()["log_size"]
        paths.append(f"/log/tile/entries/000.p/{size}")
        for id in ids.values():
            paths += [
                f"/notices/{id}", f"/notices/{id}.pdf", f"/notices/{id}.tlog-proof", api.of(id),
                api.of(id, "receipt"), api.of(id, "events"), f"/notices/{id}/object",
            ]  # fmt: skip
        for path in paths:
            for name, client in (("anybody", anybody), ("a stranger", stranger)):
                answer = client.get(path, headers={"Accept-Language": "zh"})
                found[f"{path} for {name}"] = answer.content + str(answer.headers.raw).encode()
    return found


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    folder = tmp_path_factory.mktemp("canary")
    with running(folder / "data", TMPDIR=str(folder)) as service:
        ids = lived(service)
        service.until(lambda client: client.get("/health/ready").json()["relay"]["events"] == 0)
        yield Journey(service, ids, told(service, ids))


def test_no_page_feed_or_answer_tells_a_private_value(journey: Journey) -> None:
    found = {path: hits for path, content in journey.answers.items() if (hits := met(content))}

    assert found == {}
    assert any(TRADE["name"].encode() in each for each in journey.answers.values())


def test_no_document_prints_one(journey: Journey, tmp_path: Path) -> None:
    printed = 0
    for path, content in journey.answers.items():
        start = content.find(b"%PDF")
        if start != 0:
            continue
        file = tmp_path / "notice.pdf"
        file.write_bytes(content)
        text = "".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
        assert met(text.encode()) == set(), path
        printed += 1

    assert printed >= 4


async def _rows(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        return [
            row[0]
            for table in tables
            for row in await connection.fetch(f'SELECT t::text FROM "{table[0]}" t')
        ]
    finally:
        await connection.close()


def test_no_row_holds_one(journey: Journey) -> None:
    told = json.loads((journey.service.data / "engines.json").read_text())

    rows = "\n".join(asyncio.run(_rows(told["database_url"])))

    assert met(rows.encode()) == set()
    assert all(value in rows for value in PUBLIC)


def test_no_backup_holds_one(journey: Journey, tmp_path: Path) -> None:
    """One without a key: what is private in it lies under the sealing key alone."""
    file = tmp_path / "backup"
    done = commands.run({"DATA": str(journey.service.data)}, "backup", str(file))
    assert done.returncode == 0, done.stderr

    with file.open("rb") as stream:
        backup = Backup(stream, None)
        content = b"".join(backup.dump())
        backup.put_uploads(tmp_path / "uploads")
    for upload in (tmp_path / "uploads").rglob("*"):
        content += upload.read_bytes() if upload.is_file() else b""

    assert met(content) == set()
    assert met(file.read_bytes()) == set()


def test_an_operator_has_a_copy_of_all_of_it_and_erases_what_has_ended(journey: Journey) -> None:
    environment, me = {"DATA": str(journey.service.data)}, HOLDER["identifier"]

    copy = commands.run(environment, "privacy", "export", me)
    erased = commands.run(environment, "privacy", "erase", me)
    nobody = commands.run(environment, "privacy", "export", "37999919730814471X")

    assert (copy.returncode, erased.returncode, nobody.returncode) == (0, 0, 1), copy.stderr
    found = json.loads(copy.stdout)
    assert {each["notice"]["id"] for each in found["notices"]} == {
        journey.notices[name] for name in ("driver", "birth", "birth again")
    }
    assert {BIRTH, me} == {each["number"] for each in found["notices"]}
    assert "the content of 1 notices" in erased.stderr
    for living in ("birth", "birth again"):
        assert journey.notices[living] in erased.stderr
    assert PRIVATE["number of a birth certificate"] not in erased.stderr


def test_no_file_on_disk_holds_one(journey: Journey) -> None:
    """The database's own files and its WAL, the search engine's, uploads and every log."""
    data = journey.service.data
    folders = [data.parent]
    pointer = data / "postgresql.home"
    if pointer.exists():
        folders.append(Path(pointer.read_text().strip()))
    assert journey.service.stop() == 0
    found: dict[str, set[str]] = {}
    public: set[str] = set()
    files = 0
    for folder in folders:
        for file in folder.rglob("*"):
            if not file.is_file():
                continue
            content = file.read_bytes()
            files += 1
            if hits := met(content):
                found[str(file)] = hits
            public |= {
                file.relative_to(folder).parts[1 if folder == data.parent else 0]
                for value in PUBLIC
                if value.encode() in content
            }

    assert found == {}
    assert files > 100
    assert public & {"meilisearch", "base", "pg_wal"}, public
