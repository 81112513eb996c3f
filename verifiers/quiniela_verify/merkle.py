"""Trees of RFC 6962 with SHA-256."""
from .encoding import Refused, sha256

EMPTY = sha256(b"")
LEVELS_MAX = 64


def leaf(entry):
    return sha256(b"\0" + entry)


def node(left, right):
    return sha256(b"\1" + left + right)


class Root:
    """The root of leaves that come one by one; keeps one hash a level."""

    def __init__(self):
        self.count = 0
        self.whole = []  # roots of whole trees, the largest first

    def add(self, hash_):
        self.count += 1
        places = self.count
        while not places & 1:
            hash_ = node(self.whole.pop(), hash_)
            places >>= 1
        self.whole.append(hash_)

    def hash(self):
        if not self.whole:
            return EMPTY
        hash_ = self.whole[-1]
        for left in reversed(self.whole[:-1]):
            hash_ = node(left, hash_)
        return hash_


def path_length(index, size):
    """Up to where the ways of this leaf and the last one meet each level has a neighbour; above, only where the way turns right."""
    inner = (index ^ (size - 1)).bit_length()
    return inner + (index >> inner).bit_count()


def path_root(path, index, size, hash_):
    """Where the path leads from that leaf (RFC 9162, 2.1.3.2)."""
    if index >= size or len(path) != path_length(index, size):
        raise Refused(f"the path is not that of entry {index} of {size}")
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
    if last:
        raise Refused("the path is too short")
    return hash_
