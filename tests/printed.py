"""What tests of printed notices share: a sheet, and Poppler and ZBar to read paper with."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notices.print import faces
from tests.packages import needs

needs_poppler = needs("poppler-utils")
needs_a_scanner = needs("zbar-tools", "poppler-utils")
needs_fonts = needs("fonts-noto-cjk", "fonts-noto-core", "fonts-hanazono", "fonts-babelstone-han")
QR = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1v1z"/></svg>'


@pytest.fixture
def no_other_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that has no fonts but those of the project."""
    monkeypatch.setattr(faces, "_machines_faces", list)
    faces._family.cache_clear()
    yield
    faces._family.cache_clear()


def sheet(**changes: Any) -> dict[str, Any]:
    """A sheet with something in every place."""
    return {
        "document": "遗失声明", "description": "已声明作废", "site": "遗失声明公示",
        "number": "3707-0000-0123-58", "numbered": "公告编号 3707-0000-0123-58",
        "marks": [{"word": "已撤回", "lines": ["不再生效。"]}],
        "title": "遗失声明", "subtitle": None, "statement": "某某不慎遗失某证，现声明作废。",
        "notes": ["已更正。"], "signed": "2026年11月24日",
        "status": {
            "label": "状态", "word": "已声明作废", "since": "自 2026年11月24日 10:00 起",
            "meanings": ["请不要接受它。"],
        },
        "facts": [["发布时间", "2026年11月24日 10:00"]],
        "history": {
            "title": "历史",
            "events": [{"kind": "发布声明", "at": "10:00:00", "entry": "第 5 号", "text": "更正"}],
        },
        "footer": "状态截至 2026-11-25 10:00:00 +08:00",
        "address": "http://testserver.example/notices/37070000012358",
        "proof": {
            "title": "核对", "alt": "二维码", "how": ["扫描"], "says": ["没有证明"],
            "texts": [["检查点", "notices.example/log\n1\n"]],
        },
    } | changes  # fmt: skip


def run(*command: object) -> str:
    done = subprocess.run(list(map(str, command)), capture_output=True, check=True)
    return done.stdout.decode()


def text_of(pdf: bytes, folder: Path, *options: str) -> str:
    """What somebody would copy from the pages."""
    file = folder / "printed.pdf"
    file.write_bytes(pdf)
    return run("pdftotext", *options, file, "-")


def unbroken(text: str) -> str:
    """`text` however its lines are broken, and without marks of where it turns its direction."""
    return "".join(re.sub("[\u200e\u202a-\u202e]", "", text).split())


def scanned(pdf: bytes, folder: Path) -> str:
    """What a scanner reads from the one QR code on the pages."""
    (folder / "printed.pdf").write_bytes(pdf)
    run("pdftoppm", "-r", "300", "-gray", "-png", folder / "printed.pdf", folder / "page")
    command = ["zbarimg", "--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable"]
    read = [
        subprocess.run([*command, page], capture_output=True, check=False).stdout.decode()
        for page in sorted(folder.glob("page-*.png"))
    ]
    [code] = filter(None, read)
    return code.removesuffix("\n")
