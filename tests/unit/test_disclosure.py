"""What the public sees of a declaration, and what it never sees."""

import dataclasses
import json
import unicodedata

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from notices.facts import catalogue
from notices.facts.disclosure import (
    public_form,
    public_issuer,
)
from notices.facts.event_forms import correction, withdrawal
from notices.facts.masking import COMPOUND_SURNAMES, mask_name, mask_number, one_line
from notices.facts.names import characters_of, name_form
from notices.facts.numbers import identifier_form
from notices.facts.public.form import PublicForm
from notices.facts.requests import Contact, Declaration, Holder

CATALOGUE = catalogue.load()
PUBLIC_FIELDS = {
    "certificate", "certificate_name", "document", "matter", "holder", "number", "copies",
    "copy_number", "cause", "issuer",
    "issued_on", "lost_on", "region", "details", "statement", "elsewhere",
    "notice_period",
}  # fmt: skip


def with_check(digits: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return digits + "10X98765432"[total % 11]


ID = with_check("37999919900101123")
WIDE_ID = ID.translate({ord(each): ord(each) + 0xFEE0 for each in "0123456789X"})
ORGANISATION = Holder(
    kind="organisation", name="潍坊市奎文区某某餐饮店", identifier="92379999MA0000023B"
)
PERSON = Holder(kind="person", name="张三丰", identifier=ID)


def form(certificate="food-operation-license", *, change=None, **given_fields):
    declaration = {
        "certificate": certificate,
        "number": "JY13799990000011",
        "cause": "lost",
        "holder": ORGANISATION,
        "region": "370705",
        "publication_consent": True,
        "truthful": True,
    } | given_fields
    kind = CATALOGUE.certificates[certificate]
    if kind.parts:
        declaration.setdefault("copies", "original")
    if change:
        kind = dataclasses.replace(kind, **change)
    return msgspec.to_builtins(public_form(Declaration(**declaration), kind, None))


# --- masks


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张三丰", "张*"),
        (" 张 三 ", "张*"),
        ("欧阳修", "欧阳*"),
        ("司马相如", "司马*"),
        ("上官婉儿", "上官*"),
        ("诸葛亮", "诸葛*"),
        ("歐陽修", "歐陽*"),
        ("欧阳", "欧*"),
        ("阿卜杜拉·买买提", "阿*"),
        ("John Smith", "J*"),
        ("𠮷田一", "𠮷*"),
        ("张", "*"),
        ("", "*"),
    ],
)
def test_a_name_is_shown_by_its_surname(name, masked):
    assert mask_name(name) == masked


@given(st.text())
def test_a_name_never_shows_more_than_two_characters(name):
    shown, star = mask_name(name)[:-1], mask_name(name)[-1]

    assert star == "*"
    assert len(characters_of(shown)) <= 1 or name_form(shown) in COMPOUND_SURNAMES
    assert one_line(name).startswith(shown)
    assert len(shown) < len(one_line(name)) or not shown


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        (ID, "379*************" + ID[-2:]),
        ("379999900101123", "379**********23"),
        ("379999199001011230", "379*************30"),
        ("X990000001", "X9******01"),
        ("鲁国用20100123", "鲁国*******23"),
        ("123456789", "*********"),
        ("123", "***"),
        ("12", "**"),
        ("1", "*"),
        ("", ""),
    ],
)
def test_a_number_shows_its_ends(number, masked):
    assert mask_number(number) == masked


@given(st.text(st.sampled_from("0123456789ABCX鲁权"), max_size=40))
def test_a_star_stands_for_each_hidden_character(number):
    masked = mask_number(number)

    assert len(masked) == len(number)
    assert all(shown in (own, "*") for shown, own in zip(masked, number, strict=True))
    assert masked.strip("*").count("*") == masked.count("*") or set(masked) == {"*"}
    assert len(masked) - masked.count("*") <= 5
    assert masked.count("*") >= min(len(number), 6)


@given(st.from_regex(r"[1-9][0-9]{16}[0-9X]|[1-9][0-9]{14}", fullmatch=True))
def test_the_birth_date_in_a_number_is_always_hidden(number):
    assert set(mask_number(number)[6:-4]) == {"*"}


# --- forms


