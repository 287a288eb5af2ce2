"""All measurements, one after the other: `make bench`, `make bench NOTICES=1000000`."""

import argparse
import tempfile
from pathlib import Path

from bench import (
    cost,
    declare,
    degraded,
    lists,
    others,
    printing,
    proofs,
    saying,
    search,
    verification,
)
from tests.service import running

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=200_000, help="that are searched")
    parser.add_argument("--log", type=int, default=100_000, help="entries of the longest log")
    options = parser.parse_args()
    many = options.notices
    folder = tempfile.TemporaryDirectory(prefix="notices-bench-")
    with folder as root, running(Path(root) / "data") as service:
        verification.main(service)
        declare.main(service)
        printing.main(service)
        proofs.main(service, options.log)
        saying.main(service)
        cost.main(service)
    print("\nsomebody else's check")
    others.run([])
    print("\nthe offline list")
    lists.run(["--numbers", str(many)])
    print("\nsearch")
    search.run(many)
    print("\nsearch without Meilisearch")
    degraded.run(many)
