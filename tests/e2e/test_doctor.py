"""The doctor names what is wrong with an agency, and nothing else, and changes nothing at the central.

What needs what is wrong is skipped.
"""
import hashlib
import os
import socket
import sqlite3
import struct
import unittest

from certificates import Authority
from doctor_story import ORDER, Doctor
from harness import STORES, Agency, Server, Wire, frame, hold_port, is_sanitized, patience, received, until
from test_tls import Tls

CLOCK_LIBRARY = os.environ.get("QUINIELA_CLOCK_LIBRARY")
def piece(lines, first, end):
    """A piece of what is stored, as a central lists it (docs/protocol.md)."""
    numbers = b"".join(struct.pack("<H", int(line.split(",")[-1])) for line in lines[first:end])
    digest = hashlib.sha256(numbers + "".join(line + "\n" for line in lines[first:end]).encode()).hexdigest()
    return {"first": first, "count": end - first, "digest": digest}


class Plain(Doctor):
    def setUp(self):
        super().setUp()
        self.server = Server(self, agencies=3)
        self.ports = self.server.ports

    def test_all_is_well(self):
        found = self.examine(self.ports)
        self.expect_wrong_none(found)
        self.expect(found, "agency", "ok", "agency 1 is known, and 0 of its bets")
        self.assertEqual(Agency(self, 2, self.ports, "--chunk-size", 2).wait_for("all_bets_stored .*bets: 3")[0][:3], "all")
        found = self.examine(self.ports, agency=2)
        self.expect_wrong_none(found)
        self.expect(found, "file", "ok", "agency-2.csv: 3 bets")
        self.expect(found, "what is stored", "ok", "begins with the 3 bets that are stored; 0 are to be sent")
        self.expect(found, "clock", "ok", r"^\d+ (ms|s) (ahead of|behind) the central's$")
        self.expect_wrong_none(self.examine(self.ports, agency=3))  # a file without bets ends the agency: it is told, and allowed

    def expect_wrong_none(self, found):
        self.assertEqual([finding for finding in found if finding.result == "wrong"], [])

    def test_a_line_for_people(self):
        status, said, _ = self.run_program("doctor", "--id", 1, "--server-address", f"127.0.0.1:{self.ports[0]}")
        lines = said.splitlines()
        self.assertEqual((int(status), len(lines)), (0, len(ORDER)))
        for line, check in zip(lines, ORDER):
            self.assertRegex(line, rf"^(ok|skipped)  +{check}  +\S")

    @unittest.skipIf(STORES.is_shared, "looks into SQLite's file")
    def test_nothing_changes(self):
        Agency(self, 2, self.ports).wait_for("all_bets_stored")

        def everything():
            with sqlite3.connect(f"{self.folder}/quiniela.db") as database:
                return list(database.iterdump())
        before = everything()
        for agency in (1, 2, 3, 9):
            self.examine(self.ports, agency=agency)
        self.assertEqual(everything(), before)
        for agency in (1, 3):
            Agency(self, agency, self.ports)
        self.server.wait_for("sorteo .*success|action: draw .*success")
        Agency(self, 1, self.ports).wait()
        until(lambda: self.ask_store("SELECT count(told_at) FROM agencies") == "3", "the store to have whom was told")
        before = everything()
        for agency in (1, 2, 3):
            self.expect_wrong_none(self.examine(self.ports, agency=agency))
        self.assertEqual(everything(), before, "neither does it after the draw, and nobody counts as told")

    def test_no_such_name(self):
        found = self.examine(self.ports, "--server-address", "no-such-name.invalid:12345", "--server-consult-address",
                             "no-such-name.invalid:12346")
        self.expect_wrong(found, "name")
        self.expect(found, "name", "wrong", "^no-such-name.invalid: ")
        self.expect_skipped_from(found, "connection")

    def test_a_closed_port(self):
        found = self.examine((hold_port(), hold_port()))
        self.assertIn("is the central running", self.expect_wrong(found, "connection").todo)
        self.expect(found, "connection", "wrong", r"^127.0.0.1:\d+ \(bets\): Connection refused\n.*\(consultations\): Connection refused$")
        self.expect_skipped_from(found, "plain text or TLS")

    def test_a_firewall_that_drops(self):
        full = socket.socket()  # whose queue has no room: what more comes is dropped
        self.addCleanup(full.close)
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(2):
            waiting = socket.socket()
            self.addCleanup(waiting.close)
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        found = self.examine((full.getsockname()[1], self.ports[1]), "--answer-timeout", patience(1500))  # the other port answers
        self.assertIn("firewall", self.expect_wrong(found, "connection").todo)
        self.expect(found, "connection", "wrong", r"\(bets\): no answer came in time$")
        self.expect(found, "agency", "skipped")

    def test_the_ports_exchanged(self):
        found = self.examine(self.ports[::-1])
        self.assertIn("exchanged", self.expect_wrong(found, "plain text or TLS").todo)
        self.expect(found, "plain text or TLS", "wrong", r"\(bets\): it takes no bets.*\n.*\(consultations\): it takes bets")
        self.expect(found, "agency", "skipped")

    def test_another_program(self):
        for answer, pattern in ((b"HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP"), (frame(b"[]"), "no message of a central"),
                                (frame({"type_message": 9}), "no message of a central"), (b"", "closes the connection without an answer")):
            with self.subTest(answer=answer):
                port = self.listen(lambda connection, answer=answer: (connection.recv(1000), connection.sendall(answer)))
                found = self.examine((port, self.ports[1]))
                self.expect_wrong(found, "plain text or TLS")
                self.expect(found, "plain text or TLS", "wrong", rf"\(bets\): .*{pattern}")
                self.expect(found, "what is stored", "skipped")

    def test_nothing_comes(self):
        port = self.listen(lambda connection: connection.recv(1000) and connection.recv(1000))
        found = self.examine((port, self.ports[1]), "--answer-timeout", patience(300))
        self.expect_wrong(found, "plain text or TLS")
        self.expect(found, "plain text or TLS", "wrong", r"\(bets\): it accepts the connection and says nothing")

    def answering(self, **answer):
        """The port of a central that answers this to everything."""
        return self.listen(lambda connection: [connection.sendall(frame(answer)) for _ in iter(lambda: connection.recv(1000), b"")])

    def test_an_older_central_does_not_tell(self):
        consult = self.answering(type_message=4, payload={"code": "bad_message", "message": "consultations only", "retryable": False})
        found = self.examine((self.answering(type_message=1, payload=None), consult))
        self.expect_wrong_none(found)
        self.expect(found, "clock", "not told")
        self.expect(found, "agency", "not told", "agency 1")
        self.expect(found, "what is stored", "skipped")
        found = self.examine((self.answering(type_message=1, payload=None, next=2), consult))
        self.expect_wrong_none(found)
        self.expect(found, "agency", "ok", "agency 1 is known, and 2 of its bets")
        self.expect(found, "what is stored", "not told", "which bets")

    def test_what_is_stored_is_told_in_several_lists(self):
        """As of a large file: it is asked for again until all of it is compared."""
        lines = self.read().splitlines()
        ends, asked = [0, 2, 4, 5], []

        def answer(connection):
            while True:
                message = received.message(connection)
                asked.append(message["stored"])
                at = ends.index(message["stored"])
                connection.sendall(frame({"type_message": 1, "payload": None, "next": 5, "stored": [piece(lines, *ends[at:at + 2])],
                                          "more": "x" * 800_000}))  # as long as a list may be
        found = self.examine((self.listen(answer), self.ports[1]))
        self.expect(found, "what is stored", "ok", "the 5 bets that are stored; 0 are to be sent")
        self.assertEqual(asked, [0, 0, 2, 4, 0])  # the last is about the rules
        lines[4] = lines[0]
        found = self.examine((self.listen(answer), self.ports[1]))
        self.expect_wrong(found, "what is stored")
        self.expect(found, "what is stored", "wrong", "lines 5 to 5 are not the bets stored")

    def test_an_agency_beyond_the_draws(self):
        self.write(self.read(), agency=9)
        found = self.examine(self.ports, agency=9)
        self.assertIn("--id", self.expect_wrong(found, "agency").todo)
        self.expect(found, "agency", "wrong", "unknown_agency: agency: 9 is not from 1 to 3")
        self.expect(found, "clock", "ok", "central")
        self.expect_skipped_from(found, "what is stored")
        self.expect(found, "who signs", "skipped", "^not asked, as the central does not take this agency's question")

    def test_no_file(self):
        os.remove(f"{self.folder}/data/agency-1.csv")
        found = self.examine(self.ports)
        self.assertIn("--data-dir", self.expect_wrong(found, "file").todo)
        self.expect(found, "file", "wrong", "agency-1.csv: .*No such file")
        self.expect(found, "agency", "ok", "agency 1 is known")

    def test_bad_lines(self):
        self.write(self.read() + "Ana,Díaz,30904465,1999-02-30,7574\n" * 3)
        found = self.examine(self.ports)
        self.assertIn("--check", self.expect_wrong(found, "file").todo)
        self.expect(found, "file", "wrong", "agency-1.csv:6: nacimiento: is not a real date: .*; and 2 more bad lines$")

    def test_another_file_than_what_is_stored(self):
        whole = self.read()
        Agency(self, 1, self.ports, "--chunk-size", 2).wait_for("all_bets_stored")
        lines = whole.splitlines(keepends=True)
        for text, pattern in (("".join(lines[:3]), "has 3 bets, but . or more are already stored"),
                              ("".join(lines[:4] + lines[:1]), "lines . to 5 are not the bets stored"),
                              ("".join(lines[::-1]), "lines 1 to . are not the bets stored")):
            with self.subTest(pattern=pattern):
                self.write(text)
                found = self.examine(self.ports)
                self.assertIn("which file is right", self.expect_wrong(found, "what is stored").todo)
                self.expect(found, "what is stored", "wrong", pattern)

    def test_a_file_that_is_stored_in_part(self):
        lines = [line.strip() for line in self.read().splitlines()]
        Wire(self, self.ports[0]).ask({"type_message": 1, "agency": "1", "first": 0, "payload": lines[:4]})
        found = self.examine(self.ports)
        self.expect_wrong_none(found)
        self.expect(found, "what is stored", "ok", "the 4 bets that are stored; 1 is to be sent")

    def expect_not_taken(self, found, stored, rest, reason, todo):
        self.assertIn(todo, self.expect_wrong(found, "what is stored").todo)
        self.expect(found, "what is stored", "wrong", rf"{stored}; {rest} not taken, as .*\({reason}\)$")

    def client(self):
        """How a client ends with the file as it is."""
        agency = Agency(self, 1, self.ports)
        return agency.wait(), agency.lines[-2]

    def test_more_bets_than_an_agency_had_that_has_ended(self):
        whole = self.read()
        agency = Agency(self, 1, self.ports)
        agency.wait_for("all_bets_stored")
        self.write(whole + "Ana,Paz,1,1999-03-17,7574\n")
        found = self.examine(self.ports)
        self.expect(found, "agency", "ok", "5 of its bets are stored; it has sent its last one")
        self.expect_not_taken(found, "the 5 bets that are stored", "1 is", "agency_finished", "which file is right")
        status, last = self.client()
        self.assertEqual(status, 1)
        self.assertIn("agency_finished", last)

    def test_a_draw_that_was_closed(self):
        """What is not stored is not taken, and is wrong, as it is for a client; what is has its winners."""
        whole = self.read()
        lines = whole.splitlines(keepends=True)
        Wire(self, self.ports[0]).ask({"type_message": 1, "agency": "1", "first": 0, "payload": [line.strip() for line in lines[:2]]})
        status, printed, errors = self.run_program("close", "--yes", environment={"RUNTIME_DIRECTORY": self.folder})
        self.assertEqual(status, 0, printed + errors)
        self.write("Ana,Paz,1,1999-03-17,7574\n", agency=3)
        for agency, text, stored, rest in ((1, whole, "the 2 bets that are stored", "3 are"), (3, None, "nothing", "1 is")):
            found = self.examine(self.ports, agency=agency)
            self.expect(found, "agency", "ok", "the draw is closed to it")
            self.expect_not_taken(found, stored, rest, "draw_closed", "operator")
        status, last = self.client()
        self.assertEqual(status, 1)
        self.assertIn("draw_closed", last)
        self.write("".join(lines[:2]))
        self.expect_wrong_none(self.examine(self.ports))
        self.assertEqual(self.client()[0], 0)

    def test_who_does_not_ask_is_not_told(self):
        """Neither of the time nor of what is refused: an older client has the answers that it had."""
        Agency(self, 3, self.ports).wait_for("all_bets_stored")
        wire = Wire(self, self.ports[0])
        question = {"type_message": 1, "agency": "3", "first": 0, "payload": []}
        self.assertEqual(wire.ask(question), {"type_message": 1, "payload": None, "next": 0})
        asked = wire.ask({**question, "time": True})
        self.assertEqual((asked["refuses"], sorted(asked)), ("agency_finished", ["next", "payload", "refuses", "time_ms", "type_message"]))
        self.assertNotIn("refuses", wire.ask({**question, "agency": "1", "time": True}))

    def test_wrong_use(self):
        for flags, says in (([], "CLI_ID"), (["--id", 1, "--server-address", "nowhere"], "nowhere"),
                            (["--id", 1, "--tls-cert", "a.crt"], "TLS needs"), (["--id", 1, "--service", "echo"], "echo")):
            with self.subTest(flags=flags):
                status, said, errors = self.run_program("doctor", *flags)
                self.assertEqual((int(status), said.strip()), (2, ""))
                self.assertIn(says, errors)


