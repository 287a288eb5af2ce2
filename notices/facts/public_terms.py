"""For how long a person's notice is public; after it the text goes, and status and proofs stay.

PIPL Art. 19 and 47: personal information is kept no longer than its purpose needs. Organisations'
notices have no end.
"""

from datetime import datetime, timedelta

from notices.facts.texts import CHINA

ANNOUNCED = timedelta(days=30)
"""How long before the end its declarant is told."""
YEAR = timedelta(days=365.25)


def moved(at: datetime, years: int) -> datetime:
    """The same time so many years later, or before; of 29 February the day before where needed."""
    there = at.astimezone(CHINA)
    try:
        return there.replace(year=there.year + years)
    except ValueError:
        return there.replace(year=there.year + years, day=28)


def end(published_at: datetime, holder_kind: str | None, years: int | None) -> datetime | None:
    """When the text of a notice leaves the public; None where it stays."""
    return moved(published_at, years) if years and holder_kind == "person" else None
