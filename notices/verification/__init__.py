"""Answering "is this certificate declared lost?" from the primary database, signed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec import UNSET

from notices import matching_keys
from notices.deployment import Deployment
from notices.facts import documents, masking, number_check
from notices.facts.catalogue import Catalogue
from notices.facts.certificate import Certificate
from notices.facts.errors import Problem, Unavailable, refuse_wrong
from notices.facts.public import answer as public
from notices.facts.public.answer import Answer, Said
from notices.facts.public.form import Words
from notices.facts.readings import Reading, has_letters, read
from notices.facts.relations import AWAITING
from notices.facts.texts import rfc3339
from notices.limits.slices import Slices
from notices.matching_keys import Stale
from notices.trust.answers import TESTS
from notices.verification import together
from notices.verification.hashing import Meant, hashed
from notices.verification.matching import Asked, Match, look_up, others, that_counts
from notices.verification.together import NOWHERE, Place

MOST_QUESTIONS = 1000
PIECE = 50
"""Questions that are looked up by one statement: reading its rows takes some milliseconds."""

COPIES = ("original", "duplicate")


class Question(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is asked, decoded leniently."""

    certificate: str | None = None
    number: str | None = None
    copy: str | None = None
    copy_number: str | None = None
    document: str | None = None
    silent: bool | None = None
    """That an agency asks it so that no holder is told; of anybody else's nobody is."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A question in which nothing is wrong, and what it asks for."""

    question: Question
    certificate: Certificate | None
    reading: Reading
    asked: Asked
    state: str
    """`Matching.state` by which it is hashed."""


def _check(
    deployment: Deployment, question: Question, at: str
) -> tuple[Checked | None, list[Problem]]:
    problems = []
    every = list(deployment.catalogue.certificates.values())
    certificate = deployment.catalogue.certificates.get(question.certificate or "")
    if question.certificate is not None and certificate is None:
        problems.append(Problem(f"{at}certificate", "unknown_certificate"))
    problems += _number_problems(question, certificate, at)
    problems += _copy_problems(question, certificate, at)
    # Of an unknown certificate nothing more can be said; without one any may be meant.
    meant = [certificate] if certificate else [] if question.certificate else every
    if meant and question.document and not any(each.document(question.document) for each in meant):
        problems.append(Problem(f"{at}document", "unknown_document"))
    if problems:
        return None, problems
    number = question.number or ""
    reading = certificate.read(number) if certificate else read(number, copies=True)
    return _hashed(deployment, question, certificate, reading), []


def _hashed(
    deployment: Deployment,
    question: Question,
    certificate: Certificate | None,
    reading: Reading,
) -> Checked:
    matching = deployment.keys.matching
    asked = asked_by(deployment.catalogue, matching.both, question, reading)
    return Checked(question, certificate, reading, asked, matching.state)


def _number_problems(
    question: Question, certificate: Certificate | None, at: str
) -> Iterator[Problem]:
    for each in number_check.number_problems(f"{at}number", question.number, certificate):
        # A declaration leaves out a number that is not there; a question has the holder's code.
        code = "number_of_holder" if each.code == "number_placeholder_optional" else each.code
        yield Problem(each.field, code, each.params)


def _copy_problems(question: Question, certificate: Certificate | None, at: str) -> list[Problem]:
    copies = certificate is None or bool(certificate.parts)
    problems = []
    if question.copy is not None and not (copies and question.copy in COPIES):
        expected = ", ".join(COPIES) if copies else "null"
        problems.append(Problem(f"{at}copy", "bad_value", {"expected": expected}))
    number = question.copy_number
    if number is not None and not copies:
        problems.append(Problem(f"{at}copy_number", "copies_not_applicable"))
    elif number is not None and not documents.is_copy_number(number):
        problems.append(Problem(f"{at}copy_number", "copy_number_format"))
    elif number is not None and question.copy == "original":
        problems.append(Problem(f"{at}copy_number", "copy_number_of_original"))
    return problems


def asked_by(
    catalogue: Catalogue, keys: Sequence[bytes], question: Question, reading: Reading
) -> Asked:
    """What is looked for, hashed by `keys` as `Matching.both` has them."""
    certificate = catalogue.certificates.get(question.certificate or "")
    number = question.number or ""
    every = catalogue.certificates.values()
    holders = [
        (each.id, each.normal_number(number))
        for each in ([certificate] if certificate else every)
        if each.stands_for_number
    ]
    normals = catalogue.normal_numbers(number)
    id = certificate.id if certificate else None
    return hashed(keys, id, reading.normal, normals, holders, meant_by(question, reading))


def meant_by(question: Question, reading: Reading) -> Meant:
    """What stands behind the number counts where nothing else was said."""
    copy, copy_number = question.copy, question.copy_number
    if copy is None and copy_number is None and reading.copy != "both":
        copy, copy_number = reading.copy, reading.copy_number
    elif copy == "duplicate" and copy_number is None:
        copy_number = reading.copy_number
    if copy_number is not None:
        copy = "duplicate" if copy in (None, "duplicate") else copy
    return Meant(
        lettered=has_letters(reading.normal),
        copy=copy if copy in COPIES else None,
        copy_number=documents.copy_of(copy_number and documents.plain_copy_number(copy_number))
        if copy != "original"
        else None,
        document=question.document or None,
    )


