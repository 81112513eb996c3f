"""The number that a seal and a pulse give, and the time that has to lie between them."""
from .encoding import hmac256, u32

WITNESS_LEAD_S = 60


def derive(seal_hash, further, numbers=10000):
    """The number, and the words up to the one that counts; `further` is what nobody knew at the seal."""
    prk = hmac256(seal_hash, further)
    limit = 2**32 // numbers * numbers
    words = []
    while not words or words[-1] >= limit:
        words.append(int.from_bytes(hmac256(prk, b"quiniela number v1\n" + u32(len(words)))[:4], "big"))
    return words[-1] % numbers, words


def time_holds(seen, pulse):
    """Whether a seal that was seen then (seconds since 1970) was there before the pulse."""
    return seen + WITNESS_LEAD_S <= pulse
