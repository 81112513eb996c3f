"""Of files that are right or broken the package's verify says what `quiniela verify` says."""
import contextlib
import functools
import io
import itertools
import json
import os
import random
import subprocess
import sys
import unittest
from unittest import mock

from story import SOURCES, PythonStory

from harness import PROGRAM, hang_s
from planted_central import maker
from quiniela import command, ed25519, records
from quiniela.errors import Unavailable

VKEY = maker.SERVER.vkey.decode()
GARBLED = int(os.environ.get("QUINIELA_TEXTS", "60"))
# How the number came is for `quiniela verify` alone. The package names that claim, so that nobody takes it for checked.
OF_THE_NUMBER = {"number", "approvals", "winners"}
PIECES = [b"\n", b"\n\n", b" ", b"0", b"-", b"18446744073709551616", b"\xff", b"=", b"\r\n", b"\0", b"x,y,2,2000-01-01,7\n"]


def several(draw):
    """Receipts of two commits, and of a chunk that was sent again."""
    rows = maker.SMALL[1][1]
    return (draw.receipt(1, 0, rows[:2]) + draw.receipts(draw.receipt_entry(1, 0, rows[:2]), time="2026-11-25T20:01:00Z")[0] +
            draw.receipts(draw.receipt_entry(5, 0, ["o,o,1,2000-01-01,1"]), draw.receipt_entry(1, 2, rows[2:]))[1])


def files(draw):
    """What agency 1 has, by flag; `seal-2` is another copy."""
    return {"rules": draw.rules(), "seal": draw.seal(), "seal-2": draw.seal(), "proof": draw.proof(1, 1), "receipts": several(draw),
            "csv": draw.csv(1), "salt-key": maker.b64(draw.key(1)) + b"\n", "result": draw.result(7)}


def entry_file(draw, agency):
    return draw.entry(agency) + b"\n" + draw.proof(agency, 0).partition(b"\n\n")[2]


DRAW = maker.Draw()
HONEST = files(DRAW)
OTHERS = {"another draw": maker.Draw(origin=b"lottery.example/central/2026-11-26"),
          "another key": maker.Draw(server=maker.Key("lottery.example/central", bytes([3]) * 32)),
          "another name": maker.Draw(server=maker.STRANGER, origin=b"stranger.example/x/2026-11-25"),
          "other bets": maker.Draw({**maker.SMALL, 1: ("finished", maker.SMALL[1][1][::-1])}),
          "fewer bets": maker.Draw({**maker.SMALL, 1: ("finished", maker.SMALL[1][1][:2])}),
          "another agency's": maker.Draw({**maker.SMALL, 1: maker.SMALL[5], 5: maker.SMALL[1]}),
          "fewer agencies": maker.Draw({number: maker.SMALL[number] for number in range(1, 5)}),
          "another secret": maker.Draw(secret=bytes(32))}


def broken(data):
    """Ways to have no file, or not all of it."""
    half = len(data) // 2
    return {"empty": b"", "an empty line": b"\n", "empty lines": b"\n\n", "garbage": b"garbage", "a line of garbage": b"garbage\n",
            "a paragraph of garbage": b"garbage\n\n", "without its last byte": data[:-1], "without its last two": data[:-2], "half": data[:half],
            "half and an empty line": data[:half] + b"\n\n", "without its last line": b"".join(data.splitlines(True)[:-1]),
            "without its first line": b"".join(data.splitlines(True)[1:]), "with an empty line": data + b"\n", "with garbage": data + b"garbage",
            "with a line of garbage": data + b"garbage\n", "with a paragraph of garbage": data + b"garbage\n\n",
            "twice": data + data, "after an empty line": b"\n" + data, "with CR": data.replace(b"\n", b"\r\n")}


