"""Child processes that end with us, are started again when they die, and log into a file."""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from notices.engines import logfiles
from notices.engines.spares import Spare
from notices.facts.texts import Message, TextError

Say = Callable[[str], None]

LAUNCHER = """
import ctypes, os, sys
parent, death, uid, gid = (int(word) for word in sys.argv[1:5])
os.umask(0o077)
if uid >= 0:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, death, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the parent has gone")
os.execv(sys.argv[5], sys.argv[5:])
"""
"""Becomes the program given, as the user given; dies with its parent (PR_SET_PDEATHSIG).

A program of its own instead of a `preexec_fn`, which is not safe in a process with threads.
"""

SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
"""Seconds before a start; they double while a child ends by itself before it is of any use."""
OF_USE = 2.0
"""Seconds; whoever ends by itself sooner has not got further than its start."""
KILLED = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
TRIES = 3


def next_pause(pause: float, lived: float, code: int) -> float:
    """Seconds until a child is started again that `lived` so long and ended with `code`.

    One that was killed is no worse for it, however often that happens: it is back at once.
    """
    if lived >= OF_USE or -code in KILLED:
        return SHORTEST_PAUSE
    return min(LONGEST_PAUSE, max(SHORTEST_PAUSE, pause * 2))


class EngineError(TextError):
    """An engine cannot be had; the text says what to do about it."""


@dataclass(frozen=True, slots=True)
class User:
    """Whom a child runs as."""

    name: str
    uid: int
    gid: int
    home: Path


def command(argv: Sequence[str | Path], user: User | None, death: signal.Signals) -> list[str]:
    """`argv`, wrapped so that it runs as `user` and gets the signal `death` when we die."""
    uid, gid = (user.uid, user.gid) if user else (-1, -1)
    words = (os.getpid(), int(death), uid, gid, *argv)
    return [sys.executable, "-I", "-S", "-c", LAUNCHER, *map(str, words)]


def environment(**more: str) -> dict[str, str]:
    """What a child needs to know of ours, and none of our secrets or its own settings."""
    kept = {
        k: os.environ[k] for k in ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH") if k in os.environ
    }
    return {**kept, "LC_ALL": "C", **more}


def run(argv: Sequence[str | Path], user: User | None, cwd: Path, stdin: str = "") -> str:
    """The output of a short command that runs as `user`; EngineError when it fails."""
    done = subprocess.run(  # noqa: S603 - our own words
        command(argv, user, signal.SIGKILL),
        input=stdin,
        capture_output=True,
        text=True,
        errors="replace",
        cwd=cwd,
        env=environment(),
    )
    if done.returncode:
        name, output = Path(argv[0]).name, done.stderr.strip()[-2000:]
        raise EngineError(_FAILED.format(name=name, output=output))
    return done.stdout


def command_of(pid: int) -> str:
    """The command line of a process, empty when there is none."""
    try:
        return (
            Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        )
    except OSError:
        if sys.platform == "linux":
            return ""
    done = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)  # noqa: S603, S607
    return done.stdout.strip()


def end_orphan(pid_file: Path, mark: str, how: signal.Signals) -> None:
    """Ends the process named by `pid_file`, left by a dead owner, if `mark` is in its command."""
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return
    for number, patience in ((how, 30.0), (signal.SIGKILL, 10.0)):
        if mark not in command_of(pid):
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + patience
        while mark in command_of(pid) and time.monotonic() < deadline:
            time.sleep(0.02)
    if command_of(pid):
        # Somebody else's process has the number now; PostgreSQL would take it for its own.
        pid_file.unlink(missing_ok=True)


def hold(file: Path) -> int | None:
    """The open lock on `file`, or None when another process has it; it ends with its holder."""
    lock = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


