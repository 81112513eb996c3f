"""Checks what an agency or a bettor was given of a signed draw, offline, as docs/verifiable-draw.md describes it. What it does not look
at (approvals, pulses, time stamps, an auditor's package) it says it has not checked: `quiniela verify` does."""
import argparse
from typing import Callable, Dict, List, Optional

from . import bets
from .encoding import base64_decode, sha256
from .errors import BadSetting, NotTrue, Unavailable
from .kept import open_ordinary
from .notes import Note, VKey, read_vkey
from .proof import read_entry, read_proof
from .records import AgencyTree, Entry, Receipt, Seal, read_block, read_result, read_seal
from .rules import Rules, newest, read_rules
from .salts import nonce
from .source import BetsFile

ALL_HOLD, FALSE, NOT_ALL_CHECKED = 0, 1, 3


def _read(path: str) -> bytes:
    try:
        with open_ordinary(path) as file:
            return file.read()
    except OSError as error:
        raise BadSetting(f"{path}: cannot be read: {error.strerror}") from None


class Check:
    """One claim a line, and what follows from all of them."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given, self.status = given, ALL_HOLD
        self.key: Optional[VKey] = None
        self.rules: Optional[Rules] = None
        self.seal: Optional[Seal] = None
        self.entries: Dict[int, Entry] = {}
        self.receipts: List[Receipt] = []
        self.lacks: Optional[str] = None  # why a signature of the claim could not be checked

    def say(self, state: str, what: str, why: str) -> None:
        print(f"{state:<11}  {what}: {why}")
        if state == "FALSE":
            self.status = FALSE
        elif state == "not checked" and self.status == ALL_HOLD:
            self.status = NOT_ALL_CHECKED

    def about(self, what: str, check: Callable[[], str]) -> None:
        self.lacks = None
        try:
            text = check()
            self.say(*("ok", what, text) if self.lacks is None else ("not checked", what, self.lacks))
        except NotTrue as reason:
            self.say("FALSE", what, str(reason))
        except Unavailable as reason:
            self.say("not checked", what, str(reason))

    def signed(self, note: Note) -> str:
        """What cannot be told here of a signature keeps nothing else from being looked at."""
        try:
            if self.key is None:
                raise Unavailable("no --key to check its signature with")
            note.check(self.key)
        except Unavailable as reason:
            self.lacks = str(reason)
        return "signed"

    def take_seal(self, seal: Seal) -> None:
        if self.rules and (seal.origin, seal.size) != (self.rules.origin, self.rules.agencies + 1):
            raise NotTrue("the seal is of another draw, or of another number of agencies, than the rules")
        if self.seal and self.seal.note.text != seal.note.text:
            raise NotTrue("is another seal of this draw: two seals were signed. A fraud, whichever is right")
        self.seal = self.seal or seal

    # What is given

    def check_rules(self) -> str:
        records = [read_rules(_read(path)) for path in self.given.rules]
        self.rules = newest(records)
        for record in records:
            if self.key and record.key != self.key:
                raise NotTrue(f"the rules' key, {record.key}, is not the one given")
            self.signed(record.note)
        return f"{len(records)} records, one chain, signed"

    def check_seal(self, path: str) -> str:
        seal = read_seal(_read(path))
        self.take_seal(seal)
        return f"{self.signed(seal.note)}; SHA-256 {seal.hash.hex()}"

    def check_proof(self, path: str) -> str:
        proof = read_proof(_read(path))
        self.take_seal(proof.seal)
        self.entries[proof.entry.agency] = proof.entry
        self.signed(proof.seal.note)
        return f"bet {proof.index} of agency {proof.entry.agency} is in the seal: {proof.row.decode()}"

    def check_entry(self) -> str:
        entry, seal = read_entry(_read(self.given.entry))
        self.take_seal(seal)
        self.entries[entry.agency] = entry
        self.signed(seal.note)
        return f"agency {entry.agency} has {entry.count} bets in the seal"

    def salt_key(self) -> Optional[bytes]:
        return base64_decode(_read(self.given.salt_key).rstrip(b"\n"), 32) if self.given.salt_key else None

    def check_receipts(self) -> str:
        key, signed = self.salt_key(), set()
        for block in _read(self.given.receipts).split(b"\n\n")[:-1]:
            receipt, commit = read_block(block + b"\n")
            if self.given.agency not in (None, receipt.agency):
                raise NotTrue(f"has receipts of agency {receipt.agency}, and not of {self.given.agency}")
            if self.rules and receipt.origin != self.rules.origin:
                raise NotTrue("has receipts of another draw than the rules'")
            if key and nonce(key, receipt.first, receipt.count) != receipt.nonce:
                raise NotTrue(f"the receipt for bets from {receipt.first} on has another nonce than the agency's key gives")
            entry = self.entries.get(receipt.agency)
            if entry and receipt.end > entry.count:
                raise NotTrue(f"there is a receipt for bets up to {receipt.end}, and only {entry.count} are sealed: the central broke "
                              "its word")
            if commit.note.data not in signed:
                self.signed(commit.note)
                signed.add(commit.note.data)
            self.receipts.append(receipt)
        return f"{len(self.receipts)} receipts, signed"

    def check_csv(self) -> str:
        file = BetsFile(self.given.csv)
        try:
            return self._check_csv(file)
        finally:
            file.close()

    def _check_csv(self, file: BetsFile) -> str:
        for receipt in self.receipts:
            if bets.digest_of(file.rows(receipt.first, receipt.count)) != receipt.digest:
                raise NotTrue(f"the receipt for bets {receipt.first} to {receipt.end - 1} is of other bets than the CSV has there")
        key, entry = self.salt_key(), self.entries.get(self.given.agency)
        if key is None or entry is None:
            raise Unavailable("whether its bets are those that were sealed: give --salt-key, and --entry or --proof")
        tree = AgencyTree(self.given.agency, key)
        for first in range(0, entry.count, 10_000):
            for row in file.rows(first, min(10_000, entry.count - first)):
                tree.add(row)
        if (tree.root.count, tree.root.hash()) != (entry.count, entry.root):
            raise NotTrue(f"its first {entry.count} bets are not those sealed of agency {entry.agency}")
        return f"its first {entry.count} bets are those sealed of agency {entry.agency}"

    def check_result(self) -> str:
        result = read_result(_read(self.given.result))
        if self.seal is None or (result.origin, result.seal) != (self.seal.origin, sha256(self.seal.note.text)):
            raise NotTrue("the result is of another draw, or of another seal than the one given")
        self.signed(result.note)
        return f"number {result.number:04d}, {result.winners} winners, signed"


def verify(given: argparse.Namespace) -> int:
    """Prints the claims; the exit code."""
    if given.csv and given.agency is None:
        raise BadSetting("--csv needs --agency")
    if not any((given.rules, given.seal, given.proof, given.entry, given.receipts, given.result)):
        raise BadSetting("there is nothing to verify: give --rules, --seal, --proof, --entry, --receipts or --result")
    check = Check(given)
    if given.key:
        try:
            check.key = read_vkey(given.key.encode())
        except NotTrue as reason:
            raise BadSetting(f"--key: {reason}") from None
    if given.rules:
        check.about("rules", check.check_rules)
    for path in given.seal:
        check.about(f"seal {path}", lambda path=path: check.check_seal(path))  # type: ignore[misc]
    for path in given.proof:
        check.about(f"proof {path}", lambda path=path: check.check_proof(path))  # type: ignore[misc]
    for name, each in (("entry", check.check_entry), ("receipts", check.check_receipts), ("csv", check.check_csv),
                       ("result", check.check_result)):
        if getattr(given, name):
            check.about(f"{name} {getattr(given, name)}", each)
    if given.result:
        check.say("not checked", "number", "how it came about; `quiniela verify` does that")
    print({ALL_HOLD: "Every claim holds.", FALSE: "FALSE.", NOT_ALL_CHECKED: "Nothing is false, but not all was checked."}[check.status])
    return check.status
