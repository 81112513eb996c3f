"""Whoever cheats is caught by the verifier in Python, with what an agency, a bettor or an auditor has."""
import contextlib
import os
import resource
import socket
import subprocess
import sys
import unittest

import beacon
import maker
from asking import OTHER, Asking

CLOSE = 1795640400  # 2026-11-25T21:00:00Z


def changed(agencies, agency, rows):
    return {**agencies, agency: (agencies[agency][0], rows)}


class Central(Asking):
    """A central, or who has its key."""

    def test_a_bet_after_the_seal(self):
        """…that is told a winner: it is in no tree."""
        after = maker.Draw(changed(maker.SMALL, 4, ["a,b,1,2000-01-01,0", "late,b,1,2000-01-01,7"]))
        honest = self.draw.seal()
        for proof in after.proof(4, 1), after.proof(4, 1, seal=honest):
            self.in_any_line(self.ask(1, rules=self.draw.rules(), seal=honest, proof=proof), "FALSE", "proof")
        self.in_any_line(self.ask(1, rules=self.draw.rules(), seal=honest, proof=after.proof(4, 1)), "two seals were signed")

    def test_a_chunk_left_out(self):
        """The receipt shows it without showing any bet; so does the CSV, also where as many others were put in."""
        receipt = self.draw.receipt(1)
        for rows, word in (maker.SMALL[1][1][:2], "only 2 are sealed: the central broke its word"), (maker.SMALL[1][1], None):
            less = maker.Draw(changed(maker.SMALL, 1, rows))
            said = self.ask(1 if word else 3, rules=less.rules(), seal=less.seal(), seal_json=less.seal_json(), receipts=receipt)
            self.in_any_line(said, *(("FALSE", "receipts receipts, sealed", word) if word else ("ok", "receipts receipts, sealed")))
        other = maker.Draw(changed(maker.SMALL, 1, ["c,d,1,2000-01-01,1"] * 3))
        said = self.ask(1, "--agency", "1", rules=other.rules(), seal=other.seal(), seal_json=other.seal_json(), receipts=receipt,
                        csv=self.draw.csv(1), salt_key=maker.b64(self.draw.key(1)) + b"\n")
        self.in_any_line(said, "ok", "csv csv, receipts")
        self.in_any_line(said, "FALSE", "csv csv", "the central broke its word")

    def test_known_by_a_proof(self):
        """Whoever has no seal.json has the count from the proof of any bet of the agency."""
        less = maker.Draw(changed(maker.SMALL, 1, maker.SMALL[1][1][:2]))
        said = self.ask(1, rules=less.rules(), proof=less.proof(1, 0), receipts=self.draw.receipt(1))
        self.in_any_line(said, "FALSE", "receipts", "the central broke its word")
        said = self.ask(3, rules=less.rules(), seal=less.seal(), receipts=self.draw.receipt(1))
        self.in_any_line(said, "not checked", "receipts", "is not known")

    def test_two_seals(self):
        """Also one of them with another state or for one agency only."""
        for agencies in changed(maker.SMALL, 5, maker.SMALL[5][1][:1]), {**maker.SMALL, 4: ("finished", maker.SMALL[4][1])}:
            second = maker.Draw(agencies)
            self.in_any_line(self.ask(1, seal=self.draw.seal(), seal_2=second.seal()), "FALSE", "seal_2", "two seals were signed")
            self.in_any_line(self.ask(1, seal=self.draw.seal(), seal_2=second.seal()), "FALSE", "seals", "there are two")
            self.in_any_line(self.ask(1, seal=self.draw.seal(), proof=second.proof(1, 0)), "FALSE", "proof",
                             "two seals were signed")
            self.in_any_line(self.ask(1, proof=self.draw.proof(1, 0), code=second.code(1, 0)), "FALSE", "code",
                             "two seals were signed")

    def test_the_second_is_not_witnessed(self):
        draw = maker.Draw(changed(maker.SMALL, 5, []), witnesses=[maker.WITNESS])
        said = self.ask(0, rules=draw.rules(), seal=draw.seal(), proof=draw.proof(1, 0), code=draw.code(1, 0))
        self.in_any_line(said, "ok", "seals", "2 copies")
        said = self.ask(3, rules=draw.rules(), seal=draw.seal())
        self.in_any_line(said, "not checked", "seals", "only one copy")

    def test_a_copy_that_is_none(self):
        """…does not count as one."""
        other = maker.Draw(origin=b"lottery.example/central/x").seal()
        for second in other, b"x", maker.note(self.draw.seal_text(), maker.STRANGER):
            said = self.ask(1, rules=self.draw.rules(), seal=self.draw.seal(), seal_2=second)
            self.in_any_line(said, "not checked", "seals", "only one copy")

    def test_the_same_copy_twice(self):
        path = self.write("seal", self.draw.seal())
        self.in_any_line(self.ask(3, "--seal", path, "--seal", path), "only one copy")

    def test_a_fork_of_the_rules(self):
        first = self.draw.rules()
        text = self.draw.rules_text()
        second, other = (self.draw.rules(number=1, before=text, close=f"2026-11-25T22:0{n}:00Z") for n in (1, 2))
        self.in_any_line(self.ask(0, rules=first, rules_2=second), "ok", "rules", "records 0 to 1 are one chain")
        self.in_any_line(self.ask(1, rules=first, rules_2=second, rules_3=other), "FALSE", "rules", "a fork of the rules")
        self.in_any_line(self.ask(1, rules=second), "FALSE", "rules", "record 0 is missing")
        graft = self.draw.rules(number=1, before=b"others")
        self.in_any_line(self.ask(1, rules=first, rules_2=graft), "FALSE", "does not name the one before")
        receipt = self.draw.receipt(1, rules=self.draw.rules_text(number=1, before=text, close="2026-11-25T22:02:00Z"))
        said = self.ask(1, rules=first, seal=self.draw.seal(), seal_json=self.draw.seal_json(), receipts=receipt)
        self.in_any_line(said, "FALSE", "receipts receipts, rules", "a fork")
        said = self.ask(3, rules=first, receipts=receipt)
        self.in_any_line(said, "not checked", "receipts receipts, rules")

    def test_what_a_record_may_not_change(self):
        text = self.draw.rules_text()
        for other, word in ((maker.Draw(how="fixed"), "how the number comes"),
                            (maker.Draw(approvers=[maker.APPROVER_2]), "who approves"),
                            (maker.Draw(witnesses=[maker.WITNESS]), "witnesses"), (maker.Draw(tsas=[bytes(32)]), "time-stamping"),
                            (maker.Draw(secret=bytes(32)), "secret"),
                            (maker.Draw(origin=b"lottery.example/central/x"), "another draw")):
            record = other.rules(number=1, before=text)
            self.in_any_line(self.ask(1, rules=self.draw.rules(), rules_2=record), "FALSE", word)

    def test_a_pulse_moved_to_an_earlier_minute(self):
        named = b"2 2026-11-25T21:%d:00Z " + b"00" * 64 + b" " + maker.b64(bytes(32))
        draw = maker.Draw(how="beacon", nist=named % 30, witnesses=[maker.WITNESS])
        for minute, status in (30, 0), (31, 0), (29, 1):
            self.ask(status, rules=draw.rules(), rules_2=draw.rules(number=1, before=draw.rules_text(), nist=named % minute))

    def test_rules_made_after_the_seal(self):
        """The tree has the hash of the newest ones."""
        later = self.draw.rules(number=1, before=self.draw.rules_text(), close="2026-11-25T23:00:00Z")
        said = self.ask(1, rules=self.draw.rules(), rules_2=later, seal=self.draw.seal(), seal_json=self.draw.seal_json())
        self.in_any_line(said, "FALSE", "seal.json", "other rules", "is a later record missing?")

    def test_rules_that_make_no_sense(self):
        text = self.draw.rules_text()
        for old, new in ((b"approvals 1", b"approvals 2"), (b"approvals 1", b"approvals 0"), (b"number manual", b"number beacon"),
                         (b"number manual", b"number drum"), (b"agencies 5", b"agencies 0"), (b"agencies 5", b"agencies 10000001"),
                         (maker.APPROVER.vkey, maker.Key("a", bytes(range(0x20))).vkey), (b"0 -", b"0 " + maker.b64(bytes(32))),
                         (b"secret", b"further line\nsecret"), (b"close 2026-11-25", b"close 2026-02-29")):
            self.assertIn(old, text)
            self.in_any_line(self.ask(1, rules=maker.note(text.replace(old, new), maker.SERVER)), "FALSE", "rules")
        twice = [maker.APPROVER, maker.Key("z", bytes(range(0x20, 0x40)))]
        witness_twice = [maker.WITNESS, maker.Key("z", bytes([9]) * 32, kind=4)]
        soon = b"2 2026-11-25T21:%d:00Z " + b"00" * 64 + b" " + maker.b64(bytes(32))
        for draw, status in ((maker.Draw(approvers=twice), 1), (maker.Draw(witnesses=witness_twice), 1),
                             (maker.Draw(how="beacon", nist=soon % 15), 1),
                             (maker.Draw(how="beacon", nist=soon % 14, witnesses=[maker.WITNESS]), 1),
                             (maker.Draw(how="beacon", nist=soon % 15, witnesses=[maker.WITNESS]), 0)):
            self.ask(status, rules=draw.rules())

    def test_another_number(self):
        files = {"rules": self.draw.rules(), "seal": self.draw.seal(), "seal_2": self.draw.seal(),
                 "approval": self.draw.approval(7)}
        self.ask(0, **files, result=self.draw.result(7))
        self.in_any_line(self.ask(1, **files, result=self.draw.result(8)), "FALSE", "approvals")
        self.in_any_line(self.ask(1, **files, result=self.draw.result(7), result_2=self.draw.result(8)), "FALSE", "two results")
        said = self.ask(1, rules=self.draw.rules(), result=self.draw.result(7), result_2=self.draw.result(7, seal=b"another"))
        self.in_any_line(said, "FALSE", "result result_2", "two results")

    def test_winners_who_are_none(self):
        files = {"rules": self.draw.rules(), "seal": self.draw.seal(), "seal_2": self.draw.seal(),
                 "approval": self.draw.approval(7),
                 "seal_json": self.draw.seal_json(), "secret": maker.b64(self.draw.secret) + b"\n", "export": self.draw.export()}
        self.in_any_line(self.ask(0, **files, result=self.draw.result(7)), "ok", "winners")
        for winners in 1, 3:
            self.in_any_line(self.ask(1, **files, result=self.draw.result(7, winners=winners)), "FALSE", "winners",
                             "2 bets are on 0007")

    def test_another_key(self):
        self.in_any_line(self.ask(1, key=maker.STRANGER, rules=self.draw.rules()), "FALSE", "key", "none of those given")
        self.in_any_line(self.ask(1, key=maker.STRANGER, proof=self.draw.proof(1, 0)), "FALSE", "not signed by")

    def test_the_key_of_the_draw_before(self):
        """Old and new sign the first rules after a change."""
        self.in_any_line(self.ask(0, key=maker.STRANGER, rules=self.draw.rules(maker.STRANGER)), "ok", "key",
                         "has signed these rules, too")

    def test_the_key_of_the_draw_before_signs_the_first_record(self):
        """Which names the new key: no later record can name another, and receipts and the seal are of the new one."""
        text = self.draw.rules_text()
        rules, later = self.draw.rules(maker.STRANGER), self.draw.rules(number=1, before=text, close="2026-11-25T22:00:00Z")
        both = self.draw.rules(maker.STRANGER, number=1, before=text, close="2026-11-25T22:00:00Z")
        files = {"rules_2": later, "seal": self.draw.seal(rules=later.rpartition(b"\n\n")[0] + b"\n"), "receipts": self.draw.receipt(1)}
        said = self.ask(3, key=maker.STRANGER, rules=rules, **files)
        for what in "key", "seal seal", "receipts receipts":
            self.in_any_line(said, "ok", what)
        self.in_any_line(self.ask(1, key=maker.STRANGER, rules=self.draw.rules(), **files), "FALSE", "key", "none of those given")
        self.in_any_line(self.ask(1, key=maker.STRANGER, rules=self.draw.rules(), rules_2=both), "FALSE", "key", "none of those given")
        spoilt = both[:-10] + (b"A" if both[-10:-9] != b"A" else b"B") + both[-9:]
        self.in_any_line(self.ask(1, key=maker.STRANGER, rules=rules, rules_2=spoilt), "FALSE", "rules rules_2", "is wrong")

    def test_a_wrong_line_of_a_key_that_was_given(self):
        """Also where another one signs the draw: of a known key there is one line, and it is right."""
        wrong = maker.STRANGER.line(maker.STRANGER.sign(b"another text\n"))
        right = {"rules": self.draw.rules(maker.STRANGER), "seal": self.draw.seal()}
        self.ask(3, key=maker.STRANGER, **right)
        for name, data in (("seal", self.draw.seal()), ("proof", self.draw.proof(1, 0)), ("result", self.draw.result(7))):
            said = self.ask(1, key=maker.STRANGER, **{**right, name: data + wrong})
            self.in_any_line(said, "FALSE", f"{name} {name}", "is wrong")

    def test_things_of_another_draw(self):
        other = maker.Draw(origin=b"lottery.example/central/2026-11-26")
        files = {"rules": self.draw.rules(), "seal": self.draw.seal()}
        for name, data in (("proof", other.proof(1, 0)), ("code", other.code(1, 0)), ("receipts", other.receipt(1)),
                           ("result", other.result(7)),
                           ("approval", other.approval(7)), ("seal_2", other.seal()), ("rules_2", other.rules()),
                           ("seal_json", other.seal_json())):
            self.in_any_line(self.ask(1, **files, **{name: data}), "FALSE", "another draw")
        self.in_any_line(self.ask(1, "--origin", other.origin.decode(), **files), "FALSE", "another draw")

    def test_a_seal_of_another_draw_is_no_second_one(self):
        """A file left over from yesterday accuses nobody of two seals."""
        other = maker.Draw(origin=b"lottery.example/central/2026-11-24")
        for files in ({"rules": self.draw.rules(), "seal": self.draw.seal(), "seal_2": other.seal()},
                      {"seal": self.draw.seal(), "seal_2": other.seal()}, {"seal": other.seal(), "proof": self.draw.proof(1, 0)}):
            said = self.ask(1, **files)
            self.in_any_line(said, "FALSE", "is of another draw")
            self.assertNotIn("there are two", said)
            self.assertNotIn("two seals", said)

    def test_a_seal_of_other_agencies_is_a_second_one(self):
        """Whichever is given first, and whoever has signed the right one besides."""
        draw = maker.Draw(witnesses=[maker.WITNESS])
        less = maker.Draw({a: maker.SMALL[a] for a in range(1, 5)})
        seals = draw.seal((maker.WITNESS, 1_700_000_000)), less.seal()
        for one, other in seals, seals[::-1]:
            self.in_any_line(self.ask(1, rules=draw.rules(), seal=one, seal_2=other), "FALSE", "seals", "there are two")
        self.in_any_line(self.ask(1, rules=draw.rules(), seal=seals[0], proof=less.proof(1, 0)), "FALSE", "seals", "there are two")
        unsigned = less.seal()[:-10] + b"A" * 9 + b"\n"
        self.in_any_line(self.ask(1, rules=draw.rules(), seal=seals[0], seal_2=unsigned), "ok", "seals", "there is one")

    def test_a_pulse_that_readers_of_json_may_differ_on(self):
        """Be it in a field that nobody reads."""
        good = beacon.Beacon().pulse("2026-11-25T22:00:00.000Z")
        self.ask(3, pulse=good)
        for value, status in ((b"18446744073709551615", 3), (b"18446744073709551616", 1), (b"-9223372036854775808", 3),
                              (b"-9223372036854775809", 1), (b"1" * 400, 1), (b"1e308", 3), (b"-1e309", 1), (b'"\\ud83d\\ude00"', 3),
                              (b'"\\ud83d"', 1), (b'[["\\ude00"]]', 1), (b'{"\\ud83d":1}', 1), (b'"\\u0000"', 3), (b"NaN", 1), (b"01", 1),
                              (b"[" * 63 + b"]" * 63, 3), (b"[" * 64 + b"]" * 64, 1), (b"[" * 62 + b"[],{}" + b"]" * 62, 3),
                              (b'{"a":' * 63 + b"1" + b"}" * 63, 3), (b'{"a":' * 64 + b"1" + b"}" * 64, 1),
                              (b"[" * 500 + b"]" * 500, 1), (b'{"a":' * 500 + b"1" + b"}" * 500, 1), (b"[" * 30000 + b"]" * 30000, 1),
                              (b'"' + b"[" * 100 + b'\\"' + b"{" * 100 + b'\\\\"', 3)):
            self.ask(status, pulse=good.replace(b'"pulse"', b'"other": ' + value + b', "pulse"', 1))

    def test_fewer_agencies_than_the_rules_have(self):
        less = maker.Draw({a: maker.SMALL[a] for a in range(1, 5)})
        for name, data in ("seal", less.seal()), ("proof", less.proof(1, 0)), ("code", less.code(1, 0)):
            self.in_any_line(self.ask(1, rules=self.draw.rules(), **{name: data}), "FALSE", "of 4 agencies")


    def test_a_tree_that_holds_something_else(self):
        """A central can put anything into its trees: a bet that says it is another's, another sum, an agency twice."""
        class Strange(maker.Draw):
            def text(self, agency, index):
                return super().text(agency, index).replace(b"4,0", b"5,7")

        strange = Strange()
        for name, data in ("proof", strange.proof(4, 0)), ("code", strange.code(4, 0)):
            self.in_any_line(self.ask(1, **{name: data}), "FALSE", name, "another agency")

        class More(maker.Draw):
            bets = 7

        more = More()
        self.in_any_line(self.ask(1, seal=more.seal(), seal_json=more.seal_json()), "FALSE",
                         "the agencies have 6 bets, and it says 7")

        class Twice(maker.Draw):
            bets = 9

            def entry(self, agency):
                return super().entry(1 if agency == 2 else agency)

        twice, first = Twice(), b'{"agency":1'
        line = next(line for line in twice.seal_json().splitlines(keepends=True) if line.startswith(first))
        data = twice.seal_json().replace(b'{"agencies":[2,3],"state":"cut"},\n', b"")
        data = data.replace(b'{"agencies":[2,2],"state":"cut"},\n', line)
        self.in_any_line(self.ask(1, seal=twice.seal(), seal_json=data), "FALSE", "seal.json",
                         "is not of agency 2, which comes next")

    def test_a_receipt_under_the_note_of_another_draw(self):
        other = maker.Draw(origin=b"lottery.example/central/x")
        block = other.receipts(self.draw.receipt_entry(1, 0, maker.SMALL[1][1]))[0]
        self.in_any_line(self.ask(1, receipts=block), "FALSE", "another draw than its note")


