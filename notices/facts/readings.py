"""What a typed number says: the number itself, apart from a label before and a copy behind it.

Declaring, verifying and searching read numbers here, so that none of them takes for one what
another takes for two. Whoever changes what a number's form is raises `RULES`.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from notices.facts import labels
from notices.facts.characters import is_letter, is_unseen, seen, simplified, standard, unified

RULES = 2
"""Version of the rules for numbers. The database keeps under which its numbers were hashed."""

_LEFT_OUT = frozenset("第字号號=,·•‧・∙⋅᛫⸱\"'`´<>")
"""The characters of numbers that some write and some do not, and what programs put in."""
_BRACKETS = frozenset({"Ps", "Pe", "Pi", "Pf"})
_HYPHENS = frozenset("−⁃‐‑‒–—―﹘﹣－")
_WAVES = frozenset("〜〰")
"""Dashes by their category, but 1〜9 is no number with a hyphen in it."""
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
        if character in _WAVES:
            kept = "~"
        elif character in _HYPHENS or category == "Pd":
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

LONGEST = 200
"""Characters of a number as NFKC unfolds it, of U+FDFA to eighteen letters."""
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


class Reading(NamedTuple):
    """A number apart from what was written around it.

    `normal` is the form in which numbers are compared, `hyphened` the same with those hyphens
    that stand between digits. `written` is the number as it was typed, for showing; `copy` and
    `copy_number` were written around it, None if not.
    """

    normal: str
    hyphened: str
    written: str
    copy: str | None = None
    copy_number: str | None = None


def read(text: str, *, copies: bool = False) -> Reading:
    """What `text` says as a number; "(3-2)" behind it is a copy's number where it has `copies`."""
    return _read(text, copies)


def is_too_long(text: str) -> bool:
    """Whether no number is as long as `text`, without what nobody sees of it."""
    return len(text) > 4 * LONGEST or len(unicodedata.normalize("NFKC", seen(text))) > LONGEST


# A question is read for each kind of certificate; more is not kept, as it is nobody's to find.
@lru_cache(maxsize=4)
def _read(text: str, copies: bool) -> Reading:
    if is_too_long(text):
        # It is refused by whoever asks, and never cut: what is left would be another number.
        return Reading(text, text, text)
    if _is_bare(text):
        return Reading(text, text, text)
    if _stands_alone(text, copies):
        written = " ".join(text.split())
        hyphened = _between_digits(folded(written))
        return Reading(without_hyphens(hyphened), hyphened, written)
    written, copy, copy_number = _apart(text, copies)
    # Ornaments may have stood between the letters of a label or of a copy, so what is left is
    # read again until it stays: first with its hyphens, then without.
    forms = [folded(written)]
    for keep in (_between_digits, without_hyphens):
        form, before = keep(forms[-1]), None
        while form != before and not _is_bare(form):
            before = form
            rest, another, number = _apart(form, copies=False)
            copy, copy_number = _both(copy, another), copy_number or number
            form = keep(folded(rest))
        forms.append(form)
    _, hyphened, normal = forms
    return Reading(normal, hyphened, written, copy, copy_number)


def _is_bare(text: str) -> bool:
    """Whether there is nothing around `text`, as in most numbers; NO1 may be one behind a No."""
    return _PLAIN.fullmatch(text) is not None and not text.startswith("N")


_ALONE = re.compile(
    r"(?:[0-9ABD-MO-Zabd-mo-z ()（）〔〕\[\]【】-]|(?![编码代正副原主页号])[\u4e00-\u9fff])+号? ?"
)
"""A number without a letter that labels and copies have: what most papers show, read at once."""


def _stands_alone(text: str, copies: bool) -> bool:
    """Whether a look at `text` tells that there is nothing around it to be taken apart."""
    if _ALONE.fullmatch(text) is None or simplified(text) != text or (copies and "-" in text):
        return False
    kinds = [unicodedata.category(each) for each in text if each in "()（）〔〕[]【】"]
    wrapped = text.strip()[:1] in "(（〔[【" and text.strip()[-1:] in ")）〕]】"
    return kinds.count("Ps") == kinds.count("Pe") and not wrapped


