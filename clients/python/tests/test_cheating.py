"""An agency in Python does not believe a central that cheats, and keeps what proves it."""
import base64
import os
import unittest
from unittest import mock

from story import PythonStory

import cheating
from certificates import Authority
from planted_central import Central, maker
from quiniela import TLS, Agency, NotBelieved, ed25519
from quiniela.errors import Unavailable

VKEY = maker.SERVER.vkey.decode()
ALL_WELL = {1: None, 3: None, 4: None}


def changed(note):
    """With a bit of its signature changed."""
    line, signature = note.rstrip(b"\n").rsplit(b" ", 1)
    return line + b" " + signature[:-6] + (b"A" if signature[-6:-5] != b"A" else b"B") + signature[-5:] + b"\n"


class SealsFalsely(Central):
    """What it gives agency 3 for the seal its key has not signed."""

    waits_for = (1, 4)

    def seal_for(self, agency):
        return changed(self.seal_note()) if agency == 3 else self.seal_note()


class SealsAnotherDraw(Central):
    """The seal that agency 3 is given is rightly signed, and of more agencies than there are."""

    waits_for = (1, 4)

    def seal_for(self, agency):
        text = self.sealed.seal_text().replace(b"\n6\n", b"\n7\n")
        return maker.note(text, maker.SERVER) if agency == 3 else self.seal_note()


class IsForgedAtFirst(cheating.HasTwoSeals):
    """Somebody in between gives agency 3 a seal that nobody has signed, and is gone then."""

    def seal_for(self, agency):
        return changed(self.other().seal()) if agency == 3 and self.asked[3] == 1 else self.seal_note()


class ForgesReceiptsAtFirst(Central):
    """The receipts that agency 1 is given, until the draw: nobody has signed them."""

    def receipt(self, agency, first, rows):
        right = super().receipt(agency, first, rows)
        if agency != 1 or self.number is not None:
            return right
        return {**right, "note": changed(right["note"].encode()).decode()}


class ForgesAResult(Central):
    def result_for(self, agency):
        return changed(self.result()) if agency == 3 else self.result()


class HasOne(Central):
    senders = waits_for = (1,)


class GivesAReceiptForOtherBets(HasOne):

    def receipt(self, agency, first, rows):
        return super().receipt(agency, first, ["c,d,1,2000-01-01,1"] * len(rows))


class IsInTheWayAtFirst(HasOne):
    """Somebody in between gives a receipt of another place in its commit, and a seal of another's key, and is gone then."""

    forges = True

    def receipt(self, agency, first, rows):
        right = super().receipt(agency, first, rows)
        if not self.forges:
            return right
        self.forges = False
        return {**right, "index": 1 - right["index"]}

    def seal_for(self, agency):
        return maker.note(self.sealed.seal_text(), maker.STRANGER) if self.asked[agency] == 1 else self.seal_note()


@unittest.skipIf(ed25519.checker() is None, "neither cryptography nor openssl 3 is here to check signatures")
class Cheating(PythonStory):
    def begin_agency(self, central, authority, number):
        authority.issue_agency(number)
        path = self.path(self.write(f"agency-{number}.csv", maker.Draw({number: maker.SMALL[number]}).csv(number)))
        tls = TLS(authority.certificate(f"agency-{number}"), authority.key(f"agency-{number}"), authority.certificate("ca"))
        return Agency(self.options(number, central.ports, tls=tls, central_key=VKEY, chunk_size=2,
                                   receipts=self.path(f"agency-{number}.receipts")), path)


class Cheats(Cheating):
    def play(self, kind):
        """What each agency did not believe, or None."""
        authority = Authority(self.path("ca")).issue_server()
        central = kind(self, authority)
        outcomes = self.begin(*[self.begin_agency(central, authority, number) for number in central.senders])()
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                self.assertIsInstance(outcome, NotBelieved)
                self.assertEqual(outcome.code, "false_claim")
        return {number: str(outcome) if isinstance(outcome, Exception) else None for number, outcome in zip(central.senders, outcomes)}

    def check(self, kind, liar, says):
        """One agency alone finds it; gives what it says."""
        said = self.play(kind)
        self.assertEqual({**said, liar: None}, dict.fromkeys(kind.senders))
        self.assertRegex(said[liar] or "nothing", says)

    def test_an_honest_one_is_believed(self):
        self.assertEqual(self.play(Central), ALL_WELL)
        self.assertEqual(self.read("agency-3.seal"), self.read("agency-1.seal"))

    def test_a_receipt_for_other_bets(self):
        self.check(GivesAReceiptForOtherBets, 1, "2 bets are stored there: the receipt is not for bets 1 to 2 as they were sent")
        self.assertTrue(base64.b64decode(self.read("agency-1.false-receipt")).startswith(b"quiniela receipt v1\n"))

    def test_a_seal_that_the_key_has_not_signed(self):
        self.check(SealsFalsely, 3, "the seal: the signature of .* is wrong")

    def test_a_seal_of_other_agencies(self):
        self.check(SealsAnotherDraw, 3, "the seal is of 6 agencies, and the rules name 5")

    def test_a_second_seal(self):
        self.check(cheating.CHEATS["seals twice"], 3, "has sealed this draw twice")
        self.assertNotEqual(self.read("agency-3.other-seal"), self.read("agency-3.seal"))

    def test_a_seal_of_another_draw_accuses_nobody(self):
        """The rules and receipts beside it were moved away, and it was not."""
        authority = Authority(self.path("ca")).issue_server()
        central = HasOne(self, authority)
        yesterday = maker.Draw(origin=b"lottery.example/central/2026-11-24").seal()
        self.write("agency-1.seal", yesterday)
        [error] = self.begin(self.begin_agency(central, authority, 1))()
        self.assertEqual(getattr(error, "code", None), "other_draw", error)
        self.assertEqual(sorted(name for name in os.listdir(self.folder) if name.startswith("agency-1.")),
                         ["agency-1.csv", "agency-1.receipts", "agency-1.seal"])

    def test_a_fork_of_the_rules(self):
        self.check(cheating.CHEATS["forks the rules and forgets whom it told what"], 3, "another record 1 of the rules than before")
        self.assertNotEqual(self.read("agency-3.other-rules-1"), self.read("agency-3.rules-1"))

    def test_a_winner_who_is_none(self):
        self.check(cheating.CHEATS["tells a winner who is none"], 1, "tells a winner who is none: document '30904465'")
        self.assertEqual(self.read("agency-1.false-winners"), b"30904465,A1,A1")

    def test_a_winner_who_is_left_out(self):
        self.check(cheating.CHEATS["passes over a winner"], 1, "leaves out a winner: document A1 .*agency-1.csv, line 3")
        self.assertEqual(self.read("agency-1.false-winners"), b"A1")

    def test_a_result_that_the_key_has_not_signed(self):
        self.check(ForgesAResult, 3, "the result: the signature of .* is wrong")


