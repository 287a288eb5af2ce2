"""`notices check` and `notices list`: checking many numbers, by asking or without."""

import argparse
import re
from datetime import timedelta

from notices.cli.commands import Commands, add
from notices.settings import Settings

_AGE = re.compile(r"([1-9][0-9]{0,5})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

# What they need is imported when they run: a catalogue, and what verifies.


def check(settings: Settings, options: argparse.Namespace) -> None:
    from notices.cli import checking

    checking.check(settings, options)


def fetch(settings: Settings, options: argparse.Namespace) -> None:
    from notices.cli import fetching

    fetching.fetch(options.server, options.file, options.log_key)


def _age(text: str) -> timedelta:
    found = _AGE.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError("30m, 24h, 7d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def add_to(commands: Commands) -> None:
    command = add(commands, "check", check, "批量核验文件里的证件号码 / check a file of numbers")
    command.add_argument("file", metavar="FILE", help="CSV，首行为列名 / with a header")
    way = command.add_mutually_exclusive_group(required=True)
    way.add_argument("--offline", metavar="LIST", help="离线清单文件 / a file from /lists/latest")
    way.add_argument("--server", metavar="URL", help="向网站查询 / ask the service")
    command.add_argument(
        "--key", metavar="K", help="机关密钥，或 @文件 / an agency's key, or @FILE (--server)"
    )
    command.add_argument(
        "--log-key",
        metavar="VKEY",
        help="登记簿公钥或其文件 / the log's key, or its file",
    )
    command.add_argument(
        "--at-most", metavar="AGE", type=_age, default=timedelta(days=1),
        help="清单最多多旧：30m、24h、7d（默认 24h） / how old the list may be",
    )  # fmt: skip
    command.add_argument(
        "--certificate", metavar="ID", help="没有写证件种类的行按此种类 / of rows that name none"
    )
    command.add_argument("--out", metavar="FILE", help="写到文件而不是屏幕 / instead of stdout")

    group = commands.add_parser("list", help="离线清单 / the offline list")
    command = add(
        group.add_subparsers(required=True), "fetch", fetch,
        "下载或更新离线清单 / download the offline list, or what changed of it",
    )  # fmt: skip
    command.add_argument("file", metavar="FILE", help="清单存为此文件 / where it is kept")
    command.add_argument("--server", metavar="URL", required=True, help="网站 / the service")
    command.add_argument(
        "--log-key", metavar="VKEY",
        help="登记簿公钥或其文件；第一次下载时不给出，就存下网站给的公钥，以后以它为准 "
        "/ the log's key; else that of the first download is kept beside the list",
    )  # fmt: skip
