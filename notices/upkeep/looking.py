"""Whether a database is one to serve from: written with our keys and rules, and no older copy."""

from notices.database import Database
from notices.deployment import Deployment, refuse_another_database
from notices.upkeep.forking import refuse_a_fork


async def look_at(url: str, deployment: Deployment) -> None:
    """Refuse the one at `url` as a start does, before anything else is asked of it.

    Raises WrongDatabase; Unavailable and PostgresError while there is none, or none that was
    migrated.
    """
    database = Database()
    await database.start(url, 1)
    try:
        await refuse_another_database(deployment, database)
        await refuse_a_fork(deployment, database)
    finally:
        await database.stop()
