"""Which test runs which lines of src/, measured once and kept in build/mutate/reach.json.

Afterwards only tests that are new, or that were changed themselves, are measured again. What is known of a source that has
changed since moves with its lines; new lines are taken to be run by whoever runs their neighbours.
"""
import concurrent.futures
import difflib
import json
import os
import re
import shutil
import threading
import time

from tree import Failed, digest, run

MEASURE_S = 150  # a test that takes longer is stopped; what it has run until then counts
MEASURE_TIMES = 2  # so often one that fails
CALL = "<__sanitizer_cov_trace_pc>"


PLACE = re.compile(r"(?:\S.*/)?(src/[^:]+):(\d+)")  # relative, too: some compiler caches make it so


def blocks_of(program):
    """The program's blocks: a sorted list of (where it returns to after telling, {(file, line)})."""
    blocks, here, lines, told = [], None, set(), False
    for text in run(["objdump", "-dl", "--no-show-raw-insn", program]).decode(errors="replace").splitlines():
        if text.startswith("  "):
            if told:
                lines = set()
                blocks.append((int(text.partition(":")[0], 16), lines))
            told = text.endswith(CALL) and "call" in text
            if here and not told:
                lines.add(here)
        elif text.endswith(">:"):  # what a function begins with belongs to no block
            here, lines = None, set()
        elif re.search(r":\d+", text):
            place = PLACE.match(text)
            here = (place[1], int(place[2])) if place else None
    return blocks


