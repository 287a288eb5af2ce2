"""What operators watch: how long the log is, and how far its followers are behind."""

from dataclasses import dataclass

from notices import relay
from notices.database import DB
from notices.facts.texts import Text
from notices.upkeep import clock


@dataclass(frozen=True, slots=True)
class Vitals:
    """Entries in the log; of the search index what it lacks, since when, and what it refused.

    `clock` says why nothing can be written for the time being, None where it can; nor can it
    when `key_due`, until the log has a new key.
    """

    log_size: int
    lag_events: int
    lag_seconds: float
    parked: int
    clock: Text | None
    key_due: bool


async def measure() -> Vitals:
    """Raises what the database raises when it is away."""
    events, seconds = await relay.lag()
    asked = clock.HERE.now()
    row = await DB.row(
        "SELECT size, (SELECT count(*) FROM parked) AS parked, later, spent_key,"
        " clock_timestamp() AS now,"
        " greatest(last_at, to_timestamp(0)) AS last_at FROM log_head WHERE id = 1"
    )
    if row is None:
        raise RuntimeError("The log has no head: the database was not migrated.")
    wrong = clock.HERE.why_no_turn(asked, row["now"], row["last_at"], row["later"])
    due = row["spent_key"] is not None
    return Vitals(row["size"], events, seconds, row["parked"], wrong, due)
