"""Runs a machine of rules: as many examples as are asked for, from a seed, without leaving anything behind."""
import argparse
import os
import signal
import sys
import time

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.stateful import run_state_machine_as_test

import happening

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [TESTS, os.path.join(TESTS, "e2e")]
import given  # noqa: E402

STEPS = 25
EXAMPLES_LONG = 100  # and more: in so many also what is no rule of its own has to happen
MORE_MOST = 40  # examples, until each rule has happened


class Hung(BaseException):
    """Nothing that Hypothesis plays again, or that a rule catches; what was started is ended on its way out."""


def hung(*_):
    raise Hung("not done in time")


def main(machine, usage, examples):
    parser = argparse.ArgumentParser(description=usage, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    parser.add_argument("--examples", type=given.whole(), default=examples)
    parser.add_argument("--steps", type=given.whole(happening.STEPS_LEAST), default=STEPS)
    parser.add_argument("--seed", type=given.whole(0, 1 << 64), default=2)
    parser.add_argument("--no-shrink", action="store_true", help="print the first example that fails as it is")
    parser.add_argument("--verbose", action="store_true", help="print each step before it is done, and how often each happened")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    signal.signal(signal.SIGALRM, hung)
    print(f"{options.examples} examples of up to {options.steps} steps, seeds from {options.seed} on", flush=True)
    try:
        for number in range(options.examples):
            play(machine, options, options.seed + number)
        more = play_until_all_happened(machine, options) if options.examples >= examples else 0
    except Unsatisfiable:
        print(f"no example counts that has {options.steps} steps at most: {happening.STEPS_LEAST} of {happening.KINDS_LEAST} kinds "
              "are too rare")
        return 1
    finally:
        signal.alarm(0)
    print(f"every one went as the contract says; {more} examples more; {time.monotonic() - began:.1f} s")
    if options.verbose:
        print("happened: " + ", ".join(f"{happening.counts[name]} {name}" for name in happening.names(machine)))
    wanted = happening.names(machine) if options.examples >= EXAMPLES_LONG else happening.rules(machine)
    never = happening.never(wanted) if options.examples >= examples else []
    if never:
        print(f"never happened in {options.examples + more} examples: {', '.join(never)}")
        return 1
    return 0


def play(machine, options, number):
    """One example, with that number as its seed: it alone is played again so."""
    phases = [Phase.generate] if options.no_shrink else [Phase.generate, Phase.shrink]
    how = settings(max_examples=1, stateful_step_count=options.steps, deadline=None, database=None,
                   phases=phases, suppress_health_check=HealthCheck.all(), print_blob=False,
                   verbosity=Verbosity.debug if options.verbose else Verbosity.normal)
    happening.begins(f"--seed {number} --examples 1 --steps {options.steps}")
    run_state_machine_as_test(seed(number)(machine), settings=how)


def play_until_all_happened(machine, options):
    """Which rules an example has is chance, and what is drawn depends on what was seen: so more are played, but not for ever. How many."""
    for more in range(MORE_MOST):
        if not happening.never(happening.rules(machine)):
            return more
        play(machine, options, options.seed + options.examples + more)
    return MORE_MOST
