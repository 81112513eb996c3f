"""Ed25519 (RFC 8032), checking only. Nothing here is secret, so nothing has to take the same time.

By itself rather than by the `openssl` command: a file of receipts has thousands of signatures, and a process for each takes
longer than the arithmetic.
"""
import functools
import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)
# The y of each point whose order is 1, 2, 4 or 8: whose key this is, anything can be made to look signed.
SMALL_ORDER = frozenset((0, 1, P - 1, 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7,
                         0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826))
NEUTRAL = (0, 1, 1, 0)  # extended coordinates: X, Y, Z, T


def _add(one, ready):
    """The sum of a point and another that is ready to be added."""
    x, y, z, t = one
    minus, plus, t2d, z2 = ready
    a, b, c, d = (y - x) * minus, (y + x) * plus, t * t2d, z * z2
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def _ready(point):
    x, y, z, t = point
    return y - x, y + x, 2 * D * t % P, 2 * z


def _y(text):
    return int.from_bytes(text, "little") & (2**255 - 1)


def is_canonical(public_key):
    """Whether it is written as Ed25519 writes it. (A point of x = 0 is of a small order, whatever its sign.)"""
    return _y(public_key) < P


def is_of_small_order(public_key):
    return _y(public_key) in SMALL_ORDER


def _decode(text):
    """The point, or None."""
    sign, y = text[31] >> 7, _y(text)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _encode(point):
    x, y, z, _ = point
    inverse = pow(z, -1, P)
    x, y = x * inverse % P, y * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


@functools.lru_cache(maxsize=256)
def _table(text):
    """digit · 16^place · the point, for each place and digit; None for what is no point. The sum of 64 of them is any multiple."""
    point = _decode(text)
    if point is None:
        return None
    table = []
    for _ in range(64):
        step, row = _ready(point), [NEUTRAL]
        for _ in range(16):
            row.append(_add(row[-1], step))
        table.append([_ready(multiple) for multiple in row[:16]])
        point = row[16]
    return table


def _multiply(table, factor, sum_=NEUTRAL):
    """The sum and that multiple of the table's point."""
    for row in table:
        if factor & 15:
            sum_ = _add(sum_, row[factor & 15])
        factor >>= 4
    return sum_


BASE = (4 * pow(5, -1, P) % P).to_bytes(32, "little")


def verify(public_key, message, signature):
    """Whether the signature (64 bytes) is that of the key (32 bytes) over the message."""
    table = _table(bytes(public_key))
    s = int.from_bytes(signature[32:], "little")
    if table is None or is_of_small_order(public_key) or len(signature) != 64 or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    h = int.from_bytes(digest, "little") % ORDER
    x, y, z, t = _multiply(table, h)
    return _encode(_multiply(_table(BASE), s, (P - x, y, z, P - t))) == signature[:32]
