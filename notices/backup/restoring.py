"""Restoring a backup: into an empty database, all or nothing, and not served before it is proven.

While a restore is unfinished the database has the schema `restoring`; only what then holds together
as a log, and reaches what its auditors saw, loses that mark. `serve` looks for it, and for `hold`.
"""

import asyncio
import contextlib
import json
import tarfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import migrations
from notices import data_keys, files
from notices.audit import auditing
from notices.audit.auditing import Progress
from notices.audit.remembering import Memory
from notices.backup.dumping import APPLICATION
from notices.backup.saving import DATA_KEYS, DUMP, KEYS, MANIFEST, UPLOADS, VERSION, BackupError
from notices.database import answering, connect
from notices.facts.texts import Message, Text, rfc3339
from notices.journal import reading
from notices.migrating import UNFINISHED, migrate
from notices.tables import ANALYZE, Hold, KeyCheck, LogHead
from notices.tables.prepared import as_sql
from notices.trust import archive, tiles, watching
from notices.trust.archive import ArchiveError, Secret
from notices.trust.chain import Tail
from notices.trust.encoding import from_base64
from notices.trust.keyring import Wrapped, from_json
from notices.trust.watching import Seen
from notices.upkeep import forking

LOCK = 0x72657374  # "rest": who restores holds this session lock
LARGEST_NAMED = 50
"""Notices that are named when they are missing; the mirror has them all."""

# What an unfinished restore left in the database is its own and nobody's else.
_EMPTY = """
DO $$ DECLARE name text; BEGIN
FOR name IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace
  AND relkind IN ('r', 'p') LOOP EXECUTE 'DROP TABLE ' || name || ' CASCADE'; END LOOP;
FOR name IN SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace
  AND relkind = 'S' LOOP EXECUTE 'DROP SEQUENCE ' || name || ' CASCADE'; END LOOP;
FOR name IN SELECT oid::regprocedure FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  LOOP EXECUTE 'DROP FUNCTION ' || name || ' CASCADE'; END LOOP;
END $$
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, what an auditor saw beyond it, and the last serial left out for ids."""

    seen: Seen
    made_at: str
    missing: Text | None
    serial: int


class Backup:
    """A backup whose every byte was verified before any of it is used."""

    def __init__(self, file: BinaryIO, secret: Secret | None) -> None:
        self._file, self._secret = file, secret
        archive.verify(archive.opened(file, secret))
        members = self._members()
        try:
            name, content = next(members)
            self.manifest: dict[str, Any] = json.loads(content)
            self.seen = Seen(
                self.manifest["log"]["size"], from_base64(self.manifest["log"]["root"]), None
            )
        except (StopIteration, KeyError, ValueError):
            name = ""
        else:
            # Of a backup that an older version made there is none.
            tail = self.manifest.get("journal")
            self.journal = [] if tail is None else [Tail.read(tail)]
        if name != MANIFEST:
            raise ArchiveError(_NO_BACKUP)
        known = {file.stem for file in Path(migrations.__file__).parent.glob("notices_*.py")}
        level = self.manifest["migration"]
        if self.manifest["version"] != VERSION or level not in known:
            raise BackupError(_NEWER.format(level=level))

    def _members(self) -> Iterator[tuple[str, bytes]]:
        stream = archive.opened(self._file, self._secret)
        try:
            with tarfile.open(fileobj=stream, mode="r|") as tar:  # type: ignore[call-overload]
                for member in tar:
                    content = tar.extractfile(member)
                    if content is not None:
                        yield member.name, content.read()
        except tarfile.TarError:
            raise ArchiveError(_NO_BACKUP) from None

    def dump(self) -> Iterator[bytes]:
        """The pieces of the database's dump, in order."""
        for name, content in self._members():
            if name.startswith(DUMP):
                yield content

    def put_uploads(self, folder: Path) -> int:
        """The uploads, each whole, under `folder`; how many there are."""
        count = 0
        for name, content in self._members():
            if not name.startswith(UPLOADS):
                continue
            parts = Path(name.removeprefix(UPLOADS)).parts
            if not parts or ".." in parts or Path(*parts).is_absolute():
                raise ArchiveError(_NO_BACKUP)
            file = folder.joinpath(*parts)
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            files.put(file, content)
            count += 1
        return count

    @property
    def data_keys(self) -> list[Wrapped]:
        """The wrapped keys as they were when all uploads had been read."""
        found = next((content for name, content in self._members() if name == DATA_KEYS), b"[]")
        return [from_json(row) for row in json.loads(found)]

    @property
    def keys(self) -> dict[str, Any]:
        found = next((content for name, content in self._members() if name == KEYS), b"{}")
        return dict(json.loads(found))


@contextlib.asynccontextmanager
async def being_restored(url: str) -> AsyncIterator[None]:
    """The empty database, marked as being restored; nobody else restores it meanwhile."""
    connection = await connect(url, timeout=10)
    try:
        with answering():
            if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
                raise BackupError(_TWICE)
            marked = await connection.fetchval(UNFINISHED)
            if marked:
                await _end_what_was_left(connection)
            async with connection.transaction():
                if marked:
                    await connection.execute(_EMPTY)
                elif tables := await connection.fetch(
                    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                    " AND relkind IN ('r', 'p', 'v', 'm') LIMIT 3"
                ):
                    names = ", ".join(row["relname"] for row in tables)
                    raise BackupError(_NOT_EMPTY.format(names=names))
                else:
                    await connection.execute("CREATE SCHEMA restoring")
        yield
    finally:
        await connection.close()


