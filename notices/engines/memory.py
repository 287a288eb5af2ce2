"""How much memory this machine has, or the container that we run in."""

import contextlib
import os
from pathlib import Path

LEAST, MOST = 128, 1024
"""Megabytes for PostgreSQL's own cache of what it reads."""

GROUPS = Path("/sys/fs/cgroup")
BOUNDS = ("memory.max", "memory/memory.limit_in_bytes")
"""Where a control group's bound stands: version 2 of them, and version 1."""


def for_cache(groups: Path = GROUPS) -> int:
    """A quarter of what there is, in megabytes, within LEAST and MOST.

    It is taken as it fills, so a small register takes little of it. Where the indexes that a file
    is looked up in do not fit, each page is fetched from the system again for each chunk.
    """
    return min(MOST, max(LEAST, _there_is(groups) // (4 * 1024 * 1024)))


def _there_is(groups: Path) -> int:
    """Bytes; 0 where nothing tells."""
    there_is = [0]
    with contextlib.suppress(OSError, ValueError):
        there_is.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    for each in BOUNDS:
        with contextlib.suppress(OSError, ValueError):  # without a bound it is the word "max"
            there_is.append(int((groups / each).read_text()))
    return min(filter(None, there_is), default=0)
