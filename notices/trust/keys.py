"""The four keys of a register, one file each: made once, then only ever loaded.

matching hashes numbers, sealing keeps private values, log signs checkpoints, answers signs
answers. They are never mixed, so that each can be guarded, and lost, by itself.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from notices.trust.answers import AnswerSigner
from notices.trust.encoding import EncodingError, from_base64, to_base64
from notices.trust.notes import NoteError, NoteSigner
from notices.trust.sealing import KEY_SIZE, Sealer

FILES = ("matching.key", "sealing.key", "log.key", "answers.key")
"""In the order in which they are made."""


class KeysError(Exception):
    """A key that is missing, unreadable, or readable by others."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """All four keys, loaded."""

    matching: bytes
    sealer: Sealer
    log: NoteSigner
    answers: AnswerSigner

    @classmethod
    def open(cls, folder: Path, log_name: str) -> "Keys":
        """The keys in `folder`, made first if there are none; `log_name` is for making only."""
        makers: dict[str, Callable[[], str]] = {
            "matching.key": lambda: _random_key("matching"),
            "sealing.key": lambda: _random_key("sealing"),
            "log.key": lambda: NoteSigner.generate(log_name).to_text(),
            "answers.key": lambda: _random_key("answers"),
        }
        # The last file is there only when the others were: whichever is missing then was lost,
        # and a new one in its place would quietly answer `no_notice` to everything.
        complete = (folder / FILES[-1]).exists()
        for name in FILES:
            if not (folder / name).exists():
                if complete:
                    raise KeysError(f"{folder / name} is missing; restore it from your backup")
                _make(folder / name, makers[name])
        try:
            return cls(
                matching=_random_bytes(folder, "matching"),
                sealer=Sealer(_random_bytes(folder, "sealing")),
                log=NoteSigner.from_text(_read(folder / "log.key")),
                answers=AnswerSigner(_random_bytes(folder, "answers")),
            )
        except (NoteError, EncodingError) as problem:
            raise KeysError(f"a key in {folder} is damaged: {problem}") from problem

    @property
    def check_values(self) -> dict[str, tuple[str, str]]:
        """Of each key its id, and what the database keeps to notice a start with another one."""
        matching_id = hashlib.sha256(b"notices-matching/v1\n" + self.matching).hexdigest()[:8]
        matching = hmac.digest(self.matching, b"notices-matching-check/v1", "sha256")[:16].hex()
        sealing = self.sealer.key_id.hex()
        return {
            "matching": (matching_id, matching),
            "sealing": (sealing, sealing),
            "log": (self.log.vkey.split("+")[1], self.log.vkey),
            "answers": (self.answers.key_id, self.answers.key_id),
        }


def _random_key(purpose: str) -> str:
    return f"notices-{purpose}/v1 {to_base64(secrets.token_bytes(KEY_SIZE))}"


def _random_bytes(folder: Path, purpose: str) -> bytes:
    label, _, value = _read(folder / f"{purpose}.key").partition(" ")
    if label != f"notices-{purpose}/v1":
        raise KeysError(f"{folder / f'{purpose}.key'} is no {purpose} key")
    return from_base64(value, KEY_SIZE)


def _make(path: Path, content: Callable[[], str]) -> None:
    """A new key file, whole or not at all; when another process was first, its key stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(content() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _read(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o007:
            raise KeysError(f"{path} can be read by everybody; chmod 600 it")
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise KeysError(f"{path} cannot be read: {problem}") from problem
