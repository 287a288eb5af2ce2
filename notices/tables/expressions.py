"""What PostgreSQL alone knows while a statement runs: its clocks, and what a column begins with."""

from datetime import timedelta
from typing import Any, TypeVar

from piccolo.columns import Column
from piccolo.query.functions import Coalesce as coalesce  # noqa: N813  (a function of SQL)
from piccolo.querystring import QueryString

__all__ = ["CLOCK", "DEFAULT", "NOW", "ago", "coalesce", "filled", "greatest"]

DEFAULT = QueryString("DEFAULT")
NOW = QueryString("now()")
"""When the transaction began."""
CLOCK = QueryString("clock_timestamp()")
"""Now, for whoever may have waited for a lock meanwhile."""

C = TypeVar("C", bound=Column)


def filled(column: C) -> C:
    """`column`, which the database fills where whoever adds a row does not say it."""
    column.default = DEFAULT
    return column


def ago(time: timedelta) -> QueryString:
    # What is taken away from a time may be another time; what is added is an interval.
    return NOW + -time


def greatest(*of: Any) -> QueryString:
    return QueryString(f"greatest({', '.join('{}' for _ in of)})", *of)
