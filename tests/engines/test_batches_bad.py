"""Files that nobody should send, and days on which nothing goes well: each is told clearly."""

import asyncio
import contextlib
import errno
import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest

from notices import agencies
from notices.agencies import knowing
from notices.api import batches
from notices.batches import MOST_BYTES, bounds, running, scratch, summaries
from notices.batches.reading import BLOCK
from notices.batches.scratch import PIECE, Scratch, Writer
from notices.deployment import Deployment
from notices.facts.refusals import UnknownKey
from notices.trust.sealing import Aes256Gcm
from notices.web.places import Seats
from tests.batches import package, sheet_that_says, small_as_it_says, strings_that_say, xlsx
from tests.engines.test_agency_keys import added
from tests.engines.test_batches import ADDED, FOOD, PATH, keyed, rows_of, send, table
from tests.engines.test_guessing import BIRTH, BORN
from tests.limiting import From, limited, strangers
from tests.owning import owned

__all__ = ["limited", "strangers"]

NUMBER = "JY13799990000011"
HEADER = b"number,certificate\r\n"


def told(answer: httpx.Response) -> tuple[int, str]:
    """The status of a refusal and the code of what is wrong with the file, or its own."""
    body = answer.json()
    errors = body.get("errors") or [{"code": body["code"]}]
    return answer.status_code, errors[0]["code"]


async def test_a_file_that_is_none_is_refused_for_what_it_is(client: httpx.AsyncClient) -> None:
    key = await keyed()
    bomb = package(b"<worksheet>" + b" " * (400 << 20))
    wide = xlsx([["number"] * 600, ["1"] * 600])
    files = {
        b"": (422, "file_empty"),
        b"name,code\r\na,b\r\n": (422, "file_columns"),
        "号码,证号\r\n1,2\r\n".encode(): (422, "file_columns"),
        "number,x\r\n1,2\r\n".encode("utf-16"): (422, "file_encoding"),
        HEADER + b'"JY1' + b"x" * 200_000: (422, "file_line"),
        b"number," + b"c," * 1_000_000 + b"\r\n1\r\n": (422, "file_line"),
        b"number," + b"c," * 1000 + b"\r\n1\r\n": (422, "file_too_wide"),
        HEADER + b"x" * (2 << 20): (422, "file_line"),
        b"PK\x03\x04" + b"\0" * 100: (422, "file_damaged"),
        bomb: (422, "file_too_large_inside"),
        wide: (422, "file_too_large_inside"),
    }
    answers = [await send(client, content, key) for content in files]

    assert [told(each) for each in answers] == list(files.values())
    assert (await client.get("/health/live")).status_code == 200


async def test_what_is_no_form_or_too_much_is_refused_before_it_is_read(
    client: httpx.AsyncClient,
) -> None:
    key = await keyed()
    file = {"file": ("a.csv", HEADER)}
    form = "multipart/form-data; boundary=x"

    long = await client.post(
        PATH, content=b"", headers={**key, "content-type": form, "content-length": "3000000000"}
    )
    answers = [
        await client.post(PATH, content=b"a", headers={**key, "content-type": "text/csv"}),
        await client.post(PATH, files=file),
        await client.post(PATH, files=file, headers=await keyed("verify", name="乙局")),
        await client.post(PATH, files=file, data={"x": "1"}, headers=key),
        await client.post(PATH, files={"other": ("a.csv", HEADER)}, headers=key),
        await client.post(PATH, data={"file": "1"}, files={"x": b""}, headers=key),
    ]

    assert told(long) == (413, "body_too_large")
    assert MOST_BYTES < 2 << 30
    assert [each.status_code for each in answers] == [415, 401, 403, 400, 400, 400]


async def test_rows_that_are_spoilt_are_told_apart_and_the_others_are_answered(
    client: httpx.AsyncClient,
) -> None:
    """NUL bytes, bytes of another encoding far behind, too many cells, formulas, rounded digits."""
    rows = [
        f"{NUMBER},{FOOD}", f"JY1\0,{FOOD}", f"{NUMBER},{FOOD},more", "370799199001011000,",
        "=1+1,", "+86,", "3.7E+17,", "@x,-y", f'="{NUMBER}",{FOOD}', "",
    ]  # fmt: skip
    content = HEADER + "\n".join(rows).encode() + b"\n" + b"1,\xff\xfe\n" + NUMBER.encode()

    found = rows_of(await send(client, content, await keyed()))

    assert found[0] == ["number", "certificate", *ADDED]
    assert [each[8] for each in found[1:]] == [
        "", "control_character", "too_many_cells", "number_rounded", "formula", "number_unusual",
        "number_scientific", "unknown_certificate", "", "unreadable_bytes", "",
    ]  # fmt: skip
    assert [each[0] for each in found[4:9]] == [
        "370799199001011000", "'=1+1", "'+86", "3.7E+17", "'@x",
    ]  # fmt: skip
    assert found[3] == [NUMBER, FOOD, *[""] * 6, "too_many_cells", "more"]
    assert found[8][1] == "'-y"
    assert found[9][:3] == [f'\'="{NUMBER}"', FOOD, "no_notice"]
    assert found[10][:2] == ["1", "\ufffd\ufffd"]


