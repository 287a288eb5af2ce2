"""Tiles of a log by their names, and what is in them."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.trust.merkle import leaf_hash
from notices.trust.tiles import (
    Tile,
    TileError,
    bundle,
    entries_in,
    hashes_in,
    of_tree,
    parse,
)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "0/000"),
        (Tile(0, 0, 1), "0/000.p/1"),
        (Tile(1, 999), "1/999"),
        (Tile(2, 1234067), "2/x001/x234/067"),
        (Tile(None, 1000, 255), "entries/x001/000.p/255"),
    ],
)
def test_a_tile_is_named_as_c2sp_says(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse(path) == tile


@given(st.one_of(st.none(), st.integers(0, 63)), st.integers(0, (1 << 54) - 1), st.integers(1, 256))
def test_every_tile_is_read_back_from_its_path(level: int | None, number: int, width: int) -> None:
    tile = Tile(level, number, width)

    assert parse(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "", "0", "0/0", "0/00", "0/0000", "00/000", "64/000", "-1/000", "0/x000/000", "0/001/002",
        "0/x01/002", "0/000.p/0", "0/000.p/256", "0/000.p/01", "0/000.p", "0/000/", "/0/000",
        "data/000", "entries", "entries/000.p/", "0/٠٠٠", "0/000\n", "0/" + "x999/" * 8 + "999",
    ],
)  # fmt: skip
def test_what_names_no_tile_is_refused(path: str) -> None:
    with pytest.raises(TileError):
        parse(path)


@given(st.text(max_size=40))
def test_any_text_is_a_path_or_refused(text: str) -> None:
    try:
        tile = parse(text)
    except TileError:
        return
    assert tile.path == text


def test_a_tree_of_70_000_leaves_has_the_tiles_that_c2sp_tells_of() -> None:
    tiles = list(of_tree(70_000))

    assert Counter((tile.level, tile.is_full) for tile in tiles if tile.level is not None) == {
        (0, True): 273,
        (0, False): 1,
        (1, True): 1,
        (1, False): 1,
        (2, False): 1,
    }
    assert [tile.width for tile in tiles if tile.level is not None and not tile.is_full] == [
        112,
        17,
        1,
    ]
    assert sum(tile.width for tile in tiles if tile.level is None) == 70_000
    assert [(t.level, t.number, t.width) for t in of_tree(256)] == [
        (0, 0, 256),
        (None, 0, 256),
        (1, 0, 1),
    ]
    assert list(of_tree(0)) == []


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_gives_its_entries_back(entries: list[bytes]) -> None:
    assert entries_in(bundle(entries), len(entries)) == entries


@given(st.binary(max_size=100), st.integers(0, 5))
def test_any_bytes_are_a_bundle_or_refused(data: bytes, width: int) -> None:
    try:
        entries = entries_in(data, width)
    except TileError:
        return
    assert bundle(entries) == data
    assert len(entries) == width


def test_a_tile_gives_its_hashes_back() -> None:
    hashes = [leaf_hash(b"a"), leaf_hash(b"b")]

    assert hashes_in(b"".join(hashes), 2) == hashes
    with pytest.raises(TileError):
        hashes_in(b"".join(hashes), 3)
