"""What hides an agency's bets in the seal, and how it comes of the draw's secret (docs/verifiable-draw.md)."""
from . import merkle
from .encoding import hmac256, u64


def salt_key(secret: bytes, origin: bytes, agency: int) -> bytes:
    """K(a): what an agency gets of the secret."""
    return hmac256(secret, b"quiniela agency key v1\n%b\n%d" % (origin, agency))


def salt(key: bytes, index: int) -> bytes:
    """SALT(a, i), by the agency's key."""
    return hmac256(key, b"quiniela salt v1\n" + u64(index))[:16]


def nonce(key: bytes, first: int, count: int) -> bytes:
    """What a receipt for those bets has."""
    return hmac256(key, b"quiniela receipt v1\n" + u64(first) + u64(count))[:16]


def bet_text(agency: int, index: int, row: bytes) -> bytes:
    """TEXT(a, i)."""
    return b"%d,%d,%b" % (agency, index, row)


def bet_leaf(salt_: bytes, text: bytes) -> bytes:
    """Its leaf in the agency's tree."""
    return merkle.leaf(salt_ + text)
