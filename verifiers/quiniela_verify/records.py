"""The signed texts of a draw besides its rules: seal, approval, result, and receipts."""
from dataclasses import dataclass

from . import merkle
from .encoding import (AGENCIES_MAX, Form, Refused, U64_MAX, base64_decode, base64_encode, decimal, instant, origin, parts, sha256)
from .notes import Note

NUMBER_DIGITS = 4  # of N - 1


@dataclass
class Seal:
    note: Note
    origin: bytes
    size: int
    root: bytes

    @property
    def hash(self):
        return sha256(self.note.text)


def checkpoint(origin_, size, root):
    return b"%s\n%d\n%s\n" % (origin_, size, base64_encode(root))


def read_seal(data, what="the seal"):
    note = Note(what, data)
    return Seal(note, *parse_checkpoint(note.text, what))


def parse_checkpoint(text, what="the seal"):
    form = Form(what, text)
    origin_ = form.line()
    form.by(origin, origin_)
    size = form.take(decimal, 2, AGENCIES_MAX + 1)
    root = form.take(base64_decode, 32)
    form.end()
    return origin_, size, root


def _number(text):
    if len(text) != NUMBER_DIGITS or not text.isdigit():
        raise Refused(f"number: is not {NUMBER_DIGITS} digits")
    return int(text)


def _begin(form, kind):
    """The lines that approval and result have in common."""
    form.literal(b"quiniela " + kind + b" v1")
    origin_ = form.line()
    form.by(origin, origin_)
    return origin_, form.value(b"seal", base64_decode, 32), form.value(b"number", _number)


@dataclass
class Approval:
    note: Note
    origin: bytes
    seal: bytes
    number: int


def read_approval(data):
    note = Note("the approval", data)
    form = Form("the approval", note.text)
    values = _begin(form, b"approval")
    form.end()
    return Approval(note, *values)


@dataclass
class Result:
    note: Note
    origin: bytes
    seal: bytes
    number: int
    winners: int


def read_result(data):
    note = Note("the result", data)
    form = Form("the result", note.text)
    values = _begin(form, b"result")
    winners = form.value(b"winners", decimal)
    form.end()
    return Result(note, *values, winners)


# Receipts ------------------------------------------------------------------------------------------------

@dataclass
class Receipt:
    origin: bytes
    rules: bytes
    agency: int
    first: int
    count: int
    digest: bytes
    nonce: bytes
    signed: "Receipts | None" = None  # the commit's note, once it is known

    @property
    def end(self):
        return self.first + self.count


@dataclass
class Receipts:
    note: Note
    origin: bytes
    size: int
    root: bytes
    time: int


def parse_receipt(text):
    form = Form("the receipt", text)
    form.literal(b"quiniela receipt v1")
    origin_ = form.line()
    form.by(origin, origin_)
    rules = form.value(b"rules", base64_decode, 32)
    agency, first, count, digest = form.take(parts, 4)
    agency = form.by(decimal, agency, 1, AGENCIES_MAX)
    first = form.by(decimal, first)
    count = form.by(decimal, count, 0, U64_MAX - first)
    digest = form.by(base64_decode, digest, 32)
    nonce = form.take(base64_decode, 16)
    form.end()
    return Receipt(origin_, rules, agency, first, count, digest, nonce)


def read_receipts_note(data):
    note = Note("the receipts' note", data)
    form = Form("the receipts' note", note.text)
    form.literal(b"quiniela receipts v1")
    origin_ = form.line()
    form.by(origin, origin_)
    size = form.take(decimal, 1)
    root = form.take(base64_decode, 32)
    time = form.value(b"time", instant)
    form.end()
    return Receipts(note, origin_, size, root, time)


def _path(line):
    words = line.split(b" ")
    if words[0] != b"path" or len(words) > merkle.LEVELS_MAX + 1:
        raise Refused("is no path: the word `path`, and a hash after each space")
    return [base64_decode(word, 32) for word in words[1:]]


def read_receipt(block):
    """One block of a file of receipts: entry, index, path, note. The note's signature is not checked yet."""
    form = Form("the receipt's block", block)
    entry = form.value(b"entry", base64_decode)
    index = form.value(b"index", decimal)
    path = form.take(_path)
    note = form.value(b"note", base64_decode)
    form.end()
    receipt = parse_receipt(entry)
    receipt.signed = read_receipts_note(note)
    if receipt.signed.origin != receipt.origin:
        raise Refused("the receipt is of another draw than its note")
    if merkle.path_root(path, index, receipt.signed.size, merkle.leaf(entry)) != receipt.signed.root:
        raise Refused(f"the receipt is not entry {index} of the {receipt.signed.size} signed")
    return receipt
