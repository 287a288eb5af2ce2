"""The catalogue as data: the project's own, and what is read of a city's."""

import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from notices.facts import catalogue
from notices.facts.numbers import CHECK_DIGITS

OWN = catalogue.load()
CERTIFICATES = list(OWN.certificates.values())
EXAMPLES = [(each, example) for each in CERTIFICATES for example in each.examples]


def test_the_projects_own_catalogue_has_32_certificates_56_matters_and_no_problem() -> None:
    assert catalogue.problems_in(catalogue.read(catalogue.OWN_CATALOGUE)) == []
    assert len(OWN.certificates) == 32
    assert Counter(each.kind for each in OWN.matters.values()) == {
        "reissue": 32,
        "deregister": 18,
        "change": 6,
    }


@pytest.mark.parametrize(("certificate", "example"), EXAMPLES)
def test_every_example_is_usual_in_every_way_of_typing_it(
    certificate: catalogue.Certificate, example: str
) -> None:
    normal = certificate.normal_number(example)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in example)

    assert certificate.number_form(normal) == "usual"
    for typed in (wide, example.lower(), " ".join(example), f"第{example}號", f"〔{example}〕"):
        assert certificate.normal_number(typed) == normal


def test_no_two_examples_of_one_certificate_collide() -> None:
    for each in CERTIFICATES:
        assert len({each.normal_number(example) for example in each.examples}) == len(each.examples)


@pytest.mark.parametrize(("certificate", "example"), EXAMPLES)
def test_a_number_with_a_character_more_or_cut_short_is_unusual(
    certificate: catalogue.Certificate, example: str
) -> None:
    normal = certificate.normal_number(example)

    assert certificate.number_form("甲" + normal) == "unusual"
    assert certificate.number_form(normal + "甲") == "unusual"
    assert certificate.number_form(normal[:4]) == "unusual"


@pytest.mark.parametrize(
    ("certificate", "typed"),
    [
        ("road-transport-operation-license", "鲁交运管许可济字379999000001号"),
        ("road-transport-vehicle-certificate", "鲁交运管济字379999000001号"),
    ],
)
def test_an_optional_prefix_makes_no_other_number(certificate: str, typed: str) -> None:
    assert OWN.certificates[certificate].normal_number(typed) == "379999000001"


@pytest.mark.parametrize(
    ("name", "certificate"),
    [
        ("食品证", "food-operation-license"),
        ("房产证", "real-estate-title"),
        ("驾驶员从业资格证", "road-transport-practitioner-certificate"),
        ("营业执照", "business-license"),
        (" 律师 证 ", "lawyer-practice-certificate"),
        ("ｓｃ证", "food-production-license"),
        ("BUSINESS LICENCE", "business-license"),
        ("tobacco-retail-license", "tobacco-retail-license"),
    ],
)
def test_a_certificate_is_found_by_what_people_call_it(name: str, certificate: str) -> None:
    found = OWN.named(name)

    assert found is not None
    assert found.id == certificate


def test_nothing_is_found_by_a_name_that_no_certificate_has() -> None:
    assert OWN.named("借书证") is None


def test_the_public_catalogue_has_every_field_of_the_contract() -> None:
    public = json.loads(msgspec.json.encode(OWN.public()))
    certificate_fields = {
        *("id", "name", "aliases", "holder_kind", "number_label", "number_optional", "number_is"),
        *("examples", "parts", "fields", "notice_period", "apply_within_days", "legal_basis"),
        *("elsewhere", "public_holder_name", "public_number", "elicense_type_code"),
        *("documents", "document_required", "number_hint"),
    }
    matter_fields = {
        *("id", "certificate", "name", "kind", "department", "matter_code", "next_step_url"),
        *("counter", "accepts"),
    }

    assert public["version"] == OWN.version
    assert all(each.keys() >= certificate_fields for each in public["certificates"])
    assert all(each.keys() == matter_fields for each in public["matters"])
    assert all(each["number_hint"].keys() == {"zh", "en"} for each in public["certificates"])
    assert json.loads(json.dumps(public)) == public
    assert {field["name"] for each in public["certificates"] for field in each["fields"]} == {
        "serial",
        "kind",
        "count",
        "plate",
    }


