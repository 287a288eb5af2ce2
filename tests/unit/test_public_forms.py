"""Public forms as types: what was published is read, and written again byte for byte."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from notices.facts import catalogue, disclosure, event_forms
from notices.facts.event_kinds import KINDS
from notices.facts.public import form as forms
from notices.facts.requests import Declaration, Holder
from notices.trust.encoding import canonical
from notices.trust.receipts import commitment_to
from tests.heard import heard

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parents[1] / "golden"
EVENT = re.compile(
    r"INSERT INTO public\.event VALUES \(\d+, '\d+', '(\w+)', '[^']+', '(\{[^']+\})',"
    r" '\\x([0-9a-f]+)', '(\{.*\})'\);"
)


def logged() -> Iterator[tuple[str, dict[str, Any], bytes, dict[str, Any]]]:
    """Kind, entry, salt and form of each event that was ever logged by the golden files."""
    register = (GOLDEN / "register-1" / "register.sql").read_text()
    for kind, entry, salt, form in EVENT.findall(register):
        yield kind, json.loads(entry), bytes.fromhex(salt), json.loads(form.replace("''", "'"))
    receipt = json.loads((GOLDEN / "receipt.json").read_text())
    entry, opening = json.loads(receipt["entry"]), receipt["opening"]
    yield entry["kind"], entry, msgspec.convert(opening["salt"], bytes), opening["form"]


def openings() -> Iterator[tuple[str, dict[str, Any]]]:
    """Kind and form of what later versions logged, as answers have them."""
    for answer in heard():
        for each in answer.body.get("events", [answer.body]):
            if each.get("opening"):
                yield json.loads(each["entry"])["kind"], each["opening"]["form"]


ID, WHY = "37070000012345", "账号被盗用"
BY_COMMAND = {
    "restored": event_forms.restoration(ID, 1, WHY, void=False),
    "unconfirmed": event_forms.unconfirmation(ID, 1, WHY, awaits=True, ended=False),
}
LOGGED = list(logged())
OPENINGS = [*openings(), *((kind, msgspec.to_builtins(form)) for kind, form in BY_COMMAND.items())]


def reread(kind: str, form: dict[str, Any]) -> bytes:
    """The JCS of what `form` is read as."""
    return canonical(msgspec.to_builtins(msgspec.convert(form, KINDS[kind].form)))


def test_every_kind_of_event_has_a_form_that_is_tried_here() -> None:
    tried = {kind for kind, *_ in LOGGED} | {kind for kind, _ in OPENINGS}

    # Of what comes of something else there is no answer whose opening would be told here.
    assert tried == {kind for kind, row in KINDS.items() if row.by}
    assert len(LOGGED) > 20


@pytest.mark.parametrize(("kind", "entry", "salt", "form"), LOGGED)
def test_what_was_logged_before_there_were_types_keeps_its_commitment(
    kind: str, entry: dict[str, Any], salt: bytes, form: dict[str, Any]
) -> None:
    assert commitment_to(salt, reread(kind, form)) == entry["commitment"]


@pytest.mark.parametrize(("kind", "form"), OPENINGS)
def test_a_form_of_now_is_read_as_it_is(kind: str, form: dict[str, Any]) -> None:
    assert reread(kind, form) == canonical(form)


def test_a_form_of_before_lacks_what_came_later() -> None:
    old = next(form for kind, _, _, form in LOGGED if kind == "published")

    read = forms.read(json.dumps(old))
    assert not {"document", "copy_number", "notice_period"} & old.keys()
    assert read.document is read.notice_period is msgspec.UNSET
    assert (read.copy_numbered, read.paper.id) == (None, old["certificate"])


def test_a_person_has_no_identifier_in_any_form() -> None:
    kind = catalogue.load().certificates["birth-medical-certificate"]
    holder = Holder(kind="person", name="张三丰", identifier="37999919900307889X")
    declared = Declaration(certificate=kind.id, number="X990000001", holder=holder, cause="lost")

    shown = msgspec.to_builtins(disclosure.public_form(declared, kind, None))
    assert shown["holder"] == {"kind": "person", "name": "张*"}


def test_only_disclosure_makes_a_public_form() -> None:
    """The privacy border is a type: elsewhere a form is one that was published."""
    makers = {
        str(file.relative_to(ROOT))
        for folder in ("notices", "search", "migrations", "tools", "bench", "campaign")
        for file in (ROOT / folder).rglob("*.py")
        if "PublicForm" in (text := file.read_text())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and _makes_a_form(node)
    }

    assert makers == {"notices/facts/disclosure.py"}


def _makes_a_form(node: ast.Call) -> bool:
    """Whether a form is made, or one is changed."""
    called = ast.unparse(node.func)
    if called.endswith("structs.replace"):
        return ast.unparse(node.args[0]).endswith("form")
    return called.split(".")[-1] == "PublicForm"
