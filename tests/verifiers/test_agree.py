"""The program's reader of draws and the one in Python take the same texts, and refuse the same.

QUINIELA_AGREE is a program (agree.c); texts are garbled at random, the same in each run. QUINIELA_TEXTS=N: so many.
"""
import base64
import json
import os
import random
import re
import struct
import subprocess
import unittest

import beacon
import maker
from asked import KEY
from quiniela_verify import (bets, checks_after, checks_bets, encoding, files, merkle, notes, openssl, package, proof, pulse, records, rules,
                             seal_json)
from quiniela_verify.encoding import Refused

TEXTS = int(os.environ.get("QUINIELA_TEXTS", "20000"))
PIECES = [b"\n", b"\n\n", b" ", b"0", b"1", b"9", b"-1", b"-", b"18446744073709551615", b"18446744073709551616", b"\xff", b'"',
          b"{", b"}",
          b"[", b",", b"\r\n", b"\r", b"\0", b"\x7f", b"=", b"==", b"1e5", b"1.0", b"null", b"true", b'"a":1,', b"\xef\xbb\xbf",
          b"/", b"+",
          b"\t", b"\xed\xa0\x80", b"\\u0041", b"\\ud800", *(text.encode() for text in "—é\u2028\u0085٣ｚ")]


def signed(found):
    if not found.is_signed(KEY):
        raise Refused("is not signed")


READ = {"R": rules.read, "S": records.read_seal, "A": records.read_approval, "E": records.read_result,
        "N": records.read_receipts_note,
        "r": records.parse_receipt, "P": lambda data: signed(proof.read_text(data)),
        "C": lambda data: signed(proof.parse_code(data)),
        "J": pulse.read, "V": notes.vkey, "B": bets.split_text, "6": encoding.base64_decode, "3": encoding.base32_decode,
        "d": encoding.decimal, "i": encoding.instant, "o": encoding.origin}


def good_ones():
    """Texts that are taken, of each kind."""
    nist = beacon.Beacon()
    draw = maker.Draw(witnesses=[maker.WITNESS], tsas=[bytes(32), b"a" * 32], approvers=[maker.APPROVER, maker.APPROVER_2])
    drawn = maker.Draw(how="beacon", nist=nist.named("2026-11-25T21:30:00Z"), witnesses=[maker.WITNESS])
    json_ = nist.pulse("2026-11-25T21:30:00.000Z")
    return {
        "R": [draw.rules(), drawn.rules(), maker.Draw().rules(number=1, before=b"x", close="-")],
        "S": [draw.seal(), draw.seal((maker.WITNESS, 1))], "A": [draw.approval(7)], "E": [draw.result(7)],
        "N": [base64.b64decode(draw.receipt(1).split(b"note ")[1])], "r": [draw.receipt_entry(1, 0, maker.SMALL[1][1])],
        "P": [draw.proof(5, 1), draw.proof(1, 2), draw.proof(4, 0)], "C": [draw.code(5, 1), draw.code(1, 1), draw.code(4, 0)],
        "J": [json_, json.dumps(json.loads(json_)).encode()],
        "V": [maker.SERVER.vkey, maker.WITNESS.vkey, maker.Key("n" * 100, bytes(32)).vkey],
        "B": [draw.text(1, 0), draw.text(5, 1), b"9999999,1," + b"a" * 100 + b"," + b"b" * 100 + b"," + b"1" * 16 + b",2000-02-29,009999"],
        "6": [maker.b64(bytes(range(i))) for i in range(1, 40)],
        "3": [maker.base32(bytes(range(i))) for i in range(1, 20)], "d": [b"0", b"10", b"18446744073709551615"],
        "i": [b"2026-11-25T21:00:00Z", b"2024-02-29T23:59:59Z", b"1970-01-01T00:00:00Z"],
        "o": [maker.ORIGIN, b"a/b", b"a/B/c-_.d", b"a" * 100 + b"/" + b"b" * 64]}


