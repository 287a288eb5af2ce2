"""Evidence and exhibits: sealed as they arrive, outside the web root, shown to officers alone.

A file is pieces of up to 64 kB, each sealed under its place in the file and whether it is the last,
behind its length in four bytes; so a file that was cut, mixed or changed does not open.
"""

import asyncio
import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from notices import files
from notices.changing.storing import storing
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.errors import Invalid, Problem
from notices.trust.keyring import Sealer
from notices.trust.sealing import SealError

MOST_BYTES = 10 * 1024 * 1024
PIECE = 64 * 1024
SIGNATURES: dict[bytes, str] = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
"""How files of the kinds that are taken begin (ISO 32000, ITU-T T.81, ISO 15948)."""

ORPHAN_AFTER = 86_400.0
"""Seconds; no request takes as long."""

LOOKED_BACK = 30 * 86_400.0
"""Seconds; what is older is looked at by a process that begins, and once a day."""
AT_A_TIME = 10_000
"""Files that are asked for in one statement."""

EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is kept: evidence under the id of its objection, an exhibit under its own."""

    id: str
    media_type: str
    size: int
    sha256: bytes

    def __str__(self) -> str:
        """As a draft remembers it."""
        return f"{self.id} {self.media_type} {self.size} {self.sha256.hex()}"

    @classmethod
    def of(cls, text: str) -> "KeptFile":
        """What `str` made."""
        id, media_type, size, sha256 = text.split(" ")
        return cls(id, media_type, int(size), bytes.fromhex(sha256))


def new_id() -> str:
    """Of an exhibit, or of an objection with its evidence."""
    return secrets.token_hex(8)


def path_of(deployment: Deployment, id: str) -> Path:
    """Where what is kept as `id` lies, or would."""
    return deployment.settings.uploads_folder / id[:2] / id


def content(deployment: Deployment, id: str) -> Iterator[bytes]:
    """What is kept as `id`, piece by piece; raises SealError for what was changed."""
    return pieces(deployment.keys.sealer, path_of(deployment, id), id)


def is_there(deployment: Deployment, id: str) -> bool:
    """Whether what nobody's row tells of yet is still kept as `id`: for `ORPHAN_AFTER`."""
    return path_of(deployment, id).exists()


def forget(deployment: Deployment, id: str) -> None:
    """Delete what is kept as `id`; no row may tell of it any more."""
    _delete(path_of(deployment, id))


async def hold(deployment: Deployment, kept: KeptFile, field: str) -> None:
    """Let nobody take away what came before as `field` until the open transaction tells of it.

    Raises Invalid where somebody has: the sender's other window.
    """
    await _lock(kept.id)
    if not is_there(deployment, kept.id):
        raise Invalid(problems=[Problem(field, "evidence_gone")])


async def take_away(deployment: Deployment, id: str) -> None:
    """Delete what came and is not wanted any more, unless a row tells of it by now."""
    await _take_away(id, path_of(deployment, id))


async def _take_away(id: str, path: Path) -> None:
    async with DB.transaction():
        await _lock(id)
        if not await told_of([id]):
            _delete(path)


def _delete(path: Path) -> None:
    path.unlink(missing_ok=True)


