"""What the person at the terminal sees: words, a bar, and why a command failed."""

import os
import sys

from notices.facts.texts import Message, Text, TextError

# What a failure needs is imported when there is one: a receipt is verified without a database.


class CommandError(TextError):
    """What the person at the terminal has to be told; exit `status`."""

    def __init__(self, text: Text, status: int = 1, details: str = "") -> None:
        super().__init__(text, details)
        self.status = status


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def progress(done: int, total: int) -> None:
    """A bar on a terminal, a line for every tenth elsewhere."""
    if sys.stderr.isatty():
        filled = 30 * done // max(total, 1)
        end = "\n" if done >= total else ""
        print(
            f"\r[{'█' * filled}{'·' * (30 - filled)}] {done:,}/{total:,}",
            end=end, file=sys.stderr, flush=True,
        )  # fmt: skip
    elif total and (done >= total or done * 10 // total != max(0, done - 1000) * 10 // total):
        say(f"{done:,}/{total:,}")


def why(error: BaseException) -> TextError | None:
    """Why a command failed, and what to do about it; None when it is a fault of ours.

    Of DATABASE_URL nothing is shown, not even its host: where it is not written as it must be,
    any part of it can be a part of the password.
    """
    if isinstance(error, TextError):
        return error
    import asyncpg

    from notices.facts.errors import Unavailable
    from notices.facts.troubles import ClockOff
    from notices.relay import FAILURES

    if isinstance(error, ClockOff):
        return CommandError(error.why)
    if isinstance(error, Unavailable):
        return CommandError(_database(error.__cause__ or error))
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return CommandError(_NOT_ALLOWED.format(why=reason(error)))
    if isinstance(error, (asyncpg.PostgresError, asyncpg.InterfaceError)):
        return CommandError(_database(error))
    if isinstance(error, FAILURES):
        cause = f"{type(error).__name__}: {error}"
        return CommandError(_NOT_INDEXED.format(why=cause))
    if isinstance(error, OSError):
        return CommandError(system(error))
    return None


def system(error: OSError) -> Text:
    where = f"{error.filename}: " if error.filename else ""
    return _SYSTEM.format(said=f"{where}{reason(error)}")


def _database(error: BaseException) -> Text:
    return _NO_DATABASE.format(why=reason(error))


def reason(error: BaseException) -> str:
    """In the words of the server or the system, without what was sent, or where to."""
    if message := getattr(error, "message", ""):  # asyncpg's, what the server said
        return str(message)
    if isinstance(error, TimeoutError):
        return "timed out"
    if type(error).__name__ in ("ConnectionDoesNotExistError", "InternalClientError"):
        return "the connection was lost"  # asyncpg's own, which have no words of a server's
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno) if error.errno > 0 else str(error.strerror)
    return type(error).__name__


_NOT_ALLOWED = Message(
    "数据库不允许这样做（{why}）：这要由表的所有者来做，请用 DATABASE_OWNER_URL 指明。"
)
_NOT_INDEXED = Message(
    "检索索引未能完成，原有索引不变（{why}）。请检查 Meilisearch 后再运行 reindex。"
)
_SYSTEM = Message("系统报错：{said}")
_NO_DATABASE = Message(
    "数据库不能使用（{why}）。请确认它在运行；"
    "如设置了 DATABASE_URL 或 DATABASE_OWNER_URL，请检查其中的各项。"
)
