"""An approver signs what the rules, the seal and the key allow, and nothing else.

Rules and seals are made by code that shares nothing with the program (tests/verifiers/maker.py).
"""
import base64
import hashlib
import os
import stat
import sys
import unittest

from harness import ROOT, Story

sys.path[:0] = [os.path.join(ROOT, "tests", "verifiers"), os.path.join(ROOT, "verifiers")]
import maker  # noqa: E402

PKCS8 = bytes.fromhex("302e020100300506032b657004220420")  # of an Ed25519 key (RFC 8410); its seed follows


class Approve(Story):
    def setUp(self):
        super().setUp()
        self.draw = maker.Draw()
        self.write("rules.note", self.draw.rules())
        self.write("seal.note", self.draw.seal())
        self.write_key("garcia.key", bytes(range(0x20, 0x40)))

    def write(self, name, data, mode=0o600):
        with open(self.path(name), "wb") as file:
            file.write(data)
        os.chmod(self.path(name), mode)

    def write_key(self, name, seed, mode=0o600):
        text = base64.b64encode(PKCS8 + seed).decode()
        self.write(name, f"-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n".encode(), mode)

    def approve(self, *more, number="0007", key="garcia.key", rules="rules.note", seal="seal.note"):
        return self.run_program("approve", "--rules", self.path(rules), "--seal", self.path(seal), "--server-key",
                                maker.SERVER.vkey.decode(), "--number", number, "--key", self.path(key), *more)

    def refused(self, status, says, **how):
        code, said, errors = self.approve("--yes", **how)
        self.assertEqual((code, said.strip()), (status, ""), errors)
        self.assertIn(says, errors)

    def test_it_signs_what_the_specification_has(self):
        code, _, errors = self.approve("--yes", "--output", self.path("approval.note"))
        self.assertEqual(code, 0, errors)
        with open(self.path("approval.note"), "rb") as file:
            self.assertEqual(file.read(), self.draw.approval(7))

    def test_it_asks_first(self):
        code, said, errors = self.approve()
        self.assertEqual((code, said.strip()), (2, ""))
        self.assertIn("would be signed: the number 0007", errors)
        text = self.draw.seal()
        text = text[:text.index(b"\n\n") + 1]
        self.assertIn(f"the seal: SHA-256 {hashlib.sha256(text).hexdigest()}, of 5 agencies\nthe rules: record 0; ", errors)

    def test_what_is_false_is_not_signed(self):
        other = maker.Draw(agencies={**maker.SMALL, 6: ("cut", [])})
        self.write("other.note", other.seal())
        self.refused(1, "a later record of the rules counts", seal="other.note")
        self.write("flipped.note", self.draw.seal().replace(b"\n6\n", b"\n7\n"))
        self.refused(1, "--seal: ", seal="flipped.note")
        self.write("changed.note", self.draw.rules().replace(b"approvals 1", b"approvals 2"))
        self.refused(1, "--rules: ", rules="changed.note")
        self.write_key("stranger.key", bytes(32))
        self.refused(1, "none of the rules' approvers", key="stranger.key")

    def test_wrong_use(self):
        self.refused(2, "no number of 4 digits", number="7")
        self.write_key("open.key", bytes(range(0x20, 0x40)), 0o644)
        self.refused(2, "others can get at it", key="open.key")

    def test_no_file_is_replaced(self):
        self.write("old.note", b"old")
        code, _, errors = self.approve("--yes", "--output", self.path("old.note"))
        self.assertEqual(code, 2)
        self.assertIn("old.note is there already: name another", errors)
        with open(self.path("old.note"), "rb") as file:
            self.assertEqual(file.read(), b"old")

    def test_nothing_that_is_read_is_replaced(self):
        os.symlink("garcia.key", self.path("link"))
        for name in "garcia.key", "link", "rules.note", "seal.note":
            with open(self.path(name), "rb") as file:
                before = file.read()
            code, _, errors = self.approve("--yes", "--output", self.path(name))
            self.assertEqual(code, 2, errors)
            self.assertIn("is a file that is read: name another", errors)
            with open(self.path(name), "rb") as file:
                self.assertEqual(file.read(), before)

    def test_a_key_is_made_once(self):
        code, first, errors = self.run_program("keys", "--dir", self.path("own"), "--sign-name", "inspector.example/perez")
        self.assertEqual((code, errors), (0, ""))
        self.assertIn("own/sign.key: made", first)
        self.assertEqual(stat.S_IMODE(os.stat(self.path("own/sign.key")).st_mode), 0o600)
        code, second, errors = self.run_program("keys", "--dir", self.path("own"), "--sign-name", "inspector.example/perez")
        self.assertEqual((code, second.splitlines()[1]), (0, first.splitlines()[1]), errors)
        self.assertIn("own/sign.key: kept", second)
        self.assertIn("was there before, and does not say its name", errors)
        code, _, errors = self.run_program("keys", "--dir", self.path("upper"), "--sign-name", "Inspector")
        self.assertEqual(code, 0)
        self.assertIn("Inspector is no name for a central's key (SIGN_NAME)", errors)
        code, _, errors = self.run_program("keys", "--dir", self.path("bad"), "--sign-name", "a b")
        self.assertEqual(code, 2)
        self.assertIn("a central's (SIGN_NAME)", errors)


if __name__ == "__main__":
    unittest.main()
