"""The JSON API of verification: is this certificate declared lost?"""

from collections.abc import Mapping
from typing import Any

from litestar import Response, post

from notices import verification
from notices.facts.errors import Invalid, Problem, UnknownField
from notices.facts.excess import ManyNeedSignIn
from notices.limits import Asker
from notices.limits.slices import Slices
from notices.verification import MOST, Checked, Question
from notices.web import bodies, guards, sharing
from notices.web.documenting import asks
from notices.web.guards import AnyRequest
from notices.web.notices import NO_STORE, json_response

MOST_BYTES = 1536 * 1024
"""A thousand questions of the longest numbers fit."""

MOST_OF_STRANGERS = 20
"""Questions at once without a session or a key."""


class Questions(Question, kw_only=True):
    """One question, or many under `items`."""

    items: list[Question] | None = None


@post("/api/v1/verifications", status_code=200, **asks("verify", "verifications", Questions))
async def verify(request: AnyRequest) -> Response[bytes]:
    """A signed answer for a certificate shown to you, or for up to 1,000."""
    asker = await guards.asker_of(request)
    # One is counted before anything is read, the others when it is known how many there are.
    await guards.limit(request, "verify", asker)
    raw = await bodies.raw_json(request, MOST_BYTES)
    if len(raw) <= bodies.MOST_BYTES:
        return await _answered(request, raw, asker)
    async with request.app.state.places.batches:
        return await _answered(request, raw, asker)


async def _answered(request: AnyRequest, raw: bytes, asker: Asker) -> Response[bytes]:
    deployment = request.app.state.deployment
    data = bodies.load_object(raw)
    many = "items" in data
    if many and guards.is_stranger(request, asker) and _count(data["items"]) > MOST_OF_STRANGERS:
        raise ManyNeedSignIn(most=MOST_OF_STRANGERS)
    questions = await _many(data) if many else _one(data)
    checked = await verification.check(deployment, questions, many=many)
    guesses = await count(request, asker, checked)
    answers = await verification.answers(deployment, checked)
    if not guesses:
        sharing.share_answers(request, answers)
    return json_response({"answers": answers} if many else answers[0], headers=NO_STORE)


async def count(request: AnyRequest, asker: Asker, checked: list[Checked]) -> Mapping[str, int]:
    """Count what is asked, but for the one that was counted before it was read.

    The guesses at masked numbers that are among it.
    """
    await guards.limit(request, "verify", asker, len(checked) - 1)
    guesses = verification.guesses(checked)
    await guards.limit_guesses(request, asker, guesses)
    return guesses


def _count(items: Any) -> int:
    return len(items) if isinstance(items, list) else 0


def _one(data: dict[str, Any]) -> list[Question]:
    question, wrong = bodies.fill(data, Question)
    if wrong:
        raise Invalid(problems=wrong)
    return [question]


async def _many(data: dict[str, Any]) -> list[Question]:
    others = [Problem(name[:60], "unknown_field", {"name": name[:60]}) for name in data]
    others = [one for one in others if one.field != "items"]
    if others:
        raise UnknownField(problems=others)
    items = data["items"]
    if not isinstance(items, list):
        raise Invalid(problems=[Problem("items", "wrong_type", {"expected": bodies.WORDS[list]})])
    if not 1 <= len(items) <= MOST:
        raise Invalid(problems=[Problem("items", "bad_value", {"expected": f"1-{MOST}"})])
    questions, wrong, unknown, slices = [], [], [], Slices()
    for position, item in enumerate(items):
        await slices.end()
        at = f"items.{position}"
        if not isinstance(item, dict):
            wrong.append(Problem(at, "wrong_type", {"expected": bodies.WORDS[dict]}))
            continue
        try:
            question, found = bodies.fill(item, Question)
        except UnknownField as refusal:
            unknown += [
                Problem(f"{at}.{one.field}", one.code, one.params) for one in refusal.problems
            ]
            continue
        questions.append(question)
        wrong += [Problem(f"{at}.{one.field}", one.code, one.params) for one in found]
    if unknown:
        raise UnknownField(problems=unknown)
    if wrong:
        raise Invalid(problems=wrong)
    return questions


HANDLERS = [verify]
