"""The table of what checks came to."""

from piccolo.columns import BigInt, Date, Text
from piccolo.table import Table

from notices.database import DB


class CheckCount(Table, db=DB, tablename="check_count"):
    """How many checks of a certificate there were in a month, in China's days, and how many of
    them met a notice."""

    month = Date(primary_key=True, default=None)
    certificate = Text(default=None)
    checks = BigInt(default=None)
    met = BigInt(default=None)
