"""Statements that Piccolo says once, when a module is loaded, and not for every request anew.

Building one takes as long as asking it (`bench/saying.py`).
"""

import inspect
from collections.abc import Callable
from typing import Any

import asyncpg
from piccolo.query.base import Query

from notices.database import DB


class Place(str):
    """Stands in a statement where a value is to be; a text is what every column takes as it is."""

    __slots__ = ("number",)

    number: int


class Prepared:
    """What `build` makes of a place for each of its parameters."""

    def __init__(self, build: Callable[..., Query[Any, Any]]) -> None:
        places = []
        for number, name in enumerate(inspect.signature(build).parameters):
            place = Place(name)
            place.number = number
            places.append(place)
        self.sql, *self._values = as_sql(build(*places))

    async def fetch(self, *values: Any) -> list[asyncpg.Record]:
        """Rows of the statement with a value for each parameter, as `DB.fetch` has them."""
        with_values = [
            values[each.number] if type(each) is Place else each for each in self._values
        ]
        return await DB.fetch(self.sql, *with_values)

    async def row(self, *values: Any) -> asyncpg.Record | None:
        rows = await self.fetch(*values)
        return rows[0] if rows else None


def as_sql(query: Query[Any, Any]) -> tuple[Any, ...]:
    """The statement and its values, for a connection of one's own: `fetch(*as_sql(…))`."""
    query._validate()  # type: ignore[no-untyped-call]  # refuses what deletes or changes all
    (one,) = query.querystrings
    sql, values = one.compile_string(query.engine_type)
    return sql, *values