@pytest.mark.parametrize("certificate", CATALOGUE.certificates.values(), ids=lambda each: each.id)
@pytest.mark.parametrize("kind", ["person", "organisation"])
def test_every_certificate_shows_the_public_fields_and_no_others(certificate, kind):
    if certificate.holder_kind not in (kind, "either"):
        return
    holder = PERSON if kind == "person" else ORGANISATION
    details = {field.name: (field.choices or ("3",))[0] for field in certificate.fields}
    # Another one's resident ID would await a confirmation.
    own = kind == "person" and certificate.number_is == "holder_code"
    number = ID if own else certificate.examples[0]
    shown = form(
        certificate.id,
        number=number,
        holder=holder,
        copies="both" if certificate.parts else None,
        details=details | {"kind": "公章", "secret": "私密"},
        issuer="某局",
        issued_on="2020-05-01",
        lost_on="2026-11-01",
        contact=Contact(phone="13800000000"),
    )

    assert shown.keys() == PUBLIC_FIELDS
    assert shown["statement"].endswith("现声明作废。")
    reading = certificate.read(number)
    document = certificate.document(shown["document"]["id"])
    assert f"，{certificate.number_label_of(reading, document).zh}：" in shown["statement"]
    assert shown["details"] == details
    assert shown["elsewhere"] == msgspec.to_builtins(
        certificate.elsewhere and certificate.elsewhere.public()
    )
    text = rfc8785.dumps(shown).decode()
    for private in ("13800000000", "私密", ID):
        assert private not in text
    if kind == "person":
        assert shown["holder"].keys() == {"kind", "name"}
        assert ("张三丰" in text) == (certificate.public_holder_name == "full")
    else:
        assert shown["holder"]["identifier"] == "92379999MA0000023B"
        assert shown["number"] == certificate.examples[0]


def test_the_statement_of_an_organisation():
    shown = form(issuer="潍坊市奎文区行政审批服务局", issued_on="2020-05-01", lost_on="2026-11-01")

    assert shown["statement"] == (
        "潍坊市奎文区某某餐饮店（统一社会信用代码：92379999MA0000023B）不慎遗失"
        "《食品经营许可证》正本，许可证编号：JY13799990000011，"
        "发证机关：潍坊市奎文区行政审批服务局，发证日期：2020年05月01日，遗失时间：2026年11月。"
        "本单位对本声明的真实性负责，现声明作废。"
    )


def test_the_statement_of_a_person():
    shown = form("birth-medical-certificate", holder=PERSON, number="X990000001", copies="both")

    assert shown["statement"] == (
        "张*不慎遗失《出生医学证明》正页、副页，出生医学证明编号：X9******01。"
        "声明人对本声明的真实性负责，现声明作废。"
    )


@pytest.mark.parametrize("relation", ["parent", "guardian"])
def test_the_statement_of_a_guardian(relation):
    shown = form(
        "birth-medical-certificate",
        holder=Holder(kind="person", name="张小宝"),
        number="X990000001",
        copies="original",
        relation=relation,
    )

    assert shown["statement"] == (
        "张*的《出生医学证明》正页不慎遗失，出生医学证明编号：X9******01。"
        "由其监护人声明并对本声明的真实性负责，现声明作废。本声明经确认后生效。"
    )


def test_the_statement_by_mandate():
    shown = form("tobacco-retail-license", holder=PERSON, relation="mandate")

    assert "由其委托的代理人声明" in shown["statement"]


@pytest.mark.parametrize(
    ("cause", "said", "when"),
    [
        ("lost", "不慎遗失《食品经营许可证》副本，", "遗失时间：2026年11月"),
        ("stolen", "的《食品经营许可证》副本被盗，", "被盗时间：2026年11月"),
        ("destroyed", "的《食品经营许可证》副本因故损毁（灭失），", "损毁时间：2026年11月"),
    ],
)
def test_the_statement_says_how_it_was_lost(cause, said, when):
    statement = form(cause=cause, copies="duplicate", lost_on="2026-11-01")["statement"]

    assert said in statement
    assert when in statement


@pytest.mark.parametrize(
    ("details", "said"),
    [
        ({"kind": "公章"}, "不慎遗失公章1枚，"),
        ({"kind": "财务专用章", "count": "2"}, "不慎遗失财务专用章2枚，"),
        ({"kind": "其他", "count": 3}, "不慎遗失其他印章3枚，"),
    ],
)
def test_the_statement_of_a_seal(details, said):
    shown = form("company-seal", number=None, details=details)

    assert shown["number"] is None
    assert said in shown["statement"]
    assert "：无编码。" in shown["statement"]


