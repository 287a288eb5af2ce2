"""The words of a city's catalogue that people type around names and numbers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from notices.facts.characters import is_letter, seen, simplified, unified
from notices.facts.readings import bare_form, read, without_prefix
from search.hanzi import usual_pinyin

LABELS = (
    "编号", "编码", "号码", "证号", "证件号", "证件号码", "证书号", "证书编号", "证书号码",
    "许可证号", "许可证编号", "登记证号", "登记号", "执照号", "注册号", "备案号", "声明编号",
    "公告编号", "统一社会信用代码", "社会信用代码", "信用代码", "代码", "No", "Nr", "number", "SN",
)  # fmt: skip
"""Labels of numbers, which are no words to look for; `readings` takes them away by itself."""

BESIDE = (
    "正本", "副本", "正副本", "原件", "复印件", "遗失", "丢失", "丢了", "被盗", "挂失", "补办",
    "补领", "声明", "作废", "声明作废", "遗失声明", "不慎遗失", "公告", "我", "证件", "证书",
    "登记证书",
)  # fmt: skip
"""What people add to a number, and what says nothing of which notice is meant."""

FEWEST_INITIALS = 3
"""Characters of a certificate's name that is known by their initials: fcz is 房产证."""

_OPEN, _CLOSE = r"[(\[{【〔〖「『《<\s]*", r"[)\]}】〕〗」』》>\s]*"
_LIST = re.compile(r"[(（/、]")
_DIGIT = re.compile(r"[0-9]")


class Around(NamedTuple):
    """A number as it was typed, and the certificate that is named beside it, and its paper."""

    number: str
    certificate: str | None = None
    paper: str | None = None


@dataclass(frozen=True)
class Vocabulary:
    """Names that are known, and what may stand before or after a number without being part of it.

    `names` are compact (`search.understanding.compact`), `kinds` certificates by their names,
    `papers` documents by those names that belong to them and not to the whole kind, `prefixes`
    certificates with what may be left out of their numbers.
    """

    names: frozenset[str] = frozenset()
    kinds: Mapping[str, str] | None = None
    papers: Mapping[str, str] | None = None
    labels: tuple[str, ...] = ()
    prefixes: tuple[tuple[str, re.Pattern[str]], ...] = ()

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Certificates by the normal forms of their names."""
        return {bare_form(name): id for name, id in (self.kinds or {}).items()}

    @cached_property
    def _of_papers(self) -> frozenset[str]:
        """The names that do not find every notice of their certificate as words."""
        lists = (name for name in self.kinds or () if _LIST.search(name))
        return frozenset(map(bare_form, (*(self.papers or ()), *lists)))

    @cached_property
    def _by_paper(self) -> dict[str, str]:
        return {bare_form(name): id for name, id in (self.papers or {}).items()}

    @cached_property
    def by_sound(self) -> dict[str, str]:
        """Certificates by the pinyin of their names, and by its initials where nothing else is."""
        found: dict[str, str] = {}
        spoken = [(usual_pinyin(name), id) for name, id in (self.kinds or {}).items()]
        for sounds, id in spoken:
            if len(sounds) > 1:
                found.setdefault("".join(sounds), id)
        for sounds, id in spoken:
            if len(sounds) >= FEWEST_INITIALS:
                found.setdefault("".join(sound[0] for sound in sounds), id)
        return found

    @cached_property
    def noise(self) -> frozenset[str]:
        """Normal forms of what belongs to a number without being part of it."""
        return frozenset(map(bare_form, (*LABELS, *self.labels, *BESIDE))) - {""}

    @cached_property
    def _before(self) -> re.Pattern[str]:
        return re.compile(f"^{_OPEN}{_any_of((*self.labels, *BESIDE))}{_CLOSE}")

    @cached_property
    def _after(self) -> re.Pattern[str]:
        return re.compile(f"{_OPEN}{_any_of(BESIDE)}{_CLOSE}$")

    @cached_property
    def _name_before(self) -> re.Pattern[str]:
        return re.compile(f"^{_OPEN}{_any_of(self.kinds or ())}{_CLOSE}")

    @cached_property
    def _name_after(self) -> re.Pattern[str]:
        return re.compile(f"{_OPEN}{_any_of(self.kinds or ())}{_CLOSE}$")

    def shortened(self, form: str) -> dict[str, str]:
        """A number's normal form without its prefix, for each certificate where it has one."""
        return {
            certificate: shorter
            for certificate, prefix in self.prefixes
            if (shorter := bare_form(without_prefix(form, prefix))) != form
        }

    def paper_of(self, word: str) -> tuple[str, str] | None:
        """The paper that has this name and its certificate; None where it is the whole kind's."""
        form = bare_form(word)
        paper = self._by_paper.get(form)
        return None if paper is None else (self.by_name[form], paper)

    def certificate_of(self, word: str) -> str | None:
        """The only certificate with a paper, or a list of papers for a name, in which `word` is."""
        form = bare_form(word)
        names = self._of_papers if len(form) > 1 else ()
        owners = {self.by_name[name] for name in names if form in name}
        return owners.pop() if len(owners) == 1 else None

    def around(self, q: str) -> Around:
        """What is left of `q` without what stands before and behind a number.

        That are signs, labels, copies, words about a loss, and one name of a certificate. Without
        a digit there is no number, and nothing is taken away.
        """
        text, name = _plain(q), None
        while _DIGIT.search(text):
            shorter = None
            if name is None and (found := self._name(text)):
                shorter, name = found
            shorter = shorter or self._shorter(text)
            if shorter is None:
                break
            text = shorter
        return Around(
            text,
            self.by_name.get(name or ""),
            self._by_paper.get(name or ""),
        )

    def _name(self, text: str) -> tuple[str, str] | None:
        for pattern in (self._name_before, self._name_after):
            found = pattern.search(text)
            if found and _DIGIT.search(rest := _cut(text, found)):
                return rest, bare_form(found[1])
        return None

    def _shorter(self, text: str) -> str | None:
        """`text` without one thing that stands around its number; None if there is nothing."""
        for pattern in (self._before, self._after):
            found = pattern.search(text)
            if found and _DIGIT.search(rest := _cut(text, found)):
                return rest
        for rest in (read(text, copies=True).written, _without_signs(text)):
            if rest != text and _DIGIT.search(rest):
                return rest
        return None


def _plain(text: str) -> str:
    return " ".join(simplified(unified(seen(text))).upper().split())


def _cut(text: str, found: re.Match[str]) -> str:
    return text[: found.start()] + text[found.end() :]


def _without_signs(text: str) -> str:
    """`text` without the signs at its ends, but for what may close a copy's number: 076U(1-1)."""
    letters = [place for place, each in enumerate(text) if is_letter(each)]
    if not letters:
        return text
    end = letters[-1] + 1
    return text[letters[0] : end] + text[end : end + 1].strip(" :,.;!?。，；！？、")


def _any_of(texts: Iterable[str]) -> str:
    """A group that fits one of `texts`, the longest that does; or nothing at all."""
    ordered = sorted(filter(None, map(_plain, texts)), key=len, reverse=True)
    return "(" + ("|".join(map(re.escape, ordered)) or r"(?!)") + ")"


NOTHING_KNOWN = Vocabulary()
