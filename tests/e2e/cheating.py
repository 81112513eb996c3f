"""Centrals that cheat, each in one way. What docs/threats.md says of each stands there under the words that are given here."""
import base64
import struct

from planted_central import TURNED, ByBeacon, Central, WithTwoRecords, maker, planted

CHEATS = {}  # by what the page calls them


def cheat(what):
    def named(central):
        CHEATS[what] = central
        return central
    return named


# Bets ----------------------------------------------------------------------------------------------------

@cheat("takes a bet after the seal")
class TakesABetAfterTheSeal(Central):
    """Of agency 4, which comes once the number is known: it gets a receipt, and is told that it has won."""

    senders = waits_for = (1, 3)
    latecomers = {4: [planted.LATE]}

    def takes(self, agency, more):
        return True

    def told(self, agency):
        late = len(self.sealed.agencies[agency][1])
        return super().told(agency) + [(late + index, row.split(",")[2]) for index, row in enumerate(self.agencies[agency][1][late:])]

    def result(self):
        return self.sealed.result(TURNED)

    def later(self):
        return self.makes(self.agencies)

    def proof(self):
        return self.later().proof(4, 1)


@cheat("leaves out a chunk that has a receipt")
class LeavesOutAChunk(Central):
    def bets_that_count(self):
        state, rows = self.agencies[1]
        return {**self.agencies, 1: (state, rows[:2])}


@cheat("puts other bets in their place")
class PutsOtherBetsInTheirPlace(Central):
    def bets_that_count(self):
        state, rows = self.agencies[1]
        return {**self.agencies, 1: (state, ["c,d,1,2000-01-01,1"] * len(rows))}


# Seals ---------------------------------------------------------------------------------------------------

class HasTwoSeals(Central):
    """The other one is of fewer bets."""

    def other(self):
        return self.makes({**self.sealed.agencies, 5: ("finished", maker.SMALL[5][1][:1])})


@cheat("seals twice")
class SealsTwice(HasTwoSeals):
    """Agency 3 is shown first the one, then the other."""

    def seal_for(self, agency):
        return self.other().seal() if agency == 3 and self.asked[3] == 1 else self.seal_note()


@cheat("seals otherwise for one agency")
class SealsForOneAgencyOtherwise(HasTwoSeals):
    """Agency 4 is shown the same one each time, with a result of it; and so are its bettors."""

    def of(self, agency):
        return self.other() if agency == 4 else self.sealed

    def seal_for(self, agency):
        return self.of(agency).seal()

    def result_for(self, agency):
        return self.of(agency).result(TURNED)

    def proof(self):
        return self.other().proof(4, 0)


@cheat("dates a seal back")
class DatesASealBack(ByBeacon):
    """The witness sees it after the pulse; the central writes another time into what it signed."""

    witnessed_at = planted.PULSE_AT + 600

    def cosigned(self):
        name, payload = super().cosigned().rstrip(b"\n").rsplit(b" ", 1)
        data = base64.b64decode(payload)
        return name + b" " + maker.b64(data[:4] + struct.pack(">Q", planted.PULSE_AT - 600) + data[12:]) + b"\n"


# Rules ---------------------------------------------------------------------------------------------------

class HasAFork(WithTwoRecords):
    def fork(self):
        first = self.records()[0]
        return [first, self.makes(self.agencies).rules_text(number=1, before=first, close="2026-11-25T22:02:00Z")]


@cheat("forks the rules")
class ForksTheRules(HasAFork):
    """Agency 3, which may send for longer, is told of no other."""

    def records_for(self, agency):
        return self.fork() if agency == 3 else self.records()


@cheat("forks the rules and forgets whom it told what")
class ForksTheRulesAndForgets(HasAFork):
    """Agency 3 is told of the fork, and with the seal of what all others know."""

    waits_for = (1, 4)

    def records_for(self, agency):
        return self.fork() if agency == 3 and self.asked.get(3, 0) == 0 else self.records()


# The number, and who has won -----------------------------------------------------------------------------

@cheat("lets one approver sign twice")
class LetsOneApproverSignTwice(Central):
    def approvals(self):
        return super().approvals()[:1] * 2


@cheat("draws another number")
class DrawsAnotherNumber(Central):
    def result_number(self):
        return 7574


@cheat("tells one agency another number")
class TellsOneAgencyAnotherNumber(Central):
    def result_for(self, agency):
        return self.sealed.result(7574) if agency == 3 else self.result()


@cheat("draws before the seal")
class DrawsBeforeTheSeal(ByBeacon):
    """Agency 1 is told its winners, and no seal; the witness sees the seal once the pulse is out."""

    witnessed_at = planted.PULSE_AT + 10
    waits_for = (3, 4)

    def answer_question(self, agency, message):
        if agency != 1:
            return super().answer_question(agency, message)
        return {"type_message": 2, "payload": "30904465"}


@cheat("tells a winner who is none")
class TellsAWinnerWhoIsNone(Central):
    """The first bettor of agency 1, whose bet is on another number."""

    def told(self, agency):
        return [(0, "30904465")] * (agency == 1) + super().told(agency)


@cheat("passes over a winner")
class PassesOverAWinner(Central):
    """The last one of agency 1; neither its program nor the result is told of that bet."""

    def told(self, agency):
        return super().told(agency)[:-1]
