"""How long things take, measured where they really happen, and kept as counts by day and step.

Nothing says whose notice or draft it was, or when within the day.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from notices.database import DB
from notices.facts.buckets import bucket
from notices.tallies import Tally

Measure = Literal["publish", "check", "search", "list"]

DURATIONS = Tally(
    "INSERT INTO duration AS d (day, measure, bucket, times)"
    " SELECT (now() AT TIME ZONE '+08:00'::interval)::date, t.measure, t.bucket, t.times"
    " FROM unnest($1::text[], $2::smallint[], $3::bigint[]) AS t (measure, bucket, times)"
    " ORDER BY t.measure, t.bucket"
    " ON CONFLICT (day, measure, bucket) DO UPDATE SET times = d.times + excluded.times"
)

# An entry whose time is long before what was known last was given that time by who wrote it, as
# made-up notices are: nobody waited for it since then.
_AGES = """
SELECT extract(epoch FROM clock_timestamp() - at)::float8 AS seconds FROM event
WHERE index >= $1 AND index < $2 AND kind = 'published' AND notice <> ALL($4::text[])
  AND at >= $3::timestamptz - interval '1 hour'
ORDER BY index
"""


def took(measure: Measure, seconds: float) -> None:
    """Something took so long; it is written within seconds, and lost if the process is killed."""
    DURATIONS.count(measure, bucket(seconds), times=1)


async def told(
    measure: Measure, first: int, end: int, known_at: datetime, without: Sequence[str] = ()
) -> None:
    """The notices published from the place `first` of the log to before `end` are told of now.

    But for those named `without`. `known_at` is when all before `first` was told. It is written in
    the transaction that is open, if any.
    """
    ages = await DB.fetch(_AGES, first, end, known_at, list(without))
    counted = Counter(bucket(row["seconds"]) for row in ages)
    tally = Tally(DURATIONS.add)
    for step, times in counted.items():
        tally.count(measure, step, times=times)
    await tally.write()
