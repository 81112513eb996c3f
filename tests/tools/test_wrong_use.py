"""A tool called with wrong arguments says so, and has neither built nor started anything."""
import concurrent.futures
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LIMIT_S = 300  # for all that one tool is told
SYSTEM = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable  # it may have Hypothesis

# By the tool's file: the wrong words that it is called with, one call after the other.
CALLS = {
    "bench/compare.py": ["", "--programs /bin/true", "--programs /bin/true no-such-program", "--programs /bin/true /bin/true --rounds 0",
                         "--programs /bin/true /bin/true --bets 0", "--programs /bin/true /bin/true --chunk-size 0",
                         "--programs /bin/true /bin/true --at-most 0",
                         "--programs /bin/true /bin/true --round=3"],
    "tests/model/test_model.py": ["--examples 0", "--examples -1", "--steps 0", "--steps 4", "--seed -1", "--seed x", "--example 3", "3"],
    "tests/with_postgres.py": ["", "--needed", "--need true", "no-such-program", "--needed /etc/passwd"],
    "tests/torture/torture.py": ["", "nobody", "server --sample 0", "server --seed -1", "server --jobs 0", "server --stride 0",
                                 "server --first 0", "server --kinds nothing", "server --only x", "server --only x:1"],
    "tests/torture/torture_system_calls.py": ["--sample 0", "--seed -1", "--jobs -1", "--samp 3"],
    "tests/torture/torture_order.py": ["0", "-3", "x", "1 2"],
    "tests/crash/rounds.py": ["", "0", "-1", "x", "1 --seed -1", "1 --servers 0", "1 --server 3"],
    "tests/night/main.py": ["", "0", "x", "1 --seed -1", "1 --servers 0", "1 --servers 11", "1 --jobs 0", "1 --server 3"],
    "tests/network/rounds.py": ["0", "x", "--seed -1", "--hold-max 0", "--hold-max nan", "--jobs 0", "--job 2"],
    "tests/browser/pictures.py": ["x", "--folder", "--fold x"],
    "tests/browser/measure.py": ["x", "--agencies 0", "--updates 0", "--agency 3"],
    "tests/package/main.py": ["x", "--foo", "--sho"],
    "tests/pages/run.py": ["", "no-such-page.md", "README.md --machine nothing", "README.md --program no-such-program", "--qui README.md"],
    "tests/structure/main.py": ["x", "--build", "--al"],
    "tests/cluster/play.py": ["nothing", "failover 0", "failover --seed -1", "--kee"],
    "tests/hostile/fairness.py": ["", "no-such-program", "/bin/true --rounds 0", "/bin/true --connections 0", "/bin/true --samples 0"],
    "tests/hostile/full.py": ["", "no-such-program", "/bin/true --held -1", "/bin/true --files 0"],
    "tests/hostile/log_floods.py": ["", "/bin/true", "a=no-such-program", "a=/bin/true --seconds 0", "a=/bin/true --rounds 0",
                                    "a=/bin/true --addresses 0"],
    "tests/hostile/memory.py": ["", "no-such-program", "/bin/true --scale 0", "/bin/true --scale inf"],
    "tests/hostile/measure.py": ["--program no-such-program", "--rounds 0", "--bets 0", "--agencies 0", "--silent -1", "--slow -1",
                                 "--handshakes -1", "--board nothing", "--board silent --connections 0"],
    "tests/hostile/board_floods.py": ["", "silent", "silent 0 1", "silent 1 0", "nothing 1 1"],
}