class Limits(unittest.TestCase):
    """How much either takes: what is beyond a limit of one alone would be false by that one."""
    SAME = (("claims/receipt_blocks.h", "RECEIPTS_MAX", checks_bets.RECEIPTS_MAX),
            ("claims/receipt_blocks.h", "RECEIPTS_BYTES_MAX", files.RECEIPTS_BYTES_MAX),
            ("claims/receipt_blocks.h", "RECEIPTS_LINE_BYTES_MAX", files.LINE_BYTES_MAX),
            ("claims/checks.h", "EXPORT_BYTES_MAX", checks_bets.EXPORT_BYTES_MAX),
            ("claims/checks.h", "WINNERS_BYTES_MAX", checks_after.WINNERS_BYTES_MAX),
            ("claims/csv_check.c", "CSV_BYTES_MAX", checks_bets.CSV_BYTES_MAX),
            ("claims/rows.h", "ROWS_LINE_BYTES_MAX", files.CSV_LINE_BYTES_MAX),
            ("claims/sealed_list.h", "SEALED_LIST_BYTES_MAX", seal_json.BYTES_MAX),
            ("claims/sealed_list.h", "SEALED_LIST_LINE_BYTES_MAX", seal_json.LINE_BYTES_MAX),
            ("claims/secret_check.c", "SECRET_FILE_BYTES_MAX", files.SECRET_BYTES_MAX),
            ("claims/manifest.h", "MANIFEST_BYTES_MAX", package.MANIFEST_BYTES_MAX),
            ("claims/manifest.h", "PACKAGE_FILES_MAX", package.FILES_MAX),
            ("seal/timestamp.h", "TIMESTAMP_BYTES_MAX", openssl.TOKEN_BYTES_MAX),
            ("seal/limits.h", "NOTE_BYTES_MAX", notes.NOTE_BYTES_MAX), ("seal/limits.h", "NOTE_SIGNATURES_MAX", notes.SIGNATURES_MAX),
            ("seal/limits.h", "PROOF_BYTES_MAX", proof.PROOF_BYTES_MAX), ("seal/limits.h", "PULSE_BYTES_MAX", pulse.PULSE_BYTES_MAX),
            ("seal/limits.h", "CERTIFICATE_BYTES_MAX", pulse.CERTIFICATE_BYTES_MAX), ("seal/merkle.h", "MERKLE_LEVELS_MAX", merkle.LEVELS_MAX))

    def test_they_are_the_same(self):
        for name, limit, own in self.SAME:
            with open(os.path.join(maker.ROOT, "src", name), encoding="utf-8") as file:
                found = re.search(rf"\b{limit}(?: = |\s+)([^,}}/\n]+)", file.read())
            words = re.findall(r"\d+|\*|<<", re.sub(r"UINT64_C\((\d+)\)", r"\1", found[1]))
            value = int(words[0])
            for sign, number in zip(words[1::2], map(int, words[2::2])):
                value = value * number if sign == "*" else value << number
            self.assertEqual(value, own, f"{name}: {limit}")


class Garbler:
    def __init__(self, seed, others):
        self.random, self.others = random.Random(seed), others
        self.ways = (self.any_byte, self.piece, self.cut, self.twice, self.other, self.instead, self.letter, self.lines)

    def garble(self, data):
        data = bytearray(data)
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            at = self.random.randrange(len(data) + 1)
            end = min(len(data), at + self.random.choice((1, 1, 2, 5, 30)))
            self.random.choice(self.ways)(data, at, end)
        return bytes(data)

    def any_byte(self, data, at, _):
        data[at:at + 1] = self.random.randbytes(1)

    def piece(self, data, at, _):
        data[at:at] = self.random.choice(PIECES)

    @staticmethod
    def cut(data, at, end):
        del data[at:end]

    @staticmethod
    def twice(data, at, end):
        data[at:at] = data[at:end]

    def other(self, data, at, end):
        text = self.random.choice(self.others)
        first = self.random.randrange(len(text))
        data[at:end] = text[first:first + self.random.randrange(80)]

    def instead(self, data, at, end):
        data[at:end] = self.random.choice(PIECES)

    def letter(self, data, at, _):
        """A digit for a digit, a letter for a letter."""
        character = data[at:at + 1]
        if character.isdigit():
            data[at] = self.random.choice(b"0123456789")
        elif character.isalpha():
            data[at] = self.random.choice(b"abcdefABCDEFzZ")

    def lines(self, data, *_):
        lines = data.split(b"\n")
        one, two = (self.random.randrange(len(lines)) for _ in range(2))
        lines[one], lines[two] = lines[two], lines[one]
        data[:] = b"\n".join(lines)


class Agreement(unittest.TestCase):
    def setUp(self):
        self.program = subprocess.Popen([os.environ["QUINIELA_AGREE"], maker.SERVER.vkey.decode()],
                                        # pylint: disable=consider-using-with
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(self.end)

    def end(self):
        self.program.stdin.close()
        self.program.stdout.close()
        self.assertEqual(self.program.wait(), 0)

    def check(self, kind, data):
        """Whether both take it."""
        self.program.stdin.write(kind.encode() + struct.pack(">I", len(data)) + data)
        self.program.stdin.flush()
        said = self.program.stdout.readline().decode("utf-8", "replace").rstrip("\n")
        try:
            READ[kind](data)
            taken, why = True, ""
        except Refused as refused:
            taken, why = False, str(refused)
        self.assertEqual(said.startswith("1"), taken, f"{kind} {data!r}: the program says {said!r}, and the other {taken} {why!r}")
        return taken

    def test_garbled_texts(self):
        good = good_ones()
        garbler = Garbler(18, [data for texts in good.values() for data in texts])
        for kind, texts in good.items():
            for data in texts:
                self.assertTrue(self.check(kind, data), f"{kind} {data!r}")
        taken = refused = 0
        for _ in range(TEXTS):
            kind = garbler.random.choice(list(good))
            if self.check(kind, garbler.garble(garbler.random.choice(good[kind]))):
                taken += 1
            else:
                refused += 1
        self.assertGreater(min(taken, refused), TEXTS // 100, "both should be frequent")

    def test_what_no_key_is(self):
        """A point of a small order, or a y that is too high; as a witness or approver, too. What is next to them is taken."""
        for public in maker.no_keys():
            for kind in 1, 4:
                self.assertFalse(self.check("V", maker.PublicKey("x", public, kind).vkey))
            self.assertFalse(self.check("R", maker.Draw(witnesses=[maker.PublicKey("x", public, 4)]).rules()))
            self.assertFalse(self.check("R", maker.Draw(approvers=[maker.PublicKey("x", public)]).rules()))
            self.assertTrue(self.check("V", maker.PublicKey("x", public[:15] + bytes([public[15] ^ 1]) + public[16:]).vkey))


if __name__ == "__main__":
    unittest.main()
