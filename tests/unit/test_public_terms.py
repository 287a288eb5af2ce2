"""How long a person's notice is public, and what was consented to."""

from datetime import datetime

import pytest

from notices.facts import catalogue, consents, public_terms
from notices.facts.texts import CHINA

AT = datetime(2026, 11, 29, 10, 30, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("at", "years", "then"),
    [
        ("2026-11-29T10:30:00+08:00", 10, "2036-11-29T10:30:00+08:00"),
        ("2028-02-29T23:59:59+08:00", 1, "2029-02-28T23:59:59+08:00"),
        ("2028-02-29T00:00:00+08:00", 4, "2032-02-29T00:00:00+08:00"),
        ("2028-02-28T16:00:00+00:00", 1, "2029-02-28T00:00:00+08:00"),
        ("2026-12-31T18:00:00+00:00", -1, "2026-01-01T02:00:00+08:00"),
    ],
)
def test_a_term_ends_at_the_same_time_of_a_day_in_china(at: str, years: int, then: str) -> None:
    assert public_terms.moved(datetime.fromisoformat(at), years).isoformat() == then


@pytest.mark.parametrize(
    ("kind", "years", "ends"),
    [("person", 10, True), ("organisation", 10, False), ("person", None, False), (None, 10, False)],
)
def test_only_the_notice_of_a_person_whose_certificate_has_a_term_ends(
    kind: str | None, years: int | None, ends: bool
) -> None:
    assert (public_terms.end(AT, kind, years) is not None) == ends


def test_whatever_persons_hold_has_a_term_in_our_own_catalogue() -> None:
    own = catalogue.load(catalogue.OWN_CATALOGUE)

    for each in own.certificates.values():
        assert (each.public_term_years is not None) == (each.holder_kind != "organisation"), each.id


HASHES = {
    "2026-11-29": [
        "33463937f3d0676482bc6b9044682cd166f5685ff202da18d7429620fda44f90",
        "827c2d520338c1d815abd60da629273ed9757fdf4a9a9df2243e06bfa03e4c50",
    ],
}
"""Of each version the texts' hashes: who changes a text gives it a new version."""


def test_a_text_that_was_consented_to_is_known_by_its_version_for_ever() -> None:
    texts = (consents.publication("organisation", None), consents.publication("person", 10))

    assert [consents.digest(each).hex() for each in texts] == HASHES[consents.VERSION]


def test_who_is_public_for_years_is_told_how_many() -> None:
    assert "10 年" in consents.publication("person", 10).zh
    assert "10 years" in consents.publication("person", 10).en
    for kind, years in (("organisation", 10), ("person", None)):
        assert "年" not in consents.publication(kind, years).zh
