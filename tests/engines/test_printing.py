"""The printable notice, as somebody reads, scans, copies and checks it."""

import asyncio
import contextlib
import dataclasses
import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import msgspec
import pytest
from litestar import Litestar

from notices import register
from notices.cli import main
from notices.deployment import Deployment
from notices.facts import lifecycle
from notices.facts.lifecycle import Event
from notices.facts.notice_ids import printed
from notices.facts.public.notice import Receipt
from notices.print import marks, press, printing
from notices.print.typesetting import LARGEST_QR_CODE
from notices.register import Notice
from notices.trust import proofs, receipts
from notices.web import places, wording
from tests.api import declaration
from tests.conftest import BASE, SignIn
from tests.printed import (
    needs_a_scanner,
    needs_fonts,
    needs_poppler,
    run,
    scanned,
    text_of,
    unbroken,
)
from tests.printed import no_other_fonts as no_other_fonts
from tests.samples import ANNA, OFFICER

NASTY = "#let $x$ \\ ] @a \"q\" 's' <b> {{c}} //"


async def published(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/notices", json=declaration(**changes))
    assert answer.status_code == 201, answer.text
    notice: dict[str, Any] = answer.json()
    return notice


def printed_of(*of: Any) -> bytes:
    """The PDF, made here and not in a press."""
    return press.made_of(printing.sheet_of(*of))


async def pdf(client: httpx.AsyncClient, id: str, **params: str) -> bytes:
    answer = await client.get(f"/notices/{id}.pdf", params=params)
    assert answer.status_code == 200, answer.text
    return answer.content


@needs_poppler
async def test_a_printed_notice_gives_its_statement_and_its_status_back(
    restaurant: httpx.AsyncClient, deployment: Deployment, tmp_path: Path
) -> None:
    notice = await published(restaurant)
    text = unbroken(text_of(await pdf(restaurant, notice["id"]), tmp_path))

    assert notice["statement"] in text
    assert text.startswith("遗失声明公示公告编号" + printed(notice["id"]))
    assert unbroken(wording.STATUSES["invalid"].zh) in text
    assert unbroken(wording.MEANINGS["invalid"].zh) in text
    assert f"发布声明{notice['published_at'][:10]}" in text
    assert "登记簿第0号" in text
    assert "状态截至" in text
    assert f"{BASE}/notices/{notice['id']}" in text
    assert unbroken(notice["receipt"]["checkpoint"].split("\n")[2]) in text
    assert deployment.keys.log.vkey in text
    assert "没有证明：公告现在的状态、声明内容是否属实，以及纸上的文字。" in text
    assert "Declared" not in text


@needs_poppler
async def test_a_printed_notice_has_english_beside_the_chinese_when_that_is_asked_for(
    restaurant: httpx.AsyncClient, tmp_path: Path
) -> None:
    notice = await published(restaurant)
    text = unbroken(text_of(await pdf(restaurant, notice["id"], lang="en"), tmp_path))

    assert notice["statement"] in text
    for both in (wording.MEANINGS["invalid"], wording.EVIDENCE["self_declared"]):
        assert unbroken(both.zh) in text
        assert unbroken(both.en) in text
    assert "Loss declaration" in text_of(await pdf(restaurant, notice["id"], lang="en"), tmp_path)
    assert unbroken("this is its binding text") in text


async def test_a_printed_notice_is_never_kept_and_opens_under_its_number(
    restaurant: httpx.AsyncClient,
) -> None:
    id = (await published(restaurant))["id"]
    answer = await restaurant.get(f"/notices/{printed(id)}.pdf")

    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == f'inline; filename="{id}.pdf"'
    assert answer.headers["x-robots-tag"] == "noindex"


async def test_the_notice_and_its_page_lead_to_the_printed_one(
    restaurant: httpx.AsyncClient,
) -> None:
    notice = await published(restaurant)
    id = notice["id"]

    assert notice["links"]["pdf"] == f"{BASE}/notices/{id}.pdf"
    chinese = (await restaurant.get(f"/notices/{id}")).text
    assert f'href="/notices/{id}.pdf">打印公告（PDF，附凭证）</a>' in chinese
    english = (await restaurant.get(f"/notices/{id}?lang=en")).text
    words = "Printed notice (PDF, with the receipt)"
    assert f'href="/notices/{id}.pdf?lang=en">{words}</a>' in english


@pytest.mark.parametrize("id", ["x", "37070000012399", "37070000012358", ""])
async def test_a_notice_that_does_not_exist_is_not_printed(
    client: httpx.AsyncClient, id: str
) -> None:
    for language, sentence in (("zh", "没有这份公告"), ("en", "no such notice")):
        answer = await client.get(f"/notices/{id}.pdf", params={"lang": language})

        assert answer.status_code == 404
        assert sentence in answer.text


async def test_what_a_messenger_adds_to_the_address_is_ignored(
    restaurant: httpx.AsyncClient,
) -> None:
    id = (await published(restaurant))["id"]
    answer = await restaurant.get(f"/notices/{id}.pdf", params={"from": "timeline"})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"


async def test_the_attachment_is_the_proof_that_the_notice_was_published(
    restaurant: httpx.AsyncClient, deployment: Deployment
) -> None:
    notice = await published(restaurant)
    proof = (await restaurant.get(f"/notices/{notice['id']}.tlog-proof")).content
    made = await pdf(restaurant, notice["id"])

    proven = receipts.verify(made, deployment.keys.log.vkey)
    assert (proven.id, proven.kind, proven.index) == (notice["id"], "published", 0)
    assert proof in made
    assert f"({notice['id']}.tlog-proof)".encode() in made


async def test_the_command_line_checks_a_printed_notice(
    restaurant: httpx.AsyncClient,
    deployment: Deployment,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    id = (await published(restaurant))["id"]
    made = await pdf(restaurant, id)
    good, changed = tmp_path / "good.pdf", tmp_path / "changed.pdf"
    good.write_bytes(made)
    changed.write_bytes(made.replace(b"\nindex 0\n", b"\nindex 1\n"))

    command = ["receipt", "verify", "--key", deployment.keys.log.vkey]
    await asyncio.to_thread(main, [*command, str(good)])
    assert printed(id) in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        await asyncio.to_thread(main, [*command, str(changed)])
    assert ended.value.code == 1
    said = capsys.readouterr().err
    assert "被改动" in said
    assert "Traceback" not in said


@needs_a_scanner
async def test_the_code_on_paper_leads_to_the_notice_with_its_proof(
    restaurant: httpx.AsyncClient, deployment: Deployment, tmp_path: Path
) -> None:
    notice = await published(restaurant)
    address = scanned(await pdf(restaurant, notice["id"]), tmp_path)

    page, fragment = address.split("#")
    assert page == notice["links"]["html"]
    proven = receipts.verify(
        unquote(fragment.removeprefix("proof=")).encode(), deployment.keys.log.vkey
    )
    assert (proven.id, proven.index) == (notice["id"], 0)


def test_the_address_of_a_proof_is_one_address_and_says_the_proof() -> None:
    text = "c2sp.org/tlog-proof@v1\nextra a+/=\nindex 5\n\nlog é\n— log AAA=\n"
    address = proofs.address(f"{BASE}/notices/1", text)

    assert address == (
        f"{BASE}/notices/1#proof=c2sp.org/tlog-proof@v1%0Aextra%20a+/=%0Aindex%205%0A%0A"
        "log%20%C3%A9%0A%E2%80%94%20log%20AAA=%0A"
    )
    assert unquote(urlsplit(address).fragment.removeprefix("proof=")) == text


@needs_poppler
async def test_a_withdrawn_notice_says_so_largest(
    restaurant: httpx.AsyncClient, tmp_path: Path
) -> None:
    id = (await published(restaurant))["id"]
    await restaurant.post(f"/api/v1/notices/{id}/correction", json={"issuer": "某某局"})
    await restaurant.post(f"/api/v1/notices/{id}/withdrawal", json={"reason": "found"})
    text = text_of(await pdf(restaurant, id), tmp_path)

    assert "已撤回" in text.split("\n")
    assert "声明人已撤回这份声明，它不再生效。证件是否有效，以发证机关的登记为准。" in unbroken(
        text
    )
    assert "撤销" not in text
    assert "更正为“某某局”。原声明其余内容不变。" in unbroken(text)
    assert "已更正，见下方“历史”。" in text
    assert "证件已找回，且未补发新证，声明人撤回该声明。" in unbroken(text)


@needs_poppler
async def test_a_redacted_notice_is_printed_without_what_it_said(
    restaurant: httpx.AsyncClient, sign_in: SignIn, deployment: Deployment, tmp_path: Path
) -> None:
    notice = await published(restaurant)
    officer = await sign_in(OFFICER)
    path = f"/api/v1/notices/{notice['id']}/redaction"
    assert (await officer.post(path, json={"reason": "x"})).status_code == 201
    made = await pdf(restaurant, notice["id"])
    text = unbroken(text_of(made, tmp_path))

    assert "内容已移除" in text
    assert printed(notice["id"]) in text
    assert "餐饮店" not in text
    assert notice["number"] not in text
    assert "null" not in text
    assert "None" not in text
    assert receipts.verify(made, deployment.keys.log.vkey).id == notice["id"]


@needs_poppler
async def test_what_is_hidden_on_the_page_is_hidden_on_paper(
    sign_in: SignIn, tmp_path: Path
) -> None:
    anna = await sign_in(ANNA)
    number = ANNA["identifier"]
    notice = await published(
        anna,
        certificate="road-transport-practitioner-certificate",
        matter=None,
        copies=None,
        number=number,
        holder={"kind": "person", "name": "张三", "identifier": number},
    )
    text = text_of(await pdf(anna, notice["id"]), tmp_path)

    assert notice["number"] in text
    assert number not in text
    assert "张三" not in text
    assert "13800000000" not in text


@needs_poppler
async def test_what_people_typed_is_no_markup(sign_in: SignIn, tmp_path: Path) -> None:
    name = "某" * 100 + NASTY + "W" * (100 - len(NASTY))
    owner = {
        "kind": "organisation", "name": "李四", "identifier": "379999190001020023",
        "organisation": {"name": name, "identifier": "92379999MA0000023B"},
    }  # fmt: skip
    client = await sign_in(owner)
    holder = {"kind": "organisation", **owner["organisation"]}  # type: ignore[dict-item]
    notice = await published(client, holder=holder)
    text = unbroken(text_of(await pdf(client, notice["id"]), tmp_path))

    assert unbroken(NASTY) in unbroken(notice["statement"])
    assert unbroken(notice["statement"]) in text


@needs_fonts
@needs_poppler
@pytest.mark.parametrize(
    ("name", "shown"),
    [("𠮷田", "𠮷*"), ("𬎆某", "𬎆*"), ("𫟷某", "𫟷*"), ("\ue863某", "䶮*"), ("Şamurat", "Ş*"),
     ("Žižka", "Ž*"), ("Ḧusein", "Ḧ*"), ("ئادىل يۈسۈپ", "ئ*")],
)  # fmt: skip
async def test_the_one_letter_of_a_name_that_is_public_is_on_paper(
    sign_in: SignIn, tmp_path: Path, name: str, shown: str
) -> None:
    client = await sign_in(ANNA | {"name": name})
    notice = await published(
        client,
        certificate="birth-medical-certificate",
        matter=None,
        number="X990000001",
        holder={"kind": "person", "name": name, "identifier": ANNA["identifier"]},
    )
    text = unbroken(text_of(await pdf(client, notice["id"]), tmp_path))

    letter = shown.removesuffix("*")
    assert text.count(shown) + text.count(f"*{letter}") == 2  # Poppler's order of Arabic letters
    assert "〓" not in text


@needs_poppler
@pytest.mark.usefixtures("no_other_fonts")
async def test_a_character_that_the_fonts_lack_is_marked_and_named(
    restaurant: httpx.AsyncClient, deployment: Deployment, tmp_path: Path
) -> None:
    notice = await published(restaurant, issuer="某\U0002a3ed局")
    receipt = await register.receipt(deployment, await register.get(notice["id"]), None)
    found = await register.get(notice["id"])
    text = unbroken(text_of(printed_of(deployment, found, receipt, {}, "zh"), tmp_path))

    assert notice["statement"].replace("\U0002a3ed", "〓") in text
    assert "依次为：U+2A3ED；" in text


@pytest.fixture
async def sample(restaurant: httpx.AsyncClient, deployment: Deployment) -> tuple[Notice, Receipt]:
    """A notice as it is read, and its receipt."""
    id = (await published(restaurant))["id"]
    notice = await register.get(id)
    return notice, await register.receipt(deployment, notice, None)


def after(notice: Notice, *kinds: str) -> Notice:
    """What `notice` would be if this had happened to it too, a day apart."""
    start = notice.events[0]
    more = [
        Event(number, kind, start.at + timedelta(days=number))
        for number, kind in enumerate(kinds, 1)
    ]
    events, now = [start, *more], start.at + timedelta(days=len(kinds) + 1)
    return dataclasses.replace(
        notice, events=events, now=now, state=lifecycle.state(events, start.at, now)
    )


@needs_poppler
@pytest.mark.parametrize(
    ("kinds", "mark"),
    [
        (["contested"], "有异议"),
        (["contested", "annulled"], "已撤销"),
        (["contested", "withdrawn"], "已撤回"),
        (["confirmed", "replaced"], "已补发新证"),
        (["contested", "dismissed"], None),
        (["confirmed"], None),
        (["invented-later"], None),
    ],
)
def test_what_happened_to_a_notice_is_marked(
    deployment: Deployment,
    sample: tuple[Notice, Receipt],
    kinds: list[str],
    mark: str | None,
    tmp_path: Path,
) -> None:
    notice, receipt = sample
    made = printed_of(deployment, after(notice, *kinds), receipt, {}, "en")
    text = text_of(made, tmp_path)

    alone = {word.zh for word, _ in marks.MARKS} & set(text.split("\n"))
    assert alone == ({mark} if mark else set())
    for kind in kinds:
        assert unbroken(wording.EVENTS[kind].en if kind in wording.EVENTS else kind) in unbroken(
            text
        )
    assert "None" not in text


def test_the_same_notice_at_the_same_moment_is_the_same_file(
    deployment: Deployment, sample: tuple[Notice, Receipt]
) -> None:
    notice, receipt = sample
    later = dataclasses.replace(notice, now=notice.now + timedelta(seconds=1))

    first = printed_of(deployment, notice, receipt, {}, "zh")
    assert printed_of(deployment, notice, receipt, {}, "zh") == first
    assert printed_of(deployment, later, receipt, {}, "zh") != first


@needs_a_scanner
@pytest.mark.parametrize("hashes", [20, 40])
def test_the_code_of_a_large_log_can_be_scanned_too(
    deployment: Deployment, sample: tuple[Notice, Receipt], hashes: int, tmp_path: Path
) -> None:
    notice, receipt = sample
    proof = [receipts.to_base64(bytes([n] * 32)) for n in range(hashes)]
    longer = msgspec.structs.replace(receipt, proof=proof)
    address = scanned(printed_of(deployment, notice, longer, {}, "zh"), tmp_path)

    assert unquote(address.split("#proof=")[1]) == receipts.to_text(longer)


@needs_a_scanner
def test_a_proof_too_long_for_a_code_is_attached_and_the_code_leads_to_the_notice(
    deployment: Deployment, sample: tuple[Notice, Receipt], tmp_path: Path
) -> None:
    notice, receipt = sample
    signatures = (receipts.to_base64(hashlib.sha512(bytes([n])).digest()) for n in range(30))
    lines = "".join(f"— witness.example/{n} {line}\n" for n, line in enumerate(signatures))
    witnessed = msgspec.structs.replace(receipt, checkpoint=receipt.checkpoint + lines)
    assert len(receipts.to_text(witnessed)) > LARGEST_QR_CODE
    made = printed_of(deployment, notice, witnessed, {}, "zh")

    assert receipts.to_text(witnessed).encode() in made
    assert "二维码和本文件" not in unbroken(text_of(made, tmp_path))
    assert scanned(made, tmp_path) == f"{BASE}/notices/{notice.id}"


async def test_who_asks_for_paper_while_too_much_is_printed_is_asked_to_come_back(
    restaurant: httpx.AsyncClient, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = (await published(restaurant))["id"]
    monkeypatch.setattr(places, "PATIENCE", 0.1)
    made: list[press.Sheet] = []

    async def make(self: object, sheet: press.Sheet) -> bytes:
        made.append(sheet)
        return b"%PDF-"

    monkeypatch.setattr(press.Presses, "make", make)
    request: Any = type("Asked", (), {"scope": {"state": {}}})()
    async with contextlib.AsyncExitStack() as busy:
        for _ in range(press.AT_ONCE):
            await busy.enter_async_context(app.state.places.presses.taken(request))
        refused = await restaurant.get(f"/notices/{id}.pdf", params={"lang": "en"})
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "5"
        assert "not available for the moment" in refused.text
        # Everything else goes on, and work that nobody waits for any more is never done.
        assert (await restaurant.get(f"/notices/{id}")).status_code == 200
    assert await pdf(restaurant, id) == b"%PDF-"
    assert len(made) == 1


async def test_the_twenty_first_notice_printed_in_a_minute_is_too_many(
    restaurant: httpx.AsyncClient, app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    here: Deployment = app.state.deployment
    on = dataclasses.replace(here, settings=dataclasses.replace(here.settings, rate_limits=True))
    monkeypatch.setattr(app.state, "deployment", on)
    answers = [await restaurant.get("/notices/x.pdf") for _ in range(21)]

    assert [answer.status_code for answer in answers] == [404] * 20 + [429]
    assert "最多打印 20 份公告" in answers[-1].text
    assert 0 < int(answers[-1].headers["retry-after"]) <= 61


@needs_poppler
async def test_other_programs_take_the_proof_out_of_a_printed_notice(
    restaurant: httpx.AsyncClient, deployment: Deployment, tmp_path: Path
) -> None:
    id = (await published(restaurant))["id"]
    (tmp_path / "printed.pdf").write_bytes(await pdf(restaurant, id))
    run("pdfdetach", "-saveall", "-o", tmp_path, tmp_path / "printed.pdf")

    taken = (tmp_path / f"{id}.tlog-proof").read_bytes()
    assert receipts.verify(taken, deployment.keys.log.vkey).id == id
