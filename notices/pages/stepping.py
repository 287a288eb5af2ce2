"""What the pages of a declaration's steps have in common: where they are, and what each carries."""

from typing import Any

from litestar import Response

from notices.changing.draft import Draft
from notices.deployment import Deployment
from notices.facts.errors import Problem
from notices.identity import Person
from notices.pages import again, rendering, several
from notices.pages.drafts import STEPS
from notices.pages.publishing import CONFLICT
from notices.web.authentication import AnyRequest

PAGES = (*STEPS[:-1], CONFLICT)
ASKING = ("certificate", "matter", "number")
"""Steps that are asked of each paper."""


def address(step: str, id: str, draft: Draft | None = None) -> str:
    """Of the page of a step; of several papers it names the one that is asked for."""
    where = f"/declare/{step}/{id}"
    asks = draft is not None and step in ASKING and several.are(draft)
    return f"{where}?paper={draft.paper}" if draft is not None and asks else where


def hidden(deployment: Deployment, person: Person, draft: str) -> dict[str, str]:
    """What every form of a draft carries: whose it is and which, and nothing that was typed."""
    return {"draft": draft, **again.stamped(deployment, person, draft)}


async def page(
    request: AnyRequest, person: Person, step: str, problems: list[Problem], **context: Any
) -> Response[str]:
    return await rendering.page(
        request,
        f"declare_{step}.html",
        status=422 if problems else 200,
        cache=rendering.NEVER_KEPT,
        step=step,
        number_of_step=STEPS.index(step) + 1,
        acts_for=person.acts_for,
        problems=problems,
        errors=rendering.by_field(problems),
        **({"exhibit_asked": False} | context),
    )
