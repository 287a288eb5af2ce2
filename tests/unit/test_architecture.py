"""Who may import whom: the house plan, held by reading the imports."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FACTS = {"facts", "trust"}
MEANS = {"database", "tables", "engines", "settings", "migrating", "files"}
ACTS = {
    "deployment", "identity", "agencies", "declarations", "records", "log", "once", "limits",
    "register",
    "verification", "finding", "relay", "changing", "upkeep",
    "demo",
}  # fmt: skip
TOP = {"app", "cli", "serving", "logs", "__main__", "__init__"}
READERS = (
    "notices.facts.characters", "notices.facts.numbers", "notices.facts.readings",
    "notices.facts.public",
)  # fmt: skip
"""How text and numbers are read, and what is public: all that `search` may know of the register."""
HOMES = {
    "litestar": {"web", "app"},
    "cryptography": {"trust"},
    "meilisearch": {"search.admin"},
    "aiohttp": {"search.engine"},
    "piccolo": {"database", "tables", "migrating"},
    "chinese_calendar": {"facts"},
    "pypinyin": {"search.hanzi"},
    "python_multipart": {"web"},
    "PIL": {"changing"},
    "pypdf": {"changing"},
    "typst": {"web"},
    "segno": {"web"},
    "pylopdf_fonts_zh_cn": {"web"},
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
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def ours(name: str) -> str | None:
    """The plan's name of an imported module of ours."""
    parts = name.split(".")
    if parts[0] == "notices" and len(parts) > 1:
        return parts[1]
    return f"search.{parts[1] if len(parts) > 1 else '__init__'}" if parts[0] == "search" else None


@pytest.mark.parametrize(("module", "file"), list(modules()), ids=lambda value: str(value)[-30:])
def test_a_module_imports_only_what_its_place_allows(module: str, file: Path) -> None:
    used = imports(file)
    known = FACTS | MEANS | ACTS | TOP | {"web"}
    named = {name for name in map(ours, used) if name in known or (name or "").startswith("search")}

    if module.startswith("search."):
        known_of_facts = {name for name in used if name.startswith("notices.facts.")}
        assert all(name.startswith(READERS) for name in known_of_facts)
        allowed = {"facts"} | {name for name in named if name.startswith("search.")}
    elif module in FACTS:
        allowed = FACTS | ({"files"} if module == "trust" else set())  # keys are files
    elif module in MEANS:
        allowed = FACTS | MEANS
    elif module in ACTS:
        allowed = FACTS | MEANS | ACTS
        if module in ("relay", "finding"):
            allowed |= {name for name in named if name.startswith("search.")}
    elif module == "web":
        allowed = FACTS | ACTS | {"web"}
    else:
        assert module in TOP, f"{module} has no place in the plan"
        return
    assert named <= allowed, f"{module} imports {sorted(named - allowed)}"


@pytest.mark.parametrize("library", sorted(HOMES))
def test_every_heavy_dependency_has_one_home(library: str) -> None:
    homes = {
        module
        for module, file in modules()
        if any(name.split(".")[0] == library for name in imports(file))
    }

    assert homes <= HOMES[library]


def test_the_register_has_no_more_than_thirty_names_at_its_top() -> None:
    names = {file for file in (ROOT / "notices").iterdir() if file.name != "__pycache__"}

    assert len(names) <= 30


def test_no_module_is_longer_than_three_hundred_lines() -> None:
    long = [
        (str(file.relative_to(ROOT)), lines)
        for _, file in modules()
        if (lines := len(file.read_text().splitlines())) > 300
    ]

    assert long == []


def test_an_error_that_carries_words_is_told_by_the_command_line() -> None:
    """Its class is under TextError, which `cli.terminal.why` knows; refusals are told by HTTP."""
    apart = [
        node.name
        for _, file in modules()
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef)
        and {ast.unparse(base) for base in node.bases} & {"Exception", "ValueError"}
        and any(isinstance(part, ast.Name) and part.id == "Text" for part in ast.walk(node))
    ]

    assert apart == ["Refusal", "TextError"]


def test_nothing_but_the_choice_knows_which_way_in_there_is() -> None:
    ways = {"notices.web.sign_in.demo", "notices.web.sign_in.closed"}
    knowing = {file.name for _, file in modules() if imports(file) & ways}

    assert knowing == {"choosing.py"}


def _handlers() -> Iterator[tuple[str, ast.AsyncFunctionDef]]:
    """Every handler of something that is sent, by its path."""
    for module, file in modules():
        for node in ast.walk(ast.parse(file.read_text())) if module == "web" else ():
            for call in getattr(node, "decorator_list", ()):
                if isinstance(call, ast.Call) and ast.unparse(call.func) in ("post", "delete"):
                    assert isinstance(node, ast.AsyncFunctionDef)
                    yield ast.literal_eval(call.args[0]), node


def test_whatever_is_written_by_api_is_written_in_one_way() -> None:
    """`web/writing.py` is where no handler can forget the other site, the key or the order."""
    written = {path: ast.unparse(node) for path, node in _handlers() if path.startswith("/api/")}
    otherwise = {path for path, text in written.items() if "with writing.of(" not in text}

    assert len(written) > 9
    assert otherwise == {"/api/v1/verifications"}


def test_what_makes_a_request_the_same_one_is_made_in_one_place() -> None:
    making = {file.name for _, file in modules() if "Once.of(" in file.read_text()}

    assert making == {"writing.py"}
