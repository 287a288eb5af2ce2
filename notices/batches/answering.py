"""What a row is told: the columns that are appended, and the same as an object."""

from collections.abc import Sequence
from typing import NamedTuple

from notices.facts.public.answer import Other
from notices.facts.relations import AWAITING
from notices.facts.texts import rfc3339
from notices.verification.matching import Asked, Match, others, that_counts

NO_NOTICE = "no_notice"


class Answered(NamedTuple):
    """What a check of the same question says, as far as a file tells it; all empty: not asked."""

    status: str = ""
    since: str = ""
    effective_at: str = ""
    awaiting: str = ""
    notice: str = ""
    others: tuple[Other, ...] = ()
    certificate: str | None = None
    """Under which it is counted: that of the notice that was met, else the one that was asked."""

    def cells(self, problem: str | None) -> tuple[str, ...]:
        """The appended cells; each other notice as `match:id`, with spaces between."""
        told = " ".join(f"{each.match}:{each.notice}" for each in self.others)
        return (*self[:5], told, problem or "")


NOTHING = Answered()
NOT_MET = Answered(NO_NOTICE)


def answered(asked: Asked, matches: Sequence[Match], certificate: str | None) -> Answered:
    """As `verification.sign` says it of the same matches."""
    found = that_counts(asked, matches)
    state = found.notice.state if found else None
    further = tuple(others(asked, found, matches))
    if found is None or state is None:
        return Answered(NO_NOTICE, others=further, certificate=certificate)
    return Answered(
        state.status,
        rfc3339(state.since),
        rfc3339(state.effective_at) if state.effective_at else "",
        AWAITING if state.awaiting else "",
        found.notice.id,
        further,
        certificate or found.certificate,
    )