class Unchecked(Cheating):
    """Where nothing checks signatures, what was told accuses nobody: who may have written it is not known."""

    def files(self, *words, agency=3):
        return sorted(name for name in os.listdir(self.folder) if name.startswith(f"agency-{agency}.") and any(word in name for word in words))

    def play_unchecked(self, kind):
        authority = Authority(self.path("ca")).issue_server()
        central = kind(self, authority)
        with mock.patch.object(ed25519, "verify", side_effect=Unavailable("nothing checks here")):
            outcomes = self.begin(*[self.begin_agency(central, authority, number) for number in central.senders])()
        self.assertEqual([getattr(outcome, "unchecked", outcome) for outcome in outcomes], ["nothing checks here"] * len(outcomes))
        self.assertEqual(self.files("agency-3.other-", "false"), [])
        return central, authority

    def test_a_forged_seal_is_in_nobodys_way(self):
        central, authority = self.play_unchecked(IsForgedAtFirst)
        self.assertEqual(self.files("rules", "seal", "result"), ["agency-3.unchecked-other-seal", "agency-3.unchecked-result", "agency-3.unchecked-rules-0",
                                                                 "agency-3.unchecked-seal"])
        self.assertEqual(self.read("agency-3.unchecked-seal"), changed(central.other().seal()))
        self.assertEqual(self.read("agency-3.unchecked-other-seal"), central.seal_note())
        [outcome] = self.begin(self.begin_agency(central, authority, 3))()  # which can check them
        self.assertEqual(getattr(outcome, "unchecked", outcome), None)
        self.assertEqual(self.read("agency-3.seal"), central.seal_note())

    def test_a_forged_receipt_does_not_count_later(self):
        central, authority = self.play_unchecked(ForgesReceiptsAtFirst)
        self.assertEqual((self.files("receipts", agency=1), self.read("agency-1.receipts")), (["agency-1.receipts", "agency-1.unchecked-receipts"], b""))
        forged = self.read("agency-1.unchecked-receipts")
        [outcome] = self.begin(self.begin_agency(central, authority, 1))()  # which asks for all of them again
        self.assertEqual((getattr(outcome, "unchecked", outcome), outcome.stored), (None, len(maker.SMALL[1][1])))
        blocks, notes = self.read("agency-1.receipts").splitlines(), forged.splitlines()[3::5]
        self.assertEqual((len(blocks), [note for note in notes if note in blocks]), (len(forged.splitlines()), []))

    def test_what_is_wrong_by_any_key_is_asked_for_again(self):
        self.play_unchecked(IsInTheWayAtFirst)
        self.assertEqual(self.files("receipt", "false", agency=1), ["agency-1.receipts", "agency-1.unchecked-other-receipt",
                                                                    "agency-1.unchecked-other-receipt-note", "agency-1.unchecked-receipts"])

    def test_receipts_of_two_draws_are_in_two_files(self):
        self.write("agency-1.unchecked-receipts", maker.Draw(origin=b"lottery.example/central/2026-11-24").receipt(1))
        self.play_unchecked(Central)
        self.assertEqual(self.files("receipts", agency=1), ["agency-1.receipts", "agency-1.unchecked-receipts", "agency-1.unchecked-receipts-2"])

    def test_other_texts(self):
        self.play_unchecked(cheating.CHEATS["forks the rules and forgets whom it told what"])
        self.assertEqual(self.files("other"), ["agency-3.unchecked-other-rules-1"])

    def test_what_was_kept_from_before_stays(self):
        """A seal that an earlier run has checked gives way to none that nothing checks; nor is it called false."""
        central, authority = self.play_unchecked(Central)
        [outcome] = self.begin(self.begin_agency(central, authority, 3))()
        self.assertEqual(getattr(outcome, "unchecked", outcome), None)
        kept = self.read("agency-3.seal")
        central.seal_for = lambda agency: changed(cheating.HasTwoSeals.other(central).seal())
        with mock.patch.object(ed25519, "verify", side_effect=Unavailable("nothing checks here")):
            agency = self.begin_agency(central, authority, 3)
            end = self.begin(agency)
            self.wait_until_told_twice(central)
            agency.stop()
            [outcome] = end()
        self.assertEqual(getattr(outcome, "winners", outcome), None)
        self.assertEqual((self.read("agency-3.seal"), self.files("agency-3.other-", "false")), (kept, []))

    def wait_until_told_twice(self, central):
        with central.changed:
            asked = central.asked[3]
            central.wait(lambda: central.asked[3] >= asked + 2)


if __name__ == "__main__":
    unittest.main()
