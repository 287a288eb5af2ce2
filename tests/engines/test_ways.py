"""Every number as it is printed, in the forms in which people type it, without any engine."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from notices.deployment import Deployment
from notices.facts.readings import bare_form
from notices.finding.vocabulary import vocabulary_of
from search.understanding import Understood, understand
from search.vocabulary import Vocabulary
from search.ways import settled, steps

FILE = Path(__file__).parents[1] / "data" / "printed-numbers.csv"
PRINTED = [tuple(row) for row in csv.reader(FILE.read_text("utf-8").splitlines())][1:]
TRADITIONAL = str.maketrans("号证产东经许机车", "號證產東經許機車")
BRACKETS = str.maketrans("()（）〔〕[]", "（）〔〕[]()")


def wide(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


FORMS: dict[str, Callable[[str, str], str]] = {
    "as printed": lambda number, name: number,
    "编号：": lambda number, name: f"编号：{number}",
    "证号 ": lambda number, name: f"证号 {number}",
    "No. ": lambda number, name: f"No. {number}",
    "without 第 and 号": lambda number, name: re.sub("[字第号]", "", number),
    "small and wide": lambda number, name: wide(number.lower()),
    "traditional": lambda number, name: number.translate(TRADITIONAL),
    "other brackets": lambda number, name: number.translate(BRACKETS),
    "(副本)": lambda number, name: f"{number}(副本)",
    " 正本": lambda number, name: f"{number} 正本",
    "named": lambda number, name: f"{name}{number}",
    "named and labelled": lambda number, name: f"遗失{name}，编号：{number}",
    "named behind": lambda number, name: f"{number} {name}遗失",
    "in a sentence": lambda number, name: f"我丢了{number}登记证书",
    "in a statement": lambda number, name: f"某某遗失{name}正副本，编号{number}，声明作废。",
    "in a question": lambda number, name: f"请问 {number} 是不是作废了？",
}


@pytest.fixture(scope="module")
def vocabulary(deployment: Deployment) -> Vocabulary:
    return vocabulary_of(deployment)


def asks_for(way: Understood, numbers: set[str], certificate: str) -> bool:
    """Whether a way asks for one of a notice's `numbers` and for nothing that it has not."""
    if way.certificate not in (None, certificate) or way.words or way.beside or way.sounds:
        return False
    whole = bool(way.whole) and all(numbers & set(forms) for forms in (way.whole, *way.also))
    return whole or (bool(way.numbers) and set(way.numbers) <= numbers)


@pytest.mark.parametrize("form", FORMS)
def test_a_printed_number_is_asked_for_in_every_form_that_people_type(
    deployment: Deployment, vocabulary: Vocabulary, form: str
) -> None:
    missed = []
    for id, number, document in PRINTED:
        certificate = deployment.catalogue.certificates[id]
        reading = certificate.read(number)
        numbers = {bare_form(reading.normal), bare_form(reading.written)}
        typed = FORMS[form](number, document or certificate.documents[0].name.zh)
        ways = [way for step in steps(understand(typed, vocabulary), vocabulary) for way in step]
        if not any(asks_for(way, numbers, id) for way in ways):
            missed.append(typed)

    assert missed == []


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("京东民证字第099号", "京东民证099"),
        ("编号：京东民证字第099号", "京东民证099"),
        ("登记证号:京东民证字第099号(副本)", "京东民证099"),
        ("新出发(苏)批字第N-012号", "新出发苏批N012"),
        ("No.N-012", "N012"),
        ("副本编号：3-2 鲁A12", "鲁A12"),
        ("91379999MA09100782(1-1)", "91379999MA09100782"),
        ("91379999MA09100782（副本）编号：3-2", "91379999MA09100782"),
        ("遗失公告：登记证京东民证字第099号声明作废", "京东民证099"),
    ],
)
def test_short_numbers_are_asked_for_whatever_stands_around_them(
    vocabulary: Vocabulary, typed: str, form: str
) -> None:
    ways = [way for step in steps(understand(typed, vocabulary), vocabulary) for way in step]

    assert any(form in way.whole for way in ways)


def test_several_numbers_are_looked_for_in_one_notice_and_then_one_by_one(
    vocabulary: Vocabulary,
) -> None:
    typed = "某店（统一社会信用代码：92379999MA0000023B）遗失执照，编号：JY13799990000011，声明作废"
    ways = [way for step in steps(understand(typed, vocabulary), vocabulary) for way in step]
    together, each = (way for way in ways if way.within)

    assert together.whole == ("92379999MA0000023B",)
    assert together.also == (("JY13799990000011",),)
    assert {"92379999MA0000023B", "JY13799990000011"} <= set(each.whole)


def test_a_paper_named_with_its_holders_code_is_looked_for_before_the_others(
    vocabulary: Vocabulary,
) -> None:
    _, seal, kind, *_ = next(
        steps(understand("财务专用章92379999MA0000023B", vocabulary), vocabulary)
    )

    assert (seal.certificate, seal.document) == ("company-seal", "finance-seal")
    assert (kind.certificate, kind.document) == ("company-seal", None)


def test_what_stands_beside_a_number_that_was_found_is_said_to_be_left_out(
    vocabulary: Vocabulary,
) -> None:
    typed = "我丢了京东民证字第099号登记证书，编号JY13799990000011"
    meant = next(
        way
        for step in steps(understand(typed, vocabulary), vocabulary)
        for way in step
        if way.within and not way.also
    )
    one = settled(meant, {"京东民证099"}, vocabulary)

    assert one.whole == ("京东民证099",)
    assert one.ignored == ("JY13799990000011",)
    assert settled(meant, {"1"}, vocabulary) is meant


def test_labels_and_copies_beside_a_number_are_not_said_to_be_left_out(
    vocabulary: Vocabulary,
) -> None:
    for typed in (
        "编号：京东民证字第099号（副本）",
        "遗失 京东民证字第099号",
        "京东，民证字第099号",
    ):
        meant = next(steps(understand(typed, vocabulary), vocabulary))[-1]

        assert settled(meant, {"京东民证099"}, vocabulary).ignored == (), typed


@pytest.mark.parametrize("typed", ["餐饮服务许可证", "餐饮服务许可", "梅思餐饮服务许可证"])
def test_whoever_names_a_paper_that_no_notice_is_about_finds_the_kind(
    vocabulary: Vocabulary, typed: str
) -> None:
    ways = [way for step in steps(understand(typed, vocabulary), vocabulary) for way in step]

    assert "food-operation-license" in [way.certificate for way in ways]


def test_signs_that_may_be_meant_are_said_to_be_left_out() -> None:
    assert understand("某★某 梅思").ignored == ("★",)
    assert understand("张\ue123").ignored == ("\ue123",)
    assert understand("梅思！（第一）").ignored == ()
    assert understand("★").nothing
    assert understand("\U00031350").words == ("\U00031350",)
