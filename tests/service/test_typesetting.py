"""A sheet of paper: the same bytes for the same data, whatever the data hold."""

import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notices.print import faces, typesetting
from notices.print.typesetting import Attachment, lacking, qr_code, typeset
from tests.printed import QR, needs_fonts, needs_poppler, run, sheet, text_of, unbroken
from tests.printed import no_other_fonts as no_other_fonts

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MARKUP = '#panic("x") $x^2$ \\u{41} ] } { [ "q" \'s\' @ref <label> *b* _i_ `r` // /* -- ~ = # \\'


def pdf(**changes: Any) -> bytes:
    return typeset(sheet(**changes), QR, Attachment("a.tlog-proof", "proof", "a"), AT)


def fonts_in(made: bytes, folder: Path) -> list[str]:
    """The fonts of a file, all of which are in it, in part, with what their letters mean."""
    (folder / "fonts.pdf").write_bytes(made)
    fonts = [line.split() for line in run("pdffonts", folder / "fonts.pdf").splitlines()[2:]]
    assert all(font[-5:-2] == ["yes", "yes", "yes"] for font in fonts)
    return sorted(font[0].split("+")[1] for font in fonts)


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert pdf() == pdf()
    assert pdf() != pdf(statement="某某不慎遗失某证。")


def test_a_sheet_is_an_archivable_and_accessible_pdf_with_its_fonts_in_it() -> None:
    made = pdf()

    assert b"<pdfaid:part>3</pdfaid:part>" in made
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in made
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert made.count(b"/FontFile3") == 2
    assert len(made) < 60_000


@needs_poppler
def test_what_the_fonts_of_the_project_have_is_set_in_them_alone(tmp_path: Path) -> None:
    assert fonts_in(pdf(statement="Αα Жж 中文 abc 㐀 ★"), tmp_path) == [
        "NotoSansSC-Regular-Identity-H",
        "NotoSerifSC-Regular-Identity-H",
    ]


RARE = "𠮷\U0002ebe0\U00030000·Şamurat OĞLU、ئادىل يۈسۈپ不慎遗失"


@needs_fonts
@needs_poppler
def test_what_they_lack_is_drawn_by_fonts_of_the_machine_and_copied_as_it_was_typed(
    tmp_path: Path,
) -> None:
    made = pdf(statement=RARE, facts=[["持证人", RARE]])

    assert unbroken(text_of(made, tmp_path)).count(unbroken(RARE)) == 2
    assert fonts_in(made, tmp_path) == [
        "BabelStoneHan",
        "HanaMinB",
        "NotoNaskhArabic-Regular",
        "NotoSansSC-Regular-Identity-H",
        "NotoSerif-Regular",
        "NotoSerifCJKsc-Regular-Identity-H",
        "NotoSerifSC-Regular-Identity-H",
    ]
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in made
    assert len(made) < 80_000
    assert pdf(statement=RARE, facts=[["持证人", RARE]]) == made


@needs_fonts
@needs_poppler
def test_an_arabic_name_runs_from_right_to_left_inside_a_chinese_sentence(tmp_path: Path) -> None:
    boxes = text_of(pdf(statement="持证人 ئادىل يۈسۈپ 不慎遗失"), tmp_path, "-bbox")

    def left(word: str) -> float:
        [box] = [line for line in boxes.splitlines() if word in line]
        return float(box.split('xMin="')[1].split('"')[0])

    # Poppler gives the letters of such words as they stand, from left to right.
    assert left("持证人<") < left("يۈسۈپ"[::-1]) < left("ئادىل"[::-1])


@needs_fonts
@needs_poppler
@pytest.mark.parametrize("number", ["92379999MA0000023B", "37**************07", "1-2 3（4）"])
def test_a_number_behind_an_arabic_name_is_not_turned_around(tmp_path: Path, number: str) -> None:
    text = unbroken(text_of(pdf(statement=f"ئادىل يۈسۈپ {number}"), tmp_path))

    assert unbroken(f"遗失声明 ئادىل يۈسۈپ {number}已更正") in text


