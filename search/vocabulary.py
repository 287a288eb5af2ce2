"""The words of a city's catalogue that people type around names and numbers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from notices.facts.readings import bare_form, without_prefix
from search.hanzi import usual_pinyin

LABELS = (
    "编号", "编码", "号码", "证号", "证件号", "证件号码", "证书号", "证书编号", "证书号码",
    "许可证号", "许可证编号", "注册号", "登记号", "备案号", "声明编号", "公告编号",
    "统一社会信用代码", "社会信用代码", "信用代码", "代码", "No", "Nr", "number", "SN",
)  # fmt: skip
"""What people write in front of a number, whatever it is the number of."""

BESIDE = (
    "正本", "副本", "正副本", "原件", "复印件", "遗失", "丢失", "被盗", "挂失", "补办", "补领",
    "声明", "作废", "声明作废", "遗失声明", "公告",
)  # fmt: skip
"""What people add to a number, and what says nothing of which notice is meant."""

FEWEST_INITIALS = 3
"""Characters of a certificate's name that is known by their initials: fcz is 房产证."""


@dataclass(frozen=True)
class Vocabulary:
    """Names that are known, and what may stand before or after a number without being part of it.

    `names` are compact (`search.understanding.compact`), `kinds` certificates by their names,
    `prefixes` certificates with what may be left out of their numbers.
    """

    names: frozenset[str] = frozenset()
    kinds: Mapping[str, str] | None = None
    labels: tuple[str, ...] = ()
    prefixes: tuple[tuple[str, re.Pattern[str]], ...] = ()

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Certificates by the normal forms of their names."""
        return {bare_form(name): id for name, id in (self.kinds or {}).items()}

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
        return _any_of(map(bare_form, (*LABELS, *self.labels, *BESIDE)), "^(?:{})")

    @cached_property
    def _after(self) -> re.Pattern[str]:
        return _any_of(map(bare_form, BESIDE), "(?:{})$")

    @cached_property
    def _name_before(self) -> re.Pattern[str]:
        return _any_of(self.by_name, "^({})")

    @cached_property
    def _name_after(self) -> re.Pattern[str]:
        return _any_of(self.by_name, "({})$")

    def shortened(self, form: str) -> dict[str, str]:
        """A number's normal form without its prefix, for each certificate where it has one."""
        return {
            certificate: shorter
            for certificate, prefix in self.prefixes
            if (shorter := bare_form(without_prefix(form, prefix))) != form
        }

    def bare(self, form: str) -> str:
        """A normal form without what may stand before and after a number."""
        while True:
            shorter = self._after.sub("", self._before.sub("", form, count=1), count=1)
            if shorter in ("", form):
                return form
            form = shorter

    def named(self, form: str) -> tuple[str, str] | None:
        """What is left without a certificate's name at an end, and which certificate that is."""
        for each in (form, self.bare(form)):
            for pattern in (self._name_before, self._name_after):
                name = pattern.search(each)
                if name and len(name[1]) < len(each):
                    return self.bare(pattern.sub("", each, count=1)), self.by_name[name[1]]
        return None


def _any_of(texts: Iterable[str], pattern: str) -> re.Pattern[str]:
    """A pattern for one of `texts`, the longest that fits; for nothing at all if there is none."""
    ordered = sorted(filter(None, texts), key=len, reverse=True)
    return re.compile(pattern.format("|".join(map(re.escape, ordered)) or r"(?!)"))


NOTHING_KNOWN = Vocabulary()
