"""Receipts, seal.json, an agency's CSV and the export, each against the seal."""
import itertools

from . import files
from .bets import AgencyTree, bets_said, digest, nonce, number_of
from .encoding import AGENCIES_MAX, Refused, decimal, instant_text
from .records import parse_checkpoint
from .seal_json import SealJson

DIFFERING_MAX = 20  # agencies that are named
RECEIPTS_MAX = 5_000_000  # of an agency; more than a file has room for (files.RECEIPTS_BYTES_MAX)
CSV_BYTES_MAX = 64 * 1024**3
EXPORT_BYTES_MAX = 1024**4


def _broken_word(case):
    """What accuses the central; empty where there is no key, as anybody may have written receipts and seal then."""
    return ": the central broke its word" if case.keys else ""


# Receipts ------------------------------------------------------------------------------------------------


class Receipts:
    """What is kept of a file of receipts: of each no more than a CSV is held against."""

    def __init__(self, what):
        self.what = what
        self.agency, self.count, self.end, self.last = None, 0, 0, 0  # the last is a time
        self.rules = {}  # what the first receipt is for, of each record that is named
        self.kept = []   # first, count, digest

    def add(self, receipt, keeps):
        self.count += 1
        self.end, self.last = max(self.end, receipt.end), max(self.last, receipt.signed.time)
        self.rules.setdefault(receipt.rules, bets_said(receipt.first, receipt.count))
        if keeps:
            self.kept.append((receipt.first, receipt.count, receipt.digest))
        if self.count > RECEIPTS_MAX:
            raise Refused(f"has more than {RECEIPTS_MAX} receipts")


def _check_receipt(case, receipt, agency):
    case.take_origin(receipt.origin)
    if receipt.agency != agency:
        raise Refused(f"has receipts of agency {receipt.agency}, too, and not only of {agency}")
    key = case.agency_key(agency)
    if key and nonce(key, receipt.first, receipt.count) != receipt.nonce:
        raise Refused(f"the receipt for {bets_said(receipt.first, receipt.count)} has another nonce than the agency's key gives")


def _read_receipts(case, what, file):
    """Checks each; the signature of a note that several have, once."""
    found, last = Receipts(what), None
    for receipt in files.receipts(file):
        if found.agency is None:
            found.agency = case.given.agency or receipt.agency
        _check_receipt(case, receipt, found.agency)
        note = receipt.signed.note
        if last is None or (note.text, note.signatures) != (last.text, last.signatures):
            case.check_signed(note)
            last = note
        found.add(receipt, bool(case.given.csv))
    return found


def check_receipts(case):
    for file in case.given.receipts:
        what = f"receipts {file.path}"
        with case.claims.about(what):
            found = _read_receipts(case, what, file)
            case.receipts.append(found)
            said = f"{found.count} of agency {found.agency}, for bets up to {found.end}, the last at {instant_text(found.last)}"
            if case.keys:
                case.claims.ok(what, f"{said}: signed")
            else:
                case.claims.not_checked(what, f"{said}: no key to check the signatures with")


def _check_rules_named(case, what, found):
    """A receipt names the newest rules of its time."""
    strange = [bets for rules, bets in found.rules.items() if rules not in {record.hash for record in case.records}]
    if not case.rules or not strange:
        return
    if case.listed and case.listed.rules == case.rules.hash:
        raise Refused(f"the receipt for {strange[0]} names rules that are none of these: a fork")
    case.claims.not_checked(what, f"the receipt for {strange[0]} names a record of the rules that was not given")


