"""A signed draw is sealed before it has a number, and both verifiers accept its files."""
import datetime
import hashlib
import os
import shutil
import signal
import sqlite3
import unittest

from harness import SERVERS, STORES, Agency, Server, Wire, until
from signed_draw import DRAW, SignedStory, beacon, maker


class Fixed(SignedStory):
    def test_the_draw_follows_the_seal(self):
        server = self.serve()
        self.send_all(server)
        server.expect(r"action: seal \| result: success", SERVERS)
        server.expect(r"action: sorteo \| result: success")
        self.assert_kept(["result.note", "rules-0.note", "seal.json", "seal.note"])
        self.assertEqual(self.seal(), self.read(self.kept_file("seal.note")))
        if SERVERS == 1:
            self.expect_event("drawn")
            self.assertEqual([event["event"] for event in self.events() if event["event"] in ("sealed", "root", "drawn")],
                             ["sealed", "root", "drawn"])
        said = self.assert_verified("--seal", self.write("copy.note", self.seal()), status=3)
        self.assertIn("fixed", said)

    def test_it_is_the_same_seal_after_a_restart(self):
        server = self.serve()
        self.send_all(server)
        seal = self.seal()
        self.assert_kept(["result.note", "rules-0.note", "seal.json", "seal.note"])
        server.kill()
        os.remove(self.path(self.kept_file("seal.json")))
        os.remove(self.path(self.kept_file("seal.note")))
        os.remove(self.path(self.kept_file("result.note")))
        server = self.serve()
        server.wait_for(r"action: seal \| result: success", SERVERS)
        self.assertEqual(self.seal(), seal)
        self.assert_kept(["result.note", "rules-0.note", "seal.json", "seal.note"])
        if SERVERS == 1:
            self.assertEqual(self.count_events("root"), 1)
        self.assertEqual(server.count("action: sorteo"), 0)

    def test_it_ends_in_the_middle_and_begins_again(self):
        server = self.serve()
        self.send_all(server, sizes=(200000, 20000, 100), wait=False)
        server.wait_for(r"action: seal \| result: in_progress")
        server.signal(signal.SIGTERM)
        self.assertEqual(server.wait(), 0)
        server = self.serve()
        server.wait_for(r"action: seal \| result: success", SERVERS)
        server.wait_for("open_draw .* state: (sealed|drawn)")
        until(lambda: "result.note" in self.kept(), "the draw")
        self.assert_kept(["result.note", "rules-0.note", "seal.json", "seal.note"])
        self.assert_verified("--seal", self.write("copy.note", self.seal()), status=3)

    def test_an_agency_that_shows_another_seal_before_there_is_one(self):
        """The draw would follow this server's own at once."""
        self.sample((3, 2), (1, 0))
        elsewhere = self.serve("--seal-dir", "elsewhere", agencies=2, store="other.db", servers=1)
        for number in (1, 2):
            answer = Wire(self, elsewhere.ports[0]).ask({"type_message": 2, "agency": number, "payload": [], "first": 0})
            self.assertEqual(answer.kind, "processed")
        elsewhere.wait_for(r"action: seal \| result: success")
        other = self.read("elsewhere", f"draw-{DRAW}", "seal.note").decode()
        elsewhere.kill()
        server = self.serve(agencies=2, servers=1)
        wire = Wire(self, server.ports[1])
        self.assertEqual(wire.ask({"type_message": 3, "agency": 1, "seal": other, "wait": False}).kind, "not_ready")
        wire.send({"type_message": 3, "agency": 1, "seal": other})
        for number in (1, 2):
            Agency(self, number, server.ports)
        self.assertEqual(wire.receive().code, "forked")
        server.wait_for(r"action: seal \| result: fail .* error: forked .*this draw is not made")
        self.assertEqual(self.other_seal().decode(), other)
        server.signal(signal.SIGTERM)
        server.wait()
        server.expect("action: sorteo", 0)

    def test_an_unsigned_draw_has_no_seal(self):
        server = Server(self, agencies=1)
        answer = Wire(self, server.ports[0]).ask({"type_message": 2, "agency": 1, "first": 0, "payload": []})
        self.assertEqual(answer.kind, "processed")
        server.wait_for(r"action: sorteo \| result: success")
        status, printed, errors = self.run_program("seal", environment={"RUNTIME_DIRECTORY": self.folder})
        self.assertEqual((status, printed.strip()), (1, ""))
        self.assertIn("is not signed", errors)


