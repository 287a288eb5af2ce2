"""Whether a text holds a telephone number, whatever stands around it."""

import re
import unicodedata

from notices.facts.text_check import cleaned

_GAP = r"[ \-\u2010-\u2015\u2212._·()/~\u3030\uff5e]"
_DIGITS = re.compile(rf"(?:\+|(?<![0-9]))[0-9](?:{_GAP}{{0,3}}[0-9])*", re.ASCII)
"""A run of digits as they are written in groups; two numbers side by side may make one run."""

_NUMBER = re.compile(
    r"(?:(?:\+|00)?86)?(?:0?1[3-9][0-9]{9}|0?(?:10|2[0-9]|[3-9][0-9]{2})[2-9][0-9]{6,7}|[48]00[0-9]{7})"
    r"|[2-9][0-9]{6,7}"  # without its area code
    r"|(?:\+|00)[1-9][0-9]{6,14}"  # ITU-T E.164
    r"|9[56][0-9]{3,4}",  # 95588: a company's
    re.ASCII,
)
_CHINESE = str.maketrans("〇○零一幺二三四五六七八九", "0001123456789")


def holds_telephone(text: str) -> bool:
    """Whether there is a number in it that can be called: 0536-8123456转801, 电话：138… (张三收).

    Each group of digits counts, and each run of groups beside each other.
    """
    plain = unicodedata.normalize("NFKC", cleaned(text))
    # As it stands first: 三 before a number is the end of a name.
    ways = (plain, plain.translate(_CHINESE))
    return any(_callable(run[0]) for way in ways for run in _DIGITS.finditer(way))


def _callable(run: str) -> bool:
    plus = "+" if run.startswith("+") else ""
    groups = re.findall(r"[0-9]+", run)
    return any(
        _NUMBER.fullmatch(plus * (start == 0) + "".join(groups[start:end]))
        for start in range(len(groups))
        for end in range(start + 1, len(groups) + 1)
    )
