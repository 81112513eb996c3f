"""An agency in Python keeps what a signed draw promises it, and says so where it cannot check it."""
import base64
import os
import re
import stat
import unittest

from story import PythonStory

import quiniela
from harness import Server
from quiniela import NotBelieved, ed25519


@unittest.skipIf(ed25519.checker() is None, "neither cryptography nor openssl 3 is here to check signatures")
class Signed(PythonStory):
    def signed(self, server, number=1, **more):
        return self.agency(number, server.ports, central_key=self.vkey, receipts=self.path("data", f"agency-{number}.receipts"), **more)

    def test_nobody_else_reads_what_is_kept_whatever_the_umask(self):
        self.sample([60], [1])
        server = self.serve(agencies=1)
        before = set(os.listdir(self.path("data")))
        self.addCleanup(os.umask, os.umask(0))
        [outcome] = self.begin(self.signed(server))()
        kept = {name: stat.S_IMODE(os.stat(self.path("data", name)).st_mode) for name in os.listdir(self.path("data")) if name not in before}
        self.assertEqual((len(outcome.winners), kept), (1, dict.fromkeys([f"agency-1.{end}" for end in (
            "receipts", "result", "rules-0", "seal")] + ["agency-1.salt-key"] * ("agency-1.salt-key" in kept), 0o600)))

    def test_receipts_seal_and_result_are_kept_and_both_verifiers_believe_them(self):
        self.sample([230], [2])
        server = self.serve(agencies=1)
        [outcome] = self.begin(self.signed(server))()
        self.assertEqual((len(outcome.winners), outcome.unchecked), (2, None), outcome)
        flags = ["--key", self.vkey, "--rules", "data/agency-1.rules-0", "--seal", "data/agency-1.seal", "--receipts",
                 "data/agency-1.receipts", "--result", "data/agency-1.result"]
        self.order("prove", "--store", "quiniela.db", "--key", "--agency", "1", "--output", "k", "--entry", "e")
        self.ask("verify", *flags[:-2], "--entry", "e", "--salt-key", "k", "--csv", "data/agency-1.csv", "--agency", 1)
        status, printed, _ = self.run_program("verify", *flags)
        self.assertEqual(status, 3, printed)
        self.assertNotIn("FALSE", printed)

    def test_a_changed_receipt_and_another_key_are_not_believed(self):
        self.sample([60, 60], [1, 1])
        server = self.serve(agencies=2)
        other = self.made_key("others", "lottery.example/central")
        with self.subTest("another key"):
            options = self.options(2, server.ports, central_key=other, receipts=self.path("two.receipts"))
            [error] = self.begin(quiniela.Agency(options, self.path("data", "agency-2.csv")))()
            self.assertIsInstance(error, NotBelieved)
            self.assertEqual(error.code, "other_key")
        agency = self.signed(server)
        end = self.begin(agency)
        self.wait_for("waiting")
        agency.stop()
        end()
        receipts = self.read("data", "agency-1.receipts")
        note = re.search(rb"^note (\S+)$", receipts, re.MULTILINE)[1]
        text = base64.b64decode(note)
        changed = text[:-20] + (b"A" if text[-20:-19] != b"A" else b"B") + text[-19:]  # within its signature
        self.write("data/changed", receipts.replace(note, base64.b64encode(changed)))
        printed, _ = self.ask("verify", "--key", self.vkey, "--receipts", "data/changed", status=1)
        self.assertIn("the signature of lottery.example/central is wrong", printed)

    def test_a_key_that_has_changed_is_proved_by_the_rules(self):
        """As it is for `quiniela client`: e2e.receipts."""
        self.sample([60], [1])
        self.serve(agencies=1).kill()
        self.made_key("others", "lottery.example/central")
        server = Server(self, "--draw", "2", "--sign-key", "others/sign.key", "--sign-name", "lottery.example/central",
                        "--previous-sign-key", "keys/sign.key", agencies=1)
        for _ in range(2):  # and again, with what is kept
            [outcome] = self.begin(self.signed(server))()
            self.assertNotIsInstance(outcome, Exception)
            self.assertEqual(len(outcome.winners), 1)
        flags = [word for name in ("rules-0", "receipts", "seal", "result") for word in ("--" + name.split("-")[0], f"data/agency-1.{name}")]
        printed, _ = self.ask("verify", "--key", self.vkey, *flags, status=3)
        self.assertNotIn("FALSE", printed)
        self.assertIn("is another, and the one given has signed these rules, too", printed)


if __name__ == "__main__":
    unittest.main()
