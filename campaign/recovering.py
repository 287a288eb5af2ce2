"""A backup made under load, and what comes of it in an empty folder."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg

from notices.engines import Engines
from tests import enginefarm
from tests.service import ROOT, Service


def notices(data: Path, *words: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "notices", *map(str, words)],
        env={**os.environ, "DATA": str(data)}, cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip


def back_up(service: Service, file: Path) -> list[str]:
    """What went wrong with it."""
    done = notices(service.data, "backup", file)
    return [] if done.returncode == 0 else [f"backup: {done.stderr[-500:]}"]


def restore(file: Path, data: Path, service: Service, log: list[dict[str, Any]]) -> list[str]:
    """Restore it into `data`, which is empty; in what it differs from the service and its `log`."""
    try:
        done = notices(data, "restore", file)
        if done.returncode:
            return [f"restore: {done.stderr[-500:]}"]
        with Engines.open(
            data, meili_bin=os.environ.get("MEILI_BIN"), say=lambda _: None
        ) as engines:
            entries, files = asyncio.run(_content(engines.database_url))
        wrong = []
        if not entries or entries != [event["entry"] for event in log[: len(entries)]]:
            wrong.append("the restored log is not the beginning of the service's")
        for name in files:
            before, after = (
                folder / "uploads" / name[:2] / name for folder in (service.data, data)
            )
            if not after.exists() or before.read_bytes() != after.read_bytes():
                wrong.append(f"restored without the file of objection {name}")
    finally:
        enginefarm.remove(data)
    print(f"restored {len(entries):,} entries and {len(files):,} files of a backup made under load")
    return wrong


async def _content(url: str) -> tuple[list[str], list[str]]:
    """The entries of the log, and the objections that a file came with."""
    connection = await asyncpg.connect(url)
    try:
        entries = await connection.fetch("SELECT entry FROM event ORDER BY index")
        files = await connection.fetch("SELECT id FROM objection WHERE evidence_type IS NOT NULL")
    finally:
        await connection.close()
    return [row["entry"] for row in entries], [row["id"] for row in files]
