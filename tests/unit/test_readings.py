"""What a typed number says: which spellings are one number, and which are two."""

import sys
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from notices.facts import catalogue, readings
from notices.facts.characters import is_unseen, unified
from notices.facts.placeholders import is_masked, is_placeholder
from notices.facts.readings import bare_form, folded, normal_form, read, without_hyphens
from tests.properties import examples

OWN = catalogue.load()
CERTIFICATES = list(OWN.certificates.values())

# --- what is one number


ONE = {
    # A label before it, in every way in which people write one.
    "JY13799990000011": [
        "编号：JY13799990000011", "编号:JY13799990000011", "编号JY13799990000011",
        "编号 JY13799990000011", "编　号：JY13799990000011", "编 号 JY13799990000011",
        "證號：JY13799990000011", "編號 JY13799990000011", "編號:JY13799990000011",
        "证号JY13799990000011", "许可证编号为JY13799990000011", "许可证编号是 JY13799990000011",
        "食品经营许可证编号JY13799990000011", "《食品经营许可证》编号：JY13799990000011",
        "食品经营许可证号码 JY13799990000011", "许可证号（JY13799990000011）",
        "【编号】JY13799990000011", "[编号]：JY13799990000011", "（编号：JY13799990000011）",
        "「证号」JY13799990000011", "“编号：JY13799990000011”", '"证号:JY13799990000011"',
        "编号#JY13799990000011", "编号=JY13799990000011", "编号：编号：JY13799990000011",
        "No.JY13799990000011", "No. JY13799990000011", "NO:JY13799990000011",
        "ＮＯ．JY13799990000011", "no JY13799990000011", "№JY13799990000011",
        "№ JY13799990000011", "№:JY13799990000011", "Nº.JY13799990000011",
        "编号：No.JY13799990000011", "证号（No.）JY13799990000011", "编号/No.JY13799990000011",
        "许可证编号 Licence No.: JY13799990000011", "License No. JY13799990000011",
        "Certificate Number: JY13799990000011", "SN: JY13799990000011",
        # A copy behind it, or before it.
        "JY13799990000011(正本)", "JY13799990000011（副本）", "JY13799990000011〔副本〕",
        "JY13799990000011[正本]", "JY13799990000011【正本】", "JY13799990000011 正本",
        "JY13799990000011副本", "JY13799990000011（副 本）", "JY13799990000011-副本",
        "JY13799990000011，副本", "JY13799990000011(正副本)", "JY13799990000011（正、副本）",
        "JY13799990000011(正本、副本)", "JY13799990000011（副）", "JY13799990000011(正)",
        "JY13799990000011（副本2）", "JY13799990000011副本3-2", "JY13799990000011 副本 3－2",
        "JY13799990000011（副本）（3-2）", "JY13799990000011副本编号：3-2",
        "JY13799990000011（副本号：2）", "JY13799990000011（第2副本）",
        "JY13799990000011（第二副本）", "JY13799990000011（3-2副本）", "JY13799990000011副本二",
        "JY13799990000011副本(2-2)号", "(副本)JY13799990000011", "副本：JY13799990000011",
        "副本编号：JY13799990000011", "食品经营许可证（副本）编号：JY13799990000011",
        "编号：JY13799990000011（副本）", "编号：（正本）JY13799990000011",
        # Width, case, spaces, quotes, what programs put in, what nobody sees.
        "ＪＹ１３７９９９９０００００１１", "jy13799990000011", "JY1 3799 9900 0001 1",
        " JY13799990000011\u3000", "JY1\u00a037999\u200990000011", "JY-1-3799990000011",
        "JY1‑3799990000011", "JY1—3799990000011", "(JY)13799990000011", "〔JY1〕3799990000011",
        '="JY13799990000011"', "'JY13799990000011", "＝＂JY13799990000011＂",
        "JY13,799,990,000,011", "JY1·3799990000011", "JY1•3799990000011",
        "JY13799990000011号", "第JY13799990000011号", "JY字第13799990000011號",
        "JY1\u200b3799990000011", "\ufeffJY13799990000011", "JY1\u00ad3799990000011",
        "JY1\ufe0f3799990000011\ufe0e", "\u202aJY13799990000011\u202c", "JY1\u06603799990000011"
        .replace("\u0660", ""), "JY1٣٧٩٩٩٩٠٠٠٠٠١١",
    ],
    "鲁2020青州市不动产权0012345": [
        "鲁(2020)青州市不动产权第0012345号", "鲁（2020）⻘州市不动产权第0012345号",
        "魯（2020）青州市不動產權第0012345號", "鲁〔２０２０〕青州市 不动产权 第 0012345 号",
        "鲁【2020】青州市不动产权0012345", "鲁2020青州市不动产权第0012345",
        "鲁(2020)青州市不动产权第00-12345号",
        "不动产权证号：鲁(2020)青州市不动产权第0012345号",
        "不动产权证书编号：鲁(2020)青\ufe00州市不动产权第0012345号",
        "鲁(2020)青\U000e0101州市不动产权第0012345号",
    ],
    "二〇二〇1": ["二○二○第1号", "二◯二◯第1号", "二〇二〇第1号", "二〇二〇字①"],
    "三土房201001234": [
        "三土房(2010)字第01234号", "三⼟房(2010)字第01234号",
    ],
    "取水江宁2007B01159902": [
        "取⽔（江宁）字〔2007〕第B01159902号",
        "取水(江寧)字[2007]第b01159902號",
    ],
    "见习1": ["⻅习1", "見习1", "⾒习1"],
    "䶮城国用20101": ["䶮城国用(2010)第1号", "\ue863城国用(2010)第1号"],
    "新出发苏批N012": ["新出发(苏)批字第N-012号", "编号：新出发（苏）批字第N-012号",
    "新出发苏批N012"],
    "N012": ["N-012", "N012", "№N-012", "编号：N-012", "No. N-012"],
    "京东民证099": ["京东民证字第099号", "编号：京东民证字第099号", "登记证号 京东民证字第099号"],
    "某\U00031350县1": ["某\U00031350县1号", "某\U00031350\U000e0100县第1号"],
}  # fmt: skip


