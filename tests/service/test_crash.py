"""Bad days, made to happen: the service killed, its engines gone, its port taken."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import api, commands
from tests.api import declaration
from tests.samples import RESTAURANT
from tests.service import ROOT, Service, running

FOOD = "food-operation-license"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("service") / "data") as service:
        yield service


@pytest.fixture
def service(started: Service) -> Service:
    """It runs, whatever an earlier test did to it."""
    assert started.process is not None
    if started.process.poll() is not None:
        started.start()
    return started


def numbers(start: int) -> Iterator[str]:
    serial = start
    while True:
        serial += 1
        yield f"JY1379999{serial:07}"


@contextlib.contextmanager
def signed_in(service: Service) -> Iterator[httpx.Client]:
    with service.client() as client:
        api.sign_in(client, RESTAURANT)
        yield client


def events(client: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        answer = client.get("/api/v1/events", params={"since": len(found), "limit": 1000}).json()
        if not answer["events"]:
            return found
        found += answer["events"]


def test_whatever_was_answered_201_survives_kill_9(service: Service) -> None:
    confirmed: list[tuple[str, str]] = []
    stop = threading.Event()

    def work(start: int) -> None:
        with signed_in(service) as client:
            for number in numbers(start):
                if stop.is_set():
                    return
                try:
                    answer = client.post(api.NOTICES, json=api.unusual(number))
                except httpx.TransportError:
                    return
                if answer.status_code == 201:
                    confirmed.append((number, answer.json()["id"]))

    threads = [threading.Thread(target=work, args=(start,)) for start in (0, 100_000, 200_000)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 30
    while len(confirmed) < 60 and time.monotonic() < deadline:
        time.sleep(0.05)
    service.kill()
    stop.set()
    for thread in threads:
        thread.join()
    service.start()

    assert len(confirmed) >= 60
    with service.client() as client:
        log = events(client)
        assert [event["index"] for event in log] == list(range(len(log)))
        times = [event["at"] for event in log]
        assert times == sorted(times)
        assert {id for _, id in confirmed} <= {event["notice"]["id"] for event in log}
        asked = [{"certificate": FOOD, "number": number} for number, _ in confirmed[-900:]]
        answers = client.post("/api/v1/verifications", json={"items": asked}).json()["answers"]
        assert {answer["status"] for answer in answers} == {"invalid"}
        last = confirmed[-1][0]
    service.until(
        lambda client: client.get("/api/v1/notices", params={"q": last}).json()["notices"]
    )


def test_without_meilisearch_declaring_and_checking_go_on_and_search_is_degraded(
    service: Service,
) -> None:
    stopped = service.pids(f"--db-path {service.data}/meilisearch")
    assert stopped
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)  # hangs, which is worse than being gone
    try:
        with signed_in(service) as client:
            assert client.post(api.NOTICES, json=api.unusual("JY13799995000001")).status_code == 201
            question = {"certificate": FOOD, "number": "JY13799995000001"}
            assert client.post("/api/v1/verifications", json=question).json()["status"] == "invalid"
            begin = time.monotonic()
            found = client.get("/api/v1/notices", params={"q": "JY13799995000001"}).json()
            assert time.monotonic() - begin < 1.5
            assert found["degraded"] is True
            assert [notice["number"] for notice in found["notices"]] == ["JY13799995000001"]
            ready = client.get("/health/ready")
            assert (ready.status_code, ready.json()["search"]) == (200, "down")
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)

    def caught_up(client: httpx.Client) -> bool:
        found = client.get("/api/v1/notices", params={"q": "JY13799995000001"}).json()
        return bool(found["notices"]) and not found["degraded"]

    service.until(caught_up, 30)


def test_a_meilisearch_that_dies_is_started_again(service: Service) -> None:
    for pid in service.pids(f"--db-path {service.data}/meilisearch"):
        os.kill(pid, signal.SIGKILL)

    def back(client: httpx.Client) -> bool:
        up = client.get("/health/ready").json()["search"] == "up"
        return up and not client.get("/api/v1/notices").json()["degraded"]

    service.until(back, 30)


def test_without_postgresql_nothing_is_half_done_and_it_recovers_by_itself(
    service: Service,
) -> None:
    with signed_in(service) as client:
        pid = int(next(service.data.glob("postgresql.home")).read_text() and _postmaster(service))
        os.kill(pid, signal.SIGSTOP)
        os.kill(pid, signal.SIGKILL)
        answer = client.post(api.NOTICES, json=api.unusual("JY13799996000001"))
        if answer.status_code != 201:
            assert answer.status_code == 503, answer.text
            assert answer.json()["code"] == "unavailable"
            assert int(answer.headers["retry-after"]) > 0

    service.until(lambda client: client.get("/health/ready").status_code == 200, 30)
    with signed_in(service) as client:
        # A commit whose answer was lost has been made, or has not: never half of it.
        again = client.post(api.NOTICES, json=api.unusual("JY13799996000001"))
        assert again.status_code in ((409,) if answer.status_code == 201 else (201, 409))
        id = again.json()["id" if again.status_code == 201 else "existing"]
        id = id if again.status_code == 201 else id["id"]
        log = events(client)
        assert [event["index"] for event in log] == list(range(len(log)))
        assert [event["kind"] for event in log if event["notice"]["id"] == id] == ["published"]
        question = {"certificate": FOOD, "number": "JY13799996000001"}
        asked = client.post("/api/v1/verifications", json=question).json()
        assert (asked["notice"], asked["status"]) == (id, "invalid")


def _postmaster(service: Service) -> str:
    home = Path((service.data / "postgresql.home").read_text().strip())
    file = next(home.rglob("postmaster.pid"))
    return file.read_text().split("\n", 1)[0]


def test_a_port_that_is_taken_is_told_by_name(service: Service, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "notices", "serve", "--demo"],
        env={**os.environ, "DATA": str(tmp_path), "PORT": str(service.port)},
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert done.returncode == 1
    assert "PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_second_service_shares_the_engines_and_runs_them_when_the_first_has_ended(
    tmp_path: Path,
) -> None:
    def log_size(client: httpx.Client) -> int:
        size: int = client.get("/health/ready").json()["log_size"]
        return size

    with running(tmp_path / "data") as first:
        second = Service(first.data)
        second.log = tmp_path / "second.log"
        second.start()
        try:
            with first.client() as client:
                api.sign_in(client, RESTAURANT)
                api.declare(client, declaration())
            with second.client() as client:
                assert log_size(client) == 1
                first.stop()
            second.until(lambda client: log_size(client) == 1, 60)
            second.until(lambda client: client.get("/api/v1/notices").json()["total"] == 1)
        finally:
            assert second.stop() == 0
        assert second.pids(str(first.data)) == []


def test_the_command_line_works_beside_the_service(service: Service) -> None:
    environment = {**os.environ, "DATA": str(service.data)}
    for command in (["reindex"], ["demo", "fill", "200", "--seed", "3"], ["migrate"]):
        done = commands.run(environment, *command)
        assert done.returncode == 0, done.stderr
    service.until(lambda client: client.get("/health/ready").json()["relay"]["events"] == 0)


def test_no_log_holds_a_number_a_name_or_what_was_searched_for(service: Service) -> None:
    logs = [service.log, *service.data.rglob("*.log")]
    assert len(logs) > 1

    for log in logs:
        text = log.read_text(errors="replace")
        for private in ("JY1379999", "92379999MA0000023B", "餐饮店", "379999190001020023"):
            assert private not in text, log


def test_sigterm_stops_everything_that_was_started(service: Service) -> None:
    assert service.pids(str(service.data)) != []

    assert service.stop() == 0

    assert service.pids(str(service.data)) == []
    assert not (service.data / "engines.json").exists()
