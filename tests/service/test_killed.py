"""kill -9 between the commit of an event and the signing of its checkpoint: nothing is lost."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from notices import declarations, log, register
from notices.changing import amending, deciding
from notices.database import DB
from notices.deployment import Deployment
from notices.facts.requests import Declaration
from notices.idempotency import Done, Once
from notices.identity import Organisation, Person
from notices.trust import receipts
from notices.upkeep import tidying
from tests import api
from tests.api import declaration
from tests.engines import test_awaiting
from tests.files import kept
from tests.samples import RESTAURANT
from tests.service import ROOT

ORGANISATION: Any = RESTAURANT["organisation"]
PERSON = Person(
    kind="organisation",
    name=str(RESTAURANT["name"]),
    identifier=str(RESTAURANT["identifier"]),
    organisation=Organisation(**ORGANISATION),
)

# Another web process on the same database and keys, that dies where nothing can be caught.
DYING = """
import asyncio, os, signal, sys
from pathlib import Path
from notices import data_keys, deployment, log, register
from notices.changing import exhibits
from notices.database import DB
from notices.settings import Settings
from tests.service import test_killed

async def main(data, url, act, id):
    here = deployment.load(Settings(data=Path(data), demo=True))
    def die(*anything):
        os.kill(os.getpid(), signal.SIGKILL)
    await DB.start(url, 2)
    await data_keys.load(here.keys)
    if act == "declare":
        log.receipt = die
    elif act == "redact":
        exhibits.take_away = die
    else:
        register.Notice.public = die
    await getattr(test_killed, act)(here, id)

asyncio.run(main(*sys.argv[1:]))
"""


def once(deployment: Deployment, path: str) -> Once:
    return Once.of(deployment.keys.sealer.passing, "somebody", path, "k", b"{}")


async def declare(deployment: Deployment, id: str = "") -> Done:
    form = msgspec.convert(declaration(), Declaration)
    certificate = deployment.catalogue.certificates[form.certificate or ""]
    return await declarations.declare(
        deployment, PERSON, form, certificate=certificate, once_=once(deployment, "/declare")
    )


async def withdraw(deployment: Deployment, id: str) -> Done:
    return await amending.withdraw(deployment, PERSON, id, "found", once(deployment, "/withdraw"))


async def redact(deployment: Deployment, id: str) -> Done:
    return await deciding.redact(deployment, PERSON, id, "x", once(deployment, "/redact"))


async def killed(deployment: Deployment, act: str, id: str = "") -> None:
    settings = deployment.settings
    process = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", DYING, str(settings.data), settings.database_url or "", act, id],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert process.returncode == -signal.SIGKILL, process.stderr


@pytest.mark.usefixtures("database")
async def test_a_declaration_killed_before_its_receipt_is_answered_with_one_when_sent_again(
    deployment: Deployment,
) -> None:
    await killed(deployment, "declare")
    assert (await log.head())[0] == 1

    answer = msgspec.json.decode((await declare(deployment)).response)

    assert (await log.head())[0] == 1
    receipt = msgspec.json.encode(answer["receipt"])
    proven = receipts.verify(receipt, deployment.keys.log.vkey)
    assert (proven.id, proven.index, proven.kind) == (answer["id"], 0, "published")
    assert (await declare(deployment)).response == msgspec.json.encode(answer).decode()


@pytest.mark.usefixtures("database")
async def test_a_withdrawal_killed_before_its_answer_is_made_once(deployment: Deployment) -> None:
    id = msgspec.json.decode((await declare(deployment)).response)["id"]
    await killed(deployment, "withdraw", id)

    answer = msgspec.json.decode((await withdraw(deployment, id)).response)

    assert (answer["index"], answer["kind"]) == (1, "withdrawn")
    assert answer["notice"]["status"] == "reinstated"
    size, root = await log.head()
    receipt = await register.receipt(deployment, await register.get(id), 1)
    assert size == 2
    assert receipts.verify(msgspec.json.encode(receipt), deployment.keys.log.vkey).size == 2
    assert len(root) == 32
    assert await DB.fetch("SELECT 1 FROM claim WHERE living") == []


async def test_the_exhibit_of_a_killed_redaction_is_forgotten_whatever_its_age(
    anna: httpx.AsyncClient, officer: httpx.AsyncClient, deployment: Deployment, uploads: Path
) -> None:
    others = (await api.declared(anna, declaration(relation="liquidator"), test_awaiting.PNG)).id
    [kept_for_good] = kept(uploads)
    id = (await api.declared(anna, test_awaiting.MANDATE, test_awaiting.PNG)).id
    [file] = set(kept(uploads)) - {kept_for_good}
    for each in kept(uploads):
        os.utime(each, times=(time.time() - 60 * 86_400,) * 2)
    await killed(deployment, "redact", id)
    assert (await officer.get(api.of(id, "exhibit"))).status_code == 404
    assert file.exists()

    tidying_on = asyncio.create_task(tidying.keep_tidy(deployment))
    for _ in range(100):
        if not file.exists():
            break
        await asyncio.sleep(0.05)
    tidying_on.cancel()

    assert kept(uploads) == [kept_for_good]
    assert (await officer.get(api.of(others, "exhibit"))).status_code == 200