class Away(SignedStory):
    def test_what_fails_is_said(self):
        """The folder is away when the draw seals."""
        server = self.serve("--number", "manual", servers=1)
        os.rename(self.path("seals"), self.path("away"))
        self.write("seals", b"")
        self.send_all(server, wait=False)
        server.wait_for(r"action: seal \| result: fail")
        self.assertRegex(self.order("status"), r"next: the seal cannot be made or kept: .*seals.*; mend that")
        self.assertRegex(self.order("seal", status=1), "its seal is not there: .*seals")
        os.remove(self.path("seals"))
        os.rename(self.path("away"), self.path("seals"))
        self.seal()
        until(lambda: "next: sealed: give the number" in self.order("status"), "the number to be next")


class Manual(SignedStory):
    def setUp(self):
        super().setUp()
        self.approvers = [self.made_key(f"approver-{number}", f"inspector.example/{number}") for number in (1, 2, 3)]

    def serve(self, *flags, approvals=2, **how):
        asked = ["--approvals", approvals, "--approvers", ",".join(self.approvers)] if approvals else []
        return super().serve("--number", "manual", *asked, *flags, **how)

    def approve(self, approver, number):
        name = f"approval-of-{approver}-{number}.note"
        self.write("seal.note", self.seal())
        status, _, errors = self.run_program(
            "approve", "--rules", self.kept_file("rules-0.note"), "--seal", "seal.note", "--server-key", self.vkey, "--number",
            number, "--key", f"approver-{approver}/sign.key", "--output", name, "--yes")
        self.assertEqual(status, 0, errors)
        return name

    def test_the_number_needs_its_approvals(self):
        server = self.serve()
        self.order("seal", status=1)
        agencies = self.send_all(server, wait=False)
        first, second, other = self.approve(1, "7574"), self.approve(2, "7574"), self.approve(3, "7575")
        self.assertIn("asks", self.order("draw", "--number", "7574", "--yes", status=1).replace("ask for", "asks"))
        self.assertIn("7574 is the winning number", self.order("draw", "--number", "7574", "--approval", first, "--approval", second, status=2))
        self.assertIn("for 7575, and not for 7574", self.order("draw", "--number", "7574", "--approval", other, status=1))
        self.assertNotIn("approval-0.note", self.kept())
        refused = self.order("draw", "--number", "7574", "--approval", other, "--yes", status=1)
        self.assertIn("the approval is for 7575, and not for 7574", refused)
        refused = self.order("draw", "--number", "7574", "--approval", first, "--yes", status=1)
        self.assertIn("2 approvals of 7574, and there are 1", refused)
        fraud = self.approve(1, "7575")
        self.assertIn("2 wanted; here: inspector.example/1 for 7574", self.order("status"))
        self.assertIn("fraud", self.order("draw", "--number", "7575", "--approval", fraud, "--yes", status=1))
        self.order("draw", "--number", "7574", "--approval", first, "--approval", second, "--yes")
        for agency in agencies:
            self.assertEqual(agency.wait(), 0, agency.log())
        self.assert_kept(["approval-0.note", "approval-1.note", "result.note", "rules-0.note", "seal.json", "seal.note"])
        self.assert_verified("--seal", "seal.note")
        orders = [] if SERVERS > 1 else [event for event in self.events() if event["event"] == "order" and event["order"].startswith("paper")]
        for order in orders:
            self.assertRegex(order["order"], "kind=approval bytes=sha256:[0-9a-f]{64} number=75")
        self.assertEqual(len(orders), 8 if SERVERS == 1 else 0)
        self.assertIn("already", self.order("draw", "--number", "7574", "--json"))
        self.assertIn("stays", self.order("draw", "--number", "7575", "--yes", status=1))

    def test_an_approver_of_another_number_is_in_nobodys_way(self):
        server = self.serve()
        agencies = self.send_all(server, wait=False)
        first, second, other = self.approve(1, "7574"), self.approve(2, "7574"), self.approve(3, "7575")
        refused = self.order("draw", "--number", "7575", "--approval", other, "--yes", status=1)
        self.assertIn("2 approvals of 7575, and there are 1:", refused)
        refused = self.order("draw", "--number", "7574", "--approval", first, "--yes", status=1)
        self.assertIn("2 approvals of 7574, and there are 1, and 1 of another number:", refused)
        self.order("draw", "--number", "7574", "--approval", second, "--yes")
        for agency in agencies:
            self.assertEqual(agency.wait(), 0, agency.log())
        self.assert_kept([f"approval-{number}.note" for number in range(3)] + ["result.note", "rules-0.note", "seal.json", "seal.note"])
        said = self.assert_verified("--seal", "seal.note")
        self.assertIn("1 approved another number, which does not count", said)

    def resealed(self, same):
        """The store is lost after the seal, put back from a copy, and the agencies send again."""
        server = self.serve()
        self.sample((30, 5, 12), (2, 1, 0))
        for number in (1, 2):
            Agency(self, number, server.ports)
        server.wait_for("action: client_finished", 2)
        server.kill()
        shutil.copy(self.path("quiniela.db"), self.path("copy.db"))
        shutil.copy(self.path("quiniela.db-wal"), self.path("copy.db-wal"))
        server = self.serve()
        Agency(self, 3, server.ports)
        seal = self.seal()
        server.kill()
        for ending in ("", "-wal"):
            shutil.copy(self.path("copy.db" + ending), self.path("quiniela.db" + ending))
        os.remove(self.path("quiniela.db-shm"))
        if not same:
            self.sample((30, 5, 12), (2, 1, 1), seed=2)
        server = self.serve()
        Agency(self, 3, server.ports)
        return server, seal

    @unittest.skipUnless(STORES.in_files, "copies the store's file")
    def test_the_same_bets_have_the_same_seal(self):
        _, seal = self.resealed(same=True)
        self.assertEqual(self.seal(), seal)

    @unittest.skipUnless(STORES.in_files, "copies the store's file")
    def test_with_other_bets_there_is_no_draw(self):
        server, seal = self.resealed(same=False)
        server.wait_for(r"action: seal \| result: fail .*forked")
        self.assertIn("another seal", self.order("draw", "--number", "7574", "--yes", status=1))
        self.assertEqual(self.other_seal(), seal)
        self.expect_event("forked")
        self.order("seal", status=1)

    @unittest.skipUnless(STORES.in_files, "changes the store's file")
    def test_a_bet_that_was_changed_after_the_seal_is_found(self):
        server = self.serve(approvals=0)
        self.send_all(server, sizes=(300, 200, 100), wait=False)
        self.seal()
        server.wait_for(r"action: seal \| result: success")
        change_a_bet(self.path("quiniela.db"), 2)
        refused = self.order("draw", "--number", "7574", "--yes", status=1)
        self.assertIn("agency 2", refused)
        server.expect("action: sorteo", 0)


