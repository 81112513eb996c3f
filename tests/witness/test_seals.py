"""What a witness has cosigned, or an authority stamped, either verifier takes, and nothing else.

The witness is witness.py; the authority is `openssl ts`, with a CA that is made here, asked for the hash of the seal's text.
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

import witness

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "verifiers"))
import beacon  # noqa: E402
import maker  # noqa: E402

PROGRAM = os.path.abspath(os.environ.get("QUINIELA", os.path.join(ROOT, "build/release/quiniela")))
VERIFIERS = [PROGRAM, "verify"], [sys.executable, "-S", os.path.join(ROOT, "verifiers", "verify.py")]
SERVER = maker.SERVER.vkey.decode()
FAR, PAST = "9999-11-25T21:30:00", "2018-08-30T17:44:00"  # a token's time is now, between them
OTHER = {**maker.SMALL, 5: ("finished", [])}


class Asking(unittest.TestCase):
    def setUp(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())

    def path(self, name):
        return os.path.join(self.folder, name)

    def ask(self, status, *files):
        """What both verifiers say to pairs of a flag and bytes, once they have ended with that status; the program's lines."""
        words = ["--key", SERVER]
        for number, (flag, data) in enumerate(files):
            with open(self.path(f"{number}{flag}"), "wb") as file:
                file.write(data)
            words += [flag, f"{number}{flag}"]
        printed = []
        for verifier in VERIFIERS:
            done = subprocess.run([*verifier, *words], cwd=self.folder, capture_output=True, check=False, timeout=60)
            printed.append(done.stdout.decode() + done.stderr.decode())
            self.assertEqual(done.returncode, status, printed[-1])
        return printed[0]


class Witnessed(Asking):
    def setUp(self):
        super().setUp()
        self.draw, self.other = (maker.Draw(agencies, witnesses=[self.key()]) for agencies in (maker.SMALL, OTHER))

    def key(self, kind=witness.Witness):
        """Of a witness that is new."""
        folder = self.path(kind.__name__)
        os.makedirs(folder, exist_ok=True)
        self.witness = kind(folder, "witness.example/one", [SERVER])
        made = maker.Key("witness.example/one", bytes(32), kind=4)
        made.vkey = self.witness.vkey.encode()  # of which it is known what the rules have
        return made

    def cosigned(self, draw, expected=200):
        with witness.Served(self.witness) as served:
            status, _, line = witness.submit(served.port, draw.seal())
        self.assertEqual(status, expected, line)
        return draw.seal() + line

    def test_the_first_seal(self):
        seal = self.cosigned(self.draw)
        rules = "--rules", self.draw.rules()
        self.assertIn("only one copy", self.ask(3, rules, ("--seal", self.draw.seal())))
        self.assertIn("there is one: 1 of the rules' witnesses", self.ask(0, rules, ("--seal", seal)))
        self.ask(0, rules, ("--seal", seal), ("--proof", self.draw.proof(1, 2, seal)), ("--seal", self.draw.seal()))

    def test_every_bet(self):
        """Of a draw whose seal is witnessed, its proof alone is enough."""
        seal, rules = self.cosigned(self.draw), ("--rules", self.draw.rules())
        for agency, (_, rows) in maker.SMALL.items():
            for index in range(len(rows)):
                self.ask(0, rules, ("--proof", self.draw.proof(agency, index, seal)))
                self.ask(3, rules, ("--proof", self.draw.proof(agency, index)))

    def test_a_second_seal(self):
        first = self.cosigned(self.draw)
        self.cosigned(self.other, expected=409)
        rules = "--rules", self.draw.rules()
        self.ask(3, rules, ("--seal", self.other.seal()))
        self.assertIn("two seals were signed", self.ask(1, rules, ("--seal", first), ("--seal", self.other.seal())))

    def test_a_witness_that_signs_two(self):
        """It is believed where only one of them is shown; both together convict it."""
        self.draw.witnesses = self.other.witnesses = [self.key(witness.Cheating)]
        seals = [self.cosigned(draw) for draw in (self.draw, self.other)]
        rules = "--rules", self.draw.rules()
        for seal in seals:
            self.ask(0, rules, ("--seal", seal))
        said = self.ask(1, rules, *(("--seal", seal) for seal in seals))
        self.assertRegex(said, r"(?m)^FALSE +seal 2--seal: is another seal of this draw: two seals were signed\. A fraud")
        self.assertRegex(said, r"(?m)^FALSE +seals: there are two$")

    def test_a_line_that_is_another_s(self):
        line = self.cosigned(self.draw)[len(self.draw.seal()):]
        rules = "--rules", self.draw.rules()
        self.ask(1, rules, ("--seal", self.other.seal() + line))
        self.ask(1, rules, ("--seal", self.draw.seal() + line + line))
        name, payload = line.split(b" ")[1:]
        data = witness.decode(payload[:-1])
        earlier = data[:4] + (int.from_bytes(data[4:12], "big") - 3600).to_bytes(8, "big") + data[12:]
        dated_back = b"\xe2\x80\x94 " + name + b" " + maker.b64(earlier) + b"\n"
        self.assertIn("FALSE        witness witness.example/one", self.ask(1, rules, ("--seal", self.draw.seal() + dated_back)))


