"""While nothing checks signatures an agency in Python accuses nobody, and nothing forged is for good."""
import base64
import os
import unittest
from types import SimpleNamespace
from unittest import mock

from story import PythonStory

from planted_central import maker
from quiniela import ed25519
from quiniela.bets import digest_of
from quiniela.errors import NotBelieved, Unavailable
from quiniela.promises import Promises, TryAgain, believing
from quiniela.wire import ReceiptTold

DRAW = maker.Draw()
OTHER = maker.Draw(origin=b"lottery.example/central/2026-11-24")
ROWS = [row.encode() for row in maker.SMALL[1][1]]


def reply(rules=None, seal=None, result=None, key=None, receipt=None):
    return SimpleNamespace(rules=rules, seal=seal, result=result, key=key, receipt=receipt, is_unsigned=False)


class Unchecked(PythonStory):
    def setUp(self):
        super().setUp()
        patched = mock.patch.object(ed25519, "verify", side_effect=Unavailable("nothing checks here"))
        patched.start()
        self.addCleanup(patched.stop)
        self.promises = self.opened()

    def opened(self):
        promises = Promises(1, maker.SERVER.vkey.decode(), self.path("agency-1.receipts"), True)
        self.addCleanup(promises.close)
        return promises

    def opened_again(self):
        self.promises.close()
        self.promises = self.opened()
        return self.promises

    def refuse(self, take, told, says):
        with self.assertRaisesRegex(TryAgain, says), believing():
            take(told)

    def take_receipt(self, draw):
        lines = dict(line.split(b" ", 1) for line in draw.receipt(1).splitlines() if b" " in line)
        told = ReceiptTold(lines[b"entry"], int(lines[b"index"]), [], lines[b"note"])
        self.promises.take_receipt(reply(receipt=told._replace(note=base64.b64decode(told.note))), 0, len(ROWS), digest_of(ROWS), True)

    def test_a_first_answer_in_bad_form_is_asked_for_again(self):
        self.assertEqual(self.promises.unchecked, "nothing checks here")
        self.refuse(self.promises.take_rules, reply(maker.note(b"garbage\n", maker.SERVER)), "is \"garbage\" .*: nothing checks here$")
        self.promises.take_rules(reply(DRAW.rules()))

    def test_first_winners_without_a_result_are_asked_for_again(self):
        self.refuse(self.promises.take_winners, reply(DRAW.rules()), "without the seal of the draw .*: nothing checks here$")

    def test_a_key_in_bad_form_is_asked_for_again(self):
        self.refuse(self.promises.take_waiting, reply(DRAW.rules(), DRAW.seal(), key=b"nonsense"), "\"nonsense\" is no base64 .*: nothing checks here$")
        self.assertTrue(self.promises.lacks_key)

    def test_rules_of_another_draw_give_way(self):
        self.promises.take_waiting(reply(OTHER.rules(), OTHER.seal()))
        self.take_receipt(OTHER)
        self.assertEqual(self.promises.covered, len(ROWS))
        self.refuse(self.promises.take_waiting, reply(DRAW.rules(), DRAW.seal()), "first of draw .*-24, and now of .*-25, .*: nothing checks here$")
        self.assertEqual((self.promises.covered, self.promises.seal), (0, None))
        self.assertTrue(self.promises.take_waiting(reply(DRAW.rules(), DRAW.seal())))
        self.take_receipt(DRAW)
        self.assertEqual(self.promises.covered, len(ROWS))

    def test_rules_of_another_draw_do_not_give_way_to_what_was_kept(self):
        for name, text in (("rules-0", OTHER.rules()), ("seal", OTHER.seal()), ("receipts", OTHER.receipt(1))):
            with self.subTest(name):
                path = self.path(self.write(f"agency-1.{name}", text))
                self.opened_again()
                with self.assertRaises(NotBelieved) as caught:
                    self.promises.take_waiting(reply(DRAW.rules()))
                self.assertEqual(caught.exception.code, "other_draw")
                os.unlink(path)

    def test_a_key_is_not_kept_where_the_next_start_finds_it(self):
        for seed in (b"x", b"y"):
            self.opened_again().take_waiting(reply(DRAW.rules(), DRAW.seal(), key=maker.b64(seed * 32)))
            self.assertFalse(self.promises.lacks_key)
        self.assertEqual(sorted(name for name in os.listdir(self.folder) if "key" in name and name.startswith("agency-1.")),
                         ["agency-1.unchecked-salt-key", "agency-1.unchecked-salt-key-2"])
        self.assertTrue(self.opened_again().lacks_key)


if __name__ == "__main__":
    unittest.main()
