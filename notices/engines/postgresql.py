"""Our own PostgreSQL: private to one system user, reached by a socket and a password."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from notices.engines import binaries as engine_binaries
from notices.engines import memory, roles
from notices.engines.children import Child, EngineError, Say, User, end_orphan, hold, run
from notices.engines.cluster import (
    AUDITOR,
    HOMES,
    NAME,
    OWNER,
    SERVICE,
    ensure_homes,
    home_of,
    make,
    passwords,
    secure,
    socket_folder,
)
from notices.facts.texts import Message

SYSTEM_USER = "notices-pg"

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "fsync": "on",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A refused row is printed in the DETAIL, and a failing statement with its values: neither
    # may reach a log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


@dataclass(frozen=True, slots=True)
class PostgreSQL:
    """One running server, and what `stop` gives back when it has ended."""

    url: str
    owner_url: str
    auditor_url: str
    child: Child
    leftovers: contextlib.ExitStack

    def stop(self) -> None:
        self.child.stop()
        self.leftovers.close()


def start(data: Path, say: Say) -> PostgreSQL:
    """Makes the cluster when there is none, and starts it; the caller owns `data`."""
    user = user_for(data)
    programs = programs_for(user)
    home = home_of(data, user)
    if home is None:
        say(_MAKING.both)
        home = make(data, programs, user)
    if not home.is_relative_to(data):
        # Somebody who copies or deletes DATA has to know that this is not in it.
        say(_AS_ROOT.format(data=data, home=home).both)
    secure(home, user)
    cluster = home / "data"
    with contextlib.ExitStack() as leftovers:
        lock = hold(home / "lock")
        if lock is None:
            raise EngineError(_COPIED.format(home=home, data=data))
        leftovers.callback(os.close, lock)
        end_orphan(cluster / "postmaster.pid", str(cluster), signal.SIGINT)
        sockets, temporary = socket_folder(home, user)
        if temporary:
            leftovers.callback(shutil.rmtree, sockets, ignore_errors=True)
        settings = {"shared_buffers": f"{memory.for_cache()}MB"} | SETTINGS
        options = [f"-c{name}={value}" for name, value in settings.items()]
        for anew in (False, True):
            words = passwords(data, programs, cluster, user, anew=anew)
            (data / "postgresql.password").unlink(missing_ok=True)  # of older versions' superuser
            child = Child(
                "PostgreSQL",
                [programs / "postgres", "-D", cluster, "-k", sockets, *options],
                ready=lambda pid: is_ready(cluster / "postmaster.pid", pid),
                log=data / "logs" / "postgresql.log",
                cwd=home,
                user=user,
                say=say,
                stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown
                death_signal=signal.SIGINT,
            )
            child.start()
            url, owner_url, auditor_url = (
                f"postgresql://{role}:{words[role]}@/{NAME}?host={quote(str(sockets), safe='/')}"
                for role in (SERVICE, OWNER, AUDITOR)
            )
            try:
                if roles.let_in((url, owner_url, auditor_url), say):
                    break
            except BaseException:
                child.stop()
                raise
            child.stop()
            if anew:
                raise EngineError(_KEPT_OUT)
            say(_SET_ANEW.both)
        return PostgreSQL(url, owner_url, auditor_url, child, leftovers.pop_all())


def user_for(data: Path) -> User | None:
    """Whom the server runs as: ourselves, or as root (which it refuses) a user of its own."""
    if os.geteuid() != 0:
        return None
    cluster = data / "postgresql"
    if cluster.exists() and (owner := cluster.lstat().st_uid):
        # An ordinary user ran this folder before; it stays that user's.
        entry = pwd.getpwuid(owner)
        return User(entry.pw_name, entry.pw_uid, entry.pw_gid, data)
    entry = system_user()
    return User(entry.pw_name, entry.pw_uid, entry.pw_gid, HOMES)


def system_user() -> pwd.struct_passwd:
    output = ""
    for attempt in range(20):
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            time.sleep(0.1 * bool(attempt))
        useradd = shutil.which("useradd") or "/usr/sbin/useradd"
        words = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", str(HOMES)]
        try:
            output = subprocess.run(  # noqa: S603 - our own words
                [*words, "--shell", "/usr/sbin/nologin", SYSTEM_USER],
                capture_output=True,
                text=True,
            ).stderr
        except FileNotFoundError:
            break
    raise EngineError(_ROOT.format(user=SYSTEM_USER, output=output))


def programs_for(user: User | None) -> Path:
    """PostgreSQL's programs where `user` can run them: in place, or copied (a venv in /root)."""
    found = engine_binaries.postgresql()
    if user is None:
        return found
    try:
        run([found / "postgres", "--version"], user, Path("/"))
        return found
    except EngineError:
        pass
    package = found.parents[1]
    stamp = package.parent.joinpath(package.name, "pginstall18", "bin", "postgres").stat()
    copy = ensure_homes() / f"programs-{stamp.st_size}-{stamp.st_mtime_ns}"
    there = copy / package.name / "pginstall18" / "bin"
    if not copy.exists():
        with tempfile.TemporaryDirectory(dir=HOMES, prefix=".copy-") as name:
            new = Path(name) / "new"
            shutil.copytree(found.parent, new / package.name / "pginstall18", symlinks=True)
            libraries = package.with_name(package.name + ".libs")
            if libraries.exists():  # found by the programs relative to themselves
                shutil.copytree(libraries, new / libraries.name, symlinks=True)
            for folder in (new, new / package.name):
                folder.chmod(0o755)
            if not copy.exists():
                new.rename(copy)
    return there


def is_ready(pid_file: Path, pid: int) -> bool:
    """Whether the server says in its own file that it takes connections."""
    try:
        lines = pid_file.read_text().split("\n")
    except OSError:
        return False
    return lines[0] == str(pid) and len(lines) > 7 and lines[7].strip() == "ready"


_KEPT_OUT = Message(
    "自带的数据库不接受它的用户，重新设置口令之后也不行；原因见 DATA/logs/postgresql.log。"
)


_ROOT = Message("PostgreSQL 不能以 root 运行，又无法新建系统用户 {user}。请改用普通用户。{output}")
_COPIED = Message("数据库 {home} 正由另一个数据目录使用；{data} 是它的副本。")
_MAKING = Message("正在新建 PostgreSQL 数据库…")
_AS_ROOT = Message("以 root 身份运行：数据库不在 {data} 里，而在 {home}。")
_SET_ANEW = Message("自带的数据库不接受它的用户（口令可能被改了），重新设置口令。")
