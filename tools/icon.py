"""Writes favicon.ico of the pages from icon.svg, drawn by Chromium; run it when that changes.

Needs what the browser tests need.
"""

import shutil
import struct
from pathlib import Path

from playwright.sync_api import sync_playwright

STATIC = Path(__file__).parents[1] / "notices" / "pages" / "static"
SIZES = (16, 32, 48)


def drawn(svg: str) -> list[bytes]:
    """The icon as PNG, in each of SIZES."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        pictures = []
        for size in SIZES:
            page.set_viewport_size({"width": size, "height": size})
            page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{svg}")
            pictures.append(page.screenshot(omit_background=True))
        browser.close()
    return pictures


def icon(pictures: list[bytes]) -> bytes:
    """An ICO file: a directory of pictures, then these as they are."""
    at = 6 + 16 * len(pictures)
    entries = []
    for size, picture in zip(SIZES, pictures, strict=True):
        entries.append(struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(picture), at))
        at += len(picture)
    return struct.pack("<HHH", 0, 1, len(pictures)) + b"".join(entries + pictures)


if __name__ == "__main__":
    (STATIC / "favicon.ico").write_bytes(icon(drawn((STATIC / "icon.svg").read_text())))
