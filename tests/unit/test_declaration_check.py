"""A declaration is told all that is wrong with it, by field and code."""

import time
from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.facts import catalogue
from notices.facts.requests import Declaration
from tests.declared import (
    BIRTH,
    CHILD,
    DRIVER,
    FOOD,
    LICENCE,
    OWN,
    PERSON,
    SEAL,
    SHANDONG,
    TODAY,
    holder,
    problems,
)


@pytest.mark.parametrize("right", [FOOD, BIRTH, LICENCE, DRIVER, SEAL])
def test_a_right_declaration_has_no_problem(right: dict[str, Any]) -> None:
    assert problems(right) == set()


def test_an_empty_declaration_is_told_all_that_is_missing_at_once() -> None:
    wanted = ("certificate", "number", "cause", "holder", "region")
    agreed = ("publication_consent", "truthful")

    assert problems({}) == {(field, "required") for field in wanted + agreed}


def test_blank_text_is_missing() -> None:
    blank = holder(FOOD, name=" \u3000", kind="", identifier="")
    found = problems(blank | {"number": " ", "region": "", "cause": "", "copies": "", "matter": ""})

    assert found == {
        (field, "required")
        for field in (
            "number",
            "region",
            "cause",
            "copies",
            "holder.kind",
            "holder.name",
            "holder.identifier",
        )
    }


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"certificate": "library-card"}, "certificate", "unknown_certificate"),
        ({"matter": "library-card.reissue"}, "matter", "unknown_matter"),
        ({"matter": "company-seal.reissue"}, "matter", "matter_of_another_certificate"),
        ({"number": "第-号"}, "number", "number_empty"),
        ({"number": "1" * 201}, "number", "too_long"),
        ({"number": "JY1\x00"}, "number", "control_character"),
        ({"copies": None}, "copies", "required"),
        ({"copies": "third"}, "copies", "not_a_choice"),
        ({"cause": "eaten"}, "cause", "not_a_choice"),
        ({"lost_on": "2026-11-25"}, "lost_on", "date_in_future"),
        ({"lost_on": "2026-02-30"}, "lost_on", "date_format"),
        ({"lost_on": "20261101"}, "lost_on", "date_format"),
        ({"lost_on": "２０２６-11-01"}, "lost_on", "date_format"),
        ({"issued_on": "1899-12-31"}, "issued_on", "date_too_early"),
        ({"lost_on": "2020-04-30"}, "lost_on", "lost_before_issued"),
        ({"region": "370772"}, "region", "unknown_region"),
        ({"region": "990000"}, "region", "unknown_region"),
        ({"region": "河南省郑州市"}, "region", "unknown_region"),
        ({"contact": {"phone": "12345"}}, "contact.phone", "phone_format"),
        ({"contact": {"phone": "1\x07"}}, "contact.phone", "control_character"),
        ({"relation": "uncle"}, "relation", "not_a_choice"),
        ({"relation": "guardian"}, "relation", "relation_of_persons"),
        ({"publication_consent": False}, "publication_consent", "must_be_true"),
        ({"truthful": None}, "truthful", "required"),
        ({"details": {"serial": "1"}}, "details.serial", "unknown_detail"),
        ({"details": {"\x00" * 99: 1}}, "details", "unknown_detail"),
    ],
)
def test_a_wrong_value_is_told_by_field_and_code(
    changes: dict[str, Any], field: str, code: str
) -> None:
    assert problems(FOOD | changes) == {(field, code)}


@pytest.mark.parametrize(
    "changes",
    [
        {"lost_on": "2026-11-24"},
        {"issued_on": None, "lost_on": None, "issuer": None, "contact": None, "matter": None},
        {"contact": {"phone": "0536-8000000"}},
        {"contact": {"phone": "+86 138 0000 0000"}},
        {"contact": {"phone": "（0536）8000000-801"}},
        {"contact": {}},
        {"copies": "both"},
        {"region": "370700"},
        {"region": "370000"},
        {"issuer": "买买提·某某局 第 5 科"},
    ],
)
def test_what_is_right_or_left_out_is_accepted(changes: dict[str, Any]) -> None:
    assert problems(FOOD | changes) == set()


