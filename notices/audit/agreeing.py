"""Whether the notices are what their events made of them: first differences, found by PostgreSQL.

The audit asks this after it has found the events to be what the log says.
"""

from collections.abc import Iterator
from typing import Any

from notices.facts import periods
from notices.facts.catalogue import Period
from notices.facts.event_kinds import CONFIRM, END, END_CLAIMS, listed, standing, stands
from notices.facts.public.notice import UNDECIDED
from notices.facts.texts import Message, rfc3339
from notices.trust.watching import Difference
from notices.upkeep.rescheduling import ENDS, life

ROWS = 4_096
PIECE = 65_536
"""Entries of the log whose notices one statement looks at: each comes to its end in good time."""

_ORPHANS = """
SELECT e.index, e.notice, CASE
    WHEN n.id IS NULL THEN 'no_notice'
    WHEN e.kind = 'published' THEN 'second'
    ELSE 'unpublished' END AS wrong
FROM event e LEFT JOIN notice n ON n.id = e.notice
WHERE e.index >= $1 AND e.index < $2 AND (n.id IS NULL
  OR (e.kind = 'published') <> (e.index = n.published_index) OR e.index < n.published_index)
ORDER BY e.index LIMIT 1
"""

# An admission and a dismissal are each taken back by the other's event: what then is dismissed, no
# event alone tells. It is in the audit log, which is searched for it behind a dismissal only.
_UNDONE = """
SELECT count(*) FROM journal u
JOIN journal d ON 'entry ' || d.number = u.entry::jsonb -> 'about' ->> 1
WHERE u.entry::jsonb -> 'notices' ? n.id AND u.entry::jsonb ->> 'what' = 'undo'
  AND d.entry::jsonb -> 'notices' ? n.id AND d.entry::jsonb ->> 'what' IN ('admit', 'dismiss')
"""

# A correction's event says of each field what it was before and after; the last one counts.
_CONFIRMED = f"c.notice = n.id AND c.kind IN {listed(CONFIRM)} AND {stands('c')}"
_NOTICES = f"""
SELECT id, published_index, wrong FROM (
  SELECT n.id, n.published_index, CASE
      WHEN p.index IS NULL OR p.notice <> n.id THEN 'index'
      WHEN n.published_at <> p.at THEN 'at'
      WHEN n.form IS DISTINCT FROM p.form - 'happened_at' || coalesce((
        SELECT jsonb_object_agg(field.key, field.value -> 'after' ORDER BY c.index)
        FROM event c
        CROSS JOIN LATERAL jsonb_each(c.form - ARRAY['statement', 'happened_at']) AS field
        WHERE c.notice = n.id AND c.kind = 'corrected'), '{{}}') THEN 'form'
      WHEN (p.form ? 'notice_period') <> (n.period_from IS NOT DISTINCT FROM 'form')
        OR p.form -> 'notice_period' <> CASE WHEN n.period_value IS NULL THEN 'null'
          ELSE jsonb_build_object('value', n.period_value, 'unit', n.period_unit) END
        THEN 'period'
      WHEN n.period_from IS NOT NULL AND n.period_value IS NULL
        AND n.effective_at <> n.published_at AND NOT EXISTS (SELECT 1 FROM event c
          WHERE {_CONFIRMED} AND c.at = n.effective_at
            AND coalesce(p.form ? 'awaiting', true)) THEN 'at_once'
      WHEN n.awaiting AND NOT coalesce(p.form ? 'awaiting', true)
        OR p.form ? 'awaiting' AND n.awaiting = EXISTS (SELECT 1 FROM event c
          WHERE {_CONFIRMED}) THEN 'awaiting'
      WHEN n.provisional AND n.period_from IS NOT NULL AND n.period_value IS NULL
        THEN 'provisional'
      -- Whose confirmation it was, a redaction deletes; how well a declarant was known is sealed.
      WHEN CASE (SELECT bool_or(coalesce(c.form -> 'agency' <> 'null', true))
              FROM event c WHERE {_CONFIRMED})
            WHEN true THEN n.evidence <> 'issuer_confirmed'
              AND (n.form IS NOT NULL OR n.evidence <> 'self_declared')
            ELSE n.evidence = 'issuer_confirmed'
              OR n.evidence = 'identity_verified' AND coalesce(p.form ? 'awaiting', false)
          END THEN 'evidence'
      WHEN NOT EXISTS (SELECT 1 FROM claim c WHERE c.notice = n.id) THEN 'claim'
      WHEN EXISTS (SELECT 1 FROM claim c,
          LATERAL (SELECT {standing(END_CLAIMS, "o")} IS NOT NULL AS ended,
              {standing(("replaced",), "o")} IS NOT NULL AS replaced
            FROM event o WHERE o.notice = n.id) AS told
        -- A replaced one may be free again: whether its number is the new one's is sealed.
        WHERE c.notice = n.id AND (c.living AND told.ended
          OR NOT c.living AND NOT told.ended AND NOT told.replaced
          OR c.replaced <> told.replaced
          OR c.awaiting <> n.awaiting)) THEN 'living'
      WHEN n.objections <> (SELECT count(*) FROM objection o WHERE o.notice = n.id)
        THEN 'objections'
      WHEN EXISTS (SELECT 1 FROM event c WHERE c.notice = n.id AND c.kind = 'contested')
          AND n.objections = 0 THEN 'contested'
      WHEN n.objections > 0 AND EXISTS (SELECT 1 FROM (
          SELECT count(*) FILTER (WHERE kind = 'contested') AS contests,
            count(*) FILTER (WHERE kind = 'dismissed') AS dismissals,
            {standing(("annulled",), "c")} IS NOT NULL AS annulled,
            {standing(END, "c")} IS NOT NULL AS ended
          FROM event c WHERE c.notice = n.id) AS told, (
          SELECT count(*) FILTER (WHERE status = 'open') AS open,
            count(*) FILTER (WHERE status = 'admitted') AS admitted,
            count(*) FILTER (WHERE status = 'dismissed') AS dismissed,
            count(*) FILTER (WHERE status = 'upheld') AS upheld,
            count(*) FILTER (WHERE status = 'closed') AS closed,
            bool_or((decided_at IS NULL) <> (status IN {listed(UNDECIDED)})) AS undated
          FROM objection o WHERE o.notice = n.id) AS filed
        WHERE undated OR upheld > annulled::int
          OR dismissed <> dismissals - CASE WHEN dismissals > 0 THEN ({_UNDONE}) ELSE 0 END
          OR NOT ended AND (admitted <> contests - dismissals OR closed > 0)
          OR ended AND (open + admitted > 0 OR upheld + closed < contests - dismissals))
        THEN 'contested'
    END AS wrong
  FROM notice n LEFT JOIN event p ON p.index = n.published_index
  WHERE n.published_index >= $1 AND n.published_index < $2
) AS looked_at WHERE wrong IS NOT NULL ORDER BY published_index LIMIT 1
"""  # noqa: S608  (nothing in it comes from outside)


