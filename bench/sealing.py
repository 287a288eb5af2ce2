"""What sealing costs a declaration, and how fast keys are replaced; sizes of what is sealed.

`python -m bench.sealing`; the sealer that seals nothing is in here alone.
"""

import asyncio
import json
import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import msgspec

from bench.cost import PERSON, rate
from bench.declare import declaration
from bench.load import CONNECTIONS
from notices import declarations, demo
from notices import deployment as deployments
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.requests import Declaration
from notices.settings import from_environment
from notices.trust.keyring import Sealer
from notices.trust.sealing import KINDS
from notices.upkeep import rekeying, resealing, rotating
from tests.service import running

NOTICES = 10_000
ROUNDS = 4


async def nothing(done: int) -> None:
    """Rests in between: what it takes, and not how it gives way."""


async def declared(here: Deployment) -> None:
    """By turns with and without sealing, in one process on one database."""

    async def declare() -> None:
        number, body = declaration()
        form = msgspec.json.decode(body, type=Declaration)
        form.number = "379998" + number[6:]
        certificate = declarations.check(here, PERSON, form, datetime.now(UTC))
        await declarations.declare(here, PERSON, form, certificate=certificate)

    await rate(declare)
    sealed, plain = [], []
    for _ in range(ROUNDS):
        sealed.append(await rate(declare))
        with patch.object(Sealer, "seal", lambda self, plain, context: plain):
            plain.append(await rate(declare))
    ratio = statistics.median(one / other for one, other in zip(sealed, plain, strict=True))
    print(
        f"declarations     {statistics.median(sealed):8.0f} /s  in one process; unsealed"
        f" {statistics.median(plain):.0f} /s: with sealing {ratio:.3f} of that"
    )
    await DB.fetch("DELETE FROM notice_private WHERE get_byte(sealed, 0) = ascii('{')")


async def resealed(here: Deployment) -> None:
    for name, kind in KINDS.items():
        async with rotating._turn() as ours:
            assert ours
            assert await rotating.begin_sealing(here, kind)
            while here.keys.sealer.present.header != (await rotating._generations())[0].header:
                await rotating.waits(here)
            began = time.perf_counter()
            walk = await resealing.reseal(here.keys.sealer, nothing)
            seconds = time.perf_counter() - began
            print(f"sealed anew      {walk.done / seconds:8.0f} /s  {walk.done:,} rows by {name}")
        await rotating.go_on(here, lambda done, total: None)


async def hashed(here: Deployment) -> None:
    async with rotating._turn() as ours:
        assert ours
        assert await rotating.begin_matching(here)
        count = await DB.row("SELECT count(*) AS claims FROM claim")
        assert count is not None
        began = time.perf_counter()
        await rekeying.go_on(here, nothing)
        seconds = time.perf_counter() - began
        claims = count["claims"]
        print(f"hashed anew      {claims / seconds:8.0f} /s  {claims:,} claims, with their notices")


async def sizes() -> None:
    row = await DB.row(
        "SELECT avg(length(sealed)) AS sealed, (SELECT sum(length(wrapped)) FROM data_key) AS keys,"
        " pg_table_size('notice_private') / (SELECT count(*) FROM notice_private) AS row"
        " FROM notice_private"
    )
    assert row is not None
    print(
        f"a private side   {row['sealed']:8.0f} bytes sealed, 33 of them the envelope's;"
        f" {row['row']} bytes of table; all wrapped keys {row['keys']} bytes"
    )


async def measure(here: Deployment, url: str) -> None:
    await DB.start(url, CONNECTIONS + 2, patience=None)
    rotating.LEARNED_WITHIN = rotating.STORED_WITHIN = timedelta(seconds=0.1)
    rekeying.SETTLED = 0.0
    try:
        await deployments.refuse_other_keys(here)
        await demo.fill(here, NOTICES, 1, lambda done, total: None)
        await sizes()
        await resealed(here)
        await hashed(here)
        await declared(here)
    finally:
        await DB.stop()


def main() -> None:
    folder = tempfile.TemporaryDirectory(prefix="notices-bench-")
    with folder as root, running(Path(root) / "data") as service:
        where: dict[str, str] = json.loads((service.data / "engines.json").read_text())
        here = deployments.load(from_environment({"DATA": str(service.data), "DEMO": "1"}))
        asyncio.run(measure(here, where["owner_url"]))


if __name__ == "__main__":
    main()