async def _end_what_was_left(connection: Any) -> None:
    """End the pg_restore that a killed restore had begun, which would go on to its end."""
    for _ in range(300):
        left = await connection.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1"
            " AND datname = current_database() AND usename = current_user",
            APPLICATION,
        )
        if not left:
            return
        await asyncio.sleep(0.1)
    raise BackupError(_TWICE)


async def prove(
    urls: tuple[str, str],
    backup: Backup,
    memory: Memory | None,
    mirror: Path | None,
    progress: Progress,
    signed: Seen | None = None,
    vkey: str | None = None,
) -> Restored:
    """Bring the restored tables up to date and audit them; raises Difference.

    `urls` are the database's as its tables' owner and as the one who serves from them.
    The mark goes only when all agrees; where an auditor saw more, or the present key `vkey` has
    `signed` more, `hold` says so from then on. No id that may have been given is given again.
    """
    url, service = urls
    await migrate(url, service, restoring=True)
    connection = await connect(url, timeout=10)
    try:
        for row in backup.data_keys:
            await connection.execute(*data_keys.added(row))
        await connection.execute(ANALYZE)
    finally:
        await connection.close()
    async with auditing.snapshot(url) as connection:
        of_log = KeyCheck.select(KeyCheck.check_value).where(KeyCheck.purpose == "log key")
        known_vkey = await connection.fetchval(*as_sql(of_log))
        size = await connection.fetchval(*as_sql(LogHead.select(LogHead.size)))
        before = [backup.seen]
        if memory is not None:
            known = {vkey, known_vkey, *backup.keys.get("log", ())}
            if memory.vkey is not None and known_vkey is not None and memory.vkey not in known:
                raise BackupError(_OTHER_LOG)
        saw = [*([memory.seen] if memory is not None else []), *([signed] if signed else [])]
        before += [each for each in saw if each.size <= size]
        seen = await auditing.audit(connection, progress, *before)
        tail, tails = await reading.tail(connection), [*backup.journal]
        # Of what was done after the backup nothing is here, as of the log.
        if memory is not None and memory.journal and memory.journal.size <= tail.size:
            tails.append(memory.journal)
        await reading.check(connection, None, *tails)
    longest = max(saw, key=lambda each: each.size, default=seen)
    missing, highest = None, 0
    if longest.size > seen.size:
        missing, highest = _missing(seen, longest, mirror)
    connection = await connect(url, timeout=10)
    try:
        async with connection.transaction():
            await connection.execute("DROP SCHEMA restoring CASCADE")
            if missing is not None:
                hold = Hold(reason=missing.both)
                await connection.execute(*as_sql(Hold.insert(hold)))
                spent = vkey or (memory.vkey if memory is not None else None)
                await forking.spend(connection, seen.size, spent)
            made_at = datetime.fromisoformat(backup.manifest["made_at"])
            serial = await forking.step_over(
                connection, made_at, longest.size - seen.size if missing else 0, highest
            )
    finally:
        await connection.close()
    return Restored(seen, backup.manifest["made_at"], missing, serial)


def _missing(seen: Seen, saw: Seen, mirror: Path | None) -> tuple[Text, int]:
    """What was seen beyond the restored log, by name where an auditor's mirror is here.

    And the highest serial in their ids, 0 where that is not known.
    """
    words = _MISSING.format(
        first=seen.size,
        last=saw.size - 1,
        count=saw.size - seen.size,
        after=rfc3339(seen.at) if seen.at else "–",
        until=rfc3339(saw.at) if saw.at else "–",
    )
    if mirror is None:
        return words, 0
    lost: list[str] = []
    highest = 0
    walk = watching.Walk(seen)
    for tile in tiles.of_tree(saw.size):
        if tile.level is not None:
            continue
        try:
            entries = tiles.entries_in((mirror / "tile" / tile.path).read_bytes(), tile.width)
        except (OSError, tiles.TileError):
            raise BackupError(_NO_MIRROR.format(path=tile.path)) from None
        said, _ = walk.add(entries)
        for index, entry in enumerate(said, tile.first):
            if index >= seen.size:
                lost.append(f"{index} {entry.id} {entry.kind} {rfc3339(entry.at)}")
                highest = max(highest, forking.serial_of(entry.id))
    walk.end(saw.size, saw.root)
    named = "; ".join(lost[:LARGEST_NAMED]) + ("; …" if len(lost) > LARGEST_NAMED else "")
    return _NAMED.format(what=words, which=named), highest


_NAMED = Message("{what}（{which}）")
_NO_BACKUP = Message("这不是备份文件。")
_NEWER = Message("备份来自更新的版本（{level}）；请用同样新或更新的程序恢复。")
_TWICE = Message("另一个 restore 正在恢复这个数据库。")
_NOT_EMPTY = Message(
    "数据库不是空的（有表 {names} 等）。请恢复到新的 DATA 目录，或新建的空数据库。"
)
_OTHER_LOG = Message("审计状态文件属于另一本登记簿（公钥不同）。")
_NO_MIRROR = Message("镜像目录中没有瓦片 {path}，或它已损坏；不用 --mirror 也可以恢复。")
_MISSING = Message(
    "恢复后的登记簿比审计者见过的、或登记簿密钥签过的短：缺少第{first}至{last}条，共{count}条，"
    "时间在 {after} 之后、至 {until}。这些公告的凭证已在声明人手中，而这里查不到。"
)
