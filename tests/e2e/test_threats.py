"""Every cheat that docs/threats.md names is caught by the command that stands there, and in that line.

By `quiniela verify` and by the verifier in Python, of which only states and subjects count; the honest files are refused by neither.
"""
import os
import re
import shlex
import subprocess
import sys
import unittest

from harness import PROGRAM, ROOT, Story

sys.path[:0] = [os.path.join(ROOT, "tests", "verifiers"), os.path.join(ROOT, "verifiers")]
import maker  # noqa: E402
import planted  # noqa: E402

PAGE = os.path.join(ROOT, "docs/threats.md")
IN_PYTHON = [sys.executable, "-S", os.path.join(ROOT, "verifiers", "verify.py")]
SECTION = re.compile(r"^### (.*?)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```\n\$ quiniela verify (.*?[^\\])\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def threats():
    """Of each heading the words of its command, and the lines that it answers with."""
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    for heading, text in SECTION.findall(page):
        for command, lines in BLOCK.findall(text):
            yield heading, shlex.split(command.replace("\\\n", "")), lines.splitlines()


def is_like(line, shown):
    """`…` stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, shown.split("…"))), line) is not None


def subject(line):
    """The claim's state and what it is about."""
    return re.split(r": |…", line)[0]


class Threats(Story):
    def play(self, words, files):
        """The exit status and the lines of either verifier."""
        noted = {}
        for name, data in files.items():
            path = os.path.join(self.folder, name)
            if isinstance(data, maker.Draw):
                os.makedirs(path, exist_ok=True)
                noted["HEX"] = self.noted or data.package(path)
                data.package(path)
                self.noted = noted["HEX"]
            else:
                with open(path, "wb") as file:
                    file.write(data)
        words = [maker.SERVER.vkey.decode() if word == "VKEY" else noted.get(word, word) for word in words]
        for verifier in [PROGRAM, "verify"], IN_PYTHON:
            done = subprocess.run([*verifier, *words], cwd=self.folder, capture_output=True, check=False, timeout=60)
            yield done.returncode, done.stdout.decode().splitlines() + done.stderr.decode().splitlines()

    def test_each(self):
        headings = []
        for heading, words, lines in threats():
            with self.subTest(heading):
                headings.append(heading)
                self.noted = None  # the hash of the package as it was taken
                honest, cheated = planted.planted(heading)
                for status, said in self.play(words, honest):
                    self.assertIn(status, (0, 3), "\n".join(["the honest draw:", *said]))
                self.assertTrue(lines)
                (status, said), (status_in_python, said_in_python) = self.play(words, cheated)
                self.assertEqual((status, status_in_python), (1, 1), "\n".join(said + said_in_python))
                for line in lines:
                    self.assertTrue(any(is_like(other, line) for other in said), "\n".join([line, "is not said:", *said]))
                    self.assertTrue(any(other.startswith(subject(line)) for other in said_in_python),
                                    "\n".join([line, "is not said:", *said_in_python]))
        self.assertEqual(headings, list(planted.CHEATS))


if __name__ == "__main__":
    unittest.main()
