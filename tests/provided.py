"""The provider of sign-in's tests: started when a test first asks, as it was at first for each.

A plug-in of the suite, which `tests/conftest.py` registers; what it starts is imported then.
"""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.packages import needs

if TYPE_CHECKING:
    from tests.providing import Provider

READY = Path(__file__).parent / "provider" / "node_modules" / ".ready"
LOG = pytest.StashKey[tuple[Path, int]]()


@pytest.fixture(scope="session")
def started_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Provider"]:
    if not READY.exists():
        # A build server must not go on with less.
        without = "没有测试用的身份提供方 / without the provider for the tests (make provider)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(without)
    from tests.providing import running

    with running(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
def provider(started_provider: "Provider", request: pytest.FixtureRequest) -> "Provider":
    """The provider of this process, as it was at first."""
    log = started_provider.log
    request.node.stash[LOG] = (log, log.stat().st_size)
    started_provider.reset()
    return started_provider


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, Any]:
    """With a test that failed comes what the provider logged meanwhile."""
    report = yield
    if report.failed and LOG in item.stash:
        log, start = item.stash[LOG]
        report.sections.append(("provider", log.read_bytes()[start:].decode()[-5000:]))
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "started_provider" in getattr(item, "fixturenames", ()):
            item.add_marker(needs("nodejs", "npm"))
