"""Merkle tree of RFC 6962 (RFC 9162, section 2.1) over the leaf hashes of a log.

A log's leaf hash is the datum: a node over it is `sha256(0x00 || leaf)`, a node over
two nodes `sha256(0x01 || left || right)`, so that no leaf can pass for a node. Pure.
"""

from collections.abc import Iterable

from libs.events.algorithms import HASH, digest

WIDTH = 32
LEAF, NODE = b"\x00", b"\x01"
_hash = digest(HASH)


def leaf_node(leaf: bytes) -> bytes:
    """Return the node over one leaf hash."""
    return _hash(LEAF + leaf)


def inner(left: bytes, right: bytes) -> bytes:
    """Return the node over two nodes."""
    return _hash(NODE + left + right)


class Frontier:
    """The roots of the complete subtrees of a growing tree: all that a root needs."""

    def __init__(self) -> None:
        self.size = 0
        self.peaks: list[bytes] = []

    def add(self, leaves: Iterable[bytes]) -> None:
        """Append leaf hashes."""
        for leaf in leaves:
            self.join(leaf_node(leaf), 1)

    def join(self, node: bytes, size: int) -> None:
        """Append a complete subtree of `size` leaves, a power of two.

        What stands here must be a multiple of it. Raises ValueError.
        """
        if self.size % size:
            raise ValueError(size)
        count = self.size // size
        while count & 1:
            node = inner(self.peaks.pop(), node)
            count >>= 1
        self.peaks.append(node)
        self.size += size

    def root(self) -> bytes:
        """Return the root of the tree as it stands."""
        return bagged(self.peaks)


def bagged(peaks: Iterable[bytes]) -> bytes:
    """Return the root over complete subtrees, the largest first."""
    root: bytes | None = None
    for peak in reversed(list(peaks)):
        root = peak if root is None else inner(peak, root)
    return _hash(b"") if root is None else root


class Tree:
    """A whole tree, every complete subtree kept: 64 bytes a leaf."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        level = bytearray()
        for leaf in leaves:
            level += leaf_node(leaf)
        self.size = len(level) // WIDTH
        self._levels = [level]
        while len(level) >= 2 * WIDTH:
            level = _above(level)
            self._levels.append(level)

    def root(self, size: int) -> bytes:
        """Return the root over the first leaves."""
        return self._root(0, size) if size else bagged(())

    def peaks(self, size: int) -> list[tuple[bytes, int]]:
        """Return the complete subtrees over the first leaves, (node, leaves) each."""
        low, found = 0, list[tuple[bytes, int]]()
        while low < size:
            count = 1 << ((size - low).bit_length() - 1)
            found.append((self._root(low, low + count), count))
            low += count
        return found

    def inclusion(self, index: int, size: int) -> list[bytes]:
        """Return the path from a leaf to the root over `size` leaves, leaf first.

        Raises IndexError when the leaf is not among them.
        """
        if not 0 <= index < size <= self.size:
            raise IndexError(index)
        low, high, path = 0, size, list[bytes]()
        while high - low > 1:
            middle = low + _split(high - low)
            if index < middle:
                path.append(self._root(middle, high))
                high = middle
            else:
                path.append(self._root(low, middle))
                low = middle
        return path[::-1]

    def consistency(self, first: int, second: int) -> list[bytes]:
        """Return what proves that `first` leaves are the beginning of `second`.

        Raises IndexError when the sizes do not grow.
        """
        if not 0 < first <= second <= self.size:
            raise IndexError(first)
        low, high, path, whole = 0, second, list[bytes](), True
        while first != high:
            middle = low + _split(high - low)
            if first <= middle:
                path.append(self._root(middle, high))
                high = middle
            else:
                path.append(self._root(low, middle))
                low, whole = middle, False
        return [*([] if whole else [self._root(low, high)]), *path[::-1]]

    def _root(self, low: int, high: int) -> bytes:
        count = high - low
        if count & (count - 1) == 0:
            at = (low // count) * WIDTH
            return bytes(self._levels[count.bit_length() - 1][at : at + WIDTH])
        middle = low + _split(count)
        return inner(self._root(low, middle), self._root(middle, high))


def _above(level: bytearray) -> bytearray:
    above = bytearray()
    for at in range(0, len(level) - WIDTH, 2 * WIDTH):
        above += _hash(NODE + level[at : at + 2 * WIDTH])
    return above


def _split(count: int) -> int:
    """Return the largest power of two below a count of two or more."""
    return 1 << ((count - 1).bit_length() - 1)