async def _lock(id: str) -> None:
    await DB.fetch("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"file {id}")


def media_type(head: bytes) -> str | None:
    """What a file is by its first bytes, None for what is not taken."""
    return next((kind for mark, kind in SIGNATURES.items() if head.startswith(mark)), None)


class Receiving:
    """A file while it is received; it is there for good only after `keep`."""

    def __init__(self, deployment: Deployment, id: str) -> None:
        self.size = 0
        self._sealer = deployment.keys.sealer
        self._id = id
        self._final = path_of(deployment, id)
        self._draft = self._final.with_name(f".{id}.part")
        self._file: BinaryIO | None = None
        self._failed: OSError | None = None
        try:
            self._final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = open(  # noqa: SIM115  (open until it is kept or discarded)
                os.open(self._draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            )
        except OSError as error:
            self._failed = error
        self._head = b""
        self._waiting = bytearray()
        self._pieces = 0
        self._kept: KeptFile | None = None
        self.committing = False
        self._digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        """The next bytes; what is beyond the most that is taken is counted and not kept."""
        self.size += len(data)
        if self.size > MOST_BYTES:
            return
        if len(self._head) < 16:
            self._head += data[: 16 - len(self._head)]
        self._digest.update(data)
        self._waiting += data
        # The last piece is known only at the end, so one is always held back.
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]

    def problems(self, field: str) -> list[Problem]:
        """What is wrong with the whole file, which came as `field`."""
        if self.size == 0:
            return [Problem(field, "evidence_empty")]
        if self.size > MOST_BYTES:
            return [Problem(field, "evidence_too_large", {"limit": MOST_BYTES >> 20})]
        if media_type(self._head) is None:
            return [Problem(field, "evidence_type")]
        return []

    async def keep(self) -> KeptFile:
        """The file, durable under its name; a row that tells of it may be committed now.

        Raises UploadsFull where there was no room for it.
        """
        if self._kept is None:
            self._seal(bytes(self._waiting), last=True)
            self._raise_if_failed()
            with storing():
                await asyncio.to_thread(self._make_durable)
            kind = media_type(self._head) or ""
            self._kept = KeptFile(self._id, kind, self.size, self._digest.digest())
        return self._kept

    async def keep_for_now(self) -> KeptFile:
        """As `keep`, for a form that is sent once more; else it goes with the orphans."""
        kept = await self.keep()
        self.committing = True
        return kept

    @property
    def digest(self) -> bytes:
        return self._digest.digest()

    def give_up(self) -> None:
        """Discard it, unless a row that tells of it may be committed (`committing`).

        When a commit fails, nobody knows whether it was carried out: then the file stays, and is
        forgotten later if no row tells of it.
        """
        if not self.committing:
            self.discard()

    def discard(self) -> None:
        """As if it had never come; after `keep` too."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # what it could not write is written once more
                self._file.close()
        self._draft.unlink(missing_ok=True)
        self._final.unlink(missing_ok=True)
        self._kept = None  # `keep` must not tell of it any more

    def _seal(self, piece: bytes, *, last: bool) -> None:
        sealed = self._sealer.seal(piece, place(self._id, self._pieces, last))
        self._pieces += 1
        # It is received to its end all the same: a browser that is answered while it sends shows
        # a broken connection, and not what it was told.
        if self._file is not None and self._failed is None:
            try:
                self._file.write(len(sealed).to_bytes(4, "big") + sealed)
            except OSError as error:
                self._failed = error

    def _raise_if_failed(self) -> None:
        with storing():
            if self._failed is not None:
                raise self._failed

    def _make_durable(self) -> None:
        assert self._file is not None  # noqa: S101  (it did not fail)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        files.settle(self._draft, self._final)


def pieces(sealer: Sealer, path: Path, id: str) -> Iterator[bytes]:
    """The content of a kept file, piece by piece; raises SealError for one that was changed."""
    with path.open("rb") as file:
        number, left = 0, path.stat().st_size
        while left:
            length = int.from_bytes(file.read(4), "big")
            sealed = file.read(length)
            left -= 4 + length
            if left < 0 or len(sealed) < length:
                raise SealError("the file is cut short")
            yield sealer.open(sealed, place(id, number, left == 0))
            number += 1
    if number == 0:
        raise SealError("the file is empty")


def place(id: str, number: int, last: bool) -> bytes:
    """What a piece of a file is sealed under."""
    return f"evidence {id} {number} {'last' if last else 'more'}".encode()


async def forget_orphans(
    deployment: Deployment, now: datetime, *, of_any_age: bool = False
) -> None:
    """Delete files of some days ago that no row tells of.

    Their request was killed, or the redaction that deleted the row: that file may be of any age.
    """
    folder = deployment.settings.uploads_folder
    before = now.timestamp() - ORPHAN_AFTER
    after = float("-inf") if of_any_age else before - LOOKED_BACK
    old = await asyncio.to_thread(_old, folder, after, before)
    ids = list(old)
    for start in range(0, len(ids), AT_A_TIME):
        piece = ids[start : start + AT_A_TIME]
        for id in set(piece) - await told_of(piece):
            await _take_away(id, old[id])


async def told_of(ids: Sequence[str]) -> set[str]:
    """Those of `ids` of which a row tells that something is kept under them."""
    rows = await DB.fetch(
        "SELECT id FROM objection WHERE id = ANY($1::text[]) AND evidence_type IS NOT NULL"
        " UNION ALL SELECT file FROM exhibit WHERE file = ANY($1::text[])",
        list(ids),
    )
    return {row["id"] for row in rows}


def _old(folder: Path, after: float, before: float) -> dict[str, Path]:
    """Files by their ids that were changed between these times."""
    found = {}
    for path in folder.glob("*/*"):
        try:
            changed = path.stat().st_mtime
        except FileNotFoundError:  # another process was first
            continue
        if after < changed < before:
            found[path.name.removeprefix(".").removesuffix(".part")] = path
    return found
