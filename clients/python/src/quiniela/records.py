"""The signed texts of a draw besides its rules: seal, approval, result, and receipts (docs/verifiable-draw.md)."""
import struct
from base64 import b64encode
from dataclasses import dataclass
from typing import BinaryIO, Iterator, List, NamedTuple, Sequence, Tuple

from . import merkle
from .encoding import AGENCIES_MAX, U64_MAX, Form, base64_decode, base64_of, decimal, hmac256, instant, origin, sha256, words
from .errors import NotTrue
from .notes import Note
from .salts import bet_leaf, bet_text, salt

NUMBER_DIGITS, NUMBERS = 4, 10_000
RECEIPTS_MAX = 5_000_000  # of a file
RECEIPT_LINE_BYTES_MAX = 128 * 1024
_BLOCK_LINES = 4


class Seal(NamedTuple):
    note: Note
    origin: bytes
    size: int
    root: bytes

    @property
    def hash(self) -> bytes:
        return sha256(self.note.text)


def read_seal(data: bytes, what: str = "the seal") -> Seal:
    note = Note(what, data)
    form = Form(what, note.text)
    origin_ = form.take(origin)
    size = form.take(lambda text: decimal(text, 2, AGENCIES_MAX + 1))
    root = form.take(base64_of(32))
    form.end()
    return Seal(note, origin_, size, root)


def _number(text: bytes) -> int:
    if len(text) != NUMBER_DIGITS or not text.isdigit():
        raise NotTrue(f"number: is not {NUMBER_DIGITS} digits")
    return int(text)


class Approval(NamedTuple):
    note: Note
    origin: bytes
    seal: bytes
    number: int


class Result(NamedTuple):
    note: Note
    origin: bytes
    seal: bytes
    number: int
    winners: int


def _begin(what: str, kind: bytes, data: bytes) -> Tuple[Form, Note, bytes, bytes, int]:
    """The lines that approval and result have in common."""
    note = Note(what, data)
    form = Form(what, note.text)
    form.literal(b"quiniela " + kind + b" v1")
    return form, note, form.take(origin), form.value(b"seal", base64_of(32)), form.value(b"number", _number)


def read_approval(data: bytes) -> Approval:
    form, note, origin_, seal, number = _begin("the approval", b"approval", data)
    form.end()
    return Approval(note, origin_, seal, number)


def read_result(data: bytes) -> Result:
    form, note, origin_, seal, number = _begin("the result", b"result", data)
    winners = form.value(b"winners", decimal)
    form.end()
    return Result(note, origin_, seal, number, winners)


# Receipts ------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Receipt:
    """What a receipt's entry says."""
    origin: bytes
    rules: bytes
    agency: int
    first: int
    count: int
    digest: bytes
    nonce: bytes

    @property
    def end(self) -> int:
        return self.first + self.count


class Commit(NamedTuple):
    """What the server has signed for all receipts of one commit."""
    note: Note
    origin: bytes
    size: int
    root: bytes
    time: int


def read_receipt(entry: bytes) -> Receipt:
    form = Form("the receipt", entry)
    form.literal(b"quiniela receipt v1")
    origin_ = form.take(origin)
    rules = form.value(b"rules", base64_of(32))
    agency_text, first_text, count_text, digest_text = form.take(lambda line: words(line, 4))
    agency = form.by(lambda text: decimal(text, 1, AGENCIES_MAX), agency_text)
    first = form.by(decimal, first_text)
    count = form.by(lambda text: decimal(text, 0, U64_MAX - first), count_text)
    digest = form.by(base64_of(32), digest_text)
    nonce = form.take(base64_of(16))
    form.end()
    return Receipt(origin_, rules, agency, first, count, digest, nonce)


def read_commit(data: bytes) -> Commit:
    note = Note("the receipts' note", data)
    form = Form("the receipts' note", note.text)
    form.literal(b"quiniela receipts v1")
    origin_ = form.take(origin)
    size = form.take(lambda text: decimal(text, 1))
    root = form.take(base64_of(32))
    time = form.value(b"time", instant)
    form.end()
    return Commit(note, origin_, size, root, time)


