"""What the issuing agency alone does: tell that a new certificate is out."""

from datetime import datetime
from functools import partial

import msgspec

from notices import records, register
from notices.agencies import Agency
from notices.changing import conflicts, following
from notices.changing.following import Followup
from notices.deployment import Deployment
from notices.facts import declaration_check, disclosure, event_forms, lifecycle
from notices.facts.certificate import Certificate
from notices.facts.errors import Problem, refuse_wrong
from notices.facts.readings import normal_form
from notices.facts.refusals import NotTheIssuer
from notices.facts.requests import Declaration, Replacement
from notices.facts.text_check import given, is_blank, text_problems
from notices.facts.texts import CHINA
from notices.idempotency import Done, Once
from notices.journal import Act
from notices.log import Turn
from notices.register import Notice, claims


class PrivateReplacement(msgspec.Struct, kw_only=True):
    """Which agency's key it was, and the new certificate's number in full."""

    agency: str
    number: str | None = None


def check(
    deployment: Deployment, replacement: Replacement, now: datetime, wrong: list[Problem]
) -> None:
    """Raises Invalid with all problems, `wrong` among them."""
    today = now.astimezone(CHINA).date()
    problems = list(text_problems("number", replacement.number))
    number = "" if is_blank(replacement.number) else replacement.number or ""
    if number and not problems and not normal_form(number):
        problems.append(Problem("number", "number_empty"))
    if is_blank(replacement.issued_on):
        problems.append(Problem("issued_on", "required"))
    dated = Declaration(issued_on=replacement.issued_on)
    checked = declaration_check.check(dated, deployment.catalogue, deployment.regions, today)
    problems += [one for one in checked if one.field == "issued_on"]
    refuse_wrong(wrong, problems)


def refuse_others(agency: Agency, notice: Notice) -> None:
    """Raises NotTheIssuer; of a redacted notice no issuer is known any more."""
    if not agency.speaks_for(notice.form.issuer if notice.form else None):
        raise NotTheIssuer


async def replace(
    deployment: Deployment,
    agency: Agency,
    id: str,
    replacement: Replacement,
    once_: Once | None = None,
) -> Done:
    """Tell that a new certificate took the place of that of notice `id` (bare)."""
    number = given(replacement.number)

    async def check(before: Notice, turn: Turn) -> Followup:
        refuse_others(agency, before)
        lifecycle.refuse_unless_may_follow("replaced", before.state)
        kept = await records.private_of(deployment, id)
        certificate = deployment.catalogue.certificates.get(await register.certificate_of(before))
        shown = _shown(certificate, kept, number) if number else None
        write = partial(claims.replace, id, free=bears_the_same(certificate, kept, number))
        form = event_forms.replacement(id, agency.name, shown, replacement.issued_on or "")
        private = PrivateReplacement(agency=agency.id, number=number)
        act = Act(what="replace", by=agency.actor, notices=(id,))
        return Followup(form, private, act, write=write)

    if agency.staff is not None:
        await conflicts.refuse_own(deployment, agency.staff, id)
    return await following.follow(deployment, id, "replaced", check, once_)


def _shown(certificate: Certificate | None, kept: records.PrivateRecord, number: str) -> str | None:
    """The new number as the public may see it: masked where the old one would be."""
    if certificate is None:
        return None
    return disclosure.public_number(Declaration(number=number, holder=kept.holder), certificate)


def bears_the_same(
    certificate: Certificate | None, kept: records.PrivateRecord, number: str | None
) -> bool:
    """Whether the new certificate bears the old one's number, so that it can be lost in turn.

    Where the agency does not tell its number, that is sure only of a number that is the holder's
    own code.
    """
    if certificate is None or kept.number is None:
        return False
    old = certificate.normal_number(kept.number)
    if number is not None:
        return certificate.normal_number(number) == old
    own = certificate.normal_number(kept.holder.identifier or "")
    return certificate.number_is == "holder_code" and old == own
