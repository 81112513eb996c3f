#!/usr/bin/env python3
"""Torture: a whole small lottery with the N-th call of a kind failing, for N = 1, 2, 3 … until no call is left.

Each N is run with the fault once, and from then on for ever. A round either ends right, or the program says what is
wrong, and exits or tries again as documented; it never crashes, never hangs, no sanitizer complains, and after the next
clean start the promise holds. `torture.py SCENARIO…` runs everything; with --sample K a seeded sample of K rounds.
"""
import argparse
import collections
import concurrent.futures
import os
import random
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from small_lottery import (BETS, Folder, Lottery, Refused, Violation, check_store, finish_cleanly,  # noqa: E402
                           start_server, stop, winners_of)
import harness  # noqa: E402
import given  # noqa: E402

ATTEMPTS_MAX = 8      # after one single fault the agencies are served at one of them
PATIENCE_S = 0.3      # an agency's, when every call fails from now on and an answer may never come
LIBRARY = os.environ.get("QUINIELA_FAULT_LIBRARY", os.path.join(harness.ROOT, "build/dev/tests/libfault_preload.so"))

# The ways in which each kind of call fails; None is the usual error.
WAYS = {
    "malloc": (None,),
    "recv": (None, "short", "delay"),
    "send": (None, "ENOBUFS", "short", "delay"),
    "read": (None, "short"),
    "write": (None, "EIO", "short"),
    "sync": (None, "ENOSPC", "delay"),
    "truncate": (None, "EIO"),
    "open": (None, "EACCES"),
    "accept": (None, "ECONNABORTED"),
    "socket": (None,),
    "map": (None,),
    "thread": (None,),
    "lock": (None,),
    "handle": (None,),
}

# If these last for ever, they are not failures: libuv rightly waits until the socket takes bytes, or for the next
# connection.
ONCE_ONLY = ("ECONNABORTED", "ENOBUFS")

# Failures that the program cannot prevent: libuv ends the process when it gets no memory for its table of descriptors
# or its threads, and simdjson when it gets none while it detects the processor. Even then the promise must hold.
LIBRARIES_ABORT = ("malloc", "thread")

SANITIZERS = re.compile(r"Sanitizer|runtime error|AddressSanitizer|terminate called|Assertion")

Plan = collections.namedtuple("Plan", "kind number for_ever way")


def name_of(plan):
    return f"{plan.kind}:{plan.number}" + ("+" if plan.for_ever else "") + (f":{plan.way}" if plan.way else "")


