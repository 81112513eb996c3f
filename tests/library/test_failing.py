"""Whichever allocation of the library fails, it ends, gives all memory back, and a later run goes on.

What failed is told as an error, or the agency did without. The allocator is the caller's (failing.c); each failure has a central
of its own, whose draw is signed. Here it is a sample of the allocations, the same each time; --all takes all of them:
python3 tests/library/test_failing.py --all
"""
import collections
import contextlib
import os
import random
import re
import shutil
import subprocess
import sys
import unittest

from stranger import BUILD

from certificates import Authority
from harness import hang_s, is_sanitized
from signed_draw import SignedStory

PROGRAM = os.path.join(BUILD, "tests/library/failing")
ALL = "--all" in sys.argv
SAMPLE, SEED = 5 if is_sanitized() else 10, 7
BETS = 90  # in chunks of 20


class Failing(SignedStory):
    def play(self, server, fails_at):
        """Runs it, and gives how it ended, how many allocations and winners there were, and the text."""
        settings = [f"servers=127.0.0.1:{server.ports[0]}", "file=data/agency-1.csv", *self.settings]
        done = subprocess.run([PROGRAM, str(fails_at), *settings], cwd=self.folder, capture_output=True, text=True, check=False,
                              timeout=hang_s())
        self.assertEqual((done.returncode, done.stderr), (0, ""), f"allocation {fails_at}: {done.stdout}")
        match = re.match(r"(\w+) (\d+) (\d+) (.*)\nblocks 0\n$", done.stdout)
        self.assertTrue(match, done.stdout)
        return match[1], int(match[2]), int(match[3]), match[4]

    @contextlib.contextmanager
    def central(self):
        """A server of a draw of its own, of which nothing is left."""
        server = self.serve(*self.flags, agencies=1)
        try:
            yield server
        finally:
            server.kill()
            shutil.rmtree(self.path("seals"))
            for name in os.listdir(self.folder):
                if name.startswith(("quiniela.db", "audit", "stored", "receipts")):
                    os.remove(self.path(name))

    def check(self, *settings, flags=()):
        self.flags, self.settings = flags, [f"central_key={self.vkey}", "receipts=receipts", *settings]
        self.sample((BETS,), (2,))
        with self.central() as server:
            code, count, winners, _ = self.play(server, 0)
        self.assertEqual((code, winners), ("none", 2))
        self.assertGreater(count, 20)
        chosen = range(1, count + 1) if ALL else sorted({*random.Random(SEED).sample(range(1, count), SAMPLE), count})
        ends = collections.Counter(self.fail_at(fails_at) for fails_at in chosen)
        self.assertGreater(ends["no_memory"], 0, ends)
        if ALL:
            print(f"{count} allocations, each failed once: {dict(ends)}")

    def fail_at(self, fails_at):
        """How the run ends whose allocation fails, once one without failure has gone on from there."""
        with self.central() as server:
            code, _, winners, text = self.play(server, fails_at)
            self.assertTrue(winners == 2 if code == "none" else code == "no_memory" and text, f"allocation {fails_at}: {code} {winners} {text}")
            self.assertEqual(self.play(server, 0)[::2], ("none", 2), f"after allocation {fails_at}: {code} {text}")
            self.assertEqual(self.ask_store("SELECT sum(bets) FROM agencies"), str(BETS))
        return code

    def test_a_signed_lottery(self):
        self.check()

    def test_the_same_over_tls(self):
        authority = Authority(self.folder)
        authority.issue_server()
        authority.issue_agency(1)
        self.check(f"authority={authority.certificate('ca')}", f"certificate={authority.certificate('agency-1')}",
                   f"key={authority.key('agency-1')}", f"revocations={self.revoking(authority)}", flags=authority.flags("server"))

    @staticmethod
    def revoking(authority):
        """A list on which the server's certificate is not."""
        authority.issue_agency(2)
        authority.revoke("agency-2")
        return authority.revocations


if __name__ == "__main__":
    sys.argv = [argument for argument in sys.argv if argument != "--all"]
    unittest.main()
