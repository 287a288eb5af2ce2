"""Numbers inside of what people write, wherever they begin and end."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.sentences import MOST_FORMS, left_over, numbers_in, parts, without


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("我丢了京东民证字第099号登记证书", {"京东民证099"}),
        ("丢失 新出发(苏)批字第N-012号 许可证", {"新出发苏批N012"}),
        ("营业执照正副本，注册号379999600176911，声明作废", {"379999600176911"}),
        ("公章（编码3799990012345）和财务章3799990012346", {"3799990012345", "3799990012346"}),
        ("两本：JY13799990000011 JY13799990000022", {"JY13799990000011", "JY13799990000022"}),
        ("请问甬（2016）宁波市 不动产权第 158599 号还有效吗？", {"甬2016宁波市不动产权158599"}),
        ("社证字第 3099-14号不见了", {"社证309914"}),
        ("执照91379999MA09100782(1-1)副本丢失", {"91379999MA09100782"}),
        ("道路运输证鲁A-Z12丢了", {"鲁AZ12"}),
        ("L-SD-CJ00002-WFFS001遗失", {"LSDCJ00002WFFS001"}),
        ("證號：ＪＹ１３７９９９９００００１１１", {"JY13799990000111"}),
    ],
)
def test_a_whole_number_is_among_those_that_a_sentence_may_hold(
    typed: str, numbers: set[str]
) -> None:
    found = {form for part in parts(typed) for form in numbers_in(part)}

    assert numbers <= found


@pytest.mark.parametrize(
    "typed", ["我家在3号楼", "2020年", "潍坊梅思餐饮店", "电话 12345", "", "！？"]
)
def test_few_digits_are_no_number(typed: str) -> None:
    pure = {form for part in parts(typed) for form in numbers_in(part) if form.isdecimal()}

    assert pure == set()


def test_the_longest_form_comes_first_since_it_is_the_surest() -> None:
    assert numbers_in("我丢了京东民证字第099号")[0] == "我丢了京东民证099"
    assert numbers_in("我丢了京东民证字第099号")[-1] == "证099"


@given(st.text(max_size=200))
def test_every_form_is_a_part_of_what_was_typed(typed: str) -> None:
    for part in parts(typed):
        for form in numbers_in(part):
            assert any(map(str.isdigit, form))
            assert len(form) >= 4


def test_a_long_text_costs_little_and_asks_for_no_more_than_can_be_asked() -> None:
    began = time.process_time()
    found = [numbers_in(part) for part in parts("京1" * 2000)]

    assert time.process_time() - began < 2
    assert max(map(len, found)) <= MOST_FORMS


def test_what_is_no_number_is_left_over() -> None:
    assert left_over("我丢了京东民证099登记证书", ["京东民证099"]) == ["我丢了", "登记证书"]
    assert left_over("京东民证099", ["京东民证099"]) == []
    assert without("遗失声明副本", {"副本", "声明", "遗失"}) == ""
    assert without("某某遗失", {"遗失"}) == "某某"
