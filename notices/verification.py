"""Answering "is this certificate declared lost?" from the primary database, signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from notices.database import DB
from notices.deployment import Deployment
from notices.facts import numbers
from notices.facts.catalogue import Certificate
from notices.facts.errors import Invalid, Problem
from notices.facts.text_check import LONGEST_TEXT
from notices.facts.texts import rfc3339
from notices.register import Notice, from_row

MOST = 1000

# One statement: log size, clock, claims, notices and events are of one moment, so an answer
# that names a log size tells everything that was committed up to it. Of each copy the living
# notice counts, else the newest; who declares and withdraws all day makes no answer slower.
ASK = """
SELECT h.size AS log_size, statement_timestamp() AS now, q.ordinality AS asked,
  c.copy, c.living, n.id, n.form, n.evidence, n.number_form, n.published_index,
  n.published_at, n.effective_at, n.provisional, n.period_value, n.period_unit, n.objections,
  (SELECT array_agg(ROW(e.index, e.kind, e.at) ORDER BY e.index)
     FROM event e WHERE e.notice = n.id AND e.kind NOT IN ('corrected', 'confirmed', 'redacted')
  ) AS events
FROM log_head h
LEFT JOIN unnest($1::bytea[]) WITH ORDINALITY AS q (hash, ordinality) ON true
LEFT JOIN LATERAL (
  SELECT DISTINCT ON (copy) copy, living, notice FROM claim
  WHERE number_hash = q.hash ORDER BY copy, living DESC, id DESC
) c ON true
LEFT JOIN notice n ON n.id = c.notice
"""

SEVERITY = {"replaced": 4, "invalid": 3, "contested": 2, "declared": 1, "reinstated": 0}
"""When several living notices cover what is asked, the gravest is what a reader must know."""


class Question(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is asked, decoded leniently."""

    certificate: str | None = None
    number: str | None = None
    copy: str | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    certificate: Certificate
    number: str
    normal: str
    copy: str | None


def _check(deployment: Deployment, question: Question, at: str) -> tuple[_Asked, list[Problem]]:
    problems = []
    certificate = deployment.catalogue.certificates.get(question.certificate or "")
    if question.certificate is None:
        problems.append(Problem(f"{at}certificate", "required"))
    elif certificate is None:
        problems.append(Problem(f"{at}certificate", "unknown_certificate"))
    number, normal = question.number or "", ""
    if not number.strip():
        problems.append(Problem(f"{at}number", "required"))
    elif len(number) > LONGEST_TEXT:
        problems.append(Problem(f"{at}number", "too_long", {"limit": LONGEST_TEXT}))
    elif certificate and not (normal := certificate.normal_number(number)):
        problems.append(Problem(f"{at}number", "number_empty"))
    copies = ("original", "duplicate")
    if question.copy is not None and (
        question.copy not in copies or (certificate is not None and not certificate.parts)
    ):
        expected = ", ".join(copies) if certificate is None or certificate.parts else "null"
        problems.append(Problem(f"{at}copy", "bad_value", {"expected": expected}))
    return _Asked(certificate, number, normal, question.copy), problems  # type: ignore[arg-type]


async def answer(
    deployment: Deployment, questions: Sequence[Question], *, many: bool = False
) -> list[dict[str, Any]]:
    """A signed answer to each question, in order; raises Invalid naming every bad one.

    `many` says that the questions came as `items`, which is where problems then point.
    """
    checked = [
        _check(deployment, question, f"items.{position}." if many else "")
        for position, question in enumerate(questions)
    ]
    problems = [problem for _, found in checked for problem in found]
    if problems:
        raise Invalid(problems=problems)
    asked = [one for one, _ in checked]
    key = deployment.keys.matching
    hashes = [numbers.keyed_hash(key, one.certificate.id, one.normal) for one in asked]
    distinct = list(dict.fromkeys(hashes))
    rows = await DB.fetch(ASK, distinct)
    found: dict[bytes, list[tuple[str, bool, Notice]]] = {each: [] for each in distinct}
    for row in rows:
        if row["id"] is not None:
            claim = row["copy"], row["living"], from_row(row)
            found[distinct[row["asked"] - 1]].append(claim)
    now, log_size = rows[0]["now"], rows[0]["log_size"]
    return [
        _signed(deployment, one, _that_counts(found[hash_], one.copy), now, log_size)
        for one, hash_ in zip(asked, hashes, strict=True)
    ]


def _that_counts(claims: list[tuple[str, bool, Notice]], copy: str | None) -> Notice | None:
    """The living notice that covers `copy`, the gravest if there are several; else the newest."""
    candidates = [
        (alive, notice) for of, alive, notice in claims if copy is None or of in ("", copy)
    ]
    living = [notice for alive, notice in candidates if alive]
    if living:
        return max(
            living, key=lambda notice: (SEVERITY[notice.state.status], notice.published_index)
        )
    rest = [notice for _, notice in candidates]
    return max(rest, key=lambda notice: notice.published_index, default=None)


def _signed(
    deployment: Deployment, asked: _Asked, notice: Notice | None, now: datetime, log_size: int
) -> dict[str, Any]:
    state = notice.state if notice else None
    form = (notice.form if notice else None) or {}
    elsewhere = asked.certificate.elsewhere
    result: dict[str, Any] = {
        "certificate": asked.certificate.id,
        "number": asked.number,
        "copies": form.get("copies"),
        "status": state.status if state else "no_notice",
        "since": rfc3339(state.since) if state else None,
        "effective_at": rfc3339(state.effective_at) if state and state.effective_at else None,
        "provisional": notice.provisional if notice else None,
        "evidence": notice.evidence if notice else None,
        "before": state.before if state else None,
        "notice": notice.id if notice else None,
        "holder": form.get("holder"),
        "number_form": asked.certificate.number_form(asked.normal),
        "elsewhere": elsewhere.to_json() if elsewhere else None,
        "checked_at": rfc3339(now),
        "log_size": log_size,
    }
    result["signature"] = deployment.keys.answers.sign(result)
    return result
