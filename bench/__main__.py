"""All measurements, one after the other, on one running service: `make bench`."""

import tempfile
from pathlib import Path

from bench import declare, verify
from tests.service import running

folder = tempfile.TemporaryDirectory(prefix="notices-bench-")
with folder as root, running(Path(root) / "data") as service:
    verify.main(service)
    declare.main(service)
