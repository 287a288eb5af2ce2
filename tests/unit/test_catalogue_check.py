"""A city's own catalogue: every place where it is wrong is named, and the check never fails."""

import copy
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.facts import catalogue
from notices.facts.catalogue_rules import words
from tests.declared import FOOD, problems
from tests.properties import examples

DATA: dict[str, Any] = catalogue.read(catalogue.OWN_CATALOGUE)
CERTIFICATES = DATA["certificates"][:7]
PART = DATA | {
    "certificates": CERTIFICATES,
    "matters": [
        each
        for each in DATA["matters"]
        if each["certificate"] in {certificate["id"] for certificate in CERTIFICATES}
    ],
}
_WRITTEN = msgspec.json.encode(PART)


def changed(path: str, value: Any) -> dict[str, Any]:
    """The first of the project's catalogue, one value replaced, or taken out when it is ..."""
    data: dict[str, Any] = msgspec.json.decode(_WRITTEN)
    *outer, last = [int(key) if key.isdigit() else key for key in path.split("/")]
    place: Any = data
    for key in outer:
        place = place[key]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("version", "", "version: must be text"),
        ("version", ..., "version: is missing"),
        ("certificates", {}, "certificates: must be a list"),
        ("certificates/0", "x", "certificates[0]: must be an object"),
        ("certificates/0/id", "Business License", "id: must be an id"),
        ("certificates/1/id", "business-license", "business-license is already used"),
        ("certificates/0/name", {"zh": "执照"}, "name.en: is missing"),
        ("certificates/0/name/zh", "执\ud800照", "holds a control character"),
        ("certificates/0/nmae", "x", "nmae: is not known"),
        ("certificates/0/aliases", ["执照", "食品证"], "食品证 belongs to"),
        ("certificates/0/holder_kind", "company", "holder_kind: must be one of person"),
        ("certificates/0/holder_kind", ["person"], "holder_kind: must be one of person"),
        ("certificates/0/number_optional", 1, "number_optional: must be true or false"),
        ("certificates/0/number_pattern", "[", "number_pattern: is no regular expression"),
        ("certificates/0/number_pattern", 5, "number_pattern: is no regular expression"),
        ("certificates/0/number_pattern", "第.*", "does not match number_pattern"),
        ("certificates/0/optional_prefix", "A?", "optional_prefix: must not match nothing"),
        ("certificates/0/examples", [], "examples: must not be empty"),
        ("certificates/0/examples", ["91379999MA0000015X"], "its check digit is wrong by uscc"),
        ("certificates/2/examples", ["JY13799990000012"], "its check digit is wrong by mod1110"),
        ("certificates/0/examples", ["()"], "nothing is left of it"),
        (
            "certificates/0/examples",
            ["91379999MA0000015K", "9137-9999ma0000015k"],
            "is the same number as 91379999MA0000015K",
        ),
        ("certificates/0/number_is", None, "old_number_pattern: says nothing without number_is"),
        ("certificates/0/parts", ["duplicate", "original"], "parts: must be"),
        ("certificates/0/part_names", {}, "part_names: must name each"),
        ("certificates/0/notice_period", {"value": 0, "unit": "day"}, "from 1 to 366"),
        ("certificates/0/notice_period", {"value": 1, "unit": "day"}, "unit: must be one of"),
        ("certificates/0/elsewhere/channel", ..., "elsewhere.channel: is missing"),
        ("certificates/0/elsewhere/url", "gsxt.gov.cn", "url: must be an address"),
        ("certificates/0/apply_within_days", True, "apply_within_days: must be a whole number"),
        ("certificates/1/fields/0/choices", [], "choices: must not be empty"),
        ("certificates/1/fields/0/choices", ["公章", "公章"], "has the same choice twice"),
        ("certificates/1/fields", DATA["certificates"][1]["fields"] * 2, "has the same name twice"),
        ("certificates/1/fields/0/example", ..., "example: must be there and match"),
        ("certificates/6/public_holder_name", "full", "public_holder_name_reason: is missing"),
        (
            "certificates/0/holder_identifier_optional",
            True,
            "holder_identifier_optional: must be false",
        ),
        ("matters/0/certificate", "library-card", "there is no certificate library-card"),
        ("matters/1/id", "business-license.reissue", "is already used by catalogue.matters[0]"),
        ("matters/0/kind", "buy", "kind: must be one of reissue"),
        ("matters/0/matter_code", "12", "matter_code: must be 13 to 33"),
        ("matters/0/next_step_url", "javascript:alert(1)", "next_step_url: must be an address"),
        ("matters/0/counter", {"name": "大厅"}, "counter.address: is missing"),
        ("matters/0/counter", "大厅", "counter: must be an object"),
        ("matters/0/accepts", {"since": "2026", "source": "x"}, "since: must be a date"),
        ("matters/0/accepts", {"since": "2026-02-30", "source": "x"}, "since: must be a date"),
        ("matters/0/accepts", {"since": "2026-01-01"}, "accepts.source: is missing"),
        ("certificates/2/documents", [], "documents: must not be empty"),
        ("certificates/2/documents/0/id", "food", "must be food-operation-license, the first"),
        ("certificates/2/documents/1/id", "official-seal", "official-seal is already used by"),
        ("certificates/2/documents/1/id", "business-license", "business-license is a certificate"),
        ("certificates/2/documents/1/name/zh", "食品流通/卫生许可证", "what stands on the paper"),
        ("certificates/2/documents/1/name/zh", "食品流通许可证(旧)", "what stands on the paper"),
        ("certificates/2/documents/1/name/zh", "食品经营许可证", "is catalogue.certificates[2]"),
        ("certificates/2/documents/1/name/zh", "公章", "公章 belongs to"),
        ("certificates/2/documents/1/aliases", ["执照"], "执照 belongs to"),
        ("certificates/2/documents/1/number_label/zh", "证号(编号)", "what stands on the paper"),
        ("certificates/2/documents/1/number_label/en", "No. / code", "what stands on the paper"),
        ("certificates/2/documents/1/holder_kind", "person", "no person holds this certificate"),
        ("certificates/2/documents/1/holder_kind", "either", "holder_kind: must be one of"),
        ("certificates/2/documents/1/former", "yes", "former: must be true or false"),
        ("certificates/2/documents/1/read_as", ["旧"], "says nothing without document_field"),
        ("certificates/2/document_required", True, "none may be called food-operation-license"),
        ("certificates/1/document_required", ..., "must be company-seal, the first paper"),
        ("certificates/1/documents", ..., "document_required: says nothing without documents"),
        ("certificates/1/documents", DATA["certificates"][1]["documents"][:1], "must be several"),
        ("certificates/1/document_field", "count", "must not be one of the fields"),
        ("certificates/1/document_field", "Kind", "small letters, digits and underscores"),
        ("certificates/0/number_hint", "18 位", "number_hint: must be an object"),
        ("certificates/1/issuer_asked", 0, "issuer_asked: must be true or false"),
        ("certificates/2/number_forms/0/pattern", "[", "pattern: is no regular expression"),
        ("certificates/2/number_forms/0/pattern", "JY", "does not match the pattern"),
        ("certificates/2/number_forms/0/document", "food", "food is none of the documents"),
        (
            "certificates/2/number_forms/0/number_label",
            {"zh": "证号"},
            "number_label.en: is missing",
        ),
        ("certificates/2/number_forms/1/example", "SP3799991510000123", "does not match"),
        (
            "certificates/2/number_forms/1/pattern",
            DATA["certificates"][2]["number_forms"][0]["pattern"],
            "stands there twice",
        ),
        ("certificates/2/number_forms/2", {"pattern": "SP.*"}, "says nothing without document"),
        ("certificates/2/number_forms/2/hyphens", True, "has no hyphen between two digits"),
        (
            "certificates/2/number_forms/2",
            {"pattern": r"\d+-\d+", "hyphens": True},
            "example: must be there where hyphens count",
        ),
        (
            "certificates/2/number_forms/0/pattern",
            ".*",
            "number_forms[1].example: YB13799990000011 is of number_forms[0] already",
        ),
    ],
)
def test_a_catalogue_says_where_it_is_wrong(path: str, value: Any, said: str) -> None:
    found = catalogue.problems_in(changed(path, value))

    assert any(said in each and each.startswith("catalogue") for each in found), found