@pytest.mark.parametrize("normal", ONE)
def test_what_a_reader_takes_for_one_number_is_one(normal: str) -> None:
    for typed in ONE[normal]:
        reading = read(typed)

        assert reading.normal == normal, typed
        assert read(reading.written) == reading._replace(copy=None, copy_number=None), typed


COPIES = [
    # typed, copy, copy number; behind a licence's own code
    ("(1-1)", None, "1-1"),
    ("（3-2）", None, "3-2"),
    ("（ 3 － 2 ）", None, "3-2"),
    ("〔3-2〕", None, "3-2"),
    ("(3/2)", None, "3-2"),
    (" 1-1", None, "1-1"),
    ("-1-1", None, "1-1"),
    ("（编号：3-2）", None, "3-2"),
    ("(10-10)", None, "10-10"),
    ("(副本)", "duplicate", None),
    ("（正本）", "original", None),
    ("（正本）（1-1）", "original", "1-1"),
    ("副本编号：3-2", "duplicate", "3-2"),
    (" 副本编号 3-2", "duplicate", "3-2"),
    ("（副本）3-2", "duplicate", "3-2"),
    ("（副本）（3-2）", "duplicate", "3-2"),
    ("（3-2）（副本）", "duplicate", "3-2"),
    ("（副本3-2）", "duplicate", "3-2"),
    ("（副本 3—2）", "duplicate", "3-2"),
    ("〔副本〕", "duplicate", None),
    (" 副本 3－2", "duplicate", "3-2"),
    ("副本号：2", "duplicate", "2"),
    ("（副本2）", "duplicate", "2"),
    ("（副本二）", "duplicate", "2"),
    ("（第二副本）", "duplicate", "2"),
    ("第2副本", "duplicate", "2"),
    ("（第2本副本）", "duplicate", "2"),
    ("（正副本）", "both", None),
    ("（正、副本）", "both", None),
    ("正本及副本", "both", None),
    ("（正本）（副本）", "both", None),
    ("原件", "original", None),
]


@pytest.mark.parametrize(("behind", "copy", "number"), COPIES)
def test_a_copy_behind_a_number_is_read_apart(
    behind: str, copy: str | None, number: str | None
) -> None:
    licence = OWN.certificates["business-license"]

    for code in ("91379999MA09100782", "370799200012345"):
        for typed in (f"{code}{behind}", f"统一社会信用代码：{code}{behind}"):
            assert licence.read(typed) == (code, code, code, copy, number)


