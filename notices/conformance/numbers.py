"""Checks of how the service reads numbers: what is one number, what is another, what is none."""

from notices.conformance.known import CHECK, Known, record
from notices.conformance.results import Untried, expect

FIELDS = frozenset(
    {
        "asked", "certificate", "document", "number", "copies", "copy_number", "status", "since",
        "effective_at", "replaced_on", "evidence", "before", "awaiting", "notice", "holder",
        "number_form", "elsewhere", "others", "checked_at", "log_size", "signature",
    }
)  # fmt: skip
"""What every answer has; there may be more."""

ALL_NULL = (
    "since", "effective_at", "replaced_on", "evidence", "before", "awaiting", "notice", "holder",
)  # fmt: skip
FOOD = "food-operation-license"
REFUSED: tuple[tuple[str | None, str, str], ...] = (
    (FOOD, "", "required"), (FOOD, " \u3000", "required"), (FOOD, "\u200b", "required"),
    (FOOD, "（）", "number_empty"), (FOOD, "--", "number_empty"),
    (FOOD, "无", "number_placeholder"), (FOOD, "无编号", "number_placeholder"),
    (FOOD, "不详", "number_placeholder"), (FOOD, "遗失", "number_placeholder"),
    (FOOD, "0", "number_placeholder"), (FOOD, "０００", "number_placeholder"),
    (FOOD, "编号：", "number_placeholder"), (FOOD, "(副本)", "number_placeholder"),
    (FOOD, "JY1379******0011", "number_masked"), (FOOD, "JY1379＊＊0011", "number_masked"),
    (None, "无", "number_placeholder"),
    (FOOD, "JY1379\u00079990000011", "control_character"),
    (FOOD, "1" * 201, "too_long"),
)  # fmt: skip
"""Certificate, what is typed, and the `code` of the 422 that answers it."""

COUNTS = "/._~"
"""Characters that are never dropped: a number with one of them in it is another number."""


def answer(known: Known) -> None:
    """It has every field, echoes the question to the letter, and says null where there is none."""
    for each in known.every_answer:
        where = f"POST {CHECK}: {each.question['number']}"
        expect(where, frozenset(), FIELDS - each.answer.keys())
        names = ("certificate", "number", "copy", "copy_number", "document")
        expect(where, {name: each.question.get(name) for name in names}, each.answer["asked"])
        expect(where, each.question["number"], each.answer["number"])
        if each.answer["status"] == "no_notice":
            told = {name: each.answer[name] for name in ALL_NULL if each.answer[name] is not None}
            expect(where, {}, told)


def normal_form(known: Known) -> None:
    """A number is answered the same however it is written."""
    groups = list(known.spelled_fixtures) if known.tests else []
    try:
        groups.append((known.published[0][1], known.spelled))
    except Untried:
        if not groups:
            raise
    for plain, spelled in groups:
        told = (plain.answer["notice"], plain.answer["status"])
        for each in spelled:
            where = f"{each.rule}: {each.question['number']}"
            expect(where, told, (each.answer["notice"], each.answer["status"]))


def another_number(known: Known) -> None:
    """A character that is not known makes another number, of no usual form."""
    one = known.plain[0]
    if known.tests:
        one = next(each for _, each in known.fixtures if each.answer["status"] == "invalid")
    number = one.question["number"]
    signs = COUNTS if known.tests or known.asks_much else COUNTS[:2]
    items = [("", one.question | {"number": f"{number[:4]}{sign}{number[4:]}"}) for sign in signs]
    for each in known.ask(items, tests=known.tests):
        where = f"POST {CHECK}: {each.question['number']}"
        expect(where, (None, "unusual"), (each.answer["notice"], each.answer["number_form"]))


def refused(known: Known) -> None:
    """What is no number is refused by the code that says why, all of them at once."""
    asked = [each for each in REFUSED if each[0] is None or each[0] in known.catalogue]
    items = [
        {"number": typed} | ({"certificate": certificate} if certificate else {})
        for certificate, typed, _ in asked
    ]
    reply = known.site.post(CHECK, {"items": items}, key=known.site.key is not None)
    said = record(reply.json(422), reply.asked)
    found = {each.get("field"): each.get("code") for each in said.get("errors", [])}
    for place, (_, typed, code) in enumerate(asked):
        expect(f"{reply.asked}: {typed!r}", code, found.get(f"items.{place}.number"))
