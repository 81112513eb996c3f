"""The model of the contract (contract.py) and two servers on one PostgreSQL (QUINIELA_POSTGRES, tests/with_postgres.py), started with
other settings while the other one works, or is stopped for a moment and has old ones in its memory.

shared.py                           what ctest runs: the same few examples each time
shared.py --examples 500 --seed 7   a long run; a failing example is printed as a program, and the seed plays it again
"""
import signal
import sys

import available  # noqa: F401, first: it ends the program where Hypothesis is missing
from hypothesis import strategies as st
from hypothesis.stateful import rule

import actors
import run
from contract import Message
from rules import Lottery, agencies, bets


class SharedLottery(Lottery):
    shared = True

    def __init__(self):
        super().__init__()
        self.centrals.append(actors.Central(self.place))

    def make_store(self):
        return self.place.store()

    @rule(agency=agencies, new=st.lists(bets, min_size=1, max_size=2), last=st.booleans(), count=st.integers(1, 3),
          number=st.sampled_from((None, 17, 7574)), change=st.sampled_from((True, True, False)))
    def one_is_frozen_while_the_other_starts(self, agency, new, last, count, number, change):
        """What it is sent meanwhile it meets with what it knew before."""
        frozen, other = self.centrals
        self.drain_all()
        name = self.connect()
        stored = self.contract.any().sent[agency - 1].bets
        frozen.process.signal(signal.SIGSTOP)
        try:
            self.send(name, Message(agency, tuple(new), len(stored), last))
            self.stop(other, True)
            serves = self.start(other, count, number, change)
        finally:
            frozen.process.signal(signal.SIGCONT)
        if not serves:
            self.start(other, None, None, False)
        self.drain(name)


if __name__ == "__main__":
    if actors.harness.POSTGRES is None:
        print("skipped: no PostgreSQL is installed")
        sys.exit(77)
    sys.exit(run.main(SharedLottery, __doc__))
