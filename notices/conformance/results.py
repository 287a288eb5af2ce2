"""What came of a check: it passed, something was other than expected, or it could not be tried."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from notices.facts.texts import Message, Text, TextError

Outcome = Literal["passed", "failed", "untried"]
LONGEST = 200
"""Characters of what was found: a service that is none may answer with anything."""


class Differs(Exception):
    """Something is not as the contract says."""

    def __init__(self, where: str, expected: object, found: object) -> None:
        super().__init__(where)
        self.where, self.expected, self.found = where, _short(expected), _short(found)


class Untried(TextError):
    """There is nothing to try a check with."""


@dataclass(frozen=True, slots=True)
class Result:
    """Of one check; `where`, `expected` and `found` are of one that failed, `why` of the others."""

    name: str
    what: Text
    outcome: Outcome
    where: str = ""
    expected: str = ""
    found: str = ""
    why: Text | None = None

    def as_json(self) -> dict[str, Any]:
        told = {"where": self.where, "expected": self.expected, "found": self.found}
        return {
            "check": self.name,
            "outcome": self.outcome,
            "what": {"zh": self.what.zh, "en": self.what.en},
            **(told if self.outcome == "failed" else {}),
            **({"why": {"zh": self.why.zh, "en": self.why.en}} if self.why else {}),
        }


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the contract says. `run` raises Differs or Untried.

    It is not tried where one of those that it `rests_on` failed: what is wrong is told once.
    """

    name: str
    what: Text
    run: Callable[[Any], None]
    rests_on: tuple[str, ...] = ()

    def result(self, known: Any, failed: Collection[str]) -> Result:
        """What came of it, after those checks that `failed`."""
        try:
            for each in self.rests_on:
                if each in failed:
                    raise Untried(_RESTS_ON.format(name=each))
            self.run(known)
        except Differs as differs:
            return Result(
                self.name, self.what, "failed", differs.where, differs.expected, differs.found
            )
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            # What is read as the contract has it was something else altogether.
            found = f"{type(error).__name__}: {error}"
            return Result(self.name, self.what, "failed", self.name, "-", _short(found))
        except Untried as untried:
            return Result(self.name, self.what, "untried", why=untried.text)
        return Result(self.name, self.what, "passed")


def expect(where: str, expected: object, found: object) -> None:
    """Raises Differs unless both are the same."""
    if expected != found:
        differ(where, expected, found)


def differ(where: str, expected: object, found: object) -> NoReturn:
    raise Differs(where, expected, found)


def _short(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


_RESTS_ON = Message("没有试：{name} 已经不对。")
