"""Keys for private values are replaced beside a register in use, and nothing is lost."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from notices import data_keys, identity, session_locks
from notices import deployment as deployments
from notices.audit import auditing
from notices.audit.comparing import Numbers
from notices.changing import exhibits, unfinished
from notices.changing.draft import Draft
from notices.database import DB
from notices.deployment import Deployment, WrongDatabase, refuse_other_keys
from notices.identity import Person
from notices.settings import Settings
from notices.trust import succession
from notices.trust.keys import exported, import_into
from notices.trust.sealing import HEADER, Aes256Gcm, KeyOfBytes, Sm4Gcm
from notices.trust.watching import Difference
from notices.upkeep import refiling, resealing, rotating
from tests import api
from tests.api import declaration
from tests.conftest import SignIn
from tests.files import kept, pdf
from tests.owning import owned, owning
from tests.samples import ANNA

NUMBER = "JY13799990000011"
OTHER = {
    "kind": "organisation", "name": "赵六", "identifier": "379999198803120137",
    "organisation": {"name": "青州市老街杂货铺", "identifier": "92379999MA00000316"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch, uploads: Path) -> None:
    soon(monkeypatch)


def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody learns of a new key at once."""
    monkeypatch.setattr(rotating, "LEARNED_WITHIN", timedelta(milliseconds=20))
    monkeypatch.setattr(rotating, "STORED_WITHIN", timedelta(milliseconds=40))
    monkeypatch.setattr(rotating, "REST", 0.0)
    monkeypatch.setattr(rotating, "BETWEEN", 0.02)


def nobody(done: int, total: int) -> None:
    """Watches."""


async def rotate(deployment: Deployment, kind: type[KeyOfBytes] = Aes256Gcm) -> None:
    async with owning():
        assert await rotating.begin_sealing(deployment, kind)
        assert await rotating.go_on(deployment, nobody)
        assert not await rotating.waits(deployment)


async def headers() -> dict[str, set[bytes]]:
    """By what all values are sealed, of each column."""
    found: dict[str, set[bytes]] = {}
    for column in resealing.SEALED:
        rows = await DB.fetch(
            f"SELECT DISTINCT substr({column.column}, 1, {HEADER}) AS header FROM {column.table}"
            f" WHERE length({column.column}) > 0"
        )
        found[f"{column.table}.{column.column}"] = {row["header"] for row in rows}
    return found


@dataclasses.dataclass
class Register:
    """One with a value in every place where something is sealed."""

    id: str
    mandated: str
    objection: str
    draft: str
    anna: httpx.AsyncClient
    officer: httpx.AsyncClient


@pytest_asyncio.fixture(loop_scope="session")
async def register(
    restaurant: httpx.AsyncClient, anna: httpx.AsyncClient, officer: httpx.AsyncClient,
    sign_in: SignIn, uploads: Path,
) -> AsyncIterator[Register]:  # fmt: skip
    id = (await api.declared(restaurant)).id
    other = await sign_in(OTHER)
    organisation: Any = OTHER["organisation"]
    theirs = {"kind": "organisation"} | organisation
    refused = await other.post("/api/v1/notices", json=declaration(holder=theirs))
    assert refused.status_code == 409
    fields = {"number": (None, NUMBER), "ground": (None, "other"), "text": (None, "证件在我手里。")}
    filed = await anna.post(
        f"/api/v1/notices/{id}/objections", files={**fields, "evidence": ("a.pdf", pdf())}
    )
    assert filed.status_code == 201, filed.text
    watched = {"certificate": "food-operation-license", "number": NUMBER, "label": "没有依据"}
    assert (await anna.post("/api/v1/watches", json=watched)).status_code == 201
    plain = {"number": NUMBER, "ground": "other", "text": "证件在我手里。"}
    await other.post(f"/api/v1/notices/{id}/objections", json=plain)
    reject = {"decision": "reject", "reason": "没有依据", "objection": filed.json()["id"]}
    rejected = await officer.post(f"/api/v1/notices/{id}/decisions", json=reject)
    assert rejected.status_code == 201, rejected.text
    body = api.unusual("JY13799990000062", relation="mandate")
    form = {"declaration": (None, json.dumps(body)), "exhibit": ("a.pdf", pdf())}
    mandated = await anna.post("/api/v1/notices", files=form)
    assert mandated.status_code == 201, mandated.text
    confirmed = await officer.post(f"/api/v1/notices/{mandated.json()['id']}/confirmation")
    assert confirmed.status_code == 201, confirmed.text
    typed = {"certificate": "food-operation-license", "at": "matter", "to": "number"}
    begun = await anna.post("/declare", data=typed)
    yield Register(
        id, mandated.json()["id"], filed.json()["id"], begun.headers["location"], anna, officer
    )


