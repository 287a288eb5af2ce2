"""The check of receipts in the browser accepts and refuses what Python does, in its words."""

import base64
from collections.abc import Iterator

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from playwright.async_api import Browser

from notices.trust.receipts import ReceiptError, verify
from notices.trust.verdicts import SENTENCES
from tests.browsing import opened
from tests.odd_receipts import KEYS, ODD_RECEIPTS, VECTORS, odd_signatures
from tests.unit.test_receipts import GOOD, PROOF, SIGNER, make, saved

pytestmark = pytest.mark.browser

MEANS = ["Receipts.WebCrypto", "Fallback"]

SAID = """async (cases) => {
  const texts = JSON.parse(document.getElementById("receipt-result").dataset.texts);
  const said = [];
  for (const [content, key] of cases) {
    const bytes = Uint8Array.from(atob(content), (char) => char.charCodeAt(0));
    try {
      said.push(Receipts.sentence(await Receipts.verify(bytes, key, BY), texts));
    } catch (problem) {
      said.push(problem instanceof Receipts.Refused ? texts[problem.reason] : String(problem));
    }
  }
  return said;
}"""


def said(content: bytes, key: str, language: str) -> str:
    try:
        return verify(content, key).sentence.in_(language)
    except ReceiptError as refused:
        return refused.text.in_(language)


async def agree(
    browser: Browser, service: str, cases: list[tuple[bytes, str]], by: str, language: str = "zh"
) -> list[str]:
    """What the browser says of each content under its key, which is what Python says."""
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto(f"/verify?lang={language}")
    asked = [[base64.b64encode(content).decode(), key] for content, key in cases]
    found: list[str] = await page.evaluate(SAID.replace("BY", by), asked)
    await context.close()

    for (content, key), in_browser in zip(cases, found, strict=True):
        assert in_browser == said(content, key, language), (content, key)
    return found


def flipped(content: bytes) -> Iterator[bytes]:
    """`content` with one bit of every byte changed, and with each bit of every 16th."""
    for place in range(len(content)):
        for bit in range(8) if place % 16 == 0 else [place % 8]:
            changed = bytearray(content)
            changed[place] ^= 1 << bit
            yield bytes(changed)


@pytest.mark.parametrize("by", MEANS)
@pytest.mark.parametrize("content", [GOOD, PROOF], ids=["receipt", "tlog-proof"])
async def test_every_flipped_byte_is_refused_in_the_words_of_the_command(
    browser: Browser, service: str, content: bytes, by: str
) -> None:
    cases = [(changed, SIGNER.vkey) for changed in flipped(content)]

    found = await agree(browser, service, cases, by)

    assert set(found) <= {sentence.zh for sentence in SENTENCES.values()}
    assert len(set(found)) >= 4


@pytest.mark.parametrize("by", MEANS)
async def test_receipts_of_logs_of_many_sizes_are_proven(
    browser: Browser, service: str, by: str
) -> None:
    cases = [
        (saved(make(index, size)), SIGNER.vkey)
        for size in range(1, 41)
        for index in sorted({0, size // 2, size - 1})
    ]

    found = await agree(browser, service, cases, by, "en")

    assert all(each.startswith("Proven: ") for each in found)


@pytest.mark.parametrize("by", MEANS)
async def test_strange_contents_are_answered_as_in_python(
    browser: Browser, service: str, by: str
) -> None:
    found = await agree(browser, service, [(content, SIGNER.vkey) for content in ODD_RECEIPTS], by)

    assert set(found) > {
        text.zh for name, text in SENTENCES.items() if name[:3] not in ("bad", "pro", "red", "pri")
    }


@pytest.mark.parametrize("by", MEANS)
async def test_keys_are_taken_and_refused_as_in_python(
    browser: Browser, service: str, by: str
) -> None:
    keys = [key for key in KEYS if key.isascii()]

    found = await agree(browser, service, [(GOOD, key) for key in keys], by)

    assert set(found) == {SENTENCES["bad_key"].zh, SENTENCES["bad_checkpoint"].zh}


def signed(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


async def test_the_fallback_checks_signatures_as_openssl_does(
    browser: Browser, service: str
) -> None:
    cases = [
        tuple(map(bytes.fromhex, (key, signature, message))) for key, message, signature in VECTORS
    ]
    cases += odd_signatures()
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto("/verify")
    found = await page.evaluate(
        "(cases) => cases.map("
        "  (parts) => Fallback.ed25519(...parts.map((part) => Uint8Array.from(part))))",
        [[list(part) for part in case] for case in cases],
    )
    await context.close()

    assert found[:3] == [True] * 3
    assert found == [signed(*case) for case in cases]  # type: ignore[arg-type]


async def test_the_fallback_hashes_as_webcrypto_does(browser: Browser, service: str) -> None:
    context = await opened(browser, service)
    page = await context.new_page()
    await page.goto("/verify")
    different = await page.evaluate("""async () => {
      const different = [];
      for (let size = 0; size < 300; size += 1) {
        const bytes = Uint8Array.from({ length: size }, (_, at) => at * at + size);
        for (const [name, digest] of [["SHA-256", Fallback.sha256], ["SHA-512", Fallback.sha512]]) {
          const native = new Uint8Array(await crypto.subtle.digest(name, bytes));
          if (String(native) !== String(digest(bytes))) different.push([name, size]);
        }
        if (!size) continue;  // WebCrypto has no empty keys
        const native = await Receipts.WebCrypto.hmac(bytes, bytes);
        if (String(native) !== String(Fallback.hmac(bytes, bytes))) different.push(["HMAC", size]);
      }
      return different;
    }""")
    await context.close()

    assert different == []
