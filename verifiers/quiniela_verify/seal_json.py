"""seal.json: what the draw tree holds. It is read line by line, as it has one layout, and is believed only where it gives the
seal's root."""
import re

from . import merkle
from .bets import Entry, draw_leaf
from .encoding import AGENCIES_MAX, Refused, U32_MAX, U64_MAX, base64_decode, decimal, origin

BYTES_MAX = 2 * 1024**3
LINE_BYTES_MAX = 1024
STATE = rb'"state":"(finished|cut)"'
AGENCY = re.compile(rb'\{"agency":(\d+),' + STATE + rb',"count":(\d+),"root":"([^"]*)"\}')
RUN = re.compile(rb'\{"agencies":\[(\d+),(\d+)\],' + STATE + rb"\}")
VOIDED = re.compile(rb'\{"agency":(\d+),"reset":(\d+),"count":(\d+)\}')


class SealJson:
    """The head is read at once; entries() gives what follows, once."""

    def __init__(self, file):
        file.check_size(BYTES_MAX)
        self.file, self.number = file, 0
        self._lines = file.lines(LINE_BYTES_MAX)
        self._literal(b'{"format":"quiniela seal v1",')
        self.origin = self._value(rb'"origin":"([^"]*)",')
        self._by(origin, self.origin)
        self.rules = self._by(base64_decode, self._value(rb'"rules":"([^"]*)",'), 32)
        self.agencies = self._by(decimal, self._value(rb'"agencies":(\d+),'), 1, AGENCIES_MAX)
        self.bets = self._by(decimal, self._value(rb'"bets":(\d+),'))
        self.root = self._by(base64_decode, self._value(rb'"root":"([^"]*)",'), 32)
        self._literal(b'"entries":[')
        self.voided = []  # agency, reset, count; once the entries have been read

    # Lines

    def _line(self):
        self.number += 1
        line = next(self._lines, b"")
        if not line.endswith(b"\n"):
            self.refuse("is missing, or cut off")
        return line[:-1]

    def refuse(self, why):
        raise Refused(f"line {self.number}: {why}")

    def _by(self, read, *values):
        try:
            return read(*values)
        except Refused as refused:
            return self.refuse(str(refused))

    def _literal(self, wanted):
        if self._line() != wanted:
            self.refuse(f"is not {wanted.decode()}")

    def _value(self, pattern):
        match = re.fullmatch(pattern, self._line())
        if not match:
            self.refuse("is not as that line must be")
        return match[1]

    # Entries

    def entries(self):
        """(first, last, entry): an agency with bets, or a run of agencies without. Reads to the end of the file; the last thing it
        checks is that the whole gives the root it says."""
        tree, rest, bets, before, more = merkle.Root(), 1, 0, None, True
        tree.add(draw_leaf(self.origin, self.rules, self.agencies, self.bets))
        while more:
            line = self._line()
            more = line.endswith(b",")
            first, last, entry = self._entry(line[:-1] if more else line)
            if first != rest or not first <= last <= self.agencies:
                self.refuse(f"is not of agency {rest}, which comes next")
            if before and not entry.count and not before.count and before.state == entry.state:
                self.refuse("goes on with the run before it")
            for agency in range(first, last + 1):
                tree.add(Entry(agency, entry.state, entry.count, entry.root).leaf(self.origin))
            rest, bets, before = last + 1, bets + entry.count, entry
            yield first, last, entry
        if rest != self.agencies + 1:
            self.refuse(f"is the last, and agency {rest} is missing")
        self._end()
        if bets != self.bets:
            raise Refused(f"the agencies have {bets} bets, and it says {self.bets}")
        if tree.hash() != self.root:
            raise Refused("what it lists does not give the root it says")

    def _entry(self, text):
        if match := AGENCY.fullmatch(text):
            agency = self._by(decimal, match[1], 1, AGENCIES_MAX)
            count = self._by(decimal, match[3], 1, U64_MAX)
            return agency, agency, Entry(agency, match[2], count, self._by(base64_decode, match[4], 32))
        if match := RUN.fullmatch(text):
            first, last = (self._by(decimal, value, 1, AGENCIES_MAX) for value in match.group(1, 2))
            return first, last, Entry(first, match[3], 0, merkle.EMPTY)
        return self.refuse("is neither an agency nor a run of agencies without bets")

    def _end(self):
        self._literal(b"],")
        self._literal(b'"voided":[')
        more = True
        while (line := self._line()) != b"]}":
            if not more:
                self.refuse("is one too many")
            more = line.endswith(b",")
            match = VOIDED.fullmatch(line[:-1] if more else line)
            if not match:
                self.refuse("is no voided bets")
            found = tuple(self._by(decimal, value, 1, most) for value, most in zip(match.groups(), (U32_MAX, U32_MAX, U64_MAX)))
            if self.voided and found[:2] <= self.voided[-1][:2]:
                self.refuse("is not in order")
            self.voided.append(found)
        if more and self.voided or next(self._lines, None) is not None:
            self.refuse("is not the end")
