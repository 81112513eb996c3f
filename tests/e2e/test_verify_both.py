"""Of the same files `quiniela verify` and the verifier in Python, which is none of it, say the same.

Of whole draws, of some of their files, and of files that were garbled at random, the same in each run; QUINIELA_TEXTS=N: so many.
"""
import contextlib
import difflib
import io
import json
import os
import random
import subprocess
import sys
import unittest

from harness import PROGRAM, ROOT, Story

WHERE = os.environ.get("QUINIELA_VERIFIERS", ROOT)
sys.path[:0] = [os.path.join(WHERE, "tests", "verifiers"), os.path.join(WHERE, "verifiers")]
try:
    import beacon
    import maker
    from quiniela_verify import command
except ImportError as error:
    print(f"there is no verifier in Python: {error}")
    beacon = None

TEXTS = int(os.environ.get("QUINIELA_TEXTS", "60"))
STAMP = "2026-11-25T21:30:00"
PIECES = [b"\n", b"\n\n", b" ", b"0", b"1", b"-", b"18446744073709551616", b"\xff", b'"', b",", b"\r\n", b"\0", b"=", b"\xef\xbb\xbf",
          b"\xe2\x80\xae", b"+", b"x,y,2,2000-01-01,7\n"]


def of_manual():
    """A draw whose number was turned, with all that there is of it: pairs of a flag and a file's bytes, or a value."""
    draw = maker.Draw(witnesses=[maker.WITNESS], approvers=[maker.APPROVER, maker.APPROVER_2], approvals=2)
    rows = maker.SMALL[1][1]
    receipts = draw.receipt(1, 0, rows[:2]) + draw.receipts(draw.receipt_entry(5, 0, ["o,o,1,2000-01-01,1"]),
                                                           draw.receipt_entry(1, 2, rows[2:]))[1]
    seal = draw.seal((maker.WITNESS, 1795640460))
    return draw, [("--rules", draw.rules()), ("--seal", seal), ("--seal", draw.seal()), ("--seal-json", draw.seal_json(voided=[(2, 1, 9)])),
                  ("--secret", maker.b64(draw.secret) + b"\n"), ("--salt-key", maker.b64(draw.key(1)) + b"\n"), ("--csv", draw.csv(1)),
                  ("--receipts", receipts), ("--proof", draw.proof(1, 2, seal)), ("--code", draw.code(1, 1)), ("--export", draw.export()),
                  ("--approval", draw.approval(7)), ("--approval", draw.approval(7, maker.APPROVER_2)), ("--result", draw.result(7)), ("--export-after", draw.export()),
                  ("--winners", draw.winners(7))]


def of_beacon():
    nist = beacon.Beacon()
    draw = maker.Draw(how="beacon", nist=nist.named(STAMP + "Z"), witnesses=[maker.WITNESS])
    pulse = nist.pulse(STAMP + ".000Z")
    output = bytes.fromhex(json.loads(pulse)["pulse"]["outputValue"])
    return draw, [("--rules", draw.rules()), ("--seal", draw.seal((maker.WITNESS, 1795642000))), ("--pulse", pulse),
                  ("--nist-cert", nist.certificate), ("--result", draw.result(maker.derived(draw.seal_text(), output)))]


