"""The page that checks receipts: offline, understood, and without a trace."""

import json
import zlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from notices.trust.receipts import verify
from notices.trust.verdicts import SENTENCES
from tests import api
from tests.api import declaration
from tests.browsing import SMALLEST, TOO_FAINT, on, opened, watched
from tests.samples import RESTAURANT
from tests.unit.test_receipts import GOOD, SIGNER

pytestmark = pytest.mark.browser

NO_WEBCRYPTO = "Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })"


@dataclass(frozen=True)
class Logged:
    """A notice of the running service with what proves it."""

    id: str
    receipt: bytes
    proof: bytes
    key: str

    @property
    def address(self) -> str:
        """What the QR code of a printed notice holds."""
        return f"https://notices.example/notices/{self.id}#proof=" + self.fragment

    @property
    def fragment(self) -> str:
        return quote(self.proof.decode(), safe="/+=:@-._~")

    def moved(self, content: bytes) -> bytes:
        """What proves it, at the place in the log behind its own."""
        index = json.loads(self.receipt)["index"]
        changed = content
        for said in (b"\nindex %d\n", b'"index":%d', b"index%%20%d"):
            changed = changed.replace(said % index, said % (index + 1))
        assert changed != content
        return changed

    def sentence(self, content: bytes, language: str = "zh") -> str:
        return verify(content, self.key).sentence.in_(language).split("\n")[0]


@pytest.fixture(scope="module")
def logged(service: str) -> list[Logged]:
    """Two notices, declared in the running service."""
    found = []
    with api.client(service) as client:
        assert client.post("/api/v1/demo/login", json=RESTAURANT).status_code == 204
        key = client.get("/log/vkey").text.strip()
        for number in ("JY13799990000062", "JY13799990000079"):
            answer = client.post("/api/v1/notices", json=declaration(number=number))
            assert answer.status_code == 201, answer.text
            id = answer.json()["id"]
            receipt = client.get(f"/api/v1/notices/{id}/receipt").content
            found.append(Logged(id, receipt, client.get(f"/notices/{id}.tlog-proof").content, key))
    return found


@pytest.fixture(scope="module")
def printed(service: str, logged: list[Logged]) -> bytes:
    """The first notice as the service prints it."""
    answer = api.get(f"{service}/notices/{logged[0].id}.pdf")
    assert answer.status_code == 200
    return answer.content


def result(page: Page) -> Locator:
    """What is said of a receipt; /verify tells of scans and of answers in places of their own."""
    return page.get_by_role("status").and_(page.locator("main #receipt-result"))


async def choose(
    page: Page, content: bytes, name: str = "receipt.json", at: str = "凭证文件"
) -> None:
    file: Any = {"name": name, "mimeType": "", "buffer": content}
    await page.get_by_label(at, exact=True).set_input_files(file)


async def paste(page: Page, text: str) -> None:
    await page.get_by_label("粘贴扫出的内容").fill(text)
    await on(page, "核验凭证")


