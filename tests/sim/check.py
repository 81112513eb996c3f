"""What the simulation itself must be: the same seed gives the same run, byte for byte, and the canaries' bugs are found.

usage: check.py SIMULATION [CANARY WHAT_IT_IS_FOUND_BY]...
"""
import re
import subprocess
import sys

CANARY_SECONDS_MAX = 60
SIMULATION = sys.argv[1]
CANARIES = list(zip(sys.argv[2::2], sys.argv[3::2]))


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

for canary, symptom in CANARIES:
    found = run(canary, "--seeds", "1", "1000000")
    check(found.returncode == 1 and symptom in found.stderr, f"{canary} was not found:\n" + found.stderr)
    seed = re.search(r"seed (\d+) failed", found.stderr)[1]
    again = run(canary, "--seed", seed, "--trace")
    check(again.returncode == 1 and again.stderr.splitlines()[0] == found.stderr.splitlines()[0],
          f"{canary}: seed {seed} does not replay:\n" + again.stderr)
    print(f"{canary} was found at seed {seed}")
print("20 seeds gave the same traces twice")
