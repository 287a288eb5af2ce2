"""How much of what people type finds its notice: recall@20 for each way of typing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from bench.questions import Asked, Questions, Shown

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


def report(ours: Ask, plain: Ask, notices: list[Shown], seed: int = 1, many: int = 150) -> None:
    print(f"corpus           {len(notices):8,d} notices")
    for name, made in Questions(notices, seed, many).classes().items():
        questions = made()
        got, bare = score(ours, questions), score(plain, questions)
        print(
            f"{name:26s} recall@20 {got.recall:7.2%}  first {got.first:6.1%}"
            f"  nothing else {got.only:6.1%}  of {len(questions)};"
            f" bare Meilisearch {bare.recall:6.1%}, first {bare.first:6.1%}"
            + (f"  missed: {got.missed[:4]}" if got.missed else "")
        )
