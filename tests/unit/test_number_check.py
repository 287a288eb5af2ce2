"""What is said about a declared number, its paper and its copy, rule by rule."""

from typing import Any

import pytest

from tests.declared import BIRTH, DRIVER, FOOD, LICENCE, OWN, PERSON, SEAL, holder, problems

CONFIRMED = {"confirm_unusual_number": True}
EMITTER = FOOD | {"certificate": "pollutant-discharge-permit", "matter": None}
SOCIETY = holder(LICENCE, identifier="51379999MJ0000018H") | {
    "certificate": "social-organization-certificate",
    "document": "association-registration-certificate",
}
TITLE = FOOD | {"certificate": "real-estate-title", "matter": None, "copies": None}
MINE = FOOD | {"certificate": "mineral-right-license", "matter": None}
OWN_CODE = "92379999MA0000023B"
OWN_ID = PERSON["identifier"]


def number(code: str | None) -> set[tuple[str, str]]:
    return {("number", code)} if code else set()


@pytest.mark.parametrize(
    ("declared", "typed", "first", "confirmed"),
    [
        # The holder's own code, however it is written.
        (LICENCE, OWN_CODE, None, None),
        (LICENCE, "统一社会信用代码：９２３７９９９９ma0000023b", None, None),
        (LICENCE, f"{OWN_CODE}（正本）", None, None),
        (DRIVER, OWN_ID.lower(), None, None),
        (DRIVER, "110105491231002", None, None),  # its 15-digit form
        (EMITTER, f"{OWN_CODE}001P", None, None),
        (SOCIETY, "51379999MJ0000018H", None, None),
        # Another's code is refused for good, whatever stands behind it.
        (LICENCE, "91379999MA0000015K", "number_not_holders", "number_not_holders"),
        (LICENCE, "91379999MA0000015K副牌", "number_not_holders", "number_not_holders"),
        (LICENCE, "91379999MA0000015K1", "number_not_holders", "number_not_holders"),
        (LICENCE, "51379999MJ0000018H", "number_not_holders", "number_not_holders"),
        (EMITTER, "91379999MA00000319001P", "number_not_holders", "number_not_holders"),
        (EMITTER, "91379999MA00000319", "number_not_holders", "number_not_holders"),
        # What is no code is an older number, and passes when confirmed.
        (LICENCE, "379999600176911", "number_unusual", None),
        (LICENCE, "3799992801234", "number_unusual", None),
        (LICENCE, "企独鲁潍总字第000123号", "number_unusual", None),
        (LICENCE, "379999NA000123X", "number_unusual", None),
        (LICENCE, "工商个字370705-0123", "number_unusual", None),
        (LICENCE, "9237999MA0000023B", "number_unusual", None),  # one too short
        (LICENCE, "92379999MAO000023B", "number_unusual", None),  # O is no 0
        (LICENCE, f"{OWN_CODE}备", "number_unusual", None),  # one's own, and more
        (DRIVER, "3707011234567890123", "number_unusual", None),
        (DRIVER, f"{OWN_ID}1", "number_unusual", None),
        (DRIVER, "鲁从业0123456", "number_unusual", None),
        (DRIVER, "379999991301001", "number_unusual", None),  # a 13th month is no ID
        (EMITTER, "鄂环排证字第99125号", "number_unusual", None),
        (EMITTER, "370705-2016-000123-A", "number_unusual", None),
        (EMITTER, "37079920160000000123", "number_unusual", None),
        (SOCIETY, "社证字第5908-14号", "number_unusual", None),
        (SOCIETY, "鲁社证字第0123号", "number_unusual", None),
        # Check digits.
        (FOOD, "JY13799990000011", None, None),
        (FOOD, "JY13799990000012", "number_unusual", None),
        (FOOD, "SP3799991510000123", "number_unusual", None),
        (FOOD, "(鲁)卫食证字〔2009〕第379999-000123号", "number_unusual", None),
        # No number at all, confirmed or not.
        (FOOD, "无", "number_placeholder", "number_placeholder"),
        (FOOD, "编号：不详", "number_placeholder", "number_placeholder"),
        (LICENCE, "000000000000000000", "number_placeholder", "number_placeholder"),
        (BIRTH, "遗失", "number_placeholder", "number_placeholder"),
        (TITLE, "许可证编号：", "number_placeholder", "number_placeholder"),
        (TITLE, "无棣国用(2010)第0123号", "number_unusual", None),
        (SEAL, "无编码", "number_placeholder_optional", "number_placeholder_optional"),
        (SEAL, "0", "number_placeholder_optional", "number_placeholder_optional"),
        (FOOD, "JY1379*******011", "number_masked", "number_masked"),
        (LICENCE, "9237**********023B", "number_masked", "number_masked"),
        (BIRTH, "X9******01", "number_masked", "number_masked"),
        (FOOD, "（）", "number_empty", "number_empty"),
        (FOOD, "第-号", "number_empty", "number_empty"),
        (FOOD, "\u200b", "required", "required"),
        (FOOD, " ", "required", "required"),
        (SEAL, " ", "number_empty", "number_empty"),
        (SEAL, None, None, None),
        # What nobody sees does no harm, what might does.
        (FOOD, "\u202aJY1\ufe0f3799990000011\u200b", None, None),
        (FOOD, "JY1\t3799990000011\n", None, None),
        (FOOD, "JY1\x003799990000011", "control_character", "control_character"),
        (FOOD, "JY13799990000011" + "\u200b" * 500, None, None),
        (FOOD, "1" * 201, "too_long", "too_long"),
    ],
)  # fmt: skip
def test_a_number_is_told_what_is_wrong_with_it(
    declared: dict[str, Any], typed: str | None, first: str | None, confirmed: str | None
) -> None:
    assert problems(declared | {"number": typed}) == number(first)
    assert problems(declared | CONFIRMED | {"number": typed}) == number(confirmed)


