"""The doctor says who signs the draw, whether the agency trusts that key, and where its receipts go."""
import os
import re
import unittest

from doctor_story import Doctor
from harness import Agency, Server

NAME = "lottery.example/central"


class Signed(Doctor):
    def setUp(self):
        super().setUp()
        self.key = self.make_key("keys")

    def make_key(self, folder):
        status, said, _ = self.run_program("keys", "--dir", folder, "--sign-name", NAME)
        self.assertEqual(status, 0, said)
        return re.search(rf"{NAME}\+\S+", said)[0]

    def serve(self, *flags):
        return Server(self, "--draw", "friday", *flags, agencies=3)

    def signed(self):
        return self.serve("--sign-key", "keys/sign.key", "--sign-name", NAME)

    def only(self, found, check, result):
        """The text of the only finding of that check."""
        self.assertEqual([(finding.check, finding.result) for finding in self.of(found, check)], [(check, result)], found)
        return self.of(found, check)[0].text

    def files(self):
        return sorted(os.listdir(f"{self.folder}/data"))

    def test_the_key_that_is_trusted(self):
        before = self.files()
        found = self.examine(self.signed().ports, "--central-key", self.key)
        self.assertEqual(self.only(found, "who signs", "ok"), f"signed by {NAME}, with the key that this agency was given (CENTRAL_KEY)")
        self.assertRegex(self.only(found, "receipts", "ok"), r"data/agency-1.receipts: can be kept there, with those of 0 bets")
        self.assertEqual(self.files(), before)

    def test_without_a_key(self):
        found = self.examine(self.signed().ports)
        self.assertRegex(self.only(found, "who signs", "ok"), f"signed by {NAME}, whose key this agency was not given")
        self.only(found, "receipts", "skipped")

    def test_another_key(self):
        other = self.make_key("other")
        found = self.examine(self.signed().ports, "--central-key", other)
        self.assertIn(f"signed by {self.key}, which is not the key", self.only(found, "who signs", "wrong"))

    def test_a_key_that_has_changed(self):
        self.signed().kill()
        new = self.make_key("new")
        server = Server(self, "--draw", "saturday", "--sign-key", "new/sign.key", "--sign-name", NAME, "--previous-sign-key", "keys/sign.key",
                        agencies=3)
        said = self.only(self.examine(server.ports, "--central-key", self.key), "who signs", "ok")
        self.assertIn(f"signed by {new}, a new key, for which the one that this agency was given (CENTRAL_KEY) has signed, too", said)

    def test_an_unsigned_draw(self):
        ports = self.serve().ports
        self.assertEqual(self.only(self.examine(ports), "who signs", "ok"), "nobody: the draw is unsigned")
        self.assertIn("unsigned", self.only(self.examine(ports, "--central-key", self.key), "who signs", "wrong"))

    def test_receipts_that_are_there(self):
        server = self.signed()
        agency = Agency(self, 1, server.ports, "--central-key", self.key)
        agency.wait_for("wait_for_draw")
        found = self.examine(server.ports, "--central-key", self.key)
        self.assertIn("can be kept there, with those of 5 bets", self.only(found, "receipts", "ok"))
        agency.end()
        before = self.files()
        found = self.examine(server.ports, "--central-key", self.key)
        self.assertIn("can be kept there, with those of 5 bets", self.only(found, "receipts", "ok"))
        self.assertEqual(self.files(), before)

    def test_a_place_for_receipts_that_is_none(self):
        ports = self.signed().ports
        for place, why in ("nowhere/agency-1.receipts", "nowhere"), ("data/agency-2.receipts", "another agency"), ("data", "directory"):
            if why == "another agency":
                agency = Agency(self, 2, ports, "--central-key", self.key)
                agency.wait_for("wait_for_draw")
                agency.end()
            found = self.examine(ports, "--central-key", self.key, "--receipts", place)
            self.assertIn(why, self.only(found, "receipts", "wrong").lower())
        self.assertFalse(os.path.exists(f"{self.folder}/nowhere"))


del Doctor  # it is no story of its own

if __name__ == "__main__":
    unittest.main()
