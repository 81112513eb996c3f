"""What is compared after the draw: an export with the one of before, and a list of winners with the export."""
import itertools

from . import files
from .bets import number_of
from .checks_bets import DIFFERING_MAX, EXPORT_BYTES_MAX
from .encoding import AGENCIES_MAX, Refused, U64_MAX, decimal

WINNERS_BYTES_MAX = 64 * 1024**3


def _lines(file, most):
    """Pairs of an agency and its line, as bytes, agencies in order."""
    file.check_size(most)
    number, last = 0, 0
    try:
        for number, line in enumerate(file.lines(files.CSV_LINE_BYTES_MAX), 1):
            text, comma, _ = line.partition(b",")
            agency = decimal(text, 1, AGENCIES_MAX)
            if not comma or agency < last:
                raise Refused(f"agency {agency} comes after {last}" if comma else "does not begin with an agency's number")
            last = agency
            yield agency, line
    except Refused as refused:
        raise Refused(f"line {number}, or the next: {refused} (agency {last}, or what follows it)") from None


def _refuse_differing(differing):
    named = list(itertools.islice(differing, DIFFERING_MAX + 1))
    if named:
        said = [f"agency {agency} {why}" for agency, why in named[:DIFFERING_MAX]]
        raise Refused("; ".join(said) + ("; and more" if len(named) > DIFFERING_MAX else ""))


# A later export ------------------------------------------------------------------------------------------

class _Agencies:
    """The lines of a file, agency by agency."""

    def __init__(self, file):
        self.lines, self.count = _lines(file, EXPORT_BYTES_MAX), 0
        self.next = next(self.lines, None)

    def of(self, agency):
        while self.next and self.next[0] == agency:
            self.count += 1
            yield self.next[1]
            self.next = next(self.lines, None)


def _differing_exports(before, after):
    while before.next or after.next:
        agency = min(each.next[0] for each in (before, after) if each.next)
        counts, other = [0, 0], None
        for index, pair in enumerate(itertools.zip_longest(before.of(agency), after.of(agency))):
            counts = [count + (line is not None) for count, line in zip(counts, pair)]
            other = index if other is None and pair[0] != pair[1] else other
        if counts[0] != counts[1]:
            yield agency, f"has {counts[1]} bets in it, and {counts[0]} in the one of before"
        elif other is not None:
            yield agency, f"has other bets in it than in the one of before, first bet {other}"


def check_later_export(case):
    if not case.given.export_after:
        return
    what = f"later export {case.given.export_after.path}"
    with case.claims.about(what):
        if not case.given.export:
            case.claims.not_checked(what, "there is no export to compare it with")
            return
        before = _Agencies(case.given.export)
        _refuse_differing(_differing_exports(before, _Agencies(case.given.export_after)))
        case.claims.ok(what, f"is the one of before, byte by byte: {before.count} bets")


# Winners -------------------------------------------------------------------------------------------------

def _winning(file, number):
    """Agency, bet and document of the export's bets on the number."""
    last, index = None, 0
    for _, line in files.csv_rows(file, mark=False):
        agency, _, row = line.partition(b",")
        index = index + 1 if agency == last else 0
        last = agency
        if number_of(row) == number:
            yield int(agency), index, row.split(b",")[2]


def _listed(file):
    last = (0, 0)
    for agency, line in _lines(file, WINNERS_BYTES_MAX):
        cut = line[:-1].split(b",", 2)
        if len(cut) != 3 or not line.endswith(b"\n"):
            raise Refused(f"a line of agency {agency} is no agency, bet and document")
        bet = decimal(cut[1], 0, U64_MAX)
        if last[0] == agency and bet <= last[1]:
            raise Refused(f"agency {agency}: bet {bet} comes after {last[1]}")
        last = agency, bet
        yield agency, bet, cut[2]


def _differing_winners(winning, listed):
    have = next(listed, None)
    for won in winning:
        while have and have[:2] < won[:2]:
            yield have[0], f"bet {have[1]} is listed, and has not won"
            have = next(listed, None)
        if not have or have[:2] != won[:2]:
            yield won[0], f"bet {won[1]} has won, and is not listed"
            continue
        if have[2] != won[2]:
            yield won[0], f"bet {won[1]} is listed with another document"
        have = next(listed, None)
    while have:
        yield have[0], f"bet {have[1]} is listed, and has not won"
        have = next(listed, None)


def check_winners_list(case):
    if not case.given.winners:
        return
    what = f"winners {case.given.winners.path}"
    with case.claims.about(what):
        if case.numbers is None or case.drawn is None:
            lacking = "export that is right" if case.numbers is None else "number drawn: no result, and no pulse"
            case.claims.not_checked(what, f"there is no {lacking}")
            return
        _refuse_differing(_differing_winners(_winning(case.given.export, case.drawn), _listed(case.given.winners)))
        case.claims.ok(what, f"lists the {case.numbers[case.drawn]} bets on {case.drawn:04}, and no other")