@needs_fonts
@needs_poppler
def test_a_font_that_cannot_draw_what_it_says_it_has_stops_no_notice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As when it is removed while the service runs."""
    ours = faces.fonts(machine=False)
    assert lacking(RARE) == []
    monkeypatch.setattr(faces, "fonts", lambda machine: ours)
    made = pdf(statement=RARE)

    assert "〓〓〓·〓amuratO〓LU、〓〓〓〓〓" in unbroken(text_of(made, tmp_path))
    assert "HanaMinB" in caplog.text


@needs_poppler
@pytest.mark.parametrize("place", ["statement", "site", "signed", "footer", "numbered"])
def test_markup_is_text(tmp_path: Path, place: str) -> None:
    # As the file has it: else Poppler takes a hyphen at a line's end for no part of a word.
    assert unbroken(MARKUP) in unbroken(text_of(pdf(**{place: MARKUP}), tmp_path, "-raw"))


@needs_poppler
@pytest.mark.parametrize(
    "text",
    [
        "某" * 200,
        "W" * 31,
        "W" * 200,
        "1" * 200,
        "（" * 200,
        "a-" * 100,
        "Wort " * 40,
        "〓，" * 100,
        "，" * 200,
        "م" * 200,
    ],
)
def test_text_however_long_stays_on_the_page(tmp_path: Path, text: str) -> None:
    made = pdf(
        statement=text,
        facts=[["持证人", text]],
        history={
            "title": "历史", "events": [{"kind": text, "at": "", "entry": "", "text": text}]
        },
    )  # fmt: skip
    boxes = text_of(made, tmp_path, "-bbox")

    rights = [float(part.split('"')[1]) for part in boxes.split("xMax=")[1:]]
    assert len(rights) > 20
    # The empty half of a comma at a line's end may hang over.
    assert max(rights) <= 595.3 - 62.3 + 7
    assert run("pdfinfo", tmp_path / "printed.pdf").count("A4") == 1


def card(**changes: Any) -> dict[str, Any]:
    return {
        "site": "遗失声明公示", "numbered": "公告编号", "number": "3707-0000-0123-58",
        "status": {"word": "已声明作废", "meanings": ["请不要接受它。"]},
        "statement": ["某某不慎遗失某证，现声明作废。"], "notes": [], "how": ["扫码"],
        "at": ["状态截至 2026-11-24"],
    } | changes  # fmt: skip


@needs_poppler
@pytest.mark.parametrize("text", ["某" * 200, "W" * 23, "W" * 200])
def test_no_text_is_cut_off_at_the_edge_of_a_picture(tmp_path: Path, text: str) -> None:
    """Asked of the same card as a page, since nobody reads where letters stand from pixels."""
    made = typesetting._made("card.typ", card(statement=[text]), {"qr": QR}, {"format": "pdf"})
    boxes = text_of(made, tmp_path, "-bbox")

    rights = [float(part.split('"')[1]) for part in boxes.split("xMax=")[1:]]
    assert max(rights) <= (90 - 6) * 72 / 25.4 + 6  # the empty half of a comma may hang over


@pytest.mark.usefixtures("no_other_fonts")
@needs_poppler
def test_what_the_fonts_lack_is_explained_on_a_picture(tmp_path: Path) -> None:
    rare = "张\U0002a3ed"
    noted = typesetting.noted(card(statement=[rare]), rare, "没有的字：{points}")
    made = typesetting._made("card.typ", noted, {"qr": QR}, {"format": "pdf"})

    assert "没有的字：U+2A3ED" in text_of(made, tmp_path)


NAMES = (
    "Weifang International Advanced Manufacturing Technology Engineering Consulting Services "
    "(Group) Co., Ltd. 不慎遗失《营业执照》副本，统一社会信用代码：92379999MA0000023B，现声明作废。"
)
CODES = "遗失第一号、JY13799990000011、JY13799990000012、JY13799990000013、JY13799990000014。"


@needs_poppler
@pytest.mark.parametrize(
    "text",
    [
        NAMES,
        CODES,
        "某某不慎遗失https://www.example.com/" + "abcdefgh" * 7 + "某证，现声明作废。",
        "潍坊国际先进制造技术工程咨询服务（集团）股份有限公司（统一社会信用代码："
        "92379999MA0000023B）不慎遗失《食品经营许可证》，编号：JY13799990000011，现声明作废。",
    ],
)
def test_no_line_is_torn_apart_to_fill_it(tmp_path: Path, text: str) -> None:
    """Between neighbours on a line there is never more than a wide blank."""
    boxes = text_of(pdf(statement=text, facts=[], marks=[], notes=[]), tmp_path, "-bbox")
    words = [
        tuple(float(part.split('"')[0]) for part in line.split('="')[1:5])
        for line in boxes.splitlines()
        if "<word " in line
    ]
    gaps = [
        right[0] - left[2]
        for left, right in itertools.pairwise(words)
        if left[1] == right[1] and right[3] - right[1] > 12  # the statement is set large
    ]

    assert all(gap < 0.35 * 14 for gap in gaps), gaps


@needs_poppler
def test_a_number_is_not_cut_where_a_line_may_end_beside_it(tmp_path: Path) -> None:
    lines = text_of(pdf(statement=CODES), tmp_path).splitlines()

    for number in range(11, 15):
        assert any(f"JY137999900000{number}" in line for line in lines)


@needs_poppler
def test_a_long_run_is_copied_without_anything_between_its_letters(tmp_path: Path) -> None:
    text = "".join(f"{number:x}" for number in range(80))

    assert text in text_of(pdf(statement=text), tmp_path).replace("\n", "")


@pytest.mark.usefixtures("no_other_fonts")
def test_what_the_fonts_lack_is_told_once_and_in_order() -> None:
    assert lacking("张\U0002a3ed한张\U0002a3ed😀") == ["\U0002a3ed", "한", "😀"]
    assert lacking("䶮㛃昇堃喆䲟𬇙𬭊𨱏㑇㵑𪨰䥽鿏𬸣·《》—…０Ａ〓\n 1aZ") == []
    assert lacking("\ue000\ufffd\U000f0001\x00\x07\u200b") == list(
        "\ue000\ufffd\U000f0001\x00\x07\u200b"
    )


@pytest.mark.usefixtures("no_other_fonts")
@needs_poppler
def test_what_the_fonts_lack_is_printed_as_printers_do(tmp_path: Path) -> None:
    text = text_of(pdf(statement="张\U0002a3ed不慎遗失"), tmp_path)

    assert "张〓不慎遗失" in text


ANY_LETTER = st.one_of(
    st.characters(codec="utf-8"),
    # What has to be drawn together, by one font.
    st.sampled_from("某𠮷Şéصक한👨ㄅ\u0331\u0327\u064b\u093f\u11ab\u200d\ufe0f\u20dd·- *1（"),
)


@settings(max_examples=150)
@given(st.text(ANY_LETTER, max_size=60))
def test_no_text_at_all_stops_the_press(text: str) -> None:
    assert pdf(statement=text, facts=[[text, text]], site=text).startswith(b"%PDF-1.7")


def test_all_ideographs_of_the_basic_plane_can_be_printed() -> None:
    """So can those beyond it that the national table has for names and places."""
    assert lacking("".join(map(chr, range(0x4E00, 0x9FEB)))) == []
    assert lacking("".join(map(chr, range(0x3400, 0x4DB6)))) == []
    assert lacking("𠅤𠙶𠳐𡎚𡐓𣗋𣲗𣲘𤧛𤩽𤫉𥔲𥕢𥖨𥻗𦈡𦒍𦙶𦝼𦭜𦰡𧿹𨐈𨙸𨚕𨟠𨭉𨱇𨱏𨱑𨱔𨺙𩽾𩾃𩾌") == []


def test_a_qr_code_has_its_quiet_zone_and_the_best_correction_that_costs_nothing() -> None:
    small = qr_code("http://testserver.example/notices/37070000012358")

    # 48 bytes: version 3 has 29 modules a side, and 4 are left white on each.
    assert 'viewBox="0 0 37 37"' in small
    assert "M4 4.5h7" in small
    assert 'viewBox="0 0 185 185"' in qr_code("x" * typesetting.LARGEST_QR_CODE)
