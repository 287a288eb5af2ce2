"""After an older restore no id is given twice, and no key signs two logs of one size."""

import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from notices.database import DB
from notices.demo import fill
from notices.deployment import Deployment, Held, refuse_another_database
from notices.facts.notice_ids import LARGEST_SERIAL
from notices.trust.keys import Keys, rotate
from notices.trust.notes import NoteVerifier, parse_checkpoint
from notices.trust.signed import SIGNED, signed_in
from notices.upkeep import accepting, forking
from tests import api
from tests.owning import owned

MANY = [f"JY1379999{serial:07}" for serial in range(20)]


@pytest.mark.parametrize(
    ("seconds", "ids"),
    [
        (0, 0),
        (1, 2_000),
        (60, 120_000),
        (3_600, 120_000 + 20 * 3_540),
        (86_460, 120_000 + 20 * 86_400),
        (7 * 86_400, 120_000 + 20 * 86_400 + 6 * 86_400 - 60),
        (-5, 120_000 + 20 * 86_340),
    ],
)
def test_ids_are_left_out_by_the_time_in_which_they_may_have_been_given(
    seconds: float, ids: int
) -> None:
    assert forking.may_have_been_given(seconds) == ids


@pytest_asyncio.fixture(loop_scope="session")
async def connection(database_url: str, client: httpx.AsyncClient) -> AsyncIterator[Any]:
    """In the register of `client`, which is put right afterwards."""
    connection = await asyncpg.connect(database_url)
    last = await connection.fetchval("SELECT last_value FROM notice_serial")
    yield connection
    await connection.execute("UPDATE log_head SET spent_key = NULL, spent_size = NULL")
    await connection.execute("DELETE FROM hold")
    await connection.execute("SELECT setval('notice_serial', $1)", last)
    await connection.close()


async def test_the_serial_goes_past_what_may_have_been_given_and_never_back_or_out(
    connection: Any,
) -> None:
    async def at(serial: int) -> int:
        return int(await connection.fetchval("SELECT setval('notice_serial', $1)", serial))

    now = datetime.now(UTC)
    await at(1_000)
    moved = await forking.step_over(connection, now - timedelta(minutes=1), 40)
    assert 121_040 <= moved <= 121_040 + 20 * 60
    # Known from a mirror: what was given is beyond what the database remembers.
    moved = await forking.step_over(connection, now, 0, 500_000)
    assert 500_000 <= moved <= 600_000
    # Counted from the notices there are it was moved far enough already.
    assert await forking.step_over(connection, now, again=True) == moved
    await at(LARGEST_SERIAL - 11)
    assert await forking.step_over(connection, now - timedelta(days=9)) == LARGEST_SERIAL - 6
    assert await connection.fetchval("SELECT nextval('notice_serial')") == LARGEST_SERIAL - 5


async def test_a_key_that_signed_a_longer_log_signs_no_other_root_and_a_new_one_does(
    restaurant: httpx.AsyncClient, deployment: Deployment, connection: Any, tmp_path: Path
) -> None:
    old = Keys.open(tmp_path / "keys", "testserver.example/log")
    mixed = {"matching": deployment.keys.matching, "sealer": deployment.keys.sealer}
    before = dataclasses.replace(deployment, keys=dataclasses.replace(old, **mixed))
    await DB.fetch("DELETE FROM key_check WHERE purpose IN ('log key', 'answers key')")
    await refuse_another_database(before)
    try:
        notice = (await api.offer(restaurant, api.unusual(MANY[0]))).json()
        vkey = deployment.keys.log.vkey
        await forking.spend(connection, 1, vkey)

        refused = await api.offer(restaurant, api.unusual(MANY[1]))
        assert (refused.status_code, refused.json()["code"]) == (503, "log_key_due")
        assert (await restaurant.get("/health/ready")).json()["log_key"] == "due"
        note = (await restaurant.get("/log/checkpoint")).text
        assert parse_checkpoint(NoteVerifier(vkey).open(note))[1] == 1
        path = f"/api/v1/notices/{notice['id']}/receipt"
        assert (await restaurant.get(path)).status_code == 200
        # Whoever fills a demo signs nothing; what is longer is then left unsigned.
        await owned(fill(deployment, 2, 1, lambda done, total: None))
        for where in ("/log/checkpoint", path):
            answer = await restaurant.get(where, headers={"Accept": "application/json"})
            assert answer.status_code == 503

        await forking.spend(connection, 1, old.log.vkey)
        new = rotate(tmp_path / "keys", "log")
        after = dataclasses.replace(deployment, keys=dataclasses.replace(new, **mixed))
        await owned(refuse_another_database(after))
        assert (await api.offer(restaurant, api.unusual(MANY[1]))).status_code == 201
    finally:
        await DB.fetch("DELETE FROM key_check WHERE purpose IN ('log key', 'answers key')")
        await refuse_another_database(deployment)


