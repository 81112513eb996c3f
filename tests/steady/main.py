"""Repeats the tests while the machine is busy: script/steady [--preset dev] [--runs 20] [--load 2] [--only REGEX]

Beside the tests so many busy processes run as --load times the cores. Each test is run --runs times, all tests once
before any of them again. What has been found is kept in build/steady/PRESET/: `table`, how often each test was run, failed and was
skipped, and `failures/`, what it said each time it failed. Ended with Ctrl-C or SIGTERM it ends all that it
started, and called again it goes on where it was, unless the tree is another one: then it says so, and --anew
begins anew. The exit status is 0 when nothing failed, 1 when something did, 2 when nothing could be run, 130 when it was ended.
"""
import argparse
import concurrent.futures
import os
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests"))
import given  # noqa: E402
from commands import Commands, Interrupted  # noqa: E402
from ctest_list import ASK, Described, told  # noqa: E402
from results import Results, Unusable  # noqa: E402

BUSY = "import os, sys\nwhile os.getppid() == int(sys.argv[1]):\n    for _ in range(1000000): pass\n"
LOAD_MAX = 50  # for each core; more tests nothing
GENTLE_S = 20  # for a test to end what it has started
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=1:detect_stack_use_after_return=1", "UBSAN_OPTIONS": "print_stacktrace=1",
              "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1"}  # as in script/test


def output(root, *command, **how):
    return subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE, text=True, **how).stdout


def tree(root):
    """The name that git gives to all files as they are now, committed or not."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "GIT_INDEX_FILE": os.path.join(folder, "index")}
        output(root, "git", "read-tree", "HEAD", env=environment)
        output(root, "git", "add", "-A", env=environment)
        return output(root, "git", "write-tree", env=environment).strip()


class Test(Described):
    def run(self, runner):
        """"passed", "skipped" or "failed", and what it said; Interrupted when it was ended for that."""
        if not self.command:
            return "failed", "its program is not built\n"
        with tempfile.NamedTemporaryFile(errors="replace", mode="r", encoding="utf-8") as said:
            status, _ = runner.run(self.command, self.limit, said.name, {**SANITIZERS, **os.environ, **self.environment},
                                   self.folder, GENTLE_S)
            text = said.read()
        if status == "timeout":
            return "failed", text + f"\nended after {self.limit} s\n"
        if status == self.skipped:
            return "skipped", text
        return ("failed" if status else "passed"), text + f"\nexit status {status}\n"


def repeat(tests, options, results, runner):
    """In rounds; a test that has had its runs is left out."""
    def once(test):
        try:
            results.add(test.name, *test.run(runner))
        except Interrupted:
            pass
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as workers:
        for number in range(options.runs):
            due = [test for test in tests if results.runs(test.name) <= number]
            for future in [workers.submit(once, test) for test in due]:
                future.result()


def chosen(arguments):
    """The options, and what refuses them."""
    parser = argparse.ArgumentParser(prog="script/steady", description=__doc__, allow_abbrev=False,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="dev")
    parser.add_argument("--runs", type=given.whole(1, 100_000), default=20)
    parser.add_argument("--load", type=given.number(0, LOAD_MAX), default=2, help="busy processes for each core")
    parser.add_argument("--jobs", type=given.whole(1, 1000), default=os.cpu_count(), help="tests at a time")
    parser.add_argument("--only", type=given.pattern, default="", help="only tests whose name has this pattern")
    parser.add_argument("--anew", action="store_true", help="forget what was found before")
    parser.add_argument("--root", default=ROOT, help=argparse.SUPPRESS)  # of another project
    options = parser.parse_args(arguments)
    options.root = os.path.abspath(options.root)
    if options.preset not in given.presets(options.root):
        parser.error(f"argument --preset: {options.preset!r} is none of {', '.join(given.presets(options.root))}")
    return options


def found(options):
    """The tests that are wanted, built."""
    built = subprocess.run([os.path.join(options.root, "script/build"), options.preset], check=False, stdout=subprocess.DEVNULL)
    if built.returncode != 0:
        raise Unusable(f"preset {options.preset} cannot be built")
    described = told(output(options.root, "ctest", "--preset", options.preset, *ASK))
    tests = [Test(each) for each in described if options.only.search(each["name"])]
    if not tests:
        raise Unusable(f"of {len(described)} tests of preset {options.preset} none has {options.only.pattern!r} in its name")
    return tests


def play(options, tests, results):
    """Repeats them under load; whether it was ended before."""
    runner = Commands()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: runner.end())
    busy = [subprocess.Popen([sys.executable, "-I", "-S", "-c", BUSY, str(os.getpid())], start_new_session=True)
            for _ in range(round(options.load * os.cpu_count()))]
    try:
        repeat(tests, options, results, runner)
    finally:
        for process in busy:
            process.kill()
            process.wait()
    return runner.ended


def main():
    options = chosen(sys.argv[1:])
    folder = os.path.join(options.root, "build/steady", options.preset)
    lock = given.alone(folder + ".lock")
    if not lock:
        sys.exit(f"script/steady: another one is at work in {folder}")
    try:
        results = Results(folder, tree(options.root), options.anew)
        tests = found(options)
    except Unusable as reason:
        print(f"script/steady: {reason}", file=sys.stderr)
        return 2
    results.begin()
    ended = play(options, tests, results)
    failed = results.table([test.name for test in tests])
    return 130 if ended else 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