class Stored(Asking):
    """Who changes what is stored, after the seal: which agency is said."""

    def ask_of(self, rows, agency, status, *words):
        other = maker.Draw(changed(maker.SMALL, agency, rows))
        said = self.ask(status, rules=self.draw.rules(), seal=self.draw.seal(), seal_2=self.draw.seal(),
                        seal_json=self.draw.seal_json(),
                        secret=maker.b64(self.draw.secret) + b"\n", export=other.export())
        self.in_any_line(said, *words)

    def test_a_bet(self):
        one = maker.SMALL[1][1]
        self.ask_of(one, 1, 0, "ok", "export")
        self.ask_of([*one, "late,b,1,2000-01-01,7"], 1, 1, "FALSE", "export", "agency 1 has 4 bets in the export, and 3 are sealed")
        self.ask_of(one[:2], 1, 1, "FALSE", "agency 1 has 2 bets in the export, and 3 are sealed")
        self.ask_of([], 1, 1, "FALSE", "agency 1 has no bets in the export")
        self.ask_of([one[1], one[0], one[2]], 1, 1, "FALSE", "agency 1 has other bets")
        self.ask_of([one[0], one[1], one[2][:-1] + "6"], 1, 1, "FALSE", "agency 1 has other bets")
        self.ask_of([one[0], one[1], one[2].replace(",7", ",07")], 1, 1, "FALSE", "agency 1 has other bets")
        self.ask_of(["late,b,1,2000-01-01,7"], 3, 1, "FALSE", "agency 3 has 1 bets in the export, and none is sealed")

    def test_a_bet_of_another_agency(self):
        moved = maker.Draw({**maker.SMALL, 4: ("cut", []), 5: ("finished", [*maker.SMALL[5][1], *maker.SMALL[4][1]])})
        export = {"rules": self.draw.rules(), "seal": self.draw.seal(), "seal_json": self.draw.seal_json(),
                  "secret": maker.b64(self.draw.secret) + b"\n"}
        said = self.ask(1, **export, export=moved.export())
        self.in_any_line(said, "FALSE", "agency 4 has no bets", "agency 5 has 3 bets")
        beyond = self.draw.export() + b"6,a,b,1,2000-01-01,1\n"
        self.in_any_line(self.ask(1, **export, export=beyond), "agency 6 has 1 bets in the export, and there is no such agency")
        for data, word in ((b"x" + self.draw.export(), "line 1"), (b"," + self.draw.export()[2:], "decimal"), (b"2,a,b,1,2000-01-01,1\n1,a,b,1,2000-01-01,1\n", "comes after"),
                           (b"1,a,b,1,2000-01-01,10000\n", "no bet"), (b"\n" + self.draw.export(), "empty line"),
                           (self.draw.export().replace(b"4,a", b"04,a"), "decimal"), (b"1," + b"a" * 3000, "more than")):
            self.in_any_line(self.ask(1, **export, export=data), "FALSE", "export", word)

    def test_seal_json(self):
        """It is believed only where it gives the seal's root."""
        good = self.draw.seal_json(voided=[(2, 1, 30)])
        self.in_any_line(self.ask(3, seal=self.draw.seal(), seal_json=good), "note", "30 bets of agency 2 were voided by reset 1")
        for old, new in ((b'"bets":6', b'"bets":7'), (b'"count":3', b'"count":4'),
                         (b'"state":"finished","count":2', b'"state":"cut","count":2'),
                         (b"[2,2]", b"[2,3]"), (b"[3,3]", b"[3,2]"), (b'"agencies":5', b'"agencies":6'),
                         (b'"count":3', b'"count":03'),
                         (b'{"agencies":[2,2],"state":"cut"},\n', b""), (b'"count":30}\n', b'"count":30},\n'), (b"]}\n", b"]}\n\n"),
                         (b'"entries":[\n', b'"entries":[\n\n'), (b'"voided"', b'"Voided"'), (b'"count":3,', b'"count": 3,'),
                         (b'"reset":1', b'"reset":4294967296'), (b'"agency":2,"reset"', b'"agency":4294967296,"reset"')):
            self.assertIn(old, good)
            self.in_any_line(self.ask(1, seal=self.draw.seal(), seal_json=good.replace(old, new)), "FALSE", "seal.json")

    def test_another_seal_json(self):
        """…that holds in itself."""
        other = maker.Draw(changed(maker.SMALL, 5, []))
        self.in_any_line(self.ask(1, seal=self.draw.seal(), seal_json=other.seal_json()), "FALSE", "seal.json", "another root")

    def test_runs(self):
        """Agencies without bets, next to each other, are one run."""
        draw = maker.Draw({a: ("cut" if a < 5 else "finished", []) for a in range(1, 9)})
        good = draw.seal_json()
        self.assertIn(b"[1,4]", good)
        self.in_any_line(self.ask(3, seal=draw.seal(), seal_json=good), "ok", "seal.json", "8 agencies, 0 bets")
        two = good.replace(b"[1,4]", b'[1,2],"state":"cut"},\n{"agencies":[3,4]')
        self.in_any_line(self.ask(1, seal=draw.seal(), seal_json=two), "FALSE", "goes on with the run")


