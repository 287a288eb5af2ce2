"""The tables of whoever is told: watched numbers, what is to be told of them, alerts of checks."""

from piccolo.columns import BigInt, Bytea, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from notices.database import DB
from notices.tables.expressions import filled


class Watch(Table, db=DB, tablename="watch"):
    """A number that somebody watches, by its keyed hash: an agency, or a person by theirs.

    Told are events from the place `since` of the log on. `receiver` says, hashed, at which host
    its webhook is, and `gone_at` when that said that it wants no more. Number and webhook are
    sealed.
    """

    id = Text(primary_key=True, default=None)
    agency = Text(default=None, null=True)
    owner = Bytea(default=None, null=True)
    by_certificate = Bytea(default=None)
    rules = SmallInt(default=None)
    at = Timestamptz(default=None)
    since = BigInt(default=None)
    receiver = Bytea(default=None, null=True)
    gone_at = Timestamptz(default=None, null=True)
    sealed = Bytea(default=None)


class Delivery(Table, db=DB, tablename="delivery"):
    """An event that a watch tells of, and what became of telling it.

    `status` is the notice's just after it. It waits to be sent while there is a `due_at`; without
    one, and neither `delivered_at` nor `dead_at`, it is only shown.
    """

    watch = Text(primary_key=True, default=None)
    event = BigInt(default=None)
    status = Text(default=None)
    at = filled(Timestamptz(default=None))
    receiver = Bytea(default=None, null=True)
    due_at = Timestamptz(default=None, null=True)
    attempts = filled(Integer(default=None))
    answered = SmallInt(default=None, null=True)
    error = Text(default=None, null=True)
    delivered_at = Timestamptz(default=None, null=True)
    dead_at = Timestamptz(default=None, null=True)


class Alert(Table, db=DB, tablename="alert"):
    """In which hour an agency of which kind met a notice whose holder wants to hear of it."""

    notice = Text(primary_key=True, default=None)
    hour = Timestamptz(default=None)
    kind = Text(default=None)