@unittest.skipIf(ed25519.checker() is None, "neither cryptography nor openssl 3 is here to check signatures")
class Both(PythonStory):
    def setUp(self):
        super().setUp()
        patched = mock.patch("quiniela.ed25519.verify", functools.lru_cache(maxsize=None)(ed25519.verify))
        patched.start()
        self.addCleanup(patched.stop)
        self.numbers = itertools.count()

    def arguments(self, given, key, further):
        words = ["--key", key] if key else []
        for name, data in given.items():
            path = f"{next(self.numbers)}-{name}"
            self.write(path, data)
            words += ["--" + name.rstrip("-0123456789"), path]
        return [*words, *further]

    def in_python(self, arguments):
        printed = io.StringIO()
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                status = command.main(["verify", *arguments])
            except SystemExit as end:
                status = end.code
        return status, printed.getvalue()

    @staticmethod
    def claims(printed):
        found = []
        for line in printed.splitlines():
            state, _, rest = line.partition("  ")
            what = rest.strip().partition(": ")[0]
            if state in ("ok", "FALSE", "not checked") and what not in OF_THE_NUMBER:
                found.append((state, what))
        return sorted(found)

    def ask(self, given, *further, key=VKEY):
        """The status and what Python prints, once both have said the same."""
        arguments = self.arguments(given, key, further)
        status, printed = self.in_python(arguments)
        done = subprocess.run([PROGRAM, "verify", "--json", *arguments], cwd=self.folder, capture_output=True, check=False, timeout=hang_s())
        said = f"{' '.join(arguments)}\nthe program: {done.stdout.decode()}{done.stderr.decode()}\nin Python: {printed}"
        self.assertEqual(done.returncode, status, said)
        if status != 2:
            wanted = [("FALSE" if claim["state"] == "false" else claim["state"], claim["what"]) for claim in json.loads(done.stdout)["claims"]]
            wanted = [each for each in wanted if each[0] in ("ok", "FALSE", "not checked") and each[1] not in OF_THE_NUMBER]
            self.assertEqual(self.claims(printed), sorted(wanted), said)
        return status, printed

    def test_texts_that_differ_where_nothing_checks(self):
        """Anybody may have written either: it is not checked, and no fraud, no broken word, no fork. What is of no signature is false."""
        forged = maker.Draw({**maker.SMALL, 1: ("finished", maker.SMALL[1][1][:2])})
        fork = [DRAW.rules_text(number=1, before=DRAW.rules_text(), close=f"2026-11-25T22:0{minute}:00Z") for minute in (1, 2)]
        rules = {f"rules-{number}": maker.note(text, maker.SERVER) for number, text in enumerate(fork, 1)}
        for given, what in (({"seal-2": forged.seal()}, "seal"), ({"proof": forged.proof(1, 1)}, "proof"), (rules, "rules"),
                            ({"proof": forged.proof(1, 1), "seal": forged.seal(), "seal-2": forged.seal()}, "receipts"),
                            ({"result-2": DRAW.result(8)}, "result"), ({"result": forged.result(7)}, "result")):
            given = {name: data for name, data in {**HONEST, **given}.items() if name not in ("csv", "salt-key")}
            arguments = self.arguments(given, VKEY, ())
            with self.subTest(what=what, given=list(given)):
                status, printed = self.in_python(arguments)
                self.assertEqual(status, 1, printed)
                with mock.patch.object(ed25519, "verify", side_effect=Unavailable("nothing checks here")):
                    status, printed = self.in_python(arguments)
                self.assertEqual((status, "FALSE" in printed, "raud" in printed, "broke" in printed, "fork" in printed), (3, False, False, False, False),
                                 printed)
                self.assertRegex(printed, rf"(?m)^not checked  {what}.*: .*(another|differ|only 2).*: nothing checks here$")
        with mock.patch.object(ed25519, "verify", side_effect=Unavailable("nothing checks here")):
            self.assertEqual(self.in_python(self.arguments({**HONEST, "csv": DRAW.csv(5)}, VKEY, ("--agency", "1")))[0], 1)

    def test_no_word_is_broken_without_a_key(self):
        """Anybody may have written receipts and proof; false they are all the same."""
        given = {"receipts": HONEST["receipts"], "proof": OTHERS["fewer bets"].proof(1, 1)}
        for key, more in (VKEY, {}), (None, {"rules": DRAW.rules()}), (None, {}):
            status, printed = self.ask({**given, **more}, key=key)
            self.assertEqual((status, "only 2 are sealed" in printed, "broke its word" in printed), (1, True, bool(key or more)), printed)

    def without(self, *names):
        return {name: data for name, data in HONEST.items() if name not in names}

    def test_right_ones(self):
        self.assertEqual(self.ask(self.without("result"), "--agency", "1")[0], 0)
        self.assertEqual(self.ask(HONEST, "--agency", "1")[0], 3)  # how the number came
        for name in HONEST.keys() - {"salt-key"}:
            with self.subTest(f"without {name}"):
                self.assertIn(self.ask(self.without(name), "--agency", "1")[0], (0, 3))
        for size in 1, 2:
            for names in itertools.combinations([name for name in HONEST if name != "csv"], size):
                for key in VKEY, None:
                    with self.subTest(f"only {' and '.join(names)}", key=key):
                        self.assertNotEqual(self.ask({name: HONEST[name] for name in names}, "--agency", "1", key=key)[0], 1)

    def test_broken_ones_among_all_and_alone(self):
        for name, data in HONEST.items():
            for how, text in broken(data).items():
                with self.subTest(name, how=how):
                    status, _ = self.ask({**HONEST, name: text}, "--agency", "1")
                    if (name, how) == ("receipts", "twice"):  # as of chunks that were sent again
                        self.assertEqual(status, 3)
                        continue
                    self.assertTrue(status == 1 or name == "csv", status)
                    if name != "csv":
                        self.assertEqual(self.ask({name: text}, "--agency", "1")[0], 1)

    def test_of_another_draw_or_another_key(self):
        """Each beside all others; of another draw or key, also beside each other one."""
        for how, draw in OTHERS.items():
            for name, data in files(draw).items():
                with self.subTest(name, how=how):
                    self.ask({**HONEST, name: data}, "--agency", "1")
                    for beside in HONEST.keys() - {name, "csv"} if name != "csv" and how.startswith("another ") else ():
                        self.ask({name: data, beside: HONEST[beside]}, "--agency", "1")

    def test_what_a_reader_found(self):
        for text in b"garbage", b"", HONEST["receipts"][:-1], HONEST["receipts"] + HONEST["receipts"][:200]:
            status, printed = self.ask({"receipts": text})
            self.assertEqual(status, 1, printed)
        self.assertIn("line 16: the last receipt is cut off", printed)
        other = OTHERS["another draw"]
        status, printed = self.ask({"seal": DRAW.seal(), "receipts": other.receipt(1)})
        self.assertEqual(status, 1)
        self.assertIn("is of another draw", printed)

    def test_of_another_agency(self):
        five = {"proof": DRAW.proof(5, 1), "receipts": DRAW.receipt(5), "salt-key": maker.b64(DRAW.key(5)) + b"\n"}
        for name, data in five.items():
            with self.subTest(name):
                self.assertEqual(self.ask({**HONEST, name: data}, "--agency", "1")[0], 1)
        self.assertEqual(self.ask({"receipts": DRAW.receipt(1) + DRAW.receipt(5)})[0], 1)

    def test_of_other_rules(self):
        second = DRAW.rules(number=1, before=DRAW.rules_text(), close="2026-11-25T22:01:00Z")
        fork = DRAW.rules(number=1, before=DRAW.rules_text(), close="2026-11-25T22:02:00Z")
        named = DRAW.receipt(1, rules=DRAW.rules_text(number=1, before=DRAW.rules_text(), close="2026-11-25T22:01:00Z"))
        for given, wanted in (({"rules-2": second}, 0), ({"rules-2": second, "rules-3": fork}, 1), ({"rules": second}, 1),
                              ({"receipts-2": named}, 3), ({"rules-2": second, "receipts-2": named}, 0)):
            with self.subTest(given.keys()):
                self.assertEqual(self.ask({**self.without("result"), **given}, "--agency", "1")[0], wanted)
        unsigned = DRAW.rules_text() + b"\n" + maker.STRANGER.line(maker.STRANGER.sign(DRAW.rules_text()))
        for key in VKEY, None, maker.STRANGER.vkey.decode():
            self.assertEqual(self.ask({"rules": unsigned}, key=key)[0], 1)
        wrong = DRAW.rules()[:-20] + (b"A" if DRAW.rules()[-20:-19] != b"A" else b"B") + DRAW.rules()[-19:]
        self.assertEqual(self.ask({"rules": wrong}, key=None)[0], 1)
        self.assertEqual(self.ask(self.without("result"), "--agency", "1", "--key", maker.STRANGER.vkey.decode())[0], 0)
        both = DRAW.rules(maker.STRANGER)
        self.assertEqual(self.ask({**self.without("result"), "rules": both}, "--agency", "1", key=maker.STRANGER.vkey.decode())[0], 0)

    def test_which_wrong_signature_is_said(self):
        """The rules' key is looked at before the others that were given; with no rules, the keys as they were given."""
        wrong = [key.line(key.sign(b"another text")) for key in (maker.SERVER, maker.STRANGER)]
        seal = DRAW.seal_text() + b"\n" + b"".join(wrong)
        for given, key, named in (({"rules": DRAW.rules()}, maker.SERVER, maker.SERVER), ({"rules": DRAW.rules()}, maker.STRANGER, maker.SERVER),
                                  ({}, maker.STRANGER, maker.STRANGER)):
            other = maker.STRANGER if key is maker.SERVER else maker.SERVER
            arguments = self.arguments({**given, "seal": seal}, key.vkey.decode(), ("--key", other.vkey.decode()))
            status, printed = self.in_python(arguments)
            done = subprocess.run([PROGRAM, "verify", *arguments], cwd=self.folder, capture_output=True, text=True, check=False, timeout=hang_s())
            lines = [[line for line in said.splitlines() if line.startswith("FALSE  ")] for said in (printed, done.stdout)]
            self.assertEqual((status, lines[0]), (done.returncode, lines[1]))
            self.assertRegex(lines[0][0], f"of {named.name.decode()} is wrong")

    def test_several_of_a_kind(self):
        """All that is given counts, and not only the last."""
        bad = several(OTHERS["another key"])
        for first, second in ((bad, HONEST["receipts"]), (HONEST["receipts"], bad)):
            self.assertEqual(self.ask({"receipts": first, "receipts-2": second})[0], 1)
        self.assertEqual(self.ask({"seal": DRAW.seal(), "result": DRAW.result(7), "result-2": DRAW.result(8)})[0], 1)
        self.assertEqual(self.ask({"seal": DRAW.seal(), "seal-2": OTHERS["other bets"].seal()})[0], 1)
        for flag in ("csv", "salt-key"):
            self.assertEqual(self.ask({**HONEST, f"{flag}-2": HONEST[flag]}, "--agency", "1")[0], 2)
        self.assertEqual(self.ask(HONEST, "--agency", "1", "--agency", "1")[0], 2)
        for agency in "0", "-1", "1_0", "+1", "01", "x", "10000001":
            self.assertEqual(self.ask(HONEST, f"--agency={agency}")[0], 2)
        self.assertEqual(self.ask({"salt-key": HONEST["salt-key"]})[0], 2)
        self.assertEqual(self.ask({"salt-key": HONEST["salt-key"]}, "--agency", "1")[0], 2)

    def test_witnesses(self):
        draw = maker.Draw(witnesses=[maker.WITNESS])
        seal = draw.seal((maker.WITNESS, 1795640400))
        self.assertEqual(self.ask({"rules": draw.rules(), "seal": seal})[0], 0)
        self.assertEqual(self.ask({"rules": draw.rules(), "seal": draw.seal()})[0], 3)
        wrong = draw.seal() + maker.WITNESS.line(bytes(8) + maker.WITNESS.sign(seal))
        for text in wrong, seal + seal.splitlines(True)[-1], draw.seal() + maker.WITNESS.line(bytes(71)):
            self.assertEqual(self.ask({"rules": draw.rules(), "seal": text})[0], 1)

    def test_entries(self):
        """Which `quiniela verify` has not: they are proofs without a bet, and answered as those."""
        entry = entry_file(DRAW, 1)
        right = {**self.without("proof", "result"), "entry": entry}
        self.assertEqual(self.in_python(self.arguments(right, VKEY, ["--agency", "1"]))[0], 0)
        for how, text in broken(entry).items():
            for beside in {}, {"seal": HONEST["seal"]}, self.without("proof", "result"):
                with self.subTest(how, beside=beside.keys()):
                    status, printed = self.in_python(self.arguments({**beside, "entry": text}, VKEY, ["--agency", "1"]))
                    self.assertEqual(status, 1, printed)
        for how, draw in OTHERS.items():
            for beside in HONEST.keys() - {"csv", "salt-key"}:
                if how == "another key" and beside in ("rules", "result") or how == "another secret" and beside != "result":
                    continue
                given = {beside: HONEST[beside]}
                as_proof = {**given, "proof-2": draw.proof(1, 0)}
                with self.subTest(how, beside=beside):
                    status, printed = self.in_python(self.arguments({**given, "entry": entry_file(draw, 1)}, VKEY, ["--agency", "1"]))
                    self.assertEqual(status, self.ask(as_proof, "--agency", "1")[0], printed)
        self.assertEqual(self.in_python(self.arguments({"entry": entry_file(DRAW, 5)}, VKEY, ["--agency", "1"]))[0], 1)

    def test_garbled_ones(self):
        chance, false = random.Random(23), 0
        for _ in range(GARBLED):
            name = chance.choice(sorted(HONEST))
            data = HONEST[name]
            at = chance.randrange(len(data) + 1)
            end = min(len(data), at + chance.choice((1, 1, 2, 5, 30)))
            data = chance.choice((data[:at] + data[end:], data[:at] + chance.choice(PIECES) + data[at:], data[:at] + data[at:end] + data[at:],
                                  data[:at] + bytes(byte ^ 1 << chance.randrange(8) for byte in data[at:at + 1]) + data[at + 1:]))
            false += self.ask({**HONEST, name: data}, "--agency", "1")[0] == 1
        self.assertGreater(false, GARBLED // 2)

    def test_a_file_of_bets_without_the_salts(self):
        """Is held against receipts, where `quiniela verify` asks for the key."""
        given = {"receipts": HONEST["receipts"], "csv": HONEST["csv"]}
        self.assertEqual(self.in_python(self.arguments(given, VKEY, ["--agency", "1"]))[0], 3)
        given["csv"] = OTHERS["other bets"].csv(1)
        status, printed = self.in_python(self.arguments(given, VKEY, ["--agency", "1"]))
        self.assertEqual((status, printed.count("is of other bets than the CSV has there")), (1, 1), printed)

    def test_an_entry_of_more_bets_than_there_are_ends(self):
        """The count is somebody else's word, and is not gone through."""
        check = mock.Mock(total=3)
        found = command.verify.__globals__["Check"](mock.Mock(agency=1), [])
        found.salt_key, found.entries = bytes(32), {1: records.Entry(1, b"finished", 2**63, bytes(32))}
        self.assertRaisesRegex(Exception, f"has 3 bets, and {2**63} are sealed", found.check_sealed, check)


class OwnFaults(PythonStory):
    """What goes wrong in the command itself, or around it, says nothing of the draw: 2, and never 1. Of `winners`, 1."""

    def shell(self, redirection, *words, python=("-m", "quiniela"), unbuffered=""):
        done = subprocess.run(["sh", "-c", f'"$@" {redirection}', "sh", sys.executable, "-S", *python, *words], cwd=self.folder, check=False,
                              capture_output=True, text=True, timeout=hang_s(),
                              env={**os.environ, "PYTHONPATH": SOURCES, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": unbuffered})
        return done.returncode, done.stderr

    def test_outputs_that_cannot_be_written(self):
        self.write("seal", DRAW.seal())
        few, many = ("verify", *["--seal", "seal"] * 2), ("verify", *["--seal", "seal"] * 200)
        self.assertEqual(self.shell(">/dev/null", *few), (3, ""))
        self.assertEqual(self.shell(">/dev/null 2>&-", *few), (3, ""))
        for words, unbuffered in (few, ""), (few, "1"), (many, ""):
            for redirection, said in (">/dev/full", "No space left"), (">&-", "standard output is closed"), (">/dev/full 2>/dev/full", ""), (
                    ">&- 2>&-", ""):
                with self.subTest(redirection, words=len(words), unbuffered=unbuffered):
                    status, errors = self.shell(redirection, *words, unbuffered=unbuffered)
                    self.assertNotIn("Traceback", errors)
                    self.assertEqual((status, said in errors), (2, True), errors)
        self.assertEqual(self.shell(">&-", "winners", "bets.csv", "--agency", "1", "--server", "127.0.0.1:1")[0], 2)
        self.assertEqual(self.shell(">/dev/full", "verify", "--help")[0], 2)
        nobody, written = os.pipe()
        os.close(nobody)
        with open(written, "wb") as pipe:  # as in front of `head`
            done = subprocess.run([sys.executable, "-S", "-m", "quiniela", *few], cwd=self.folder, check=False, stdout=pipe, stderr=subprocess.PIPE,
                                  timeout=hang_s(), env={**os.environ, "PYTHONPATH": SOURCES, "PYTHONDONTWRITEBYTECODE": "1"})
        self.assertEqual((done.returncode, b"Broken pipe" in done.stderr, b"Traceback" in done.stderr), (2, True, False), done.stderr)

    def test_what_nobody_thought_of(self):
        for fault in "RuntimeError", "MemoryError", "RecursionError", "OSError":
            for word, status in ("verify", 2), ("winners", 1):
                text = ("import sys\nfrom quiniela import command\ndef fail(given): raise %s\ncommand.verify = command._send = fail\n"
                        "sys.argv[1:] = %r\ncommand.run()" % (fault, {"verify": ["verify", "--seal", "x"],
                                                                      "winners": ["winners", "x", "--agency", "1", "--server", "x:1"]}[word]))
                done = self.shell("", python=("-c", text))
                self.assertEqual(done[0], status, done)
                self.assertIn(fault if fault != "OSError" else "quiniela: ", done[1])


if __name__ == "__main__":
    unittest.main()