_WAITED = ENDS + "WHERE n.period_value IS NOT NULL ORDER BY n.published_index"


async def refuse_what_disagrees(connection: Any, size: int) -> None:
    """Raises Difference for the first notice or event that does not fit the other.

    `size` is the log's.
    """
    for question in (_ORPHANS, _NOTICES):
        for first, end in pieces(size):
            row = await connection.fetchrow(question, first, end)
            if row is not None:
                raise Difference(WORDS[row["wrong"]].format(**row))
    await _refuse_other_ends(connection)


def pieces(size: int) -> Iterator[tuple[int, int]]:
    """The places of a log in ranges of PIECE, and with them all that it does not have."""
    first = -(2**62)
    for end in (*range(PIECE, size, PIECE), size, 2**62):
        yield first, end
        first = end


async def _refuse_other_ends(connection: Any) -> None:
    """Raises Difference where period and events give none of the ends that a notice may have."""
    cursor = await connection.cursor(_WAITED)
    while rows := await cursor.fetch(ROWS):
        for row in rows:
            events, at = life(row), row["effective_at"]
            period = Period(row["period_value"], row["period_unit"])
            if row["provisional"] and not any(
                each.provisional for each in periods.ends_of_life(events, period)
            ):
                raise Difference(WORDS["provisional"].format(id=row["id"]))
            made = periods.end_of_life(events, period).at
            if at == row["confirmed_at"] and made <= at:
                continue
            if not periods.may_end(at, events, period, provisional=row["provisional"]):
                raise Difference(
                    _OTHER_END.format(id=row["id"], said=rfc3339(at), made=rfc3339(made))
                )


_OTHER_END = Message(
    "公告 {id} 的生效时间（effective_at）是 {said}，按它的公示期和事件应为 {made}。"
)


WORDS = {
    "no_notice": Message("第{index}个事件的公告 {notice} 不存在。"),
    "second": Message(
        "第{index}个事件发布公告 {notice}，但公告指向的不是这个事件（published_index）。"
    ),
    "unpublished": Message(
        "公告 {notice} 指向的发布事件不对：第{index}个事件并非发布，或发生在发布之前。"
    ),
    "index": Message("公告 {id} 指向的发布事件（published_index {published_index}）不是它的。"),
    "at": Message("公告 {id} 的发布时间与它的发布事件（第{published_index}条）不同。"),
    "form": Message("公告 {id} 显示的内容不是其发布事件（第{published_index}条）经更正后的内容。"),
    "period": Message(
        "公告 {id} 的公示期（period_value、period_unit、period_from）"
        "与其发布事件（第{published_index}条）所说的不同。"
    ),
    "at_once": Message("公告 {id} 没有公示期，但它的生效时间（effective_at）不是发布时间。"),
    "provisional": Message(
        "公告 {id} 的生效时间标为可能变动（provisional），但它的公示期内的节假日早已公布。"
    ),
    "awaiting": Message("公告 {id} 是否待确认（awaiting）与其事件不符。"),
    "evidence": Message("公告 {id} 标明的依据（evidence）与其事件不符：是否由发证机关确认。"),
    "claim": Message("公告 {id} 不覆盖任何号码：查询它的号码会答“没有公告”。"),
    "living": Message("公告 {id} 的号码登记（claim.living）与其事件不符。"),
    "objections": Message("公告 {id} 的异议数（objections）不是收到的异议数。"),
    "contested": Message("公告 {id} 的异议的状态与其事件不符：有的未经决定就结束了，或仍在等待。"),
}
