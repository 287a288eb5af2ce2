"""A file of numbers, checked row by row by an offline list or by asking the service."""

import argparse
import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from notices.cli.asking import Service
from notices.cli.fetching import keys_in
from notices.cli.tables import Table
from notices.cli.terminal import CommandError, progress, say
from notices.facts import catalogue
from notices.facts.catalogue import Catalogue
from notices.facts.rows import Columns, Row, neutral, read
from notices.facts.texts import CHINA, Message, rfc3339
from notices.listing.asking import Offline, Said
from notices.settings import Settings
from notices.trust.keys import Keys
from notices.trust.lists import OfflineList
from notices.trust.notes import NoteVerifier

AT_ONCE = 1000
"""Rows; as many questions as the service takes at once."""
ADDED = ("verdict", "effective_at", "notice", "problem")

Ask = Callable[[Sequence[Row]], list[tuple[Said | None, str, str]]]
"""What is said to each row, the notice that it is about, and what was wrong with the row."""


def check(settings: Settings, options: argparse.Namespace) -> None:
    known = catalogue.load(settings.catalogue, demo=settings.demo)
    if options.certificate and known.named(options.certificate) is None:
        raise CommandError(_NO_SUCH_CERTIFICATE.format(name=options.certificate))
    table = Table.at(Path(options.file))
    with ExitStack() as opened:
        if options.offline:
            offline = _offline(settings, options, known)
            ask: Ask = _by_list(offline)
        else:
            ask = Service(options.server, options.key).ask
        out = (
            opened.enter_context(Path(options.out).open("w", encoding="utf-8-sig", newline=""))
            if options.out
            else sys.stdout
        )
        told = _write(table, known, options.certificate or "", ask, out)
    counts = ", ".join(f"{verdict} {count:,}" for verdict, count in told.most_common())
    say(_DONE.format(n=sum(told.values()), counts=counts).both)
    if options.offline:
        head = offline.offline.head
        say(_WORD.format(log=head.log, size=head.size, at=rfc3339(head.at)).both)


def _write(table: Table, known: Catalogue, usual: str, ask: Ask, out: object) -> Counter[str]:
    rows = table.rows()
    header = next(rows, [])
    columns = Columns.of(header)
    writer = csv.writer(out, delimiter=table.delimiter, lineterminator="\n")  # type: ignore[arg-type]
    writer.writerow([*map(neutral, header), *ADDED])
    told, done = Counter[str](), 0
    while piece := list(islice(rows, AT_ONCE)):
        asked = [read(values, columns, known, usual) for values in piece]
        for values, row, (said, notice, problem) in zip(piece, asked, ask(asked), strict=True):
            verdict = said.verdict if said is not None else ""
            at = _time(said.effective_at) if said is not None and said.effective_at else ""
            cells = [*values, *[""] * (len(header) - len(values))]
            writer.writerow([*map(neutral, cells), verdict, at, notice, row.problem or problem])
            told[verdict or "problem"] += 1
        done += len(piece)
        progress(done, max(done, table.lines - 1))
    return told


def _by_list(offline: Offline) -> Ask:
    def ask(rows: Sequence[Row]) -> list[tuple[Said | None, str, str]]:
        return [(said, "", "") for said in offline.ask(rows)]

    return ask


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


def _time(at: datetime) -> str:
    return at.astimezone(CHINA).isoformat(timespec="seconds")


_DONE = Message.counted("已核对 {n} 行（{counts}）。")
_WORD = Message(
    "依据 {log} 在第 {size} 条、{at} 的离线清单："
    "没有查到的，以这份签名清单为凭；查到的，请联网确认。"
)
_NO_SUCH_CERTIFICATE = Message("没有“{name}”这种证件；名称和编号见 /api/v1/catalogue。")
_NO_KEY = Message("请用 --log-key 给出日志的公钥（网站 /log/vkey），或存为清单旁的 .vkey 文件。")
