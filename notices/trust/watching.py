"""Walking a whole log: every entry is read and hashed again, and every hash of its tree made anew.

Nothing of the log is taken on trust. A walk holds one tile of hashes and the peaks above, however
long the log is; whoever walks compares what it makes with what the log, or the database, says.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from notices.facts.texts import Message, TextError
from notices.trust import merkle, tiles
from notices.trust.merkle import leaf_hash, node_hash
from notices.trust.tiles import HEIGHT, WIDTH, Tile

LARGEST_ENTRY = 512
"""Bytes; an entry as `_ENTRY` has it has fewer."""

# The JCS of an entry has one spelling: names in order, no spaces, nothing that is ever escaped.
_ENTRY = re.compile(
    rb'\{"at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}\+08:00)",'
    rb'"certificate":"([a-z0-9-]{1,100})","commitment":"([A-Za-z0-9+/]{43}=)",'
    rb'"id":"([0-9]{14})","kind":"([a-z_]{1,40})","v":1\}'
)


class Difference(TextError):
    """The first thing found that is not as it must be."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What an entry says."""

    id: str
    kind: str
    at: datetime
    certificate: str
    commitment: str


@dataclass(frozen=True, slots=True)
class Run:
    """Hashes that stand side by side in one level of the tree, from position `first` on."""

    level: int
    first: int
    hashes: list[bytes]

    def entries(self, position: int) -> str:
        """Which entries the node at `position` is over, in words."""
        first, after = position << self.level, (position + 1) << self.level
        return str(first) if after == first + 1 else f"{first}–{after - 1}"


@dataclass(frozen=True, slots=True)
class Seen:
    """A log as somebody saw it before: its size, its root, and the time of its last entry."""

    size: int
    root: bytes
    at: datetime | None


def read_entry(index: int, entry: bytes) -> Entry:
    """What entry `index` says; raises Difference unless it is written as every entry is."""
    parts = _ENTRY.fullmatch(entry)
    if parts is None:
        raise Difference(_MALFORMED.format(index=index))
    at, certificate, commitment, id, kind = (part.decode() for part in parts.groups())
    if int(id) % 97 != 1 or not 2 <= int(id[-2:]) <= 98:
        raise Difference(_BAD_ID.format(index=index, id=id))
    try:
        return Entry(id, kind, datetime.fromisoformat(at), certificate, commitment)
    except ValueError:
        raise Difference(_MALFORMED.format(index=index)) from None


def levels(hashes: Sequence[bytes]) -> list[list[bytes]]:
    """The complete nodes over `hashes`, level by level, `hashes` themselves first."""
    found = [list(hashes)]
    while len(found[-1]) > 1:
        below = found[-1]
        found.append([node_hash(*below[at : at + 2]) for at in range(0, len(below) - 1, 2)])
    return found


def peaks_over(nodes: Sequence[Sequence[bytes]], width: int) -> list[bytes]:
    """The peaks over the first `width` of the hashes that `levels` was given."""
    return [
        nodes[level][(width >> level) - 1]
        for level in reversed(range(width.bit_length()))
        if width >> level & 1
    ]


