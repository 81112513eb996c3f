"""Runs a machine of rules: as many examples as are asked for, from a seed, without leaving anything behind."""
import argparse
import faulthandler
import os
import sys
import time

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

import happening

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import given  # noqa: E402

STEPS = 25
EXAMPLES_LONG = 100  # and more: in so many everything has to happen


def main(machine, usage, examples):
    parser = argparse.ArgumentParser(description=usage, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    parser.add_argument("--examples", type=given.whole(), default=examples)
    parser.add_argument("--steps", type=given.whole(happening.STEPS_LEAST), default=STEPS)
    parser.add_argument("--seed", type=given.whole(0, 1 << 64), default=2)
    parser.add_argument("--no-shrink", action="store_true", help="print the first example that fails as it is")
    parser.add_argument("--verbose", action="store_true", help="print each step before it is done, and how often each happened")
    options = parser.parse_args()
    phases = [Phase.generate] if options.no_shrink else [Phase.generate, Phase.shrink]
    how = settings(max_examples=options.examples, stateful_step_count=options.steps, deadline=None, database=None,
                   phases=phases, suppress_health_check=HealthCheck.all(), print_blob=False,
                   verbosity=Verbosity.debug if options.verbose else Verbosity.normal)
    faulthandler.dump_traceback_later(options.examples * 20, exit=True)  # a hang is a failure, and says where
    began = time.monotonic()
    print(f"seed {options.seed}, {options.examples} examples of up to {options.steps} steps")
    run_state_machine_as_test(seed(options.seed)(machine), settings=how)
    print(f"every one went as the contract says; {time.monotonic() - began:.1f} s")
    names = happening.names(machine)
    if options.verbose:
        print("happened: " + ", ".join(f"{happening.counts[name]} {name}" for name in names))
    never = [name for name in names if happening.counts[name] == 0]
    if never and options.examples >= EXAMPLES_LONG:
        print(f"never happened in {options.examples} examples: {', '.join(never)}")
        return 1
    return 0
