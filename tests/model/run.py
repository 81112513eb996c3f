"""Runs a machine of rules: as many examples as are asked for, from a seed, without leaving anything behind."""
import argparse
import faulthandler
import time

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

import happening

STEPS = 25
EXAMPLES_LONG = 100  # and more: in so many everything has to happen


def main(machine, usage, examples):
    parser = argparse.ArgumentParser(description=usage, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=examples)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--no-shrink", action="store_true", help="print the first example that fails as it is")
    parser.add_argument("--verbose", action="store_true", help="print each step before it is done, and how often each happened")
    given = parser.parse_args()
    phases = [Phase.generate] if given.no_shrink else [Phase.generate, Phase.shrink]
    how = settings(max_examples=given.examples, stateful_step_count=given.steps, deadline=None, database=None,
                   phases=phases, suppress_health_check=HealthCheck.all(), print_blob=False,
                   verbosity=Verbosity.debug if given.verbose else Verbosity.normal)
    faulthandler.dump_traceback_later(given.examples * 20, exit=True)  # a hang is a failure, and says where
    began = time.monotonic()
    print(f"seed {given.seed}, {given.examples} examples of up to {given.steps} steps")
    run_state_machine_as_test(seed(given.seed)(machine), settings=how)
    print(f"every one went as the contract says; {time.monotonic() - began:.1f} s")
    names = happening.names(machine)
    if given.verbose:
        print("happened: " + ", ".join(f"{happening.counts[name]} {name}" for name in names))
    never = [name for name in names if happening.counts[name] == 0]
    if never and given.examples >= EXAMPLES_LONG:
        print(f"never happened in {given.examples} examples: {', '.join(never)}")
        return 1
    return 0
