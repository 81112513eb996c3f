"""What a signed draw's agency asks for and keeps: the rules, a receipt of each chunk, the seal and the result."""
import base64
import hashlib
import struct


class Broken(Exception):
    """The central broke its word."""


def digest(rows):
    """Of a chunk as it was sent (docs/verifiable-draw.md)."""
    numbers = b"".join(struct.pack("<H", int(row.rsplit(",", 1)[1])) for row in rows)
    return base64.b64encode(hashlib.sha256(numbers + b"".join(row.encode() + b"\n" for row in rows)).digest()).decode()


def text_of(note):
    """What a note signs; behind it are the signatures, of which there may be more later."""
    return note[:note.index("\n\n") + 1]


class Promises:
    """Of agency `number`. `is_kept(port, note)` says whether the server at that port has this seal in its folder."""

    def __init__(self, number, path, is_kept):
        self.number, self.path, self.is_kept = number, path, is_kept
        self.rules, self.seal, self.result = "", None, None
        self.until = 0  # so many bets have a receipt
        self.count = 0

    # Rules and receipts

    def take(self, reply, first, rows):
        """What an acknowledgement of these bets has."""
        self._take_rules(reply["rules"])
        if rows:
            self._take_receipt(reply.get("receipt"), first, rows)

    def _take_rules(self, rules):
        if not rules or not (rules.startswith(self.rules) or self.rules.startswith(rules)):  # one server may be behind another
            raise Broken(f"the rules were {self.rules!r}, and are {rules!r}")
        self.rules = max(self.rules, rules, key=len)

    def _take_receipt(self, receipt, first, rows):
        if receipt is None:
            raise Broken(f"no receipt of the {len(rows)} bets from {first} on")
        entry = base64.b64decode(receipt["entry"], validate=True).decode().split("\n")
        said = f"{self.number} {first} {len(rows)} {digest(rows)}"
        if entry[0] != "quiniela receipt v1" or entry[3] != said:
            raise Broken(f"the receipt should be of {said}, and is {entry}")
        path, note = "".join(" " + each for each in receipt["path"]), base64.b64encode(receipt["note"].encode()).decode()
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(f"entry {receipt['entry']}\nindex {receipt['index']}\npath{path}\nnote {note}\n\n")
        self.count += 1
        if first <= self.until:
            self.until = max(self.until, first + len(rows))

    # The seal

    def wanted(self):
        """What a consultation says of the seal."""
        return self.seal or True

    def take_seal(self, note, port):
        if self.seal is not None and text_of(note) != text_of(self.seal):
            raise Broken(f"the seal was {self.seal!r}, and is {note!r}")
        if not self.is_kept(port, note):
            raise Broken(f"the server at the port {port} shows a seal that its folder does not have: {note!r}")
        self.seal = self.seal or note

    def take_result(self, note, port):
        if self.result not in (None, note):
            raise Broken(f"the result was {self.result!r}, and is {note!r} at the port {port}")
        self.result = note
