"""What may stand in one text: nothing unseen, and nobody's numbers where it is published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.facts.text_check import text_problems
from tests.declared import FOOD, problems


@pytest.mark.parametrize(
    ("issuer", "code"),
    [
        ("局" * 201, "too_long"),
        ("某局\n", "control_character"),
        ("某\u202e局", "control_character"),
        ("某\u200b局", "control_character"),
        ("某\ud800局", "control_character"),
        ("某\u3164局", "control_character"),
        ("某局👍", "emoji"),
        ("联系 138-0000-0000", "personal_number"),
        ("８６１３８００００００００ 某局", "personal_number"),
        ("某局 110105 19491231 002x", "personal_number"),
        ("5 11010519491231002X", "personal_number"),
        ("某局110105491231002", "personal_number"),
        ("某局110105194912310021", "personal_number"),  # mistyped
    ],
)
def test_a_text_is_told_what_must_not_stand_in_it(issuer: str, code: str) -> None:
    assert problems(FOOD | {"issuer": issuer}) == {("issuer", code)}


@pytest.mark.parametrize(
    "issuer",
    ["买买提·某某局", "某局（2020）第 5 号", "𰍐某局", "某局 2020-05-01", "1380000000", "9" * 18],
)
def test_a_text_with_nothing_wrong_passes(issuer: str) -> None:
    assert problems(FOOD | {"issuer": issuer}) == set()


def test_only_published_text_is_searched_for_personal_numbers() -> None:
    number = "13800000000"

    assert list(text_problems("number", number)) == []
    assert [each.code for each in text_problems("issuer", number, published=True)] == [
        "personal_number"
    ]


@given(
    st.text("某局，。()abc ", max_size=20),
    st.sampled_from(["", " ", "-", " - "]),
    st.text("某局，。", max_size=5),
)
def test_a_mobile_number_is_found_wherever_it_stands_and_however_it_is_spaced(
    before: str, gap: str, after: str
) -> None:
    found = text_problems("issuer", f"{before}138{gap}0000{gap}0000{after}", published=True)

    assert [each.code for each in found] == ["personal_number"]
