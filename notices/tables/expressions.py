"""What PostgreSQL alone knows while a statement runs: its clocks, and what a column begins with."""

from datetime import timedelta
from typing import Any, TypeVar

from piccolo.columns import Boolean, Column
from piccolo.query.functions import ArrayRemove as without  # noqa: N813  (functions of SQL)
from piccolo.query.functions import Coalesce as coalesce  # noqa: N813
from piccolo.query.functions import Max as latest  # noqa: N813
from piccolo.query.functions import Sum as total  # noqa: N813
from piccolo.querystring import QueryString

__all__ = [
    "CLOCK", "DEFAULT", "NOW", "ago", "coalesce", "filled", "greatest", "is_false", "is_true",
    "is_word", "latest", "total", "without",
]  # fmt: skip

DEFAULT = QueryString("DEFAULT")
NOW = QueryString("now()", alias="now")
"""When the transaction began."""
CLOCK = QueryString("clock_timestamp()", alias="now")
"""Now, for whoever may have waited for a lock meanwhile."""

C = TypeVar("C", bound=Column)


def filled(column: C) -> C:
    """`column`, which the database fills where whoever adds a row does not say it."""
    column.default = DEFAULT
    return column


def ago(time: timedelta) -> QueryString:
    # What is taken away from a time may be another time; what is added is an interval.
    return NOW + -time


def is_true(column: Boolean) -> QueryString:
    """As an index of some rows has it: one that is compared with a value is not found by that."""
    return QueryString("{}", column)


def is_word(column: Column, word: str) -> QueryString:
    """Whether a text is `word`, one of ours, written out as an index of some rows has it."""
    if not word.isidentifier():
        raise ValueError(word)
    return QueryString(f"{{}} = '{word}'", column)


def is_false(column: Boolean) -> QueryString:
    """As `is_true`."""
    return QueryString("NOT {}", column)


def greatest(*of: Any) -> QueryString:
    return QueryString(f"greatest({', '.join('{}' for _ in of)})", *of)
