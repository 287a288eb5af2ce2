"""Commands that verify what the service handed out, which need neither network nor database."""

import argparse
import sys
from pathlib import Path

from notices.cli.commands import Commands, add
from notices.cli.terminal import CommandError
from notices.facts.texts import Message
from notices.settings import Settings


def _content(file: str) -> bytes:
    return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()


def receipt_verify(settings: Settings, options: argparse.Namespace) -> None:
    from notices.trust.keys import Keys
    from notices.trust.receipts import ReceiptError, verify

    vkeys = [options.key] if options.key else []
    if not vkeys and (settings.keys_folder / "answers.key").exists():
        vkeys = Keys.open(settings.keys_folder, "").log_vkeys
    if not vkeys:
        raise CommandError(Message("请用 --key 给出登记簿的公钥（网站 /log/vkey）。"))
    content, refused = _content(options.file), None
    for vkey in vkeys:
        try:
            print(verify(content, vkey).sentence.both)
        except ReceiptError as error:
            refused = refused or error
        else:
            return
    if refused is not None:
        raise refused


def answer_verify(settings: Settings, options: argparse.Namespace) -> None:
    from notices.trust.answers import keys_in, verify_file
    from notices.trust.keys import Keys

    if options.keys is not None:
        keys = keys_in(_content(options.keys))
    elif (settings.keys_folder / "answers.key").exists():
        keys = Keys.open(settings.keys_folder, "").answer_keys
    else:
        raise CommandError(Message("请用 --keys 给出网站 /.well-known/notice-keys.json 的文件。"))
    for sentence in verify_file(_content(options.file), keys):
        print(sentence.both)


def add_to(commands: Commands) -> Commands:
    """The commands; returned is the group of those about keys."""
    group = commands.add_parser("receipt", help="凭证 / receipts")
    command = add(
        group.add_subparsers(required=True), "verify", receipt_verify,
        "离线验证凭证 / verify a receipt, offline",
    )  # fmt: skip
    command.add_argument(
        "file", metavar="FILE", help="JSON, tlog-proof, printed PDF, or - (standard input)"
    )
    command.add_argument("--key", metavar="VKEY", help="C2SP verifier key (default: own)")

    group = commands.add_parser("answer", help="核验答复 / answers")
    command = add(
        group.add_subparsers(required=True), "verify", answer_verify,
        "离线验证签名的核验答复 / verify a signed answer, offline",
    )  # fmt: skip
    command.add_argument("file", metavar="FILE", help="JSON, or - for standard input")
    command.add_argument(
        "--keys", metavar="KEYS", help="a saved /.well-known/notice-keys.json (default: own)"
    )

    keys: Commands = commands.add_parser("keys", help="密钥 / keys").add_subparsers(required=True)
    return keys
