"""Sheets are made in processes of their own, which are no trouble to whoever started them."""

import asyncio
import io
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from notices.facts.errors import Unavailable
from notices.print import press, typesetting
from notices.print.press import Presses, Sheet
from tests.printed import sheet

SHEET = Sheet(
    data=sheet(),
    code="https://testserver.example/notices/37070000012358",
    attachment=("a.tlog-proof", "proof", "a"),
    at=1_790_000_000.0,
    lacking=("某", "{points}"),
)


@pytest.fixture
async def presses() -> AsyncIterator[Presses]:
    presses = Presses()
    yield presses
    await presses.stop()


async def test_a_press_makes_what_would_be_made_here(presses: Presses) -> None:
    made = [await presses.make(SHEET) for _ in range(2)]

    assert made == [press.made_of(SHEET)] * 2
    assert len(presses._idle) == 1


async def test_no_sheet_is_made_where_people_are_answered(
    presses: Presses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the work is Python's; in a thread it took turns of 5 ms with the loop."""

    def here(*_: object) -> bytes:
        raise AssertionError

    monkeypatch.setattr(typesetting, "typeset", here)
    monkeypatch.setattr(typesetting, "qr_code", here)

    assert (await presses.make(SHEET)).startswith(b"%PDF-")


async def test_a_press_that_ends_costs_one_sheet(presses: Presses) -> None:
    await presses.make(SHEET)
    presses._idle[0].kill()
    with pytest.raises(Unavailable):
        await presses.make(SHEET)

    assert (await presses.make(SHEET)).startswith(b"%PDF-")


async def test_a_press_that_takes_too_long_is_ended(
    presses: Presses, monkeypatch: pytest.MonkeyPatch
) -> None:
    await presses.make(SHEET)
    [busy] = presses._idle
    monkeypatch.setattr(press, "DEADLINE", 0.001)
    with pytest.raises(Unavailable):
        await presses.make(SHEET)

    assert busy.returncode == -9
    assert presses._idle == []


async def test_a_press_ends_with_whoever_started_it(presses: Presses) -> None:
    await presses.make(SHEET)
    [idle] = presses._idle
    assert idle.stdin is not None
    idle.stdin.close()  # as the system does for a process that was killed

    assert await asyncio.wait_for(idle.wait(), 5) == 0


def environment_of(pid: int) -> bytes:
    file = Path(f"/proc/{pid}/environ")
    return file.read_bytes() if file.exists() else b""  # elsewhere it cannot be looked at


async def test_a_press_knows_no_key_of_the_engines(
    presses: Presses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody:secret@nowhere.example/x")
    monkeypatch.setenv("MEILI_SEARCH_KEY", "secret")
    await presses.make(SHEET)

    assert b"secret" not in environment_of(presses._idle[0].pid)


def test_what_no_font_has_is_noted() -> None:
    made = io.BytesIO()
    rare = msgspec.msgpack.encode(
        Sheet(SHEET.data, SHEET.code, SHEET.attachment, SHEET.at, ("\U0010ffff", "{points}"))
    )
    press.work(io.BytesIO(struct.pack(">I", len(rare)) + rare), made)

    assert made.getvalue()[4:] != press.made_of(SHEET)
