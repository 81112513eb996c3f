"""Whatever users and operators do, and in any order, two servers on one PostgreSQL keep the contract.

The model of the contract (contract.py) beside two servers on one PostgreSQL (QUINIELA_POSTGRES, tests/with_postgres.py), started with
other settings while the other one works, is stopped for a moment and has old ones in its memory, or waits for the database.

shared.py                           what ctest runs: the same few examples each time
shared.py --examples 500 --seed 7   a long run; a failing example is printed as a program, and the seed plays it again
"""
import sys

import available  # noqa: F401, first: it ends the program where Hypothesis is missing
from hypothesis import strategies as st

import actors
import run
from contract import Message
from happening import NOT_NOW, happening
from rules import Lottery, agencies, bets, spoiled
from standstill import standing_still


class SharedLottery(Lottery):
    shared = True
    rarely_happens = frozenset(("an_agency_is_dropped_while_its_bets_wait_for_the_database",))

    def __init__(self):
        super().__init__()
        self.centrals.append(actors.Central(self.place))

    def make_store(self):
        return self.place.store()

    @happening(agency=agencies, new=st.lists(bets, min_size=1, max_size=2), last=st.booleans(), count=st.integers(1, 3),
               number=st.sampled_from((None, 17, 7574)), change=st.sampled_from((True, True, False)))
    def one_is_frozen_while_the_other_starts(self, agency, new, last, count, number, change):
        """What it is sent meanwhile it meets with what it knew before. Whatever it was at, the other one does start."""
        frozen, other = self.centrals
        self.drain_all()
        name = self.connect()
        stored = self.contract.any().sent[agency - 1].bets
        with standing_still(frozen.process):
            self.send(name, Message(agency, tuple(new), len(stored), last))
            self.starts_again(other, count, number, change)
        self.drain(name)

    @happening(new=st.lists(bets, min_size=1, max_size=2), seals=st.booleans(), number=st.sampled_from((None, 17)))
    def an_agency_is_dropped_while_its_bets_wait_for_the_database(self, new, seals, number):
        """They are not acknowledged: the other server does not know of them, and may have sealed the draw without them."""
        self.drain_all()
        world = self.contract.any()
        left = max(1, world.last_sender())
        if world.closed or left >= world.agencies:
            return NOT_NOW
        if seals:
            self.all_finish(left)
        name = self.connect()
        held = actors.HeldTable(self.place, "chunks")
        try:
            self.send(name, Message(left + 1, tuple(new), 0))
            held.wait_for_somebody()
            self.starts_again(self.centrals[1], left, number, True)
        finally:
            held.release()
        self.drain(name)

    @happening(agency=agencies, new=st.lists(bets, min_size=1, max_size=2), classic=st.booleans())
    def one_does_not_know_what_the_other_has_stored(self, agency, new, classic):
        """It tells how much is stored, and not how much it has seen stored."""
        self.drain_all()
        world = self.contract.any()
        if agency > world.agencies or world.sent[agency - 1].finished:
            return NOT_NOW
        count, bet = len(world.sent[agency - 1].bets), "Ana,Paz,1,2000-01-01,1"
        self.ask(Message(agency, (bet,), count), 0)
        self.ask(Message(agency, tuple(new), count + 1), 1)
        self.ask(Message(agency) if classic else Message(agency, (spoiled(bet, "digit"), *new, bet), count), 0)

    def starts_again(self, central, count, number, change):
        self.stop(central, True)
        if not self.start(central, count, number, change):
            self.start(central, None, None, False)


if __name__ == "__main__":
    if not actors.harness.STORES.is_shared:
        print("skipped: there is no PostgreSQL; tests/with_postgres.py --needed starts one (docs/testing.md)")
        sys.exit(77)
    sys.exit(run.main(SharedLottery, __doc__, examples=2))
