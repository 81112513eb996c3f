"""Certificates decide who may act for whom, and only a trusted peer can make an agency give up."""
import json
import os
import re
import signal
import socket
import ssl
import threading
import unittest

from certificates import Authority, join
from harness import Agency, Server, hang_s
from test_tls import Tls, chunk


class Purpose(Tls):
    """A certificate is good for what it says that it is for, and for the names that stand in it as such."""

    def check_server(self, name, reason):
        """An agency does not talk to a central with that certificate, and the central is warned of it."""
        self.sample((5,), (0,))
        server = Server(self, *self.ca.flags(name), agencies=1)
        agency = Agency(self, 1, server.ports, *self.ca.flags("agency-1"), "--server-address",
                        f"localhost:{server.ports[0]}")
        agency.wait_for(rf"action: connect \| result: fail \| address: .* error: TLS: {reason}")
        self.assertEqual(server.count("almacenad"), 0)
        return server

    def test_a_server_by_its_common_name_alone(self):
        self.ca.issue("localhost", "serverAuth", None)
        self.check_server("localhost", "wrong_name").wait_for(r"config \| result: fail \| file: .*no subjectAltName")

    def test_a_server_whose_other_names_are_somebody_elses(self):
        self.ca.issue("localhost", "serverAuth", "DNS:elsewhere.example")
        self.check_server("localhost", "wrong_name")

    def test_an_address_that_stands_there_as_a_name(self):
        self.ca.issue("named", "serverAuth", "DNS:127.0.0.1")
        self.sample((5,), (0,))
        server = Server(self, *self.ca.flags("named"), agencies=1)
        agency = Agency(self, 1, server.ports, *self.ca.flags("agency-1"))
        agency.wait_for(r"action: connect \| result: fail \| address: .* error: TLS: wrong_name")

    def test_a_server_without_a_purpose(self):
        self.ca.issue("aimless", None, "DNS:localhost,IP:127.0.0.1")
        self.check_server("aimless", "wrong_purpose").wait_for(r"config \| result: fail \| file: .*does not name serverAuth")

    def test_an_agency_that_passes_for_the_central(self):
        self.ca.issue("impostor", None, "DNS:localhost,IP:127.0.0.1,URI:urn:quiniela:agency:1")
        self.check_server("impostor", "wrong_purpose")

    def test_an_agency_without_a_purpose(self):
        self.ca.issue("aimless", None, "URI:urn:quiniela:agency:1")
        self.serve()
        self.never_answered(name="aimless")
        self.assert_refused("wrong_purpose")
        self.sample((5,), (0,))
        agency = Agency(self, 1, self.server.ports, *self.ca.flags("aimless"))
        self.assertEqual(agency.wait(), 1)
        self.assertIn("does not name clientAuth", agency.log())
        self.assertIn("error: not_authorized", agency.log())

    def test_identities_that_are_no_agency(self):
        self.serve("--audit-log", "audit.log")
        for identity in ("0", "01", "+1", "*", "1x", "-1", "1.0", "4294967297", "1 | agencia: 2"):
            with self.subTest(identity=identity):
                self.ca.issue("odd", "clientAuth", f"URI:urn:quiniela:agency:{identity}")
                self.never_answered(name="odd")
        self.assert_refused("not_authorized")
        self.assert_served()
        self.sample((5,), (0,))
        agency = Agency(self, 1, self.server.ports, *self.ca.flags("odd"))
        self.assertEqual(agency.wait(), 1)
        self.server.signal(signal.SIGTERM)
        self.assertEqual(self.server.wait(), 0)
        self.assertEqual(self.server.count(r"handshake \| result: success"), 1)
        self.assertEqual(self.server.count(r"handshake .*\| agencia: 2"), 0)
        with open(f"{self.folder}/audit.log", encoding="utf-8") as file:
            records = [json.loads(line) for line in file]
        self.assertEqual([r["agency"] for r in records if r["event"] == "connected"], ["3"])
        self.assertIn("not_authorized", {r.get("reason") for r in records if r["event"] == "refused"})