def test_a_detail_that_a_rule_wants_is_named_in_the_statement():
    shown = form(
        "lawyer-practice-certificate",
        holder=PERSON,
        number="13799209910000001",
        details={"serial": "11223344"},
    )

    assert shown["details"] == {"serial": "11223344"}
    assert "流水号：11223344" in shown["statement"]
    assert shown["statement"].startswith("张三丰不慎遗失")


def test_details_that_are_no_text_or_no_number_are_left_out():
    shown = form("road-transport-vehicle-certificate", details={"plate": True})

    assert shown["details"] == {}
    assert form("road-transport-vehicle-certificate", details={"plate": " "})["details"] == {}


def test_a_certificate_without_parts_has_no_copies():
    assert form("company-seal", copies="original", details={"kind": "公章"})["copies"] is None


def test_a_copy_that_is_missing_is_not_named():
    assert "《食品经营许可证》，" in form(copies=None)["statement"]


def test_the_matter_is_named_by_its_id():
    matter = CATALOGUE.matters["food-operation-license.reissue"]
    declaration = Declaration(holder=ORGANISATION, cause="lost")
    kind = CATALOGUE.certificates["food-operation-license"]

    assert public_form(declaration, kind, matter).matter == "food-operation-license.reissue"


def test_an_organisation_without_a_code_is_shown_without_one():
    shown = form(holder=Holder(kind="organisation", name="某某店"))

    assert shown["holder"] == {"kind": "organisation", "name": "某某店", "identifier": None}
    assert shown["statement"].startswith("某某店不慎遗失")


def test_a_number_is_shown_as_typed_but_for_its_spaces():
    assert form(number="  JY1 3799\u3000990000011 ")["number"] == "JY1 3799 990000011"


def test_what_is_masked_is_the_normal_form():
    shown = form("birth-medical-certificate", holder=PERSON, number="Ｘ99-000 0001")

    assert shown["number"] == "X9******01"


# --- personal numbers where nobody expects them


@pytest.mark.parametrize("number", [ID, f" {ID[:6]} {ID[6:]}", f"({ID.lower()})", f"A{ID}"])
@pytest.mark.parametrize("public_number", ["full", "masked"])
def test_the_holders_own_identifier_is_never_shown_as_a_number(number, public_number):
    shown = form(
        "tobacco-retail-license",
        holder=PERSON,
        number=number,
        change={"public_number": public_number},
    )

    assert "19900101" not in json.dumps(shown)
    assert "*" in shown["number"]


def test_any_resident_id_number_is_masked_even_where_numbers_are_shown():
    other = with_check("37999919880808456")

    for holder in (PERSON, ORGANISATION):
        shown = form("tobacco-retail-license", holder=holder, number=other)
        assert shown["number"] == "379*************" + other[-2:]


def test_an_old_personal_number_is_masked_and_an_old_registration_number_is_not():
    person = form("tobacco-retail-license", holder=PERSON, number="379999900101123")
    organisation = form("business-license", number="379999900101123")

    assert person["number"] == "379**********23"
    assert organisation["number"] == "379999900101123"


def test_a_passport_that_serves_as_number_is_masked():
    holder = Holder(
        kind="person", name="John Smith", identifier="E12345678", identifier_type="passport"
    )
    shown = form("tobacco-retail-license", holder=holder, number="E12345678")

    assert shown["number"] == "*********"


@pytest.mark.parametrize("text", [f"某局（经办人{ID}）", f"某局 {ID.lower()}", f"某局{WIDE_ID}"])
@pytest.mark.parametrize("holder", [PERSON, ORGANISATION])
def test_a_resident_id_number_in_free_text_is_masked(text, holder):
    shown = form(
        "road-transport-vehicle-certificate",
        holder=holder,
        issuer=text,
        details={"plate": text},
    )

    text = unicodedata.normalize("NFKC", json.dumps(shown, ensure_ascii=False))
    assert "19900101" not in text


def test_eighteen_digits_that_are_no_resident_id_stay():
    wrong = ID[:-1] + ("0" if ID[-1] != "0" else "1")

    assert form(issuer=f"某局{wrong}")["issuer"] == f"某局{wrong}"


