"""Sealing exhibits and evidence anew: a file is written beside the old one, and takes its place.

Nobody who reads the old one is disturbed: it is there until the last of them has read it.
"""

import asyncio
import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import structlog

from notices import files
from notices.changing import exhibits
from notices.deployment import Deployment
from notices.trust.keyring import Sealer
from notices.trust.sealing import HEADER, SealError
from notices.upkeep.resealing import Pass

AT_A_TIME = 100
LOG = structlog.get_logger()


def _files(deployment: Deployment) -> Iterator[Path]:
    """Those that are whole."""
    for path in sorted(deployment.settings.uploads_folder.glob("*/*")):
        if not path.name.startswith("."):
            yield path


def _headers(path: Path) -> set[bytes]:
    """Of all pieces of a file, whatever they hold; none of one that has just gone."""
    found = set()
    try:
        with path.open("rb") as file:
            while (length := int.from_bytes(file.read(4), "big")) > HEADER:
                found.add(file.read(HEADER))
                file.seek(length - HEADER, os.SEEK_CUR)
    except FileNotFoundError:
        return set()
    return found


def counts(deployment: Deployment) -> Counter[bytes]:
    """How many files have a piece by each header."""
    found: Counter[bytes] = Counter()
    for path in _files(deployment):
        found.update(_headers(path))
    return found


async def reseal(deployment: Deployment, step: Callable[[int], Any]) -> Pass:
    """Seal every file anew, also one that waits for its declaration."""
    sealer, done, lost = deployment.keys.sealer, 0, 0
    older = await asyncio.to_thread(_older, deployment, sealer.present.header)
    for start in range(0, len(older), AT_A_TIME):
        piece = older[start : start + AT_A_TIME]
        told = await exhibits.told_of([path.name for path in piece])
        for path in piece:
            if await asyncio.to_thread(_anew, sealer, path):
                done += 1
            elif path.exists():
                lost += 1
            await step(0)
        # Of one that was redacted meanwhile nothing may come back; its row went before its file.
        for id in told - await exhibits.told_of(sorted(told)):
            exhibits.forget(deployment, id)
        await step(len(piece))
    return Pass(done, lost)


def _older(deployment: Deployment, header: bytes) -> list[Path]:
    return [path for path in _files(deployment) if _headers(path) - {header}]


def _anew(sealer: Sealer, path: Path) -> bool:
    """Whether `path` is now sealed by the present key; else it is as it was."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        pieces = list(exhibits.pieces(sealer, path, path.name))
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            for number, piece in enumerate(pieces):
                place = exhibits.place(path.name, number, number == len(pieces) - 1)
                sealed = sealer.seal(piece, place)
                out.write(len(sealed).to_bytes(4, "big") + sealed)
            out.flush()
            os.fsync(out.fileno())
        changed = path.stat()
        os.utime(part, ns=(changed.st_atime_ns, changed.st_mtime_ns))
        files.settle(part, path)
    except FileNotFoundError:
        return False
    except SealError:
        LOG.error("sealed_file_does_not_open", file=path.name)
        return False
    finally:
        part.unlink(missing_ok=True)
    return True
