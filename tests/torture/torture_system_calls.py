#!/usr/bin/env python3
"""The same torture from outside, on the program as it is shipped: strace makes the N-th pwrite64, fdatasync, ftruncate
or openat of a thread on the store's files fail, once and from then on. "short" is a write that stores nothing and says
so: strace can pretend that a part was written, but a disk that lies is another matter.

torture_system_calls.py runs every N until a run meets no fault; with --sample K only K rounds.
"""
import argparse
import collections
import concurrent.futures
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import torture  # noqa: E402
import given  # noqa: E402
from small_lottery import (Folder, Lottery, Violation, check_store, finish_cleanly, start_server)  # noqa: E402
from torture_order import SKIPPED, TRACED, can_trace  # noqa: E402

CALLS = ("pwrite64", "fdatasync", "ftruncate", "openat", "pread64")
WAYS = {
    "pwrite64": ("error=ENOSPC", "error=EIO", "retval=0"),
    "fdatasync": ("error=EIO", "error=ENOSPC"),
    "ftruncate": ("error=ENOSPC", "error=EIO"),
    "openat": ("error=ENOSPC", "error=EIO", "error=EMFILE"),
    "pread64": ("error=EIO",),
}

Plan = collections.namedtuple("Plan", "scenario call way number for_ever")


def name_of(plan):
    return f"{plan.scenario} {plan.call}:{plan.way}:when={plan.number}{'+' if plan.for_ever else ''}"


class Injection:
    """What strace is told, and what it saw. It has the part of torture.Fault that try_lottery asks."""

    def __init__(self, folder, plan):
        self.plan, self.file = plan, folder.path("strace")
        files = [folder.path("store.db" + end) for end in ("", "-wal", "-shm", "-journal", "-lock")]
        paths = [word for path in (*files, folder.folder) for word in ("-P", path)]
        self.prefix = ["strace", "-D", "-f", "-qq", "-o", self.file, *paths, "-e", "signal=none", "-e",
                       f"trace={plan.call}", "-e",
                       f"inject={plan.call}:{plan.way}:when={plan.number}{'+' if plan.for_ever else ''}"]

    def fired(self):
        try:
            with open(self.file, encoding="utf-8", errors="replace") as file:
                return "(INJECTED)" in file.read()
        except FileNotFoundError:
            return False


def torture_round(folder, plan):
    lottery = Lottery()
    if plan.scenario == "recovery":
        server, ports = start_server(folder)
        lottery.attempt(ports, torture.harness.hang_s(), stop_after=1, until_told=False)
        server.kill()
    injection = Injection(folder, plan)
    server, ports = start_server(folder, environment=TRACED, prefix=injection.prefix)
    outcome = "did not start"
    if ports is not None:
        torture.try_lottery(lottery, server, ports, injection)
        if server.process.poll() is not None:
            raise Violation("the server ended: " + server.log())
        server.process.terminate()
        outcome = "done" if lottery.is_done() else "stopped"
    status = server.wait()
    torture.check_output(server)
    if ports is None:
        torture.check_said_why(server, status)
    elif status != 0:
        raise Violation(f"the server ended with {status}: {server.log()}{''.join(server.errors)}")
    check_store(folder, lottery, complete=False)
    finish_cleanly(folder, lottery)
    return outcome, injection.fired()


def run_round(plan):
    """(the outcome, whether the fault was met), or the violation."""
    with Folder() as folder:
        try:
            return torture_round(folder, plan)
        except Exception as violation:  # of any kind: its round is reported, and the others go on
            print(f"VIOLATION {name_of(plan)}: {type(violation).__name__} {violation}", flush=True)
            return "violation", True


def run_until_none_is_met(series):
    """Every N of one call, one way and one mode."""
    scenario, call, way, for_ever = series
    outcomes, number, met = collections.Counter(), 1, True
    while met:
        outcome, met = run_round(Plan(scenario, call, way, number, for_ever))
        outcomes[outcome] += met
        number += 1
    return outcomes


def every_series():
    return [(scenario, call, way, for_ever) for scenario in ("fresh", "recovery") for call in CALLS
            for way in WAYS[call] for for_ever in (False, True)]


def sample(size, chance):
    every = every_series()
    for _ in range(size):
        scenario, call, way, for_ever = chance.choice(every)
        most = {"pwrite64": 30, "fdatasync": 10, "ftruncate": 3, "openat": 8, "pread64": 15}[call]
        yield Plan(scenario, call, way, chance.randint(1, most), for_ever)


def main():
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--sample", type=given.whole())
    parser.add_argument("--seed", type=given.whole(0), default=random.randrange(1 << 30))
    parser.add_argument("--jobs", type=given.whole(1, 1000), default=2)
    options = parser.parse_args()
    if not can_trace():
        print("SKIPPED: no process may be traced here")
        return SKIPPED
    outcomes = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        if options.sample:
            print(f"seed {options.seed}")
            for outcome, met in pool.map(run_round, sample(options.sample, random.Random(options.seed))):
                outcomes[outcome] += met
        else:
            for series in pool.map(run_until_none_is_met, every_series()):
                outcomes.update(series)
    print(f"{sum(outcomes.values())} faults met: " + ", ".join(f"{n} {o}" for o, n in outcomes.items()))
    return 1 if outcomes["violation"] else 0


if __name__ == "__main__":
    sys.exit(main())
