"""After a draw only the export of before and the list of its winners hold, and who differs is named."""
import os
import unittest

import maker
from asking import Asking

LINES = [b"1,1,A1\n", b"1,2,A1\n"]  # who has won with 7
ROWS = maker.Draw().export().splitlines(keepends=True)


class Packaged(Asking):
    def setUp(self):
        super().setUp()
        os.mkdir(os.path.join(self.folder, "package"))

    def pack(self, **changed):
        """The manifest's SHA-256."""
        return self.draw.package(os.path.join(self.folder, "package"), **changed)


class After(Packaged):
    def setUp(self):
        super().setUp()
        self.noted = self.pack()

    def ask_after(self, status, **files):
        files = {"result": self.draw.result(7), "approval": self.draw.approval(7), **files}
        return self.ask(status, "--package", "package", "--manifest-hash", self.noted, seal=self.draw.seal(),
                        **{name: data for name, data in files.items() if data is not None})

    def test_nothing_has_changed(self):
        said = self.ask_after(0, export_after=self.draw.export(), winners=self.draw.winners(7))
        self.in_any_line(said, "ok", "later export", "byte by byte")
        self.in_any_line(said, "ok", "winners winners", "lists the 2 bets on 0007, and no other")
        said = self.ask_after(0)
        for flag in "--export-after", "--winners":
            self.in_any_line(said, "not given", flag)

    def test_nobody_has_won(self):
        said = self.ask_after(0, result=self.draw.result(1), approval=self.draw.approval(1), winners=b"")
        self.in_any_line(said, "ok", "winners winners", "lists the 0 bets on 0001")

    def test_other_winners(self):
        for lines, why in ((LINES[:1], "agency 1 bet 2 has won, and is not listed"), (LINES[1:], "agency 1 bet 1 has won"),
                           ([], "agency 1 bet 1 has won"), ([b"1,0,30904465\n", *LINES], "agency 1 bet 0 is listed, and has not won"),
                           ([*LINES, b"1,3,A1\n"], "agency 1 bet 3 is listed"), ([*LINES, b"2,0,A1\n"], "agency 2 bet 0 is listed"),
                           ([LINES[0], b"1,2,A2\n"], "agency 1 bet 2 is listed with another document"),
                           ([LINES[0], b"1,2,A1 \n"], "another document"), ([LINES[0], b"1,2,A1\r\n"], "another document"),
                           ([LINES[0], b"1,2,\n"], "another document"), ([LINES[0], b"5,2,A1\n"], "agency 1 bet 2 has won")):
            self.in_any_line(self.ask_after(1, winners=b"".join(lines)), "FALSE", "winners winners", why)

    def test_what_is_no_list(self):
        for lines in (LINES[::-1], LINES + LINES[1:], [LINES[0], LINES[1][:-1]], [b"\n", *LINES], [*LINES, b"\n"], [b"\xef\xbb\xbf", *LINES],
                      [b"0,0,A1\n"], [b"01,1,A1\n"], [b"1,01,A1\n"], [b"1,-1,A1\n"], [b"1,1\n"], [b"1 ,1,A1\n"], [b"10000001,1,A1\n"],
                      [b"1,18446744073709551616,A1\n"], [b"1,1,A1" + b"x" * 2048 + b"\n"], [b"Draw 1: drawn, winning number 0007\n"],
                      [b'{"draw":"1","winning_number":7,"winners":[]}\n'], [b"\0"], [b"1,1,A1\0\n", LINES[1]]):
            self.in_any_line(self.ask_after(1, winners=b"".join(lines)), "FALSE", "winners winners")

    def test_other_bets(self):
        self.assertEqual(len(ROWS), 6)
        late, moved = b"4,late,b,1,2000-01-01,7\n", b"5," + ROWS[3][2:]
        for rows, whys in (([*ROWS[:4], late, *ROWS[4:]], ["agency 4 has 2 bets in it, and 1 in the one of before"]),
                           (ROWS[1:], ["agency 1 has 2 bets in it, and 3"]), (ROWS[:3] + ROWS[4:], ["agency 4 has 0 bets in it, and 1"]),
                           (ROWS[:3] + [moved] + ROWS[4:], ["agency 4 has 0 bets in it, and 1", "agency 5 has 3 bets in it, and 2"]),
                           ([ROWS[0], ROWS[2], ROWS[1], *ROWS[3:]], ["agency 1 has other bets in it", "first bet 1"]),
                           ([*ROWS[:5], ROWS[5].replace(b"x", b"X")], ["agency 5 has other bets in it", "first bet 1"]),
                           ([*ROWS[:5], ROWS[5].replace(b"\n", b"\r\n")], ["agency 5 has other bets"]),
                           ([*ROWS[:5], ROWS[5][:-1]], ["agency 5 has other bets"]), ([], ["agency 1 has 0 bets", "agency 4 has 0 bets"]),
                           ([*ROWS, b"9,x,y,2,2000-01-01,1\n"], ["agency 9 has 1 bets in it, and 0"])):
            for why in whys:
                self.in_any_line(self.ask_after(1, export_after=b"".join(rows)), "FALSE", "later export", why)

    def test_a_bet_of_an_agency_without(self):
        """Nobody else is named."""
        said = self.ask_after(1, export_after=b"".join(ROWS[:3] + [b"2" + ROWS[3][1:]] + ROWS[4:]))
        self.in_any_line(said, "FALSE", "later export", "agency 2 has 1 bets in it, and 0")
        self.in_any_line(said, "FALSE", "later export", "agency 4 has 0 bets in it, and 1")
        for agency in 1, 3, 5:
            self.assertNotIn(f"agency {agency} has", said)

    def test_any_bit(self):
        """Of an export, and of a list: one in each byte."""
        for name, data in ("export_after", self.draw.export()), ("winners", self.draw.winners(7)):
            for at in range(0, len(data), 5 if name == "export_after" else 1):
                other = bytearray(data)
                other[at] ^= 1 << at % 8
                said = self.ask_after(1, **{name: bytes(other)})
                self.in_any_line(said, "FALSE", name.replace("export_after", "later export"), "agency")

    def test_without_what_it_is_compared_with(self):
        self.ask(2, winners=b"", result=self.draw.result(7))
        self.ask(2, export_after=b"")
        said = self.ask_after(3, result=None, approval=None, winners=self.draw.winners(7))
        self.in_any_line(said, "not checked", "winners winners", "no number drawn")
        self.write("package/export.csv", self.draw.export()[5:])
        said = self.ask_after(1, winners=self.draw.winners(7), export_after=self.draw.export())
        self.in_any_line(said, "not checked", "winners winners", "no export that is right")
        self.in_any_line(said, "FALSE", "later export", "line 1")


