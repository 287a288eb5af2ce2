"""Keys are replaced while people declare and ask, and whoever does it is killed again and again."""

import asyncio
import json
import os
import random
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from notices import data_keys, demo
from notices.audit import auditing
from notices.audit.comparing import Numbers
from notices.deployment import Deployment, refuse_other_keys
from notices.settings import Settings
from notices.trust.sealing import Aes256Gcm
from notices.upkeep import rekeying, resealing, rotating
from tests import api, commands, enginefarm
from tests.conftest import SignIn
from tests.files import pdf
from tests.owning import owning
from tests.samples import ANNA, OFFICER, RESTAURANT
from tests.service import ROOT, running

ANOTHER = {"kind": "organisation", "name": "青州市老街杂货铺", "identifier": "92379999MA00000316"}
KILLS = 20
NOTICES = 150
LONGEST = 0.3
"""Seconds that whoever goes on lives: it has begun by then, and is far from done."""

# A process that imports everything once, and goes on with the rotation as often as it is killed.
DYING = """
import asyncio, os, random, signal, sys, time
from pathlib import Path
from notices import deployment
from notices.database import DB
from notices.settings import Settings
from notices.upkeep import rotating
from tests.service import test_rotating

def work(data, url):
    test_rotating.slowly()
    here = deployment.load(Settings(data=Path(data), database_url=url, demo=True))
    async def main():
        await DB.start(url, 3)
        await rotating.go_on(here, lambda done, total: None)
    asyncio.run(main())
    os._exit(0)

data, url, seed, kills, longest = sys.argv[1:]
chance = random.Random(int(seed))
for _ in range(int(kills)):
    pid = os.fork()
    if pid == 0:
        work(data, url)
    time.sleep(chance.uniform(0.02, float(longest)))
    os.kill(pid, signal.SIGKILL)
    print(os.waitpid(pid, 0)[1], flush=True)
"""


def slowly() -> None:
    """In many small pieces, so that there is something left after each of the kills."""
    resealing.PIECE = rekeying.PIECE = 2
    rekeying.SETTLED = 0.05
    rotating.REST = 1.0
    rotating.BETWEEN = 0.02
    rotating.STORED_WITHIN = timedelta(milliseconds=600)


async def killed(settings: Settings) -> int:
    """How many of those that went on were killed in their work, and not done with it."""
    seed = random.randrange(1_000_000)  # noqa: S311
    print(f"seed {seed}")
    words = [settings.data, enginefarm.owned(settings.database_url or ""), seed, KILLS, LONGEST]
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", DYING, *map(str, words)],
        cwd=ROOT, capture_output=True, text=True, timeout=90,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.split().count("9")


class Traffic:
    """People who declare and ask meanwhile; every answer has to be right."""

    def __init__(self, client: httpx.AsyncClient, known: list[dict[str, Any]]) -> None:
        self._client, self._known = client, known
        self.asked = self.declared = 0

    async def go_on(self) -> None:
        while True:
            await self.declare()
            for one in self._known:
                await self.ask(one)

    async def declare(self) -> None:
        number = f"JY1379999001{self.declared:04}"
        body = api.unusual(number)
        answer = await self._client.post("/api/v1/notices", json=body)
        assert answer.status_code == 201, answer.text
        again = await self._client.post("/api/v1/notices", json=body)
        assert again.status_code == 409, again.text
        self.declared += 1
        self._known.append({"certificate": body["certificate"], "number": number})
        del self._known[:-20]

    async def ask(self, one: dict[str, Any]) -> None:
        answer = await self._client.post("/api/v1/verifications", json=one)
        assert answer.status_code == 200, answer.text
        assert answer.json()["status"] != "no_notice", one
        self.asked += 1


async def audited(settings: Settings) -> None:
    async with auditing.snapshot(settings.database_url or "") as connection:
        await auditing.audit(connection, lambda done, size: None, numbers=Numbers(settings))


