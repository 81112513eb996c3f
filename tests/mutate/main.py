"""Plants bugs and says which of them no test notices. How to use it: docs/testing.md, Mutants."""
import argparse
import fnmatch
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests"))
import given  # noqa: E402
from commands import Commands, Interrupted  # noqa: E402
from reach import Reach  # noqa: E402
from report import changed_lines, report  # noqa: E402
from tree import Failed, OutOfTime, Tree, digest  # noqa: E402
from trial import History, Trial, covering_tests  # noqa: E402
from workshop import Parts  # noqa: E402

QUICK_S = 5  # a test that takes longer is not for --ci
QUICK_PATIENCE_S = 20
ENOUGH = 10  # of so many mutants one is noticed, or something is wrong
CI_FILES = 25  # of so many sources mutants are drawn at random
SKIPPED = 77
CI_BUILDS_S = 300  # what is built takes at most so long, beside the minutes
CI_COMMITS = 5  # that have changed sources: their lines come first


def say(text):
    print(text, flush=True)


def arguments():
    parser = argparse.ArgumentParser(prog="script/mutate", description=__doc__, allow_abbrev=False)
    parser.add_argument("--sample", type=given.whole(1), default=0, metavar="N", help="so many, drawn with the seed (default: all)")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--files", nargs="+", default=[], metavar="PATTERN", help="of these sources only: src/ledger, 'src/net/t*.c'")
    parser.add_argument("--since", type=given.text, metavar="REV", help="of the lines only that have changed since")
    parser.add_argument("--minutes", type=given.number(above=True), help="stop when mutants have been tried for so long; building and measuring come before")
    parser.add_argument("--jobs", type=given.whole(1, 1000), default=os.cpu_count(), help="so many side by side (default: a processor each)")
    parser.add_argument("--patience", type=given.number(above=True), default=180, metavar="S", help="seconds of tests that one mutant is worth (default: 180)")
    parser.add_argument("--fresh", action="store_true", help="try again what was tried")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="only list what would be tried")
    what.add_argument("--show", type=given.text, metavar="ID", help="what this mutant changes, and what is known of it")
    what.add_argument("--again", type=given.text, metavar="ID", help="try this one now, with every test that runs its line")
    what.add_argument("--report", action="store_true", help="only say what is known")
    parser.add_argument("--root", default=ROOT, help=argparse.SUPPRESS)  # of another project
    parser.add_argument("--ci", type=given.number(above=True), metavar="MINUTES",
                        help="the lines that have changed last, then at random, with the quick tests only; takes build/dev as it is, if it is there; "
                        f"building comes before, for {CI_BUILDS_S} s at most")
    chosen = parser.parse_args()
    if not is_repository(chosen.root):
        parser.error(f"{chosen.root} is not a git repository")
    if chosen.ci and (chosen.since or chosen.minutes or chosen.show or chosen.again):
        parser.error("argument --ci: not with --since, --minutes, --show or --again")
    if chosen.since and not is_revision(chosen.root, chosen.since):
        parser.error(f"argument --since: {chosen.since!r} is not a revision")
    given.understood()
    return chosen


