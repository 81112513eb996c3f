"""Clang's analyzer looks at what has changed, at who includes it, and at each other source in turn."""
import os
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCES = [f"src/toy/part_{number}.c" for number in range(8)]
STEPS = 30
FIXED = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER")
         for what, value in (("NAME", "Toy"), ("EMAIL", "toy@localhost"), ("DATE", "2026-01-01T00:00:00Z"))}  # so hashes are always the same


class Analyzed(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.git("init", "-q")
        os.makedirs(os.path.join(self.folder, "src/toy"))
        for number, name in enumerate(SOURCES):
            self.write(name, '#include "toy/used.h"\n' if number in (2, 5) else '#include "toy/unused.h"\n')
        self.write("src/toy/used.h", "\n")
        self.commit()
        for number in range(20):  # since then
            self.write("src/toy/notes", str(number))
            self.commit()

    def git(self, *words):
        subprocess.run(["git", "-C", self.folder, *words], check=True, env={**os.environ, **FIXED})

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def commit(self):
        self.git("add", ".")
        self.git("commit", "-q", "-m", "toy")

    def empty(self, count):
        for _ in range(count):
            self.git("commit", "-q", "--allow-empty", "-m", "toy")

    def analyzed(self, which="analyzed"):
        told = subprocess.run(["bash", "-euo", "pipefail", "-c", f". {ROOT}/tests/analyzed.sh; {which}"], cwd=self.folder, check=True,
                              capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})  # also where that is a locale that is missing
        self.assertEqual(told.stderr, "")
        return set(told.stdout.split())

    def test_each_source_has_its_turn(self):
        seen = set()
        for _ in range(STEPS):
            self.empty(1)
            now = self.analyzed()
            self.assertEqual(len(now), len(SOURCES) // 4)
            seen |= now
        self.assertEqual(seen, set(SOURCES))

    def test_users_of_a_changed_header(self):
        users = {SOURCES[2], SOURCES[5]}
        self.write("src/toy/used.h", "#define TOY 1\n")
        self.assertEqual(self.analyzed(), users | self.analyzed("quarter"), "in the work tree")
        self.commit()
        self.empty(3)
        self.assertEqual(self.analyzed(), users | self.analyzed("quarter"), "in a commit")

    def test_changed_sources(self):
        self.write(SOURCES[1], "int toy;\n")
        self.commit()
        self.write(SOURCES[6], "int toy;\n")
        self.write("src/toy/new.c", "int toy;\n")
        self.git("add", "src/toy/new.c")
        os.unlink(os.path.join(self.folder, SOURCES[0]))
        self.git("rm", "-q", "--cached", SOURCES[0])
        self.assertEqual(self.analyzed(), {SOURCES[1], SOURCES[6], "src/toy/new.c"} | self.analyzed("quarter"))


if __name__ == "__main__":
    unittest.main()
