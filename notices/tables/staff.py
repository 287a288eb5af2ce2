"""The tables of what staff do: the audit log, what they said before they look, flags, brakes."""

from piccolo.columns import BigInt, Bytea, Text, Timestamptz
from piccolo.table import Table

from notices.database import DB
from notices.tables.expressions import filled


class Journal(Table, db=DB, tablename="journal"):
    """What staff and operators did, each entry chained to the last; their names are sealed."""

    number = BigInt(primary_key=True, default=None)
    entry = Text(default=None)
    # A trigger makes it of the entry.
    hash = filled(Bytea(default=None))
    sealed = Bytea(default=None)


class Purpose(Table, db=DB, tablename="purpose"):
    """What for an officer looks at a notice's private values in this session, sealed."""

    session = Bytea(primary_key=True, default=None)
    notice = Text(default=None)
    sealed = Bytea(default=None)
    at = filled(Timestamptz(default=None))


class Flag(Table, db=DB, tablename="flag"):
    """A declaration that an officer is to look at; it is published all the same."""

    id = filled(BigInt(primary_key=True, default=None))
    notice = Text(default=None)
    kind = Text(default=None)
    at = filled(Timestamptz(default=None))
    # Both null while it waits. Sealed: who has set it aside, and why.
    set_aside_at = Timestamptz(default=None, null=True)
    decision = Bytea(default=None, null=True)


class Brake(Table, db=DB, tablename="brake"):
    """Who has changed as many notices as one may within an hour (sealed), and who released it."""

    id = filled(BigInt(primary_key=True, default=None))
    actor = Bytea(default=None)
    sealed = Bytea(default=None)
    at = filled(Timestamptz(default=None))
    released_at = Timestamptz(default=None, null=True)
    decision = Bytea(default=None, null=True)
