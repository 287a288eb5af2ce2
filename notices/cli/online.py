"""Rows answered by a service: as a file each thousands of them, or a thousand questions at a time.

The first takes a key that may; whoever has none asks as everybody does.
"""

import csv
import io
import secrets
from collections.abc import Sequence
from datetime import datetime

import msgspec

from notices.cli.asking import Lost, Refused, Site
from notices.cli.terminal import CommandError, say
from notices.cli.told import Line, Told, time_of, verdict_of
from notices.facts.rows import COLUMNS
from notices.facts.texts import Message

QUESTIONS = "/api/v1/verifications"
FILES = f"{QUESTIONS}/batch"
AT_ONCE = 1000
"""Questions in one request, as many as the service takes."""

ROWS = 50_000
"""Rows of one file: when a connection is lost so many are asked again at most."""

SECONDS = 60.0
FILE_SECONDS = 300.0
"""A file may have to wait until those of others are answered."""

TRIES = 3
MAY_NOT = frozenset({"insufficient_scope", "not_found", "method_not_allowed"})
"""A key that was not given the right to send files, or a service that takes none."""


class _Other(msgspec.Struct):
    match: str
    notice: str


class _Said(msgspec.Struct):
    """What an answer, or the object of a row, says as far as it is written down."""

    status: str | None
    since: datetime | None = None
    effective_at: datetime | None = None
    awaiting: str | None = None
    notice: str | None = None
    others: list[_Other] = msgspec.field(default_factory=list)
    problem: str | None = None

    def told(self, problem: str = "") -> Told:
        return Told(
            verdict_of(self.status or ""),
            time_of(self.since),
            time_of(self.effective_at),
            self.awaiting or "",
            self.notice or "",
            " ".join(f"{each.match}:{each.notice}" for each in self.others),
            self.problem or problem,
        )


class _Answers(msgspec.Struct):
    answers: list[_Said]


class _Last(msgspec.Struct):
    summary: msgspec.Raw


class Online:
    """A service that rows are sent to; `summaries` are those it signed, one of each file."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._by_file = site.has_key
        self.summaries: list[msgspec.Raw] = []

    def ask(self, lines: Sequence[Line]) -> list[Told]:
        """Raises CommandError where the service does not answer."""
        if self._by_file:
            try:
                return self._patiently(lines)
            except Refused as refused:
                if refused.code not in MAY_NOT:
                    raise refused.text from None
                self._by_file = False
                say(_ONE_BY_ONE.both)
        found: list[Told] = []
        for start in range(0, len(lines), AT_ONCE):
            found += self._questions(lines[start : start + AT_ONCE])
        return found

    def _patiently(self, lines: Sequence[Line]) -> list[Told]:
        """A file whose answer broke off is sent anew."""
        for _ in range(TRIES - 1):
            try:
                return self._file(lines)
            except Lost as lost:
                say(lost.text.both)
        return self._file(lines)

    def _file(self, lines: Sequence[Line]) -> list[Told]:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(line.cells for line in lines)
        boundary = secrets.token_hex(16)
        head = 'Content-Disposition: form-data; name="file"; filename="rows.csv"'
        body = f"--{boundary}\r\n{head}\r\n\r\n{text.getvalue()}\r\n--{boundary}--\r\n"
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Accept": "application/x-ndjson",
        }
        *objects, last = self._site.post(FILES, body.encode(), headers, FILE_SECONDS)
        try:
            found = [msgspec.json.decode(each, type=_Said).told() for each in objects]
            summary = msgspec.json.decode(last, type=_Last).summary
        except msgspec.MsgspecError as error:
            raise Lost(error) from None  # it broke off within a line
        if len(found) != len(lines):
            raise CommandError(_NOT_AS_MANY)
        self.summaries.append(summary)
        return found

    def _questions(self, lines: Sequence[Line]) -> list[Told]:
        """What only a service can find wrong with a number it says of all at once."""
        found = [Told(problem=line.row.problem or "") for line in lines]
        places = [place for place, line in enumerate(lines) if line.row.reading is not None]
        while places:
            asked = {"items": [lines[place].row.question for place in places]}
            headers = {"Content-Type": "application/json", "Accept": "application/json"}
            try:
                body = msgspec.json.encode(asked)
                answer = b"".join(self._site.post(QUESTIONS, body, headers, SECONDS))
                said = msgspec.json.decode(answer, type=_Answers).answers
            except msgspec.MsgspecError as error:
                raise Lost(error) from None
            except Refused as refused:
                wrong = _wrong(refused) if refused.status == 422 else {}
                if not wrong:
                    raise refused.text from None
                for item, code in wrong.items():
                    found[places[item]] = Told(problem=found[places[item]].problem or code)
                # A city's own catalogue may know better what is no number.
                places = [place for item, place in enumerate(places) if item not in wrong]
            else:
                for place, each in zip(places, said, strict=True):
                    found[place] = each.told(found[place].problem)
                break
        return found


def _wrong(refused: Refused) -> dict[int, str]:
    """Which items a refusal names, and what is wrong with each."""
    found: dict[int, str] = {}
    for each in refused.errors:
        first, _, rest = str(each.get("field", "")).partition(".")
        item = rest.partition(".")[0]
        if first == "items" and item.isdecimal():
            found.setdefault(int(item), str(each.get("code", "")))
    return found


_ONE_BY_ONE = Message("这个密钥不能整份核验文件，改为逐批提问（较慢）。")
_NOT_AS_MANY = Message("网站答复的行数与发出的不同；已核对的部分没有问题，可稍后再试。")
