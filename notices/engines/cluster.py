"""The folder of our own PostgreSQL: who owns which part of it, and who may do what inside.

Started as root, `home` is root's, and the database's user owns `data` and `socket` within it but
cannot move them. In a folder that it could change, whoever got into the database would put a
link where root is about to make, open or give away something.
"""

import contextlib
import os
import re
import secrets
import shutil
import stat
import sys
import tempfile
from pathlib import Path

from notices import files
from notices.engines.children import EngineError, User, run
from notices.facts.texts import Message

NAME = "notices"
"""Of the database, and of the superuser who owns the cluster and never connects."""
OWNER = "notices_owner"
"""The role that owns the database and makes its tables; it has no power beyond it."""
SERVICE = "notices_service"
"""The role that the service connects as: it may do what `migrating.granting.GRANTS` lists."""
AUDITOR = "notices_auditor"
"""The role that may read the audit log, and nothing else."""
PASSWORDS = {
    OWNER: "owner.password",
    SERVICE: "database.password",
    AUDITOR: "audit.password",
}
"""The files in DATA that they are kept in."""
HOMES = Path("/var/lib/notices-pg")
SOCKET_LIMIT = 100
"""Bytes that a socket's path may have; the kernel's own limit is 104 on macOS and 108 on Linux."""

# Once more in every cluster whose passwords we do not know: of a new one, of one whose files were
# removed, and of one that an older version made, where the service was the superuser or the owner.
# One statement, so that it happens as a whole or not at all.
ROLES = f"""
DO $roles$ DECLARE owned regclass; routine regprocedure; role text; place text; BEGIN
FOREACH role IN ARRAY ARRAY['{OWNER}', '{SERVICE}', '{AUDITOR}'] LOOP
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
    EXECUTE format('CREATE ROLE %I', role);
  END IF;
  EXECUTE format('ALTER ROLE %I RESET ALL', role);
  FOR place IN SELECT d.datname FROM pg_db_role_setting s, pg_database d
    WHERE d.oid = s.setdatabase AND s.setrole = role::regrole
  LOOP EXECUTE format('ALTER ROLE %I IN DATABASE %I RESET ALL', role, place); END LOOP;
END LOOP;
ALTER ROLE {OWNER} LOGIN CREATEDB NOSUPERUSER NOCREATEROLE PASSWORD '{{{OWNER}}}';
ALTER ROLE {SERVICE} LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE PASSWORD '{{{SERVICE}}}';
ALTER ROLE {AUDITOR} LOGIN NOCREATEDB NOSUPERUSER NOCREATEROLE PASSWORD '{{{AUDITOR}}}';
ALTER ROLE {NAME} PASSWORD NULL;
REASSIGN OWNED BY {SERVICE} TO {OWNER};
ALTER DATABASE {NAME} OWNER TO {OWNER};
FOR owned IN SELECT c.oid FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
  AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND c.relowner <> '{OWNER}'::regrole
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i')
    AND d.refclassid = 'pg_class'::regclass)
LOOP EXECUTE format('ALTER TABLE %s OWNER TO {OWNER}', owned); END LOOP;
FOR routine IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
  AND p.proowner <> '{OWNER}'::regrole
LOOP EXECUTE format('ALTER ROUTINE %s OWNER TO {OWNER}', routine); END LOOP;
END $roles$
"""  # noqa: S608 - our own names


def ensure_homes() -> Path:
    """The folder above the homes, which the system user may pass through and only root write."""
    with contextlib.suppress(FileExistsError):
        HOMES.mkdir(mode=0o711)
    found = HOMES.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0:
        raise unsafe(HOMES)
    HOMES.chmod(0o711)
    return HOMES


def unsafe(path: Path) -> EngineError:
    return EngineError(_FOREIGN.format(path=path))


def secure(home: Path, user: User | None) -> None:
    """Makes `home` root's when we are root; EngineError when something in it is not what it was.

    Older versions gave `home` to the database's user. What is looked at afterwards stays as it
    is: nobody else can change the folder any more.
    """
    if user is None or user.home != HOMES:
        return
    if home.parent != ensure_homes():
        raise unsafe(home)
    try:
        folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        raise unsafe(home) from None
    try:
        if os.fstat(folder).st_uid not in (0, user.uid):
            raise unsafe(home)
        os.fchown(folder, 0, 0)
        os.fchmod(folder, 0o711)
        for name, kind, owner in (
            ("data", stat.S_ISDIR, user.uid),
            ("socket", stat.S_ISDIR, user.uid),
            ("lock", stat.S_ISREG, 0),
        ):
            with contextlib.suppress(FileNotFoundError):
                found = os.stat(name, dir_fd=folder, follow_symlinks=False)
                if not kind(found.st_mode) or found.st_uid != owner:
                    raise unsafe(home / name)
    finally:
        os.close(folder)


