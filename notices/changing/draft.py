"""What is kept of something that is being typed: fields, problems, what has come of it so far."""

from typing import Any

import msgspec

from notices.facts.errors import Problem
from notices.facts.texts import ByLanguage, Text


class ShownProblem(msgspec.Struct, frozen=True):
    """A problem that a step's page shows, in whichever language it is asked for."""

    field: str
    code: str
    params: dict[str, Any] = {}

    @classmethod
    def of(cls, problem: Problem) -> "ShownProblem":
        params = {
            name: value.in_all() if isinstance(value, Text) else value
            for name, value in problem.params.items()
        }
        return cls(problem.field, problem.code, params)

    @property
    def problem(self) -> Problem:
        params = {
            name: ByLanguage(value) if isinstance(value, dict) else value
            for name, value in self.params.items()
        }
        return Problem(self.field, self.code, params)


class Paper(msgspec.Struct, frozen=True):
    """One of several papers that were lost together: its name within the draft, and its fields."""

    name: str
    fields: dict[str, str]


FIRST = "1"
"""How the first paper of a draft is called."""


class Draft(msgspec.Struct, frozen=True):
    """The fields typed so far, the step that was asked for last, and what came of it.

    Of several papers one is asked for at a time: `fields` are its own, and the others lie `before`
    and `after` it. Once all is published nothing is left but the ids of the notices.
    """

    fields: dict[str, str] = {}
    paper: str = FIRST
    before: tuple[Paper, ...] = ()
    after: tuple[Paper, ...] = ()
    papers_made: int = 1
    """How many there have been: no name is given twice."""
    follows: str = ""
    """The notice of what was lost with it and declared before: who, how and when was said there."""
    agreed_until: float = 0.0
    """Until when, in seconds since 1970, what was agreed to of that one is read, and not ticked."""
    agreed: tuple[str, ...] = ()
    agreed_at: float = 0.0
    """When that was, in seconds since 1970: on another day it is ticked again."""
    step: str = ""
    problems: tuple[ShownProblem, ...] = ()
    review: bool = False
    file: str = ""
    """The exhibit that came when it was sent before, if it could not be published then."""
    published: tuple[str, ...] = ()
    began: float = 0.0
    """When its first form was sent, in seconds since 1970: how long publishing takes is counted."""
    refused: tuple[str, ...] = ()
    """The notices that stand in the way, in the order of the declarations that are left."""
    reasons: tuple[ShownProblem | None, ...] = ()
    """Likewise what else keeps one from being published; its notice is then empty."""

    @property
    def papers(self) -> tuple[Paper, ...]:
        """All of them, in order; of one that nobody has said what it is nothing is meant."""
        here = Paper(self.paper, self.fields)
        others = (*self.before, *self.after)
        own = (here,) if self.fields.get("certificate") or not others else ()
        return (*self.before, *own, *self.after)

    @property
    def wrong(self) -> list[Problem]:
        return [problem_shown.problem for problem_shown in self.problems]

    @property
    def done(self) -> bool:
        return bool(self.published) and not (self.fields or self.before or self.after)

    @property
    def lasts(self) -> bool:
        """Whether it is of a declaration, and not a form whose path its step is (`pages/again`)."""
        return not self.done and not self.step.startswith("/")
