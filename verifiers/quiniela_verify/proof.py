"""The proof of a bet: as a text, and as what a QR code holds."""
from dataclasses import dataclass

from . import ed25519, merkle
from .bets import Entry, STATES, split_text
from .encoding import AGENCIES_MAX, Form, Refused, base32_decode, base64_decode, decimal, origin, sha256
from .notes import NAME
from .records import Seal, checkpoint, read_seal

PROOF_BYTES_MAX = 16 * 1024
CODE_VERSION = b"\x01"


@dataclass
class Proof:
    """What a proof shows, if its seal is right: that the entry is in the seal, and the bet in the entry."""
    row: bytes
    number: int
    index: int
    entry: Entry
    origin: bytes
    size: int
    root: bytes
    seal: Seal | None       # of a text
    signature: tuple | None  # of a code: the key's name and id, the signature

    @property
    def seal_text(self):
        return checkpoint(self.origin, self.size, self.root)

    @property
    def seal_hash(self):
        return sha256(self.seal_text)

    def is_signed(self, key):
        """Whether that key has signed; refuses a wrong signature of it."""
        if self.seal:
            return self.seal.note.is_signed(key)
        name, id_, signature = self.signature
        if (name, id_) != (key.name, key.id):
            return False
        if not ed25519.verify(key.public_key, self.seal_text, signature):
            raise Refused(f"the code: the signature of {key} is wrong")
        return True


def _state(text):
    if text not in STATES:
        raise Refused("state: is neither finished nor cut")
    return text


def _path(form):
    path = []
    while line := form.line():
        if len(path) == merkle.LEVELS_MAX:
            form.refuse("is one more hash than any path has")
        path.append(form.by(base64_decode, line, 32))
    return path


def _entry(agency, state, count, salt, index, text, path):
    """The agency's entry that the bet's path leads to."""
    root = merkle.path_root(path, index, count, merkle.leaf(salt + text))
    return Entry(agency, state, count, root)


def read_text(data):
    if len(data) > PROOF_BYTES_MAX:
        raise Refused(f"the proof: has more than {PROOF_BYTES_MAX} bytes")
    form = Form("the proof", data)
    form.literal(b"quiniela proof v1")
    salt = form.value(b"salt", base64_decode, 16)
    state = form.value(b"state", _state)
    count = form.value(b"count", decimal, 1)
    text = form.line()
    agency, index, row, number = form.by(split_text, text)
    path = _path(form)
    form.literal(b"c2sp.org/tlog-proof@v1")
    position = form.value(b"index", decimal)
    draw_path = _path(form)
    seal = read_seal(form.rest(), "the proof's seal")
    if position != agency:
        raise Refused("the proof is of another agency than its bet")
    entry = _entry(agency, state, count, salt, index, text, path)
    if merkle.path_root(draw_path, agency, seal.size, entry.leaf(seal.origin)) != seal.root:
        raise Refused(f"the proof does not lead to the seal: what it says of agency {agency} is not sealed")
    return Proof(row, number, index, entry, seal.origin, seal.size, seal.root, seal, None)


class _Bytes:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        if len(self.data) - self.at < length:
            raise Refused("the code: is too short")
        self.at += length
        return self.data[self.at - length:self.at]

    def number(self, length):
        return int.from_bytes(self.take(length), "big")

    def text(self, length_bytes):
        return self.take(self.number(length_bytes))

    def path(self, index, size):
        return [self.take(32) for _ in range(merkle.path_length(index, size))]


def read_code(data):
    """From the bytes, or their base32, alone in a line or behind an address and `#`."""
    if len(data) > PROOF_BYTES_MAX:
        raise Refused(f"the code: has more than {PROOF_BYTES_MAX} bytes")
    if data.startswith(CODE_VERSION):
        return parse_code(data)
    line = data[:-1] if data.endswith(b"\n") else data
    try:
        return parse_code(base32_decode(line.rsplit(b"#", 1)[-1]))
    except Refused as refused:
        raise Refused(str(refused).replace("is no base32", "the code: is neither its bytes nor base32")) from None


def parse_code(data):
    code = _Bytes(data)
    if code.take(1) != CODE_VERSION:
        raise Refused("the code: is not one of format 1")
    origin_ = code.text(1)
    origin(origin_)
    agencies, agency, state, count, index = (code.number(length) for length in (4, 4, 1, 8, 8))
    if not 1 <= agency <= agencies <= AGENCIES_MAX or state > 1 or index >= count:
        raise Refused("the code: has an agency, a state or a bet that there is not")
    salt, text = code.take(16), code.text(2)
    said_agency, said_index, row, number = split_text(text)
    if (said_agency, said_index) != (agency, index):
        raise Refused("the code: has a bet of another agency or index than it says")
    entry = _entry(agency, STATES[1 - state], count, salt, index, text, code.path(index, count))
    root = merkle.path_root(code.path(agency, agencies + 1), agency, agencies + 1, entry.leaf(origin_))
    name, id_, signature = code.text(1), code.take(4), code.take(64)
    if code.at != len(data):
        raise Refused("the code: is too long")
    if not NAME.fullmatch(name):
        raise Refused("the code: has a key's name that no key has")
    return Proof(row, number, index, entry, origin_, agencies + 1, root, None, (name, id_, signature))
