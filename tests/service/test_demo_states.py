"""Whoever looks at the demo finds a notice in every state, brought there as real ones are."""

from datetime import UTC, datetime
from random import Random

import pytest

from notices import demo, examples, log, register
from notices.database import DB
from notices.demo.drafting import Writer
from notices.demo.numbering import NumbersExhaustedError
from notices.deployment import Deployment
from notices.facts.event_kinds import KINDS
from notices.facts.statuses import STATUSES
from notices.tables import Notice
from notices.web import standings, wording
from tests.owning import owning
from tests.service.test_demo import root_of_entries

STANDINGS = {
    "running": "declared", "awaiting": "awaiting", "confirmed": "invalid", "corrected": "invalid",
    "objected": "invalid", "contested": "contested", "dismissed": "invalid",
    "annulled": "reinstated", "withdrawn": "reinstated", "replaced": "replaced",
    "redacted": "invalid",
}  # fmt: skip


async def test_there_is_a_notice_in_every_state(database: None, deployment: Deployment) -> None:
    async with owning():
        shown = await examples.show(deployment)
        again = await examples.show(deployment)

    notices = await register.get_many(list(shown.values()))
    found = {state: notices[id] for state, id in shown.items()}
    assert {state: wording.standing(each.state) for state, each in found.items()} == STANDINGS
    assert set(STANDINGS.values()) == STATUSES.keys() - {"no_notice"}
    assert found["objected"].objections == found["contested"].objections == 1
    assert found["redacted"].form is None
    assert {standings.status(found[each]).zh for each in ("withdrawn", "annulled")} == {
        "已撤回", "已撤销"
    }  # fmt: skip
    kinds = {event.kind for each in found.values() for event in each.events}
    by_operators = {kind for kind, row in KINDS.items() if row.by in ((), ("operator",))}
    assert kinds == KINDS.keys() - by_operators
    assert again.keys() == shown.keys()
    assert not set(again.values()) & set(shown.values())
    assert await root_of_entries() == await log.head()
    rows = await DB.fetch("SELECT DISTINCT evidence FROM notice")
    assert [row["evidence"] for row in rows] == ["self_declared"]


def test_wherever_it_begins_every_state_finds_its_draft_and_none_another(
    deployment: Deployment,
) -> None:
    writer, random = Writer(deployment), Random(4)  # noqa: S311
    published = datetime(2026, 6, 30, 4, tzinfo=UTC)
    for first in range(examples.SERIALS[0], examples.SERIALS[1], 1_600_000):
        met = set[str]()
        for serial in range(first, first + examples.MOST_DRAFTS):
            try:
                draft = writer.draft(serial, published, random)
            except NumbersExhaustedError:
                continue
            fit = {state for state, (fits, _) in examples.STATES.items() if fits(draft)}
            met |= fit
            if draft.certificate.notice_period is not None:
                assert fit == {"running"}, (serial, draft.certificate.id)
        assert met == examples.STATES.keys()


async def test_none_of_them_comes_beside_what_people_proved(
    database: None, deployment: Deployment
) -> None:
    async with owning():
        shown = await examples.show(deployment)
        id = shown["corrected"]
        await Notice.update({Notice.evidence: "identity_verified"}).where(Notice.id == id)
        with pytest.raises(demo.RealRegister):
            await examples.show(deployment)
