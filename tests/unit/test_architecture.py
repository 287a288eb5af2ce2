"""Who may import whom: the house plan, held by reading the imports."""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from importlinter import configuration
from importlinter.application.use_cases import lint_imports

from tests import sources

ROOT = Path(__file__).parents[2]
READERS = (
    "notices.facts.characters", "notices.facts.numbers", "notices.facts.readings",
    "notices.facts.public",
)  # fmt: skip
"""How text and numbers are read, and what is public: all that `search` may know of the register."""
FACES = ("api", "pages", "print", "web")
HOMES = {
    "litestar": {"web", "api", "pages", "print", "app"},
    "cryptography": {"trust"},
    "meilisearch": {"search.admin"},
    "aiohttp": {"search.engine", "providers", "watches"},
    "standardwebhooks": {"watches"},
    "joserfc": {"providers"},
    "piccolo": {"database", "tables", "migrating"},
    "chinese_calendar": {"facts"},
    "pypinyin": {"search.hanzi"},
    "python_multipart": {"web"},
    "PIL": {"changing"},
    "pypdf": {"changing"},
    "typst": {"print"},
    "segno": {"print"},
    "pylopdf_fonts_zh_cn": {"print"},
}


def modules() -> Iterator[tuple[str, Path]]:
    """The name that the plan gives each module, and its file."""
    for file in sorted((ROOT / "notices").rglob("*.py")):
        yield file.relative_to(ROOT / "notices").parts[0].removesuffix(".py"), file
    for file in sorted((ROOT / "search").glob("*.py")):
        yield f"search.{file.stem}", file


@functools.cache
def imports(file: Path) -> set[str]:
    found = set()
    for node in sources.nodes(file):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_no_room_imports_what_its_floor_may_not() -> None:
    """The plan stands in pyproject.toml, where a new room is given its floor."""
    configuration.configure()
    assert lint_imports(str(ROOT / "pyproject.toml"), cache_dir=None)


def test_the_index_knows_only_how_numbers_and_text_are_read() -> None:
    used = {name for module, file in modules() if module.startswith("search.")
            for name in imports(file) if name.startswith("notices.")}  # fmt: skip

    assert used
    assert {name for name in used if not name.startswith(READERS)} <= {"notices.facts"}


def test_what_may_be_shown_is_made_of_no_type_that_holds_what_may_not() -> None:
    """`disclosure` sees both, and alone makes one of the other (test_public_forms.py)."""
    private = {"notices.facts.requests", "notices.identity", "notices.records"}
    public = [file for _, file in modules() if "facts/public" in str(file)]

    assert len(public) > 5
    assert not {name for file in public for name in imports(file)} & private


@pytest.mark.parametrize("library", sorted(HOMES))
def test_every_heavy_dependency_has_one_home(library: str) -> None:
    homes = {
        module
        for module, file in modules()
        if any(name.split(".")[0] == library for name in imports(file))
    }

    assert homes <= HOMES[library]


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    long = [
        (str(file.relative_to(ROOT)), lines)
        for _, file in modules()
        if (lines := len(sources.text(file).splitlines())) > 300
    ]

    assert long == []


def test_an_error_that_carries_words_is_told_by_the_command_line() -> None:
    """Its class is under TextError, which `cli.terminal.why` knows; refusals are told by HTTP."""
    apart = [
        node.name
        for _, file in modules()
        for node in sources.nodes(file)
        if isinstance(node, ast.ClassDef)
        and {ast.unparse(base) for base in node.bases} & {"Exception", "ValueError"}
        and any(isinstance(part, ast.Name) and part.id == "Text" for part in ast.walk(node))
    ]

    assert apart == ["Refusal", "TextError"]


def test_nothing_but_the_choice_knows_which_way_in_there_is() -> None:
    ways = {f"notices.pages.sign_in.{way}" for way in ("demo", "closed", "providing")}
    knowing = {file.name for _, file in modules() if imports(file) & ways}

    assert knowing == {"choosing.py"}


def _handlers() -> Iterator[tuple[str, ast.AsyncFunctionDef]]:
    """Every handler of something that is sent, by its path."""
    for module, file in modules():
        for node in sources.nodes(file) if module in FACES else ():
            for call in getattr(node, "decorator_list", ()):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in ("post", "delete"):
                    assert isinstance(node, ast.AsyncFunctionDef)
                    yield ast.literal_eval(call.args[0]), node


def test_whatever_is_written_by_api_is_written_in_one_way() -> None:
    """`web/writing.py` is where no handler can forget the other site, the key or the order."""
    written = {path: ast.unparse(node) for path, node in _handlers() if path.startswith("/api/")}
    otherwise = {path for path, text in written.items() if "with writing.of(" not in text}

    assert len(written) > 9
    assert otherwise == {"/api/v1/verifications", "/api/v1/verifications/batch"}


def test_what_makes_a_request_the_same_one_is_made_in_one_place() -> None:
    making = {file.name for _, file in modules() if "Once.of(" in file.read_text()}

    assert making == {"writing.py"}


def test_no_script_makes_markup_or_code_of_text_nor_keeps_anything() -> None:
    """What was typed or scanned is shown as text (`textContent`), and gone with its page."""
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|srcdoc"
        r"|localStorage|sessionStorage|indexedDB|document\.cookie|postMessage"
    )
    found = {
        f"{script.name}: {word}"
        for script in (ROOT / "notices" / "pages" / "static").glob("*.js")
        for word in forbidden.findall(re.sub(r"//.*", "", script.read_text("utf-8")))
    }

    assert found == set()