@unittest.skipUnless(beacon, "there is no verifier in Python")
class Both(Story):
    def setUp(self):
        super().setUp()
        self.random = random.Random(17)

    def in_python(self, arguments):
        printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            try:
                status = command.main(arguments)
            except SystemExit as end:
                status = end.code
        return status, printed.buffer.getvalue()

    def ask(self, given, *further, words=False):
        """What both say, once they have said the same. Of what is false that is what it is of; `words`: and why, too."""
        arguments = ["--json", "--key", maker.SERVER.vkey.decode(), *further]
        for number, (flag, data) in enumerate(given):
            name = f"{number}{flag}"
            with open(os.path.join(self.folder, name), "wb") as file:
                file.write(data)
            arguments += [flag, name]
        status, printed = self.in_python(arguments)
        done = subprocess.run([PROGRAM, "verify", *arguments], cwd=self.folder, capture_output=True, check=False, timeout=60)
        said = f"{' '.join(arguments)}\nthe program: {done.stdout.decode()}{done.stderr.decode()}\nin Python: {printed.decode()}"
        self.assertEqual(done.returncode, status, said)
        if status == 2:
            return status, []
        one, other = json.loads(done.stdout), json.loads(printed)
        self.assertEqual(one["origin"], other["origin"], said)
        self.assertEqual(one["exit"], status)
        states = [[f"{claim['state']}  {claim['what']}" + (f": {claim['why']}" if words or claim["state"] != "false" else "")
                   for claim in found["claims"]] for found in (one, other)]
        if states[0] != states[1]:
            why = [f"{claim['state']}  {claim['what']}: {claim['why']}" for found in (one, other) for claim in found["claims"]]
            self.fail("\n".join([" ".join(arguments), *difflib.ndiff(*states), "", *why]))
        return status, one["claims"]

    def garble(self, data):
        at = self.random.randrange(len(data) + 1)
        end = min(len(data), at + self.random.choice((1, 1, 2, 5, 30)))
        way = self.random.randrange(4)
        if way == 0:
            return data[:at] + data[end:]
        if way == 1:
            return data[:at] + self.random.choice(PIECES) + data[at:]
        if way == 2:
            return data[:at] + data[at:end] + data[at:]
        return data[:at] + bytes(byte ^ 1 << self.random.randrange(8) for byte in data[at:at + 1]) + data[at + 1:]

    def test_approvers_who_differ(self):
        """Each number is counted apart: by result, with two of three for 0007, and with one of two for either."""
        keys = [maker.APPROVER, maker.APPROVER_2, maker.APPROVER_3]
        for wanted, numbers, results in ((2, (8, 7, 7), {7: 0, 8: 1, 9: 1, None: 0}), (1, (8, 7), {7: 0, 8: 0, 9: 1, None: 3}),
                                         (2, (8, 7), {7: 1, None: 3}), (1, (8, 8, 7, 8), {7: 1, 8: 1})):
            draw = maker.Draw(approvals=wanted, approvers=keys)
            given = [("--rules", draw.rules()), ("--seal", draw.seal()), ("--seal", draw.seal())]
            given += [("--approval", draw.approval(number, key)) for number, key in zip(numbers, [*keys, maker.APPROVER])]
            for result, status in results.items():
                with self.subTest(wanted=wanted, numbers=numbers, result=result):
                    drawn = [] if result is None else [("--result", draw.result(result))]
                    self.assertEqual(self.ask(given + drawn, words=True)[0], status)

    def test_whole_draws(self):
        for draw in of_manual, of_beacon:
            _, given = draw()
            status, claims = self.ask(given, "--agency", "1")
            self.assertEqual(status, 0, claims)

    def test_some_of_the_files(self):
        for draw in of_manual, of_beacon:
            _, given = draw()
            statuses = set()
            for _ in range(TEXTS // 3):
                some = [pair for pair in given if self.random.random() < 0.5]
                statuses.add(self.ask(some, *self.random.choice(((), ("--agency", "1"))))[0])
            self.assertIn(3, statuses)  # all of them, which is 0, are asked above
            self.assertGreater(len(statuses), 1)

    def test_garbled_files(self):
        for draw in of_manual, of_beacon:
            _, given = draw()
            false = 0
            for _ in range(TEXTS):
                garbled = list(given)
                at = self.random.randrange(len(given))
                garbled[at] = given[at][0], self.garble(given[at][1])
                false += self.ask(garbled, "--agency", "1")[0] == 1
            self.assertGreater(false, TEXTS // 2)

    def test_keys_that_are_none(self):
        """Of a small order, or written otherwise: not taken as the server's, and not within rules."""
        draw, given = of_manual()
        for public in maker.no_keys()[::5]:
            self.assertEqual(self.ask(given[1:2], "--key", maker.PublicKey("x", public).vkey.decode())[0], 2)
            rules = maker.Draw(witnesses=[maker.PublicKey("x", public, 4)]).rules()
            status, claims = self.ask([("--rules", rules), ("--seal", draw.seal())])
            self.assertEqual((status, claims[0]["state"]), (1, "false"))
            self.assertIn("the key has a public key", claims[0]["why"])

    def test_words_of_time_stamps(self):
        authority, other = beacon.Authority(), beacon.Authority()
        for each in authority, other:
            self.addCleanup(each.folder.cleanup)
        draw = maker.Draw(tsas=[authority.fingerprint])
        given = [("--rules", draw.rules()), ("--seal", draw.seal()), ("--tsa-cert", authority.certificate)]
        token = authority.stamp(draw.seal_text())[1]
        for data, why in ((token, None), (authority.stamp(b"another")[1], "is of something else"), (token[:-1], "is neither an answer"),
                          (other.stamp(draw.seal_text())[1], "is not signed by what the authority has issued for it")):
            _, claims = self.ask([*given, ("--token", data)], words=True)
            said = [claim["why"] for claim in claims if claim["what"] == "token 3--token"]
            self.assertIn(f"the time stamp {why}" if why else "the seal was there at ", said[0])

    def test_times_that_were_not_checked(self):
        """Of a beacon's draw, and of two authorities: what nobody could look at is not false, and never holds."""
        nist, one, other = beacon.Beacon(), beacon.Authority(), beacon.Authority()
        for each in one, other:
            self.addCleanup(each.folder.cleanup)
        draw = maker.Draw(how="beacon", nist=nist.named("9999-11-25T21:30:00Z"), tsas=sorted([one.fingerprint, other.fingerprint]),
                          close="9999-11-25T21:00:00Z")
        given = [("--rules", draw.rules()), ("--seal", draw.seal()), ("--seal", draw.seal()), ("--pulse", nist.pulse("9999-11-25T21:30:00.000Z"))]
        whole = [*given, ("--nist-cert", nist.certificate)]
        tokens = [("--token", each.stamp(draw.seal_text())[1]) for each in (one, other)]
        first, second, strange = [("--tsa-cert", each.certificate) for each in (one, other, nist)]
        bad, junk = [[("--token", data)] for data in (one.stamp(b"another")[1], b"")]
        broken = [("--token", tokens[0][1][:-1])]
        for files, status, time in ((whole, 1, "false"), (whole + tokens, 3, "not checked"), ([*whole, *tokens, first], 3, "ok"),
                                    ([*whole, *tokens[:1], second], 3, "not checked"), ([*whole, tokens[0], first, second], 0, "ok"),
                                    *((whole + false + more, 1, "false") for false in (bad, junk, broken)
                                      for more in ([], [first], [first, second])),
                                    ([*whole, *junk, tokens[0]], 1, "not checked"), ([*whole, *tokens, strange], 1, "not checked"),
                                    ([*given, *tokens, strange, ("--nist-cert", one.certificate)], 1, "not checked")):
            with self.subTest(files=[flag for flag, _ in files[3:]]):
                found, claims = self.ask(files, words=status != 1)
                self.assertEqual((found, [claim["state"] for claim in claims if claim["what"] == "time"]), (status, [time]))

    def test_a_time_stamp_after_the_pulse(self):
        """By its own word: no certificate makes it one from before."""
        nist, authority = beacon.Beacon(), beacon.Authority()
        self.addCleanup(authority.folder.cleanup)
        draw = maker.Draw(how="beacon", nist=nist.named("2020-11-25T21:30:00Z"), tsas=[authority.fingerprint], close="2020-11-25T21:00:00Z")
        given = [("--rules", draw.rules()), ("--seal", draw.seal()), ("--seal", draw.seal()), ("--nist-cert", nist.certificate),
                 ("--pulse", nist.pulse("2020-11-25T21:30:00.000Z")), ("--token", authority.stamp(draw.seal_text())[1])]
        for more, token in ([], "not checked"), ([("--tsa-cert", authority.certificate)], "ok"):
            status, claims = self.ask(given + more)
            self.assertEqual((status, [claim["state"] for claim in claims if claim["what"] in ("time", "token 5--token")]), (1, [token, "false"]))

    def test_garbled_time_stamps(self):
        """Without a certificate, and with it."""
        nist, authority = beacon.Beacon(), beacon.Authority()
        self.addCleanup(authority.folder.cleanup)
        draw = maker.Draw(how="beacon", nist=nist.named("9999-11-25T21:30:00Z"), tsas=[authority.fingerprint], close="9999-11-25T21:00:00Z")
        given = [("--rules", draw.rules()), ("--seal", draw.seal()), ("--pulse", nist.pulse("9999-11-25T21:30:00.000Z"))]
        stamps = authority.stamp(draw.seal_text())
        for _ in range(TEXTS // 3):
            token = "--token", self.garble(self.random.choice(stamps))
            self.ask([*given, token, *self.random.choice(([], [("--tsa-cert", authority.certificate)]))])

    def test_words_of_receipts(self):
        """Of more than is sealed, of other rules, of other bets, of an agency more; and of a chunk without bets."""
        draw, given = of_manual()
        rows, other = maker.SMALL[1][1], draw.rules_text(number=1, before=draw.rules_text(), close="2026-11-25T22:02:00Z")
        for receipts, why in ((draw.receipt(1, 1, rows), "only 3 are sealed"), (draw.receipt(1, 0, rows, rules=other), "bets 0 to 2 names"),
                              (draw.receipt(1, 1, rows[:2]), "bets 1 to 2 is of other bets"), (draw.receipt(1, 3, [], rules=other), "no bets at 3"),
                              (draw.receipt(1, 0, rows) + draw.receipt(5, 0, rows), "not only of 1")):
            some = [pair if pair[0] != "--receipts" else (pair[0], receipts) for pair in given]
            for files in some, [pair for pair in some if pair[0] != "--seal-json"]:
                _, claims = self.ask(files, "--agency", "1", words=True)
                if files is some:
                    self.assertTrue([claim for claim in claims if claim["state"] == "false" and why in claim["why"]], claims)

    def test_garbled_packages(self):
        draw, _ = of_manual()
        for _ in range(TEXTS // 3):
            folder = os.path.join(self.folder, "package")
            os.makedirs(folder, exist_ok=True)
            noted = draw.package(folder)
            name = self.random.choice(sorted(os.listdir(folder)))
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read()
            with open(os.path.join(folder, name), "wb") as file:
                file.write(self.garble(data))
            self.ask([("--result", draw.result(7)), ("--export-after", draw.export()), ("--winners", draw.winners(7))],
                     "--package", "package", "--manifest-hash", noted)


if __name__ == "__main__":
    unittest.main()
