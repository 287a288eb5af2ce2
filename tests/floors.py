"""The floors of the suite, and what each of them took."""

from collections import defaultdict
from collections.abc import Generator

import pytest

FLOORS = ("unit", "engines", "service", "browser")


def floor_of(nodeid: str) -> str:
    parts = nodeid.split("::")[0].split("/")
    return next((part for part in parts if part in FLOORS), "")


@pytest.hookimpl(wrapper=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> Generator[None, None, None]:
    """Of each floor how many tests ran, and for how long, added up over the processes."""
    yield
    tests: defaultdict[str, set[str]] = defaultdict(set)
    seconds: defaultdict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                floor = floor_of(report.nodeid)
                tests[floor].add(report.nodeid)
                seconds[floor] += report.duration
    for floor in FLOORS:
        if tests[floor]:
            terminalreporter.write_line(
                f"tests/{floor}: {len(tests[floor])} 项 / tests, {seconds[floor]:.0f} s"
            )
