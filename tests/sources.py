"""What the project's own code looks like, parsed once for all who read it in this process."""

import ast
from functools import cache
from pathlib import Path


@cache
def text(file: Path) -> str:
    return file.read_text("utf-8")


@cache
def tree(file: Path) -> ast.Module:
    """Nobody changes it."""
    return ast.parse(text(file))


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """All of them, those at the top first (`ast.walk`)."""
    return tuple(ast.walk(tree(file)))