async def test_what_stands_beside_the_key_tells_an_older_copy_of_the_database(
    restaurant: httpx.AsyncClient, deployment: Deployment, connection: Any, database_url: str
) -> None:
    folder = deployment.settings.keys_folder
    (folder / SIGNED).unlink(missing_ok=True)
    deployment.keys.log.__dict__.pop("_open", None)
    for number in MANY[:2]:
        assert (await api.offer(restaurant, api.unusual(number))).status_code == 201
    vkeys = deployment.keys.log_vkeys
    older = await connection.fetch("SELECT * FROM log_node ORDER BY level, position")
    assert (await api.offer(restaurant, api.unusual(MANY[2]))).status_code == 201
    found = signed_in(folder)
    assert found is not None
    assert (found[0], found[1].size) == (vkeys[0], 3)
    await forking.refuse_a_fork(deployment)
    assert await accepting.accept(database_url, folder, vkeys) is None

    # The database as it was before the third.
    await connection.execute("DELETE FROM log_node WHERE level = 0 AND position = 2")
    await connection.execute("UPDATE log_head SET size = 2, peaks = $1", older[-1]["hash"])
    with pytest.raises(Held, match="has signed a log of 3 entries"):
        await forking.refuse_a_fork(deployment)
    last = await connection.fetchval("SELECT last_value FROM notice_serial")
    accepted = await accepting.accept(database_url, folder, vkeys)
    assert accepted is not None
    assert accepted[0] == []
    assert accepted[1] > last
    await forking.refuse_a_fork(deployment)
    assert (await api.offer(restaurant, api.unusual(MANY[3]))).json()["code"] == "log_key_due"
    assert await accepting.accept(database_url, folder, vkeys) is None
    head = await connection.fetchrow("SELECT spent_key, spent_size FROM log_head")
    assert tuple(head) == (vkeys[0], 2)

    # And as one that was declared into since: nothing is known to be the same.
    await connection.execute("UPDATE log_head SET spent_key = NULL, spent_size = NULL, size = 4")
    with pytest.raises(Held, match="an older copy"):
        await forking.refuse_a_fork(deployment)
    assert await accepting.accept(database_url, folder, vkeys) is not None
    head = await connection.fetchrow("SELECT spent_key, spent_size FROM log_head")
    assert tuple(head) == (vkeys[0], 0)
    (folder / SIGNED).unlink()
    deployment.keys.log.__dict__.pop("_open", None)


async def test_a_record_that_cannot_be_written_or_read_stops_nothing(
    tmp_path: Path, deployment: Deployment
) -> None:
    keys = Keys.open(tmp_path / "keys", "testserver.example/log")
    (tmp_path / "keys" / SIGNED).mkdir()

    assert parse_checkpoint(NoteVerifier(keys.log.vkey).open(keys.log.checkpoint(1, bytes(32))))
    assert signed_in(tmp_path / "keys") is None
    (tmp_path / "keys" / SIGNED).rmdir()
    keys.log.checkpoint(2, bytes(32))
    keys.log.checkpoint(1, bytes(32))
    found = signed_in(tmp_path / "keys")
    assert found is not None
    assert found[1].size == 2
    (tmp_path / "keys" / SIGNED).write_text("x")
    assert signed_in(tmp_path / "keys") is None
    keys.log.checkpoint(1, bytes(32))
    other = rotate(tmp_path / "keys", "log")
    other.log.checkpoint(1, bytes(32))
    found = signed_in(tmp_path / "keys")
    assert found is not None
    assert found[0] == other.log.vkey