class Clock(Doctor):
    def setUp(self):
        super().setUp()
        if not CLOCK_LIBRARY or is_sanitized():
            self.skipTest("ctest names the library that sets a clock; it does not go with a sanitizer")

    def faked(self, seconds):
        with open(f"{self.folder}/clock", "wb") as file:
            file.write(struct.pack("=q", seconds))
        return {"LD_PRELOAD": CLOCK_LIBRARY, "QUINIELA_CLOCK": f"{self.folder}/clock"}

    def test_a_wrong_clock(self):
        ports = Server(self, agencies=3).ports
        for seconds, pattern in ((-3 * 3600, "is [23] hours behind the central's"), (20 * 86400 + 9, "is 20 days ahead of the central's")):
            found = self.examine(ports, environment=self.faked(seconds))
            self.assertIn("timedatectl", self.expect_wrong(found, "clock").todo)
            self.expect(found, "clock", "wrong", pattern)

    def test_a_wrong_clock_and_certificates(self):
        """Which seem to have expired, or not to be valid yet: the clock is what is wrong."""
        ca = Authority(self.folder + "/ca").issue_server()
        ca.issue_agency(1)
        ports = Server(self, *ca.flags("server"), agencies=3).ports
        for years, pattern in ((-1, "36[45] days behind"), (1, "36[45] days ahead")):
            found = self.examine(ports, *ca.flags("agency-1"), environment=self.faked(years * 365 * 86400))
            self.expect_wrong(found, "clock")
            self.expect(found, "clock", "wrong", pattern)
            self.expect(found, "central's certificate", "skipped", "this machine's clock is wrong")
            self.expect(found, "own certificate", "ok", "/CN=agency-1, until 20.* of agency 1")


