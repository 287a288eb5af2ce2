"""How much of what people type finds its notice: recall@20 for each way of typing."""

import asyncio
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import asyncpg
import httpx
from pypinyin import lazy_pinyin

from notices.facts import catalogue
from notices.facts.numbers import normal_form

PLAIN = (
    "full number as printed", "other brackets or case", "label: number",
    "certificate + number + 号",
    "the number's digits", "its last 8 digits", "full holder's name", "5 inner characters",
    "two words, either order",
)  # fmt: skip
"""What most people type; the rest is for who does not know better."""

MOST_TRUE = 20
"""A question with more right answers than a page shows says little about a search."""

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


class Questions:
    """Questions about a corpus, of each kind that people ask, with their right answers."""

    def __init__(self, notices: list[Shown], seed: int, many: int) -> None:
        self.notices = notices
        self.random = random.Random(seed)  # noqa: S311  (the same questions every time)
        self.many = many
        self.by_key: dict[str, set[str]] = defaultdict(set)
        self.by_kind: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.by_tail: dict[str, set[str]] = defaultdict(set)
        self.by_inner: dict[str, set[str]] = defaultdict(set)
        self.by_name: dict[str, set[str]] = defaultdict(set)
        for each in notices:
            if each.key:
                self.by_key[each.key].add(each.id)
                self.by_kind[each.certificate, each.key].add(each.id)
                runs = _DIGITS.findall(each.key)
                # Who types the last digits of 2020…0012345 may run the two together.
                for run in {*runs, "".join(runs)}:
                    for length in range(6, len(run) + 1):
                        self.by_tail[run[-length:]].add(each.id)
            if each.kind == "organisation":
                self.by_name[each.name].add(each.id)
                for start in range(len(each.name) - 4):
                    self.by_inner[each.name[start : start + 5]].add(each.id)
        self.certificates = catalogue.load().certificates

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

    def classes(self) -> Iterator[tuple[str, list[Asked]]]:
        numbered = [each for each in self.notices if each.key]
        companies = [each for each in self.notices if each.kind == "organisation"]

        def number(typed: Callable[[Shown], str]) -> Callable[[Shown], Asked]:
            def make(each: Shown) -> Asked:
                # 鲁交运管潍字379999000001 is one certificate's, the bare digits may be another's.
                prefixed = normal_form(each.number or "") != each.key
                same = (
                    self.by_kind[each.certificate, each.key or ""]
                    if prefixed
                    else self.by_key[each.key or ""]
                )
                return Asked(typed(each), frozenset(same), frozenset(same))

            return make

        yield "full number as printed", self._some(number(lambda n: n.number or ""), numbered)
        yield "other brackets or case", self._some(number(self._otherwise), numbered)
        yield "label: number", self._some(number(self._labelled), numbered)
        yield "certificate + number + 号", self._some(self._of_kind, numbered)
        yield "the number's digits", self._some(self._run, numbered)
        yield "its last 8 digits", self._some(self._tail, numbered)
        yield (
            "full holder's name",
            self._some(lambda n: Asked(n.name, frozenset(self.by_name[n.name])), companies),
        )
        yield "5 inner characters", self._some(self._inner, companies)
        yield "one wrong character", self._some(self._wrong, companies)
        yield "two words, either order", self._some(self._two, companies)
        few = self._few(companies)
        yield "pinyin of 4 characters", self._some(self._sound(" ".join), few)
        yield "pinyin written together", self._some(self._sound("".join), few)
        yield "initials of 6 characters", self._some(self._initials, few)

    def _of_kind(self, each: Shown) -> Asked:
        name = self.certificates[each.certificate].name.zh
        same = frozenset(self.by_kind[each.certificate, each.key or ""])
        return Asked(f"{name}{each.number}号", same, same)

    def _labelled(self, each: Shown) -> str:
        label = self.certificates[each.certificate].number_label.zh.split("(")[0]
        return f"{label}：{each.number}"

    def _otherwise(self, each: Shown) -> str:
        wide = {ord(a): b for a, b in zip("()〔〕-", "（）[]－", strict=True)}
        text = (each.number or "").translate(wide)
        return text.lower() if self.random.random() < 0.5 else text.upper()

    def _run(self, each: Shown) -> Asked | None:
        runs = [run for run in _DIGITS.findall(each.key or "") if len(run) >= 6]
        if not runs:
            return None
        run = max(runs, key=len)
        return Asked(run, frozenset(self.by_tail[run]))

    def _tail(self, each: Shown) -> Asked | None:
        runs = _DIGITS.findall(each.key or "")
        if not runs or len(runs[-1]) < 8:
            return None
        tail = runs[-1][-8:]
        return Asked(tail, frozenset(self.by_tail[tail]))

    def _inner(self, each: Shown) -> Asked | None:
        if len(each.name) < 7:
            return None
        start = self.random.randrange(1, len(each.name) - 5)
        part = each.name[start : start + 5]
        return Asked(part, frozenset(self.by_inner[part])) if part.isalnum() else None

    def _wrong(self, each: Shown) -> Asked | None:
        if len(each.name) < 4:
            return None
        place = self.random.randrange(len(each.name))
        other = self.random.choice("某梅鑫顺德昌盛源恒泰宏")
        typed = each.name[:place] + other + each.name[place + 1 :]
        if typed in self.by_name:
            return None
        return Asked(typed, frozenset(self.by_name[each.name]))

    def _two(self, each: Shown) -> Asked | None:
        alias = self.certificates[each.certificate].aliases[:1]
        if len(each.name) < 7 or not alias:
            return None
        start = self.random.randrange(len(each.name) - 5)
        part = each.name[start : start + 5]
        words = [part, alias[0]]
        self.random.shuffle(words)
        of_kind = self.by_inner[part]
        kinds = self._kinds()
        return Asked(" ".join(words), frozenset(i for i in of_kind if kinds[i] == each.certificate))

    def _few(self, of: list[Shown]) -> list[Shown]:
        """As many as will do."""
        return self.random.sample(of, min(len(of), 8 * self.many))

    def _part(self, each: Shown, length: int) -> list[str]:
        """The sounds of some characters inside a name; empty when it is too short."""
        spoken = self._spoken()[each.id]
        if len(spoken) < length + 2:
            return []
        start = self.random.randrange(1, len(spoken) - length)
        return spoken[start : start + length]

    def _sound(self, typed: Callable[[list[str]], str]) -> Callable[[Shown], Asked | None]:
        def make(each: Shown) -> Asked | None:
            part = self._part(each, 4)
            wanted = "".join(part)
            true = (id for id, spoken in self._spoken().items() if _stands(wanted, spoken))
            return Asked(typed(part), frozenset(true)) if part else None

        return make

    def _initials(self, each: Shown) -> Asked | None:
        wanted = "".join(sound[0] for sound in self._part(each, 6))
        true = (
            id
            for id, spoken in self._spoken().items()
            if wanted in "".join(sound[0] for sound in spoken)
        )
        return Asked(wanted, frozenset(true)) if wanted else None

    @cache  # noqa: B019  (one corpus a run)
    def _spoken(self) -> dict[str, list[str]]:
        """How companies' names sound, by their notices."""
        return {
            each.id: lazy_pinyin(each.name, errors="ignore")
            for each in self.notices
            if each.kind == "organisation"
        }

    def _kinds(self) -> dict[str, str]:
        if not hasattr(self, "_kind_of"):
            self._kind_of = {each.id: each.certificate for each in self.notices}
        return self._kind_of


