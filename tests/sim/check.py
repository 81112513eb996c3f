"""What the simulation itself must be: the same seed gives the same run, byte for byte, and the canary's bug is found.

usage: check.py SIMULATION SIMULATION_CANARY
"""
import re
import subprocess
import sys

CANARY_SECONDS_MAX = 60
SIMULATION, CANARY = sys.argv[1:3]


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, timeout=CANARY_SECONDS_MAX)


def check(condition, message):
    if not condition:
        sys.exit(message)


for seed in range(1, 21):
    first, second = (run(SIMULATION, "--seed", str(seed), "--trace") for _ in range(2))
    check(first.returncode == 0, f"seed {seed}: {first.stderr}")
    check(first.stdout == second.stdout, f"seed {seed} gave two different runs")
    check(first.stdout.count("store: commit") > 2, f"seed {seed}: nothing was stored")

found = run(CANARY, "--seeds", "1", "1000000")
check(found.returncode == 1 and "are acknowledged" in found.stderr, "the canary was not found:\n" + found.stderr)
seed = re.search(r"seed (\d+) failed", found.stderr)[1]
again = run(CANARY, "--seed", seed, "--trace")
check(again.returncode == 1 and again.stderr.splitlines()[0] == found.stderr.splitlines()[0],
      f"the canary's seed {seed} does not replay:\n" + again.stderr)
print(f"20 seeds gave the same traces twice; the canary was found at seed {seed}")
