"""The page on which somebody checks a certificate that they are shown."""

from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post

from notices import verification
from notices.api import verifications
from notices.facts.errors import Invalid
from notices.facts.public.answer import Answer
from notices.pages import answering, kiosk, own_numbers, proving, rendering
from notices.pages.answering import ASKED, MOST_TYPED
from notices.trust import carried
from notices.web import forms
from notices.web.authentication import AnyRequest
from notices.web.middleware.recording import PERMISSIONS_POLICY
from notices.web.options import CHANGES_NOTHING, COUNTS

CAMERA = {"Permissions-Policy": PERMISSIONS_POLICY.replace("camera=()", "camera=(self)")}
"""A code is read by the camera here, and nowhere else on the site."""


@get("/verify", include_in_schema=False)
async def verify_form(request: AnyRequest) -> Response[str]:
    """What is asked: which number, and where it matters which certificate and which copy."""
    if shown := kiosk.shown(request, kiosk.ASKED):
        typed = shown.values["number"]
        if (proof := proving.of_text(request.app.state.deployment, typed)) is not None:
            return await _proof_page(request, shown.values, proof)
        return await _page(request, shown.values, shown.answer)
    # A kind of certificate may be named in a link; a number never is.
    values = dict.fromkeys(ASKED, "")
    values["certificate"] = request.query_params.get("certificate", "")
    return await _page(request, values, None, asked=False)


@post(
    "/verify", status_code=200, include_in_schema=False, opt={COUNTS: True, CHANGES_NOTHING: True}
)
async def verify(request: AnyRequest) -> Response[Any]:
    """The answer, and what it means; of an answer that was signed before, what it proves.

    It is the answer to the form and no other page: Back leads to it as it was, for the browser
    keeps it, and no second window's answer can stand in its place.
    """
    who = await answering.counted(request)
    given = await forms.fields(request)
    typed = given.get("number", "")
    if (proof := proving.of_text(request.app.state.deployment, typed)) is not None:
        values = dict.fromkeys(ASKED, "") | {"number": typed[: carried.MOST_CHARACTERS]}
        if kiosk.is_on(request):
            return kiosk.show(request, "/verify", kiosk.ASKED, values, None)
        return await _proof_page(request, values, proof)
    values = {name: given.get(name, "")[:MOST_TYPED] for name in ASKED}
    answer = None
    try:
        question = answering.question(request.app.state.deployment.catalogue, values)
        checked = await verification.check(request.app.state.deployment, [question])
        [answer], _ = await verifications.answers_to(request, who, checked)
    except Invalid:
        pass  # is found once more where the page is made
    if kiosk.is_on(request):
        return kiosk.show(request, "/verify", kiosk.ASKED, values, answer)
    return await _page(request, values, answer)


async def _page(
    request: AnyRequest, values: Mapping[str, str], answer: Answer | None, *, asked: bool = True
) -> Response[str]:
    """The form, and above it the answer or what is wrong with what was `asked`."""
    deployment = request.app.state.deployment
    problems: Any = []
    if asked and answer is None:
        try:
            question = answering.question(deployment.catalogue, values)
            await verification.check(deployment, [question])
        except Invalid as refusal:
            problems = refusal.problems
    own = await own_numbers.found(deployment, values["number"])
    response = await rendering.page(
        request,
        "verify.html",
        status=422 if problems else 200,
        # The answer names nobody who asked: a browser may keep it, and Back leads to it.
        named=not asked,
        # What was typed stays, to be mended: whoever mistook one character types no other.
        values=values,
        sent=values if asked else None,
        problems=problems,
        errors=rendering.by_field(problems),
        answer=answer,
        own=own,
        proof=None,
        slip=answering.json_of(answer) if answer and not answer.test else None,
        **(await answering.context(deployment, answer) if answer else {}),
    )
    response.headers.update(CAMERA)
    return response


async def _proof_page(
    request: AnyRequest, values: Mapping[str, str], proof: proving.Proof
) -> Response[str]:
    certificates = request.app.state.deployment.catalogue.certificates
    response = await rendering.page(
        request, "verify.html", named=False, values=values, sent=values, errors={}, answer=None,
        own=None, proof=proof, slip=None, status=200 if proof.answer else 422,
        **(answering.papers(certificates, proof.answer) if proof.answer else {}),
    )  # fmt: skip
    response.headers.update(CAMERA)
    return response


HANDLERS = [verify_form, verify]
