"""A real service and a real browser, for tests of what people see."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests import api, enginefarm
from tests.service import STARTS_WITHIN

PHONE = {"width": 390, "height": 844}
SMALLEST = {"width": 320, "height": 640}

# WCAG 2.2, 1.4.3: the contrast of each visible text with the nearest ground that is painted.
TOO_FAINT = """() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parts(getComputedStyle(at).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
    if (!own || !element.checkVisibility()) continue;
    const [a, b] = [light(parts(getComputedStyle(element).color)), light(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${element.textContent.trim().slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return faint;
}"""


def _environment(worker: str, port: int, data: Path) -> dict[str, str]:
    base, meili_url, master_key = enginefarm.running()
    return os.environ | {
        "DATABASE_URL": enginefarm.create_database_now(base, f"browser_{worker}"),
        "MEILI_URL": meili_url,
        "MEILI_MASTER_KEY": master_key,
        "MEILI_INDEX": f"browser_{worker}",
        "DATA": str(data),
        "PORT": str(port),
        "DEMO": "1",
        "HOST": "127.0.0.1",
        # Nobody kills one of its processes here.
        "SPARE": "0",
    }


def _answers(url: str) -> bool:
    try:
        return api.get(url, timeout=2).status_code == 200
    except httpx.TransportError:
        return False


@pytest.fixture(scope="session")
def service(worker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the real service, relay and all, for all that is seen in a browser."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path_factory.mktemp("service")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "notices", "serve"],
            env=_environment(worker, port, folder / "data"),
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(int(STARTS_WITHIN / 0.2)):
            if _answers(f"{address}/health/ready"):
                break
            assert process.poll() is None, (folder / "log").read_text()
            try:
                process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
        else:
            pytest.fail((folder / "log").read_text())
        yield address
    finally:
        process.terminate()
        process.wait(20)


FLAGS = ["--no-sandbox", "--disable-dev-shm-usage"]
NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome",
    "google-chrome-stable",
)  # fmt: skip
"""Chromium's commands. The one without windows shows a page in half of the others' time."""


def chromium() -> str | None:
    """The browser that the machine has; without one Playwright's own."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        await browser.close()


async def opened(browser: Browser, service: str, scripts: bool = True) -> BrowserContext:
    """A phone that refuses whatever is not of the service itself."""
    context = await browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        java_script_enabled=scripts,
        base_url=service,
        locale="zh-CN",
    )
    context.set_default_timeout(10_000)
    return context


POLICY = re.compile("Content Security Policy|Permissions-Policy")


def watched(page: Page, service: str) -> list[str]:
    """What the page asks of others and what its scripts complain about, as it happens."""
    wrong: list[str] = []
    page.on(
        "request", lambda asked: None if asked.url.startswith(service) else wrong.append(asked.url)
    )
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if POLICY.search(said.text) else None)
    return wrong


async def on(page: Page, name: str) -> None:
    """Press the button or follow the link that reads `name`, within the main part."""
    main = page.locator("main")
    button = main.get_by_role("button", name=name, exact=True)
    link = main.get_by_role("link", name=name, exact=True)
    await button.or_(link).first.wait_for()
    await (button if await button.count() else link).last.click()