async def test_a_printed_notice_of_the_service_is_checked(
    browser: Browser, service: str, logged: list[Logged], printed: bytes
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto("/verify")

    await choose(page, printed, "notice.pdf")

    await expect(result(page)).to_contain_text(logged[0].sentence(printed))
    await choose(page, logged[0].moved(printed), "notice.pdf")
    await expect(result(page)).to_contain_text(SENTENCES["not_in_log"].zh)
    await context.close()


async def test_a_receipt_and_a_proof_are_checked_without_network_and_without_a_trace(
    browser: Browser, service: str, logged: list[Logged]
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    wrong = watched(page, service)
    await page.goto("/verify")
    await context.set_offline(True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    [one, other] = logged

    await choose(page, one.receipt)
    await expect(result(page)).to_contain_text(one.sentence(one.receipt))
    await expect(result(page)).to_contain_text("现在的状态没有查到")
    await expect(result(page)).to_contain_text(str(verify(one.receipt, one.key).statement))
    await expect(result(page)).to_be_focused()
    await expect(result(page).get_by_role("link", name="看现在的状态")).to_have_attribute(
        "href", f"/notices/{one.id}"
    )
    await choose(page, other.proof, "0.tlog-proof")
    await expect(result(page)).to_contain_text(other.sentence(other.proof))
    await choose(page, one.moved(one.receipt))
    await expect(result(page)).to_contain_text(SENTENCES["not_in_log"].zh)
    await expect(result(page)).not_to_contain_text("证明对得上")

    # The browser fetches the icon of a page when it likes.
    assert [url for url in asked if "/static/icon.svg" not in url] == wrong == []
    assert await page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert [cookie["name"] for cookie in await context.cookies()] == []
    await context.close()


INTO_THE_BOX = """(text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text", text);
  const given = { clipboardData, bubbles: true, cancelable: true };
  document.getElementById("number").dispatchEvent(new ClipboardEvent("paste", given));
}"""


@pytest.mark.parametrize("scheme", [None, NO_WEBCRYPTO], ids=["webcrypto", "plain http"])
async def test_what_was_scanned_may_be_pasted(
    browser: Browser, service: str, logged: list[Logged], scheme: str | None
) -> None:
    context = await opened(browser, service)
    if scheme:
        await context.add_init_script(scheme)
    page = await context.new_page()
    wrong = watched(page, service)
    await page.goto("/verify")
    assert await page.evaluate("Boolean(crypto.subtle)") == (scheme is None)
    [one, other] = logged

    for text, content in [
        (one.address, one.proof), (f" {one.address}\n", one.proof), (one.proof.decode(), one.proof),
        (one.proof.decode().strip(), one.proof), (one.receipt.decode(), one.receipt),
    ]:  # fmt: skip
        await page.get_by_label("粘贴扫出的内容").fill("")
        await on(page, "核验凭证")
        await expect(result(page)).to_contain_text("请选择文件，或粘贴内容。")
        await paste(page, text)
        await expect(result(page)).to_contain_text(one.sentence(content))
        await expect(result(page)).not_to_contain_text("注意")
    await paste(page, one.address.replace(one.id, other.id))
    await expect(result(page)).to_contain_text("这份凭证属于另一份公告")
    await paste(page, one.address[:-9])
    await expect(result(page)).to_contain_text(SENTENCES["bad_checkpoint"].zh)
    for text in (one.address + "%", one.address.partition("extra")[0]):
        await paste(page, text)
        await expect(result(page)).to_contain_text(SENTENCES["unreadable_proof"].zh)
    await paste(page, "https://notices.example/notices/1")
    await expect(result(page)).to_contain_text(SENTENCES["unreadable"].zh)
    # Into the box for numbers, which has one line: it would lose the ends of a proof's.
    await page.evaluate(INTO_THE_BOX, one.proof.decode())
    await expect(result(page)).to_contain_text(one.sentence(one.proof))
    assert await page.locator("#number").input_value() == ""

    assert wrong == []
    await context.close()


async def test_the_address_of_a_printed_notice_is_checked_above_the_notice(
    browser: Browser, service: str, logged: list[Logged]
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    wrong = watched(page, service)
    [one, other] = logged

    await page.goto(f"/notices/{one.id}")
    await expect(result(page)).to_be_empty()
    await page.goto(f"/notices/{one.id}#proof={one.fragment}")
    await expect(result(page)).to_contain_text("这张纸上的证明对得上")
    await expect(result(page)).not_to_be_focused()
    await expect(page.locator("#proof")).to_contain_text(one.sentence(one.proof))
    await expect(page.get_by_role("heading", level=1)).to_contain_text("遗失声明")

    await page.goto(f"/notices/{one.id}#proof={other.fragment}")
    await expect(result(page)).to_contain_text("注意：这份凭证属于另一份公告")
    await expect(result(page)).to_be_focused()
    await expect(result(page).locator(".badge")).to_have_count(0)
    await expect(page.locator("#proof")).not_to_contain_text("证明对得上")
    await page.goto(f"/notices/{one.id}?lang=en#proof={other.fragment}")
    await expect(result(page)).to_contain_text("belongs to another notice")
    await expect(result(page)).to_contain_text(other.sentence(other.proof, "en"))
    moved = one.moved(one.fragment.encode()).decode()
    await page.goto(f"/notices/{one.id}?lang=en#proof={moved}")
    await expect(result(page)).to_contain_text(SENTENCES["not_in_log"].en)
    await page.goto(f"/notices/{one.id}#proof")
    await page.get_by_text("凭证，以及怎样自己核验").click()
    await page.get_by_role("link", name="核验一份凭证").click()
    await page.wait_for_url(f"{service}/verify#receipt")

    assert wrong == []
    await context.close()


async def test_a_key_of_the_readers_own_is_used_and_not_remembered(
    browser: Browser, service: str, logged: list[Logged]
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto("/verify?lang=en")
    await choose(page, GOOD, at="Receipt file")
    await expect(result(page)).to_contain_text(SENTENCES["bad_checkpoint"].en)
    await page.get_by_text("Which key it is checked with").click()
    for key, sentence in [("no key", SENTENCES["bad_key"].en), (f" {SIGNER.vkey}\n", "Proven: ")]:
        await page.get_by_label("Public key of the log").fill(key)
        await on(page, "Check the receipt")
        await expect(result(page)).to_contain_text(sentence)
    await expect(result(page)).to_contain_text("24 November 2026 at 10:00:00 (UTC+8)")
    await page.reload()

    await expect(page.locator("#receipt-key")).to_have_value(logged[0].key)
    await context.close()


def pdf(proof: bytes, *, filter: bytes = b"") -> bytes:
    """The parts of a PDF that matter here: another stream, and the attached file."""
    page = zlib.compress(b"BT (stream\nc2sp.org/tlog-proof@v1) ET")
    return (
        b"%%PDF-1.7\n%%\x80\x81\n"
        b"1 0 obj\n<< /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream\nendobj\n"
        b"2 0 obj\n<< /Type /EmbeddedFile /Length %d%b >>\nstream\n%b\nendstream\nendobj\n"
        b"%%%%EOF\n"
    ) % (len(page), page, len(proof), filter, proof)


async def test_a_pdf_is_asked_for_the_proof_that_is_attached_to_it(
    browser: Browser, service: str, logged: list[Logged]
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto("/verify")
    one = logged[0]
    deflate, packed = b" /Filter /FlateDecode", zlib.compress(one.proof)
    for whole in (pdf(one.proof), pdf(packed, filter=deflate)):
        await choose(page, b"", "empty")
        await expect(result(page)).to_contain_text(SENTENCES["unreadable"].zh)
        await choose(page, whole, "notice.pdf")
        await expect(result(page)).to_contain_text("证明附在这份打印公告里")
    for content in (b"a picture", packed[:-9], packed + b"more"):
        await choose(page, b"", "empty")
        await expect(result(page)).to_contain_text(SENTENCES["unreadable"].zh)
        await choose(page, pdf(content, filter=deflate), "notice.pdf")
        await expect(result(page)).to_contain_text("这份 PDF 里没有附带凭证")
    await page.evaluate("delete window.DecompressionStream")
    await choose(page, pdf(packed, filter=deflate), "notice.pdf")

    await expect(result(page)).to_contain_text("这个浏览器读不出 PDF 里的凭证")
    await context.close()


async def test_without_scripts_the_page_says_how_else_a_receipt_is_checked(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service, scripts=False)
    page = await context.new_page()
    await page.goto("/verify")

    await expect(page.get_by_text("notices receipt verify FILE")).to_be_visible()
    await expect(page.get_by_label("凭证文件")).to_be_hidden()
    await expect(page.get_by_role("button", name="核验", exact=True)).to_be_visible()
    await context.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_what_is_said_fits_the_smallest_phone_and_stands_out(
    browser: Browser, service: str, logged: list[Logged], lang: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]
    [one, other] = logged
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for path, content in [
            ("/verify", one.receipt), ("/verify", GOOD), ("/verify", b""),
            (f"/notices/{one.id}", one.proof), (f"/notices/{one.id}", other.proof),
        ]:  # fmt: skip
            await page.goto(f"{path}?lang={lang}")
            if path == "/verify":
                await page.locator("summary").last.click()
                await choose(page, content, at="Receipt file" if lang == "en" else "凭证文件")
            else:
                await page.evaluate(
                    "(proof) => { location.hash = 'proof=' + proof }", quote(content.decode())
                )
            await expect(result(page)).not_to_be_empty()

            assert await page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"]
            assert await page.evaluate(TOO_FAINT) == []
    await context.close()


async def test_the_keyboard_alone_is_enough_to_check_a_receipt(
    browser: Browser, service: str, logged: list[Logged]
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto("/verify")
    await page.get_by_label("凭证文件").focus()
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("粘贴扫出的内容")).to_be_focused()
    await page.keyboard.insert_text(logged[0].address)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(result(page)).to_be_focused()
    await page.keyboard.press("Tab")

    await expect(result(page).get_by_role("link", name="看现在的状态")).to_be_focused()
    await context.close()


GREEN = """() => [...document.querySelectorAll("main *")].filter((each) => {
  const style = getComputedStyle(each);
  return [style.color, style.backgroundColor, style.borderInlineStartColor].some((color) => {
    const [red, green, blue] = color.match(/[\\d.]+/g).map(Number);
    return green > red + 12 && green > blue + 12;
  });
}).map((each) => each.outerHTML.slice(0, 90))"""


async def test_a_scanned_notice_that_was_withdrawn_opens_on_that_and_is_nowhere_green(
    browser: Browser, service: str
) -> None:
    with api.client(service) as client:
        api.sign_in(client, RESTAURANT)
        id = client.post(api.NOTICES, json=declaration(number="JY13799990000087")).json()["id"]
        assert client.post(api.of(id, "withdrawal"), json={"reason": "found"}).status_code == 201
        proof = client.get(f"/notices/{id}.tlog-proof").text
    context = await opened(browser, service)
    page = await context.new_page()
    await page.set_viewport_size(SMALLEST)  # type: ignore[arg-type]
    scanned = f"/notices/{id}#proof={quote(proof, safe='/+=:@-._~')}"

    await page.goto(scanned)
    await expect(result(page)).to_contain_text("这张纸上的证明对得上")
    await expect(page.locator("main .badge").first).to_have_text("已撤回")
    await expect(page.locator("main .badge").first).to_be_in_viewport()
    await expect(page.locator("#proof")).not_to_be_in_viewport()
    assert await page.evaluate(GREEN) == []
    await page.goto("/verify")
    await paste(page, f"https://notices.example{scanned}")
    await expect(result(page).locator(".badge")).to_have_text(["已撤回", "证明对得上"])
    assert await page.evaluate(GREEN) == []
    await context.close()
