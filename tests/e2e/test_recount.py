"""An auditor counts a draw again, and whatever was changed is found with the agency's number."""
import base64
import hashlib
import json
import re
import unittest

from recounting import ROWS, Page, Recount, beacon, maker, sha256


class Whole(Recount):
    def test_every_claim_holds(self):
        said = self.recount(0)
        self.assertIn("Every claim holds", said)
        self.assertRegex(said, r"(?m)^ +1  finished +3 +3 +2  19cd20E1w6ovtaTMYybFcRiQ0S4GRb\+Ph7lSgtwJomo=$")
        self.assertRegex(said, r"(?m)^ +all +6 +6 +2$")
        self.assertNotIn("DIFFERS", said)

    def test_the_report(self):
        found = self.report(0)
        self.assertEqual([found[key] for key in ("format", "origin", "number", "sealed", "counted", "winners", "whole")],
                         ["quiniela recount v1", maker.ORIGIN.decode(), "0007", 6, 6, 2, True])
        self.assertEqual([found[key] for key in ("manifest", "rules", "seal")],
                         [self.noted, sha256(self.draw.rules_text()), sha256(self.draw.seal_text())])
        for row, agency in zip(found["agencies"], range(1, 6)):
            state, rows = maker.SMALL[agency]
            root = maker.b64(maker.root(self.draw.leaves(agency))).decode()
            self.assertEqual(row, {"first": agency, "last": agency, "equal": True, "state": state, "sealed": len(rows), "counted": len(rows),
                                   "winners": 2 if agency == 1 else 0, "sealed_root": root, "counted_root": root})
        self.assertEqual(len(found["agencies"]), 5)

    def test_the_page(self):
        self.recount(0, "--json", "report.json", "--page", "page.html")
        text = self.read("page.html").decode()
        page = Page(text)
        for word in (maker.ORIGIN.decode(), "0007", self.noted, sha256(self.draw.rules_text()), sha256(self.draw.seal_text()),
                     sha256(self.read("report.json"))):
            self.assertIn(word, page.isolated)
        style = re.search(r"(?s)<style>(.*)</style>", text)[1]
        policy = next(value for _, value in page.attributes if value and "default-src" in value)
        hash_ = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self.assertEqual(policy, f"default-src 'none'; style-src 'sha256-{hash_}'; base-uri 'none'; form-action 'none'")
        self.assertFalse({"script", "img", "link", "iframe", "form", "a", "object"} & set(page.tags))
        self.assertFalse([name for name, _ in page.attributes if name.startswith("on") or name in ("src", "href", "style")])
        self.assertIn("Todo lo afirmado se cumple.", text)

    def test_the_same_files_give_the_same_bytes(self):
        self.recount(0, "--json", "report.json", "--page", "page.html")
        self.recount(0, "--json", "second.json", "--page", "second.html")
        self.assertEqual(self.read("report.json"), self.read("second.json"))
        self.assertEqual(self.read("page.html"), self.read("second.html"))

    def test_a_beacon(self):
        nist = beacon.Beacon()
        draw = maker.Draw(how="beacon", nist=nist.named("2026-11-25T21:30:00Z"), witnesses=[maker.WITNESS])
        self.pack(draw=draw)
        pulse = nist.pulse("2026-11-25T21:30:00.000Z")
        number = maker.derived(draw.seal_text(), bytes.fromhex(json.loads(pulse)["pulse"]["outputValue"]))
        for name, data in (("pulse.json", pulse), ("certificate.pem", nist.certificate), ("result.note", draw.result(number)),
                           ("winners.csv", draw.winners(number))):
            self.write(name, data)
        found = self.report(0, without=["--approval"], pulse="pulse.json", nist_cert="certificate.pem")
        self.assertEqual(found["number"], f"{number:04}")
        self.write("result.note", draw.result((number + 1) % 10000))
        said = self.recount(1, without=["--approval", "--winners"], pulse="pulse.json", nist_cert="certificate.pem")
        self.false(said, "number", f"{number:04}")

    def test_a_time_stamp_without_its_certificate(self):
        """Which is in the package, and checked or not: nothing else shows when the seal was there."""
        nist, authority = beacon.Beacon(), beacon.Authority()
        self.addCleanup(authority.folder.cleanup)
        draw = maker.Draw(how="beacon", nist=nist.named("9999-11-25T21:30:00Z"), tsas=[authority.fingerprint], close="9999-11-25T21:00:00Z")
        pulse = nist.pulse("9999-11-25T21:30:00.000Z")
        number = maker.derived(draw.seal_text(), bytes.fromhex(json.loads(pulse)["pulse"]["outputValue"]))
        for name, data in (("pulse.json", pulse), ("certificate.pem", nist.certificate), ("result.note", draw.result(number)),
                           ("winners.csv", draw.winners(number)), ("tsa.pem", authority.certificate), ("agency.seal", draw.seal())):
            self.write(name, data)
        more = {"without": ["--approval"], "pulse": "pulse.json", "nist_cert": "certificate.pem", "seal": "agency.seal"}
        self.pack(draw=draw, **{"seal.note": draw.seal(), "token-0.der": authority.stamp(draw.seal_text())[1]})
        said = self.recount(3, **more)
        self.assertRegex(said, r"(?m)^not checked  token package/token-0\.der: no --tsa-cert")
        self.assertRegex(said, r"(?m)^not checked  time: ")
        self.assertNotIn("FALSE", said)
        self.assertRegex(self.recount(0, tsa_cert="tsa.pem", **more), r"(?m)^ok +time: ")
        for token in authority.stamp(b"another")[1], b"":  # false without any certificate: it leaves no time open
            self.pack(draw=draw, **{"seal.note": draw.seal(), "token-0.der": token})
            for certificate in {}, {"tsa_cert": "tsa.pem"}:
                self.assertRegex(self.recount(1, **certificate, **more), r"(?ms)^FALSE +token .*^FALSE +time: ")

    def test_what_an_auditor_lacks(self):
        for flag, what in (("--manifest-hash", "manifest"), ("--result", "result"), ("--key", "key"), ("--approval", "approvals")):
            said = self.recount(3, without=[flag] + ["--winners"] * (flag == "--result"))
            self.assertRegex(said, f"(?m)^not checked  {what}: ")
        self.recount(0, without=["--export-after", "--winners"])

    def test_many_agencies(self):
        """The page has so many rows, the JSON has all; agencies without bets stand together."""
        agencies = {a: ("finished", ["a,b,1,2000-01-01,7"] if a % 2 else []) for a in range(1, 10401)} | {
            a: ("cut", []) for a in range(10401, 10501)}
        draw = maker.Draw(agencies, witnesses=[maker.WITNESS])
        self.pack(draw=draw)
        for name, data in (("result.note", draw.result(7)), ("approval.note", draw.approval(7, seal=draw.seal_text())),
                           ("after.csv", draw.export()), ("winners.csv", draw.winners(7))):
            self.write(name, data)
        self.recount(0, "--json", "report.json", "--page", "page.html")
        found, page = json.loads(self.read("report.json")), self.read("page.html").decode()
        self.assertEqual((len(found["agencies"]), found["winners"]), (10401, 5200))
        self.assertEqual([row["first"] for row in found["agencies"] if row["winners"]], list(range(1, 10401, 2)))
        self.assertEqual([found["agencies"][-1][key] for key in ("first", "last", "counted")], [10401, 10500, 0])
        self.assertEqual((page.count("<td>=\n"), "todas están en el informe en JSON" in page), (5000, True))


