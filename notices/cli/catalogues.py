"""`notices catalogue`: what a city needs beside an editor to write a catalogue of its own."""

import argparse
from pathlib import Path

from notices.cli.commands import Commands, add
from notices.settings import Settings


def check(settings: Settings, options: argparse.Namespace) -> None:
    from notices.facts.catalogue import load

    catalogue = load(options.file or settings.catalogue)
    print(f"{len(catalogue.certificates)} certificates, {len(catalogue.matters)} matters: ok")


def schema(settings: Settings, options: argparse.Namespace) -> None:
    from notices.facts.catalogue_check import SCHEMA

    print(SCHEMA.read_text("utf-8"), end="")


def add_to(commands: Commands) -> None:
    about: Commands = commands.add_parser(
        "catalogue", help="证件目录 / the catalogue"
    ).add_subparsers(required=True)
    command = add(
        about, "check", check,
        "检查证件目录，列出所有问题 / check a catalogue, all problems at once",
    )  # fmt: skip
    command.add_argument("file", nargs="?", type=Path, metavar="FILE")
    add(
        about, "schema", schema,
        "输出证件目录的 JSON Schema，供编辑器使用 / print the JSON Schema, for an editor",
    )  # fmt: skip