class Agency(Asking):
    """What an agency checks of its own file."""

    def ask_csv(self, status, csv, **more):
        draw = maker.Draw(maker.SMALL)
        return self.ask(status, "--agency", "1", rules=draw.rules(), seal=draw.seal(), seal_2=draw.seal(), csv=csv,
                        **{"seal_json": draw.seal_json(), "salt_key": maker.b64(draw.key(1)) + b"\n", **more})

    def test_its_csv(self):
        for data in (self.draw.csv(1), self.draw.csv(1, b"\n"), self.draw.csv(1)[:-2], b"\xef\xbb\xbf" + self.draw.csv(1),
                     self.draw.csv(1) + b"\n\r\n"):
            self.in_any_line(self.ask_csv(0, data), "ok", "csv", "its first 3 bets are those sealed of agency 1 (finished)")
        self.in_any_line(self.ask_csv(0, self.draw.csv(1), result=self.draw.result(7), approval=self.draw.approval(7)), "note",
                         "2 of its sealed bets")
        more = self.ask_csv(0, self.draw.csv(1) + b"z,z,1,2000-01-01,1\n")
        self.in_any_line(more, "note", "bets 3 to 3 are not in the draw")
        for data, word in ((self.draw.csv(5), "has 2 bets, and 3 are sealed"), (b"\n" + self.draw.csv(1), "empty line"),
                           (b"", "has 0 bets"),
                           (self.draw.csv(1).replace(b"7574", b"7575"), "not those sealed"), (b"x", "no bet"),
                           (self.draw.csv(1).replace(b'7"', b'7'), "quotes")):
            self.in_any_line(self.ask_csv(1, data), "FALSE", "csv", word)
        self.in_any_line(self.ask_csv(1, self.draw.csv(1), salt_key=maker.b64(self.draw.key(2)) + b"\n"), "not those sealed")
        self.in_any_line(self.ask_csv(1, self.draw.csv(1), secret=maker.b64(self.draw.secret) + b"\n",
                                      salt_key=maker.b64(bytes(32)) + b"\n"),
                         "FALSE", "salt key")

    def test_its_receipts(self):
        rows = maker.SMALL[1][1]
        blocks = self.draw.receipt(1, 0, rows[:2]) + self.draw.receipts(self.draw.receipt_entry(5, 0, ["o,o,1,2000-01-01,1"]),
                                                                       self.draw.receipt_entry(1, 2, rows[2:]))[1]
        blocks += self.draw.receipt(1, 3, [])
        self.in_any_line(self.ask_csv(0, self.draw.csv(1), receipts=blocks), "ok", "csv csv, receipts", "each of the 3")
        for receipt, word in ((self.draw.receipt(1, 1, rows[:2]), "other bets than the CSV has"),
                              (self.draw.receipt(1, 2, rows[:2]), "up to 4"),
                              (self.draw.receipt(2, 0, rows), "of agency 2, too"),
                              (maker.Draw(secret=bytes(32)).receipt(1), "another nonce"),
                              (self.draw.receipt(1).replace(b"index 0", b"index 1"), "entry 1"),
                              (blocks.replace(b"path ", b"path  "), "base64"), (blocks.replace(b"\n\n", b"\n\n\n"), "missing")):
            self.in_any_line(self.ask_csv(1, self.draw.csv(1), receipts=receipt), "FALSE", "receipts", word)


