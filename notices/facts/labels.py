"""What people write around a number: a label before it, the copy that it was read from behind it.

Both are looked for in plain text: NFKC, capitals, simplified characters, brackets all round,
hyphens all "-", and single spaces.
"""

import re
from typing import NamedTuple


def _any_of(*words: str) -> str:
    """A pattern for one of `words`, the longest first, however its characters are spaced."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(" ?".join(map(re.escape, word)) for word in ordered)


_WORDS = _any_of(
    "证件号码", "证件编号", "证件号", "证照编号", "证照号码", "证照号", "证书编号", "证书号码",
    "证书号", "许可证编号", "许可证号码", "许可证号", "许可证证号", "登记证编号", "登记证号",
    "登记编号", "登记号码", "登记号", "注册编号", "注册号码", "注册号", "备案编号", "备案编码",
    "备案号", "执业证号", "执照编号", "执照号码", "执照号", "资格证号", "产权证号", "房权证号",
    "房产证号", "土地证号", "印章编码", "印章编号", "统一社会信用代码", "社会信用代码",
    "统一信用代码", "统一代码", "信用代码", "组织机构代码", "机构代码", "船舶识别号", "声明编号",
    "公告编号", "编号", "编码", "号码", "证号", "代码",
)  # fmt: skip
_ENDS = _any_of("编号", "编码", "号码", "代码", "证号", "号")
_PAPER = _any_of(
    "许可证", "执照", "证书", "证明", "登记证", "资格证", "产权证", "印章", "正本", "副本"
)
_COPIES = {
    "正本": "original", "正页": "original", "主证": "original", "原件": "original",
    "副本": "duplicate", "副页": "duplicate", "副证": "duplicate",
}  # fmt: skip
_COPIES |= {f"{one}{joint}副本": "both" for one in ("正", "正本") for joint in ("", *"、/及和与")}
_SHORT = {"正": "original", "副": "duplicate", "正副": "both", "正、副": "both", "正/副": "both"}
_COPY = _any_of(*_COPIES)
# Han, but for what counts: a number in Han is no label.
_HAN = r"(?:(?![〇零一二三四五六七八九十])[\u3400-\u9fff()/、 ])"
_THEN = r"[ )]*(?:[为是][ )]*)?"
_LABEL = re.compile(
    rf"[ (]{{0,3}}(?:(?:{_any_of('正本', '副本', '正副本')})(?![ ()]*(?:{_ENDS}))[ ):∶]*"
    # Any words of Han that end like a label, when a colon tells where the number begins.
    rf"|{_HAN}{{0,20}}?(?:{_ENDS}){_THEN}[:∶=][ :∶=#.]*"
    rf"|{_HAN}{{0,20}}?(?:{_PAPER})[ )]*(?:{_any_of('编号', '编码', '号码')}){_THEN}[ :∶=#./]*"
    rf"|(?:{_WORDS}){_THEN}[ :∶=#./]*"
    # No 123, No. JY1, NO:1; but neither N-012 nor NOX1.
    r"|N[O°](?:[ )]*[.:∶=#]+[ )]*|[ )]+|(?=[0-9(\u3400-\u9fff]))"
    r"|(?:(?:LICEN[CS]E|CERTIFICATE|PERMIT|REGISTRATION|REG\.?|SERIAL|UNIFIED|SOCIAL|CREDIT) )+"
    r"(?:NO\b\.?|NUMBER\b|CODE\b)[ :∶=#]*"
    r"|(?:NR|SN|NUM|NUMBER|CODE) ?[.:∶=#]+ ?)"
)


def label(plain: str) -> str | None:
    """The label that `plain` begins with; None if there is none."""
    found = _LABEL.match(plain)
    return found and found[0]


_ALONE = re.compile(rf"(?:{_WORDS}|{_ENDS}|{_COPY}|编|证|N[O°])?[ ():∶=#./]*")


def says_nothing(plain: str) -> bool:
    """Whether `plain` is a label without a number, or the name of a copy without one."""
    return _ALONE.fullmatch(plain) is not None


_TWO = r"[0-9]{1,3} ?[-/] ?[0-9]{1,3}"
_NUMERALS = "一二三四五六七八九十"
_ONE = rf"[0-9]{{1,2}}|[{_NUMERALS}]"
_BEFORE = r"[ ,;_/-]*"
_TAIL = 40
"""Characters at the end of a number in which a copy may stand."""
_AFTER_CODE = r"(?:(?<=^[0-9A-Z]{18})|(?<=^[0-9]{15}))"
_BEHIND = (
    re.compile(rf"{_BEFORE}\( ?(?P<copy>{_any_of(*_SHORT)}) ?\)[ -]*$"),
    # (第2副本), (3-2副本)
    re.compile(
        rf"{_BEFORE}\( ?第?[ -]*(?P<number>{_TWO}|{_ONE})[ -]*[个本份]?[ -]*"
        rf"(?P<copy>{_COPY})[ )-]*$"
    ),
    # Without brackets 第2 may be the number's own, but not behind a whole one.
    re.compile(
        rf"(?:{_AFTER_CODE}|(?<=号)) ?第 ?(?P<number>{_ONE}) ?[个本份]? ?(?P<copy>{_COPY})[ -]*$"
    ),
    # (副本), 副本编号:3-2, (副本)(3-2), 副本2
    re.compile(
        rf"{_BEFORE}\(? ?(?P<copy>{_COPY})"
        rf"(?:[ ()-]*(?:{_any_of('编号', '号码', '号')})?[ ():∶.-]*第?(?P<number>{_TWO}|{_ONE}))?"
        r"[ )]*[号本份]?[ )-]*$"
    ),
)
_NUMBERED = (
    re.compile(rf" ?\( ?(?:{_any_of('编号')})?[ :∶]*(?P<number>{_TWO}) ?\)[ -]*$"),
    # Behind a holder's code without brackets: …076U 1-1
    re.compile(rf"{_AFTER_CODE}(?: | ?[-_/] ?)(?P<number>{_TWO})[ -]*$"),
)


class Behind(NamedTuple):
    """A copy that stands from `start` on, and its number; each None where it is not said."""

    start: int
    copy: str | None
    number: str | None


def behind(plain: str, *, copies: bool) -> Behind | None:
    """What stands behind a number; "(3-2)" is a copy's number where the number has `copies`."""
    place = max(0, len(plain) - _TAIL)
    for pattern in (*_BEHIND, *(_NUMBERED if copies else ())):
        found = pattern.search(plain, place)
        if found is not None and not says_nothing(plain[: found.start()]):
            copy, number = (found.groupdict().get(name) for name in ("copy", "number"))
            return Behind(found.start(), _copy_of(copy), number and _as_digits(number))
    return None


def _copy_of(word: str | None) -> str | None:
    return (_COPIES | _SHORT)[word.replace(" ", "")] if word else None


def _as_digits(number: str) -> str:
    plain = number.replace(" ", "").replace("/", "-")
    return str(_NUMERALS.index(plain) + 1) if plain in _NUMERALS else plain


def copy_in(label: str) -> str | None:
    """The copy that a label names, as in 副本编号：…"""
    found = re.search(_COPY, label)
    return _copy_of(found and found[0])
