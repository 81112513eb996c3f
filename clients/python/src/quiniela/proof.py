"""The proof of a bet, and the entry of an agency, as files (docs/verifiable-draw.md, docs/proofs.md)."""
from dataclasses import dataclass
from typing import List, Tuple

from . import bets, merkle
from .encoding import AGENCIES_MAX, U64_MAX, Form, base64_decode, base64_of, decimal, shown, words
from .errors import NotTrue
from .records import Entry, Seal, read_seal

PROOF_BYTES_MAX = 16 * 1024
_STATES = (b"finished", b"cut")


@dataclass(frozen=True)
class Proof:
    """What a proof shows, if its seal is right: that the entry is in the seal, and the bet in the entry."""
    row: bytes
    index: int
    entry: Entry
    seal: Seal


def _state(text: bytes) -> bytes:
    if text not in _STATES:
        raise NotTrue("state: is neither finished nor cut")
    return text


def _path(form: Form) -> List[bytes]:
    path: List[bytes] = []
    while True:
        line = form.line()
        if not line:
            return path
        if len(path) == merkle.LEVELS_MAX:
            raise form.refused("is one more hash than any path has")
        path.append(form.by(base64_of(32), line))


def _bet(text: bytes) -> Tuple[int, int, bytes]:
    """TEXT(a, i) as agency, index and row."""
    cut = text.split(b",", 2)
    if len(cut) != 3:
        raise NotTrue('the bet does not begin with its agency and index, "5,0,"')
    fault = bets.fault_of(cut[2])
    if fault:
        raise NotTrue(f'"{shown(cut[2])}" is no bet: {fault}')
    return decimal(cut[0], 1, AGENCIES_MAX), decimal(cut[1]), cut[2]


def _in_seal(form: Form, entry: Entry) -> Seal:
    """What follows an entry: C2SP's tlog-proof of it. Refuses one that does not lead to its own seal."""
    form.literal(b"c2sp.org/tlog-proof@v1")
    position = form.value(b"index", decimal)
    path = _path(form)
    seal = read_seal(form.rest(), "the proof's seal")
    if position != entry.agency:
        raise NotTrue("the proof is of another agency than its entry")
    if merkle.path_root(path, entry.agency, seal.size, merkle.leaf(entry.text(seal.origin))) != seal.root:
        raise NotTrue(f"the proof does not lead to the seal: what it says of agency {entry.agency} is not sealed")
    return seal


def read_proof(data: bytes) -> Proof:
    """Whether its seal is right is not looked at."""
    if len(data) > PROOF_BYTES_MAX:
        raise NotTrue(f"the proof: has more than {PROOF_BYTES_MAX} bytes")
    form = Form("the proof", data)
    form.literal(b"quiniela proof v1")
    salt = form.value(b"salt", base64_of(16))
    state = form.value(b"state", _state)
    count = form.value(b"count", lambda text: decimal(text, 1))
    text = form.line()
    agency, index, row = form.by(_bet, text)
    root = merkle.path_root(_path(form), index, count, merkle.leaf(salt + text))
    entry = Entry(agency, state, count, root)
    return Proof(row, index, entry, _in_seal(form, entry))


def read_entry(data: bytes) -> Tuple[Entry, Seal]:
    """A file NAME.entry: the entry of an agency, and its way to the seal."""
    if len(data) > PROOF_BYTES_MAX:
        raise NotTrue(f"the entry: has more than {PROOF_BYTES_MAX} bytes")
    form = Form("the entry", data)
    form.literal(b"quiniela agency v1")
    said = form.line()
    agency, state, count, root = form.take(lambda line: words(line, 4))
    entry = Entry(form.by(lambda text: decimal(text, 1, AGENCIES_MAX), agency), form.by(_state, state),
                  form.by(lambda text: decimal(text, 0, U64_MAX), count), form.by(lambda text: base64_decode(text, 32), root))
    form.literal(b"")
    seal = _in_seal(form, entry)
    if seal.origin != said:
        raise NotTrue("the entry is of another draw than its seal")
    return entry, seal