class Package(Asking):
    """What an auditor took before the number was known."""

    def setUp(self):
        super().setUp()
        self.package = os.path.join(self.folder, "package")
        os.mkdir(self.package)

    def ask_package(self, status, *flags, **files):
        return self.ask(status, "--package", "package", *flags, **files)

    def test_it_is_whole(self):
        noted = self.draw.package(self.package)
        said = self.ask_package(0, "--manifest-hash", noted, seal=self.draw.seal(), result=self.draw.result(7),
                                approval=self.draw.approval(7))
        for words in ("package package", "its 6 files"), ("manifest",
                                                          "was noted"), ("export package/export.csv",), ("winners",), ("secret",):
            self.in_any_line(said, "ok", *words)
        self.in_any_line(self.ask_package(3), "note", noted)
        self.in_any_line(self.ask_package(1, "--manifest-hash", "00" * 32), "FALSE", "manifest")

    def test_other_bets(self):
        """The manifest tells, and which agency it is."""
        self.draw.package(self.package)
        other = maker.Draw(changed(maker.SMALL, 5, ["x,y,2,2000-01-01,9999", "x,y,2,2000-01-01,9998"]))
        self.write("package/export.csv", other.export())
        said = self.ask_package(1)
        self.in_any_line(said, "FALSE", "package", "export.csv: has another SHA-256")
        self.in_any_line(said, "FALSE", "export", "agency 5 has other bets")

    def test_what_is_no_package(self):
        outside = self.write("outside", self.draw.seal())
        self.in_any_line(self.ask_package(1), "FALSE", "package", "manifest.txt")

        def unlink(name):
            os.unlink(os.path.join(self.package, name))
        for spoil, word in ((lambda: unlink("seal.json"), "no such file"),
                            (lambda: self.write("package/more", b""), "not in the manifest"),
                            (lambda: (unlink("seal.note"), os.symlink(outside, f"{self.package}/seal.note")), "is a link"),
                            (lambda: (unlink("seal.note"), os.mkfifo(f"{self.package}/seal.note")), "no regular file"),
                            (lambda: self.write("package/audit.log", b"{}"), "has 2 bytes, and 3 in the manifest"),
                            (lambda: self.manifest(b" audit.log", b" ../outside"), "no package has"),
                            (lambda: self.manifest(b" audit.log", b" zzz.log"), "no package has"),
                            (lambda: self.manifest(b" audit.log", b" token-1.der"), "order"),
                            (lambda: self.manifest(b" audit.log", b" audit-1.log"), "one of audit-0.log, … is missing"),
                            (lambda: self.manifest(b" rules-0.note", b" rules-0.notes"), "no package has"),
                            (lambda: self.manifest(b" rules-0.note", b" rules-00.note"), "no package has"),
                            (lambda: self.manifest(b" audit.log", b" export.csv"), "order"),
                            (lambda: self.manifest(b"\n", b"\r\n"), "manifest"),
                            (lambda: self.manifest(b"quiniela package v1", b"x"), "manifest"),
                            (lambda: self.manifest(b" audit.log", b"  audit.log"), "manifest"),
                            (lambda: unlink("manifest.txt"), "manifest.txt")):
            for name in os.listdir(self.package):
                unlink(name)
            self.draw.package(self.package)
            spoil()
            self.in_any_line(self.ask_package(1), "FALSE", "package", word)

    def test_what_its_reader_cannot_open(self):
        """That says nothing of the package. Of its many logs no more than one is open at a time."""
        verifier = OTHER or [sys.executable, "-S", os.path.join(maker.ROOT, "verifiers", "verify.py")]
        for name, status in ("audit-%d.log", 3), ("token-%d.der", 2):
            for old in os.listdir(self.package):
                os.unlink(os.path.join(self.package, old))
            self.draw.package(self.package, **{name % number: b"{}\n" for number in range(60)})
            done = subprocess.run([*verifier, "--key", maker.SERVER.vkey.decode(), "--package", self.package], capture_output=True,
                                  check=False, timeout=60,
                                  preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40)))
            said = done.stdout.decode() + done.stderr.decode()
            self.assertEqual(done.returncode, status, said)
            self.assertNotIn("FALSE", said)
            self.assertIn("files are those of the manifest" if status == 3 else "too many open files", said.lower())

    def test_a_socket(self):
        self.draw.package(self.package)
        os.unlink(os.path.join(self.package, "seal.note"))
        with socket.socket(socket.AF_UNIX) as there, contextlib.chdir(self.package):
            there.bind("seal.note")
        self.in_any_line(self.ask_package(1), "FALSE", "package", "no regular file")

    def test_too_many_files(self):
        self.draw.package(self.package)
        for number in range(2003):
            self.write(f"package/{number}", b"")
        said = self.ask_package(1)
        self.in_any_line(said, "FALSE", "package", "there are more than 2000 files")
        self.in_any_line(said, "ok", "export")

    def manifest(self, old, new):
        with open(os.path.join(self.package, "manifest.txt"), "rb") as file:
            data = file.read()
        self.assertIn(old, data)
        self.write("package/manifest.txt", data.replace(old, new))

    def test_incomplete(self):
        for name in "export.csv", "rules-0.note", "seal.json", "seal.note", "secret.txt":
            self.draw.package(self.package)
            with open(os.path.join(self.package, "manifest.txt"), "rb") as file:
                lines = file.read().splitlines(keepends=True)
            self.write("package/manifest.txt", b"".join(line for line in lines if not line.endswith(b" " + name.encode() + b"\n")))
            self.in_any_line(self.ask_package(1), "FALSE", "package", f"has no {name}: the package is incomplete")


if __name__ == "__main__":
    unittest.main()
