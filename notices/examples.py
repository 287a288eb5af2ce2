"""Made-up notices in every state that there is, brought there by the acts that bring real ones.

For whoever wants to see what each of them looks like: the fill of a demo leaves what it writes as
it was declared, or withdrawn.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from random import Random

from notices import data_keys, declarations, matching_keys, register
from notices.agencies import Agency
from notices.changing import amending, confirming, deciding, issuing, objecting, unfinished
from notices.demo import RealRegister
from notices.demo import people as demo_people
from notices.demo.drafting import Draft, Writer
from notices.demo.numbering import NumbersExhaustedError
from notices.deployment import Deployment
from notices.facts.errors import AlreadyDeclared
from notices.facts.requests import Decision, Objection, Replacement
from notices.facts.texts import CHINA
from notices.identity import Person
from notices.tables import Notice

MOST_DRAFTS = 400
"""Certificates come by turns: whatever a state needs is among this many, five times over."""


SERIALS = (1_000_000, 17_000_000)
"""Among which a run begins: nobody is made up twice, and a fill seldom comes so far."""


class _Stage:
    """One draft that was declared, and those who do something to it."""

    def __init__(self, deployment: Deployment, draft: Draft, id: str, random: Random) -> None:
        self.deployment, self.draft, self.id = deployment, draft, id
        self._random = random

    @property
    def officer(self) -> Person:
        return _person("officer", 900_001, self._random)

    async def object(self) -> None:
        stranger = _person("person", 900_002, self._random)
        objection = Objection(
            number=self.draft.declaration.number, ground="not_lost", text="证件在我手里，没有遗失。"
        )
        notice = await register.get(self.id)
        await objecting.object_to(
            self.deployment, stranger, notice, objection, id=unfinished.new_id()
        )

    async def decide(self, decision: str, reason: str) -> None:
        said = Decision(decision=decision, reason=reason)
        await deciding.decide(self.deployment, self.officer, self.id, said)


async def _running(stage: _Stage) -> None:
    """As it was published: its notice period runs, or it awaits a confirmation."""


async def _objected(stage: _Stage) -> None:
    await stage.object()


async def _contested(stage: _Stage) -> None:
    await stage.object()
    await stage.decide("admit", "异议人出示了证件原件，需要核实。")


async def _dismissed(stage: _Stage) -> None:
    await _contested(stage)
    await stage.decide("dismiss", "经核实，异议人出示的是复印件。")


async def _annulled(stage: _Stage) -> None:
    await _contested(stage)
    await stage.decide("annul", "经核实，证件没有遗失。")


async def _withdrawn(stage: _Stage) -> None:
    await amending.withdraw(stage.deployment, stage.draft.person, stage.id, "found")


async def _corrected(stage: _Stage) -> None:
    changes: amending.Changes = {"issued_on": None}
    now = datetime.now(UTC)
    await amending.correct(stage.deployment, stage.draft.person, stage.id, changes, now=now)


async def _confirmed(stage: _Stage) -> None:
    await confirming.confirm(stage.deployment, stage.officer, stage.id)


async def _replaced(stage: _Stage) -> None:
    issuer = stage.draft.declaration.issuer or ""
    today = datetime.now(CHINA).date().isoformat()
    replacement = Replacement(issued_on=today)
    await issuing.replace(
        stage.deployment, Agency("demo", issuer, (issuer,)), stage.id, replacement
    )


async def _redacted(stage: _Stage) -> None:
    await deciding.redact(stage.deployment, stage.officer, stage.id, "示例：依申请移除。")


def _plain(draft: Draft) -> bool:
    """What anything may happen to: declared by its holder, in full, under a number.

    Without a notice period, whose notice would stand as declared where its state is to show one
    that is in effect.
    """
    said = draft.declaration
    return bool(
        (said.relation or "self") == "self"
        and draft.certificate.notice_period is None
        and said.number
        and said.issuer
        and said.issued_on
    )


STATES: dict[str, tuple[Callable[[Draft], bool], Callable[[_Stage], Awaitable[None]]]] = {
    "running": (lambda draft: draft.certificate.notice_period is not None, _running),
    "awaiting": (lambda draft: draft.declaration.relation == "parent", _running),
    "confirmed": (lambda draft: draft.declaration.relation == "parent", _confirmed),
    "corrected": (_plain, _corrected),
    "objected": (_plain, _objected),
    "contested": (_plain, _contested),
    "dismissed": (_plain, _dismissed),
    "annulled": (_plain, _annulled),
    "withdrawn": (_plain, _withdrawn),
    "replaced": (_plain, _replaced),
    "redacted": (_plain, _redacted),
}
"""For each state what is fit for it, and what brings it about."""


async def show(deployment: Deployment) -> dict[str, str]:
    """Declare a notice for each state and bring it there; their ids, by state.

    Raises RealRegister where one notice is not `self_declared`. Each act is a transaction of its
    own: whoever is killed has fewer of them, and nothing else.
    """
    if await Notice.exists().where(Notice.evidence != "self_declared"):
        raise RealRegister
    await data_keys.begin(deployment.keys)
    await matching_keys.load(deployment.keys)
    writer, random = Writer(deployment), Random()  # noqa: S311
    left, shown = dict(STATES), dict[str, str]()
    first = random.randrange(*SERIALS)
    for serial in range(first, first + MOST_DRAFTS):
        try:
            draft = writer.draft(serial, datetime.now(UTC), random)
        except NumbersExhaustedError:  # a kind of few numbers, and another comes next
            continue
        state = next((name for name, (fits, _) in left.items() if fits(draft)), None)
        if state is None:
            continue
        id = await _declare(deployment, draft)
        if id is not None:
            _, bring = left.pop(state)
            await bring(_Stage(deployment, draft, id, random))
            shown[state] = id
        if not left:
            break
    return shown


async def _declare(deployment: Deployment, draft: Draft) -> str | None:
    """None where the number that was made up is declared already."""
    try:
        done = await declarations.declare(
            deployment, draft.person, draft.declaration, certificate=draft.certificate
        )
    except AlreadyDeclared:
        return None
    return done.id


def _person(kind: str, serial: int, random: Random) -> Person:
    name = demo_people.name(random)
    return Person(kind=kind, name=name, identifier=demo_people.resident_id(serial))
