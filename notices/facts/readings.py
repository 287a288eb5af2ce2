"""What a typed number says: the number itself, apart from a label before and a copy behind it.

Declaring, verifying and searching read numbers here, so that none of them takes for one what
another takes for two. Whoever changes what a number's form is raises `RULES`.
"""

import re
import unicodedata
from typing import NamedTuple

from notices.facts.characters import is_letter, is_unseen, seen, simplified, standard, unified

RULES = 2
"""Version of the rules for numbers. The database keeps under which its numbers were hashed."""

_LEFT_OUT = frozenset("第字号號=,·•‧・∙⋅᛫⸱\"'`´<>")
"""The characters of numbers that some write and some do not, and what programs put in."""
_BRACKETS = frozenset({"Ps", "Pe", "Pi", "Pf"})
_HYPHENS = frozenset("−⁃‐‑‒–—―﹘﹣－")
_SPACES = frozenset({"Zs", "Zl", "Zp"})


class _Kept(dict[int, str | None]):
    """For `str.translate`: what is ornament in a number goes, hyphens become "-", the rest stays.

    Nothing that is not named here is ever dropped: a number that cannot be read whole must not
    silently be another one.
    """

    def __missing__(self, point: int) -> str | None:
        character = chr(point)
        category = unicodedata.category(character)
        kept: str | None = character
        if character in _HYPHENS or category == "Pd":
            kept = "-"
        elif (
            character in _LEFT_OUT
            or category in _BRACKETS
            or category in _SPACES
            or character.isspace()
            or is_unseen(character)
        ):
            kept = None
        elif category == "Nd":
            kept = str(unicodedata.decimal(character))
        if point < 0x10000:
            self[point] = kept
        return kept


_KEPT = _Kept()
_PLAIN = re.compile(r"[0-9A-Z]+")
_DIGIT = re.compile(r"[0-9]")


def folded(text: str) -> str:
    """`text` without ornaments, in capitals and simplified characters; hyphens stay, as "-".

    Folded until it stays: capitals can undo NFKC, and what is dropped can let letters compose.
    """
    while not _PLAIN.fullmatch(text):
        plain = simplified(unified(text).upper()).translate(_KEPT)
        if plain == text:
            break
        text = plain
    return text


def without_hyphens(text: str) -> str:
    """`text`, folded, as it is without its hyphens."""
    while "-" in text:
        text = folded(text.replace("-", ""))
    return text


_LABEL_WORDS = (
    "证件号码", "证件编号", "证件号", "证照编号", "证照号码", "证照号", "证书编号", "证书号码",
    "证书号", "许可证编号", "许可证号码", "许可证号", "许可证证号", "登记证编号", "登记证号",
    "登记编号", "登记号码", "登记号", "注册编号", "注册号码", "注册号", "备案编号", "备案编码",
    "备案号", "执业证号", "执照编号", "执照号码", "执照号", "资格证号", "产权证号", "房权证号",
    "房产证号", "土地证号", "印章编码", "印章编号", "统一社会信用代码/注册号", "统一社会信用代码",
    "社会信用代码", "统一信用代码", "统一代码", "信用代码", "组织机构代码", "机构代码",
    "船舶识别号", "声明编号", "公告编号", "编号", "编码", "号码", "证号", "代码",
)  # fmt: skip
_WORDS = "|".join(sorted(map(re.escape, map(simplified, _LABEL_WORDS)), key=len, reverse=True))
_LABEL = re.compile(
    # Any words of Han that end like a label, when a colon tells where the number begins.
    r" ?(?:[\u3400-\u9fff()（）/\s]{0,20}(?:编号|编码|号码|代码|证号|号) ?[:：∶=] ?"
    rf"|(?:{_WORDS}) ?(?:为|是)? ?[:：∶=]? ?"
    # No 123, No. JY1, NO:1; but neither N-012 nor NOX1.
    r"|N[O°]\s*(?:[.:：#]+\s*|\s+|(?=[0-9]))"
    r"|(?:NR|SN|NUM|NUMBER)\s*[.:：#]+\s*)",
    re.IGNORECASE,
)
_LASTING = "|".join(word for word in _WORDS.split("|") if not set(word) & _LEFT_OUT)
_LABELS_LEFT = re.compile(
    rf"(?:{_LASTING})(?:为|是)?[:∶]?|N[O°](?:[.:#]+|(?=[0-9]))|(?:NR|SN|NUM|NUMBER)[.:#]+"
)
"""Labels that folding leaves as they are: what has been folded is read as what it was made of."""

