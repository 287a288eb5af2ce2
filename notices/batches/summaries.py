"""Signed summaries of answered files, kept for a day for the agency that sent the file.

They lie sealed in the data folder, so whichever web process is asked can tell them. The agency is
part of what a summary is sealed for: nobody else's request opens it.
"""

import contextlib
import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from notices import files
from notices.batches import Done
from notices.batches.scratch import folder_of
from notices.deployment import Deployment
from notices.facts.public.answer import Signature
from notices.facts.public.batch import SaidOfFile, Summary
from notices.facts.readings import RULES
from notices.facts.texts import rfc3339
from notices.trust.answers import BATCH, TESTS
from notices.trust.sealing import SealError

KEPT = timedelta(days=1)
_ID = re.compile(r"[0-9a-f]{32}")


def signed(deployment: Deployment, done: Done, received: bytes, *, test: bool) -> Summary:
    """What an answered file came to; `received` is the hash of what had come."""
    said = SaidOfFile(
        rows=done.rows,
        answered=done.asked,
        hits=done.hits,
        problems=sum(done.by_problem.values()),
        by_status=done.by_status,
        by_problem=done.by_problem,
        checked_at=rfc3339(done.checked_at),
        log_size=done.log_size,
        rules=RULES,
        catalogue=deployment.catalogue.version,
        input_sha256=received.hex(),
        output_sha256=done.sha256.hex(),
        test=True if test else msgspec.UNSET,
    )
    signer = TESTS if test else deployment.keys.answers
    signature = signer.sign_text(msgspec.json.encode(said, order="sorted"), BATCH)
    fields = {name: getattr(said, name) for name in SaidOfFile.__struct_fields__}
    return Summary(**fields, signature=Signature(**signature))


def keep(deployment: Deployment, agency: str, summary: Summary) -> str:
    """The id under which it is told from now on, to this agency; raises OSError."""
    id = secrets.token_hex(16)
    folder = _folder(deployment)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sealed = deployment.keys.sealer.seal(msgspec.json.encode(summary), _place(agency, id))
    files.put(folder / id, sealed)
    return id


def kept(deployment: Deployment, agency: str, id: str, now: datetime) -> bytes | None:
    """The JSON of a summary; None where this agency has none of this id, or had it long ago."""
    if _ID.fullmatch(id) is None:
        return None
    file = _folder(deployment) / id
    try:
        if _is_old(file, now):
            return None
        return deployment.keys.sealer.open(file.read_bytes(), _place(agency, id))
    except (FileNotFoundError, SealError):
        return None


def forget_old(deployment: Deployment, now: datetime) -> None:
    """Delete those whose day is over."""
    for file in _folder(deployment).glob("*"):
        with contextlib.suppress(FileNotFoundError):  # another process was first
            if _is_old(file, now):
                file.unlink()


def _is_old(file: Path, now: datetime) -> bool:
    return file.stat().st_mtime < (now - KEPT).timestamp()


def _folder(deployment: Deployment) -> Path:
    return folder_of(deployment) / "summaries"


def _place(agency: str, id: str) -> bytes:
    return f"batch summary {agency} {id}".encode()
