"""An answer that somebody shows again: whether we signed it, and the slip that it is printed on."""

import asyncio
from typing import Any, NamedTuple

import msgspec
from litestar import Response, get, post

from notices.deployment import Deployment
from notices.facts import masking
from notices.facts.errors import Invalid, Problem
from notices.facts.public.answer import Answer
from notices.facts.texts import Message, Text
from notices.pages import answering, kiosk, rendering, slips
from notices.print import typesetting
from notices.trust import answers, carried
from notices.trust.answers import AnswerError
from notices.trust.carried import CarriedError
from notices.trust.encoding import EncodingError, strict_json
from notices.web import forms, languages, limiting
from notices.web.authentication import AnyRequest
from notices.web.options import CHANGES_NOTHING, COUNTS

_read = msgspec.json.Decoder(Answer).decode


class Proof(NamedTuple):
    """An answer that we signed; without one `why` it proves nothing."""

    answer: Answer | None
    why: Text | None = None


def of_text(deployment: Deployment, text: str) -> Proof | None:
    """What is in `text`, if that is a signed answer or the address of one; else None."""
    try:
        content = carried.given(text)
    except CarriedError:
        return Proof(None, _CUT)
    if content is None or (b'"signature"' not in content and carried.MARK not in text):
        return None
    try:
        return Proof(_signed(deployment, content))
    except AnswerError as problem:
        return Proof(None, problem.text)


def _signed(deployment: Deployment, content: bytes) -> Answer:
    """The answer that is `content`, as it was signed; raises AnswerError."""
    try:
        data = strict_json(content)
        if not isinstance(data, dict) or len(content) > carried.MOST_BYTES:
            raise AnswerError(_CUT)
        answers.verify(data, deployment.keys.answer_keys)
        return _read(content)
    except (EncodingError, msgspec.MsgspecError) as problem:
        raise AnswerError(_CUT) from problem


@get("/verify/slip", include_in_schema=False)
async def slip_at_terminal(request: AnyRequest) -> Response[Any]:
    """The slip that a terminal shows just now; anywhere else it is the answer to a form."""
    kept = kiosk.shown(request, kiosk.PRINTED)
    if kept is None or kept.answer is None:
        return rendering.see_other("/verify", languages.language_of(request))
    return await _page(
        request, kept.answer, kept.values["paper"], whole=kept.values["whole"] == "yes"
    )


@post(
    "/verify/slip",
    status_code=200,
    include_in_schema=False,
    opt={COUNTS: True, CHANGES_NOTHING: True},
)
async def slip(request: AnyRequest) -> Response[Any]:
    """The slip of an answer that we signed; nobody gets one of anything else."""
    async with answering.keeping(request):
        await limiting.limit(request, "print")
    deployment, given = request.app.state.deployment, await forms.fields(request)
    try:
        answer = _signed(deployment, given.get("answer", "").encode("utf-8", "replace"))
    except AnswerError as problem:
        raise Invalid(problems=[Problem("", "answer_unsigned")]) from problem
    values = {name: given.get(name, "") for name in ("paper", "whole")}
    if kiosk.is_on(request):
        return kiosk.show(request, "/verify/slip", kiosk.PRINTED, values, answer)
    return await _page(request, answer, values["paper"], whole=values["whole"] == "yes")


async def _page(request: AnyRequest, answer: Answer, paper: str, *, whole: bool) -> Response[str]:
    """The slip on `paper`.

    The number of a certificate whose notices mask it stands there `whole` only if that was asked
    for: a slip lies about. Then alone it has its code too, which holds what was asked.
    """
    deployment: Deployment = request.app.state.deployment
    certificates = deployment.catalogue.certificates
    number = answer.asked.number or ""
    certificate = certificates.get(answer.asked.certificate or "")
    masked = certificate and masking.mask_of(certificate.normal_number(number), certificate)
    text = answering.json_of(answer)
    link = carried.address(deployment.link("/verify"), text.encode())
    fits = len(link) <= typesetting.LARGEST_QR_CODE
    shows_code = fits and (whole or not masked)
    code = await asyncio.to_thread(typesetting.qr_code, link) if shows_code else None
    return await rendering.page(
        request,
        "answer_slip.html",
        named=False,
        answer=answer,
        text=text,
        sent={"answer": text, "paper": paper, "whole": "yes" if whole else ""},
        code=code,
        masked=masked if masked and not whole else None,
        may_be_whole=bool(masked),
        sheet=slips.sheet(paper),
        host=deployment.link("/verify"),
        **answering.papers(certificates, answer),
    )


_CUT = Message("这不是完整的核验答复：可能只复制了一部分，或者被改动过。")
HANDLERS = [slip_at_terminal, slip]
