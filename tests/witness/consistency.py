"""Proofs that one tree is the beginning of another: RFC 6962, section 2.1.2, checked as RFC 9162 does in section 2.1.4.2."""
import hashlib


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def holds(old_size, old_root, size, root, proof):
    """Whether the tree of `size` begins with that of `old_size`, which is neither empty nor larger."""
    if old_size == size:
        return not proof and old_root == root
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    fn, sn = old_size - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = path[0]
    for step in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node(step, first), node(step, second)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node(second, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and first == old_root and second == root
