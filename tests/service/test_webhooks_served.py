"""The real service tells real receivers, whoever is killed on the way."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests import api, commands
from tests.receiving import Receiver, receiving
from tests.samples import RESTAURANT
from tests.service import ROOT, Service, free_port, running

FOOD = "food-operation-license"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service") / "data"
    with running(folder, WEBHOOK_NETWORKS="127.0.0.0/8", WORKERS="1") as service:
        yield service


@pytest.fixture(scope="module")
def key(service: Service) -> dict[str, str]:
    """As an operator gives it to an agency."""
    environment = dict(os.environ) | {"DATA": str(service.data), "PORT": str(service.port)}
    words = ("agencies", "add", "某某银行", "--scope", "watch", "--kind", "bank", "--silent")
    done = commands.run(environment, *words)
    assert done.returncode == 0, done.stderr
    return {"Authorization": f"Bearer {done.stdout.strip()}"}


def watched(service: Service, key: dict[str, str], number: str, url: str) -> dict[str, Any]:
    body = {"certificate": FOOD, "number": number, "url": url}
    with service.client() as client:
        answer = client.post("/api/v1/watches", json=body, headers=key)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def declared(service: Service, number: str) -> str:
    with service.client() as client:
        api.sign_in(client, RESTAURANT)
        return api.declare(client, api.unusual(number)).id


def until(is_so: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver in a thread of its own."""
    found: list[Receiver] = []
    loop, ended, there = asyncio.new_event_loop(), asyncio.Event(), threading.Event()

    async def live() -> None:
        async with receiving() as one:
            found.append(one)
            there.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(live()))
    thread.start()
    there.wait(20)
    yield found[0]
    loop.call_soon_threadsafe(ended.set)
    thread.join()
    loop.close()


def test_a_relay_that_is_killed_after_sending_sends_it_again_under_the_same_id(
    service: Service, key: dict[str, str], receiver: Receiver
) -> None:
    """It was sent and answered by nobody yet, so nothing of it is noted anywhere."""
    watch = watched(service, key, "JY13799990000101", f"{receiver.url}/x")

    async def once(request: web.Request) -> web.StreamResponse:
        if len(receiver.came) == 1:
            await asyncio.sleep(5)
        return web.Response(status=204)

    receiver.answer = once
    declared(service, "JY13799990000101")
    until(lambda: len(receiver.came) == 1)
    [relay] = service.children("notices relay")
    os.kill(relay, signal.SIGKILL)
    until(lambda: len(receiver.came) == 2)

    assert receiver.ids[0] == receiver.ids[1]
    assert receiver.came[0][2] == receiver.came[1][2]
    assert receiver.read(watch["secret"])["data"]["watch"] == watch["id"]


def test_the_receiver_of_the_documentation_takes_what_is_sent_and_refuses_what_is_forged(
    service: Service, key: dict[str, str], tmp_path: Path
) -> None:
    text = (ROOT / "docs" / "webhooks.md").read_text("utf-8")
    [code] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (tmp_path / "receiver.py").write_text(code)
    secrets, said, port = tmp_path / "secrets", tmp_path / "said", free_port()
    secrets.write_text("")
    with said.open("wb") as out:
        receiver = subprocess.Popen(
            [sys.executable, str(tmp_path / "receiver.py"), str(port)],
            env=os.environ | {"SECRETS": str(secrets)},
            stdout=out,
        )
    try:
        url = f"http://127.0.0.1:{port}/notices"
        until(lambda: _listens(port))
        forged = {"webhook-id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,eA=="}
        with api.client(url) as client:
            assert client.post("/x", content=b"{}", headers=forged).status_code == 401
        watch = watched(service, key, "JY13799990000102", f"{url}/w118")
        secrets.write_text(f"w118 {watch['secret']}\n")
        id = declared(service, "JY13799990000102")
        until(lambda: said.read_text() == f"{watch['id']} published {id}\n")
    finally:
        receiver.kill()
        receiver.wait()
    with service.client() as client:
        found = client.get("/api/v1/watches", headers=key).json()["watches"]
    [told] = next(one["events"] for one in found if one["id"] == watch["id"])
    assert (told["telling"], told["answered"]) == ("delivered", 204)


def _listens(port: int) -> bool:
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
