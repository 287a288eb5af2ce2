"""Numbers in which characters were taken for others that look alike."""

import pytest

from notices.facts.lookalikes import meant
from tests.declared import OWN

FOOD, LICENCE, SEAL = "food-operation-license", "business-license", "company-seal"
PERMIT, BIRTH, TITLE = "food-production-license", "birth-medical-certificate", "real-estate-title"
DRIVER, TOBACCO = "road-transport-practitioner-certificate", "tobacco-retail-license"


def asked(certificate, number):
    kinds = OWN.certificates
    return meant(number, [kinds[certificate]] if certificate else kinds.values())


@pytest.mark.parametrize(
    ("certificate", "typed", "right"),
    [
        (FOOD, "JY1379999OOOOO11", "JY13799990000011"),
        (FOOD, "JY137999900000l1", "JY13799990000011"),
        (FOOD, "JYl379999000001l", "JY13799990000011"),
        (FOOD, "jyI37999900000II", "jy13799990000011"),
        (FOOD, "JYl379999OooOOll", "JY13799990000011"),
        (FOOD, "编号：JYl3799990000011（副本）", "编号：JY13799990000011（副本）"),
        (FOOD, "JY1 3799 99OO OOO1 1", "JY1 3799 9900 0001 1"),
        (FOOD, "JY|3799990000011", "JY13799990000011"),
        (FOOD, "\u0408\u042313799990000011", "JY13799990000011"),
        (FOOD, "JYZ3799990000024", "JY23799990000024"),
        (LICENCE, "91379999MAOOOOO15K", "91379999MA0000015K"),
        (LICENCE, "9I379999MA00000I5K", "91379999MA0000015K"),
        (LICENCE, "91379999MA00000l5K", "91379999MA0000015K"),
        (LICENCE, "91379999MA000001SK", "91379999MA0000015K"),
        (LICENCE, "91379999\u041c\u0410000001SK", "91379999MA0000015K"),
        (LICENCE, "9Z379999MA0000023B", "92379999MA0000023B"),
        (LICENCE, "91379999MA0000015K（3-l）", "91379999MA0000015K（3-1）"),
        (PERMIT, "5C10137999900018", "SC10137999900018"),
        (PERMIT, "SCIOI37999900018", "SC10137999900018"),
        (SEAL, "37999900OOO11", "3799990000011"),
        (SEAL, "379999000002B", "3799990000028"),
        (BIRTH, "X99OOOOOO1", "X990000001"),
        (BIRTH, "Y99000001Z", "Y990000012"),
        (TITLE, "鲁(2O99)某某市不动产权第OOOOOO1号", "鲁(2099)某某市不动产权第0000001号"),
        (DRIVER, "37999919000101001×", "37999919000101001X"),
        (DRIVER, "37999919000101001\u0425", "37999919000101001X"),
        (TOBACCO, "3799990OOOO1", "379999000001"),
        (None, "JYl3799990000011", "JY13799990000011"),
        (None, "91379999MAOOOOO15K", "91379999MA0000015K"),
    ],
)  # fmt: skip
def test_what_looks_alike_is_offered(certificate, typed, right):
    assert asked(certificate, typed) == (right,)


@pytest.mark.parametrize(
    ("certificate", "typed"),
    [
        (FOOD, "JY13799990000011"),
        (FOOD, "JY13799990000012"),
        (FOOD, "鲁餐证字2010379999002888"),
        (FOOD, ""),
        (FOOD, "O" * 61),
        (LICENCE, "91379999MA0D10G76B"),
        (LICENCE, "91379999MA0000016K"),
        (BIRTH, "B990000001"),
        (TOBACCO, "37999900001"),
        (None, "37070000000136"),
    ],
)
def test_a_right_number_and_one_that_is_wrong_otherwise_are_left_alone(certificate, typed):
    assert asked(certificate, typed) == ()


def test_a_wrong_digit_of_a_code_is_hardly_ever_made_right_by_its_letters():
    """One check character in 31 fits by chance; a code of look-alike letters is no dice."""
    code = "91379999MADB8G0L5Q"
    tried = [
        code[:place] + digit + code[place + 1 :] for place in range(2, 8) for digit in "0123456789"
    ]

    assert sum(bool(asked(LICENCE, each)) for each in tried) <= len(tried) // 4


def test_whatever_is_offered_has_the_usual_form_and_is_another_number():
    for certificate in OWN.certificates.values():
        for example in certificate.examples:
            mistaken = example.replace("0", "O").replace("1", "l")
            for offered in meant(mistaken, [certificate]):
                normal = certificate.normal_number(offered)
                assert certificate.number_form(normal) == "usual"
                assert normal != certificate.normal_number(mistaken)
