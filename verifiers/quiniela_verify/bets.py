"""Bets, their salts and their trees; the entries of the draw tree."""
import hashlib
import re
from dataclasses import dataclass

from . import merkle
from .encoding import AGENCIES_MAX, Refused, U64_MAX, base64_decode, base64_encode, decimal, hmac256, sha256, shown, u64

ROW_BYTES_MAX = 512
TEXT_BYTES_MAX = 8 + 1 + 20 + 1 + ROW_BYTES_MAX
NAME_BYTES_MAX = 100
STATES = (b"finished", b"cut")
# Names are of any characters but controls and commas; C1 controls are 0xC2 0x80 to 0xC2 0x9F in UTF-8.
BET = re.compile(rb"([^,\x00-\x1f\x7f]{1,100}),([^,\x00-\x1f\x7f]{1,100}),([A-Za-z0-9]{1,16}),"
                 rb"(\d{4})-(\d\d)-(\d\d),(0*[0-9]{1,4})", re.ASCII)
CONTROLS = re.compile("[\x80-\x9f]")
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def bets_said(first, count):
    """How a message names bets of an agency, which are counted from 0."""
    return f"bets {first} to {first + count - 1}" if count else f"no bets at {first}"


def number_of(row):
    """The bet's number. Refuses a row that is no bet."""
    match = BET.fullmatch(row)
    if not match or len(row) > ROW_BYTES_MAX:
        raise Refused(f'"{shown(row)}" is no bet: nombre,apellido,documento,nacimiento,numero')
    if not row.isascii():
        try:
            if CONTROLS.search(row.decode("utf-8")):
                raise Refused(f'"{shown(row)}" is no bet: it holds a control character')
        except UnicodeDecodeError:
            raise Refused(f'"{shown(row)}" is no bet: it is not UTF-8') from None
    year, month, day = int(match[4]), int(match[5]), int(match[6])
    leap = month == 2 and (year % 4 == 0 and year % 100 != 0 or year % 400 == 0)
    if year < 1 or not 1 <= month <= 12 or not 1 <= day <= DAYS[month - 1] + leap:
        raise Refused(f'"{shown(row)}" is no bet: nacimiento is no date')
    return int(match[7])


def split_text(text):
    """TEXT(a, i) as agency, index, row and number."""
    cut = text.split(b",", 2)
    if len(cut) != 3:
        raise Refused("the bet does not begin with its agency and index, \"5,0,\"")
    return decimal(cut[0], 1, AGENCIES_MAX), decimal(cut[1], 0, U64_MAX), cut[2], number_of(cut[2])


# Salts ---------------------------------------------------------------------------------------------------

def secret_hash(secret):
    return sha256(b"quiniela secret v1\n" + secret)


def agency_key(secret, origin, agency):
    """K(a)."""
    return hmac256(secret, b"quiniela agency key v1\n" + origin + b"\n%d" % agency)


def salt(key, index):
    return hmac256(key, b"quiniela salt v1\n" + u64(index))[:16]


def nonce(key, first, count):
    return hmac256(key, b"quiniela receipt v1\n" + u64(first) + u64(count))[:16]


# Trees ---------------------------------------------------------------------------------------------------

class AgencyTree:
    """An agency's tree, bet by bet. The key's two half-done hashes are kept (RFC 2104): most of the time goes into salts."""

    def __init__(self, agency, key):
        padded = key.ljust(64, b"\0")
        self.root = merkle.Root()
        self.inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + b"quiniela salt v1\n")
        self.outer = hashlib.sha256(bytes(byte ^ 0x5c for byte in padded))
        self.before = b"%d," % agency

    def add(self, row):
        index = self.root.count
        inner, outer = self.inner.copy(), self.outer.copy()
        inner.update(u64(index))
        outer.update(inner.digest())
        self.root.add(merkle.leaf(b"%b%b%d,%b" % (outer.digest()[:16], self.before, index, row)))


@dataclass(frozen=True)
class Entry:
    """What the draw tree holds of an agency."""
    agency: int
    state: bytes
    count: int
    root: bytes

    def leaf(self, origin):
        return merkle.leaf(b"quiniela agency v1\n%s\n%d %s %d %s\n" % (origin, self.agency, self.state, self.count,
                                                                        base64_encode(self.root)))


def draw_leaf(origin, rules, agencies, bets):
    """Entry 0 of the draw tree; `rules` is the hash of the newest."""
    return merkle.leaf(b"quiniela draw v1\n%s\nrules %s\nagencies %d\nbets %d\n" % (origin, base64_encode(rules), agencies, bets))


def digest(rows):
    """DIGEST of a chunk, as the store keeps it."""
    numbers = b"".join(number_of(row).to_bytes(2, "little") for row in rows)
    return sha256(numbers + b"".join(row + b"\n" for row in rows))


def parse_root(text):
    return base64_decode(text, 32)