def own(path: Path, user: User | None) -> Path:
    """Gives `path`, in a folder of ours, to `user`."""
    if user:
        os.chown(path, user.uid, user.gid, follow_symlinks=False)
    return path


def home_of(data: Path, user: User | None) -> Path | None:
    """The folder of the cluster that belongs to `data`, None when it has yet to be made."""
    own_home, pointer = data / "postgresql", data / "postgresql.home"
    if own_home.exists():
        return own_home
    if not pointer.exists():
        return None
    home = Path(pointer.read_text().strip())
    if user is None or not (home / "data").exists():
        raise EngineError(_GONE.format(pointer=pointer, home=home))
    return home


def make(data: Path, programs: Path, user: User | None) -> Path:
    """A new cluster with an empty database; it counts only when it is whole."""
    parent = ensure_homes() if user else data
    new = Path(tempfile.mkdtemp(dir=parent, prefix="" if user else ".new-"))
    if user:
        new.chmod(0o711)
    cluster, file = new / "data", new / "password"
    cluster.mkdir(mode=0o700)
    own(cluster, user)
    files.put(file, f"{secrets.token_hex(24)}\n".encode())
    own(file, user)
    # The built-in C.UTF-8 sorts and folds the same on every machine, whatever its libc.
    words = [
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    ]
    words += ["--data-checksums", "--auth-local=scram-sha-256", "--auth-host=scram-sha-256"]
    words += [f"--username={NAME}", f"--pwfile={file}", "-D", str(cluster)]
    run([programs / "initdb", *words], user, new)
    file.unlink()
    single_user(programs, cluster, user, "postgres", f"CREATE DATABASE {NAME}")
    if user is None:
        return new.rename(data / "postgresql")
    files.put(data / "postgresql.home", f"{new}\n".encode())
    return new


def passwords(
    data: Path, programs: Path, cluster: Path, user: User | None, *, anew: bool = False
) -> dict[str, str]:
    """The roles' passwords from their files; where one is missing all get new ones, and rights.

    No server may run on `cluster`. `anew`: also where all are there, since they are not right.
    """
    kept = {role: data / name for role, name in PASSWORDS.items()}
    if not anew:
        with contextlib.suppress(FileNotFoundError):
            return {role: file.read_text().strip() for role, file in kept.items()}
    # Not one of them may be left that is no longer right when we are killed in between.
    for file in kept.values():
        file.unlink(missing_ok=True)
    words = {role: secrets.token_hex(24) for role in kept}
    single_user(programs, cluster, user, NAME, " ".join(ROLES.format(**words).split()))
    for role, file in kept.items():
        files.put(file, f"{words[role]}\n".encode())
    return words


def single_user(
    programs: Path, cluster: Path, user: User | None, database: str, statement: str
) -> None:
    """Runs one line of SQL in a cluster that no server runs on; EngineError when it fails."""
    # What it says when it fails is shown, and must not hold the statement: there is a password in.
    options = ("exit_on_error=on", "log_error_verbosity=terse", "log_min_error_statement=panic")
    settings = [f"-c{option}" for option in options]
    words: list[str | Path] = [
        programs / "postgres",
        "--single",
        *settings,
        "-D",
        cluster,
        database,
    ]
    run(words, user, cluster, f"{statement}\n")


def socket_folder(home: Path, user: User | None) -> tuple[Path, bool]:
    """A folder of mode 0700 for the socket, and whether it is a temporary one."""
    folder = home / "socket"
    too_long = len(os.fsencode(folder / ".s.PGSQL.5432")) > SOCKET_LIMIT
    # PostgreSQL and its clients give commas, spaces and quotes in this path meanings of their own.
    if too_long or not re.fullmatch(r"[\w/.+-]+", str(folder), re.ASCII):
        base = "/tmp" if sys.platform == "linux" else None  # noqa: S108 - mkdtemp makes it private
        return own(Path(tempfile.mkdtemp(dir=base, prefix="notices-")), user), True
    if user and user.home != HOMES:
        # An ordinary user's folder, who may have put anything there: made with their rights alone.
        mkdir = shutil.which("mkdir") or "/bin/mkdir"
        run([mkdir, "-p", "-m", "700", folder], user, home)
        return folder, False
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    return own(folder, user), False


_FOREIGN = Message(
    "{path} 不是应有的文件或目录（是链接，或属于别的用户），因此没有使用它。"
    "请查明是谁改动的，再把它移走。"
)
_GONE = Message("{pointer} 指向的数据库 {home} 不在或不可读（它由 root 创建）。")
