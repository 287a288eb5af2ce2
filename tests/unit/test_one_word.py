"""One word for one thing, in messages, templates and documents: what else it was called is gone."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from notices.locale import extraction
from tests import sources

ROOT = Path(__file__).parents[2]
CHINESE = "[\u3400-\u9fff]"
BANNED = {
    "回执": "凭证: what proves that an entry is in the log",
    "声明编号": "公告编号: the number of a notice",
    r"(?<!审计)(?<!预写)日志": "登记簿: the public log; a log file is an operator's",
    rf"{CHINESE}\([^)\n]*\)|\([^(\n]*{CHINESE}\)": "full-width brackets among Chinese",
    "声明人[^，。；]{0,8}撤销": "撤回: what a declarant does; 撤销 is an officer's",
    "工作人员[^，。；]{0,8}撤回": "撤销: what an officer does; 撤回 is a declarant's",
}
"""Expressions that no text has, and which word stands there instead."""
JUSTIFIED = {
    "以往办事的回执": "what another office gave",
    "以前的回执上": "what another office gave",
    "其日志": "an engine's own log file",
    "登录不成的，日志里": "the service's own log, which an operator reads",
    "不进日志": "the service's own log",
}
"""Where such a word stands rightly, and why."""


TYPED = {"labels.py"}
"""Modules that know how others call things, and people who type."""


def found(text: str) -> list[str]:
    for each in JUSTIFIED:
        text = text.replace(each, "")
    return [one for one in BANNED if re.search(one, text)]


def test_no_message_has_another_word() -> None:
    messages = extraction.messages()
    texts = [each for message in messages if message.id for each in _forms(message.id)]
    wrong = {text: found(text) for text in texts if found(text)}

    assert len(texts) > 1000
    assert wrong == {}


def _forms(id: str | tuple[str, ...]) -> tuple[str, ...]:
    return (id,) if isinstance(id, str) else id


def test_no_chinese_of_a_template_has_another_word() -> None:
    """Those too that are not translated, as the statement of a notice is not."""
    templates = [*ROOT.glob("notices/pages/templates/*.html"), *ROOT.glob("notices/print/**/*.typ")]
    wrong = {}
    for path in templates:
        text = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.S)
        outside = re.sub(r"{[{%].*?[}%]}", "", text, flags=re.S)
        if words := found(outside):
            wrong[path.name] = words

    assert len(templates) > 50
    assert wrong == {}


def test_nothing_else_that_the_code_says_has_another_word() -> None:
    """Help of commands, say. A bracket may be what is looked for in what somebody typed."""
    brackets, wrong = list(BANNED)[3], {}
    for file in sorted(ROOT.glob("notices/**/*.py")):
        if file.name in TYPED:
            continue
        for node in sources.nodes(file):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = [one for one in found(node.value) if one != brackets]
                if words:
                    wrong[f"{file.name}:{node.lineno}"] = words

    assert wrong == {}


@pytest.mark.parametrize("word", ["回执", "声明编号"])
def test_no_document_has_another_word(word: str) -> None:
    """By whole words; of logs a document tells of an operator's own as well."""
    documents = [*ROOT.glob("docs/*.md"), *ROOT.glob("README*.md")]
    wrong = [
        (path.name, line)
        for path in documents
        for line in path.read_text().split("\n")
        if word in found(line)
    ]

    assert wrong == []


ENGLISH = {
    r"\bvouchers?\b": "receipt",
    r"\bledgers?\b": "public log",
    r"\bregistry of notices\b": "public log",
    r"\bdeclaration (number|no\.)": "notice number",
    r"\b(cancel|revoke|rescind)(s|ed|led)? (the|a|this|your) (notice|declaration)": (
        "withdraw (a declarant), annul (an officer)"
    ),
    r"\bofficers? (withdraw|withdrew)": "annul",
    r"\bdeclarants? (annul|annulled)": "withdraw",
}


def test_english_has_one_word_for_one_thing() -> None:
    file = ROOT / "notices/locale/en/LC_MESSAGES/notices.po"
    with file.open("rb") as read:
        texts = [each for message in read_po(read) if message.id for each in _forms(message.string)]
    wrong = {text: one for text in texts for one in ENGLISH if re.search(one, text, re.IGNORECASE)}

    assert wrong == {}