class Revoked(Tls):
    """Whoever is on a list is out, and so is whoever was signed by it; a list that is missing is nobody's fault but
    that of the one who looks into it."""

    def setUp(self):
        super().setUp()
        self.between = Authority(f"{self.folder}/between", "between", parent=self.ca).issue_agency(1).issue_agency(2)
        for number in (1, 2):
            path = self.between.certificate(f"agency-{number}")
            join(path + ".chain", path, self.between.certificate("between"))
            os.replace(path + ".chain", path)

    def serve_with(self, *lists):
        self.serve("--tls-crl", join(f"{self.folder}/lists.pem", *lists))

    def agency(self, number):
        flags = self.between.flags(f"agency-{number}")
        flags[flags.index("--tls-ca") + 1] = self.ca.certificate("ca")
        return Agency(self, number, self.server.ports, *flags)

    def test_an_authority_in_between(self):
        self.between.revoke("agency-2")
        self.serve_with(self.ca.revocations, self.between.revocations)
        context = self.context("agency-1", self.between)
        self.assertEqual(self.ask(self.connect(context=context), chunk()).kind, "processed")
        self.never_answered(context=self.context("agency-2", self.between))
        self.assert_refused("certificate_revoked")

    def test_an_authority_in_between_that_was_revoked(self):
        self.ca.revoke("between", self.between)
        self.addCleanup(self.ca.list_revoked)
        self.serve_with(self.ca.revocations, self.between.revocations)
        self.never_answered(context=self.context("agency-1", self.between))
        self.server.wait_for(r"handshake \| result: fail \| error: certificate_revoked \|.*message: .*CN ?= ?between")
        self.assert_served()
        self.sample((5,), (0,))
        agency = self.agency(1)
        self.assertEqual(agency.wait(), 1)
        self.assertIn("error: not_authorized", agency.log())

    def told(self, context):
        """What a client is told that is refused."""
        with self.assertRaises(ssl.SSLError) as caught:
            secure = self.connect(context=context)
            while secure.recv(1):
                pass
        return caught.exception.reason

    def test_a_list_that_is_missing_is_not_the_agencys_fault(self):
        self.sample((5, 5), (0, 0))
        self.serve_with(self.between.revocations)
        self.server.wait_for(r"config \| result: fail \| file: .*lists.pem \| error: it has no revocation list of .*CN ?= ?ca: ")
        self.assertEqual(self.told(self.context("agency-1", self.between)), "TLSV1_ALERT_INTERNAL_ERROR")
        self.server.wait_for(r"error: no_revocation_list \|.*message: .*that of .*CN ?= ?ca")
        agency = self.agency(1)
        agency.wait_for(r"action: conn.* \| result: fail .*retry_in_ms")
        join(f"{self.folder}/lists.pem", self.ca.revocations, self.between.revocations)
        self.server.signal(signal.SIGHUP)
        agency.wait_for(r"action: apuestas_enviadas \| result: success")

    def test_a_list_that_is_too_old_is_not_the_agencys_fault(self):
        self.sample((5,), (0,))
        self.ca.list_revoked(year=2020)
        self.addCleanup(self.ca.list_revoked)
        self.serve(revocations=True, agencies=1)
        self.assertEqual(self.told(self.context("agency-1")), "TLSV1_ALERT_INTERNAL_ERROR")
        self.assert_refused("no_revocation_list")
        agency = Agency(self, 1, self.server.ports, *self.ca.flags("agency-1"))
        agency.wait_for(r"action: conn.* \| result: fail .*retry_in_ms")
        self.ca.list_revoked()
        self.server.signal(signal.SIGHUP)
        self.assertEqual(agency.winners(), 0)
        self.assertEqual(agency.wait(), 0)