class Reach:
    """masks: test -> file -> a number whose bit N says that the test runs line N."""

    def __init__(self, tree, commands, say):
        self.tree, self.runner, self.say = tree, commands, say
        self.path = os.path.join(tree.work, "reach.json")
        self.kept = {"tests": {}, "programs": {}, "texts": {}}
        if os.path.exists(self.path):
            with open(self.path, encoding="utf-8") as file:
                self.kept = json.load(file)

    def update(self, tests, jobs, patience=None, first=()):
        """Measures what is not known yet; with a patience in seconds, only as long as that, and those tests first that are near the
        sources that come `first`."""
        self.follow_sources()
        wanted = [test for test in tests.values() if self.is_wanted(test)]
        self.kept["tests"] = {name: known for name, known in self.kept["tests"].items() if name in tests}
        if wanted:
            self.say("building once more, to count lines")
            self.tree.build("counted", jobs)
            self.say(f"measuring which lines {len(wanted)} tests run")
            try:
                self.measure({test.name for test in wanted}, jobs, patience, set(first))
            finally:
                self.save()
        self.save()
        self.index()
        self.is_whole = all(name in self.kept["tests"] for name in tests)

    def is_wanted(self, test):
        """Whether it is not known, has changed, or failed the first time."""
        known = self.kept["tests"].get(test.name, {})
        failed = known.get("status") not in (0, "skipped") and known.get("times", 0) < MEASURE_TIMES
        return known.get("key") != self.key(test) or failed

    def save(self):
        self.kept["texts"] = {name: self.tree.read(name).decode() for name in self.tree.sources}
        with open(self.path + ".new", "w", encoding="utf-8") as file:
            json.dump(self.kept, file)
        os.replace(self.path + ".new", self.path)

    def key(self, test):
        """Changes when the test itself does."""
        relative = [word.replace(self.tree.dev, "BUILD").replace(self.tree.path, "TREE") for word in test.words()]
        own = []
        for word in test.words():
            if word.startswith(self.tree.dev) and re.match(r"test_", os.path.basename(word)):
                word = f"{self.tree.path}/tests/unit/{os.path.basename(word)}.c"
            if word.startswith(self.tree.path) and os.path.isfile(word):
                own.append(self.tree.read(os.path.relpath(word, self.tree.path)))
        return digest(*relative, *own)

    def measure(self, names, jobs, patience, first):
        tests = [test for test in self.tree.tests(self.tree.counted).values() if test.name in names]
        keys = {test.name: self.key(test) for test in self.tree.tests(self.tree.dev).values()}
        self.blocks, self.lock = {}, threading.Lock()
        end = time.monotonic() + min(patience, self.tree.left() / 2) if patience else None
        # Where the time is short, each state of the sources has others measured.
        tests.sort(key=lambda test: (self.distance(test, first), self.kept["tests"].get(test.name, {}).get("seconds", guessed(test)),
                                     digest(self.tree.hash, test.name)))
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            def one(test):
                left = min(MEASURE_S, end - time.monotonic()) if end else MEASURE_S
                return self.measure_one(test, left) if left > 1 else None
            for number, (test, found) in enumerate(zip(tests, pool.map(one, tests)), 1):
                if found:
                    self.say(f"{found['seconds']:7.1f} s  measured {number} of {len(tests)}: {test.name}")
                    before = self.kept["tests"].get(test.name, {})
                    key = keys.get(test.name, "")
                    times = before.get("times", 0) + 1 if before.get("key") == key else 1
                    self.kept["tests"][test.name] = {**found, "key": key, "times": times}
        if self.blocks and not any(self.kept["programs"].values()):
            raise Failed("no line of src/ is found in any program: is there debug information?")

    def distance(self, test, first):
        """0: a unit test that includes the header of such a source; 1: one of the same folder; 2: any other."""
        distances = {2}
        for word in test.words():
            name = f"tests/unit/{os.path.basename(word)}.c"
            if first and os.path.isfile(os.path.join(self.tree.path, name)):
                for header in re.findall(rb'^#include "(\S+)\.h"', self.tree.read(name), re.M):
                    source = "src/" + header.decode() + ".c"
                    distances.add(0 if source in first else
                                  1 if any(os.path.dirname(source) == os.path.dirname(each) for each in first) else 2)
        return min(distances)

    def learn_blocks(self, test):
        """Of the programs that the test starts: each is read once, which takes longer than most tests do."""
        for word in test.words():
            if word.startswith(self.tree.counted) and os.access(word, os.X_OK):
                with self.lock:
                    is_first = os.path.basename(word) not in self.blocks
                    reading = self.blocks.setdefault(os.path.basename(word), concurrent.futures.Future())
                if is_first:
                    try:
                        found = blocks_of(word)
                        self.kept["programs"][os.path.relpath(word, self.tree.counted)] = sorted({name for _, lines in found for name, _ in lines})
                        reading.set_result(found)
                    except BaseException as error:
                        reading.set_exception(error)
                        raise
                reading.result()

    def measure_one(self, test, seconds):
        self.learn_blocks(test)
        folder = os.path.join(self.tree.work, "seen", digest(test.name))
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        os.chmod(folder, 0o777)
        environment = {**surroundings(self.tree), **test.environment, "MUTATE_REACH": folder}
        output = folder + ".log"
        status, took = self.runner.run(test.command, seconds, output, environment, test.folder)
        masks = {}
        for program in os.listdir(folder):
            with open(os.path.join(folder, program), "rb") as file:
                seen = file.read()
            for address, lines in self.blocks[program].result() if program in self.blocks else []:
                if address < len(seen) and seen[address]:
                    for name, line in lines:
                        masks[name] = masks.get(name, 0) | 1 << line
        shutil.rmtree(folder)
        status = "skipped" if status == test.skipped and status != 0 else status
        if status != 0:
            self.say(f"while measuring, {test.name} ended with: {status}")
        return {"seconds": took, "status": status, "masks": {name: hex(mask) for name, mask in masks.items()}}

    def follow_sources(self):
        for name, old in self.kept["texts"].items():
            if name in self.tree.sources and self.tree.read(name).decode() != old:
                places = moved(old.splitlines(), self.tree.read(name).decode().splitlines())
                for known in self.kept["tests"].values():
                    if name in known["masks"]:
                        known["masks"][name] = hex(moved_mask(int(known["masks"][name], 16), places))

    def index(self):
        self.masks = {test: {name: int(mask, 16) for name, mask in known["masks"].items()}
                      for test, known in self.kept["tests"].items()}
        self.seconds = {test: known["seconds"] for test, known in self.kept["tests"].items()}

    def tests_of(self, name, lines):
        """The tests that run any of the lines."""
        wanted = sum(1 << line for line in set(lines))
        return [test for test, masks in self.masks.items() if masks.get(name, 0) & wanted]


def guessed(test):
    """How long a test takes that has not been measured: the quick kinds first."""
    return next((seconds for label, seconds in (("unit", 0.2), ("fuzz", 0.2), ("sim", 3)) if label in test.labels), 4)


def surroundings(tree):
    """The environment of every test."""
    environment = dict(os.environ)
    environment.setdefault("QUINIELA_DATA", os.path.normpath(os.path.join(tree.root, "../shared/data")))
    return environment


def moved(old, new):
    """For each line of the new text (from 1) the lines of the old one that tell who runs it."""
    places = {}
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        for j in range(j1, j2):
            places[j + 1] = [i1 + j - j1 + 1] if tag == "equal" else list(range(max(i1, 1), i2 + 2))
    return places


def moved_mask(mask, places):
    return sum(1 << new for new, olds in places.items() if any(mask >> old & 1 for old in olds))
