"""Trees of RFC 6962 with SHA-256, and paths in them (RFC 9162)."""
from typing import List, Sequence

from .encoding import sha256
from .errors import NotTrue

EMPTY = sha256(b"")
LEVELS_MAX = 64


def leaf(entry: bytes) -> bytes:
    return sha256(b"\0" + entry)


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right)


class Root:
    """The root of leaves that come one by one; keeps one hash a level."""

    def __init__(self) -> None:
        self.count = 0
        self._whole: List[bytes] = []  # roots of whole trees, the largest first

    def add(self, hash_: bytes) -> None:
        self.count += 1
        places = self.count
        while not places & 1:
            hash_ = node(self._whole.pop(), hash_)
            places >>= 1
        self._whole.append(hash_)

    def hash(self) -> bytes:
        if not self._whole:
            return EMPTY
        hash_ = self._whole[-1]
        for left in reversed(self._whole[:-1]):
            hash_ = node(left, hash_)
        return hash_


def path_length(index: int, size: int) -> int:
    """Up to where the ways of this leaf and the last one meet each level has a neighbour; above, only where the way turns right."""
    inner = (index ^ (size - 1)).bit_length()
    return inner + bin(index >> inner).count("1")


def path_root(path: Sequence[bytes], index: int, size: int, hash_: bytes) -> bytes:
    """Where the path leads from that leaf (RFC 9162, 2.1.3.2)."""
    if index >= size or len(path) != path_length(index, size):
        raise NotTrue(f"the path is not that of entry {index} of {size}")
    last = size - 1
    for other in path:
        if index & 1 or index == last:
            hash_ = node(other, hash_)
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            hash_ = node(hash_, other)
        index >>= 1
        last >>= 1
    return hash_
