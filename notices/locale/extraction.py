"""What there is to translate: the messages that stand in the code and in the templates.

For translators and the tests: `python -m notices.locale.extraction` brings every catalogue up to
date with the code. What is new has no translation then, and what nobody says any more is gone.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from notices.locale import LANGUAGES, SOURCE, path

ROOT = Path(__file__).parents[2]
METHODS = {".py": "python", ".html": "jinja2.ext:babel_extract"}
KEYWORDS: dict[str, Any] = {
    "Message": {1: (1,), 2: (1, (2, "c"))},
    "counted": {None: (1, 1)},
    "_": {None: (1,)},
    "_p": {None: ((1, "c"), 2)},
    "_n": {None: (1, 1)},
}
"""Which arguments a message and its context (`c`) are; two of one are its forms of the plural."""

OPTIONS = {"silent": "false", "encoding": "utf-8"}
_CALL = re.compile(rb"\b(?:%s)\s*\(" % "|".join(KEYWORDS).encode())


def messages() -> Catalog:
    """All messages, each with the files in which it stands."""
    found = Catalog(charset="utf-8", fuzzy=False)
    for file in _files(ROOT / "notices"):
        text = file.read_bytes()
        if _CALL.search(text) is None:
            continue  # two of three modules; to take one apart takes 8 ms
        where = [(str(file.relative_to(ROOT)), 0)]
        told = extract(METHODS[file.suffix], io.BytesIO(text), KEYWORDS, (), OPTIONS)
        for _, message, _, context in told:
            found.add(message, locations=where, context=context)
    return found


def _files(folder: Path) -> Iterator[Path]:
    """Those of a folder before those of its folders."""
    inner = sorted(folder.iterdir())
    yield from (each for each in inner if each.suffix in METHODS)
    for each in inner:
        if each.is_dir():
            yield from _files(each)


def update(code: str, found: Catalog) -> None:
    """Bring the catalogue of a language up to date, or begin it."""
    file = path(code)
    if file.exists():
        with file.open("rb") as old:
            catalogue = read_po(old, locale=LANGUAGES[code].locale)
    else:
        catalogue = Catalog(LANGUAGES[code].locale, fuzzy=False)
    found.creation_date = catalogue.creation_date  # or each run would change the file
    catalogue.update(found, no_fuzzy_matching=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as new:
        write_po(new, catalogue, width=100, include_lineno=False, ignore_obsolete=True)


if __name__ == "__main__":
    for each in LANGUAGES:
        if each != SOURCE:
            update(each, messages())
