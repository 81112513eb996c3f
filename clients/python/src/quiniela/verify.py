"""Checks what an agency or a bettor was given of a signed draw, offline, as docs/verifiable-draw.md describes it, and answers as `quiniela
verify` does. What it does not look at (approvals, pulses, time stamps, an auditor's package) it says it has not checked."""
import argparse
import contextlib
import os
from typing import BinaryIO, Callable, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from . import bets
from .encoding import Form, base64_of, printable
from .errors import BadBets, BadSetting, Differs, NotTrue, QuinielaError, Unavailable
from .kept import open_ordinary
from .notes import NOTE_BYTES_MAX, Note, VKey, read_vkey
from .proof import PROOF_BYTES_MAX, read_entry, read_proof
from .records import RECEIPTS_MAX, AgencyTree, Entry, Receipt, Result, Seal, read_blocks, read_result, read_seal
from .rules import Rules, newest, read_rules
from .salts import nonce
from .source import BetsFile

ALL_HOLD, FALSE, NOT_ALL_CHECKED = 0, 1, 3
_KEY_FILE_BYTES_MAX = 256
_STEP_BETS = 10_000
_NO_KEY = "no --key to check its signature with"


class NotChecked(Exception):
    """What a claim rests on was not given. Says what."""


@contextlib.contextmanager
def _reading(path: str) -> Iterator[BinaryIO]:
    try:
        with open_ordinary(path) as file:
            yield file
    except OSError as error:
        raise BadSetting(f"{path}: cannot be read: {error.strerror}") from None


def _read(path: str, most: int) -> bytes:
    with _reading(path) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise NotTrue(f"has more than {most} bytes")
    return data


def _bets(first: int, count: int) -> str:
    return f"bets {first} to {first + count - 1}" if count else f"no bets at {first}"


class Receipts(NamedTuple):
    """What is kept of a file of receipts that is right."""
    path: str
    agency: int
    end: int  # of the bets that there are receipts for
    list: List[Receipt]


