"""A row of a file is told what the service says of the same question."""

import pytest

from notices.facts import catalogue
from notices.facts.certificate import Certificate
from notices.facts.rows import Columns, read

KNOWN = catalogue.load()


@pytest.mark.parametrize("certificate", KNOWN.certificates.values(), ids=lambda each: each.id)
def test_a_number_as_it_usually_looks_is_no_problem(certificate: Certificate) -> None:
    """Named or not: a hyphen counts in numbers of some certificates, and a prefix in others."""
    columns = Columns.of(["number", "certificate"])
    rows = [[each, name] for each in certificate.examples for name in ("", certificate.id)]

    assert rows
    assert [read(row, columns, KNOWN).problem for row in rows] == [None] * len(rows)
