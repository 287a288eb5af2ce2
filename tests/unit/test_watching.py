"""Walking a log: every tile is made anew, and nothing that was changed comes by unseen."""

import json
from datetime import timedelta

import pytest

from notices.trust import merkle, tiles, watching
from notices.trust.tiles import WIDTH, Tile
from notices.trust.watching import Difference, Seen, Tops, Walk
from tests.synthetic import START, Log, edge, entry, tiles_of

LARGE = 66_000
"""Some more than 256 tiles of 256, whose level has a tile of its own: to walk them takes half a
second, so what is so of any log is tried with one of SMALL."""

SMALL = 1_000
SIZES = [0, 1, 2, 255, 256, 257, 511, 512]


@pytest.fixture(scope="module")
def large() -> Log:
    return Log.of(LARGE)


@pytest.fixture(scope="module")
def logs(large: Log) -> dict[int, Log]:
    """It at three sizes."""
    return {size: Log(large.entries[:size]) for size in (SMALL, 65_536)} | {LARGE: large}


@pytest.fixture(scope="module")
def known(logs: dict[int, Log]) -> dict[int, dict[Tile, bytes]]:
    """What it serves as each of its tiles of hashes, at each size."""
    return {size: hashes_of(log) for size, log in logs.items()}


def hashes_of(log: Log) -> dict[Tile, bytes]:
    return {tile: said for tile, said in tiles_of(log).items() if tile.level is not None}


def walked(log: Log, walk: Walk, tops: Tops | None = None) -> dict[Tile, bytes]:
    """The tiles that a walk over the rest of `log` makes."""
    tops = tops or Tops()
    made = {}
    for first in range(walk.size, len(log.entries), WIDTH):
        _, runs = walk.add(log.entries[first : first + WIDTH])
        made[Tile(0, first // WIDTH, len(runs[0].hashes))] = b"".join(runs[0].hashes)
        made |= {tile: b"".join(hashes) for tile, hashes in tops.add(runs)}
    return made | {tile: b"".join(hashes) for tile, hashes in tops.rest()}


@pytest.mark.parametrize("size", [*SIZES, SMALL])
def test_a_walk_makes_every_tile_and_the_root_anew(large: Log, size: int) -> None:
    log = Log(large.entries[:size])
    walk = Walk()

    made = walked(log, walk)

    assert made == hashes_of(log)
    at = START + timedelta(milliseconds=size - 1) if size else None
    assert walk.end(size, log.root()) == Seen(size, log.root(), at)


@pytest.mark.parametrize(
    ("before", "size", "full"),
    [
        *((before, SMALL, False) for before in SIZES),
        (257, SMALL, True),
        (65_280, 65_536, False),
        (65_537, LARGE, True),
        *((before, LARGE, False) for before in (65_536, 65_793, LARGE)),
    ],
)
def test_a_log_that_grew_is_the_one_that_was_seen(
    logs: dict[int, Log], known: dict[int, dict[Tile, bytes]], before: int, size: int, full: bool
) -> None:
    log = logs[size]
    at = START + timedelta(milliseconds=before - 1) if before else None
    seen = Seen(before, log.root(before), at)
    walk, tops = Walk(seen), None
    if not full:
        walk.begin_at(edge(log, before), seen)
        tops = Tops(edge(log, before), before)

    made = walked(log, walk, tops)

    assert {tile: known[size][tile] for tile in made} == made
    assert {tile for tile in known[size] if full or tile.width < WIDTH} <= made.keys()
    assert walk.end(size, log.root()).size == size


@pytest.mark.parametrize("before", [1, 255, 256, 257, 600])
@pytest.mark.parametrize("full", [True, False])
def test_a_log_with_another_past_is_found_out(before: int, full: bool) -> None:
    log, other = Log.of(700), Log.of(700, tree=1)
    seen = Seen(before, other.root(before), None)

    with pytest.raises(Difference, match=f"rewritten: the root of its first {before} entries"):
        walk = Walk(seen)
        if not full:
            walk.begin_at(edge(log, before), seen)
        walked(log, walk)


def test_the_nodes_of_every_level_come_in_order_and_are_those_of_the_tree() -> None:
    log, walk = Log.of(1_111), Walk()
    expected: dict[tuple[int, int], bytes] = {}
    peaks: list[bytes] = []
    for index, leaf in enumerate(log.levels[0]):
        peaks, nodes = merkle.append(peaks, index, leaf)
        expected |= {(level, position): node for level, position, node in nodes}

    made: list[tuple[int, int, bytes]] = []
    for first in range(0, 1_111, WIDTH):
        _, runs = walk.add(log.entries[first : first + WIDTH])
        made += [
            (run.level, run.first + at, node) for run in runs for at, node in enumerate(run.hashes)
        ]

    assert {(level, position): node for level, position, node in made} == expected
    assert walk.all_peaks == peaks
    for level in range(11):
        positions = [position for each, position, _ in made if each == level]
        assert positions == list(range(1_111 >> level))


def test_entries_that_come_behind_a_shorter_tile_are_a_mistake_of_the_caller() -> None:
    walk = Walk()
    walk.add([entry(0)])

    with pytest.raises(ValueError, match="a tile at a time"):
        walk.add([entry(1)])
    with pytest.raises(ValueError, match="a tile at a time"):
        Walk().add([entry(index) for index in range(257)])


def test_time_never_goes_back_within_a_tile_or_from_one_to_the_next() -> None:
    early = START - timedelta(seconds=1)
    for wrong in (1, 200, 256):
        entries = [entry(index, at=early if index == wrong else START) for index in range(300)]
        with pytest.raises(Difference, match=f"Entry {wrong} is of "):
            walked(Log(entries), Walk())


def test_time_does_not_go_back_from_what_was_seen_to_what_is_new() -> None:
    log = Log([*Log.of(256).entries, entry(256, at=START)])
    seen = Seen(256, log.root(256), START + timedelta(milliseconds=255))
    walk = Walk(seen)
    walk.begin_at(edge(log, 256), seen)

    with pytest.raises(Difference, match="Entry 256 is of "):
        walked(log, walk)


RIGHT = entry(0).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        RIGHT + " ",
        RIGHT.replace(":", ": ", 1),
        RIGHT.replace('"v":1', '"v":2'),
        RIGHT.replace('"v":1', '"v":1,"w":1'),
        RIGHT.replace('"kind":"published",', ""),
        RIGHT.replace("published", "pub\\u006cished"),
        RIGHT.replace("2026-11", "2026-13"),
        RIGHT.replace("+08:00", "+00:00"),
        RIGHT.replace("seal", "Seal"),
        RIGHT.replace('"id":"3707', '"id":"3708'),
        RIGHT.replace("published", "发布"),
    ],
)
def test_what_is_not_the_one_spelling_of_an_entry_is_malformed(text: str) -> None:
    with pytest.raises(Difference, match="Entry 7 "):
        watching.read_entry(7, text.encode())