@pytest.mark.parametrize(
    ("typed", "also"),
    [
        ("379999190001020023", "number_unusual"),
        ("379999900101001", "number_unusual"),
        ("379999190001020024", "number_check_digit"),
    ],
)
def test_another_resident_id_may_be_an_older_one_of_ones_own(typed: str, also: str) -> None:
    declared = DRIVER | {"number": typed}

    assert problems(declared) == number("number_not_holders") | number(also)
    assert problems(declared | CONFIRMED) == set()


@pytest.mark.parametrize("typed", ["92379999MA0000023A", "91379999MA0000015X", OWN_ID])
def test_a_mistyped_code_is_told_both(typed: str) -> None:
    both = {"number_check_digit", "number_not_holders"}

    assert {code for _, code in problems(LICENCE | {"number": typed})} == both
    assert problems(LICENCE | CONFIRMED | {"number": typed}) == number("number_not_holders")


@pytest.mark.parametrize("certificate", OWN.certificates)
def test_a_placeholder_is_one_whatever_the_certificate(certificate: str) -> None:
    for typed in ("无", "不详", "0", "000000", "遗失，编号不详", "N/A"):
        declared = FOOD | CONFIRMED | {"certificate": certificate, "matter": None, "number": typed}

        found = {code for field, code in problems(declared) if field == "number"}

        assert found <= {"number_placeholder", "number_placeholder_optional"}, typed
        assert len(found) == 1, typed


REFUSED = "copy_number_of_original"


@pytest.mark.parametrize(
    ("copies", "copy_number", "typed", "found"),
    [
        ("duplicate", "3-2", OWN_CODE, None),
        ("duplicate", "(３－2)", OWN_CODE, None),
        ("duplicate", "2", OWN_CODE, None),
        ("duplicate", "副本3-2", OWN_CODE, None),
        ("duplicate", None, f"{OWN_CODE}(3-2)", None),
        ("duplicate", "3-2", f"{OWN_CODE}(3-2)", None),
        ("duplicate", None, f"{OWN_CODE} 副本编号：3-2", None),
        ("duplicate", "二", OWN_CODE, ("copy_number", "copy_number_format")),
        ("duplicate", "3-2-1", OWN_CODE, ("copy_number", "copy_number_format")),
        ("duplicate", "12345", OWN_CODE, ("copy_number", "copy_number_format")),
        ("original", "1-1", OWN_CODE, ("copy_number", REFUSED)),
        ("both", "3-2", OWN_CODE, ("copy_number", REFUSED)),
        ("original", None, f"{OWN_CODE}(1-1)", ("number", REFUSED)),
        ("both", None, f"{OWN_CODE}（3-2）", ("number", REFUSED)),
        ("original", None, f"{OWN_CODE}（正本）", None),
        ("original", " ", OWN_CODE, None),
    ],
)
def test_only_a_duplicate_has_a_copy_number(
    copies: str, copy_number: str | None, typed: str, found: tuple[str, str] | None
) -> None:
    declared = LICENCE | {"copies": copies, "copy_number": copy_number, "number": typed}

    assert problems(declared) == ({found} if found else set())
    behind = found == ("number", REFUSED)
    assert problems(declared | CONFIRMED) == ({found} if found and not behind else set())


def test_a_certificate_without_copies_has_no_copy_number() -> None:
    assert problems(SEAL | {"copy_number": "3-2"}) == {("copy_number", "copies_not_applicable")}


@pytest.mark.parametrize(
    ("declared", "document", "kind", "found"),
    [
        (FOOD, None, None, None),
        (FOOD, "food-circulation-license", None, None),
        (FOOD, "食品流通许可证", None, ("document", "unknown_document")),  # an id, not a name
        (FOOD, "official-seal", None, ("document", "unknown_document")),
        (FOOD, "", None, None),
        (SEAL, None, None, ("document", "required")),
        (SEAL, "official-seal", None, None),
        (SEAL, None, "公章", None),
        (SEAL, None, "财务章", None),
        (SEAL, None, "其他", None),
        (SEAL, None, " ", ("document", "required")),
        (SEAL, None, "图章", ("details.kind", "unknown_document")),
        (SEAL, None, ["公章"], ("details.kind", "not_text")),
        (SEAL, None, 1, ("details.kind", "not_text")),
        (SEAL, "official-seal", "公章", None),
        (SEAL, "official-seal", "财务专用章", ("document", "document_differs")),
        (MINE | {"number": "T37120990102099001"}, None, None, None),
        (MINE | {"number": "C3799992010017130012345"}, None, None, None),
        (MINE | CONFIRMED | {"number": "3799990810012"}, None, None, ("document", "required")),
        (MINE | CONFIRMED | {"number": "3799990810012"}, "mining-license", None, None),
    ],
)
def test_the_paper_is_named_where_nothing_tells_it(
    declared: dict[str, Any], document: str | None, kind: Any, found: tuple[str, str] | None
) -> None:
    details = None if kind is None else {"kind": kind}

    told = problems(declared | {"document": document, "details": details})

    assert told == ({found} if found else set())
