"""What pages say of an answer, beside its own fields; and the question that a form asks."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from notices import register
from notices.deployment import Deployment
from notices.facts import lookalikes
from notices.facts.catalogue import Catalogue
from notices.facts.certificate import Certificate
from notices.facts.characters import seen
from notices.facts.excess import TooManyRequests
from notices.facts.public import answer as public
from notices.facts.public.answer import Answer
from notices.facts.texts import Message, Text
from notices.limits import Counted
from notices.register import Notice
from notices.verification import Question
from notices.web import bodies, forms, limiting, wording
from notices.web.authentication import AnyRequest

MOST_TYPED = 1000
"""Characters of a field: beyond what a number may have even with much that nobody sees."""

ASKED = ("certificate", "document", "number", "copy", "copy_number")
"""The fields of the form."""


def question(catalogue: Catalogue, values: Mapping[str, str]) -> Question:
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


@asynccontextmanager
async def keeping(request: AnyRequest, most: int = bodies.MOST_BYTES) -> AsyncIterator[None]:
    """A count meanwhile that refuses keeps what was sent: its page gives that back."""
    try:
        yield
    except TooManyRequests:
        await forms.rescue(request, most)
        raise


async def counted(request: AnyRequest, most: int = bodies.MOST_BYTES) -> Counted:
    """Whose check it is, counted as one; raises TooManyRequests, with what was typed kept."""
    async with keeping(request, most):
        who = await limiting.counted(request)
        await limiting.limit(request, "verify", who)
    return who


def json_of(answer: Answer) -> str:
    """The answer as its signature is over it, with the signature."""
    return msgspec.json.encode(answer, order="sorted").decode()


def is_doubtful(answer: Answer) -> bool:
    """As `public.answer` has it."""
    return public.is_doubtful(answer.status, answer.number_form, answer.others)


async def context(deployment: Deployment, answer: Answer) -> dict[str, Any]:
    """What the page says beside the answer's own fields."""
    notices = await register.get_many([each.notice for each in answer.others])
    certificates = deployment.catalogue.certificates
    asked, none = answer.asked, answer.status == "no_notice"
    unusual = answer.number_form == "unusual"
    certificate = certificates.get(asked.certificate or "")
    meant = [certificate] if certificate else certificates.values()
    return papers(certificates, answer) | {
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
        "meant": lookalikes.meant(asked.number or "", meant) if none and unusual else (),
    }


def papers(certificates: Mapping[str, Certificate], answer: Answer) -> dict[str, Any]:
    """How the paper is called that was asked about, and the one that the notice is about.

    Of the number, only what a reader sees: signs that nobody sees turn it around on a page, so
    that a signed answer about one number would be shown for another.
    """
    asked = answer.asked
    certificate = certificates.get(asked.certificate or "")
    return {
        "certificate": certificate,
        "asked_number": seen(asked.number or ""),
        "doubtful": is_doubtful(answer),
        "asked_for": _paper(certificates, asked.certificate, asked.document),
        "asked_copy": _copy(certificate, asked.copy, asked.copy_number),
        "paper": _paper(certificates, answer.certificate, answer.document),
        "copy": _copy(
            certificates.get(answer.certificate or ""), answer.copies, answer.copy_number
        ),
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
