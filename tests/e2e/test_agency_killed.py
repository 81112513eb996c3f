"""An agency that is killed at any call around its receipts has each bet taken and receipted once."""
import base64
import collections
import os
import re
import struct
import unittest

from harness import Agency, Server, Story

LIBRARY = os.environ.get("QUINIELA_KILL_LIBRARY")
NAME = "lottery.example/central"
BETS, CHUNK = 8, 2
AGENCIES = 48  # more than one makes calls


class Killed(Story):
    def setUp(self):
        super().setUp()
        if not LIBRARY:
            self.skipTest("ctest names the library that kills a program")
        self.sample([BETS] * AGENCIES, [0] * AGENCIES)
        status, said, _ = self.run_program("keys", "--dir", "keys", "--sign-name", NAME)
        self.assertEqual(status, 0, said)
        self.key = re.search(rf"{NAME}\+\S+", said)[0]
        self.server = Server(self, "--sign-key", "keys/sign.key", "--sign-name", NAME, "--number", "manual",
                             agencies=AGENCIES, store="night.db")

    def path(self, name):
        return os.path.join(self.folder, name)

    def agency(self, number, call=None):
        """It is killed before that call of those that change a file or talk to somebody; None: it is not."""
        environment = None
        if call is not None:
            with open(self.path(f"kill-{number}"), "wb") as file:
                file.write(struct.pack("=q", call))
            options = ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0")))
            environment = {"LD_PRELOAD": LIBRARY, "QUINIELA_KILL": self.path(f"kill-{number}"), "ASAN_OPTIONS": options}
        return Agency(self, number, self.server.ports, "--central-key", self.key, "--chunk-size", CHUNK, "--window", 1,
                      environment=environment)

    def calls_of_one(self):
        """How many calls one makes until it waits for the draw."""
        most = 1 << 40
        agency = self.agency(1, most)
        agency.wait_for("wait_for_draw")
        agency.end()
        with open(self.path("kill-1"), "rb") as file:
            return most - struct.unpack("=q", file.read())[0]

    def await_end(self, agency):
        """It is killed, or waits for the draw: its log lines may leave in fewer calls than those of the one that was counted."""
        agency.wait_until(lambda: agency.lines[-1:] == [None] or agency.count("wait_for_draw"), "its end, or that it waits for the draw")
        if not agency.count("wait_for_draw"):
            self.assertEqual(agency.wait(), -9, agency.whole_log())
        agency.end()

    def receipts(self, number):
        """How many receipts the file has of each pair of a first bet and a count."""
        path = self.path(f"data/agency-{number}.receipts")
        if not os.path.exists(path):
            return collections.Counter()
        with open(path, encoding="ascii") as file:
            entries = [base64.b64decode(line.split()[1]).decode().splitlines() for line in file if line.startswith("entry ")]
        return collections.Counter(tuple(map(int, entry[3].split()[1:3])) for entry in entries)

    def test_before_each_call(self):
        calls = self.calls_of_one()
        self.assertTrue(4 * BETS // CHUNK < calls < AGENCIES, calls)
        ahead = behind = 0
        for call in range(1, calls + 1):
            agency = self.agency(call + 1, call)
            self.await_end(agency)
            kept, told = sum(self.receipts(call + 1).values()), agency.count("apuestas_enviadas . result: success")
            ahead += kept > told
            behind += kept < BETS // CHUNK
        self.assertGreater(ahead, 2)  # killed when the receipt was in its file, and the chunk did not count yet
        self.assertGreater(behind, 4 * BETS // CHUNK)
        self.go_on()
        self.check()

    def go_on(self):
        agencies = [self.agency(number) for number in range(1, AGENCIES + 1)]
        for agency in agencies:
            agency.wait_for("keep_seal . result: success")
            agency.end()

    def check(self):
        chunks = [(first, CHUNK) for first in range(0, BETS, CHUNK)]
        for number in range(1, AGENCIES + 1):
            receipts = self.receipts(number)
            self.assertEqual(sorted(receipts), chunks)
            self.assertEqual(set(receipts.values()), {1}, "what had a receipt was not sent again")
            own = f"data/agency-{number}."
            status, said, errors = self.run_program(
                "verify", "--key", self.key, "--rules", own + "rules-0", "--seal", own + "seal", "--seal", "data/agency-1.seal",
                "--seal-json", "night.db.seals/draw-1/seal.json", "--agency", number, "--receipts", own + "receipts")
            self.assertIn(status, (0, 3), said + errors)
        self.assertEqual(self.stored("night.db"), self.sent(agencies=range(1, AGENCIES + 1)))


if __name__ == "__main__":
    unittest.main()