def hold_receipt(entry: bytes, index: int, path: Sequence[bytes], commit: Commit) -> Receipt:
    """The receipt, if it is the entry of the commit that it says it is. No signature is looked at."""
    receipt = read_receipt(entry)
    if commit.origin != receipt.origin:
        raise NotTrue("the receipt is of another draw than its note")
    if merkle.path_root(path, index, commit.size, merkle.leaf(entry)) != commit.root:
        raise NotTrue(f"the receipt is not entry {index} of the {commit.size} signed")
    return receipt


def _path(line: bytes) -> List[bytes]:
    cut = line.split(b" ")
    if cut[0] != b"path" or len(cut) > merkle.LEVELS_MAX + 1:
        raise NotTrue("is no path: the word `path`, and a hash after each space")
    return [base64_decode(word, 32) for word in cut[1:]]


def read_block(block: bytes) -> Tuple[Receipt, Commit]:
    """One block of a file of receipts: entry, index, path and note, without the empty line behind it."""
    form = Form("the receipt's block", block)
    entry = form.value(b"entry", base64_decode)
    index = form.value(b"index", decimal)
    path = form.take(_path)
    note = form.value(b"note", base64_decode)
    form.end()
    commit = read_commit(note)
    return hold_receipt(entry, index, path, commit), commit


def read_blocks(file: BinaryIO) -> Iterator[Tuple[Receipt, Commit]]:
    """Each block of a file of receipts. Refuses a file without any, and one that ends within a block."""
    number, lines = 0, []  # type: Tuple[int, List[bytes]]
    for number, line in enumerate(iter(lambda: file.readline(RECEIPT_LINE_BYTES_MAX + 1), b""), 1):
        if len(line) > RECEIPT_LINE_BYTES_MAX:
            raise NotTrue(f"line {number}: has more than {RECEIPT_LINE_BYTES_MAX} bytes")
        lines.append(line)
        if not line.endswith(b"\n"):
            break
        if line != b"\n":
            if len(lines) > _BLOCK_LINES:
                raise NotTrue(f"line {number}: is one too many of a receipt")
            continue
        try:
            yield read_block(b"".join(lines[:-1]))
        except NotTrue as reason:
            raise NotTrue(f"the receipt that ends in line {number}: {reason}") from None
        lines = []
    if lines:
        raise NotTrue(f"line {number}: the last receipt is cut off")
    if number == 0:
        raise NotTrue("is empty")


def number_of(seal: bytes, output: bytes) -> int:
    """The number that a beacon's output gives for a seal of that hash."""
    key = hmac256(seal, output)
    for place in range(256):
        word = int.from_bytes(hmac256(key, b"quiniela number v1\n" + struct.pack(">I", place))[:4], "big")
        if word < 2**32 // NUMBERS * NUMBERS:
            return word % NUMBERS
    raise NotTrue("the output gives no number")


# The draw's tree, and those of agencies ------------------------------------------------------------------

def draw_entry(origin_: bytes, rules: bytes, agencies: int, bets: int) -> bytes:
    """Entry 0 of the draw's tree; `rules` is the hash of the newest record."""
    return b"quiniela draw v1\n%b\nrules %b\nagencies %d\nbets %d\n" % (origin_, b64encode(rules), agencies, bets)


@dataclass(frozen=True)
class Entry:
    """What the draw's tree holds of an agency."""
    agency: int
    state: bytes
    count: int
    root: bytes

    def text(self, origin_: bytes) -> bytes:
        return b"quiniela agency v1\n%s\n%d %s %d %s\n" % (origin_, self.agency, self.state, self.count, b64encode(self.root))


class AgencyTree:
    """An agency's tree, bet by bet, with its salt key."""

    def __init__(self, agency: int, key: bytes) -> None:
        self.root = merkle.Root()
        self._agency, self._key = agency, key

    def add(self, row: bytes) -> None:
        index = self.root.count
        self.root.add(bet_leaf(salt(self._key, index), bet_text(self._agency, index, row)))