@pytest.mark.parametrize("behind", ["(1-1)", "（3-2）", " 1-1", "-1-1", "(3/2)"])
def test_where_there_are_no_copies_a_number_in_brackets_is_the_numbers_own(behind: str) -> None:
    reading = read(f"91379999MA09100782{behind}")

    assert reading.copy_number is None
    assert reading.normal != "91379999MA09100782"


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        # What only looks like a copy or a label is a part of the number.
        ("梯11闽E3699(16)", "梯11闽E369916"),
        ("沪浦药监械经营备20990012号（更）", "沪浦药监械经营备20990012更"),
        ("鲁DA531000001(3)", "鲁DA5310000013"),
        ("鲁卫公证字〔2099〕第379999-000001号", "鲁卫公证2099379999000001"),
        ("(鲁)XK13-204-00123", "鲁XK1320400123"),
        ("C379999S2099-0001", "C379999S20990001"),
        ("国用(2010)第12副本", "国用201012"),
        ("鲁(2020)第12号副本", "鲁202012"),
        ("12副本1-1-1", "12副本111"),
        ("12副本2012", "12副本2012"),
        ("副证字第012号", "副证012"),
        ("证字第012号", "证012"),
        ("NOVA123", "NOVA123"),
        ("NOX1", "NOX1"),
        ("N012", "N012"),
        ("号12", "12"),
        ("代理字第12号", "代理12"),
        ("编办字第12号", "编办12"),
        ("潍编号字第12号", "潍编12"),
        ("第二号：12", "二:12"),
    ],
)
def test_what_only_looks_like_a_label_or_a_copy_is_the_numbers_own(typed: str, normal: str) -> None:
    for each in (read(typed), read(typed, copies=True)):
        assert each.normal == normal


# --- what is two numbers


@pytest.mark.parametrize(
    "others",
    [
        # Nothing but what is named is ever dropped.
        ["12", "1/2", "1.2", "1:2", "1;2", "1+2", "1_2", "1~2", "1#2", "1@2", "1&2", "1|2", "1\\2",
         "1、2", "1。2", "1★2", "1☆2", "1●2", "1×2", "1?2", "1!2", "1%2", "1^2", "1$2", "1丶2",
         "1々2",
         "1一2", "1ー2",  "102", "l2", "I2", "1O2"],
        ["91379999MA09100782", "91379999MAO9100782", "9I379999MA09100782", "91379999MA0910078Z"],
        ["12〜34", "1234", "12.34"],
        ["★12", "12", "☆12"],
        ["二〇1", "二01", "201", "二O1"],
        ["X990000001", "×990000001", "Х990000001"],
        ["坊\U0003134d1", "坊\U00031350" "1", "坊1"],
        ["鲁1", "魯山1", "山1"],
        ["国用2003/0123", "国用20030123"],
    ],
)  # fmt: skip
def test_what_a_reader_takes_for_two_numbers_is_two(others: list[str]) -> None:
    assert len(set(map(normal_form, others))) == len(others)


@pytest.mark.parametrize("sign", "/.:;+_~#@&|\\、。★☆●×?!%^$丶〜…§©")
def test_no_sign_is_dropped_silently(sign: str) -> None:
    for typed in (f"12{sign}34", f"{sign}1234", f"1234{sign}"):
        assert normal_form(typed) != "1234"
        assert OWN.certificates["business-license"].normal_number(typed) != "1234"


_POINTS = [*range(0x20000), *range(0x20000, 0x40000, 16), *range(0x2F800, 0x2FA20)]
ROWS = [list(map(chr, _POINTS[place : place + 64])) for place in range(0, len(_POINTS), 64)]
"""Every character; of two planes that are Han alone every sixteenth, and all that stand there for
others."""


def test_of_all_single_characters_only_those_named_are_dropped() -> None:
    named = set("第字号號=,·•‧・∙⋅᛫⸱\"'`´<>-−⁃")
    # Where one is dropped from between its zeros, they are neighbours.
    suspects = [
        each
        for row in ROWS
        if "00" in without_hyphens(folded(f"0{'0'.join(row)}0"))
        for each in row
    ]

    dropped = [each for each in suspects if without_hyphens(folded(f"0{each}0")) == "00"]

    for each in dropped:
        plain = unified(each)
        assert (
            set(plain) <= named
            or is_unseen(each)
            or not plain.strip()
            or unicodedata.category(plain) in ("Pd", "Ps", "Pe", "Pi", "Pf")
        ), hex(ord(each))
    assert "〜" not in dropped


