"""An agency with the central's key has a receipt on its disk for each bet that counts as stored."""
import json
import os
import re
import subprocess
import sys
import unittest

from harness import PROGRAM, ROOT, Agency, Server, Story, Wire

NAME = "lottery.example/central"
BETS = 95


class Receipts(Story):
    def setUp(self):
        super().setUp()
        self.sample([BETS], [1])
        self.key = self.make_key("keys")
        self.server = self.serve()

    def make_key(self, folder):
        status, said = self.run_program("keys", "--dir", folder, "--sign-name", NAME)[:2]
        self.assertEqual(status, 0, said)
        return re.search(rf"{NAME}\+\S+", said)[0]

    def serve(self, *flags, ports=(0, 0), draw="friday"):
        return Server(self, "--sign-key", "keys/sign.key", "--sign-name", NAME, "--draw", draw, *flags, agencies=2, ports=ports)

    def agency(self, *flags, key=None):
        return Agency(self, 1, self.server.ports, "--chunk-size", 10, "--central-key", key or self.key, *flags)

    def blocks(self, name="data/agency-1.receipts"):
        with open(self.path(name), encoding="ascii") as file:
            text = file.read()
        self.assertTrue(text.endswith("\n\n"), "its last receipt is whole")
        return text.split("\n\n")[:-1]

    def verified(self, place="data/agency-1"):
        status, said = self.run_program("verify", "--key", self.key, "--rules", f"{place}.rules-0", "--receipts", f"{place}.receipts")[:2]
        self.assertEqual(status, 0, said)
        return said

    def stored_bets(self):
        return Wire(self, self.server.ports[0]).ask({"type_message": 1, "agency": "1", "payload": [], "first": 0})["next"]

    def assert_nothing_stored(self, *which):
        status, said, errors = self.run_program("status", "--json", *which)
        self.assertIn(status, (0, 1), errors)
        self.assertEqual(json.loads(said)["bets"], 0)

    def wait_and_end(self, agency):
        agency.wait_for("wait_for_draw")
        agency.end()

    def refused(self, agency, says):
        self.assertEqual(agency.wait(), 1, agency.log())
        self.assertRegex(agency.log(), says)

    def test_each_chunk_has_one_that_verifies(self):
        self.wait_and_end(self.agency())
        self.assertEqual(len(self.blocks()), 10)
        self.assertRegex(self.verified(), rf"10 of agency 1, for bets up to {BETS}, .*: signed")

    def test_what_was_sent_without_is_sent_again(self):
        self.wait_and_end(Agency(self, 1, self.server.ports, "--chunk-size", 10))
        self.wait_and_end(self.agency("--receipts", "kept.receipts"))
        self.assertRegex(self.verified(place="kept"), rf"for bets up to {BETS}, ")
        self.assertEqual(self.stored_bets(), BETS)

    def test_it_goes_on_after_a_receipt_that_was_cut_off(self):
        """As by a power cut while it was written: the central has the chunk, and this disk no receipt."""
        self.wait_and_end(self.agency())
        whole = os.path.getsize(self.path("data/agency-1.receipts"))
        os.truncate(self.path("data/agency-1.receipts"), whole * 2 // 3)
        agency = self.agency()
        self.wait_and_end(agency)
        self.assertRegex(agency.log(), "keep_receipts . result: in_progress .*cut off")
        self.assertRegex(self.verified(), rf"for bets up to {BETS}, ")

    def test_killed_at_any_moment_it_has_them_all_in_the_end(self):
        for _ in range(5):
            agency = self.agency("--window", 1)
            agency.wait_for("apuestas_enviadas . result: success|all_bets_stored")  # all may be stored before the kill comes
            agency.kill()
        self.wait_and_end(self.agency())
        self.assertRegex(self.verified(), rf"for bets up to {BETS}, ")
        self.assertEqual(self.stored_bets(), BETS)

    def test_another_key_is_not_believed(self):
        other = self.make_key("others")
        self.refused(self.agency(key=other), "check_central . result: fail . error: other_key . message: nothing was sent: .*ask whoever gave it")
        self.assertFalse(os.path.exists(self.path("data/agency-1.rules-0")))
        self.assert_nothing_stored("--draw", "friday")
        self.wait_and_end(self.agency())  # with the right key nothing is in its way

    def test_a_key_that_has_changed_is_proved_by_the_rules(self):
        """The agency has the key of the draw before. That signs the first record of the new one's, too, which names the new key."""
        self.make_key("others")
        self.server.kill()
        new = ("--sign-key", "others/sign.key", "--sign-name", NAME, "--draw", "saturday")
        self.server = Server(self, *new, "--previous-sign-key", "keys/sign.key", "--close-at", "2999-01-01T21:00:00Z", agencies=2)
        self.wait_and_end(self.agency())
        self.assertRegex(self.verified(), rf"key: the rules' key, {NAME}, is another, and the one given has signed")
        self.server.kill()
        self.server = Server(self, *new, agencies=2)  # the old key is needed for the first record alone
        self.assertEqual(self.run_program("change", "--draw", "saturday", "--agencies", 1, "--yes")[0], 0)
        agency = self.agency()
        self.assertEqual(agency.wait(), 0, agency.log())
        flags = ["--key", self.key]
        for flag, kept in ("rules", "rules-0"), ("rules", "rules-1"), ("receipts",) * 2, ("seal",) * 2, ("result",) * 2:
            flags += [f"--{flag}", f"data/agency-1.{kept}"]
        for program in (PROGRAM, "verify"), (sys.executable, "-S", os.path.join(ROOT, "verifiers", "verify.py")):
            done = subprocess.run([*program, *flags], cwd=self.folder, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 3, done.stdout + done.stderr)  # a fixed number, and one copy of the seal
            self.assertRegex(done.stdout, rf"ok +receipts .*bets up to {BETS}.*: signed\n(?s:.*)ok +result .*: signed, of this seal")
        self.check_own_proof(flags)

    def check_own_proof(self, flags):
        """With the key that the rules name, read from them as docs/agency.md says; and not with the one of the draw before."""
        status, said, errors = self.run_program("prove", "--key", "--draw", "saturday", "--agency", 1, "--output", "salt-key", "--entry", "entry")
        self.assertEqual(status, 0, said + errors)
        with open(os.path.join(ROOT, "docs", "agency.md"), encoding="utf-8") as page:
            read_key = re.search("`(sed [^`]*)`", page.read())[1].replace("agency-3", "data/agency-1")
        key = subprocess.run(["sh", "-c", read_key], cwd=self.folder, capture_output=True, text=True, check=True).stdout.strip()
        for given, wanted in (self.key, 1), (key, 0):
            status, said, errors = self.run_program("prove", "--csv", "data/agency-1.csv", "--salt-key", "salt-key", "--seal", "data/agency-1.seal", "--entry",
                                                    "entry", "--agency", 1, "--bet", 0, "--central-key", given, "--output", "own.tlog-proof")
            self.assertEqual(status, wanted, said + errors)
        self.assertRegex(self.run_program("verify", *flags, "--proof", "own.tlog-proof")[1], "ok +proof own.tlog-proof: bet 0 of agency 1 ")

    def test_a_draw_that_is_not_signed_is_not_believed(self):
        self.server.kill()
        self.server = Server(self, agencies=2, store="unsigned.db")
        self.refused(self.agency(), "check_central . result: fail . error: not_signed . message: nothing was sent: the central's draw is not signed")
        self.assert_nothing_stored("--store", "unsigned.db")

    def test_a_refusal_says_what_is_stored_from_before(self):
        self.wait_and_end(Agency(self, 1, self.server.ports))
        self.refused(self.agency(key=self.make_key("others")), f"nothing was sent, and {BETS} bets are stored there from before: ")

    def test_a_place_that_cannot_be_written_is_refused_before_a_bet_leaves(self):
        for place, says in (("nowhere/a.receipts", "nowhere/a.receipts: "), ("data", "data: ")):
            self.refused(self.agency("--receipts", place), f"keep_receipts . result: fail . error: \\w+ . message: {says}")
        self.assertEqual(self.stored_bets(), 0)

    def test_each_draw_needs_a_place_of_its_own(self):
        self.wait_and_end(self.agency())
        before = self.blocks()
        self.server.kill()
        self.server = self.serve(draw="saturday")
        for kept in ("rules-0", "receipts"):
            self.refused(self.agency(), "check_central . result: fail . error: other_draw . message: nothing was sent: the files .*agency-1.. are of draw "
                                        f"{NAME}/friday, and the central's draw is {NAME}/saturday: name another place .--receipts.")
            self.assert_nothing_stored("--draw", "saturday")
            os.rename(self.path(f"data/agency-1.{kept}"), self.path(f"moved.{kept}"))
        os.rename(self.path("moved.receipts"), self.path("data/agency-1.receipts"))
        self.assertEqual(self.blocks(), before)
        self.wait_and_end(self.agency("--receipts", "saturday.receipts"))
        self.assertRegex(self.verified(place="saturday"), rf"for bets up to {BETS}, ")

    def test_no_other_file_takes_the_place_of_a_proof(self):
        """A list of winners would replace it, and a log be added to it."""
        self.wait_and_end(self.agency())
        before = {name: self.read("data", name) for name in os.listdir(self.path("data")) if name.startswith("agency-1.")}
        os.mkdir(self.path("links"))
        os.symlink("../data/agency-1.result", self.path("links/list"))
        for flag, name in (("--winners-file", "data/agency-1.result"), ("--winners-file", "links/list"), ("--log-file", "data/agency-1.seal"),
                           ("--log-file", "links/../data/agency-1.rules-0"), ("--winners-file", "data/agency-1.other-rules-12"),
                           ("--winners-file", "data/agency-1.witnessed-seal"), ("--winners-file", "data/agency-1.false-receipt-note")):
            with self.subTest(flag=flag, name=name):
                agency = self.agency(flag, name)
                self.assertEqual(agency.wait(), 2, agency.log())
                self.assertIn(f"{flag}: {name} is a file that the agency uses otherwise", "".join(agency.errors))
        self.assertEqual({name: self.read("data", name) for name in before}, before)
        for flags in (("--winners-file", "data/agency-1.winners"), ("--winners-file", "data/agency-1.rules-x"),
                      ("--log-file", "agency-1.seal"), ("--log-file", "data/agency-2.seal")):
            status, said, errors = self.run_program("client", "--id", 1, "--central-key", self.key, "--check", *flags)
            self.assertEqual(status, 0, said + errors)

    def test_wrong_settings(self):
        for flags, says in ((("--receipts", "r"), "--receipts: needs CENTRAL_KEY"),
                            (("--central-key", "nonsense"), "--central-key: "),
                            (("--central-key", self.key, "--receipts", "data/agency-1.csv"), "is a file that the agency uses otherwise"),
                            (("--central-key", self.key, "--service", "echo"), "an echo signs nothing")):
            agency = Agency(self, 1, self.server.ports, *flags)
            self.assertEqual(agency.wait(), 2, agency.log())
            self.assertIn(says, "".join(agency.errors))


if __name__ == "__main__":
    unittest.main()