async def check(
    deployment: Deployment, questions: Sequence[Question], *, many: bool = False
) -> list[Checked]:
    """The questions as they are looked for, in order; raises Invalid naming every bad one.

    `many` says that the questions came as `items`, which is where problems then point.
    """
    checked, problems, slices = [], [], Slices()
    for position, question in enumerate(questions):
        good, found = _check(deployment, question, f"items.{position}." if many else "")
        problems += found
        if good is not None:
            checked.append(good)
        await slices.end()
    refuse_wrong([], problems)
    return checked


def guesses(checked: Sequence[Checked]) -> Counter[str]:
    """How often numbers are asked for that a notice would mask, by certificate and mask.

    Whoever asks for one may be trying out what the stars hide; whether there is a notice is
    not looked at. Without a certificate no masked number is answered.
    """
    found: Counter[str] = Counter()
    for one in checked:
        if one.certificate is not None:
            mask = masking.mask_of(one.reading.normal, one.certificate)
            if mask is not None:
                found[f"{one.certificate.id} {mask}"] += 1
    return found


async def answers(
    deployment: Deployment, checked: Sequence[Checked], place: Place = NOWHERE
) -> list[Answer]:
    """A signed answer to each checked question, in order; those of one piece are of one moment."""
    signed, slices = [], Slices()
    for start in range(0, len(checked), PIECE):
        piece = checked[start : start + PIECE]
        piece, (now, log_size, matches) = await _met(deployment, piece, place)
        for one, found in zip(piece, matches, strict=True):
            signed.append(sign(deployment, one, found, now, log_size))
            await slices.end()
    return signed


async def answer(
    deployment: Deployment, questions: Sequence[Question], *, many: bool = False
) -> list[Answer]:
    """`check` and `answers`."""
    return await answers(deployment, await check(deployment, questions, many=many))


async def _met(
    deployment: Deployment, piece: Sequence[Checked], place: Place
) -> tuple[Sequence[Checked], tuple[datetime, int, list[list[Match]]]]:
    """What there is, and the questions as they found it: hashed by the register's own keys."""
    for _ in range(3):
        try:
            state = piece[0].state
            if len(piece) == 1:
                return piece, await together.look_up(piece[0].asked, state, place)
            return piece, await look_up([one.asked for one in piece], state)
        except Stale:
            await matching_keys.sure(deployment.keys)
            piece = [_hashed(deployment, one.question, one.certificate, one.reading)
                     for one in piece]  # fmt: skip
    raise Unavailable


def sign(
    deployment: Deployment,
    checked: Checked,
    matches: Sequence[Match],
    now: datetime,
    log_size: int,
    *,
    test: bool = False,
) -> Answer:
    """What the notices that were met say of a question; a `test` by the key of tests."""
    question = checked.question
    found = that_counts(checked.asked, matches)
    notice = found.notice if found else None
    state = notice.state if notice else None
    form = notice.form if notice else None
    certificate = checked.certificate
    if certificate is None and found is not None:
        certificate = deployment.catalogue.certificates.get(found.certificate)
    elsewhere = certificate.elsewhere if certificate else None
    statement = Said(
        asked=public.Asked(
            certificate=question.certificate,
            number=question.number,
            copy=question.copy,
            copy_number=question.copy_number,
            document=question.document,
        ),
        certificate=found.certificate if found else question.certificate,
        document=found.document if found else None,
        number=question.number,
        copies=form.copies if form else None,
        copy_number=form.copy_numbered if form else None,
        status=state.status if state else "no_notice",
        since=rfc3339(state.since) if state else None,
        effective_at=rfc3339(state.effective_at) if state and state.effective_at else None,
        provisional=notice.provisional if notice else None,
        replaced_on=found.replaced_on if found else None,
        evidence=notice.evidence if notice else None,
        rests_on=Words.of(notice.rests_on) if notice else None,
        before=state.before if state else None,
        awaiting=AWAITING if state and state.awaiting else None,
        notice=notice.id if notice else None,
        holder=form.holder if form else None,
        number_form=number_check.form_asked(
            question.number or "", checked.reading.normal, checked.certificate, deployment.catalogue
        ),
        elsewhere=elsewhere.public() if elsewhere else None,
        others=others(checked.asked, found, matches),
        checked_at=rfc3339(now),
        log_size=log_size,
        test=test or UNSET,
    )
    signer = TESTS if test else deployment.keys.answers
    signature = signer.sign_text(msgspec.json.encode(statement, order="sorted"))
    fields = {name: getattr(statement, name) for name in Said.__struct_fields__}
    return Answer(**fields, signature=public.Signature(**signature))
