"""What is said to the database by hand: docs/design.md lists every such statement, and why."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import sources

ROOT = Path(__file__).parents[2]
VERBS = (
    "SELECT", "INSERT INTO", "UPDATE", "DELETE FROM", "WITH", "VALUES", "MERGE INTO",
    "TRUNCATE", "LOCK", "CREATE", "ALTER", "DROP", "GRANT", "REVOKE", "ANALYZE", "VACUUM",
    "REINDEX", "CLUSTER", "REFRESH", "REASSIGN", "CALL", "EXPLAIN", "DECLARE", "FETCH",
    "SET", "RESET", "SHOW", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "LISTEN", "NOTIFY",
)  # fmt: skip
SAID = re.compile(rf"[\s(]*(?:(?:{'|'.join(VERBS)})\s|DO\s+\$|COPY\s\S+\s(?:FROM|TO|\())")
WORDS = re.compile("|".join([*VERBS, "DO", "COPY"]))
"""A module without any of them, as most are, says no statement."""

_NAMES = r"`[^`]+`(?:,\s+`[^`]+`)*"
WITH_REASONS = re.compile(rf"{_NAMES}\s+\([^()]+\)(?:,\s+{_NAMES}\s+\([^()]+\))*")


def by_hand(module: ast.Module) -> set[str]:
    """The functions, and names at the top of a module, in which a statement stands as a text."""
    return set(_within(module, ""))


def _within(node: ast.AST, name: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _within(child, name or child.name)
        elif isinstance(child, ast.ClassDef):
            for part in child.body:
                inner = getattr(part, "name", "")
                yield from _within(part, f"{child.name}.{inner}" if inner else child.name)
        elif isinstance(child, ast.Assign | ast.AnnAssign) and not name:
            target = child.targets[0] if isinstance(child, ast.Assign) else child.target
            yield from _within(child, ast.unparse(target))
        elif isinstance(child, ast.JoinedStr | ast.Constant):
            if SAID.match(_text(child)):
                yield name
        elif not _is_docstring(child):
            yield from _within(child, name)


def _text(node: ast.AST) -> str:
    """How a text begins; what is put into it is no statement of its own."""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def found() -> dict[str, set[str]]:
    names = {
        str(file.relative_to(ROOT / "notices")): by_hand(sources.tree(file))
        for file in sorted((ROOT / "notices").rglob("*.py"))
        if WORDS.search(sources.text(file))
    }
    return {module: each for module, each in names.items() if each}


def listed() -> dict[str, set[str]]:
    text = (ROOT / "docs" / "design.md").read_text("utf-8")
    section = text.partition("\n## What is said by hand\n")[2].partition("\n## ")[0]
    names: dict[str, set[str]] = {}
    for line in re.findall(r"^- (`\S+\.py`: .*(?:\n  .*)*)", section, re.MULTILINE):
        module, *rest = re.findall(r"`([^`]+)`", line)
        assert WITH_REASONS.fullmatch(line.partition(": ")[2]), f"{module}: why?"
        names.setdefault(module, set()).update(rest)
    return names


def test_each_statement_by_hand_is_listed_with_its_reason() -> None:
    assert found() == listed()


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("async def ask():\n    await DB.fetch('SELECT 1')", {"ask"}),
        ("async def ask(x):\n    await DB.fetch(f'SELECT {x} FROM y')", {"ask"}),
        ("def outer():\n    async def inner():\n        DB.row('  (SELECT 1)')", {"outer"}),
        ("class One:\n    async def two(self):\n        DB.row('DELETE FROM x')", {"One.two"}),
        ("_SQL = '''\nUPDATE x SET y = 1'''", {"_SQL"}),
        ("_SQL: str = 'WITH x AS (SELECT 1) SELECT 2'", {"_SQL"}),
        ("RULES = (Rule('a', 'SELECT 1'),)", {"RULES"}),
        ("'''SELECT is no statement here.'''", set()),
        ("def told():\n    '''SELECT is none.'''\n    return 'select one'", set()),
        ("_ROLES = 'DO $$ BEGIN END $$'", {"_ROLES"}),
        ("_DUMP = 'COPY event TO STDOUT'", {"_DUMP"}),
        ("async def ask():\n    await X.insert(x).on_conflict(action='DO NOTHING')", set()),
        ("MAY = {'event': 'SELECT, INSERT'}", set()),
        ("async def ask():\n    await Session.select().where(Session.id == 1)", set()),
    ],
)
def test_a_statement_is_found_where_it_stands(source: str, names: set[str]) -> None:
    assert by_hand(ast.parse(source)) == names


NOT_OURS = {
    ".raw(": "takes any statement by hand",
    ".batch(": "opens a connection beside the pool, and swallows what is raised within",
    ".save(": "writes every column, over what another one wrote meanwhile",
    ".get_or_create(": "looks, and then writes, without a lock",
    ".run_sync(": "begins an event loop of its own",
}
"""What Piccolo offers and nobody here uses, and why."""


def test_piccolo_is_asked_in_our_ways_only() -> None:
    for file in sorted((ROOT / "notices").rglob("*.py")):
        source = file.read_text("utf-8")
        used = [name for name in NOT_OURS if name in source]
        # Pieces of SQL have their place in `tables`.
        if file.parent.name != "tables" and file.name != "database.py":
            used += ["QueryString"] if "QueryString" in source else []
        assert not used, f"{file}: {', '.join(used)}"