_OPEN, _CLOSE = r"[(\[{【〔〖「『<]", r"[)\]}】〕〗」』>]"
_COPY_WORDS = {
    "正本": "original", "正页": "original", "主证": "original", "原件": "original",
    "副本": "duplicate", "副页": "duplicate", "副证": "duplicate", "正副本": "both",
}  # fmt: skip
_COPY = "|".join(sorted(_COPY_WORDS, key=len, reverse=True))
_TWO_NUMBERS = r"[0-9]{1,3} ?[-/] ?[0-9]{1,3}"
_TAIL = 40
"""Characters at the end of a number in which a copy may stand."""
_BEHIND = re.compile(
    rf" ?[,，;；]? ?{_OPEN}? ?(?P<copy>{_COPY}) ?"
    rf"(?:{_CLOSE}? ?{_OPEN}? ?(?:编号|号码|号)? ?[:：∶]? ?(?P<number>{_TWO_NUMBERS})"
    r"|(?:编号|号码|号) ?[:：∶]? ?(?P<one>[0-9]{1,3}))?"
    rf" ?{_CLOSE}? ?{_CLOSE}?$"
)
_NUMBERED = re.compile(rf" ?{_OPEN} ?(?P<number>{_TWO_NUMBERS}) ?{_CLOSE} ?$")
_AFTER_CODE = re.compile(rf"(?<=^.{{18}})(?: | ?[-_] ?)(?P<number>{_TWO_NUMBERS})$")
"""A copy's number behind a unified social credit code, without brackets: …076U 1-1."""


class Reading(NamedTuple):
    """A number apart from what was written around it.

    `normal` is the form in which numbers are compared, `hyphened` the same with those hyphens
    that stand between digits. `written` is the number as it was typed, for showing; `copy` and
    `copy_number` were written behind it, None if not.
    """

    normal: str
    hyphened: str
    written: str
    copy: str | None = None
    copy_number: str | None = None


def read(text: str, *, copies: bool = False) -> Reading:
    """What `text` says as a number; "(3-2)" behind it is a copy's number where it has `copies`."""
    if _PLAIN.fullmatch(text) and not text.startswith("N"):
        return Reading(text, text, text)
    copy = copy_number = None
    # Single spaces keep the patterns from trying every way to share many.
    rest = whole = " ".join(unified(seen(text)).split())
    while True:
        found = _behind(rest, copies)
        if found is not None:
            rest, named, number = found
            copy, copy_number = copy or named, copy_number or number
            continue
        label = _LABEL.match(rest)
        if label is None or not folded(rest[label.end() :]):
            break
        rest = rest[label.end() :]
    hyphened, copy_behind = _bare(folded(rest))
    normal, _ = _bare(without_hyphens(hyphened))
    written = " ".join(standard(seen(text)).split()) if rest == whole else rest
    return Reading(normal, _between_digits(hyphened), written, copy or copy_behind, copy_number)


def _behind(text: str, copies: bool) -> tuple[str, str | None, str | None] | None:
    """`text` without the copy behind it, that copy and its number; None if there is none."""
    start = max(0, len(text) - _TAIL)
    found = _BEHIND.search(text, start)
    if found is None and copies:
        found = _NUMBERED.search(text, start) or _AFTER_CODE.search(text)
    if found is None or not _DIGIT.search(text, 0, found.start()):
        return None
    groups = found.groupdict()
    number = groups["number"] or groups.get("one")
    number = number and number.replace(" ", "").replace("/", "-")
    return text[: found.start()], _COPY_WORDS.get(groups.get("copy") or ""), number


def _bare(text: str) -> tuple[str, str | None]:
    """Folded `text` without what is left of labels and copies, and the copy; until it stays."""
    copy = None
    while True:
        shorter = text
        if (label := _LABELS_LEFT.match(text)) and label.end() < len(text):
            shorter = text[label.end() :]
        elif found := _behind(text, copies=False):
            shorter, named, _ = found
            copy = copy or named
        shorter = folded(shorter)
        if shorter == text:
            return text, copy
        text = shorter


def _between_digits(text: str) -> str:
    """Folded `text` with those hyphens alone that stand between two digits."""
    kept = re.sub(r"(?<![0-9])-+|-+(?![0-9])", "", text)
    return re.sub(r"-+", "-", kept)


def normal_form(text: str) -> str:
    """The form in which numbers are compared, whatever certificate they are of."""
    return read(text).normal


def bare_form(text: str) -> str:
    """The letters and digits of a number: the form in which it is looked for, and never decided.

    It forgives what `normal_form` keeps, since whoever searches sees what was found.
    """
    return "".join(filter(is_letter, folded(text)))


def digits_of(normal: str) -> str:
    """The digits of a normal form, one after the other."""
    return "".join(_DIGIT.findall(normal))


def has_letters(normal: str) -> bool:
    return any(is_letter(each) and not each.isdigit() for each in normal)


def without_prefix(normal: str, prefix: re.Pattern[str] | None) -> str:
    """A normal form without `prefix`, which the catalogue calls optional."""
    while prefix is not None:
        found = prefix.match(normal)
        if found is None or not 0 < found.end() < len(normal):
            break
        normal = normal_form(normal[found.end() :])
    return normal
