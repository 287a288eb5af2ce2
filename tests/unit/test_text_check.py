"""What may stand in one text: nothing unseen, and nobody's numbers where it is published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.facts.masking import one_line
from notices.facts.text_check import text_problems
from tests.declared import FOOD, holder, problems


@pytest.mark.parametrize(
    ("issuer", "code"),
    [
        ("局" * 201, "too_long"),
        ("某局\n", "control_character"),
        ("某\u202e局", "control_character"),
        ("某\u202b局", "control_character"),
        ("\u2067某局\u2069", "control_character"),
        ("某\t局", "control_character"),
        ("某\u2028局", "control_character"),
        ("某\x85局", "control_character"),
        ("某\u2800局", "control_character"),
        ("某\ud800局", "control_character"),
        ("某\ufffe局", "control_character"),
        ("某局👍", "emoji"),
        ("某局⭐", "emoji"),
        ("某局❤\ufe0f", "emoji"),
        ("☎\ufe0f某局", "emoji"),
        ("某局✅", "emoji"),
        ("1\ufe0f\u20e3某局", "emoji"),
        ("🇨🇳某局", "emoji"),
        ("👨\u200d👩\u200d👧某局", "emoji"),
        ("🈶某局", "emoji"),
        ("某局👍🏻", "emoji"),
        ("138\u200b0000\u200b0000 某局", "personal_number"),
        ("110105\ufeff19491231\u2060002x", "personal_number"),
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
    "text",
    [
        "买买提·某某局",
        "某局（2020）第 5 号",
        "𰍐某局",
        "某局 2020-05-01",
        "1380000000",
        "9" * 18,
        "★某某店",
        "某☆店",
        "某※局",
        "●某◆局",
        "某™局",
        "某®局",
        "某®\ufe0f局",
        "№1某局",
        "某℃局",
        "某❤局",
        "☎某局",
        "某✓局",
        "某→局",
        "某①㈱局",
        "㊗某局",
        "㊗\ufe0f某局",
        "某■局",
        "♂某♀局",
        "葛\U000e0100某局",
        "葛\ufe00某局",
        "某\ufe0e局",
        "某\ufe0f局",
        "某\ufe0d局",
        "某\u200b局",
        "某\u200c\u200d局",
        "\ufeff某局",
        "某\u00ad局",
        "某\u2060局",
        "某\u3164局",
        "\u202d某局\u202c",
        "\u2066某局\u2069",
        "某\u200e局\u200f",
        "\u061c某局",
        "坊\U00031350局",
        "\U0002ebf0局",
        "\U00030000局",
        "\ue863局",
        "⻘州局",
    ],
)
def test_a_text_with_nothing_wrong_passes(text: str) -> None:
    assert list(text_problems("issuer", text, published=True)) == []
    assert problems(holder(FOOD, name=text)) == set()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\ufeff某\u200b局\u00ad", "某局"),
        ("\u202d某局\u202c", "某局"),
        ("\u2066某局\u2069\u200e", "某局"),
        ("某\u3164局\uffa0", "某局"),
        ("买\u200c买\u200d提", "买买提"),
        ("青\ufe0f州\ufe0e", "青州"),
        ("某®\ufe0f局", "某®局"),
        ("葛\U000e0100飾\ufe01", "葛\U000e0100飾\ufe01"),
        ("★某☆※局", "★某☆※局"),
        ("坊\U00031350", "坊\U00031350"),
        ("\ue863某", "䶮某"),
        ("  某　局 ", "某 局"),
        ("某\U000e0067\U000e007f局", "某局"),
    ],
)
def test_what_nobody_sees_is_not_shown_and_what_gives_a_letter_its_form_stays(
    text: str, shown: str
) -> None:
    assert one_line(text) == shown
    assert one_line(shown) == shown


@given(st.text(max_size=30))
def test_no_text_that_passes_is_shown_turned_round(text: str) -> None:
    if not list(text_problems("issuer", text, required=True)):
        assert one_line(text)
        assert not set(one_line(text)) & set(
            "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
        )


@pytest.mark.parametrize("text", ["\u200b", "\ufeff \u2060", "\u3164", "\u202d\u202c", "\ufe0f"])
def test_a_text_of_nothing_but_what_nobody_sees_is_empty(text: str) -> None:
    assert problems(holder(FOOD, name=text)) == {("holder.name", "required")}


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