async def test_a_row_with_all_that_is_wrong_with_it_is_shown_as_it_can_be(
    client: httpx.AsyncClient,
) -> None:
    """Its cells are too many, and bytes in them no text: as JSON it could not be written."""
    content, key = "number\n中1\n".encode() + b"JY1\xff,more\n", await keyed()

    as_table = rows_of(await send(client, content, key))
    as_objects = await send(client, content, key, accept="application/x-ndjson")

    assert as_table[2] == ["JY1\ufffd", *[""] * 6, "too_many_cells", "more"]
    [row] = [each for each in map(json.loads, as_objects.text.splitlines()) if each.get("row") == 2]
    assert (row["cells"], row["problem"]) == (["JY1\ufffd", "more"], "too_many_cells")


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", "\t")],
)
async def test_a_reply_is_written_as_its_file_was(
    client: httpx.AsyncClient, encoding: str, delimiter: str
) -> None:
    """Its encoding, its mark, its delimiter, with a cell of two lines and one that is quoted."""
    rows = [
        ["证件号码", "证件种类", "注"],
        [NUMBER, "食品经营许可证", f"两\n行{delimiter}甲\U00020000"],
    ]

    answer = await send(client, table(rows, delimiter).encode(encoding), await keyed())

    found = rows_of(answer, encoding, delimiter)
    assert found[0] == [*rows[0], *ADDED]
    assert found[1][:4] == [*rows[1], "no_notice"]
    assert answer.content.startswith(b"\xef\xbb\xbf") is (encoding == "utf-8-sig")


async def test_a_sheet_is_answered_with_its_numbers_as_they_would_be_typed(
    client: httpx.AsyncClient,
) -> None:
    """A number that a spreadsheet keeps as one has lost its last digits; a formula has a result."""
    rows: list[list[str | float]] = [
        ["number", "certificate"], [NUMBER, FOOD], [3.70799199001011e17, ""],
        [379999000012.0, "tobacco-retail-license"], [f"=A2|{NUMBER}", FOOD], ["=HYPERLINK", ""],
    ]  # fmt: skip

    found = rows_of(await send(client, xlsx(rows), await keyed()), "utf-8-sig")

    assert [each[0] for each in found[1:]] == [
        NUMBER, "370799199001011000", "379999000012", NUMBER, "'=HYPERLINK",
    ]  # fmt: skip
    assert [each[-1] for each in found[1:]] == ["", "number_rounded", "", "", "formula"]


FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
ROW = "<row><c><v>1</v></c></row>"


async def test_a_sheet_that_lies_about_itself_is_refused_within_the_bounds_of_its_process(
    client: httpx.AsyncClient,
) -> None:
    """Two cells with 17,000,000,000 between them; 4,000,000,000 texts; a kilobyte that is 90 MB."""
    key = await keyed()
    files = {
        package(sheet_that_says("A1:B2", ROW + FAR)): (422, "file_too_large_inside"),
        package(sheet_that_says("A1:B2", ROW), strings_that_say(4 * 10**9)): (
            422, "file_too_large_inside",
        ),
        small_as_it_says(package(sheet_that_says("A1:B2", 3_500_000 * ROW))): (
            422, "file_damaged",
        ),
    }  # fmt: skip
    most = [0]
    watching = asyncio.create_task(watch_memory(most))

    answers = [await send(client, content, key) for content in files]

    watching.cancel()
    assert [told(each) for each in answers] == list(files.values())
    assert 30 << 20 < max(most) < bounds.MEMORY + (100 << 20)


async def watch_memory(most: list[int]) -> None:
    while True:
        most.append(await asyncio.to_thread(in_memory))
        await asyncio.sleep(0.01)


def in_memory() -> int:
    """Bytes that a process of a file has had in memory at most."""
    most = 0
    for pid in workers():
        with contextlib.suppress(OSError, IndexError):
            status = Path(f"/proc/{pid}/status").read_text()
            most = max(most, 1024 * int(status.partition("VmHWM:")[2].split()[0]))
    return most


async def test_more_rows_than_one_chunk_stay_in_their_order(client: httpx.AsyncClient) -> None:
    count = 45_000
    numbers = [f"JY1379999{n:07}" for n in range(count)]
    content = "number,x\r\n" + "".join(f"{each},{'x' * 200}\r\n" for each in numbers)
    assert len(content) > 2 * BLOCK

    found = rows_of(await send(client, content, await keyed()))

    assert [each[0] for each in found[1:]] == numbers
    assert {each[2] for each in found[1:]} == {"no_notice"}


