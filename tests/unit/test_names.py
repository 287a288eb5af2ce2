"""When two spellings are one name, and what a mask shows of one."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.agencies import Agency
from notices.facts.masking import mask_name
from notices.facts.names import name_form, same_name
from tests.declared import BIRTH, CHILD, problems

NAMES = st.text(
    st.one_of(
        st.sampled_from("张三 ·•（）()䶮\ue863⻘青İßŞ\u030cﬀ葛\U000e0100\u200b〇○．"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=12,
)


@pytest.mark.parametrize("dot", [*"·•‧・･∙⋅᛫⸱⸳.．․﹒。｡˙●⦁∘ꞏᐧ", " · ", "\u200b·", "··", "．．"])
def test_a_name_is_one_whatever_dot_it_is_written_with(dot: str) -> None:
    assert same_name("阿迪力·试样", f"阿迪力{dot}试样")


@pytest.mark.parametrize(
    "brackets",
    ["()", "（）", "[]", "［］", "【】", "〔〕", "〖〗", "〈〉", "《》", "<>", "{}", "｛｝", "﹙﹚",
     "「」", "『』", "⟨⟩", "〘〙", "〚〛", "﹝﹞", "︵︶"],
)  # fmt: skip
def test_a_name_is_one_whatever_brackets_it_is_written_with(brackets: str) -> None:
    assert same_name("某某（潍坊）有限公司", "某某{}潍坊{}有限公司".format(*brackets))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张䶮", "张\ue863"),
        ("⻘某", "青某"),
        ("⻢某", "马某"),
        ("⼀二三", "一二三"),
        ("某㈱公司", "某(株)公司"),
        ("ＡＢＣ公司", "abc公司"),
        ("某某 餐饮　店", "某某餐饮店"),
        ("John Smith", "JOHNSMITH"),
        ("STRASSE", "Straße"),
        ("Žižka", "Z\u030cizka".replace("izka", "iz\u030cka")),
        ("葛\U000e0100某", "葛某"),
        ("葛\ufe00某", "葛某"),
        ("青\ufe0f某", "青某"),
        ("张\u200b三", "张三"),
        ("张三\u202c", "\u202d张三"),
        ("\ufeff张三", "张三"),
        ("张\u00ad三", "张三"),
        ("二〇二〇公司", "二○二○公司"),
        ("Ⅱ号店", "II号店"),
        ("某１号店", "某1号店"),
        ("①店", "1店"),
        ("買買提·艾力", "買買提•艾力"),
    ],
)
def test_two_spellings_that_a_reader_takes_for_one_name_are_one(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张三", "张三三"),
        ("张三", "李三"),
        ("后某", "後某"),
        ("张某", "張某"),
        ("阿迪力·试样", "阿迪力试样"),
        ("某（潍坊）店", "某潍坊店"),
        ("某-店", "某店"),
        ("某1店", "某I店"),
        ("某★店", "某店"),
        ("坊\U00031350", "坊"),
        ("𠮷某", "吉某"),
        ("Žižka", "Zizka"),
        ("某(甲)店", "某)甲(店"),
        ("未某", "末某"),
        ("", "张三"),
        ("张三", " "),
        ("李\ue000", "李"),
        ("Şahin", "Sahin"),
        ("己某", "已某"),
        ("张，三", "张三"),
    ],
)
def test_two_names_that_a_reader_takes_for_two_are_two(one: str, other: str) -> None:
    assert not same_name(one, other)


@pytest.mark.parametrize(
    "issuer",
    ["潍坊市(奎文区)某局", "潍坊市〔奎文区〕某局", " 潍坊市（奎文区） 某局", "潍坊市(奎⽂区)某局"],
)
def test_an_agency_speaks_for_its_issuer_however_that_is_written(issuer: str) -> None:
    assert Agency("1", "某局", ("潍坊市（奎文区）某局",)).speaks_for(issuer)
    assert not Agency("1", "某局", ("潍坊市（坊子区）某局",)).speaks_for(issuer)


@given(NAMES)
def test_the_form_of_a_form_is_itself(name: str) -> None:
    assert name_form(name_form(name)) == name_form(name)


@given(NAMES, st.sampled_from(["\u200b", "\ufe0f", "\U000e0101", " ", "\u3000", "\u2060"]))
def test_what_nobody_sees_makes_no_other_name(name: str, unseen: str) -> None:
    composed = unicodedata.normalize("NFC", name)

    assert same_name(composed + unseen, unicodedata.normalize("NFKC", composed))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("葛\U000e0100某某", "葛\U000e0100*"),
        ("葛\ufe00某", "葛\ufe00*"),
        ("葛\U000e0100", "*"),
        ("青\ufe0f某", "青*"),
        ("⻘某", "青*"),
        ("\ue863某", "䶮*"),
        ("𠮷某", "𠮷*"),
        ("\U00031350某", "\U00031350*"),
        ("Z\u030ceman", "Z\u030c*"),
        ("欧\U000e0100阳某", "欧\U000e0100阳*"),
        ("⻄门某", "西门*"),
        ("⻄⻔某", "西门*"),
        ("司⻢某某", "司马*"),
        ("欧\u200b阳某", "欧阳*"),
        ("张\u200b三", "张*"),
        ("\u200b张", "*"),
        ("欧阳", "欧*"),
        ("诸\ufe00葛\U000e0101某", "诸\ufe00葛\U000e0101*"),
        ("阿迪力•试样", "阿*"),
        ("\u202d张三\u202c", "张*"),
    ],
)
def test_a_mask_shows_the_surname_as_its_owner_writes_it(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    "issuer",
    ["欧阳小宝", "欧 阳 小 宝", "歐陽小寶", "欧\u200b阳小宝", "欧•阳（小）宝", "某局欧阳小宝科",
     "欧\U000e0100阳小宝"],
)  # fmt: skip
def test_a_masked_name_is_found_in_a_public_text_however_it_is_written(issuer: str) -> None:
    named = BIRTH | {"holder": CHILD | {"name": "欧阳小宝"}, "relation": "parent"}

    assert problems(named | {"issuer": issuer}) == {("issuer", "personal_name")}