def test_a_part_of_the_catalogue_is_as_right_as_the_whole() -> None:
    assert catalogue.problems_in(PART) == catalogue.problems_in(DATA) == []


def test_all_problems_of_a_catalogue_are_told_at_once() -> None:
    data = changed("certificates/0/holder_kind", "company")
    data["certificates"][3]["check_digit"] = "luhn"
    data["matters"][9]["certificate"] = "library-card"
    data["matters"][10]["kind"] = "buy"

    assert len(catalogue.problems_in(data)) == 4


def test_words_hold_no_control_character_and_no_half_of_a_character() -> None:
    points = [*range(0x300), *range(0xD7F0, 0xE010)]
    refused = {point for point in points if list(words("here", f"a{chr(point)}b"))}

    assert refused == {
        point for point in points if unicodedata.category(chr(point)) in ("Cc", "Cs")
    }


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_json_makes_the_check_of_a_catalogue_fail(data: Any) -> None:
    assert catalogue.problems_in(data) != []


PATHS = [
    (kind, index, key)
    for kind in ("certificates", "matters")
    for index in (0, 1)
    for key in PART[kind][index]
]


@examples(0.5)
@given(
    st.sampled_from(PATHS),
    st.one_of(
        st.none(), st.integers(), st.text(), st.lists(st.text() | st.none()), st.just({"zh": []})
    ),
)
def test_no_single_wrong_value_makes_the_check_of_a_catalogue_fail(
    path: tuple[str, int, str], value: Any
) -> None:
    kind, index, key = path
    data = changed(f"{kind}/{index}/{key}", value)

    assert isinstance(catalogue.problems_in(data), list)


