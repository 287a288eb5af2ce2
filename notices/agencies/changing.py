"""What an operator changes of an agency that is there: its quotas, and what kind it is."""

from collections.abc import Mapping
from typing import Any

from notices.agencies import NoSuchAgency
from notices.tables import Agency


async def change(id: str, to: Mapping[str, int | str | None]) -> None:
    """Change agency `id`, from the next request on, for each of its keys and its staff.

    `to` names `quota`, `masked_quota` (checks a day; None: as many as are usual) or `kind`. Raises
    NoSuchAgency, also of one that is one no more.
    """
    values: dict[Any, Any] = {getattr(Agency, column): value for column, value in to.items()}
    changed = Agency.update(values).where(Agency.id == id, Agency.revoked_at.is_null())
    if not await changed.returning(Agency.id):
        raise NoSuchAgency
