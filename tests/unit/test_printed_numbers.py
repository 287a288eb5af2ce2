"""Numbers as they stand on real papers (digits made up): each is declared, and rightly named."""

import csv
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from notices.facts import catalogue
from notices.facts.catalogue import Certificate
from notices.facts.disclosure import public_form
from notices.facts.documents import of_declaration
from notices.facts.placeholders import is_masked
from notices.facts.requests import Declaration
from tests.declared import FOOD, OWN, PERSON, SHANDONG, TODAY

FILE = Path(__file__).parents[1] / "data" / "printed-numbers.csv"
PRINTED = [
    (OWN.certificates[row["certificate"]], row["number"], row["document"])
    for row in csv.DictReader(FILE.read_text("utf-8").splitlines())
]
NAMED_BY_DECLARANT = {"company-seal": "公章"}
"""A seal's number does not tell which seal it is; every other one tells its paper."""
NAMED_BY_FORM = {
    "（闽）民证字第099234号": "民办非企业单位登记证书",
    "社证字第 3099-14号": "社会团体法人登记证书",
}
"""Social organisations have three papers, none of them the usual one."""
PAPERS = {document.name.zh for each in OWN.certificates.values() for document in each.documents}


def declared(certificate: Certificate, number: str, **changes: object) -> Declaration:
    person = certificate.holder_kind == "person"
    code = number[:18] if certificate.number_is and re.match("[0-9A-Z]{18}", number) else None
    holder = PERSON if person else FOOD["holder"] | ({"identifier": code} if code else {})
    seal = {"document": "official-seal"} if certificate.document_required else {}
    seal = seal if certificate.id == "company-seal" else {}
    body = {
        **FOOD,
        "certificate": certificate.id,
        "matter": None,
        "number": number,
        "copies": "original" if certificate.parts else None,
        "holder": holder,
        "details": {
            field.name: field.example or "12345678"
            for field in certificate.fields
            if field.required
        },
        **seal,
        **changes,
    }
    return msgspec.convert(body, Declaration)


def codes(declaration: Declaration) -> set[str]:
    return {each.code for each in catalogue.check(declaration, OWN, SHANDONG, TODAY)}


def test_there_are_45_of_them() -> None:
    assert len(PRINTED) == 45


@pytest.mark.parametrize(("certificate", "number", "document"), PRINTED)
def test_a_printed_number_is_accepted_with_a_confirmation_at_most(
    certificate: Certificate, number: str, document: str
) -> None:
    copies = "duplicate" if certificate.read(number).copy_number else None
    changes = {"copies": copies} if copies else {}

    assert codes(declared(certificate, number, **changes)) <= {
        "number_unusual",
        "number_check_digit",
    }
    assert codes(declared(certificate, number, confirm_unusual_number=True, **changes)) == set()
    assert not is_masked(number)


@pytest.mark.parametrize(("certificate", "number", "document"), PRINTED)
def test_its_statement_names_its_paper_and_shows_the_number_as_printed(
    certificate: Certificate, number: str, document: str
) -> None:
    for around in ("{}", "编号：{}", "{}（副本）", "证号 {}", "No.{}", '="{}"'):
        typed = around.format(number)
        declaration = declared(certificate, typed, confirm_unusual_number=True)
        form = msgspec.to_builtins(public_form(declaration, certificate, None))
        _assert_named(form, certificate, number, document)


def _assert_named(
    form: dict[str, Any], certificate: Certificate, number: str, document: str
) -> None:
    usual = NAMED_BY_DECLARANT.get(certificate.id) or certificate.documents[0].name.zh
    name = document or NAMED_BY_FORM.get(number, usual)
    statement = form["statement"]

    assert form["document"]["name"]["zh"] == name
    assert (f"《{name}》" if certificate.id != "company-seal" else f"{name}1枚") in statement
    said = re.findall(r"《(.*?)》", statement)
    assert said == ([name] if certificate.id != "company-seal" else [])
    others = PAPERS - {each for each in PAPERS if each in name or name in each}
    masked = certificate.public_number == "masked"
    shown = "L3******95" if masked else certificate.read(number).written
    assert form["number"] == shown
    assert masked or shown == number or certificate.read(number).copy_number
    label = re.search(rf"，([^，]*)：{re.escape(shown)}", statement)
    assert label is not None
    assert re.fullmatch(r"[\u4e00-\u9fff]+", label[1])
    around = statement.replace(label[0], "")
    assert not [each for each in others if each in around]


@pytest.mark.parametrize(("certificate", "number", "document"), PRINTED)
def test_without_a_word_of_the_declarant_the_number_tells_its_paper(
    certificate: Certificate, number: str, document: str
) -> None:
    declaration = declared(certificate, number, document=None, confirm_unusual_number=True)

    found = of_declaration(declaration, certificate)

    if certificate.id in NAMED_BY_DECLARANT:
        assert found is None
        assert "required" in codes(declaration)
    else:
        assert found is not None
        usual = certificate.documents[0].name.zh
        assert found.name.zh == (document or NAMED_BY_FORM.get(number, usual))


EVERY = [
    pytest.param(certificate, document.id, id=document.id)
    for certificate in OWN.certificates.values()
    for document in certificate.documents
]


@pytest.mark.parametrize(("certificate", "document"), EVERY)
def test_no_statement_holds_an_explanation_or_the_name_of_two_papers(
    certificate: Certificate, document: str
) -> None:
    for number in [*certificate.examples, *(n for c, n, _ in PRINTED if c is certificate)]:
        declaration = declared(certificate, number, document=document, confirm_unusual_number=True)

        form = msgspec.to_builtins(public_form(declaration, certificate, None))

        around = form["statement"].replace(form["number"], "").replace(form["holder"]["name"], "")
        around = re.sub(r"（统一社会信用代码：\w*）|（灭失）|（编号[0-9-]+）", "", around)
        assert form["document"]["id"] == document, number
        assert not re.search(r"[()（）/]|多为|含", around), around
        for explained in (certificate.name.zh, certificate.number_label.zh):
            assert explained not in around or not re.search(r"[()（）/]", explained), number


def test_a_seal_without_a_code_is_named_too() -> None:
    seal = OWN.certificates["company-seal"]
    for document in seal.documents:
        declaration = declared(seal, "", document=document.id)

        statement = public_form(declaration, seal, None).statement

        assert f"遗失{document.name.zh}1枚，印章编码：无编码，" in statement
        assert codes(declaration) == set()
