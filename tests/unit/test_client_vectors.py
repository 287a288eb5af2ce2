"""What docs/answer-vectors.json says of numbers, receipts and statuses is what the service does.

Numbers and statuses are written there by hand; signatures and receipts are read by other code in
`tests/service/test_foreign_vectors.py`.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from notices.conformance.spelling import SPELLINGS, spellings
from notices.facts import catalogue, periods
from notices.facts.catalogue import Period
from notices.facts.lifecycle import Event, state
from notices.facts.number_check import number_problems
from notices.facts.readings import RULES
from notices.facts.texts import rfc3339
from notices.trust.receipts import ReceiptError, verify

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "answer-vectors.json").read_text()
)
NUMBERS, RECEIPTS = VECTORS["numbers"], VECTORS["receipts"]
CERTIFICATES = catalogue.load().certificates


def test_a_number_has_one_normal_form_however_it_is_written() -> None:
    wrong = []
    for each in NUMBERS["same"]:
        certificate = CERTIFICATES[each["certificate"]]
        reading = certificate.read(each["typed"])
        found = {
            "normal": reading.normal, "copy": reading.copy, "copy_number": reading.copy_number,
            "number_form": certificate.number_form(reading.normal),
        }  # fmt: skip
        if found != {name: each[name] for name in found}:
            wrong.append((each["rule"], each["typed"], found))

    assert wrong == []
    assert NUMBERS["rules"] == RULES


def test_the_vectors_have_a_number_for_every_way_to_write_one() -> None:
    named = {each["rule"] for each in NUMBERS["same"]}

    assert {each.rule for each in SPELLINGS} <= named


def test_every_spelling_of_every_example_of_the_catalogue_is_that_number() -> None:
    wrong, tried = [], 0
    for certificate in CERTIFICATES.values():
        for number in certificate.examples:
            for rule, typed in spellings(number):
                tried += 1
                if certificate.normal_number(typed) != certificate.normal_number(number):
                    wrong.append((certificate.id, rule, typed))

    assert wrong == []
    assert tried > 1000


def test_numbers_that_are_two_have_two_normal_forms() -> None:
    for each in NUMBERS["different"]:
        one, other = map(CERTIFICATES[each["certificate"]].normal_number, each["numbers"])

        assert one != other, each


def test_what_is_no_number_is_refused_by_its_code() -> None:
    for each in NUMBERS["refused"]:
        found = number_problems("number", each["typed"], CERTIFICATES.get(each["certificate"]))

        assert [problem.code for problem in found] == [each["code"]], each


def test_receipts_prove_what_the_vectors_say_and_changed_ones_nothing() -> None:
    for each in RECEIPTS["right"]:
        proven = verify(json.dumps(each["receipt"]).encode(), RECEIPTS["vkey"])

        assert {name: getattr(proven, name) for name in each["proves"]} == each["proves"]
    for each in RECEIPTS["wrong"]:
        with pytest.raises(ReceiptError):
            verify(json.dumps(each["receipt"]).encode(), RECEIPTS["vkey"])


def test_statuses_follow_from_events_and_clock_as_the_vectors_say() -> None:
    for each in VECTORS["statuses"]:
        told = each["notice_period"]
        period = told and Period(told["value"], told["unit"])
        listed = enumerate(each["events"])
        events = [Event(at, one["kind"], datetime.fromisoformat(one["at"])) for at, one in listed]
        effective_at, awaiting = periods.end_of_life(events, period).at, each["for_somebody_else"]
        for one in events:
            if one.kind == "confirmed" and each["for_somebody_else"]:
                effective_at, awaiting = max(effective_at, one.at), False
        found = state(events, effective_at, datetime.fromisoformat(each["now"]), awaiting=awaiting)

        effect = found.effective_at and rfc3339(found.effective_at)
        said = (found.status, rfc3339(found.since), effect, found.before)
        names = ("status", "since", "effective_at", "before")
        assert said == tuple(each[name] for name in names), each["why"]
