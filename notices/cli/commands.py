"""What commands are made of: how one is added, and the engines that it works on."""

import argparse
import contextlib
import dataclasses
import os
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, TypeAlias

from notices.cli.terminal import say
from notices.settings import Settings

if TYPE_CHECKING:
    Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
else:
    Commands = argparse._SubParsersAction


def add(
    group: Commands,
    name: str,
    run: Callable[[Settings, argparse.Namespace], None],
    words: str,
) -> argparse.ArgumentParser:
    """A command of `group`; `words` say in both languages what it does."""
    command = group.add_parser(name, help=words, description=words)
    command.set_defaults(run=run)
    return command


@contextlib.asynccontextmanager
async def at_work(settings: Settings) -> AsyncIterator[Settings]:
    """A migrated database under DB, on engines that run already or are started for this."""
    from notices.database import DB
    from notices.engines import Engines
    from notices.migrating import migrate

    with Engines.of(settings, say) as engines:
        # Read when the relay's code is imported, which no command does before.
        os.environ["SEARCH_FOLLOWER"] = engines.follower
        await migrate(engines.owner_url, engines.database_url, auditor=engines.auditor_url)
        await DB.start(engines.owner_url, 4)
        try:
            yield dataclasses.replace(
                settings,
                database_url=engines.database_url,
                meili_url=engines.meili_url,
                meili_master_key=engines.meili_master_key,
            )
        finally:
            await DB.stop()
