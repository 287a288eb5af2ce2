"""The folder of our own PostgreSQL gives nobody more than he has."""

import os
import pwd
import secrets
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from notices.engines import EngineError, Engines
from notices.engines import cluster as engine_cluster
from notices.engines import postgresql as engine_postgresql
from tests import commands, enginefarm
from tests.engines.test_engines import ask, cluster, quiet

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder whose database was made and has stopped."""
    folder = tmp_path_factory.mktemp("made") / "var"
    start(folder).close()
    yield folder
    enginefarm.remove(folder)


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of it with a database of its own, which takes a tenth of the time of making one."""
    folder = tmp_path / "var"
    copy(made, folder)
    pointer = folder / "postgresql.home"
    if pointer.exists():
        home = Path(pointer.read_text().strip())
        own = home.with_name(f"{home.name}-{secrets.token_hex(4)}")
        copy(home, own)
        pointer.write_text(f"{own}\n")
    yield folder
    enginefarm.remove(folder)


def copy(folder: Path, to: Path) -> None:
    """With owners, which shutil leaves behind."""
    subprocess.run(["cp", "-a", folder, to], check=True)


def start(data: Path) -> Engines:
    return Engines.open(data, meili_url="http://there", say=quiet)


def migrate(data: Path, engines: Engines) -> None:
    """In a process of its own: the one pool of this one may be another database's."""
    environment = {
        **os.environ,
        "DATA": str(data),
        "DATABASE_URL": engines.database_url,
        "DATABASE_OWNER_URL": engines.owner_url,
        "MEILI_URL": "http://there",
    }
    commands.run(environment, "migrate").check_returncode()


def as_superuser(data: Path, database: str, *statements: str) -> None:
    user = engine_postgresql.user_for(data)
    programs = engine_postgresql.programs_for(user)
    for statement in statements:
        engine_cluster.single_user(programs, cluster(data), user, database, statement)


async def owners(url: str) -> set[object]:
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT tableowner FROM pg_tables WHERE schemaname = 'public'"
            " UNION SELECT sequenceowner FROM pg_sequences WHERE schemaname = 'public'"
            " UNION SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'notices'"
        )
        return {row[0] for row in rows}
    finally:
        await connection.close()


async def test_neither_role_is_a_superuser_and_whoever_serves_owns_nothing(data: Path) -> None:
    with start(data) as engines:
        migrate(data, engines)

        for url in (engines.database_url, engines.owner_url):
            assert await ask(url, "SELECT current_setting('is_superuser')") == "off"
            assert await owners(url) == {engine_cluster.OWNER}
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await ask(url, "COPY log_head FROM PROGRAM 'id'")
            with pytest.raises(asyncpg.InvalidPasswordError):
                await ask(url, "SELECT 1", user=engine_cluster.NAME)
        with pytest.raises(asyncpg.InvalidPasswordError):
            await ask(engines.database_url, "SELECT 1", user=engine_cluster.OWNER)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask(engines.database_url, "CREATE DATABASE another")


async def test_a_database_that_its_service_owned_goes_on_under_the_two(data: Path) -> None:
    """As versions before there was an owner made it."""
    with start(data) as engines:
        migrate(data, engines)
    (data / "owner.password").unlink()
    service, owner = engine_cluster.SERVICE, engine_cluster.OWNER
    as_superuser(
        data,
        "notices",
        f"REASSIGN OWNED BY {owner} TO {service}",
        f"DROP OWNED BY {owner}",
        f"DROP ROLE {owner}",
        f"ALTER ROLE {service} CREATEDB PASSWORD 'known'",
    )

    for _ in range(2):
        with start(data) as engines:
            migrate(data, engines)
            assert await owners(engines.database_url) == {owner}
            assert await ask(engines.database_url, "SELECT count(*) FROM event") == 0
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await ask(engines.database_url, "DELETE FROM event")
            with pytest.raises(asyncpg.InvalidPasswordError):
                await ask(engines.database_url, "SELECT 1", password="known")


@pytest.mark.parametrize("missing", sorted(engine_cluster.PASSWORDS.values()))
async def test_a_password_that_was_lost_is_made_anew(data: Path, missing: str) -> None:
    """Also when it was killed between the two files."""
    (data / missing).unlink()

    with start(data) as engines:
        assert await ask(engines.database_url, "SELECT 1") == 1
        assert await ask(engines.owner_url, "SELECT 1") == 1
    assert all((data / name).exists() for name in engine_cluster.PASSWORDS.values())


LOCKED_OUT = (
    "PASSWORD 'known'", "PASSWORD NULL", "SET local_preload_libraries = 'nowhere'",
)  # fmt: skip
OWN_SETTINGS = (
    "SET synchronous_commit = off",
    "SET default_transaction_read_only = on",
    "SET search_path = nowhere",
    "SET statement_timeout = 1",
    "SET gin_fuzzy_search_limit = 1",
    "IN DATABASE notices SET enable_indexscan = off",
    "IN DATABASE postgres SET work_mem = '64kB'",
)


async def test_what_a_role_set_for_itself_ends_with_the_next_start_which_says_so(
    data: Path,
) -> None:
    with start(data) as engines:
        before = engines.database_url
        for own in OWN_SETTINGS:
            # One change each, as the last but one would keep the next from being made.
            await ask(
                before, f"ALTER ROLE {engine_cluster.SERVICE} {own}",
                server_settings={"default_transaction_read_only": "off", "statement_timeout": "0"},
            )  # fmt: skip
    said: list[str] = []

    with Engines.open(data, meili_url="http://there", say=said.append) as engines:
        assert engines.database_url == before
        assert await ask(before, "SELECT count(*) FROM pg_db_role_setting") == 0
        assert await ask(before, "SHOW synchronous_commit") == "on"
    told = "\n".join(said)
    assert [own for own in OWN_SETTINGS if own.split("SET ")[1].split(" =")[0] not in told] == []


