"""Downloading the offline list, and bringing it up to date by what changed since."""

from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from notices import files
from notices.cli.asking import site_at
from notices.cli.terminal import CommandError, say
from notices.facts.texts import Message, rfc3339
from notices.trust import list_deltas
from notices.trust.lists import ListError, OfflineList
from notices.trust.notes import NoteError, NoteVerifier

SECONDS = 60
LONGEST = 1 << 30


def fetch(server: str, file: str, log_key: str | None) -> None:
    """Keep the newest list of `server` as `file`; what is there stays where that fails."""
    path = Path(file)
    pinned = path.with_name(f"{path.name}.vkey")
    url = site_at(server)
    known = log_key or (str(pinned) if pinned.exists() else None)
    if known is None:
        text = _get(f"{url}/log/vkey")[0].decode("utf-8", "replace")
    else:
        text = Path(known).read_text("utf-8") if Path(known).is_file() else known
    verifiers = keys_in(text)
    before = _before(path, verifiers)
    size = int(_get(f"{url}/lists/latest", only_where=True)[1].rpartition("/")[2] or 0)
    if before is not None and size < before.head.size:
        raise CommandError(_OLDER.format(theirs=size, ours=before.head.size))
    if before is None or size != before.head.size:
        content = _changed(url, before, size, verifiers) or _get(f"{url}/lists/{size}")[0]
        before = OfflineList(content, verifiers)
        files.put(path, content, mode=files.PUBLIC)
    if known is None:
        files.put(pinned, text.encode(), mode=files.PUBLIC)
        say(_PINNED.format(key=verifiers[0].name, file=pinned).both)
    head = before.head
    say(_THERE.format(log=head.log, size=head.size, n=head.count, at=rfc3339(head.at)).both)


def keys_in(text: str) -> list[NoteVerifier]:
    """The keys in `text`, one a line; raises CommandError for what is none."""
    try:
        found = [NoteVerifier(line.strip()) for line in text.split("\n") if line.strip()]
    except NoteError as error:
        raise CommandError(_BAD_KEY.format(why=error)) from None
    if not found:
        raise CommandError(_BAD_KEY.format(why="-"))
    return found


def _before(path: Path, verifiers: list[NoteVerifier]) -> OfflineList | None:
    """The list that is there, if it is one."""
    try:
        return OfflineList(path.read_bytes(), verifiers)
    except FileNotFoundError:
        return None
    except ListError:
        say(_DAMAGED.both)
        return None


def _changed(
    url: str, before: OfflineList | None, size: int, verifiers: list[NoteVerifier]
) -> bytes | None:
    """The list at `size`, made of the one before; None where only the whole one helps."""
    if before is None or before.head.size > size:
        return None
    try:
        delta = _get(f"{url}/lists/{before.head.size}-{size}")[0]
        return list_deltas.apply(before, delta, verifiers)
    except (HTTPError, ListError):
        return None


def _get(url: str, *, only_where: bool = False) -> tuple[bytes, str]:
    """What is there, and where that was in the end."""
    try:
        with urlopen(url, timeout=SECONDS) as answer:  # noqa: S310  (http or https)
            return b"" if only_where else answer.read(LONGEST), answer.geturl()
    except HTTPError as error:
        if "-" in url.rpartition("/")[2]:
            raise
        raise CommandError(_REFUSED.format(status=error.code)) from None
    except (URLError, OSError) as error:
        raise CommandError(_AWAY, details=f" ({type(error).__name__})") from None


_REFUSED = Message("网站没有给出离线清单（{status}）。")
_AWAY = Message("连不上网站；已有的离线清单没有改动。")
_OLDER = Message("网站给出的离线清单（第 {theirs} 条）比已有的（第 {ours} 条）还旧，没有更换。")
_DAMAGED = Message("已有的离线清单不能采信，重新下载整份。")
_PINNED = Message("已记下登记簿 {key} 的公钥（{file}），以后只认它；请另外向网站的主管机关核对。")
_THERE = Message.counted("离线清单：{log} 在第 {size} 条，共 {n} 条，{at}。")
_BAD_KEY = Message("登记簿的公钥写法不对（{why}）。")
