"""The tree of RFC 6962: known roots, and every proof of every size up to forty."""

from hashlib import sha256
from itertools import pairwise

import pytest

from deploy.checker.check import climb
from libs.events.audit.merkle import Frontier, Tree, bagged, inner, leaf_node

MOST = 40
LEAVES = [sha256(bytes([n])).digest() for n in range(MOST)]
WHOLE = Tree(LEAVES)


def plain_root(leaves: list[bytes]) -> bytes:
    """Return the root as RFC 6962 defines it, by recursion."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = max(2**k for k in range(10) if 2**k < len(leaves))
    left, right = plain_root(leaves[:split]), plain_root(leaves[split:])
    return sha256(b"\x01" + left + right).digest()


@pytest.mark.parametrize("size", range(MOST + 1))
def test_the_root_is_the_standards(size: int) -> None:
    grown = Frontier()
    grown.add(LEAVES[:size])
    assert WHOLE.root(size) == grown.root() == plain_root(LEAVES[:size])


def test_a_known_vector_of_the_certificate_log_holds() -> None:
    # Two of the inputs of Certificate Transparency's own test vectors: "" and 0x00.
    assert leaf_node(b"").hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert inner(leaf_node(b""), leaf_node(b"\x00")).hex() == (
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    )


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_leaf_is_proved_to_a_stranger(size: int) -> None:
    root = WHOLE.root(size).hex()
    for index in range(size):
        path = [leaf_node(LEAVES[index]), *WHOLE.inclusion(index, size)]
        assert climb([step.hex() for step in path], index, size - 1)[1] == root


@pytest.mark.parametrize("second", range(2, MOST + 1))
def test_every_beginning_is_proved_to_a_stranger(second: int) -> None:
    for first in range(1, second):
        path = WHOLE.consistency(first, second)
        if first & (first - 1) == 0:
            path = [WHOLE.root(first), *path]
        shift = (first & -first).bit_length() - 1
        places = (first - 1) >> shift, (second - 1) >> shift
        told = climb([step.hex() for step in path], *places)
        assert told == (WHOLE.root(first).hex(), WHOLE.root(second).hex())


def test_another_leaf_or_place_has_another_root() -> None:
    path = [leaf_node(LEAVES[3]), *WHOLE.inclusion(3, 11)]
    steps = [step.hex() for step in path]
    assert climb(steps, 4, 10)[1] != WHOLE.root(11).hex()
    forged = [leaf_node(LEAVES[4]).hex(), *steps[1:]]
    assert climb(forged, 3, 10)[1] != WHOLE.root(11).hex()
    for wrong in (steps[:-1], [*steps, steps[-1]]):
        with pytest.raises(ValueError, match="a path is too"):
            climb(wrong, 3, 10)


def test_whole_subtrees_join_as_their_leaves_would() -> None:
    joined = Frontier()
    for low, high in pairwise(range(0, 33, 8)):
        joined.join(Tree(LEAVES[low:high]).root(8), 8)
    joined.add(LEAVES[32:35])
    assert joined.root() == WHOLE.root(35)
    assert bagged(joined.peaks) == WHOLE.root(35)
    with pytest.raises(ValueError, match="8"):
        joined.join(LEAVES[0], 8)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, MOST + 1)])
def test_what_is_not_in_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(IndexError):
        WHOLE.inclusion(index, size)
    with pytest.raises(IndexError):
        WHOLE.consistency(size + 1, index)