# --- certificates


@pytest.mark.parametrize(
    ("certificate", "one", "other", "same"),
    [
        ("social-organization-certificate", "社证字第5908-14号", "社证字第590814号", False),
        ("social-organization-certificate", "社证字第5908-14号", "社证5908－14", True),
        ("real-estate-title", "潍房权证奎文字第12345-1号", "潍房权证奎文字第123451号", False),
        ("real-estate-title", "鲁(2020)青州市不动产权第00-12号", "鲁2020青州市不动产权0012", True),
        ("food-operation-license", "JY1-3799990000011", "JY13799990000011", True),
        ("travel-agency-license", "L-SD-CJ00002", "LSDCJ00002", True),
        (
            "road-transport-operation-license",
            "鲁交运管许可济字379999000001号",
            "379999000001",
            True,
        ),
        ("road-transport-operation-license", "鲁交运管许可济字37999900号", "37999900", False),
        ("road-transport-practitioner-certificate", "110105491231002", "11010519491231002x", True),
        ("road-transport-practitioner-certificate", "110105491231003", "11010519491231002X", False),
        ("tobacco-retail-license", "110105491231002", "11010519491231002X", False),
        ("business-license", "91379999MA09100782(3-2)", "91379999MA09100782", True),
        ("company-seal", "3799990012345(3-2)", "3799990012345", False),
    ],
)
def test_a_certificate_says_what_else_is_one_number(
    certificate: str, one: str, other: str, same: bool
) -> None:
    normal = OWN.certificates[certificate].normal_number

    assert (normal(one) == normal(other)) is same


# --- what is no number


PLACEHOLDERS = [
    "无", "無", "无编号", "無編號", "无编码", "无号", "无号码", "无证号", "无此号", "无证件号",
    "暂无",
    "暂无编号", "没有", "没有编号", "没有编码", "没有刻编码", "旧章无编码", "老公章没有编码",
    "无统一社会信用代码", "不详", "不祥", "不明", "不清楚", "不知道", "不知道编号", "未知", "未填",
    "未提供", "编号不详", "号码不详", "证号：无", "编号：无", "编号遗失", "遗失", "已遗失",
    "遗失了",
    "遗失，编号不详", "丢失", "丢了", "原件丢失", "营业执照遗失", "证件丢失", "被盗", "损毁",
    "忘记了",
    "忘了号码", "记不清了", "记不住", "看不清", "号码看不清", "找不到", "见附件", "详见附件",
    "同上",
    "略", "空", "空白", "待补", "(无)", "“无”", '="无"', "无。", "无；", "无（副本）",
    "無（正本）", "/", "//",
    "\\", ".", "……", "。", "?", "？？", "#", "、", "0", "00", "000", "0000000000000000", "0-0",
    "０",
    "0号", "第0号", "第000号", "〇", "○○○", "O", "oo", "xx", "XXXX", "ＸＸＸ号", "N/A", "n/a", "NA",
    "none", "None.".rstrip("."), "null", "unknown", "Not available", "编号", "编号：",
    "证号", "证 号：", "No.", "№", "NO", "统一社会信用代码：", "许可证编号：",
    "食品经营许可证编号：",
    "登記證號", "Licence No.:", "正本", "（副本）", "编号（副本）",
]  # fmt: skip
NUMBERS = [
    "无棣国用(2010)第0123号", "无锡房权证字第00123号", "无为县林证字第1号", "空字第012号", "丢1",
    "遗失001",
    "无01", "0001", "0000001", "0-1", "00010", "忘字第1号", "没1", "缺字第1号", "略字001",
    "原字第1号",
    "失业证字第1号", "章字第1号", "X1", "XX-000002", "NA123", "NONE1", "N1", "O1", "O-1", "10",
    "〇一",
    "空军字第12号", "不1", "旧字第1号", "副1", "正1号", "1", "/1", "证1", "编1",
    "未央国用(2010)第12号",
    "无极县国用2001-12", "代码1", "同上1", "L-SD00001", "临时无字第1号",
]  # fmt: skip


def test_what_says_that_there_is_no_number_is_none() -> None:
    licence = OWN.certificates["business-license"]

    assert [each for each in PLACEHOLDERS if not is_placeholder(read(each))] == []
    assert [each for each in PLACEHOLDERS if not is_placeholder(licence.read(each))] == []


