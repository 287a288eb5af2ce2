"""For whom the declarant of a notice spoke: their own paper, a child's, a client's."""

from notices import tables
from notices.register import Notice
from notices.tables.prepared import Prepared

_RELATION = Prepared(
    lambda notice: tables.NoticePrivate.select(tables.NoticePrivate.relation).where(
        tables.NoticePrivate.notice == notice
    )
)


async def relation_of(notice: Notice) -> str | None:
    """For whom its declarant spoke, which its statement says too; None where that was removed."""
    row = await _RELATION.row(notice.id) if notice.form is not None else None
    return str(row["relation"]) if row is not None and row["relation"] else None
