"""Days as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.facts.dates import read_day

MAY_DAY = "2020-05-01"


@pytest.mark.parametrize(
    "text",
    [
        "2020-05-01",
        "2020-5-1",
        "2020年5月1日",
        "2020年05月01日",
        "2020 年 5 月 1 日",
        "2020年5月1号",
        "2020年5月1",
        "2020/5/1",
        "2020/05/01",
        "2020.5.1",
        "2020.05.01.",
        "2020. 5. 1",
        "2020,5,1",
        "2020、5、1",
        "2020。5。1",
        "2020·5·1",
        "2020 5 1",
        "2020—5—1",
        "2020–05–01",
        "20200501",
        "２０２０年５月１日",
        "２０２０－０５－０１",
        "２０２００５０１",
        " 2020-05-01 ",
        "2020-05-01 00:00:00",
        "2020/5/1 0:00",
        "2020-05-01T00:00:00",
        "公元2020年5月1日",
        "二〇二〇年五月一日",
        "二零二零年五月一日",
        "二○二○年五月一日",
        "二〇二○年〇五月〇一日",
        "二O二O年五月一日",
        "二０二０年五月一日",
        "\u200e2020/\u200e5/\u200e1",  # as Windows writes a day
        "\ufeff2020-05-01",
        "贰零贰零年伍月壹日",
    ],
)
def test_one_day_is_read_however_it_is_written(text: str) -> None:
    assert read_day(text) == MAY_DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("二〇一九年十二月三十一日", "2019-12-31"),
        ("一九九八年十月十日", "1998-10-10"),
        ("一九九八年十一月二十日", "1998-11-20"),
        ("二〇〇八年八月廿九日", "2008-08-29"),
        ("二〇〇八年一月卅一日", "2008-01-31"),
        ("二OO八年二月二十九日", "2008-02-29"),
        ("2020年12月31日", "2020-12-31"),
        ("2020.12.1", "2020-12-01"),
    ],
)
def test_months_and_days_of_two_digits_are_read(text: str, day: str) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "昨天", "2020", "2020年", "2020年5月", "202005", "2020-13-1", "2020-00-01",
        "2020-2-30", "2019年2月29日", "二〇一九年二月二十九日", "5/1/2020", "1.5.2020", "01052020",
        "20-5-1", "20年5月1日", "2020-5-1至2020-5-3", "2020-5-1 12:30", "2020年5月1日左右",
        "民国109年5月1日", "二〇二〇年十三月一日", "二〇二〇年五月三十二日", "二〇二〇年五月廿廿日",
        "20200532", "020-05-01", "2020--", "٢٠٢٠/٥/١", "2020年5月1日\u202e", "2020-5-1-1",
    ],
)  # fmt: skip
def test_what_names_no_day_or_not_only_one_is_not_guessed(text: str) -> None:
    assert read_day(text) is None


@given(st.dates())
def test_every_day_is_read_back(day: date) -> None:
    for written in (
        f"{day.year:04}年{day.month}月{day.day}日",
        f"{day.year:04}/{day.month}/{day.day}",
        f"{day.year:04}{day.month:02}{day.day:02}",
    ):
        assert read_day(written) == day.isoformat()


@given(st.text(max_size=20))
def test_no_text_is_too_odd(text: str) -> None:
    assert read_day(text) is None or len(read_day(text) or "") == 10