def test_a_certificate_without_parts_takes_no_copies() -> None:
    assert problems(SEAL | {"copies": "original"}) == {("copies", "copies_not_applicable")}


def test_an_optional_number_is_left_out_or_given_but_never_only_spaces() -> None:
    assert problems(SEAL | {"number": ""}) == set()
    assert problems(SEAL | {"number": " \u3000"}) == {("number", "number_empty")}
    assert problems(SEAL | {"number": "3799990000011"}) == set()


@pytest.mark.parametrize(
    ("declaration", "code"),
    [
        (FOOD | {"holder": PERSON}, "certificate_of_organisations"),
        (BIRTH | {"holder": FOOD["holder"]}, "certificate_of_persons"),
        (holder(FOOD, kind="robot"), "not_a_choice"),
    ],
)
def test_the_kind_of_holder_fits_the_certificate(declaration: dict[str, Any], code: str) -> None:
    assert problems(declaration) == {("holder.kind", code)}


@pytest.mark.parametrize(
    ("declaration", "field", "code"),
    [
        (holder(FOOD, identifier="92379999MA0000023A"), "identifier", "identifier_check_digit"),
        (holder(FOOD, identifier="92379999"), "identifier", "uscc_format"),
        (holder(FOOD, identifier=None), "identifier", "required"),
        (holder(FOOD, identifier_type="passport"), "identifier_type", "not_a_choice"),
        (holder(FOOD, name="某店🍜"), "name", "emoji"),
        (holder(FOOD, name=None), "name", "required"),
        (holder(BIRTH, identifier="379999201001010011"), "identifier", "identifier_check_digit"),
        (holder(BIRTH, identifier="110105100101001"), "identifier", "resident_id_format"),
        (
            holder(BIRTH, identifier_type="passport", identifier="E1"),
            "identifier",
            "identifier_format",
        ),
        (holder(BIRTH, identifier_type="uscc"), "identifier_type", "not_a_choice"),
        (holder(BIRTH, identifier=None), "identifier", "required"),
    ],
)
def test_a_holder_is_told_what_is_wrong(declaration: dict[str, Any], field: str, code: str) -> None:
    assert problems(declaration) == {(f"holder.{field}", code)}


@pytest.mark.parametrize(
    "kind", ["passport", "hk-macau-permit", "taiwan-permit", "foreigner-permit"]
)
def test_a_person_may_be_known_by_another_document(kind: str) -> None:
    assert problems(holder(BIRTH, identifier_type=kind, identifier="h0123 4567")) == set()


@pytest.mark.parametrize("relation", ["parent", "guardian"])
def test_a_newborn_may_have_no_identifier(relation: str) -> None:
    assert problems(holder(BIRTH | {"relation": relation}, identifier=None)) == set()


@pytest.mark.parametrize("relation", ["parent", "guardian"])
@pytest.mark.parametrize("certificate", [c.id for c in OWN.certificates.values()])
def test_only_a_birth_certificate_is_declared_for_somebody_without_identifier(
    certificate: str, relation: str
) -> None:
    """Else a stranger could void anybody's certificate, and its holder not even withdraw that."""
    declared = BIRTH | {"certificate": certificate, "relation": relation}
    missing = ("holder.identifier", "required")

    found = problems(holder(declared, identifier=None))

    assert (missing in found) is (certificate != "birth-medical-certificate")


def test_nobody_declares_a_birth_certificate_as_his_own_without_identifier() -> None:
    assert problems(holder(BIRTH, identifier=None)) == {("holder.identifier", "required")}


@pytest.mark.parametrize(
    ("who", "found"),
    [
        (CHILD, set()),
        (PERSON, {("relation", "not_a_minor")}),
        (CHILD | {"identifier_type": "passport"}, {("relation", "not_a_minor")}),
        (
            PERSON | {"identifier": "110105194912310021"},
            {("holder.identifier", "identifier_check_digit")},
        ),
    ],
)
def test_a_parent_declares_for_a_minor_only(
    who: dict[str, str], found: set[tuple[str, str]]
) -> None:
    assert problems(BIRTH | {"holder": who, "relation": "parent"}) == found


