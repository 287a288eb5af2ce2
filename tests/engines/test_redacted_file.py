"""What a redaction removed is in no file of the search engine after a rebuild (redaction.md)."""

import os
from pathlib import Path

from notices import relay
from notices.deployment import Deployment
from search.admin import Admin
from tests import enginefarm
from tests.publishing import caught_up, declared, redacted, relaying, until

NUMBER = "JYZZQMARKXQZZ"


def found(text: str) -> int:
    """How often a text stands in the indexes' files."""
    folder = Path(os.environ[enginefarm.DATA]) / "meilisearch"
    files = list(folder.rglob("indexes/*/data.mdb"))
    assert files
    return sum(file.read_bytes().count(text.encode()) for file in files)


async def test_a_rebuild_leaves_nothing_of_a_redacted_notice_in_the_index_files(
    database: None, deployment: Deployment, admin: Admin
) -> None:
    await relay.reindex(deployment, admin, lambda done, total: None)
    async with relaying(deployment, admin):
        id = await declared(deployment, NUMBER)
        await until(caught_up)
        there = found(NUMBER)
        await redacted(deployment, id)
        await until(caught_up)

    await relay.reindex(deployment, admin, lambda done, total: None)

    assert there > 0
    assert found(NUMBER) == 0