class Changed(Recount):
    """After the seal, in the store: the package is whole, and has other bets than were sealed."""

    def check(self, rows, agencies, **more):
        self.pack(**{"export.csv": b"".join(rows), **more})
        found = self.report(1)
        said = self.recount(1, "--page", "page.html")
        for agency in agencies:
            self.false(said, "export package/export.csv", f"agency {agency} ")
            self.assertIn(agency, [row["first"] for row in found["agencies"] if not row["equal"]])
            self.assertRegex(said, rf"(?m)^ +{agency}  .*  DIFFERS$")
        self.assertEqual(len([row for row in found["agencies"] if not row["equal"]]), len(agencies))
        self.assertEqual((found["winners"], found["whole"]), (None, True))
        page = self.read("page.html").decode()
        self.assertIn("HAY ALGO FALSO", page)
        self.assertEqual(page.count("DIFIERE"), len(agencies))
        self.check_python()

    def check_python(self):
        status, claims = self.in_python()
        self.assertEqual(status, 1)
        own = [claim for claim in self.report(1)["claims"] if claim["what"] != "audit.log"]
        self.assertEqual([(claim["state"], claim["what"]) for claim in own], [(claim["state"], claim["what"]) for claim in claims])

    def test_a_bet_more(self):
        self.check([*ROWS[:4], b"4,late,b,1,2000-01-01,7\n", *ROWS[4:]], [4])

    def test_a_bet_less(self):
        self.check(ROWS[:1] + ROWS[2:], [1])
        self.check(ROWS[:3] + ROWS[4:], [4])

    def test_a_bet_of_another_agency(self):
        self.check(ROWS[:3] + [b"5" + ROWS[3][1:]] + ROWS[4:], [4, 5])

    def test_a_bet_of_an_agency_without_bets(self):
        """…or of one that there is not."""
        self.check(ROWS[:3] + [b"2" + ROWS[3][1:]] + ROWS[4:], [2, 4])
        self.check([*ROWS, b"9,x,y,2,2000-01-01,1\n"], [9])

    def test_neighbours_exchanged(self):
        self.check([ROWS[0], ROWS[2], ROWS[1], *ROWS[3:]], [1])

    def test_another_number(self):
        self.check([*ROWS[:4], ROWS[4].replace(b",9999", b",9998"), ROWS[5]], [5])

    def test_any_bit(self):
        """That leaves a bet, or none: the agency is named, or the one before it."""
        for index, row in enumerate(ROWS):
            for at in range(0, len(row), 9):
                other = bytearray(row)
                other[at] ^= 1 << (at + index) % 8
                self.pack(**{"export.csv": b"".join([*ROWS[:index], bytes(other), *ROWS[index + 1:]])})
                said = self.recount(1)
                self.assertRegex(said, r"(?m)^FALSE +export .*\bagency \d" if index else r"(?m)^FALSE +export ", f"row {index}, byte {at}")

    def test_an_export_that_breaks_off(self):
        """What was counted up to there is no total; how many bets are sealed is known all the same, from seal.json alone."""
        def totals(**changed):
            self.pack(**changed)
            found = self.report(1)
            said = self.recount(1, "--page", "page.html")
            row = re.search(r"(?m)^ +all +(.*)$", said)
            shown = Page(self.read("page.html").decode()).isolated[2:5]
            self.assertRegex(self.read("page.html").decode(), "<th colspan=2>Total" + "".join(f"<td class=n>{re.escape(t)}" for t in shown))
            return [found[key] for key in ("sealed", "counted", "winners", "whole")], row and row[1].split(), shown
        for at in 0, 5:
            broken = b"".join([*ROWS[:at], b"0" + ROWS[at], *ROWS[at + 1:]])
            numbers, row, shown = totals(**{"export.csv": broken})
            self.assertEqual((numbers, shown), ([6, None, None, False], ["6", "?", "?"]))
            self.assertEqual(row, ["6", "?", "?"] if at else None)
        other = maker.Draw({**maker.SMALL, 5: ("finished", [])})
        numbers, row, shown = totals(**{"seal.json": other.seal_json()})
        self.assertEqual((numbers, row, shown), ([None, None, None, False], None, ["?", "?", "?"]))

    def test_every_file_of_the_package(self):
        """A bit in each, whatever the manifest says of it afterwards; but a log, which only the manifest's hash keeps."""
        noted = self.noted
        for name in ("manifest.txt", "export.csv", "rules-0.note", "seal.json", "seal.note", "secret.txt", "audit.log"):
            self.pack()
            data = self.read(f"package/{name}")
            for at in range(0, len(data), max(1, len(data) // 5)):
                other = bytearray(data)
                other[at] ^= 1 << at % 8
                self.pack()
                self.write(f"package/{name}", bytes(other))
                self.noted = noted
                self.check_python()
                if name not in ("manifest.txt", "audit.log"):
                    self.pack(**{name: bytes(other)})
                    may_be = (1, 3) if name == "seal.note" else (1,)  # 3: a witness that is somebody else
                    self.assertIn(self.run_recount(*self.flags())[0], may_be, f"{name}, byte {at}")
                    self.noted = noted
                    self.recount(1)

    def test_a_seal_of_the_changed_bets(self):
        """The package is taken with another seal than the agencies have."""
        other = maker.Draw({**maker.SMALL, 5: ("finished", maker.SMALL[5][1][:1])}, witnesses=[maker.WITNESS])
        self.write("agency.seal", self.draw.seal())
        self.pack(draw=other)
        self.false(self.recount(1, seal="agency.seal"), "two seals were signed")

    def test_after_the_package_was_taken(self):
        """In the store: an export from after the draw shows it, and a list of winners that follows it."""
        other = maker.Draw({**maker.SMALL, 4: ("cut", [*maker.SMALL[4][1], "late,b,9,2000-01-01,7"])})
        self.write("after.csv", other.export())
        self.write("winners.csv", other.winners(7))
        said = self.recount(1)
        self.false(said, "later export after.csv", "agency 4 has 2 bets in it, and 1 in the one of before")
        self.false(said, "winners winners.csv", "agency 4 bet 1 is listed, and has not won")

    def test_a_result_with_other_winners(self):
        self.write("result.note", self.draw.result(7, winners=3))
        self.false(self.recount(1), "winners", "2 bets are on 0007, and the result says 3")

    def test_another_number_than_was_approved(self):
        self.write("result.note", self.draw.result(8))
        self.write("winners.csv", self.draw.winners(8))
        self.false(self.recount(1), "approvals")


if __name__ == "__main__":
    unittest.main()