def test_an_entry_says_what_its_json_says() -> None:
    read = watching.read_entry(0, RIGHT.encode())

    parts = json.loads(RIGHT)
    assert (read.id, read.kind, read.commitment) == (
        parts["id"], parts["kind"], parts["commitment"],
    )  # fmt: skip
    assert read.at == START
    assert len(RIGHT) < watching.LARGEST_ENTRY


def test_a_tile_is_named_with_the_entries_under_its_wrong_hash() -> None:
    hashes = [bytes([number]) * 32 for number in (7, 8, 9)]
    said = b"".join([hashes[0], bytes(32), hashes[2]])

    with pytest.raises(Difference, match=r"Hash 1 of tile 1/000\.p/3 .* entry 256–511"):
        watching.refuse_other_hashes(Tile(1, 0, 3), said, hashes)
    with pytest.raises(Difference, match=r"1/000\.p/3 is not what it should be"):
        watching.refuse_other_hashes(Tile(1, 0, 3), said[:-1], hashes)
    watching.refuse_other_hashes(Tile(1, 0, 3), b"".join(hashes), hashes)


def test_a_walk_ends_at_the_size_and_root_of_the_checkpoint_only() -> None:
    log, walk = Log.of(3), Walk()
    walked(log, walk)

    with pytest.raises(Difference, match="has 4 entries; 3 were read"):
        walk.end(4, log.root())
    with pytest.raises(Difference, match="do not hash to the root"):
        walk.end(3, log.root(2))


def test_the_right_edge_of_a_tree_is_one_tile_a_level() -> None:
    assert watching.edge_of(0) == []
    assert [tile.path for tile in watching.edge_of(65_793)] == [
        "0/257.p/1", "1/001.p/1", "2/000.p/1",
    ]  # fmt: skip
    assert [tile.width for tile in watching.edge_of(65_536)] == [0, 0, 1]
    assert tiles.parse(watching.edge_of(257)[0].path) == Tile(0, 1, 1)
