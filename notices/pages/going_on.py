"""Whether a declaration may go on to where its form leads, and what has to be mended first."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from notices.changing.draft import Draft, ShownProblem
from notices.deployment import Deployment
from notices.facts.errors import Problem
from notices.identity import Person
from notices.pages import brought, several, summing_up
from notices.pages.drafts import STEPS, problems_in, step_of
from notices.pages.posted import Posted
from notices.pages.several import Lost
from notices.web.uploads import Upload


def looked_at(
    deployment: Deployment,
    person: Person,
    posted: Posted,
    draft: Draft,
    upload: Upload,
    first_problems: list[Problem],
) -> Draft:
    """`draft` with what is wrong on the way to where the form leads, and the step that mends it.

    What is `told` of the draft as a whole comes first.
    """
    to, at = posted.to, posted.at
    if first_problems == [CHANGED]:
        draft = msgspec.structs.replace(draft, problems=(ShownProblem.of(CHANGED),))
    if to not in ("check", "publish") and STEPS.index(to) <= STEPS.index(at):
        return draft
    exhibit = to != "publish" or upload.receiving is not None
    exhibit = exhibit or brought.kept(deployment, draft.file) is not None
    now, catalogue = datetime.now(UTC), deployment.catalogue
    losts = several.lost(draft, draft.agreed, person, catalogue)
    if to not in ("check", "publish"):  # the rest of one paper is asked first
        losts = [each for each in losts if each.paper.name == draft.paper]
    found = [
        (
            each,
            problems_in(deployment, person, each.declared, each.certificate, now, exhibit=exhibit),
        )
        for each in losts
    ]
    if to == "publish" and posted.draft and _is_another_text(deployment, person, posted, found):
        # Whatever the reader agreed to, it was something else.
        draft = msgspec.structs.replace(draft, agreed=())
        told, found = (
            first_problems or [CHANGED],
            [(each, _of_steps(wrong)) for each, wrong in found],
        )
        return _stopped_at_first(draft, told, found) or stopped(draft, told)
    found = [
        (each, [one for one in wrong if STEPS.index(step_of(one.field)) < STEPS.index(to)])
        for each, wrong in found
    ]
    if held_up := _stopped_at_first(draft, first_problems, found):
        return held_up
    if to == "publish" and upload.wrong:
        return stopped(draft, [*first_problems, *upload.wrong])
    return msgspec.structs.replace(draft, review=draft.review or to in ("check", "publish"))


Found = list[tuple[Lost, list[Problem]]]
"""What is wrong with each paper."""


def _of_steps(problems: Sequence[Problem]) -> list[Problem]:
    """Those that are mended before the check."""
    return [one for one in problems if step_of(one.field) != "check"]


def _is_another_text(deployment: Deployment, person: Person, posted: Posted, found: Found) -> bool:
    """Whether what would be published is not what the form's page showed."""
    whole = [(each.certificate, each.declared) for each, _ in found if each.certificate is not None]
    if len(whole) < len(found) or any(_of_steps(wrong) for _, wrong in found):
        return True
    return posted.given.get("seen") != summing_up.seen(deployment, person, whole)


def _stopped_at_first(draft: Draft, told: list[Problem], found: Found) -> Draft | None:
    """`draft` at the first paper that has something wrong, the one in front before all others."""
    in_order = sorted(found, key=lambda one: one[0].paper.name != draft.paper)
    for each, wrong in in_order:
        if wrong:
            return stopped(several.turned(draft, each.paper.name) or draft, [*told, *wrong])
    return None


CHANGED = Problem("", "draft_changed")
FORGOTTEN = Problem("", "draft_forgotten")


def with_file(told: str, draft: Draft | None) -> Draft:
    return msgspec.structs.replace(draft or Draft(), file=told)


def stopped(draft: Draft, problems: list[Problem]) -> Draft:
    """`draft` at the first step with a problem, with those of that step."""
    step = next((step_of(one.field) for one in problems if one.field), "check")
    own = [one for one in problems if not one.field or step_of(one.field) == step]
    return msgspec.structs.replace(
        draft, step=step, problems=tuple(ShownProblem.of(problem) for problem in own)
    )
