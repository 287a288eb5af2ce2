"""What people type, in each of their ways, and which notices of a corpus answer it."""

import random
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice

import asyncpg
from pypinyin import lazy_pinyin

from notices.facts import catalogue
from notices.facts.readings import bare_form

PLAIN = (
    "full number as printed", "other brackets or case", "label: number",
    "certificate + number + 号",
    "the number's digits", "its last 8 digits", "full holder's name", "5 inner characters",
    "two words, either order",
)  # fmt: skip
"""What most people type; the rest is for who does not know better."""

MOST_TRUE = 20
"""A question with more right answers than a page shows says little about a search."""

DRAWN = 200
"""Notices looked at for each question that is asked."""

_DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the public sees of a notice."""

    id: str
    certificate: str
    number: str | None
    key: str | None
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, and the notices that answer it; `first` is the one that has to lead."""

    q: str
    true: frozenset[str]
    first: frozenset[str] = frozenset()


async def corpus(url: str) -> list[Shown]:
    """Every notice as the public sees it."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT id, certificate, form ->> 'number' AS number, number_key, holder_kind,"
            " holder_name FROM notice WHERE form IS NOT NULL"
        )
    finally:
        await connection.close()
    return [Shown(*row) for row in rows]


def _answers_to(each: Shown) -> Iterator[tuple[str, ...]]:
    """Everything about numbers and names that notice `each` is a right answer to."""
    if each.key:
        yield "number", each.key
        yield "number", each.key, each.certificate
        runs = _DIGITS.findall(each.key)
        # Who types the last digits of 2020…0012345 may run the two together.
        for run in {*runs, "".join(runs)}:
            for length in range(6, len(run) + 1):
                yield "tail", run[-length:]
    if each.kind == "organisation":
        yield "name", each.name
        for start in range(len(each.name) - 4):
            yield "inner", each.name[start : start + 5]
            yield "inner", each.name[start : start + 5], each.certificate


class Questions:
    """Questions about a corpus, of each kind that people ask, with their right answers."""

    def __init__(self, notices: list[Shown], seed: int, many: int) -> None:
        self.random = random.Random(seed)  # noqa: S311  (the same questions every time)
        self.many = many
        self.certificates = catalogue.load().certificates
        # Many more than are asked: a common name has more right answers than a question may have.
        self.notices = self.random.sample(notices, min(len(notices), DRAWN * many))
        self.companies = [each for each in notices if each.kind == "organisation"]
        self.names = {each.name for each in self.companies}
        # Of a million notices only what may be asked for is kept, and no more than tells.
        self._true: dict[tuple[str, ...], set[str]] = {}
        for each in self.notices:
            self._true.update((what, set()) for what in _answers_to(each))
        for each in notices:
            for what in _answers_to(each):
                ids = self._true.get(what)
                if ids is not None and len(ids) <= MOST_TRUE:
                    ids.add(each.id)

    def _answers(self, *what: str) -> frozenset[str]:
        return frozenset(self._true[what])

    def _some(self, make: Callable[[Shown], Asked | None], of: Iterable[Shown]) -> list[Asked]:
        pool = list(of)
        found: list[Asked] = []
        for each in self.random.sample(pool, len(pool)):
            asked = make(each)
            if asked is not None and 0 < len(asked.true) <= MOST_TRUE:
                found.append(asked)
                if len(found) == self.many:
                    break
        return found

    def classes(self) -> dict[str, Callable[[], list[Asked]]]:
        """The kinds of questions, and what makes those of a kind."""
        numbered = [each for each in self.notices if each.key]
        companies = [each for each in self.notices if each.kind == "organisation"]

        def number(typed: Callable[[Shown], str]) -> Callable[[Shown], Asked]:
            def make(each: Shown) -> Asked:
                # 鲁交运管潍字379999000001 is one certificate's, the bare digits may be another's.
                prefixed = bare_form(each.number or "") != each.key
                of_kind = (each.certificate,) if prefixed else ()
                same = self._answers("number", each.key or "", *of_kind)
                return Asked(typed(each), same, same)

            return make

        def name(each: Shown) -> Asked:
            return Asked(each.name, self._answers("name", each.name))

        makers = {
            "full number as printed": (number(lambda n: n.number or ""), numbered),
            "other brackets or case": (number(self._otherwise), numbered),
            "label: number": (number(self._labelled), numbered),
            "certificate + number + 号": (self._of_kind, numbered),
            "number in a sentence": (number(self._in_a_sentence), numbered),
            "number in a statement": (number(self._in_a_statement), numbered),
            "number (副本)": (number(lambda n: f"{n.number}（副本）"), numbered),
            "the number's digits": (self._run, numbered),
            "its last 8 digits": (self._tail, numbered),
            "full holder's name": (name, companies),
            "5 inner characters": (self._inner, companies),
            "one wrong character": (self._wrong, companies),
            "two words, either order": (self._two, companies),
            "pinyin of 4 characters": (self._sound(" ".join), companies),
            "pinyin written together": (self._sound("".join), companies),
            "initials of 6 characters": (self._initials, companies),
        }
        return {kind: partial(self._some, make, of) for kind, (make, of) in makers.items()}

    def _of_kind(self, each: Shown) -> Asked:
        name = self.certificates[each.certificate].name.zh
        same = self._answers("number", each.key or "", each.certificate)
        return Asked(f"{name}{each.number}号", same, same)

    def _labelled(self, each: Shown) -> str:
        label = self.certificates[each.certificate].number_label.zh.split("(")[0]
        return f"{label}：{each.number}"

    def _in_a_sentence(self, each: Shown) -> str:
        return f"我丢了{each.number}登记证书"

    def _in_a_statement(self, each: Shown) -> str:
        name = self.certificates[each.certificate].name.zh.split("(")[0]
        return f"某某遗失{name}正副本，编号{each.number}，声明作废。"

    def _otherwise(self, each: Shown) -> str:
        wide = {ord(a): b for a, b in zip("()〔〕-", "（）[]－", strict=True)}
        text = (each.number or "").translate(wide)
        return text.lower() if self.random.random() < 0.5 else text.upper()

    def _run(self, each: Shown) -> Asked | None:
        runs = [run for run in _DIGITS.findall(each.key or "") if len(run) >= 6]
        if not runs:
            return None
        run = max(runs, key=len)
        return Asked(run, self._answers("tail", run))

    def _tail(self, each: Shown) -> Asked | None:
        runs = _DIGITS.findall(each.key or "")
        if not runs or len(runs[-1]) < 8:
            return None
        tail = runs[-1][-8:]
        return Asked(tail, self._answers("tail", tail))

    def _inner(self, each: Shown) -> Asked | None:
        if len(each.name) < 7:
            return None
        start = self.random.randrange(1, len(each.name) - 5)
        part = each.name[start : start + 5]
        return Asked(part, self._answers("inner", part)) if part.isalnum() else None

    def _wrong(self, each: Shown) -> Asked | None:
        if len(each.name) < 4:
            return None
        place = self.random.randrange(len(each.name))
        other = self.random.choice("某梅鑫顺德昌盛源恒泰宏")
        typed = each.name[:place] + other + each.name[place + 1 :]
        if typed in self.names:
            return None
        return Asked(typed, self._answers("name", each.name))

    def _two(self, each: Shown) -> Asked | None:
        alias = self.certificates[each.certificate].aliases[:1]
        if len(each.name) < 7 or not alias:
            return None
        start = self.random.randrange(len(each.name) - 5)
        part = each.name[start : start + 5]
        words = [part, alias[0]]
        self.random.shuffle(words)
        return Asked(" ".join(words), self._answers("inner", part, each.certificate))

    def _part(self, each: Shown, length: int) -> list[str]:
        """The sounds of some characters inside a name; empty when it is too short."""
        spoken = _spoken(each.name)
        if len(spoken) < length + 2:
            return []
        start = self.random.randrange(1, len(spoken) - length)
        return spoken[start : start + length]

    def _sound(self, typed: Callable[[list[str]], str]) -> Callable[[Shown], Asked | None]:
        def make(each: Shown) -> Asked | None:
            part = self._part(each, 4)
            wanted = "".join(part)
            true = (
                id
                for id, name, sound, _ in self._sounds
                if wanted in sound and _stands(wanted, _spoken(name))
            )
            return Asked(typed(part), frozenset(islice(true, MOST_TRUE + 1))) if part else None

        return make

    def _initials(self, each: Shown) -> Asked | None:
        wanted = "".join(sound[0] for sound in self._part(each, 6))
        true = (id for id, _, _, initials in self._sounds if wanted in initials)
        return Asked(wanted, frozenset(islice(true, MOST_TRUE + 1))) if wanted else None

    @cached_property
    def _sounds(self) -> list[tuple[str, str, str, str]]:
        """Of every company's notice its id, the name, how that sounds, and its initials."""
        sounds = []
        for each in self.companies:
            spoken = _spoken(each.name)
            initials = "".join(sound[0] for sound in spoken)
            sounds.append((each.id, each.name, "".join(spoken), initials))
        return sounds


def _spoken(name: str) -> list[str]:
    spoken: list[str] = lazy_pinyin(name, errors="ignore")
    return spoken


def _stands(wanted: str, spoken: list[str]) -> bool:
    """Whether `wanted` is what some neighbouring syllables of `spoken` sound like."""
    return any(
        "".join(spoken[start:end]) == wanted
        for start in range(len(spoken))
        for end in range(start + 1, len(spoken) + 1)
    )
