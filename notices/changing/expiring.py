"""Removing the text of persons' notices whose public term is over, which the catalogue sets."""

from datetime import datetime

from notices import register
from notices.changing import deciding
from notices.changing.following import Doer, Followup
from notices.deployment import Deployment
from notices.facts import event_forms, public_terms
from notices.facts.errors import Refusal
from notices.facts.public.notice import UNDECIDED
from notices.log import Turn
from notices.tables import Notice, Objection
from notices.tables.expressions import is_word
from notices.tables.prepared import Prepared

AT_ONCE = 200
"""So many of each certificate in one round: entries are appended one by one."""

_WAITING = Objection.select(Objection.notice).where(Objection.status.is_in(list(UNDECIDED)))
# In the order of the log, which is that of their times, and so of the ends of their terms. What is
# contested waits for its decision, which is about the text.
_DUE = Prepared(
    lambda certificate, before: (
        Notice.select(Notice.id)
        .where(
            is_word(Notice.holder_kind, "person"),
            Notice.certificate == certificate,
            Notice.published_at <= before,
            Notice.id.not_in(_WAITING),
        )
        .order_by(Notice.published_index)
        .limit(AT_ONCE)
    )
)
_AGREED = Prepared(
    lambda now: (
        Notice.select(Notice.id)
        .where(
            Notice.form.is_not_null(),
            Notice.agreed_until <= now,
            Notice.id.not_in(_WAITING),
        )
        .order_by(Notice.agreed_until)
        .limit(AT_ONCE)
    )
)


class _NotYet(Exception):
    """It is not due, is objected to since, or was removed by another process a moment ago."""


def ends_at(deployment: Deployment, notice: register.Notice) -> datetime | None:
    """When the text of a notice leaves the public; None where it stays, or is gone already.

    As the catalogue says now, or as was agreed to when it was published, whichever is sooner: no
    later catalogue makes a person's text stay for longer than they were told.
    """
    if notice.form is None or notice.form.holder is None:
        return None
    certificate = deployment.catalogue.certificates.get(notice.form.certificate)
    years = certificate.public_term_years if certificate is not None else None
    end = public_terms.end(notice.published_at, notice.form.holder.kind, years)
    return min(filter(None, (end, notice.agreed_until)), default=None)


async def expire_due(deployment: Deployment, now: datetime) -> int:
    """Remove what is due at `now`, the oldest first; how many notices that were.

    `now` must have been found to be right: an end that a clock made up cannot be taken back.
    """
    removed = 0
    for row in await _AGREED.fetch(now):
        removed += await _expire(deployment, row["id"])
    for certificate in deployment.catalogue.certificates.values():
        if certificate.public_term_years is None:
            continue
        before = public_terms.moved(now, -certificate.public_term_years)
        for row in await _DUE.fetch(certificate.id, before):
            removed += await _expire(deployment, row["id"])
    return removed


async def _expire(deployment: Deployment, id: str) -> bool:
    async def check(before: register.Notice, turn: Turn) -> Followup:
        end = ends_at(deployment, before)
        if end is None or end > turn.at or await deciding.waiting_about(id):
            raise _NotYet
        years = round((end - before.published_at) / public_terms.YEAR)
        return Followup(event_forms.redaction(before.id, term_over=True), Doer(term=years))

    try:
        await deciding.remove(deployment, id, check)
    except (_NotYet, Refusal):
        return False
    return True
