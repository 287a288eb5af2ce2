"""What log, receipt and signature cost: the same acts in one process with and without them."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import msgspec

from bench.declare import declaration
from bench.load import CONNECTIONS
from notices import declarations, log, register, verification
from notices import deployment as deployments
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.requests import Declaration
from notices.identity import Organisation, Person
from notices.settings import from_environment
from notices.trust.answers import AnswerSigner
from notices.verification import Question
from tests.samples import RESTAURANT
from tests.service import Service

SECONDS = 4
ORGANISATION: Any = RESTAURANT["organisation"]
PERSON = Person(
    kind="organisation",
    name=str(RESTAURANT["name"]),
    identifier=str(RESTAURANT["identifier"]),
    organisation=Organisation(**ORGANISATION),
)


async def rate(act: Callable[[], Awaitable[object]]) -> float:
    """How often a second some clients together can do it."""
    until = time.perf_counter() + SECONDS

    async def client() -> int:
        done = 0
        while time.perf_counter() < until:
            await act()
            done += 1
        return done

    began = time.perf_counter()
    done = sum(await asyncio.gather(*(client() for _ in range(CONNECTIONS))))
    return done / (time.perf_counter() - began)


async def _turn_without_log() -> log.Turn:
    """An index and a time, and nobody waits for anybody."""
    row = await DB.row("SELECT nextval('bench_index') AS index, clock_timestamp() AS at")
    assert row is not None
    return log.Turn(row["index"], row["at"], [])


async def _append_without_log(
    turn: log.Turn, kind: str, notice: str, certificate: str, commitment: log.Commitment
) -> None:
    await DB.fetch(
        "INSERT INTO event (index, notice, kind, at, entry) VALUES ($1, $2, $3, $4, '')",
        turn.index,
        notice,
        kind,
        turn.at,
    )


async def _no_receipt(*anything: object) -> None:
    return None


async def measure(here: Deployment, url: str) -> None:
    await DB.start(url, CONNECTIONS + 2)
    await deployments.refuse_other_keys(here)

    async def declare() -> None:
        number, body = declaration()
        form = msgspec.json.decode(body, type=Declaration)
        form.number = "379998" + number[6:]  # not one that made-up notices may have
        certificate = declarations.check(here, PERSON, form, datetime.now(UTC))
        await declarations.declare(here, PERSON, form, certificate=certificate)

    question = Question(certificate="tobacco-retail-license", number=declaration()[0])

    async def verify() -> None:
        await verification.answer(here, [question])

    try:
        await rate(declare)
        logged = await rate(declare)
        # Behind the log's own indexes, in a database that is thrown away after this.
        await DB.fetch("CREATE SEQUENCE bench_index START 1000000000")
        with (
            patch.object(log, "take_turn", _turn_without_log),
            patch.object(log, "append", _append_without_log),
            patch.object(register, "receipt", _no_receipt),
        ):
            bare = await rate(declare)
        signed = await rate(verify)
        with patch.object(AnswerSigner, "sign", lambda *anything: {}):
            unsigned = await rate(verify)
    finally:
        await DB.stop()
    print(
        f"declarations     {logged:8.0f} /s  in one process; without log and receipt"
        f" {bare:.0f} /s: with them {logged / bare:.2f} of that\n"
        f"verifications    {signed:8.0f} /s  in one process; without signature {unsigned:.0f} /s:"
        f" with it {signed / unsigned:.2f} of that"
    )


def main(service: Service) -> None:
    """Measured last: it leaves events in the register that its log does not know."""
    where: dict[str, str] = json.loads((service.data / "engines.json").read_text())
    here = deployments.load(from_environment({"DATA": str(service.data), "DEMO": "1"}))
    asyncio.run(measure(here, where["owner_url"]))