async def test_masked_numbers_are_answered_to_who_may_ask_and_within_their_quota(
    strangers: From,
) -> None:
    """The others are answered all the same; of what is not asked nothing is told."""
    content = table([["number", "certificate"], [NUMBER, FOOD], *[[BORN, BIRTH]] * 3])
    without = await keyed("verify", "batch")
    few = await keyed("verify", "batch", "masked", name="乙局", masked_quota=2)
    enough = await keyed("verify", "batch", "masked", name="丙局", masked_quota=3)
    client = strangers("192.0.2.1")

    found = [rows_of(await send(client, content, key)) for key in (without, few, enough)]

    assert [[each[2] for each in rows[1:]] for rows in found] == [
        ["no_notice", "", "", ""], ["no_notice", "", "", ""], ["no_notice"] * 4,
    ]  # fmt: skip
    assert [rows[2][8] for rows in found] == ["insufficient_scope", "too_many_requests", ""]


async def test_more_rows_than_the_quota_are_refused_and_count_nothing(strangers: From) -> None:
    key = await keyed(quota=3)
    content = table([["number"], *[[NUMBER]] * 4])
    client = strangers("192.0.2.2")

    refused = await send(client, content, key)
    used = (await client.get("/api/v1/usage", headers=key)).json()["used"]
    right = await send(client, table([["number"], *[[NUMBER]] * 3]), key)

    assert told(refused) == (429, "too_many_requests")
    assert refused.headers["ratelimit"].startswith('"verify-day";r=3')
    assert int(refused.headers["retry-after"]) > 0
    assert used == 0
    assert right.headers["ratelimit"].startswith('"verify-day";r=0')


async def test_a_test_key_is_answered_from_fixtures_that_say_so(
    client: httpx.AsyncClient,
) -> None:
    key = await keyed("verify", "batch", test=True)
    content = table([["number", "certificate"], ["JY23799990000032", FOOD], [NUMBER, FOOD]])

    answer = await send(client, content, key, accept="application/x-ndjson")

    first, second, last = answer.text.splitlines()
    assert '"status":"invalid"' in first
    assert '"status":"no_notice"' in second
    assert '"test":true' in last
    assert '"log_size":0' in last


async def test_a_disk_that_takes_no_more_is_told_and_nothing_is_left_there(
    client: httpx.AsyncClient, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await keyed(quota=5)
    monkeypatch.setattr(scratch, "LEAST_FREE", 1 << 60)

    answer = await send(client, table([["number"], [NUMBER]]), key)

    assert told(answer) == (507, "storage_full")
    folder = deployment.settings.data / "batches"
    assert [each for each in folder.glob("*") if each.is_file()] == []
    assert (await client.get("/api/v1/usage", headers=key)).json()["used"] == 0


async def test_rows_whose_summary_cannot_be_kept_count_nothing(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk was full only when they had been answered."""
    key = await keyed(quota=5)

    def full(*_: object) -> str:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(summaries, "keep", full)

    answer = await send(client, table([["number"], [NUMBER]]), key)

    assert told(answer) == (507, "storage_full")
    assert (await client.get("/api/v1/usage", headers=key)).json()["used"] == 0


def workers() -> list[str]:
    """Processes that answer a file for this one."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = stat.read_text().rpartition(")")[2].split()[1]
            words = (stat.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(parent) == os.getpid() and b"notices.batches.working" in words:
            found.append(stat.parent.name)
    return found


@pytest.mark.parametrize("why", [running.Gone, UnknownKey])
async def test_a_run_that_nobody_waits_for_ends_with_its_process(
    deployment: Deployment, tmp_path: Path, why: type[Exception]
) -> None:
    """Whoever sent it has hung up, or their key was revoked meanwhile."""
    key = Aes256Gcm.generate()
    assert isinstance(key, Aes256Gcm)
    received, reply = Scratch(tmp_path), Scratch(tmp_path)
    writer = Writer(received.fd, key, "received")
    writer.write(b"number\r\n1\r\n")
    writer.end()
    seen: list[list[str]] = []

    async def hear(told: Any) -> bool:
        await asyncio.sleep(60)
        return True

    async def look() -> None:
        seen.append(workers())
        raise why

    with pytest.raises(why):
        await running.answer(
            deployment, received, reply, key, "csv",
            test=True, may_ask_masked=False, hear=hear, look=look,
        )  # fmt: skip

    assert len(seen[0]) == 1
    assert workers() == []


class _Request:
    """As much of a request as a reply on its way asks: whose key it carries."""

    def __init__(self, key: str) -> None:
        self.user, self._key = self, key

    async def keyed(self) -> None:
        await knowing.of_key(self._key)


async def test_a_key_that_is_revoked_while_its_reply_goes_back_gets_no_more(
    client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency, shown = await added(scopes=("verify", "batch"))
    monkeypatch.setattr(batches, "LOOK", 0.0)
    key, reply, seats = Aes256Gcm(b"k" * 32), Scratch(tmp_path), Seats(1, 1)
    writer = Writer(reply.fd, key, "answered")
    writer.write(b"x" * (3 * PIECE))
    writer.end()
    request: Any = _Request(shown)
    held = contextlib.ExitStack()
    for let_go in (reply.close, seats.take("a").leave):
        held.callback(let_go)
    content = batches._content(request, reply, key, b"", held)

    first = await anext(content)
    await owned(agencies.revoke(agency.id))
    with pytest.raises(UnknownKey):
        await anext(content)

    assert len(first) == PIECE
    assert reply.fd == -1
    seats.take("a")
