"""What a central has promised an agency in a signed draw: rules, receipts, seal and result. Each is held against the central's key,
which the agency has from somebody else, and is on the disk before the agency goes on. What is not as it was promised is kept, too, and
raises NotBelieved. The files are those of `quiniela client`: each of the two goes on with what the other has kept."""
import contextlib
import os
from base64 import b64encode
from typing import Iterator, List, NoReturn, Optional, Tuple

from . import ed25519
from .encoding import base64_decode
from .errors import BadSetting, Differs, NotBelieved, NotTrue, Unavailable
from .kept import Kept, KeptOther, open_ordinary
from .notes import Note, VKey, read_vkey
from .records import Commit, Receipt, Result, hold_receipt, read_block, read_commit, read_receipt, read_result, read_seal
from .rules import Rules, check_next, read_rules, split_notes
from .wire import ReceiptTold, Reply

RECORDS_MAX = 64
_UNCHECKED_MAX = 8  # texts of one kind that are kept while signatures cannot be checked
_BLOCK_BYTES_MAX = 32 * 1024  # of a receipt; `quiniela client` writes none of more
_BLOCK_BEGINS = (b"entry ", b"index ", b"path", b"note ", b"\n")
AWAY = "move it away, or name another file"
BOTH = "give both to whoever audits the draw"
ELSEWHERE = "move the files of another draw away, or name another place for the receipts"


class TryAgain(Exception):
    """Nothing is false, but it is to be asked again. Says why."""


