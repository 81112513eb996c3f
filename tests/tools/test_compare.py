"""Two centrals are measured in turn, and compared by the processor time that each uses for a bet."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMPARE = os.path.join(ROOT, "bench", "compare.py")
LIMIT_S = 600
NUMBER = r"(\d+\.\d+)"

# A sender that measures nothing: a bet costs what the program that it is to measure is called.
SENDER = """#!/bin/sh
while [ "$1" != --program ]; do shift; done
cost=$(basename "$2")
echo "$cost" >>"$(dirname "$0")/order"
echo "{\\"central_ns_a_bet\\": $cost.0, \\"central_user_ns_a_bet\\": $cost.0, \\"central_system_ns_a_bet\\": 0.0}"
"""


class Compare(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def compare(self, *words):
        return subprocess.run([sys.executable, "-B", COMPARE, *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False, timeout=LIMIT_S)

    def sender(self, name):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(SENDER)
        os.chmod(path, 0o755)
        return path

    def test_ratios(self):
        """In turn, and who comes first changes; ours to theirs, and so 1.5 when ours needs half as much again."""
        done = self.compare("--programs", self.sender("300"), self.sender("200"), "--rounds", "3", "--at-most", "1.4")
        self.assertEqual(done.returncode, 1, f"exit status, as the ratio is above 1.4; it said:\n{done.stdout}")
        lines = done.stdout.splitlines()
        self.assertEqual(lines[:3], [f"round {number}: ours 300.0, theirs 200.0 ns a bet, ratio 1.500" for number in (1, 2, 3)])
        self.assertEqual(lines[4:], ["central_ns_a_bet: ours 300.0, theirs 200.0, ratio 1.500 (1.500 to 1.500)",
                                     "central_user_ns_a_bet: ours 300.0, theirs 200.0, ratio 1.500 (1.500 to 1.500)",
                                     "central_system_ns_a_bet: too few bets to measure it"])
        with open(os.path.join(self.folder, "order"), encoding="utf-8") as file:
            self.assertEqual(file.read().split(), ["300", "200", "200", "300", "300", "200"], "the order of the measurements")

    def test_at_most(self):
        done = self.compare("--programs", self.sender("300"), self.sender("200"), "--rounds", "1", "--at-most", "1.6")
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_program(self):
        """With the program itself, which tells all the figures."""
        program = os.environ["QUINIELA"]
        done = self.compare("--programs", program, program, "--rounds", "2", "--bets", "20000", "--dir", self.folder)
        self.assertEqual(done.returncode, 0, done.stdout)
        form = rf"round \d: ours {NUMBER}, theirs {NUMBER} ns a bet, ratio {NUMBER}"
        rounds = [line for line in done.stdout.splitlines() if re.fullmatch(form, line)]
        self.assertEqual(len(rounds), 2, f"two rounds expected, came:\n{done.stdout}")
        self.assertRegex(done.stdout, rf"\ncentral_ns_a_bet: ours {NUMBER}, theirs {NUMBER}, ratio {NUMBER} \({NUMBER} to {NUMBER}\)\n")


if __name__ == "__main__":
    unittest.main()
