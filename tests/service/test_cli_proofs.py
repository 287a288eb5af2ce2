"""Commands about answers, keys and agencies, as an operator or a bank's clerk runs them."""

import json
from pathlib import Path
from typing import Any

import pytest

from notices.trust.keys import Keys
from tests.service.test_cli import command, database, environment, refused  # noqa: F401  (a fixture)
from tests.unit.test_answers import VECTORS


@pytest.fixture
def vectors(tmp_path: Path) -> Path:
    (tmp_path / "keys.json").write_text(json.dumps({"log": [], "answers": VECTORS["keys"]}))
    return tmp_path


def answer(folder: Path, content: Any) -> str:
    file = folder / "answer.json"
    file.write_text(json.dumps(content))
    return str(file)


def test_an_answer_is_verified_without_network_and_database(vectors: Path) -> None:
    variables = environment(vectors / "none", DATABASE_URL="postgresql://127.0.0.1:1/none")
    right, wrong = VECTORS["right"][0]["answer"], VECTORS["wrong"][0]["answer"]
    keys = ("--keys", str(vectors / "keys.json"))

    done = command("answer", "verify", answer(vectors, right), *keys, **variables)

    assert done.returncode == 0, done.stderr
    assert "declared" in done.stdout
    assert "没有证明" in done.stdout
    told = refused(command("answer", "verify", answer(vectors, wrong), *keys, **variables))
    assert "does not fit" in told
    assert not (vectors / "none").exists()
    refused(command("answer", "verify", answer(vectors, right), **variables))
    refused(command("answer", "verify", "/no/such", *keys, **variables))
    broken = ("--keys", answer(vectors, {}))
    assert "not usable" in refused(
        command("answer", "verify", answer(vectors, right), *broken, **variables)
    )


def test_a_rotated_key_still_verifies_old_answers_here(tmp_path: Path) -> None:
    variables = environment(tmp_path)
    old = Keys.open(tmp_path / "keys", "notices.example/log")
    signed = {"status": "invalid", "signature": old.answers.sign({"status": "invalid"})}

    done = command("keys", "rotate", "signing", **variables)

    assert done.returncode == 0, done.stderr
    assert Keys.open(tmp_path / "keys", "").answers.key_id in done.stderr
    verified = command("answer", "verify", answer(tmp_path, signed), **variables)
    assert verified.returncode == 0, verified.stderr
    log = command("keys", "rotate", "log", **variables)
    assert Keys.open(tmp_path / "keys", "").log.vkey in log.stderr
    assert command("keys", "rotate", "answers", **variables).returncode == 2
    refused(command("keys", "rotate", "signing", **environment(tmp_path / "none")))


def test_an_agency_gets_its_key_once(tmp_path: Path, database: str) -> None:  # noqa: F811
    variables = environment(tmp_path, DATABASE_URL=database)

    done = command("agencies", "add", "甲局", "--issuer", "甲局", "--issuer", "乙局", **variables)

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("notices_live_")
    assert len(done.stdout.split()) == 1
    assert "乙局" in done.stderr
    assert "already" in refused(command("agencies", "add", "甲局", **variables))
    assert "name" in refused(command("agencies", "add", " ", **variables))


def test_an_agencys_key_is_listed_changed_and_revoked(
    tmp_path: Path,
    database: str,  # noqa: F811
) -> None:
    variables = environment(tmp_path, DATABASE_URL=database)
    first = command("agencies", "add", "丙局", "--expires", "2099-12-31", **variables).stdout
    listed = command("agencies", "list", **variables).stdout
    [line] = [each.split("\t") for each in listed.splitlines() if "丙局" in each]
    id, state, _, until, name, issuers, kind, live, *quotas = line

    assert (state, until, name, issuers) == ("active", "2099-12-31", "丙局", "丙局")
    assert (kind, live, quotas) == ("other", "live", ["-", "-"])
    assert first.strip() not in listed
    rotated = command("agencies", "rotate", id, **variables)
    second = rotated.stdout
    assert second.startswith("notices_live_")
    assert second != first
    assert "is taken until" in rotated.stderr
    assert command("agencies", "revoke", f"{id}.1", **variables).returncode == 0
    listed = command("agencies", "list", **variables).stdout
    keys = [each.split("\t") for each in listed.splitlines() if each.startswith(f"\t{id}.")]
    assert [(each[1], each[2], *each[4:]) for each in keys] == [
        (f"{id}.1", "revoked", each_until(rotated.stderr), "verify,issue", "-", "0"),
        (f"{id}.2", "active", "-", "verify,issue", "-", "0"),
    ]
    at_once = command("agencies", "rotate", id, "--overlap", "0", **variables)
    assert "no longer accepted" in at_once.stderr, at_once.stderr
    assert command("agencies", "revoke", id, **variables).returncode == 0
    listed = command("agencies", "list", **variables).stdout
    assert f"{id}\trevoked" in listed
    assert {each.split("\t")[2] for each in listed.splitlines() if f"\t{id}." in each} == {
        "revoked"
    }
    for words in (("revoke", id), ("rotate", id), ("revoke", "none")):
        assert "list" in refused(command("agencies", *words, **variables))
    assert (
        command("agencies", "add", "丁局", "--expires", "2020-01-01", **variables).returncode == 2
    )
    again = command("agencies", "add", "丙局", **variables)
    assert again.returncode == 0, again.stderr


