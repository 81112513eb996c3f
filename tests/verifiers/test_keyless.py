"""Without a key nobody is accused, and what is wrong is false all the same."""
import unittest

import maker
from asking import Asking
from test_cheats import changed


class Keyless(Asking):
    """The page for browsers has always a key."""

    def test_a_code_of_a_name_that_no_key_has(self):
        code = self.draw.code(1, 0)
        self.assertEqual(code.count(maker.SERVER.name), 2)  # in the origin, too
        at = code.rindex(maker.SERVER.name)
        for key in maker.SERVER, None:
            self.in_any_line(self.ask(1, key=key, code=code[:at] + code[at:].replace(b"/", b"+", 1)), "FALSE", "code", "name that no key has")

    def test_nobody_is_accused_without_a_key(self):
        """Of what anybody may have written."""
        seal = self.draw.seal()
        other = maker.note(seal.replace(b"\n6\n", b"\n7\n").rpartition(b"\n\n")[0] + b"\n", maker.SERVER)
        for files in {"seal": seal, "seal_2": other}, {"result": self.draw.result(7), "result_2": self.draw.result(8)}:
            said = self.ask(1, key=None, **files)
            self.assertNotIn("raud", said)
            self.assertIn("raud", self.ask(1, **files))
        bets = {"receipts": self.draw.receipt(1), "csv": self.draw.csv(1), "salt_key": maker.b64(self.draw.key(1)) + b"\n"}
        for rows in maker.SMALL[1][1][:2], ["c,d,1,2000-01-01,1"] * 3:  # fewer than the receipt is for, and others
            bets["proof"] = maker.Draw(changed(maker.SMALL, 1, rows)).proof(1, 0)
            self.assertNotIn("broke", self.ask(1, "--agency", "1", key=None, **bets))
            self.assertIn("broke", self.ask(1, "--agency", "1", **bets))


if __name__ == "__main__":
    unittest.main()
