"""What the API promises stays, or docs/api-changes.md says what went; `GOLDEN=write` adds to it."""

import httpx

from tests.engines.test_golden import WRITE
from tools import surface

BEFORE = surface.FILE.read_text().splitlines() if surface.FILE.exists() else []


async def test_nothing_that_was_promised_is_gone_without_a_word(client: httpx.AsyncClient) -> None:
    """It is named in the changes by its line, before the file may be written anew."""
    described = (await client.get("/schema/openapi.json")).json()
    now, told = surface.surface(described), surface.CHANGES.read_text()
    untold = [each for each in surface.broken(BEFORE, now) if f"`{each}`" not in told]
    assert untold == [], "docs/api-changes.md has to say so"
    if WRITE:
        surface.FILE.write_text("".join(f"{each}\n" for each in now))

    assert surface.FILE.read_text().splitlines() == now, "GOLDEN=write"
    assert len(now) > 500


def test_what_breaks_a_program_is_found_and_what_does_not_is_not() -> None:
    before = [
        "answer verify 200", "code 401 unknown_key", "field Answer.status string",
        "field VerifyBody.copy string", "field VerifyBody.number string",
        "needed VerifyBody.number", "operation verify POST /api/v1/verifications",
        "parameter searchNotices query q", "word Status declared",
    ]  # fmt: skip
    for gone in before:
        found = surface.broken(before, [each for each in before if each != gone])
        assert found == ([] if gone.startswith("needed") else [gone])
    another_type = [each.replace("status string", "status integer") for each in before]
    assert surface.broken(before, another_type) == ["field Answer.status string"]
    for needed in ("VerifyBody.copy", "VerifyBody.new", "searchNotices query q", "verify query x"):
        assert surface.broken(before, [*before, f"needed {needed}"]) == [f"needed {needed}"]
    grown = [*before, "field VerifyBody.new string", "field Answer.new string", "word Status new"]
    assert surface.broken(before, grown) == []
    # What is new may be needed from the first day: only a new operation has such.
    new = ["operation watch POST /api/v1/watches", "field WatchBody.url string"]
    assert surface.broken(before, [*before, *new, "needed WatchBody.url"]) == []