def test_what_merely_begins_like_a_placeholder_is_a_number() -> None:
    assert [each for each in NUMBERS if is_placeholder(read(each))] == []


@pytest.mark.parametrize(
    "typed",
    ["X990****01", "379*************37", "X990＊＊＊＊01", "X990∗∗01", "X990﹡01", "*", "***",
    "379×××37",
     "379●●●●37", "379■■37", "379□□37", "379####37", "379____37", "379......37", "379……37", "3*7",
     "编号：X9******01", "X990⋆⋆01"],
)  # fmt: skip
def test_a_number_with_stars_is_masked(typed: str) -> None:
    assert is_masked(typed)


def test_no_number_is_taken_for_a_masked_one() -> None:
    numbers = [*NUMBERS, *(each for ways in ONE.values() for each in ways)]

    assert [each for each in numbers if is_masked(each) and "#" not in each] == []


def test_no_example_and_no_form_of_the_catalogue_is_masked_or_a_placeholder() -> None:
    data = catalogue.read(catalogue.OWN_CATALOGUE)
    for each in data["certificates"]:
        forms = [form["example"] for form in each.get("number_forms", ()) if "example" in form]
        for number in (*each["examples"], *forms):
            assert not is_masked(number)
            assert not is_placeholder(read(number))


# --- properties


EXAMPLES = [(each, example) for each in CERTIFICATES for example in each.examples]
ORNAMENTS = "第字号號 -－—‑()（）[]〔〕【】「」,，=\"“”'·•\u3000\u200b\ufe0f\u00ad\ufeff"
LABELS = [
    "", "编号：", "编号", "证号 ", "No.", "№ ", "許可證編號：", "【证号】", "统一社会信用代码为 ",
    "（编号）",
]  # fmt: skip
BEHIND = ["", "", "(正本)", "（副本）", " 副本", "〔正本〕", "（正、副本）", "  "]
TRADITIONAL = str.maketrans("鲁证产权农药经动临济", "魯證產權農藥經動臨濟")
RADICALS = str.maketrans("青水大土方金食马", "⻘⽔⼤⼟⽅⾦⾷⻢")