@pytest.mark.parametrize("purpose", ["sealing", "matching"])
async def test_a_key_is_replaced_though_whoever_does_it_is_killed_twenty_times(
    purpose: str, restaurant: httpx.AsyncClient, officer: httpx.AsyncClient, deployment: Deployment,
    settings: Settings, uploads: Path, monkeypatch: pytest.MonkeyPatch, sign_in: SignIn,
) -> None:  # fmt: skip
    monkeypatch.setattr(data_keys, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(rotating, "LEARNED_WITHIN", timedelta(milliseconds=300))
    async with owning():
        await demo.fill(deployment, NOTICES, 1, lambda done, total: None)
    anna = await sign_in(ANNA)
    id = (await api.declared(restaurant)).id
    fields = {"number": (None, "JY13799990000011"), "ground": (None, "other"), "text": (None, "在")}
    for client in (anna, await sign_in(ANNA | {"identifier": "379999198803120137"})):
        sent = await client.post(
            f"/api/v1/notices/{id}/objections", files={**fields, "evidence": ("a.pdf", pdf())}
        )
        assert sent.status_code == 201, sent.text
    await refuse_other_keys(deployment)
    old = deployment.keys.matching.present
    async with owning():
        if purpose == "sealing":
            assert await rotating.begin_sealing(deployment, Aes256Gcm)
        else:
            assert await rotating.begin_matching(deployment)
    traffic = Traffic(restaurant, [])

    busy = asyncio.create_task(traffic.go_on())
    kills = await killed(settings)
    assert not busy.done(), busy.exception()
    busy.cancel()
    await asyncio.wait([busy])

    async with owning():
        monkeypatch.setattr(rotating, "STORED_WITHIN", timedelta(milliseconds=600))
        monkeypatch.setattr(rekeying, "SETTLED", 0.05)
        assert await rotating.go_on(deployment, lambda done, total: None)
        assert not await rotating.waits(deployment)
    assert kills > KILLS // 2
    assert traffic.declared > 5
    counts = await resealing.counts()
    assert set(counts) == {deployment.keys.sealer.present.header}
    assert (deployment.keys.matching.present != old) == (purpose == "matching")
    assert deployment.keys.matching.before is None
    assert counts.total() >= NOTICES + traffic.declared
    await audited(settings)
    shown = (await officer.get("/api/v1/objections")).json()["objections"]
    for each in shown:
        evidence = await officer.get(f"/api/v1/objections/{each['id']}/evidence")
        assert evidence.content == pdf()
    print(f"{kills} kills, {traffic.declared} declared, {traffic.asked} asked")


def test_the_service_goes_on_with_what_a_killed_command_began(tmp_path: Path) -> None:
    with running(tmp_path / "data") as service, service.client() as client:
        api.sign_in(client, RESTAURANT)
        mandate = api.unusual("JY13799990000062", relation="mandate", holder=ANOTHER)
        form = {"declaration": (None, json.dumps(mandate)), "exhibit": ("a.pdf", pdf())}
        with service.client() as anna:
            api.sign_in(anna, ANNA)
            id = anna.post(api.NOTICES, files=form).json()["id"]
        environment = dict(os.environ) | {"DATA": str(service.data), "PORT": str(service.port)}
        before = rows(commands.run(environment, "keys", "list"))
        told = tmp_path / "told"

        with commands.started(environment, "keys", "rotate", "sealing", told=told) as command:
            while "every process" not in (told.read_text() if told.exists() else ""):
                assert command.is_alive(), told.read_text()
        between = commands.run(environment, "backup", tmp_path / "backup")
        assert between.returncode == 0, between.stderr
        client.post(api.NOTICES, json=api.unusual("JY13799990000070"))

        owner = json.loads((service.data / "engines.json").read_text())["owner_url"]
        service.until(lambda _: left(owner) == 1, 40)
        after = rows(commands.run(environment, "keys", "list"))
        assert [each[0] for each in after] == ["matching", "master", "sealing 2", "sealing 1"]
        assert after[:2] == before[:2]
        assert after[3][:2] == before[2][:2]
        assert "in use" in after[2]
        assert after[3][4].startswith("retired")
        assert after[3][5:] == ["0 values", "0 files"]
        api.sign_in(client, OFFICER)
        assert client.get(f"{api.of(id)}/exhibit").content == pdf()
        whole = commands.run(environment, "log", "audit")
        assert whole.returncode == 0, whole.stderr


def rows(done: Any) -> list[list[str]]:
    assert done.returncode == 0, done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()]


def left(owner: str) -> int:
    """Keys that are not retired."""

    async def asked() -> int:
        connection = await asyncpg.connect(owner)
        try:
            return int(
                await connection.fetchval(
                    "SELECT count(*) FROM data_key WHERE purpose = 'sealing' AND retired_at IS NULL"
                )
            )
        finally:
            await connection.close()

    return asyncio.run(asked())
