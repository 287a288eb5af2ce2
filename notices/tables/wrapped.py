"""The table of data keys: nothing in it opens anything without a key that no database holds."""

from piccolo.columns import Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from notices.database import DB
from notices.tables.expressions import filled


class DataKey(Table, db=DB, tablename="data_key"):
    """A key that seals values, wrapped by the master key; `since` when whatever is new is sealed.

    There it is twice, by two masters, while one takes the place of the other.
    """

    purpose = Text(primary_key=True, default=None)
    generation = Integer(default=None)
    master = Bytea(default=None)
    algorithm = Bytea(default=None)
    id = Bytea(default=None)
    wrapped = Bytea(default=None)
    since = filled(Timestamptz(default=None))
    retired_at = Timestamptz(default=None, null=True)
