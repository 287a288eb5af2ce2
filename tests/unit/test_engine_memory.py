"""PostgreSQL's cache is a share of the memory that there is for us."""

from pathlib import Path

import pytest

from notices.engines import memory

GB = 1024 * 1024 * 1024


@pytest.mark.parametrize(
    ("machine", "bounds", "megabytes"),
    [
        (24 * GB, {}, 1024),
        (2 * GB, {}, 512),
        (GB // 4, {}, 128),
        (24 * GB, {"memory.max": "max\n"}, 1024),
        (24 * GB, {"memory.max": f"{GB}\n"}, 256),
        (24 * GB, {"memory/memory.limit_in_bytes": f"{2 * GB}\n"}, 512),
        (2 * GB, {"memory/memory.limit_in_bytes": "9223372036854771712\n"}, 512),
        (None, {}, 128),
        (None, {"memory.max": f"{GB}\n"}, 256),
    ],
)
def test_a_quarter_of_what_the_machine_or_its_container_has(
    machine: int | None,
    bounds: dict[str, str],
    megabytes: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def sysconf(name: str) -> int:
        if machine is None:
            raise ValueError(name)
        return {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": machine // 4096}[name]

    monkeypatch.setattr("os.sysconf", sysconf)
    for name, bound in bounds.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(bound)
    assert memory.for_cache(tmp_path) == megabytes