class Between:
    """Passes on what two sides say; what it does to the bytes of a connection is `meddle(number, is_agency, at,
    bytes)`, which returns them or raises ConnectionError. What it returns None for is not passed on."""

    def __init__(self, story, port, meddle):
        self.port, self.meddle, self.count = port, meddle, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.ports = (self.listener.getsockname()[1],) * 2
        story.addCleanup(self.listener.close)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        try:
            while True:
                agency = self.listener.accept()[0]
                central = socket.create_connection(("127.0.0.1", self.port), timeout=hang_s())
                for pair in ((True, agency, central), (False, central, agency)):
                    threading.Thread(target=self._pass_on, args=[self.count, *pair], daemon=True).start()
                self.count += 1
        except OSError:
            pass

    def _pass_on(self, number, is_agency, source, target):
        at = 0
        try:
            while data := source.recv(65536):
                target.sendall(self.meddle(number, is_agency, at, data, source))
                at += len(data)
        except OSError:
            pass
        for each in (source, target):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Disturbed(Tls):
    """What a network, or whoever sits in it, can do to bytes ends no agency."""

    def play(self, meddle):
        self.sample((20,), (1,))
        server = self.serve(agencies=1)
        between = Between(self, server.ports[0], meddle)
        agency = Agency(self, 1, between.ports, *self.ca.flags("agency-1"))
        agency.wait_for(r"action: conn.* \| result: fail .*retry_in_ms")
        self.assertEqual(agency.winners(), 1, agency.log())
        self.assertEqual(agency.wait(), 0)
        self.assertNotIn("not_authorized", agency.log())

    def test_an_alert_that_anybody_could_have_said(self):
        for description in (42, 44, 45, 48, 49, 116, 40, 80):  # bad_certificate … internal_error
            def meddle(number, is_agency, at, data, source, alert=bytes((21, 3, 3, 0, 2, 2, description))):
                if number == 0 and is_agency and at == 0:
                    source.sendall(alert)
                    raise ConnectionError
                return data
            with self.subTest(alert=description):
                self.setUp()  # in a folder of its own
                self.play(meddle)

    def test_a_server_that_nobody_should_believe_beside_a_good_one(self):
        def alert(_number, is_agency, _at, data, source):
            if is_agency:
                source.sendall(bytes((21, 3, 3, 0, 2, 2, 44)))  # certificate_revoked
                raise ConnectionError
            return data

        self.sample((20, 10, 5), (1, 0, 2))
        server = self.serve(agencies=3)
        impostor = Between(self, server.ports[0], alert)
        agencies = []
        for number in (1, 2, 3):
            addresses = f"127.0.0.1:{impostor.ports[0]},127.0.0.1:{server.ports[0]}"
            agencies.append(Agency(self, number, server.ports, *self.ca.flags(f"agency-{number}"), "--server-address",
                                   addresses, "--server-consult-address", addresses))
        self.assertEqual([agency.winners() for agency in agencies], [1, 0, 2])
        self.assertEqual([agency.wait() for agency in agencies], [0, 0, 0])

    def test_a_byte_that_changes_on_its_way(self):
        hellos = {}

        def flip(data, at):
            return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1:]

        def first_of_second_flight(number, is_agency, at, data, _):
            return flip(data, 40) if number == 0 and is_agency and at > 0 and hellos.setdefault("at", at) == at else data

        def in_the_agencys_hello(number, is_agency, at, data, _):
            return flip(data, 30) if number == 0 and is_agency and at == 0 else data

        def in_the_centrals_answer(number, is_agency, at, data, _):
            return flip(data, len(data) - 20) if number == 0 and not is_agency and at == 0 else data

        def in_an_acknowledgement(number, is_agency, at, data, _):
            return flip(data, len(data) - 1) if number == 0 and not is_agency and at > 0 else data

        for meddle in (first_of_second_flight, in_the_agencys_hello, in_the_centrals_answer, in_an_acknowledgement):
            with self.subTest(where=re.sub("_", " ", meddle.__name__)):
                self.setUp()
                self.play(meddle)


if __name__ == "__main__":
    unittest.main()
