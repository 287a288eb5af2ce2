"""What an integrator reads here: programs that run as they stand, and the texts of docs/."""

import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

from litestar import Response, get
from litestar.params import FromPath

from notices.facts.errors import NotFound

SNIPPETS = Path(__file__).parent / "snippets"
DOCUMENTS = {
    "answers.md": "text/plain",
    "answer-vectors.json": "application/json",
    "offline-list.md": "text/plain",
    "list-vectors.json": "application/json",
    "api-changes.md": "text/plain",
    "files.md": "text/plain",
    "webhooks.md": "text/plain",
}
"""The texts that whoever writes a client needs, by name, and how they are told: as they are."""

FOLDERS = (
    Path(__file__).parents[2] / "docs",
    Path(sys.prefix) / "share" / "lost-certificate-notices",
)
"""Where they are in a checkout, and where an installed package has them."""


class Snippet(NamedTuple):
    """A program as the page shows it, and what it prints."""

    text: str
    prints: str


def snippets(url: str, test: str) -> dict[str, Snippet]:
    """Those of the page for agencies, by the names of their files."""
    found = {}
    for name, text, prints in _read():
        filled = text.replace("{url}", url).replace("{test}", test) if name == "setup.sh" else text
        found[name] = Snippet(filled, prints)
    return found


@cache
def _read() -> tuple[tuple[str, str, str], ...]:
    files = sorted(SNIPPETS.glob("*.txt"))
    return tuple((each.stem, each.read_text("utf-8"), _printed(each)) for each in files)


def _printed(file: Path) -> str:
    out = file.with_suffix(".out")
    return out.read_text("utf-8") if out.exists() else ""


@cache
def _document(name: str) -> bytes:
    """Raises NotFound where the operator left the texts out."""
    for folder in FOLDERS:
        if (folder / name).is_file():
            return (folder / name).read_bytes()
    raise NotFound


@get("/help/docs/{name:str}", include_in_schema=False, sync_to_thread=True)
def document(name: FromPath[str]) -> Response[bytes]:
    """One of the texts for integrators, as it stands in docs/."""
    if name not in DOCUMENTS:
        raise NotFound
    return Response(
        _document(name), media_type=DOCUMENTS[name], headers={"Cache-Control": "no-cache"}
    )


HANDLERS = [document]