def _stands(wanted: str, spoken: list[str]) -> bool:
    """Whether `wanted` is what some neighbouring syllables of `spoken` sound like."""
    if wanted not in "".join(spoken):
        return False
    return any(
        "".join(spoken[start:end]) == wanted
        for start in range(len(spoken))
        for end in range(start + 1, len(spoken) + 1)
    )


Ask = Callable[[str], list[str]]
"""From a query to the ids of the first page, the best first."""


def through(client: httpx.Client) -> Ask:
    """Asks the service."""

    def ask(q: str) -> list[str]:
        answer: dict[str, Any] = client.get(
            "/api/v1/notices", params={"q": q, "per_page": 20}
        ).json()
        return [each["id"] for each in answer.get("notices", [])]

    return ask


@dataclass(frozen=True, slots=True)
class Score:
    """How a class of questions went, from 0 to 1 each."""

    recall: float
    first: float
    only: float
    missed: list[str]


def score(ask: Ask, questions: list[Asked]) -> Score:
    """recall@20, how often a right one is first, and how often nothing but right ones is shown."""
    recall, first, only, missed = 0.0, 0, 0, []
    for one in questions:
        ids = ask(one.q)
        found = len(one.true & set(ids)) / len(one.true)
        recall += found
        first += bool(ids) and ids[0] in (one.first or one.true)
        only += set(ids) <= one.true
        if found < 1:
            missed.append(one.q)
    count = max(len(questions), 1)
    return Score(recall / count, first / count, only / count, missed)


def report(ours: Ask, plain: Ask, url: str, seed: int = 1, many: int = 150) -> None:
    notices = asyncio.run(corpus(url))
    print(f"corpus           {len(notices):8,d} notices")
    for name, questions in Questions(notices, seed, many).classes():
        got, bare = score(ours, questions), score(plain, questions)
        print(
            f"{name:26s} recall@20 {got.recall:7.2%}  first {got.first:6.1%}"
            f"  nothing else {got.only:6.1%}  of {len(questions)};"
            f" bare Meilisearch {bare.recall:6.1%}, first {bare.first:6.1%}"
            + (f"  missed: {got.missed[:4]}" if got.missed else "")
        )