def check_receipts_kept(case):
    """Against the seal: who has a receipt for a bet has it sealed."""
    for found in case.receipts:
        with case.claims.about(f"{found.what}, rules"):
            _check_rules_named(case, f"{found.what}, rules", found)
        if case.seal is None:
            continue
        what, agency, entry = f"{found.what}, sealed", found.agency, case.entries.get(found.agency)
        if entry is None:
            case.claims.not_checked(what, f"how many bets of agency {agency} are sealed is not known: no --seal-json, no proof")
        elif found.end > entry.count:
            case.claims.false(what, f"agency {agency} has a receipt for its bets up to {found.end}, and only {entry.count} are sealed"
                                    f"{_broken_word(case)}")
        else:
            case.claims.ok(what, f"the {entry.count} bets sealed of agency {agency} are not fewer than the receipts' {found.end}")


# seal.json -----------------------------------------------------------------------------------------------

def _wanted_agencies(case):
    agencies = {found.agency for found in case.receipts}
    return agencies | ({case.given.agency} if case.given.agency else set())


def check_seal_json(case):
    if not case.given.seal_json:
        return
    what = f"seal.json {case.given.seal_json.path}"
    with case.claims.about(what):
        listed = SealJson(case.given.seal_json)
        case.take_origin(listed.origin)
        wanted, found = _wanted_agencies(case), {}
        for first, last, entry in listed.entries():
            for agency in wanted if first < last else {first} & wanted:
                if first <= agency <= last:
                    found[agency] = entry
        if case.seal is None:
            case.claims.not_checked(what, "no seal to compare its root with")
            return
        _, size, root = parse_checkpoint(case.seal)
        if (listed.agencies + 1, listed.root) != (size, root):
            raise Refused("gives another root, or has another size, than the seal")
        if case.rules and listed.rules != case.rules.hash:
            raise Refused(f"the seal is of other rules than record {case.rules.number}, the newest one given: is a later record missing?")
        case.entries.update(found)
        case.listed = listed
        case.claims.ok(what, f"gives the seal's root: {listed.agencies} agencies, {listed.bets} bets")
        for agency, reset, count in listed.voided:
            case.claims.note(what, f"{count} bets of agency {agency} were voided by reset {reset}, and are in no tree: its word")


# The export ----------------------------------------------------------------------------------------------

class Export:
    """An export's agencies, each with its count and root."""

    def __init__(self, case, file):
        file.check_size(EXPORT_BYTES_MAX)
        self.case, self.file = case, file
        self.numbers = [0] * 10000

    def _rows(self):
        number, last, last_text = 0, 0, None
        try:
            for number, (_, line) in enumerate(files.csv_rows(self.file, mark=False), 1):
                text, _, row = line.partition(b",")
                agency = last if text == last_text else decimal(text, 1, AGENCIES_MAX)
                if agency < last:
                    raise Refused(f"agency {agency} comes after {last}")
                last, last_text = agency, text
                self.numbers[number_of(row)] += 1
                yield agency, row
        except Refused as refused:
            raise Refused(f"line {number}, or the next: {refused} (agency {last}, or what follows it)") from None

    def agencies(self):
        for agency, rows in itertools.groupby(self._rows(), key=lambda pair: pair[0]):
            tree = AgencyTree(agency, self.case.agency_key(agency))
            for _, row in rows:
                tree.add(row)
            yield agency, tree.root.count, tree.root.hash()


def _differing(export, listed):
    """What differs of each agency, from an export and what is sealed, both in the order of agencies."""
    left = export.agencies()
    have = next(left, None)
    for first, last, entry in listed:
        nobody_up_to = first - 1 if entry.count else last
        while have and have[0] <= nobody_up_to:
            yield have[0], f"has {have[1]} bets in the export, and none is sealed"
            have = next(left, None)
        if not entry.count:
            continue
        if not have or have[0] != entry.agency:
            yield entry.agency, f"has no bets in the export, and {entry.count} are sealed"
            continue
        if have[1] != entry.count:
            yield entry.agency, f"has {have[1]} bets in the export, and {entry.count} are sealed"
        elif have[2] != entry.root:
            yield entry.agency, f"has other bets in the export than the {entry.count} that are sealed"
        have = next(left, None)
    while have:
        yield have[0], f"has {have[1]} bets in the export, and there is no such agency"
        have = next(left, None)