class Run:
    def __init__(self, chosen, runner):
        self.chosen, self.start = chosen, None
        self.minutes = chosen.ci or chosen.minutes
        chosen.patience = min(chosen.patience, QUICK_PATIENCE_S if chosen.ci else chosen.patience)
        root = os.path.abspath(chosen.root)
        self.tree, self.runner = Tree(root, bool(chosen.ci) and os.path.exists(os.path.join(root, "build/dev/build.ninja"))), runner
        looks = bool(chosen.show or chosen.list or chosen.report)
        self.lock = locked(self.tree.work, looks)
        self.tree.copy(bool(self.lock))
        self.names()
        self.tree.left = self.left
        if chosen.ci:
            self.start = self.clock()
        self.tree.builds_s = CI_BUILDS_S if chosen.ci else float("inf")
        if self.lock:
            if not looks:
                say("building")
            self.tree.build("dev", chosen.jobs, compiles=not looks)
        elif not self.tree.is_built():
            raise SystemExit("script/mutate: another one has only begun, and there is nothing to look at yet")
        if self.lock and looks:
            self.lock.close()  # a run may begin
        import results  # pylint: disable=import-outside-toplevel  # libclang may be missing before the arguments are read
        self.points, self.results, self.drawn = results.Points(self.tree, chosen.jobs), results.Results(self.tree), results.drawn
        self.equal, self.busy = results.equivalents(self.tree.root), 0

    def left(self):
        """Seconds."""
        if not self.minutes or self.start is None:
            return float("inf")
        return self.minutes * 60 - (self.clock() - self.start)

    def clock(self):
        """Stands still while something is built."""
        return time.monotonic() - self.tree.built_s

    def names(self):
        """The sources that are wanted. A pattern that none has is refused."""
        if not self.chosen.files:
            return self.tree.sources
        wanted = set()
        for pattern in self.chosen.files:
            path = os.path.relpath(os.path.join(self.tree.root, pattern), self.tree.root)
            found = {name for name in self.tree.sources if fnmatch.fnmatch(name, path) or name.startswith(path + "/")}
            if not found:
                print(f"script/mutate: argument --files: no source is called {pattern!r}", file=sys.stderr)
                raise SystemExit(2)
            wanted |= found
        return [name for name in self.tree.sources if name in wanted]

    def by_id(self, wanted):
        known = self.results.known.get(wanted, {}).get("file")
        for names in ([known] if known in self.tree.sources else [], self.tree.sources):  # the likely one first
            found = [m for m in self.points.of(names) if m.id == wanted]
            if found:
                break
        if not found:
            raise SystemExit(f"script/mutate: there is no mutant {wanted}")
        return found[0]

    def candidates(self):
        names, seed = self.names(), self.chosen.seed
        if self.chosen.ci:
            seed = git(self.tree.root, "rev-parse", "HEAD").strip()
            some = sorted(names, key=lambda name: digest(seed, name))[:CI_FILES]
            return [*self.changed(names, last_commits(self.tree.root), seed), *self.drawn(self.points.of(some), seed)]
        if self.chosen.since:
            return self.changed(names, self.chosen.since, seed)
        return self.drawn(self.points.of(names), seed)

    def changed(self, names, revision, seed):
        lines = changed_since(self.tree.root, revision)
        mutants = self.points.of([name for name in names if name in lines])
        return self.drawn([m for m in mutants if lines[m.file] & set(range(m.line, m.end_line + 1))], seed)

    def prepare(self, first):
        tests = self.tree.tests(self.tree.dev)
        if self.chosen.ci:
            tests = {name: test for name, test in tests.items() if "postgres" not in test.labels}
        self.reach = Reach(self.tree, self.runner, say)
        self.reach.update(tests, self.chosen.jobs * 2, self.left() / 3 if self.chosen.ci else None, first)
        usable = {name: test for name, test in tests.items()
                  if self.reach.kept["tests"].get(name, {}).get("status") != "skipped"}
        if self.chosen.ci:
            usable = {name: t for name, t in usable.items() if self.reach.seconds.get(name, QUICK_S) < QUICK_S}
        return usable

    def try_all(self, mutants, wanted):
        """Tries them in turn, until as many as wanted count; gives back (mutant, record) pairs."""
        tests = self.prepare({mutant.file for mutant in mutants[:CI_FILES]})
        self.start = self.clock() if self.start is None else self.start
        parts = Parts(self.tree, self.reach.kept["programs"])
        history, pairs, lock = History(self.reach, list(self.results.known.values())), [], threading.Lock()
        # Of a line that nobody is known to run nothing can be said while not all tests are measured.
        todo = (m for m in mutants if self.reach.is_whole or covering_tests(self.reach, m, self.tree.read(m.file)))

        def counted():
            return sum(record["end"] in ("noticed", "survived", "unreached") for _, record in pairs)

        def work(number):
            trial = Trial(parts, tests, self.reach, history, self.runner, number, self.chosen.patience)
            while self.left() > 0:
                with lock:
                    mutant = next(todo, None) if counted() + self.busy < wanted else None
                    if mutant is None:
                        if counted() >= wanted or self.busy == 0:
                            return
                    else:
                        self.busy += 1
                if mutant is None:  # one that is being tried may not count
                    time.sleep(0.2)
                    continue
                try:
                    record = None if self.chosen.fresh else self.results.of(mutant, bool(self.chosen.ci))
                    if record is None:
                        record = {**trial.run(mutant), "quick": bool(self.chosen.ci)}
                        with lock:
                            self.results.add(record)
                        self.tell(mutant, record)
                    pairs.append((mutant, record))
                finally:
                    with lock:
                        self.busy -= 1
        self.in_threads(work)
        for name in sorted(history.failing):
            say(f"was of no use, as it fails without any mutant, too: {name}")
        return pairs

    def in_threads(self, work):
        """Waits for all workers; the first error ends them all, and so does the time."""
        errors = queue.Queue()

        def guarded(number):
            try:
                work(number)
            except Interrupted:
                pass
            except BaseException as error:  # told below
                errors.put(error)
                self.runner.end()
        threads = [threading.Thread(target=guarded, args=[n]) for n in range(self.chosen.jobs)]
        self.runner.is_tried = True
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            time.sleep(0.1)
            if self.left() <= 0:
                self.runner.end()
        if not errors.empty():
            raise errors.get()

    def tell(self, mutant, record):
        by = f" by {record['by'].partition(':')[0]} ({record['how']})" if "by" in record else ""
        say(f"{record['seconds']:7.1f} s  {mutant.id} {mutant.file}:{mutant.line} {mutant.operator}: {record['end']}{by}")


