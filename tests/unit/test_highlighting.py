"""Which parts of a text are marked as what was looked for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.highlighting import Marker
from search.understanding import understand


@pytest.mark.parametrize(
    ("text", "q", "parts"),
    [
        ("潍坊市奎文区梅思（第一）餐饮店", "梅思第一餐饮", ["梅思（第一）餐饮"]),
        ("潍坊市奎文区梅思餐饮店", "餐饮 奎文", ["奎文", "餐饮"]),
        ("鲁（2020）潍坊市奎文区不动产权第0012345号", "12345", ["12345"]),
        ("鲁（2020）奎文区不动产权第0012345号", "鲁2020奎文区不动产权0012345", [...]),
        ("食品经营许可证", "食品經營", ["食品经营"]),
        ("ＡＢＣ公司", "abc", ["ＡＢＣ"]),
        ("梅思梅思", "梅思", ["梅思梅思"]),
        ("老街杂货铺", "梅思", []),
        ("", "梅思", []),
    ],
)
def test_what_was_typed_is_marked(text: str, q: str, parts: list[str]) -> None:
    wanted = [text if part is ... else part for part in parts]

    assert [text[begin:end] for begin, end in Marker(understand(q)).marks(text)] == wanted


def test_where_a_query_is_nearly_right_what_is_alike_is_marked() -> None:
    meant = replace(understand("潍坊梅司餐饮店"), approximate=True)

    assert Marker(meant).marks("潍坊梅思餐饮店") == [[0, 3], [4, 7]]


@given(st.text(max_size=40), st.text(max_size=20))
def test_marks_are_in_order_and_inside_the_text(text: str, q: str) -> None:
    found = Marker(understand(q)).marks(text)
    flat = [place for part in found for place in part]

    assert flat == sorted(set(flat))
    assert all(0 <= place <= len(text) for place in flat)