def wide(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


@st.composite
def decorated(draw: st.DrawFn, example: str) -> str:
    """`example` in another of its spellings; ornaments stand where they change no hyphen."""
    choose = draw(st.randoms(use_true_random=False))
    spelled = []
    for each in example:
        ways = [
            each,
            each.lower(),
            wide(each),
            each.translate(TRADITIONAL),
            each.translate(RADICALS),
        ]
        unseen = choose.choice(["", "", "", " ", "\u200b", "\ufe0f", "\u00ad"])
        spelled.append(choose.choice(ways) + unseen)
    return choose.choice(LABELS) + "".join(spelled) + choose.choice(BEHIND)


@examples(2)
@given(st.data())
def test_however_an_example_is_decorated_it_is_the_same_number(data: st.DataObject) -> None:
    certificate, example = data.draw(st.sampled_from(EXAMPLES))
    typed = data.draw(decorated(example))

    assert certificate.normal_number(typed) == certificate.normal_number(example)
    assert certificate.normal_number(example) in OWN.normal_numbers(typed)


@examples(2)
@given(st.data())
def test_ornaments_anywhere_make_no_other_number(data: st.DataObject) -> None:
    certificate, example = data.draw(st.sampled_from(EXAMPLES))
    normal = certificate.normal_number(example)
    place = data.draw(st.integers(0, len(normal)))
    ornament = data.draw(st.text(ORNAMENTS, min_size=1, max_size=3))

    assert certificate.normal_number(normal[:place] + ornament + normal[place:]) == normal


KEPT = "0123456789ABCDXYZ鲁京某市权証木〇/.:;★#_~+\U00031350"


@examples(2)
@given(st.data())
def test_a_character_changed_or_added_makes_another_number(data: st.DataObject) -> None:
    certificate, example = data.draw(st.sampled_from(EXAMPLES))
    normal = certificate.normal_number(example)
    place = data.draw(st.integers(0, len(normal) - 1))
    other = data.draw(st.sampled_from(KEPT))
    changed = normal[:place] + other + normal[place + 1 :]
    longer = normal[:place] + other + normal[place:]

    assert certificate.normal_number(longer) != normal
    assume(read(other).normal != normal[place])
    assert certificate.normal_number(changed) != normal


PIECES = st.sampled_from(
    [
        *"编号证第字副本正无一二NO.№()（） -－:：=/★*鲁3210⑴㈠\u200b\u301c",
        "副本",
        "编号：",
        "(3-2)",
        "第2",
    ]
)
TEXTS = st.text(max_size=60) | st.lists(PIECES, max_size=20).map("".join)


@examples(3)
@given(TEXTS)
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    reading = read(text)

    assert normal_form(reading.normal) == reading.normal
    assert read(reading.hyphened).hyphened == reading.hyphened
    assert normal_form(reading.hyphened) == reading.normal
    assert bare_form(bare_form(text)) == bare_form(text)


@examples(0.5)
@given(TEXTS)
def test_it_is_so_by_the_rules_of_every_certificate(text: str) -> None:
    for certificate in CERTIFICATES:
        normal = certificate.normal_number(text)

        assert certificate.normal_number(normal) == normal


@examples(3)
@given(TEXTS)
def test_what_is_shown_of_a_number_reads_as_that_number(text: str) -> None:
    for copies in (False, True):
        reading = read(text, copies=copies)

        assert read(reading.written, copies=copies).normal == reading.normal


@given(st.text(), st.text())
@example("e", "\u0301")
def test_what_is_dropped_does_not_keep_neighbours_from_composing(left: str, right: str) -> None:
    normal = normal_form(f"{left}-{right}")

    assert normal_form(normal) == normal


def test_every_single_character_has_a_lasting_form() -> None:
    """Each stands between two zeros, which compose with nothing."""
    forms = [form for row in map("0".join, ROWS) if (form := folded(row)) != row]

    unstable = [form[:1] for form in forms if folded(form) != form]

    assert unstable == []


# --- what it costs


LONG = [
    "1" * 200, "\ufdfa" * 200, "(" * 200, "((1" * 66, ")" * 200, "（" * 100 + "1" + "）" * 100,
    "编号" * 100, "编号：" * 66, "编号：" * 66 + "1", "No." * 66 + "1", "副本" * 100,
    "1" + "（副本）" * 49,
    "1" + "(3-2)" * 39, " " * 200, "1 " * 100, "1" + " " * 198 + "1", "-" * 200, "1-" * 100,
    "鲁" * 200,
    "无" * 200, "没有" * 100 + "1", "NO" * 100, "N " * 100, "license " * 25, "号" * 200,
    "第" * 199 + "1",
    "证" * 199 + ":", "a\u0301" * 100, "\u0301" * 200, "1/" * 100, "*" * 200, "0" * 200,
    "=" * 199 + "1",
    "\"" * 199 + "1", "1,副本" * 50, "统一社会信用代码" * 25, "\U00031350" * 200, "⑴" * 200,
    "㈠" * 200,
]  # fmt: skip


def steps(text: str) -> int:
    """Python's steps while `text` is read and judged: the same on every machine."""
    counted = 0

    def count(frame: object, event: str, argument: object) -> object:
        nonlocal counted
        counted += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        for copies in (False, True):
            is_placeholder(read(text, copies=copies))
    finally:
        sys.settrace(before)
    return counted


def test_no_text_of_200_characters_takes_much_longer_to_read_than_another() -> None:
    for text in LONG:
        steps(text)  # what is remembered of characters is not counted
    plain = steps("鲁(2020)潍坊市不动产权第0012345号" * 8)

    slow = {text[:12]: steps(text) / plain for text in LONG if steps(text) > 30 * plain}

    assert slow == {}


@given(
    st.text("0123 ()（）〔〕[]-鲁字第号證正副编码CNABn一市权", max_size=16)
    | st.sampled_from(["鲁(2020)潍坊市不动产权第0012345号", "京卫公证字(2022)第01299号", "1 1-1"]),
    st.booleans(),
)
def test_a_number_that_is_read_at_once_is_read_as_any_other(text: str, copies: bool) -> None:
    at_once = readings._stands_alone
    read_at_once = readings.read(text, copies=copies)
    try:
        readings._stands_alone = lambda text, copies: False
        read_apart = readings.read(text, copies=copies)
    finally:
        readings._stands_alone = at_once

    assert read_at_once == read_apart
