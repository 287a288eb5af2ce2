"""Writes docs/problems.md from the refusals and messages of the code; run it after changing one."""

from pathlib import Path

from notices.facts import errors
from notices.facts.messages import MESSAGES

OUT = Path(__file__).parents[1] / "docs" / "problems.md"
HEAD = """\
# Problems

Every error is `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `code`,
`detail`, and `errors: [{field, code, message}]` where single values are wrong. Messages are in
Chinese, in English for `Accept-Language: en`. `python -m tools.problems` writes this page.
"""


def refusals() -> list[type[errors.Refusal]]:
    """Every refusal of the service, by status and code."""
    found, todo = [], [errors.Refusal]
    while todo:
        kinds = todo.pop().__subclasses__()
        found += kinds
        todo += kinds
    return sorted(found, key=lambda kind: (kind.status, kind.code, kind.__name__))


def page() -> str:
    lines = [
        HEAD,
        "## Codes of a request\n",
        "| `code` | status | 说明 | meaning |",
        "|---|---|---|---|",
    ]
    for kind in refusals():
        lines.append(f"| `{kind.code}` | {kind.status} | {kind.title.zh} | {kind.title.en} |")
    lines += [
        "\n## Codes of a value (in `errors`)\n",
        "| `code` | 说明 | meaning |",
        "|---|---|---|",
    ]
    for code, words in sorted(MESSAGES.items()):
        lines.append(f"| `{code}` | {words.zh} | {words.en} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    OUT.write_text(page())
