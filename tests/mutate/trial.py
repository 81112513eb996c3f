"""One mutant before the tests that run its line, one after the other, until one notices it."""
import os
import re
import threading
import time

from commands import Interrupted
from reach import surroundings
from workshop import NotAProgram, Workshop

HANG_S = "10"  # what a story waits at most for something that does not come
STEADY = ("unit", "fuzz", "sim")  # labels of tests that do the same each time
AGAIN = 2  # so many failures in a row count, of a test that may fail by itself


class History:
    """Which tests have noticed what, and how long they take: the likeliest for its time comes first."""

    def __init__(self, reach, records):
        self.reach, self.lock = reach, threading.Lock()
        self.tried, self.noticed, self.seconds, self.trusted = {}, {}, dict(reach.seconds), set()
        self.failing = set()  # without any mutant
        self.breadth = {test: len(masks) for test, masks in reach.masks.items()}
        for record in records:
            if "by" in record:
                key = record["by"], record["file"]
                self.tried[key] = self.noticed[key] = self.noticed.get(key, 0) + 1

    def tell(self, test, file, noticed, seconds):
        with self.lock:
            self.tried[test, file] = self.tried.get((test, file), 0) + 1
            self.noticed[test, file] = self.noticed.get((test, file), 0) + noticed
            if not noticed:
                self.seconds[test] = seconds
                self.trusted.add(test)

    def order(self, tests, file):
        def worth(test):
            guess = 0.4 if self.breadth.get(test, 0) < 12 else 0.15
            chance = (self.noticed.get((test, file), 0) + 2 * guess) / (self.tried.get((test, file), 0) + 2)
            return chance / (self.seconds.get(test, 5) + 0.05)
        return sorted(tests, key=worth, reverse=True)


class Trial:
    """patience: how many seconds of tests one mutant is worth."""

    def __init__(self, parts, tests, reach, history, runner, number, patience):
        self.tests, self.reach, self.history, self.runner, self.patience = tests, reach, history, runner, patience
        self.shop = Workshop(parts, number)
        self.environment = {**surroundings(parts.tree), "QUINIELA_HANG_S": HANG_S}

    def run(self, mutant):
        """What has become of it: a record for the results."""
        start = time.monotonic()
        record = {"id": mutant.id, "operator": mutant.operator, "file": mutant.file, "line": mutant.line}
        try:
            record.update(self.judge(mutant))
        except NotAProgram:
            record["end"] = "no program"
        record["seconds"] = round(time.monotonic() - start, 2)
        return record

    def judge(self, mutant):
        if not self.shop.plant(mutant):
            return {"end": "same code"}
        covering = [name for name in covering_tests(self.reach, mutant, self.shop.text)
                    if name in self.tests and name not in self.history.failing]
        left, tried, unsure = list(covering), 0, []
        spent = time.monotonic()
        while left:
            name = self.history.order(left, mutant.file)[0]
            left.remove(name)
            if tried and time.monotonic() - spent + self.history.seconds.get(name, 0) > self.patience:
                continue
            tried += 1
            end, tail = self.notices(self.tests[name], mutant)
            if end:
                return {"end": "noticed", "by": name, "how": end, "said": tail, "tried": tried}
            if tail:
                unsure.append(name)
        return {"end": "survived" if covering else "unreached", "tried": tried, "left": len(covering) - tried,
                "unsure": unsure}

    def notices(self, test, mutant):
        """How the test ended with the mutant when that was not well, and the end of what it printed."""
        status, took = self.attempt(test, True)
        noticed = status not in (0, test.skipped)
        tail = self.tail() if noticed else ""  # before it is asked without the mutant
        if noticed and not self.is_trusted(test):
            return None, ""
        self.history.tell(test.name, mutant.file, noticed, took)
        if not noticed:
            return None, ""
        if not any(label in STEADY for label in test.labels):
            for _ in range(AGAIN - 1):
                status = self.attempt(test, True, patience=2)[0]
                if status in (0, test.skipped):
                    return None, tail
        return status, tail

    def is_trusted(self, test):
        """Whether the test passes without any mutant: asked once, of those that have not passed yet."""
        if test.name not in self.history.trusted:
            status, took = self.attempt(test, False)
            if status != 0:
                self.history.failing.add(test.name)
                return False
            self.history.tell(test.name, "", False, took)
        return True

    def attempt(self, test, planted, patience=1):
        """Starts the test; a test of ours in Python ends at its first failure."""
        replaced = self.shop.replaced if planted else lambda word: word
        command = [replaced(word) for word in test.command]
        if "e2e" in test.labels:
            command.append("--failfast")
        environment = {**self.environment, **{key: replaced(value) for key, value in test.environment.items()}}
        limit = min(patience * (10 + 4 * self.history.seconds.get(test.name, 10)), test.limit)
        status, took = self.runner.run(command, limit, os.path.join(self.shop.folder, "said"), environment, test.folder)
        if status == "lost":
            raise Interrupted
        return status, took

    def tail(self):
        with open(os.path.join(self.shop.folder, "said"), "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 1500))
            return file.read().decode(errors="replace")


def covering_tests(reach, mutant, text):
    """Those that run its line, or else its statement; of a named constant, where it is named; of a static table, which no
    line makes, those that run the rest of its function."""
    rows = text.split(b"\n")
    lines = [mutant.line]
    if mutant.mention:
        lines = [i + 1 for i, row in enumerate(rows) if mutant.mention.encode() in row]
    statement = [at for line in lines for at in range(begin_of_statement(rows, line), line + 1)]
    if not mutant.mention:
        statement += range(mutant.line, mutant.end_line + 1)
    return reach.tests_of(mutant.file, lines) or reach.tests_of(mutant.file, statement) or \
        (reach.tests_of(mutant.file, rest_of_function(mutant, text)) if is_static(mutant, text) else [])


def begin_of_statement(rows, line):
    """The line on which the statement begins that goes on on this one."""
    while line > 1 and rows[line - 2].strip() and rows[line - 2].split(b"//")[0].rstrip()[-1:] not in (b";", b"{", b"}", b":", b""):
        line -= 1
    return line


def is_static(mutant, text):
    """Whether it stands in the declaration of what is static within a function."""
    begun = [match.end() for match in re.finditer(rb"(;|\}|(?<!= )\{)\n", text[:mutant.start])]
    return bool(begun) and text[begun[-1]:].lstrip().startswith(b"static ")


def rest_of_function(mutant, text):
    return range(mutant.line, mutant.line + text[mutant.start:].split(b"\n}", 1)[0].count(b"\n") + 1)
