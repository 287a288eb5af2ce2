"""`notices …` as processes of their own, forked where everything is imported already.

Most of a short command's time are its imports, 1.3 s. What a command imports is shown where Python
is started: by the services of tests, and in test_log_audit.py, where there is no database driver.
"""

import contextlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

ROOT = Path(__file__).parent.parent
USED = [
    "notices.app", "notices.cli", "notices.demo", "notices.deployment", "notices.engines",
    "notices.migrating", "notices.relay", "notices.serving", "notices.trust.keybox",
    "notices.audit.auditing", "notices.backup.saving", "notices.audit.comparing",
    "notices.upkeep.recalling", "notices.upkeep.rotating",
    "notices.upkeep.rehashing", "notices.upkeep.rescheduling", "notices.backup.restoring",
    "notices.audit.watching", "notices.journal.reading",
]  # fmt: skip

# A clean interpreter that does nothing but fork: no thread, loop or connection of the tests is
# in it.
SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(USED)


def _become(words: list[str], environment: Mapping[str, str], said: str, told: str) -> None:
    for descriptor, name in ((1, said), (2, told)):
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, descriptor)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(ROOT)
    sys.argv = ["notices", *words]
    from notices.cli import main

    main()


@contextlib.contextmanager
def started(
    environment: Mapping[str, str],
    *words: object,
    said: Path = Path(os.devnull),
    told: Path = Path(os.devnull),
) -> Iterator[BaseProcess]:
    """The command at work; it is killed where the block ends before it."""
    process = SERVER.Process(
        target=_become, args=(list(map(str, words)), dict(environment), str(said), str(told))
    )
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()
        process.close()


def run(
    environment: Mapping[str, str], *words: object, timeout: float = 100
) -> "subprocess.CompletedProcess[str]":
    """`subprocess.run` of the command, its output captured."""
    with tempfile.TemporaryDirectory() as folder:
        said, told = Path(folder, "stdout"), Path(folder, "stderr")
        with started(environment, *words, said=said, told=told) as process:
            process.join(timeout)
            code = process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired(list(map(str, words)), timeout)
        return subprocess.CompletedProcess(
            list(words), code, said.read_text("utf-8"), told.read_text("utf-8")
        )
