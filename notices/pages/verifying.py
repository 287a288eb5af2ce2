"""The page on which somebody checks a certificate that they are shown."""

import re
from collections.abc import Mapping
from typing import Any

from litestar import Response, get, post

from notices import register, verification
from notices.api import verifications
from notices.deployment import Deployment
from notices.facts import lookalikes, notice_ids, readings
from notices.facts.catalogue import Catalogue
from notices.facts.certificate import Certificate
from notices.facts.errors import Invalid
from notices.facts.public.answer import Answer
from notices.facts.texts import Message, Text
from notices.pages import rendering
from notices.register import Notice
from notices.verification import Question
from notices.web import forms, limiting, wording
from notices.web.authentication import AnyRequest
from notices.web.options import CHANGES_NOTHING, COUNTS

MOST_TYPED = 1000
"""Characters of a field: beyond what a number may have even with much that nobody sees."""

ASKED = ("certificate", "document", "number", "copy", "copy_number")
"""The fields of the form."""

_ADDRESS = re.compile(r"/notices/([0-9]{14})(?![0-9])")


@get("/verify", include_in_schema=False)
async def verify_form(request: AnyRequest) -> Response[str]:
    """What is asked: which certificate, which number, which copy."""
    # A kind of certificate may be named in a link; a number never is.
    values = dict.fromkeys(ASKED, "")
    values["certificate"] = request.query_params.get("certificate", "")
    return await rendering.page(
        request, "verify.html", values=values, errors={}, answer=None, own=None
    )


@post(
    "/verify", status_code=200, include_in_schema=False, opt={COUNTS: True, CHANGES_NOTHING: True}
)
async def verify(request: AnyRequest) -> Response[str]:
    """The answer, and what it means."""
    who = await limiting.counted(request)
    await limiting.limit(request, "verify", who)
    given = await forms.fields(request)
    deployment = request.app.state.deployment
    values = {name: given.get(name, "")[:MOST_TYPED] for name in ASKED}
    own_notice = await _own_notice(values["number"])
    own = own_notice.public(deployment) if own_notice else None
    try:
        checked = await verification.check(deployment, [_question(deployment.catalogue, values)])
    except Invalid as refusal:
        return await rendering.page(
            request,
            "verify.html",
            status=422,
            named=False,
            values=values,
            problems=refusal.problems,
            errors=rendering.by_field(refusal.problems),
            answer=None,
            own=own,
        )
    [answer], _ = await verifications.answers_to(request, who, checked)
    return await rendering.page(
        request,
        "verify.html",
        named=False,
        # What was typed stays, to be mended: whoever mistook one character types no other.
        values=values,
        errors={},
        answer=answer,
        own=own,
        **await _context(deployment, answer),
    )


def _question(catalogue: Catalogue, values: Mapping[str, str]) -> Question:
    """What was typed, without what does not apply: without scripts every field is there."""
    given = {name: forms.filled(values, name) for name in ASKED}
    certificate = catalogue.certificates.get(given["certificate"] or "")
    if certificate is not None and not certificate.parts:
        given["copy"] = given["copy_number"] = None
    if given["copy"] == "original":
        given["copy_number"] = None
    if certificate is not None and not (
        certificate.stands_for_number and certificate.document(given["document"] or "")
    ):
        given["document"] = None
    return Question(
        certificate=given["certificate"], number=given["number"], copy=given["copy"],
        copy_number=given["copy_number"], document=given["document"],
    )  # fmt: skip


async def _own_notice(number: str) -> Notice | None:
    """The notice whose own number, or address, was typed in place of a certificate's."""
    address = _ADDRESS.search(number)
    for text in (address[1] if address else number, readings.read(number).normal):
        try:
            id = notice_ids.parse(text)
        except notice_ids.NoticeIdError:
            continue
        return (await register.get_many([id])).get(id)
    return None


async def _context(deployment: Deployment, answer: Answer) -> dict[str, Any]:
    """What the page says beside the answer's own fields."""
    notices = await register.get_many([each.notice for each in answer.others])
    certificates = deployment.catalogue.certificates
    asked, none = answer.asked, answer.status == "no_notice"
    unusual = answer.number_form == "unusual"
    certificate = certificates.get(asked.certificate or "")
    meant = [certificate] if certificate else certificates.values()
    return {
        "certificate": certificate,
        "asked_for": _paper(certificates, asked.certificate, asked.document),
        "asked_copy": _copy(certificate, asked.copy, asked.copy_number),
        "paper": _paper(certificates, answer.certificate, answer.document),
        "copy": _copy(
            certificates.get(answer.certificate or ""), answer.copies, answer.copy_number
        ),
        "others": [
            {
                "why": wording.OTHERS[each.match],
                "paper": _paper(certificates, each.certificate, each.document),
                "part": _copy(certificates.get(each.certificate), each.copies, each.copy_number),
                # Among the others are only numbers that are public in full.
                "number": _number_of(notices.get(each.notice)),
                "standing": wording.standing(each),
                "notice": each.notice,
            }
            for each in answer.others
        ],
        # Nobody may read "no notice" calmly who may have asked for the wrong number.
        "doubtful": none and (unusual or bool(answer.others)),
        "meant": lookalikes.meant(asked.number or "", meant) if none and unusual else (),
    }


def _number_of(notice: Notice | None) -> str | None:
    """None where its text was redacted, and of a made-up one, which a test key is answered."""
    return notice.form.number if notice is not None and notice.form is not None else None


def _paper(
    certificates: Mapping[str, Certificate], certificate: str | None, document: str | None
) -> Text | None:
    """What the paper is called on itself, or at least its kind."""
    kind = certificates.get(certificate or "")
    if kind is None:
        return None
    named = kind.document(document or "")
    return named.name if named else kind.name


def _copy(
    certificate: Certificate | None, copies: str | None, copy_number: str | None
) -> Text | None:
    """Which copy, by its name and number."""
    if copies is None and copy_number is not None:
        copies = "duplicate"
    name = wording.copies(certificate, copies)
    if name is None and copies is not None:
        name = wording.COPIES.get(copies)
    if name is None or copy_number is None:
        return name
    return _NUMBERED.format(copy=name, number=copy_number)


_NUMBERED = Message("{copy} {number}")
HANDLERS = [verify_form, verify]
