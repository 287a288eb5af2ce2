"""The four keys of a register, one file each: made once, then only loaded, or rotated.

matching hashes numbers, sealing wraps the keys that private values are sealed by, log signs
checkpoints, answers signs answers. They are never mixed, so that each can be guarded, and lost, by
itself.
"""

import contextlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from notices import files
from notices.facts.public.service import AnswerKey, PublicKeys
from notices.facts.texts import Message, TextError
from notices.trust.answers import AnswerError, AnswerSigner, PublicKey, keys_in
from notices.trust.encoding import EncodingError, from_base64, strict_json, to_base64
from notices.trust.keyring import Sealer
from notices.trust.matching import Matching, check_of, id_of
from notices.trust.notes import NoteError, NoteSigner, NoteVerifier
from notices.trust.sealing import Aes256Gcm, KeyOfBytes, from_text
from notices.trust.signed import SIGNED, LogSigner
from notices.trust.signing import Ed25519Signer

KEY_SIZE = 32
"""Bytes of a key that is none of a cipher."""

FILES = ("matching.key", "sealing.key", "log.key", "answers.key")
"""In the order in which they are made."""


RETIRED = "retired.json"
"""Public keys that signed before, as /.well-known/notice-keys.json shows them."""

NEXT = ("sealing.next", "matching.next")
"""Keys that are about to take another's place; each is there while that is not done."""


class KeysError(TextError):
    """A key that is missing, unreadable, or readable by others."""

    def __init__(self, why: str) -> None:
        super().__init__(Message("密钥不能使用："), f" {why}")


@dataclass(frozen=True, slots=True)
class Retired:
    """Public keys that sign no more; what they signed stays valid."""

    log: tuple[str, ...] = ()
    answers: Mapping[str, PublicKey] = field(default_factory=dict)


EMPTY = Retired()


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """All four keys, loaded."""

    matching: Matching
    sealer: Sealer
    log: NoteSigner
    answers: AnswerSigner
    retired: Retired = EMPTY
    folder: Path | None = None

    @classmethod
    def open(cls, folder: Path, log_name: str) -> "Keys":
        """The keys in `folder`, made first if there are none; `log_name` is for making only."""
        makers: dict[str, Callable[[], str]] = {
            "matching.key": lambda: _random_key("matching"),
            "sealing.key": lambda: Aes256Gcm.generate().to_text(),
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
                matching=Matching(*matching_in(folder)),
                sealer=Sealer(master_in(folder)),
                log=_log_signer(folder),
                answers=AnswerSigner(Ed25519Signer(_random_bytes(folder, "answers"))),
                retired=retired_in(folder),
                folder=folder,
            )
        except (NoteError, EncodingError) as problem:
            raise KeysError(f"a key in {folder} is damaged: {problem}") from problem

    def public(self) -> PublicKeys:
        """The public keys, as /.well-known/notice-keys.json shows them; the present ones first."""
        return PublicKeys(
            log=self.log_vkeys,
            answers=[
                AnswerKey(id=id, alg=key.algorithm, key=to_base64(key.key))
                for id, key in self.answer_keys.items()
            ],
        )

    @property
    def log_vkeys(self) -> list[str]:
        """The log's verifier key, and behind it those that signed before."""
        return [self.log.vkey, *(key for key in self.retired.log if key != self.log.vkey)]

    @property
    def answer_keys(self) -> dict[str, PublicKey]:
        """The keys that answers are verified with by their ids, the present one first."""
        present = PublicKey(self.answers.algorithm, self.answers.public_key)
        return {self.answers.key_id: present} | {
            id: key for id, key in self.retired.answers.items() if id != self.answers.key_id
        }

    @property
    def check_values(self) -> dict[str, tuple[str, str]]:
        """Of each key its id, and what the database keeps to notice a start with another one."""
        sealing = self.sealer.master.id.hex()
        return {
            "matching": (id_of(self.matching.present), check_of(self.matching.present)),
            "sealing": (sealing, sealing),
            "log": (self.log.vkey.split("+")[1], self.log.vkey),
            "answers": (self.answers.key_id, self.answers.key_id),
        }

    @property
    def earlier_check_values(self) -> dict[str, set[str]]:
        """What a database may have kept of keys that were rotated since."""
        return {"log": set(self.retired.log), "answers": set(self.retired.answers)}


