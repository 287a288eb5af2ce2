"""Evidence files: taken by their content, sealed, shown to officers alone, gone when refused."""

import asyncio
import dataclasses
import io
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from notices.changing import decoding, exhibits
from notices.database import DB, Transaction
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.trust.sealing import SealError
from tests import api
from tests.engines.test_life import OBJECTION
from tests.files import archive, kept, pdf, picture

pytestmark = pytest.mark.usefixtures("uploads")

PNG, JPEG, PDF = picture("PNG", 20), picture("JPEG", 300), pdf(size=200_000)
FIELDS = {name: (None, value) for name, value in OBJECTION.items()}


async def sent(
    client: httpx.AsyncClient, id: str, content: bytes, name: str = "a.png", **more: Any
) -> httpx.Response:
    files: dict[str, Any] = {**FIELDS, "evidence": (name, content, "image/png")}
    return await client.post(api.of(id, "objections"), files=files, **more)


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PNG, "image/png"), (PDF, "application/pdf"), (JPEG, "image/jpeg"),
     (picture("PNG", 1), "image/png"), (pdf(size=exhibits.PIECE), "application/pdf"),
     (pdf(size=exhibits.MOST_BYTES), "application/pdf")],
    ids=["png", "pdf", "jpeg", "short", "one piece", "as large as may be"],
)  # fmt: skip
async def test_an_officer_gets_the_file_as_it_came(
    restaurant: httpx.AsyncClient,
    anna: httpx.AsyncClient,
    officer: httpx.AsyncClient,
    uploads: Path,
    content: bytes,
    kind: str,
) -> None:
    id = (await api.declared(restaurant)).id

    answer = await sent(anna, id, content, name="holiday.exe")

    assert answer.status_code == 201, answer.text
    [one] = (await officer.get("/api/v1/objections")).json()["objections"]
    assert (one["evidence"]["media_type"], one["evidence"]["size"]) == (kind, len(content))
    path = httpx.URL(one["evidence"]["link"]).path
    got = await officer.get(path)
    assert got.content == content
    assert got.headers["content-type"] == kind
    assert got.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in got.headers["content-security-policy"]
    assert got.headers["x-content-type-options"] == "nosniff"
    assert (await anna.get(path)).status_code == 403
    [file] = kept(uploads)
    assert file.stat().st_mode & 0o077 == 0
    assert content[:200] not in file.read_bytes()


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"MZ" + b"x" * 100, 422, "evidence_type"),
        (b"<html>%PDF-1.7", 422, "evidence_type"),
        (PNG[:7], 422, "evidence_type"),
        (PDF + b"z" * (exhibits.MOST_BYTES - len(PDF) + 1), 422, "evidence_too_large"),
    ],
    ids=["exe", "html", "cut", "a byte too many"],
)
async def test_a_file_of_another_kind_or_size_is_refused_and_gone(
    restaurant: httpx.AsyncClient,
    anna: httpx.AsyncClient,
    uploads: Path,
    content: bytes,
    status: int,
    code: str,
) -> None:
    id = (await api.declared(restaurant)).id

    answer = await sent(anna, id, content)

    assert answer.status_code == status, answer.text
    assert [one["code"] for one in answer.json()["errors"]] == [code]
    assert kept(uploads) == []
    assert await DB.fetch("SELECT 1 FROM objection") == []


