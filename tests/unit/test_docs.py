"""The documentation names everything there is to set, to refuse and to run."""

import argparse
import hashlib
import re
from pathlib import Path

import pytest

from notices.cli import parser
from tools import problems

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh-CN.md")


def settings() -> list[str]:
    source = (ROOT / "notices" / "settings.py").read_text()
    found = re.findall(r'environment(?:\.get\(|, )"([A-Z_]+)"', source)
    assert len(found) > 15
    return sorted({*found, "MEILI_WRITE_KEY", "PROMETHEUS_MULTIPROC_DIR"})


def commands(tree: argparse.ArgumentParser, above: str = "notices") -> list[str]:
    found = []
    for action in tree._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                found += commands(child, f"{above} {name}")
    return found or [above]


@pytest.mark.parametrize("readme", READMES)
def test_every_setting_is_in_the_readme(readme: str) -> None:
    text = (ROOT / readme).read_text()

    assert [name for name in settings() if f"`{name}`" not in text] == []


@pytest.mark.parametrize("readme", READMES)
def test_every_command_is_in_the_readme(readme: str) -> None:
    text = (ROOT / readme).read_text()

    assert [command for command in commands(parser()) if command not in text] == []


def test_every_problem_code_is_documented_as_it_is() -> None:
    assert (ROOT / "docs" / "problems.md").read_text() == problems.page()


def test_every_command_has_a_help_text() -> None:
    for command in commands(parser()):
        with pytest.raises(SystemExit) as ended:
            parser().parse_args([*command.split()[1:], "--help"])
        assert ended.value.code == 0


def test_a_file_of_somebody_elses_is_the_one_that_the_notice_tells_of() -> None:
    told = re.findall(r"^(\S+/\S+)$.*?sha256-([0-9a-f]{64})$", notice(), re.MULTILINE | re.DOTALL)

    assert [path for path, _ in told] == ["notices/pages/static/qr-reader.js"]
    for path, hash_ in told:
        assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == hash_


def notice() -> str:
    return (ROOT / "NOTICE").read_text()


def test_the_readme_begins_with_the_two_commands() -> None:
    for readme in READMES:
        text = (ROOT / readme).read_text()

        assert text.index("make run") < text.index("make test") < 3000