def test_a_city_adds_a_33rd_type_and_an_other_by_editing_the_data(tmp_path: Path) -> None:
    data = copy.deepcopy(DATA)
    other = copy.deepcopy(data["certificates"][0]) | {
        "id": "other",
        "name": {"zh": "其他证件", "en": "Another certificate"},
        "aliases": [],
        "holder_kind": "either",
        "number_is": None,
        "number_pattern": None,
        "old_number_pattern": None,
        "check_digit": "none",
        "examples": [],
        "elsewhere": None,
        "public_holder_name": "masked",
        "parts": [],
        "part_names": {},
    }
    for key in ("documents", "number_forms"):
        del other[key]
    data["certificates"].append(other)
    path = tmp_path / "catalogue.json"
    path.write_text("\ufeff" + json.dumps(data, ensure_ascii=False), "utf-8")

    loaded = catalogue.load(path)
    declared = FOOD | {"certificate": "other", "matter": None, "copies": None, "number": "借-7"}

    assert len(loaded.certificates) == 33
    assert problems(declared, loaded) == set()
    assert loaded.certificates["other"].number_form("借7") == "usual"
    assert [each.id for each in loaded.certificates["other"].documents] == ["other"]


def test_a_catalogue_from_before_there_were_documents_still_loads() -> None:
    data = copy.deepcopy(DATA)
    for each in data["certificates"]:
        for key in ("documents", "document_required", "document_field", "number_forms"):
            each.pop(key, None)
        each.pop("issuer_asked", None)
        each.pop("number_hint", None)
    for each in data["matters"]:
        for key in ("counter", "accepts", "matter_code", "next_step_url"):
            each.pop(key, None)

    loaded = catalogue.made_of(data)

    for each in loaded.certificates.values():
        (only,) = each.documents
        assert (only.id, each.document_required, each.issuer_asked) == (each.id, False, True)
        assert each.proposed_document(each.read("1"), None) == only
        assert each.number_label_of(each.read("1"), only) == only.number_label
    seal, mineral = (loaded.certificates[id] for id in ("company-seal", "mineral-right-license"))
    assert (seal.documents[0].name.zh, seal.documents[0].number_label.zh) == ("印章", "印章编码")
    assert mineral.documents[0].name.zh == "采矿许可证"
    assert all(each.counter is None and each.accepts is None for each in loaded.matters.values())


def keys_of(data: Any) -> set[str]:
    if isinstance(data, list):
        return {key for each in data for key in keys_of(each)}
    if not isinstance(data, dict):
        return set()
    return data.keys() | keys_of(list(data.values()))


@pytest.mark.parametrize("page", ["catalogue.md", "catalogue.zh-CN.md"])
def test_every_key_of_a_catalogue_is_in_the_docs_and_every_example_there_is_right(
    page: str,
) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text("utf-8")
    fenced = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    inline = re.findall(r"`[^`]+`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    made_up = list(catalogue.read(catalogue.DEMO_MATTERS)["matters"].values())
    (documents,), (forms,) = (json.loads("{" + each + "}").values() for each in fenced)
    rest = [
        each for each in DATA["certificates"][2]["documents"] if each["id"] != documents[1]["id"]
    ]
    data = changed("certificates/2/documents", [documents[0], documents[1], *rest[1:]])
    data["certificates"][2]["number_forms"] = forms

    assert keys_of(DATA) | keys_of(made_up) <= set(re.findall(r"[a-z_]+", " ".join(inline)))
    assert catalogue.problems_in(data) == []
