"""Our own PostgreSQL: made once, private to one system user, reached by a socket and a password."""

import contextlib
import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from notices.engines import binaries as engine_binaries
from notices.engines.children import Child, EngineError, Say, User, end_orphan, hold, run
from notices.facts.texts import Text

NAME = "notices"
SYSTEM_USER = "notices-pg"
HOMES = Path("/var/lib") / SYSTEM_USER
SOCKET_LIMIT = 100
"""Bytes that a socket's path may have; the kernel's own limit is 104 on macOS and 108 on Linux."""

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "fsync": "on",
    "max_connections": "100",
    "shared_buffers": "128MB",
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
    child: Child
    leftovers: contextlib.ExitStack

    def stop(self) -> None:
        self.child.stop()
        self.leftovers.close()


def start(data: Path, say: Say) -> PostgreSQL:
    """Makes the cluster when there is none, and starts it; the caller owns `data`."""
    user = user_for(data)
    programs = programs_for(user)
    password, made_now = secret(data / "postgresql.password")
    home = home_of(data, user)
    if home is None:
        say("正在新建 PostgreSQL 数据库… / Making a new PostgreSQL database …")
        home = make(data, programs, user, password)
        made_now = False
    cluster = home / "data"
    with contextlib.ExitStack() as leftovers:
        lock = hold(home / "lock")
        if lock is None:
            raise EngineError(
                Text(
                    f"数据库 {home} 正由另一个数据目录使用；{data} 是它的副本。",
                    f"The database {home} is used by another data folder; {data} is a copy of it.",
                )
            )
        leftovers.callback(os.close, lock)
        end_orphan(cluster / "postmaster.pid", str(cluster), signal.SIGINT)
        if made_now:  # somebody removed the file with the password
            single_user(programs, cluster, user, f"ALTER ROLE {NAME} PASSWORD '{password}'")
        sockets, temporary = socket_folder(home, user)
        if temporary:
            leftovers.callback(shutil.rmtree, sockets, ignore_errors=True)
        options = [f"-c{name}={value}" for name, value in SETTINGS.items()]
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
        url = f"postgresql://{NAME}:{password}@/{NAME}?host={quote(str(sockets), safe='/')}"
        return PostgreSQL(url, child, leftovers.pop_all())


def secret(file: Path) -> tuple[str, bool]:
    """The secret in `file`, mode 0600, and whether it was made just now."""
    try:
        return file.read_text().strip(), False
    except FileNotFoundError:
        text = secrets.token_hex(24)
        write_private(file, text + "\n")
        return text, True


def write_private(file: Path, text: str) -> None:
    """Writes a whole file that only its owner can read, or none."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    with os.fdopen(handle, "w") as out:
        out.write(text)
        out.flush()
        os.fsync(handle)
    Path(name).replace(file)


def user_for(data: Path) -> User | None:
    """Whom the server runs as: ourselves, or as root (which it refuses) a user of its own."""
    if os.geteuid() != 0:
        return None
    cluster = data / "postgresql"
    if cluster.exists() and (owner := cluster.stat().st_uid):
        # An ordinary user ran this folder before; it stays that user's.
        entry = pwd.getpwuid(owner)
        return User(entry.pw_name, entry.pw_uid, entry.pw_gid, data)
    entry = system_user()
    return User(entry.pw_name, entry.pw_uid, entry.pw_gid, HOMES)


def system_user() -> pwd.struct_passwd:
    said = ""
    for attempt in range(20):
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            time.sleep(0.1 * bool(attempt))
        useradd = shutil.which("useradd") or "/usr/sbin/useradd"
        words = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", str(HOMES)]
        try:
            said = subprocess.run(  # noqa: S603 - our own words
                [*words, "--shell", "/usr/sbin/nologin", SYSTEM_USER],
                capture_output=True,
                text=True,
            ).stderr
        except FileNotFoundError:
            break
    raise EngineError(
        Text(
            f"PostgreSQL 不能以 root 运行，又无法新建系统用户 {SYSTEM_USER}。"
            f"请改用普通用户。{said}",
            f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} cannot be made. "
            f"Run this as an ordinary user. {said}",
        )
    )


def own(path: Path, user: User | None) -> Path:
    if user:
        os.chown(path, user.uid, user.gid)
    return path


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


def ensure_homes() -> Path:
    """The folder of the system user, which it may pass through and only root may write."""
    HOMES.mkdir(mode=0o711, exist_ok=True)
    HOMES.chmod(0o711)
    return HOMES


def home_of(data: Path, user: User | None) -> Path | None:
    """The folder of the cluster that belongs to `data`, None when it has yet to be made."""
    own_home, pointer = data / "postgresql", data / "postgresql.home"
    if own_home.exists():
        return own_home
    if not pointer.exists():
        return None
    home = Path(pointer.read_text().strip())
    if user is None or not (home / "data").exists():
        raise EngineError(
            Text(
                f"{pointer} 指向的数据库 {home} 不在或不可读（它由 root 创建）。",
                f"The database {home}, named by {pointer} and made by root, is gone or unreadable.",
            )
        )
    return home


def make(data: Path, programs: Path, user: User | None, password: str) -> Path:
    """A new cluster with an empty database; it counts only when it is whole."""
    in_data = user is None or user.home == data
    parent = data if in_data else ensure_homes()
    new = own(Path(tempfile.mkdtemp(dir=parent, prefix=".new-" if in_data else "")), user)
    file = new / "password"
    write_private(file, password + "\n")
    own(file, user)
    # The built-in C.UTF-8 sorts and folds the same on every machine, whatever its libc.
    words = [
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    words += ["--data-checksums", "--auth-local=scram-sha-256", "--auth-host=scram-sha-256"]
    words += [f"--username={NAME}", f"--pwfile={file}", "-D", str(new / "data")]
    run([programs / "initdb", *words], user, new)
    file.unlink()
    single_user(programs, new / "data", user, f"CREATE DATABASE {NAME}")
    if in_data:
        return new.rename(data / "postgresql")
    write_private(data / "postgresql.home", f"{new}\n")
    return new


def single_user(programs: Path, cluster: Path, user: User | None, sql: str) -> None:
    """Runs one statement in a cluster that no server runs on."""
    run([programs / "postgres", "--single", "-D", cluster, "postgres"], user, cluster, f"{sql}\n")


def socket_folder(home: Path, user: User | None) -> tuple[Path, bool]:
    """A folder of mode 0700 for the socket, and whether it is a temporary one."""
    folder = home / "socket"
    too_long = len(os.fsencode(folder / ".s.PGSQL.5432")) > SOCKET_LIMIT
    # PostgreSQL and its clients give commas, spaces and quotes in this path meanings of their own.
    if too_long or not re.fullmatch(r"[\w/.+-]+", str(folder), re.ASCII):
        base = "/tmp" if sys.platform == "linux" else None  # noqa: S108 - mkdtemp makes it private
        return own(Path(tempfile.mkdtemp(dir=base, prefix="notices-")), user), True
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    return own(folder, user), False


def is_ready(pid_file: Path, pid: int) -> bool:
    """Whether the server says in its own file that it takes connections."""
    try:
        lines = pid_file.read_text().split("\n")
    except OSError:
        return False
    return lines[0] == str(pid) and len(lines) > 7 and lines[7].strip() == "ready"
