"""Plays schedules of network faults: rounds.py ROUNDS [--seed S]. Ends with 77 where namespaces are not permitted."""
import argparse
import collections
import concurrent.futures
import os
import signal
import sys
import threading
import time

import faults
import world
from schedule import Schedule, Wrong

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import given  # noqa: E402

SKIPPED = 77


class Rounds:
    def __init__(self, hold_max_s):
        self.hold_max_s, self.lock = hold_max_s, threading.Lock()
        self.tally, self.resumed, self.failed, self.done = collections.Counter(), [], [], 0

    def play(self, seed):
        tally = collections.Counter()
        schedule = Schedule(seed, self.hold_max_s, tally)
        failure = None
        try:
            schedule.run()
        except Wrong as wrong:
            failure = wrong
        with self.lock:
            self.done += 1
            self.tally += tally
            self.resumed += [(seconds, seed, step) for seconds, step in schedule.resumed]
            if failure:
                self.failed.append(seed)
                print(f"FAILED: seed {seed}: {failure}", flush=True)
            elif self.done % 25 == 0:
                print(f"{self.done} schedules, {sum(self.tally.values())} faults, {len(self.failed)} failed", flush=True)

    def report(self, seconds):
        print(f"{self.done} schedules in {seconds / 60:.1f} minutes, {sum(self.tally.values())} faults, "
              f"{len(self.failed)} failed {sorted(self.failed) or ''}")
        for state in faults.STATES:
            count = sum(n for (where, _), n in self.tally.items() if where == state)
            print(f"  {count:6} while {state}")
        for fault in (*faults.FAULTS, *faults.PROXIED):
            print(f"  {sum(n for (_, what), n in self.tally.items() if what == fault):6} {fault}")
        if self.resumed:
            waits = sorted(self.resumed, key=lambda each: each[0])
            print(f"progress after healing: half within {waits[len(waits) // 2][0]:.2f} s, 99 of 100 within "
                  f"{waits[int(len(waits) * 0.99)][0]:.2f} s, all within {waits[-1][0]:.2f} s "
                  f"(seed {waits[-1][1]}: {waits[-1][2]})")


def main():
    parser = argparse.ArgumentParser(prog="script/network", description=__doc__, allow_abbrev=False)
    parser.add_argument("rounds", type=given.whole(), nargs="?", default=10)
    parser.add_argument("--seed", type=given.whole(0), default=1, help="of the first schedule; the others follow")
    parser.add_argument("--hold-max", type=given.number(above=True), default=60, help="seconds that a fault lasts at most")
    parser.add_argument("--jobs", type=given.whole(1, 100), default=2, help="schedules at a time")
    options = parser.parse_args()
    given.understood()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        world.remove_stale()
        world.check_permitted()
    except (world.NotPermitted, RuntimeError, OSError) as reason:
        print(f"SKIPPED: no network namespaces here: {reason}")
        return SKIPPED
    rounds, began = Rounds(options.hold_max), time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        try:
            for done in [pool.submit(rounds.play, options.seed + n) for n in range(options.rounds)]:
                done.result()
        finally:  # SIGTERM: those in hand are played to their end
            pool.shutdown(cancel_futures=True)
            rounds.report(time.monotonic() - began)
    return 1 if rounds.failed else 0


if __name__ == "__main__":
    sys.exit(main())