class Certificates(Doctor, Tls):
    def found(self, name="agency-1", server="server", authority=None, flags=()):
        served = Server(self, *(authority or self.ca).flags(server), agencies=3)
        return self.examine(served.ports, *self.ca.flags(name), *flags)

    def test_all_is_well(self):
        found = self.found()
        self.assertEqual([finding.check for finding in found if finding.result != "ok"], ["receipts"])  # there are none
        self.expect(found, "central's certificate", "ok", "/CN=server, until 20.*, signed by /CN=ca; no revocation list is set")
        self.expect(found, "own certificate", "ok", "/CN=agency-1, until 20.*, signed by /CN=ca, of agency 1; the central accepts it")

    def test_plain_text_where_tls_is_spoken(self):
        found = self.examine(self.serve().ports)
        self.assertIn("--tls-cert", self.expect_wrong(found, "plain text or TLS").todo)
        self.expect(found, "plain text or TLS", "wrong", r"\(bets\): it speaks TLS.*\n.*\(consultations\): it speaks TLS")
        self.expect(found, "agency", "skipped")

    def test_tls_where_plain_text_is_spoken(self):
        found = self.examine(Server(self, agencies=3).ports, *self.ca.flags("agency-1"))
        self.expect_wrong(found, "plain text or TLS")
        self.expect(found, "plain text or TLS", "wrong", r"\(bets\): it speaks plain text.*\n.*\(consultations\): it speaks plain text")
        self.expect(found, "central's certificate", "skipped", "it has shown none")

    def test_an_own_certificate_that_has_expired(self):
        self.ca.issue_agency(1, "expired", year=2020)
        found = self.found("expired")
        self.expect_wrong(found, "own certificate")
        self.expect(found, "own certificate", "wrong", "expired.crt: the client's certificate, /CN=expired, expired on 2020-01-31")
        self.expect(found, "central's certificate", "ok", "/CN=server")

    def test_a_certificate_of_another_agency(self):
        found = self.found("agency-2")
        self.assertIn("--id", self.expect_wrong(found, "own certificate").todo)
        self.expect(found, "own certificate", "wrong", "agency-2.crt: it is of agency 2, and this is agency 1")
        self.assertNotIn("not_authorized", self.logs(), "the central is not even asked, as it would record that")
        self.expect(found, "agency", "skipped")

    def test_a_certificate_that_the_central_alone_refuses(self):
        """As its own list says."""
        self.ca.issue_agency(1, "revoked")
        self.ca.revoke("revoked")
        served = Server(self, *self.ca.flags("server", True), agencies=3)
        found = self.examine(served.ports, *self.ca.flags("revoked"))
        self.expect_wrong(found, "own certificate")
        self.expect(found, "own certificate", "wrong", "the other side does not accept our certificate .* certificate revoked")

    def test_a_wrong_authority(self):
        other = Authority(self.folder + "/other", "other").issue_server()
        other.issue_agency(1)
        found = self.found(authority=other)
        self.assertIn("--tls-ca", self.expect_wrong(found, "central's certificate").todo)
        self.expect(found, "central's certificate", "wrong", "/CN=other, .* is none of those in")
        self.expect(found, "own certificate", "ok", "/CN=agency-1")

    def test_a_central_whose_certificate_has_expired(self):
        self.ca.issue_server("late", year=2020)
        found = self.found(server="late")
        self.assertIn("renew the central's", self.expect_wrong(found, "central's certificate").todo)
        self.expect(found, "central's certificate", "wrong", "/CN=late, expired on 2020-01-31 .*or this machine's clock is wrong")
        self.expect(found, "clock", "ok", "the central's$")
        self.expect(found, "agency", "skipped")

    def test_a_central_of_another_name(self):
        self.ca.issue("elsewhere", "serverAuth", "DNS:elsewhere.example")
        found = self.found(server="elsewhere")
        self.expect_wrong(found, "central's certificate")
        self.expect(found, "central's certificate", "wrong", "/CN=elsewhere, is for elsewhere.example, and not for 127.0.0.1")

    def test_a_central_whose_certificate_was_revoked(self):
        self.ca.issue_server("withdrawn")
        self.ca.revoke("withdrawn")
        found = self.found(server="withdrawn", flags=["--tls-crl", self.ca.revocations])
        self.expect_wrong(found, "central's certificate")
        self.expect(found, "central's certificate", "wrong", "/CN=withdrawn, was revoked")

    def test_files_that_cannot_be_used(self):
        ports = self.serve().ports
        for flags, pattern in ((["--tls-key", self.ca.key("agency-2")], "key .*agency-2.key: "),
                               (["--tls-cert", "missing.crt"], "certificate missing.crt: No such file"),
                               (["--tls-ca", "missing.crt"], "authority missing.crt: No such file")):
            with self.subTest(flags=flags):
                found = self.examine(ports, *self.ca.flags("agency-1"), *flags)
                self.expect_wrong(found, "own certificate")
                self.expect(found, "own certificate", "wrong", pattern)
                is_judged = "--tls-ca" not in flags
                self.expect(found, "central's certificate", "ok" if is_judged else "skipped", "CN=server" if is_judged else "shown none")


del Doctor, Tls  # they are no stories of their own

if __name__ == "__main__":
    unittest.main(verbosity=1)