def retired_in(folder: Path) -> Retired:
    """The public keys that were rotated out; raises KeysError for a damaged file."""
    path = folder / RETIRED
    if not path.exists():
        return EMPTY
    try:
        kept = strict_json(_read(path).encode())
        for vkey in kept["log"]:
            NoteVerifier(vkey)
        return Retired(tuple(kept["log"]), keys_in(_read(path).encode()))
    except (EncodingError, NoteError, AnswerError, KeyError, TypeError) as problem:
        raise KeysError(f"{path} is damaged; restore it from your backup") from problem


def rotate(folder: Path, purpose: str) -> Keys:
    """Sign with a new key of `purpose` ("answers" or "log") from the next start on.

    The old public key is written down before the new key takes its place: killed in between, the
    old one goes on signing, and a rerun succeeds. The old secret is gone for good.
    """
    if not (folder / FILES[-1]).exists():
        raise KeysError(f"there are no keys in {folder}")
    keys = Keys.open(folder, "")
    logs = [key for key in keys.retired.log if key != keys.log.vkey]
    kept = {
        "log": [keys.log.vkey, *logs] if purpose == "log" else logs,
        "answers": [
            {"id": id, "alg": key.algorithm, "key": to_base64(key.key)}
            for id, key in keys.answer_keys.items()
            if purpose == "answers" or id != keys.answers.key_id
        ],
    }
    if purpose == "log":
        fresh = NoteSigner.generate(keys.log.name).to_text()
    else:
        fresh = _random_key("answers")
    files.put(folder / RETIRED, f"{json.dumps(kept, indent=1)}\n".encode())
    files.put(folder / f"{purpose}.key", f"{fresh}\n".encode())
    return Keys.open(folder, "")


def exported(folder: Path) -> dict[str, str]:
    """The texts of all four keys, of the list of earlier ones, and of those that are to follow.

    Raises KeysError.
    """
    more = [name for name in (RETIRED, *NEXT) if (folder / name).exists()]
    return {name: _read(folder / name) for name in (*FILES, *more)}


def import_into(folder: Path, keys: dict[str, str]) -> None:
    """Put `keys` into `folder`; raises KeysError when another one is there, and writes none."""
    for name in keys:
        if (folder / name).exists() and _read(folder / name) != keys[name]:
            raise KeysError(
                f"{folder / name} is another key; if nothing was written under it, move the "
                "folder away and import again"
            )
    # The last of FILES says that all are there.
    for name in (RETIRED, *NEXT, *FILES):
        if name in keys and not (folder / name).exists():
            _make(folder / name, lambda text=keys[name]: text)  # type: ignore[misc]


def _log_signer(folder: Path) -> LogSigner:
    signer = LogSigner.from_text(_read(folder / "log.key"))
    signer.record = folder / SIGNED
    return signer


def _random_key(purpose: str) -> str:
    return f"notices-{purpose}/v1 {to_base64(secrets.token_bytes(KEY_SIZE))}"


def _random_bytes(folder: Path, purpose: str, name: str | None = None) -> bytes:
    path = folder / (name or f"{purpose}.key")
    label, _, value = _read(path).partition(" ")
    if label != f"notices-{purpose}/v1":
        raise KeysError(f"{path} is no {purpose} key")
    return from_base64(value, KEY_SIZE)


def matching_in(folder: Path) -> list[bytes]:
    """The keys of numbers, the present one first, and one that is to follow where there is one."""
    more = ["matching.next"] if (folder / "matching.next").exists() else []
    return [_random_bytes(folder, "matching", name) for name in ("matching.key", *more)]


def next_matching(folder: Path) -> bytes:
    """The key of numbers that is to follow, made unless there is one."""
    with contextlib.suppress(FileExistsError):
        files.add(folder / "matching.next", f"{_random_key('matching')}\n".encode())
    return matching_in(folder)[1]


def master_in(folder: Path) -> KeyOfBytes:
    """The master key in its file, of whichever algorithm; raises KeysError and EncodingError."""
    path = folder / "sealing.key"
    try:
        return from_text(_read(path))
    except EncodingError as problem:
        raise KeysError(f"{path} is no sealing key") from problem


def master_to_come(folder: Path) -> KeyOfBytes | None:
    """The master key that is to take the place of the one there is; None where none is."""
    path = folder / "sealing.next"
    if not path.exists():
        return None
    try:
        return from_text(_read(path))
    except EncodingError as problem:
        raise KeysError(f"{path} is no sealing key") from problem


def _make(path: Path, content: Callable[[], str]) -> None:
    """A new key file, whole or not at all; when another process was first, its key stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        files.add(path, f"{content()}\n".encode())


def _read(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o007:
            raise KeysError(f"{path} can be read by everybody; chmod 600 it")
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise KeysError(f"{path} cannot be read: {problem}") from problem