def locked(folder, only_looks):
    """The work in a folder is one run's alone. None for who only looks at what another is doing."""
    lock = given.alone(os.path.join(folder, "lock"))
    if not lock and not only_looks:
        raise SystemExit(f"script/mutate: another one is at work in {folder}")
    return lock


def git(root, *command):
    return subprocess.run(["git", "-C", root, *command], check=True, capture_output=True, text=True).stdout


def is_repository(root):
    return subprocess.run(["git", "-C", root, "rev-parse"], capture_output=True, check=False).returncode == 0


def is_revision(root, name):
    return subprocess.run(["git", "-C", root, "rev-parse", "-q", "--verify", "--end-of-options", name + "^{tree}"],
                          capture_output=True, check=False).returncode == 0


def last_commits(root):
    """The revision before the last few that have changed sources."""
    found = git(root, "log", f"-{CI_COMMITS + 1}", "--format=%H", "--", "src").split()
    if not found:
        raise Failed("no commit is known that has changed sources")
    return found[-1]


def changed_since(root, revision):
    """file -> its lines that have changed since, in the work tree."""
    text = git(root, "diff", "-U0", "--no-color", revision, "--", "src")
    found, name = {}, None
    for line in text.splitlines():
        if line.startswith("+++ "):
            name = line[6:]
        match = re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line)
        if match:
            first, count = int(match[1]), int(match[2] or 1)
            found.setdefault(name, set()).update(range(first, first + count))
    return found


def stoppable():
    """What starts commands. A signal ends those that run; while none does, it raises Interrupted."""
    process, runner = os.getpid(), Commands()

    def interrupted(*_):
        if os.getpid() != process or runner.interrupted:
            return
        say("interrupted: what was tried is kept, and the same command goes on")
        runner.interrupted = True
        runner.end()
        if not runner.is_tried:
            raise Interrupted
    runner.interrupted = runner.is_tried = False
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupted)
    return runner


def main():
    chosen, runner = arguments(), stoppable()
    run = Run(chosen, runner)
    if chosen.show or chosen.again:
        return one(run, chosen)
    mutants = list({m.id: m for m in run.candidates() if m.id not in run.equal}.values())
    if not (chosen.files or chosen.since or chosen.ci):
        for name in sorted(run.equal - {m.id for m in run.points.of(run.tree.sources)}):
            say(f"equivalent.txt: there is no mutant {name} any more")
    if chosen.list:
        for mutant in mutants[:chosen.sample or None]:
            say(f"{mutant.id} {mutant.file}:{mutant.line} {mutant.function}: {mutant.operator}\n"
                f"{changed_lines(mutant, run.tree.read(mutant.file))}")
        return 0
    if chosen.report:
        pairs = [(m, run.results.of(m)) for m in mutants if run.results.of(m)]
    else:
        pairs = run.try_all(mutants, chosen.sample or len(mutants))
    say(report(pairs, run.tree.read))
    return 130 if runner.interrupted else verdict(pairs, chosen, mutants)


def verdict(pairs, chosen, mutants):
    """The exit status."""
    if mutants and not pairs and not chosen.report:
        raise OutOfTime
    tried = [record["end"] for _, record in pairs if record["end"] in ("noticed", "survived")]  # by a test that runs it
    if chosen.ci and len(tried) >= ENOUGH and "noticed" not in tried:
        say("script/mutate: not one mutant was noticed: something is wrong with the tests, or with this")
        return 1
    return 0


def one(run, chosen):
    mutant = run.by_id(chosen.show or chosen.again)
    say(f"{mutant.id} {mutant.file}:{mutant.line} {mutant.function}: {mutant.operator}\n"
        f"{changed_lines(mutant, run.tree.read(mutant.file))}")
    if chosen.again:
        chosen.jobs, chosen.fresh, chosen.patience = 1, True, float("inf")
        run.try_all([mutant], 1)
    record = run.results.of(mutant)
    say("\n".join(f"{key}: {value}" for key, value in (record or {"end": "not tried"}).items()))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except OutOfTime:
        say("script/mutate: SKIPPED: the time was over before any mutant was tried")
        sys.exit(SKIPPED)
    except Failed as failure:
        sys.exit(f"script/mutate: {failure}")
    except Interrupted:
        sys.exit(130)
