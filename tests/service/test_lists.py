"""The offline list as agencies have it: fetched, checked by our command and by others'."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from notices.facts.readings import RULES
from notices.listing.folder import Folder
from notices.trust.lists import OfflineList
from notices.trust.notes import NoteVerifier
from tests import api, commands
from tests.api import unusual
from tests.packages import needs
from tests.samples import RESTAURANT
from tests.service import ROOT, Service, running

FOOD = "food-operation-license"
MANY = 600
STRANGER = "notices.example/log+62df2c19+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
"""The key of another log, whose private half the makers of lists below have."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("lists") / "data") as service:
        environment = {**os.environ, "DATA": str(service.data)}
        # Of the empty log, so that there are two.
        service.until(lambda client: client.get("/lists/latest").status_code == 302, 45)
        commands.run(environment, "demo", "fill", MANY, "--no-publish").check_returncode()
        with service.client() as client:
            api.sign_in(client, RESTAURANT)
            api.declare(client, unusual("JY13799990000011"))
            size = int(client.get("/log/checkpoint").text.split("\n")[1])

        def listed(client: httpx.Client) -> bool:
            return client.get("/lists/latest").headers.get("location") == f"/lists/{size}"

        service.until(listed, 45)
        yield service


def run(service: Service, folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """A command of an agency: on a machine that has no register of its own."""
    outside = {name: value for name, value in os.environ.items() if name != "DATA"}
    return commands.run({**outside, "DATA": str(folder / "nothing")}, *words)


@pytest.fixture
def held(service: Service, tmp_path: Path) -> Path:
    """The list as it was fetched."""
    file = tmp_path / "notices.list"
    done = run(service, tmp_path, "list", "fetch", file, "--server", service.url)
    assert done.returncode == 0, done.stderr
    return file


def numbers(service: Service) -> list[tuple[str, str]]:
    """Certificate and number of notices that show it, and as many that look alike."""
    found = []
    with service.client() as client:
        events = client.get("/api/v1/events", params={"limit": 1000}).json()["events"]
        for event in events:
            each = event["notice"]
            if event["kind"] == "published" and each["number"]:
                found.append((each["certificate"], each["number"]))
    return found + [(each, number[:-1] + "7") for each, number in found]


def table(rows: list[tuple[str, str]], *names: str) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([names, *rows])
    return out.getvalue().encode()


@pytest.fixture(scope="module")
def key(service: Service) -> str:
    """Of an agency that may have whole files checked."""
    environment = {**os.environ, "DATA": str(service.data)}
    words = ("agencies", "add", "寒亭银行", "--scope", "verify", "--scope", "batch")
    done = commands.run(environment, *words)
    found = re.search(r"notices_live_\w+", done.stdout)
    assert found is not None, done.stderr
    return found[0]


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_both_ways_of_the_command_give_the_same_verdicts(
    service: Service, held: Path, tmp_path: Path
) -> None:
    book = tmp_path / "book.csv"
    book.write_bytes(table(numbers(service), "证件种类", "证件号码"))

    offline = run(service, tmp_path, "check", book, "--offline", held)
    online = run(service, tmp_path, "check", book, "--server", service.url)

    assert (offline.returncode, online.returncode) == (0, 0), offline.stderr + online.stderr
    one, other = read(offline.stdout), read(online.stdout)
    assert len(one) == len(other) > MANY
    told = [
        (each, another)
        for each, another in zip(one, other, strict=True)
        if each["verdict"] != "ask_online"
    ]
    assert len(told) > 0.8 * len(one)
    assert {each["verdict"] for each, _ in told} >= {"invalid", "no_notice"}
    columns = ("证件号码", "verdict", "effective_at", "problem")
    for each, another in told:
        assert [each[name] for name in columns] == [another[name] for name in columns]
    assert "请联网确认" in offline.stderr
    assert "confirm online" in offline.stderr


def test_a_file_that_is_sent_whole_is_answered_as_its_rows_are_one_by_one(
    service: Service, key: str, tmp_path: Path
) -> None:
    book, out = tmp_path / "book.csv", tmp_path / "checked.csv"
    rows = [(*each, "不外传") for each in numbers(service)]
    rows += [("", "JY13799990000011", ""), ("没有的证", "JY13799990000011", ""), (FOOD, "无", "")]
    book.write_bytes(table(rows, "证件种类", "证件号码", "备注"))  # type: ignore[arg-type]
    (tmp_path / "key").write_text(key)

    singly = run(service, tmp_path, "check", book, "--server", service.url)
    options = ("--key", f"@{tmp_path / 'key'}", "--out", out)
    whole = run(service, tmp_path, "check", book, "--server", service.url, *options)

    assert (singly.returncode, whole.returncode) == (0, 0), singly.stderr + whole.stderr
    found = read(out.read_text("utf-8-sig"))
    assert found == read(singly.stdout)
    assert {each["verdict"] for each in found} >= {"invalid", "no_notice", ""}
    assert "逐批提问" not in whole.stderr
    [summary] = (tmp_path / "checked.csv.summaries").read_text().splitlines()
    assert json.loads(summary)["rows"] == len(rows)


def test_what_the_list_cannot_tell_is_to_be_asked_online_and_bad_rows_say_why(
    service: Service, held: Path, tmp_path: Path
) -> None:
    rows = {
        (FOOD, "JY13799990000011", "", ""): ("invalid", ""),
        ("食品经营许可证", "编号：jy1379 9990 000011", "", ""): ("invalid", ""),
        (FOOD, '="JY13799990000011"', "", ""): ("invalid", ""),
        (FOOD, "JY13799990000011(副本)", "", ""): ("ask_online", ""),
        (FOOD, "JY13799990000011", "正本", ""): ("ask_online", ""),
        (FOOD, "JY13799990000011", "副本", "3-2"): ("ask_online", ""),
        (FOOD, "JY13799990000011", "第三本", ""): ("invalid", "bad_value"),
        ("公章", "92379999MA0000023B", "", ""): ("ask_online", ""),
        ("出生医学证明", "X990000001", "", ""): ("ask_online", ""),
        ("", "JY13799990000011", "", ""): ("invalid", ""),
        ("没有的证", "JY13799990000011", "", ""): ("", "unknown_certificate"),
        (FOOD, "", "", ""): ("", "number_empty"),
        (FOOD, "无", "", ""): ("", "number_placeholder"),
        (FOOD, "JY1379******0011", "", ""): ("", "number_masked"),
        (FOOD, "3.7E+17", "", ""): ("", "number_scientific"),
        (FOOD, "=A1+1", "", ""): ("", "formula"),
        ("烟草专卖零售许可证", "370799000000000000", "", ""): ("no_notice", "number_rounded"),
    }
    book = tmp_path / "book.csv"
    names = ("证件种类", "证件号码", "正副本", "副本编号")
    text = table([*map(list, rows)], *names).decode()  # type: ignore[list-item]
    book.write_bytes(text.replace(",", "\t").encode("gb18030"))

    done = run(service, tmp_path, "check", book, "--offline", held)

    assert done.returncode == 0, done.stderr
    found = list(csv.DictReader(io.StringIO(done.stdout), delimiter="\t"))
    assert [(each["verdict"], each["problem"]) for each in found] == list(rows.values())
    # Nothing that we write back is a formula to a spreadsheet.
    cells = [cell for each in found for cell in each.values()]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []


def test_a_list_of_another_log_or_a_damaged_one_is_refused_in_words(
    service: Service, held: Path, tmp_path: Path
) -> None:
    book = tmp_path / "book.csv"
    book.write_bytes(table([(FOOD, "JY13799990000011")], "certificate", "number"))

    other = run(service, tmp_path, "check", book, "--offline", held, "--log-key", STRANGER)
    assert other.returncode == 1
    assert "没有这本登记簿的有效签名" in other.stderr
    assert "no valid signature of this log" in other.stderr
    held.write_bytes(held.read_bytes()[:-1])
    cut = run(service, tmp_path, "check", book, "--offline", held)
    assert cut.returncode == 1
    assert "不完整" in cut.stderr
    held.with_name("notices.list.vkey").unlink()
    unknown = run(service, tmp_path, "check", book, "--offline", held)
    assert unknown.returncode == 1
    assert "--log-key" in unknown.stderr


def test_a_list_is_brought_up_to_date_by_what_changed(
    service: Service, held: Path, tmp_path: Path
) -> None:
    kept = Folder(service.data / "lists")
    latest = kept.latest() or 0
    earlier = min(int(each.name) for each in (kept.path / "notes").iterdir())
    assert earlier < latest
    whole = held.read_bytes()
    held.write_bytes(kept.content(earlier) or b"")

    done = run(service, tmp_path, "list", "fetch", held, "--server", service.url)

    assert done.returncode == 0, done.stderr
    assert held.read_bytes() == whole
    assert "已记下" not in done.stderr  # the key of the first download still counts
    held.with_name("notices.list.vkey").write_text(STRANGER)
    refused = run(service, tmp_path, "list", "fetch", held, "--server", service.url)
    assert refused.returncode == 1
    assert held.read_bytes() == whole


@needs("nodejs")
def test_a_reader_of_others_says_the_same_of_the_same_list(
    service: Service, held: Path, tmp_path: Path
) -> None:
    catalogue, vkey = tmp_path / "catalogue.json", held.with_name("notices.list.vkey")
    with service.client() as client:
        catalogue.write_bytes(client.get("/api/v1/catalogue").content)
    asked = numbers(service)
    book = tmp_path / "book.csv"
    book.write_bytes(table(asked, "certificate", "number"))
    ours = read(run(service, tmp_path, "check", book, "--offline", held).stdout)

    def theirs(file: Path, rules: int = RULES) -> subprocess.CompletedProcess[str]:
        words = [file, vkey.read_text().strip(), catalogue, rules, datetime.now(UTC).isoformat()]
        return subprocess.run(
            ["node", str(ROOT / "tests" / "foreign" / "list.js"), *map(str, words)],
            input="".join(f"{certificate}\t{number}\n" for certificate, number in asked),
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    done = theirs(held)
    assert done.returncode == 0, done.stderr
    verdicts = done.stdout.split()
    told = [
        (row["verdict"], verdict)
        for row, verdict in zip(ours, verdicts, strict=True)
        if verdict != "ask_online" and row["verdict"]
    ]
    assert len(told) > 0.2 * len(asked)
    assert [one for one, other in told if one not in (other, "ask_online")] == []
    assert {other for _, other in told} >= {"invalid", "no_notice"}
    assert set(theirs(held, RULES + 1).stdout.split()) == {"ask_online"}
    bad = tmp_path / "bad.list"
    for content in (held.read_bytes()[:-1], held.read_bytes() + b"\0", b"x"):
        bad.write_bytes(content)
        assert theirs(bad).returncode == 1


KEEPING = """
import sys, hashlib
from datetime import UTC, datetime
from pathlib import Path
from notices.listing.folder import Folder
from notices.trust.lists import ENTRY, Head, entry
from notices.trust.notes import NoteSigner
signer, folder = NoteSigner("notices.example/log", bytes(range(32))), Folder(Path(sys.argv[1]))
size = (folder.latest() or 0) + 1
while True:
    keys = sorted(hashlib.sha256(b"%d" % number).digest()[:8] for number in range(size * 50))
    body = b"".join(entry(key, "invalid", size) for key in keys)
    digest = hashlib.sha256(body).digest()
    head = Head(signer.name, size, bytes(32), datetime.now(UTC), 2, len(body) // ENTRY, digest)
    folder.put(head, body, folder.newest(), signer)
    print(size, flush=True)
    size += 1
"""


def test_whoever_is_killed_while_making_lists_leaves_whole_ones(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "lists")
    verifiers = [NoteVerifier(STRANGER)]
    handed_out: set[int] = set()
    for number in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", KEEPING, str(folder.path)], cwd=ROOT, stdout=subprocess.PIPE
        ) as maker:
            assert maker.stdout is not None
            for _ in range(3):
                handed_out.add(int(maker.stdout.readline()))
            time.sleep(number * 0.007)  # wherever it is by then
            maker.send_signal(signal.SIGKILL)

        latest = folder.latest()
        assert latest is not None
        assert latest >= max(handed_out)
        for size in {*handed_out, latest}:
            content = folder.content(size)
            assert content is not None
            assert OfflineList(content, verifiers).head.count == size * 50
