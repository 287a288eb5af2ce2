"""The JSON API of verification: is this certificate declared lost?"""

from typing import Any

from litestar import Response, post

from notices import verification
from notices.facts.errors import Invalid, Problem, UnknownField
from notices.verification import MOST, Question
from notices.web import bodies, guards, sharing
from notices.web.documenting import asks
from notices.web.guards import AnyRequest
from notices.web.notices import NO_STORE, json_response

MOST_BYTES = 1536 * 1024
"""A thousand questions of the longest numbers fit."""


class Questions(Question, kw_only=True):
    """One question, or many under `items`."""

    items: list[Question] | None = None


@post("/api/v1/verifications", status_code=200, **asks("verify", "verifications", Questions))
async def verify(request: AnyRequest) -> Response[bytes]:
    """A signed answer for a certificate shown to you, or for up to 1,000."""
    data = bodies.load_object(await bodies.raw_json(request, MOST_BYTES))
    many = "items" in data
    questions = _many(data) if many else _one(data)
    await guards.limit(request, "verify")
    answers = await verification.answer(request.app.state.deployment, questions, many=many)
    sharing.share_answers(request, answers)
    return json_response({"answers": answers} if many else answers[0], headers=NO_STORE)


def _one(data: dict[str, Any]) -> list[Question]:
    question, wrong = bodies.fill(data, Question)
    if wrong:
        raise Invalid(problems=wrong)
    return [question]


def _many(data: dict[str, Any]) -> list[Question]:
    others = [Problem(name[:60], "unknown_field", {"name": name[:60]}) for name in data]
    others = [one for one in others if one.field != "items"]
    if others:
        raise UnknownField(problems=others)
    items = data["items"]
    if not isinstance(items, list):
        raise Invalid(problems=[Problem("items", "wrong_type", {"expected": bodies.WORDS[list]})])
    if not 1 <= len(items) <= MOST:
        raise Invalid(problems=[Problem("items", "bad_value", {"expected": f"1-{MOST}"})])
    questions, wrong, unknown = [], [], []
    for position, item in enumerate(items):
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
