"""Checking as a clerk does it: by the keyboard, with slips and codes."""

import asyncio
import base64
import html
import io
import json
import re
import zlib
from pathlib import Path

import pytest
import rfc8785
import segno
from playwright.async_api import Browser, Page, Route, expect

from notices.trust.answers import AnswerSigner
from notices.trust.encoding import to_base64
from notices.trust.signing import Ed25519Signer
from tests import api
from tests.api import declaration
from tests.browsing import opened, watched
from tests.printed import needs_a_scanner, run, scanned
from tests.samples import RESTAURANT

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
NUMBER = "JY13799990000704"
NEXT = "JY13799990000712"


@pytest.fixture(scope="module")
def notice(service: str) -> str:
    """The notice of NUMBER in the running service."""
    with api.client(service) as client:
        api.sign_in(client, RESTAURANT)
        body = declaration(number=NUMBER, confirm_unusual_number=True)
        return str(client.post("/api/v1/notices", json=body).raise_for_status().json()["id"])


async def asked(page: Page, number: str) -> None:
    await page.goto("/verify")
    await page.locator("#number").fill(number)
    await page.keyboard.press("Enter")
    await page.locator("#answer").wait_for()


async def test_the_next_number_is_typed_without_a_mouse_and_the_answer_is_heard_with_the_box(
    browser: Browser, service: str, notice: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    wrong = watched(page, service)
    await page.goto("/verify")
    for number, answer in ((NUMBER, "已声明作废"), (NEXT, "号码可能不对"), (NUMBER, "已声明作废")):
        await page.keyboard.type(number)
        await page.keyboard.press("Enter")
        await expect(page.locator("#answer .asked")).to_contain_text(number)
        await expect(page.locator("#number")).to_be_focused()
        await expect(page.locator("#number")).to_have_accessible_description(re.compile(answer))
        assert await page.evaluate("scrollY") == 0
    assert page.url == f"{service}/verify"
    assert wrong == []
    await context.close()


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
async def test_back_and_forward_lead_to_the_answer_and_never_to_a_question(
    browser: Browser, service: str, notice: str, scripts: bool
) -> None:
    context = await opened(browser, service, scripts)
    page = await context.new_page()
    await asked(page, NUMBER)
    await page.locator(f'main a[href="/notices/{notice}"]').click()
    await expect(page.locator("h1").first).to_be_visible()
    await page.go_back()
    await expect(page.locator("#answer")).to_contain_text("已声明作废")
    await page.locator("#number").fill(NEXT)
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer")).to_contain_text(NEXT)
    await page.go_back()
    await expect(page.locator("#answer")).to_contain_text(NUMBER)
    await page.go_forward()
    await expect(page.locator("#answer")).to_contain_text(NEXT)
    await page.reload()
    await expect(page.locator("#answer")).to_contain_text(NEXT)
    await context.close()


@needs_a_scanner
@pytest.mark.parametrize("paper", ["a4", "80mm"])
async def test_a_printed_slip_is_verified_by_its_code_and_by_openssl(
    browser: Browser, service: str, notice: str, tmp_path: Path, paper: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await asked(page, NUMBER)
    await page.locator(".print-slip button").nth(int(paper == "80mm")).click()
    await expect(page.locator(".slip-answer")).to_have_text("已声明作废")
    pdf = await page.pdf(prefer_css_page_size=True)
    code = scanned(pdf, tmp_path).strip()
    answer = json.loads(zlib.decompress(base64.urlsafe_b64decode(code.partition("=")[2] + "==")))

    keys = api.get(f"{service}/.well-known/notice-keys.json").json()["answers"]
    assert proven_by_openssl(answer, keys, tmp_path)
    assert not proven_by_openssl({**answer, "status": "no_notice"}, keys, tmp_path)
    assert (answer["number"], answer["notice"]) == (NUMBER, notice)

    other = await context.new_page()
    sent: list[str] = []
    other.on("request", lambda request: sent.append(request.url))
    await other.goto(code)
    proof = other.locator("#answer-result")
    await expect(proof).to_contain_text("签名属实")
    await expect(proof).to_contain_text(NUMBER)
    await expect(proof.locator(".status-box").first).to_have_class(re.compile("invalid"))
    assert not any("answer=" in url.partition("#")[0] or NUMBER in url for url in sent)
    assert other.url == f"{service}/verify"  # the number stays in no history
    await other.reload()
    await expect(proof).to_contain_text("签名属实")
    await other.get_by_role("link", name="English").click()
    await expect(proof).to_contain_text("The signature is right")
    assert other.url == f"{service}/verify?lang=en"
    await other.go_back()
    changed = json.dumps({**answer, "status": "no_notice"}, ensure_ascii=False).encode()
    for content in (changed, b"{}", b"["):
        coded = base64.urlsafe_b64encode(zlib.compress(content)).decode().rstrip("=")
        await other.evaluate("to => { location.hash = to; }", f"answer={coded}")
        await expect(proof).to_contain_text("什么也没有证明")
        await other.evaluate("to => { location.hash = to; }", code.partition("#")[2])
        await expect(proof).to_contain_text("签名属实")
    await proof.get_by_role("button", name="再核验一次").click()
    await expect(other.locator("#answer")).to_contain_text("已声明作废")
    await context.close()


def proven_by_openssl(answer: dict[str, object], keys: list[dict[str, str]], at: Path) -> bool:
    signature = answer["signature"]
    assert isinstance(signature, dict)
    [key] = [each for each in keys if each["id"] == signature["key"]]
    said = {name: value for name, value in answer.items() if name != "signature"}
    der = bytes.fromhex("302a300506032b6570032100") + base64.b64decode(key["key"])
    (at / "key").write_bytes(der)
    (at / "said").write_bytes(b"notices-answer/v1\n" + rfc8785.dumps(said))
    (at / "signature").write_bytes(base64.b64decode(signature["value"]))
    try:
        return "Success" in run(
            "openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", at / "key",
            "-rawin", "-in", at / "said", "-sigfile", at / "signature",
        )  # fmt: skip
    except Exception:
        return False


def picture(text: str) -> dict[str, str | bytes]:
    content = io.BytesIO()
    segno.make_qr(text).save(content, kind="png", scale=6)
    return {"name": "code.png", "mimeType": "image/png", "buffer": content.getvalue()}


async def test_a_code_that_is_read_goes_where_it_belongs_and_no_other_site_is_opened(
    browser: Browser, service: str, notice: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    wrong = watched(page, service)
    told, file = page.locator("#scan-told"), page.locator("#scan-file")
    await page.goto("/verify")
    loaded = "performance.getEntriesByType('resource').map((one) => one.name)"
    assert not any("qr-reader" in name or "scan" in name for name in await page.evaluate(loaded))
    await page.get_by_role("button", name="扫二维码").click()
    await expect(told).to_contain_text("用不了摄像头")  # there is none here

    await file.set_input_files([picture("https://elsewhere.example/notices/1?a=b")])  # type: ignore[list-item]
    await expect(told).to_contain_text("没有打开：https://elsewhere.example/notices/1?a=b")
    assert page.url == f"{service}/verify"
    await page.get_by_role("button", name="扫二维码").click()
    await file.set_input_files([picture("编号：" + NUMBER)])  # type: ignore[list-item]
    await expect(page.locator("#number")).to_have_value("编号：" + NUMBER)
    await page.get_by_role("button", name="扫二维码").click()
    await file.set_input_files([picture(f"{service}/notices/{notice}")])  # type: ignore[list-item]
    await page.wait_for_url(f"**/notices/{notice}")
    assert wrong == []
    await context.close()


async def test_another_language_says_the_same_answer_and_loses_nothing_typed(
    browser: Browser, service: str, notice: str
) -> None:
    context = await opened(browser, service, scripts=False)
    page = await context.new_page()
    await asked(page, NUMBER)
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("#answer")).to_contain_text("Declared void")
    await page.goto("/verify/many")
    await page.locator("#numbers").fill(f"{NUMBER}\nJY137")
    await page.get_by_role("button", name="核验").click()
    await page.get_by_role("button", name="English").click()
    await expect(page.locator(".answers")).to_contain_text("Declared void")
    # The doubtful one is asked by itself, without copying it.
    await page.get_by_role("button", name="check this one by itself").click()
    await expect(page.locator("#answer .asked")).to_contain_text("JY137")
    await page.locator(".print-slip button").first.click()
    await page.get_by_role("button", name="中文").click()
    await expect(page.locator(".slip-answer")).to_contain_text("号码可能不对")
    await context.close()


CAMERA = """
  window.looked = 0; window.inView = null; window.tracks = [];
  window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect() {
      window.looked += 1;
      return window.inView ? [{ rawValue: window.inView }] : [];
    }
  };
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 9, 9);
  navigator.mediaDevices.getUserMedia = async () => {
    const stream = canvas.captureStream(10);
    window.tracks.push(...stream.getTracks());
    setInterval(() => canvas.getContext("2d").fillRect(0, 0, 9, 9), 50);
    return stream;
  };
"""


TRACKS = "window.tracks.map((each) => each.readyState)"


async def test_the_camera_reads_with_the_browsers_own_reader_and_is_off_afterwards(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.add_init_script(CAMERA)
    await page.goto("/verify")
    scan, told = page.get_by_role("button", name="扫二维码"), page.locator("#scan-told")
    await scan.click()
    await expect(told).to_contain_text("把二维码放进画面里")
    await page.evaluate("new Promise((seen) => setInterval(() => window.looked > 1 && seen(), 20))")
    await page.get_by_role("button", name="不扫了").click()
    await expect(scan).to_be_focused()
    await expect(told).to_be_empty()
    await expect(page.locator("#scan-view")).to_be_hidden()
    assert await page.evaluate(TRACKS) == ["ended"]

    await scan.click()
    await page.evaluate("number => { window.inView = number; }", NEXT)
    await expect(page.locator("#number")).to_have_value(NEXT)
    assert await page.evaluate(TRACKS) == ["ended", "ended"]
    loaded = "performance.getEntriesByType('resource').map((one) => one.name)"
    assert not any("qr-reader" in name for name in await page.evaluate(loaded))
    await context.close()


async def test_a_reader_that_does_not_arrive_is_told(browser: Browser, service: str) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.route("**/qr-reader.js*", lambda route: route.abort())
    await page.goto("/verify")
    await page.get_by_role("button", name="扫二维码").click()

    await expect(page.locator("#scan-told")).to_contain_text("没有下载下来")
    await expect(page.locator("#scan-view")).to_be_hidden()
    await context.close()


ASKED = (
    {"number": NUMBER},
    {"number": "\u202e100000999973"},  # a sign that nobody sees turns it around
    {"number": NUMBER, "certificate": "food-operation-license", "copy_number": "3-1"},
    {"number": "92379999MA0000023B", "certificate": "company-seal", "document": "invoice-seal"},
)


async def test_scripts_say_of_a_pasted_answer_what_the_page_says_without_them(
    browser: Browser, service: str, notice: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    for question in ASKED:
        with api.client(service) as client:
            signed = client.post("/api/v1/verifications", json=question).text
        coded = base64.urlsafe_b64encode(zlib.compress(signed.encode())).decode().rstrip("=")
        await asked(page, NUMBER)
        entries = await page.evaluate("history.length")
        sent.clear()
        # A messenger may have broken the address.
        await page.locator("#number").fill(f"{service}/verify#answer={coded[:90]} {coded[90:]}")
        await page.keyboard.press("Enter")
        await expect(page.locator("#answer-result")).to_contain_text("签名属实")
        await expect(page.locator("#answer")).to_be_hidden()
        assert sent == []
        assert await page.evaluate("[history.length, history.state]") == [entries, None]
        by_script = await said_of(page, "#answer-result")
        await page.evaluate("document.getElementById('check').submit()")
        await expect(page.locator("#answered")).to_contain_text("签名属实")
        assert await said_of(page, "#answered") == by_script
        assert "\u202e" not in "".join(by_script)
    await context.close()


SIGNER = AnswerSigner(Ed25519Signer(bytes(range(32))))
STANDINGS = {
    "awaiting": ({"status": "declared", "awaiting": "confirmation"}, "待确认"),
    "replaced": ({"status": "replaced", "replaced_on": "2026-11-20"}, "新证于 2026年11月20日 补发"),
    "later": ({"status": "later"}, "later"),
}


async def test_scripts_say_how_a_notice_stood_whatever_its_status(
    browser: Browser, service: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    key = {"id": SIGNER.key_id, "alg": "Ed25519", "key": to_base64(SIGNER.public_key)}
    keys = html.escape(json.dumps([key]))

    async def signed_by_us(route: Route) -> None:
        shown = await route.fetch()
        body = re.sub('data-keys="[^"]*"', f'data-keys="{keys}"', await shown.text())
        await route.fulfill(response=shown, body=body)

    await page.route("**/verify", signed_by_us)
    with api.client(service) as client:
        plain = client.post("/api/v1/verifications", json={"number": NEXT}).json()
    for standing, (changes, words) in STANDINGS.items():
        said = {**plain, "notice": "37070000000136", **changes}
        content = json.dumps({**said, "signature": SIGNER.sign(said)}).encode()
        coded = base64.urlsafe_b64encode(zlib.compress(content)).decode().rstrip("=")
        await page.goto("about:blank")
        await page.goto(f"/verify#answer={coded}")
        box = page.locator("#answer-result .status-box").first
        await expect(box).to_have_class(f"status-box big {standing}")
        await expect(box).to_contain_text(words)
    await context.close()


async def test_an_old_browser_has_the_site_read_what_it_cannot(
    browser: Browser, service: str, notice: str
) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.add_init_script("delete window.DecompressionStream")
    with api.client(service) as client:
        signed = client.post("/api/v1/verifications", json={"number": NUMBER}).text
    coded = base64.urlsafe_b64encode(zlib.compress(signed.encode())).decode().rstrip("=")
    await page.goto(f"/verify#answer={coded}")
    await expect(page.locator("#answer-result")).to_contain_text("这个浏览器读不出")
    await page.locator("#check").get_by_role("button", name="核验").first.click()

    await expect(page.locator("#answered")).to_contain_text("签名属实")
    await context.close()


async def said_of(page: Page, where: str) -> list[str]:
    """The boxes and words of an answer that came back, but for how exactly it tells the time."""
    classes = await page.locator(f"{where} .status-box").evaluate_all(
        "(boxes) => boxes.map((box) => Array.from(box.classList).sort().join(' '))"
    )
    words = await page.locator(f"{where} .status-box").all_inner_texts()
    told = re.sub(r"(\d\d:\d\d):\d\d", r"\1", "\n".join(words))
    return [*classes, *(line.strip() for line in told.splitlines() if line.strip())]


PAINTED = """new Promise((seen) => setInterval(() => {
  if (performance.getEntriesByName("first-contentful-paint").length) seen();
}, 20))"""


async def test_nothing_moves_when_the_scripts_arrive(browser: Browser, service: str) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.set_viewport_size({"width": 390, "height": 2400})
    await page.add_init_script("""
      window.moved = [];
      const seen = (list) => list.getEntries().forEach((each) => window.moved.push(each.value));
      new PerformanceObserver(seen).observe({ type: "layout-shift", buffered: true });
    """)
    come = asyncio.Event()

    async def late(route: Route) -> None:
        await come.wait()
        await route.continue_()

    await page.route("**/*.js*", late)
    await page.goto("/verify?lang=en", wait_until="commit")
    await page.evaluate(PAINTED)
    come.set()
    await expect(page.locator("#receipt-form")).to_be_visible()
    await page.evaluate(
        "new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 100)))"
    )
    assert await page.evaluate("window.moved") == []
    await context.close()
