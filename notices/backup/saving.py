"""Writing a backup: what the log was, the public keys, the database, the uploads; in one stream.

The manifest is read before pg_dump takes its snapshot, so all that its checkpoint covers is in the
dump; uploads come after, since a file is there before any row names it. Secret keys are not in it,
but for those that are wrapped, as they were last.
"""

import asyncio
import contextlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from notices import data_keys, files
from notices.backup import dumping
from notices.database import answering, connect
from notices.facts import catalogue
from notices.facts.texts import Message, TextError, rfc3339
from notices.journal import reading
from notices.log import split
from notices.settings import Settings
from notices.trust import keys, merkle
from notices.trust.archive import Secret, Writer
from notices.trust.encoding import to_base64
from notices.trust.keyring import as_json
from notices.trust.notes import NoteSigner, checkpoint_text

VERSION = 1
PART = 16 << 20
"""Bytes of the dump in one member: its length is not known beforehand, a member's has to be."""

MANIFEST, KEYS, DUMP, UPLOADS = "manifest.json", "keys.json", "database.dump.", "uploads/"
DATA_KEYS = "data_keys.json"


class BackupError(TextError):
    """Why no backup was made, or none restored."""


async def manifest_of(url: str, settings: Settings, now: datetime) -> dict[str, Any]:
    """What the database is, in one statement's view, signed where the log's key is."""
    connection = await connect(url, timeout=10)
    try:
        with answering():
            row = await connection.fetchrow(
                "SELECT size, peaks, current_setting('server_version_num')::int / 10000 AS server,"
                " (SELECT name FROM migration ORDER BY name DESC LIMIT 1) AS migration,"
                " to_regnamespace('restoring') IS NOT NULL AS unfinished,"
                " (SELECT check_value FROM key_check WHERE purpose = 'log key') AS vkey"
                " FROM log_head WHERE id = 1"
            )
            tail = None if row is None else await reading.tail(connection)
    finally:
        await connection.close()
    if row is None or tail is None or row["unfinished"]:
        raise BackupError(_UNFINISHED)
    size, root = row["size"], merkle.root(split(row["peaks"]))
    key = settings.keys_folder / "log.key"
    signer = NoteSigner.from_text(key.read_text().strip()) if key.exists() else None
    if signer is not None and row["vkey"] not in (None, signer.vkey):
        signer = None
    note = signer.sign(checkpoint_text(signer.name, size, root)) if signer else None
    return {
        "version": VERSION,
        "made_at": rfc3339(now),
        "log": {"size": size, "root": to_base64(root), "checkpoint": note, "vkey": row["vkey"]},
        "journal": tail.shown(),
        "migration": row["migration"],
        "catalogue": catalogue.load(settings.catalogue).version,
        "postgresql": row["server"],
        "pg_dump": dumping.program("pg_dump", row["server"])[1],
    }


def public_keys(settings: Settings) -> dict[str, Any]:
    """The keys that verify what is and was signed; a backup of them needs no guarding."""
    if not (settings.keys_folder / keys.FILES[-1]).exists():
        return {}
    shown: dict[str, Any] = msgspec.to_builtins(
        keys.Keys.open(settings.keys_folder, settings.log_origin).public()
    )
    return shown


def write(
    out: BinaryIO, url: str, settings: Settings, manifest: dict[str, Any], secret: Secret | None
) -> None:
    """The whole backup, as a stream, to `out`."""
    writer = Writer(out, secret)
    with tarfile.open(fileobj=writer, mode="w|", format=tarfile.PAX_FORMAT) as tar:  # type: ignore[call-overload]
        _add(tar, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        _add(tar, KEYS, json.dumps(public_keys(settings), indent=1).encode())
        pieces = dumping.dump(url, manifest["postgresql"])
        with contextlib.closing(pieces):  # type: ignore[type-var]
            for number, part in enumerate(_parts(pieces), 1):
                _add(tar, f"{DUMP}{number:06}", part)
        for file in uploads_in(settings.data / "uploads"):
            _add_file(tar, settings.data / "uploads", file)
        # A file may have been sealed anew since the dump, by a key that was made since.
        _add(tar, DATA_KEYS, json.dumps(_data_keys(url), indent=1).encode())
    writer.finish()


def to_file(
    file: Path,
    url: str,
    settings: Settings,
    manifest: dict[str, Any],
    secret: Secret | None,
    *,
    force: bool,
) -> int:
    """The backup as `file`, whole or not at all; its size. Without force none is replaced."""
    if file.exists() and not force:
        raise BackupError(_EXISTS.format(file=file))
    part = file.with_name(file.name + ".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with open(handle, "wb") as out:
            write(out, url, settings, manifest, secret)
            out.flush()
            os.fsync(handle)
            size = out.tell()
        files.settle(part, file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return size


def uploads_in(folder: Path) -> Iterator[Path]:
    """Whole files only; what begins with a dot is still being written."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(place, name)


def _data_keys(url: str) -> list[list[Any]]:
    async def read() -> list[list[Any]]:
        connection = await connect(url, timeout=10)
        try:
            with answering():
                return [as_json(row) for row in await data_keys.read(connection.fetch)]
        finally:
            await connection.close()

    # A thread, since whoever writes a backup may run a loop of their own.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, read()).result()


def _parts(pieces: Iterator[bytes]) -> Iterator[bytes]:
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        if len(waiting) >= PART:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))


def _add_file(tar: tarfile.TarFile, folder: Path, file: Path) -> None:
    try:
        content = file.open("rb")
    except FileNotFoundError:
        return  # its notice was redacted a moment ago
    with content:
        member = tarfile.TarInfo(UPLOADS + file.relative_to(folder).as_posix())
        member.size, member.mode = os.fstat(content.fileno()).st_size, 0o600
        tar.addfile(member, content)


_UNFINISHED = Message("这个数据库没有登记簿，或恢复尚未完成，没有可备份的内容。")
_EXISTS = Message("{file} 已经存在；换一个名字，或用 --force 覆盖。")
