"""A central that cheats is caught as the page says: by the agency's own program, or by what it kept.

Real agencies send to it over TLS. The page is docs/threats.md: its table says what their program says of each, and what catches it.
"""
import os
import re
import unittest

import certificates
import cheating
import threats_page
from harness import Agency, Story
from planted_central import ByBeacon, Central, WithTwoRecords, maker, planted

VKEY = maker.SERVER.vkey.decode()
NOTHING = "nothing"


class Play(Story):
    """Of one central and the programs of its agencies, up to all the files that there are then."""

    def setUp(self):
        super().setUp()
        self.authority = certificates.Authority(os.path.join(self.folder, "ca")).issue_server()

    def begin_agency(self, number, rows):
        """With its own certificate, its file, and the central's key, which it has from elsewhere."""
        self.write(f"agency-{number}.csv", maker.Draw({number: ("finished", rows)}).csv(number))
        self.authority.issue_agency(number)
        return Agency(self, number, self.central.ports, *self.authority.flags(f"agency-{number}"), "--central-key", VKEY,
                      "--chunk-size", 2, data=".")

    def play(self, kind):
        self.central = kind(self, self.authority)
        self.agencies = {number: self.begin_agency(number, maker.SMALL[number][1]) for number in self.central.senders}
        self.statuses = {number: agency.wait() for number, agency in self.agencies.items()}
        for number, rows in self.central.latecomers.items():
            self.agencies[number] = self.begin_agency(number, maker.SMALL[number][1] + rows)
            self.statuses[number] = self.agencies[number].wait()
        self.publish()

    def publish(self):
        before = self.central.before()
        for name, data in {**before, **self.central.after()}.items():
            self.write(name, data)
        os.makedirs(self.path("folder"), exist_ok=True)
        del before["printed.seal"]
        self.noted = self.central.sealed.package(self.path("folder"), **before)

    def recount(self):
        """As the page has it for draws of this kind."""
        for words in threats_page.recounts():
            if all(os.path.exists(self.path(word)) for word in words if word.endswith((".note", ".json"))):
                return threats_page.said_by_both(self.folder, words, "recount", VKEY=VKEY, HEX=self.noted)
        raise AssertionError("the page has no recount of such a draw")

    def verify(self, heading):
        return threats_page.said_by_both(self.folder, dict(threats_page.commands())[heading], VKEY=VKEY)


class Honest(Play):
    """Nobody finds anything false."""

    def check(self, kind):
        self.play(kind)
        self.assertEqual(self.statuses, {1: 0, 3: 0, 4: 0})
        for number in kind.senders:
            self.assertEqual(self.read(f"agency-{number}.seal"), self.read("seal.note"))
            self.assertEqual(self.read(f"agency-{number}.result"), self.read("result.note"))
        for what, (_, heading, _) in threats_page.played().items():
            if kind is next(one for one in (ByBeacon, WithTwoRecords, Central) if issubclass(cheating.CHEATS[what], one)):
                for status, said in self.verify(heading):
                    self.assertIn(status, (0, 3), "\n".join([heading, *said]))
        for status, said in self.recount():
            self.assertIn(status, (0, 3), "\n".join(said))

    def test_whose_number_is_turned(self):
        self.check(Central)

    def test_with_a_beacon(self):
        self.check(ByBeacon)

    def test_whose_close_was_put_off(self):
        self.check(WithTwoRecords)


