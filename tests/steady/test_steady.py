"""Tests are repeated as often as asked, nothing is lost or left behind, and wrong use does no harm."""
import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
HANG_S = 240
FILES = {
    "CMakePresets.json": """{"version": 6,
"configurePresets": [{"name": "dev", "generator": "Ninja", "binaryDir": "${sourceDir}/build/dev"}],
"testPresets": [{"name": "base", "hidden": true}, {"name": "dev", "configurePreset": "dev"}]}
""",
    "CMakeLists.txt": """cmake_minimum_required(VERSION 3.25)
project(toy NONE)
enable_testing()
add_test(NAME "good: Ends well" COMMAND true)
add_test(NAME "bad: Fails" COMMAND sh -c "echo the reason; exit 1")
add_test(NAME "other: Is skipped" COMMAND sh -c "exit 77")
add_test(NAME "long: Leaves nothing" COMMAND ${CMAKE_SOURCE_DIR}/long)
set_tests_properties("other: Is skipped" PROPERTIES SKIP_RETURN_CODE 77)
""",
    "long": """#!/bin/sh
trap 'echo asked >"$0.asked"; exit 1' INT
mktemp -d >"$0.folders"
mktemp -d -p "$QUINIELA_MEMORY" >>"$0.folders"
setsid sleep 1000 &
echo $! >"$0.other"
echo $$ >"$0.pid"
while :; do sleep 0.01; done
""",
    "script/build": "#!/bin/sh\ncd \"$(dirname \"$0\")/..\"\necho built >>build/count\nexec cmake --preset \"$1\"\n",
    "src/a.c": "int a;\n",
    ".gitignore": "/build/\n/long.*\n",
}


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Steady(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.root = folder.name
        os.makedirs(os.path.join(cls.root, "build"))
        for name, text in FILES.items():
            path = os.path.join(cls.root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            if text.startswith("#!"):
                os.chmod(path, 0o755)
        git = ["git", "-C", cls.root, "-c", "user.name=a", "-c", "user.email=b"]
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "toy"]):
            subprocess.run([*git, *command], check=True)

    def read(self, *names):
        with open(os.path.join(self.root, *names), encoding="utf-8") as file:
            return file.read()

    def command(self, *arguments):
        return [sys.executable, "-B", os.path.join(HERE, "main.py"), "--root", self.root, *arguments]

    def steady(self, status, *arguments):
        """What it says, when it ends with that status."""
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, check=False, timeout=HANG_S)
        self.assertEqual(done.returncode, status, f"exit status of {arguments}; it said:\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def test_wrong_use_is_refused_before_anything_is_touched(self):
        def built():
            return self.read("build/count") if os.path.exists(os.path.join(self.root, "build/count")) else ""
        before = built()
        for arguments in (["--preset", "../../src", "--anew"], ["--preset", ".", "--anew"], ["--preset", "base"],
                          ["--runs", "0"], ["--runs", "-3"], ["--runs", "many"], ["--jobs", "0"], ["--jobs", "-1"],
                          ["--load", "-1"], ["--load", "nan"], ["--load", "inf"], ["--load", "60"], ["--only", "("],
                          ["--prese", "dev"]):
            with self.subTest(arguments=arguments):
                said = self.steady(2, "--only", "^good:", "--runs", "1", *arguments)
                self.assertIn("usage: ", said)
                self.assertNotIn("Traceback", said)
        self.assertEqual(self.read("src/a.c"), FILES["src/a.c"], "the sources are there")
        self.assertEqual(built(), before, "nothing was built")

    def test_each_is_run_as_often_as_asked(self):
        said = self.steady(1, "--only", "^(good|bad|other):", "--runs", "2", "--load", "0.5", "--anew")
        self.assertRegex(said, r"3 tests, 2 complete runs, 6 runs of tests, 2 failed, 2 skipped")
        self.assertIn("the reason", self.read("build/steady/dev/failures/bad-fails.1"))
        self.assertRegex(self.read("build/steady/dev/table"), r" 2 +2 +0  bad: Fails\n +2 +0 +0  good: Ends well\n +2 +0 +2  other")
        said = self.steady(1, "--only", "^(good|bad|other):", "--runs", "3", "--load", "0")
        self.assertRegex(said, r"3 complete runs, 9 runs of tests, 3 failed", "it goes on where it was")
        self.steady(0, "--only", "^good:", "--runs", "3", "--load", "0")
        self.assertIn("of 4 tests of preset dev none has 'nobody'", self.steady(2, "--only", "nobody"))

    def test_a_failure_that_was_seen_is_not_lost_to_a_second_one_at_work(self):
        os.makedirs(os.path.join(self.root, "build/steady"), exist_ok=True)
        with open(os.path.join(self.root, "build/steady/dev.lock"), "w", encoding="utf-8") as other:
            fcntl.flock(other, fcntl.LOCK_EX)
            self.assertIn("another one is at work", self.steady(1, "--only", "^good:"))

    def test_what_is_kept_of_another_tree_or_cannot_be_read_is_not_gone_on_with(self):
        self.steady(0, "--only", "^good:", "--runs", "1", "--load", "0", "--anew")
        state = json.loads(self.read("build/steady/dev/state"))
        for text, reason in ((json.dumps({**state, "tree": "0" * 40}), "is of another tree"), ("{", "cannot be read")):
            with open(os.path.join(self.root, "build/steady/dev/state"), "w", encoding="utf-8") as file:
                file.write(text)
            self.assertIn(reason, self.steady(2, "--only", "^good:"))
            self.assertEqual(self.read("build/steady/dev/state"), text, "it is as it was")
        self.steady(0, "--only", "^good:", "--runs", "1", "--load", "0", "--anew")

    def wait_for(self, what, holds):
        end = time.monotonic() + HANG_S
        while not holds():
            self.assertLess(time.monotonic(), end, f"waited {HANG_S} s for {what}")
            time.sleep(0.01)

    def begun(self):
        """One that repeats the long test, and all processes that it has started."""
        for name in ("long.pid", "long.other", "long.asked"):
            if os.path.exists(os.path.join(self.root, name)):
                os.unlink(os.path.join(self.root, name))
        process = subprocess.Popen(self.command("--only", "^long:", "--load", "1", "--anew"), stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        self.addCleanup(process.stdout.close)
        self.wait_for("the test", lambda: os.path.exists(os.path.join(self.root, "long.pid")) and self.read("long.pid"))
        with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
            started = file.read().split()
        return process, [*started, self.read("long.pid").strip(), self.read("long.other").strip()]

    def test_whoever_ends_it_nothing_is_left(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -signal.SIGKILL)):
            with self.subTest(signal=number.name):
                process, started = self.begun()
                process.send_signal(number)
                self.assertEqual(process.wait(HANG_S), status)
                for pid in started:
                    self.wait_for(f"the end of {pid}", lambda pid=pid: not is_running(pid))
                for folder in self.read("long.folders").split():
                    self.wait_for(f"nothing of {folder}", lambda folder=folder: not os.path.exists(os.path.dirname(folder)))
                self.assertEqual(self.read("long.asked"), "asked\n", "the test was asked to end, and could tidy up")

    def test_the_load_ends_with_whoever_asked_for_it_though_that_was_sooner(self):
        sys.path.insert(0, HERE)
        import main
        parent = subprocess.Popen(["true"])
        parent.wait()
        load = subprocess.Popen([sys.executable, "-I", "-S", "-c", main.BUSY, str(parent.pid)])
        self.addCleanup(load.kill)
        self.assertEqual(load.wait(HANG_S), 0)


if __name__ == "__main__":
    unittest.main()