def change_a_bet(path, agency):
    """As whoever administers the database can: text, and all checksums that the store has beside it."""
    with sqlite3.connect(path) as store:
        first, numbers, rows = store.execute("SELECT first, numbers, rows FROM chunks WHERE agency = ? LIMIT 1", [agency]).fetchone()
        text = rows if isinstance(rows, bytes) else rows.encode()
        changed = text.replace(b",19", b",20", 1)
        assert changed != text
        digest = hashlib.sha256(numbers + changed).digest()
        store.execute("UPDATE chunks SET rows = ?, digest = ? WHERE agency = ? AND first = ?",
                      [changed if isinstance(rows, bytes) else changed.decode(), digest, agency, first])


class Beacon(SignedStory):
    def setUp(self):
        super().setUp()
        self.nist, self.authority = beacon.Beacon(), beacon.Authority()
        self.addCleanup(self.authority.folder.cleanup)
        self.write("nist.pem", self.nist.certificate)
        self.write("tsa.pem", self.authority.certificate)
        now = datetime.datetime.now(datetime.timezone.utc).replace(second=0, microsecond=0)
        self.closes = (now + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.stamp = (now + datetime.timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S")
        self.pulse_s = int((now + datetime.timedelta(hours=2)).timestamp())

    def serve(self, *flags, **how):
        return super().serve(
            "--number", "beacon", "--close-at", self.closes, "--beacon-pulse", self.stamp + "Z", "--beacon-cert", "nist.pem",
            "--witnesses", maker.WITNESS.vkey.decode(), "--tsa-certs", "tsa.pem", *flags, **how)

    def sealed(self):
        server = self.serve()
        self.agencies = self.send_all(server, wait=False)
        return server, self.seal()

    def cosigned(self, seal, time):
        text = seal[:seal.index(b"\n\n") + 1]
        return seal + maker.WITNESS.cosign(text, time)

    def pulse(self, stamp=None):
        return self.write("pulse.json", self.nist.pulse((stamp or self.stamp) + ".000Z"))

    def test_the_number_follows_from_seal_and_pulse(self):
        server, seal = self.sealed()
        server.wait_for(r"action: open_draw .* state: new .* winning_number: beacon$")
        self.assertIn("--pulse FILE", self.order("draw", "--yes", status=2))
        self.assertIn(f"then comes the beacon's pulse of {self.stamp}Z", self.order("status"))
        self.assertIn("is the winning number", self.order("draw", "--pulse", self.pulse(), status=2))
        self.assertNotIn("pulse.json", self.kept())
        self.assertIn("nothing shows that the seal is older", self.order("draw", "--pulse", self.pulse(), "--yes", status=1))
        self.assertIn("pulse.json", self.kept())
        self.write("late.note", self.cosigned(seal, self.pulse_s - 59))
        self.write("cosigned.note", self.cosigned(seal, self.pulse_s - 3600))
        self.assertIn("taken: a cosignature", self.order("seal", "--add", "cosigned.note"))
        self.assertIn("was there before", self.order("seal", "--add", "cosigned.note"))
        self.assertEqual(self.seal(), self.read("cosigned.note"))
        self.assertIn("nobody gives it", self.order("draw", "--number", "7574", "--yes", status=1))
        self.assertRegex(self.order("status"), r"(?s)seen +1 cosign.*next: sealed: give the beacon's pulse of .* with `quiniela draw.* --pulse FILE`")
        self.order("draw", "--pulse", "pulse.json", status=2)
        printed = self.order("draw", "--pulse", "pulse.json", "--yes")
        text = seal[:seal.index(b"\n\n") + 1]
        number = maker.derived(text, self.nist.output)
        self.assertIn(f"{number:04}", printed)
        for agency in self.agencies:
            self.assertEqual(agency.wait(), 0, agency.log())
        self.assert_verified("--nist-cert", "nist.pem")
        self.assert_kept(["cosignature-0.note", "pulse.json", "result.note", "rules-0.note", "seal.json", "seal.note"])
        server.expect(r"action: sorteo \| result: success")

    def test_a_time_stamp_does_as_well(self):
        _, seal = self.sealed()
        self.order("seal", "--timestamp-request", "query.tsq")
        self.assertIn(b"", self.read("query.tsq"))
        text = seal[:seal.index(b"\n\n") + 1]
        answer, token = self.authority.stamp(text)
        self.write("other.tsr", self.authority.stamp(text + b" ")[0])
        self.assertIn("other.tsr: is not taken", self.order("seal", "--add", "other.tsr", status=1))
        self.write("answer.tsr", answer)
        both = self.order("seal", "--add", "answer.tsr", "--timestamp-request", "again.tsq", status=2)
        self.assertIn("--add and --timestamp-request do not go together: ask first, and add what answers", both)
        self.assertFalse(os.path.exists(self.path("again.tsq")))
        self.write("token.der", token)
        self.assertIn("taken: a timestamp", self.order("seal", "--add", "answer.tsr"))
        self.order("seal", "--add", "token.der")
        self.order("draw", "--pulse", self.pulse(), "--yes")
        self.assert_verified("--nist-cert", "nist.pem", "--tsa-cert", "tsa.pem", "--seal", self.write("copy.note", self.seal()))

    def test_another_pulse_is_refused(self):
        _, seal = self.sealed()
        self.write("cosigned.note", self.cosigned(seal, self.pulse_s - 3600))
        self.order("seal", "--add", "cosigned.note")
        other = beacon.Beacon()
        later = self.stamp[:-5] + f"{(int(self.stamp[-5:-3]) + 1) % 60:02}:00"
        for pulse in (self.nist.pulse(later + ".000Z"), other.pulse(self.stamp + ".000Z"), self.nist.forged(self.stamp + ".000Z", other),
                      b"{}", b"\0"):
            self.order("draw", "--pulse", self.write("wrong.json", pulse), "--yes", status=1)
        self.assertNotIn("pulse.json", self.kept())

    def test_a_witness_that_saw_it_late_does_not_do(self):
        _, seal = self.sealed()
        self.write("late.note", self.cosigned(seal, self.pulse_s - 59))
        self.order("seal", "--add", "late.note")
        said = self.order("draw", "--pulse", self.pulse(), "--yes", status=1)
        self.assertIn("less than 60 s before the pulse: quiniela seal --add FILE gives a time stamp, or a witness' cosignature", said)
        self.write("answer.tsr", self.authority.stamp(seal[:seal.index(b"\n\n") + 1])[0])
        self.order("seal", "--add", "answer.tsr")
        self.order("draw", "--pulse", self.pulse(), "--yes")

    def test_an_earlier_cosignature_of_the_same_witness_is_taken(self):
        """The one that came first is too late; a third, which is later again, adds nothing."""
        _, seal = self.sealed()
        for name, before_s in ("late", 59), ("early", 3600), ("between", 1800):
            self.write(name, self.cosigned(seal, self.pulse_s - before_s))
        self.assertIn("taken: a cosignature", self.order("seal", "--add", "late"))
        self.assertEqual(self.seal(), self.read("late"))
        self.order("draw", "--pulse", self.pulse(), "--yes", status=1)
        self.assertIn("taken: a cosignature", self.order("seal", "--add", "early"))
        self.assertIn("was there before", self.order("seal", "--add", "between"))
        self.assertIn("1 cosignatures and time stamps", self.order("status"))
        self.assertEqual(self.seal(), self.read("early"))
        self.order("package", "--output", "package")
        self.assertEqual(self.read("package", "seal.note"), self.read("early"))
        self.order("draw", "--pulse", "pulse.json", "--yes")
        for agency in self.agencies:
            self.assertEqual(agency.wait(), 0, agency.log())
        self.assert_verified("--nist-cert", "nist.pem")
        self.assert_kept(["cosignature-0.note", "cosignature-1.note", "pulse.json", "result.note", "rules-0.note", "seal.json", "seal.note"])

    def test_the_pulse_may_become_a_later_one_before_the_seal(self):
        self.serve()
        later = (datetime.datetime.fromisoformat(self.stamp) + datetime.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        late = (datetime.datetime.fromisoformat(self.stamp) - datetime.timedelta(minutes=14)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.assertIn(f"close: {late} is not at least 15 minutes before the beacon's pulse, which is of {self.stamp}Z: quiniela change "
                      "--close-at TIME --beacon-pulse TIME", self.order("close", "--at", late, status=1))
        self.assert_kept(["rules-0.note"])
        self.order("change", "--beacon-pulse", later, "--yes")
        self.assert_kept(["rules-0.note", "rules-1.note"])
        self.assertIn(later.encode(), self.read(self.kept_file("rules-1.note")))
        self.order("change", "--beacon-pulse", self.stamp + "Z", "--yes", status=1)
        self.order("change", "--beacon-pulse", "21:00", "--yes", status=2)


if __name__ == "__main__":
    unittest.main()