async def shown(register: Register, uploads: Path, deployment: Deployment) -> list[Any]:
    """Whatever somebody sees of what is sealed."""
    officer, answers = register.officer, []
    for path in (
        "/api/v1/objections", "/api/v1/rivals", f"/api/v1/notices/{register.mandated}/exhibit",
        f"/api/v1/objections/{register.objection}/evidence",
    ):  # fmt: skip
        answer = await officer.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        answers.append(answer.content)
    draft = await register.anna.get(register.draft)
    assert "食品经营" in draft.text
    for path in kept(uploads):
        answers.append(b"".join(exhibits.content(deployment, path.name)))
    return answers


async def audited(settings: Settings) -> None:
    async with auditing.snapshot(settings.database_url or "") as connection:
        await auditing.audit(connection, nobody, numbers=Numbers(settings))


@pytest.mark.parametrize("kind", [Aes256Gcm, Sm4Gcm])
async def test_all_that_is_sealed_is_sealed_anew_and_seen_as_before(
    register: Register, deployment: Deployment, settings: Settings, uploads: Path,
    kind: type[KeyOfBytes],
) -> None:  # fmt: skip
    before, was = await shown(register, uploads, deployment), await headers()
    rare = {"brake.sealed", "brake.decision", "flag.decision", "rival.decision", "purpose.sealed"}
    assert {column for column, each in was.items() if not each} <= rare
    old = deployment.keys.sealer.present

    await rotate(deployment, kind)

    new = deployment.keys.sealer.present
    assert new.header != old.header
    assert new.algorithm == kind.algorithm
    assert await headers() == {
        column: {new.header} if each else set() for column, each in was.items()
    }
    assert set(refiling.counts(deployment)) == {new.header}
    assert await shown(register, uploads, deployment) == before
    [first, *others] = await rotating.listed(deployment)
    assert (first.header, first.retired_at) == (new.header, None)
    assert first.rows >= 10
    assert first.files == 2
    assert all(each.retired_at and not each.rows + each.files for each in others)
    await audited(settings)


async def test_every_column_that_is_sealed_is_known(database: None) -> None:
    rows = await DB.fetch(
        "SELECT table_name AS table, column_name AS column FROM information_schema.columns"
        " WHERE table_schema = 'public' AND column_name IN ('sealed', 'decision')"
    )

    known = {(each.table, each.column) for each in resealing.SEALED}
    assert {(row["table"], row["column"]) for row in rows} == known | {("sign_in", "sealed")}


async def test_another_process_opens_by_a_new_key_before_anybody_seals_by_it(
    database: None, deployment: Deployment, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotating, "LEARNED_WITHIN", timedelta(seconds=1))
    another = deployments.load(settings)
    await data_keys.load(another.keys)
    old = another.keys.sealer.present
    async with owning():
        assert await rotating.begin_sealing(deployment, Aes256Gcm)
        await data_keys.load(another.keys)
        assert another.keys.sealer.present is old
        assert another.keys.sealer.seal(b"x", b"")[:HEADER] == old.header

        await rotating.go_on(deployment, nobody)

    fresh = deployment.keys.sealer.seal(b"plain", b"here")
    assert fresh[:HEADER] != old.header
    assert another.keys.sealer.open(fresh, b"here") == b"plain"
    await data_keys.load(another.keys)
    assert another.keys.sealer.seal(b"x", b"")[:HEADER] == fresh[:HEADER]


