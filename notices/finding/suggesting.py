"""Completing what somebody types into the search: certificates, holders, numbers."""

from typing import Any

from notices import register
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.numbers import normal_form
from search.engine import Engine, SearchBusy, SearchDown
from search.lookup import holder_questions
from search.understanding import compact

MOST_OF_A_KIND = 4
FEWEST_CHARACTERS = 4
"""Characters of a number from which on it is completed; before, it could be any."""


async def suggest(deployment: Deployment, engine: Engine, q: str) -> list[dict[str, Any]]:
    """Up to four of each `{kind: certificate|holder|number, text, id?}` that `q` may become.

    `id` is a certificate's or a notice's. Holders are organisations; persons are never suggested.
    """
    wanted = compact(q)
    if not wanted:
        return []
    return [
        *_certificates(deployment, wanted),
        *await _holders(engine, q, wanted),
        *await _numbers(normal_form(q)),
    ]


def _certificates(deployment: Deployment, wanted: str) -> list[dict[str, Any]]:
    found = []
    for certificate in deployment.catalogue.certificates.values():
        names = [compact(name) for name in certificate.names]
        if any(wanted in name for name in names):
            begins = any(name.startswith(wanted) for name in names)
            found.append((not begins, certificate))
    found.sort(key=lambda one: one[0])
    return [
        {"kind": "certificate", "text": certificate.name.zh, "id": certificate.id}
        for _, certificate in found[:MOST_OF_A_KIND]
    ]


async def _holders(engine: Engine, q: str, wanted: str) -> list[dict[str, Any]]:
    try:
        results = await engine.search(holder_questions(engine.index, q))
    except (SearchDown, SearchBusy):
        return []  # who types on will find without help too
    ids = [hit.id for result in results for hit in result.hits]
    notices = await register.get_many(ids)
    names = dict.fromkeys(
        notice.form["holder"]["name"]
        for notice in (notices.get(id) for id in ids)
        if notice is not None and notice.form is not None
    )
    ordered = sorted(names, key=lambda name: not compact(name).startswith(wanted))
    return [{"kind": "holder", "text": name} for name in ordered[:MOST_OF_A_KIND]]


async def _numbers(begun: str) -> list[dict[str, Any]]:
    if len(begun) < FEWEST_CHARACTERS or not any(letter.isdigit() for letter in begun):
        return []
    # Ranges and not LIKE: a plan that is kept for any parameter cannot use an index for LIKE.
    rows = await DB.fetch(
        "(SELECT id, form ->> 'number' AS text FROM notice"
        "  WHERE number_key ~>=~ $1 AND number_key ~<~ $2 ORDER BY number_key USING ~<~ LIMIT $3)"
        " UNION ALL (SELECT id, id FROM notice WHERE id ~>=~ $1 AND id ~<~ $2 LIMIT $3)",
        begun,
        begun[:-1] + chr(ord(begun[-1]) + 1),
        MOST_OF_A_KIND,
    )
    return [
        {"kind": "number", "text": row["text"], "id": row["id"]} for row in rows[:MOST_OF_A_KIND]
    ]
