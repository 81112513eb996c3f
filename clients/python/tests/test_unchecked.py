"""While nothing checks signatures an agency in Python accuses nobody, and nothing forged is for good."""
import os
import unittest
from types import SimpleNamespace
from unittest import mock

from story import PythonStory

from planted_central import maker
from quiniela import ed25519
from quiniela.errors import Unavailable
from quiniela.promises import Promises, TryAgain, believing

DRAW = maker.Draw()
OTHER = maker.Draw(origin=b"lottery.example/central/2026-11-24")


def reply(rules=None, seal=None, result=None, key=None):
    return SimpleNamespace(rules=rules, seal=seal, result=result, key=key, receipt=None, is_unsigned=False)


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

    def refuse(self, take, told, says):
        with self.assertRaisesRegex(TryAgain, says), believing():
            take(told)

    def test_a_first_answer_in_bad_form_is_asked_for_again(self):
        self.assertEqual(self.promises.unchecked, "nothing checks here")
        self.refuse(self.promises.take_rules, reply(maker.note(b"garbage\n", maker.SERVER)), "is \"garbage\" .*: nothing checks here$")
        self.promises.take_rules(reply(DRAW.rules()))

    def test_first_winners_without_a_result_are_asked_for_again(self):
        self.refuse(self.promises.take_winners, reply(DRAW.rules()), "without the seal of the draw .*: nothing checks here$")

    def test_a_key_in_bad_form_is_asked_for_again(self):
        self.refuse(self.promises.take_waiting, reply(DRAW.rules(), DRAW.seal(), key=b"nonsense"), "\"nonsense\" is no base64 .*: nothing checks here$")
        self.assertTrue(self.promises.lacks_key)


if __name__ == "__main__":
    unittest.main()
