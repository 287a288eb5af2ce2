"""The Merkle tree of RFC 6962 and RFC 9162, section 2.1: its hashes, its growth, its proofs.

A node (level, position) covers the leaves from position * 2**level on, 2**level of them; only
nodes whose leaves are all there are ever stored. The peaks of a tree are the largest such nodes
side by side, from left to right: they are all that appending and the root need.
"""

import hashlib
from collections.abc import Mapping, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves (RFC 9162, section 2.1.1)."""

HASH_SIZE = 32
LARGEST = 1 << 62
"""No log grows to this size; a proof that claims it is not worth a look."""


class ProofError(Exception):
    """An inclusion proof that does not prove what it should."""


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(peaks: Sequence[bytes]) -> bytes:
    """The root over all peaks: the right-hand ones are joined first."""
    if not peaks:
        return EMPTY_ROOT
    result = peaks[-1]
    for peak in reversed(peaks[:-1]):
        result = node_hash(peak, result)
    return result


def append(
    peaks: Sequence[bytes], size: int, leaf: bytes
) -> tuple[list[bytes], list[tuple[int, int, bytes]]]:
    """The peaks once `leaf` (a leaf hash) is number `size`, and the nodes that it completed."""
    if len(peaks) != size.bit_count():
        raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks, not {len(peaks)}")
    grown = list(peaks)
    level, position, node = 0, size, leaf
    completed = [(level, position, node)]
    while position & 1:
        node = node_hash(grown.pop(), node)
        level, position = level + 1, position >> 1
        completed.append((level, position, node))
    grown.append(node)
    return grown, completed


def _siblings(index: int, size: int) -> list[tuple[int, int]]:
    """The subtrees beside the way from leaf `index` up to the root, as ranges of leaves."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    ranges = []
    start, end = 0, size
    while end - start > 1:
        middle = start + (1 << ((end - start - 1).bit_length() - 1))
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    ranges.reverse()
    return ranges


def _peak_nodes(start: int, end: int) -> list[tuple[int, int]]:
    """The stored nodes that make up a subtree; every subtree starts where its peaks can."""
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def peaks_needed(size: int) -> list[tuple[int, int]]:
    """Which nodes are the peaks of the tree at `size`, from left to right."""
    return _peak_nodes(0, size)


def nodes_needed(index: int, size: int) -> set[tuple[int, int]]:
    """Which nodes `inclusion_proof` wants to be given."""
    return {node for subtree in _siblings(index, size) for node in _peak_nodes(*subtree)}


def inclusion_proof(index: int, size: int, nodes: Mapping[tuple[int, int], bytes]) -> list[bytes]:
    """PATH(index, D[size]) of RFC 9162, section 2.1.3.1."""
    return [
        root([nodes[node] for node in _peak_nodes(*subtree)]) for subtree in _siblings(index, size)
    ]


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], expected_root: bytes
) -> None:
    """RFC 9162, section 2.1.3.2: raises ProofError unless `leaf` is number `index` of the tree."""
    if not 0 <= index < size <= LARGEST:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    if any(len(node) != HASH_SIZE for node in (leaf, expected_root, *proof)):
        raise ProofError(f"a hash has {HASH_SIZE} bytes")
    node, last, computed = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("the proof is longer than the tree is high")
        if node & 1 or node == last:
            computed = node_hash(sibling, computed)
            # A last node without a sibling moves up unchanged until it is somebody's right hand.
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the proof is shorter than the tree is high")
    if computed != expected_root:
        raise ProofError("the proof leads to another root")