@given(
    st.text(max_size=30),
    st.sampled_from(["", "(", "第", " ", "A"]),
    st.sampled_from(["", ")", "号", "-1"]),
)
def test_a_persons_identifier_reaches_the_public_nowhere(name, before, after):
    holder = Holder(kind="person", name=f"张{name.replace(ID, '')}", identifier=ID)
    number = f"{before}{ID}{after}"
    shown = form(
        "tobacco-retail-license",
        holder=holder,
        number=number,
        issuer=f"某局{number}",
        contact=Contact(phone="13800000000"),
    )

    text = json.dumps(shown, ensure_ascii=False)
    assert ID not in text
    assert "19900101" not in text
    assert "13800000000" not in text
    rfc8785.dumps(shown)


# --- what follows


@pytest.mark.parametrize("reason", ["found", "mistake", "other"])
def test_a_withdrawal_names_the_notice_and_its_reason(reason):
    shown = withdrawal("37070000012358", reason)

    assert shown.reason == reason
    assert "3707-0000-0123-58号遗失声明" in shown.statement
    assert "撤回" in shown.statement


def test_what_was_found_is_withdrawn_in_the_usual_words():
    assert withdrawal("37070000012358", "found").statement == (
        "3707-0000-0123-58号遗失声明所列证件已找回，且未补发新证，声明人撤回该声明。"
    )


def corrected(before, after):
    told = [msgspec.convert(each, PublicForm) for each in (before, after)]
    return msgspec.to_builtins(correction("37070000012358", *told))


def test_a_correction_shows_what_was_there_and_what_is():
    before = form(issuer="甲局", issued_on="2020-05-01")
    after = before | {"issuer": "乙局", "issued_on": None, "lost_on": "2026-11-01"}

    assert corrected(before, after) == {
        "statement": (
            "更正：3707-0000-0123-58号遗失声明，发证机关由“甲局”更正为“乙局”；"
            "发证日期由“2020年05月01日”更正为“未填写”；"
            "遗失时间由“未填写”更正为“2026年11月01日”。原声明其余内容不变。"
        ),
        "issuer": {"before": "甲局", "after": "乙局"},
        "issued_on": {"before": "2020-05-01", "after": None},
        "lost_on": {"before": None, "after": "2026-11-01"},
    }


def test_a_correction_is_of_clerical_fields_alone():
    before = form(issuer="甲局")
    after = before | {"issuer": "乙局", "number": "1", "region": "370702"}

    assert corrected(before, after).keys() == {"statement", "issuer"}


# --- what must not be told in a text beside


MASKED = {
    "certificate": "birth-medical-certificate",
    "number": "X990000001",
    "holder": Holder(
        kind="person", name="欧阳小宝", identifier_type="passport", identifier="E1234 5678"
    ),
}
TOLD = [
    "号码 x-990000001",
    "Ｘ９９００００００１",
    "证号990000001",
    "第X99字0000001号",
    "护照e12345678",
    "潍坊市妇幼保健院（E 1234 5678）",
    "1 2 3 4 5 6 7 8",
]


@pytest.mark.parametrize("issuer", TOLD)
def test_a_text_does_not_tell_a_number_that_is_masked_beside_it(issuer):
    shown = json.dumps(form(**MASKED, issuer=issuer), ensure_ascii=False)

    assert issuer not in shown
    assert "12345678" not in identifier_form(shown)
    assert "990000001" not in identifier_form(shown)
    declared = Declaration(**MASKED)
    birth = CATALOGUE.certificates["birth-medical-certificate"]
    assert set(public_issuer(issuer, declared, birth)) == {"*"}


@pytest.mark.parametrize(
    ("number", "issuer"),
    [
        ("鲁某证字第12345号", "某院魯某證12345"),
        ("鲁某证字第12345号", "某院鲁某证（12345）"),
        ("青某12345", "⻘某-12345"),
        ("二○一○某12345", "二〇一〇某12345号"),
        ("编号：X990000001（副页）", "x99 0000001"),
        ("X99" + "\u200b" * 300 + "0000001", "X990000001"),
        ("X990000001", "Ｘ９９\u200b００００００１"),
    ],
)
def test_a_text_does_not_tell_it_in_any_spelling_in_which_it_is_the_number(
    number: str, issuer: str
) -> None:
    shown = form(**MASKED | {"number": number}, issuer=issuer)

    assert set(shown["issuer"]) == {"*"}
    assert "12345" not in shown["statement"]
    assert "0000001" not in shown["statement"]


