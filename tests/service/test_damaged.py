"""Whatever becomes of an index, it is made again; a second one beside it is kept as well."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from notices.engines import binaries, meilisearch
from notices.engines.meilisearch import Meilisearch
from tests import api, enginefarm
from tests.api import declaration
from tests.samples import RESTAURANT
from tests.service import Service, running


def spoil(file: Path) -> None:
    """As many bytes as it had, of nothing."""
    size = file.stat().st_size
    with file.open("r+b") as content:
        content.write(os.urandom(size))


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path / "data")
    try:
        service.start()
        yield service
    finally:
        if service.process is not None and service.process.poll() is None:
            service.stop()
        enginefarm.remove(service.data)


def test_a_service_whose_index_is_damaged_goes_on_and_has_it_again(service: Service) -> None:
    home = service.data / "meilisearch"

    def found(number: str) -> None:
        def whole(client: httpx.Client) -> bool:
            answer = client.get("/api/v1/notices", params={"q": number}).json()
            up = client.get("/health/ready").json()["search"] == "up"
            return up and answer["total"] == 1 and not answer["degraded"]

        service.until(whole, 60)

    with service.client() as client:
        api.sign_in(client, RESTAURANT)
        api.declare(client, declaration(number="JY13799990000011"))
        found("JY13799990000011")

    # It says that it is well, and answers nothing but errors.
    spoil(next((home / "db" / "indexes").rglob("data.mdb")))
    service.until(lambda client: client.get("/health/ready").json()["search"] == "down")
    with service.client() as client:
        assert client.get("/health/ready").status_code == 200
        api.sign_in(client, RESTAURANT)
        api.declare(client, declaration(number="JY13799990000020"))
        found("JY13799990000011")
        found("JY13799990000020")
    assert len(list(home.glob("db.damaged-*"))) == 1
    assert "could not read its data, which is in" in service.log.read_text()


def test_a_second_service_with_an_engine_of_its_own_builds_its_index_and_keeps_it(
    tmp_path: Path, worker: str
) -> None:
    (tmp_path / "one").mkdir()
    url = enginefarm.create_database_now(enginefarm.running()[0], f"second_{worker}")
    with running(tmp_path / "one" / "data", DATABASE_URL=url) as one, one.client() as client:
        api.sign_in(client, RESTAURANT)
        id = api.declare(client, declaration(number="JY13799990000011")).id
        shutil.copytree(one.data / "keys", tmp_path / "two" / "data" / "keys")
        with running(tmp_path / "two" / "data", DATABASE_URL=url) as two:

            def found(status: str) -> None:
                def so(client: httpx.Client) -> bool:
                    answer = client.get("/api/v1/notices", params={"q": "JY13799990000011"}).json()
                    ready = client.get("/health/ready").json()
                    followed = ready["search"] == "up" and ready["relay"]["events"] == 0
                    [notice] = answer["notices"]
                    return followed and not answer["degraded"] and notice["status"] == status

                one.until(so, 60)
                two.until(so, 60)

            found("invalid")
            path = f"/api/v1/notices/{id}/withdrawal"
            assert client.post(path, json={"reason": "found"}).status_code == 201
            found("reinstated")


def test_a_server_that_does_not_start_on_its_folder_starts_on_an_empty_one(tmp_path: Path) -> None:
    said: list[str] = []
    (tmp_path / "logs").mkdir()
    program = binaries.meilisearch(os.environ.get("MEILI_BIN"), said.append)
    server = Meilisearch(tmp_path, program, said.append)
    server.start()
    server.stop()
    spoil(server.home / "db" / "tasks" / "data.mdb")

    again = Meilisearch(tmp_path, program, said.append)
    again.start()
    try:
        assert api.get(f"{again.url}/health").json() == {"status": "available"}
    finally:
        again.stop()
    [aside] = again.home.glob("db.damaged-*")
    assert (aside / "tasks" / "data.mdb").exists()
    assert f"which is in {aside} now (kept" in said[-1]


def test_a_server_that_runs_on_no_folder_is_done_without_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    (tmp_path / "logs").mkdir()
    program = tmp_path / "meilisearch-program"
    program.write_text("#!/bin/sh\necho 'no memory' >&2\nexit 1\n")
    program.chmod(0o755)
    server = Meilisearch(tmp_path, program, said.append)
    kept = server.home / "db" / "kept"
    kept.parent.mkdir()
    kept.touch()

    server.start()

    assert "runs without the index" in said[-1]
    assert "no memory" in said[-1]
    assert kept.exists()
    assert list(server.home.glob("db.damaged-*")) == []
    assert not server.look("notices")
    program.unlink()
    program.symlink_to(binaries.meilisearch(os.environ.get("MEILI_BIN"), said.append))
    kept.unlink()
    monkeypatch.setattr(meilisearch, "AGAIN", 0.0)
    try:
        assert server.look("notices")
        assert not server.look("notices")
    finally:
        server.stop()


def test_a_running_server_that_cannot_read_its_data_is_begun_anew_and_not_twice_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    (tmp_path / "logs").mkdir()
    program = binaries.meilisearch(os.environ.get("MEILI_BIN"), said.append)
    server = Meilisearch(tmp_path, program, said.append)
    server.start()
    try:
        url = server.url
        with api.client(url, headers={"Authorization": f"Bearer {server.key}"}) as asked:
            asked.post("/indexes", json={"uid": "notices", "primaryKey": "id"})
            while asked.get("/indexes/notices").status_code != 200:
                pass
            assert not server.look("notices")
            assert not server.look("none")
            spoil(next((server.home / "db" / "indexes").rglob("data.mdb")))

            assert asked.get("/health").json() == {"status": "available"}
            assert [server.look("notices") for _ in range(3)] == [False, False, True]
            assert asked.get("/indexes/notices").status_code == 404
            assert server.url == url
        monkeypatch.setattr(server, "_cannot_read", lambda index: True)
        assert [server.look("notices") for _ in range(5)] == [False] * 5
    finally:
        server.stop()
