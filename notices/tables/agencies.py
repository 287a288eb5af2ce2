"""The tables of agencies: who they are, their keys, and how much each key is used."""

from piccolo.columns import Array, BigInt, Boolean, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from notices.database import DB
from notices.tables.expressions import filled


class Agency(Table, db=DB, tablename="agency"):
    """Who has keys, for which issuers they speak, and how much they may ask in a day."""

    id = Text(primary_key=True, default=None)
    name = Text(default=None)
    issuers = Array(base_column=Text(), default=None)
    created_at = filled(Timestamptz(default=None))
    revoked_at = Timestamptz(default=None, null=True)
    kind = filled(Text(default=None))
    # Its keys are answered from fixtures.
    test = filled(Boolean(default=None))
    # Null: as many as everybody's.
    quota = Integer(default=None, null=True)
    masked_quota = Integer(default=None, null=True)


class AgencyKey(Table, db=DB, tablename="agency_key"):
    """A key of an agency, kept as its hash, and what it is for."""

    id = Text(primary_key=True, default=None)
    agency = Text(default=None)
    key_hash = Bytea(default=None)
    scopes = Array(base_column=Text(), default=None)
    created_at = filled(Timestamptz(default=None))
    expires_at = Timestamptz(default=None, null=True)
    revoked_at = Timestamptz(default=None, null=True)
    # Nobody is told of checks that are made with it.
    silent = filled(Boolean(default=None))


class AgencyUse(Table, db=DB, tablename="agency_use"):
    """How many checks were made with a key on a day, in China's days; of which numbers is kept
    nowhere."""

    day = Date(primary_key=True, default=None)
    key = Text(default=None)
    checks = BigInt(default=None)
