"""PostgreSQL's own pg_dump and pg_restore, as streams; no password on a command line."""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from notices.engines.binaries import postgresql
from notices.engines.children import EngineError
from notices.facts.texts import Message, TextError

PIECE = 1 << 20
APPLICATION = "notices-backup"
"""How the server knows what both of them are."""
LEFT_OUT = ("session", "rate", "draft", "purpose")
"""Whoever was signed in signs in again; limits begin anew; what was still being typed is forgotten
within hours, and a backup is kept for years."""


class DumpError(TextError):
    """What pg_dump or pg_restore said when it failed."""


def program(name: str, least: int) -> tuple[Path, int]:
    """`name` of version `least` or newer, and its version: ours if there, else the one on PATH."""
    found: list[Path] = []
    with contextlib.suppress(EngineError):
        found.append(postgresql() / name)
    if (path := shutil.which(name)) is not None:
        found.append(Path(path))
    versions = {}
    for each in found:
        output = subprocess.run([each, "--version"], capture_output=True, text=True)  # noqa: S603
        number = re.search(r"\b(\d+)(\.\d+|beta|rc|devel)", output.stdout)
        if output.returncode == 0 and number:
            versions[each] = int(number[1])
            if versions[each] >= least:
                return each, versions[each]
    if versions:
        newest = max(versions.values())
        raise DumpError(_TOO_OLD.format(name=name, newest=newest, least=least))
    raise DumpError(_NO_PROGRAM.format(name=name, least=least))


def without_password(url: str) -> tuple[str, dict[str, str]]:
    """`url` as it may be seen by everybody on the machine, and the environment with its secret."""
    parts = urlsplit(url)
    secret = parts.password
    user, at, place = parts.netloc.rpartition("@")
    pairs = []
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name == "password":
            secret = quote(value, safe="")
        else:
            pairs.append((name, value))
    shown = urlunsplit(
        parts._replace(
            scheme="postgresql",
            netloc=f"{user.partition(':')[0]}{at}{place}",
            query=urlencode(pairs, safe="/", quote_via=quote),
        )
    )
    kept = {name: value for name, value in os.environ.items() if name != "PGPASSWORD"}
    more = {"PGAPPNAME": APPLICATION, "LC_ALL": "C"}
    if secret is not None:
        more["PGPASSWORD"] = unquote(secret)
    return shown, kept | more


def dump(url: str, server: int) -> Iterator[bytes]:
    """The database at `url`, whose server has version `server`, piece by piece."""
    shown, environment = without_password(url)
    words: list[str | Path] = [
        program("pg_dump", server)[0],
        *("--format=custom", "--compress=gzip:1", "--no-owner", "--no-privileges"),
        *(f"--exclude-table-data=public.{table}" for table in LEFT_OUT),
        *("--no-password", f"--dbname={shown}"),
    ]
    process = subprocess.Popen(  # noqa: S603 - our own words
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )
    assert process.stdout is not None  # noqa: S101
    try:
        while piece := process.stdout.read(PIECE):
            yield piece
        _end(process, "pg_dump")
    finally:
        _stop(process)


def load(url: str, version: int, pieces: Iterator[bytes]) -> None:
    """Put what pg_dump of `version` made into the empty database at `url`, all or nothing."""
    shown, environment = without_password(url)
    words: list[str | Path] = [
        program("pg_restore", version)[0],
        *("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"),
        *("--no-password", f"--dbname={shown}"),
    ]
    process = subprocess.Popen(  # noqa: S603 - our own words
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
    )
    try:
        _feed(process.stdin, pieces)
        _end(process, "pg_restore")
    finally:
        _stop(process)


def _feed(stdin: IO[bytes] | None, pieces: Iterator[bytes]) -> None:
    assert stdin is not None  # noqa: S101
    try:
        for piece in pieces:
            stdin.write(piece)
        stdin.close()
    except BrokenPipeError:
        return  # it has failed, and says why


def _end(process: "subprocess.Popen[bytes]", name: str) -> None:
    """Raises DumpError with the program's own words, which hold no row and no password."""
    assert process.stderr is not None  # noqa: S101
    output = process.stderr.read().decode(errors="replace")
    if process.wait():
        lines = [line for line in output.splitlines() if line.startswith(name)]
        raise DumpError(_FAILED.format(name=name, said="\n".join(lines[:5])))


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
    process.wait()


_TOO_OLD = Message(
    "{name} 的版本是 {newest}，比需要的 {least} 旧。请安装 PostgreSQL {least} 的客户端程序。"
)
_NO_PROGRAM = Message(
    "没有找到 {name}。请安装本项目的 engines 附加依赖，或 PostgreSQL {least} 的客户端程序。"
)
_FAILED = Message("{name} 失败：\n{said}")
