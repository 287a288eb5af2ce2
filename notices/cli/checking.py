"""A file of numbers, checked row by row by an offline list or by asking the service."""

import argparse
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from notices.cli import outputs
from notices.cli.asking import Site
from notices.cli.fetching import keys_in
from notices.cli.online import ROWS, Online
from notices.cli.outputs import Output
from notices.cli.tables import Table
from notices.cli.terminal import CommandError, progress, say
from notices.cli.told import ADDED, Ask, Line, Told, time_of
from notices.facts import catalogue
from notices.facts.catalogue import Catalogue
from notices.facts.rows import Columns, neutral, read
from notices.facts.texts import Message, rfc3339
from notices.listing.asking import Offline, Said
from notices.settings import Settings
from notices.trust.keys import Keys
from notices.trust.lists import OfflineList
from notices.trust.notes import NoteVerifier


def check(settings: Settings, options: argparse.Namespace) -> None:
    known = catalogue.load(settings.catalogue, demo=settings.demo)
    if options.certificate and known.named(options.certificate) is None:
        raise CommandError(_NO_SUCH_CERTIFICATE.format(name=options.certificate))
    path, out = Path(options.file), Path(options.out) if options.out else None
    table = Table.at(path)
    if options.offline:
        offline = _offline(settings, options, known)
        ask, asked = _by_list(offline), offline.offline.head.body_hash.hex()
    else:
        online = Online(Site(options.server, options.key))
        ask, asked = online.ask, options.server
    with outputs.at(out, path, [asked, options.certificate or ""]) as output:
        if output.rows:
            say(_GOING_ON.format(n=output.rows).both)
        if not options.offline:
            online.summaries = output.summaries
        _write(table, known, options.certificate or "", ask, output)
    counts = ", ".join(f"{verdict} {count:,}" for verdict, count in output.told.most_common())
    say(_DONE.format(n=output.rows, counts=counts).both)
    if options.offline:
        head = offline.offline.head
        say(_WORD.format(log=head.log, size=head.size, at=rfc3339(head.at)).both)


def _write(table: Table, known: Catalogue, usual: str, ask: Ask, output: Output) -> None:
    rows = table.rows()
    header = next(rows, [])
    columns = Columns.of(header)
    if not output.rows:
        output.write(_text([[*map(neutral, header), *ADDED]], table.delimiter), 0)
    rows = islice(rows, output.rows, None)
    while piece := list(islice(rows, ROWS)):
        lines = [
            Line.of(values, columns, usual, read(values, columns, known, usual)) for values in piece
        ]
        told = ask(lines)
        output.told.update(each.verdict or "problem" for each in told)
        full = (
            [*map(neutral, [*values, *[""] * (len(header) - len(values))]), *each]
            for values, each in zip(piece, told, strict=True)
        )
        output.write(_text(full, table.delimiter), len(piece))
        progress(output.rows, table.found.rows)


def _text(rows: Iterable[Sequence[str]], delimiter: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _by_list(offline: Offline) -> Ask:
    def ask(lines: Sequence[Line]) -> list[Told]:
        found = offline.ask([line.row for line in lines])
        return [_told(said, line) for said, line in zip(found, lines, strict=True)]

    return ask


def _told(said: Said | None, line: Line) -> Told:
    problem = line.row.problem or ""
    if said is None:
        return Told(problem=problem)
    return Told(said.verdict, effective_at=time_of(said.effective_at), problem=problem)


def _offline(settings: Settings, options: argparse.Namespace, known: Catalogue) -> Offline:
    path = Path(options.offline)
    verifiers = list(_verifiers(settings, options.log_key, path))
    listed = OfflineList(path.read_bytes(), verifiers)
    offline = Offline(listed, known, datetime.now(UTC), options.at_most)
    if (why_not := offline.why_not) is not None:
        say(why_not.both)
    return offline


def _verifiers(settings: Settings, told: str | None, path: Path) -> Iterator[NoteVerifier]:
    """The log's keys: as told, else those of this register, else the one pinned beside the list."""
    pinned = path.with_name(f"{path.name}.vkey")
    if told is not None:
        texts = [Path(told).read_text("utf-8") if Path(told).is_file() else told]
    elif pinned.exists():
        texts = [pinned.read_text("utf-8")]
    elif (settings.keys_folder / "answers.key").exists():
        texts = Keys.open(settings.keys_folder, "").log_vkeys
    else:
        raise CommandError(_NO_KEY)
    yield from (each for text in texts for each in keys_in(text))


_GOING_ON = Message.counted("接着上次，已有 {n} 行。")
_DONE = Message.counted("已核对 {n} 行（{counts}）。")
_WORD = Message(
    "依据 {log} 在第 {size} 条、{at} 的离线清单："
    "没有查到的，以这份签名清单为凭；查到的，请联网确认。"
)
_NO_SUCH_CERTIFICATE = Message("没有“{name}”这种证件；名称和编号见 /api/v1/catalogue。")
_NO_KEY = Message("请用 --log-key 给出登记簿的公钥（网站 /log/vkey），或存为清单旁的 .vkey 文件。")
