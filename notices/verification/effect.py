"""What checks come to: how many there were and how many met a notice, by month and certificate.

Of what was asked nothing is kept but the certificate; of who asked, nothing.
"""

from collections.abc import Iterable

from prometheus_client import Counter

from notices.facts.public.answer import Answer
from notices.tallies import Tally

UNKNOWN = ""
"""In place of a certificate: a number that was asked about without one, and met nothing."""

CHECKS = Tally(
    "INSERT INTO check_count AS c (month, certificate, checks, met)"
    " SELECT date_trunc('month', now() AT TIME ZONE '+08:00'::interval)::date, q.certificate,"
    "   sum(q.checks), coalesce(sum(q.checks) FILTER (WHERE q.met), 0)"
    " FROM unnest($1::text[], $2::boolean[], $3::bigint[]) AS q (certificate, met, checks)"
    " GROUP BY q.certificate ORDER BY q.certificate"
    " ON CONFLICT (month, certificate) DO UPDATE"
    " SET checks = c.checks + excluded.checks, met = c.met + excluded.met"
)
METRIC = Counter("notices_checks_total", "Certificates checked.", ["certificate", "met"])


def count(answers: Iterable[Answer]) -> None:
    """Each answer; it met a notice where it says anything but `no_notice`."""
    for each in answers:
        add(each.certificate or UNKNOWN, each.status != "no_notice")


def add(certificate: str, met: bool, checks: int = 1) -> None:
    """So many of one certificate, all of which met a notice or none."""
    CHECKS.count(certificate, met, times=checks)
    METRIC.labels(certificate, "yes" if met else "no").inc(checks)