def test_only_real_waiting_times_are_notice_periods() -> None:
    periods = {each.id: each.notice_period for each in CERTIFICATES if each.notice_period}
    deadlines = {each.id: each.apply_within_days for each in CERTIFICATES if each.apply_within_days}

    assert periods == {
        "company-seal": catalogue.Period(3, "calendar_day"),
        "mineral-right-license": catalogue.Period(10, "working_day"),
    }
    assert deadlines == {
        "pollutant-discharge-permit": 30,
        "animal-epidemic-prevention-certificate": 15,
    }


def test_where_the_law_names_another_channel_the_certificate_says_so() -> None:
    required = {each.id for each in CERTIFICATES if each.elsewhere and each.elsewhere.required}
    advised = {each.id for each in CERTIFICATES if each.elsewhere and not each.elsewhere.required}

    assert required == {
        "business-license",
        "pollutant-discharge-permit",
        "real-estate-title",
        "real-estate-registration-proof",
        "mineral-right-license",
        "public-institution-certificate",
        "vessel-registration-certificate",
        "lawyer-practice-certificate",
        "travel-agency-license",
    }
    assert advised == {"company-seal", "birth-medical-certificate"}


def test_a_person_is_named_in_full_for_a_stated_reason_only() -> None:
    named = [
        each
        for each in CERTIFICATES
        if each.holder_kind != "organisation" and each.public_holder_name == "full"
    ]

    assert [each.id for each in named] == ["lawyer-practice-certificate"]
    assert all(each.public_holder_name_reason for each in named)


def test_the_matters_of_a_certificate_are_those_that_name_it() -> None:
    assert [each.id for each in OWN.matters_of("company-seal")] == [
        "company-seal.reissue",
        "company-seal.cancel",
    ]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"{}"])
def test_a_file_that_is_no_catalogue_is_refused_with_its_problems(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "catalogue.json"
    path.write_bytes(content)

    with pytest.raises(catalogue.CatalogueError) as refused:
        catalogue.load(path)

    assert refused.value.problems
    assert str(refused.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(catalogue.CatalogueError, match="cannot be read"):
        catalogue.load(tmp_path / "none.json")


def test_every_check_digit_rule_is_in_use() -> None:
    assert {each.check_digit for each in CERTIFICATES} == set(CHECK_DIGITS)


def test_the_demo_has_made_up_counters_for_all_56_matters_and_says_so() -> None:
    shown = catalogue.load(demo=True)

    assert set(catalogue.read(catalogue.DEMO_MATTERS)["matters"]) == set(OWN.matters)
    for id, matter in shown.matters.items():
        assert matter.counter is not None
        assert matter.accepts is not None
        assert matter.matter_code is not None
        for text in (matter.counter.name, matter.counter.address, matter.accepts.source):
            assert "虚构" in text
        assert (matter.next_step_url or "").startswith("https://service.example/")
        assert matter.public().counter
        assert matter.public().accepts
        real = OWN.matters[id]
        assert (real.counter, real.accepts, real.matter_code, real.next_step_url) == (None,) * 4
    assert shown.certificates == OWN.certificates


def test_nothing_made_up_is_added_to_a_citys_own_file(tmp_path: Path) -> None:
    data = catalogue.read(catalogue.OWN_CATALOGUE)
    counter = {"name": "二号窗口", "address": "某路 2 号", "telephone": "1", "hours": "全天"}
    data["matters"][0] |= {
        "counter": counter,
        "accepts": {"since": "2026-03-01", "source": "某市〔2026〕2 号"},
    }
    path = tmp_path / "catalogue.json"
    path.write_text(json.dumps(data, ensure_ascii=False), "utf-8")

    first, second, *_ = msgspec.to_builtins(catalogue.load(path, demo=True).public())["matters"]

    assert first["counter"] == counter
    assert first["accepts"] == {"since": "2026-03-01", "source": "某市〔2026〕2 号"}
    assert (second["counter"], second["accepts"]) == (None, None)
