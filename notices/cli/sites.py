"""`notices site`: checking the file that says who runs this, before anybody reads it."""

import argparse
import dataclasses
from pathlib import Path

from notices.cli.commands import Commands, add
from notices.cli.terminal import CommandError
from notices.facts.texts import Message
from notices.settings import Settings


def check(settings: Settings, options: argparse.Namespace) -> None:
    """All problems at once; else how many matters have a counter, and take our notice."""
    from notices.deployment import site_and_catalogue

    file = options.file or settings.site
    if file is None:
        raise CommandError(_NO_FILE, status=2)
    site, catalogue = site_and_catalogue(dataclasses.replace(settings, site=file, demo=False))
    matters = catalogue.matters.values()
    counters = sum(each.counter is not None for each in matters)
    taken = sum(each.accepts is not None for each in matters)
    authority = site.authority.zh if site.authority else ""
    print(
        f"{authority}: {counters} of {len(matters)} matters with a counter, {taken} where our"
        " notice is taken in place of a newspaper's: ok"
    )


def add_to(commands: Commands) -> None:
    about: Commands = commands.add_parser(
        "site", help="谁在办这个网站 / who runs this"
    ).add_subparsers(required=True)
    command = add(
        about, "check", check,
        "检查 SITE 文件，列出所有问题 / check the file of SITE, all problems at once",
    )  # fmt: skip
    command.add_argument("file", nargs="?", type=Path, metavar="FILE")


_NO_FILE = Message("请写明要检查的文件，或用 SITE 指定它。")