class Package(Packaged):
    """What of a package's own export is another one, agency by agency, whatever its manifest says."""

    def ask_export(self, rows):
        noted = self.pack(**{"export.csv": b"".join(rows)})
        return self.ask(1, "--package", "package", "--manifest-hash", noted, seal=self.draw.seal(), result=self.draw.result(7))

    def test_other_bets(self):
        late, moved = b"4,late,b,1,2000-01-01,7\n", b"5," + ROWS[3][2:]
        for rows, agencies in (([*ROWS[:4], late, *ROWS[4:]], [4]), (ROWS[1:], [1]), (ROWS[:3] + ROWS[4:], [4]),
                               (ROWS[:3] + [moved] + ROWS[4:], [4, 5]), ([ROWS[0], ROWS[2], ROWS[1], *ROWS[3:]], [1]),
                               ([*ROWS, b"9,x,y,2,2000-01-01,1\n"], [9])):
            for agency in agencies:
                self.in_any_line(self.ask_export(rows), "FALSE", "export", f"agency {agency} ")

    def test_any_bit(self):
        """Whichever it is, its agency, or the one before it, is named; in agency 1 there is none before it."""
        for index, row in enumerate(ROWS):
            for at in range(0, len(row), 3):
                other = bytearray(row)
                other[at] ^= 1 << (at + index) % 8
                said = self.ask_export([*ROWS[:index], bytes(other), *ROWS[index + 1:]])
                self.in_any_line(said, "FALSE", "export", "agency")

    def test_another_secret(self):
        noted = self.pack(**{"secret.txt": maker.b64(bytes(32)) + b"\n"})
        said = self.ask(1, "--package", "package", "--manifest-hash", noted, seal=self.draw.seal())
        self.in_any_line(said, "FALSE", "secret", "is not the one whose hash is in the rules")
        self.in_any_line(said, "not checked", "export", "no salts' secret")


if __name__ == "__main__":
    unittest.main()
