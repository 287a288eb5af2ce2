"""Writes docs/problems.md from the refusals and messages of the code; run it after changing one."""

from pathlib import Path

from notices.facts.messages import MESSAGES
from notices.facts.problem_codes import ADVICE, every_refusal

OUT = Path(__file__).parents[1] / "docs" / "problems.md"
HEAD = """\
# Problems

Every error is `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `code`,
`detail`, and `errors: [{field, code, message}]` where single values are wrong. Messages are in
Chinese, in English for `Accept-Language: en`. `type` is `/problems/<code>`, a page of the service
that says what is said here. `python -m tools.problems` writes this page.
"""


def page() -> str:
    lines = [HEAD, "## What to do\n", "| status | 怎么办 | what to do |", "|---|---|---|"]
    lines += [f"| {status} | {words.zh} | {words.en} |" for status, words in ADVICE.items()]
    lines += [
        "\n## Codes of a request\n",
        "| `code` | status | 说明 | meaning |",
        "|---|---|---|---|",
    ]
    for kind in every_refusal():
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
