"""Lighthouse's scores of the main pages, on a service of its own: `make lighthouse`.

It takes a minute and wants the machine for itself, so it is no test: its performance is measured
by the clock. What else it asks is a part of what `tests/browser/test_states.py` asks of every page.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.pages import publish
from tests.browsing import chromium
from tests.service import running

RUN = Path(__file__).parent / "lighthouse" / "run.mjs"


def main() -> int:
    """Prints a line for each page; not 0 where one has less than 98 in anything."""
    with (
        tempfile.TemporaryDirectory(prefix="notices-bench-") as root,
        running(Path(root) / "data") as service,
    ):
        paths = ["/", publish(service), "/verify", "/declare"]
        known = chromium()
        environment = os.environ | ({"CHROME_PATH": known} if known else {})
        command = ["node", RUN, *(service.url + path for path in paths)]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
