"""How much memory the processes of a service have at most, looked at once a second."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from pathlib import Path

from tests.processes import started_by
from tests.service import Service

EVERY = 1.0


@dataclass
class Sizes:
    """The most that was seen, in kB: of any one web process, of the relay, of all together.

    What one process has is its RSS. Of all together each page counts once (PSS): PostgreSQL's
    processes have their buffers in common.
    """

    most: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("web", "relay", "all"), 0))

    def look(self, service: Service) -> None:
        for name, words in (("web", "notices web --fd"), ("relay", "notices relay")):
            for pid in service.children(words):
                self._see(name, _kilobytes(Path(f"/proc/{pid}/status"), "VmRSS:"))
        every = _family(service)
        self._see(
            "all", sum(_kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") for pid in every)
        )

    def _see(self, name: str, size: int) -> None:
        self.most[name] = max(self.most[name], size)

    def __str__(self) -> str:
        return ", ".join(f"{name} {size / 1024:.0f}" for name, size in self.most.items())


def _family(service: Service) -> list[int]:
    """The service, and all that it and they started."""
    assert service.process is not None
    found = [service.process.pid]
    for pid in found:
        found += started_by(pid)
    return found


def _kilobytes(file: Path, name: str) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in file.read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return 0


async def keep_looking(service: Service, sizes: Sizes) -> None:
    while True:
        await asyncio.to_thread(sizes.look, service)
        await asyncio.sleep(EVERY)