@pytest.mark.parametrize("number", ["110105491231002", "11010519491231002X"])
@pytest.mark.parametrize(
    "issuer", ["某局110105491231002", "某局 110105 491231 002", "1101051949-1231002X"]
)
def test_an_id_is_told_in_neither_of_its_forms(number: str, issuer: str) -> None:
    holder = Holder(kind="person", name="张三丰", identifier="11010519491231002X")
    shown = form(
        "road-transport-practitioner-certificate", holder=holder, number=number, issuer=issuer
    )

    assert shown["number"] == "110*************2X"
    assert "491231" not in identifier_form(json.dumps(shown, ensure_ascii=False))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("鲁（2020）潍坊市不动产权第0012345号", "鲁（2020）潍坊市不动产权第0012345号"),
        ("编号：鲁（2020）潍坊市不动产权第 0012345 号", "鲁（2020）潍坊市不动产权第 0012345 号"),
        (
            "【证号】鲁〔2020〕潍坊市不动产权第0012345号（副本）",
            "鲁〔2020〕潍坊市不动产权第0012345号",
        ),
        ("（编号：鲁JZ安许证字［2021］997）", "鲁JZ安许证字［2021］997"),
        ("（鲁）JZ安许证字[2021]997", "（鲁）JZ安许证字[2021]997"),
        ("鲁JZ安许证字〔2021〕", "鲁JZ安许证字〔2021〕"),
        ('="0012"', "0012"),
        ("'0012", "0012"),
        ("“0012”", "0012"),
        ("1,234", "1,234"),
        ("№ A-0012", "A-0012"),
        ("⻘０１２\u200b３", "青０１２３"),
        ("某\U000e0100县第1号", "某县第1号"),
    ],
)
def test_a_number_is_shown_as_it_was_printed(typed: str, shown: str) -> None:
    assert form("real-estate-title", number=typed)["number"] == shown


def test_behind_a_licence_the_copy_is_shown_apart() -> None:
    code = "92379999MA0000023B"
    copy = form("business-license", number=f"统一社会信用代码：{code}（3－2）", copies="duplicate")
    original = form("business-license", number=f"{code}(1-1)", copies="original")

    assert (copy["number"], copy["copies"], copy["copy_number"]) == (code, "duplicate", "3-2")
    assert f"《营业执照》副本（编号3-2），统一社会信用代码：{code}" in copy["statement"]
    assert (original["number"], original["copy_number"]) == (code, None)
    assert f"《营业执照》正本，统一社会信用代码：{code}" in original["statement"]


@pytest.mark.parametrize("issuer", ["潍坊市妇幼保健院", "潍坊市第99医院", "12345热线"])
def test_other_texts_stay_as_they_were_typed(issuer):
    assert form(**MASKED, issuer=issuer)["issuer"] == issuer


def test_what_is_public_in_full_may_stand_in_a_text_too():
    issuer = "奎文区局 JY13799990000011 92379999MA0000023B"

    assert form(issuer=issuer)["issuer"] == issuer


def test_a_detail_does_not_tell_the_number_of_its_holders_document():
    shown = form(
        "road-transport-vehicle-certificate",
        number="379999000001",
        holder=Holder(
            kind="person", name="张三丰", identifier_type="passport", identifier="E12345678"
        ),
        details={"plate": "鲁GE12345678"},
    )

    assert "12345678" not in json.dumps(shown)


@pytest.mark.parametrize("holder", [ORGANISATION, PERSON], ids=["organisation", "person"])
@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("李四电话13800001234欠钱", "13800001234"),
        ("电话 １３８ ００００ １２３４", "00001234"),
        (f"身份证{ID}", ID[6:14]),
        (f"编号{WIDE_ID}号", ID[6:14]),
    ],
)
def test_an_unusual_number_tells_no_personal_number_that_stands_in_it(holder, number, told):
    shown = form(number=number, holder=holder)

    assert told not in identifier_form(json.dumps(shown, ensure_ascii=False))
    assert "*" in shown["number"]


@pytest.mark.parametrize("number", ["JY13799990000011", "食流通2011第7号", "X13800001234567"])
def test_other_numbers_are_shown_as_they_are(number):
    assert form(number=number)["number"] == number