# All scripts, as people call them: a script must not build or install anything before its tool has read its arguments.
SCRIPTS = {
    "abi": ["nonsense", "--build", "--foo"],
    "analyze": ["all"],
    "bench": ["nonsense", "--rounds 0", "--foo", "--only nothing", "--long-bets 3", "--before no-such-commit",
              "--only unsigned-before", "--signed-rounds 0", "--board-rounds 0"],
    "bootstrap": ["tests"],
    "build": ["devv", "../../src", "dev asan"],
    "cluster": ["nonsense", "failover 0", "--foo"],
    "compare": ["", "no-such-commit", "--foo"],
    "containers": ["nonsense", "Containers.nonsense", "--foo"],
    "coverage": ["all"],
    "crash": ["", "0", "3 --servers 0", "3 --servers 2 --foo"],
    "demo": ["fast"],
    "fuzz": ["-3", "15 nobody"],
    "hostile": ["nonsense", "--rounds 0", "--memory no-such-program", "--memory --foo"],
    "mutate": ["nonsense", "--sample 0", "--since no-such-revision"],
    "night": ["", "0", "3 --servers 0", "3 --foo"],
    "network": ["nonsense", "0", "--foo"],
    "package": ["nonsense", "--chec", "--check again"],
    "package-test": ["nonsense", "--foo"],
    "screenshots": ["nonsense", "--folder", "--fold x"],
    "steady": ["nonsense", "--runs 0", "--preset no-such-preset"],
    "structure": ["nonsense", "--foo"],
    "test": ["slow", "quick dev"],
    "torture": ["server nobody"],
    "translations": ["nonsense", "--chec"],
}

# Calls the tool in one process with each of these words: exit statuses and what was said, one line of JSON for each call.
CALLER = """
import contextlib, io, json, os, runpy, subprocess, sys
tool, calls = sys.argv[1], json.loads(sys.argv[2])
sys.path.insert(0, os.path.dirname(tool))
def never(*_, **__):
    raise AssertionError("it began to work")
subprocess.Popen.__init__ = never
for words in calls:
    sys.argv, said, status = [tool, *words.split()], io.StringIO(), "none"
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            runpy.run_path(tool, run_name="__main__")
        except SystemExit as end:
            status = end.code
        except BaseException as error:
            status = repr(error)
    print(json.dumps([status, said.getvalue()]), flush=True)
"""


def call(tool):
    """What came of the calls: pairs of a status and what was said."""
    python = SYSTEM if "model" in tool else sys.executable
    done = subprocess.run([python, "-B", "-c", CALLER, os.path.join(ROOT, tool), json.dumps(CALLS[tool])], text=True,
                          capture_output=True, timeout=LIMIT_S, check=False, env={**os.environ, "QUINIELA": "/bin/false"})
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


class WrongUse(unittest.TestCase):
    def test_python(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for tool, (results, errors) in zip(CALLS, pool.map(call, CALLS)):
                if results and results[0][0] == 77:
                    self.assertIn("model", tool, "only Hypothesis may be missing")
                    continue
                self.assertEqual(len(results), len(CALLS[tool]), f"answers of {tool}; it said:\n{errors}")
                for words, (status, said) in zip(CALLS[tool], results):
                    with self.subTest(tool=tool, words=words):
                        self.assertEqual(status, 2, f"exit status; it said:\n{said}")
                        self.assertRegex(said, r"(?s)usage: .*error: ")

    def run_script(self, name, words):
        """With hardly any program to be found, so that one that does more than read its arguments fails soon, with another status."""
        with tempfile.TemporaryDirectory() as folder:
            for program in ("dirname", "git"):
                os.symlink(shutil.which(program), os.path.join(folder, program))
            os.symlink(sys.executable, os.path.join(folder, "python3"))
            return subprocess.run([os.path.join(ROOT, "script", name), *words.split()], capture_output=True, text=True, check=False,
                                  env={"PATH": folder}, timeout=LIMIT_S)

    def test_all_scripts_are_tried(self):
        scripts = [name for name in os.listdir(os.path.join(ROOT, "script")) if not name.endswith(".py")]
        self.assertEqual(sorted(SCRIPTS), sorted(scripts))

    def test_scripts_used_wrongly(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            calls = [(name, words) for name, calls in SCRIPTS.items() for words in calls]
            for (name, words), done in zip(calls, pool.map(lambda call: self.run_script(*call), calls)):
                with self.subTest(script=name, words=words):
                    self.assertEqual((done.returncode, done.stdout), (2, ""), f"exit status and output; its errors:\n{done.stderr}")
                    self.assertRegex(done.stderr, r"usage: |is no target")

    def test_help_does_nothing_else(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for name, done in zip(SCRIPTS, pool.map(lambda name: self.run_script(name, "--help"), SCRIPTS)):
                with self.subTest(script=name):
                    self.assertEqual((done.returncode, done.stderr), (0, ""), f"exit status and errors; its output:\n{done.stdout}")
                    self.assertRegex(done.stdout, r"\A[Uu]sage: ")


if __name__ == "__main__":
    unittest.main()