DECODED = [
    ("image/png", PNG[:8], "evidence_damaged"),
    ("image/png", PNG[:-20], "evidence_damaged"),
    ("image/png", PNG[:60] + b"\0" * 20 + PNG[80:], "evidence_damaged"),
    ("image/png", PNG + b"<html><script>alert(1)</script>", "evidence_hidden"),
    ("image/png", PNG + archive(), "evidence_hidden"),
    ("image/jpeg", JPEG[: len(JPEG) // 2], "evidence_damaged"),
    ("image/jpeg", JPEG + archive(), "evidence_hidden"),
    ("image/jpeg", b"\xff\xd8\xff\xe0" + b"y" * 70_000, "evidence_damaged"),
    ("application/pdf", b"%PDF-1.7\n<html><script>alert(1)</script>", "evidence_damaged"),
    ("application/pdf", b"%PDF-1.7\n%%EOF", "evidence_damaged"),
    ("application/pdf", PDF[:-300], "evidence_damaged"),
    ("application/pdf", PDF + b"<html><script>alert(1)</script>", "evidence_hidden"),
    ("application/pdf", pdf() + archive(), "evidence_hidden"),
    (
        "application/pdf",
        pdf(root=b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
        "evidence_active",
    ),
    ("application/pdf", pdf(root=b"/OpenAction << /S /J#61vaScript /JS (x) >>"), "evidence_active"),
    ("application/pdf", pdf(b"<< /S /URI /JS 4 0 R >>", page=b"/AA << /O 5 0 R >>"),
     "evidence_active"),
    ("application/pdf", pdf(root=b"/OpenAction << /S /Launch /F (cmd.exe) >>"), "evidence_active"),
    ("application/pdf", pdf(root=b"/AcroForm << /XFA 4 0 R >>"), "evidence_active"),
    ("application/pdf", pdf(root=b"/Names << /EmbeddedFiles 4 0 R >>"), "evidence_hidden"),
    ("application/pdf", pdf(b"<< /Type /Filespec /EF << /F 4 0 R >> >>"), "evidence_hidden"),
    ("application/pdf", pdf().replace(b"/Root 1 0 R", b"/Root 9 0 R"), "evidence_damaged"),
    ("application/pdf", pdf().replace(b"/Count 1", b"/Count 0").replace(b"[3 0 R]", b"[]"),
     "evidence_damaged"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "content", "code"), DECODED, ids=[str(n) for n in range(22)])
def test_a_file_that_is_not_what_it_says_or_holds_more_is_refused(
    kind: str, content: bytes, code: str
) -> None:
    assert decoding.look(content, kind) == code


@pytest.mark.parametrize(
    ("kind", "content"),
    [("image/png", PNG), ("image/jpeg", JPEG), ("application/pdf", PDF),
     ("application/pdf", pdf() + b"\r\n\0"),
     ("image/jpeg", JPEG + b"\0\0\0\x18ftypmp42" + b"m" * 5_000),  # a phone's moving picture
     ("application/pdf", pdf(page=b"/Annots [<< /A << /S /URI /URI (https://a.example) >> >>]"))],
)  # fmt: skip
def test_what_cameras_and_offices_make_is_taken(kind: str, content: bytes) -> None:
    assert decoding.look(content, kind) == "ok"


def test_a_picture_that_would_unfold_to_gigabytes_is_not_unfolded() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")

    assert len(out.getvalue()) < 100_000
    assert decoding.look(out.getvalue(), "image/png") == "evidence_damaged"


async def test_a_file_is_decoded_before_it_is_taken(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, uploads: Path
) -> None:
    id = (await api.declared(restaurant)).id

    answer = await sent(anna, id, PNG + archive())

    assert answer.status_code == 422, answer.text
    assert [one["code"] for one in answer.json()["errors"]] == ["evidence_hidden"]
    assert kept(uploads) == []
    assert await DB.fetch("SELECT 1 FROM objection") == []


@pytest.mark.parametrize(
    ("script", "status", "code"),
    [
        ("grep -q IHDR && exit 0; exit 2", 201, None),
        ("cat > /dev/null; exit 1", 422, "evidence_infected"),
        ("exit 1", 422, "evidence_infected"),
        ("cat > /dev/null; exit 2", 503, "unavailable"),
    ],
)
async def test_a_virus_scanner_has_the_last_word(
    restaurant: httpx.AsyncClient,
    anna: httpx.AsyncClient,
    uploads: Path,
    script: str,
    status: int,
    code: str | None,
) -> None:
    app = anna._transport.app  # type: ignore[attr-defined]
    before: Deployment = app.state.deployment
    scanner = dataclasses.replace(before.settings, upload_scanner=("/bin/sh", "-c", script))
    id = (await api.declared(restaurant)).id
    app.state.deployment = dataclasses.replace(before, settings=scanner)
    try:
        answer = await sent(anna, id, PNG)
    finally:
        app.state.deployment = before

    assert answer.status_code == status, answer.text
    body = answer.json()
    assert (body.get("errors") or [body])[0].get("code") == code
    assert len(kept(uploads)) == (status == 201)


async def test_two_files_are_not_one_behind_the_other(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, uploads: Path
) -> None:
    id = (await api.declared(restaurant)).id
    files = [*FIELDS.items(), ("evidence", ("a.png", PNG)), ("evidence", ("b.png", PNG))]

    answer = await anna.post(api.of(id, "objections"), files=files)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert kept(uploads) == []


async def test_an_empty_file_is_told_so_and_none_chosen_is_none(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, uploads: Path
) -> None:
    id = (await api.declared(restaurant)).id

    empty = await sent(anna, id, b"")
    # What a browser sends where no file was chosen.
    part = b'content-disposition: form-data; name="evidence"; filename=""\r\n\r\n'
    fields = [
        f'content-disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in OBJECTION.items()
    ]
    none = await anna.post(
        api.of(id, "objections"),
        content=_body(*fields, part),
        headers={"Content-Type": "multipart/form-data; boundary=B"},
    )

    assert [one["code"] for one in empty.json()["errors"]] == ["evidence_empty"]
    assert none.status_code == 201, none.text
    assert kept(uploads) == []


async def test_a_body_far_too_large_is_refused_before_it_is_read(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, uploads: Path
) -> None:
    id = (await api.declared(restaurant)).id

    answer = await sent(anna, id, b"%PDF-" + b"x" * 11_000_000)

    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert kept(uploads) == []


async def test_of_a_stranger_no_file_is_kept(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient, uploads: Path
) -> None:
    id = (await api.declared(restaurant)).id

    answer = await sent(client, id, PNG)

    assert answer.status_code == 401
    assert not kept(uploads)


@pytest.mark.parametrize(
    "changes",
    [{"number": "JY99999999999999"}, {"text": ""}, {"ground": "x"}],
    ids=str,
)
async def test_a_refused_objection_leaves_no_file(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, uploads: Path, changes: Any
) -> None:
    id = (await api.declared(restaurant)).id
    files = {**FIELDS, "evidence": ("a.png", PNG)}
    files |= {name: (None, value) for name, value in changes.items()}

    assert (await anna.post(api.of(id, "objections"), files=files)).status_code == 422
    assert kept(uploads) == []


async def test_a_second_objection_leaves_the_first_ones_file(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, uploads: Path
) -> None:
    id = (await api.declared(restaurant)).id
    headers = {"Idempotency-Key": "k"}
    first = await sent(anna, id, PNG, headers=headers)

    twin = await sent(anna, id, PNG, headers=headers)
    other = await sent(anna, id, PNG)

    assert (twin.status_code, twin.content) == (201, first.content)
    assert (other.status_code, other.json()["code"]) == (409, "already_objected")
    assert [path.name for path in kept(uploads)] == [first.json()["id"]]


async def test_another_file_under_the_same_key_is_another_request(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, uploads: Path
) -> None:
    id = (await api.declared(restaurant)).id
    headers = {"Idempotency-Key": "k"}
    await sent(anna, id, PNG, headers=headers)

    answer = await sent(anna, id, picture("PNG", 21), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert len(kept(uploads)) == 1


async def test_a_commit_that_fails_leaves_no_file(
    restaurant: httpx.AsyncClient,
    anna: httpx.AsyncClient,
    uploads: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    id = (await api.declared(restaurant)).id
    from notices import register

    async def fails(id: str) -> None:
        raise Unavailable

    monkeypatch.setattr(register, "touch", fails)

    assert (await sent(anna, id, PNG)).status_code == 503
    assert kept(uploads) == []
    assert await DB.fetch("SELECT 1 FROM objection") == []


async def test_a_commit_that_was_carried_out_and_then_cut_off_loses_no_file(
    restaurant: httpx.AsyncClient,
    anna: httpx.AsyncClient,
    deployment: Deployment,
    uploads: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    id = (await api.declared(restaurant)).id

    class CutOff(Transaction):
        async def __aexit__(self, *what: Any) -> bool:
            await super().__aexit__(*what)
            raise Unavailable

    monkeypatch.setattr(DB, "transaction", lambda: CutOff(engine=DB, allow_nested=False))
    answer = await sent(anna, id, PNG)
    monkeypatch.undo()

    assert answer.status_code == 503
    [row] = await DB.fetch("SELECT id FROM objection")
    assert b"".join(exhibits.content(deployment, row["id"])) == PNG


def _body(*parts: bytes, end: bytes = b"--B--\r\n") -> bytes:
    return b"".join(b"--B\r\n" + part + b"\r\n" for part in parts) + end


PART = b'Content-Disposition: form-data; name="number"\r\n\r\nJY13799990000011'


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (_body(PART, end=b""), "multipart/form-data; boundary=B", 400),
        (_body(PART)[:-10], "multipart/form-data; boundary=B", 400),
        (_body(PART), "multipart/form-data", 400),
        (_body(PART), "multipart/form-data; boundary=" + "B" * 71, 400),
        (_body(PART, PART), "multipart/form-data; boundary=B", 400),
        (_body(b"\r\n\r\nx"), "multipart/form-data; boundary=B", 400),
        (_body(b'Content-Disposition: form-data; name="x"\r\n\r\n1'),
         "multipart/form-data; boundary=B", 400),
        (_body(b'Content-Disposition: form-data; name="other"; filename="a"\r\n\r\n1'),
         "multipart/form-data; boundary=B", 400),
        (_body(b'Content-Disposition: form-data; name="text"\r\n\r\n\xff'),
         "multipart/form-data; boundary=B", 400),
        (_body(b'Content-Disposition: form-data; name="text"\r\n\r\n' + b"x" * 70_000),
         "multipart/form-data; boundary=B", 413),
        (_body(*[b'Content-Disposition: form-data; name="n%d"\r\n\r\n1' % n for n in range(30)]),
         "multipart/form-data; boundary=B", 400),
        (b"", "multipart/form-data; boundary=B", 400),
        (b"number=1", "application/x-www-form-urlencoded", 415),
    ],
)  # fmt: skip
async def test_a_broken_form_is_refused_with_a_sentence(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, uploads: Path,
    body: bytes, kind: str, status: int,
) -> None:  # fmt: skip
    id = (await api.declared(restaurant)).id

    answer = await anna.post(api.of(id, "objections"), content=body, headers={"content-type": kind})

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert kept(uploads) == []


async def test_a_changed_or_cut_file_does_not_open(
    restaurant: httpx.AsyncClient,
    anna: httpx.AsyncClient,
    deployment: Deployment,
    uploads: Path,
) -> None:
    id = (await api.declared(restaurant)).id
    name = (await sent(anna, id, PDF)).json()["id"]
    [path] = kept(uploads)
    whole = path.read_bytes()
    length = 4 + int.from_bytes(whole[:4], "big")
    spoiled = [
        whole[:-1],
        whole[:length],
        whole[length:],
        whole[length : 2 * length] + whole[:length] + whole[2 * length :],
        whole + whole[:length],
        b"",
        *(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in (0, 3, 4, 9, 21, 5000)),
    ]
    sealer = deployment.keys.sealer
    assert b"".join(exhibits.pieces(sealer, path, name)) == PDF

    for content in spoiled:
        path.write_bytes(content)
        with pytest.raises(SealError):
            list(exhibits.pieces(sealer, path, name))
    path.write_bytes(whole)
    with pytest.raises(SealError):
        list(exhibits.pieces(sealer, path, "another"))


async def test_files_that_nothing_tells_of_are_forgotten_after_a_day(
    restaurant: httpx.AsyncClient,
    anna: httpx.AsyncClient,
    deployment: Deployment,
    uploads: Path,
) -> None:
    id = (await api.declared(restaurant)).id
    known = (await sent(anna, id, PNG)).json()["id"]
    for name in ("ab12", ".cd34.part", "new"):
        file = uploads / "ab" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"x")
        os.utime(file, times=(time.time() - 2 * 86_400,) * 2)
    os.utime(uploads / "ab" / "new")

    await exhibits.forget_orphans(deployment, datetime.now(UTC))

    assert sorted(path.name for path in kept(uploads)) == sorted([known, "new"])


async def test_the_page_takes_an_objection_with_a_file(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, uploads: Path
) -> None:
    id = (await api.declared(restaurant)).id
    page = await anna.get(f"/notices/{id}")
    assert f"/notices/{id}/object" in page.text
    assert f"/notices/{id}/object" not in (await restaurant.get(f"/notices/{id}")).text
    form = await anna.get(f"/notices/{id}/object")
    key = form.text.partition('name="key" value="')[2].partition('"')[0]
    files = {**FIELDS, "key": (None, key), "evidence": ("a.png", PNG)}

    sent = await anna.post(f"/notices/{id}/object", files=files | {"text": (None, "")})
    wrong = [await anna.get(sent.headers["location"]) for _ in range(2)]
    assert OBJECTION["number"] not in sent.headers["location"]
    assert (await restaurant.get(sent.headers["location"])).status_code == 403
    right, twin = await asyncio.gather(
        *(anna.post(f"/notices/{id}/object", files=files) for _ in range(2))
    )
    received = await anna.get(right.headers["location"])

    assert [page.status_code for page in wrong] == [422, 422]
    assert all(OBJECTION["number"] in page.text for page in wrong)
    assert all(page.headers["cache-control"] == "no-store" for page in (*wrong, received))
    assert (right.status_code, twin.status_code) == (303, 303)
    assert right.headers["location"] == twin.headers["location"] == sent.headers["location"]
    assert "异议已收到" in received.text
    assert OBJECTION["text"] not in received.text
    assert len(kept(uploads)) == 1
    assert "1 件异议" in (await anna.get(f"/notices/{id}")).text


async def test_the_page_sends_whoever_is_not_signed_in_to_the_sign_in(
    restaurant: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    id = (await api.declared(restaurant)).id

    answer = await client.get(f"/notices/{id}/object")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_a_form_without_a_file_is_an_objection_too(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, uploads: Path
) -> None:
    """A browser sends an empty file where none was chosen."""
    id = (await api.declared(restaurant)).id
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()
        for name, value in OBJECTION.items()
    ]
    none = b'Content-Disposition: form-data; name="evidence"; filename=""\r\n\r\n'
    kind = {"content-type": "multipart/form-data; boundary=B"}

    answer = await anna.post(api.of(id, "objections"), content=_body(*parts, none), headers=kind)

    assert answer.status_code == 201, answer.text
    assert kept(uploads) == []
