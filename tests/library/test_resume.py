"""An agency of the library goes on from what is stored, whichever side was killed.

The program is a stranger's (agency.c), and is told nothing of what was before.
"""
import os
import subprocess
import unittest

from stranger import AGENCY, installed

from harness import Server, Story, hang_s, hold_ports

BETS, CHUNK = 3000, 20
STORED = 20  # so many chunks more before somebody is killed; it waits there, or it might be done before
ACKNOWLEDGED = "event 40 agency 1\n"


class Resume(Story):
    def setUp(self):
        super().setUp()
        self.sample((BETS,), (3,))
        self.ports = hold_ports()

    def start(self, *more):
        program = os.path.join(installed().made, "resume")
        if not os.path.exists(program):
            installed().make("resume", AGENCY)
        process = subprocess.Popen([program, "step", f"servers=127.0.0.1:{self.ports[0]}", "agency=1", "file=data/agency-1.csv",
                                    f"chunk={CHUNK}", "window=2", "events=1", *more], cwd=self.folder, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for what in (process.wait, process.kill, process.stdin.close, process.stdout.close):
            self.addCleanup(what)
        return process

    def start_that_waits(self):
        return self.start("pause_at=40", f"pause_every={STORED}")

    @staticmethod
    def read_chunks(process):
        """Reads on until it waits."""
        count = STORED
        while count > 0:
            line = process.stdout.readline()
            if not line:
                raise AssertionError("the agency ended")
            count -= line == ACKNOWLEDGED

    def ends_well(self, process):
        """How many chunks it still sent."""
        printed, _ = process.communicate(timeout=hang_s())
        self.assertEqual(process.returncode, 0, printed)
        self.assertIn("\nnone 3\n", printed)
        self.assertEqual(self.stored(), self.sent(agencies=(1,)))  # each as often as it stands in the file
        return printed.count(ACKNOWLEDGED)

    def test_after_its_own_end(self):
        Server(self, agencies=1, ports=self.ports)
        for _ in range(3):
            process = self.start_that_waits()
            self.read_chunks(process)
            process.kill()
            process.wait()
        sent = self.ends_well(self.start())
        self.assertLess(sent, BETS // CHUNK - 3 * (STORED - 5))  # it did not begin again

    def test_after_the_centrals(self):
        process = self.start_that_waits()  # before there is one
        for _ in range(3):
            server = Server(self, agencies=1, ports=self.ports)
            self.read_chunks(process)
            server.kill()
            process.stdin.write("\n")
            process.stdin.flush()
        Server(self, agencies=1, ports=self.ports)
        self.ends_well(process)


if __name__ == "__main__":
    unittest.main()
