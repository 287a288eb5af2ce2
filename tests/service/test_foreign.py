"""Go's implementation of transparent logs, which shares no code with ours, accepts our log."""

import asyncio
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests import commands
from tests.packages import needs
from tests.service import ROOT, Service, running

LIBRARIES = Path("/usr/share/gocode")
"""Where Debian's golang-golang-x-mod-dev puts its source."""

pytestmark = needs("golang-go", "golang-golang-x-mod-dev")


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Path:
    """The foreign verifier, compiled; Go's own library was, in an earlier run."""
    folder = tmp_path_factory.mktemp("go")
    assert pytestconfig.cache is not None
    program = folder / "verify"
    subprocess.run(
        ["go", "build", "-o", str(program), "verify.go"],
        cwd=ROOT / "tests" / "foreign",
        env={
            **os.environ,
            "GO111MODULE": "off",
            "GOPATH": str(LIBRARIES),
            "GOCACHE": str(pytestconfig.cache.mkdir("go")),
            "GOFLAGS": "",
        },
        check=True,
    )
    return program


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("foreign") / "data") as service:
        fill(service, 600)
        yield service


def fill(service: Service, count: int) -> None:
    words = ("demo", "fill", count, "--no-publish")
    commands.run({**os.environ, "DATA": str(service.data)}, *words).check_returncode()


def said(*arguments: object) -> tuple[int, str]:
    done = subprocess.run(list(map(str, arguments)), capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_go_verifies_every_entry_and_that_the_log_only_grew(
    verifier: Path, service: Service, tmp_path: Path
) -> None:
    with service.client() as client:
        vkey = client.get("/log/vkey").text.strip()
        before = tmp_path / "checkpoint"
        before.write_bytes(client.get("/log/checkpoint").content)
        fill(service, 40)
        size = int(client.get("/log/checkpoint").text.split("\n")[1])

    assert size >= 640
    assert said(verifier, "log", f"{service.url}/log", vkey, before) == (
        0,
        f"verified {size} entries\n",
    )


def test_go_verifies_receipts_and_refuses_changed_ones(
    verifier: Path, service: Service, tmp_path: Path
) -> None:
    file = tmp_path / "receipt.json"
    with service.client() as client:
        vkey = client.get("/log/vkey").text.strip()
        events = client.get("/api/v1/events", params={"since": 250, "limit": 10}).json()["events"]
        for event in events:
            path = f"/api/v1/notices/{event['notice']['id']}/receipt"
            receipt = client.get(path, params={"event": event["index"]}).json()
            file.write_text(json.dumps(receipt))
            code, text = said(verifier, "receipt", file, vkey)
            assert (code, text.split(" of ")[0]) == (0, f"verified entry {event['index']}")

            file.write_text(json.dumps(receipt | {"index": event["index"] + 1}))
            assert said(verifier, "receipt", file, vkey)[0] == 1


def test_go_notices_an_entry_that_was_changed_behind_the_services_back(
    verifier: Path, service: Service
) -> None:
    with service.client() as client:
        vkey = client.get("/log/vkey").text.strip()
    url = json.loads((service.data / "engines.json").read_text())["owner_url"]

    async def change(old: str, new: str) -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(
                "UPDATE event SET entry = replace(entry, $1, $2) WHERE index = 300", old, new
            )
        finally:
            await connection.close()

    asyncio.run(change('"v":1', '"v":2'))
    try:
        code, text = said(verifier, "log", f"{service.url}/log", vkey)
        assert (code, text) == (1, "entry 300 is not what its tile says\n")
    finally:
        asyncio.run(change('"v":2', '"v":1'))
    assert said(verifier, "log", f"{service.url}/log", vkey)[0] == 0
