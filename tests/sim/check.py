"""What the simulation itself must be: the same seed gives the same run, byte for byte, whose digest does not
depend on free text; and the canaries' bugs are found.

usage: check.py SIMULATION REWORDED [CANARY WHAT_IT_IS_FOUND_BY]... --filed [CANARY WHAT_IT_IS_FOUND_BY]...

With --filed the simulation's disk is the SQLite store.
"""
import re
import subprocess
import sys

CANARY_SECONDS_MAX = 60
SIMULATION, REWORDED = sys.argv[1:3]
FILED_AT = sys.argv.index("--filed")
CANARIES = [(canary, (), symptom) for canary, symptom in zip(sys.argv[3:FILED_AT:2], sys.argv[4:FILED_AT:2])]
CANARIES += [(canary, ("--filed",), symptom) for canary, symptom in zip(sys.argv[FILED_AT + 1::2], sys.argv[FILED_AT + 2::2])]


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, timeout=CANARY_SECONDS_MAX)


def check(condition, message):
    if not condition:
        sys.exit(message)


for seed, flags in [(seed, ()) for seed in range(1, 21)] + [(seed, ("--filed",)) for seed in range(1, 6)]:
    first, second = (run(SIMULATION, *flags, "--seed", str(seed), "--trace") for _ in range(2))
    check(first.returncode == 0, f"seed {seed}: {first.stderr}")
    check(first.stdout == second.stdout, f"seed {seed} gave two different runs")
    check(first.stdout.count("store: commit") > 2, f"seed {seed}: nothing was stored")

digests, reworded = (run(program, "--digests", "1", "20") for program in (SIMULATION, REWORDED))
check(digests.returncode == 0 and reworded.returncode == 0, digests.stderr + reworded.stderr)
check(digests.stdout == reworded.stdout,
      f"errors in other words change digests:\n{digests.stdout}in other words:\n{reworded.stdout}")
values = {line.split()[2] for line in digests.stdout.splitlines()}
check(len(values) == 20, f"20 seeds have {len(values)} digests")
words = "in other words: "
check(any(words in run(REWORDED, "--seed", str(seed), "--trace").stdout for seed in range(1, 21)),
      f"no message says {words!r}: nothing was put into other words")

for canary, flags, symptom in CANARIES:
    found = run(canary, *flags, "--seeds", "1", "1000000")
    check(found.returncode == 1 and symptom in found.stderr, f"{canary} was not found:\n" + found.stderr)
    seed = re.search(r"seed (\d+) failed", found.stderr)[1]
    again = run(canary, *flags, "--seed", seed, "--trace")
    check(again.returncode == 1 and again.stderr.splitlines()[0] == found.stderr.splitlines()[0],
          f"{canary}: seed {seed} does not replay:\n" + again.stderr)
    print(f"{canary} was found at seed {seed}")
print("25 seeds gave the same traces twice")