async def test_a_process_that_is_not_told_yet_asks_to_be_asked_again(
    register: Register, deployment: Deployment, app: Any
) -> None:
    stranger = Aes256Gcm.generate()
    person = Person(kind="officer", name="王五", identifier="379999190001020023")
    token = await identity.sign_in(deployment, person)
    key = identity.token_hash(token)
    async with owning():
        await DB.fetch(
            "UPDATE session SET sealed = $1 WHERE token_hash = $2", stranger.seal(b"{}", key), key
        )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=api_base()) as client:
        client.cookies = register.officer.cookies
        name = next(iter(client.cookies))
        client.cookies = httpx.Cookies()
        answer = await client.get("/api/v1/objections", headers={"Cookie": f"{name}={token}"})

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"


def api_base() -> str:
    from tests.conftest import BASE

    return BASE


async def test_one_rotation_is_done_before_another_begins(
    database: None, deployment: Deployment
) -> None:
    async with owning():
        assert await rotating.begin_sealing(deployment, Aes256Gcm)
        assert not await rotating.begin_sealing(deployment, Aes256Gcm)
        assert not await rotating.begin_master(deployment, Aes256Gcm)
        assert await rotating.waits(deployment)
        async with session_locks.taken(rotating.LOCK) as first:
            assert first
            assert not await rotating.go_on(deployment, nobody)
        assert await rotating.go_on(deployment, nobody)
        assert not await rotating.waits(deployment)


