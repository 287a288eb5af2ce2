"""What the service has done so far, as numbers: of all notices and checks, never of one."""

import msgspec

from notices.facts.public.shown import Day, Time


class Percentiles(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds within which half, and nineteen of twenty, were done."""

    p50: float
    p95: float


class Fresh(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds from the time of a new notice's entry until each tells of it: a check, the search
    index, the offline list. Null while nothing was measured."""

    check: Percentiles | None
    search: Percentiles | None
    list: Percentiles | None


class FreshOnDay(Fresh, frozen=True, kw_only=True):
    """The same, of what was measured on one day in China."""

    day: Day


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """A month in China (`2026-11`): how many notices were published, how many checks met one."""

    month: str
    notices: int
    checks_met: int


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """Every event before `as_of` is counted.

    `notices` are all that were ever published, whatever became of them; `people` the declarations
    by persons and organisations that they came from, each as often as it declared; `money_saved`,
    in yuan, `notices` times the price of one in a newspaper (`newspaper_price`). In `by_region` are
    those whose text is there: a redaction removes the county too. `seconds_to_publish` is of what
    was declared on the pages, from the first step that was sent to the notice; it and `freshness`
    are of the last 30 days.
    """

    as_of: Time
    notices: int
    people: int
    money_saved: int
    newspaper_price: int
    seconds_to_publish: Percentiles | None
    freshness: Fresh
    freshness_by_day: list[FreshOnDay]
    checks_met: int
    by_month: list[Month]
    by_certificate: dict[str, int]
    by_region: dict[str, int]