@pytest.mark.parametrize(
    ("today", "minor"), [(date(2027, 12, 31), True), (date(2028, 1, 1), False)]
)
def test_a_minor_comes_of_age_on_the_18th_birthday(today: date, minor: bool) -> None:
    declared = msgspec.convert(BIRTH | {"relation": "parent"}, Declaration)

    assert (catalogue.check(declared, OWN, SHANDONG, today) == []) is minor


def test_a_guardian_may_declare_for_an_adult_with_a_document() -> None:
    needed = {("exhibit", "exhibit_required")}

    assert problems(BIRTH | {"holder": PERSON, "relation": "guardian"}) == needed


UNUSUAL = {("number", "number_unusual")}
WRONG_DIGIT = {("number", "number_check_digit")}
ANOTHERS = {("number", "number_not_holders")}


@pytest.mark.parametrize(
    ("declaration", "unconfirmed", "confirmed"),
    [
        (FOOD | {"number": "JY13799990000012"}, UNUSUAL, set()),  # MOD 11,10
        (FOOD | {"number": "食流通2011第7号"}, UNUSUAL, set()),
        (LICENCE | {"number": "370700200012345"}, UNUSUAL, set()),  # from before 2015
        (LICENCE | {"number": "91379999MA0000015K"}, ANOTHERS, ANOTHERS),
        (LICENCE | {"number": "92379999MA0000023A"}, WRONG_DIGIT | ANOTHERS, ANOTHERS),
        (LICENCE | {"number": "旧照7号"}, UNUSUAL, set()),  # older than any code
        (DRIVER | {"number": "110105194912310021"}, WRONG_DIGIT | ANOTHERS, set()),
        (DRIVER | {"number": "3707011234567890123"}, UNUSUAL, set()),
        (
            holder(DRIVER, identifier_type="taiwan-permit", identifier="01234567")
            | {"number": "0123-4567"},
            UNUSUAL,
            set(),
        ),
        (
            FOOD
            | {"certificate": "pollutant-discharge-permit", "matter": None}
            | {"number": "92379999MA0000023B001P"},
            set(),
            set(),
        ),
        (
            FOOD
            | {"certificate": "pollutant-discharge-permit", "matter": None}
            | {"number": "91379999MA00000319001P"},
            ANOTHERS,
            ANOTHERS,
        ),
        (
            FOOD
            | {"certificate": "lawyer-practice-certificate", "matter": None}
            | {"number": "31379999MD00000164", "details": {"serial": "1234"}},
            WRONG_DIGIT,
            set(),
        ),
    ],
)
def test_an_unusual_number_passes_when_confirmed_and_anothers_number_never(
    declaration: dict[str, Any],
    unconfirmed: set[tuple[str, str]],
    confirmed: set[tuple[str, str]],
) -> None:
    assert problems(declaration) == unconfirmed
    assert problems(declaration | {"confirm_unusual_number": True}) == confirmed


@pytest.mark.parametrize(
    ("details", "found"),
    [
        ({"kind": "财务专用章", "count": "12"}, set()),
        ({"kind": "公章", "count": None}, set()),
        ({"kind": "公章", "count": "0"}, {("details.count", "detail_format")}),
        ({"kind": "公章", "count": 2}, set()),
        ({"kind": "公章", "count": True}, {("details.count", "not_text")}),
        ({"kind": "公章", "count": 0}, {("details.count", "detail_format")}),
        ({"kind": "图章"}, {("details.kind", "unknown_document")}),
        ({"kind": ["公章"]}, {("details.kind", "not_text")}),
        ({"kind": "公章", "phone": "1"}, {("details.phone", "unknown_detail")}),
        ({}, {("document", "required")}),
        (None, {("document", "required")}),
    ],
)
def test_details_are_those_that_the_certificate_asks_for(
    details: dict[str, Any] | None, found: set[tuple[str, str]]
) -> None:
    assert problems(SEAL | {"details": details}) == found


def test_a_published_detail_holds_no_personal_number() -> None:
    lawyer = FOOD | {"certificate": "lawyer-practice-certificate", "matter": None}
    declared = lawyer | {"number": "31379999MD00000163", "details": {"serial": "13800000000"}}

    assert problems(declared) == {("details.serial", "personal_number")}


