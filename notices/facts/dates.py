"""A day as people write it, where no field of a browser writes it for them."""

import re
import unicodedata
from datetime import date

from notices.facts.text_check import cleaned

_CHINESE = str.maketrans("〇○◯零一二三四五六七八九壹贰叁肆伍陆柒捌玖两", "00001234567891234567892")
_TENS = {"十": 1, "拾": 1, "廿": 2, "卄": 2, "卅": 3}

_BETWEEN = r"[-/.,·・。、‐‑‒–—−_年月 ]"
_PART = rf"{_BETWEEN}{{1,2}}([0-9]{{1,2}})"
_IN_PARTS = re.compile(rf"([0-9]{{4}}){_PART}{_PART}[日号號.]?")
_RUN = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)
_MIDNIGHT = re.compile(r"[ T]0{1,2}:00(:00(\.0+)?)?$", re.ASCII)
_IN_WORDS = re.compile(r"(.{4})年(.{1,3})月(.{1,4}?)[日号號]?")


def read_day(text: str) -> str | None:
    """The day that `text` names, as ISO 8601; None where it names none, or not only one.

    The year comes first and has four digits: 5/1/2020 is a day in May or in January.
    """
    plain = unicodedata.normalize("NFKC", cleaned(text))
    plain = " ".join(plain.split()).removeprefix("公元")
    plain = _MIDNIGHT.sub("", plain)  # as spreadsheets give it away
    found = _IN_PARTS.fullmatch(re.sub(r" ?([年月日号號]) ?", r"\1", plain)) or _RUN.fullmatch(
        plain
    )
    if found is None:
        return _in_words(plain.replace(" ", ""))
    return _day(*found.groups())


def _in_words(plain: str) -> str | None:
    """二〇二〇年五月一日, its zeros written as they may be."""
    found = _IN_WORDS.fullmatch(plain)
    if found is None:
        return None
    year = found[1].replace("O", "0").replace("o", "0").translate(_CHINESE)
    return _day(year, _below_hundred(found[2]), _below_hundred(found[3]))


def _below_hundred(plain: str) -> str:
    """Digits of 十二, 二十, 廿五 or 〇五; empty for what is no number below a hundred."""
    tens = next((each for each in plain if each in _TENS), None)
    if tens is None:
        digits = plain.translate(_CHINESE)
        return digits if digits.isascii() and digits.isdigit() and len(digits) <= 2 else ""
    before, _, after = plain.partition(tens)
    ten, one = before.translate(_CHINESE), after.translate(_CHINESE)
    if len(ten) > 1 or len(one) > 1 or (ten and _TENS[tens] != 1):
        return ""
    digits = (ten or str(_TENS[tens])) + (one or "0")
    return digits if digits.isascii() and digits.isdigit() else ""


def _day(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
