"""Several web processes are one service: one port, one count, one life."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import api
from tests.service import ROOT, Service, free_port, running

WEB = "notices web --fd"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    more = {"WORKERS": "2", "SPARE": "1", "METRICS_ADDRESS": f"127.0.0.1:{free_port()}"}
    with running(tmp_path_factory.mktemp("service") / "data", **more) as service:
        assert soon(lambda: len(service.children(WEB)) == 3)
        yield service


def soon(true: Callable[[], bool], within: float = 20) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if true():
            return True
        time.sleep(0.05)
    return False


def started_at(pid: int) -> int:
    """When it was started, in ticks; processes of one parent begin one after the other."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


COUNTING = """
import os, resource, sys
from pathlib import Path
from notices import serving
folder = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
print(serving.reserve_counts(folder), sorted(file.name.split("_")[0] for file in folder.iterdir()))
print(all(file.stat().st_blocks * 512 >= serving.COUNTS for file in folder.iterdir()))
os.environ[serving.METRICS] = str(folder)
from notices.web.middleware.recording import REQUESTS
REQUESTS.labels("GET", "/", "200").inc()
"""


@pytest.mark.parametrize(
    ("most", "said"),
    [(1 << 22, "True ['counter', 'histogram']\nTrue\n"), (1 << 16, "False []\nTrue\n")],
    ids=["room", "no room"],
)
def test_a_process_counts_only_where_there_is_room_for_all_it_counts(
    tmp_path: Path, most: int, said: str
) -> None:
    """With a hole in the file and no room to fill it, the process would be ended by SIGBUS."""
    words = [sys.executable, "-c", COUNTING, str(tmp_path), str(most)]

    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)

    assert done.stdout == said, done.stderr


def counted(service: Service) -> float:
    """How many questions for a page that there is not the service says it has answered."""
    text = api.get(f"http://{service.environment['METRICS_ADDRESS']}/metrics").text
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
    assert "pid=" not in text
    counts = [
        float(line.rpartition(" ")[2])
        for line in text.splitlines()
        if line.startswith("notices_http_requests_total") and 'status="404"' in line
    ]
    return sum(counts)


def ask(service: Service, times: int) -> None:
    for _ in range(times):
        with service.client() as client:  # a connection each, so that any process may get it
            assert client.get("/no-such-page").status_code == 404


def test_every_scrape_counts_all_processes_and_the_dead_ones_too(service: Service) -> None:
    before = counted(service)
    ask(service, 30)

    assert {counted(service) for _ in range(10)} == {before + 30}

    os.kill(service.children(WEB)[0], signal.SIGKILL)
    assert counted(service) == before + 30


def test_metrics_are_told_on_their_own_address_alone_and_nothing_else_there(
    service: Service,
) -> None:
    own = f"http://{service.environment['METRICS_ADDRESS']}"

    assert api.get(f"{service.url}/metrics").status_code == 404
    assert api.get(f"{own}/metrics").headers["content-type"].startswith("text/plain")
    for path in ("/", "/api/v1/notices", "/health/live", "/static/site.css"):
        assert api.get(own + path).status_code == 404


def test_a_web_process_that_dies_is_replaced_and_nobody_is_turned_away(service: Service) -> None:
    first = service.children(WEB)
    os.kill(first[1], signal.SIGKILL)

    ask(service, 20)
    assert soon(lambda: len(set(service.children(WEB)) - {first[1]}) == 3)


def test_the_one_in_reserve_takes_the_place_of_one_that_was_killed(service: Service) -> None:
    """A killed process is back within a second: the next one has read its code by then."""
    assert soon(lambda: len(service.children(WEB)) == 3)
    spare = max(service.children(WEB), key=started_at)
    others = [pid for pid in service.children(WEB) if pid != spare]
    os.kill(others[0], signal.SIGKILL)

    rest: list[int] = []

    def next_spare_is_there() -> bool:
        rest[:] = [pid for pid in service.children(WEB) if pid != spare]
        return len(rest) == 2 and others[0] not in rest

    assert soon(next_spare_is_there)
    for pid in rest:
        os.kill(pid, signal.SIGSTOP)
    try:
        ask(service, 3)  # which only the one in reserve can answer
    finally:
        for pid in rest:
            os.kill(pid, signal.SIGCONT)


def test_a_reserve_that_was_killed_too_is_missed_by_nobody(service: Service) -> None:
    assert soon(lambda: len(service.children(WEB)) == 3)
    spare = max(service.children(WEB), key=started_at)
    os.kill(spare, signal.SIGKILL)
    os.kill(min(service.children(WEB), key=started_at), signal.SIGKILL)

    ask(service, 10)
    assert soon(lambda: len(service.children(WEB)) == 3)


def test_no_web_process_outlives_kill_9_and_the_port_is_free_at_once(service: Service) -> None:
    assert soon(lambda: len(service.children(WEB)) == 3)  # one of them in reserve
    webs = service.children(WEB)
    service.kill()

    assert soon(lambda: not any(alive(pid) for pid in webs), 5)
    service.start()
    assert counted(service) == 0
    assert service.stop() == 0
