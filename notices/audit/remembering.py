"""What an auditor remembers of a log from one run to the next: a small file, written as a whole."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from notices import files
from notices.facts.texts import Message, TextError, rfc3339
from notices.trust.chain import Tail
from notices.trust.encoding import EncodingError, from_base64, strict_json, to_base64
from notices.trust.merkle import HASH_SIZE
from notices.trust.notes import NoteError, NoteVerifier, parse_checkpoint
from notices.trust.watching import Seen

LARGEST_FILE = 1_000_000


class StateError(TextError):
    """A state file that cannot be used."""


@dataclass(frozen=True, slots=True)
class Memory:
    """The log as it was last seen; `checkpoint` is the log's signed word for it.

    `vkey` is the key under which that was, and is to be, signed.
    """

    vkey: str | None
    checkpoint: str | None
    seen: Seen
    journal: Tail | None = None
    """The end of the audit log of staff, of our own database."""


def read(file: Path) -> Memory | None:
    """What `file` holds, None when there is none; raises StateError and OSError."""
    try:
        with file.open("rb") as content:
            text = content.read(LARGEST_FILE)
    except FileNotFoundError:
        return None
    try:
        parts = strict_json(text)
        at = parts["at"]
        seen = Seen(
            int(parts["size"]),
            from_base64(parts["root"], HASH_SIZE),
            None if at is None else datetime.fromisoformat(at),
        )
        tail = parts.get("journal")
        journal = None if tail is None else Tail.read(tail)
        memory = Memory(parts["vkey"], parts["checkpoint"], seen, journal)
        if memory.checkpoint is not None:
            note = NoteVerifier(memory.vkey or "").open(memory.checkpoint)
            if parse_checkpoint(note)[1:] != (seen.size, seen.root):
                raise NoteError("the checkpoint is of another log")
    except (EncodingError, NoteError, ValueError, KeyError, TypeError) as problem:
        raise StateError(_DAMAGED.format(file=file)) from problem
    return memory


def write(file: Path, memory: Memory, now: datetime) -> None:
    """Replace `file` as a whole; a crash leaves the old one or the new one."""
    at = memory.seen.at
    parts: dict[str, object] = {
        "vkey": memory.vkey,
        "checkpoint": memory.checkpoint,
        "size": memory.seen.size,
        "root": to_base64(memory.seen.root),
        "at": None if at is None else rfc3339(at),
        "checked_at": rfc3339(now),
    }
    if memory.journal is not None:
        parts["journal"] = memory.journal.shown()
    text = json.dumps(parts, ensure_ascii=False, indent=1) + "\n"
    files.put(file, text.encode(), mode=files.PUBLIC)


_DAMAGED = Message(
    "状态文件 {file} 已损坏或不是审计状态文件。请找回原件；删除它就等于第一次审计，"
    "以前见过的检查点不再核对。"
)
