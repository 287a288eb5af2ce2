"""The JSON API of verification: is this certificate declared lost?"""

import contextlib
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Response, post

from notices import verification
from notices.agencies import using
from notices.api.documenting import asks
from notices.facts.errors import Invalid, Problem, UnknownField
from notices.facts.excess import ManyNeedSignIn
from notices.facts.public.answer import Answer, Answers
from notices.facts.refusals import UnknownKey
from notices.limits import Counted
from notices.limits.slices import Slices
from notices.verification import MOST_QUESTIONS, Checked, Question, effect, fixtures
from notices.watches import alerts
from notices.web import bodies, limiting
from notices.web.authentication import AnyRequest
from notices.web.middleware import sharing, turns
from notices.web.replies import NO_STORE, answered

MOST_BYTES = 1536 * 1024
"""A thousand questions of the longest numbers fit."""

MOST_ITEM_BYTES = 16 * 1024
"""Five texts of the longest, however their characters are escaped."""

MOST_COMMAS = MOST_QUESTIONS * 256
"""In as many questions, even where numbers consist of nothing else."""

FEW = 1000
"""Values that are made at once, however long they are."""

MOST_OF_STRANGERS = 20
"""Questions at once without a session or a key."""


class Questions(Question, kw_only=True):
    """One question, or many under `items`."""

    items: list[Question] | None = None


@post("/api/v1/verifications", status_code=200, **asks("verify", "verifications", Questions))
async def verify(request: AnyRequest) -> Response[Answer | Answers]:
    """A signed answer for a certificate shown to you, or for up to 1,000.

    Either the fields of one question, or `items`: 20 at most without a session or a key. Each item
    counts. Certificates with masked numbers need a key's scope `masked`, and have to be named. The
    number is sent as it stands on the paper. See `/help/agencies` on how to read an answer and
    verify it: `no_notice` with anything in `others`, or a `number_form` that is `unusual`, says
    that the number may be wrong.
    """
    who = await _counted(request)
    # One is counted before anything is read, the others when it is known how many there are.
    await limiting.limit(request, "verify", who)
    raw = await bodies.raw_json(request, MOST_BYTES)
    if len(raw) <= bodies.MOST_BYTES:
        return await _answered(request, raw, who)
    async with request.app.state.places.batches.taken(request):
        return await _answered(request, raw, who)


async def _answered(request: AnyRequest, raw: bytes, who: Counted) -> Response[Answer | Answers]:
    deployment = request.app.state.deployment
    data, items = await _read(raw)
    many = items is not None
    if many and limiting.is_stranger(request, who) and _count(items) > MOST_OF_STRANGERS:
        raise ManyNeedSignIn(most=MOST_OF_STRANGERS)
    questions = await _many(data, items) if many else _one(data)
    checked = await verification.check(deployment, questions, many=many)
    answers, guessed = await answers_to(request, who, checked)
    if not guessed:
        sharing.share_answers(request, answers)
    return answered(Answers(answers=answers) if many else answers[0], headers=NO_STORE)


async def _read(raw: bytes) -> tuple[Mapping[str, Any], Any]:
    """The members of the body, and its `items`, which of a long one are still text each."""
    if len(raw) <= bodies.MOST_BYTES or all(raw.count(sign) < FEW for sign in (b",", b"{", b"[")):
        data = bodies.load_object(raw)
        items = data.get("items")
        return data, () if items is None and "items" in data else items
    if raw.count(b",") > MOST_COMMAS:
        raise _wrong_number_of_items()
    listed = await bodies.load_items(raw, bodies.MOST_BYTES, Question.__struct_fields__)
    try:
        return {}, msgspec.json.decode(listed, type=list[msgspec.Raw])
    except msgspec.ValidationError:
        return {}, ()


async def answers_to(
    request: AnyRequest, who: Counted, checked: list[Checked]
) -> tuple[list[Answer], bool]:
    """The answers, and whether any was a guess at a masked number.

    Raises InsufficientScope; TooManyRequests when what is asked beside the one that was counted
    before it was read is more than is left.
    """
    deployment, agency = request.app.state.deployment, await request.user.keyed()
    guesses = verification.guesses(checked)
    if agency is not None:
        agency.require("verify")
        if guesses:
            agency.require("masked")
    await limiting.limit(request, "verify", who, len(checked) - 1)
    await limiting.limit_guesses(request, who, guesses)
    if agency is not None:
        using.count(agency.key, len(checked))
        if agency.test:
            return await fixtures.answers(deployment, checked), bool(guesses)
    place = turns.place_of(request)
    answers = await verification.answers(deployment, checked, place)
    effect.count(answers)
    told = (each for one, each in zip(checked, answers, strict=True) if not one.question.silent)
    alerts.count(agency, told)
    return answers, bool(guesses)


async def _counted(request: AnyRequest) -> Counted:
    """Whose uses are counted; raises UnknownKey after what says that the body is none."""
    try:
        return await limiting.counted(request)
    except UnknownKey:
        raw = await bodies.raw_json(request, MOST_BYTES)
        if len(raw) <= bodies.MOST_BYTES:
            data, items = await _read(raw)
            with contextlib.suppress(Invalid):  # wrong values are told to whom one knows
                _one(data) if items is None else await _many(data, items)
        raise


def _count(items: Any) -> int:
    return len(items) if isinstance(items, list) else 0


def _one(data: Mapping[str, Any]) -> list[Question]:
    question, wrong = bodies.fill(dict(data), Question)
    if wrong:
        raise Invalid(problems=wrong)
    return [question]


def _wrong_number_of_items() -> Invalid:
    return Invalid(problems=[Problem("items", "bad_value", {"expected": f"1-{MOST_QUESTIONS}"})])


async def _many(data: Mapping[str, Any], items: Any) -> list[Question]:
    others = [name for name in data if name != "items"]
    if others:
        raise bodies.unknown_fields(others)
    if not isinstance(items, list):
        raise Invalid(problems=[Problem("items", "wrong_type", {"expected": bodies.WORDS[list]})])
    if not 1 <= len(items) <= MOST_QUESTIONS:
        raise _wrong_number_of_items()
    questions: list[Question] = []
    wrong: list[Problem] = []
    unknown: list[Problem] = []
    more = 0
    slices = Slices()
    for position, item in enumerate(items):
        await slices.end()
        at = f"items.{position}"
        try:
            question, found = bodies.fill(_object(at, item), Question)
        except UnknownField as refusal:
            more += len(refusal.problems) + refusal.more
            if len(unknown) < bodies.MOST_NAMED:
                unknown += [
                    Problem(f"{at}.{one.field}", one.code, one.params) for one in refusal.problems
                ]
        except Invalid as refusal:
            wrong += refusal.problems
        else:
            questions.append(question)
            wrong += [Problem(f"{at}.{one.field}", one.code, one.params) for one in found]
    if unknown:
        raise UnknownField(problems=unknown, more=more - len(unknown))
    if wrong:
        raise Invalid(problems=wrong)
    return questions


def _object(at: str, item: Any) -> dict[str, Any]:
    """One of the items; raises Invalid for what is none."""
    if isinstance(item, msgspec.Raw):
        text = bytes(item)
        if len(text) > MOST_ITEM_BYTES:
            raise Invalid(problems=[Problem(at, "too_long", {"limit": MOST_ITEM_BYTES})])
        item = bodies.load_object(text) if text.startswith(b"{") else None
    if not isinstance(item, dict):
        raise Invalid(problems=[Problem(at, "wrong_type", {"expected": bodies.WORDS[dict]})])
    return item


HANDLERS = [verify]
