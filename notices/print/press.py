"""A press: a process that makes sheets and pictures, one by one, until nobody wants any more.

Half of that work is Python's (a QR code takes 50 ms), and whoever does it in a thread keeps the
loop waiting for the interpreter at each of its steps. Here it has an interpreter of its own, and
gives way to whoever answers people.
"""

import asyncio
import os
import struct
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO

import msgspec

from notices.facts.errors import Unavailable
from notices.print import typesetting
from notices.print.typesetting import Attachment

AT_ONCE = 2
"""Anybody may ask for this work: it never takes more than two cores."""

DEADLINE = 10.0
"""Seconds after which a sheet that is not made is given up, and the press with it."""

RETRY_AFTER = 5
PROGRAM = "notices.cli.press"
"""What a press runs."""

SECRETS = ("DATABASE_", "MEILI_")
"""What the names of variables begin with that a press has no business to know."""

_LENGTH = struct.Struct(">I")


class Sheet(msgspec.Struct, array_like=True, tag="sheet"):
    """What one sheet is made of: `typesetting.typeset` says what each of it is."""

    data: Mapping[str, Any]
    code: str
    """What the QR code says."""

    attachment: tuple[str, str, str]
    at: float
    lacking: tuple[str, str]
    """All that is shown of the notice, and the note on what of it no font has."""


class Card(msgspec.Struct, array_like=True, tag="card"):
    """What a picture is made of: `typesetting.drawn` says what each of it is."""

    data: Mapping[str, Any]
    code: str
    lacking: tuple[str, str]
    """As of a sheet."""


class Presses:
    """Up to AT_ONCE presses, which are started when they are needed, and kept."""

    def __init__(self) -> None:
        self._idle: list[Process] = []

    async def make(self, sheet: Sheet | Card) -> bytes:
        """The PDF or PNG; raises Unavailable after too long. For whoever has a place for it."""
        press = self._idle.pop() if self._idle else await _start()
        try:
            async with asyncio.timeout(DEADLINE):
                made = await _ask(press, msgspec.msgpack.encode(sheet))
        except BaseException as error:
            # What it answers later would be taken for the next one's.
            await _end(press)
            if isinstance(error, (TimeoutError, OSError, asyncio.IncompleteReadError)):
                raise Unavailable(retry_after=RETRY_AFTER) from error
            raise
        self._idle.append(press)
        return made

    async def stop(self) -> None:
        while self._idle:
            await _end(self._idle.pop())


async def _start() -> Process:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(SECRETS)}
    words = (sys.executable, "-m", PROGRAM)
    return await asyncio.create_subprocess_exec(*words, stdin=PIPE, stdout=PIPE, env=kept)


async def _ask(press: Process, sheet: bytes) -> bytes:
    assert press.stdin is not None and press.stdout is not None  # noqa: S101, PT018
    press.stdin.write(_LENGTH.pack(len(sheet)) + sheet)
    await press.stdin.drain()
    (length,) = _LENGTH.unpack(await press.stdout.readexactly(_LENGTH.size))
    return await press.stdout.readexactly(length)


async def _end(press: Process) -> None:
    if press.returncode is None:
        press.kill()
    await press.wait()


def made_of(sheet: Sheet | Card) -> bytes:
    """The PDF of a sheet, the PNG of a card."""
    if isinstance(sheet, Card):
        card = typesetting.noted(sheet.data, *sheet.lacking)
        return typesetting.drawn(card, typesetting.qr_code(sheet.code))
    return typesetting.typeset(
        typesetting.noted(sheet.data, *sheet.lacking),
        typesetting.qr_code(sheet.code),
        Attachment(*sheet.attachment),
        datetime.fromtimestamp(sheet.at, UTC),
    )


def work(sheets: BinaryIO, made: BinaryIO) -> None:
    """In the process: make what is asked for, until there is nobody left to ask.

    That is all it needs to know of its parent, however that one ended.
    """
    while length := sheets.read(_LENGTH.size):
        sheet = msgspec.msgpack.decode(sheets.read(*_LENGTH.unpack(length)), type=Sheet | Card)
        file = made_of(sheet)
        made.write(_LENGTH.pack(len(file)) + file)
        made.flush()
