"""Every cheat that docs/threats.md names is caught by the command that stands there, and in that line.

By `quiniela verify` and by the verifier in Python, of which only states and subjects count; the honest files are refused by neither.
"""
import os
import sys
import unittest

from harness import ROOT, Story
from threats_page import is_like, said_by_both, sections, subject

sys.path.insert(0, os.path.join(ROOT, "tests", "verifiers"))
import maker  # noqa: E402
import planted  # noqa: E402


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
        return said_by_both(self.folder, words, VKEY=maker.SERVER.vkey.decode(), **noted)

    def test_each(self):
        headings = []
        for heading, words, lines in sections():
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