class Check:
    """One claim a line, and what follows from all of them."""

    def __init__(self, given: argparse.Namespace, keys: List[VKey]) -> None:
        self.given, self.keys = given, keys
        self.states: Set[str] = set()
        self.origin: Optional[bytes] = None  # of the draw, once it is known
        self.records: List[Rules] = []
        self.rules: Optional[Rules] = None
        self.seal: Optional[Seal] = None
        self.seals: List[Note] = []
        self.copies: Set[Tuple[int, int]] = set()  # the files of seals that are this one
        self.has_second = self.has_shown = False  # another seal; a proof, or an entry
        self.has_misfit = False  # a seal of this draw is signed, and of other agencies than the rules have
        self.witnessed = 0  # how many of the rules' witnesses have signed the seal
        self.entries: Dict[int, Entry] = {}
        self.salt_key: Optional[bytes] = None
        self.receipts: List[Receipts] = []
        self.result: Optional[Result] = None
        self.lacks: Optional[str] = None  # why a signature of the claim could not be checked
        self.unchecked: Optional[str] = None  # why one could not be that there is a key for: then texts that differ accuse nobody

    @property
    def status(self) -> int:
        return FALSE if "FALSE" in self.states else NOT_ALL_CHECKED if "not checked" in self.states else ALL_HOLD

    def say(self, state: str, what: str, why: str) -> None:
        print(f"{state:<11}  {printable(what)}: {printable(why)}")
        if state != "note":
            self.states.add(state)

    def about(self, what: str, check: Callable[[], Optional[str]]) -> bool:
        """Says what came out, if anything; whether it holds, as far as it could be checked."""
        self.lacks = None
        try:
            text = check()
        except Differs as reason:
            self.say_differs(what, reason)
            return False
        except (NotTrue, BadBets) as reason:
            self.say("FALSE", what, str(reason))
            return False
        except (NotChecked, Unavailable) as reason:
            self.say("not checked", what, str(reason))
            return False
        if text is not None:
            self.say(*("ok", what, text) if self.lacks is None else ("not checked", what, f"{text}: {self.lacks}"))
        return True

    def say_differs(self, what: str, reason: Differs) -> None:
        if self.unchecked is not None:
            self.say("not checked", what, f"{reason.bare}: {self.unchecked}")
        else:
            self.say("FALSE", what, str(reason) if self.lacks is None else reason.bare)

    # Whose it is

    def take_origin(self, origin: bytes) -> None:
        """All is of one draw: the first that was seen."""
        self.origin = self.origin or origin
        if origin != self.origin:
            raise NotTrue(f"is of another draw: {origin.decode()} instead of {self.origin.decode()}")

    def is_signed(self, note: Note, key: VKey) -> bool:
        """Whether there is a line of the key; refuses a wrong one. What cannot be told here of a signature keeps nothing else from being
        looked at."""
        if not note.is_of(key):
            return False
        try:
            note.check(key)
        except Unavailable as reason:
            self.lacks = self.unchecked = str(reason)
        return True

    def check_signed(self, note: Note) -> None:
        """Refuses what the server has not signed: its key is that of the rules."""
        keys = [self.rules.key] if self.rules else self.keys
        is_signed = any([self.is_signed(note, key) for key in keys])
        for key in self.keys:  # a line of any key that is known is right
            if key not in keys:
                self.is_signed(note, key)
        if not keys:
            self.lacks = _NO_KEY
        elif not is_signed:
            raise NotTrue(f"is not signed by {' or '.join(map(str, keys))}")

    def check_agency(self, agency: int) -> None:
        if self.given.agency not in (None, agency):
            raise NotTrue(f"is of agency {agency}, and --agency is {self.given.agency}")

    # Rules

    def check_rules(self, path: str) -> str:
        record = read_rules(_read(path, NOTE_BYTES_MAX))
        if not self.is_signed(record.note, record.key):
            raise NotTrue(f"is not signed by {record.key}")
        for key in self.keys:
            if key != record.key:
                self.is_signed(record.note, key)
        self.take_origin(record.origin)
        self.records.append(record)
        return (f"record {record.number} of {record.origin.decode()}, signed by {record.key}: {record.agencies} agencies, number "
                f"{record.how}")

    def check_chain(self) -> str:
        self.rules = newest(self.records)
        last = self.rules.number
        return f"records 0 to {last} are one chain" if last else "record 0 is the only one given"

    def check_key(self) -> Optional[str]:
        if not self.keys:
            raise NotChecked("no --key: the key in the rules vouches only for itself" if self.rules else "no --key, and no rules")
        if self.rules is None:
            return None
        if self.rules.key in self.keys:
            return f"the rules' key is the one given, {self.rules.key}"
        # The first record names the key, and no later one can name another.
        if not any(record.number == 0 and record.note.is_of(key) for record in self.records for key in self.keys):
            raise NotTrue(f"the rules' key, {self.rules.key.text.decode()}, is none of those given")
        self.lacks = self.unchecked
        return f"the rules' key, {self.rules.key}, is another, and the one given has signed these rules, too"

    # Seals

    def check_size(self, seal: Seal) -> None:
        if self.rules and seal.size != self.rules.agencies + 1:
            self.has_misfit = self.has_misfit or self.lacks is None
            raise Differs(f"is of {seal.size - 1} agencies, and the rules' record {self.rules.number} has {self.rules.agencies}")

    def take_seal(self, seal: Seal) -> None:
        self.take_origin(seal.origin)
        self.check_signed(seal.note)
        self.check_size(seal)
        self.seal = self.seal or seal
        if self.seal.note.text != seal.note.text:
            self.has_second = True
            raise Differs("is another seal of this draw", ": two seals were signed. A fraud, whichever is right")
        self.seals.append(seal.note)

    def check_seal(self, path: str) -> str:
        seal = read_seal(_read(path, NOTE_BYTES_MAX))
        self.take_seal(seal)
        status = os.stat(path)
        self.copies.add((status.st_dev, status.st_ino))
        return f"of {seal.origin.decode()}, signed; SHA-256 {seal.hash.hex()}"

    def check_proof(self, path: str) -> str:
        proof = read_proof(_read(path, PROOF_BYTES_MAX))
        self.check_agency(proof.entry.agency)
        self.take_seal(proof.seal)
        self.entries[proof.entry.agency] = proof.entry
        self.has_shown = True
        return f"bet {proof.index} of agency {proof.entry.agency} is in the seal: {proof.row.decode()}"

    def check_entry(self, path: str) -> str:
        entry, seal = read_entry(_read(path, PROOF_BYTES_MAX))
        self.check_agency(entry.agency)
        self.take_seal(seal)
        self.entries[entry.agency] = entry
        self.has_shown = True
        return f"agency {entry.agency} has {entry.count} bets in the seal"

    def check_witness(self, witness: VKey) -> Optional[str]:
        seen = [time for time in (note.cosigned(witness) for note in self.seals) if time is not None]
        if not seen:
            return None
        self.witnessed += 1
        return f"signed the seal at second {min(seen)} since 1970"

    def check_one_seal(self) -> str:
        """That there is no second one: a witness of the rules signs only one, or copies from several places are the same. Files that
        are one count once, and so do all proofs."""
        copies = len(self.copies) + self.has_shown
        if self.has_second or self.has_misfit:
            raise Differs("there are two")
        if self.witnessed:
            return f"there is one: {self.witnessed} of the rules' witnesses signed it, and a witness signs no second one"
        if copies > 1:
            return f"{copies} copies, and they are one. No witness of the rules has signed it"
        raise NotChecked("only one copy, and no witness of the rules has signed it: there may be another seal")

    # Receipts

    def check_salt_key(self, path: str) -> None:
        form = Form("the key", _read(path, _KEY_FILE_BYTES_MAX))
        key = form.take(base64_of(32))
        form.end()
        self.salt_key = key

    def check_receipt(self, receipt: Receipt, agency: int) -> None:
        self.take_origin(receipt.origin)
        if receipt.agency != agency:
            raise NotTrue(f"has receipts of agency {receipt.agency}, too, and not only of {agency}")
        if self.salt_key and nonce(self.salt_key, receipt.first, receipt.count) != receipt.nonce:
            raise NotTrue(f"the receipt for {_bets(receipt.first, receipt.count)} has another nonce than the agency's key gives")

    def check_receipts(self, path: str) -> str:
        agency, end, found = self.given.agency, 0, []
        note = None  # the signature of one that several have is checked once
        with _reading(path) as file:
            for receipt, commit in read_blocks(file):
                agency = agency or receipt.agency
                self.check_receipt(receipt, agency)
                if commit.note.data != note:
                    self.check_signed(commit.note)
                    note = commit.note.data
                end = max(end, receipt.end)
                found.append(receipt)
                if len(found) > RECEIPTS_MAX:
                    raise NotTrue(f"has more than {RECEIPTS_MAX} receipts")
        self.receipts.append(Receipts(path, agency, end, found))
        return f"{len(found)} receipts of agency {agency}, for bets up to {end}, signed"

    def check_rules_named(self, file: Receipts) -> None:
        known = {record.hash for record in self.records}
        for receipt in file.list if self.rules else ():
            if receipt.rules not in known:
                raise NotChecked(f"the receipt for {_bets(receipt.first, receipt.count)} names a record of the rules that was not given")

    def check_kept(self, file: Receipts) -> str:
        """Who has a receipt for a bet has it sealed."""
        entry = self.entries.get(file.agency)
        if entry is None:
            raise NotChecked(f"how many bets of agency {file.agency} are sealed is not known: no --entry, no --proof")
        if file.end > entry.count:
            self.lacks = None if self.rules or self.keys else _NO_KEY  # then anybody may have written them
            raise Differs(f"agency {file.agency} has a receipt for its bets up to {file.end}, and only {entry.count} are sealed",
                          ": the central broke its word")
        return f"the {entry.count} bets sealed of agency {file.agency} are not fewer than the receipts' {file.end}"

    # The agency's own bets

    def check_receipted(self, file: BetsFile, receipts: List[Receipt]) -> str:
        for receipt in receipts:
            if receipt.end > file.total:
                raise NotTrue(f"a receipt is for bets up to {receipt.end}, and the CSV has {file.total}")
            if bets.digest_of(file.rows(receipt.first, receipt.count)) != receipt.digest:
                raise NotTrue(f"the receipt for {_bets(receipt.first, receipt.count)} is of other bets than the CSV has there")
        return f"each of the {len(receipts)} is of the bets that the CSV has there"

    def check_sealed(self, file: BetsFile) -> str:
        entry, agency = self.entries.get(self.given.agency), self.given.agency
        if self.salt_key is None or entry is None:
            raise NotChecked("whether its bets are those that were sealed: give --salt-key, and --entry or --proof")
        if file.total < entry.count:
            raise NotTrue(f"has {file.total} bets, and {entry.count} are sealed of agency {agency}")
        tree = AgencyTree(agency, self.salt_key)
        for first in range(0, entry.count, _STEP_BETS):
            for row in file.rows(first, min(_STEP_BETS, entry.count - first)):
                tree.add(row)
        if tree.root.hash() != entry.root:
            raise NotTrue(f"its first {entry.count} bets are not those sealed of agency {agency}")
        return f"its first {entry.count} bets are those sealed of agency {agency}"

    def check_csv(self, what: str, path: str) -> None:
        """Without --salt-key, which `quiniela verify` asks for, it is held against receipts alone."""
        if self.given.salt_key and self.salt_key is None:
            raise NotChecked("the salts are not known")
        file = BetsFile(path)
        try:
            receipts = [receipt for each in self.receipts if each.agency == self.given.agency for receipt in each.list]
            if receipts:
                self.about(f"{what}, receipts", lambda: self.check_receipted(file, receipts))
            if self.about(what, lambda: self.check_sealed(file)) and file.total > self.entries[self.given.agency].count:
                self.say("note", what, f"bets {self.entries[self.given.agency].count} to {file.total - 1} are not in the draw")
        finally:
            file.close()

    # The result

    def check_result(self, path: str) -> str:
        result = read_result(_read(path, NOTE_BYTES_MAX))
        self.take_origin(result.origin)
        self.check_signed(result.note)
        if self.seal and result.seal != self.seal.hash:
            raise Differs("is of another seal than this one")
        first = self.result = self.result or result
        if (result.number, result.winners, result.seal) != (first.number, first.winners, first.seal):
            raise Differs(f"says {result.number:04d} and {result.winners} winners, and another result {first.number:04d} and "
                          f"{first.winners}: two results of one draw", ". A fraud, whichever is right")
        if self.seal is None:
            raise NotChecked(f"{result.number:04d}, {result.winners} winners: no seal it is of")
        return f"number {result.number:04d}, {result.winners} winners: signed, of this seal"

    # All of it

    def _each(self, name: str, check: Callable[[str], Optional[str]]) -> None:
        given = getattr(self.given, name)
        for path in given if isinstance(given, list) else [given] if given else []:
            self.about(f"{name.replace('_', ' ')} {path}", lambda path=path: check(path))  # type: ignore[misc]

    def _check_draw(self) -> None:
        self._each("rules", self.check_rules)
        if self.records:
            self.about("rules", self.check_chain)
        if self.rules or not self.given.rules:
            self.about("key", self.check_key)

    def _check_seals(self) -> None:
        for name, check in (("seal", self.check_seal), ("proof", self.check_proof), ("entry", self.check_entry)):
            self._each(name, check)
        if self.seal is None:
            return
        for witness in self.rules.witnesses if self.rules else ():
            self.about(f"witness {witness}", lambda witness=witness: self.check_witness(witness))  # type: ignore[misc]
        self.about("seals", self.check_one_seal)

    def _check_receipts(self) -> None:
        self._each("salt_key", self.check_salt_key)
        self._each("receipts", self.check_receipts)
        for file in self.receipts:
            self.about(f"receipts {file.path}, rules", lambda file=file: self.check_rules_named(file))  # type: ignore[misc]
            if self.seal:
                self.about(f"receipts {file.path}, sealed", lambda file=file: self.check_kept(file))  # type: ignore[misc]

    def all(self) -> None:
        self._check_draw()
        self._check_seals()
        self._check_receipts()
        if self.given.csv:
            what = f"csv {self.given.csv}"
            self.about(what, lambda: self.check_csv(what, self.given.csv))
        self._each("result", self.check_result)
        if self.given.result:
            self.say("not checked", "number", "how it came about; `quiniela verify` does that")


def _keys(texts: List[str]) -> List[VKey]:
    try:
        return [read_vkey(os.fsencode(text)) for text in texts]
    except NotTrue as reason:
        raise BadSetting(f"--key: {reason}") from None


def verify(given: argparse.Namespace) -> int:
    """Prints the claims; the exit code."""
    if (given.csv or given.salt_key) and given.agency is None:
        raise BadSetting("--csv and --salt-key need --agency: whose are they?")
    if not any((given.rules, given.seal, given.proof, given.entry, given.receipts, given.csv, given.salt_key, given.result)):
        raise BadSetting("there is nothing to verify: give --rules, --seal, --proof, --entry, --receipts or --result")
    check = Check(given, _keys(given.key))
    try:
        check.all()
    except QuinielaError as error:  # a file that cannot be read
        raise BadSetting(str(error)) from None
    if not check.states:
        raise BadSetting("nothing was checked: what was given says nothing by itself")
    print({ALL_HOLD: "Every claim holds.", FALSE: "FALSE.", NOT_ALL_CHECKED: "Nothing is false, but not all was checked."}[check.status])
    return check.status
