"""`notices check` beside a service that is busy, refuses, or is lost in the middle."""

import argparse
import csv
import http.server
import io
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from notices.cli import checking
from notices.cli.asking import Site
from notices.cli.online import FILES, Online
from notices.cli.terminal import CommandError
from notices.cli.told import Line
from notices.facts import catalogue, rows
from notices.settings import from_environment

FOOD = "food-operation-license"
KEY = "notices_live_x"

Answer = tuple[int, Any]


class Stub(http.server.BaseHTTPRequestHandler):
    """Says what it is told to; `asked` are the rows of each request."""

    said: ClassVar[list[Answer | Callable[[int], bytes]]]
    asked: ClassVar[list[int]]
    texts: ClassVar[list[str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.texts.append(body.decode())
        if self.path == FILES:
            text = body.decode().split("\r\n\r\n", 1)[1].rsplit("\r\n--", 1)[0]
            self.asked.append(len(list(csv.reader(io.StringIO(text)))) - 1)
        else:
            self.asked.append(len(json.loads(body)["items"]))
        said = self.said.pop(0)
        content = said(self.asked[-1]) if callable(said) else json.dumps(said[1]).encode()
        self.send_response(200 if callable(said) else said[0])
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def stub() -> Iterator[str]:
    Stub.said, Stub.asked, Stub.texts = [], [], []
    with http.server.HTTPServer(("127.0.0.1", 0), Stub) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def answered(rows: int) -> bytes:
    """A file's answer: an object a row, and the summary."""
    each = json.dumps({"row": 1, "cells": [], "status": "no_notice", "others": [], "problem": None})
    return f"{each}\n".encode() * rows + json.dumps({"summary": {"rows": rows}}).encode()


def cut(rows: int) -> bytes:
    return answered(rows)[:-30]


def lines(*numbers: str) -> list[Line]:
    known, columns = catalogue.load(), rows.Columns(number=1, certificate=0)
    read = [([FOOD, each], rows.read([FOOD, each], columns, known)) for each in numbers]
    return [Line.of(values, columns, "", row) for values, row in read]


def test_whoever_asks_waits_and_asks_again_without_what_the_service_refuses(stub: str) -> None:
    asked = lines("JY13799990000011", "无", "JY13799990000020", "JY13799990000038")
    refused = {"errors": [{"field": "items.1.number", "code": "number_masked", "message": "x"}]}
    answers = {"answers": [{"status": "invalid", "notice": "1"}, {"status": "reinstated"}]}
    Stub.said = [(503, {}), (422, refused), (429, {}), (200, answers)]

    found = Online(Site(stub, None)).ask(asked)

    assert Stub.asked == [3, 3, 2, 2]
    assert [(each.verdict, each.notice, each.problem) for each in found] == [
        ("invalid", "1", ""),
        ("", "", "number_placeholder"),
        ("", "", "number_masked"),
        ("no_notice", "", ""),
    ]
    Stub.said = [(401, {"code": "unknown_key", "detail": "没有这个机关密钥"})]
    with pytest.raises(CommandError) as wrong:
        Online(Site(stub, KEY)).ask(asked)
    assert "401" in str(wrong.value)
    assert "没有这个机关密钥" in str(wrong.value)


def test_a_key_that_may_not_send_files_asks_as_others_do(stub: str) -> None:
    may_not = (403, {"code": "insufficient_scope"})
    Stub.said = [may_not, (200, {"answers": [{"status": "no_notice"}]})]

    online = Online(Site(stub, KEY))

    assert [each.verdict for each in online.ask(lines("JY13799990000011"))] == ["no_notice"]
    Stub.said = [(200, {"answers": [{"status": "invalid"}]})]
    assert [each.verdict for each in online.ask(lines("JY13799990000011"))] == ["invalid"]
    assert Stub.asked == [1, 1, 1]


def test_an_answer_that_breaks_off_is_asked_for_again_and_never_taken_for_one(stub: str) -> None:
    Stub.said = [cut, lambda rows: answered(rows).rpartition(b"\n")[0], answered]

    found = Online(Site(stub, KEY)).ask(lines("JY13799990000011", "JY13799990000020"))

    assert [each.verdict for each in found] == ["no_notice"] * 2
    Stub.said = [cut] * 3
    with pytest.raises(CommandError, match="连不上网站"):
        Online(Site(stub, KEY)).ask(lines("JY13799990000011"))
    Stub.said = [lambda rows: answered(rows - 1)]
    with pytest.raises(CommandError, match="行数"):
        Online(Site(stub, KEY)).ask(lines("JY13799990000011", "JY13799990000020"))


def test_a_command_that_was_lost_goes_on_where_it_was(
    stub: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "ROWS", 4)
    book, out = tmp_path / "book.csv", tmp_path / "checked.csv"
    numbers = [f"JY1379999{number:07}" for number in range(10)]
    text = "证件号码,住址\n" + "".join(f"{each},秘密\n" for each in numbers)
    book.write_text(text, "utf-8")

    def check(**other: str) -> None:
        words: dict[str, Any] = {
            "file": str(book), "out": str(out), "server": stub, "key": KEY, "offline": None,
            "certificate": FOOD,
        }  # fmt: skip
        settings = from_environment({"DATA": str(tmp_path / "nothing")})
        checking.check(settings, argparse.Namespace(**(words | other)))

    Stub.said = [answered, (500, {"detail": "坏了"})]
    with pytest.raises(CommandError, match="500"):
        check()
    assert not out.exists()
    part = tmp_path / "checked.csv.part"
    assert len(part.read_text("utf-8-sig").splitlines()) == 5
    with part.open("a") as cut_short:  # as whoever is killed while writing leaves it
        cut_short.write("JY13799990000004,秘")

    Stub.said, Stub.asked = [answered, answered], []
    check()

    assert Stub.asked == [4, 2]
    found = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert [each["证件号码"] for each in found] == numbers
    assert Counter(each["verdict"] for each in found) == {"no_notice": 10}
    summaries = (tmp_path / "checked.csv.summaries").read_text().splitlines()
    assert [json.loads(each)["rows"] for each in summaries] == [4, 4, 2]
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "book.csv", "checked.csv", "checked.csv.summaries",
    ]  # fmt: skip
    assert "秘密" not in "".join(Stub.texts)  # what is not asked leaves no machine

    # Another file, certificate or service is another question: nothing of before is gone on with.
    Stub.said, Stub.asked = [answered, (500, {})], []
    with pytest.raises(CommandError):
        check()
    book.write_text(text + "JY13799990000099,\n", "utf-8")
    Stub.said, Stub.asked = [answered] * 3, []
    check()
    assert Stub.asked == [4, 4, 3]
    with pytest.raises(CommandError, match="--out"):
        check(out=str(book))