class Cheats(Play):
    def check(self, what):
        self.play(cheating.CHEATS[what])
        agency, heading, recount = threats_page.played()[what]
        self.check_agencies(agency)
        self.check_verifiers(heading)
        self.check_recount(recount)

    def check_agencies(self, says):
        """`agency 3: LINE` names the one that ends with 1, and why; the others end well."""
        found = re.fullmatch(r"agency (\d): `(.*)`", says)
        self.assertTrue(found or says == NOTHING, says)
        for number, agency in self.agencies.items():
            stops = found is not None and number == int(found[1])
            self.assertEqual(self.statuses[number], 1 if stops else 0)
            said = [line.split("message: ")[-1] for line in agency.lines if line and " action: check_central " in line]
            self.assertEqual(len(said), 1 if stops else 0, agency.whole_log())
            if stops:
                self.assertTrue(threats_page.is_like(said[0], found[2]), agency.whole_log())

    def check_verifiers(self, heading):
        shown = next(lines for other, _, lines in threats_page.sections() if other == heading)
        self.check_false(self.verify(heading), shown)

    def check_recount(self, says):
        if says == NOTHING:
            for status, said in self.recount():
                self.assertIn(status, (0, 3), "\n".join(said))
        else:
            self.check_false(self.recount(), [says.strip("`")])

    def check_false(self, both, lines):
        """Of the verifier in Python only states and subjects count."""
        (status, said), (status_in_python, said_in_python) = both
        self.assertEqual((status, status_in_python), (1, 1), "\n".join(said + said_in_python))
        for line in lines:
            self.expect(lambda other, line=line: threats_page.is_like(other, line), line, said)
            self.expect(lambda other, line=line: other.startswith(threats_page.subject(line)), line, said_in_python)

    def expect(self, condition, line, said):
        self.assertTrue(any(map(condition, said)), "\n".join([line, "is not said:", *said]))

    # One test a row of the page's table, called as the row is

    def test_takes_a_bet_after_the_seal(self):
        self.check("takes a bet after the seal")
        self.assertEqual(self.agencies[4].winners(), 1)
        self.check_receipts(4, "agency 4 has a receipt for its bets up to 2, and only 1 are sealed: the central broke its word")

    def check_receipts(self, agency, says):
        """What the agency can say without showing a bet."""
        for _, said in threats_page.said_by_both(self.folder, [
                "--key", VKEY, "--rules", "rules-0.note", "--seal", "seal.note", "--seal-json", "seal.json", "--agency", str(agency),
                "--receipts", f"agency-{agency}.receipts"]):
            self.expect(lambda line: line.startswith("FALSE") and line.endswith(says), says, said)

    def test_leaves_out_a_chunk_that_has_a_receipt(self):
        self.check("leaves out a chunk that has a receipt")

    def test_puts_other_bets_in_their_place(self):
        self.check("puts other bets in their place")

    def test_seals_twice(self):
        self.check("seals twice")
        self.assertEqual(self.read("agency-3.other-seal"), self.read("seal.note"))

    def test_seals_otherwise_for_one_agency(self):
        self.check("seals otherwise for one agency")
        self.assertTrue(self.read("bet.tlog-proof").endswith(self.read("agency-4.seal")))

    def test_dates_a_seal_back(self):
        self.check("dates a seal back")

    def test_forks_the_rules(self):
        self.check("forks the rules")

    def test_forks_the_rules_and_forgets_whom_it_told_what(self):
        self.check("forks the rules and forgets whom it told what")
        self.assertEqual(self.read("agency-3.other-rules-1"), self.read("rules-1.note"))

    def test_lets_one_approver_sign_twice(self):
        self.check("lets one approver sign twice")

    def test_draws_another_number(self):
        self.check("draws another number")

    def test_tells_one_agency_another_number(self):
        self.check("tells one agency another number")

    def test_draws_before_the_seal(self):
        self.check("draws before the seal")
        self.assertFalse(os.path.exists(self.path("agency-1.result")))

    def test_tells_a_winner_who_is_none(self):
        self.check("tells a winner who is none")
        self.check_told("30904465,A1,A1")

    def test_passes_over_a_winner(self):
        self.check("passes over a winner")
        self.check_told("A1")

    def check_told(self, documents):
        """Agency 1 has kept what it was told, beside the signed number."""
        self.assertEqual(self.read("agency-1.false-winners").decode(), documents)
        self.assertEqual(self.read("agency-1.result"), self.read("result.note"))


class Page(unittest.TestCase):
    def test_each_row_has_its_test(self):
        named = ["test_" + what.replace(" ", "_") for what in threats_page.played()]
        self.assertEqual(sorted(named), unittest.defaultTestLoader.getTestCaseNames(Cheats))
        self.assertEqual(list(threats_page.played()), list(cheating.CHEATS))

    def test_each_row_names_a_cheat_that_is_planted(self):
        for what, (_, heading, _) in threats_page.played().items():
            self.assertIn(heading, planted.CHEATS, what)


if __name__ == "__main__":
    unittest.main()
