"""A page in every mode in which somebody may meet it, and what is wrong with it there."""

import asyncio
import contextlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple

import httpx
from playwright.async_api import Browser, CDPSession, Page

from tests.browsing import TOO_FAINT

CHECKERS = Path(__file__).parent.parent / "checkers"
"""Programs of others that look at pages, and what asks them."""
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOUND = """async (only) => {
  const rules = {"target-size": {enabled: true}};
  const {violations} = await axe.run(document, {
    resultTypes: ["violations"], rules, runOnly: only,
  });
  return violations.flatMap(({id, nodes}) => nodes.map(({target, failureSummary}) =>
    `${id}: ${target.join(" ")}: ${failureSummary.replace(/\\s+/g, " ").slice(0, 200)}`));
}"""
WIDER = """() => {
  const wide = document.documentElement.scrollWidth, seen = window.innerWidth;
  if (wide <= seen) return [];
  const over = (one) => one.getBoundingClientRect().right > seen + 1;
  const last = [...document.querySelectorAll("body *")]
    .filter((one) => over(one) && ![...one.children].some(over)).slice(0, 3)
    .map((one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 30)}`);
  return [`${wide} px: ${last.join(" | ")}`];
}"""
"""What makes a page wider than the window, if anything does."""
TORN = """() => [...document.querySelectorAll("h1, h2")]
  .filter((one) => one.checkVisibility() && !one.closest(".card, .official, .visually-hidden"))
  .flatMap((one) => {
    const torn = [], texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (texts.nextNode()) {
      const { data } = texts.currentNode;
      const bottom = (at) => {
        range.setStart(texts.currentNode, at);
        range.setEnd(texts.currentNode, at + 1);
        return range.getBoundingClientRect().bottom;
      };
      for (const { index } of data.matchAll(/\\p{Script=Han}(?=\\p{Script=Han})/gu))
        if (bottom(index + 1) > bottom(index) + 1)
          torn.push(`${data.slice(0, index + 1).trim()} | ${data.slice(index + 1).trim()}`);
    }
    return torn;
  })"""
"""Headings of ours that go on in the next line within a word."""
UNTOLD = """() => [...document.querySelectorAll("input[type=radio], input[type=checkbox]")]
  .filter((one) => one.checkVisibility() && getComputedStyle(one).appearance === "none")
  .map((one) => `#${one.id} is drawn in colours that are not there`)"""
