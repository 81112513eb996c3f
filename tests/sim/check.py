"""What the simulation itself must be: the same seed gives the same run, byte for byte, whose digest does not
depend on free text; and the canaries' bugs are found.

usage: check.py SIMULATION REWORDED [CANARY WHAT_IT_IS_FOUND_BY]...
                --planted CANARY [NAME WHAT_IT_IS_FOUND_BY]... --shared [NAME WHAT_IT_IS_FOUND_BY]...
                --filed [CANARY WHAT_IT_IS_FOUND_BY]...

With --filed the simulation's disk is the SQLite store, with --shared a store that several servers share. The canary behind
--planted has one bug of several, by name; --shared has names of the same canary.
"""
import os
import re
import subprocess
import sys

CANARY_SECONDS_MAX = 600
FILED_FROM = 251  # each of these takes longer, and here the first one comes soon
SIMULATION, REWORDED = sys.argv[1:3]
PLANTED_AT, SHARED_AT, FILED_AT = (sys.argv.index(flag) for flag in ("--planted", "--shared", "--filed"))


def pairs(words):
    return zip(words[::2], words[1::2])


PLANTED = sys.argv[PLANTED_AT + 1]
CANARIES = [(canary, "", (), symptom) for canary, symptom in pairs(sys.argv[3:PLANTED_AT])]
CANARIES += [(PLANTED, name, (), symptom) for name, symptom in pairs(sys.argv[PLANTED_AT + 2:SHARED_AT])]
CANARIES += [(PLANTED, name, ("--shared",), symptom) for name, symptom in pairs(sys.argv[SHARED_AT + 1:FILED_AT])]
CANARIES += [(canary, "", ("--filed",), symptom) for canary, symptom in pairs(sys.argv[FILED_AT + 1:])]


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, timeout=CANARY_SECONDS_MAX)


def check(condition, message):
    if not condition:
        sys.exit(message)


for seed, flags in [(seed, ()) for seed in range(1, 21)] + [(seed, (flag,)) for flag in ("--filed", "--shared") for seed in range(1, 6)]:
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

for canary, name, flags, symptom in CANARIES:
    os.environ["SIMULATION_PLANT"] = name
    found = run(canary, *flags, "--seeds", str(FILED_FROM if "--filed" in flags else 1), "1000000")
    check(found.returncode == 1 and symptom in found.stderr, f"{canary} {name} was not found:\n" + found.stderr)
    seed = re.search(r"seed (\d+) failed", found.stderr)[1]
    again = run(canary, *flags, "--seed", seed, "--trace")
    check(again.returncode == 1 and again.stderr.splitlines()[0] == found.stderr.splitlines()[0],
          f"{canary} {name}: seed {seed} does not replay:\n" + again.stderr)
    print(f"{canary} {name} was found at seed {seed}")
print("30 seeds gave the same traces twice")
