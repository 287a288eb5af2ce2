"""Which fonts draw what: our own, then the machine's, and 〓 for what none of them has."""

import unicodedata
from pathlib import Path

import pylopdf_fonts_zh_cn
import pytest

from notices.print import faces
from notices.print.faces import UNSEEN, Type
from tests.printed import needs_fonts
from tests.printed import no_other_fonts as no_other_fonts

ORDINARY = (
    "潍坊市奎文区某某餐饮店（统一社会信用代码：92379999MA0000023B）不慎遗失，现声明作废。\n䶮〓★"
)


def test_ordinary_text_looks_for_no_font_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(faces, "_machines_faces")
    needed = Type()

    assert needed.set(ORDINARY) == ORDINARY
    assert (needed.families, needed.words, needed.lacking) == ([], {}, {})


def test_our_own_fonts_come_before_those_of_the_machine() -> None:
    """Of two fonts of one name typst takes the first, and many machines have a Noto Sans SC."""
    ours = [Path(font.path or "").parent for font in faces.fonts(machine=True).fonts()[:2]]

    assert ours == [pylopdf_fonts_zh_cn.serif_path().parent] * 2
    assert set(faces.fonts(machine=False).families()) == {"Noto Sans SC", "Noto Serif SC"}


@needs_fonts
@pytest.mark.parametrize(
    ("text", "families"),
    [
        ("𠮷", ["Noto Serif CJK SC"]),
        ("\U0002a6d6\U0002b820\U0002ebe0", ["HanaMinB"]),  # extensions B, E and F
        ("\U00030000\U00031350", ["BabelStone Han"]),  # extensions G and H
        ("한국어", ["Noto Serif CJK SC"]),
        ("Ş", ["Noto Serif"]),
        ("Ž", ["Noto Serif"]),
        ("Ḧ", ["Noto Serif"]),
        ("Әсел Қайратқызы", ["Noto Serif"]),
        ("ئابدۇرېھىم ئوبۇلقاسىم ۋاڭ گۈلچېھرە ھۈرنىسا", ["Noto Naskh Arabic"]),
        ("བསྟན་འཛིན", ["Noto Serif Tibetan"]),
        ("ᠮᠣᠩᠭᠣᠯ", ["Noto Sans Mongolian"]),
        ("ꆈꌠ", ["Noto Sans Yi"]),
        ("ᥖᥭᥰ", ["Noto Sans Tai Le"]),
        ("𠮷 Ž ع", ["Noto Serif CJK SC", "Noto Serif", "Noto Naskh Arabic"]),
        # A selector of a variant, or of how a sign is drawn, needs no type of its own.
        ("𠮷\U000e0101", ["Noto Serif CJK SC"]),
        ("葛\U000e0100\ufe00☎\ufe0e★\ufe0f", []),
        # Marks stand on the letters before them, in one font with them.
        ("S\u0327", ["Noto Serif"]),
        ("é\u0331", ["Noto Serif"]),
        ("ᄒ\u1161\u11ab", ["Noto Serif CJK SC"]),
        # What is private in GBK has long had a code point of its own.
        ("\ue863\ue81a", []),
        ("\ue818", []),
    ],
)
def test_what_our_fonts_lack_is_drawn_by_the_font_that_fits_best(
    text: str, families: list[str]
) -> None:
    needed = Type()
    needed.set(f"张{text}不慎遗失")

    assert needed.families == families
    assert list(needed.lacking) == []


@needs_fonts
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Şamurat", ["Şamurat"]),
        ("持证人MEHMET GÜLŞEN OĞLU不慎遗失", ["MEHMET GÜLŞEN OĞLU"]),
        ("Jean-Žak d'Ḧ. 不慎遗失", ["Jean-Žak d'Ḧ"]),
        ("Žan（英文名Ahmet）、Ahmet", ["Žan"]),
        ("ئادىل يۈسۈپ 不慎遗失 Adil", ["ئادىل يۈسۈپ"]),
        ("Adil ئادىل Žan", ["ئادىل", "Žan"]),
        ("Nguyễn Thị Ánh Tuyết", []),
        ("JY13799990000011 Ltd.", []),
    ],
)
def test_a_name_is_drawn_by_one_font_as_a_whole(text: str, words: list[str]) -> None:
    needed = Type()
    needed.set(text)

    assert list(needed.words) == words


@pytest.mark.parametrize(
    "letter",
    [
        "\x00", "\x07", "\u0378", "\u200b", "\u202e", "\u2066", "\ue000", "\ufffd",
        "\U000f0001", "\U0010ffff",
    ],
)  # fmt: skip
def test_what_no_text_should_hold_is_never_drawn_whatever_fonts_have_it(letter: str) -> None:
    """A sign that is drawn as nothing, or turns the text around, hides what a notice says."""
    needed = Type()

    assert needed.set(f"张{letter}三") == "张〓三"
    assert list(needed.lacking) == [letter]


@pytest.mark.usefixtures("no_other_fonts")
def test_without_other_fonts_all_that_ours_lack_is_told_once_and_in_order() -> None:
    needed = Type()

    assert needed.set("张\U0002a3ed한张\U0002a3edŞamurat 葛\U000e0100") == (
        "张〓〓张〓〓amurat 葛\U000e0100"
    )
    assert list(needed.lacking) == ["\U0002a3ed", "한", "Ş"]
    assert (needed.families, needed.words) == ([], {})


@pytest.mark.usefixtures("no_other_fonts")
def test_a_letter_is_shown_without_the_mark_that_no_font_has_for_it() -> None:
    needed = Type()

    assert needed.set("某\u0331\u0331é\u0332") == "某〓〓é〓"
    assert list(needed.lacking) == ["\u0331", "\u0332"]


@needs_fonts
def test_a_number_behind_a_name_in_arabic_letters_is_not_turned_around() -> None:
    mark = "\N{LEFT-TO-RIGHT MARK}"

    assert Type().set("ئ* 37") == f"ئ{mark}* 37"
    assert Type().set("Adil ئادىل يۈسۈپ 92") == f"Adil ئادىل يۈسۈپ{mark} 92"


def test_a_broken_font_of_the_machine_has_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "broken.ttf").write_bytes(pylopdf_fonts_zh_cn.serif_path().read_bytes()[:3000])

    assert ord("一") not in faces._characters(tmp_path / "broken.ttf", 0)
    assert "broken.ttf" in caplog.text


def test_only_what_is_not_seen_needs_no_type() -> None:
    assert all(unicodedata.category(letter) in ("Mn", "Cf") for letter in UNSEEN)
