"""Which claims to one number exclude each other, above all when both are made at once."""

import asyncio
from typing import Any

import pytest

from notices.changing import rivals
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import AlreadyDeclared
from notices.register import claims
from notices.register.claims import Claim
from tests.publishing import declared

AT_ONCE = 200
PAIRS_AT_ONCE = 5
"""Both sides of so many have the pool's ten connections."""

PARTS = {"original": ("original",), "duplicate": ("duplicate",), "both": ("original", "duplicate")}

Paper = tuple[str, int | None, str]
"""Copies, the copy's number, and the document that stands for the number."""

OVERLAPPING: dict[str, tuple[Paper, Paper]] = {
    "original, original": (("original", None, ""), ("original", None, "")),
    "both, original": (("both", None, ""), ("original", None, "")),
    "both, duplicate": (("both", None, ""), ("duplicate", None, "")),
    "both, both": (("both", None, ""), ("both", None, "")),
    "both, 3-2": (("both", None, ""), ("duplicate", 2, "")),
    "duplicate, duplicate": (("duplicate", None, ""), ("duplicate", None, "")),
    "duplicate, 3-2": (("duplicate", None, ""), ("duplicate", 2, "")),
    "3-2, 2": (("duplicate", 2, ""), ("duplicate", 2, "")),
    "a seal, the same seal": (("", None, "official-seal"), ("", None, "official-seal")),
    "a seal, a number": (("", None, "official-seal"), ("", None, "")),
}
APART: dict[str, tuple[Paper, Paper]] = {
    "original, duplicate": (("original", None, ""), ("duplicate", None, "")),
    "original, 3-2": (("original", None, ""), ("duplicate", 2, "")),
    "3-1, 3-2": (("duplicate", 1, ""), ("duplicate", 2, "")),
    "two seals": (("", None, "official-seal"), ("", None, "finance-seal")),
}
PAIRS = OVERLAPPING | APART


def claim(number: int, paper: Paper) -> Claim:
    copies, copy_number, document = paper
    return Claim(
        by_certificate=number.to_bytes(32),
        by_number=number.to_bytes(32),
        by_digits=None,
        by_holder=None,
        document=document,
        copies=PARTS.get(copies, (copies,)),
        copy_number=copy_number,
        lettered=False,
        shown=True,
    )


async def bare_notices(count: int) -> None:
    """As many as claim anything: a claim is of a notice."""
    await DB.fetch(
        "INSERT INTO notice"
        " (id, evidence, published_index, published_at, effective_at)"
        " SELECT lpad(n::text, 14, '0'), 'self_declared', n, now(), now()"
        " FROM generate_series(0, $1 - 1) n",
        count,
    )


def notice(number: int, side: int) -> str:
    return f"{2 * number + side:014}"


async def won(claim_: Claim, id: str) -> bool:
    """Whether a transaction gets what is claimed, under the lock that declaring waits for."""
    try:
        async with DB.transaction():
            await DB.fetch(
                # Nothing here has to survive a crash.
                "SELECT pg_advisory_xact_lock_shared($1), pg_advisory_xact_lock($2),"
                " set_config('synchronous_commit', 'off', true)",
                claims.IN_BULK,
                claim_.locks[1],
            )
            if id not in (await claims.take([(claim_, id)])).ids:
                raise LookupError
    except LookupError:
        return False
    return True


@pytest.mark.parametrize("name", PAIRS)
async def test_of_two_overlapping_claims_made_at_once_one_is_had(database: None, name: str) -> None:
    """Two hundred numbers of each pair that overlaps, whichever comes first."""
    pair = PAIRS[name]
    tried = AT_ONCE if name in OVERLAPPING else AT_ONCE // 10
    await bare_notices(2 * tried)

    winners = []
    for first in range(0, tried, PAIRS_AT_ONCE):
        numbers = range(first, first + PAIRS_AT_ONCE)
        # Either side is the first to ask for half of the numbers.
        sides = [(number, side) for number in numbers for side in ((0, 1), (1, 0))[number % 2]]
        had = await asyncio.gather(
            *(won(claim(number, pair[side]), notice(number, side)) for number, side in sides)
        )
        winners += [sum(had[place : place + 2]) for place in range(0, len(had), 2)]

    assert winners == [1 if name in OVERLAPPING else 2] * tried
    rows = await DB.fetch("SELECT count(DISTINCT notice) AS notices FROM claim")
    assert rows[0]["notices"] == sum(winners)


@pytest.mark.parametrize("name", PAIRS)
async def test_what_overlaps_in_one_bulk_overlaps_in_the_database(
    database: None, name: str
) -> None:
    one, other = (claim(1, paper) for paper in PAIRS[name])
    await bare_notices(4)

    assert claims.overlap(one, other) == claims.overlap(other, one) == (name in OVERLAPPING)
    ids = [notice(1, 0), notice(1, 1)]
    taken = (await claims.take([(one, ids[0]), (other, ids[1])])).ids
    assert taken == set(ids[:1] if name in OVERLAPPING else ids)
    assert await claims.in_the_way(other) == (ids[0] if name in OVERLAPPING else ids[1])


@pytest.mark.parametrize("name", [name for name, pair in PAIRS.items() if not pair[0][2]])
async def test_two_holders_who_declare_at_once_are_decided_alike(
    database: None, deployment: Deployment, name: str
) -> None:
    """The same by whole declarations: who is refused is told the other's notice."""
    sides: list[dict[str, Any]] = [
        {"copies": copies, "copy_number": number and f"3-{number}"}
        for copies, number, _ in PAIRS[name]
    ]
    holders = ("潍坊市奎文区某某餐饮店", "潍坊市潍城区某某餐饮店")

    async def declare(number: int, side: int) -> str:
        codes = ("92379999MA0000023B", "91379999MA0000015K")
        holder = {"kind": "organisation", "name": holders[side], "identifier": codes[side]}
        return await declared(deployment, f"JY1379999{number:07}", holder=holder, **sides[side])

    answers = await asyncio.gather(
        *(declare(number, side) for number in range(5) for side in (0, 1)),
        return_exceptions=True,
    )

    for first, second in zip(answers[::2], answers[1::2], strict=True):
        refused = [each for each in (first, second) if isinstance(each, AlreadyDeclared)]
        ids = [each for each in (first, second) if isinstance(each, str)]
        assert len(refused) == (1 if name in OVERLAPPING else 0)
        assert len(ids) == 2 - len(refused)
        assert [each.existing.id for each in refused] == ids[: len(refused)]
    kept = await DB.fetch("SELECT count(*) AS kept FROM rival")
    assert kept[0]["kept"] == (5 if name in OVERLAPPING else 0)
    assert rivals.MOST_RIVALS > 5