def _apart(text: str, copies: bool) -> tuple[str, str | None, str | None]:
    """The number as it was typed, the copy around it and that copy's number."""
    copy = copy_number = None
    shown, typed = "", _unwrapped(" ".join(standard(seen(text)).split()))
    while shown != typed:
        shown = typed
        plain, places = _plain(shown)
        start, end = 0, len(plain)
        while start < end:
            rest = plain[start:end]
            label = labels.label(rest) or ""
            if label and rest[len(label) :].strip(_SAYING_NOTHING):
                start += len(label)
                copy = _both(copy, labels.copy_in(label))
            elif behind := labels.behind(rest, copies=copies):
                end = start + behind.start
                copy = _both(copy, behind.copy)
                copy_number = copy_number or behind.number
            else:
                break
        typed = _unwrapped(shown[places[start] : places[end - 1] + 1]) if plain else shown
    return shown, copy, copy_number


_SAYING_NOTHING = " ()-=第字号"


def _both(one: str | None, other: str | None) -> str | None:
    """The copies that two words name; one of them may name none."""
    return "both" if one and other and one != other else one or other


class _Spelled(dict[str, str]):
    """A character in NFKC, capitals and simplified, all brackets round, all hyphens "-"."""

    def __missing__(self, character: str) -> str:
        spelled = "".join(map(_spelled, simplified(unified(character).upper())))
        if character < "\U00010000":
            self[character] = spelled
        return spelled


def _spelled(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Ps", "Pe"):
        return "(" if category == "Ps" else ")"
    if character in "第字号=":
        return character
    return _KEPT[ord(character)] or (" " if character.isspace() else "")


_SPELLED = _Spelled({"№": "NO."})


def _plain(shown: str) -> tuple[str, list[int]]:
    """`shown` as labels and copies are looked for in it, and where each character stands there.

    A character that is spelled with many is never cut: what begins in it begins at it.
    """
    spelled = [_SPELLED[character] for character in shown]
    places = [place for place, each in enumerate(spelled) for _ in each]
    return "".join(spelled), places


_EDGES = " \"'`´=,<>·•＝＂＇，＜＞“”‘’«»‹›"
"""What programs put around a number."""


def _unwrapped(text: str) -> str:
    """`text` without what was put around it, and without a bracket whose other one is gone."""
    kinds = [unicodedata.category(each) for each in text]
    closing = _closing(kinds)
    more = kinds.count("Ps") - kinds.count("Pe")
    start, end = 0, len(text)
    while True:
        first, last = start, end
        while first < last and text[first] in _EDGES:
            first += 1
        while first < last and text[last - 1] in _EDGES:
            last -= 1
        if first == last:
            return text[start:end]
        opened, closed = kinds[first] == "Ps", kinds[last - 1] == "Pe"
        if closed and (more < 0 or (opened and closing.get(first, last) >= last - 1)):
            if more < 0:
                last, more = last - 1, more + 1
            else:
                first, last = first + 1, last - 1
        elif opened and more > 0:
            first, more = first + 1, more - 1
        if first == last or (first, last) == (start, end):
            return text[start:end]
        start, end = first, last


def _closing(kinds: list[str]) -> dict[int, int]:
    """For each opening bracket that is closed again, where."""
    found, open_ = {}, []
    for place, kind in enumerate(kinds):
        if kind == "Ps":
            open_.append(place)
        elif kind == "Pe" and open_:
            found[open_.pop()] = place
    return found


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
    return text if _PLAIN.fullmatch(text) else "".join(filter(is_letter, folded(text)))


def digits_of(normal: str) -> str:
    """The digits of a normal form, one after the other."""
    return normal if normal.isdigit() and normal.isascii() else "".join(_DIGIT.findall(normal))


def has_letters(normal: str) -> bool:
    return not normal.isdigit() and any(is_letter(each) and not each.isdigit() for each in normal)


def without_prefix(normal: str, prefix: re.Pattern[str] | None) -> str:
    """A normal form without `prefix`, which the catalogue calls optional."""
    while prefix is not None:
        found = prefix.match(normal)
        if found is None or not 0 < found.end() < len(normal):
            break
        normal = normal_form(normal[found.end() :])
    return normal
