"""Several certificates at once, for a clerk with a queue: a number on a line, answers in order."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from litestar import Response, get, post

from notices import verification
from notices.api import verifications
from notices.api.verifications import MOST_OF_STRANGERS
from notices.deployment import Deployment
from notices.facts.characters import seen
from notices.facts.errors import Invalid, Problem
from notices.facts.excess import ManyNeedSignIn, TooManyRequests
from notices.facts.public.answer import Answer
from notices.facts.texts import Message, Text
from notices.limits.slices import Slices
from notices.pages import answering, rendering
from notices.verification import MOST_QUESTIONS, Checked, Question
from notices.web import forms, limiting
from notices.web.authentication import AnyRequest
from notices.web.options import CHANGES_NOTHING, COUNTS

MOST_BYTES = 512 * 1024
"""As many lines as may be asked, each of sixty Chinese characters as a form sends them."""


class Line(NamedTuple):
    """A line as a reader sees it, and what is answered to it, or what is wrong with it."""

    typed: str
    answer: Answer | None
    problems: Sequence[Problem] = ()


@get("/verify/many", include_in_schema=False)
async def many_form(request: AnyRequest) -> Response[str]:
    """A box for the numbers; one kind of certificate for all of them, if it is known."""
    return await _page(request, {"certificate": "", "numbers": ""})


@post(
    "/verify/many",
    status_code=200,
    include_in_schema=False,
    opt={COUNTS: True, CHANGES_NOTHING: True},
)
async def many(request: AnyRequest) -> Response[str]:
    """Each line's answer in the order of the lines; a line that is no number stops none."""
    who = await answering.counted(request, MOST_BYTES)
    given = await forms.fields(request, MOST_BYTES)
    values = {name: given.get(name, "") for name in ("certificate", "numbers")}
    typed = [line.strip() for line in values["numbers"].splitlines() if line.strip()]
    stranger = limiting.is_stranger(request, who)
    most = MOST_OF_STRANGERS if stranger else MOST_QUESTIONS
    if not typed:
        return await _page(request, values, Problem("numbers", "required"))
    if len(typed) > most:
        refusal = ManyNeedSignIn(most=most).detail if stranger else _TOO_MANY.format(most=most)
        return await _page(request, values, told=refusal, sign_in=stranger)
    deployment = request.app.state.deployment
    lines, checked = await read_lines(deployment, values["certificate"] or None, typed)
    try:
        found, _ = await verifications.answers_to(request, who, checked) if checked else ([], False)
    except TooManyRequests as refusal:
        response = await _page(
            request, values, told=refusal.detail, sign_in=refusal.offers_sign_in, status=429
        )
        response.headers.update(refusal.headers)
        return response
    answers = iter(found)
    lines = [line if line.problems else line._replace(answer=next(answers)) for line in lines]
    return await _page(request, values, lines=lines)


async def read_lines(
    deployment: Deployment, certificate: str | None, typed: Sequence[str]
) -> tuple[list[Line], list[Checked]]:
    """The lines with what is wrong with each, and the questions of the others."""
    lines: list[Line] = []
    checked: list[Checked] = []
    slices = Slices()
    for number in typed:
        try:
            question = Question(certificate=certificate, number=number)
            checked += await verification.check(deployment, [question])
            lines.append(Line(seen(number), None))
        except Invalid as refusal:
            lines.append(Line(seen(number), None, refusal.problems))
        await slices.end()
    return lines, checked


async def _page(
    request: AnyRequest,
    values: dict[str, str],
    problem: Problem | None = None,
    *,
    lines: Sequence[Line] = (),
    told: Text | None = None,
    sign_in: bool = False,
    status: int = 200,
) -> Response[str]:
    problems = [problem] if problem else []
    context: dict[str, Any] = {"lines": lines, "told": told, "offers_sign_in": sign_in}
    return await rendering.page(
        request,
        "verify_many.html",
        status=422 if (problem or told) and status == 200 else status,
        named=not (lines or problem or told),
        values=values,
        sent=values if lines or problem or told else None,
        problems=problems,
        errors=rendering.by_field(problems),
        most_of_strangers=MOST_OF_STRANGERS,
        is_doubtful=answering.is_doubtful,
        counts=Counter(_outcome(line.answer) for line in lines),
        **context,
    )


def _outcome(answer: Answer | None) -> str:
    """As which the line is counted: whoever reads the sum alone overlooks no doubtful one."""
    if answer is None:
        return "unread"
    if answer.status != "no_notice":
        return "met"
    return "doubtful" if answering.is_doubtful(answer) else "none"


_TOO_MANY = Message("一次最多 {most} 行，请分几次核验。")
HANDLERS = [many_form, many]