def check_export(case):
    if not case.given.export:
        return
    what = f"export {case.given.export.path}"
    with case.claims.about(what):
        if case.listed is None or case.secret is None:
            lacking = "seal.json that gives the seal's root" if case.listed is None else "salts' secret"
            case.claims.not_checked(what, f"there is no {lacking}")
            return
        export = Export(case, case.given.export)
        differing = list(itertools.islice(_differing(export, SealJson(case.given.seal_json).entries()), DIFFERING_MAX + 1))
        if differing:
            said = [f"agency {agency} {why}" for agency, why in differing[:DIFFERING_MAX]]
            raise Refused("; ".join(said) + ("; and more" if len(differing) > DIFFERING_MAX else ""))
        case.numbers = export.numbers
        case.claims.ok(what, f"its {sum(export.numbers)} bets are those sealed, of every agency")


# An agency's CSV -----------------------------------------------------------------------------------------

class Csv:
    """One pass over the file: the root of the bets that are sealed, and where those of receipts begin."""

    def __init__(self, file, tree, count, firsts):
        file.check_size(CSV_BYTES_MAX)
        self.file, self.rows, self.offsets, self.numbers = file, 0, {}, [0] * 10000
        for offset, row in files.csv_rows(file):
            try:
                number = number_of(row)
            except Refused as refused:
                raise Refused(f"bet {self.rows}: {refused}") from None
            if self.rows in firsts:
                self.offsets[self.rows] = offset
            if count is None or self.rows < count:
                tree.add(row)
                self.numbers[number] += 1
            self.rows += 1
        self.root = tree.root.hash()

    def check_receipt(self, first, count, wanted):
        """That the receipt is of these bets."""
        if first + count > self.rows:
            raise Refused(f"a receipt is for bets up to {first + count}, and the CSV has {self.rows}")
        rows = []
        if count:
            rows = [row for _, row in itertools.islice(files.csv_rows(self.file, self.offsets[first]), count)]
        if digest(rows) != wanted:
            raise Refused(f"the receipt for {bets_said(first, count)} is of other bets than the CSV has there")


def _check_csv_sealed(case, what, csv, entry, receipted):
    if entry is None:
        case.claims.not_checked(what, f"{csv.rows} bets; their root cannot be compared without --seal-json or a proof, and a seal")
        return
    word = _broken_word(case) if receipted else ""
    if csv.rows < entry.count:
        raise Refused(f"has {csv.rows} bets, and {entry.count} are sealed of agency {entry.agency}")
    if csv.root != entry.root:
        raise Refused(f"its first {entry.count} bets are not those sealed of agency {entry.agency}{word}")
    case.csv_numbers = csv.numbers
    case.claims.ok(what, f"its first {entry.count} bets are those sealed of agency {entry.agency} ({entry.state.decode()})")
    if csv.rows > entry.count:
        case.claims.note(what, f"bets {entry.count} to {csv.rows - 1} are not in the draw")


def check_csv(case):
    if not case.given.csv:
        return
    agency, what = case.given.agency, f"csv {case.given.csv.path}"
    receipts = [receipt for found in case.receipts for receipt in found.kept]  # of this agency, as they were read
    with case.claims.about(what):
        key, entry = case.agency_key(agency), case.entries.get(agency)
        if key is None:
            case.claims.not_checked(what, "the salts are not known")
            return
        csv = Csv(case.given.csv, AgencyTree(agency, key), entry.count if entry else None, {first for first, _, _ in receipts})
        receipted = False
        if receipts:
            with case.claims.about(f"{what}, receipts"):
                for receipt in receipts:
                    csv.check_receipt(*receipt)
                receipted = True
                case.claims.ok(f"{what}, receipts", f"each of the {len(receipts)} is of the bets that the CSV has there")
        _check_csv_sealed(case, what, csv, entry, receipted)
