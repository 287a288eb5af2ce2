"""Having a file answered by a process of its own, and ending that when nobody waits for it."""

import asyncio
import contextlib
import math
import os
import pickle
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable

import msgspec
import structlog

from notices import matching_keys
from notices.batches import (
    LENGTH,
    Counted,
    Done,
    Failed,
    FileRefused,
    Form,
    Go,
    Guessed,
    Refused,
    Task,
    Told,
    bounds,
)  # fmt: skip
from notices.batches.scratch import Scratch, folder_of, storing
from notices.deployment import Deployment
from notices.facts.errors import Unavailable
from notices.facts.outages import NoRoomForBatch
from notices.trust.sealing import Aes256Gcm

LOOK = 0.5
"""Seconds after which it is looked again whether somebody still waits."""

TRIES = 3
IN_HALVES = 100_000
"""Rows from which on a process more takes less time than it needs to begin."""

LOG = structlog.get_logger()
_DECODER: msgspec.msgpack.Decoder[Told] = msgspec.msgpack.Decoder(Told)

Hear = Callable[[Counted | Guessed], Awaitable[bool]]


class Gone(Exception):
    """Nobody waits for the answer any more."""


async def answer(
    deployment: Deployment,
    received: Scratch,
    answered: Scratch,
    key: Aes256Gcm,
    form: Form,
    *,
    test: bool,
    may_ask_masked: bool,
    hear: Hear,
    look: Callable[[], Awaitable[None]],
) -> Done:
    """What the file in `received` came to, once the reply is in `answered`, both sealed by `key`.

    `hear` is told how many rows there are, before anything is looked up, and how many masked
    numbers are asked for: whether these may be answered. `look` raises what is to end it. Raises
    FileRefused, NoRoomForBatch and Unavailable.
    """
    with storing():
        further = Scratch(folder_of(deployment))
    with contextlib.closing(further):
        for _ in range(TRIES):
            matching = deployment.keys.matching
            task = Task(
                catalogue=deployment.catalogue,
                matching=matching.both,
                state=matching.state,
                database_url=None if test else deployment.settings.database_url,
                key=key.secret,
                received=received.fd,
                answered=answered.fd,
                further=further.fd,
                form=form,
                may_ask_masked=may_ask_masked,
                in_halves=in_halves(),
            )
            done = await _run(task, hear, look)
            if done is not None:
                return done
            await matching_keys.sure(deployment.keys)
            for each in (answered, further):
                os.ftruncate(each.fd, 0)
                os.lseek(each.fd, 0, os.SEEK_SET)
            hear = _heard_before(hear)
    raise Unavailable


def in_halves() -> float:
    """Rows from which on a file is answered by two processes, if there is a core for each."""
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return IN_HALVES if cores > 1 else math.inf


def _heard_before(hear: Hear) -> Hear:
    async def again(told: Counted | Guessed) -> bool:
        return True if isinstance(told, Counted) else await hear(told)

    return again


async def _run(task: Task, hear: Hear, look: Callable[[], Awaitable[None]]) -> Done | None:
    """None where it was asked by keys that are the register's no longer."""
    process = await _start(task)
    talking = asyncio.ensure_future(_talk(process, task, hear))
    looking = asyncio.ensure_future(_look(look))
    try:
        await asyncio.wait((talking, looking), return_when=asyncio.FIRST_COMPLETED)
        if looking.done():
            looking.result()
        return talking.result()
    finally:
        talking.cancel()
        looking.cancel()
        await asyncio.wait((talking, looking))
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _start(task: Task) -> Process:
    try:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-m", "notices.batches.working"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            cwd="/",
            pass_fds=(task.received, task.answered, task.further),
        )
    except OSError as error:
        raise Unavailable(retry_after=60) from error


async def _look(look: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(LOOK)
        await look()


async def _talk(process: Process, task: Task, hear: Hear) -> Done | None:
    try:
        await _send(process, pickle.dumps(task))
        while True:
            told = await _read(process)
            match told:
                case Counted() | Guessed():
                    await _send(process, msgspec.msgpack.encode(Go(await hear(told))))
                case Refused():
                    raise FileRefused(told.code, **told.params)
                case Failed(why="stale"):
                    return None
                case Failed(why="full"):
                    raise NoRoomForBatch
                case Failed():
                    if told.why != "away":
                        LOG.error("batch_failed", error=told.why)
                    raise Unavailable(retry_after=30)
                case Done():
                    return told
    except (asyncio.IncompleteReadError, OSError):
        status = await process.wait()
        if -status in bounds.ENDED_BY:
            raise FileRefused("file_too_large_inside") from None
        LOG.error("batch_ended", status=status)
        raise Unavailable(retry_after=30) from None


async def _send(process: Process, content: bytes) -> None:
    assert process.stdin is not None  # noqa: S101
    process.stdin.write(len(content).to_bytes(LENGTH, "big") + content)
    await process.stdin.drain()


async def _read(process: Process) -> Told:
    assert process.stdout is not None  # noqa: S101
    length = int.from_bytes(await process.stdout.readexactly(LENGTH), "big")
    return _DECODER.decode(await process.stdout.readexactly(length))
