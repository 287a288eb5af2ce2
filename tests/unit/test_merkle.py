"""The tree of RFC 6962, against its recursive definition."""

import hashlib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.trust.merkle import (
    EMPTY_ROOT,
    ProofError,
    append,
    inclusion_proof,
    leaf_hash,
    node_hash,
    nodes_needed,
    peaks_needed,
    root,
    verify_inclusion,
)
from tests.properties import examples

MOST = 300
ENTRIES = [f"entry {number}".encode() for number in range(MOST)]


@cache
def mth(start: int, end: int) -> bytes:
    """MTH of RFC 9162, section 2.1.1, word for word."""
    if start == end:
        return hashlib.sha256(b"").digest()
    if end - start == 1:
        return hashlib.sha256(b"\x00" + ENTRIES[start]).digest()
    k = 1
    while k * 2 < end - start:
        k *= 2
    return hashlib.sha256(b"\x01" + mth(start, start + k) + mth(start + k, end)).digest()


def path(m: int, start: int, end: int) -> list[bytes]:
    """PATH of RFC 9162, section 2.1.3.1, word for word."""
    n = end - start
    if n == 1:
        return []
    k = 1
    while k * 2 < n:
        k *= 2
    if m < k:
        return [*path(m, start, start + k), mth(start + k, end)]
    return [*path(m - k, start + k, end), mth(start, start + k)]


def grown(size: int) -> tuple[list[bytes], dict[tuple[int, int], bytes]]:
    peaks: list[bytes] = []
    nodes: dict[tuple[int, int], bytes] = {}
    for number in range(size):
        peaks, completed = append(peaks, number, leaf_hash(ENTRIES[number]))
        nodes |= {(level, position): node for level, position, node in completed}
    return peaks, nodes


ALL_NODES = grown(MOST)[1]


def test_known_roots_of_certificate_transparency_come_out():
    """The vectors that the reference implementations of RFC 6962 share."""
    entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    entries.append("606162636465666768696a6b6c6d6e6f")
    expected = {
        0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    }

    peaks: list[bytes] = []
    roots = {0: root(peaks).hex()}
    for number, entry in enumerate(entries):
        peaks, _ = append(peaks, number, leaf_hash(bytes.fromhex(entry)))
        roots[number + 1] = root(peaks).hex()

    assert expected == roots


def test_every_root_is_that_of_the_definition():
    peaks: list[bytes] = []
    assert root(peaks) == EMPTY_ROOT == mth(0, 0)

    for number in range(MOST):
        peaks, _ = append(peaks, number, leaf_hash(ENTRIES[number]))
        assert root(peaks) == mth(0, number + 1)


def test_appending_completes_the_nodes_of_the_definition_each_once():
    seen = set()
    peaks: list[bytes] = []
    for number in range(MOST):
        peaks, completed = append(peaks, number, leaf_hash(ENTRIES[number]))
        for level, position, node in completed:
            assert node == mth(position << level, (position + 1) << level)
            assert (level, position) not in seen
            seen.add((level, position))

    assert seen == {
        (level, position) for level in range(MOST.bit_length()) for position in range(MOST >> level)
    }


def test_the_peaks_of_a_tree_can_be_read_back_from_its_nodes():
    peaks: list[bytes] = []
    for size in range(MOST):
        assert [ALL_NODES[node] for node in peaks_needed(size)] == peaks
        peaks, _ = append(peaks, size, leaf_hash(ENTRIES[size]))


def sizes_and_indexes():
    for size in range(1, MOST + 1):
        if size <= 70:
            indexes = range(size)
        else:
            indexes = sorted({0, 1, size // 3, size // 2, size - 2, size - 1})
        yield from ((size, index) for index in indexes)


def test_every_proof_is_that_of_the_definition_and_verifies():
    for size, index in sizes_and_indexes():
        needed = nodes_needed(index, size)
        proof = inclusion_proof(index, size, {node: ALL_NODES[node] for node in needed})

        assert proof == path(index, 0, size)
        verify_inclusion(index, size, leaf_hash(ENTRIES[index]), proof, mth(0, size))


def test_a_proof_needs_few_nodes():
    assert max(len(nodes_needed(index, size)) for size, index in sizes_and_indexes()) <= 16


@examples(2)
@given(st.data())
def test_a_proof_changed_anywhere_proves_nothing(data):
    size = data.draw(st.integers(1, MOST))
    index = data.draw(st.integers(0, size - 1))
    proof, leaf, top = path(index, 0, size), leaf_hash(ENTRIES[index]), mth(0, size)
    change = data.draw(st.sampled_from(["leaf", "root", "index", "node", "short", "long"]))
    if change == "leaf":
        leaf = leaf_hash(b"another")
    elif change == "root":
        top = leaf_hash(b"another")
    elif change == "index":
        index = data.draw(st.integers(-1, size).filter(lambda other: other != index))
    elif change == "long":
        proof = [*proof, leaf]
    elif not proof:
        return
    elif change == "short":
        proof = proof[:-1]
    else:
        place = data.draw(st.integers(0, len(proof) - 1))
        proof[place] = node_hash(proof[place], proof[place])

    with pytest.raises(ProofError):
        verify_inclusion(index, size, leaf, proof, top)


@pytest.mark.parametrize(
    ("index", "size"), [(0, 0), (1, 1), (-1, 3), (0, 1 << 63), (1 << 70, 1 << 71)]
)
def test_an_index_outside_the_tree_is_refused(index, size):
    with pytest.raises(ProofError):
        verify_inclusion(index, size, EMPTY_ROOT, [], EMPTY_ROOT)


def test_a_hash_of_another_length_is_refused():
    with pytest.raises(ProofError):
        verify_inclusion(0, 2, EMPTY_ROOT, [b"short"], EMPTY_ROOT)


def test_asking_for_a_proof_outside_the_tree_is_a_mistake():
    with pytest.raises(ValueError, match="no leaf 3"):
        nodes_needed(3, 3)


def test_appending_with_the_peaks_of_another_size_is_a_mistake():
    with pytest.raises(ValueError, match="2 peaks"):
        append([EMPTY_ROOT], 3, EMPTY_ROOT)


GOLDEN = Path(__file__).parents[1] / "golden" / "merkle.txt"
"""Made once by `mth` and `path` above, over ENTRIES; never made anew from the code it tests."""

PROVEN = {*range(1, 131), *range(254, 260), MOST}
"""Sizes of which each proof is looked at: all up to 130, and around the next power of two."""


def test_every_size_has_the_root_and_these_have_the_proofs_of_the_golden_file():
    lines = [line.split() for line in GOLDEN.read_text().splitlines()[1:]]
    assert [int(size) for size, _, _ in lines] == list(range(1, MOST + 1))
    peaks: list[bytes] = []

    for size, expected_root, expected_proofs in lines:
        peaks, _ = append(peaks, int(size) - 1, leaf_hash(ENTRIES[int(size) - 1]))
        assert root(peaks).hex() == expected_root
        if int(size) in PROVEN:
            proofs = hashlib.sha256()
            for index in range(int(size)):
                for node in inclusion_proof(index, int(size), ALL_NODES):
                    proofs.update(node)
            assert proofs.hexdigest() == expected_proofs