class ReceiptsFile:
    """The receipts, in a file that only grows: blocks of four lines, each ended by an empty one. `origin` is the draw that they must be
    of; empty: that of the first."""

    def __init__(self, path: str, agency: int, origin: bytes = b"") -> None:
        self.path, self.covered, self.origin = path, 0, origin
        try:
            self._file = open_ordinary(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        except OSError as error:
            raise BadSetting(f"{path}: the receipts cannot be kept there: {error.strerror}") from None
        try:
            self._lock()
            self._read(agency)
        except OSError as error:
            self._file.close()
            raise BadSetting(f"{path}: the receipts cannot be read there: {error.strerror}") from None
        except BaseException:
            self._file.close()
            raise

    def _lock(self) -> None:
        try:
            import fcntl  # which not every system has; whoever keeps no receipts needs none
        except ImportError:
            raise BadSetting(f"{self.path}: receipts cannot be kept on this system, which has no flock()") from None
        try:
            fcntl.flock(self._file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BadSetting(f"{self.path}: another client keeps its receipts there: end it first, or name another file") from None

    def _read(self, agency: int) -> None:
        """What is there. A last block that was cut off as it was written is removed; anything else that is no receipt is left as it
        is, and refused: it may be a file of somebody's, named by mistake."""
        end = number = 0
        block: List[bytes] = []
        with open(os.dup(self._file.fileno()), "rb") as file:
            for line in iter(lambda: file.readline(_BLOCK_BYTES_MAX), b""):
                number += 1
                try:
                    self._check_line(block, line, agency)
                except NotTrue as reason:
                    raise BadSetting(f"{self.path}:{number}: {reason}: {AWAY}") from None
                block.append(line)
                if len(block) == len(_BLOCK_BEGINS):
                    self.take(read_receipt(_entry_of(block[0])))
                    end, block = end + sum(map(len, block)), []
        if block:
            self._file.truncate(end)
            os.fsync(self._file.fileno())
        self._end = end

    def _check_line(self, before: List[bytes], line: bytes, agency: int) -> None:
        """Whether a line may follow those of its block. Only the file's last one has no end."""
        begin = _BLOCK_BEGINS[len(before)]
        is_whole = line.endswith(b"\n")
        if len(line) == _BLOCK_BYTES_MAX or not (line.startswith(begin) or not is_whole and begin.startswith(line)):
            raise NotTrue("is no line of a receipt")
        if not before and is_whole:
            self._check(read_receipt(_entry_of(line)), agency)

    def _check(self, receipt: Receipt, agency: int) -> None:
        if receipt.agency != agency or self.origin not in (b"", receipt.origin):
            raise NotTrue(f"is a receipt of another {'agency' if receipt.agency != agency else 'draw than those before it'}")

    def take(self, receipt: Receipt) -> None:
        """Counts it, and writes nothing."""
        self.origin = receipt.origin
        if receipt.first <= self.covered < receipt.end:
            self.covered = receipt.end

    def add(self, told: ReceiptTold, receipt: Receipt) -> None:
        path = b"".join(b" " + each for each in told.path)
        block = b"entry %b\nindex %d\npath%b\nnote %b\n\n" % (told.entry, told.place, path, b64encode(told.note))
        if len(block) >= _BLOCK_BYTES_MAX:
            raise NotBelieved("system", f"{self.path}: the receipt is too long to be kept")
        try:
            written = 0
            while written < len(block):
                written += self._file.write(block[written:]) or 0
            os.fsync(self._file.fileno())
        except OSError as error:
            try:
                self._file.truncate(self._end)
            except OSError:
                pass  # the next start removes what was written
            raise NotBelieved("system", f"{self.path}: the receipt cannot be kept: {error.strerror}") from None
        self._end += len(block)
        self.take(receipt)

    @property
    def is_empty(self) -> bool:
        return self._end == 0

    def forget(self) -> None:
        """What was taken and not written."""
        assert self.is_empty
        self.covered, self.origin = 0, b""

    def close(self) -> None:
        self._file.close()


def _entry_of(line: bytes) -> bytes:
    return base64_decode(line[len(_BLOCK_BEGINS[0]):-1])


def _unchecked_names(suffix: str) -> Iterator[str]:
    """Where what was not checked is kept: in the first that has no other text."""
    for further in range(1, _UNCHECKED_MAX + 1):
        yield f"unchecked-{suffix}" + (f"-{further}" if further > 1 else "")


class Promises:
    """Opens the files of an agency, and takes what the central tells. `unchecked` says why signatures cannot be checked here; None
    where they are. Then what does not go together is asked for again, and accuses nobody."""

    def __init__(self, agency: int, key: str, receipts: str, asks_key: bool) -> None:
        try:
            self.key = read_vkey(key.encode("utf-8", "replace"))
        except NotTrue as reason:
            raise BadSetting(f"the central's key: {reason}") from None
        self._agency = agency
        self._kept = Kept(receipts)
        self.unchecked = ed25519.why_not()  # before anything is read: what is in bad form comes to no signature
        self.rules: List[Rules] = []
        self.seal: Optional[bytes] = None
        self.receipts = ReceiptsFile(receipts, agency)
        self._aside: Optional[ReceiptsFile] = None  # for receipts that were not checked
        try:
            self._read_kept()
        except (NotTrue, TryAgain) as reason:
            self.close()
            raise BadSetting(f"{self._kept.prefix}.*: {reason}: {ELSEWHERE}") from None
        except BaseException:
            self.close()
            raise
        self.lacks_key = asks_key and self._kept.read("salt-key") is None

    def close(self) -> None:
        self.receipts.close()
        if self._aside is not None:
            self._aside.close()

    @property
    def covered(self) -> int:
        """For how many bets, from the first on, there are receipts: kept ones, and those that this run was told and could not check."""
        return self.receipts.covered

    @property
    def _draw_key(self) -> VKey:
        """The key that signs this draw: what the rules name, for which the one that was given has signed."""
        return self.rules[0].key if self.rules else self.key

    @property
    def _draw(self) -> bytes:
        """The draw that the files here are of; empty: there are none."""
        if self.rules or self.receipts.origin:
            return self.rules[0].origin if self.rules else self.receipts.origin
        return read_seal(self.seal).origin if self.seal is not None else b""

    def _check_note(self, note: Note, key: VKey) -> None:
        try:
            note.check(key)
        except Unavailable as reason:
            self.unchecked = str(reason)

    def _read_kept(self) -> None:
        for number in range(RECORDS_MAX):
            data = self._kept.read(f"rules-{number}")
            if data is None:
                break
            self._add_record(self.rules, data)
        if self.rules and self.receipts.origin not in (b"", self.rules[0].origin):
            raise NotTrue("the receipts and the rules are of two draws")
        self.seal = self._kept.read("seal")
        if self.seal is not None:
            self._check_seal(self.seal)
            if self._draw != read_seal(self.seal).origin:
                raise NotTrue("the receipts and the seal are of two draws")
            self._kept.write("seal", self.seal)  # whoever wrote it may not have come to the sync
        result = self._kept.read("result")
        if result is not None:
            self._check_result(result)

    # What is told while signatures cannot be checked: anybody may have written it

    def _keep(self, suffix: str, data: bytes) -> None:
        """Keeps what is signed, and the key of the bets. What was not checked is kept, too, and never under the name at which the next start finds it: a forged
        one would be in the way of the right one for good. KeptOther."""
        if self.unchecked is None:
            self._kept.write(suffix, data)
            return
        for name in _unchecked_names(suffix):
            with contextlib.suppress(KeptOther):
                self._kept.write(name, data)
                return

    def _keep_receipt(self, told: ReceiptTold, receipt: Receipt) -> None:
        """The same of a receipt; no file has those of two draws. One that was not checked counts until this run ends: the next
        start, which checks none that is kept, counts none of these, asks for them again, and adds them once more if it cannot check."""
        if self.unchecked is None:
            self.receipts.add(told, receipt)
            return
        if self._aside is not None and self._aside.origin != receipt.origin:
            self._aside.close()
            self._aside = None
        for name in _unchecked_names("receipts"):
            if self._aside is None:
                with contextlib.suppress(BadSetting):  # there are others, or what is no receipt
                    self._aside = ReceiptsFile(self._kept.path(name), self._agency, receipt.origin)
        if self._aside is not None:
            self._aside.add(told, receipt)
        self.receipts.take(receipt)

    def _may_replace(self, suffix: str) -> bool:
        """Whether what is known by that name may give way to what is told now: neither was checked, and none is kept from before."""
        return self.unchecked is not None and self._kept.read(suffix) is None

    def _has_forgotten(self) -> bool:
        """Drops rules, seal and receipts that nothing has checked, unless there are kept ones: those of one draw would be in the way
        of another's. Whether it did."""
        if self.unchecked is None or not self.receipts.is_empty or not self._may_replace("rules-0") or not self._may_replace("seal"):
            return False
        self.rules, self.seal = [], None
        self.receipts.forget()
        return True

    @contextlib.contextmanager
    def _together(self) -> Iterator[None]:
        """What is not as it must be accuses the central only where signatures are checked."""
        try:
            yield
        except NotTrue as reason:
            if self.unchecked is None:
                raise
            raise self._again(reason) from None

    def _again(self, reason: NotTrue) -> TryAgain:
        return TryAgain(f"{reason.bare if isinstance(reason, Differs) else reason}: {self.unchecked}")

    # Rules

    def _add_record(self, records: List[Rules], data: bytes) -> None:
        record = read_rules(data)
        self._check_note(record.note, record.key)
        if record.key != self.key and (not records or record.note.is_of(self.key)):  # a later one names no other key than the first
            self._check_note(record.note, self.key)
        if record.number != len(records):
            raise NotTrue(f"the rules' record {len(records)} is missing")
        if records:
            check_next(records[-1], record)
        records.append(record)

    def _read_told(self, told: bytes) -> List[Rules]:
        records: List[Rules] = []
        for data in split_notes(told):
            if len(records) == RECORDS_MAX:
                raise NotBelieved("bad_form", "the central's rules have too many records")
            if not records and not Note("the rules", data).is_of(self.key):
                raise NotBelieved("other_key", f"the rules of the central's draw are not signed with the key of {self.key} that this "
                                               "agency was given: ask whoever gave it, and not the central, which is right")
            self._add_record(records, data)
        if not records:
            raise NotBelieved("bad_form", "the central's rules are empty")
        return records

    def take_rules(self, reply: Reply) -> None:
        if reply.rules is None:
            why = "is not signed" if reply.is_unsigned else "has no rules that it tells: it is an older central, which signs nothing"
            raise NotBelieved("not_signed", f"the central's draw {why}, and this agency was given a key: ask the operator whether this "
                                            "is the right central")
        with self._together():
            told = self._read_told(reply.rules)
        before = self._draw
        if before not in (b"", told[0].origin):
            if self._has_forgotten():
                raise TryAgain(f"the central told first of draw {before.decode()}, and now of {told[0].origin.decode()}, and which of the two "
                               f"it has signed is not known: {self.unchecked}")
            raise NotBelieved("other_draw", f"the files {self._kept.prefix}.* are of draw {before.decode()}, and the central's draw is "
                                            f"{told[0].origin.decode()}: name another place for the receipts, or that draw's central")
        for record in told:
            self._take_record(record)
        if len(told) < len(self.rules):
            raise TryAgain(f"the central has {len(told)} records of the rules, and had {len(self.rules)}")

    def _take_record(self, record: Rules) -> None:
        number = record.number
        if number >= len(self.rules):
            self._keep(f"rules-{number}", record.note.data)
            self.rules.append(record)
        elif self.rules[number].hash != record.hash:
            if self._may_replace(f"rules-{number}"):
                self.rules[number:] = [record]
            self._refuse_other(f"other-rules-{number}", record.note.data, f"the central tells another record {number} of the rules than "
                               f"before, signed with its key: {self._kept.path(f'rules-{number}')}")

    def _refuse_other(self, suffix: str, data: bytes, why: str) -> None:
        if self.unchecked is not None:
            self._keep(suffix, data)
            raise TryAgain(f"what the central tells does not go together with what it told before, {self._kept.prefix}.*, and which of it is "
                           f"signed is not known: {self.unchecked}")
        try:
            self._kept.write(suffix, data)
        except KeptOther:
            pass  # one is enough
        raise NotBelieved("false_claim", f"{why} and {self._kept.path(suffix)}: {BOTH}")

    # Receipts

    def take_receipt(self, reply: Reply, first: int, count: int, digest: bytes, has_rules: bool) -> None:
        """Keeps the receipt for those bets; `has_rules` says whether this answer told the rules."""
        told = reply.receipt
        if told is None:
            raise TryAgain("the central gave no receipt for what it has stored")
        try:
            receipt, commit = self._held(told)
            self._check_note(commit.note, self._draw_key)
            if (receipt.origin, receipt.agency, receipt.first, receipt.count, receipt.digest) != (
                    self.rules[-1].origin, self._agency, first, count, digest):
                raise Differs(f"the receipt is not for bets {first + 1} to {first + count} as they were sent")
            if receipt.rules not in [record.hash for record in self.rules]:
                if not has_rules:
                    raise TryAgain("the rules have changed: they are asked for again")
                raise Differs("the receipt names a record of the rules that the central does not tell")
        except NotTrue as reason:
            self._refuse_receipt(told, reason)
        self._keep_receipt(told, receipt)

    def _refuse_receipt(self, told: ReceiptTold, reason: NotTrue) -> NoReturn:
        suffix = "false-receipt" if self.unchecked is None else "other-receipt"
        with contextlib.suppress(KeptOther):  # one is enough
            self._keep(suffix, told.entry)
            self._keep(f"{suffix}-note", told.note)
        if self.unchecked is not None:
            raise self._again(reason) from None
        raise NotBelieved("false_claim", f"{reason}; it is kept as {self._kept.path('false-receipt')}") from None

    @staticmethod
    def _held(told: ReceiptTold) -> Tuple[Receipt, Commit]:
        commit = read_commit(told.note)
        path = [base64_decode(each, 32) for each in told.path]
        return hold_receipt(base64_decode(told.entry), told.place, path, commit), commit

    # Seal, result, key

    def _check_seal(self, data: bytes) -> bytes:
        """Its text."""
        seal = read_seal(data)
        self._check_note(seal.note, self._draw_key)
        if self.rules and seal.origin != self.rules[0].origin:
            raise Differs(f"the seal is of another draw, {seal.origin.decode()}")
        if self.rules and seal.size != self.rules[-1].agencies + 1:
            raise Differs(f"the seal is of {seal.size - 1} agencies, and the rules name {self.rules[-1].agencies}")
        return seal.note.text

    def take_seal(self, reply: Reply) -> bool:
        """Whether it is there, and none was known."""
        if reply.seal is None:
            return False
        with self._together():
            text = self._check_seal(reply.seal)
        if self.seal is None:
            self._keep("seal", reply.seal)
            self.seal = reply.seal
            return True
        if read_seal(self.seal).note.text != text:
            if self._may_replace("seal"):
                self.seal = reply.seal
            self._refuse_other("other-seal", reply.seal,
                               f"the central has sealed this draw twice, and signed both: {self._kept.path('seal')}")
        if reply.seal != self.seal:
            try:
                self._keep("witnessed-seal", reply.seal)
            except KeptOther:
                pass  # what witnesses have added may come more than once
        return False

    def _check_result(self, data: bytes) -> Result:
        if self.seal is None:
            raise NotTrue("there is a result without a seal")
        result, seal = read_result(data), read_seal(self.seal)
        self._check_note(result.note, self._draw_key)
        if (result.origin, result.seal) != (seal.origin, seal.hash):
            raise Differs("the result is of another draw, or of another seal")
        return result

    def _take_key(self, reply: Reply) -> None:
        if reply.key is None or self.seal is None or not self.lacks_key:
            return
        with self._together():
            base64_decode(reply.key, 32)
        self._keep("salt-key", reply.key + b"\n")
        self.lacks_key = False

    def take_waiting(self, reply: Reply) -> bool:
        """An answer before the draw. Whether it has the seal, and none was known."""
        self.take_rules(reply)
        is_new = self.take_seal(reply)
        self._take_key(reply)
        return is_new

    def take_winners(self, reply: Reply) -> Result:
        with self._together():
            if reply.seal is None or reply.result is None:
                raise NotTrue("the central told winners without the seal of the draw and its signed result")
        self.take_rules(reply)
        self.take_seal(reply)
        with self._together():
            result = self._check_result(reply.result)
        try:
            if self.unchecked is not None and self._kept.read("result") not in (None, reply.result):
                raise KeptOther(self._kept.path("result"))
            self._keep("result", reply.result)
        except KeptOther:
            self._refuse_other("other-result", reply.result,
                               f"the central has signed two results of this draw: {self._kept.path('result')}")
        self._take_key(reply)
        return result

    def refute_winners(self, documents: str, why: str) -> None:
        self._refuse_other("false-winners", documents.encode("utf-8", "surrogatepass"), f"{why}: {self._kept.path('result')}")


@contextlib.contextmanager
def believing() -> Iterator[None]:
    """Turns what is not true into NotBelieved."""
    try:
        yield
    except NotTrue as reason:
        raise NotBelieved("false_claim", str(reason)) from None
    except KeptOther as other:
        raise NotBelieved("false_claim", f"{other}: is there, with another text") from None
