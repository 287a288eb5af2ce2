"""The table of events: when each kind may happen to a notice, what comes of it, how it is called.

Whatever else tells kinds apart follows from here, SQL too (`listed`), or is held against it by
tests/test_event_kinds.py: types, the database's checks, indexes and triggers.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from notices.facts.errors import Refusal
from notices.facts.public.form import (
    ConfirmedForm,
    ContestedForm,
    CorrectedForm,
    DecidedForm,
    EventForm,
    EventKind,
    PublicForm,
    RedactedForm,
    ReplacedForm,
    RestoredForm,
    SupersededForm,
    UnconfirmedForm,
    WithdrawnForm,
)
from notices.facts.public.notice import Status
from notices.facts.refusals import NotConfirmed, NotContested
from notices.facts.statuses import ENDED
from notices.facts.texts import Message, Text

By = Literal["declarant", "agency", "officer", "operator", "term", "request"]
"""Who does it; `term`: the clock, when the public term is over; `request`: whom it tells of."""

BEFORE: Literal["before"] = "before"
"""In place of a status: the one that a contest interrupted goes on."""

AGAIN: Literal["again"] = "again"
"""In place of a status: the one that the notice had before it ended."""


class Mark(NamedTuple):
    """What must not be overlooked on paper: a word across it, and a sentence."""

    word: Text
    line: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """When a kind of event may happen, what a notice is after it, and what people are told of it.

    `after` is the status then, None where that stays. `follows` are the statuses in which it may
    happen, `awaiting` that it may only while a confirmation is missing (True) or is not (False).
    Some need the text that a redaction removes (`needs_text`). Of what one takes back the kinds are
    `takes_back`: with `after` "again" the event that ended the notice, else the last confirmation
    that stands (`lifecycle.confirmations`). `by` are those who may do it; with
    nobody there it comes of something else. `mark` is on paper as long as the event tells the
    present status, or for ever where it changes none; `feed` says by whom the notice ended.
    """

    form: type[PublicForm | EventForm]
    words: Text
    after: Status | Literal["before", "again"] | None
    follows: frozenset[Status]
    by: tuple[By, ...]
    awaiting: bool | None = None
    needs_text: bool = False
    removes_text: bool = False
    takes_back: frozenset[EventKind] = frozenset()
    refusal: type[Refusal] | None = None
    mark: Mark | None = None
    feed: str | None = None

    @property
    def ends_claims(self) -> bool:
        """Whether the notice lives no more, so that its certificate can be declared again."""
        return self.after == "reinstated"

    @property
    def ends(self) -> bool:
        """Whether none but what takes it back changes the status after it: nothing waits then."""
        return self.after in ENDED


def _in(*statuses: Status) -> frozenset[Status]:
    return frozenset(statuses)


KINDS: dict[EventKind, Kind] = {
    "published": Kind(
        form=PublicForm,
        words=Message("发布声明"),
        by=("declarant",),
        follows=_in(),
        after="declared",
    ),
    "corrected": Kind(
        form=CorrectedForm,
        words=Message("更正"),
        by=("declarant",),
        follows=_in("declared", "invalid"),
        needs_text=True,
        after=None,
    ),
    "withdrawn": Kind(
        form=WithdrawnForm,
        words=Message("撤回"),
        by=("declarant",),
        follows=_in("declared", "invalid", "contested"),
        after="reinstated",
        feed="声明已撤回",
        mark=Mark(
            Message("已撤回", "notice"),
            Message("声明人已撤回这份声明，它不再生效。"),
        ),
    ),
    "confirmed": Kind(
        form=ConfirmedForm,
        words=Message("确认"),
        by=("agency", "officer"),
        follows=_in("declared", "invalid"),
        after=None,
    ),
    "contested": Kind(
        form=ContestedForm,
        words=Message("异议受理"),
        by=("officer",),
        follows=_in("declared", "invalid"),
        after="contested",
        mark=Mark(
            Message("有异议"),
            Message("异议已受理，尚未决定。"),
        ),
    ),
    "dismissed": Kind(
        form=DecidedForm,
        words=Message("异议驳回"),
        by=("officer",),
        follows=_in("contested"),
        after=BEFORE,
        refusal=NotContested,
    ),
    "annulled": Kind(
        form=DecidedForm,
        words=Message("撤销"),
        by=("officer",),
        follows=_in("declared", "invalid", "contested"),
        after="reinstated",
        feed="声明已撤销",
        mark=Mark(
            Message("已撤销"),
            Message("工作人员已撤销这份声明，它不再生效。"),
        ),
    ),
    "replaced": Kind(
        form=ReplacedForm,
        words=Message("已补发新证"),
        by=("agency",),
        follows=_in("declared", "invalid"),
        awaiting=False,
        after="replaced",
        refusal=NotConfirmed,
        mark=Mark(
            Message("已补发新证", "status"),
            Message("旧证永久作废。"),
        ),
    ),
    "superseded": Kind(
        form=SupersededForm,
        words=Message("由另一份声明取代"),
        by=(),
        follows=_in("declared", "contested"),
        awaiting=True,
        after="reinstated",
        feed="声明未经确认，已由另一份取代",
        mark=Mark(
            Message("已被取代"),
            Message("同一证件已有另一份声明，它没有生效，已经终止。"),
        ),
    ),
    "restored": Kind(
        form=RestoredForm,
        words=Message("恢复"),
        by=("operator",),
        follows=_in("reinstated", "replaced"),
        takes_back=frozenset(("annulled", "replaced", "superseded")),
        after=AGAIN,
    ),
    "unconfirmed": Kind(
        form=UnconfirmedForm,
        words=Message("取消确认"),
        by=("operator",),
        follows=_in("declared", "invalid", "contested", "reinstated"),
        takes_back=frozenset(("confirmed",)),
        after=None,
    ),
    "redacted": Kind(
        form=RedactedForm,
        words=Message("内容已移除"),
        by=("officer", "term", "request"),
        follows=_in("declared", "invalid", "contested", "reinstated", "replaced"),
        needs_text=True,
        removes_text=True,
        after=None,
        mark=Mark(
            Message("内容已移除"),
            Message("这份公告的内容已按规定移除；编号、时间和状态保留。"),
        ),
    ),
}

FIRST: EventKind = "published"
"""What begins a notice, and happens to it never again."""

OUTCOMES = tuple(kind for kind, row in KINDS.items() if row.after and kind != FIRST)
"""Those that change a status that the clock alone would give: most notices have none of them."""

END = tuple(kind for kind, row in KINDS.items() if row.ends)
END_CLAIMS = tuple(kind for kind, row in KINDS.items() if row.ends_claims)

INTERRUPT = tuple(kind for kind, row in KINDS.items() if row.after == "contested")
RESUME = tuple(kind for kind, row in KINDS.items() if row.after == BEFORE)
"""Those with which a notice period stands still, and those with which it goes on."""

RESTORE = tuple(kind for kind, row in KINDS.items() if row.after == AGAIN)
"""Those that take back what ended a notice."""

UNCONFIRM = tuple(kind for kind, row in KINDS.items() if row.takes_back and row.after is None)
CONFIRM = tuple(kind for kind in KINDS if any(kind in KINDS[by].takes_back for by in UNCONFIRM))
"""Those that take back a confirmation, and those that they take back."""

STAFF: tuple[By, ...] = ("agency", "officer", "operator")

NAMED = tuple(kind for kind, row in KINDS.items() if set(STAFF).intersection(row.by))
"""Those of which it is kept under seal who did it; a declarant alone can do the others."""

SILENT = tuple(
    kind
    for kind, row in KINDS.items()
    if row.after is None and not row.removes_text and not row.takes_back
)
"""Those that leave the state of a notice (`lifecycle.state`) as it is."""


def leading_to(status: str) -> tuple[EventKind, ...]:
    """The kinds without which no notice has `status`; none where the clock alone brings it."""
    return tuple(kind for kind in OUTCOMES if KINDS[kind].after == status)


def listed(kinds: Iterable[str]) -> str:
    """`kinds` as the list that SQL wants behind IN."""
    return "(" + ", ".join(f"'{kind}'" for kind in kinds) + ")"


def standing(kinds: Iterable[EventKind], event: str) -> str:
    """SQL: the index of the last of `kinds` in the rows `event`, of one notice.

    Null where there is none, or it was taken back.
    """
    last, back = (
        f"max({event}.index) FILTER (WHERE {event}.kind IN {listed(each)})"
        for each in (kinds, RESTORE)
    )
    return f"CASE WHEN {last} > coalesce({back}, -1) THEN {last} END"


def stands(event: str) -> str:
    """SQL: whether the confirmation that is the row `event` was not taken back.

    Each taking back is of the last one that stands, as `lifecycle.confirmations` has it: that of
    this one is the first behind it up to which as many were taken back as were given.
    """
    given, back = (
        f"count(*) FILTER (WHERE x.kind IN {listed(each)})" for each in (CONFIRM, UNCONFIRM)
    )
    return f"""NOT EXISTS (SELECT FROM event u
      WHERE u.notice = {event}.notice AND u.kind IN {listed(UNCONFIRM)} AND u.index > {event}.index
        AND (SELECT {given} = {back} FROM event x WHERE x.notice = {event}.notice
          AND x.index BETWEEN {event}.index AND u.index))"""  # noqa: S608


def bringing(kinds: Iterable[str]) -> Kind:
    """What brought about the present status of a notice with events of `kinds`, in their order."""
    brought = before = KINDS[FIRST]
    for row in (KINDS[kind] for kind in kinds if kind in KINDS):
        if row.after == AGAIN:
            brought = before
        elif row.after is not None:
            before, brought = brought, row
    return brought