def each_until(told: str) -> str:
    """The day on which the former key ends, as the command said it."""
    return told.partition("还可用到 ")[2][:10]


def test_what_an_agency_may_do_is_told_when_it_is_added(
    tmp_path: Path,
    database: str,  # noqa: F811
) -> None:
    variables = environment(tmp_path, DATABASE_URL=database)
    bank = command(
        "agencies", "add", "某某平台", "--scope", "verify,batch", "--scope", "masked", "--kind",
        "platform", "--quota", "5000/day", "--masked-quota", "200/day", **variables,
    )  # fmt: skip
    test = command("agencies", "add", "某某平台", "--test", **variables)
    command("agencies", "add", "某某商家", **variables)
    listed = command("agencies", "list", **variables).stdout.splitlines()
    lines = [each.split("\t")[4:] for each in listed if "某某" in each]
    scopes = [each.split("\t")[5] for each in listed if each.startswith("\t")][-3:]

    assert bank.stdout.startswith("notices_live_")
    assert test.stdout.startswith("notices_test_")
    assert "tests" in test.stderr
    assert lines == [
        ["某某平台", "-", "platform", "live", "5000/day", "200/day"],
        ["某某平台", "某某平台", "other", "test", "-", "-"],
        ["某某商家", "-", "other", "live", "-", "-"],
    ]
    assert scopes == ["verify,batch,masked", "verify,issue", "verify"]
    assert "already" in refused(command("agencies", "add", "某某平台", "--test", **variables))
    for words in (
        ("--scope", "write"), ("--quota", "0/day"), ("--quota", "5/hour"), ("--kind", "shop"),
        ("--expires", "9999-12-31"),
    ):  # fmt: skip
        assert command("agencies", "add", "甲局", *words, **variables).returncode == 2
    assert command("agencies", "rotate", "x", "--overlap", "91", **variables).returncode == 2
    [id] = [each.split("\t")[0] for each in listed if "某某商家" in each]
    command("agencies", "change", id, "--quota", "9/day", "--kind", "bank", **variables)
    done = command("agencies", "change", id, "--masked-quota", "usual", **variables)
    assert done.returncode == 0, done.stderr
    changed = command("agencies", "list", **variables).stdout
    assert "\tbank\tlive\t9/day\t-" in changed
    assert "--quota" in refused(command("agencies", "change", id, **variables))
    assert "id" in refused(command("agencies", "change", "x", "--kind", "bank", **variables))
    assert command("agencies", "change", id, "--quota", "0/day", **variables).returncode == 2
    # What InsufficientScope tells an agency to ask for.
    more = command("agencies", "rotate", id, "--scope", "verify,batch", **variables)
    assert more.stdout.startswith("notices_live_"), more.stderr
    assert "issuer" in refused(command("agencies", "rotate", id, "--scope", "issue", **variables))
    keys = command("agencies", "list", **variables).stdout.splitlines()
    scopes = [each.split("\t")[5] for each in keys if each.startswith(f"\t{id}.")]
    assert scopes == ["verify", "verify,batch"], "nothing of what was refused is left"


def test_sessions_are_ended_by_a_command(tmp_path: Path, database: str) -> None:  # noqa: F811
    variables = environment(tmp_path, DATABASE_URL=database)

    for words in (("sign-in", "end"), ("sign-in", "end", "--staff")):
        done = command(*words, **variables)

        assert done.returncode == 0, done.stderr
        assert "结束了 0 个登录。" in done.stderr
