"""What operators watch: how long the log is, and how far its followers are behind."""

from dataclasses import dataclass

from notices import relay
from notices.database import DB


@dataclass(frozen=True, slots=True)
class Vitals:
    """Entries in the log; of the search index what it lacks, since when, and what it refused."""

    log_size: int
    lag_events: int
    lag_seconds: float
    parked: int


async def measure() -> Vitals:
    """Raises what the database raises when it is away."""
    events, seconds = await relay.lag()
    row = await DB.row(
        "SELECT size, (SELECT count(*) FROM parked) AS parked FROM log_head WHERE id = 1"
    )
    if row is None:
        raise RuntimeError("The log has no head: the database was not migrated.")
    return Vitals(row["size"], events, seconds, row["parked"])
