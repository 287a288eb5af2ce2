"""Every page in every state, both languages and every mode: nothing is wrong with any of them."""

import asyncio
import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

import httpx
import pytest
import pytest_asyncio
from litestar import Litestar
from playwright.async_api import Browser

from notices.pages.assets import FILES
from notices.pages.templating import HERE, asset
from search.admin import Admin
from tests.browser import states
from tests.browser.modes import CHECKERS, looked_at, pictured, summary
from tests.browser.world import State, World, world
from tests.packages import needs

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
LANGUAGES = ("zh", "en")
TEMPLATES = {path.name: path.read_text() for path in Path(HERE, "templates").glob("*.html")}
MAIN = (
    "start", "declare", "declare: number", "declare: check", "declared", "notice: invalid",
    "found", "check", "checked: declared", "my notices", "desk: lists", "accessibility",
)  # fmt: skip
"""Of which pictures are kept."""
SHOWN_ELSEWHERE = {
    "sign_in_as.html", "sign_in_providers.html", "signed_out.html",  # of providers that are others'
}  # fmt: skip
"""Pages that no state here comes to."""


@dataclass
class Shown:
    """What every state looks like, by language and state, and what pages load."""

    world: World
    pages: dict[tuple[str, str], httpx.Response] = field(default_factory=dict)
    files: dict[str, httpx.Response] = field(default_factory=dict)
    templates: set[str] = field(default_factory=set)

    def of(self, language: str) -> dict[str, httpx.Response]:
        return {name: page for (lang, name), page in self.pages.items() if lang == language}


async def asked(state: State, language: str) -> httpx.Response:
    path = state.path + ("&" if "?" in state.path else "?") + f"lang={language}"
    with state.meanwhile() if state.meanwhile else contextlib.nullcontext():
        answer = (
            await state.who.get(path)
            if state.sent is None
            else await state.who.post(path, data=state.sent)
        )
    assert answer.status_code == state.status, (state.name, answer.text)
    return answer


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def shown(app: Litestar, admin: Admin) -> AsyncIterator[Shown]:
    if not (CHECKERS / "node_modules" / ".ready").exists():
        # A build server must not go on with less.
        without = "没有检查页面的程序 / without the checkers of pages (make checkers)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(without)
    async with world(app, admin) as made:
        await states.meet(made)
        shown, render = Shown(made), app.state.templates.render

        def noting(name: str, *of: object) -> str:
            shown.templates.add(name)
            return str(render(name, *of))

        with mock.patch.object(app.state.templates, "render", noting):
            for state in made.states:
                for language in LANGUAGES:
                    shown.pages[language, state.name] = await asked(state, language)
        for name in FILES:
            path = asset(name[1:])
            shown.files[path] = await made.client().get(path)
        yield shown


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_is_wrong_with_any_page_in_any_mode(
    browser: Browser, shown: Shown, language: str
) -> None:
    """axe finds nothing, nothing is wider than the window, nobody else is asked for anything."""
    pages, colours = shown.of(language), language == LANGUAGES[0]

    found = await looked_at(browser, shown.files, pages, colours=colours)

    assert not found, f"{len(found)} of {len(pages)} pages\n{summary(found)}"


def contents(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.iterdir()]


async def test_pictures_of_the_main_pages_are_kept(browser: Browser, shown: Shown) -> None:
    """Where `SCREENSHOTS` names a folder; of one page otherwise, to show that it can be done."""
    folder, pages = os.environ.get("SCREENSHOTS"), shown.of(LANGUAGES[0])
    main = MAIN if folder else MAIN[:1]
    with tempfile.TemporaryDirectory() as nowhere:
        kept = Path(folder or nowhere)
        await pictured(browser, shown.files, {name: pages[name] for name in main}, kept)

        pictures = contents(kept)
    assert len(pictures) >= 3 * len(main)
    assert all(len(picture) > 5_000 for picture in pictures)


@needs("nodejs", "npm")
async def test_every_page_is_valid_html(shown: Shown) -> None:
    pages = [[f"{name} ({lang})", page.text] for (lang, name), page in shown.pages.items()]

    node = await asyncio.create_subprocess_exec(
        "node", str(CHECKERS / "validate.mjs"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    found, _ = await node.communicate(json.dumps(pages).encode())

    assert (node.returncode, found.decode()[:8000]) == (0, "")


async def test_no_page_is_missing_above(shown: Shown) -> None:
    """A template that no other one extends, imports or includes is a page."""
    every = "".join(TEMPLATES.values())
    pages = {name for name in TEMPLATES if f"'{name}'" not in every}

    assert pages - shown.templates == SHOWN_ELSEWHERE