TEXTS = st.none() | st.text() | st.sampled_from(["", "self", "parent", "person", "original", "号"])
HOLDERS = st.fixed_dictionaries(
    {},
    optional={
        "kind": TEXTS | st.sampled_from(["person", "organisation"]),
        "name": TEXTS,
        "identifier": TEXTS
        | st.sampled_from([PERSON["identifier"], CHILD["identifier"], "92379999MA0000023B"]),
        "identifier_type": TEXTS | st.sampled_from(["resident-id", "uscc", "passport"]),
    },
)
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())
DECLARATIONS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("matter", "copies", "cause", "issuer", "region", "relation"), TEXTS),
        "certificate": TEXTS | st.sampled_from(list(OWN.certificates)),
        "number": TEXTS
        | st.sampled_from(
            [example for each in OWN.certificates.values() for example in each.examples]
        ),
        "lost_on": TEXTS | st.dates().map(str),
        "issued_on": TEXTS | st.dates().map(str),
        "holder": st.none() | HOLDERS,
        "contact": st.none() | st.fixed_dictionaries({"phone": TEXTS}),
        "details": st.none()
        | st.dictionaries(st.text() | st.sampled_from(["serial", "kind", "count"]), VALUES),
        **{
            name: st.none() | st.booleans()
            for name in ("publication_consent", "truthful", "confirm_unusual_number")
        },
    },
)


@given(DECLARATIONS)
def test_no_declaration_makes_the_check_fail_and_every_problem_has_its_words(
    declaration: dict[str, Any],
) -> None:
    decoded = msgspec.convert(declaration, Declaration)

    for problem in catalogue.check(decoded, OWN, SHANDONG, TODAY):
        assert problem.message.zh
        assert "{" not in problem.message.zh + problem.message.en
        assert problem.field


def test_a_problem_never_repeats_a_private_value() -> None:
    declared = holder(FOOD, identifier="110105194912310021", name="秘" * 201)
    found = catalogue.check(msgspec.convert(declared, Declaration), OWN, SHANDONG, TODAY)
    said = "".join(each.message.zh + each.message.en + each.field for each in found)

    assert len(found) == 2
    assert "秘" not in said
    assert "110105" not in said


@pytest.mark.parametrize("issuer", ["X990000001", "医院 990000001", "x 99-0000001 号"])
def test_a_text_that_is_published_holds_no_number_that_is_masked(issuer: str) -> None:
    assert problems(BIRTH | {"issuer": issuer}) == {("issuer", "personal_number")}
    assert problems(BIRTH | {"number": "X990000002", "issuer": issuer}) == {
        ("issuer", "issuer_unusual")
    }


def test_a_text_that_is_published_holds_no_passport_number_of_the_holder() -> None:
    foreigner = holder(BIRTH, identifier_type="passport", identifier="E12345678")

    assert problems(foreigner | {"issuer": "ｅ1234-5678 医院"}) == {("issuer", "personal_number")}
    plate = foreigner | {
        "certificate": "road-transport-vehicle-certificate",
        "number": "379999000001",
        "details": {"plate": "鲁E12345678"},
    }
    assert ("details.plate", "personal_number") in problems(plate)


@pytest.mark.parametrize(
    ("name", "issuer", "found"),
    [
        ("欧阳小宝", "监护人欧阳 小宝", {("issuer", "personal_name")}),
        ("张三", " 张三", {("issuer", "personal_name")}),
        ("平安", "平安县卫生健康局", set()),
    ],
)
def test_a_text_that_is_published_holds_no_name_that_is_masked(
    name: str, issuer: str, found: set[tuple[str, str]]
) -> None:
    assert problems(holder(BIRTH, name=name) | {"issuer": issuer}) == found


@pytest.mark.parametrize("name", ["number", "issuer"])
def test_a_very_long_text_costs_no_more_than_a_long_one(name: str) -> None:
    """Some single characters fold into eighteen."""
    begun = time.process_time()
    found = problems(holder(BIRTH, identifier="\ufdfa" * 20_000) | {name: "\ufdfa" * 20_000})

    assert (name, "too_long") in found
    assert time.process_time() - begun < 1