class Fault:
    """The environment for a plan, and what came of the plan."""

    def __init__(self, folder, plan):
        self.plan = plan
        self.file = folder.path("fault-report")
        options = ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0")))
        self.environment = {"LD_PRELOAD": LIBRARY, "QUINIELA_FAULT": name_of(plan),
                            "QUINIELA_FAULT_REPORT": self.file, "ASAN_OPTIONS": options}

    def report(self):
        try:
            with open(self.file, encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def fired(self):
        return "fired" in self.report()

    def counts(self):
        return {kind: int(count) for kind, count in re.findall(r"count (\w+) (\d+)", self.report())}

    def is_a_librarys_end(self, status):
        return status == -6 and self.plan.kind in LIBRARIES_ABORT and \
            re.search(r" in \S*/(libuv|libstdc\+\+)\.", self.report())


def check_output(process):
    errors = "".join(process.errors)
    if SANITIZERS.search(errors):
        raise Violation("a sanitizer, or an assertion, complains:\n" + errors)


def check_said_why(process, status):
    """A program that gave up must say so, by its status and in words."""
    if status not in (1, 2) or not (process.count("result: fail") or "".join(process.errors).strip()):
        raise Violation(f"it ended with {status}, and these words: {process.log()}{''.join(process.errors)}")


def try_lottery(lottery, server, ports, fault):
    """Attempts until everyone is told, or until that is hopeless."""
    hopeless = 0
    for _ in range(ATTEMPTS_MAX):
        for_ever = fault.plan.for_ever
        try:
            lottery.attempt(ports, PATIENCE_S if for_ever else harness.hang_s())
            return
        except TimeoutError:
            if not for_ever:
                raise Violation("no answer comes any more: " + server.log()) from None
        except (OSError, EOFError, Refused):
            pass
        if server.process.poll() is not None:
            return
        hopeless += for_ever and fault.fired()
        if hopeless == 2:
            return
    if not fault.plan.for_ever:
        raise Violation("after a single fault the lottery does not go on: " + server.log())


def torture_server(folder, plan):
    """A round with the fault in the server. Returns what it was like."""
    lottery = folder.lottery if hasattr(folder, "lottery") else Lottery()
    fault = Fault(folder, plan)
    server, ports = start_server(folder, fault.environment)
    if ports is not None:
        try_lottery(lottery, server, ports, fault)
        ended_alone = server.process.poll() is not None
        if not ended_alone:
            server.process.terminate()
        status = server.wait()
    else:
        ended_alone, status = True, server.wait()
    if not fault.is_a_librarys_end(status):
        check_output(server)
    outcome = "done" if lottery.is_done() else "stopped"
    if fault.is_a_librarys_end(status):
        outcome = "ended by a library"
    elif ports is None:
        check_said_why(server, status)
        outcome = "did not start"
    elif ended_alone or status != 0:
        raise Violation(f"the server ended with {status}: {server.log()}{''.join(server.errors)}")
    check_store(folder, lottery, complete=False)
    finish_cleanly(folder, lottery)
    return outcome, fault


def torture_recovery(folder, plan):
    """The same, for a server that is started on the store of one that was killed in the middle."""
    folder.lottery = Lottery()
    server, ports = start_server(folder)
    folder.lottery.attempt(ports, harness.hang_s(), stop_after=1, until_told=False)
    server.kill()
    return torture_server(folder, plan)


def start_client(folder, ports, environment=None):
    os.makedirs(folder.path("data"), exist_ok=True)
    with open(folder.path("data/agency-1.csv"), "w", encoding="utf-8") as file:
        file.writelines(text + "\n" for text in BETS[1])
    # Without the sandbox: libseccomp 2.5.4 frees memory twice when an allocation fails while a filter is made.
    return harness.Agency(folder, 1, ports, "--sandbox", "off", "--chunk-size", 3, data=folder.path("data"), environment=environment)


def torture_client(folder, plan):
    """The fault is in one agency, a process of its own; server and other agencies are sound."""
    server, ports = start_server(folder)
    others = Lottery(agencies=(2, 3))
    others.attempt(ports, harness.hang_s(), until_told=False)
    fault = Fault(folder, plan)
    client = start_client(folder, ports, fault.environment)

    def is_over():
        tries = plan.for_ever and fault.fired() and client.count("retry_in_ms") >= 2
        return client.process.poll() is not None or tries
    client.wait_until(is_over)
    outcome = "done"
    if client.process.poll() is None:
        stop(client)
        outcome = "kept trying"
    status = client.wait()
    if not fault.is_a_librarys_end(status):
        check_output(client)
    if fault.is_a_librarys_end(status):
        outcome = "ended by a library"
    elif status != 0:
        check_said_why(client, status)
        outcome = "gave up"
    elif outcome == "done" and client.winners() != len(winners_of(1)):
        raise Violation("the agency was told wrong: " + client.log())
    again = start_client(folder, ports)
    if again.wait() != 0 or again.winners() != len(winners_of(1)):
        raise Violation("the agency does not get through afterwards: " + again.log())
    others.attempt(ports, harness.hang_s())
    stop(server)
    check_output(server)
    check_store(folder, others, complete=True)
    return outcome, fault


SCENARIOS = {"server": torture_server, "recovery": torture_recovery, "client": torture_client}


def run_round(scenario, plan):
    """(the outcome, whether the fault was met); a Violation says which round it was."""
    with Folder() as folder:
        try:
            outcome, fault = SCENARIOS[scenario](folder, plan)
            return outcome, fault.fired()
        except (Violation, AssertionError, OSError, EOFError, Refused, subprocess.TimeoutExpired) as violation:
            report = Fault(folder, plan).report()
            raise Violation(f"{scenario} {name_of(plan)}: {type(violation).__name__} {violation}\n{report}") from None


def count_calls(scenario):
    """How many calls of each kind an undisturbed run makes."""
    with Folder() as folder:
        _, fault = SCENARIOS[scenario](folder, Plan("malloc", 0, False, None))
        return fault.counts()


def count_calls_of_start(scenario):
    """The same, of a server that only starts; an agency counts for all work from its first call on."""
    if scenario == "client":
        return collections.Counter()
    with Folder() as folder:
        fault = Fault(folder, Plan("malloc", 0, False, None))
        stop(start_server(folder, fault.environment)[0])
        return fault.counts()


def every_plan(counts, kinds, first, stride):
    for kind in kinds:
        for number in range(first, counts[kind] + 1, stride if kind == "malloc" else 1):
            for way in WAYS[kind]:
                for for_ever in (False,) if way in ONCE_ONLY else (False, True):
                    yield Plan(kind, number, for_ever, way)


def sample_of(counts, of_start, size, chance):
    """The kinds in turn, so that the rare ones are there, too; and more of the work than of the start."""
    kinds = [kind for kind in WAYS if counts[kind] > 0]
    chance.shuffle(kinds)
    for i in range(size):
        kind = kinds[i // 2 % len(kinds)] if i % 2 else "malloc"
        way = chance.choice(WAYS[kind])
        begins = 1 if i % 4 == 0 or of_start[kind] >= counts[kind] else of_start[kind] + 1
        yield Plan(kind, chance.randint(begins, counts[kind]), chance.random() < 0.5 and way not in ONCE_ONLY, way)


class Tally:
    """The outcome of the rounds. It never stops early, and reports every violation."""

    def __init__(self, scenario):
        self.scenario, self.violations, self.met = scenario, [], 0
        self.outcomes = collections.Counter()
        self.begun = time.monotonic()

    def run(self, plan):
        try:
            outcome, met = run_round(self.scenario, plan)
            self.outcomes[outcome] += 1
            self.met += met
            return met
        except Violation as violation:
            self.violations.append(str(violation))
            print("VIOLATION", violation, flush=True)
            return True

    def tell(self):
        rounds = sum(self.outcomes.values()) + len(self.violations)
        print(f"{self.scenario}: {rounds} rounds, {self.met} met their fault, {len(self.violations)} violations, "
              f"{time.monotonic() - self.begun:.0f} s; " + ", ".join(f"{n} {o}" for o, n in self.outcomes.items()),
              flush=True)


def until_none_is_met(tally, counts, kinds):
    """Runs vary by a few calls, so this continues after the counted ones until a fault is not met."""
    for kind in kinds:
        number = counts[kind] + 1
        while tally.run(Plan(kind, number, False, None)) and number < 2 * counts[kind] + 100:
            number += 1


def some_kinds(text):
    """The names of kinds of calls, with commas between them."""
    names = text.split(",")
    if not set(names) <= set(WAYS):
        raise argparse.ArgumentTypeError(f"{text!r} are not some of {','.join(WAYS)}")
    return names


def one_round(text):
    """The plan that a violation names."""
    match = re.fullmatch(r"(\w+):(\d+)(\+?)(?::(\w+))?", text)
    if not match or match[1] not in WAYS:
        raise argparse.ArgumentTypeError(f"{text!r} is not KIND:N[+][:WAY] with a KIND of {','.join(WAYS)}")
    return Plan(match[1], int(match[2]), bool(match[3]), match[4])


def main():
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("scenarios", nargs="+", choices=list(SCENARIOS))
    parser.add_argument("--kinds", type=some_kinds, default=",".join(WAYS))
    parser.add_argument("--sample", type=given.whole(), help="only so many rounds of each scenario")
    parser.add_argument("--seed", type=given.whole(0), default=random.randrange(1 << 30))
    parser.add_argument("--first", type=given.whole(), default=1, help="the N to begin with")
    parser.add_argument("--stride", type=given.whole(), default=1, help="of the allocations only every so many-th")
    parser.add_argument("--jobs", type=given.whole(1, 1000), default=2)
    parser.add_argument("--only", type=one_round, help="one round, as a violation names it: KIND:N[+][:WAY]")
    options = parser.parse_args()
    failed = False
    for scenario in options.scenarios:
        tally = Tally(scenario)
        if options.only:
            tally.run(options.only)
        else:
            counts = count_calls(scenario)
            print(f"{scenario}: seed {options.seed}; an undisturbed run makes "
                  + ", ".join(f"{n} {k}" for k, n in counts.items()), flush=True)
            kinds = [kind for kind in options.kinds if counts[kind] > 0]
            plans = (sample_of(counts, count_calls_of_start(scenario), options.sample, random.Random(options.seed))
                     if options.sample else every_plan(counts, kinds, options.first, options.stride))
            with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
                try:
                    for done in [pool.submit(tally.run, plan) for plan in plans]:
                        done.result()
                except KeyboardInterrupt:  # rounds that have begun are finished
                    pool.shutdown(cancel_futures=True)
                    tally.tell()
                    return 1
            if not options.sample:
                until_none_is_met(tally, counts, kinds)
        tally.tell()
        failed = failed or tally.violations
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