"""Choices that nobody sees where the reader's own colours hold: only the browser's own are."""
SMALL = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((one) => {
    const inText = getComputedStyle(one).display === "inline" && one.closest("p, li, dd, td");
    const met = one.checkVisibility() && !one.matches(".skip, .visually-hidden, [type=hidden]");
    const box = one.matches("[type=radio], [type=checkbox]");
    const main = !box && one.matches(".button, nav a, select, textarea, input");
    return met && !inText && one.getBoundingClientRect().height < (main ? 59.5 : 43.5);
  })
  .map((one) => `${one.tagName}.${one.className} ${one.getBoundingClientRect().height} px high`)"""
"""What the view for elders leaves too small for a finger, but links within a text."""

Colours = Literal["light", "dark", "forced"]


class Mode(NamedTuple):
    name: str
    width: int
    colours: Colours = "light"
    text: float = 1
    """How many times as large as usual the reader has set the text of their browser."""
    elder: bool = False
    rules: tuple[str, ...] = ()
    """What axe is asked once more: what else it asks is the same at every width and colour."""


HEIGHT = 844
FIRST = Mode("phone", 390)
# Each differs in little from the one before: what changes has to be laid out anew.
OTHERS = [
    Mode("for elders", 390, elder=True, rules=("color-contrast",)),
    Mode("for elders, text twice as large", 390, elder=True, text=2),
    Mode("text twice as large", 390, text=2),
    Mode("smallest phone", 320),
    Mode("for elders, smallest phone", 320, elder=True),
    Mode("for elders, dark", 390, "dark", elder=True),
    Mode("dark", 390, "dark", rules=("color-contrast", "link-in-text-block")),
    Mode("forced colours", 390, "forced"),
    Mode("desk", 1280, rules=("target-size", "scrollable-region-focusable")),
]
KEPT = ("content-type", "content-security-policy", "cache-control", "x-content-type-options")


class Shelf:
    """A small server of what is there already, so that the browser asks and keeps as it does."""

    def __init__(self, served: Mapping[str, httpx.Response]) -> None:
        self.served = dict(served)
        self.address = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while asked := await reader.readuntil(b"\r\n\r\n"):
                found = self.served.get(asked.split(b" ", 2)[1].decode())
                status, headers, content = "404 Not Found", {}, b""
                if found is not None:
                    # A page is shown whatever its status; the browser would complain of it.
                    status, headers, content = "200 OK", found.headers, found.content
                lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}"]
                lines += [f"{name}: {headers[name]}" for name in KEPT if name in headers]
                writer.write("\r\n".join([*lines, "", ""]).encode() + content)
                await writer.drain()
        writer.close()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Shelf"]:
        server = await asyncio.start_server(self.answer, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield self
        server.close()


@asynccontextmanager
async def opened(browser: Browser, shelf: Shelf, colours: bool) -> AsyncIterator["Looker"]:
    """A tab that looks at what is on the shelf."""
    context = await browser.new_context(
        viewport={"width": FIRST.width, "height": HEIGHT}, locale="zh-CN", reduced_motion="reduce"
    )
    await context.add_init_script(path=CHECKERS / "node_modules" / "axe-core" / "axe.min.js")
    page = await context.new_page()
    looker = Looker(page, await context.new_cdp_session(page), shelf, colours)
    page.on("request", lambda asked: looker.ask(asked.url))
    page.on("pageerror", lambda error: looker.wrong.append(str(error)))
    page.on(
        "console", lambda said: looker.wrong.append(said.text) if said.type == "error" else None
    )
    yield looker
    await context.close()


class Looker:
    """Looks at pages, one after the other."""

    def __init__(self, page: Page, devtools: CDPSession, shelf: Shelf, colours: bool) -> None:
        self.page, self.devtools, self.shelf, self.colours = page, devtools, shelf, colours
        self.wrong: list[str] = []
        self.mode = FIRST

    def ask(self, url: str) -> None:
        if not url.startswith(self.shelf.address):
            self.wrong.append(f"asked for {url}")

    async def found(self, name: str) -> list[str]:
        """What is wrong with the page of that name, in any mode."""
        self.wrong.clear()
        await self.into(FIRST)
        await self.page.goto(f"{self.shelf.address}/{name}")
        found = await self._axe(FIRST, {"type": "tag", "values": TAGS})
        for mode in [FIRST, *OTHERS]:
            await self.into(mode)
            asked = [WIDER]
            if mode.elder and mode.text == 1:
                asked.append(SMALL)
            if mode.width < 400 and mode[2:5] == FIRST[2:5]:
                asked.append(TORN)
            if mode.colours == "forced":
                asked.append(UNTOLD)
            if mode.elder and mode.colours == "dark" and self.colours:
                asked.append(TOO_FAINT)
            for script in asked:
                found += [f"{mode.name}: {one}" for one in await self.page.evaluate(script)]
            if mode.rules and self.colours:
                found += await self._axe(mode, {"type": "rule", "values": mode.rules})
        return found + self.wrong

    async def _axe(self, mode: Mode, only: dict[str, Any]) -> list[str]:
        return [f"{mode.name}: {one}" for one in await self.page.evaluate(FOUND, only)]

    async def into(self, mode: Mode) -> None:
        before, self.mode = self.mode, mode
        if mode.width != before.width:
            await self.page.set_viewport_size({"width": mode.width, "height": HEIGHT})
        if mode.colours != before.colours:
            await self.page.emulate_media(
                color_scheme="dark" if mode.colours == "dark" else "light",
                forced_colors="active" if mode.colours == "forced" else "none",
            )
        if mode.elder != before.elder:
            await self.page.evaluate(
                "on => document.documentElement.classList.toggle('elder', on)", mode.elder
            )
        if mode.text != before.text:
            sizes = {"standard": 16 * mode.text, "fixed": 13 * mode.text}
            await self.devtools.send("Page.setFontSizes", {"fontSizes": sizes})


async def looked_at(
    browser: Browser,
    files: Mapping[str, httpx.Response],
    pages: Mapping[str, httpx.Response],
    *,
    colours: bool,
    tabs: int = 2,
) -> dict[str, list[str]]:
    """What is wrong with each of `pages`, by its name; several tabs share them.

    `colours` says whether they are looked at for those too, which no language changes.
    """
    names = {str(number): name for number, name in enumerate(pages)}
    waiting, found = iter(names), {}
    async with Shelf(
        {**files, **{f"/{n}": pages[name] for n, name in names.items()}}
    ).open() as shelf:

        async def tab() -> None:
            async with opened(browser, shelf, colours) as looker:
                for number in waiting:
                    if wrong := await looker.found(number):
                        found[names[number]] = wrong

        await asyncio.gather(*(tab() for _ in range(tabs)))
    return found


async def pictured(
    browser: Browser,
    files: Mapping[str, httpx.Response],
    pages: Mapping[str, httpx.Response],
    folder: Path,
) -> None:
    """Keeps pictures of each page, on a phone, there in the view for elders, and on a desk."""
    names = {str(number): name for number, name in enumerate(pages)}
    shelf = Shelf({**files, **{f"/{n}": pages[name] for n, name in names.items()}})
    async with shelf.open(), opened(browser, shelf, colours=False) as looker:
        for number, name in names.items():
            for mode in (FIRST, OTHERS[0], OTHERS[-1]):
                await looker.into(FIRST)
                await looker.page.goto(f"{shelf.address}/{number}")
                await looker.into(mode)
                file = re.sub(r"\W+", "-", f"{name} {mode.name}").lower()
                await looker.page.screenshot(path=folder / f"{file}.png")


def summary(found: dict[str, list[str]]) -> str:
    """Each finding once, with how many pages have it and one of them."""
    times = Counter(one for every in found.values() for one in every)
    where = {one: name for name, every in found.items() for one in every}
    return "\n".join(f"{n} × {one[:190]}  [{where[one]}]" for one, n in times.most_common(40))
