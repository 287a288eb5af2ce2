"""The folder of offline lists: whole, unchanged and there for a week, whoever is killed."""

import hashlib
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from notices import files
from notices.listing.folder import DELTAS, NOTES, WHOLE, Folder
from notices.trust import list_deltas
from notices.trust.lists import ENTRY, Head, OfflineList, entry
from notices.trust.notes import NoteSigner, NoteVerifier

SIGNER = NoteSigner("notices.example/log", bytes(range(32)))
KEYS = [NoteVerifier(SIGNER.vkey)]
BEGAN = datetime(2026, 11, 1, 4, tzinfo=UTC)


class Killed(BaseException):
    """Stands for whatever ends a process: nothing catches it."""


def body_of(numbers: set[int]) -> bytes:
    keys = sorted(hashlib.sha256(b"%d" % number).digest()[:8] for number in numbers)
    return b"".join(entry(key, "invalid", 1) for key in keys)


def put(folder: Folder, size: int, body: bytes, at: datetime) -> None:
    digest = hashlib.sha256(body).digest()
    head = Head(SIGNER.name, size, bytes(32), at, 2, len(body) // ENTRY, digest)
    folder.put(head, body, folder.newest(), SIGNER)


def grow(folder: Folder, days: int, a_day: int = 5) -> dict[int, bytes]:
    """Lists of some days, a few each; the body of each by its size."""
    random, numbers, bodies = Random(1), set[int](), dict[int, bytes]()  # noqa: S311
    for number in range(days * a_day):
        numbers ^= {random.randrange(300) for _ in range(3)}
        size = number * 10 + 7
        bodies[size] = body_of(numbers)
        put(folder, size, bodies[size], BEGAN + timedelta(days=number / a_day))
    return bodies


def names(folder: Folder, of: str) -> set[str]:
    return {each.name for each in (folder.path / of).iterdir()}


def test_every_list_of_a_week_can_be_had_again_to_the_byte(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "lists")
    bodies = grow(folder, days=4)

    assert len(names(folder, WHOLE)) < 8
    for size, body in bodies.items():
        content = folder.content(size)
        assert content is not None
        assert OfflineList(content, KEYS).body == body, size
    assert folder.latest() == max(bodies)
    for size in (0, 8, max(bodies) + 1):
        assert folder.content(size) is None


def test_a_delta_leads_from_any_list_to_any_later_one(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "lists")
    bodies = grow(folder, days=2)

    for first in bodies:
        for last in bodies:
            delta, content = folder.delta(first, last, SIGNER), folder.content(first)
            assert (delta is not None) == (first < last)
            if delta is not None and content is not None:
                made = list_deltas.apply(OfflineList(content, KEYS), delta, KEYS)
                assert made == folder.content(last)
    # Of each list to the next and of each day to the next they lie there.
    days = [size for number, size in enumerate(bodies) if number == 0 or number % 5 == 3]
    pairs = {*pairwise(bodies), *pairwise(days)}
    assert {f"{one}-{other}" for one, other in pairs} <= names(folder, DELTAS)


def test_after_a_week_a_list_is_gone_and_what_leads_from_it(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "lists")
    bodies = grow(folder, days=12, a_day=3)

    last = BEGAN + timedelta(days=12 - 1 / 3)
    for number, size in enumerate(bodies):
        kept = BEGAN + timedelta(days=number / 3) >= last - timedelta(days=7)
        assert (folder.content(size) is not None) == kept, number
        assert (folder.delta(size, max(bodies), SIGNER) is not None) == (
            kept and size != max(bodies)
        )
    assert len(names(folder, NOTES)) == 22
    assert all(int(each.partition("-")[0]) >= 14 * 10 + 7 for each in names(folder, DELTAS))


def test_a_list_is_there_whole_or_not_at_all_whenever_its_maker_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, usual = Folder(tmp_path / "lists"), files.put
    bodies = grow(folder, days=1)
    size, at = max(bodies), BEGAN + timedelta(days=1)
    killed = 0
    while True:
        left = [killed]

        def killing(file: Path, content: bytes, *, left: list[int] = left, **more: int) -> None:
            if not left[0]:
                # As a kill leaves it: some bytes under a name of their own.
                file.with_name(f".{file.name}.0123456789abcdef").write_bytes(content[:20])
                raise Killed
            left[0] -= 1
            usual(file, content, **more)  # type: ignore[arg-type]

        body = body_of({1, 2, 3, size + killed})
        monkeypatch.setattr(files, "put", killing)
        try:
            put(folder, size + 1 + killed, body, at)
        except Killed:
            assert folder.latest() in (size, size + 1 + killed)
        else:
            break
        finally:
            monkeypatch.setattr(files, "put", usual)
        for known in (*bodies, folder.latest() or 0):
            content = folder.content(known)
            assert content is not None
            assert OfflineList(content, KEYS).body == bodies.get(known, body)
        assert folder.delta(size, size + 1 + killed, SIGNER) is None or folder.latest() != size
        bodies[folder.latest() or 0] = bodies.get(folder.latest() or 0, body)
        size = max(bodies)
        killed += 1

    assert killed >= 3
    # What the killed ones left is gone, and every list can be had.
    assert not list(folder.path.rglob(".*"))
    for known, body in bodies.items():
        content = folder.content(known)
        assert content is not None
        assert OfflineList(content, KEYS).body == body


def test_a_damaged_list_is_never_handed_out_of_others(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "lists")
    bodies = grow(folder, days=2)
    newest = folder.whole(max(bodies))
    newest.write_bytes(newest.read_bytes()[:-ENTRY])

    assert folder.body(max(bodies)) == bodies[max(bodies)]  # of the one before and the delta
    for file in (folder.path / DELTAS).iterdir():
        file.write_bytes(file.read_bytes()[:-1])
    assert folder.body(max(bodies)) is None


def test_nothing_is_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "lists")

    assert folder.latest() is None
    assert folder.newest() is None
    assert folder.content(1) is None
    assert folder.delta(1, 2, SIGNER) is None
