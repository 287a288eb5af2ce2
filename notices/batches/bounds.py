"""What the process that answers a file may take, whatever the file says."""

import os
import resource
import signal
import sys
import threading
import time

MEMORY = 512 * 1024 * 1024
"""Bytes that it may write to, of what it allocates."""

CPU_SECONDS = 3600
NICE = 5
"""Whoever answers people goes first, where there is a core too few."""

LOOK = 1.0
"""Seconds after which it is looked again whether whoever started it is still there."""

ENDED_BY = (signal.SIGABRT, signal.SIGSEGV, signal.SIGXCPU, signal.SIGBUS)
"""How a process ends that met its bounds: such a file is none of a register."""


def keep_within() -> None:
    """Bound this process and what it forks, and end it with whoever started it."""
    end_with_parent()
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def end_with_parent() -> None:
    """Of what is forked too: a thread, which sleeps, and is not forked with the rest."""
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK)
    os._exit(1)
