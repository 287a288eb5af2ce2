"""How one message is sent to a webhook: under which id, and that nothing leads it elsewhere."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from notices.watches.telling import Due, Poster, Sent, message_id

AT = datetime(2026, 11, 29, 10, tzinfo=UTC)
DUE = Due("8f1c", 41, "published", AT, "37070000012345", "declared")


def test_another_event_at_the_same_place_of_a_restored_log_is_no_repetition() -> None:
    assert message_id(DUE) == message_id(DUE._replace(status="invalid"))
    assert message_id(DUE) != message_id(DUE._replace(at=AT + timedelta(hours=1)))
    assert message_id(DUE) != message_id(DUE._replace(event=42))


@pytest.mark.parametrize(
    "host",
    ["2130706433", "127.1", "0177.0.0.1", "127.0.0.1.", "0x7f000001", "[::ffff:7f00:1]"],
)
def test_a_host_that_is_a_number_is_asked_nothing(host: str) -> None:
    """However it is written: no resolver of ours is asked for some of these."""

    async def sent() -> Sent:
        poster = Poster(())
        try:
            return await poster.post(f"http://{host}:8080/", {}, b"")
        finally:
            await poster.close()

    came = asyncio.run(sent())
    assert came.answered is None
    assert came.error in ("address", "protocol")  # and not "connection": none was tried