async def test_a_role_that_locked_itself_out_is_let_in_again(data: Path) -> None:
    for change in LOCKED_OUT:
        with start(data) as engines:
            await ask(engines.database_url, f"ALTER ROLE {engine_cluster.SERVICE} {change}")
        said: list[str] = []

        with Engines.open(data, meili_url="http://there", say=said.append) as engines:
            assert await ask(engines.database_url, "SELECT 1") == 1
            assert await ask(engines.owner_url, "SELECT 1") == 1
        assert "set anew" in "\n".join(said), change


async def test_a_database_of_an_older_version_goes_on_under_the_new_role(data: Path) -> None:
    (data / "database.password").unlink()
    (data / "owner.password").unlink()
    (data / "postgresql.password").write_text("the superuser's\n")
    as_superuser(
        data,
        "notices",
        "ALTER DATABASE notices OWNER TO notices",
        f"DROP ROLE {engine_cluster.SERVICE}",
        f"DROP ROLE {engine_cluster.OWNER}",
        "ALTER ROLE notices PASSWORD 'known'",
        "CREATE TABLE kept (n bigint GENERATED ALWAYS AS IDENTITY, s serial)",
        "CREATE SEQUENCE counted",
    )
    if os.geteuid() == 0:
        entry = pwd.getpwnam(engine_postgresql.SYSTEM_USER)
        os.chown(cluster(data).parent, entry.pw_uid, entry.pw_gid)
        cluster(data).parent.chmod(0o700)

    for _ in range(2):
        with start(data) as engines:
            url = engines.owner_url
            await ask(url, "INSERT INTO kept DEFAULT VALUES")
            assert await owners(url) == {engine_cluster.OWNER}
            with pytest.raises(asyncpg.InvalidPasswordError):
                await ask(url, "SELECT 1", user="notices", password="known")
            migrate(data, engines)
    assert not (data / "postgresql.password").exists()
    if os.geteuid() == 0:
        assert cluster(data).parent.stat().st_uid == 0


def test_a_failing_statement_is_an_error_that_does_not_show_it(data: Path) -> None:
    with pytest.raises(EngineError) as failed:
        as_superuser(data, "notices", "ALTER ROLE nobody_here PASSWORD 'hidden'")

    assert "nobody_here" in str(failed.value)
    assert "hidden" not in str(failed.value)


@root_only
def test_roots_folder_cannot_be_changed_by_the_databases_user(data: Path) -> None:
    home = cluster(data).parent
    uid = pwd.getpwnam(engine_postgresql.SYSTEM_USER).pw_uid

    assert (home.stat().st_uid, stat.S_IMODE(home.stat().st_mode)) == (0, 0o711)
    for name in ("data", "socket"):
        found = (home / name).lstat()
        assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (uid, 0o700)
    assert (home / "lock").stat().st_uid == 0


@root_only
def test_a_start_as_root_says_that_the_database_is_not_in_data(data: Path) -> None:
    told: list[str] = []

    Engines.open(data, meili_url="http://there", say=told.append).close()

    assert str(cluster(data).parent) in "".join(told)


@root_only
@pytest.mark.parametrize("name", ["socket", "data", "lock"])
def test_a_link_in_the_databases_folder_is_refused_and_not_followed(
    data: Path, tmp_path: Path, name: str
) -> None:
    home = cluster(data).parent
    moved = home / "moved"
    (home / name).rename(moved)
    target = tmp_path / "roots"
    if name == "lock":
        target.touch(0o600)
    else:
        target.mkdir(0o755)
    before = target.stat()
    (home / name).symlink_to(target)

    with pytest.raises(EngineError, match=r"链接(.|\n)*link"):
        start(data)

    after = target.stat()
    assert (after.st_uid, after.st_mode) == (before.st_uid, before.st_mode)
    (home / name).unlink()
    moved.rename(home / name)
    start(data).close()


@root_only
def test_a_home_elsewhere_is_not_made_roots(data: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "data").mkdir(parents=True)
    pointer = data / "postgresql.home"
    known = pointer.read_text()
    pointer.write_text(f"{elsewhere}\n")

    with pytest.raises(EngineError, match="was not used"):
        start(data)

    pointer.write_text(known)
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o755


@root_only
def test_root_runs_an_ordinary_users_folder_with_that_users_rights(tmp_path: Path) -> None:
    entry = pwd.getpwnam("nobody")
    data = Path(tempfile.mkdtemp(prefix="notices-ordinary-"))
    try:
        user = engine_postgresql.User(entry.pw_name, entry.pw_uid, entry.pw_gid, data)
        home = data / "postgresql"
        home.mkdir(0o700)
        for folder in (data, home):
            os.chown(folder, entry.pw_uid, entry.pw_gid)

        folder, temporary = engine_cluster.socket_folder(home, user)

        assert (folder, temporary) == (home / "socket", False)
        assert folder.stat().st_uid == entry.pw_uid
        folder.rmdir()
        folder.symlink_to(tmp_path)
        before = tmp_path.stat()
        with pytest.raises(EngineError, match="Permission denied"):
            engine_cluster.socket_folder(home, user)
        assert tmp_path.stat() == before
    finally:
        enginefarm.remove(data)
