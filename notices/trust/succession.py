"""A master key takes another's place: two files and a table of wrapped keys, in an order of steps.

Killed after any of them everything opens, by the key in `sealing.key`, and the next run goes on:

1. `sealing.next` holds the new key.
2. Every data key is there twice, wrapped by the one and by the other; and a new one by the new.
3. `sealing.next` becomes `sealing.key`.
4. What the old one has wrapped is deleted.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from notices import files
from notices.trust.keyring import Purpose, Wrapped, unwrap, wrap
from notices.trust.keys import master_in, master_to_come
from notices.trust.sealing import Key, KeyOfBytes


def begin(folder: Path, kind: type[KeyOfBytes]) -> KeyOfBytes:
    """The key that is to follow, in its file; one that is there already is not made again."""
    if (there := master_to_come(folder)) is not None:
        return there
    present = master_in(folder)
    while (key := kind.generate()).header == present.header:
        pass
    files.add(folder / "sealing.next", f"{key.to_text()}\n".encode())
    return key


def wrapped_anew(rows: Sequence[Wrapped], old: Key, new: Key) -> list[Wrapped]:
    """All that `old` has wrapped, wrapped by `new`; and the old one itself, which sealed once.

    Before there were data keys it sealed values, and some may be left.
    """
    own = [row for row in rows if row.master == old.id]
    made = [
        wrap(new, cast("Purpose", row.purpose), row.generation, unwrap(old, row)) for row in own
    ]
    if isinstance(old, KeyOfBytes) and not any(row.id == old.id for row in rows):
        before = min([1, *(row.generation for row in own if row.purpose == "sealing")]) - 1
        made.append(wrap(new, "sealing", before, old))
    there = {(row.purpose, row.generation) for row in rows if row.master == new.id}
    return [row for row in made if (row.purpose, row.generation) not in there]


def settle(folder: Path) -> None:
    """The key that was to follow is the key from now on."""
    if (folder / "sealing.next").exists():
        files.settle(folder / "sealing.next", folder / "sealing.key")


def left_behind(rows: Sequence[Wrapped], master: Key) -> bool:
    """Whether another one has wrapped something, all of which `master` has wrapped too."""
    others = {(row.purpose, row.generation) for row in rows if row.master != master.id}
    ours = {(row.purpose, row.generation) for row in rows if row.master == master.id}
    return bool(others) and others <= ours