class Child:
    """One process of the service, kept alive by a thread until `stop`; it logs into a file,
    or, with `log` None, to where we do.

    The thread that starts the process lives as long as the process may: Linux counts the death
    of the starting thread, not of the whole parent, as the parent's death.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str | Path],
        *,
        ready: Callable[[int], bool],
        log: Path | None,
        cwd: Path,
        say: Say,
        env: Mapping[str, str] | None = None,
        user: User | None = None,
        pid_file: Path | None = None,
        inherits: Sequence[int] = (),
        stop_signal: signal.Signals = signal.SIGTERM,
        death_signal: signal.Signals = signal.SIGKILL,
    ) -> None:
        self.name = name
        self._argv = argv
        self._ready = ready
        self._log = log
        self._cwd = cwd
        self._say = say
        self._env = environment(**(env or {}))
        self._user = user
        self._pid_file = pid_file
        self._inherits = inherits
        self._stop_signal = stop_signal
        self._death_signal = death_signal
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths = 0
        self._up = False
        self._thread = threading.Thread(target=self._keep, name=f"{name} keeper", daemon=True)
        self.spare: Spare | None = None
        """Whose process takes the place of one that has ended, if it has one."""

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def deaths(self) -> int:
        """How often it has ended without being asked to."""
        return self._deaths

    def start(self, within: float = 60.0) -> None:
        """Returns when the engine answers; EngineError with the end of its log when it does not."""
        self._thread.start()
        deadline = time.monotonic() + within
        try:
            while time.monotonic() < deadline and self._deaths < TRIES:
                process = self._process
                if process and process.poll() is None and self._ready(process.pid):
                    self._up = True
                    return
                time.sleep(0.02)
        finally:
            # Also when a signal ends the wait: nobody else knows of this child yet.
            if not self._up:
                self.stop()
        if self._log is None:
            raise EngineError(_NOT_STARTED.format(name=self.name))
        end = logfiles.end(self._log).rstrip()
        raise EngineError(_NOT_STARTED_LOG.format(name=self.name, log=self._log, end=end))

    def stop(self) -> None:
        """Asks the engine to end, and returns when it has."""
        with self._lock:
            self._stopping.set()
        if self._thread.is_alive() and self._process:
            self._process.send_signal(self._stop_signal)
            self._thread.join(20)
            if self._thread.is_alive():
                self._process.kill()
        if self._thread.ident:
            self._thread.join()
        if self._pid_file:
            self._pid_file.unlink(missing_ok=True)

    def _keep(self) -> None:
        pause = 0.0
        if self._log is not None:
            threading.Thread(target=self._keep_short, args=(self._log,), daemon=True).start()
        process: subprocess.Popen[bytes] | None
        while not self._stopping.wait(pause):
            began = time.monotonic()
            with self._lock:
                if self._stopping.is_set():
                    return
                try:
                    self._process = process = self._spawn()
                except OSError as error:  # no memory, no room for the log: it may pass
                    process, code, why = None, 1, str(error)
            if process:
                code = process.wait()
                why = str(code)
            if self._stopping.is_set():
                return
            self._deaths += 1
            pause = next_pause(pause, time.monotonic() - began, code)
            if self._up:
                again = _ENDED.format(name=self.name, why=why, seconds=f"{pause:.1f}")
                self._say(again.both)

    def launch(self, *more: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """A process of this child's command and `more` words; OSError when there can be none."""
        with contextlib.ExitStack() as opened:
            log = opened.enter_context(logfiles.opened(self._log)) if self._log else None
            return subprocess.Popen(  # noqa: S603 - our own words
                command([*self._argv, *more], self._user, self._death_signal),
                stdin=stdin,
                stdout=log,
                stderr=log,
                cwd=self._cwd,
                env=self._env,
                pass_fds=self._inherits,
                # Ctrl-C in a terminal goes to its whole group; the engines end after the service.
                start_new_session=True,
            )

    def _spawn(self) -> subprocess.Popen[bytes]:
        process = (self.spare and self.spare.take()) or self.launch()
        if self._pid_file:
            whole = self._pid_file.with_suffix(".new")
            whole.write_text(f"{process.pid}\n")
            whole.replace(self._pid_file)
        return process

    def _keep_short(self, log: Path) -> None:
        while not self._stopping.wait(logfiles.LOOK):
            with contextlib.suppress(OSError):
                logfiles.shorten(log)


_FAILED = Message("{name} 运行失败：\n{output}")
_NOT_STARTED = Message("{name} 未能启动，原因见上。")
_NOT_STARTED_LOG = Message("{name} 未能启动，其日志 {log} 的末尾是：\n{end}")
_ENDED = Message("{name} 意外结束（{why}），{seconds} 秒后重启。")
