"""`notices conformance`: whether a service is as the contract says, for whoever relies on one."""

import argparse
import json
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from notices.cli.asking import WAITING, site_at, told
from notices.cli.commands import Commands, add
from notices.cli.terminal import CommandError, say
from notices.facts.texts import CHINA, Message, Text, rfc3339
from notices.settings import Settings

if TYPE_CHECKING:
    from notices.conformance.results import Result

# What it needs is imported when it runs: a catalogue, and what verifies.

MARKS = {"passed": "✓", "failed": "✗", "untried": "–"}


def conformance(settings: Settings, options: argparse.Namespace) -> None:
    from notices import conformance as checks
    from notices.conformance.site import Site

    url = site_at(options.url)
    if unknown := set(options.only or ()) - {each.name for each in checks.CHECKS}:
        raise CommandError(_NO_SUCH_CHECK.format(names=", ".join(sorted(unknown))))
    key = None if options.key is None else told(options.key)
    site = Site(url, key, waits=lambda seconds: say(WAITING.format(n=seconds).both))
    results: list[Result] = []
    for each in checks.run(site, options.only or ()):
        results.append(each)
        if not options.json:
            print(line(each), flush=True)
    counts = Counter[str](each.outcome for each in results)
    numbers = {name: counts[name] for name in MARKS}
    if options.json:
        said = {
            "url": url, "at": rfc3339(datetime.now(CHINA)), **numbers,
            "checks": [each.as_json() for each in results],
        }  # fmt: skip
        print(json.dumps(said, ensure_ascii=False, indent=1))
    if counts["failed"]:
        raise CommandError(_NOT_AS_AGREED.format(n=counts["failed"], **numbers))
    say(_AS_AGREED.format(n=counts["passed"], **numbers).both)


def line(result: "Result") -> str:
    """Of one check, in both languages."""
    text: Text = result.what
    if result.outcome == "failed":
        text = _DIFFERS.format(
            what=text, where=result.where, expected=result.expected, found=result.found
        )
    elif result.why is not None:
        text = _BECAUSE.format(what=text, why=result.why)
    words = f"{text.zh} / {text.en}"
    return f"{MARKS[result.outcome]} {result.name:<16} {' '.join(words.split())}"


def add_to(commands: Commands) -> None:
    command = add(
        commands, "conformance", conformance,
        "检查一个网站是否与公开约定相符，不写入任何内容 / "
        "try whether a service is as the public contract says; writes nothing",
    )  # fmt: skip
    command.add_argument("url", metavar="URL", help="网站 / the service")
    command.add_argument(
        "--key", metavar="K",
        help="机关密钥，或 @文件；测试密钥还会试每种状态 / an agency's key, or @FILE; "
        "with one for tests every status is tried too",
    )  # fmt: skip
    command.add_argument(
        "--only", metavar="CHECK", action="append",
        help="只做这一项，可重复 / this check alone; may be repeated",
    )  # fmt: skip
    command.add_argument("--json", action="store_true", help="供程序读取 / for programs")


_NO_SUCH_CHECK = Message("没有这一项检查：{names}")
_DIFFERS = Message("{what}：{where} 应为 {expected}，实为 {found}")
_BECAUSE = Message("{what}：{why}")
_AS_AGREED = Message.counted("与约定相符：{n} 项通过，{untried} 项没有可试的。")
_NOT_AS_AGREED = Message.counted(
    "与约定不符：{n} 项不对，{passed} 项通过，{untried} 项没有可试的。"
)
