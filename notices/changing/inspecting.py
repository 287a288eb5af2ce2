"""What an uploaded file really is, found out by decoding it, in a process of its own.

A decoder is where hostile files do harm, so it runs with nothing to reach: no environment, no
database, bounded memory and time. What it says is one word, the code of what is wrong.
"""

import asyncio
import subprocess
import sys
from collections import deque

import structlog

from notices.changing import exhibits
from notices.changing.exhibits import KeptFile
from notices.deployment import Deployment
from notices.facts.errors import Invalid, Problem, Unavailable

SECONDS, SCANNER_SECONDS = 20.0, 60.0
AT_ONCE = 2
CODES = frozenset({"evidence_type", "evidence_damaged", "evidence_active", "evidence_hidden"})

LOG = structlog.get_logger()
_TURNS = asyncio.Semaphore(AT_ONCE)
_FOUND_RIGHT: deque[str] = deque(maxlen=100)
"""One exhibit may come with thirty declarations of one pass; what is kept never changes."""


async def refuse_wrong_content(deployment: Deployment, kept: KeptFile, field: str) -> None:
    """Raises Invalid where a kept file is not what its first bytes say, or holds more.

    Unavailable where that cannot be found out: nothing is taken unseen. It came as `field`.
    """
    if kept.id in _FOUND_RIGHT:
        return
    async with _TURNS:
        try:
            content = await asyncio.to_thread(_content, deployment, kept.id)
        except FileNotFoundError:  # it came before, and another window has taken it away
            raise Invalid(problems=[Problem(field, "evidence_gone")]) from None
        code = await _decoded(content, kept.media_type)
        if code is None and await _infected(deployment.settings.upload_scanner, content):
            code = "evidence_infected"
    if code is not None:
        raise Invalid(problems=[Problem(field, code)])
    _FOUND_RIGHT.append(kept.id)


def _content(deployment: Deployment, id: str) -> bytes:
    return b"".join(exhibits.content(deployment, id))


async def _decoded(content: bytes, media_type: str) -> str | None:
    words = (sys.executable, "-I", "-m", "notices.changing.decoding", media_type)
    status, printed_output = await _run(words, content, SECONDS)
    word = printed_output.decode("ascii", "replace").strip()
    if status == 0 and word == "ok":
        return None
    # A decoder that died or took too long was given something that no camera or office made.
    return word if status == 0 and word in CODES else "evidence_damaged"


async def _infected(scanner: tuple[str, ...], content: bytes) -> bool:
    """Whether the operator's virus scanner says so: 0 is clean, 1 is not, the rest no answer."""
    if not scanner:
        return False
    status, _ = await _run(scanner, content, SCANNER_SECONDS)
    if status not in (0, 1):
        LOG.warning("upload_scanner_failed", status=status)
        raise Unavailable(retry_after=60)
    return status == 1


async def _run(words: tuple[str, ...], content: bytes, seconds: float) -> tuple[int | None, bytes]:
    """Exit status and output of a program that is given `content`; None where it was stopped."""
    try:
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            cwd="/",
        )
    except OSError as error:
        raise Unavailable(retry_after=60) from error
    try:
        async with asyncio.timeout(seconds):
            output, _ = await process.communicate(content)
    except (TimeoutError, BrokenPipeError, ConnectionResetError):
        return None, b""
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, output