class Stamped(Asking):
    """A beacon's draw, which needs a time before its pulse."""
    @classmethod
    def setUpClass(cls):
        cls.beacon, cls.authority, cls.stranger = beacon.Beacon(), beacon.Authority(), beacon.Authority()
        for authority in cls.authority, cls.stranger:
            cls.addClassCleanup(authority.folder.cleanup)

    def setUp(self):
        super().setUp()
        self.draw = self.draw_of(FAR)
        self.asked = self.query(self.draw)
        self.answer = self.authority.answer(self.asked)

    def draw_of(self, at):
        return maker.Draw(how="beacon", nist=self.beacon.named(at + "Z"), tsas=[self.authority.fingerprint], close=f"{at[:14]}00:00Z")

    @staticmethod
    def query(draw):
        """As anybody can make one who has the hash alone."""
        return beacon.openssl("ts", "-query", "-digest", maker.sha256(draw.seal_text()).hex(), "-sha256", "-cert")

    def ask_about(self, status, token, draw=None, authority=None, at=FAR):
        draw, authority = draw or self.draw, authority or self.authority
        return self.ask(status, ("--rules", draw.rules()), ("--seal", draw.seal()), ("--seal", draw.seal()), ("--token", token),
                        ("--tsa-cert", authority.certificate), ("--pulse", self.beacon.pulse(at + ".000Z")),
                        ("--nist-cert", self.beacon.certificate), ("--result", draw.result(maker.derived(draw.seal_text(),
                                                                                                         self.beacon.output))))

    def test_before_the_pulse(self):
        self.assertTrue(self.authority.is_answer(self.answer, self.asked))
        said = self.ask_about(0, self.answer)
        self.assertRegex(said, r"(?m)^ok +token 3--token: the seal was there at 20")
        self.assertRegex(said, r"(?m)^ok +time: 3--token saw the seal")

    def test_after_the_pulse(self):
        draw = self.draw_of(PAST)
        self.assertRegex(self.ask_about(1, self.authority.answer(self.query(draw)), draw, at=PAST), r"(?m)^FALSE +time: ")

    def test_dated_back(self):
        """The time in the token is another one."""
        now = re.search(rb"\x18\x0f(20\d\d)\d{10}Z", self.answer)
        self.assertTrue(now)
        draw = self.draw_of(PAST)
        answer = self.authority.answer(self.query(draw))
        self.assertRegex(self.ask_about(1, answer.replace(now[1], b"2017"), draw, at=PAST), r"(?m)^FALSE +token ")
        self.assertRegex(self.ask_about(1, self.answer.replace(now[1], b"2017")), r"(?m)^FALSE +token ")

    def test_of_another_hash(self):
        for draw in self.draw_of(PAST), maker.Draw(OTHER):
            self.assertRegex(self.ask_about(1, self.authority.answer(self.query(draw))), r"(?m)^FALSE +token ")

    def test_of_another_authority(self):
        answer = self.stranger.answer(self.query(self.draw))
        self.assertRegex(self.ask_about(1, answer), r"(?m)^FALSE +token ")
        self.assertRegex(self.ask_about(1, answer, authority=self.stranger), r"(?m)^FALSE +tsa certificate ")

    def test_garbled(self):
        answer = self.answer
        for garbled in b"", answer[:-1], answer + b"\0", answer[:len(answer) // 2], b"\x30\x80" + answer[4:], bytes(len(answer)):
            self.assertRegex(self.ask_about(1, garbled), r"(?m)^FALSE +token ")

    def test_any_flip_of_what_is_signed(self):
        """One bit in each byte of what the token says; the certificates in it, and numbers in its answer, vary without harm."""
        at = self.answer.index(maker.sha256(self.draw.seal_text()))
        for place in range(at - 20, at + 52, 7):
            flipped = self.answer[:place] + bytes([self.answer[place] ^ 1 << place % 8]) + self.answer[place + 1:]
            self.assertRegex(self.ask_about(1, flipped), r"(?m)^FALSE +token ")

    def test_refused_by_the_authority(self):
        """An answer without a token: a hash that it does not take."""
        refusal = self.authority.answer(beacon.openssl("ts", "-query", "-digest", bytes(20).hex(), "-sha1"))
        self.assertRegex(self.ask_about(1, refusal), r"(?m)^FALSE +token ")


if __name__ == "__main__":
    unittest.main()
