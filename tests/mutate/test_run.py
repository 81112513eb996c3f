"""Mutants that a test notices are told from the others, and the sources stay unchanged."""
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import main  # noqa: E402
import reach  # noqa: E402
import tree  # noqa: E402
FILES = {
    "tests/mutate/equivalent.txt": "00000000 a reason\n",
    "CMakeLists.txt": """cmake_minimum_required(VERSION 3.25)
project(toy C CXX)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
enable_testing()
add_library(toy STATIC src/toy/toy.c)
add_executable(test_toy tests/test_toy.c)
target_link_libraries(test_toy toy)
add_test(NAME toy.holds COMMAND test_toy)
""",
    "src/toy/toy.c": """int limited(int n);
int unused(int n);
int limited(int n) {
    static const int most[] = {
        9,
    };
    if (n > 9) {
        return most[0];
    }
    if (n < -7) {
        return 0;
    }
    return n;
}
int unused(int n) {
    return n + 4;
}
""",
    "tests/test_toy.c": """int limited(int n);
int main(void) {
    return limited(20) == 9 && limited(1) == 1 ? 0 : 1;
}
""",
}


class Run(unittest.TestCase):
    def command(self, *arguments):
        return [sys.executable, "-B", os.path.join(HERE, "main.py"), "--root", self.folder, "--jobs", "1", *arguments]

    def mutate(self, *arguments, status=0):
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def test_wrong_use_is_refused_before_anything_is_copied(self):
        with tempfile.TemporaryDirectory() as self.folder:
            subprocess.run(["git", "init", "-q", self.folder], check=True)
            for arguments in (["--sample", "0"], ["--sample", "-3"], ["--minutes", "0"], ["--ci", "nan"], ["--patience", "-1"],
                              ["--jobs", "0"], ["--since", "nobody"], ["--since", ""], ["--show", ""], ["--again", ""],
                              ["--ci", "0"], ["--minutes", "nan"], ["--list", "--report"], ["--ci", "3", "--minutes", "9"], ["--since=--help"], ["--sampl", "3"]):
                with self.subTest(arguments=arguments):
                    self.assertRegex(self.mutate(*arguments, status=2), r"usage: .*(?s:.*)error: ")
            self.assertEqual(os.listdir(self.folder), [".git"])
            os.rename(os.path.join(self.folder, ".git"), os.path.join(self.folder, "git"))
            self.assertIn("is not a git repository", self.mutate(status=2))

    def write(self):
        for name, text in FILES.items():
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        subprocess.run(["git", "init", "-q", self.folder], check=True)

    def test_what_is_built_already_is_not_built_again(self):
        with tempfile.TemporaryDirectory() as self.folder:
            self.write()
            for words in (["git", "add", "."], ["git", "-c", "user.name=Toy", "-c", "user.email=toy@localhost", "commit", "-q", "-m", "toy"],
                          ["cmake", "-B", "build/dev", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug"]):
                subprocess.run(words, cwd=self.folder, check=True, stdout=subprocess.DEVNULL)
            said = self.mutate("--ci", "10")
            self.assertRegex(said, r"(?m)^src/toy +18 +7 +6 +5 ", said)
            self.assertTrue(os.path.exists(os.path.join(self.folder, "build/dev/test_toy")))
            for name in "dev", "tree", "counted":
                self.assertFalse(os.path.exists(os.path.join(self.folder, "build/mutate", name)), name)
            with open(os.path.join(self.folder, "src/toy/toy.c"), encoding="utf-8") as file:
                self.assertEqual(file.read(), FILES["src/toy/toy.c"], "nothing is planted in the sources")
            self.assertEqual(self.mutate("--ci", "10").count(" s  "), 0, "what was tried is not tried again")

    def test_building_has_a_time_of_its_own(self):
        now, limits = [1000], []

        def slow(_, seconds):
            limits.append(seconds)
            now[0] += 70
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(main.time, "monotonic", lambda: now[0]), \
                mock.patch.object(tree, "run", slow):
            run = object.__new__(main.Run)
            run.tree, run.minutes = tree.Tree(folder, in_place=True), 2
            run.tree.builds_s = 300
            run.start = run.clock()
            now[0] += 10
            run.tree.build("dev", 1)
            run.tree.build("dev", 1)
            self.assertEqual(limits, [300, 230])
            self.assertEqual(run.left(), 110)

    def test_of_a_short_time_tests_that_are_near_come_first(self):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "tests/unit"))
            for name, header in ("near", "one/a.h"), ("beside", "one/b.h"), ("far", "two/a.h"):
                with open(os.path.join(folder, f"tests/unit/test_{name}.c"), "w", encoding="utf-8") as file:
                    file.write(f'#include "unit.h"\n#include "{header}"\n')
            measured = reach.Reach(tree.Tree(folder, in_place=True), None, None)

            def distances(first):
                return [measured.distance(mock.Mock(words=lambda name=name: [f"/build/tests/test_{name}"]), first)
                        for name in ("near", "beside", "far", "of_no_source")]
            self.assertEqual(distances({"src/one/a.c"}), [0, 1, 2, 2])
            self.assertEqual(distances(set()), [2, 2, 2, 2])

    def test_of_ten_that_a_test_runs_one_is_noticed(self):
        def status(*ends):
            with mock.patch.object(main, "say"):
                return main.verdict([(None, {"end": end}) for end in ends], mock.Mock(ci=2, report=False), [None])
        self.assertEqual(status(*["survived"] * 10), 1)
        self.assertEqual(status(*["survived"] * 9, "noticed"), 0)
        self.assertEqual(status(*["survived"] * 9, "unreached", "same code"), 0)
        self.assertEqual(status(*["unreached"] * 20), 0)

    def test_a_project_of_one_function(self):
        with tempfile.TemporaryDirectory() as self.folder:
            self.write()
            self.assertIn("no source is called 'src/tou'", self.mutate("--files", "src/toy", "src/tou", status=2))
            self.assertIn("there is no mutant 00000000 any more", self.mutate("--list"))
            self.assertFalse(os.path.exists(os.path.join(self.folder, "build/mutate/dev/test_toy")), "nothing is built to be listed")
            said = self.mutate()
            self.assertRegex(said, r"(?m)^src/toy +18 +7 +6 +5 ", said)
            self.assertIn("    -     if (n > 9) {\n    +     if (n >= 9) {", said, "the same for every n that was tried")
            self.assertIn("    +     return n + 5;", said, "nobody runs it")
            self.assertRegex(said, r"negate: noticed by toy\.holds \(1\)")
            self.assertRegex(said, r"constant: noticed by toy\.holds \(1\)")
            again = self.mutate("--files", "./src/toy", os.path.join(self.folder, "src"))
            self.assertEqual(again.count("noticed by"), 0, "what was tried is not tried again:\n" + again)
            self.assertEqual(again.split("folder ")[1], said.split("folder ")[1], "and is reported the same")
            with open(os.path.join(self.folder, "src/toy/toy.c"), encoding="utf-8") as file:
                self.assertEqual(file.read(), FILES["src/toy/toy.c"], "nothing is planted in the sources")
            with open(os.path.join(self.folder, "build/mutate/lock"), encoding="utf-8") as other:
                fcntl.flock(other, fcntl.LOCK_EX)
                self.assertIn("another one is at work", self.mutate("--fresh", status=1))
                seen = self.mutate("--report")
                self.assertEqual(seen.split("folder ")[1], said.split("folder ")[1], "one may look at what it does")
            results = os.path.join(self.folder, "build/mutate/results.jsonl")
            os.truncate(results, os.path.getsize(results) - 20)
            self.assertEqual(self.mutate().count(" s  "), 1, "a torn line's is tried again")
            self.assertEqual(self.mutate().count(" s  "), 0, "and what was written behind it is known")
            self.assertIn("SKIPPED", self.mutate("--fresh", "--minutes", "0.0001", status=77))
            self.interrupt()

    def interrupt(self):
        with subprocess.Popen(self.command("--fresh"), stdout=subprocess.PIPE, text=True) as process:
            next(line for line in process.stdout if "src/toy/toy.c:" in line)  # the first was tried
            process.send_signal(signal.SIGTERM)
            said = process.stdout.read()
        self.assertEqual(process.returncode, 130, "exit status of what was interrupted; it said:\n" + said)


if __name__ == "__main__":
    unittest.main()
