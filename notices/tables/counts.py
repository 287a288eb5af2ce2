"""The tables of what is only counted: checks, notices, and how long things took."""

from piccolo.columns import BigInt, Date, SmallInt, Text
from piccolo.table import Table

from notices.database import DB


class CheckCount(Table, db=DB, tablename="check_count"):
    """How many checks of a certificate there were in a month, in China's days, and how many of
    them met a notice."""

    month = Date(primary_key=True, default=None)
    certificate = Text(default=None)
    checks = BigInt(default=None)
    met = BigInt(default=None)


class Statistic(Table, db=DB, tablename="statistic"):
    """How many notices there are by month, certificate and county, as far as a follower of the log
    has counted; the one that is shown, or another that counts everything anew."""

    follower = Text(primary_key=True, default=None)
    measure = Text(default=None)
    key = Text(default=None)
    value = BigInt(default=None)


class Duration(Table, db=DB, tablename="duration"):
    """How often something took so long on a day, in China's days, by the steps of `buckets`."""

    day = Date(primary_key=True, default=None)
    measure = Text(default=None)
    bucket = SmallInt(default=None)
    times = BigInt(default=None)
