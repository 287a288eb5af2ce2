"""The part of docs/answer-vectors.json that is about numbers: one that is written in many ways.

What each is stands here as the contract has it, by hand, and is never asked of the code that reads
numbers: `tests/unit/test_number_vectors.py` asks that.
"""

from typing import Any

from notices.conformance.numbers import REFUSED
from notices.conformance.spelling import spellings

FOOD, TITLE, LICENSE = "food-operation-license", "real-estate-title", "business-license"
SOCIETY, TRANSPORT = "social-organization-certificate", "road-transport-operation-license"
PRACTITIONER, BIRTH, AGENCY = (
    "road-transport-practitioner-certificate",
    "birth-medical-certificate",
    "travel-agency-license",
)
JY, CODE = "JY13799990000011", "91379999MA0000015K"
HAN = "鲁(2099)青州一区〇䶮不动产权第0000001号"
NORMAL_HAN = "鲁2099青州一区〇䶮不动产权0000001"

SPELLED = ((FOOD, JY, JY, "usual"), (TITLE, HAN, NORMAL_HAN, "unusual"))
"""Certificate, a number, its normal form: each is written by every rule that applies to it."""

READ: tuple[tuple[str, str, str, str, str | None, str | None, str], ...] = (
    # rule, certificate, typed, normal form, copy, copy number, form
    ("as it is", FOOD, JY, JY, None, None, "usual"),
    ("several at once", FOOD, " 编号： 〔ｊｙ1379－9990 ·0000\u200b11〕 ", JY, None, None, "usual"),
    ("digits of other scripts", FOOD, "JY１３٧٩९९९0000011", JY, None, None, "usual"),
    ("a copy behind", FOOD, f"{JY}(正本)", JY, "original", None, "usual"),
    ("a copy behind", FOOD, f"{JY}（副本）", JY, "duplicate", None, "usual"),
    ("a copy behind", FOOD, f"{JY} 正、副本", JY, "both", None, "usual"),
    ("a copy before", FOOD, f"副本编号：{JY}", JY, "duplicate", None, "usual"),
    ("a copy's number behind", FOOD, f"{JY}(3-2)", JY, None, "3-2", "usual"),
    ("a copy's number behind", FOOD, f"{JY}（副本）（3-2）", JY, "duplicate", "3-2", "usual"),
    ("a copy's number behind", LICENSE, f"{CODE} 1-1", CODE, None, "1-1", "usual"),
    ("a copy's number behind", LICENSE, f"{CODE}（1/1）", CODE, None, "1-1", "usual"),
    ("a label", LICENSE, f"统一社会信用代码为{CODE}", CODE, None, None, "usual"),
    ("a label", LICENSE, f"统一社会信用代码：{CODE}", CODE, None, None, "usual"),
    ("a label", FOOD, f"许可证编号：{JY}", JY, None, None, "usual"),
    ("a label", FOOD, f"No.{JY}", JY, None, None, "usual"),
    ("a number that begins like a label", SOCIETY, "NOX1", "NOX1", None, None, "unusual"),
    ("an optional prefix", TRANSPORT, "鲁交运管许可济字379999000001号", "379999000001", None,
     None, "usual"),
    ("an optional prefix", TRANSPORT, "379999000001", "379999000001", None, None, "usual"),
    ("a hyphen", AGENCY, "L-SD-CJ00002", "LSDCJ00002", None, None, "usual"),
    ("a hyphen that counts", SOCIETY, "社证字第5908-14号", "社证5908-14", None, None, "unusual"),
    ("an old ID", PRACTITIONER, "379999900101001", "379999199001010010", None, None, "usual"),
    ("not of today's form", FOOD, "鲁食经2012第7号", "鲁食经20127", None, None, "unusual"),
    ("a check digit is wrong", LICENSE, "91379999MA0000015X", "91379999MA0000015X", None, None,
     "unusual"),
    ("begins like a placeholder", FOOD, "无棣国用(2009)第12号", "无棣国用200912", None, None,
     "unusual"),
)  # fmt: skip

APART: tuple[tuple[str, str, str, str], ...] = (
    ("a hyphen that counts", SOCIETY, "社证字第5908-14号", "社证字第590814号"),
    ("a hyphen that counts", SOCIETY, "社证字第5908-14号", "社证字第59081-4号"),
    ("a wave is no hyphen", FOOD, "JY1379999〜0000011", JY),
    ("an unknown character is not dropped", FOOD, "JY1379999/0000011", JY),
    ("an unknown character is not dropped", FOOD, "JY1379999.0000011", JY),
    ("an unknown character is not dropped", FOOD, "JY1379999_0000011", JY),
    ("an unknown character is not dropped", FOOD, "JY1379999\U0001f6000000011", JY),
    ("look-alikes are two", FOOD, "JY1379999000O011", JY),
    ("look-alikes are two", FOOD, "JY1379999000001l", JY),
    ("〇 is no zero", TITLE, "鲁(2099)某市不动产权第〇000001号", "鲁(2099)某市不动产权第0000001号"),
    ("letters that are absent", FOOD, "13799990000011", JY),
)  # fmt: skip
"""Rule, certificate, and two numbers that are never one."""


def normal_forms() -> list[dict[str, Any]]:
    names = ("rule", "certificate", "typed", "normal", "copy", "copy_number", "number_form")
    written = [
        (rule, certificate, typed, normal, None, None, form)
        for certificate, number, normal, form in SPELLED
        for rule, typed in spellings(number)
    ]
    return [dict(zip(names, each, strict=True)) for each in (*READ, *written)]


def vectors() -> dict[str, Any]:
    """Of numbers: those that are one, those that are two, and those that are none."""
    return {
        "rules": 2,
        "same": normal_forms(),
        "different": [
            {"rule": rule, "certificate": certificate, "numbers": [one, other]}
            for rule, certificate, one, other in APART
        ],
        "refused": [
            {"certificate": certificate, "typed": typed, "code": code}
            for certificate, typed, code in REFUSED
        ],
    }