class Walk:
    """A walk from the first entry, or from the beginning of a tile, to the last.

    Entries come a tile at a time; only the last may bring fewer. `before` is what was seen of
    the log earlier: the walk raises Difference where it comes by and finds another root.
    """

    def __init__(self, *before: Seen) -> None:
        self.size = 0
        self.at: datetime | None = None
        self.peaks: list[bytes] = []
        """Over all tiles that were full."""

        self.edge: list[bytes] = []
        """Over the entries behind them."""

        self._before = before
        if any(seen.size == 0 and seen.root != merkle.EMPTY_ROOT for seen in before):
            raise Difference(_REWRITTEN.format(size=0))

    def begin_at(self, edge: Sequence[Sequence[bytes]], seen: Seen) -> None:
        """Begin where `seen` ends: at its last tile, which is to be read anew.

        `edge` are the hashes at the right edge of that tree, for each level of tiles from the
        leaves up. They are as good as anybody's claim, so their root has to be the one seen.
        """
        peaks = [peaks_over(levels(hashes), len(hashes)) for hashes in edge]
        above = [peak for level in reversed(peaks[1:]) for peak in level]
        if merkle.root([*above, *(peaks[0] if peaks else [])]) != seen.root:
            raise Difference(_REWRITTEN.format(size=seen.size))
        self.size = seen.size - seen.size % WIDTH
        self.peaks = above
        self.at = seen.at if self.size == seen.size else None

    def add(self, entries: Sequence[bytes]) -> tuple[list[Entry], list[Run]]:
        """Go on over the next `entries`; returns what they say, and the nodes they completed."""
        if self.edge or len(entries) > WIDTH:
            raise ValueError("entries come a tile at a time, and none behind a shorter one")
        entries_read = []
        for index, entry in enumerate(entries, self.size):
            read = read_entry(index, entry)
            if self.at is not None and read.at < self.at:
                raise Difference(_EARLIER.format(index=index, at=read.at, before=self.at))
            self.at = read.at
            entries_read.append(read)
        nodes = levels([leaf_hash(entry) for entry in entries])
        self._compare(nodes, len(entries))
        runs = [
            Run(level, self.size >> level, hashes)
            for level, hashes in enumerate(nodes[:HEIGHT])
            if hashes
        ]
        if len(entries) == WIDTH:
            top = nodes[HEIGHT][0]
            self.peaks, above = merkle.append(self.peaks, self.size // WIDTH, top)
            runs += [Run(HEIGHT + level, position, [node]) for level, position, node in above]
        else:
            self.edge = peaks_over(nodes, len(entries))
        self.size += len(entries)
        return entries_read, runs

    def _compare(self, nodes: list[list[bytes]], width: int) -> None:
        """What was seen before, with what stands there now."""
        for before in self._before:
            if self.size < before.size <= self.size + width:
                now = [*self.peaks, *peaks_over(nodes, before.size - self.size)]
                if merkle.root(now) != before.root:
                    raise Difference(_REWRITTEN.format(size=before.size))

    @property
    def all_peaks(self) -> list[bytes]:
        return [*self.peaks, *self.edge]

    def end(self, size: int, root: bytes) -> Seen:
        """What was seen, when it is the log of `size` entries with this `root`."""
        if self.size != size:
            raise Difference(_OTHER_SIZE.format(size=size, found=self.size))
        if merkle.root(self.all_peaks) != root:
            raise Difference(_OTHER_ROOT.format(size=size))
        return Seen(size, root, self.at)


class Later:
    """Entries whose time has yet to come, for whoever walks by a clock of their own.

    No time goes back, so they are the last ones; nothing is wrong with the tree for that.
    """

    def __init__(self, until: datetime) -> None:
        self.until = until
        self.first: tuple[int, datetime] | None = None

    def look(self, first: int, entries_read: Sequence[Entry]) -> None:
        """At entries in the order of a walk."""
        if self.first is None and entries_read and entries_read[-1].at > self.until:
            self.first = next(
                (index, entry.at)
                for index, entry in enumerate(entries_read, first)
                if entry.at > self.until
            )


class Tops:
    """The tiles above the lowest, as they are completed by what a walk made."""

    def __init__(self, edge: Sequence[Sequence[bytes]] = (), size: int = 0) -> None:
        """Empty, or with what stood above the leaves at the right `edge` of a log of `size`."""
        self._open = {level: list(hashes) for level, hashes in enumerate(edge) if level}
        self._next = {level: size >> HEIGHT * (level + 1) for level in self._open}

    def add(self, runs: Sequence[Run]) -> Iterator[tuple[Tile, list[bytes]]]:
        """Tiles that are full now, with the hashes that they must hold."""
        for run in runs:
            level, rest = divmod(run.level, HEIGHT)
            if level and not rest:
                hashes = self._open.setdefault(level, [])
                hashes += run.hashes
                if len(hashes) == WIDTH:
                    number = self._next.get(level, 0)
                    self._next[level], self._open[level] = number + 1, []
                    yield Tile(level, number), hashes

    def rest(self) -> Iterator[tuple[Tile, list[bytes]]]:
        """The tiles at the right edge, which are not full."""
        for level, hashes in sorted(self._open.items()):
            if hashes:
                yield Tile(level, self._next.get(level, 0), len(hashes)), hashes


def edge_of(size: int) -> list[Tile]:
    """The tiles at the right edge of a tree of `size` leaves, as wide as they are in it.

    One for each level of tiles from the leaves up; of width 0 where all of them are full.
    """
    edge: list[Tile] = []
    while size:
        edge.append(Tile(len(edge), size >> HEIGHT, size % WIDTH))
        size >>= HEIGHT
    return edge


def refuse_other_hashes(tile: Tile, entries_read: bytes, hashes: Sequence[bytes]) -> None:
    """Raises Difference unless `tile` says what was made from the entries."""
    if entries_read == b"".join(hashes):
        return
    try:
        listed = tiles.hashes_in(entries_read, tile.width)
    except tiles.TileError as problem:
        raise Difference(_NO_TILE.format(path=tile.path, problem=problem)) from None
    wrong = next(at for at, hash_ in enumerate(hashes) if listed[at] != hash_)
    run = Run((tile.level or 0) * HEIGHT, tile.first, listed)
    raise Difference(
        _OTHER_TILE.format(path=tile.path, at=wrong, entries=run.entries(tile.first + wrong))
    )


_MALFORMED = Message("第{index}条记录的格式不对：不是登记簿记录应有的规范 JSON。")
_BAD_ID = Message("第{index}条记录中的公告编号 {id} 校验位不对。")
_EARLIER = Message("第{index}条记录的时间 {at} 早于它前面一条的时间 {before}。")
_REWRITTEN = Message("登记簿被改写：它前{size}条记录的根哈希与上次见到的不同。")
_OTHER_SIZE = Message("检查点说登记簿有{size}条记录，实际读到{found}条。")
_OTHER_ROOT = Message("登记簿的{size}条记录算不出检查点中的根哈希。")
_NO_TILE = Message("瓦片 {path} 不完整：{problem}。")
_OTHER_TILE = Message("瓦片 {path} 的第{at}个哈希与第{entries}条记录不符。")
