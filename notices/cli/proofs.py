"""Commands that verify what the service handed out; none of them needs network or database."""

import argparse
import sys
from pathlib import Path

from notices.cli.commands import Commands, add
from notices.cli.terminal import CommandError, both
from notices.facts.texts import Text
from notices.settings import Settings


def receipt_verify(settings: Settings, options: argparse.Namespace) -> None:
    from notices.trust.notes import NoteSigner
    from notices.trust.receipts import ReceiptError, verify

    vkey = options.key
    own = settings.keys_folder / "log.key"
    if vkey is None and own.exists():
        vkey = NoteSigner.from_text(own.read_text().strip()).vkey
    if vkey is None:
        raise CommandError(
            Text(
                "请用 --key 给出日志的公钥（网站 /log/vkey）。",
                "Name the log's verifier key by --key (the site shows it at /log/vkey).",
            )
        )
    content = sys.stdin.buffer.read() if options.file == "-" else Path(options.file).read_bytes()
    try:
        sentence = verify(content, vkey).sentence
    except ReceiptError as error:
        raise CommandError(error.message) from None
    print(both(sentence))


def add_to(commands: Commands) -> None:
    group = commands.add_parser("receipt", help="回执 / receipts")
    command = add(
        group.add_subparsers(required=True), "verify", receipt_verify,
        "离线验证回执 / verify a receipt, offline",
    )  # fmt: skip
    command.add_argument("file", metavar="FILE", help="JSON, tlog-proof, or - for standard input")
    command.add_argument("--key", metavar="VKEY", help="C2SP verifier key (default: own)")