async def test_what_somebody_writes_meanwhile_is_not_written_over(
    register: Register, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Person(
        kind=str(ANNA["kind"]), name=str(ANNA["name"]), identifier=str(ANNA["identifier"])
    )
    id = register.draft.rpartition("/")[2]
    token = await identity.sign_in(deployment, person)
    usual, typed = resealing._write, []

    async def write(column: Any, made: Any) -> None:
        if column.table == "draft":
            typed.append(
                await unfinished.change(
                    deployment, person, token, id,
                    lambda _: Draft({"number": "JY1"}, step="number"),
                )
            )  # fmt: skip
        await usual(column, made)

    monkeypatch.setattr(resealing, "_write", write)
    await rotate(deployment)

    assert typed
    draft = await unfinished.find(deployment, person, id)
    assert draft is not None
    assert draft.fields == {"number": "JY1"}


async def test_a_file_that_is_redacted_meanwhile_stays_away(
    register: Register, deployment: Deployment, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, loop = refiling._anew, asyncio.get_running_loop()

    def anew(sealer: Any, path: Path) -> bool:
        done = usual(sealer, path)
        if path.name == register.objection:
            return done
        content = path.read_bytes()
        asyncio.run_coroutine_threadsafe(redacted(), loop).result()
        if not path.exists():
            path.write_bytes(content)  # as if it had been renamed a moment after
        return done

    async def redacted() -> None:
        await register.officer.post(
            f"/api/v1/notices/{register.mandated}/redaction", json={"reason": "x"}
        )

    monkeypatch.setattr(refiling, "_anew", anew)
    await rotate(deployment)

    assert [path.name for path in kept(uploads)] == [register.objection]


async def test_a_value_that_no_key_opens_is_left_and_told_and_holds_up_nothing(
    register: Register, deployment: Deployment, settings: Settings, uploads: Path
) -> None:
    spoilt = "UPDATE rival SET sealed = set_byte(sealed, 20, (get_byte(sealed, 20) + 1) % 256)"
    await owned(DB.fetch(spoilt))
    file = next(path for path in kept(uploads) if path.name == register.objection)
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    old = deployment.keys.sealer.present.header

    await rotate(deployment)

    assert (await headers())["rival.sealed"] == {old}
    assert file.read_bytes() == content[:-1]
    left = {each.header: each for each in await rotating.listed(deployment)}[old]
    assert (left.rows, left.files) == (1, 1)
    with pytest.raises(Difference, match="rival"):
        await audited(settings)


async def test_what_a_stopped_process_stores_after_a_key_retired_opens_still(
    register: Register, deployment: Deployment
) -> None:
    late = deployment.keys.sealer.present
    await rotate(deployment)
    fresh = late.seal(b"{}", register.id.encode())
    await owned(DB.fetch("UPDATE rival SET sealed = $1", fresh))

    [_, second, *_] = await rotating.listed(deployment)
    assert (second.header, second.rows) == (late.header, 1)
    await rotate(deployment)
    assert late.header not in (await headers())["rival.sealed"]


class Killed(BaseException):
    """As if by SIGKILL: nothing is tidied up."""


STEPS = ("wrapped", "settled", "left")


@pytest.mark.parametrize(
    ("step", "kind"), [(None, Sm4Gcm), (None, Aes256Gcm), *((step, Aes256Gcm) for step in STEPS)]
)
async def test_a_master_key_takes_the_place_of_another_killed_after_whichever_step(
    register: Register, deployment: Deployment, settings: Settings, uploads: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, step: str | None, kind: type[KeyOfBytes],
) -> None:  # fmt: skip
    folder = settings.keys_folder
    import_into(tmp_path / "old" / "keys", exported(folder))
    before = await shown(register, uploads, deployment)
    old = deployment.keys.sealer.master

    async with owning():
        assert await rotating.begin_master(deployment, kind)
        import_into(tmp_path / "between" / "keys", exported(folder))
        if step is not None:
            _kill_at(monkeypatch, step)
            with pytest.raises(Killed):
                await rotating.go_on(deployment, nobody)
            monkeypatch.undo()
            soon(monkeypatch)
            # Whoever starts now is served, and so is whoever was there.
            await refuse_other_keys(deployments.load(settings))
            await audited(settings)
            assert await shown(register, uploads, deployment) == before
        assert await rotating.waits(deployment)
        assert not await rotating.begin_sealing(deployment, kind)
        assert await rotating.go_on(deployments.load(settings), nobody)

    await data_keys.load(deployment.keys)
    sealer = deployment.keys.sealer
    assert sealer.master.header != old.header
    assert sealer.master.algorithm == kind.algorithm
    assert {row.master for row in sealer.wrapped} == {sealer.master.id}
    assert not (folder / "sealing.next").exists()
    assert await shown(register, uploads, deployment) == before
    assert {header for each in (await headers()).values() for header in each} == {
        sealer.present.header
    }
    await audited(settings)
    await refuse_other_keys(deployments.load(settings))
    with pytest.raises(WrongDatabase, match="sealing"):
        await refuse_other_keys(
            deployments.load(dataclasses.replace(settings, data=tmp_path / "old"))
        )
    # What was exported after it began holds the new one.
    between = deployments.load(dataclasses.replace(settings, data=tmp_path / "between"))
    succession.settle(tmp_path / "between" / "keys")
    between = deployments.load(dataclasses.replace(settings, data=tmp_path / "between"))
    await refuse_other_keys(between)


def _kill_at(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def die(*anything: Any) -> Any:
        raise Killed

    settle = succession.settle

    def settled(folder: Path) -> None:
        settle(folder)
        raise Killed

    if step == "wrapped":
        monkeypatch.setattr(succession, "settle", die)
    elif step == "settled":
        monkeypatch.setattr(succession, "settle", settled)
    else:
        monkeypatch.setattr(rotating, "_reseal", die)


async def test_what_the_version_before_sealed_is_sealed_anew_too(
    register: Register, deployment: Deployment, settings: Settings
) -> None:
    """By the key in the file itself; also where that takes another's place first."""
    master = deployment.keys.sealer.master
    rows = await DB.fetch("SELECT notice, sealed FROM notice_private")
    async with owning():
        for row in rows:
            place = row["notice"].encode()
            plain = deployment.keys.sealer.open(row["sealed"], place)
            await DB.fetch(
                "UPDATE notice_private SET sealed = $1 WHERE notice = $2",
                master.seal(plain, place), row["notice"],
            )  # fmt: skip
    await audited(settings)
    assert await rotating.listed(deployment)

    async with owning():
        assert await rotating.begin_master(deployment, Aes256Gcm)
        assert await rotating.go_on(deployment, nobody)

    assert (await headers())["notice_private.sealed"] == {deployment.keys.sealer.present.header}
    await audited(settings)
